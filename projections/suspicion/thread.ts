import { Worker } from 'node:worker_threads';
import type { DayResult } from './day.js';
import type { DayStart } from './worker-protocol.js';

/** Looks through days in a thread that ends with it. @throws what stopped the thread, and the signal's reason */
export function lookThroughInThread(start: DayStart, signal?: AbortSignal): Promise<readonly DayResult[]> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(workerFile(), { workerData: start, resourceLimits: { maxYoungGenerationSizeMb: 32 } });
    const interrupt = (): void => void worker.terminate();
    signal?.addEventListener('abort', interrupt, { once: true });
    let results: readonly DayResult[] | undefined;
    let fault: Error | undefined;
    worker.once('message', (message: readonly DayResult[]) => (results = message));
    worker.once('error', (error: Error) => (fault = error));
    worker.once('exit', () => {
      signal?.removeEventListener('abort', interrupt);
      if (results) resolve(results);
      else reject(signal?.aborted ? (signal.reason as Error) : (fault ?? new Error('the thread that looks through days ended before its time')));
    });
  });
}

/** Worker threads run the build; from the sources (in tests) they are found beside it. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../dist/projections/suspicion/worker.js', here) : new URL('./worker.js', here);
}
