import Database from 'better-sqlite3';
import { createHmac, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { reading } from '../store/damage.js';
import { VaultError } from './errors.js';

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

export type Conflict = IndexClaim & { readonly owner: IndexOwner };
export type Conflicts = readonly Conflict[];

/** Looks numbers up in the index. One for each thread that needs it. */
export class BlindIndexReader {
  private readonly select: Database.Statement<[Buffer], IndexOwner>;

  protected constructor(
    protected readonly db: Database.Database,
    private readonly key: KeyObject,
  ) {
    this.select = db.prepare('SELECT stream, event FROM numbers WHERE hash = ?');
  }

  static open(file: string, key: KeyObject): BlindIndexReader {
    return new BlindIndexReader(openForReading(file), key);
  }

  find(kind: string, value: string): IndexOwner | undefined {
    return this.owner(this.hash(kind, value));
  }

  protected owner(hash: Buffer): IndexOwner | undefined {
    return readingIndex(this.db.name, () => this.select.get(hash));
  }

  close(): void {
    this.db.close();
  }

  protected hash(kind: string, value: string): Buffer {
    return createHmac('sha256', this.key).update(kind).update('\0').update(value).digest();
  }
}

/**
 * Keyed hashes of numbers, each owned by one stream: how "one number, one person" holds although the ledger
 * appends to one stream at a time. Made durable before the append. It never leaves the vault: whoever holds the
 * index key can try every number.
 */
export class BlindIndex extends BlindIndexReader {
  private readonly insert: Database.Statement<[Buffer, string, string, number]>;
  private readonly replace: Database.Statement<[string, string, Buffer, string, string]>;
  private readonly remove: Database.Statement<[string]>;
  private readonly savepoint: Database.Statement;
  private readonly undo: Database.Statement;
  private readonly keep: Database.Statement;
  /** something was removed that the file may still hold somewhere */
  private unscrubbed = false;
  private readonly waiting: { readonly claims: readonly IndexClaim[]; readonly resolve: (conflicts: Conflicts) => void; readonly reject: (error: Error) => void }[] = [];

  constructor(file: string, key: KeyObject) {
    super(openForWriting(file), key);
    this.insert = this.db.prepare('INSERT INTO numbers (hash, stream, event, outlives) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.savepoint = this.db.prepare('SAVEPOINT claims');
    this.undo = this.db.prepare('ROLLBACK TO claims');
    this.keep = this.db.prepare('RELEASE claims');
    this.replace = this.db.prepare('UPDATE numbers SET stream = ?, event = ? WHERE hash = ? AND stream = ? AND event = ?');
    this.remove = this.db.prepare('DELETE FROM numbers WHERE stream = ? AND outlives = 0');
  }

  /**
   * Takes all numbers for their streams, or none of them, in one durable step. Returns the claims that belong to another
   * stream already; claiming again for the same stream is no conflict.
   */
  claim(claims: readonly IndexClaim[]): Conflicts {
    return this.db.transaction(() => this.claimGroup(claims)).immediate();
  }

  /** The same for callers that can wait a turn: all that come in it share one durable step, each by itself all or none. */
  claimTogether(claims: readonly IndexClaim[]): Promise<Conflicts> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ claims, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    const groups = this.waiting.splice(0);
    try {
      const settle = this.db.transaction(() =>
        groups.map(({ claims, resolve, reject }) => {
          try {
            const conflicts = this.claimGroup(claims);
            return () => resolve(conflicts);
          } catch (error) {
            if (!this.db.inTransaction) throw error; // a full disk has undone it all: nobody's claims stand
            return () => reject(error as Error);
          }
        }),
      );
      for (const answer of settle.immediate()) answer();
    } catch (error) {
      for (const { reject } of groups) reject(error as Error);
    }
  }

  /** Within a transaction: writes all of them, or none when one belongs to another stream. */
  private claimGroup(claims: readonly IndexClaim[]): Conflicts {
    const conflicts: Conflict[] = [];
    this.savepoint.run();
    try {
      for (const claim of claims) {
        const hash = this.hash(claim.kind, claim.value);
        if (this.insert.run(hash, claim.stream, claim.event, claim.outlives ? 1 : 0).changes === 1) continue;
        const owner = this.owner(hash)!;
        if (owner.stream !== claim.stream) conflicts.push({ ...claim, owner });
      }
      if (conflicts.length > 0) this.undo.run();
      this.keep.run();
    } catch (error) {
      if (this.db.inTransaction) { // a full disk has undone it all already
        this.undo.run();
        this.keep.run();
      }
      throw error;
    }
    return conflicts;
  }

  /** Gives a number to a new owner, if it still belongs to the one whose event never reached the ledger. Says whether it did. */
  takeOver(claim: IndexClaim, from: IndexOwner): boolean {
    return this.replace.run(claim.stream, claim.event, this.hash(claim.kind, claim.value), from.stream, from.event).changes === 1;
  }

  /** Removes every number of the streams. They are gone from the disk after `scrubReleased`, which is once for many. */
  release(streams: readonly string[]): void {
    this.db.transaction(() => {
      for (const stream of streams) if (this.remove.run(stream).changes > 0) this.unscrubbed = true;
    })();
  }

  /** Scrubs the file if something has been released since it last was. */
  scrubReleased(): void {
    if (this.unscrubbed) this.scrub();
  }

  /**
   * Leaves nothing in the file and its write-ahead log but what the index holds: pages that were split or merged may keep a copy in
   * their gaps, which secure_delete does not reach, so the file is written anew.
   */
  scrub(): void {
    this.db.exec('VACUUM');
    const [result] = this.db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    if (result.busy !== 0) throw new Error('the write-ahead log of the blind index could not be emptied');
    this.unscrubbed = false;
  }

}

function openForWriting(file: string): Database.Database {
  return opened(new Database(file), (db) => {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.pragma('temp_store = MEMORY'); // what VACUUM puts aside must not reach the disk a second time
    db.exec(`
      CREATE TABLE IF NOT EXISTS numbers (hash BLOB PRIMARY KEY, stream TEXT NOT NULL, event TEXT NOT NULL, outlives INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS numbers_by_stream ON numbers (stream);
    `);
  });
}

function openForReading(file: string): Database.Database {
  return opened(new Database(file, { readonly: true }), (db) => db.pragma('schema_version'));
}

function opened(db: Database.Database, prepare: (db: Database.Database) => void): Database.Database {
  try {
    readingIndex(db.name, () => prepare(db));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function readingIndex<T>(file: string, read: () => T): T {
  return reading((options) => damaged(file, 'が壊れています', options), read);
}

function damaged(file: string, what: string, options?: ErrorOptions): VaultError {
  return new VaultError('vault-damaged', `番号の索引 ${file} ${what}。鍵の控えから戻してください（akashi keys restore）。`, options);
}

/** An index that is missing or empty must not be made anew in silence: every number would be free again. @throws VaultError `vault-damaged` */
export function requireIndex(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw damaged(file, 'がありません');
  if (found.size === 0) throw damaged(file, 'が壊れています');
}

/** Looks the whole file over, and changes nothing. @throws VaultError `vault-damaged` */
export function examineIndex(file: string): void {
  requireIndex(file);
  const db = openForReading(file);
  try {
    if (readingIndex(file, () => db.pragma('quick_check(1)', { simple: true })) !== 'ok') throw damaged(file, 'が壊れています');
  } finally {
    db.close();
  }
}

/** Copies an index, consistent and whole, also while its owner goes on writing. */
export async function copyIndex(from: string, to: string): Promise<void> {
  const db = openForReading(from);
  try {
    await db.backup(to);
  } finally {
    db.close();
  }
}
