import type { TicksAnswer } from '../../src/assessments/answers/assessment.js';
import type { FormItem, Tick } from '../../src/assessments/forms/form.js';
import { countMeant, folded, markMeant } from './cell-words.js';

/** Boxes as they were read. */
export interface BoxesRead {
  readonly answer: TicksAnswer;
  /** By tick: the figure of 「（　３　）件」 beside it. */
  readonly counts: ReadonlyMap<string, number>;
  /** Labels of boxes that are not there, or whose mark means nothing. */
  readonly unread: readonly string[];
}

/** One box with what stands after its label. */
export interface Box {
  readonly tick: Tick;
  readonly mark: string;
  readonly rest: string;
}

const BOX = /[[［]([^[\]［］]{0,10})[\]］]/gu;

/** The boxes of 「［ ○ ］専用線　［　］その他（　…　）」, however it is spread over cells and lines. */
export function boxesIn(item: FormItem, text: string): readonly Box[] {
  const marks = [...text.matchAll(BOX)];
  return marks.flatMap((match, at) => {
    const segment = text.slice(match.index + match[0].length, marks[at + 1]?.index);
    const found = labelledBy(item, segment);
    return found ? [{ ...found, mark: match[1]! }] : [];
  });
}

/** The box whose label a text begins with — the longest: 「その他」 begins other labels, too — and what comes after the label. */
export function labelledBy(item: FormItem, segment: string): Pick<Box, 'tick' | 'rest'> | undefined {
  const word = folded(segment);
  const [tick] = item.ticks.filter(({ label }) => word.startsWith(folded(label))).sort((a, b) => b.label.length - a.label.length);
  if (!tick) return undefined;
  const label = folded(tick.label);
  let end = 0;
  while (end < segment.length && folded(segment.slice(0, end)) !== label) end += 1;
  return { tick, rest: segment.slice(end) };
}

/** Boxes as an answer. A box that is not there, or whose mark means nothing, is one that cannot be read. */
export function boxesMeant(item: FormItem, boxes: readonly Box[]): BoxesRead {
  const ticked: string[] = [];
  const unknown: string[] = [];
  const text: Record<string, string> = {};
  const counts = new Map<string, number>();
  for (const { code, freeText, count } of item.ticks) {
    const box = boxes.find(({ tick }) => tick.code === code);
    const mark = box && markMeant(box.mark);
    if (mark === undefined) unknown.push(code);
    if (mark === true) ticked.push(code);
    const rest = box?.rest.trim() ?? '';
    const written = /^[（(]([^]*)[）)]$/u.exec(rest)?.[1] ?? rest;
    if (mark === true && freeText && written.trim() !== '') text[code] = written.trim();
    const figure = count === undefined ? undefined : countMeant(/^[^0-9０-９]*[（(][^）)]*[）)]\s*件?/u.exec(rest)?.[0] ?? '');
    if (typeof figure === 'number') counts.set(count!, figure);
  }
  return { answer: { ticked, text, ...(unknown.length > 0 && { unknown }) }, counts, unread: item.ticks.flatMap(({ code, label }) => (unknown.includes(code) ? [label] : [])) };
}
