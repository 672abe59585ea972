import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import {
  AccountDisabled, AccountLocked, AccountOpened, AccountUnlocked, FactorsIssued, FactorsReleased, IdentityLinked, PasswordChanged, PasswordRehashed, SignInAccepted, SignInRefused,
} from '../../src/access/accounts/events.js';
import { UnauthenticatedCounted } from '../../src/access/events.js';
import { DayLookedThrough, FindingClosed, FindingExamined, FindingOpened } from '../../src/access/findings/events.js';
import { CaseChosen, CaseCleared, PurposeChosen, SessionEnded, SessionLocked, SessionUnlocked, SignedIn } from '../../src/access/sessions/events.js';
import { CancellationProposed, CorrectionProposed, ProposalReturned, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import { SessionOpened } from '../../src/walks/events.js';
import { assess } from './assessment-life.js';
import { output, type OUTPUT_STEPS } from './output-life.js';
import { personnel, type Holders } from './personnel-life.js';
import { NOBODY, STAFF, aRecord, anIdentity, type Teller } from './town.js';

/** Invented numbers with right check digits, from the narrow block of the fictional city. */
export const NUMBERS = ['000000001015', '000000001023', '000000001031', '000000001040', '000000001058', '000000001066'] as const;

/** A small generator whose numbers follow from its seed alone. */
function dice(seed: number): <T>(of: readonly T[]) => T {
  let state = seed * 2_654_435_761 + 1;
  return (of) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) | 0;
    return of[(state >>> 1) % of.length]!;
  };
}

/** What has happened so far, as far as what may come next depends on it. */
interface Lived {
  readonly subjects: string[];
  readonly numbers: { id: string; subject: string }[];
  readonly records: { id: string; subject: string; pending: 'entry' | 'correction' | 'cancellation' | null }[];
  readonly holders: Holders;
  readonly outputs: { readonly id: string; readonly category: keyof typeof OUTPUT_STEPS }[];
  /** accounts, and the sessions that have been begun */
  readonly accounts: { id: string; staff: string }[];
  readonly sessions: string[];
  readonly findings: string[];
  daysLookedThrough: number;
  readonly assessments: string[];
  readonly erased: Set<string>;
  numbersGiven: number;
}

/**
 * Everything that can come to a ledger of vaccinations, in an order that follows from the seed: persons and their changes, numbers that take
 * the place of others, records with corrections, cancellations, confirmations and returns, uses of few and of many, refusals, erasures.
 */
export async function live(town: Teller, steps: number, seed: number, { erasing = true, each = async () => {} }: { erasing?: boolean; each?: () => Promise<void> } = {}): Promise<void> {
  const pick = dice(seed);
  const lived: Lived = { subjects: [], numbers: [], records: [], holders: { people: [], units: [] }, outputs: [], accounts: [], sessions: [], findings: [], assessments: [], daysLookedThrough: 0, erased: new Set(), numbersGiven: 0 };
  for (let i = 0; i < 3; i += 1) await enter(town, lived);
  for (let i = 0; i < steps; i += 1) {
    town.now += 60_000;
    await pick([enter, move, protect, giveNumber, record, record, record, propose, propose, settle, settle, settle, look, look, lookAtMany, refuse, openSession, openAccount, comeIn, comeIn, knock, staffMoves, staffMoves, outputs, outputs, assessments, assessments, suspect, judgeFinding, erasing ? erase : look])(town, lived, pick);
    await each();
  }
}

type Step = (town: Teller, lived: Lived, pick: ReturnType<typeof dice>) => Promise<void>;

const alive = (lived: Lived): string[] => lived.subjects.filter((subject) => !lived.erased.has(subject));

async function enter(town: Teller, lived: Lived): Promise<void> {
  lived.subjects.push(await town.person());
}

const move: Step = async (town, lived, pick) => {
  const subjects = alive(lived);
  if (subjects.length > 0) await town.change(pick(subjects), anIdentity({ name: '架空　改', kana: pick(['カクウ　アラタ', 'ヴァーリャ　カクウ', 'カ']) }), 'name-change');
};

const protect: Step = async (town, lived, pick) => {
  const subjects = alive(lived);
  if (subjects.length > 0) await town.change(pick(subjects), anIdentity(pick([{ protection: { from: '2026-11-01' } }, {}])), 'protection-start');
};

const giveNumber: Step = async (town, lived, pick) => {
  const subject = pick(lived.subjects);
  const old = lived.numbers.findLast((number) => number.subject === subject);
  lived.numbers.push({ id: await town.number(subject, NUMBERS[lived.numbersGiven++ % NUMBERS.length]!, old?.id), subject });
};

