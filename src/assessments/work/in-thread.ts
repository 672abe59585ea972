import { answerOfThread } from '../../walks/thread-answer.js';
import type { Job, Results } from './jobs.js';

/** Does one job in a thread that ends with it. */
export function inThread<J extends Job>(job: J): Promise<Results[J['kind']]> {
  return answerOfThread(workerFile(), job);
}

/** Worker threads run the build; from the sources (in tests) they are found beside it. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../../dist/src/assessments/work/worker.js', here) : new URL('./worker.js', here);
}
