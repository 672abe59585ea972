import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { projections } from '../../projections/all.js';
import { Folder } from '../../projections/engine/fold.js';
import type { FoldTools, Projection } from '../../projections/engine/projection.js';
import { openForFolding, openForQuery, readMeta, registerDigest } from '../../projections/engine/register-file.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { SCRATCH } from './town.js';

export const CAMPAIGN = Number(process.env['AKASHI_CAMPAIGN'] ?? 1);

/** How a part of the ledger comes to the register: how many events, how often, how many of the last ones again, and whether the process stops before. */
export interface Delivery {
  readonly size: number;
  readonly times: number;
  readonly again: number;
  readonly killed: boolean;
}

/** A register in a file of its own, folded as a thread would that may be killed at any moment. */
export class Rig {
  readonly file: string;
  private db: Database.Database;
  folder: Folder;

  constructor(
    private readonly directory: string,
    readonly projection: Projection,
    private readonly store: string,
    private readonly tools: FoldTools,
    name = projection.name,
  ) {
    this.file = join(directory, `${name}.db`);
    this.db = openForFolding(this.file, projection, store);
    this.folder = new Folder(projection, this.db, tools);
  }

  /** The checkpoint as the file has it, read past the folder's own connection. */
  stored(): number {
    const db = openForQuery(this.file);
    try {
      return readMeta(db)!.checkpoint;
    } finally {
      db.close();
    }
  }

  /** Stops without a last word to the file, and opens it again as a new process would. */
  kill(): void {
    this.db.close();
    this.db = openForFolding(this.file, this.projection, this.store);
    this.folder = new Folder(this.projection, this.db, this.tools);
  }

  digest(): string {
    return registerDigest(this.db).digest;
  }

  close(): void {
    this.db.close();
  }

  /** What the disk holds at this moment, as another rig. */
  copy(name: string): Rig {
    for (const suffix of ['', '-wal']) {
      if (existsSync(`${this.file}${suffix}`)) copyFileSync(`${this.file}${suffix}`, join(this.directory, `${name}.db${suffix}`));
    }
    return new Rig(this.directory, this.projection, this.store, this.tools, name);
  }

  /** Delivers the whole ledger; the deliveries are taken over and over until its end is reached. */
  deliver(events: readonly Decoded[], deliveries: readonly Delivery[]): void {
    for (let i = 0; this.folder.checkpoint < events.at(-1)!.position; i += 1) {
      const { size, times, again, killed } = deliveries[i % deliveries.length]!;
      const end = after(events, this.folder.checkpoint) + size;
      if (killed) this.kill();
      const page = events.slice(Math.max(0, after(events, this.folder.checkpoint) - again), end);
      for (let time = 0; time < times; time += 1) this.folder.fold(page);
    }
  }
}

/** Index of the first event behind a position. */
function after(events: readonly Decoded[], position: number): number {
  return events.findIndex((event) => event.position > position);
}

/** Runs something in a directory that is gone afterwards. */
export async function inScratch<T>(work: (directory: string) => T | Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(SCRATCH, 'akashi-fold-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The digests of every register folded from these events in one go. */
export function foldAll(events: readonly Decoded[], store: string, tools: FoldTools): Promise<{ readonly [name: string]: string }> {
  return inScratch((directory) => {
    const digests: Record<string, string> = {};
    for (const projection of projections) {
      const rig = new Rig(directory, projection, store, tools);
      rig.deliver(events, [{ size: events.length, times: 1, again: 0, killed: false }]);
      digests[projection.name] = rig.digest();
      rig.close();
    }
    return digests;
  });
}
