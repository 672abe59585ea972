import { FINDING_WORDS, wordOf } from '../../projections/words.js';
import type { FindingView } from '../../projections/registers/findings/queries.js';
import type { ReportHead } from '../../projections/reports/report.js';
import type { Client } from './client.js';
import type { SectionWords } from './sections.js';
import { japanTime, table } from './table.js';

/** The rows of 不審な取扱い that a list shows; the words stand in them as the report prints them. */
interface Listed extends ReportHead {
  readonly rows: readonly { readonly finding: string; readonly day: string; readonly rule: string; readonly staff: string; readonly department: string; readonly step: string; readonly due: string; readonly counts: string | null; readonly result: string | null; readonly outcome: string | null }[];
}

/** The findings that whoever asks may be told of: the report, shown. */
export async function listFindings(client: Client, token: string, terms: object): Promise<readonly [object, string]> {
  const answer = await client.send<Listed>('POST', '/reports/suspicious-handlings', token, terms);
  if (answer.rows.length === 0) return [answer, '該当する所見はありません。'];
  const rows = answer.rows.map(({ finding, day, rule, staff, department, step, due, counts, result, outcome }) => [finding, day, rule, staff, department, [step, outcome ?? result].filter(Boolean).join('・'), due, counts ?? '－']);
  return [answer, table([['所見ID', '取扱いの日', '着眼点', '職員', '部署', '段階', '期限', '件数'], ...rows]).join('\n')];
}

/** One finding with what is sealed in it. */
export async function showFinding(client: Client, token: string, id: string, sections: SectionWords): Promise<readonly [object, string]> {
  const answer = await client.send<{ readonly views: readonly [FindingView] }>('GET', `/findings/${id}`, token);
  return [answer, describe(answer.views[0], sections)];
}

function describe({ finding, day, staff, department, due, step, particulars, steps }: FindingView, sections: SectionWords): string {
  const found = particulars === null ? ['着眼点: 読み出せません'] : [`着眼点: ${particulars.title}`, `  ${particulars.explanation}`, `件数: ${particulars.counts.map(({ name, value }) => `${name} ${value}`).join('、')}`, `しきい値: ${particulars.thresholds.map(({ name, value }) => `${name} ${value}`).join('、')}`, ...particulars.evidence.map(({ event, at }) => `根拠: ${japanTime(at)}  ${event}`)];
  const taken = steps.map(({ at, person, result, remarks }) => `${japanTime(at)}  職員 ${person}  ${wordOf(FINDING_WORDS, result)}${remarks === null ? '' : `  ${remarks}`}`);
  return [`所見 ${finding}（${wordOf(FINDING_WORDS, step)}、期限 ${due}）`, `取扱いの日: ${day}  職員: ${staff}  部署: ${sections.of(department)}`, ...found, ...taken].join('\n');
}
