import fc from 'fast-check';
import { openStage } from '../walks/stage.js';
import { open, rejectsOf, send } from './desk.js';
import { RESIDENT_HEADER, inventedPerson, residentsCsv } from './files.js';
import { parse } from './parsing.js';

/** A rejected row is named as a spreadsheet numbers it, so that it is found again. */
const GOOD = '870000901,架空　汐里,カクウ　シオリ,20250402,女,汐浜市架空町1番地,転入,20260401';
const BAD = GOOD.replace('20250402', 'きのう');
const TWO_LINES = GOOD.replace('汐浜市架空町1番地', '"汐浜市架空町1番地\n（架空荘）"');

const placesOf = async (lines: readonly string[]): Promise<readonly number[]> => {
  const { rejects } = await parse(`${RESIDENT_HEADER}\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
  return rejects.map(({ row, line = row + 1 }) => line);
};

it('empty lines count, as they do in a spreadsheet', async () => {
  expect(await placesOf([BAD, '', GOOD, '', '', BAD])).toEqual([2, 7]);
});

it('a cell of two lines is one row, as it is in a spreadsheet', async () => {
  const places = await placesOf([TWO_LINES, BAD]);
  expect(places.at(-1)).toBe(3);
});

it('whatever stands before it, a bad row is found where it stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(GOOD, BAD, ''), { minLength: 1, maxLength: 40 }), async (lines) => {
      expect(await placesOf(lines)).toEqual(lines.flatMap((line, i) => (line === BAD ? [i + 2] : [])));
    }),
    { numRuns: 8 },
  );
});

it('the rejects file names the same line, for faults of cells and for rows as a whole', async () => {
  const stage = await openStage();
  try {
    const [header, row] = residentsCsv([inventedPerson()]).toString().split('\r\n') as [string, string];
    const bytes = Buffer.from([header, '', row, '', row, row.replace(/^\d+/, '宛名')].join('\r\n'));
    const id = await open(stage, 'residents', bytes);
    await send(stage, id, bytes);
    expect((await rejectsOf(stage, id)).map(({ line, column, code }) => [line, column, code])).toEqual([
      [5, null, 'same-row-twice'],
      [6, 1, 'invalid-addressee-number'],
    ]);
  } finally {
    await stage.city.close();
  }
});
