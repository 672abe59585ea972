import { handlingEvent } from '../handling/block.js';
import { id, optional, text } from '../ledger/fields.js';

export const NUMBER = 'number';

/**
 * 個人番号: a stream of its own, so that lists never open it and it falls due alone. A changed number is a new stream that
 * names the old one; the old one is then due.
 */
export const NumberRegistered = handlingEvent({
  type: 'NumberRegistered',
  data: { subject: id, supersedes: optional(id) },
  sealed: { number: text(12) },
});
