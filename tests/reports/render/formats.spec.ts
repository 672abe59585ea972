import { jest } from '@jest/globals';
import fc from 'fast-check';
import { TooManyRows, contentTypeOf, fileNameOf, refuseTooManyRows, writeReport } from '../../../projections/reports/render/index.js';
import { heldBack } from '../../../projections/reports/render/too-many-rows.js';
import { FORMATS, ROWS_FOR_PEOPLE, type ReportRow } from '../../../projections/reports/report.js';
import { HEAD, reportOf, rowOf, rowsOf, written } from './reports.js';

const FOR_PEOPLE = ['xlsx', 'pdf'] as const;
const FOR_MACHINES = ['json', 'csv'] as const;

it('has a type and a file name for each format', () => {
  expect(FORMATS.map((format) => fileNameOf(HEAD, format))).toEqual(['handling-log-184302.json', 'handling-log-184302.csv', 'handling-log-184302.xlsx', 'handling-log-184302.pdf']);
  expect(FORMATS.map((format) => contentTypeOf(format).split(';')[0])).toEqual(['application/json', 'text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/pdf']);
  for (const name of ['塩浜花子', 'a/b', '../a', 'a b', '', 'a\n']) expect(() => fileNameOf({ ...HEAD, name }, 'csv')).toThrow(TypeError);
});

describe.each(FORMATS)('%s', (format) => {
  it('is the same bytes for the same report, however the rows come in blocks', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('𪛖\u{E0100}', '髙橋', 'が', '（消去済み）', '=1'));
    const row: fc.Arbitrary<ReportRow> = fc.tuple(fc.constantFrom('2026-04-01T00:00:00Z', '消去', null), text, text, fc.constantFrom('2026-01-31', null), text, fc.oneof(fc.integer(), fc.constant(null)));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), fc.option(fc.constant('2026-10-01T00:00:00Z')), async (rows, size, recordedAt) => {
        const head = { stamp: { ...HEAD.stamp, recordedAt } };
        const first = await written(reportOf(rows, head, 12), format);
        expect((await written(reportOf(rows, head, size), format)).equals(first)).toBe(true);
      }),
      { numRuns: format === 'csv' || format === 'json' ? 60 : 10 },
    );
  }, 60_000);

  it('does not know what time it is', async () => {
    const first = await written(reportOf(rowsOf(30)), format);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2031, 0, 2));
    jest.useFakeTimers({ now: Date.UTC(2031, 0, 2), doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'] });
    try {
      expect((await written(reportOf(rowsOf(30)), format)).equals(first)).toBe(true);
    } finally {
      jest.useRealTimers();
      now.mockRestore();
    }
  });

  it('tells of the rows that were written', async () => {
    const heard: number[] = [];
    expect(await writeReport(reportOf(rowsOf(25), {}, 10), format, async () => {}, (rows) => heard.push(rows))).toEqual({ rows: 25 });
    expect(heard).toEqual([10, 20, 25]);
  });

  it('fails with what the rows or the reader failed with, and lets the rows go', async () => {
    let closed = 0;
    async function* failing(at: number) {
      try {
        for (let block = 0; block < 5; block += 1) {
          if (block === at) throw new Error('the register is gone');
          yield [rowOf(block)];
        }
      } finally {
        closed += 1;
      }
    }
    for (const at of [0, 3]) await expect(writeReport({ head: HEAD, blocks: failing(at) }, format, async () => {})).rejects.toThrow('the register is gone');
    expect(closed).toBe(2);
    await expect(writeReport({ head: HEAD, blocks: failing(9) }, format, () => Promise.reject(new Error('the reader is gone')))).rejects.toThrow('the reader is gone');
  });

  it('refuses rows that do not fit the columns, without a word of them', async () => {
    for (const row of [[...rowOf(1), '花子'], ['花子'], rowOf(1).with(2, '花子').with(5, Number.NaN), rowOf(1).with(5, Infinity)]) {
      const refused = await writeReport(reportOf([row]), format, async () => {}).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(RangeError);
      expect((refused as Error).message).not.toContain('花子');
    }
  });
});

describe('more rows than people can use', () => {
  const tooMany = () => ({ head: { ...HEAD, columns: HEAD.columns.slice(1, 2) }, blocks: numbers(ROWS_FOR_PEOPLE + 1) });

  it.each(FOR_PEOPLE)('are refused as %s before a byte goes out', async (format) => {
    let bytes = 0;
    const refused = await writeReport(tooMany(), format, async (chunk) => void (bytes += chunk.byteLength)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TooManyRows);
    expect(refused).toMatchObject({ code: 'too-many-rows' });
    expect(bytes).toBe(0);
  }, 60_000);

  it.each(FOR_MACHINES)('are written as %s', async (format) => {
    expect(await writeReport(tooMany(), format, async () => {})).toEqual({ rows: ROWS_FOR_PEOPLE + 1 });
  });

  it('can be refused by whoever knows their number', () => {
    for (const format of FOR_PEOPLE) {
      expect(() => refuseTooManyRows(format, ROWS_FOR_PEOPLE)).not.toThrow();
      expect(() => refuseTooManyRows(format, ROWS_FOR_PEOPLE + 1)).toThrow(TooManyRows);
    }
    for (const format of FOR_MACHINES) expect(() => refuseTooManyRows(format, 1e9)).not.toThrow();
  });

  async function* numbers(count: number) {
    for (let from = 0; from < count; from += 1000) yield Array.from({ length: Math.min(1000, count - from) }, (_, row) => [String(from + row)]);
  }
});

it('what is held back goes out in order, when there is too much of it or when it is released', async () => {
  const out: number[] = [];
  const { write, release } = heldBack(async (chunk) => void out.push(...chunk), 4);
  const chunk = Uint8Array.of(1, 2);
  await write(chunk);
  chunk.fill(0); // whoever wrote it may use its bytes again
  await write(Uint8Array.of(3, 4));
  expect(out).toEqual([]);
  await write(Uint8Array.of(5));
  expect(out).toEqual([1, 2, 3, 4, 5]);
  await write(Uint8Array.of(6));
  await release();
  expect(out).toEqual([1, 2, 3, 4, 5, 6]);
});

it.each(FOR_MACHINES)('%s asks for rows when those before have been taken', async (format) => {
  const events: string[] = [];
  async function* blocks() {
    for (let block = 0; block < 3; block += 1) {
      events.push(`rows ${block}`);
      yield [rowOf(block)];
    }
  }
  await writeReport({ head: HEAD, blocks: blocks() }, format, async () => {
    await new Promise(setImmediate);
    events.push('taken');
  });
  expect(events).toEqual(['taken', 'rows 0', 'taken', 'rows 1', 'taken', 'rows 2', 'taken', 'taken']);
});

it.each(FORMATS)('a column of codes is for machines: %s', async (format) => {
  const coded = { columns: [HEAD.columns[0]!, { key: 'code', label: '項目の符号', kind: 'text', width: 8, isCode: true } as const, ...HEAD.columns.slice(1)] };
  const rows = rowsOf(3).map(([first, ...rest]): ReportRow => [first!, 'file.acquisition.methods', ...rest]);
  const document = await written(reportOf(rows, coded), format);
  expect(document.equals(await written(reportOf(rowsOf(3)), format))).toBe(FOR_PEOPLE.includes(format as never));
  if (FOR_MACHINES.includes(format as never)) expect(document.toString().match(/file\.acquisition\.methods/g)).toHaveLength(3);
});
