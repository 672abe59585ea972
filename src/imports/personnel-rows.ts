import { EMPLOYEE, StaffAddressRecorded } from '../access/events.js';
import { employeeKey, type PERSONNEL_CHANGES } from '../access/personnel.js';
import { ChangePersonnel, RecordStaffAddress, RegisterStaff } from '../access/staff.js';
import { evolveStaff, nobodyYet, type StaffState } from '../access/staff-state.js';
import { isErased, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import { streamId } from '../ledger/ids.js';
import { readCommand, type Command, type CommandClass } from '../walks/command-class.js';
import { runCommand } from '../walks/command-walk.js';
import type { Context } from '../walks/context.js';
import type { Engine } from '../walks/engine.js';
import type { Principal } from '../walks/principal.js';
import { Problem } from '../walks/problem.js';
import { HIRE, MOVED_HOME, type ParsedRow, type Reject } from './columns.js';
import { REASONS, type Reason } from './reasons.js';
import type { Batch, TakeRows } from './row-writer.js';

/** Who takes a personnel file in, and the context that its rows are commands of. */
export interface PersonnelDesk {
  readonly staff: Context<StaffState>;
  readonly principal: Principal;
}

interface Given {
  readonly employeeNumber: string;
  readonly change: (typeof PERSONNEL_CHANGES)[number] | typeof HIRE | typeof MOVED_HOME;
  readonly on: string;
  readonly name?: string;
  readonly post?: string;
  readonly kind?: string;
  readonly department?: string;
  readonly role?: string;
  readonly address?: string;
}

/** What became of a row, or why it was not taken and by which field. */
type Taken = 'registered' | 'changed' | 'unchanged' | { readonly reason: Reason; readonly item?: string };

/**
 * Takes rows of the personnel office, one after the other: each is the command that somebody could have given by hand, under the same
 * rules, so that what ends with it ends in the same append and for the sessions under way. A row that is in the ledger already changes nothing.
 */
export function personnelRows(batch: Batch, desk: PersonnelDesk): TakeRows<ParsedRow> {
  const columns = [...batch.fields];
  return async (rows) => {
    const count = { registered: 0, changed: 0, unchanged: 0 };
    const rejects: Reject[] = [];
    for (const { values, ...place } of rows) {
      const taken = await takeRow(batch, desk, values as unknown as Given);
      if (typeof taken === 'string') count[taken] += 1;
      else rejects.push({ ...place, column: taken.item === undefined ? 0 : columns.indexOf(taken.item) + 1, ...taken });
    }
    return { rejects, ...count };
  };
}

async function takeRow({ engine, correlationId }: Batch, { staff, principal }: PersonnelDesk, { change, on, ...given }: Given): Promise<Taken> {
  const run = async (type: CommandClass<Command>, data: object, target?: string): Promise<void> => {
    const spec = staff.commands.find(({ command }) => command === type)!;
    await runCommand(engine, staff, spec, readCommand(type, data), { principal, correlationId, ...(target && { target }) });
  };
  const known = await findStaff(engine, given.employeeNumber);
  const { employeeNumber, name, kind = 'staff', department, role, post, address } = given;
  // Of the day that the row is of, like all else in it.
  const settle = async (person: Known): Promise<boolean> => {
    if (address === undefined || person.addresses.some((one) => one.on === on && one.address === address)) return false;
    await run(RecordStaffAddress, { address, on }, person.id);
    return true;
  };
  try {
    if (change === HIRE) {
      if (known && !wasHired(known.state, { on, ...given })) return { reason: 'already-registered' };
      if (known) return (await settle(known)) ? 'changed' : 'unchanged';
      await run(RegisterStaff, { name, post, kind, department, role, employeeNumber, from: on, ...(address && { address }) });
      return 'registered';
    }
    if (!known) return { reason: 'unknown-staff', item: 'employeeNumber' };
    if (change === MOVED_HOME) {
      if (address === undefined) return { reason: 'missing', item: 'address' };
      return (await settle(known)) ? 'changed' : 'unchanged';
    }
    const isThere = known.state.changes.some((one) => one.from === on && one.change === change && one.department === department && one.role === role && one.post === post);
    if (!isThere) await run(ChangePersonnel, { change, on, ...(department && { department }), ...(role && { role }), ...(post && { post }) }, known.id);
    return (await settle(known)) || !isThere ? 'changed' : 'unchanged';
  } catch (error) {
    return refusedFor(error);
  }
}

function wasHired({ kind: hiredAs, name: called, post: hiredTo, hired, hiredOn }: StaffState, { on, name, post, kind = 'staff', department, role }: Omit<Given, 'change'>): boolean {
  return hiredOn === on && hiredAs === kind && called === name && hiredTo === post && hired?.department === department && hired?.role === role;
}

interface Known {
  readonly id: string;
  readonly state: StaffState;
  readonly addresses: readonly { readonly on: string; readonly address: string }[];
}

/** Whoever has the number now: it may have been somebody else's before. */
async function findStaff({ ledger }: Engine, employeeNumber: string): Promise<Known | undefined> {
  const owner = ledger.vault.index.find(EMPLOYEE, employeeKey(employeeNumber));
  if (!owner) return undefined;
  const { events } = await ledger.load(owner.stream);
  const state = events.reduce(evolveStaff, nobodyYet);
  return employeeKey(state.employeeNumber) === employeeKey(employeeNumber) ? { id: streamId(owner.stream), state, addresses: events.flatMap(addressIn) } : undefined;
}

function addressIn(happened: DomainEvent): Known['addresses'] {
  if (happened.type !== StaffAddressRecorded.type) return [];
  const { data: { on }, sealed } = happened as EventOf<typeof StaffAddressRecorded>;
  return isErased(sealed) ? [] : [{ on, address: sealed.address }];
}

/** @throws what is no fault of the row */
function refusedFor(error: unknown): Taken {
  if (!(error instanceof Problem)) throw error;
  const [fault] = error.extra.errors ?? [];
  if (fault) {
    const item = fault.path.slice(1);
    return { reason: isReason(fault.code) ? fault.code : 'missing', item };
  }
  const [finding] = (error.extra.findings ?? []) as readonly { readonly rule: string }[];
  const code = finding?.rule ?? error.code;
  if (!isReason(code)) throw error;
  return { reason: code };
}

function isReason(code: string): code is Reason {
  return Object.hasOwn(REASONS, code);
}
