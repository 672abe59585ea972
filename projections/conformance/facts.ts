import type Database from 'better-sqlite3';
import { LogReviewOpened, LogReviewSigned } from '../../src/access/log-reviews/events.js';
import { ModeChanged } from '../../src/declarations/events.js';
import { TerminalChanged, TerminalRegistered } from '../../src/access/terminals/events.js';
import { addMonths, addYears, todayInJapan } from '../../src/codes/plain-date.js';
import { startOfDay } from '../../src/handling/compiled-version.js';
import type { Declaration, Mode } from '../../src/handling/declaration.js';
import { ErasureOrdered } from '../../src/ledger/erasure.js';
import { SUBJECT, SubjectRegistered } from '../../src/subjects/events.js';
import { VaccinationRecorded } from '../../src/vaccinations/events.js';
import { keyOf, wordsOf } from '../engine/dictionary.js';
import { statement } from '../engine/statements.js';
import { endOfMonth, monthAt } from '../handling-log/month-sums.js';
import { recordedBy, stretchOf } from '../handling-log/query.js';
import type { Operation } from '../registers/operations/query.js';
import { doneIn, emergenciesIn, reachesInto } from './emergencies.js';
import { practiceOf, together, type Period, type Sum } from './practice.js';
import type { Facts, Happened, Moment } from './verdict.js';

export interface FactSources {
  readonly log: Database.Database;
  readonly access: Database.Database;
  /** everything that was done up to the position */
  readonly operations: readonly Operation[];
  /** rights that hold at the position, and how many of them should not */
  readonly rightsHeld: number;
  readonly leftBehind: number;
  readonly declaration: Declaration;
  readonly period: Period;
  readonly upTo: number;
}

/** The year up to an instant: from the day after the same day a year before, in Japan. */
export function yearUpTo(at: string): Period {
  const day = todayInJapan(new Date(at));
  return { from: startOfDay(addYears(day, -1), 1), to: at };
}

/** All that the registers show at a position. Nothing sealed is opened for it. */
export function factsOf({ log, access, operations, rightsHeld, leftBehind, declaration, period, upTo }: FactSources): Facts {
  const practice = practiceOf(log, period, upTo);
  const first = firstAt(log, upTo);
  const threeYearsAgo = startOfDay(addYears(todayInJapan(new Date(period.to)), -3));
  const handled = practice.acts.filter(({ outcome }) => outcome !== 'refused')
    .map(({ type, month, file, count, persons, first: from, last }) => ({ type, month, file, lastAt: '', count, persons, first: from, last }));
  const others = [...operations.filter(({ recordedAt }) => recordedAt >= period.from && recordedAt <= period.to).map(asOne), ...entriesIn(access, period, upTo)];
  const files = declaration.files.map(({ code }) => code);
  const emergencies = emergenciesIn(operations, declaration.affair.code).filter((one) => reachesInto(one, period));
  return {
    practice,
    subjects: new Map(files.map((file) => [file, subjectsIn(log, file, upTo)])),
    oldest: momentsOf(files, (file) => oldestIn(log, file, upTo)),
    firstHandling: momentsOf(files, (file) => firstIn(log, file, upTo)),
    firstUse: momentsOf(files, (file) => firstIn(log, file, upTo, 'use')),
    happened: byType([...handled, ...others]),
    happenedIn: new Map(files.map((file) => [file, byType([...handled.filter((one) => one.file === file), ...others])])),
    threeYears: byType(operations.filter(({ recordedAt }) => recordedAt >= threeYearsAgo).map(asOne)),
    began: [first, operations[0]?.recordedAt].filter((at) => at !== undefined).sort()[0],
    wholeMonths: wholeMonths(period, first),
    hasWholeYear: hasWholeYear(period, first),
    reviewed: reviewedMonths(operations),
    rightsHeld,
    leftBehind,
    terminals: new Map(operations.flatMap(({ type, data }) => ((type === TerminalRegistered.type || type === TerminalChanged.type) && typeof data.class === 'string' ? [[data.terminal as string, data.class] as const] : []))),
    modes: modesAt(operations, declaration.assessment.version, period.to),
    beforePublication: new Map(files.map((file) => [file, unpublished(log, declaration, file, upTo)])),
    emergencies: new Map(files.map((file) => [file, emergencies.map((one) => doneIn(log, one, file, upTo))])),
  };
}

