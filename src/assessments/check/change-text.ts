import type { ChangeRow } from '../answers/assessment.js';
import { likeness } from '../changes/text-blocks.js';
import type { Form, FormItem, Position } from '../forms/form.js';
import { placeOf, type Place } from '../forms/places.js';
import { fold } from './text.js';
import type { DocumentView } from './document.js';

/** Words in 変更後の記載 that take the whole thing away. */
export function isDeletion(after: string | null): boolean {
  return after !== null && /^[(【<「]?(?:項目ごと)?(?:全て|すべて)?削除(?:する|した)?[)】>」]?$/.test(fold(after));
}

/** What a row prints is not the cell itself: it refers to it, leaves out, or describes. */
function isElided(after: string): boolean {
  return /中略|該当箇所|参照|略\)|図の変更|フロー|以下略/.test(fold(after));
}

/** Rows of the newest change of each cell: what they say must stand in the document. */
export function newestRows({ assessment }: DocumentView): readonly (ChangeRow & { readonly row: number })[] {
  const rows = assessment.changeLog.map((row, index) => ({ ...row, row: index + 1 }));
  const key = ({ itemId, blockIndex, fileIndex }: ChangeRow) => `${itemId} ${fileIndex ?? 1} ${blockIndex ?? ''}`;
  const newest = new Map<string, string>();
  for (const row of rows) if ((row.changedOn ?? '') >= (newest.get(key(row)) ?? '')) newest.set(key(row), row.changedOn ?? '');
  return rows.filter((row) => row.itemId !== null && (row.changedOn ?? '') === newest.get(key(row)));
}

/** The first sentence of a row's new text that the cell does not hold; undefined when all of it stands there, or cannot be told. */
export function sentenceNotIn(after: string | null, body: string): string | undefined {
  if (after === null || isDeletion(after) || isElided(after)) return undefined;
  const written = fold(body);
  return sentencesOf(after, 12).find((sentence) => !written.includes(sentence));
}

/** The sentences of a text as they are compared; those shorter than `least` say too little. */
export function sentencesOf(text: string | null, least: number): readonly string[] {
  return (text ?? '').split(/[\n。＞>〉①-⑳]/).map((sentence) => fold(sentence).replace(/^[・○]+/, '')).filter((sentence) => sentence.length >= least);
}

/** What two wordings of one sentence say differently, with a little around it; undefined where they are not of one. */
export function differenceIn(sentence: string, body: string): { readonly row: string; readonly body: string } | undefined {
  const nearest = sentencesOf(body, 12).map((one) => ({ one, like: likeness(sentence, one) })).sort((a, b) => b.like - a.like)[0];
  if (!nearest || nearest.like < 850) return undefined;
  let [start, end] = [0, 0];
  while (sentence[start] === nearest.one[start]) start++;
  while (end < Math.min(sentence.length, nearest.one.length) - start && sentence.at(-1 - end) === nearest.one.at(-1 - end)) end++;
  const around = (text: string): string => text.slice(Math.max(0, start - 6), text.length - end + 4);
  const shown = { row: around(sentence), body: around(nearest.one) };
  return Math.max(shown.row.length, shown.body.length) > 50 ? undefined : shown;
}

/** So many characters of a label tell which one it is. */
const END = 12;

/** The label in a printed path that is cut short or written otherwise: one half of it, or both its ends, stand there and the whole does not. */
export function misnamedIn(path: string, place: Place): string | undefined {
  const folded = withoutBrackets(path);
  for (const { label } of [...place.parents, ...(place.item ? [place.item] : [])]) {
    const name = withoutBrackets(label.split('\n')[0]!);
    if (name.length < END || folded.includes(name)) continue;
    const half = Math.ceil(name.length / 2);
    const ends = folded.indexOf(name.slice(-END), folded.lastIndexOf(name.slice(0, END)));
    const isCut = ends > 0 && folded.includes(name.slice(0, END)) && ends + END - folded.lastIndexOf(name.slice(0, END)) < name.length;
    if (folded.includes(name.slice(-half)) || folded.endsWith(name.slice(0, half)) || isCut) return label.split('\n')[0]!;
  }
  return undefined;
}

export interface WrongNumber {
  readonly printed: string;
  readonly form: string;
}

/**
 * A number in the printed path of a row that is not the form's: the label of the item or of a block above it is found in the path
 * with another number before it, or the short form 「V-1 ①」 names another section.
 */
export function wrongNumberIn(path: string, place: Place): WrongNumber | undefined {
  const folded = fold(path).replace(/^Ⅱ|^Ⅲ/, (numeral) => numeral);
  const chain: readonly FormItem[] = [...place.parents, ...(place.item ? [place.item] : [])];
  for (const { number, label } of chain) {
    const own = /([①-⑳]|リスク[0-9]*|[0-9]+)$/.exec(number.replace(/[０-９]/g, (digit) => digit.normalize('NFKC')))?.[1];
    if (own === undefined) continue;
    const name = fold(label.split('\n')[0]!).replace(/(?:\(.*\)|【.*】)$/, '');
    const at = folded.indexOf(name);
    if (at < 0) continue;
    const printed = /([①-⑳]|リスク[0-9]+|(?<![0-9])[0-9]{1,2}(?=[.、]))[.、:]*$/.exec(folded.slice(0, at))?.[1];
    const isSameKind = printed !== undefined && /[①-⑳]/.test(printed) === /[①-⑳]/.test(own) && printed.startsWith('リスク') === own.startsWith('リスク');
    if (isSameKind && printed !== own) return { printed: `${printed} ${label.split('\n')[0]!}`, form: own };
  }
  const short = /^(Ⅰ|Ⅱ|Ⅲ|Ⅳ|Ⅴ|Ⅵ|VI|IV|V|I{1,3})-([0-9]+)/.exec(path.trim());
  const major = /^[0-9]+/.exec(place.item?.number ?? '')?.[0];
  if (short && major !== undefined && short[2] !== major) return { printed: `${short[1]}-${short[2]}`, form: `${place.section.number}-${major}` };
  return undefined;
}

/** A label without what it says in brackets: paths leave it out. */
function withoutBrackets(label: string): string {
  return fold(label).replace(/\([^()]*\)|【[^】]*】/g, '');
}

/** The name of what a row took away as a whole: 「システム６　証明書交付センターシステム」. */
export function removedName({ itemId, before, after }: ChangeRow, document: DocumentView): string | undefined {
  if (itemId === null || before === null || !isDeletion(after)) return undefined;
  const place = placeOf(document.form, itemId);
  if (!place?.repeat || !place.item) return undefined;
  const label = fold(place.repeat.label.replace('{n}', ''));
  return fold(before.split('\n')[0]!).replace(new RegExp(`^${label}[0-9]*`), '');
}

/** The cell that a row speaks of; of the first file where it does not say which. */
export function cellOfRow(form: Form, { itemId, fileIndex, blockIndex }: Pick<ChangeRow, 'itemId' | 'fileIndex' | 'blockIndex'>): readonly Position[] {
  const place = itemId === null ? undefined : placeOf(form, itemId);
  const repeats = [...(place?.repeats ?? []), ...(place?.item?.repeat ? [place.id] : [])];
  return repeats.flatMap((repeat) => {
    const index = repeat === place?.section.id ? (fileIndex ?? 1) : blockIndex;
    return index === undefined ? [] : [{ repeat, index }];
  });
}

/** One item, or an item and the heading over it. */
export function isWithin(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}
