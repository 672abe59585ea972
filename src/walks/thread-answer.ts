import { Worker } from 'node:worker_threads';

/** A thread that is given all it needs at its start, answers once, and ends. @throws what stopped the thread, and the signal's reason */
export function answerOfThread<T>(file: URL, start: unknown, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(file, { workerData: start, resourceLimits: { maxYoungGenerationSizeMb: 32 } });
    const interrupt = (): void => void worker.terminate();
    signal?.addEventListener('abort', interrupt, { once: true });
    let answer: { readonly is: T } | undefined;
    let fault: Error | undefined;
    worker.once('message', (message: T) => (answer = { is: message }));
    worker.once('error', (error: Error) => (fault = error));
    worker.once('exit', () => {
      signal?.removeEventListener('abort', interrupt);
      if (answer) resolve(answer.is);
      else reject(signal?.aborted ? (signal.reason as Error) : (fault ?? new Error('a thread ended before it had answered')));
    });
  });
}
