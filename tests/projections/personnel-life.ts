import { AuthenticatorApplied, AuthenticatorClosed, AuthenticatorIssued, AuthenticatorLost } from '../../src/access/authenticators/events.js';
import { DesignationEnded, DesignationMade } from '../../src/access/designations/events.js';
import { EmployeeNumberAssigned, PersonnelChanged, PlacementConfirmed, RevocationConfirmed, StaffAddressRecorded, StaffRegistered } from '../../src/access/events.js';
import { FoundingClosed, FoundingHeld } from '../../src/access/founding/events.js';
import { SuccessionConfirmed, UnitEnded, UnitOpened, UnitRenamed } from '../../src/access/organisation/events.js';
import { RightApplied, RightApproved, RightFounded, RightRejected, RightReviewed, RightRevoked, RightSet } from '../../src/access/rights/events.js';
import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { STAFF, type Teller } from './town.js';

/** Of each holder: their stream, and the rights that were applied for. */
export interface Holders {
  readonly people: { readonly id: string; readonly rights: string[] }[];
  readonly units: { readonly id: string; readonly rights: string[] }[];
}

type Pick = <T>(of: readonly T[]) => T;

/** Something that happens to a member of staff, a section, or what they may do. */
export async function personnel(town: Teller, { people, units }: Holders, erased: ReadonlySet<string>, pick: Pick): Promise<void> {
  const unit = pick([true, false, false]);
  const designate = async (stream: string): Promise<void> => {
    await town.tell(stream, event(DesignationMade, { kind: pick(['custodian', 'handler']), files: ['vaccination'], department: 'pension', from: '2026-11-20' }, {}), null);
    const designation = (await town.ledger.recorded(stream)).at(-1)!.id;
    if (pick([true, false])) await town.tell(stream, event(DesignationEnded, { designations: [designation], on: '2026-12-01', cause: 'not-needed' }, {}), null);
  };
  const giveOut = async (stream: string): Promise<void> => {
    if (pick([true, false])) {
      await town.tell(stream, event(AuthenticatorIssued, { kind: 'biometric', on: '2026-11-20' }, {}), null);
      return;
    }
    await town.tell(stream, event(AuthenticatorApplied, { kind: 'ic-card', on: '2026-11-20' }, {}), null);
    const authenticator = (await town.ledger.recorded(stream)).at(-1)!.id;
    await town.tell(stream, event(AuthenticatorIssued, { application: authenticator, kind: 'ic-card', on: '2026-11-20', due: '2026-11-30' }, { reference: '架空-0001' }), null);
    for (const next of pick([[], [event(AuthenticatorLost, { authenticator, on: '2026-11-20' }, {})], [event(AuthenticatorClosed, { authenticator, by: 'returned', on: '2026-11-20' }, {})]])) await town.tell(stream, next, null);
  };
  const known = (unit ? units : people).filter(({ id }) => !erased.has(id));
  const begin = async (): Promise<void> => {
    const one = { id: newId(), rights: [] };
    (unit ? units : people).push(one);
    const registered = unit ? event(UnitOpened, { unit: 'pension', from: '2026-04-01' }, { name: '架空の課' }) : event(StaffRegistered, { kind: pick(['staff', 'fixed-term']), department: 'pension', role: 'clerk' }, { name: '架空　職員', post: '主事' });
    await town.tell(streamName(unit ? 'unit' : 'staff', one.id), registered, null);
  };
  if (known.length === 0) return begin();
  const one = pick(known);
  const stream = streamName(unit ? 'unit' : 'staff', one.id);
  const apply = async (): Promise<void> => {
    const role = pick(['clerk', 'auditor', 'affair-author']);
    const applied = event(RightApplied, { role, files: role === 'affair-author' ? [] : ['vaccination'], ...(role === 'affair-author' && { affairs: ['vaccination'] }), access: pick(['read', 'update']), number: false, department: 'pension', from: '2026-11-20' }, {});
    await town.tell(stream, applied, null);
    one.rights.push((await town.ledger.recorded(stream)).at(-1)!.id);
  };
  const found = async (): Promise<void> => void (await town.tell(streamName('founding', town.ledger.vault.identity.store), pick([event(FoundingHeld, { holder: one.id, role: 'supervisor', present: [STAFF[0], STAFF[1]] }, {}), event(FoundingClosed, {}, {})]), null));
  if (!unit && pick([true, false, false])) return pick([designate, giveOut])(stream);
  const right = one.rights.at(-1);
  if (right === undefined) return apply();
  const own = unit ? [event(UnitRenamed, { on: '2026-12-01' }, { name: '架空の新しい課' }), event(UnitEnded, { on: '2026-12-31' }, {}), event(SuccessionConfirmed, { successor: 'welfare' }, {})] : [
    event(PersonnelChanged, { change: 'transfer', on: '2026-12-01', department: 'welfare' }, { post: '主任' }), event(PersonnelChanged, { change: 'post-change', on: '2026-12-01' }, {}), event(RevocationConfirmed, { changes: [newId()] }, {}), event(PlacementConfirmed, { placements: [newId()] }, {}),
    event(EmployeeNumberAssigned, {}, { employeeNumber: '架空-001' }), event(StaffAddressRecorded, { on: '2026-11-20' }, { address: '汐浜市架空町1番地' }),
    event(RightFounded, { role: 'supervisor', files: [], department: 'pension', from: '2026-11-20', present: [STAFF[0], STAFF[1]] }, {}),
  ];
  const steps = [
    event(RightApproved, { right }, {}), event(RightSet, { right, from: '2026-11-20' }, {}), event(RightRejected, { right }, {}), event(RightReviewed, { right, review: newId(), answer: 'keep' }, {}),
    event(RightRevoked, { rights: [right], on: '2026-11-30', cause: 'not-needed' }, {}), ...own,
  ];
  await pick([begin, apply, found, async () => void (await town.tell(stream, pick(steps), null)), async () => void (await town.tell(stream, pick(steps), null))])();
}
