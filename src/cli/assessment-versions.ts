import { thresholdLines } from '../../projections/assessment-form/evidence-lines.js';
import { VERSION_KIND_WORDS, VERSION_STATUS_WORDS } from '../../projections/words.js';
import type { ProvisionalWarning, VersionLine } from '../../projections/registers/assessments/query.js';
import type { LookWarning } from '../assessments/calendar/looks.js';
import type { VersionKind } from '../assessments/events.js';
import type { Form } from '../assessments/forms/form.js';
import { formOf } from '../assessments/forms/editions.js';
import { placeOf, printedName } from '../assessments/forms/places.js';
import { STEP_LABELS, type Step } from '../assessments/procedure/steps.js';
import type { Client } from './client.js';
import { table } from './table.js';

interface Place {
  readonly item: string;
  readonly entries: readonly string[];
}

/** One version as the API tells it. */
export interface VersionView {
  readonly id: string;
  readonly affair: string;
  readonly form: string;
  readonly edition: string;
  readonly kind: VersionKind;
  readonly number: number;
  readonly basedOn?: string;
  readonly abandoned: boolean;
  readonly simulated: boolean;
  readonly entries: readonly { readonly repeat: string; readonly within?: string; readonly entry: string }[];
  readonly cells: readonly (Place & { readonly revision: number; readonly answer?: unknown; readonly deferred: boolean; readonly by: string })[];
  readonly setAside: readonly (Place & { readonly aside: number; readonly answer: unknown; readonly by: string })[];
  readonly comments: readonly (Place & { readonly comment: number; readonly text: string | null; readonly by: string; readonly resolved: boolean })[];
  readonly bindings: { readonly revision: number } | null;
  readonly withheld: { readonly revision: number; readonly cells: readonly (Place & { readonly ground: 'security' | 'investigation' })[] } | null;
  readonly procedure: readonly { readonly step: Step; readonly label: string; readonly need: 'must' | 'may'; readonly done: object | null; readonly waitsFor: Step | null }[];
  readonly lastLook: { readonly on: string; readonly amend: boolean } | null;
}

export const versionOf = (client: Client, token: string, id: string): Promise<VersionView> => client.send<VersionView>('GET', `/assessments/${id}`, token);

/** The cell of a version that has been written since it was drafted. */
export function cellOf({ cells }: Pick<VersionView, 'cells'>, { item, entries }: Place): VersionView['cells'][number] | undefined {
  return cells.find((cell) => cell.item === item && cell.entries.join(' ') === entries.join(' '));
}

/** The register of versions, and what should be looked at again. */
export async function listVersions(client: Client, token: string): Promise<readonly [object, string]> {
  const answer = await client.send<{ readonly versions: readonly VersionLine[]; readonly warnings: readonly (ProvisionalWarning | LookWarning)[] }>('GET', '/registers/assessments', token);
  const { versions, warnings } = answer;
  const urgent = warnings.flatMap((one) => (one.kind === 'provisional' ? [`※ ${one.message}［${one.source}］`, `  この間の取扱いは akashi report ${one.look.report} --from ${one.look.terms.from} で確かめられます。`] : []));
  if (versions.length === 0) return [answer, [...urgent, '評価書の版はまだありません。公表済みの評価書は akashi assessment draft ファイル --kind taken-over で取り込めます。'].join('\n')];
  const rows = versions.map(({ version, number, form, affair, kind, status, simulated, steps, basedOn }) => [version, String(number), `様式${form}`, affair, VERSION_KIND_WORDS[kind], `${VERSION_STATUS_WORDS[status]}${simulated ? '（提出は模擬）' : ''}`, lastOf(steps), basedOn ?? '－']);
  return [answer, [...urgent, ...table([['版ID', '番号', '様式', '事務', '種類', '状態', '直近の手続', 'もとの版'], ...rows]), ...warnings.flatMap(({ kind, number, message, source }) => (kind === 'provisional' ? [] : [`※ 評価書番号 ${number}: ${message}［${source}］`]))].join('\n')];
}

const OTHER_STEPS: { readonly [step: string]: string } = { look: '年1回の見直し', withholding: '公表しない部分の決定', 'decision-withdrawn': '決裁の取消し', 'in-force': '施行', abandoned: '取りやめ', erased: '消去' };

function lastOf(steps: VersionLine['steps']): string {
  const last = steps.at(-1);
  return last === undefined ? '－' : [STEP_LABELS[last.step as Step] ?? OTHER_STEPS[last.step] ?? last.step, last.day].filter(Boolean).join(' ');
}

/** What the engine makes of a draft: changes that wait for a judgement. */
interface Checked {
  readonly changes: readonly (Place & { readonly awaitsJudgement: boolean })[];
}

/** One version: how far it has come, and what waits for whom. */
export async function showVersion(client: Client, token: string, id: string, { entries = false }: { readonly entries?: boolean }): Promise<readonly [object, string]> {
  const version = await versionOf(client, token, id);
  const checked = isOpen(version) ? await client.send<Checked>('GET', `/assessments/${id}/check`, token) : undefined;
  const awaiting = new Map(checked?.changes.filter(({ awaitsJudgement }) => awaitsJudgement).map(({ item, entries: at }) => [[item, ...at].join(' '), { item, entries: at }]));
  const shown = { ...version, awaitingJudgement: [...awaiting.values()] };
  return [shown, describe(shown, entries)];
}

