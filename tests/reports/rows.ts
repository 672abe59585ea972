import type Database from 'better-sqlite3';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { Labels } from '../../projections/reports/labels.js';
import { reportNamed } from '../../projections/reports/all.js';
import { DECLARATION } from '../support/city.js';
import type { Town } from '../projections/town.js';

export type Row = Readonly<Record<string, string | number | null>>;

const reading = readDeclaration(DECLARATION);
if (!reading.ok) throw new Error('the city’s declaration cannot be read');
export const declaration = reading.declaration;

export interface Beside {
  readonly asker?: string;
  /** in the place of the town's own */
  readonly register?: (name: string) => Database.Database;
}

/** A report's rows over a town up to a position, each by the keys of its columns. */
export async function rowsIn(town: Town, name: string, terms: object, upTo: number, { asker = '', register = (of) => town.registers.query(of) }: Beside = {}): Promise<readonly Row[]> {
  await town.folded();
  const { columns, read } = reportNamed(name);
  const keys = columns(terms as never).map(({ key }) => key);
  const at = (await town.events()).find(({ position }) => position === upTo)?.recordedAt ?? null;
  const sources = { register, upTo, at, labels: new Labels([declaration]), declarations: [declaration], asker, reached: () => undefined };
  return [...read(sources, terms as never)].flat().map((row) => {
    expect(row).toHaveLength(keys.length);
    return Object.fromEntries(keys.map((key, i) => [key, row[i]!]));
  });
}
