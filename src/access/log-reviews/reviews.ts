import { streamId } from '../../ledger/ids.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { Decoded } from '../../ledger/registry.js';
import { LOG_REVIEW, LogReviewOpened, LogReviewSigned } from './events.js';

/** The review of one month, as its events say it; what is sealed stays so. */
export interface LogReview {
  readonly id: string;
  /** its first day */
  readonly month: string;
  readonly due: string;
  readonly opened: Decoded;
  readonly signed?: Decoded;
}

/** All of them, in order of the months. Twelve a year are read from their streams: no register may be behind here. */
export async function logReviewsIn({ store, registry }: Pick<Ledger, 'store' | 'registry'>): Promise<readonly LogReview[]> {
  const found = new Map<string, LogReview>();
  for (const recorded of await store.readCategory(LOG_REVIEW)) {
    const happened = registry.decode(recorded);
    const { type, stream, data } = happened;
    const known = found.get(stream);
    if (type === LogReviewOpened.type) found.set(stream, { id: streamId(stream), ...(data as { month: string; due: string }), opened: happened });
    if (type === LogReviewSigned.type && known) found.set(stream, { ...known, signed: happened });
  }
  return [...found.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}
