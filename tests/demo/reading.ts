import { parse } from 'csv-parse/sync';
import { generateCity, type City, type CityOptions } from '../../src/demo/generator/generator.js';

export const TODAY = '2026-11-20';
export const DEMO: CityOptions = { seed: 1, residents: 24_000, records: 100_000, today: TODAY };
export const SMALL: CityOptions = { seed: 7, residents: 300, records: 900, today: TODAY };

export type Row = Record<string, string>;

/** What a reader of the file sees, read by a reader that is not ours. */
export function read(lines: Iterable<string>): Row[] {
  return parse([...lines].map((line) => `${line}\r\n`).join(''), { columns: true, relax_column_count: false });
}

export interface CityRead {
  readonly city: City;
  readonly residents: readonly Row[];
  readonly records: readonly Row[];
  /** residents by 宛名番号 */
  readonly byNumber: ReadonlyMap<string, Row>;
}

/** The city of the demo, made and read once for each test file that asks. */
export function demoCity(): CityRead {
  const city = generateCity(DEMO);
  const residents = read(city.residentLines());
  return { city, residents, records: read(city.vaccinationLines()), byNumber: new Map(residents.map((row) => [row['宛名番号']!, row])) };
}

/** The failing values instead of one expectation for each of a hundred thousand rows. */
export function offending<T>(rows: readonly T[], isWrong: (row: T) => boolean): T[] {
  return rows.filter(isWrong).slice(0, 3);
}
