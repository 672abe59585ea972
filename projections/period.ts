import { unacceptableAt } from '../src/walks/problem.js';

/** A period that ends before it begins holds nothing, and would be answered with nothing: whoever asks for one is told. @throws Problem 422 */
export function expectPeriod(terms: object): void {
  const { from, to } = terms as { readonly from?: unknown; readonly to?: unknown };
  if (typeof from === 'string' && typeof to === 'string' && Date.parse(from) > Date.parse(to)) throw unacceptableAt('/from', 'period-reversed', '期間の始め（from）が期間の終わり（to）より後です');
}
