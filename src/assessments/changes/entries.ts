import { isTicks, type Answer, type Answers } from '../answers/assessment.js';
import type { FormItem, Position } from '../forms/form.js';
import { isAnswered } from '../forms/places.js';
import { likeness } from './text-blocks.js';

/** The lasting id of an entry, where the drafts keep one: then 委託事項3 stays itself when 委託事項2 is taken out. */
export type EntryIds = (version: 'before' | 'after', repeat: string, at: readonly Position[]) => string | undefined;

/** Indexes, from 0, of what belongs together; of what stands alone one side only. In the order of the later version, what was taken out last. */
export interface Match {
  readonly before?: number;
  readonly after?: number;
}

/** Of 1000: what is less alike than this is another thing. */
const SAME_THING = 500;

/** The entries of one repeat in two versions. Those with an id are matched by it alone, the others by what is most alike. */
export function matchEntries(items: readonly FormItem[], before: readonly Answers[], after: readonly Answers[], idsBefore: readonly (string | undefined)[], idsAfter: readonly (string | undefined)[]): readonly Match[] {
  const pairs = new Map<number, number>(); // after → before
  idsAfter.forEach((id, at) => {
    const other = id === undefined ? -1 : idsBefore.indexOf(id);
    if (other >= 0) pairs.set(at, other);
  });
  const free = (ids: readonly (string | undefined)[], list: readonly Answers[]): readonly number[] => list.flatMap((_, at) => (ids[at] === undefined ? [at] : []));
  const cells = cellsIn(items);
  const scores = free(idsAfter, after).flatMap((at) => free(idsBefore, before).map((from) => ({ at, from, score: scoreOf(cells, before[from]!, after[at]!) })));
  scores.sort((a, b) => b.score - a.score || Math.abs(a.at - a.from) - Math.abs(b.at - b.from) || a.at - b.at);
  const taken = new Set<number>();
  for (const { at, from, score } of scores) {
    if (score < SAME_THING || pairs.has(at) || taken.has(from)) continue;
    pairs.set(at, from);
    taken.add(from);
  }
  const found = new Set(pairs.values());
  return [
    ...after.map((_, at): Match => (pairs.has(at) ? { before: pairs.get(at)!, after: at } : { after: at })),
    ...before.flatMap((_, at): readonly Match[] => (found.has(at) ? [] : [{ before: at }])),
  ];
}

/** Whether those that stayed stand in another order. */
export function isReordered(matches: readonly Match[]): boolean {
  const stayed = matches.flatMap(({ before, after }) => (before !== undefined && after !== undefined ? [before] : []));
  return stayed.some((before, at) => at > 0 && before < stayed[at - 1]!);
}

/** The cells of an entry, those of repeats within it aside. */
export function cellsIn(items: readonly FormItem[]): readonly FormItem[] {
  return items.flatMap((item) => (item.repeat ? [] : [...(isAnswered(item) ? [item] : []), ...cellsIn(item.items)]));
}

/** What an entry calls itself: its first text. */
export function nameOf(items: readonly FormItem[], entry: Answers): string | undefined {
  const first = cellsIn(items).find(({ kind }) => kind === 'text');
  const name = first && entry[first.id];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Of 1000. The name weighs most, then what was written, then choices; two blanks say little. */
function scoreOf(cells: readonly FormItem[], before: Answers, after: Answers): number {
  let [sum, weights] = [0, 0];
  const name = cells.find(({ kind }) => kind === 'text');
  for (const item of cells) {
    const [a, b] = [before[item.id] as Answer, after[item.id] as Answer];
    const isText = typeof a === 'string' && typeof b === 'string' && item.kind === 'text';
    const weight = isEmpty(a) && isEmpty(b) ? 1 : item === name ? 12 : isText ? 4 : 2;
    sum += weight * (isText ? likeness(a, b) : JSON.stringify(a) === JSON.stringify(b) ? 1000 : 0);
    weights += weight;
  }
  return weights === 0 ? 1000 : Math.floor(sum / weights);
}

function isEmpty(answer: Answer): boolean {
  return answer === null || answer === '' || (isTicks(answer) && answer.ticked.length === 0);
}
