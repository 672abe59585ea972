import { isDash, type ChangeRow } from '../answers/assessment.js';
import { likeness } from '../changes/text-blocks.js';
import { placeOf } from '../forms/places.js';
import { cellOfRow, isDeletion, isWithin, misnamedIn, sentencesOf } from './change-text.js';
import type { DocumentView } from './document.js';
import type { Rule } from './rule.js';
import { fold } from './text.js';

const LOG = '様式 別添 変更箇所';
/** Of 1000: two sentences at least so alike are two wordings of one. */
const SAME_SENTENCE = 750;
/** Of 1000: two readings of one sentence, of which one was misread. */
const MISREAD = 900;
/** A sentence that says enough to tell by it where it stood. */
const TELLING = 25;

/** What the texts of rows say of each other, and of the items that they name. */
export const ROW_RULES: readonly Rule[] = [
  {
    code: 'change-of-other-item',
    level: 'question',
    says: '変更前の記載が、その項目に書かれていたものである',
    source: LOG,
    *check(document) {
      const rows = document.assessment.changeLog.map((row) => ({ ...row, written: fold(row.after ?? '') }));
      const bodies = document.passages().map(({ itemId, text }) => ({ itemId, sentences: sentencesOf(text, TELLING) }));
      for (const [index, { itemId, changedOn, before, written }] of rows.entries()) {
        const sentences = sentencesOf(before, TELLING);
        if (itemId === null || sentences.length === 0) continue;
        const out = sentences.filter((sentence) => !written.includes(sentence));
        const entered = out.length === 0 ? undefined : rows.find((row) => row.itemId !== null && !isWithin(row.itemId, itemId) && (row.changedOn ?? '') < (changedOn ?? '') && out.every((sentence) => row.written.includes(sentence)) && hasLeft(document, row.itemId, out));
        const inItem = rows.some((row) => row.itemId === itemId && (row.changedOn ?? '') < (changedOn ?? '') && out.every((sentence) => row.written.includes(sentence)));
        const other = entered && !inItem ? entered.itemId! : textOfOther(document, bodies, rows[index]!, sentences);
        if (other !== undefined) yield { itemId, row: index + 1, message: `変更前の記載は、この項目ではなく「${document.name(other)}」のものとみられます` };
      }
    },
  },
  {
    code: 'change-before-blank',
    level: 'question',
    says: '変更前の記載を「－」とするのは、変更前に記載がなかったときだけである',
    source: LOG,
    *check(document) {
      const rows = document.assessment.changeLog;
      for (const [index, row] of rows.entries()) {
        if (row.itemId === null || row.before === null || !isDash(row.before.trim()) || !document.item(row.itemId)) continue;
        const body = document.text(row.itemId, cellOfRow(document.form, row));
        const entered = rows.filter(({ itemId }) => itemId === row.itemId).map(({ after }) => fold(after ?? '')).join('\n');
        const own = sentencesOf(row.after, TELLING);
        if (!own.some((sentence) => fold(body ?? '').includes(sentence))) continue;
        const old = sentencesOf(body ?? null, TELLING).find((sentence) => !entered.includes(sentence) && sentencesOf(entered, TELLING).every((one) => !isAlike(one, sentence, MISREAD)));
        if (old !== undefined) yield { itemId: row.itemId, row: index + 1, message: `変更前の記載がないとしていますが、本文には、どの変更後の記載にもない「${old.slice(0, 20)}…」があります` };
      }
    },
  },
  {
    code: 'change-item-name',
    level: 'question',
    says: '項目の欄の名が、途中で欠けたり変わったりしていない',
    source: LOG,
    *check({ assessment, form }) {
      for (const [index, { itemId, itemPath }] of assessment.changeLog.entries()) {
        const place = itemId === null ? undefined : placeOf(form, itemId);
        const label = place && itemPath !== null ? misnamedIn(itemPath, place) : undefined;
        if (label !== undefined) yield { itemId: itemId!, row: index + 1, message: `項目の欄の名が、様式の「${label}」と違います` };
      }
    },
  },
  {
    code: 'explanation-wording',
    level: 'question',
    says: '同じ理由が、同じ言葉で説明されている',
    source: LOG,
    *check({ assessment }) {
      const rows = assessment.changeLog.map(({ itemId, explanation }, index) => ({ itemId: itemId ?? 'changes.rows', row: index + 1, words: fold(explanation ?? '') })).filter(({ words }) => words !== '');
      const counts = new Map<string, number>();
      for (const { words } of rows) counts.set(words, (counts.get(words) ?? 0) + 1);
      const usual = [...counts].sort((a, b) => b[1] - a[1]).map(([words]) => words);
      for (const [at, words] of usual.entries()) {
        const other = usual.slice(0, at).find((one) => isReworded(one, words));
        const { row, itemId } = rows.find((one) => one.words === words)!;
        if (other !== undefined) yield { itemId, row, message: `同じ理由が「${other}」とも「${words}」とも書かれています` };
      }
    },
  },
];

/** Whether sentences that a row once wrote into an item stand there no more, and no later row says so. */
function hasLeft(document: DocumentView, itemId: string, sentences: readonly string[]): boolean {
  const cells = document.all(itemId).map(({ answer }) => answer);
  if (cells.length === 0 || cells.includes(null)) return false;
  const body = cells.map((answer) => (typeof answer === 'string' ? fold(answer) : '')).join('\n');
  const taken = document.assessment.changeLog.filter((row) => row.itemId === itemId).map(({ before }) => fold(before ?? '')).join('\n');
  return sentences.every((sentence) => !body.includes(sentence) && !taken.includes(sentence));
}

/** The item whose body a row's old text is, where it is hardly that of its own item. */
function textOfOther(document: DocumentView, bodies: readonly { readonly itemId: string; readonly sentences: readonly string[] }[], row: ChangeRow, sentences: readonly string[]): string | undefined {
  const { itemId } = row;
  if (itemId === null || sentences.length < 3 || isDeletion(row.after)) return undefined;
  const share = (others: readonly string[]): number => sentences.filter((sentence) => others.some((other) => isAlike(sentence, other, SAME_SENTENCE))).length / sentences.length;
  const chapter = itemId.split('.').slice(0, 2).join('.');
  const own = document.text(itemId, cellOfRow(document.form, row));
  if (own === undefined || share(sentencesOf(own, TELLING)) >= 0.7) return undefined;
  return bodies.find((body) => body.itemId.startsWith(`${chapter}.`) && !isWithin(body.itemId, itemId) && share(body.sentences) >= 0.9)?.itemId;
}

/** Two texts of which one is much longer cannot be alike: most pairs are told apart by that. */
function isAlike(one: string, other: string, least: number): boolean {
  return (2000 * Math.min(one.length, other.length)) / (one.length + other.length) >= least && likeness(one, other) >= least;
}

/** Two wordings that begin alike, end alike, and go on otherwise in the middle of a word: 「コンビニ交付）」「コンビニエンスストア）」. */
function isReworded(one: string, other: string): boolean {
  const same = (a: string, b: string): number => {
    let at = 0;
    while (at < a.length && at < b.length && a[at] === b[at]) at++;
    return at;
  };
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  const start = same(shorter, longer);
  const end = Math.min(same([...shorter].reverse().join(''), [...longer].reverse().join('')), shorter.length - start);
  const [less, more] = [shorter.length - start - end, longer.length - start - end];
  return start >= longer.length / 2 && /[一-龠ァ-ヶー]/.test(shorter[start - 1]!) && less > 0 && end > 0 && more <= 10 && start + end >= (longer.length * 3) / 5;
}
