import { existsSync, renameSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { eventFault } from '../../src/ledger/event-fault.js';
import { isDamaged } from '../../src/store/damage.js';
import type { RecordedEvent } from '../../src/store/event.js';
import { openReader } from '../../src/store/source.js';
import { openVaultReader } from '../../src/vault/opening.js';
import { registry } from '../../src/event-registry.js';
import { projections } from '../all.js';
import { SharedCheckpoints } from './checkpoints.js';
import { Folder, decodePage, foldTools } from './fold.js';
import { compareWithLive, foldTo } from './fold-once.js';
import type { Projection } from './projection.js';
import { currentGeneration, finishBulk, openForFolding, readMeta, registerFile, removeOthers, removeRegisterFile } from './register-file.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.js';

const start = workerData as WorkerStart;
const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message);

const LIVE_PAGE = 500;
/** How long a rebuilt register waits for the live one to come as far, so that the two can be compared. */
const COMPARE_WAIT_MS = 10_000;
/** How often a register is tried again that a fault of the disk has stopped. */
const RETRY_MS = 1000;
/** A register is folded unit by unit, mostly: few keys are wanted twice. */
const KEYS_KEPT = 2048;
/** Pages are folded at this interval: a transaction for a few events costs as much as one for a hundred. The busier, the longer. */
const interval = (events: number): number => (events < 32 ? 10 : 40);

const reader = await openReader(start.events, (event) => send({ kind: 'connection', event }));
// Only the live thread can be told to forget keys; the others hold none.
const vault = await openVaultReader(start.vault, start.task.kind === 'live' ? KEYS_KEPT : 0);
const tools = foldTools(vault, ({ position }, verdict) => send({ kind: 'alarm', code: verdict, position }));

const checkpoints = new SharedCheckpoints(projections.length, start.checkpoints);
const { task } = start;
if (task.kind === 'live') await live();
else await foldOnce(task);

/** Folds one register from zero up to a position, in large pages, and ends. */
async function foldOnce(once: Exclude<WorkerStart['task'], { kind: 'live' }>): Promise<void> {
  port.ref(); // waiting for the live register alone would not keep the thread
  const { file } = once;
  const projection = byName(once.projection);
  const store = vault.identity.store;
  const db = openForFolding(file, projection, store, true);
  const folder = new Folder(projection, db, tools);
  const upTo = once.kind === 'scratch' ? once.upTo : Number.POSITIVE_INFINITY;
  try {
    await foldTo(reader, folder, Math.min(upTo, await reader.head()), sendProgress);
    folder.settle();
    finishBulk(db, projection, file);
    if (once.kind === 'rebuild') {
      const index = projections.indexOf(projection);
      const liveReaches = (position: number): Promise<boolean> => checkpoints.reached(index, position, COMPARE_WAIT_MS);
      const rebuilt = await compareWithLive({ reader, projection, tools, store, file, live: once.live, liveReaches });
      send({ kind: 'finished', rebuilt });
    } else {
      send({ kind: 'finished' });
    }
  } catch (error) {
    const event = eventFault(error);
    if (event) send({ kind: 'unreadable', event });
    throw error;
  }
  await shutDown();
}

function sendProgress(position: number): void {
  send({ kind: 'progress', position });
}

