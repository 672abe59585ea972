import type Database from 'better-sqlite3';

const RETIRED_FOR_MS = 30_000;

/** Connections that nobody is given any more: whoever has just been given one reads on for a moment. */
export class RetiredConnections {
  private readonly waiting = new Map<Database.Database, NodeJS.Timeout>();

  retire(db: Database.Database): void {
    const close = (): void => {
      this.waiting.delete(db);
      db.close();
    };
    this.waiting.set(db, setTimeout(close, RETIRED_FOR_MS).unref());
  }

  /** Closes them all now. */
  close(): void {
    for (const [db, timer] of this.waiting) {
      clearTimeout(timer);
      db.close();
    }
    this.waiting.clear();
  }
}
