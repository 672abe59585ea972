import { addDays, todayInJapan } from '../codes/plain-date.js';
import { isErased, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import {
  EXPORT, ExportApproved, ExportEnded, ExportErased, ExportMade, ExportRejected, ExportRequested, ExportShortened, OutputOverdue, PRINT, PrintDisposed, PrintProduced, TAKE_OUT, TakeOutApproved, TakeOutLost, TakeOutRejected, TakeOutRequested,
  TakeOutReturned, TakenOut,
} from './events.js';

/** What every output has: how it stands, who began it, and the day by which the next step has to be taken: decided upon, used, or settled. */
interface Standing<Status extends string> {
  readonly status: 'none' | Status;
  readonly by: string;
  readonly due: string | null;
  /** that it is late has been said */
  readonly overdue: boolean;
}

export interface PrintState extends Standing<'open' | 'settled'> {
  readonly form: string;
  readonly sheets: number;
  /** not yet disposed of */
  readonly left: number;
  readonly subjects: readonly string[];
}

type Requested = EventOf<typeof ExportRequested>['data'];

export interface ExportState extends Standing<'requested' | 'approved' | 'rejected' | 'made' | 'settled'> {
  readonly request: Requested | null;
  /** `until` as it was approved; `due` may have become sooner since */
  readonly approval: { readonly id: string; readonly by: string; readonly number: boolean; readonly until: string } | null;
  readonly rows: number;
  /** how its bytes went; null as long as nobody has said so */
  readonly ended: EventOf<typeof ExportEnded>['data']['outcome'] | null;
}

type TakeOutRequest = EventOf<typeof TakeOutRequested>['data'];

export interface TakeOutState extends Standing<'requested' | 'approved' | 'rejected' | 'out' | 'lost' | 'settled'> {
  readonly request: TakeOutRequest | null;
  /** record items in it; none where they cannot be read any more */
  readonly items: readonly string[];
  readonly approval: { readonly id: string; readonly by: string } | null;
  /** that it was lost stays, also when it has come back: it was out of everybody's sight */
  readonly wasLost: boolean;
  /** it came back with less, or with more, than went out */
  readonly incomplete: boolean;
  readonly settledBy: string | null;
  /** plain date in Japan */
  readonly leftOn: string | null;
}

const nothing = { status: 'none', by: '', due: null, overdue: false } as const;
export const noPrint: PrintState = { ...nothing, form: '', sheets: 0, left: 0, subjects: [] };
export const noExport: ExportState = { ...nothing, request: null, approval: null, rows: 0, ended: null };
export const noTakeOut: TakeOutState = { ...nothing, request: null, items: [], approval: null, wasLost: false, incomplete: false, settledBy: null, leftOn: null };

export function evolvePrint(state: PrintState, { type, data, actor }: DomainEvent): PrintState {
  switch (type) {
    case PrintProduced.type: {
      const { form, sheets, subjects, due } = data as EventOf<typeof PrintProduced>['data'];
      return { ...noPrint, status: 'open', by: actor, due, form, sheets, left: sheets, subjects };
    }
    case PrintDisposed.type: {
      const left = Math.max(0, state.left - (data as EventOf<typeof PrintDisposed>['data']).sheets);
      return { ...state, left, status: left === 0 ? 'settled' : state.status };
    }
    default:
      return evolveOverdue(state, type);
  }
}

export function evolveExport(state: ExportState, { type, data, actor, id, occurredAt }: DomainEvent): ExportState {
  switch (type) {
    case ExportRequested.type: // what it is wanted for is over after the days asked for
      return { ...noExport, status: 'requested', by: actor, request: data as Requested, due: addDays(todayInJapan(new Date(occurredAt)), (data as Requested).days) };
    case ExportApproved.type: {
      const { until, number } = data as EventOf<typeof ExportApproved>['data'];
      return { ...state, status: 'approved', due: until, approval: { id, by: actor, number, until } };
    }
    case ExportRejected.type:
      return { ...state, status: 'rejected' };
    case ExportMade.type:
      return { ...state, status: 'made', rows: (data as EventOf<typeof ExportMade>['data']).rows };
    case ExportEnded.type:
      return { ...state, ended: (data as EventOf<typeof ExportEnded>['data']).outcome };
    case ExportShortened.type:
      return { ...state, due: (data as EventOf<typeof ExportShortened>['data']).until };
    case ExportErased.type:
      return { ...state, status: 'settled' };
    default:
      return evolveOverdue(state, type);
  }
}

export function evolveTakeOut(state: TakeOutState, { type, data, sealed, actor, id, occurredAt }: DomainEvent): TakeOutState {
  switch (type) {
    case TakeOutRequested.type:
      return { ...noTakeOut, status: 'requested', by: actor, request: data as TakeOutRequest, items: isErased(sealed) ? [] : (sealed as { items: readonly string[] }).items, due: (data as TakeOutRequest).until };
    case TakeOutApproved.type:
      return { ...state, status: 'approved', approval: { id, by: actor } };
    case TakeOutRejected.type:
      return { ...state, status: 'rejected' };
    case TakenOut.type:
      return { ...state, status: 'out', leftOn: todayInJapan(new Date(occurredAt)) };
    case TakeOutReturned.type:
      return { ...state, status: 'settled', incomplete: !(data as EventOf<typeof TakeOutReturned>['data']).complete, settledBy: actor };
    case TakeOutLost.type:
      return { ...state, status: 'lost', wasLost: true };
    default:
      return evolveOverdue(state, type);
  }
}

/**
 * The day until which an export lives under a policy of so many days: as it was approved, or as many days after its approval as the policy
 * has by now, whichever comes first. A policy with more days brings nothing back.
 */
export function livesUntil({ due, request, approval }: Pick<ExportState, 'due' | 'request' | 'approval'>, maxDays: number): string | null {
  if (due === null || request === null || approval === null) return due;
  const byPolicy = addDays(approval.until, Math.min(0, maxDays - request.days));
  return byPolicy < due ? byPolicy : due;
}

/** Whether something was asked for or approved, and its day is over: nothing can come of it any more. */
export function hasLapsed({ status, due }: { readonly status: string; readonly due: string | null }, today: string): boolean {
  return (status === 'requested' || status === 'approved') && due !== null && due < today;
}

function evolveOverdue<S extends { readonly overdue: boolean }>(state: S, type: string): S {
  return type === OutputOverdue.type ? { ...state, overdue: true } : state;
}

/** Whether something is out of the house, or lies about, that has to be settled. */
export function isOut({ status }: { readonly status: string }): boolean {
  return status === 'open' || status === 'made' || status === 'out' || status === 'lost';
}

/** Any of the three, for whoever folds all outputs. */
export type OutputState = PrintState | ExportState | TakeOutState;

const FOLDS: { readonly [category: string]: { readonly initial: OutputState; readonly evolve: (state: never, happened: DomainEvent) => OutputState } } = {
  [PRINT]: { initial: noPrint, evolve: evolvePrint },
  [EXPORT]: { initial: noExport, evolve: evolveExport },
  [TAKE_OUT]: { initial: noTakeOut, evolve: evolveTakeOut },
};

/** The state of an output after one more event of its stream. */
export function evolveOutput(category: string, state: OutputState | undefined, happened: DomainEvent): OutputState {
  const { initial, evolve } = FOLDS[category]!;
  return evolve((state ?? initial) as never, happened);
}
