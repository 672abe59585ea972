import { AccountOpened } from '../../src/access/accounts/events.js';
import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { UnitEnded, UnitOpened, UnitRenamed } from '../../src/access/organisation/events.js';
import { RightApplied, RightApproved, RightRevoked, RightSet } from '../../src/access/rights/events.js';
import type { Role } from '../../src/access/roles.js';
import { TerminalRegistered } from '../../src/access/terminals/events.js';
import { DeclarationPutInForce } from '../../src/declarations/events.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { ResidentChanged, SubjectRegistered } from '../../src/subjects/events.js';
import { VaccinationConfirmed, VaccinationRecorded } from '../../src/vaccinations/events.js';
import { InformationUsed } from '../../src/walks/events.js';
import { aRecord, anIdentity, openTown, type Town } from '../projections/town.js';

export const DAY = '2026-12-04';
/** An instant of a day by the clock in Japan, in UTC as the ledger has it. */
export const at = (time: string, day = DAY): string => new Date(`${day}T${time}:00.000+09:00`).toISOString();

export interface Planted {
  readonly town: Town;
  readonly subject: string;
  readonly record: string;
  /** by what becomes of them on the day */
  readonly staff: { readonly [who in (typeof WHO)[number]]: string };
  readonly rights: { readonly [who in (typeof WHO)[number]]?: string };
  readonly head: string;
  /** the session of whoever stays */
  readonly session: string;
  /** positions, by what stands there */
  readonly position: { readonly [what: string]: number };
}

const WHO = ['stays', 'moves', 'revoked', 'ended', 'elsewhere', 'late', 'nothing'] as const;

/**
 * A town with a day on which much happens: at ten one clerk moves to another section; at eleven a right is revoked; at noon a section ends,
 * and another is renamed; at one the person comes under 支援措置. On the next the first terminal is registered. A week later a retirement is entered that was to hold from the day on.
 */
