import ExcelJS from 'exceljs';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program.js';
import { assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { COMMISSION, MAPPING, workbookOf } from '../assessment-form/commission-workbook.js';

const directory = mkdtempSync(join(tmpdir(), 'akashi-assessment-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => void (process.exitCode = undefined));

const fixture = (name: string): string => new URL(`../assessments/fixtures/${name}.json`, import.meta.url).pathname;
const at = (name: string): string => join(directory, name);

/** The verb in this process: what it prints, and the exit code that it leaves. */
async function akashi(...args: readonly string[]): Promise<{ readonly said: string; readonly code: number }> {
  const said: string[] = [];
  const own = createProgram({}, (text) => void said.push(text));
  assessmentVerbs(own);
  process.exitCode = undefined;
  await own.program.parseAsync([...args], { from: 'user' });
  const code = Number(process.exitCode ?? 0);
  return { said: said.join('\n'), code };
}

/** A document with something changed in it. */
function changed(name: string, change: (document: any) => void): string { // eslint-disable-line @typescript-eslint/no-explicit-any
  const document = JSON.parse(readFileSync(fixture(name), 'utf8'));
  change(document);
  writeFileSync(at(`changed-${name}.json`), JSON.stringify(document));
  return at(`changed-${name}.json`);
}

it('lists the editions of the forms, and how much of each was not read on a printed copy', async () => {
  const { said } = await akashi('assessment', 'forms');
  expect(said).toMatch(/^form4-2025-05 +様式4 +全項目評価書 +\[令和7年5月　様式４\] +\d+ +\d+$/m);
  expect(JSON.parse((await akashi('--json', 'assessment', 'forms')).said)).toContainEqual(expect.objectContaining({ edition: 'form3-2025-05', unconfirmed: 0 }));
});

it('a document without a contradiction is said to have none, with exit code 0', async () => {
  expect(await akashi('assessment', 'check', fixture('full-form4'))).toEqual({ said: 'full-form4.json（全項目評価書、form4-2025-05）: 矛盾 0 件、未記入 0 件、要確認 0 件', code: 0 });
});

it('a contradiction is named with where it stands and by which rule, with exit code 2', async () => {
  const { said, code } = await akashi('assessment', 'check', changed('full-form4', ({ answers }) => void (answers['risk'][0]['risk.fileName'] += '（旧）')));
  expect(code).toBe(2);
  expect(said).toMatch(/: 矛盾 1 件、.*\n {2}矛盾　Ⅲ\..*Ⅱ\.1の特定個人情報ファイル名と違います［file-names］$/);
});

it('documents of one affair are compared with each other; of one form there is one', async () => {
  const affair = ['plan-form1', 'basic-form2', 'full-form4'].map(fixture);
  expect((await akashi('assessment', 'check', ...affair)).said).toMatch(/\n\n評価書どうし: 矛盾 0 件、未記入 0 件、要確認 0 件$/);
  expect(await akashi('assessment', 'check', ...affair.slice(1))).toMatchObject({ code: 2, said: expect.stringMatching(/評価書どうし: 矛盾 1 件、.*\n.*計画管理書（様式１）がありません［set-complete］$/) });
  await expect(akashi('assessment', 'check', fixture('full-form4'), changed('full-form4', () => undefined))).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining('様式4の評価書が二つ') });
});

it('moves a document to another edition, for its owner alone, and names what a person has to look at', async () => {
  const moved = await akashi('assessment', 'move', fixture('full-form4'), '--to', 'form4-2018-05', '--out', at('back.json'));
  expect(moved).toMatchObject({ code: 0, said: expect.stringMatching(/^人が確かめる項目: \d+ 件\n {2}選択肢　Ⅱ\.2\.④主な記録項目: 選択肢が変わりました$/m) });
  expect(statSync(at('back.json')).mode & 0o777).toBe(0o600);
  expect(readAssessment(readFileSync(at('back.json'), 'utf8'))).toMatchObject({ ok: true, assessment: { formId: 'form4-2018-05', status: 'draft' } });
});

it.each([
  ['no document', () => ['check', changed('full-form4', (document) => void delete document.formId)], /評価書として読めません。\n {2}\/formId: .*［missing］/],
  ['no JSON', () => { writeFileSync(at('no.json'), '{'); return ['check', at('no.json')]; }, /1行2文字目/],
  ['no such edition', () => ['move', fixture('full-form4'), '--to', 'form9', '--out', at('x.json')], /akashi assessment forms/],
  ['another form', () => ['move', fixture('full-form4'), '--to', 'form3-2025-05', '--out', at('x.json')], /移すことはできません/],
  ['a file that is there', () => ['move', fixture('full-form4'), '--to', 'form4-2018-05', '--out', fixture('full-form4')], /すでにあります/],
] as const)('%s is refused in Japanese', async (_, args, says) => {
  await expect(akashi('assessment', ...args())).rejects.toThrow(says);
});

describe('import', () => {
  const book = async (name: string, edit: (book: ExcelJS.Workbook) => void = () => undefined): Promise<string> => {
    await akashi('assessment', 'print', fixture('full-form4'), '--format', 'xlsx', '--out', at(name), '--force');
    const workbook = await new ExcelJS.Workbook().xlsx.load(readFileSync(at(name)) as unknown as ArrayBuffer);
    edit(workbook);
    writeFileSync(at(name), new Uint8Array(await workbook.xlsx.writeBuffer()));
    return at(name);
  };

  it('our own workbook becomes the document that it was made of', async () => {
    expect((await akashi('assessment', 'import', await book('own.xlsx'), '--out', at('own.json'))).said).toBe(`form4-2025-05 の評価書として読みました（変更箇所 3 行）。${at('own.json')} に書きました。`);
    expect(readFileSync(at('own.json'), 'utf8') === readFileSync(fixture('full-form4'), 'utf8')).toBe(true);
    expect(statSync(at('own.json')).mode & 0o777).toBe(0o600);
  });

  it('what cannot be read is told with its cell, and nothing is written', async () => {
    const edited = await book('edited.xlsx', (one) => { one.getWorksheet('Ⅰ')!.getCell('Z3').value = '覚え書き'; });
    await expect(akashi('assessment', 'import', edited, '--out', at('edited.json'))).rejects.toThrow(/取り込めません。[^]*Ⅰ!Z3: 欄でないところに文があるか/);
    expect(existsSync(at('edited.json'))).toBe(false);
  });

  it('one of somebody else needs a mapping; what was not found and what was left is listed', async () => {
    writeFileSync(at('commission.xlsx'), await workbookOf(COMMISSION));
    writeFileSync(at('mapping.json'), JSON.stringify(MAPPING));
    await expect(akashi('assessment', 'import', at('commission.xlsx'))).rejects.toThrow('対応表（--mapping）を指定');
    const { said } = await akashi('assessment', 'import', at('commission.xlsx'), '--mapping', at('mapping.json'), '--out', at('commission.json'));
    expect(said).toMatch(/人が記入するところ: \d+ 件\n[^]*Ⅰ\.1\.①事務の名称: シート「Ⅰ 基本情報」に見出し/);
    expect(said).toContain('表紙!B12（8 文字）');
    expect(readAssessment(readFileSync(at('commission.json'), 'utf8'))).toMatchObject({ ok: true });
    writeFileSync(at('mapping.json'), JSON.stringify({ ...MAPPING, formId: 'form9' }));
    await expect(akashi('assessment', 'import', at('commission.xlsx'), '--mapping', at('mapping.json'))).rejects.toThrow('/formId: 知らない様式の版です');
  });
});
