import { OUTPUT_OBJECT_WORDS, OUTPUT_WORDS, wordOf } from '../../projections/words.js';
import type { OutputView } from '../../projections/registers/outputs/query.js';
import type { OUTPUT_CATEGORIES } from '../outputs/events.js';
import { FORMS } from '../outputs/lists.js';
import { japanTime, table } from './table.js';
import type { Page } from './views.js';

type Category = (typeof OUTPUT_CATEGORIES)[number];

/** What was stated of an output; what has been erased is not there. */
type Stated = { readonly [member: string]: string | number | undefined };

const WHAT: { readonly [category in Category]: { readonly heading: string; readonly of: (stated: Stated, view: OutputView) => string } } = {
  print: { heading: '帳票', of: ({ form, sheets }, { left }) => `${wordOf(LABELS, String(form))} ${sheets} 枚${left === 0 ? '' : `（残り ${left} 枚）`}` },
  export: { heading: '出力', of: ({ what, format, scope, recipient }) => `${wordOf(OUTPUT_OBJECT_WORDS, String(what))}（${format}）${told('、', scope)}${told(' → ', recipient)}` },
  'take-out': { heading: '持ち出すもの', of: ({ object, ref, destination }) => `${wordOf(OUTPUT_OBJECT_WORDS, String(object))}${told(' ', ref)}${told(' → ', destination)}` },
};
const LABELS = Object.fromEntries(Object.entries(FORMS).map(([code, { label }]) => [code, label]));
const told = (before: string, text: string | number | undefined): string => (text === undefined ? '' : `${before}${text}`);

/** 印刷・出力・持出しの台帳 of one kind: how each stands, and since when somebody has had to do something about it. */
export function describeOutputs(category: Category, { views, next }: Page<OutputView>): string {
  if (views.length === 0) return '該当するものはありません。';
  const { heading, of } = WHAT[category];
  const rows = views.map((view) => {
    const { output, status, due, openSince, overdue, persons, staff, stated } = view;
    return [output, wordOf(OUTPUT_WORDS[category], status), of(stated as Stated, view), `${persons.toLocaleString()} 人`, `${due ?? '－'}${overdue ? '（超過）' : ''}`, openSince === null ? '－' : japanTime(openSince), staff];
  });
  return [...table([['ID', '状態', heading, '対象者', '期限', '未了の始まり', '申請・印刷した職員'], ...rows]), ...(next === undefined ? [] : [`続きがあります: --cursor ${next}`])].join('\n');
}
