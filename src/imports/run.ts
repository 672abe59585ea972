import { Worker } from 'node:worker_threads';
import { todayInJapan } from '../codes/plain-date.js';
import type { HandlingBlock } from '../handling/block.js';
import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { throwFault, type EventFault } from '../ledger/event-fault.js';
import { newId } from '../ledger/ids.js';
import type { LedgerWrite } from '../ledger/ledger.js';
import type { Actor } from '../store/event.js';
import { WrongExpectedRevision } from '../store/port.js';
import type { Engine } from '../walks/engine.js';
import { Problem, conflict } from '../walks/problem.js';
import { threadFile } from '../walks/threads.js';
import { ImportAborted, ImportAdvanced, ImportCompleted } from './events.js';
import type { ParsedRow, Reject } from './columns.js';
import type { FromParser, ParserStart, ToParser } from './parser-protocol.js';
import type { PreparedRow } from './preparing.js';
import { personnelRows, type PersonnelDesk } from './personnel-rows.js';
import { readImport, summaryOf, type FoldedImport, type ImportSummary } from './progress.js';
import { residentRows } from './resident-rows.js';
import type { Batch, RowOutcome, TakeRows } from './row-writer.js';
import { vaccinationRows } from './vaccination-rows.js';

/** Rows handled in one stretch of the answering thread, then appended with one flush. */
const SLICE_ROWS = 96;
const SLICE_ATTEMPTS = 5;
/** Rows a parsed batch holds; after each the import notes how far it has come. */
const BATCH_ROWS = 960;
/** How long a sender may send nothing, in milliseconds, before the import is closed. */
const SILENCE_MS = 30_000;

/** One import at a time: they share the answering thread with the people at the counters. */
const running = new WeakMap<Engine, Import>();

/**
 * Takes in the bytes of an opened import: parsed in a worker thread, guarded, sealed and appended here, slice by slice. Ids follow
 * from file and row, so it can be repeated after any interruption. @throws Problem
 */
export async function runImport(engine: Engine, id: string, actor: Actor, bytes: AsyncIterable<Uint8Array>, { silence = SILENCE_MS, personnel }: { readonly silence?: number; readonly personnel?: PersonnelDesk } = {}): Promise<ImportSummary> {
  const opened = await readImport(engine, id);
  if (opened.state.status === 'completed' || opened.state.status === 'confirmed') return { ...(await summaryOf(engine, id)), already: true };
  if (running.has(engine)) throw conflict('import-running', '別の取込みが進んでいます。終わってからもう一度実行してください');
  const started = new Import(engine, id, opened, actor, silence, personnel);
  running.set(engine, started);
  try {
    await started.run(bytes);
  } finally {
    running.delete(engine);
  }
  return summaryOf(engine, id);
}

/** Keys have been destroyed: the import that is running forgets them and what it knows of persons. Returns when that is done. */
export async function emptyImportCaches(engine: Engine, slots: readonly number[]): Promise<void> {
  await running.get(engine)?.forget(slots);
}

class Import {
  private readonly batch: Omit<Batch, 'fields'>;
  private take: TakeRows<never> | undefined;
  private revision: number;
  private row: number;
  private worker: Worker | undefined;
  private forgetting: (() => void)[] = [];

  constructor(
    private readonly engine: Engine,
    id: string,
    private readonly opened: FoldedImport,
    private readonly actor: Actor,
    private readonly silence: number,
    private readonly personnel: PersonnelDesk | undefined,
  ) {
    const { opened: first, state } = opened;
    const block = (first.handling ?? {}) as unknown as Partial<HandlingBlock>; // a personnel file is no handling
    this.revision = opened.revision;
    this.row = state.row;
    this.batch = {
      engine, id, actor, file: block.file ?? 'none', migration: state.migration, opened: first.id, correlationId: first.correlationId,
      digest: engine.ledger.vault.deriveId('import-rows', state.kind, state.digest, ...(state.mistaken > 0 ? [String(state.mistaken)] : [])),
      source: block.counterpart, method: block.method, purpose: block.purpose, legalGround: block.legalGround,
      today: todayInJapan(new Date(engine.clock())),
    };
  }

