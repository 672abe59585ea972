import fc from 'fast-check';
import { csvLine, RESIDENT_COLUMNS } from '../../src/demo/generator/csv.js';
import { cp932, inventedNumber, personAt, residentsCsv, sha256 } from './files.js';
import { outcome, parse, parsePieces, type Parsed } from './parsing.js';

/** However the network cuts a file, it is the same file. */
const RUNS = 6 + Number(process.env['AKASHI_CAMPAIGN'] ?? 0) * 200;

const cell = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('汐浜市架空町①番地', '架空　髙﨑', 'ｶｸｳ～－', '', '架空, "荘"', '―ソ十', '架空町\r\n2', '"', ',,', '女', '男', '20250402', '令和7年4月2日', inventedNumber(1)) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('架', '空', '①', '髙', ' ', ',', '"', 'ｱ', '1', '\n'), maxLength: 12 }) },
);
const row = fc.dictionary(fc.constantFrom(...RESIDENT_COLUMNS), cell, { maxKeys: 6 });
const rows = fc.array(fc.tuple(fc.nat(50), row), { minLength: 1, maxLength: 8 });
const lineEnd = fc.constantFrom('\r\n', '\n', '\r');
/** A cell with a stray line end would be another file under another line end. */
const fileOf = (given: readonly (readonly [number, Record<string, string>])[], end: string): string =>
  [csvLine(RESIDENT_COLUMNS), ...given.map(([index, over]) => csvLine(RESIDENT_COLUMNS.map((column) => ({ ...personAt(index), ...over })[column] ?? '')))].map((line) => line + end).join('');

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...new Set(places.map((place) => place % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

/** Beside rows and rejects: what the batches said they reached, which a resumed import goes by. */
const all = (parsed: Parsed): object => ({ ...outcome(parsed), upTo: parsed.upTo, digest: parsed.digest });

it.each([
  ['UTF-8', 'utf-8', (text: string) => Buffer.from(text)],
  ['UTF-8 with a mark', 'utf-8', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['Windows-31J', 'cp932', cp932],
] as const)('%s, cut anywhere, gives the same rows, rejects and batches', async (_, encoding, write) => {
  await fc.assert(
    fc.asyncProperty(rows, lineEnd, fc.array(fc.nat(), { maxLength: 40 }), async (given, end, places) => {
      const bytes = write(fileOf(given, end));
      const options = { encoding, batchRows: 3 } as const;
      const [whole, pieces] = await Promise.all([parse(bytes, options), parsePieces(cut(bytes, places), options)]);
      expect(whole.digest).toBe(sha256(bytes));
      expect(all(pieces)).toEqual(all(whole));
    }),
    { numRuns: RUNS, seed: 20_261_120 },
  );
}, 60_000 + RUNS * 1000);

it.each([
  ['UTF-8 with a mark', 'utf-8', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['Windows-31J', 'cp932', cp932],
] as const)('%s, byte by byte, gives the same rows: within a character, between CR and LF, between two quotes', async (_, encoding, write) => {
  const bytes = write(residentsCsv([personAt(1, { 氏名: '架空　髙﨑①', 連絡先: '架空, "自宅"' }), personAt(2, { 住所: '汐浜市―ソ\r\n架空町' }), personAt(3, { 氏名: '' })]).toString());
  const [whole, pieces] = await Promise.all([parse(bytes, { encoding }), parsePieces([...bytes].map((byte) => Uint8Array.of(byte)), { encoding })]);
  expect(all(pieces)).toEqual(all(whole));
  expect([whole.rows.length, whole.rejects]).toEqual([1, [{ row: 2, column: 9, item: 'address', reason: 'invalid-text' }, { row: 3, column: 5, item: 'name', reason: 'missing' }]]);
});

it('pieces without a byte are nothing', async () => {
  const bytes = residentsCsv([personAt(1), personAt(2)]);
  const none = new Uint8Array(0);
  expect(all(await parsePieces([none, bytes.subarray(0, 5), none, none, bytes.subarray(5), none]))).toEqual(all(await parse(bytes)));
});
