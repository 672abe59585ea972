import { ErasureOrdered } from '../../../../src/ledger/erasure.js';
import { CancellationProposed, CorrectionProposed, ProposalReturned, VaccinationConfirmed, VaccinationRecorded } from '../../../../src/vaccinations/events.js';

/** How a vaccination record stands, as far as the types of its events say. Of one that was imported nobody has to confirm the entry, which they do not say. */
export interface RecordThen {
  readonly status: 'entered' | 'confirmed' | 'cancelled' | 'returned' | 'erased';
  readonly pending: 'correction' | 'cancellation' | null;
  /** somebody has confirmed the entry, or nobody yet */
  readonly settled: boolean;
}

const WORDS: { readonly [status in RecordThen['status']]: string } = { entered: '入力済み', confirmed: '確認済み', cancelled: '取消済み', returned: '差戻し', erased: '消去済み' };

/** Of a record that has not been entered: undefined. */
export function evolveRecord(state: RecordThen | undefined, type: string): RecordThen | undefined {
  if (type === VaccinationRecorded.type) return { status: 'entered', pending: null, settled: false };
  if (state === undefined) return undefined;
  switch (type) {
    case CorrectionProposed.type:
      return { ...state, pending: 'correction' };
    case CancellationProposed.type:
      return { ...state, pending: 'cancellation' };
    case VaccinationConfirmed.type:
      return { status: state.pending === 'cancellation' ? 'cancelled' : 'confirmed', pending: null, settled: true };
    case ProposalReturned.type:
      return state.pending === null ? { ...state, status: 'returned' } : { ...state, pending: null };
    case ErasureOrdered.type:
      return { ...state, status: 'erased', pending: null };
    default:
      return state;
  }
}

/** Whether it holds for the person: what was cancelled, sent back or erased does not. */
export function isHeld({ status }: RecordThen): boolean {
  return status === 'entered' || status === 'confirmed';
}

export function recordWord({ status, pending }: RecordThen): string {
  return pending === null ? WORDS[status] : `${WORDS[status]}（${pending === 'correction' ? '訂正' : '取消'}の確認待ち）`;
}
