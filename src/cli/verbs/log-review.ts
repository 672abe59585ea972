import { Option } from 'commander';
import { REVIEW_RESULTS } from '../../access/log-reviews/events.js';
import type { As, Program } from '../program.js';

/** log-review: 月次ログ点検. */
export function logReviewVerbs({ program, asStaff, show, withPerson }: Program): void {
  const logReview = program.command('log-review').description('月次ログ点検');
  logReview.command('list').description('月次ログ点検を一覧する（開いた人の取扱いとして記録される）').addOption(asStaff)
    .action(({ as }: As) => withPerson('reads', as, async (client, token) => {
      const { listLogReviews } = await import('../log-review.js');
      show(...(await listLogReviews(client, token)));
    }));
  logReview.command('sign').description('月の点検に署名する（件数は akashi report monthly-log-review で確かめる）').argument('<月>', 'YYYY-MM').addOption(asStaff)
    .addOption(new Option('--result <結果>', '点検の結果').choices([...REVIEW_RESULTS]).makeOptionMandatory()).option('--remarks <文>', '所見。指摘があるときは必須。封をして記録に残す').option('--sampled <ID...>', '一件ずつ確かめた取扱い（事象の ID）')
    .action((month: string, { as, ...signature }: As & { result: string; remarks?: string; sampled?: string[] }) => withPerson('reads', as, async (client, token) => {
      const { signLogReview } = await import('../log-review.js');
      show(...(await signLogReview(client, token, month, signature)));
    }));
}
