import type Database from 'better-sqlite3';
import type { RecordedEvent } from '../../src/store/event.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Decoded, Registry } from '../../src/ledger/registry.js';
import type { VaultReader } from '../../src/vault/vault.js';
import type { FoldTools, Projection } from './projection.js';
import { readMeta } from './register-file.js';

/** Folds pages into one register. A page and its checkpoint are one transaction: a kill anywhere leaves no gap and no double effect. */
export class Folder {
  private readonly apply: (event: Decoded) => void;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly setCheckpoint: Database.Statement<[number]>;
  checkpoint: number;

  constructor(
    readonly projection: Projection,
    readonly db: Database.Database,
    tools: FoldTools,
  ) {
    this.apply = projection.prepare(db, tools);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.setCheckpoint = db.prepare('UPDATE meta SET checkpoint = ?');
    this.checkpoint = readMeta(db)!.checkpoint;
  }

  /** Folds those events of a page that come after the checkpoint; delivering a page twice changes nothing. */
  fold(page: readonly Decoded[]): void {
    const last = page.at(-1);
    if (!last || last.position <= this.checkpoint) return;
    this.begin.run();
    try {
      for (const event of page) {
        if (event.position > this.checkpoint && this.projection.concerns(event)) this.apply(event);
      }
      this.setCheckpoint.run(last.position);
      this.commit.run();
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    this.checkpoint = last.position;
  }
}

export function foldTools(vault: VaultReader, alarm: (event: Decoded, verdict: string) => void): FoldTools {
  return {
    open: (event) => {
      const opened = openSealed(event, vault);
      if (typeof opened === 'string') alarm(event, opened);
      return opened;
    },
    token: (kind, value) => vault.token(kind, value),
  };
}

/** Decodes as far as it can: an event of the future ends the page before it, with the error. */
export function decodePage(registry: Registry, page: readonly RecordedEvent[]): { readonly events: readonly Decoded[]; readonly error?: Error } {
  const events: Decoded[] = [];
  for (const recorded of page) {
    try {
      events.push(registry.decode(recorded));
    } catch (error) {
      return { events, error: error as Error };
    }
  }
  return { events };
}
