import { eventType } from './event-type.js';
import { code, id } from './fields.js';

/** 評価実施機関: the organ that is answerable. One running engine serves one. */
export interface Agency {
  /** 団体コード, six digits */
  readonly municipality: string;
  /** mayor 市長 · education-board 教育委員会 · … */
  readonly organ: string;
}

/** The first event of every store: whose it is, and which vault belongs to it. */
export const StoreFounded = eventType({
  type: 'StoreFounded',
  handling: false,
  data: { store: id, vault: id, municipality: code, organ: code },
});
