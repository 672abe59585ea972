import { EXAMINATION_RESULTS, FINDING_OUTCOMES } from '../../access/findings/events.js';
import { acts, choice } from '../acts.js';
import { requireId, type As, type Program } from '../program.js';

/** finding: 不審な取扱いの所見. */
export function findingVerbs(own: Program): void {
  const { program, asStaff, show, withPerson } = own;
  const group = program.command('finding').description('不審な取扱いの所見（エンジンが日ごとに開く。調べた人とは別の人が、問題なしとして終える）');
  const findings = { own, group, path: '/findings', label: '所見' };
  group.command('list').description('所見を一覧する（報告「不審な取扱い」を出したことが記録される。実行した人についての所見は示さない）').addOption(asStaff)
    .option('--step <段階>', '段階（open: 未調査、examined: 調査済み、closed: 終結）').option('--from-day <日付>', '取扱いの日（この日から）').option('--to-day <日付>', '取扱いの日（この日まで）').option('--staff <ID>', '職員').option('--suspicion <着眼点>', '着眼点の符号')
    .action(({ as, ...terms }: As) => withPerson('reads', as, async (client, token) => {
      const { listFindings } = await import('../finding.js');
      show(...(await listFindings(client, token, terms)));
    }));
  group.command('show').description('所見を、着眼点の説明・根拠・調べた内容とともに開く（開いた人の取扱いとして記録される）').argument('<所見ID>').addOption(asStaff)
    .action((id: string, { as }: As) => {
      requireId('所見', id);
      return withPerson('reads', as, async (client, token) => {
        const [{ showFinding }, { sectionWords }] = await Promise.all([import('../finding.js'), import('../sections.js')]);
        show(...(await showFinding(client, token, id, await sectionWords(own.settings()))));
      });
    });
  acts(findings, {
    verb: 'examine', end: 'examinations', about: '調べた結果を記録する', said: '記録しました。',
    more: (command) => command.addOption(choice('--result <結果>', '調べた結果（説明がついた、本人に確かめる、上位者に報告した）', EXAMINATION_RESULTS)).requiredOption('--remarks <文>', '調べた内容。封をして記録に残す'),
  });
  acts(findings, {
    verb: 'close', end: 'closings', about: '所見を終える（問題なしとするには、調べた人とは別の人）', said: '終えました。',
    more: (command) => command.addOption(choice('--outcome <結論>', '結論（問題なし、指導した、事故として扱う）', FINDING_OUTCOMES)).option('--remarks <文>', '結論の説明。封をして記録に残す'),
  });
}
