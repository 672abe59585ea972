import { isPlainDate } from '../codes/plain-date.js';

/** A moment as it was told; of a plain date the beginning of that day in Japan, or its last millisecond. What is neither stays as it is, for the engine to refuse. */
export function moment(told: string, edge: 'start' | 'end' = 'start'): string {
  if (!isPlainDate(told)) return told;
  return `${told}T${edge === 'start' ? '00:00:00' : '23:59:59.999'}+09:00`;
}

/** The terms of a period, of which each end may be told as a day. */
export function period<T extends { readonly from?: string; readonly to?: string }>(terms: T): T {
  const { from, to } = terms;
  return { ...terms, ...(from !== undefined && { from: moment(from) }), ...(to !== undefined && { to: moment(to, 'end') }) };
}
