import { addDays, addMonths } from '../../codes/plain-date.js';

/** A month by its first day. */
export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

/** The months that have ended by a day, from that of another on, each by its first day. */
export function monthsEnded(since: string, today: string): readonly string[] {
  const months: string[] = [];
  for (let month = monthOf(since); month < monthOf(today); month = addMonths(month, 1)) months.push(month);
  return months;
}

/** Its instants, the last millisecond included: RFC 3339 in UTC. */
export function instantsOf(month: string): { readonly from: string; readonly to: string } {
  const begin = (day: string): number => Date.parse(`${day}T00:00:00+09:00`);
  return { from: new Date(begin(month)).toISOString(), to: new Date(begin(addMonths(month, 1)) - 1).toISOString() };
}

/** The day of the next month by which it is to be signed; of a month that is shorter, its last. */
export function dueOf(month: string, dueDays: number): string {
  const next = addMonths(month, 1);
  const last = addDays(addMonths(next, 1), -1);
  const day = addDays(next, dueDays - 1);
  return day < last ? day : last;
}
