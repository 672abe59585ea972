import { matchHeader } from '../../src/imports/columns.js';
import { inventedPerson, RESIDENT_HEADER, residentsCsv, slipOf, slipsCsv } from './files.js';
import { outcome, parse, parsePieces } from './parsing.js';

/** The form of the file: lines, quotes, columns. */
const ROW = '870000901,架空　汐里,カクウ　シオリ,20250402,女,汐浜市架空町1番地,転入,20260401';
const SAME = { addresseeNumber: '870000901', name: '架空　汐里', kana: 'カクウ　シオリ', birthDate: '2025-04-02', sex: 'female', address: '汐浜市架空町1番地', change: 'move-in', changedOn: '2026-04-01' };

const file = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
const withAddress = (cell: string): string => ROW.replace('汐浜市架空町1番地', cell);
const oneRow = { rows: [{ row: 1, values: SAME }], rejects: [], fault: null };

describe('line ends', () => {
  it.each([
    ['CRLF', '\r\n'],
    ['LF', '\n'],
    ['CR', '\r'],
  ])('%s', async (_, end) => {
    const parsed = await parse(`${RESIDENT_HEADER}${end}${ROW}${end}${ROW}${end}`);
    expect(outcome(parsed)).toEqual({ rows: [{ row: 1, values: SAME }, { row: 2, values: SAME }], rejects: [], fault: null });
  });

  it('the last line may do without one', async () => {
    expect(outcome(await parse(`${RESIDENT_HEADER}\r\n${ROW}`))).toEqual(oneRow);
  });

  it('empty lines are no rows, wherever they stand', async () => {
    expect(outcome(await parse(`\r\n${RESIDENT_HEADER}\r\n\r\n\r\n${ROW}\r\n\r\n`))).toMatchObject({ ...oneRow, rows: [{ row: 1, line: 5, values: SAME }] });
  });
});

describe('quotes', () => {
  it.each([
    ['a comma', '"汐浜市架空町1番地, 架空荘"', '汐浜市架空町1番地, 架空荘'],
    ['a quote', '"汐浜市架空町1番地 ""架空荘"""', '汐浜市架空町1番地 "架空荘"'],
    ['nothing that needs them', '"汐浜市架空町1番地"', '汐浜市架空町1番地'],
  ])('hold %s', async (_, cell, address) => {
    expect(outcome(await parse(file(RESIDENT_HEADER, withAddress(cell))))).toEqual({ rows: [{ row: 1, values: { ...SAME, address } }], rejects: [], fault: null });
  });

  it('hold a line break: the cell is refused for it, and the rows after keep their count', async () => {
    const { rows, rejects } = await parse(file(RESIDENT_HEADER, withAddress('"汐浜市架空町\r\n1番地"'), ROW));
    expect(rejects).toEqual([{ row: 1, column: 6, item: 'address', reason: 'invalid-text' }]);
    expect(rows).toEqual([{ row: 2, values: SAME }]);
  });

  it('of the header are none of its names', async () => {
    const quoted = RESIDENT_HEADER.split(',').map((name) => `"${name}"`).join(',');
    expect(outcome(await parse(file(quoted, ROW)))).toEqual(oneRow);
  });

  it('that never close stop the file, and what stands there is not told', async () => {
    const { rows, fault } = await parse(file(RESIDENT_HEADER, ROW, withAddress('"汐浜市架空町'), ROW));
    expect(fault).toMatchObject({ code: 'not-csv', columns: [] });
    expect(rows.map(({ row }) => row)).toEqual([1]);
    expect(JSON.stringify(fault)).not.toMatch(/汐浜|架空/);
  });
});

