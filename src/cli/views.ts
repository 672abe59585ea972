import { NIL } from 'uuid';
import type { CodedLabel, Declaration, Mode } from '../handling/declaration.js';
import { printedItem, type Rule } from '../handling/rules.js';
import { ApiError, LOCAL_OPERATOR, type Client } from './client.js';
import { japanTime, table } from './table.js';
import { KINDS, VALUES, actOf, outcomeOf, wordOf } from '../../projections/words.js';

/** The written items in force, or undefined when there are none yet. */
export async function declarationInForce(client: Client, token: string): Promise<Declaration | undefined> {
  return client.send<Declaration>('GET', '/declarations/in-force', token).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

/** A page as it comes from the engine. */
export interface Page<V> {
  readonly views: readonly V[];
  readonly next?: string;
}

/** Who is no member of staff. */
const NOBODY: { readonly [staff: string]: string } = { [LOCAL_OPERATOR.staff]: 'この機械の運用者', [NIL]: 'エンジン' };

export interface LogView {
  readonly position: number;
  readonly recordedAt: string;
  readonly staff: string;
  readonly kind: string;
  readonly extent: string | null;
  readonly type: string;
  readonly purpose: string | null;
  readonly outcome: string;
  readonly declarationVersion: number;
  readonly subjects: readonly string[];
  readonly subjectCount: number;
}

/** 取扱記録 as a table: when, who, what, of whom, what for, and what came of it. */
export function describeLog({ views, next }: Page<LogView>, declaration: Declaration | undefined): string {
  if (views.length === 0) return '条件に合う取扱記録はありません。';
  const purposes = declaration?.files.flatMap(({ items }) => items.purpose?.values ?? []);
  const lines = views.map(({ position, recordedAt, staff, kind, extent, type, subjects, subjectCount, purpose, outcome, declarationVersion }) => [
    String(position), japanTime(recordedAt), wordOf(NOBODY, staff),
    wordOf(KINDS, kind), actOf({ type, kind, extent }),
    subjectsOf(subjects, subjectCount), purpose ? labelOf(purposes, purpose) : '-', outcomeOf({ outcome, declarationVersion }),
  ]);
  return [...table([['位置', '日時', '職員', '取扱い', '内容', '本人', '使用目的', '結果'], ...lines]), ...more(next)].join('\n');
}

function subjectsOf([first]: readonly string[], count: number): string {
  if (first === undefined) return count === 0 ? '-' : `${count.toLocaleString()}人`;
  return count === 1 ? first : `${first} ほか${count - 1}人`;
}

interface RegisterView {
  readonly subject: string;
  readonly vaccination?: string;
  readonly status: string;
  readonly pending?: string;
  readonly scope?: string;
  readonly identity?: object;
  readonly record?: object;
  readonly proposed?: object;
  readonly note?: string;
  readonly warning?: string;
}

/** A page of a register: a line that says whose row it is, and one with what stands in it, under the names of the record items. */
export function describeRegister({ views, next }: Page<RegisterView>, declaration: Declaration | undefined, file: string): string {
  if (views.length === 0) return 'この台帳に該当する行はありません。';
  const labels = declaration?.files.find(({ code }) => code === file)?.items.items?.values;
  const place = (item: string): number => labels?.findIndex(({ code }) => code === item) ?? 0;
  const items = (values: object): string => Object.entries(values).sort(([one], [other]) => place(one) - place(other)).map(([item, value]) => `${labelOf(labels, item)}: ${valueOf(item, value)}`).join('  ');
  const rows = views.flatMap(({ subject, vaccination, status, pending, scope, identity, record, proposed, note, warning }) => [
    [vaccination ? `接種記録 ${vaccination}` : '', `本人 ${subject}`, scope ? valueOf('scope', scope) : '', valueOf('status', status), pending ? valueOf('pending', pending) : ''].filter(Boolean).join('  '),
    ...[identity, record].flatMap((values) => (values ? [`  ${items(values)}`] : [])),
    ...(proposed ? [`  訂正案 ${items(proposed)}`] : []),
    ...[note !== undefined && note !== wordOf(VALUES.status, status) ? note : undefined, warning].flatMap((text) => (text ? [`  ※ ${text}`] : [])),
  ]);
  return [...rows, ...more(next)].join('\n');
}

/** What is kept in smaller units is shown in those that people use. */
const UNITS: { readonly [item: string]: (value: number) => string } = { temperature: (tenths) => `${(tenths / 10).toFixed(1)}℃`, amount: (microlitres) => `${microlitres / 1000}mL` };

function valueOf(item: string, value: unknown): string {
  if (typeof value === 'string') return wordOf(VALUES[item], value);
  if (typeof value === 'number') return UNITS[item]?.(value) ?? String(value);
  return typeof value === 'boolean' ? (value ? 'はい' : 'いいえ') : JSON.stringify(value);
}

function more(next: string | undefined): readonly string[] {
  return next ? [`続きがあります: --cursor ${next}`] : [];
}

function labelOf(values: readonly CodedLabel[] | undefined, code: string): string {
  return values?.find((value) => value.code === code)?.label ?? code;
}

/** The options of the command line that take codes of a written item. */
const OPTIONS: { readonly [rule in Rule]?: string } = { source: '--source', method: '--method', purpose: '--purpose', department: '--department' };

/** The codes of the declaration in force, under the items of the form. */
export function describeDeclaration({ assessment, effectiveFrom, files }: Declaration): string {
  const section = (title: string, values: readonly CodedLabel[]): readonly string[] => (values.length === 0 ? [] : ['', title, ...table(values.map(({ code, label }) => [`  ${code}`, label]))]);
  return [
    `${assessment.title} 第${assessment.version}版（${effectiveFrom} 施行）`,
    ...section('特定個人情報ファイル（--file）', files),
    ...files.flatMap(({ label, items, recipients, transferees }) => [
      ...Object.entries(items).flatMap(([rule, { values, mode, document }]) => {
        const printed = document === undefined ? printedItem(rule as Rule, assessment.form) : null;
        const option = OPTIONS[rule as Rule];
        return section(`${label}: ${printed ? `${printed.number}${printed.label}` : (document ?? rule)}${option ? `（${option}）` : ''}${modeOf(mode)}`, values);
      }),
      ...section(`${label}: 提供先`, recipients),
      ...section(`${label}: 移転先`, transferees),
    ]),
  ].join('\n');
}

function modeOf(mode: Mode): string {
  return mode.mode === 'enforce' ? '' : mode.mode === 'observe' ? `［${mode.until} まで、記載外も理由とともに記録のみ］` : '［照合しない］';
}
