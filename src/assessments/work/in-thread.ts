import { Problem } from '../../walks/problem.js';
import { answerOfThread, inTurn, threadFile } from '../../walks/threads.js';
import type { Job, Results } from './jobs.js';

/** Each takes a processor and some hundred megabytes: more are done after each other. */
const AT_ONCE = 2;
const WAITING = 32;
/** The longest document takes a few seconds. */
const LONGEST_MS = 60_000;

const WORKER = threadFile('src/assessments/work/worker');
const turn = inTurn(AT_ONCE, WAITING);

/** Does one job in a thread that ends with it. @throws Problem 503 where too many wait, 422 for a document that takes too long */
export function inThread<J extends Job>(job: J): Promise<Results[J['kind']]> {
  return onDocument(WORKER, job);
}

/** What a thread answers of one document, when its turn has come. @throws Problem 503 where too many wait, 422 for a document that takes too long */
export function onDocument<T>(worker: URL, start: unknown): Promise<T> {
  return turn(async () => {
    const limit = AbortSignal.timeout(LONGEST_MS);
    return answerOfThread<T>(worker, start, limit).catch((error: unknown) => {
      throw limit.aborted ? new Problem(422, 'takes-too-long', '文書を調べるのに時間がかかりすぎるため、止めました。長い欄を短くしてください') : error;
    });
  });
}
