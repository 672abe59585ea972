import { isPlainDate } from '../../codes/plain-date.js';
import { dayOf, fiscalYearOf, startOfFiscalYear } from './days.js';
import { FIXED_RESIDENTS } from './named.js';

/** The demo's own people have a past; before this day part of it would lie in the future. */
const FIRST_TODAY = '2026-11-20';
const LAST_TODAY = '2099-12-31';
/** 宛名番号 have nine digits and 予診票番号 an eight-digit serial. */
const MOST = 99_000_000;

export interface CityOptions {
  /** a whole number from 0; the same options always give the same bytes */
  readonly seed: number;
  readonly residents: number;
  readonly records: number;
  /** `YYYY-MM-DD`, not before the day of the demo, 2026-11-20 */
  readonly today: string;
}

/** What everything of one city is derived from. */
export interface Frame {
  readonly seed: number;
  readonly residents: number;
  readonly records: number;
  readonly today: number;
  /**
   * The last day of the first files, three weeks back. What came later is in the change file of the day, or among the slips
   * that are still with the data-entry vendor.
   */
  readonly closing: number;
  /** The register goes back ten fiscal years (COVID of 2021 apart). */
  readonly history: number;
}

/** Streams of random numbers, one for each kind of thing. */
export const STREAM = { household: 1, schedule: 2, row: 3, changes: 4, slips: 5, slipRow: 6 } as const;

/** Throws RangeError for options that describe no city. */
export function frameOf({ seed, residents, records, today }: CityOptions): Frame {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError('the seed is a whole number from 0');
  for (const [count, what] of [[residents, 'residents'], [records, 'records']] as const) {
    if (!Number.isInteger(count) || count < 0 || count > MOST) throw new RangeError(`the number of ${what} is a whole number up to ${MOST}`);
  }
  if (residents < FIXED_RESIDENTS) throw new RangeError(`a city has at least the ${FIXED_RESIDENTS} residents of the demo`);
  if (!isPlainDate(today) || today < FIRST_TODAY || today > LAST_TODAY) throw new RangeError(`today is a date from ${FIRST_TODAY} to ${LAST_TODAY}`);
  const day = dayOf(today);
  return {
    seed, residents, records,
    today: day,
    closing: day - 21,
    history: startOfFiscalYear(fiscalYearOf(day) - 10),
  };
}
