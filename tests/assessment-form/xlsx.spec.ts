import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { readFormXlsx, type XlsxReading } from '../../projections/assessment-form/read-xlsx.js';
import { piecesOf } from '../../projections/assessment-form/xlsx-book.js';
import { readSheets, type Sheet } from '../../projections/assessment-form/xlsx-grid.js';
import { partsOf, type Withholding } from '../../projections/assessment-form/layout.js';
import { writeXlsx } from '../../projections/assessment-form/xlsx.js';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { FIXTURES, document, documentsOf, forms, published, type Json } from '../assessments/documents.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 4;

const META = { title: '予防接種に関する事務', createdAt: new Date('2026-10-01T00:00:00Z') };

async function workbook(assessment: Assessment, { withhold = [], form = formOf(assessment.formId)! }: { readonly withhold?: readonly Withholding[]; readonly form?: Form } = {}): Promise<Buffer> {
  return Buffer.from(await writeXlsx(form, partsOf(form, assessment, withhold), META, withhold.length === 0 ? assessment : undefined));
}

const back = async (assessment: Assessment): Promise<XlsxReading> => readFormXlsx(readSheets(await workbook(assessment)));

/** The reading is this very document, to the byte; told shortly when it is not. */
function expectSame(reading: XlsxReading, assessment: Assessment, editions?: Parameters<typeof writeAssessment>[1]): void {
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems.slice(0, 5)));
  const [now, then] = [reading.assessment, assessment].map((one) => writeAssessment(one, editions).split('\n'));
  const at = then!.findIndex((line, index) => line !== now![index]);
  expect([now![at], now!.length]).toEqual([then![at], then!.length]);
}

const written = new Map<string, Buffer>();

/** What a clerk did in Excel: the workbook opened, changed and saved. */
async function edited(assessment: Assessment, edit: (book: ExcelJS.Workbook, cellOf: (id: string, part?: string, at?: string) => ExcelJS.Cell) => void): Promise<XlsxReading> {
  const book = new ExcelJS.Workbook();
  const key = writeAssessment(assessment);
  if (!written.has(key)) written.set(key, await workbook(assessment));
  await book.xlsx.load(written.get(key) as unknown as ArrayBuffer);
  const facts = book.getWorksheet('_akashi')!;
  edit(book, (id, part = 'answer', at) => {
    let found: ExcelJS.Cell | undefined;
    facts.eachRow((row) => {
      if (found || row.getCell(1).value !== id || row.getCell(3).value !== part || (at !== undefined && row.getCell(2).value !== at)) return;
      const [, sheet, column, number] = /^'(.+)'!\$([A-Z]+)\$([0-9]+)$/.exec((row.getCell(5).value as ExcelJS.CellFormulaValue).formula)!;
      found = book.getWorksheet(sheet!)!.getCell(`${column}${number}`);
    });
    return found!;
  });
  return readFormXlsx(readSheets(new Uint8Array(await book.xlsx.writeBuffer())));
}

const answersOf = (reading: XlsxReading): Json => (reading.ok ? reading.assessment.answers : reading.problems);
const problemsOf = (reading: XlsxReading): readonly string[] => (reading.ok ? [] : reading.problems.map(({ place, message }) => `${place}: ${message}`));

describe('the form as a workbook and back', () => {
  it.each(FIXTURES)('%s comes back to the byte', async (fixture) => {
    expectSame(await back(document(fixture)), document(fixture));
  });

  const real = published();
  if (real) {
    it.each([...real.keys()])('so does the published document of %s, and its workbook is the same bytes twice', async (name) => {
      const reading = readAssessment(real.get(name)!);
      if (!reading.ok) throw new Error(name);
      const bytes = await workbook(reading.assessment);
      expectSame(readFormXlsx(readSheets(bytes)), reading.assessment);
      expect((await workbook(reading.assessment)).equals(bytes)).toBe(true);
    });
  } else console.info('Published documents are not here (../shared/assessments or AKASHI_TEST_ASSESSMENTS); their workbooks are not tested.');

  it.each([...allForms().values()].map((form) => [form.formId, form] as const))('so does any document of %s: lost, blank, dashes, unread boxes, any characters', async (_, form) => {
    await fc.assert(fc.asyncProperty(documentsOf(form), async (assessment) => expectSame(await back(assessment), assessment)), { numRuns: RUNS, endOnFailure: true });
  });

  it('and any document of any form', async () => {
    await fc.assert(
      fc.asyncProperty(forms('form4-any').chain((form) => documentsOf(form).map((assessment) => ({ form, assessment }))), async ({ form, assessment }) => {
        const editions = (): typeof form => form;
        expectSame(readFormXlsx(readSheets(await workbook(assessment, { form })), editions), assessment, editions);
      }),
      { numRuns: RUNS * 10, endOnFailure: true },
    );
  });

  it('a drawing as data stands there in words, and comes back as data until the words are changed', async () => {
    const figure = JSON.stringify({ format: 'akashi-figure-1', nodes: [{ id: 'a', label: '住民', kind: 'person' }, { id: 'b', label: '市', kind: 'organisation' }], arrows: [{ number: '①', from: 'a', to: 'b', flow: 'personal' }] });
    const drawn = document('full-form4', ({ answers }) => { answers['basic.flow'] = figure; });
    expectSame(await back(drawn), drawn);
    expect(answersOf(await edited(drawn, (_, cellOf) => {
      expect(cellOf('basic.flow').value).toBe('① 住民から市へ（個人情報の流れ）');
      cellOf('basic.flow').value = '別紙のとおり';
    }))['basic.flow']).toBe('別紙のとおり');
  });

  it('a text longer than a cell holds goes on in the next, cut at a line or between characters', async () => {
    const long = document('full-form4', ({ answers, changeLog }) => {
      answers['cover.notes'] = '\u{20bb7}'.repeat(40_000);
      answers['basic.affair.content'] = `${'あ'.repeat(30_000)}\n${'い'.repeat(30_000)}`;
      changeLog[0].after = `${'う\n'.repeat(20_000)}終`;
    });
    expectSame(await back(long), long);
    expect(piecesOf('abc\nd\n', 4).map(({ text, part }) => [text, part])).toEqual([['abc', 'answer'], ['d\n', 'more\n']]);
  });
});

