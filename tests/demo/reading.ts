import { parse } from 'csv-parse/sync';
import { generateCity, type City, type CityOptions } from '../../src/demo/generator/generator.js';

export const TODAY = '2026-11-20';
export const DEMO: CityOptions = { seed: 1, residents: 24_000, records: 100_000, today: TODAY };
export const SMALL: CityOptions = { seed: 7, residents: 300, records: 900, today: TODAY };

export type Row = Record<string, string>;

/** Read by a reader that is not ours. */
function cellsOf(lines: readonly string[]): string[][] {
  return parse(lines.map((line) => `${line}\r\n`).join(''), { relax_column_count: false });
}

function rowsOf([header, ...rows]: readonly (readonly string[])[]): Row[] {
  return rows.map((cells) => {
    const row: Row = {};
    header!.forEach((name, at) => (row[name] = cells[at]!));
    return row;
  });
}

/** What a reader of the file sees. */
export function read(lines: Iterable<string>): Row[] {
  return rowsOf(cellsOf([...lines]));
}

export interface CityRead {
  readonly city: City;
  /** of residents and records: as they were made, and the cells that were read from them */
  readonly files: readonly { readonly lines: readonly string[]; readonly cells: readonly (readonly string[])[] }[];
  readonly residents: readonly Row[];
  readonly records: readonly Row[];
  /** residents by 宛名番号 */
  readonly byNumber: ReadonlyMap<string, Row>;
}

/** The city of the demo, made and read once for each test file that asks. */
export function demoCity(): CityRead {
  const city = generateCity(DEMO);
  const files = [city.residentLines(), city.vaccinationLines()].map((made) => {
    const lines = [...made];
    return { lines, cells: cellsOf(lines) };
  });
  const [residents, records] = files.map(({ cells }) => rowsOf(cells)) as [Row[], Row[]];
  return { city, files, residents, records, byNumber: new Map(residents.map((row) => [row['宛名番号']!, row])) };
}

/** The failing values instead of one expectation for each of a hundred thousand rows. */
export function offending<T>(rows: readonly T[], isWrong: (row: T) => boolean): T[] {
  return rows.filter(isWrong).slice(0, 3);
}
