import { basename } from 'node:path';
import type { ChangeRow } from '../assessments/answers/assessment.js';
import type { Change, Comparison } from '../assessments/changes/comparison.js';
import { changesBetween } from '../assessments/changes/changes-between.js';
import type { ChangeFinding } from '../assessments/changes/change-finding.js';
import { dependencyFindings } from '../assessments/changes/dependencies.js';
import { toChangeRows } from '../assessments/changes/rows.js';
import { awaitingJudgement } from '../assessments/changes/significance.js';
import { VOCABULARIES } from '../assessments/changes/vocabulary.js';
import { scheduleFor, type Schedule } from '../assessments/calendar/schedule.js';
import { PLANNED, type StepCode } from '../assessments/calendar/steps.js';
import { allForms, formOf } from '../assessments/forms/editions.js';
import { placeOf, printedName } from '../assessments/forms/places.js';
import { chosenAssessment, judgeThreshold, printedResult, type ThresholdJudgement } from '../assessments/threshold/judge.js';
import type { ThresholdResult } from '../assessments/threshold/rules.js';
import { isPlainDate, todayInJapan } from '../codes/plain-date.js';
import { formatWareki } from '../codes/wareki.js';
import { UsageError } from '../settings.js';
import { readDocument } from './assessment.js';
import { table } from './table.js';

const LEVELS: { readonly [level in ChangeFinding['level']]: string } = { alarm: '警告', contradiction: '矛盾', missing: '未記入', question: '要確認' };
/** Characters of a text that a line of the table shows; --json has all of it. */
const SHOWN = 32;

export interface DiffOptions {
  readonly changed?: string;
  readonly submitted?: string;
  readonly published?: string;
  readonly vocabulary?: string;
  readonly whole?: boolean;
}

export interface Diff {
  readonly before: string;
  readonly after: string;
  readonly edition: string;
  /** `cell`: the printed number of the item; `part`: the 〈…における措置〉 that it is about; `starred`: ※, to be judged by a person. */
  readonly rows: readonly (ChangeRow & { readonly cell: string; readonly part?: string; readonly starred: boolean; readonly cosmetic: boolean })[];
  readonly toJudge: number;
  readonly findings: readonly ChangeFinding[];
  /** What moving to the later edition of the form left for a person. */
  readonly notes: readonly string[];
}

/** 別添 変更箇所 as two files give it, and what they make contradict. @throws Error, UsageError */
export function diffFiles(before: string, after: string, options: DiffOptions): Diff {
  const vocabulary = VOCABULARIES.find(({ code }) => code === (options.vocabulary ?? VOCABULARIES[0]!.code));
  if (!vocabulary) throw new UsageError(`--vocabulary は ${VOCABULARIES.map(({ code, name }) => `${code}（${name}）`).join('、')} のどれかで指定してください。`);
  const [changedOn, submittedOn, publishedOn] = [day('--changed', options.changed), day('--submitted', options.submitted), day('--published', options.published)];
  if (changedOn === null && (submittedOn !== null || publishedOn !== null)) throw new UsageError('提出日・公表日を指定するときは、変更日も --changed で指定してください。');
  const [older, younger] = [readDocument(before), readDocument(after)];
  const comparison = compared(older, younger);
  const changed = toChangeRows(comparison, { dates: { submittedOn, publishedOn }, changedOn: () => changedOn ?? '', judgements: [], vocabulary, whole: options.whole === true });
  return {
    before: basename(before),
    after: basename(after),
    edition: comparison.form.formId,
    rows: changed.map((row, at) => ({ ...row, ...(changedOn === null && { changedOn: null, submission: null }), ...cellOf(comparison, comparison.changes[at]!) })),
    toJudge: awaitingJudgement(comparison.changes, []).length,
    findings: dependencyFindings(comparison, { ...(publishedOn !== null && { publishedOn }) }),
    notes: comparison.moved.map(({ message }) => message),
  };
}

