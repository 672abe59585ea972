import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRINT_FORMATS, assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { createProgram } from '../../src/cli/program.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';

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

describe('print', () => {
  const START: Readonly<Record<string, string>> = { html: '<!DOCTYPE html>', pdf: '%PDF-1.7' };

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
