import type { ChangeRow } from '../answers/assessment.js';
import { placeOf } from '../forms/places.js';
import type { Change, Comparison } from './comparison.js';
import { TABLE_WORDS } from './printed.js';
import { judgementsBy, type Judgement } from './significance.js';
import { submissionOf, type SubmissionDates } from './submission.js';
import type { Hunk } from './text-blocks.js';
import { explanationOf, type Cause, type Vocabulary } from './vocabulary.js';

/** What the rows of a version are drawn up with. */
export interface RowOptions {
  readonly dates: Pick<SubmissionDates, 'submittedOn' | 'publishedOn'>;
  /** The day on which practice changes, of each change: it may differ from row to row. */
  readonly changedOn: (change: Change) => string;
  readonly judgements: readonly Judgement[];
  readonly vocabulary: Vocabulary;
  readonly causeOf?: (change: Change) => Cause | undefined;
  /** Prints the whole texts instead of those with （中略）. */
  readonly whole?: boolean;
  /** The day printed as 変更日, where the agency prints another than that of the change. */
  readonly printedOn?: string;
  /** Groups the rows by cause, in the order in which the causes first appear; otherwise they follow the form. */
  readonly byCause?: boolean;
}

/** The rows of 別添 変更箇所: every difference has one, and every row an item of the form, or of the edition before it. */
export function toChangeRows(comparison: Comparison, options: RowOptions): readonly ChangeRow[] {
  const judged = judgementsBy(options.judgements);
  const { changes } = comparison;
  const causes = [...new Set(changes.map((change) => options.causeOf?.(change)?.code))];
  const rank = (change: Change): number => causes.indexOf(options.causeOf?.(change)?.code);
  const inOrder = options.byCause ? [...changes].sort((a, b) => rank(a) - rank(b)) : changes;
  return inOrder.map((change) => {
    const changedOn = options.changedOn(change);
    const submission = submissionOf({ ...options.dates, changedOn });
    return {
      changedOn: options.printedOn ?? changedOn,
      itemPath: change.itemPath,
      ...itemOfRow(comparison, change),
      before: textOf(change, 'before', options.whole === true),
      after: textOf(change, 'after', options.whole === true),
      submission,
      explanation: explanationOf(change, judged.get(change.key), options.vocabulary, submission, options.causeOf?.(change)),
    };
  });
}

/** The whole text where there is one; words like 「（新規追加）」 stay where a side is blank. */
function textOf(change: Change, side: 'before' | 'after', whole: boolean): string | null {
  const { printed, whole: text } = change[side];
  return whole && text !== null && text !== '' ? text : printed;
}

/** A row keeps its item only where the edition of the document has it; of what it no longer asks the printed path tells. */
function itemOfRow({ form }: Comparison, { itemId, at }: Change): Pick<ChangeRow, 'itemId' | 'fileIndex' | 'blockIndex'> {
  const place = placeOf(form, itemId);
  if (!place) return { itemId: null };
  const file = at.find(({ repeat }) => repeat === place.section.id || repeat === 'file');
  const block = at.find((position) => position !== file);
  // A repeat as a whole has no number: the row speaks of the heading around it.
  const isWholeRepeat = place.item?.repeat !== undefined && !block;
  return {
    itemId: isWholeRepeat ? (place.parents.at(-1)?.id ?? place.section.id) : itemId,
    ...(file && file.index > 1 && { fileIndex: file.index }),
    ...(block && { blockIndex: block.index }),
  };
}

/** One change for each cause, where the stretches of one text changed for several: a row is one item, one part, one cause. */
export function splitByCause(change: Change, causeOf: (hunk: Hunk, index: number) => string): readonly { readonly cause: string; readonly change: Change }[] {
  const causes = [...new Set(change.hunks.map(causeOf))];
  if (causes.length <= 1) return causes.map((cause) => ({ cause, change }));
  return causes.map((cause) => {
    const hunks = change.hunks.filter((hunk, index) => causeOf(hunk, index) === cause);
    const side = (which: 'before' | 'after') => ({ whole: change[which].whole, printed: hunks.map((hunk) => hunk[which].trim()).filter((text) => text !== '').join('\n') });
    const [before, after] = [side('before'), side('after')];
    return { cause, change: { ...change, key: `${change.key} @${cause}`, hunks, before: { ...before, printed: before.printed || TABLE_WORDS.added }, after: { ...after, printed: after.printed || TABLE_WORDS.removed } } };
  });
}