  private takeWith(fields: readonly string[]): TakeRows<never> {
    const batch: Batch = { ...this.batch, fields: new Set(fields) };
    if (this.opened.state.kind === 'personnel') return personnelRows(batch, this.personnel!);
    return this.opened.state.kind === 'residents' ? residentRows(batch) : vaccinationRows(batch);
  }

  async run(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { state } = this.opened;
    const { ledger, sources } = this.engine;
    const { digest, today } = this.batch;
    const start: ParserStart = {
      kind: state.kind, encoding: state.encoding, batchRows: BATCH_ROWS, from: this.row,
      ...(state.kind === 'vaccinations' && { preparing: { sources, digest, today } }),
    };
    const worker = (this.worker = new Worker(threadFile('src/imports/parser-worker'), { workerData: start }));
    const tell = (message: ToParser): void => worker.postMessage(message);
    let work: Promise<void> = Promise.resolve();
    let fault: Extract<FromParser, { kind: 'fault' }> | undefined;
    let unreadable: EventFault | undefined;
    let broken: Error | undefined;
    let wake: (() => void) | undefined;
    let failure: Error | undefined;
    const ended = new Promise<Extract<FromParser, { kind: 'end' }>>((resolve, reject) => {
      worker.on('error', (error: Error) => (broken = error));
      worker.on('exit', () => {
        this.worker = undefined;
        this.forgetting.splice(0).forEach((done) => done()); // what is gone knows nothing
        const cause = unreadable ? throwFault(unreadable, ledger.store, ledger.registry) : Promise.resolve();
        cause.then(() => reject(broken ?? new Error('the parsing thread ended before its time')), reject);
      });
      worker.on('message', (message: FromParser) => {
        if (message.kind === 'header') this.take = this.takeWith(message.fields);
        if (message.kind === 'ready') wake?.();
        if (message.kind === 'fault') fault = message;
        if (message.kind === 'end') resolve(message);
        if (message.kind === 'allot') tell({ kind: 'allotted', first: ledger.vault.allotKeys(message.count) });
        if (message.kind === 'forgotten') this.forgetting.shift()?.();
        if (message.kind === 'unreadable') unreadable = message.event;
        if (message.kind === 'batch') {
          work = work.then(async () => {
            if (!failure) {
              await this.takeBatch(message.upTo, message.rows, message.rejects).catch((error: Error) => {
                failure = error;
              });
            }
            tell({ kind: 'taken' }); // also of what is passed over: the thread waits for it
          });
        }
      });
    });
    const interrupt: Interrupt = {};
    ended.catch((error: Error) => {
      interrupt.error = error;
      interrupt.reject?.(error);
    });
    try {
      for await (const chunk of received(bytes, interrupt, this.silence)) {
        if (fault || failure) continue; // read to its end: the answer comes after the file
        const ready = new Promise<void>((resolve) => (wake = resolve));
        tell({ kind: 'bytes', bytes: chunk });
        await Promise.race([ready, ended]);
      }
      tell({ kind: 'end' });
      const end = await ended;
      await work;
      if (failure) throw failure;
      if (fault) throw await this.abort(fault.code, toProblem(fault));
      if (end.digest !== state.digest) throw await this.abort('digest-differs', new Problem(422, 'digest-differs', '送られた内容が、届け出た SHA-256 と違います。ファイルが途中で変わっていないか確かめてください'));
      await this.note(event(ImportCompleted, { rows: this.row }));
    } finally {
      failure ??= new Error('the import was broken off');
      await work; // what is on its way comes to its end before another import begins
      await worker.terminate();
    }
  }

  forget(slots: readonly number[]): Promise<void> | undefined {
    if (!this.worker) return undefined;
    return new Promise((resolve) => {
      this.forgetting.push(resolve);
      this.worker!.postMessage({ kind: 'forget', slots } satisfies ToParser);
    });
  }

