import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { HandlingBlock } from '../../src/handling/block.js';
import { ErasureOrdered } from '../../src/ledger/erasure.js';
import { dictionary } from '../engine/dictionary.js';
import type { Projection } from '../engine/projection.js';
import { MONTH_SCHEMA, monthCloser } from './month-sums.js';

/** Up to this many subjects a handling has a line for each; above it they are one compressed set. */
export const LINES_UP_TO = 50;

/** 取扱記録: a line for every handling, refused ones too, and the sums of each month that has ended. Codes and ids are kept once and referred to by number. */
export const handlingLog: Projection = {
  name: 'handling-log',
  label: '取扱記録',
  version: 4,
  schema: `
    CREATE TABLE IF NOT EXISTS words (key INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS subjects (key INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS handlings (
      position INTEGER PRIMARY KEY,
      event TEXT NOT NULL, type INTEGER NOT NULL, stream TEXT NOT NULL,
      recorded_at TEXT NOT NULL, occurred_at TEXT,         -- only where it differs
      staff INTEGER NOT NULL, actor_kind INTEGER NOT NULL, department INTEGER NOT NULL, role INTEGER NOT NULL, session INTEGER NOT NULL, terminal INTEGER,
      kind INTEGER NOT NULL, extent INTEGER, affair INTEGER NOT NULL, file INTEGER NOT NULL, system INTEGER NOT NULL, purpose INTEGER, ground INTEGER,
      counterpart INTEGER, method INTEGER, items INTEGER NOT NULL, evidence TEXT, outcome INTEGER NOT NULL, findings INTEGER NOT NULL,
      assurance INTEGER NOT NULL, version INTEGER NOT NULL, reason_code INTEGER, emergency INTEGER,
      subject_count INTEGER NOT NULL,
      subjects TEXT,                                       -- their numbers, as the event names them, up to fifty
      subject_set BLOB                                     -- above fifty
    );
    CREATE TABLE IF NOT EXISTS handlings_by_subject (subject INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (subject, position)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS erasures (position INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL);
    ${MONTH_SCHEMA}
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS handlings_by_staff ON handlings (staff, position);
    CREATE INDEX IF NOT EXISTS handlings_with_set ON handlings (position) WHERE subject_set IS NOT NULL;
  `,
  concerns: ({ handling }) => handling !== null,

  prepare: (db) => {
    const word = dictionary(db, 'words', 'word');
    const subjectKey = dictionary(db, 'subjects', 'subject', 50_000);
    const insert = db.prepare(`INSERT INTO handlings VALUES (${Array.from({ length: 32 }, () => '?').join(', ')})`);
    const link = db.prepare('INSERT OR IGNORE INTO handlings_by_subject VALUES (?, ?)');
    const erased = db.prepare('INSERT INTO erasures VALUES (?, ?)');
    const closeMonth = monthCloser(db);
    return (event) => {
      const block = event.handling as unknown as HandlingBlock;
      const { actor, position } = event;
      closeMonth(event.recordedAt);
      const keys = block.subjects.map(subjectKey);
      const many = keys.length > LINES_UP_TO;
      const optional = (value: string | undefined | null): number | null => (value ? word(value) : null);
      insert.run(
        position, event.id, word(event.type), event.stream,
        event.recordedAt, event.occurredAt === event.recordedAt ? null : event.occurredAt,
        word(actor.staff), word(actor.kind), word(actor.department), word(actor.role), word(actor.session), optional(actor.terminal),
        word(block.kind), optional(block.extent), word(block.affair), word(block.file), word(block.system), optional(block.purpose), optional(block.legalGround),
        optional(block.counterpart), optional(block.method), word(block.items.join(' ')), block.evidence.length > 0 ? JSON.stringify(block.evidence) : null,
        word(block.outcome), word(block.findings.map(({ rule, item = '' }) => `${rule}:${item}`).join(' ')),
        word(block.assurance), block.declarationVersion, optional(block.reasonCode), optional(block.emergency),
        keys.length, many || keys.length === 0 ? null : keys.join(' '), many ? packSet(keys) : null,
      );
      if (!many) for (const key of keys) link.run(key, position);
      if (event.type === ErasureOrdered.type) erased.run(position, event.recordedAt);
    };
  },
};

/** A set of numbers as sorted differences, deflated. */
export function packSet(keys: readonly number[]): Buffer {
  const bytes: number[] = [];
  let last = 0;
  for (const key of [...new Set(keys)].sort((a, b) => a - b)) {
    let difference = key - last;
    last = key;
    for (; difference >= 0x80; difference = Math.floor(difference / 0x80)) bytes.push((difference % 0x80) | 0x80);
    bytes.push(difference);
  }
  return deflateRawSync(Buffer.from(bytes));
}

export function setHolds(packed: Uint8Array, wanted: number): boolean {
  let key = 0;
  let difference = 0;
  let scale = 1;
  for (const byte of inflateRawSync(packed)) {
    difference += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte & 0x80) continue;
    key += difference;
    if (key >= wanted) return key === wanted;
    difference = 0;
    scale = 1;
  }
  return false;
}
