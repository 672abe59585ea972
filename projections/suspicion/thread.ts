import { answerOfThread } from '../../src/walks/thread-answer.js';
import type { DayResult } from './day.js';
import type { DayStart } from './worker-protocol.js';

/** Looks through days in a thread that ends with it. @throws what stopped the thread, and the signal's reason */
export function lookThroughInThread(start: DayStart, signal?: AbortSignal): Promise<readonly DayResult[]> {
  return answerOfThread(workerFile(), start, signal);
}

/** Worker threads run the build; from the sources (in tests) they are found beside it. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../dist/projections/suspicion/worker.js', here) : new URL('./worker.js', here);
}