describe('columns', () => {
  it.each([
    ['too few cells', ROW.slice(0, ROW.lastIndexOf(','))],
    ['too many', `${ROW},余分`],
    ['a comma at the end', `${ROW},`],
    ['a single cell', '架空'],
    ['blanks alone', '  '],
  ])('a row with %s is rejected as a whole, and the next one is not', async (_, line) => {
    expect(outcome(await parse(file(RESIDENT_HEADER, line, ROW)))).toEqual({ rows: [{ row: 2, values: SAME }], rejects: [{ row: 1, column: 0, reason: 'column-count' }], fault: null });
  });

  it('a comma at the end of every line is a column without a name', async () => {
    expect((await parse(file(`${RESIDENT_HEADER},`, `${ROW},`))).fault).toEqual({ code: 'unknown-columns', columns: ['9'], line: 1 });
  });

  it('may come in any order', async () => {
    const turned = (line: string): string => line.split(',').reverse().join(',');
    expect(outcome(await parse(file(turned(RESIDENT_HEADER), turned(ROW))))).toEqual(oneRow);
  });

  it('rejects name the column where it stands in the file', async () => {
    const turned = (line: string): string => line.split(',').reverse().join(',');
    const { rejects } = await parse(file(turned(RESIDENT_HEADER), turned(ROW.replace('女', '無'))));
    expect(rejects).toEqual([{ row: 1, column: 4, item: 'sex', reason: 'invalid-sex' }]);
  });

  it('blanks around a name of the header do not matter, narrow or wide', async () => {
    expect(outcome(await parse(file(RESIDENT_HEADER.replace('性別', '　性別 '), ROW)))).toEqual(oneRow);
  });

  it('one that is not known refuses the file by its place, for what stands there may be a value', async () => {
    const { fault, rows } = await parse(file(`${RESIDENT_HEADER},架空の列,宛名番號`, `${ROW},1,2`));
    expect(fault).toEqual({ code: 'unknown-columns', columns: ['9', '10'], line: 1 });
    expect(rows).toEqual([]);
  });

  it('that a row cannot do without must be there, each of them', async () => {
    for (const name of RESIDENT_HEADER.split(',')) {
      const header = RESIDENT_HEADER.split(',').filter((other) => other !== name);
      expect(matchHeader('residents', header)).toEqual({ fault: { code: 'missing-columns', columns: [name] } });
    }
    expect((await parse(file('架空,性別', '架空,女'))).fault).toEqual({ code: 'missing-columns', columns: RESIDENT_HEADER.replace('性別,', '').split(','), line: 1 });
  });

  it('one that comes twice refuses the file', async () => {
    expect((await parse(file(`${RESIDENT_HEADER},性別`, `${ROW},男`))).fault).toEqual({ code: 'doubled-columns', columns: ['性別'], line: 1 });
  });

  it('of a file of the other kind are not taken', async () => {
    const person = inventedPerson();
    expect((await parse(slipsCsv([slipOf(person)]))).fault?.code).toBe('missing-columns');
    expect((await parse(residentsCsv([person]), { kind: 'vaccinations' })).fault?.code).toMatch(/^(number-column|missing-columns)$/);
  });
});

describe('hardly a file', () => {
  it.each([
    ['no bytes', ''],
    ['a mark alone', '\ufeff'],
    ['empty lines', '\r\n\r\n\r\n'],
  ])('%s: empty', async (_, bytes) => {
    expect(outcome(await parse(bytes))).toEqual({ rows: [], rejects: [], fault: { code: 'empty', columns: [], line: 1 } });
  });

  it('a header alone is a file without rows', async () => {
    expect(outcome(await parse(`${RESIDENT_HEADER}\r\n`))).toEqual({ rows: [], rejects: [], fault: null });
  });

  it('a NUL is a fault of its cell', async () => {
    expect((await parse(file(RESIDENT_HEADER, withAddress('汐浜市\u0000')))).rejects).toEqual([{ row: 1, column: 6, item: 'address', reason: 'invalid-text' }]);
    expect((await parse(file(RESIDENT_HEADER.replace('性別', '性\u0000別'), ROW))).fault?.code).toBe('missing-columns');
  });
});

it('however many rows there are, few batches are on their way at once', async () => {
  const bytes = Buffer.from(file(RESIDENT_HEADER, ...Array<string>(3000).fill(ROW)));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1024) }, (_, i) => bytes.subarray(i * 1024, (i + 1) * 1024));
  const { rows, upTo, mostUntaken } = await parsePieces(pieces, { batchRows: 50, slow: true });
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
  expect(upTo).toEqual(Array.from({ length: 60 }, (_, i) => (i + 1) * 50));
  expect(mostUntaken).toBeLessThanOrEqual(4);
});
