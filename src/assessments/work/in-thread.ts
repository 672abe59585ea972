import { Problem } from '../../walks/problem.js';
import { answerOfThread } from '../../walks/thread-answer.js';
import type { Job, Results } from './jobs.js';

/** Each takes a processor and some hundred megabytes: more are done after each other. */
const AT_ONCE = 2;
const WAITING = 32;
/** The longest document takes a few seconds. */
const LONGEST_MS = 60_000;

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

const turn = inTurn(AT_ONCE, WAITING);

/** Does one job in a thread that ends with it. @throws Problem 503 where too many wait, 422 for a document that takes too long */
export function inThread<J extends Job>(job: J): Promise<Results[J['kind']]> {
  return turn(async () => {
    const limit = AbortSignal.timeout(LONGEST_MS);
    return answerOfThread<Results[J['kind']]>(workerFile(), job, limit).catch((error: unknown) => {
      throw limit.aborted ? new Problem(422, 'takes-too-long', '文書を調べるのに時間がかかりすぎるため、止めました。長い欄を短くしてください') : error;
    });
  });
}

/** Worker threads run the build; from the sources (in tests) they are found beside it. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../../dist/src/assessments/work/worker.js', here) : new URL('./worker.js', here);
}
