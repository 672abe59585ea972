import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { SETTINGS, type AccessPolicy } from '../policy.js';
import { PolicyChangeConfirmed, PolicyChangeProposed, PolicyChangeRejected, PolicyChangeWithdrawn, PolicyExceptionProposed, type RecordedValue } from './events.js';
import { evolveExceptions, type PolicyExceptions } from './exceptions.js';
import { withValue, type SettingValue } from './tunable.js';

/** A change that nobody has decided on. */
export interface ProposedChange {
  readonly proposal: number;
  readonly setting: string;
  readonly value: SettingValue;
  /** plain date in Japan */
  readonly from?: string;
  /** who proposed it, as a person; and when */
  readonly by: string;
  readonly at: string;
}

/** A change that holds, or will. */
export interface ConfirmedChange {
  readonly setting: string;
  readonly value: SettingValue;
  /** RFC 3339: from then on */
  readonly since: string;
  /** the id of its confirmation */
  readonly event: string;
  readonly by: string;
}

export interface PolicyState {
  /** how many there have been: the number of the next is one more */
  readonly proposals: number;
  readonly open: ReadonlyMap<number, ProposedChange>;
  /** in the order in which they were confirmed */
  readonly confirmed: readonly ConfirmedChange[];
  readonly exceptions: PolicyExceptions;
}

export const nothingChanged: PolicyState = { proposals: 0, open: new Map(), confirmed: [], exceptions: new Map() };

/** The same fold for the decider and for what is kept in memory. */
export function evolvePolicy(state: PolicyState, happened: Pick<DomainEvent, 'type' | 'data' | 'id' | 'actor' | 'occurredAt'>): PolicyState {
  const { type, id: event, actor: by, occurredAt: at } = happened;
  switch (type) {
    case PolicyChangeProposed.type: {
      const { value, ...data } = happened.data as EventOf<typeof PolicyChangeProposed>['data'];
      return { ...state, proposals: state.proposals + 1, open: new Map(state.open).set(data.proposal, { ...data, value: settingValue(value), by, at }) };
    }
    case PolicyChangeConfirmed.type: {
      const { proposal, setting, value, from } = happened.data as EventOf<typeof PolicyChangeConfirmed>['data'];
      const begins = from === undefined ? at : new Date(`${from}T00:00:00+09:00`).toISOString();
      return { ...without(state, proposal), confirmed: [...state.confirmed, { setting, value: settingValue(value), since: begins > at ? begins : at, event, by }] };
    }
    case PolicyChangeRejected.type:
    case PolicyChangeWithdrawn.type:
      return without(state, (happened.data as EventOf<typeof PolicyChangeRejected>['data']).proposal);
    default: {
      const exceptions = evolveExceptions(state.exceptions, happened);
      return { ...state, exceptions, proposals: state.proposals + (type === PolicyExceptionProposed.type ? 1 : 0) };
    }
  }
}

/**
 * What of each setting holds at an instant: the change that began last, and of several that begin together the one that was confirmed
 * last. What the program does not know any more, or would not take any more, is passed over.
 */
export function holdingAt({ confirmed }: PolicyState, instant: string): ReadonlyMap<string, ConfirmedChange> {
  const holding = new Map<string, ConfirmedChange>();
  for (const change of confirmed) {
    const before = holding.get(change.setting);
    const known = SETTINGS.get(change.setting)?.tunable;
    if (known === undefined || known.fault(change.value) !== undefined) continue;
    if (change.since <= instant && (before === undefined || before.since <= change.since)) holding.set(change.setting, change);
  }
  return holding;
}

/** A policy with the changes that hold at an instant. */
export function policyAt(base: AccessPolicy, state: PolicyState, instant: string): AccessPolicy {
  let policy = base;
  for (const { setting, value } of holdingAt(state, instant).values()) {
    const { members, tunable } = SETTINGS.get(setting)!;
    policy = withValue(policy, members, tunable.toPolicy(value));
  }
  return policy;
}

/** The form in which a value stands in the ledger. */
export function recordedValue(value: SettingValue): RecordedValue {
  if (typeof value === 'number') return { whole: value };
  if (typeof value === 'boolean') return { flag: value };
  return typeof value === 'string' ? { code: value } : { codes: value };
}

export function settingValue({ whole, flag, code, codes }: RecordedValue): SettingValue {
  return whole ?? flag ?? code ?? codes ?? [];
}

function without(state: PolicyState, proposal: number): PolicyState {
  const open = new Map(state.open);
  open.delete(proposal);
  const exceptions = new Map(state.exceptions);
  if (exceptions.get(proposal)?.event === undefined) exceptions.delete(proposal);
  return { ...state, open, exceptions };
}
