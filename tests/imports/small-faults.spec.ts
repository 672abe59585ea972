import { RESIDENT_HEADER } from './files.js';
import { parse, parsePieces } from './parsing.js';

const ROW = '870000901,架空　汐里,カクウ　シオリ,20250402,女,汐浜市架空町1番地,転入,20260401';

it('a name of blanks alone is missing, as it is at the counter', async () => {
  const { rejects } = await parse(`${RESIDENT_HEADER}\n${ROW.replace('架空　汐里', '　')}\n`);
  expect(rejects).toMatchObject([{ row: 1, column: 2, item: 'name' }]);
});

it('a file whose lines end now so, now so has all its rows', async () => {
  const { rows, rejects } = await parse(`${RESIDENT_HEADER}\n${ROW}\r\n${ROW}\n`);
  expect([rows.length, rejects]).toEqual([2, []]);
  const other = await parse(`${RESIDENT_HEADER}\r\n${ROW}\n${ROW}\r\n`);
  expect([other.rows.length, other.rejects]).toEqual([2, []]);
});

it('a line of a million commas stops the file: it must not be gathered without bound', async () => {
  const line = ','.repeat(1_000_000);
  const bytes = Buffer.from(`${RESIDENT_HEADER}\n${line}\n${ROW}\n`);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 8192) }, (_, i) => bytes.subarray(i * 8192, (i + 1) * 8192));
  expect((await parsePieces(pieces)).fault).toMatchObject({ code: 'not-csv' });
});