export async function plant(): Promise<Planted> {
  const town = await openTown();
  const position: { [what: string]: number } = {};
  const [head, chief, manager, session, subject, record] = Array.from({ length: 6 }, () => newId()) as [string, string, string, string, string, string];
  const go = (time: string, day?: string): void => void (town.now = Date.parse(at(time, day)));
  const plain = async (what: string, stream: string, happened: NewDomainEvent, staff = head): Promise<void> => void (position[what] = await town.tell(stream, happened, null, { actor: { staff } }));
  const handle = async (what: string, stream: string, happened: NewDomainEvent, block: Partial<HandlingBlock>, staff: string): Promise<void> =>
    void (position[what] = await town.tell(stream, happened, { subjects: [subject], ...block }, { actor: { staff, session } }));
  const lastIn = async (stream: string): Promise<string> => (await town.ledger.recorded(stream)).at(-1)!.id;
  go('10:00', '2026-11-20');
  await plain('in force', streamName('declaration', newId()), event(DeclarationPutInForce, { version: 3, effectiveFrom: '2026-10-01', document: '0'.repeat(64) }, {}));
  const units = Object.fromEntries(['health-promotion', 'pension', 'information-systems'].map((unit) => [unit, streamName('unit', newId())]));
  for (const [unit, stream] of Object.entries(units)) await plain(`opened ${unit}`, stream, event(UnitOpened, { unit, from: '2026-04-01' }, { name: '架空の課' }));
  const staff = Object.fromEntries(WHO.map((who) => [who, newId()])) as Planted['staff'];
  const rights: { [who in (typeof WHO)[number]]?: string } = {};
  const hire = async (who: (typeof WHO)[number], department: string, role: Role, number = false): Promise<void> => {
    const stream = streamName('staff', staff[who]);
    await plain(`hired ${who}`, stream, event(StaffRegistered, { kind: 'staff', department, role }, { name: '架空　職員', post: '主事' }));
    if (who !== 'late') await plain(`account ${who}`, streamName('account', newId()), event(AccountOpened, { staff: staff[who] }, { login: `kakuu-${who}` }));
    if (who === 'nothing') return;
    await plain(`applied ${who}`, stream, event(RightApplied, { role, files: ['vaccination'], access: 'update', number, department, from: '2026-11-21' }, {}), chief);
    const right = await lastIn(stream);
    rights[who] = right;
    await plain(`approved ${who}`, stream, event(RightApproved, { right }, {}), manager);
    await plain(`set ${who}`, stream, event(RightSet, { right, from: '2026-11-21' }, {}));
  };
  await hire('stays', 'health-promotion', 'clerk');
  await hire('moves', 'health-promotion', 'clerk');
  await hire('revoked', 'health-promotion', 'number-clerk', true);
  await hire('ended', 'information-systems', 'clerk');
  await hire('elsewhere', 'pension', 'clerk');
  await hire('late', 'health-promotion', 'clerk');
  await hire('nothing', 'health-promotion', 'clerk');
  go('09:00', '2026-11-24');
  await handle('registered', streamName('subject', subject), event(SubjectRegistered, { scope: 'resident' }, { identity: anIdentity() }), { items: ['name', 'kana'] }, staff.stays);
  await handle('recorded', streamName('vaccination', record), event(VaccinationRecorded, { subject }, { record: aRecord() }), { items: ['vaccine'] }, staff.stays);
  go('09:40');
  const inSession = streamName('session', newId());
  await handle('looked', inSession, event(InformationUsed, { query: 'subject', shown: 1, withheld: 0 }, {}), { kind: 'use', extent: 'opened', items: ['name'] }, staff.stays);
  go('09:50');
  await handle('refused', inSession, event(HandlingRefused, {}, {}), { kind: 'use', extent: 'opened', outcome: 'refused', findings: [{ rule: 'department', item: 'file.use.departments' }] }, staff.elsewhere);
  go('10:00');
  await plain('moved', streamName('staff', staff.moves), event(PersonnelChanged, { change: 'transfer', on: DAY, department: 'pension' }, {}));
  await plain('moved rights', streamName('staff', staff.moves), event(RightRevoked, { rights: [rights.moves!], on: DAY, cause: 'transfer' }, {}));
  go('11:00');
  await plain('revoked', streamName('staff', staff.revoked), event(RightRevoked, { rights: [rights.revoked!], on: DAY, cause: 'not-needed' }, {}));
  go('12:00');
  await plain('renamed', units['health-promotion']!, event(UnitRenamed, { on: DAY }, { name: '架空の新しい課' }));
  await plain('ended', units['information-systems']!, event(UnitEnded, { on: DAY }, {}));
  go('13:00');
  await handle('protected', streamName('subject', subject), event(ResidentChanged, { scope: 'resident' }, { change: { kind: 'protection-start', on: DAY }, identity: anIdentity() }), { items: ['protection'] }, staff.stays);
  go('14:00');
  await handle('by a token', inSession, event(InformationUsed, { query: 'subject', shown: 1, withheld: 0 }, {}), { kind: 'use', extent: 'numberShown', items: ['number'] }, staff.nothing);
  await handle('confirmed', streamName('vaccination', record), event(VaccinationConfirmed, { subject, of: 'entry' }, {}), { kind: 'use', items: [] }, staff.late);
  go('09:00', '2026-12-05');
  await plain('terminal', streamName('terminal', newId()), event(TerminalRegistered, { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion' }, { label: '架空の端末', certificates: ['0'.repeat(64)] }));
  go('09:00', '2026-12-11');
  await plain('late entry', streamName('staff', staff.late), event(PersonnelChanged, { change: 'retirement', on: DAY }, {}));
  await plain('late rights', streamName('staff', staff.late), event(RightRevoked, { rights: [rights.late!], on: DAY, cause: 'retirement' }, {}));
  await town.startRegisters();
  return { town, subject, record, staff, rights, head, session, position };
}
