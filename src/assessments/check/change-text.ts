import type { ChangeRow } from '../answers/assessment.js';
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
  const sentences = after.split(/[\n。＞>〉①-⑳]/).map((sentence) => fold(sentence).replace(/^[・○]+/, '')).filter((sentence) => sentence.length >= 12);
  return sentences.find((sentence) => !written.includes(sentence));
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
