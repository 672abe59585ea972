import { ACCOUNT } from '../../../../src/access/accounts/events.js';
import { clockInJapan } from '../../../../src/codes/plain-date.js';
import { STAFF } from '../../../../src/access/events.js';
import { UNIT } from '../../../../src/access/organisation/events.js';
import type { StaffState } from '../../../../src/access/staff-state.js';
import { PurposeChosen, SessionEnded, SessionLocked, SessionUnlocked, SignedIn } from '../../../../src/access/sessions/events.js';
import { streamId, streamName } from '../../../../src/ledger/ids.js';
import { accessBlocks, type AccessFilter, type AccessLine } from '../../../registers/access-log/query.js';
import type { LogLine } from '../../../handling-log/query.js';
import { operationsUpTo, type Operation } from '../../../registers/operations/query.js';
import { ACCESS_WORDS, ENTRY_WORDS, EVIDENCE_WORDS, REASON_WORDS, ROLE_LABELS, actOf, outcomeOf, streamWord, wordOf } from '../../../words.js';
import { BLOCK, given, periodOf, type ReportSources } from '../../definition.js';
import type { Labels } from '../../labels.js';
import { scopeWords } from '../columns.js';
import { OPERATIONS, dayOf, foldPeople, type PeopleSoFar } from '../audit/history.js';
import { ACCESS_LOG, handlingLines, personsOf } from '../lines.js';
import { grantsOf } from './could-see.js';
import { merged } from './merged.js';
import { openWords, operationWord } from './open-data.js';
import { foldPerson } from './person-then.js';
import type { StepTerms } from './terms.js';

/** One event, and how whatever is stepped through stands behind it. */
export interface Step {
  readonly position: number;
  readonly recordedAt: string;
  /** 取扱い · 操作 · アクセス */
  readonly sort: string;
  readonly matter: string;
  readonly staff: string;
  readonly terminal: string | null;
  readonly session: string | null;
  /** the stream, or whom it concerned */
  readonly about: string | null;
  /** what it says openly, in words */
  readonly detail: string;
  readonly outcome: string | null;
  readonly after: string;
}

type Asked = Omit<StepTerms, 'limit'>;

