import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { todayInJapan } from '../../src/codes/plain-date.js';
import type { Declaration, DeclaredFile, Mode } from '../../src/handling/declaration.js';
import type { Rule } from '../../src/handling/rules.js';
import type { Listed } from '../reports/labels.js';
import { ASSURANCE_WORDS, wordOf } from '../words.js';
import type { EmergencyPractice } from './emergencies.js';
import { together, tally, type Act, type Practice, type Sum } from './practice.js';

/** 合致 · 乖離 · 照合対象外 · 証跡なし */
export const VERDICTS = { agrees: '合致', differs: '乖離', unchecked: '照合対象外', nothing: '証跡なし' } as const;
export type Verdict = keyof typeof VERDICTS;

/** What happened of one kind: how often in the period, in which months, and where the first and the last stand. */
export interface Happened extends Sum {
  readonly months: ReadonlySet<string>;
  readonly lastAt: string;
}

/** One moment of the ledger. */
export interface Moment {
  readonly position: number;
  readonly recordedAt: string;
}

/** What the registers show at the position, beside the handlings of the period. */
export interface Facts {
  readonly practice: Practice;
  /** persons held in a file: registered and not erased */
  readonly subjects: ReadonlyMap<string, number>;
  /** the oldest record of a file that has not been erased */
  readonly oldest: ReadonlyMap<string, Moment>;
  /** the first handling of a file, and its first use */
  readonly firstHandling: ReadonlyMap<string, Moment>;
  readonly firstUse: ReadonlyMap<string, Moment>;
  /** by type of event, in the period: handlings that were not refused, and operations */
  readonly happened: ReadonlyMap<string, Happened>;
  /** the same by file, without the handlings of others: those prove nothing of it */
  readonly happenedIn: ReadonlyMap<string, ReadonlyMap<string, Happened>>;
  /** by type, operations of the three years before the position */
  readonly threeYears: ReadonlyMap<string, Happened>;
  /** when the ledger began: its first event; none: it is empty */
  readonly began: string | undefined;
  /** the months of the period that lie in it whole, by their first days, from that of the ledger's first handling on; and those of which the log review is signed */
  readonly wholeMonths: readonly string[];
  readonly reviewed: ReadonlySet<string>;
  /** whether the period, from the first handling on, comes to a year */
  readonly hasWholeYear: boolean;
  /** rights that hold at the position; and of those, the ones that nobody has ended although whoever held them has no place any more, or another */
  readonly rightsHeld: number;
  readonly leftBehind: number;
  /** what stands at a terminal's code */
  readonly terminals: ReadonlyMap<string, string>;
  /** how a rule of a file is held to at the position; none: as the version writes it */
  readonly modes: ReadonlyMap<string, Mode['mode']>;
  /** handlings judged by the version before the day on which it was published */
  readonly beforePublication: ReadonlyMap<string, Sum>;
  /** by file: the emergencies that reach into the period, each with all that was done in it */
  readonly emergencies: ReadonlyMap<string, readonly EmergencyPractice[]>;
}

/** Which handlings to look at: terms of the log's own report, or another report of refusals. */
export interface Look {
  readonly report: 'handling-log' | 'refusals' | 'audit-2' | 'audit-7' | 'monthly-log-review' | 'sign-ins';
  readonly terms: Readonly<Record<string, string | undefined>>;
}

/** What a check came to. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Japanese: figure or list */
  readonly shown: string;
  readonly note?: string;
  readonly sum?: Sum;
  /** Japanese: what was asked of which register */
  readonly query: string;
  readonly look?: Look;
  /** types of events that were looked for */
  readonly awaits?: readonly string[];
}

/** What is known where a file is checked. */
export interface Scene {
  readonly written: Assessment | undefined;
  readonly declaration: Declaration;
  readonly file: DeclaredFile;
  readonly facts: Facts;
  /** handlings of the file in the period that were not refused */
  readonly done: readonly Act[];
  readonly refused: readonly Act[];
  readonly label: (list: Listed, code: string) => string;
}

/** What happened that may prove something of a file. */
export function ownFacts({ facts, file }: Pick<Scene, 'facts' | 'file'>): Facts {
  return { ...facts, happened: facts.happenedIn.get(file.code) ?? new Map() };
}

/** The day in Japan of a moment. */
export function dayOf({ recordedAt }: Pick<Moment, 'recordedAt'>): string {
  return todayInJapan(new Date(recordedAt));
}

export const LOG_QUERY = '取扱記録の集計';

export function count(number: number, unit = '件'): string {
  return `${number.toLocaleString('en-US')}${unit}`;
}

/** What nobody can check, and why. */
export function unchecked(note: string, shown = ''): Outcome {
  return { verdict: 'unchecked', shown, note, query: '' };
}