  private async takeBatch(upTo: number, rows: readonly (ParsedRow | PreparedRow)[], rejects: readonly Reject[]): Promise<void> {
    const outcome = { registered: 0, changed: 0, unchanged: 0 };
    const rejected = [...rejects];
    for (let i = 0; i < rows.length; i += SLICE_ROWS) {
      const slice = await this.takeSlice(rows.slice(i, i + SLICE_ROWS));
      rejected.push(...slice.rejects);
      outcome.registered += slice.registered;
      outcome.changed += slice.changed;
      outcome.unchanged += slice.unchanged;
    }
    this.row = upTo;
    const sorted = rejected.sort((a, b) => a.row - b.row || a.column - b.column).map(({ row, line, column, item, reason }) => ({ row, ...(line && { line }), column, ...(item && { item }), reason }));
    await this.note(event(ImportAdvanced, { row: upTo, ...outcome, rejects: sorted }));
  }

  /** A person changed at a counter meanwhile is compared again; what the slice has written already is acknowledged again. */
  private async takeSlice(rows: readonly (ParsedRow | PreparedRow)[]): Promise<RowOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.take!(rows as readonly never[], (writes) => this.appendAll(writes));
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt === SLICE_ATTEMPTS) throw error;
      }
    }
  }

  private async appendAll(writes: readonly LedgerWrite[]): Promise<void> {
    for (const result of await this.engine.ledger.appendMany(writes)) if (!result.ok) throw result.error;
  }

  private async abort(reason: string, problem: Problem): Promise<Problem> {
    await this.note(event(ImportAborted, { row: this.row, reason }));
    return problem;
  }

  private async note(happened: NewDomainEvent): Promise<void> {
    const { actor, correlationId, opened } = this.batch;
    const draft = { id: newId(), event: happened, actor: this.actor ?? actor, correlationId, causationId: opened, occurredAt: null, handling: null };
    const { revision } = await this.engine.ledger.append({ stream: this.opened.stream, drafts: [draft], expected: this.revision, key: this.opened.key });
    this.revision = revision;
  }
}

/** Ends the waiting for a piece. */
interface Interrupt {
  error?: Error;
  reject?: (error: Error) => void;
}

/**
 * The pieces as they come. A sender that goes away or falls silent is nothing unexpected, and keeps nobody else from importing; nor
 * is one waited for when the thread that reads the file has ended. @throws Problem, and what interrupts
 */
async function* received(bytes: AsyncIterable<Uint8Array>, interrupt: Interrupt, silence: number): AsyncIterable<Uint8Array> {
  const pieces = bytes[Symbol.asyncIterator]();
  for (;;) {
    if (interrupt.error) throw interrupt.error;
    let timer: NodeJS.Timeout | undefined;
    // One promise for each piece: what hangs on a promise that lasts as long as the file would be kept as long.
    const stopped = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(cutOff(408)), silence);
      interrupt.reject = reject;
    });
    const piece = pieces.next().catch((): never => {
      throw cutOff(400);
    });
    piece.catch(() => undefined);
    const next: IteratorResult<Uint8Array> = await Promise.race([piece, stopped]).finally(() => clearTimeout(timer));
    if (next.done === true) return;
    yield next.value;
  }
}

function cutOff(status: number): Problem {
  return new Problem(status, 'cut-off', 'ファイルの送信が途中で切れました。同じファイルをもう一度送れば、続きから進みます');
}

const FAULTS: { readonly [code in Extract<FromParser, { kind: 'fault' }>['code']]: string } = {
  'number-column': '接種記録のファイルに個人番号の列があります。このファイルは取り込めません。列を除いて作り直してください',
  'missing-columns': '必須の列がありません',
  'unknown-columns': '知らない見出しの列があります（列の番号）',
  'doubled-columns': '同じ見出しの列が二つあります',
  'not-csv': 'CSV として読めない行があります',
  'not-encoding': '指定された文字コードでは読めない文字があります',
  empty: 'ファイルが空です',
};

function toProblem({ code, columns, line }: Extract<FromParser, { kind: 'fault' }>): Problem {
  const message = columns.length > 0 ? `${FAULTS[code]}: ${columns.join('、')}` : FAULTS[code];
  return new Problem(422, code, FAULTS[code], { errors: [{ path: `${line}行目`, code, message }] });
}
