import ExcelJS from 'exceljs';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { PRINT_FORMATS } from '../../src/cli/verbs/print-formats.js';
import { createProgram } from '../../src/cli/program.js';
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

it('the differences of two versions are rows by item and part, with what they leave at odds; exit code 2 for a contradiction', async () => {
  const before = fixture('full-form4');
  expect(await akashi('assessment', 'diff', before, before)).toEqual({ said: 'full-form4.json → full-form4.json（全項目評価書、form4-2025-05）: 変更 0 件、うち※の項目 0 件\n変更はありません。', code: 0 });
  const renamed = changed('full-form4', ({ answers }) => void (answers.file[0]['file.use.departments'] = '保健政策課'));
  const dated = ['--changed', '2026-12-01', '--submitted', '2026-11-20', '--published', '2026-11-24'];
  const { said, code } = await akashi('assessment', 'diff', before, renamed, ...dated);
  expect(code).toBe(0);
  expect(said).toMatch(/変更 1 件、うち※の項目 1 件\n番号 .*提出時期.*\n1 +※ +Ⅱ\.3\.⑦使用部署 .*保健政策課 +事前\n\n※の項目の変更が 1 件あります。.*\n\n確かめるところ: 警告 0 件、矛盾 0 件、未記入 0 件、要確認 0 件$/);
  expect(JSON.parse((await akashi('--json', 'assessment', 'diff', before, renamed, ...dated)).said)).toMatchObject({ toJudge: 1, rows: [{ itemId: 'file.use.departments', after: '保健政策課', submission: '事前', explanation: null, starred: true }] });
  const fewer = await akashi('assessment', 'diff', before, changed('full-form4', ({ answers }) => void answers.file[0]['file.entrustments'].pop()));
  expect(fewer).toMatchObject({ code: 2, said: expect.stringMatching(/\n1 +※ +Ⅱ\.4\.委託事項2 .*（削除）\n[^]*矛盾　.*［count-rows］/) });
});

it('the days of a procedure are reckoned back from the change; exit code 2 when it is too late', async () => {
  const inTime = await akashi('assessment', 'schedule', '--change', '2027-04-01', '--today', '2026-11-20');
  expect(inTime).toMatchObject({ code: 0, said: expect.stringMatching(/^公示・意見聴取 +2027-01-08 +2027-02-06 +30日 .* opinions$/m) });
  const late = await akashi('assessment', 'schedule', '--change', '2027-04-01', '--today', '2026-12-20', '--days', 'review=60', 'opinions=20');
  expect(late).toMatchObject({ code: 2, said: expect.stringMatching(/間に合わない　評価書案の作成は\d+日前に.*\n {2}要確認　公示・意見聴取が30日に10日足りません。[^]*最も早い日: 令和9年/) });
  expect((await akashi('assessment', 'schedule', '--change', '2027-04-01', '--today', '2027-01-20', '--amend')).said).not.toMatch(/opinions|間に合わない/);
});

it('the threshold names the result, what decided it and how far the next one is; exit code 2 when the form is too low', async () => {
  expect(await akashi('assessment', 'threshold', '--subjects', '95000', '--handlers', '80', '--as-of', '2026-11-20')).toEqual({
    code: 0,
    said: [
      'しきい値判断（令和8年11月20日時点）: 基礎項目評価の実施が義務付けられる', '対象人数               95,000人', '取扱者数               80人', '過去1年以内の重大事故  発生なし', '決めた数: 対象人数',
      '注意　対象人数があと5,000人で100,000人になり、「基礎項目評価及び重点項目評価の実施が義務付けられる」に変わります', '取扱者数があと420人で500人になり、「基礎項目評価及び重点項目評価の実施が義務付けられる」に変わります',
      '根拠: 特定個人情報保護評価指針（しきい値判断）（この区分は出典で確かめていません）',
    ].join('\n'),
  });
  expect(await akashi('assessment', 'threshold', '--subjects', '150000', '--handlers', '80', '--incident', '2026-01-10', '--as-of', '2026-11-20', '--form', '3')).toMatchObject({ code: 2, said: expect.stringMatching(/全項目評価の実施が義務付けられる\n指定した様式では足りません。[^]*発生あり（令和9年1月10日から数えない）\n決めた数: 対象人数、重大事故/) });
  expect((await akashi('assessment', 'threshold', '--subjects', '20000', '--handlers', '80', '--form', '4', '--as-of', '2026-11-20')).said).toMatch(/: 基礎項目評価の実施が義務付けられる（任意に全項目評価を実施）\n/);
});

