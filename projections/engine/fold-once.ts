import { registry } from '../../src/event-registry.js';
import { ErasureOrdered } from '../../src/ledger/erasure.js';
import type { EventReader } from '../../src/store/port.js';
import { Folder, decodePage } from './fold.js';
import { compareRegisters, countRows, openForFolding, openForQuery } from './register-file.js';
import type { FoldTools, Projection } from './projection.js';
import type { Rebuilt } from './worker-protocol.js';

export const BULK_PAGE = 500;

/** Folds on, page by page, up to a position. @throws what the first event throws that cannot be decoded or folded */
export async function foldTo(reader: EventReader, folder: Folder, position: number, progress: (position: number) => void = () => undefined): Promise<void> {
  while (folder.checkpoint < position) {
    const page = (await reader.readAll({ after: folder.checkpoint, limit: BULK_PAGE })).filter((event) => event.position <= position);
    if (page.length === 0) return;
    const { events, error } = decodePage(registry, page);
    folder.fold(events);
    progress(folder.checkpoint);
    if (error) throw error;
  }
}

export interface Comparing {
  readonly reader: EventReader;
  readonly projection: Projection;
  readonly tools: FoldTools;
  readonly store: string;
  readonly file: string;
  /** the file of the live register; none when that has stopped */
  readonly live: string | undefined;
  /** resolves with false when the live register does not come as far in good time */
  readonly liveReaches: (position: number) => Promise<boolean>;
}

/**
 * Compares a rebuilt register with the live one at one position: the live file is looked at as it stood at one moment, and the
 * rebuilt one is folded up to there. Nothing of the live register waits for it.
 */
export async function compareWithLive({ reader, projection, tools, store, file, live, liveReaches }: Comparing): Promise<Rebuilt> {
  const db = openForFolding(file, projection, store);
  const folder = new Folder(projection, db, tools);
  try {
    for (;;) {
      if (live === undefined || !(await liveReaches(folder.checkpoint))) return { identical: false, rows: countRows(db), position: folder.checkpoint };
      const both = openForQuery(file);
      try {
        both.prepare('ATTACH ? AS live').run(live);
        both.exec('BEGIN');
        // From here on the live file is read as it stands now. What it has passed over since its note did not concern it.
        await foldTo(reader, folder, both.prepare<[], number>('SELECT checkpoint FROM live.meta').pluck().get()!);
        // A key may be gone by an order that lies behind this position: the rebuilt register has seen that, the live one has not.
        const later = await newestOrder(reader, folder.checkpoint);
        if (later === undefined) return { ...compareRegisters(both), position: folder.checkpoint };
        await foldTo(reader, folder, later);
      } finally {
        both.close();
      }
    }
  } finally {
    folder.settle();
    db.close();
  }
}

/** The position of the last erasure order after a position, up to the head of the ledger. */
async function newestOrder(reader: EventReader, after: number): Promise<number | undefined> {
  let newest: number | undefined;
  for (let cursor = after, head = await reader.head(); cursor < head; ) {
    const page = await reader.readAll({ after: cursor, limit: BULK_PAGE });
    if (page.length === 0) break;
    const { events, error } = decodePage(registry, page);
    newest = events.findLast(({ type }) => type === ErasureOrdered.type)?.position ?? newest;
    if (error) throw error;
    cursor = page.at(-1)!.position;
  }
  return newest;
}
