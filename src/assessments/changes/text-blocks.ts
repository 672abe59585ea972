import { fold } from '../check/text.js';

/** A named part of a cell: 「＜中間サーバー・プラットフォームにおける措置＞」 and what stands under it. */
export interface TextBlock {
  /** The heading as it is written; null before the first. */
  readonly heading: string | null;
  /** One name for the same heading however it is spelt; the second of the same name is 「…#2」. */
  readonly key: string;
  /** With its heading, character for character: the blocks of a text joined are the text. */
  readonly raw: string;
}

/** 〈…における措置〉 at the start of a line or after a blank, and any 〈…〉 that has a line to itself. */
const HEADING = /(?<=^|[\s\p{Z}。])[<＜〈《][^<>＜＞〈〉《》\n]{2,60}?に?おける(?:追加)?[措処]置[\s\p{Z}]*[>＞〉》]|^[\p{Z}\t]*[<＜〈《][^<>＜＞〈〉《》\n]{2,60}[>＞〉》][\p{Z}\t]*$/gmu;

export function blocksOf(text: string): readonly TextBlock[] {
  const headings = [...text.matchAll(HEADING)];
  const seen = new Map<string, number>();
  const starts = [...(headings[0]?.index === 0 ? [] : [{ heading: null, index: 0 }]), ...headings.map((match) => ({ heading: match[0].trim(), index: match.index }))];
  return starts.map(({ heading, index }, at) => {
    const name = heading === null ? '' : fold(heading).slice(1, -1);
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return { heading, key: nth === 1 ? name : `${name}#${nth}`, raw: text.slice(index, starts[at + 1]?.index) };
  });
}

/** Lines and, within a line, sentences; joined they are the text. What recognised pages hold is often a single line. */
export function unitsOf(text: string): readonly string[] {
  return text.match(/[^\n。]*(?:。[\p{Z}\t]*\n?|\n)|[^\n。]+$/gu) ?? [];
}

/** What stands between two stretches that both texts have, in both of them. One of the sides may be empty. */
export interface Hunk {
  readonly before: string;
  readonly after: string;
}

/** A stretch of two texts: the same in both, or changed. */
export interface Stretch extends Hunk {
  readonly same: boolean;
}

/** Two texts unit by unit: joined, the one sides are the one text. Units are the same whatever break or blanks end them: the last line has none. */
export function stretchesOf(before: string, after: string): readonly Stretch[] {
  const [a, b] = [unitsOf(before), unitsOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && isSame(a[head]!, b[head]!)) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && isSame(a[a.length - 1 - tail]!, b[b.length - 1 - tail]!)) tail++;
  const both = (from: number, to: number, shift: number): readonly Stretch[] => a.slice(from, to).map((unit, at) => ({ same: true, before: unit, after: b[from + shift + at]! }));
  const steps = [...both(0, head, 0), ...common(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...both(a.length - tail, a.length, b.length - a.length)];
  const stretches: Stretch[] = [];
  for (const step of steps) {
    const last = stretches.at(-1);
    if (last?.same === step.same) stretches[stretches.length - 1] = { same: step.same, before: last.before + step.before, after: last.after + step.after };
    else stretches.push(step);
  }
  return stretches;
}

function isSame(one: string, other: string): boolean {
  return one === other || one.trimEnd() === other.trimEnd();
}

/** The longest common subsequence of what lies between the common beginning and end. */
function common(before: readonly string[], after: readonly string[]): readonly Stretch[] {
  const [a, b] = [before.map((unit) => unit.trimEnd()), after.map((unit) => unit.trimEnd())];
  const length = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) length[i]![j] = a[i] === b[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
  const steps: Stretch[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      steps.push({ same: true, before: before[i++]!, after: after[j++]! });
    } else if (i < a.length && (j === b.length || length[i + 1]![j]! >= length[i]![j + 1]!)) steps.push({ same: false, before: before[i++]!, after: '' });
    else steps.push({ same: false, before: '', after: after[j++]! });
  }
  return steps;
}

export function hunksOf(before: string, after: string): readonly Hunk[] {
  return stretchesOf(before, after).flatMap(({ same, before: old, after: young }) => (same ? [] : [{ before: old, after: young }]));
}

/** A stretch shorter than this stands as it is: （中略） would be no shorter to read. */
const SHORT = 40;

/** Both texts with what did not change left out, where that is long: 「（中略）」. A heading at the start stays. */
export function shortened(before: string, after: string, omission: string): Hunk {
  const stretches = stretchesOf(before, after);
  const keep = (text: string, isFirst: boolean): string => {
    if (text.length <= SHORT) return text;
    const heading = isFirst ? (/^[<＜〈《][^<>＜＞〈〉《》\n]{2,60}[>＞〉》][\p{Z}\t]*\n?/u.exec(text)?.[0] ?? '') : '';
    return `${heading}${heading === '' || heading.endsWith('\n') ? '' : '\n'}${omission}\n`;
  };
  const side = (which: 'before' | 'after'): string => {
    const parts = stretches.map((stretch, at) => (stretch.same ? keep(stretch[which], at === 0) : stretch[which] === '' || /\n$/.test(stretch[which]) || at === stretches.length - 1 ? stretch[which] : withBreak(stretch[which], stretches[at + 1]!.before)));
    // Where one side has nothing between two stretches left out, one mark says both.
    return parts.join('').replaceAll(`${omission}\n${omission}\n`, `${omission}\n`).trimEnd();
  };
  return { before: side('before'), after: side('after') };
}

/** （中略） has a line to itself. */
function withBreak(text: string, next: string): string {
  return next.length > SHORT ? `${text}\n` : text;
}

/** How alike two texts are, in thousandths: shared pairs of characters (Dice). */
export function likeness(one: string, other: string): number {
  if (one === other) return 1000;
  const pairs = new Map<string, number>();
  const count = (text: string): number => Math.max(0, text.length - 1);
  for (let at = 0; at + 1 < one.length; at++) pairs.set(one.slice(at, at + 2), (pairs.get(one.slice(at, at + 2)) ?? 0) + 1);
  let shared = 0;
  for (let at = 0; at + 1 < other.length; at++) {
    const left = pairs.get(other.slice(at, at + 2)) ?? 0;
    if (left > 0) {
      shared++;
      pairs.set(other.slice(at, at + 2), left - 1);
    }
  }
  const total = count(one) + count(other);
  return total === 0 ? 0 : Math.floor((2000 * shared) / total);
}