describe('the workbook itself', () => {
  let book: ExcelJS.Workbook;
  let sheets: readonly Sheet[];

  beforeAll(async () => {
    const bytes = await workbook(document('full-form4'));
    book = await new ExcelJS.Workbook().xlsx.load(bytes as unknown as ArrayBuffer);
    sheets = readSheets(bytes);
  });

  it('has a sheet for each part, A4 upright with the heading and the number on each page, and nothing else in sight', () => {
    expect(book.worksheets.filter(({ state }) => state === 'visible').map(({ name }) => name)).toEqual(['表紙', '項目一覧', 'Ⅰ', '別添1', 'Ⅱ', '別添2', 'Ⅲ', 'Ⅳ', 'Ⅴ', 'Ⅵ', '別添3']);
    expect(book.worksheets.filter(({ state }) => state !== 'visible').map(({ name, state }) => [name, state])).toEqual([['_akashi_list', 'veryHidden'], ['_akashi', 'veryHidden']]);
    const { pageSetup, headerFooter } = book.getWorksheet('別添3')!;
    expect([pageSetup.paperSize, pageSetup.orientation, pageSetup.fitToWidth, pageSetup.fitToHeight, pageSetup.printTitlesRow, headerFooter.oddFooter]).toEqual([9, 'portrait', 1, 0, '3:3', '&C&P']);
  });

  it('every option can be chosen, and every mark', () => {
    const sheet = book.getWorksheet('Ⅱ')!;
    const rules = new Map<string, ExcelJS.DataValidation>();
    sheet.eachRow((row) => row.eachCell((cell) => { if (cell.dataValidation && cell.master === cell) rules.set(cell.text, cell.dataValidation); }));
    const chosen = rules.get('システム用ファイル')!;
    expect(chosen).toMatchObject({ type: 'list', showErrorMessage: true });
    const [, column, last] = /^_akashi_list!\$([A-Z]+)\$1:\$[A-Z]+\$([0-9]+)$/.exec(chosen.formulae[0] as string)!;
    expect([1, Number(last)].map((row) => book.getWorksheet('_akashi_list')!.getCell(`${column}${row}`).value)).toEqual(['システム用ファイル', 'その他の電子ファイル（表計算ファイル等）']);
    expect(rules.get('○')).toMatchObject({ type: 'list', error: '○を選ぶか、空欄にしてください。' });
    expect(rules.get('2')).toMatchObject({ type: 'whole' });
  });

  it('prints every option, every box and days as the form does; no row is higher than Excel takes', () => {
    const texts = (name: string): readonly string[] => [...sheets.find((sheet) => sheet.name === name)!.cells.values()].map(({ text }) => text);
    expect(texts('Ⅱ')).toEqual(expect.arrayContaining(['＜選択肢＞\n1） システム用ファイル\n2） その他の電子ファイル（表計算ファイル等）', '平成29年7月18日', '電子メール', '）件']));
    for (const sheet of book.worksheets) sheet.eachRow(({ height }) => expect(height ?? 0).toBeLessThanOrEqual(409));
  });

  it('a long text is one cell over several rows, none so high that a page could not end before it; its label stands beside all of them', async () => {
    const long = document('full-form4', ({ answers }) => { answers['basic.affair.content'] = 'あ'.repeat(3_000); });
    const sheet = (await new ExcelJS.Workbook().xlsx.load((await workbook(long)) as unknown as ArrayBuffer)).getWorksheet('Ⅰ')!;
    const [answer, label] = [/^あ{3000}$/, /^②事務の内容/].map((text) => {
      const rows: ExcelJS.Row[] = [];
      sheet.eachRow((row) => { if ((row.values as unknown[]).some((value) => typeof value === 'string' && text.test(value))) rows.push(row); });
      return rows;
    });
    const heights = answer!.map(({ height }) => height);
    expect([answer!.length, label!.map(({ number }) => number)]).toEqual([Math.ceil((3_000 * 1.92) / (17 * 3.75 - 2) / 12), answer!.map(({ number }) => number)]);
    expect(Math.max(...heights)).toBeLessThan(180);
    expect(heights.reduce((sum, height) => sum + height, 0)).toBeGreaterThan((3_000 / 33) * 13);
  });

  it('the file says of which document it is; that of a public edition says nothing', async () => {
    const form = formOf('form4-2025-05')!;
    const [told, untold] = await Promise.all([{ ...META, digest: 'abc', position: 7 }, META].map(async (meta) => new ExcelJS.Workbook().xlsx.load((await writeXlsx(form, partsOf(form, document('full-form4')), meta)) as unknown as ArrayBuffer)));
    expect([told!.description, told!.title, told!.created.toISOString(), untold!.description ?? '']).toEqual(['SHA-256 abc、記録の位置 7', META.title, '2026-10-01T00:00:00.000Z', '']);
  });

  it('holds no answer beside the form, and a public edition nothing of what is withheld', async () => {
    const hidden = [...sheets.find(({ name }) => name === '_akashi')!.cells.values()].map(({ text }) => text).join('\n');
    expect(hidden).not.toContain('株式会社しおはまシステムズ');
    const open = readSheets(await workbook(document('full-form4'), { withhold: [{ itemId: 'file.storage.place', why: '安全管理' }] }));
    expect(open.some(({ name }) => name === '_akashi')).toBe(false);
    const words = open.flatMap(({ cells }) => [...cells.values()].map(({ text }) => text)).join('\n');
    expect([words.includes('（非公表）'), words.includes('施錠した電算室')]).toEqual([true, false]);
  });
});

