import { openStage } from '../walks/stage.js';
import { open, progress, send, take } from './desk.js';
import { inventedPerson, residentsCsv, RESIDENT_HEADER } from './files.js';
import { parse, parsePieces } from './parsing.js';

/** A file that is no CSV stops with a fault: the thread that reads it must not wait for ever. */
const ROW = '870000901,架空　汐里,カクウ　シオリ,20250402,女,汐浜市架空町1番地,転入,20260401';
const file = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
const withAddress = (cell: string): string => ROW.replace('汐浜市架空町1番地', cell);
const pieces = (text: string): Buffer[] => Array.from({ length: Math.ceil(text.length / 8192) }, (_, i) => Buffer.from(text.slice(i * 8192, (i + 1) * 8192)));

it.each([
  ['open in the midst of a cell', withAddress('汐浜市"架空町')],
  ['are followed by more than the end of the cell', withAddress('"汐浜市"架空町')],
])('quotes that %s stop the file, and what stands there is not told', async (_, line) => {
  const { rows, fault } = await parse(file(RESIDENT_HEADER, ROW, line, ROW));
  expect(fault).toMatchObject({ code: 'not-csv', columns: [] });
  expect(rows.map(({ row }) => row)).toEqual([1]);
  expect(JSON.stringify(fault)).not.toMatch(/汐浜|架空/);
});

it.each([
  ['a cell of ten million characters', withAddress('x'.repeat(10_000_000))],
  ['one in quotes', withAddress(`"${'x,'.repeat(5_000_000)}"`)],
])('%s stops the file, not the memory', async (_, line) => {
  expect((await parsePieces(pieces(file(RESIDENT_HEADER, ROW, line, ROW)))).fault).toMatchObject({ code: 'not-csv', columns: [] });
});

it('over HTTP the file is answered and recorded as aborted, and the next import can run', async () => {
  const stage = await openStage();
  const bytes = Buffer.from(file(RESIDENT_HEADER, ROW, withAddress('汐浜市"架空町'), ...Array<string>(500).fill(ROW)));
  const id = await open(stage, 'residents', bytes);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 3000);
  const answer = await send(stage, id, bytes, { signal: stop.signal });
  clearTimeout(timer);
  expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([422, 'not-csv', '3行目']);
  expect(await progress(stage, id)).toMatchObject({ status: 'aborted', reason: 'not-csv' });
  expect(await take(stage, 'residents', residentsCsv([inventedPerson()]))).toMatchObject({ registered: 1 });
  await stage.city.close();
});