/** What fits the period that is asked for: the fold begins before it. */
function isAsked({ from, to, after = 0 }: Asked): (step: { readonly position: number; readonly recordedAt: string }) => boolean {
  const period = periodOf({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  return ({ position, recordedAt }) => position > after && (period.from === undefined || recordedAt >= period.from) && (period.to === undefined || recordedAt <= period.to);
}

/** Everything that has happened to a person. */
export function* stepsOfSubject(sources: ReportSources, subject: string, asked: Asked): Generator<Step> {
  const person = foldPerson(subject);
  const fits = isAsked(asked);
  for (const lines of handlingLines(sources, { subject, ...(asked.to !== undefined && { to: asked.to }) })) {
    for (const line of lines) {
      person.take(line);
      if (fits(line)) yield ofHandling(sources.labels, line, person.after(line));
    }
  }
}

type Source = { readonly position: number; readonly recordedAt: string } & ({ readonly line: LogLine } | { readonly entry: AccessLine } | { readonly operation: Operation });

/** A member of staff: what happened to them, their rights, accounts and section, and what they did. */
export function* stepsOfStaff(sources: ReportSources, staff: string, asked: Asked): Generator<Step> {
  const people = foldPeople();
  const fits = isAsked(asked);
  let told = 0; // what was done to an account stands in two registers
  for (const source of merged<Source>(handlings(sources, { staff }, asked), entries(sources, { about: staff }, asked), operations(sources))) {
    if ('operation' in source) people.take(source.operation);
    if (!fits(source) || source.position === told) continue;
    told = source.position;
    const after = standingWords(people, staff, dayOf(source.recordedAt), sources.labels);
    if ('line' in source) yield ofHandling(sources.labels, source.line, after);
    else if ('entry' in source) yield ofEntry(source.entry, after);
    else if (concerns(source.operation, staff, people)) yield ofOperation(sources.labels, source.operation, after);
  }
}

/** A session from its opening to its end. */
export function* stepsOfSession(sources: ReportSources, session: string, asked: Asked): Generator<Step> {
  const fits = isAsked(asked);
  let state = '';
  for (const source of merged<Source>(handlings(sources, { session }, asked), entries(sources, { session }, asked), operations(sources))) {
    if ('entry' in source) state = STATES[source.entry.entry] ?? state;
    if (!fits(source)) continue;
    if ('line' in source) yield ofHandling(sources.labels, source.line, state);
    else if ('entry' in source) yield ofEntry(source.entry, state);
    else if (source.operation.session === session) yield ofOperation(sources.labels, source.operation, state);
  }
}

const STATES: { readonly [entry: string]: string } = { [SignedIn.type]: 'サインイン中', [SessionLocked.type]: 'ロック中', [SessionUnlocked.type]: 'サインイン中', [PurposeChosen.type]: 'サインイン中', [SessionEnded.type]: '終了' };

/** Whether an operation happened to somebody, or was done by them. */
function concerns({ stream, staff: by, data }: Operation, staff: string, { staff: known, accounts, units }: PeopleSoFar): boolean {
  if (by === staff || stream === streamName(STAFF, staff) || data.staff === staff) return true;
  if (stream.startsWith(`${ACCOUNT}-`)) return accounts.get(streamId(stream))?.staff === staff;
  const state = known.get(staff);
  return state !== undefined && stream.startsWith(`${UNIT}-`) && sectionsOf(state).has(units.get(stream)?.unit ?? '');
}

/** Every section that somebody has worked for. */
function sectionsOf({ hired, changes }: StaffState): ReadonlySet<string> {
  return new Set([hired?.department, ...changes.map(({ department }) => department)].filter((department) => department !== undefined));
}

/** Where somebody stood on a day, and what they might do. */
export function standingWords(people: Pick<PeopleSoFar, 'staff' | 'standing'>, staff: string, day: string, labels: Labels): string {
  const state = people.staff.get(staff);
  if (!state) return '登録なし';
  const place = people.standing.placeOn(state, day);
  if (!place) return '在職していない';
  const rights = grantsOf(people, state, day).map(({ grant: { role, files, affairs, access, number } }) => `${wordOf(ROLE_LABELS, role)}（${[scopeWords({ files, ...(affairs && { affairs }) }, labels), ACCESS_WORDS[access], `番号${number ? 'あり' : 'なし'}`].filter((words) => words !== '').join('、')}）`);
  return `${labels.of('department', place.department)}・${wordOf(ROLE_LABELS, place.role)}。権限 ${rights.length} 件${rights.length > 0 ? `: ${rights.join(' ')}` : ''}`;
}

function* handlings(sources: ReportSources, filter: { readonly staff?: string; readonly session?: string }, { from, to, after }: Asked): Generator<Source> {
  for (const lines of handlingLines(sources, { ...filter, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }, after)) for (const line of lines) yield { position: line.position, recordedAt: line.recordedAt, line };
}

function* entries({ register, upTo }: ReportSources, filter: AccessFilter, asked: Asked): Generator<Source> {
  const { to } = periodOf({ ...(asked.to !== undefined && { to: asked.to }) });
  for (const lines of accessBlocks(register(ACCESS_LOG), given({ ...filter, to }), upTo, BLOCK)) for (const entry of lines) yield { position: entry.position, recordedAt: entry.recordedAt, entry };
}

function* operations({ register, upTo }: ReportSources): Generator<Source> {
  for (const operation of operationsUpTo(register(OPERATIONS), upTo)) yield { position: operation.position, recordedAt: operation.recordedAt, operation };
}

function ofHandling(labels: Labels, line: LogLine, after: string): Step {
  const at = labels.at(line.declarationVersion, line.file);
  const detail = [
    at.of('file', line.file), line.purpose === null ? '' : `目的 ${at.of('purpose', line.purpose)}`, line.items.length === 0 ? '' : `項目 ${at.all('item', line.items)}`, line.counterpart === null ? '' : `相手方 ${at.of('counterpart', line.counterpart)}`,
    line.evidence.map(({ kind }) => wordOf(EVIDENCE_WORDS, kind)).join(' '), line.occurredAt === line.recordedAt ? '' : `実施日時 ${clockInJapan(new Date(line.occurredAt))}`,
  ];
  const rules = at.rules(line.findings);
  return {
    position: line.position, recordedAt: line.recordedAt, sort: '取扱い', matter: actOf(line), staff: line.staff, terminal: line.terminal, session: line.session, about: personsOf(line) || streamWord(line.stream),
    detail: detail.filter(Boolean).join('、'), outcome: `${outcomeOf(line)}${rules === '' ? '' : `（${rules}）`}`, after,
  };
}

function ofEntry({ position, recordedAt, entry, reason, staff, terminal, session, account }: AccessLine, after: string): Step {
  return { position, recordedAt, sort: 'アクセス', matter: wordOf(ENTRY_WORDS, entry), staff, terminal, session, about: account, detail: reason === null ? '' : wordOf(REASON_WORDS, reason), outcome: null, after };
}

function ofOperation(labels: Labels, { position, recordedAt, type, staff, terminal, session, stream, data }: Operation, after: string): Step {
  return { position, recordedAt, sort: '操作', matter: operationWord(type), staff, terminal, session, about: streamWord(stream), detail: openWords(data, labels), outcome: null, after };
}
