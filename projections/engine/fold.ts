import type Database from 'better-sqlite3';
import type { RecordedEvent } from '../../src/store/event.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Decoded, Registry } from '../../src/ledger/registry.js';
import type { VaultReader } from '../../src/vault/vault.js';
import type { FoldTools, Projection } from './projection.js';
import { readMeta } from './register-file.js';

/** How many events a file's checkpoint may lie behind when none of them concerned it: they are passed over again after a restart. */
const NOTE_AFTER_EVENTS = 50_000;

/** Folds pages into one register. A page and its checkpoint are one transaction: a kill anywhere leaves no gap and no double effect. */
export class Folder {
  private apply: (event: Decoded) => void;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly setCheckpoint: Database.Statement<[number]>;
  checkpoint: number;
  /** the checkpoint as the file has it: behind only by events that do not concern the register */
  private noted: number;
  /** how many those are */
  private passed = 0;

  constructor(
    readonly projection: Projection,
    readonly db: Database.Database,
    private readonly tools: FoldTools,
  ) {
    this.apply = projection.prepare(db, tools);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.setCheckpoint = db.prepare('UPDATE meta SET checkpoint = ?');
    this.checkpoint = this.noted = readMeta(db)!.checkpoint;
  }

  /** Folds those events of a page that come after the checkpoint; delivering a page twice changes nothing. */
  fold(page: readonly Decoded[]): void {
    const last = page.at(-1);
    if (!last || last.position <= this.checkpoint) return;
    const concerned = page.filter((event) => event.position > this.checkpoint && this.projection.concerns(event));
    // A file that nothing changes is not written either: whoever reads it keeps its pages.
    if (concerned.length > 0 || (this.passed += page.length) >= NOTE_AFTER_EVENTS) this.write(concerned, last.position);
    this.checkpoint = last.position;
  }

  /** Notes the checkpoint where it stands. */
  settle(): void {
    if (this.noted < this.checkpoint) this.write([], this.checkpoint);
  }

  private applyOne(event: Decoded): void {
    try {
      this.apply(event);
    } catch (error) {
      throw new Error(`position ${event.position} cannot be folded: ${(error as Error).message}`, { cause: error });
    }
  }

  private write(events: readonly Decoded[], position: number): void {
    this.tools.turnPage();
    this.begin.run();
    try {
      for (const event of events) this.applyOne(event);
      this.setCheckpoint.run(position);
      this.commit.run();
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.apply = this.projection.prepare(this.db, this.tools); // what it remembers of the page is not there
      throw error;
    }
    this.noted = position;
    this.passed = 0;
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
    turnPage: () => vault.dropReadAhead(),
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