/** Terms of a look at a file in the period. */
export function lookAt({ file, facts }: Pick<Scene, 'file' | 'facts'>, terms: Look['terms'] = {}, report: Look['report'] = 'handling-log'): Look {
  return { report, terms: { file: file.code, from: facts.practice.period.from, to: facts.practice.period.to, ...terms } };
}

interface Among {
  readonly acts: readonly Act[];
  /** what of a handling is compared; none: it names nothing of the kind */
  readonly by: (act: Act) => string | null | readonly string[];
  readonly isWritten: (value: string) => boolean;
  readonly labelOf: (value: string) => string;
  /** the term of the log by which a value is found */
  readonly term?: 'counterpart' | 'method' | 'purpose' | 'department';
  readonly kind?: string;
  readonly rule?: Rule;
}

/** Values listed at most: what is written off the list comes first. */
const LISTED = 12;

/** Compares what was practised with what is written: 乖離 by the first value that is not. */
export function among(scene: Scene, { acts, by, isWritten, labelOf, term, kind, rule }: Among): Outcome {
  const groups = [...tally(acts, by)];
  const off = groups.filter(([value]) => !isWritten(value));
  const text = (list: typeof groups): string => [...list.slice(0, LISTED).map(([value, rows]) => `${labelOf(value)} ${count(together(rows).count)}`), ...(list.length > LISTED ? [`ほか${list.length - LISTED}種`] : [])].join('、');
  const on = groups.filter(([value]) => isWritten(value));
  const shown = groups.length === 0 ? '実績なし（0件）' : [on.length > 0 ? text(on) : '', off.length > 0 ? `記載のほか: ${text(off)}` : ''].filter(Boolean).join('。');
  const first = off[0];
  const look = lookAt(scene, { ...(kind !== undefined && { kind }), ...(first && term && { [term]: first[0] }) });
  const sum = together(new Set((first ? off : groups).flatMap(([, rows]) => rows))); // a handling of several items is one
  const note = assurances([...new Set(groups.flatMap(([, rows]) => rows))]);
  return held(scene, rule, { verdict: groups.length === 0 ? 'nothing' : first ? 'differs' : 'agrees', shown, sum, query: LOG_QUERY, look, ...(note !== undefined && { note }) });
}

/** How sure the records are, where not all were judged here. */
function assurances(acts: readonly Act[]): string | undefined {
  const groups = [...tally(acts, ({ assurance }) => assurance)];
  if (groups.every(([assurance]) => assurance === 'enforced')) return undefined;
  return `記録の確かさ: ${groups.map(([assurance, rows]) => `${wordOf(ASSURANCE_WORDS, assurance)} ${count(together(rows).count)}`).join('、')}`;
}

/** Of what the open block does not name, only that a rule was broken is known. */
export function byFindings(scene: Scene, rule: Rule, written: readonly string[]): Outcome {
  const broken = scene.done.filter(({ rules }) => rules.includes(rule));
  const refused = together(scene.refused.filter(({ rules }) => rules.includes(rule)));
  const sum = together(broken);
  const shown = `記載外 ${count(sum.count)}、拒否 ${count(refused.count)}`;
  const note = '取扱いの符号は取扱記録の開いた部分に残らないため、照合規則に反したものだけを数える';
  const look = lookAt(scene, { rule }, 'refusals');
  if (sum.count > 0) return held(scene, rule, { verdict: 'differs', shown, note, sum, query: '照合規則に反した取扱い', look });
  return held(scene, rule, { verdict: 'nothing', shown, note: written.length === 0 ? `${note}。記載事項に値がなく、該当する取扱いは認めない` : note, sum: refused.count > 0 ? refused : sum, query: '照合規則に反した取扱い', look });
}

/** A rule that nothing is held against is shown so; one that is only observed is compared all the same, and said to be. */
export function held({ file, facts }: Pick<Scene, 'file' | 'facts'>, rule: Rule | undefined, outcome: Outcome): Outcome {
  if (rule === undefined) return outcome;
  const written = file.items[rule];
  const mode = facts.modes.get(`${file.code} ${rule}`) ?? written?.mode.mode;
  const reason = written && 'reason' in written.mode ? written.mode.reason : '';
  if (mode === 'unchecked') return { ...outcome, verdict: 'unchecked', note: joined(`照合しない項目${reason ? `: ${reason}` : ''}`, outcome.note) };
  if (mode === 'observe') return { ...outcome, note: joined(`記録のみの項目（拒否しない）${reason ? `: ${reason}` : ''}`, outcome.note) };
  return outcome;
}

export function joined(...notes: readonly (string | undefined)[]): string {
  return notes.filter(Boolean).join('。');
}

