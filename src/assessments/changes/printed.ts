import { isTicks, type Answer, type RecordTable } from '../answers/assessment.js';
import { formatWareki } from '../../codes/wareki.js';
import { isPlainDate } from '../../codes/plain-date.js';
import type { Form, FormItem, Position } from '../forms/form.js';
import { placeOf } from '../forms/places.js';

/** Words that a change table prints in place of a text. An agency may have its own. */
export interface TableWords {
  readonly added: string;
  readonly removed: string;
  readonly figure: string;
  readonly omission: string;
  /** Printed where the text was lost. */
  readonly lost: string;
  /** An item that the new edition of the form does not ask. */
  readonly notAsked: string;
}

/** Modelled on the published change tables: 新規追加・削除・（中略）・【図の変更も行っている】. */
export const TABLE_WORDS: TableWords = { added: '（新規追加）', removed: '（削除）', figure: '【図の変更を行っている】', omission: '（中略）', lost: '（記載不明）', notAsked: '（様式の改正により記載欄がない）' };

/** The path of a row: chapter ＞ heading ＞ item, each as printed but for its ※, and the 〈…における措置〉 that the change lies in. */
export function rowPath(form: Form, id: string, at: readonly Position[], block?: string): string {
  const place = placeOf(form, id);
  if (!place) throw new RangeError(`「${id}」は${form.title}（${form.edition}）の項目ではありません`);
  const index = (repeat: string): number | undefined => at.find((position) => position.repeat === repeat)?.index;
  const { section, item, parents } = place;
  const file = section.repeat ? index(section.id) : undefined;
  const chapter = `${[section.number, section.title].filter((part) => part !== '').join('　')}${file !== undefined && file > 1 ? `（${section.repeat!.label.replace('{n}', String(file))}）` : ''}`;
  // An entry is named with its number, and so is the item that prints the name of its entry: 「委託事項{n}」.
  const entry = at.findLast(({ repeat }) => repeat !== section.id)?.index;
  const links = [...parents, ...(item ? [item] : [])].map((link) => (link.repeat && index(link.id) !== undefined ? link.repeat.label : unstarred(link)).replace('{n}', String(entry ?? '')));
  return [chapter, ...links.filter((link, nth) => link !== links[nth - 1]), ...(block === undefined ? [] : [block])].join(' ＞ ');
}

function unstarred({ printed, label }: FormItem): string {
  return (printed || label).split('\n')[0]!.replace(/[\s\p{Z}]*※.*$/u, '').replace(/^\[[\s\p{Z}]*\][\s\p{Z}]*/u, '').trim();
}

/** A cell as it reads on paper. null: lost. */
export function printedAnswer(item: FormItem, answer: Answer): string | null {
  if (answer === null) return null;
  if (isTicks(answer)) return item.ticks.map((tick) => box(item, answer, tick.code)).join('\n');
  if (typeof answer === 'number') return `${answer}件`;
  if (item.kind === 'choice') return item.options.find(({ code }) => code === answer)?.label ?? answer;
  if (item.kind === 'date') return answer === '-' ? '－' : isPlainDate(answer) ? formatWareki(answer) : answer;
  return answer;
}

function box(item: FormItem, { ticked, text, unknown }: Exclude<Answer, string | number | null>, code: string): string {
  const beside = text[code] === undefined ? '' : `（${text[code]}）`;
  return `[${unknown?.includes(code) ? '？' : ticked.includes(code) ? '○' : '　'}]${item.ticks.find((tick) => tick.code === code)!.label}${beside}`;
}

/** Boxes line by line: only those that differ. */
export function differingBoxes(before: string, after: string): { readonly before: string; readonly after: string } {
  const [a, b] = [before.split('\n'), after.split('\n')];
  // A text beside a box may hold line breaks: then the boxes cannot be told apart by lines.
  if (a.length !== b.length) return { before, after };
  const differing = a.map((line, at) => line !== b[at]);
  return { before: a.filter((_, at) => differing[at]).join('\n'), after: b.filter((_, at) => differing[at]).join('\n') };
}

/** A table of 別添 特定個人情報ファイル記録項目 as text. */
export function printedTable({ table, group, fields, note }: RecordTable): string {
  return [...(group === undefined ? [] : [group]), ...(table === null ? [] : [`〇${table}`]), fields.join('、'), ...(note === undefined ? [] : [note])].join('\n');
}