const doneOf = ({ procedure }: VersionView, step: Step): boolean => procedure.some((one) => one.step === step && one.done !== null);

/** Whether somebody may still write into it. */
function isOpen(version: VersionView): boolean {
  return version.kind !== 'taken-over' && !version.abandoned && !doneOf(version, 'decision');
}

type Shown = VersionView & { readonly awaitingJudgement: readonly Place[] };

function describe(version: Shown, entries: boolean): string {
  const { id, number, edition, affair, kind, basedOn, abandoned, simulated, procedure, lastLook } = version;
  const form = formOf(edition)!;
  const steps = procedure.map(({ label, need, done, waitsFor }) => [`  ${label}`, need === 'must' ? '必須' : '任意', done !== null ? `済　${dayIn(done)}` : waitsFor === null ? '行える' : `先に「${STEP_LABELS[waitsFor]}」`]);
  return [
    `評価書番号 ${number}　${form.name}（様式${form.form}、${edition}）　事務 ${affair}`,
    `版 ${id}（${VERSION_KIND_WORDS[kind]}${abandoned ? '、取りやめ' : ''}）${basedOn === undefined ? '' : `　もとの版 ${basedOn}`}`,
    ...(steps.length === 0 ? [] : ['手続:', ...table(steps)]),
    ...thresholdIn(procedure),
    ...(simulated ? ['提出は模擬（実際には提出していない）。提出したら記録する: akashi assessment step submit'] : []),
    ...(lastLook === null ? [] : [`年1回の見直し: ${lastLook.on}（${lastLook.amend ? '修正が必要' : '修正は不要'}）`]),
    ...(version.withheld === null || version.withheld.cells.length === 0 ? [] : ['公表しない部分:', ...version.withheld.cells.map((cell) => `  ${nameOf(form, cell)}`)]),
    ...waiting(version, form),
    ...(entries ? ['繰返し:', ...table(version.entries.map(({ repeat, entry, within }) => [`  ${entry}`, repeat, blockName(form, repeat), within === undefined ? '' : `${within} の中`]))] : []),
  ].join('\n');
}

/** The figures of しきい値判断: each with its day, where it comes from and, of the ledger, up to which position. */
function thresholdIn(procedure: VersionView['procedure']): readonly string[] {
  const judged = procedure.find(({ step }) => step === 'threshold')?.done;
  if (!judged) return [];
  const lines = thresholdLines(judged as Parameters<typeof thresholdLines>[0]);
  return ['しきい値判断:', ...table(lines.map(({ item, shown, day, state = '', query = '', position }) => [`  ${item}`, shown, day, state, query, position === undefined ? '' : `位置 ${position}`]))];
}

function dayIn(done: object): string {
  const { on, from, to } = done as { readonly on?: string; readonly from?: string; readonly to?: string };
  return on ?? `${from}から${to}まで`;
}

function blockName(form: Form, repeat: string): string {
  return placeOf(form, repeat) ? printedName(form, repeat) : repeat;
}

/** The cell as it is printed, and as a command names it. */
function nameOf(form: Form, { item, entries }: Place): string {
  return `${blockName(form, item)}［${[item, ...entries.map((entry) => `--entry ${entry}`)].join(' ')}］`;
}

const PREVIEW = 300;

/** An answer, in part where it is long. */
function preview(answer: unknown): string {
  const all = [...(typeof answer === 'string' ? answer : JSON.stringify(answer))];
  return all.length <= PREVIEW ? all.join('') : `${all.slice(0, PREVIEW).join('')}…（全${all.length}字。--json で全文）`;
}

function waiting(version: Shown, form: Form): readonly string[] {
  const { id, setAside, cells, comments, awaitingJudgement } = version;
  const asides = setAside.flatMap(({ aside, answer, by, ...place }) => {
    const cell = cellOf(version, place);
    return [
      `  取り置き ${aside}　${nameOf(form, place)}　職員 ${by} の文: ${preview(answer)}`,
      `    いまの文（改訂番号 ${cell?.revision ?? 0}${cell === undefined ? '' : `、職員 ${cell.by}`}）: ${cell?.answer === undefined ? '起案したときのまま' : preview(cell.answer)}`,
      `    取る: akashi assessment take ${id} ${aside}　捨てる: akashi assessment drop ${id} ${aside}`,
    ];
  });
  const deferred = cells.filter((cell) => cell.deferred).map(({ by, ...place }) => `  後に記載　${nameOf(form, place)}　職員 ${by} が後に記載とした`);
  const judgements = awaitingJudgement.map((place) => `  重要な変更の判断　${nameOf(form, place)}　書いた人以外の職員を待つ`);
  const said = comments.filter(({ resolved }) => !resolved).map(({ comment, text, by, ...place }) => `  コメント ${comment}　${nameOf(form, place)}　職員 ${by}　${text ?? '（消去済み）'}`);
  const next = nextOf(version);
  const all = [...asides, ...deferred, ...judgements, ...said, ...(next === undefined ? [] : [`  ${next}`])];
  return all.length === 0 ? [] : ['待っていること:', ...all];
}

/** The step that has to be taken now, and by whom. */
export function nextOf({ abandoned, procedure }: VersionView): string | undefined {
  const next = abandoned ? undefined : procedure.find(({ need, done }) => need === 'must' && done === null);
  return next && `${next.label}　${next.step === 'decision' ? 'この版に書いた人以外の決裁者を待つ' : '保護評価担当を待つ'}`;
}
