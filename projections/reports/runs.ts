import { Worker } from 'node:worker_threads';
import { newId } from '../../src/ledger/ids.js';
import { Problem, unacceptable } from '../../src/walks/problem.js';
import { ROWS_FOR_PEOPLE, type Format } from './report.js';
import { threadFile } from '../../src/walks/threads.js';
import type { Chunk, Found, FromReport, ReportStart, ToReport } from './worker-protocol.js';

/** How a run stands, for whoever began it. */
export interface RunStatus {
  readonly id: string;
  readonly report: string;
  readonly format: Format;
  readonly status: 'running' | 'complete' | 'cut-off' | 'failed';
  /** given out so far */
  readonly rows: number;
  /** read so far, and up to where it is read */
  readonly position: number;
  readonly upTo: number;
}

/** The thread that reads and writes, and who hears of what it cannot open. */
export interface ReportThread {
  readonly file: URL;
  readonly onAlarm: (code: string, key: number) => void;
}

/** What every thread is told; each kind has more. */
export type RunStart = Pick<ReportStart, 'format' | 'head'>;

const REPORT_THREAD: ReportThread = { file: threadFile('projections/reports/worker'), onAlarm: () => undefined };

/** Reports that are read at once: each is a thread, and the machine answers questions beside them. */
const AT_ONCE = 4;
/** Runs that can still be asked about after their end. */
const KEPT = 200;

/** One report under way: the thread that reads and writes it, as the answering thread sees it. */
export class ReportRun {
  readonly id = newId();
  status: RunStatus['status'] = 'running';
  rows = 0;
  position = 0;
  private readonly worker: Worker;
  private readonly chunks: Chunk[] = [];
  private end: { readonly rows: number } | Error | undefined;
  private wake = (): void => undefined;
  /** of an export, once it is ready: whose rows it has */
  found: Found | undefined;
  /** persons put under 支援措置 since it began */
  readonly newlyProtected = new Set<string>();
  /** of an export that has come to its end: how many of them it left out */
  withheld = 0;

  constructor(
    readonly start: RunStart,
    /** the member of staff who runs it */
    readonly staff: string,
    { file, onAlarm }: ReportThread,
    onExit: () => void,
  ) {
    this.worker = new Worker(file, { workerData: start, resourceLimits: { maxYoungGenerationSizeMb: 32 } });
    this.worker.on('message', (message: FromReport) => {
      if (message.kind === 'alarm') onAlarm(message.code, message.key);
      if (message.kind === 'chunk') this.chunks.push(message);
      if (message.kind === 'end') {
        this.end = { rows: message.rows };
        this.withheld = message.withheld ?? 0;
      }
      this.wake();
    });
    this.worker.once('error', (error: Error) => this.settle(error));
    this.worker.once('exit', () => {
      this.settle(new Error('the thread of the report ended before its time'));
      onExit();
    });
  }

  /** Resolves when the report can be written. @throws Problem 422 `too-many-rows` */
  async ready(): Promise<void> {
    const message = await new Promise<FromReport>((resolve, reject) => {
      this.worker.once('message', resolve);
      this.worker.once('error', reject);
      this.worker.once('exit', () => reject(new Error('the thread of the report ended before its time')));
    });
    if (message.kind === 'ready') this.found = message.found;
    if (message.kind !== 'too-many-rows') return;
    const { limit } = message;
    const isForPeople = limit === ROWS_FOR_PEOPLE && this.start.format !== 'csv';
    throw unacceptable('too-many-rows', `${limit.toLocaleString()}行を超えるため${isForPeople ? '、この形式では出力できません。CSV か JSON で出力するか' : '出力できません'}、条件を絞ってください`);
  }

  go(): void {
    this.tell({ kind: 'go' });
  }

  /** Somebody is under 支援措置 from now on: rows of theirs that have not been opened yet stay closed. */
  protect(subject: string): void {
    this.newlyProtected.add(subject);
    this.tell({ kind: 'protected', subject });
  }

  /** The next bytes; undefined behind the last. @throws what stopped the thread */
  async next(): Promise<Uint8Array | undefined> {
    while (this.chunks.length === 0 && this.end === undefined) await new Promise<void>((resolve) => (this.wake = resolve));
    const chunk = this.chunks.shift();
    if (chunk) {
      this.rows = chunk.rows;
      this.position = chunk.position;
      this.tell({ kind: 'taken' });
      return chunk.bytes;
    }
    if (!('rows' in this.end!)) throw this.end!;
    this.rows = this.end.rows;
    return undefined;
  }

  /** Stops the thread wherever it is, and returns when it has ended. */
  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private tell(message: ToReport): void {
    this.worker.postMessage(message);
  }

  private settle(error: Error): void {
    this.end ??= error;
    this.wake();
  }
}

/** The reports that are under way, and those that were of late. */
export class ReportRuns {
  private readonly underWay = new Set<ReportRun>();
  private readonly known = new Map<string, ReportRun>();
  private readonly recording = new Set<Promise<unknown>>();

  constructor(private readonly atOnce = AT_ONCE) {}

  /** Begins a report that waits for `go`. @throws Problem 503 `busy`, 422 `too-many-rows` */
  async begin<S extends RunStart = ReportStart>(start: S, staff: string, thread = REPORT_THREAD): Promise<ReportRun> {
    if (this.underWay.size >= this.atOnce) throw new Problem(503, 'busy', '報告の作成が混み合っています。少し待ってからもう一度実行してください', { retryAfter: 5 });
    const run = new ReportRun(start, staff, thread, () => this.underWay.delete(run));
    this.underWay.add(run);
    try {
      await run.ready();
    } catch (error) {
      await run.stop();
      throw error;
    }
    if (this.known.size >= KEPT) this.known.delete(this.known.keys().next().value!);
    this.known.set(run.id, run);
    return run;
  }

  /** Of a run of that member of staff; nobody else is told that there is one. */
  statusOf(id: string, staff: string): RunStatus | undefined {
    const run = this.known.get(id);
    if (run?.staff !== staff) return undefined;
    const { start, status, rows, position } = run;
    return { id, report: start.head.name, format: start.format, status, rows, position, upTo: start.head.stamp.position };
  }

  /** Tells all that are under way of somebody who has been put under 支援措置. */
  protect(subject: string): void {
    for (const run of this.underWay) run.protect(subject);
  }

  /** What is still to be written down when the engine stops. */
  keep(recording: Promise<unknown>): void {
    const done = recording.finally(() => this.recording.delete(done));
    this.recording.add(done);
  }

  /** Stops all of them, and returns when their ends have been recorded. */
  async close(): Promise<void> {
    await Promise.all([...this.underWay].map((run) => run.stop()));
    await Promise.allSettled(this.recording);
  }
}
