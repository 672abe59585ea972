import type Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { EventReader } from '../../src/store/port.js';
import type { ConnectionLog } from '../../src/store/eventstoredb/connection.js';
import type { ReaderSource } from '../../src/store/source.js';
import type { VaultOptions } from '../../src/vault/opening.js';
import { projections } from '../all.js';
import { SharedCheckpoints } from './checkpoints.js';
import { FoldingThreads } from './folding-threads.js';
import { PastRegisters } from './past-registers.js';
import { RetiredConnections } from './retired.js';
import { currentGeneration, openForQuery, registerFile, removeRegisterFile } from './register-file.js';
import type { FromWorker, Rebuilt, ToWorker } from './worker-protocol.js';

export interface RegistersOptions {
  readonly store: EventReader & { readonly readerSource: ReaderSource };
  readonly vault: VaultOptions;
  /** the data directory */
  readonly directory: string;
  readonly alarm: (code: string, detail: { readonly [name: string]: string | number }) => void;
  /** what happens to the connection to a server */
  readonly log?: ConnectionLog;
}

export interface RegisterStatus {
  readonly name: string;
  readonly label: string;
  readonly checkpoint: number;
  /** events behind the ledger, as far as positions tell */
  readonly lag: number;
  readonly stopped: string | null;
  /** how far a rebuild that is under way has come */
  readonly rebuilding: number | null;
}

type Reply = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void };
/** A message without the number of its call, which is given on sending. */
type Message = ToWorker extends infer M ? (M extends ToWorker ? Omit<M, 'call'> : never) : never;

/** The registers as the answering thread sees them: query connections, waiting, rebuild, and any register as of a moment. */
export class Registers {
  private readonly checkpoints = new SharedCheckpoints(projections.length);
  private readonly threads: FoldingThreads;
  private readonly past: PastRegisters;
  private readonly retired = new RetiredConnections();
  private readonly queries = new Map<string, Database.Database>();
  private readonly stopped = new Map<string, string>();
  private readonly replies = new Map<number, Reply>();
  private readonly rebuilding = new Map<string, Promise<Rebuilt>>();
  /** how far each rebuild has come */
  private readonly progress = new Map<string, number>();
  /** what ended the folding thread, if anything did */
  private dead: Error | undefined;
  private headAtStart = 0;
  private calls = 0;
  private worker: Worker | undefined;

  private constructor(
    private readonly options: RegistersOptions,
    /** the directory of the live registers */
    private readonly registers: string,
  ) {
    this.threads = new FoldingThreads({ ...options, registers, checkpoints: this.checkpoints.buffer });
    this.past = new PastRegisters(join(options.directory, 'scratch'), this.threads, this.retired);
  }

  static async start(options: RegistersOptions): Promise<Registers> {
    const started = Registers.scratchOnly(options);
    await started.startLive();
    return started;
  }

  /** Without live registers: only `asOf` answers. */
  static scratchOnly(options: RegistersOptions): Registers {
    const registers = join(options.directory, 'registers');
    mkdirSync(registers, { recursive: true, mode: 0o700 });
    return new Registers(options, registers);
  }

  /** A read-only connection to the register as it stands. Ask each time: a rebuild puts another in its place. */
  query(name: string): Database.Database {
    const db = this.queries.get(name);
    if (!db) throw new Error(`there is no register ${name}`);
    return db;
  }

  /** True once every register (or the one named) has folded the position; false when the time is up before, and at once when one has stopped. */
  async waitFor(position: number, milliseconds: number, name?: string): Promise<boolean> {
    const wanted = projections.flatMap((projection, i) => (name === undefined || projection.name === name ? [i] : []));
    if (wanted.some((i) => this.checkpoints.get(i) < position && this.stopped.has(projections[i]!.name))) return false;
    const reached = await Promise.all(wanted.map((i) => this.checkpoints.reached(i, position, milliseconds)));
    return reached.every(Boolean);
  }

  async status(): Promise<readonly RegisterStatus[]> {
    const head = await this.options.store.head();
    return projections.map(({ name, label }, i) => {
      const checkpoint = this.checkpoints.get(i);
      return { name, label, checkpoint, lag: Math.max(0, head - checkpoint), stopped: this.stopped.get(name) ?? null, rebuilding: this.rebuilding.has(name) ? (this.progress.get(name) ?? 0) : null };
    });
  }