describe('a workbook that a clerk edited', () => {
  it('gives the new text, option, mark, day and figure, and blank for what was emptied', async () => {
    const reading = await edited(document('full-form4'), (_, cellOf) => {
      cellOf('cover.title').value = '予防接種の評価書';
      cellOf('basic.affair.headcount').value = '1,000人以上1万人未満';
      cellOf('cover.publicationDate').value = new Date('2027-01-15T00:00:00Z');
      cellOf('cover.publicationDate').numFmt = 'yyyy/m/d';
      cellOf('file.heldSince').value = 'R8.4.1';
      cellOf('file.entrustment.count').value = 3;
      cellOf('basic.reason.benefit').value = null;
      cellOf('basic.systems.connections', 'mark:taxSystem', 'basic.systems:2').value = '〇';
      cellOf('basic.systems.connections', 'mark:addressSystem', 'basic.systems:1').value = null;
      cellOf('basic.systems.name', 'answer', 'basic.systems:1').value = { richText: [{ text: '新' }, { text: '台帳' }] };
    });
    const answers = answersOf(reading);
    expect([answers['cover.title'], answers['basic.affair.headcount'], answers['cover.publicationDate'], answers.file[0]['file.heldSince'], answers.file[0]['file.entrustment.count'], answers['basic.reason.benefit']]).toEqual(['予防接種の評価書', '1k-10k', '2027-01-15', '2026-04-01', 3, '']);
    expect([answers['basic.systems'][0]['basic.systems.connections'].ticked, answers['basic.systems'][1]['basic.systems.connections'].ticked.includes('taxSystem'), answers['basic.systems'][0]['basic.systems.name']]).toEqual([['internalLink'], true, '新台帳']);
    expect(reading.ok && [reading.assessment.title, reading.assessment.publishedOn]).toEqual(['予防接種の評価書', '2027-01-15']);
  });

  it('a block that was printed empty and is filled in is one more', async () => {
    const reading = await edited(document('full-form4'), (_, cellOf) => { cellOf('file.entrustments.title', 'answer', 'file:1 file.entrustments:3').value = '発送'; });
    expect(answersOf(reading).file[0]['file.entrustments'].map((one: Json) => one['file.entrustments.title'])).toEqual(['予診票の入力', '発送'].toSpliced(0, 0, '予防接種台帳システムの保守'));
  });

  it('rows of 変更箇所 put in, taken out and moved keep what belongs to them', async () => {
    const before = document('full-form4', ({ changeLog, gaps }) => {
      changeLog[0].explanation = null;
      gaps.push({ itemId: 'changes.rows', row: 1, kind: 'lost', why: '読めない' });
    });
    const [first, second] = before.changeLog;
    const reading = await edited(before, (book, cellOf) => {
      const head = cellOf('changes.rows', 'head:changedOn');
      const sheet = book.getWorksheet(head.worksheet.name)!;
      const columns = ['changedOn', 'itemPath', 'before', 'after', 'submission', 'explanation'].map((code) => Number(cellOf('changes.rows', `head:${code}`).col));
      const rows = [Number(cellOf('changes.rows', 'row:1').row), Number(cellOf('changes.rows', 'row:2').row)];
      const values = rows.map((row) => columns.map((column) => sheet.getCell(row, column).value));
      columns.forEach((column, at) => { sheet.getCell(rows[0]!, column).value = values[1]![at]!; sheet.getCell(rows[1]!, column).value = values[0]![at]!; });
      const end = sheet.rowCount + 1;
      ['令和8年10月1日', 'Ⅰ', '', '追加', '事後', '－'].forEach((text, at) => { sheet.getCell(end, columns[at]!).value = text; });
    });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    expect(reading.assessment.changeLog.slice(0, 2)).toEqual([second, first]);
    expect(reading.assessment.changeLog.at(-1)).toEqual({ changedOn: '2026-10-01', itemPath: 'Ⅰ', itemId: null, before: '', after: '追加', submission: '事後', explanation: '－' });
    expect(reading.assessment.gaps).toEqual([{ itemId: 'changes.rows', row: 2, kind: 'lost', why: '読めない' }]);
    expect(reading.notes).toEqual([expect.stringContaining('新しい行')]);
  });

  it.each<[string, string, Parameters<typeof edited>[1]]>([
    ['a word that is no option', 'は選択肢にない答えです', (_, cellOf) => { cellOf('basic.affair.headcount').value = '百人'; }],
    ['a day that does not exist', 'は日付として読めません', (_, cellOf) => { cellOf('cover.publicationDate').value = '令和8年2月30日'; }],
    ['a figure in words', 'は件数として読めません', (_, cellOf) => { cellOf('file.entrustment.count').value = '二'; }],
    ['a mark that means nothing', 'には、○を書くか', (_, cellOf) => { cellOf('file.acquisition.methods', 'mark:paper').value = '？'; }],
    ['a text beside a box without a mark', '○のない欄の（　）に文があります', (_, cellOf) => { cellOf('file.acquisition.sources', 'mark:private').value = null; }],
    ['words where the form has no answer', '欄でないところに文があるか', (book) => { book.getWorksheet('Ⅰ')!.getCell('Z9').value = '覚え書き'; }],
    ['a label rewritten', '様式の文言が書き換えられています', (book) => { book.getWorksheet('Ⅰ')!.getCell('A1').value = '概要'; }],
    ['an error', 'セルがエラーになっています', (_, cellOf) => { cellOf('cover.agency').value = { error: '#N/A' } as ExcelJS.CellErrorValue; }],
    ['a cell whose row was deleted', 'この欄の行・列かシートが削除されています', (book) => { book.getWorksheet('_akashi')!.eachRow((row) => { if (row.getCell(1).value === 'basic.otherAgencies') row.getCell(5).value = { formula: '#REF!' } as ExcelJS.CellFormulaValue; }); }],
    ['a sheet that was deleted', 'この欄の行・列かシートが削除されています', (book) => { book.removeWorksheet(book.getWorksheet('Ⅴ')!.id); }],
    ['a change without its day', '変更日を日付として読めません', (_, cellOf) => { cellOf('changes.rows', 'row:1').value = ''; }],
  ])('tells %s', async (_, message, edit) => {
    const problems = problemsOf(await edited(document('full-form4'), edit));
    expect(problems).not.toEqual([]);
    expect(problems.every((problem) => problem.includes(message))).toBe(true);
  });

  it('reads a formula by what it came to last, with a note', async () => {
    const reading = await edited(document('full-form4'), (_, cellOf) => { cellOf('cover.agency').value = { formula: '"汐浜"&"市長"', result: '汐浜市長' } as ExcelJS.CellFormulaValue; });
    expect(reading.ok && [reading.assessment.agency, reading.notes.length]).toEqual(['汐浜市長', 1]);
  });

  it('a workbook of somebody else is told as one', async () => {
    const book = new ExcelJS.Workbook();
    book.addWorksheet('表紙').getCell('A1').value = '特定個人情報保護評価書';
    expect(() => readFormXlsx([{ name: '表紙', hidden: false, cells: new Map(), merges: [] }])).toThrow('証が書き出した評価書のブックではありません');
  });
});