const record: Step = async (town, lived, pick) => {
  const subject = pick(lived.subjects);
  const batch = pick([undefined, undefined, newId()]);
  const id = await town.record(subject, pick([{}, { ticketNumber: pick(['2026000001', '2026-000002']) }]), batch);
  lived.records.push({ id, subject, pending: batch ? null : 'entry' });
};

const propose: Step = async (town, lived, pick) => {
  const open = lived.records.filter(({ id, pending }) => !lived.erased.has(id) && (pending === null || pending === 'entry'));
  if (open.length === 0) return;
  const one = pick(open);
  one.pending = pick(['correction', 'correction', 'cancellation']);
  const about = { about: { reason: '架空の訂正' } };
  const correction = event(CorrectionProposed, { subject: one.subject }, { record: aRecord(pick([{ lot: 'ZZ9' }, { ticketNumber: '2026000003' }])), ...about });
  const happened = one.pending === 'correction' ? correction : event(CancellationProposed, { subject: one.subject }, about);
  await town.tell(streamName('vaccination', one.id), happened, { subjects: [one.subject] }, { actor: { staff: STAFF[1] } });
};

const settle: Step = async (town, lived, pick) => {
  const waiting = lived.records.filter(({ id, pending }) => pending !== null && !lived.erased.has(id));
  if (waiting.length === 0) return;
  const one = pick(waiting);
  const data = { subject: one.subject, of: one.pending! };
  one.pending = null;
  await town.tell(streamName('vaccination', one.id), pick([event(VaccinationConfirmed, data, {}), event(VaccinationConfirmed, data, {}), event(ProposalReturned, data, {})]), { subjects: [one.subject] });
};

const look: Step = async (town, lived, pick) => {
  const actor = { staff: pick(STAFF), session: newId(), terminal: pick([null, 'window-1']) };
  await town.use([pick(lived.subjects)], { extent: pick(['listed', 'opened', 'numberShown']) }, { actor, ...pick([{}, { occurredAt: '2026-11-01T00:00:00.000Z' }]) });
};

const lookAtMany: Step = async (town, lived, pick) => {
  const strangers = Array.from({ length: pick([47, 50, 51, 120]) }, () => newId());
  const evidence = [{ kind: 'approval' as const, ref: newId() }];
  const many = { kind: 'provision' as const, extent: 'exported' as const, counterpart: 'neighbour-city', method: 'medium', evidence, outcome: 'deviation' as const, findings: [{ rule: 'recipient' as const, item: 'file.recipients' }] };
  await town.use([...lived.subjects, ...strangers], many);
};

const refuse: Step = async (town, lived, pick) => {
  await town.tell(streamName('session', newId()), event(HandlingRefused, {}, {}), { kind: 'use', subjects: [pick(lived.subjects)], outcome: 'refused', findings: [{ rule: 'right' }] });
};

async function openSession(town: Teller): Promise<void> {
  await town.tell(streamName('session', newId()), event(SessionOpened, { session: newId(), part: 0 }, { purpose: 'routine-vaccination' }), null);
}

const openAccount: Step = async (town, lived, pick) => {
  const before = lived.accounts.findLast(({ id }) => !lived.erased.has(id));
  if (before) await town.tell(streamName('account', before.id), event(AccountDisabled, { reason: 'request' }, {}), null);
  const account = { id: newId(), staff: pick(STAFF) };
  lived.accounts.push(account);
  await town.tell(streamName('account', account.id), event(AccountOpened, { staff: account.staff }, { login: '架空のログイン' }), null);
  await town.tell(streamName('account', account.id), event(FactorsIssued, {}, { secret: '架空の種' }), null);
  const issue = (await town.ledger.recorded(streamName('account', account.id))).at(-1)!.id;
  await town.tell(streamName('account', account.id), event(FactorsReleased, { issue, identified: 'staff-card' }, { password: '架空の合言葉' }), null);
  await town.tell(streamName('account', account.id), event(IdentityLinked, {}, { issuer: 'https://id.example', subject: '架空-4711' }), null);
};

