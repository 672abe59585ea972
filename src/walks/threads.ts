import { Worker } from 'node:worker_threads';
import { Problem } from './problem.js';

/** The file of a worker thread: threads run the build; from the sources (in tests) it is found in `dist/`. `path`: from the top of the project, without its ending */
export function threadFile(path: string): URL {
  const here = import.meta.url;
  return new URL(`../../${here.endsWith('.ts') ? 'dist/' : ''}${path}.js`, here);
}

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

/** Does so many things at once, and has so many more wait for their turn. The function @throws Problem 503 where still more wait */
export function inTurn(atOnce: number, waitingMax: number): <T>(act: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) throw new Problem(503, 'busy', '混み合っています。少し待ってからもう一度実行してください', { retryAfter: 5 });
      await new Promise<void>((resolve) => void waiting.push(resolve)); // whoever ends hands its place on
    } else running += 1;
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
