import type { Particulars, SuspicionRule } from '../../src/access/findings/events.js';
import type { SuspicionPolicy } from '../../src/access/findings/thresholds.js';
import { DAY_MINUTES, startOf, type Act, type DayFacts, type Rule, type Sign } from './rule.js';
import { RULES } from './rules.js';

/** A rule's sign of one person on one day, with the thresholds that it went by. */
export interface Found {
  readonly staff: string;
  readonly department: string;
  readonly particulars: Particulars;
}

/** What the rules came to on a day. */
export interface Looked {
  readonly found: readonly Found[];
  /** by the code of a rule: of how many who acted it could not say anything; none of whom there is nobody */
  readonly unlooked: readonly { readonly name: SuspicionRule; readonly value: number }[];
}

/** Within one instant nobody can tell what came first: a guess before a sign-in, a list before what follows from it. */
const RANK = { guess: 0, 'sign-in': 1, handling: 2 } as const;
const rankOf = ({ kind, extent }: Act): number => RANK[kind] + (kind === 'handling' && extent !== 'listed' ? 1 : 0);
const inOrder = (a: Act, b: Act): number => rankOf(a) - rankOf(b) || (a.event < b.event ? -1 : 1);

/**
 * One pass of all rules over the acts of one day, in the order of their recording; in what order those of the same instant come makes no
 * difference, nor how they are cut into blocks. Acts of the evening before are shown to those rules that ask for them, and are found by none
 * alone. `know` is told of the acts of an instant before the rules see them.
 */
export async function lookThrough(blocks: AsyncIterable<readonly Act[]> | Iterable<readonly Act[]>, facts: DayFacts, { rules = RULES, know }: { readonly rules?: readonly Rule[]; readonly know?: (acts: readonly Act[]) => Promise<void> } = {}): Promise<Looked> {
  const first = startOf(facts.day);
  const watches = rules.map((rule) => ({ rule, watch: rule.watch(facts), from: new Date(first - minutesBefore(facts.policy, [rule]) * 60_000).toISOString() }));
  const midnight = new Date(first).toISOString();
  let same: Act[] = [];
  const flush = async (): Promise<void> => {
    const isBefore = same.length > 0 && same[0]!.at < midnight;
    if (!isBefore) await know?.(same);
    if (same.length > 1) same.sort(inOrder);
    for (const act of same) {
      for (const { watch, from } of watches) {
        if (!isBefore) watch.see(act);
        else if (act.at >= from) watch.seeBefore?.(act);
      }
    }
    same = [];
  };
  for await (const acts of blocks) {
    for (const act of acts) {
      if (same.length > 0 && same[0]!.at !== act.at) await flush();
      same.push(act);
    }
  }
  await flush();
  const found = watches.flatMap(({ rule, watch }) => [...watch.found()].sort((a, b) => (a.staff < b.staff ? -1 : 1)).map((sign) => foundBy(rule, sign, facts.policy)));
  return { found, unlooked: watches.map(({ rule, watch }) => ({ name: rule.code, value: watch.unlooked?.() ?? 0 })).filter(({ value }) => value > 0) };
}

/** From how many minutes before midnight on some rules see the evening before. */
export function minutesBefore(policy: SuspicionPolicy, rules: readonly Rule[] = RULES): number {
  return Math.min(Math.max(0, ...rules.map((rule) => rule.minutesBefore?.(policy) ?? 0)), DAY_MINUTES);
}

function foundBy({ code, thresholds }: Rule, { staff, department, counts, evidence }: Sign, policy: SuspicionPolicy): Found {
  const named = Object.entries(counts).map(([name, value]) => ({ name, value }));
  return { staff, department, particulars: { rule: code, counts: named, thresholds: numbersOf(policy, thresholds), evidence: [...evidence] } };
}

/** Thresholds by name. */
export function numbersOf(policy: SuspicionPolicy, names = Object.keys(policy) as readonly (keyof SuspicionPolicy)[]): readonly { readonly name: string; readonly value: number }[] {
  return names.map((name) => ({ name, value: policy[name] }));
}