interface One extends Sum {
  readonly type: string;
  readonly month: string;
  readonly lastAt: string;
}

function asOne({ type, position, recordedAt }: Operation): One {
  return { type, month: monthAt(recordedAt), lastAt: recordedAt, count: 1, persons: 0, first: position, last: position };
}

function byType(all: readonly One[]): ReadonlyMap<string, Happened> {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const group = groups.get(one.type);
    if (group) group.push(one);
    else groups.set(one.type, [one]);
  }
  return new Map([...groups].map(([type, group]) => [type, { ...together(group), months: new Set(group.map(({ month }) => month)), lastAt: group.reduce((last, { lastAt }) => (lastAt > last ? lastAt : last), '') }]));
}

/** Sign-ins and what happened to accounts. */
function entriesIn(db: Database.Database, { from, to }: Period, upTo: number): readonly One[] {
  const word = wordsOf(db);
  const rows = statement<[string, string, number], { entry: number; month: string; count: number; first: number; last: number; lastAt: string }>(
    db, "SELECT entry, substr(date(recorded_at, '+9 hours'), 1, 7) || '-01' AS month, count(*) AS count, min(position) AS first, max(position) AS last, max(recorded_at) AS lastAt FROM entries WHERE recorded_at >= ? AND recorded_at <= ? AND position <= ? GROUP BY 1, 2 ORDER BY 1, 2",
  ).all(from, to, upTo);
  return rows.map(({ entry, ...row }) => ({ ...row, type: word(entry), persons: 0 }));
}

function momentsOf(files: readonly string[], find: (file: string) => Moment | undefined): ReadonlyMap<string, Moment> {
  return new Map(files.flatMap((file) => {
    const moment = find(file);
    return moment ? [[file, moment] as const] : [];
  }));
}

/** Of a type in a file, and not refused: by the sums of the months that have ended, and the handlings since. */
function handledOfType(db: Database.Database, type: string, file: string, upTo: number): number {
  const [typeKey, fileKey, refused] = [keyOf(db, type), keyOf(db, file), keyOf(db, 'refused') ?? 0];
  if (typeKey === undefined || fileKey === undefined) return 0;
  const closed = statement<[number], { last: number | null }>(db, 'SELECT max(last) AS last FROM months WHERE last <= ?').get(upTo)!.last ?? 0;
  const summed = statement<number[], { count: number | null }>(db, 'SELECT sum(handlings) AS count FROM month_acts WHERE last <= ? AND type = ? AND file = ? AND outcome <> ?').get(closed, typeKey, fileKey, refused)!.count ?? 0;
  return summed + statement<number[], { count: number }>(db, 'SELECT count(*) AS count FROM handlings WHERE position > ? AND position <= ? AND type = ? AND file = ? AND outcome <> ?').get(closed, upTo, typeKey, fileKey, refused)!.count;
}

/** Persons who had been registered in a file by a position, without those erased by then. */
function subjectsIn(db: Database.Database, file: string, upTo: number): number {
  const erased = statement<[number, number, string], { count: number }>(db, 'SELECT count(*) AS count FROM erasures e JOIN handlings h ON h.position = e.position WHERE e.position <= ? AND h.file = ? AND h.stream LIKE ?').get(upTo, keyOf(db, file) ?? 0, `${SUBJECT}-%`)!.count;
  return Math.max(0, handledOfType(db, SubjectRegistered.type, file, upTo) - erased);
}

/** The oldest record of a vaccination that had not been erased by a position. */
function oldestIn(db: Database.Database, file: string, upTo: number): Moment | undefined {
  const [recorded, ordered, fileKey] = [keyOf(db, VaccinationRecorded.type), keyOf(db, ErasureOrdered.type) ?? 0, keyOf(db, file)];
  if (recorded === undefined || fileKey === undefined) return undefined;
  const gone = new Set(statement<number[], { stream: string }>(db, 'SELECT h.stream FROM erasures e JOIN handlings h ON h.position = e.position WHERE e.position <= ? AND h.type = ?').all(upTo, ordered).map(({ stream }) => stream));
  const rows = statement<number[], Moment & { readonly stream: string }>(db, 'SELECT position, recorded_at AS recordedAt, stream FROM handlings WHERE position <= ? AND type = ? AND file = ? ORDER BY position').iterate(upTo, recorded, fileKey);
  for (const { stream, ...moment } of rows) if (!gone.has(stream)) return moment;
  return undefined;
}

