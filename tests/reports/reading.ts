import { reportNamed } from '../../projections/reports/all.js';
import { Labels } from '../../projections/reports/labels.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import type { Declaration } from '../../src/handling/declaration.js';
import { DECLARATION } from '../support/city.js';
import type { Town } from '../projections/town.js';

export type Row = Readonly<Record<string, string | number | null>>;

/** The written items of the city, or what becomes of them by a change. */
// Documents are looked into member by member.
export function declared(change: (document: any) => void = () => undefined): Declaration { // eslint-disable-line @typescript-eslint/no-explicit-any
  const document = JSON.parse(DECLARATION);
  change(document);
  const reading = readDeclaration(JSON.stringify(document));
  if (!reading.ok) throw new Error('not a declaration');
  return reading.declaration;
}

/** The rows of a report over the registers of a town, by the keys of their columns. */
export async function rowsOf(town: Town, name: string, terms: object, { upTo, declarations = [declared()] }: { readonly upTo?: number; readonly declarations?: readonly Declaration[] } = {}): Promise<readonly Row[]> {
  await town.folded();
  const { columns, read } = reportNamed(name);
  const keys = columns(terms as never).map(({ key }) => key);
  const position = upTo ?? (await town.head());
  const at = (await town.events()).findLast((event) => event.position <= position)?.recordedAt ?? null;
  const sources = { register: (register: string) => town.registers.query(register), upTo: position, at, labels: new Labels(declarations), declarations, asker: '', reached: () => undefined };
  return [...read(sources, terms as never)].flat().map((row) => {
    expect(row).toHaveLength(keys.length);
    return Object.fromEntries(keys.map((key, i) => [key, row[i]!]));
  });
}
