import { AccountOpened } from '../../src/access/accounts/events.js';
import { StaffRegistered } from '../../src/access/events.js';
import { ReviewClosed, ReviewOpened } from '../../src/access/reviews/events.js';
import { ACCESS_POLICY, PolicyChangeConfirmed, PolicyChangeProposed } from '../../src/access/policies/events.js';
import { RightApplied, RightApproved, RightSet } from '../../src/access/rights/events.js';
import { DeclarationProposed, DeclarationPutInForce } from '../../src/declarations/events.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { PrintDisposed, PrintProduced } from '../../src/outputs/events.js';
import { ErasureApproved, ErasureCompleted, ErasurePlanned, ErasureStarted } from '../../src/retention/events.js';
import { VaccinationConfirmed, VaccinationRecorded } from '../../src/vaccinations/events.js';
import { POPULATION } from '../../projections/reports/definitions/audit/question.js';
import { aRecord, closeTowns, openTown, type Town } from '../projections/town.js';
import { rowsIn, type Beside, type Row } from './rows.js';

/** Three clerks, a head and a manager; of the ten questions each finds what was planted, and keeps silent over what was not. */
export const [CLERK, OTHER, CHIEF, HEAD, MANAGER] = Array.from({ length: 5 }, () => newId()) as [string, string, string, string, string];

export const POLICY = streamName(ACCESS_POLICY, newId());

export let town: Town;
/** of whom somebody who keeps to the rules has taken up and used a record */
export let subject: string;

/** Before each test a town of its own, in which nobody has done anything wrong. */
export function inLawfulTowns(): void {
  beforeEach(async () => {
    await openAnotherTown();
    await liveLawfully();
  });
  afterEach(closeTowns);
}

/** In place of that of the test, one in which nothing has happened. */
export async function openAnotherTown(): Promise<void> {
  town = await openTown();
  await town.startRegisters();
}

/** What a question is answered with, by the keys of its columns, and of how many that is. */
export async function allOf(number: number, terms: object = {}, { asker = MANAGER, upTo, register }: Asked = {}): Promise<readonly Row[]> {
  return rowsIn(town, `audit-${number}`, terms, upTo ?? (await town.head()), { asker, ...(register && { register }) });
}

/** The answers alone. */
export async function ask(number: number, terms: object = {}, { asker = MANAGER, upTo, register }: Asked = {}): Promise<readonly Row[]> {
  return (await allOf(number, terms, { asker, ...(upTo !== undefined && { upTo }), ...(register && { register }) })).filter(({ matter }) => matter !== POPULATION);
}
interface Asked extends Beside {
  readonly upTo?: number;
}
export const violations = async (number: number, terms?: object): Promise<readonly (string | number | null)[]> => (await ask(number, terms)).filter(({ verdict }) => verdict === '違反').map(({ matter }) => matter!);

export const by = (staff: string) => ({ actor: { staff } });
export const plain = (stream: string, happened: NewDomainEvent, staff = HEAD) => town.tell(stream, happened, null, by(staff));
export const eventOf = async (stream: string): Promise<string> => (await town.ledger.recorded(stream)).at(-1)!.id;

export async function setRight(holder: string, applicant = CHIEF, approver = MANAGER, setter = HEAD): Promise<string> {
  const stream = streamName('staff', holder);
  await plain(stream, event(RightApplied, { role: 'clerk', files: ['vaccination'], access: 'update', number: false, department: 'health-promotion', from: '2026-11-20' }, {}), applicant);
  const right = await eventOf(stream);
  await plain(stream, event(RightApproved, { right }, {}), approver);
  await plain(stream, event(RightSet, { right, from: '2026-11-20' }, {}), setter);
  return right;
}

/** What a day leaves in a ledger when everybody keeps to it. */
async function liveLawfully(): Promise<void> {
  for (const staff of [CLERK, OTHER, CHIEF, HEAD, MANAGER]) await plain(streamName('staff', staff), event(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　職員', post: '主事' }), newId());
  await setRight(CLERK);
  await plain(streamName('account', newId()), event(AccountOpened, { staff: CLERK }, { login: 'kakuu' }));
  subject = newId();
  await town.use([subject], {}, by(CLERK));
  const record = newId();
  await town.tell(streamName('vaccination', record), event(VaccinationRecorded, { subject }, { record: aRecord() }), { subjects: [subject], items: ['vaccine'] }, by(CLERK));
  await town.tell(streamName('vaccination', record), event(VaccinationConfirmed, { subject, of: 'entry' }, {}), { subjects: [subject] }, by(OTHER));
  await town.use([], { kind: 'use', file: 'handling-log', extent: 'exported' }, by(CHIEF));
  await town.tell(streamName('session', newId()), event(HandlingRefused, {}, {}), { kind: 'use', subjects: [subject], outcome: 'refused', findings: [{ rule: 'department', item: 'file.use.departments' }] }, by(OTHER));
  const paper = streamName('print', newId());
  await town.tell(paper, event(PrintProduced, { form: 'notice', sheets: 1, subjects: [subject], plan: 'mailed', due: '2026-11-27' }, {}), { subjects: [subject], extent: 'printed', items: ['name'] }, by(CLERK));
  await town.tell(paper, event(PrintDisposed, { how: 'mailed', sheets: 1 }, {}), { subjects: [subject] }, by(OTHER));
  const order = streamName('erasure', newId());
  const [planning, erasing] = [{ kind: 'use', subjects: [] }, { kind: 'erasure', subjects: [] }] as const;
  await town.tell(order, event(ErasurePlanned, { targets: [] }, {}), planning, by(CLERK));
  await town.tell(order, event(ErasureApproved, { units: 0 }, {}), planning, by(CHIEF));
  await town.tell(order, event(ErasureStarted, { units: 0 }, {}), erasing, by(HEAD));
  await plain(order, event(ErasureCompleted, { erased: 0, completeOn: '2026-12-31' }));
  await town.erase(streamName('vaccination', record));
  const review = streamName('review', newId());
  await plain(review, event(ReviewOpened, { cause: 'periodic', due: '2026-11-30', lines: [] }, {}), MANAGER);
  await plain(review, event(ReviewClosed, { kept: 0, ended: 0 }, {}), MANAGER);
  const rules = streamName('declaration', newId());
  await plain(rules, event(DeclarationProposed, { version: 3, assessment: 12, effectiveFrom: '2026-10-01', document: '0'.repeat(64) }, { document: '{}' }), CHIEF);
  await plain(rules, event(DeclarationPutInForce, { version: 3, effectiveFrom: '2026-10-01', document: '0'.repeat(64) }, {}), MANAGER);
  await changePolicy(1, HEAD, MANAGER);
}

export async function changePolicy(proposal: number, by: string, confirmedBy: string, from?: string): Promise<void> {
  const change = { proposal, setting: 'session.idleMinutes', value: { whole: 9 }, ...(from !== undefined && { from }) };
  await plain(POLICY, event(PolicyChangeProposed, change, { reason: '架空の理由' }), by);
  await plain(POLICY, event(PolicyChangeConfirmed, change, {}), confirmedBy);
}
