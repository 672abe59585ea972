import { Option, type Command } from 'commander';
import { requireId, whole, type As, type Program } from '../program.js';

const text = '封をして記録に残す';
const on = (about: string): Option => new Option('--on <日付>', about).makeOptionMandatory();
const people = (flags: string, about: string): Option => new Option(flags, about).argParser((given) => whole(flags.split(' ')[0]!, given, 0));

/** しきい値判断 → 意見聴取 → 反映 → 第三者点検 → 決裁 → 提出 → 公表, and what may follow: each with the options that the API has. */
const STEPS: readonly { readonly verb: string; readonly end: string; readonly about: string; readonly more: (command: Command) => Command }[] = [
  {
    verb: 'threshold', end: 'thresholds', about: 'しきい値判断を行う（指定しない人数は台帳から数える）',
    more: (command) => command.addOption(on('実施日')).addOption(people('--subjects <人数>', '対象人数')).option('--subjects-on <日付>', '対象人数の時点').addOption(people('--handlers <人数>', '取扱者数')).option('--handlers-on <日付>', '取扱者数の時点')
      .option('--incident <日付>', '特定個人情報に関する直近の重大事故の日（評価実施機関の全体）').option('--no-incident', '重大事故がない（評価実施機関の全体）').option('--incident-as-of <日付>', '重大事故の有無の時点').option('--reason <文>', `理由。${text}`),
  },
  {
    verb: 'opinions', end: 'opinions', about: '国民・住民等からの意見の聴取を記録する',
    more: (command) => command.requiredOption('--from <日付>', '開始日').requiredOption('--to <日付>', '終了日').requiredOption('--means <文>', `方法。${text}`).option('--reason <文>', `期間を30日より短くした特段の理由。${text}`),
  },
  {
    verb: 'reflection', end: 'reflections', about: '意見の評価書への反映を記録する',
    more: (command) => command.addOption(on('反映した日')).addOption(people('--opinions <件数>', '寄せられた意見の数').makeOptionMandatory()).option('--received <文>', `主な意見の内容。${text}`).option('--reflected <文>', `評価書への反映。${text}`),
  },
  { verb: 'review', end: 'reviews', about: '第三者点検を記録する', more: (command) => command.addOption(on('実施日')).requiredOption('--reviewer <文>', `方法（点検した者）。${text}`).option('--result <文>', `結果。${text}`) },
  { verb: 'decide', end: 'decisions', about: '決裁する（この版に書いた人以外）', more: (command) => command.addOption(on('決裁日')).option('--reason <文>', `矛盾・未記入を残したまま決裁する理由。${text}`) },
  { verb: 'withdraw', end: 'decisions/withdrawals', about: '提出する前に決裁を取り消す', more: (command) => command.requiredOption('--reason <文>', `理由。${text}`) },
  { verb: 'submit', end: 'submissions', about: '個人情報保護委員会への提出を記録する', more: (command) => command.addOption(on('提出日')).option('--simulated', '模擬（実際には提出していない）').option('--reference <文>', `提出の控え（受付番号等）。${text}`) },
  { verb: 'publish', end: 'publications', about: '公表を記録する', more: (command) => command.addOption(on('公表日')).option('--changed-on <日付>', '取扱いを変える日（省略すると公表日）').option('--where <文>', `公表した場所。${text}`) },
  { verb: 'look', end: 'looks', about: '公表した版の、年1回の見直しを記録する', more: (command) => command.addOption(on('見直した日')).option('--amend', '評価書を修正する必要がある', false).option('--remarks <文>', `見直しの所見。${text}`) },
];

/** assessment step: the procedure of a version, step by step as a named person. */
export function assessmentStepVerbs(assessment: Command, { asStaff, show, withPerson }: Program): void {
  const group = assessment.command('step').description('評価書の版の手続を記録する（しきい値判断 → 意見の聴取 → 反映 → 第三者点検 → 決裁 → 提出 → 公表、その後は年1回の見直し）');
  for (const { verb, end, about, more } of STEPS) {
    more(group.command(verb).description(about).argument('<版ID>').addOption(asStaff)).action((id: string, { as, ...body }: As) => {
      requireId('版', id);
      return withPerson('reads', as, async (client, token) => {
        const { takeStep } = await import('../assessment-writing.js');
        show(...(await takeStep(client, token, id, end, body)));
      });
    });
  }
}
