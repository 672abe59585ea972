import Database from 'better-sqlite3';
import { createHmac, type KeyObject } from 'node:crypto';

export const INDEX_FILE = 'index.db';

/** What a number stands for: the stream that holds it and the event that brought it. */
export interface IndexOwner {
  readonly stream: string;
  readonly event: string;
}

export interface IndexClaim extends IndexOwner {
  /** which number: a name chosen by the context */
  readonly kind: string;
  /** the number itself; only its keyed hash is written */
  readonly value: string;
  /** stays when the stream is released */
  readonly outlives?: boolean;
}

/**
 * Keyed hashes of numbers, each owned by one stream: how "one number, one person" holds although the ledger
 * appends to one stream at a time. Made durable before the append. It never leaves the vault: whoever holds the
 * index key can try every number.
 */
export class BlindIndex {
  private readonly insert: Database.Statement<[Buffer, string, string, number]>;
  private readonly select: Database.Statement<[Buffer], IndexOwner>;
  private readonly replace: Database.Statement<[string, string, Buffer]>;
  private readonly remove: Database.Statement<[string]>;
  private readonly db: Database.Database;

  constructor(
    file: string,
    private readonly key: KeyObject,
  ) {
    this.db = new Database(file);
    this.db.pragma('journal_mode = WAL');
    this.db.pragma('synchronous = FULL');
    this.db.pragma('secure_delete = ON');
    this.db.exec(`
      CREATE TABLE IF NOT EXISTS numbers (hash BLOB PRIMARY KEY, stream TEXT NOT NULL, event TEXT NOT NULL, outlives INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS numbers_by_stream ON numbers (stream);
    `);
    this.insert = this.db.prepare('INSERT INTO numbers (hash, stream, event, outlives) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.select = this.db.prepare('SELECT stream, event FROM numbers WHERE hash = ?');
    this.replace = this.db.prepare('UPDATE numbers SET stream = ?, event = ? WHERE hash = ?');
    this.remove = this.db.prepare('DELETE FROM numbers WHERE stream = ? AND outlives = 0');
  }

  find(kind: string, value: string): IndexOwner | undefined {
    return this.select.get(this.hash(kind, value));
  }

  /**
   * Takes all numbers for their streams, or none of them, in one durable step. Returns the claims that belong to another
   * stream already; claiming again for the same stream is no conflict.
   */
  claim(claims: readonly IndexClaim[]): readonly (IndexClaim & { readonly owner: IndexOwner })[] {
    const conflicts: (IndexClaim & { owner: IndexOwner })[] = [];
    this.db.exec('BEGIN IMMEDIATE');
    try {
      for (const claim of claims) {
        const hash = this.hash(claim.kind, claim.value);
        if (this.insert.run(hash, claim.stream, claim.event, claim.outlives ? 1 : 0).changes === 1) continue;
        const owner = this.select.get(hash)!;
        if (owner.stream !== claim.stream) conflicts.push({ ...claim, owner });
      }
      this.db.exec(conflicts.length > 0 ? 'ROLLBACK' : 'COMMIT');
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    return conflicts;
  }

  /** Gives a number whose owner's event never reached the ledger to a new owner. */
  takeOver(claim: IndexClaim): void {
    this.replace.run(claim.stream, claim.event, this.hash(claim.kind, claim.value));
  }

  /** Removes every number of the streams, from the file and from its write-ahead log. */
  release(streams: readonly string[]): void {
    this.db.transaction(() => {
      for (const stream of streams) this.remove.run(stream);
    })();
    const [result] = this.db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    if (result.busy !== 0) throw new Error('the write-ahead log of the blind index could not be emptied');
  }

  close(): void {
    this.db.close();
  }

  private hash(kind: string, value: string): Buffer {
    return createHmac('sha256', this.key).update(kind).update('\0').update(value).digest();
  }
}

/** Copies an index, consistent and whole, also while its owner goes on writing. */
export async function copyIndex(from: string, to: string): Promise<void> {
  const db = new Database(from, { readonly: true });
  try {
    await db.backup(to);
  } finally {
    db.close();
  }
}
