/** What 根拠資料 says of a document, as lines: the sheet beside the printed form and the report over the ledger say it in the same words. */
import type { Assessment, Gap } from '../../src/assessments/answers/assessment.js';
import type { Form, Position } from '../../src/assessments/forms/form.js';
import { placeOf, printedName, unconfirmedItems } from '../../src/assessments/forms/places.js';

const GAPS: { readonly [kind in Gap['kind']]: string } = { lost: '欠落', damaged: '損傷', doubtful: '要確認' };

/** The edition of the form, and what of it nobody has confirmed. */
export function editionWords(form: Form, { editionInferred }: Pick<Assessment, 'editionInferred'>): string {
  return `${form.name}（${form.edition}）　${form.editionMark}${form.editionConfirmed ? '' : '　様式未確認'}${editionInferred ? '　版は推定' : ''}`;
}

/** 様式未確認の項目, each with what it was read in. */
export function unconfirmedLines(form: Form): readonly { readonly itemId: string; readonly item: string; readonly seenIn: string }[] {
  return unconfirmedItems(form).map(({ id, seenIn }) => ({ itemId: id, item: printedName(form, id), seenIn: seenIn.join('、') }));
}

export interface GapLine {
  readonly itemId: string;
  readonly item: string;
  /** 欠落 · 損傷 · 要確認 */
  readonly kind: string;
  readonly why: string;
  /** what survives of the text */
  readonly raw: string;
}

/** 欠落・損傷・要確認の記載 */
export function gapLines(form: Form, { gaps }: Pick<Assessment, 'gaps'>): readonly GapLine[] {
  return gaps.map((gap) => ({ itemId: gap.itemId, item: gapPath(form, gap), kind: GAPS[gap.kind], why: gap.why, raw: gap.raw ?? '' }));
}

/** A cell as a clerk finds it; of an item that the edition does not ask, its id. */
export function namedCell(form: Form, id: string, at: readonly Position[]): string {
  return placeOf(form, id) ? printedName(form, id, at) : id;
}

function gapPath(form: Form, { itemId, fileIndex, blockIndex, row }: Gap): string {
  if (itemId === '*') return '文書の全体';
  const place = placeOf(form, itemId);
  const repeats = [...(place?.repeats ?? []), ...(place?.repeat ? [itemId] : [])];
  const at = repeats.flatMap((repeat): Position[] => {
    const index = form.sections.some(({ id }) => id === repeat) && form.sections.find(({ id }) => id === repeat)!.repeat?.block === 'file' ? (fileIndex ?? 1) : blockIndex;
    return index === undefined ? [] : [{ repeat, index }];
  });
  return `${namedCell(form, itemId, at)}${row === undefined ? '' : `　${row}行目`}`;
}
