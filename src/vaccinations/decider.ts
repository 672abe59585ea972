import { event, isErased, type DomainEvent, type EventOf, type NewDomainEvent } from '../ledger/event-type.js';
import type { Occasion } from '../walks/context.js';
import { conflict, refused, unacceptable, unacceptableAt, type Problem } from '../walks/problem.js';
import type { RecordFields, RecordVaccination } from './commands.js';
import { CancellationProposed, CorrectionProposed, ProposalReturned, VaccinationConfirmed, VaccinationRecorded, recordShape, type VaccinationRecord } from './events.js';

type Stage = 'entry' | 'correction' | 'cancellation';

interface Pending {
  readonly of: Stage;
  readonly by: string;
  readonly record: VaccinationRecord | null;
}

export interface VaccinationState {
  readonly subject: string | null;
  /** none: nothing yet · entered: waits for a second person · confirmed · cancelled · returned: the entry was sent back */
  readonly status: 'none' | 'entered' | 'confirmed' | 'cancelled' | 'returned';
  /** what waits for a second person, and who proposed it */
  readonly pending: Pending | null;
  /** an entry that nobody has confirmed yet, while a correction or cancellation of it waits */
  readonly entry: Pending | null;
  /** null when erased */
  readonly record: VaccinationRecord | null;
}

export const initialState = (): VaccinationState => ({ subject: null, status: 'none', pending: null, entry: null, record: null });

export function evolve(state: VaccinationState, happened: DomainEvent): VaccinationState {
  switch (happened.type) {
    case VaccinationRecorded.type: {
      const { data, sealed } = happened as EventOf<typeof VaccinationRecorded>;
      const record = isErased(sealed) ? null : sealed.record;
      const pending = data.batch ? null : ({ of: 'entry', by: happened.actor, record } as const);
      return { subject: data.subject, status: data.batch ? 'confirmed' : 'entered', pending, entry: pending, record };
    }
    case CorrectionProposed.type: {
      const { sealed } = happened as EventOf<typeof CorrectionProposed>;
      return { ...state, pending: { of: 'correction', by: happened.actor, record: isErased(sealed) ? null : sealed.record } };
    }
    case CancellationProposed.type:
      return { ...state, pending: { of: 'cancellation', by: happened.actor, record: null } };
    case VaccinationConfirmed.type: {
      const { of } = (happened as EventOf<typeof VaccinationConfirmed>).data;
      if (of === 'cancellation') return { ...state, status: 'cancelled', pending: null, entry: null };
      return { ...state, status: 'confirmed', record: of === 'correction' ? (state.pending?.record ?? null) : state.record, pending: null, entry: null };
    }
    case ProposalReturned.type:
      if ((happened as EventOf<typeof ProposalReturned>).data.of === 'entry') return { ...state, status: 'returned', pending: null, entry: null };
      return { ...state, pending: state.entry }; // what held before goes on holding, an entry goes on waiting
    default:
      return state;
  }
}

export function decide({ type, data }: { readonly type: string; readonly data: object }, state: VaccinationState, { today }: Occasion): readonly NewDomainEvent[] {
  switch (type) {
    case 'RecordVaccination': {
      const given = data as RecordVaccination;
      return [event(VaccinationRecorded, { subject: given.subject }, { record: checked(given, today) })];
    }
    case 'CorrectVaccination': {
      if (state.pending?.of === 'correction' || state.pending?.of === 'cancellation') throw conflict('pending', '確認待ちの訂正又は取消があります。先に確認か差戻しをしてください');
      return [event(CorrectionProposed, { subject: alive(state) }, { record: checked(data as RecordFields, today), about: { reason: reasonOf(data as RecordFields, '訂正') } })];
    }
    case 'CancelVaccination': {
      if (state.pending && state.pending.of !== 'entry') throw conflict('pending', '確認待ちの訂正又は取消があります。先に確認か差戻しをしてください');
      return [event(CancellationProposed, { subject: alive(state) }, { about: { reason: reasonOf(data as RecordFields, '取消') } })];
    }
    case 'ConfirmVaccination':
      return [event(VaccinationConfirmed, { subject: decidable(state), of: pendingOf(state) }, {})];
    case 'ReturnVaccination':
      return [event(ProposalReturned, { subject: decidable(state), of: pendingOf(state) }, { about: { reason: reasonOf(data as RecordFields, '差戻し') } })];
    default:
      throw new Error(`vaccinations do not decide ${type}`);
  }
}

/** 入力・訂正・取消 are each checked by a second person, not a second account. */
export function isSamePerson(state: VaccinationState, person: string): boolean {
  return state.pending?.by === person;
}

function alive(state: VaccinationState): string {
  const no = decided(state);
  if (no) throw no;
  if (state.subject === null) throw conflict('not-recorded', '接種記録がありません');
  return state.subject;
}

/** What another has confirmed or returned meanwhile is not decided on again. */
function decidable(state: VaccinationState): string {
  const no = decided(state);
  if (no) throw refused('taken', no);
  return alive(state);
}

function decided({ status }: VaccinationState): Problem | undefined {
  if (status === 'cancelled') return conflict('cancelled', 'この接種記録は取り消されています');
  return status === 'returned' ? conflict('returned', 'この接種記録の入力は差し戻されています。改めて入力してください') : undefined;
}

function pendingOf(state: VaccinationState): Stage {
  if (!state.pending) throw refused('taken', conflict('nothing-pending', '確認を待つ入力・訂正・取消はありません'));
  return state.pending.of;
}

function reasonOf({ reason }: { reason?: string }, act: string): string {
  if (reason === undefined) throw unacceptable('reason-required', `${act}には理由が必要です`);
  return reason;
}

function checked(given: RecordFields, today: string): VaccinationRecord {
  if (given.vaccinatedOn > today) throw unacceptableAt('/vaccinatedOn', 'in-the-future', '接種日が未来の日付です');
  return recordOf(given);
}

const FIELDS = Object.keys(recordShape) as (keyof VaccinationRecord & keyof RecordFields)[];

/** The record of a command, field by field as given. */
export function recordOf(given: Partial<RecordFields>): VaccinationRecord {
  const record: Record<string, unknown> = {};
  for (const name of FIELDS) if (given[name] !== undefined) record[name] = given[name];
  return record as unknown as VaccinationRecord;
}
