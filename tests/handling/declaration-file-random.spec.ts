import fc from 'fast-check';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { DECLARATION as SAMPLE } from '../support/city.js';

type Path = readonly (string | number)[];

/** Members a declaration may do without, by the last parts of their place. */
const OPTIONAL = [/^note$/, /^legalGrounds\.\d+\.(until|former)$/, /^files\.\d+\.items\.\w+\.(mode|document)$/, /^files\.\d+\.items\.\w+$/, /^files\.\d+\.(recipients|transferees|evidence)$/, /\.when\.(source|counterpart|items)$/];

/** Every member of every object, by its path. */
function members(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => members(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...path, name], ...members(member, [...path, name])]);
}

function without(path: Path): string {
  const tree = JSON.parse(SAMPLE) as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce<Record<string, unknown>>((node, part) => node[part] as Record<string, unknown>, tree);
  delete parent[path.at(-1)!];
  return JSON.stringify(tree, null, 2);
}

const all = members(JSON.parse(SAMPLE));
const required = all.filter((path) => !OPTIONAL.some((optional) => optional.test(path.join('.'))));
const pointer = (path: Path): string => path.map((part) => `/${part}`).join('');

it('misses any one required member where it should stand', () => {
  expect(required.length).toBeGreaterThan(200);
  fc.assert(
    fc.property(fc.constantFrom(...required), (path) => {
      const reading = readDeclaration(without(path));
      if (reading.ok) throw new Error(`${pointer(path)} was not missed`);
      const parent = pointer(path.slice(0, -1));
      // article of an identity check and until of an observation are missed by the object they belong to, like any other.
      expect(reading.faults.map((fault) => fault.path)).toContain(parent);
      expect(reading.faults.find((fault) => fault.path === parent)!.message).toContain(String(path.at(-1)));
    }),
    { numRuns: 200 },
  );
});

it('does without any one optional member', () => {
  const optional = all.filter((path) => !required.includes(path));
  expect(optional.length).toBeGreaterThan(20);
  for (const path of optional) expect(`${pointer(path)} ${readDeclaration(without(path)).ok}`).toBe(`${pointer(path)} true`);
});

it('never falls over a document cut anywhere', () => {
  const text = JSON.stringify(JSON.parse(SAMPLE));
  fc.assert(
    fc.property(fc.nat(text.length - 1), (end) => {
      const reading = readDeclaration(text.slice(0, end));
      expect(reading.ok).toBe(false);
    }),
    { numRuns: 200 },
  );
});

it('never falls over a document with any piece put elsewhere', () => {
  fc.assert(
    fc.property(fc.nat(SAMPLE.length), fc.nat(40), fc.nat(SAMPLE.length), (from, length, to) => {
      const text = SAMPLE.slice(0, to) + SAMPLE.slice(from, from + length) + SAMPLE.slice(to);
      const reading = readDeclaration(text);
      if (!reading.ok) for (const { line, column, message } of reading.faults) expect(line > 0 && column > 0 && message.length > 0).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('never falls over any JSON, and finds fault with it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readDeclaration(text).ok).toBe(false);
    }),
    { numRuns: 200 },
  );
});

it('never repeats a value, wherever it stands', () => {
  const leaves = all.filter((path) => !OPTIONAL.some((optional) => optional.test(path.join('.'))));
  fc.assert(
    fc.property(fc.constantFrom(...leaves), fc.uuid(), fc.boolean(), (path, secret, listed) => {
      const tree = JSON.parse(SAMPLE) as Record<string, unknown>;
      const parent = path.slice(0, -1).reduce<Record<string, unknown>>((node, part) => node[part] as Record<string, unknown>, tree);
      parent[path.at(-1)!] = listed ? [` ${secret} `] : ` ${secret} `;
      const reading = readDeclaration(JSON.stringify(tree));
      if (!reading.ok) expect(JSON.stringify(reading.faults)).not.toContain(secret);
    }),
    { numRuns: 200 },
  );
});