const comeIn: Step = async (town, lived, pick) => {
  const account = lived.accounts.findLast(({ id }) => !lived.erased.has(id));
  if (!account) return;
  const [session, actor] = [newId(), { staff: account.staff, terminal: pick([null, 'window-1']) }];
  lived.sessions.push(session);
  await town.tell(streamName('account', account.id), event(SignInAccepted, { session, step: 7 }, {}), null, { actor: { ...actor, session } });
  const signedIn = event(SignedIn, { account: account.id, factors: ['password', 'totp'], notice: 'all-operations-recorded' }, { source: '192.0.2.7' });
  const locked = [event(SessionLocked, {}, {}), event(SessionUnlocked, {}, {})];
  for (const happened of [signedIn, event(PurposeChosen, {}, { purpose: 'record-keeping' }), event(CaseChosen, { reasonCode: 'counter' }, { caseRef: '架空の受付 7' }), event(CaseCleared, {}, {}), ...pick([locked, locked, []]), event(SessionEnded, { reason: pick(['signed-out', 'time']) }, {})]) {
    await town.tell(streamName('session', session), happened, null, { actor: { ...actor, session } });
  }
};

const knock: Step = async (town, lived, pick) => {
  const actor = { staff: NOBODY, kind: 'automatic' as const };
  await town.tell(streamName('gate', newId()), event(UnauthenticatedCounted, { requests: pick([1, 40]) }, { source: '192.0.2.8' }), null, { actor });
  const account = lived.accounts.findLast(({ id }) => !lived.erased.has(id));
  if (!account) return;
  const refused = event(SignInRefused, { reason: pick(['password', 'code', 'disabled']) }, { source: '192.0.2.9' });
  for (const happened of [refused, event(AccountLocked, { minutes: 15 }, {}), event(AccountUnlocked, {}, {}), event(PasswordChanged, {}, { password: '架空の別の合言葉' }), event(PasswordRehashed, {}, { password: '架空の別の合言葉' })]) {
    await town.tell(streamName('account', account.id), happened, null, { actor });
  }
};

const staffMoves: Step = (town, { holders, erased }, pick) => personnel(town, holders, erased, pick);

const outputs: Step = (town, { outputs: begun, subjects }, pick) => output(town, begun, subjects, pick);

const assessments: Step = async (town, { assessments: begun, erased }, pick) => void begun.push(...(await assess(town, begun.filter((id) => !erased.has(id)), pick)));

const suspect: Step = async (town, lived, pick) => {
  const finding = newId();
  lived.findings.push(finding);
  const at = new Date(town.now).toISOString();
  const numbers = [{ name: 'handlings', value: 7 }];
  const common = { day: '2026-11-19', staff: pick(STAFF), department: 'health-promotion', upTo: newId(), due: '2026-12-04' };
  const particulars = { rule: 'off-hours' as const, counts: numbers, thresholds: [{ name: 'offHoursAtLeast', value: 5 }], evidence: [{ event: newId(), at }] };
  const opened = pick([event(FindingOpened, { ...common, rule: 'off-hours', particulars }, {}), event(FindingOpened, { ...common, rule: 'sealed-facts' }, { particulars: { ...particulars, rule: 'protected' } })]);
  await town.tell(streamName('finding', finding), opened, null);
  const day = `2027-01-${String((lived.daysLookedThrough += 1)).padStart(2, '0')}`;
  if (lived.daysLookedThrough < 28) await town.tell(streamName('suspicion-day', newId()), event(DayLookedThrough, { day, handlings: 9, findings: 1, thresholds: numbers }), null);
};

const judgeFinding: Step = async (town, lived, pick) => {
  const open = lived.findings.filter((id) => !lived.erased.has(id));
  if (open.length === 0) return;
  const finding = pick(open);
  const examined = event(FindingExamined, { result: pick(['explained', 'to-be-asked']) }, { remarks: '架空の調査' });
  await town.tell(streamName('finding', finding), pick([examined, examined, event(FindingClosed, { outcome: 'innocent' }, {})]), null);
};

const erase: Step = async (town, lived, pick) => {
  const units: [string, string][] = [...lived.records.map(({ id }): [string, string] => ['vaccination', id]), ...lived.numbers.map(({ id }): [string, string] => ['number', id]), ...lived.subjects.slice(3).map((id): [string, string] => ['subject', id]), ...lived.accounts.map(({ id }): [string, string] => ['account', id]), ...lived.sessions.map((id): [string, string] => ['session', id]), ...lived.outputs.slice(3).map(({ id, category }): [string, string] => [category, id]), ...lived.findings.map((id): [string, string] => ['finding', id]), ...lived.assessments.slice(0, -1).map((id): [string, string] => ['assessment', id]), ...lived.holders.people.slice(2).map(({ id }): [string, string] => ['staff', id])];
  const open = units.filter(([, id]) => !lived.erased.has(id));
  if (open.length === 0) return;
  const [category, id] = pick(open);
  lived.erased.add(id);
  const { key } = await town.ledger.summary(streamName(category, id));
  if (key) await town.erase(streamName(category, id)); // where nothing is sealed there is nothing to erase
};
