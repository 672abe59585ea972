import { Worker } from 'node:worker_threads';
import { registry } from '../../src/event-registry.js';
import { throwFault } from '../../src/ledger/event-fault.js';
import type { EventReader } from '../../src/store/port.js';
import { threadFile } from '../../src/walks/threads.js';
import type { FromWorker, Rebuilt, WorkerStart } from './worker-protocol.js';

export interface FoldingOptions extends Pick<WorkerStart, 'vault' | 'registers' | 'checkpoints'> {
  readonly store: EventReader & { readonly readerSource: WorkerStart['events'] };
  readonly alarm: (code: string, detail: { readonly [name: string]: string | number }) => void;
}

/** The threads in which registers are folded. */
export class FoldingThreads {
  /** those that fold one register and end */
  private readonly ending = new Set<Worker>();

  constructor(private readonly options: FoldingOptions) {}

  spawn(task: WorkerStart['task'], onMessage: (message: FromWorker) => void): Worker {
    const { store, vault, registers, checkpoints } = this.options;
    const start: WorkerStart = { events: store.readerSource, vault, registers, checkpoints, task };
    const worker = new Worker(threadFile('projections/engine/worker'), { workerData: start, resourceLimits: { maxYoungGenerationSizeMb: 32 } });
    worker.on('message', onMessage);
    return worker;
  }

  /** Folds one register in a thread that ends with it. @throws the signal's reason, and what decoding throws of an event that cannot be decoded */
  runToEnd(task: WorkerStart['task'], { progress, signal }: { readonly progress?: (position: number) => void; readonly signal?: AbortSignal } = {}): Promise<Rebuilt | undefined> {
    const { store, alarm } = this.options;
    return new Promise((resolve, reject) => {
      let finished: Extract<FromWorker, { kind: 'finished' }> | undefined;
      let fault: Error | undefined;
      let cause: Promise<void> = Promise.resolve();
      const worker = this.spawn(task, (message) => {
        if (message.kind === 'progress') progress?.(message.position);
        if (message.kind === 'alarm') alarm(message.code, { position: message.position });
        if (message.kind === 'unreadable') (cause = throwFault(message.event, store, registry)).catch(() => undefined);
        if (message.kind === 'finished') finished = message;
      });
      const interrupt = (): void => void worker.terminate();
      signal?.addEventListener('abort', interrupt, { once: true });
      this.ending.add(worker);
      worker.once('error', (error: Error) => (fault = error));
      worker.once('exit', () => {
        this.ending.delete(worker);
        signal?.removeEventListener('abort', interrupt);
        if (signal?.aborted) reject(signal.reason as Error);
        else if (finished) resolve(finished.rebuilt);
        else cause.then(() => reject(fault ?? new Error('the folding thread ended before its time')), reject);
      });
    });
  }

  /** Ends those that fold one register. */
  async stop(): Promise<void> {
    await Promise.all([...this.ending].map((worker) => worker.terminate()));
  }
}
