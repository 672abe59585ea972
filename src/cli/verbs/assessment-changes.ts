import type { Command } from 'commander';
import type { DiffOptions, ScheduleOptions, ThresholdOptions } from '../assessment-changes.js';
import type { Program } from '../program.js';

const FORM = '様式の番号（2、3、4）';

/** assessment diff, schedule, threshold: what a change of an assessment asks for. None of these needs an engine. */
export function assessmentChangeVerbs(assessment: Command, show: Program['show']): void {
  assessment.command('diff').description('二つの版の違いを別添（変更箇所）の行にし、残った措置などの矛盾を示す').argument('<変更前>').argument('<変更後>')
    .option('--changed <日付>', '変更日（提出時期を求める）').option('--submitted <日付>', '個人情報保護委員会への提出日').option('--published <日付>', '公表日').option('--vocabulary <語彙>', '提出時期に係る説明の書き方（by-ground、by-importance）').option('--whole', '（中略）とせず全文を書く（--json）')
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { describeDiff, diffFiles, diffIsAtOdds } = await import('../assessment-changes.js');
      const diff = diffFiles(before, after, options);
      show(diff, describeDiff(diff));
      if (diffIsAtOdds(diff)) process.exitCode = 2;
    });
  assessment.command('schedule').description('変更の予定日から逆算して、評価の再実施や修正の日程を示す').requiredOption('--change <日付>', '変更の予定日').option('--form <様式>', FORM, '4').option('--amend', '再実施でなく、修正の日程とする').option('--at-will', '重点項目評価で、意見聴取と第三者点検を任意に行う').option('--days <段階=日数...>', '段階の日数を変える').option('--today <日付>', '今日とする日')
    .action(async (options: ScheduleOptions) => {
      const { describeSchedule, schedule } = await import('../assessment-changes.js');
      const planned = schedule(options);
      show(planned, describeSchedule(planned, options.change));
      if (planned.facts.some(({ code }) => code === 'too-late')) process.exitCode = 2;
    });
  assessment.command('threshold').description('しきい値判断をする').requiredOption('--subjects <人数>', '対象人数').requiredOption('--handlers <人数>', '特定個人情報ファイルの取扱者数').option('--incident [日付]', '重大事故の発生日（日付がなければ1年以内とする）').option('--as-of <日付>', 'いつ時点か').option('--near <％>', '境界のこの割合から注意する（90）').option('--form <様式>', `作る評価書の${FORM}`, '2')
    .action(async (options: ThresholdOptions) => {
      const { describeThreshold, threshold } = await import('../assessment-changes.js');
      const judgement = threshold(options);
      show(judgement, describeThreshold(judgement));
      if (judgement.chosen === 'too-low') process.exitCode = 2;
    });
}