async function live(): Promise<void> {
  const head = await reader.head();
  const folders = projections.map((projection) => openCurrent(projection, head));
  const files = Object.fromEntries(folders.map(({ projection, file }) => [projection.name, file]));
  folders.forEach(({ folder }, i) => checkpoints.set(i, folder.checkpoint));
  const stopped = new Set<string>();
  /** stopped by a fault of the disk, not of an event: tried again */
  const waitingForRoom = new Set<string>();
  const stopping = new AbortController();
  /** end of the last page that all registers have been offered */
  let cursor = Math.min(...folders.map(({ folder }) => folder.checkpoint));
  /** a page, a message, another try: one after the other, so that nothing is swapped in the middle of a page */
  let turn = Promise.resolve();
  const inTurn = (work: () => void | Promise<void>): Promise<void> => (turn = turn.then(work));

  port.on('message', (message: ToWorker) => {
    void inTurn(async () => {
      try {
        const result = await handle(message);
        send({ kind: 'done', call: message.call, result });
        if (message.kind === 'stop') stopping.abort();
      } catch (error) {
        send({ kind: 'failed', call: message.call, message: (error as Error).message });
      }
    });
  });

  function handle(message: ToWorker): unknown {
    if (message.kind === 'forget') return vault.forget(message.slots);
    if (message.kind === 'adopt') return adopt(message.projection, message.file, message.target);
    for (const { folder } of folders) folder.settle(); // the thread may be gone as soon as it has answered
    return undefined;
  }

  /** Brings the rebuilt register to the position of the live one and puts it in its place. Returns that position. */
  async function adopt(name: string, file: string, target: string): Promise<number> {
    const index = folders.findIndex(({ projection }) => projection.name === name);
    const { projection, folder: replaced, file: old } = folders[index]!;
    const { store } = vault.identity;
    const db = openForFolding(file, projection, store);
    const rebuilt = new Folder(projection, db, tools);
    await foldTo(reader, rebuilt, cursor);
    rebuilt.settle();
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    replaced.db.close();
    renameSync(file, target);
    const folder = new Folder(projection, openForFolding(target, projection, store), tools);
    folders[index] = { projection, file: target, folder };
    stopped.delete(name);
    waitingForRoom.delete(name);
    checkpoints.set(index, folder.checkpoint);
    removeRegisterFile(old);
    return folder.checkpoint;
  }

  const again = setInterval(() => void inTurn(tryAgain), RETRY_MS);
  async function tryAgain(): Promise<void> {
    for (const [i, { projection, folder }] of folders.entries()) {
      if (!waitingForRoom.has(projection.name)) continue;
      try {
        await foldTo(reader, folder, cursor);
      } catch (fault) {
        if (isPassing(fault)) continue;
      }
      waitingForRoom.delete(projection.name);
      if (folder.checkpoint < cursor) continue; // a fault of another kind: it stays stopped
      stopped.delete(projection.name);
      checkpoints.set(i, folder.checkpoint);
      send({ kind: 'resumed', projection: projection.name });
    }
  }

  send({ kind: 'ready', files });
  const pages = reader.subscribeAll({ after: cursor, pageSize: LIVE_PAGE, signal: stopping.signal })[Symbol.asyncIterator]();
  for (let last = LIVE_PAGE; ; ) {
    await (last === LIVE_PAGE ? setImmediate() : setTimeout(interval(last))); // messages come through in between
    const next = await pages.next();
    if (next.done) break;
    await inTurn(() => foldPage(next.value));
    last = next.value.length;
  }
  clearInterval(again);
  await turn;
  if (stopping.signal.aborted) {
    for (const { folder } of folders) {
      folder.settle();
      folder.db.close();
    }
    await shutDown();
  }

  function foldPage(page: readonly RecordedEvent[]): void {
    const { events, error } = decodePage(registry, page);
    folders.forEach(({ projection, folder }, i) => {
      if (stopped.has(projection.name)) return;
      try {
        folder.fold(events);
        if (error) throw error;
      } catch (fault) {
        stopped.add(projection.name);
        if (isPassing(fault)) waitingForRoom.add(projection.name);
        send({ kind: 'stopped', projection: projection.name, message: (fault as Error).message });
      }
      checkpoints.set(i, folder.checkpoint);
    });
    cursor = page.at(-1)!.position;
  }
}

/** The register's current file; a new one when there is none, or the code or the store has changed. */
function openCurrent(projection: Projection, head: number): { projection: Projection; file: string; folder: Folder } {
  const file = registerFile(start.registers, projection, Math.max(1, currentGeneration(start.registers, projection)));
  removeOthers(start.registers, projection, file);
  if (existsSync(file) && !isUsable(projection, file, head)) removeRegisterFile(file);
  const folder = new Folder(projection, openForFolding(file, projection, vault.identity.store), tools);
  return { projection, file, folder };
}

/** Disk full, locked, not readable for a moment: faults that go away without anybody touching the events. */
function isPassing(fault: unknown): boolean {
  const { code, cause } = fault as { code?: string; cause?: { code?: string } };
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|CANTOPEN)/.test(code ?? cause?.code ?? '');
}

/** A file of another store, ahead of the ledger, or damaged is made anew: all that it held can be folded again. */
function isUsable(projection: Projection, file: string, head: number): boolean {
  try {
    const db = openForFolding(file, projection, vault.identity.store);
    const meta = readMeta(db);
    const sound = db.pragma('quick_check(1)', { simple: true }) === 'ok';
    db.close();
    return sound && meta !== undefined && meta.store === vault.identity.store && meta.checkpoint <= head;
  } catch (error) {
    if (isDamaged(error)) return false;
    throw error;
  }
}

function byName(name: string): Projection {
  const found = projections.find((projection) => projection.name === name);
  if (!found) throw new Error(`there is no register ${name}`);
  return found;
}

async function shutDown(): Promise<void> {
  await reader.close();
  vault.close();
  port.close();
}