it.each([
  [['diff', fixture('full-form4'), fixture('focused-form3')], '全項目評価書と重点項目評価書は比べられません。'],
  [['diff', fixture('full-form4'), fixture('full-form4'), '--vocabulary', 'x'], 'by-importance（重要項目かどうかを書く） のどれか'],
  [['diff', fixture('full-form4'), fixture('full-form4'), '--submitted', '2026-11-20'], '変更日も --changed で'],
  [['threshold', '--subjects', '1', '--handlers', '1', '--incident', '2026-11-21', '--as-of', '2026-11-20'], '--incident に、令和8年11月20日'],
  [['threshold', '--subjects', '1', '--handlers', '1', '--incident', '2999-01-01'], 'より後の日は指定できません'],
  [['schedule', '--change', '令和9年4月1日'], '--change の日付は 2026-04-01 の形で'],
  [['schedule', '--change', '2027-04-01', '--days', 'party=3'], '段階は draft、opinions'],
  [['schedule', '--change', '2027-04-01', '--form', '1'], '--form は 2、3、4'],
  [['threshold', '--subjects', '1.5', '--handlers', '1'], '--subjects は0以上の整数で'],
  [['threshold', '--subjects', '1', '--handlers', '1', '--near', '101'], '--near は 0 から 100 まで'],
  [['threshold', '--subjects', '1', '--handlers', '1', '--form', '5'], '--form は 2、3、4'],
] as const)('call %# cannot be, and is refused in Japanese', async (args, says) => {
  await expect(akashi('assessment', ...args)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(says) });
});

describe('print', () => {
  const START: Readonly<Record<string, string>> = { html: '<!DOCTYPE html>', pdf: '%PDF-1.7', xlsx: 'PK', docx: 'PK' };

  it.each(PRINT_FORMATS)('writes the official form as %s, for its owner alone, the same each time', async (format) => {
    const out = at(`form4.${format}`);
    expect((await akashi('assessment', 'print', fixture('full-form4'), '--format', format, '--out', out)).said).toBe(`${out} に書きました。`);
    const first = readFileSync(out);
    expect(first.toString('latin1').startsWith(START[format]!)).toBe(true);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await expect(akashi('assessment', 'print', fixture('full-form4'), '--format', format, '--out', out)).rejects.toThrow('--out のファイルはすでにあります');
    const { said } = await akashi('--json', 'assessment', 'print', fixture('full-form4'), '--format', format, '--out', out, '--force');
    expect(JSON.parse(said)).toEqual({ file: out, format, edition: 'form4-2025-05', parts: 11, bytes: first.length, withheld: 0, losses: { missing: 0, variant: 0 }, evidence: null });
    expect(Buffer.compare(first, readFileSync(out))).toBe(0);
  });

  it('leaves out what a list withholds, and with it the digest against which it could be tried; the 根拠資料 has both', async () => {
    const [out, evidence, list] = [at('public.html'), at('evidence.html'), at('withhold.json')];
    writeFileSync(list, JSON.stringify({ format: 'akashi-withhold-1', withhold: [{ itemId: 'risk.storage', why: '安全管理措置の詳細' }] }));
    const { said } = await akashi('assessment', 'print', fixture('full-form4'), '--format', 'html', '--out', out, '--withhold', list, '--evidence', evidence);
    expect(said).toBe(`${out} に書きました。\n公表しない記載の指定: 1 件\n根拠資料を ${evidence} に書きました。`);
    expect(readFileSync(out, 'utf8')).toContain('（非公表）');
    expect(readFileSync(out, 'utf8')).not.toContain('akashi-digest');
    const whole = at('whole.html');
    await akashi('assessment', 'print', fixture('full-form4'), '--format', 'html', '--out', whole);
    const digest = /name="akashi-digest" content="([0-9a-f]{64})"/.exec(readFileSync(whole, 'utf8'))![1]!;
    expect(readFileSync(evidence, 'utf8')).toContain(`>${digest}<`);
    expect(readFileSync(evidence, 'utf8')).toContain('安全管理措置の詳細');
  });

  it('writes nothing where the list, the document or the places are wrong', async () => {
    const [out, list] = [at('nothing.html'), at('wrong.json')];
    writeFileSync(list, JSON.stringify({ format: 'akashi-withhold-1', withhold: [{ itemId: 'risk.strage', why: '措置' }] }));
    const print = (...more: readonly string[]) => akashi('assessment', 'print', fixture('full-form4'), '--format', 'html', '--out', out, ...more);
    await expect(print('--withhold', list)).rejects.toThrow('公表しない記載の一覧として読めません。\n  /withhold/0/itemId: 全項目評価書の項目ではありません');
    await expect(print('--evidence', out)).rejects.toThrow('--out と --evidence には別のファイルを指定してください。');
    await expect(akashi('assessment', 'print', list, '--format', 'html', '--out', out)).rejects.toThrow('評価書として読めません');
    expect(existsSync(out)).toBe(false);
  });

  it('says what the type face of the PDF has no shape for', async () => {
    const file = changed('full-form4', ({ answers }) => void (answers['cover.notes'] = '😀と辻\u{e0101}'));
    expect((await akashi('assessment', 'print', file, '--format', 'pdf', '--out', at('losses.pdf'))).said).toBe(`${at('losses.pdf')} に書きました。\n書体にない文字が 1 か所あり、〓で示しています。もとの文字は検索で見つかります。\n異体字の指定がある文字 1 か所を、標準の字形で示しています。`);
  });
});