function compared(...[before, after]: Parameters<typeof changesBetween>): ReturnType<typeof changesBetween> {
  try {
    return changesBetween(before, after);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${error.message}。`);
    throw error;
  }
}

function cellOf({ form }: Comparison, { itemId, at, itemPath, block, significant, cosmetic }: Change): Pick<Diff['rows'][number], 'cell' | 'part' | 'starred' | 'cosmetic'> {
  const name = placeOf(form, itemId) ? printedName(form, itemId, at) : itemPath;
  return { cell: name + (block ?? ''), ...(block !== undefined && { part: block }), starred: significant, cosmetic };
}

export function describeDiff({ before, after, edition, rows, toJudge, findings, notes }: Diff): string {
  const heading = `${before} → ${after}（${formOf(edition)!.name}、${edition}）: 変更 ${rows.length} 件、うち※の項目 ${toJudge} 件`;
  if (rows.length === 0) return `${heading}\n変更はありません。`;
  const isDated = rows.some(({ changedOn }) => changedOn !== null);
  const lines = rows.map((row, at) => [String(at + 1), row.starred ? '※' : '', cut(row.cell), cut(row.before, row.part), cut(row.after, row.part), ...(isDated ? [row.submission ?? '未定'] : []), row.cosmetic ? '字体・空白のみ' : '']);
  const counts = (Object.keys(LEVELS) as ChangeFinding['level'][]).map((level) => `${LEVELS[level]} ${findings.filter((one) => one.level === level).length} 件`).join('、');
  return [
    heading,
    ...table([['番号', '※', '項目', '変更前の記載', '変更後の記載', ...(isDated ? ['提出時期'] : []), '備考'], ...lines]),
    ...(toJudge > 0 ? ['', `※の項目の変更が ${toJudge} 件あります。重要な変更に当たるかを、一件ずつ判断してください。`] : []),
    '',
    `確かめるところ: ${counts}`,
    ...findings.map(({ level, itemPath, message, code }) => `  ${LEVELS[level]}　${itemPath}: ${message}［${code}］`),
    ...(notes.length > 0 ? ['', `様式の版が違います。人が確かめる項目: ${notes.length} 件`, ...notes.map((note) => `  ${note}`)] : []),
  ].join('\n');
}

export function diffIsAtOdds({ findings }: Diff): boolean {
  return findings.some(({ level }) => level === 'contradiction' || level === 'alarm');
}

/** One line, cut by characters; without the heading that the item names already. */
function cut(text: string | null, heading = ''): string {
  const own = text !== null && heading !== '' && text.startsWith(heading) && text !== heading ? text.slice(heading.length) : (text ?? '');
  const characters = [...own.trim().replaceAll('\n', ' ')];
  return characters.length <= SHOWN ? characters.join('') : `${characters.slice(0, SHOWN).join('')}…`;
}

export interface ScheduleOptions {
  readonly change: string;
  readonly form?: string;
  readonly amend?: boolean;
  readonly atWill?: boolean;
  readonly days?: readonly string[];
  readonly today?: string;
}

/** 逆算 from the day of a change. @throws UsageError */
export function schedule({ change, form = '4', amend, atWill, days = [], today }: ScheduleOptions): Schedule {
  if (form !== '2' && form !== '3' && form !== '4') throw new UsageError('--form は 2、3、4 のどれかで指定してください。');
  const changeOn = day('--change', change)!;
  return scheduleFor({ changeOn, today: day('--today', today) ?? todayInJapan(new Date()), procedure: amend ? 'amend' : 'redo', form, atWill: atWill === true, days: Object.fromEntries(days.map(lengthOf)) });
}

function lengthOf(text: string): readonly [StepCode, number] {
  const match = /^([a-z]+)=([1-9][0-9]{0,3})$/.exec(text);
  const step = PLANNED.find((code) => code === match?.[1]);
  if (!step || Number(match![2]) > 3650) throw new UsageError(`--days は 段階=日数（3650日まで）の形で指定してください。段階は ${PLANNED.join('、')} です。`);
  return [step, Number(match![2])];
}

export function describeSchedule({ steps, facts, earliestChangeOn }: Schedule, changeOn: string): string {
  const lines = steps.map(({ code, label, startsOn, endsOn, days, unit, source, confirmed }) => [label, startsOn, endsOn, `${days}${unit === 'open' ? '開庁日' : '日'}`, `${source}${confirmed ? '' : '（設定値）'}`, code]);
  return [
    `${formatWareki(changeOn)}の変更までに終えるための日程（いずれも最も遅い日）`,
    ...table([['段階', '始める日', '終える日', '日数', '根拠', '--days での名'], ...lines]),
    ...(facts.length > 0 ? ['', ...facts.map(({ code, message }) => `  ${code === 'too-late' ? '間に合わない' : '要確認'}　${message}`), `今日から始めた場合に変更できる最も早い日: ${formatWareki(earliestChangeOn)}`] : []),
  ].join('\n');
}

export interface ThresholdOptions {
  readonly subjects: string;
  readonly handlers: string;
  readonly incident?: string | boolean;
  readonly asOf?: string;
  readonly near?: string;
  readonly form?: string;
}

export interface Threshold extends ThresholdJudgement {
  readonly day: string;
  /** The printed words of the form that is drawn up; null where it has none for this result. */
  readonly printed: string | null;
  readonly chosen: 'required' | 'voluntary' | 'too-low';
}

/** しきい値判断 of figures that were told. @throws UsageError */
export function threshold({ subjects, handlers, incident, asOf, near, form = '2' }: ThresholdOptions): Threshold {
  const today = day('--as-of', asOf) ?? todayInJapan(new Date());
  const chosenAs = ({ 2: 'basicRequired', 3: 'focusedRequired', 4: 'fullRequired' } as const satisfies Record<string, ThresholdResult>)[form as '2'];
  if (!chosenAs) throw new UsageError('--form は 2、3、4 のどれかで指定してください。');
  const told = (value: string, name: string) => ({ value: count(value, name), asOf: today, query: name, position: null });
  const latestOn = incident === undefined || incident === false ? null : incident === true ? today : day('--incident', incident);
  if (latestOn !== null && latestOn > today) throw new UsageError(`--incident に、${formatWareki(today)}（--as-of 又は今日）より後の日は指定できません。`);
  const percent = near === undefined ? undefined : count(near, '--near');
  if (percent !== undefined && percent > 100) throw new UsageError('--near は 0 から 100 までの整数（％）で指定してください。');
  const judgement = judgeThreshold({ subjects: told(subjects, '--subjects'), handlers: told(handlers, '--handlers'), incident: { latestOn, asOf: today, query: '--incident', position: null } }, { day: today, ...(percent !== undefined && { nearPercent: percent }) });
  const edition = [...allForms().values()].filter((one) => one.form === form).sort((a, b) => ((a.validFrom ?? '') < (b.validFrom ?? '') ? 1 : -1))[0]!;
  // 基礎項目評価書 always goes with the others and prints every result: for it nothing is too low.
  return { ...judgement, day: today, printed: printedResult(edition, judgement.result)?.label ?? null, chosen: form === '2' ? 'required' : chosenAssessment(judgement.result, chosenAs) };
}

const NAMES = { subjects: '対象人数', handlers: '取扱者数', incident: '重大事故' } as const;

export function describeThreshold(judgement: Threshold): string {
  const { day: on, printed, result, decidedBy, distances, figures, incidentWithinYear, incidentCountsUntil, confirmed, source, chosen } = judgement;
  const words = (code: ThresholdResult): string => printedResult([...allForms().values()].find(({ form }) => form === '2')!, code)?.label ?? code;
  const people = (figure: number): string => `${figure.toLocaleString('ja-JP')}人`;
  return [
    `しきい値判断（${formatWareki(on)}時点）: ${printed ?? words(result)}`,
    ...(chosen === 'too-low' ? ['指定した様式では足りません。上位の評価が要ります。'] : []),
    ...table([['対象人数', people(figures.subjects.value)], ['取扱者数', people(figures.handlers.value)], ['過去1年以内の重大事故', incidentWithinYear ? `発生あり（${formatWareki(incidentCountsUntil!)}から数えない）` : '発生なし']]),
    `決めた数: ${decidedBy.map((name) => NAMES[name]).join('、')}`,
    ...distances.map(({ figure, bound, missing, result: there, near }) => `${near ? '注意　' : ''}${NAMES[figure]}があと${people(missing)}で${people(bound)}になり、「${words(there)}」に変わります`),
    `根拠: ${source}${confirmed ? '' : '（この区分は出典で確かめていません）'}`,
  ].join('\n');
}

function count(text: string, name: string): number {
  const value = /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
  if (value === undefined) throw new UsageError(`${name} は0以上の整数で指定してください。`);
  return value;
}

function day(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!isPlainDate(text)) throw new UsageError(`${name} の日付は 2026-04-01 の形で指定してください。`);
  return text;
}
