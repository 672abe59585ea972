import { kanaKey, prefixes } from '../../../src/codes/text.js';
import { fileOf } from '../../../src/handling/block.js';
import { ERASED } from '../../../src/ledger/event-type.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { streamCategory, streamId } from '../../../src/ledger/ids.js';
import { NUMBER, NumberRegistered } from '../../../src/numbers/events.js';
import { ResidentChanged, SUBJECT, SubjectRegistered, type Identity } from '../../../src/subjects/events.js';
import { EMPTY_BLOCK, SEALED_COLUMNS, type Projection } from '../../engine/projection.js';

/** Lengths of the kana prefixes that can be searched for, together with the birth date; longer ones search by the whole name. */
export const PREFIX_LENGTHS = { min: 1, max: 6 } as const;

/** Tokens tell nothing without the vault; these are the words they are made of. */
export const birthKana = (birthDate: string, kana: string): string => `${birthDate} ${kana}`;
export const TOKEN = { prefix: 'kana-prefix', whole: 'kana-whole', protected: 'protected' } as const;

/** 宛名台帳: the persons, and the streams of their numbers. */
export const subjectRegister: Projection = {
  name: 'subjects',
  label: '宛名台帳',
  version: 2,
  schema: `
    CREATE TABLE IF NOT EXISTS subjects (
      key INTEGER PRIMARY KEY,
      subject TEXT NOT NULL UNIQUE,
      file TEXT NOT NULL,            -- that the person was registered in
      scope TEXT NOT NULL,
      status TEXT NOT NULL,          -- current · erased · unreadable
      revision INTEGER NOT NULL,
      position INTEGER NOT NULL,
      protected BLOB,                -- a token when under 支援措置; it cannot be told from none without the vault
      ${SEALED_COLUMNS}
    );
    CREATE TABLE IF NOT EXISTS names (token BLOB NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (token, subject)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS names_by_subject ON names (subject);
    CREATE TABLE IF NOT EXISTS numbers (
      number TEXT PRIMARY KEY,
      subject TEXT NOT NULL,
      file TEXT NOT NULL,
      status TEXT NOT NULL,          -- current · superseded · erased · unreadable
      position INTEGER NOT NULL,
      ${SEALED_COLUMNS}
    );
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS subjects_by_file ON subjects (file);
    CREATE INDEX IF NOT EXISTS numbers_by_subject ON numbers (subject);
  `,
  concerns: ({ type, stream }) =>
    type === SubjectRegistered.type || type === ResidentChanged.type || type === NumberRegistered.type ||
    (type === ErasureOrdered.type && (stream.startsWith(`${SUBJECT}-`) || stream.startsWith(`${NUMBER}-`))),

  prepare: (db, { open, token }) => {
    const put = db.prepare<unknown[], { key: number }>(`
      INSERT INTO subjects (subject, file, scope, status, revision, position, protected, event, type, schema, key_slot, sealed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (subject) DO UPDATE SET scope = excluded.scope, status = excluded.status, revision = excluded.revision, position = excluded.position,
        protected = excluded.protected, event = excluded.event, type = excluded.type, schema = excluded.schema, key_slot = excluded.key_slot, sealed = excluded.sealed
      RETURNING key`);
    const dropNames = db.prepare('DELETE FROM names WHERE subject = ?');
    const addName = db.prepare('INSERT OR IGNORE INTO names VALUES (?, ?)');
    const eraseSubject = db.prepare<unknown[], { key: number }>(
      "UPDATE subjects SET status = 'erased', revision = ?, position = ?, protected = NULL, event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL WHERE subject = ? RETURNING key",
    );
    const putNumber = db.prepare('INSERT OR REPLACE INTO numbers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const supersede = db.prepare("UPDATE numbers SET status = 'superseded' WHERE number = ? AND status = 'current'");
    const eraseNumber = db.prepare("UPDATE numbers SET status = 'erased', position = ?, event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL WHERE number = ?");

    return (event) => {
      const { stream, revision, position, id, type, writtenSchema, sealed } = event;
      if (type === ErasureOrdered.type) {
        if (streamCategory(stream) === NUMBER) {
          eraseNumber.run(position, streamId(stream));
          return;
        }
        const gone = eraseSubject.get(revision, position, streamId(stream));
        if (gone) dropNames.run(gone.key);
        return;
      }
      if (type === NumberRegistered.type) {
        const { subject, supersedes } = event.data as { subject: string; supersedes?: string };
        const number = open(event);
        const block = number === ERASED || !sealed ? EMPTY_BLOCK : [id, type, writtenSchema, sealed.key, sealed.bytes];
        putNumber.run(streamId(stream), subject, fileOf(event)!, number === ERASED ? 'erased' : typeof number === 'string' ? 'unreadable' : 'current', position, ...block);
        if (supersedes) supersede.run(supersedes);
        return;
      }
      const opened = open(event);
      const readable = opened !== ERASED && typeof opened !== 'string';
      const identity = readable ? (opened as unknown as { identity: Identity }).identity : undefined;
      const status = typeof opened === 'string' ? 'unreadable' : opened === ERASED ? 'erased' : 'current';
      const subject = streamId(stream);
      // A flag that cannot be read counts as set.
      const flag = status === 'erased' ? null : token(TOKEN.protected, `${subject} ${identity?.protection || status === 'unreadable' ? 'yes' : 'no'}`);
      const block = status === 'erased' || !sealed ? EMPTY_BLOCK : [id, type, writtenSchema, sealed.key, sealed.bytes];
      const { key } = put.get(subject, fileOf(event)!, (event.data as { scope: string }).scope, status, revision, position, flag, ...block)!;
      dropNames.run(key);
      if (!identity) return;
      const kana = kanaKey(identity.kana);
      for (const prefix of prefixes(kana, PREFIX_LENGTHS.min, PREFIX_LENGTHS.max)) addName.run(token(TOKEN.prefix, birthKana(identity.birthDate, prefix)), key);
      addName.run(token(TOKEN.whole, birthKana(identity.birthDate, kana)), key);
    };
  },
};
