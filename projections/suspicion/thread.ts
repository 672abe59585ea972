import { answerOfThread, threadFile } from '../../src/walks/threads.js';
import type { DayResult } from './day.js';
import type { DayStart } from './worker-protocol.js';

/** Looks through days in a thread that ends with it. @throws what stopped the thread, and the signal's reason */
export function lookThroughInThread(start: DayStart, signal?: AbortSignal): Promise<readonly DayResult[]> {
  return answerOfThread(threadFile('projections/suspicion/worker'), start, signal);
}
