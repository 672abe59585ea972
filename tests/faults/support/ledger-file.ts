import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '../../../src/event-registry.js';
import { ERASED } from '../../../src/ledger/event-type.js';
import { openSealed } from '../../../src/ledger/ledger.js';
import type { Decoded } from '../../../src/ledger/registry.js';
import { loadKey } from '../../../src/vault/key-file.js';
import { SLOTS_FILE, SlotFile } from '../../../src/vault/slot-file.js';
import { openVaultReader } from '../../../src/vault/opening.js';
import { KEY_FILE } from '../../../src/vault/vault.js';
import type { Site } from './engine.js';

interface Row {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly bytes: Buffer;
}

/** What the file of events holds behind a position, read over a connection that shares nothing with the engine. */
export function eventsAfter({ data }: Site, after: number): readonly Decoded[] {
  return readEvents(join(data, 'events.db'), after);
}

/** The same of an engine that was killed, from a copy: the next start must find the files as the kill left them. */
export function eventsOfTheDead({ data, root }: Site, after: number): readonly Decoded[] {
  const copy = join(root, 'copy');
  mkdirSync(copy);
  try {
    for (const name of ['events.db', 'events.db-wal']) if (existsSync(join(data, name))) copyFileSync(join(data, name), join(copy, name));
    return readEvents(join(copy, 'events.db'), after);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function readEvents(file: string, after: number): readonly Decoded[] {
  const db = new Database(file, { fileMustExist: true });
  db.pragma('query_only = ON');
  try {
    const rows = db.prepare<[number], Row>('SELECT e.position, s.name AS stream, e.revision, e.bytes FROM events e JOIN streams s ON s.key = e.stream WHERE e.position > ? ORDER BY e.position').all(after);
    return rows.map((row) => registry.decode(row));
  } finally {
    db.close();
  }
}

/** Positions without gap, revisions without gap, no event twice, time never backwards. Goes on from what it has seen before. */
export class Soundness {
  readonly positions = new Map<string, number>();
  readonly byStream = new Map<string, Decoded[]>();
  head = 0;
  private readonly touched = new Set<string>();
  private recordedAt = '';

  take(events: readonly Decoded[]): readonly string[] {
    const faults: string[] = [];
    for (const event of events) {
      const { id, position, revision, stream, recordedAt } = event;
      const own = this.byStream.get(stream) ?? [];
      if (own.length === 0) this.byStream.set(stream, own);
      if (position !== this.head + 1) faults.push(`position ${position} behind ${this.head}`);
      if (revision !== own.length) faults.push(`revision ${revision} of ${stream} after ${own.length} events`);
      if (this.positions.has(id)) faults.push(`event ${id} at ${this.positions.get(id)} and ${position}`);
      if (recordedAt < this.recordedAt) faults.push(`time goes back at ${position}`);
      this.head = position;
      this.recordedAt = recordedAt;
      this.positions.set(id, position);
      own.push(event);
      this.touched.add(stream);
    }
    return faults;
  }

  /** The streams that have grown since this was last asked. */
  grown(): ReadonlyMap<string, readonly Decoded[]> {
    const streams = new Map([...this.touched].map((stream) => [stream, this.byStream.get(stream)!]));
    this.touched.clear();
    return streams;
  }
}

/** The tables of a register as the newest file of it holds them. */
export function inRegister<T>({ data }: Site, name: string, read: (db: Database.Database) => T): T {
  const directory = join(data, 'registers');
  const file = readdirSync(directory).filter((entry) => entry.startsWith(`${name}-v`) && entry.endsWith('.db')).sort().at(-1)!;
  const db = new Database(join(directory, file), { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

export const ROWS = {
  vaccination: ['vaccinations', 'SELECT status, sealed, pending_sealed AS more, ticket AS token FROM vaccinations WHERE vaccination = ?'],
  subject: ['subjects', 'SELECT status, sealed, NULL AS more, protected AS token FROM subjects WHERE subject = ?'],
  number: ['subjects', 'SELECT status, sealed, NULL AS more, NULL AS token FROM numbers WHERE number = ?'],
} as const;

interface RegisterRow {
  readonly status: string;
  readonly sealed: string | null;
  readonly more: string | null;
  readonly token: Buffer | null;
}

/**
 * Every unit is whole (its key alive, its last event opens) or erased (ordered and verified, its key gone from the file, its row a
 * tombstone). Returns what is neither.
 */
export async function halfErased(site: Site, streams: ReadonlyMap<string, readonly Decoded[]>): Promise<readonly string[]> {
  const faults: string[] = [];
  const slots = SlotFile.open(join(site.keys, SLOTS_FILE), await loadKey({ file: join(site.keys, KEY_FILE) }), 'r');
  const vault = await openVaultReader(site.settings.vault);
  const rowsOf = (name: string, sql: string, ids: readonly string[]): (RegisterRow | undefined)[] => inRegister(site, name, (db) => ids.map((id) => db.prepare<[string], RegisterRow>(sql).get(id)));
  try {
    const erased: string[] = [];
    for (const [stream, events] of streams) {
      const types = events.map(({ type }) => type);
      const key = events.find(({ sealed }) => sealed)?.sealed?.key;
      if (key === undefined) continue;
      if (!types.includes('ErasureOrdered')) {
        const last = openSealed(events.findLast(({ sealed }) => sealed)!, vault);
        if (typeof last === 'string' || last === ERASED) faults.push(`${stream} is not erased but does not open: ${JSON.stringify(last)}`);
        continue;
      }
      erased.push(stream);
      if (types.filter((type) => type === 'ErasureVerified').length !== 1) faults.push(`${stream} is ordered, but not verified once: ${types.join(' ')}`);
      if (slots.read(key) !== 'erased') faults.push(`${stream} is erased, but its key is ${typeof slots.read(key) === 'string' ? 'missing' : 'alive'}`);
    }
    for (const [category, [name, sql]] of Object.entries(ROWS)) {
      const own = erased.filter((stream) => stream.startsWith(`${category}-`)).map((stream) => stream.slice(-36));
      rowsOf(name, sql, own).forEach((row, i) => {
        if (row?.status !== 'erased' || row.sealed !== null || row.more !== null || row.token !== null) faults.push(`${category} ${own[i]} is erased, but its row is ${row?.status}`);
      });
    }
  } finally {
    slots.close();
    vault.close();
  }
  return faults;
}