  /** Whether a register goes on, and holds all that was recorded before this process began: what it has not folded since, the engine knows. */
  isCurrent(name: string): boolean {
    return !this.stopped.has(name) && this.checkpoint(name) >= this.headAtStart;
  }

  checkpoint(name: string): number {
    return this.checkpoints.get(projections.findIndex((projection) => projection.name === name));
  }

  /** Empties the key caches of the folding thread and drops what was folded for past moments, and returns when that is done. */
  async emptyCaches(slots: readonly number[]): Promise<void> {
    await this.past.forget();
    if (this.dead === undefined) await this.call({ kind: 'forget', slots }); // a thread that is gone holds nothing
  }

  /** Folds a register anew from the first event beside the live one, compares, and swaps. One at a time for each register. */
  rebuild(name: string): Promise<Rebuilt> {
    const under = this.rebuilding.get(name);
    if (under) return under;
    const work = this.rebuildOnce(name).finally(() => {
      this.rebuilding.delete(name);
      this.progress.delete(name);
    });
    this.rebuilding.set(name, work);
    return work;
  }

  /** The register folded up to a position, by the same code. @throws Problem 503 when too many are being folded */
  asOf(name: string, position: number): Promise<Database.Database> {
    return this.past.asOf(name, position);
  }

  async stop(): Promise<void> {
    const past = this.past.close();
    await this.threads.stop();
    await past;
    if (this.worker) {
      await this.call({ kind: 'stop' }).catch(() => undefined);
      await this.worker.terminate();
      this.dead ??= new Error('the registers have been stopped');
    }
    for (const db of this.queries.values()) db.close();
    this.retired.close();
  }

  private async startLive(): Promise<void> {
    this.headAtStart = await this.options.store.head();
    const files = await new Promise<{ readonly [name: string]: string }>((resolve, reject) => {
      this.worker = this.threads.spawn({ kind: 'live' }, (message) => {
        if (message.kind === 'ready') resolve(message.files);
        else this.onLive(message);
      });
      this.worker.once('error', reject);
    });
    this.worker!.on('error', (error: Error) => this.fail(error));
    for (const [name, file] of Object.entries(files)) this.queries.set(name, openForQuery(file));
  }

  private onLive(message: FromWorker): void {
    if (message.kind === 'stopped') {
      this.stopped.set(message.projection, message.message);
      this.options.alarm('register-stopped', { register: message.projection, cause: message.message });
    }
    if (message.kind === 'connection') this.options.log?.(message.event);
    if (message.kind === 'resumed') this.stopped.delete(message.projection);
    if (message.kind === 'alarm') this.options.alarm(message.code, { position: message.position });
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    const reply = this.replies.get(message.call);
    this.replies.delete(message.call);
    if (message.kind === 'done') reply?.resolve(message.result as never);
    else reply?.reject(new Error(message.message));
  }

  private fail(error: Error): void {
    this.dead = error;
    for (const { name } of projections) this.stopped.set(name, error.message);
    this.options.alarm('registers-stopped', { cause: error.message });
    for (const { reject } of this.replies.values()) reject(error);
    this.replies.clear();
  }

  private call(message: Message): Promise<unknown> {
    if (this.dead) return Promise.reject(this.dead);
    this.calls += 1;
    const call = this.calls;
    return new Promise((resolve, reject) => {
      this.replies.set(call, { resolve, reject });
      this.worker!.postMessage({ ...message, call });
    });
  }

  private async rebuildOnce(name: string): Promise<Rebuilt> {
    const projection = projections.find((entry) => entry.name === name);
    if (!projection) throw new Error(`there is no register ${name}`);
    const target = registerFile(this.registers, projection, Math.max(1, currentGeneration(this.registers, projection)) + 1);
    const file = `${target}.part`;
    removeRegisterFile(file);
    const live = this.stopped.has(name) ? undefined : this.query(name).name;
    const rebuilt = await this.threads.runToEnd({ kind: 'rebuild', projection: name, file, live }, { progress: (position) => this.progress.set(name, position) });
    await this.call({ kind: 'adopt', projection: name, file, target });
    const old = this.queries.get(name)!;
    this.queries.set(name, openForQuery(target));
    this.retired.retire(old);
    this.stopped.delete(name);
    return rebuilt!;
  }
}