function firstIn(db: Database.Database, file: string, upTo: number, kind?: string): Moment | undefined {
  const [fileKey, refused, kindKey] = [keyOf(db, file), keyOf(db, 'refused') ?? 0, kind === undefined ? 0 : keyOf(db, kind)];
  if (fileKey === undefined || kindKey === undefined) return undefined;
  return statement<number[], Moment>(db, 'SELECT position, recorded_at AS recordedAt FROM handlings WHERE position <= ? AND file = ? AND outcome <> ? AND (? = 0 OR kind = ?) ORDER BY position LIMIT 1').get(upTo, fileKey, refused, kindKey, kindKey);
}

/** When anything was handled first, of whatever file and whether it was refused or not. */
function firstAt(db: Database.Database, upTo: number): string | undefined {
  return statement<[number], { at: string }>(db, 'SELECT recorded_at AS at FROM handlings WHERE position <= ? ORDER BY position LIMIT 1').get(upTo)?.at;
}

/** The months that lie in a period whole, by their first days; before the one in which anything was handled first there was nothing to do each month. */
function wholeMonths({ from, to }: Period, first: string | undefined): readonly string[] {
  if (first === undefined) return [];
  const months: string[] = [];
  const end = new Date(Date.parse(to) + 1).toISOString();
  const begins = monthAt(from);
  const own = startOfDay(begins) < from ? addMonths(begins, 1) : begins;
  for (let month = own < monthAt(first) ? monthAt(first) : own; endOfMonth(month) <= end; month = addMonths(month, 1)) months.push(month);
  return months;
}

/** Whether a period, from the first handling on, comes to a year: only then can something that is due once a year be missing. */
function hasWholeYear({ from, to }: Period, first: string | undefined): boolean {
  const begins = todayInJapan(new Date(first !== undefined && first > from ? first : from));
  return first !== undefined && startOfDay(addYears(begins, 1)) <= startOfDay(todayInJapan(new Date(to)), 1);
}

function reviewedMonths(operations: readonly Operation[]): ReadonlySet<string> {
  const opened = new Map<string, string>();
  const signed = new Set<string>();
  for (const { type, stream, data } of operations) {
    if (type === LogReviewOpened.type) opened.set(stream, data.month as string);
    const month = type === LogReviewSigned.type ? opened.get(stream) : undefined;
    if (month !== undefined) signed.add(month);
  }
  return signed;
}

/** The modes as they were changed since a version was put in force: what is only observed is enforced again after its last day. */
function modesAt(operations: readonly Operation[], version: number, at: string): ReadonlyMap<string, Mode['mode']> {
  const modes = new Map<string, Mode['mode']>();
  for (const { type, data } of operations) {
    if (type !== ModeChanged.type || data.version !== version) continue;
    const isOver = data.mode === 'observe' && typeof data.until === 'string' && data.until < todayInJapan(new Date(at));
    modes.set(`${data.file as string} ${data.rule as string}`, isOver ? 'enforce' : (data.mode as Mode['mode']));
  }
  return modes;
}

/** Handlings that a version judged before the day on which it was published: they are looked for only when it held before that day. */
function unpublished(db: Database.Database, { assessment: { version, publishedOn }, effectiveFrom }: Declaration, file: string, upTo: number): Sum {
  const nothing = { count: 0, persons: 0, first: 0, last: 0 };
  if (publishedOn <= effectiveFrom) return nothing;
  const { after, upTo: last } = stretchOf(db, { from: startOfDay(effectiveFrom), to: new Date(Date.parse(startOfDay(publishedOn)) - 1).toISOString() }, Math.min(upTo, recordedBy(db, startOfDay(publishedOn))));
  const found = statement<number[], { count: number; persons: number | null; first: number | null; last: number | null }>(db, 'SELECT count(*) AS count, sum(subject_count) AS persons, min(position) AS first, max(position) AS last FROM handlings WHERE position > ? AND position <= ? AND file = ? AND version = ? AND outcome <> ?').get(after, last, keyOf(db, file) ?? 0, version, keyOf(db, 'refused') ?? 0)!;
  return found.count === 0 ? nothing : { count: found.count, persons: found.persons!, first: found.first!, last: found.last! };
}
