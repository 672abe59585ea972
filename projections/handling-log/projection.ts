import type Database from 'better-sqlite3';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { HandlingBlock } from '../../src/handling/block.js';
import type { Projection } from '../engine/projection.js';

/** Up to this many subjects a handling has a line for each; above it they are one compressed set. */
export const LINES_UP_TO = 50;

/** 取扱記録: a line for every handling, refused ones too. Codes and ids are kept once and referred to by number. */
export const handlingLog: Projection = {
  name: 'handling-log',
  label: '取扱記録',
  version: 1,
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
      assurance INTEGER NOT NULL, version INTEGER NOT NULL,
      subject_count INTEGER NOT NULL, subject_set BLOB
    );
    CREATE TABLE IF NOT EXISTS handlings_by_subject (subject INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (subject, position)) WITHOUT ROWID;
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS handlings_by_staff ON handlings (staff, position);
    CREATE INDEX IF NOT EXISTS handlings_with_set ON handlings (position) WHERE subject_set IS NOT NULL;
  `,
  concerns: ({ handling }) => handling !== null,

  prepare: (db) => {
    const word = dictionary(db, 'words', 'word');
    const subjectKey = dictionary(db, 'subjects', 'subject', 50_000);
    const insert = db.prepare(`INSERT INTO handlings VALUES (${Array.from({ length: 29 }, () => '?').join(', ')})`);
    const link = db.prepare('INSERT OR IGNORE INTO handlings_by_subject VALUES (?, ?)');
    return (event) => {
      const block = event.handling as unknown as HandlingBlock;
      const { actor, position } = event;
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
        word(block.assurance), block.declarationVersion,
        keys.length, many ? packSet(keys) : null,
      );
      if (!many) for (const key of keys) link.run(key, position);
    };
  },
};

/** Gives each word its number, in the order of first appearance, so that a rebuild gives the same numbers. */
function dictionary(db: Database.Database, table: string, column: string, remembered = 20_000): (word: string) => number {
  const find = db.prepare<[string], { key: number }>(`SELECT key FROM ${table} WHERE ${column} = ?`);
  const add = db.prepare(`INSERT INTO ${table} (${column}) VALUES (?)`);
  const known = new Map<string, number>();
  return (word) => {
    const seen = known.get(word);
    if (seen !== undefined) return seen;
    const key = find.get(word)?.key ?? Number(add.run(word).lastInsertRowid);
    if (known.size >= remembered) known.delete(known.keys().next().value!);
    known.set(word, key);
    return key;
  };
}

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
