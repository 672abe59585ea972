import fc from 'fast-check';
import type { Answer, Assessment } from '../../src/assessments/answers/assessment.js';
import { isTicks } from '../../src/assessments/answers/assessment.js';
import { cellKey, cellsOf } from '../../src/assessments/answers/cells.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { printedDate } from '../../projections/assessment-form/content.js';
import { evidenceParts, type EvidenceOf } from '../../projections/assessment-form/evidence.js';
import { partsOf, type Withholding } from '../../projections/assessment-form/layout.js';
import { cellsIn, WITHHELD, type Cell, type Part, type Row } from '../../projections/assessment-form/model.js';
import { readWithholding } from '../../projections/assessment-form/withholding.js';
import { FIXTURES, document, documentsOf, forms, published } from '../assessments/documents.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 30;
const layout = (assessment: Assessment): readonly Part[] => partsOf(formOf(assessment.formId)!, assessment);
const read = (text: string): Assessment => {
  const reading = readAssessment(text);
  if (!reading.ok) throw new Error('no document');
  return reading.assessment;
};

/** What a cell says, each 件 beside a box as a cell of its own. */
function said({ itemId, at, content }: Cell): readonly (readonly [string, unknown])[] {
  const own = [cellKey(itemId, at), content.kind === 'text' ? content.text : content.kind === 'choice' ? content.answer : content.kind === 'boxes' ? content.boxes.flatMap(({ code, ticked, text }) => (ticked ? [[code, text ?? '']] : [])) : content] as const;
  return [own, ...(content.kind === 'boxes' ? content.boxes.flatMap(({ count }) => (count ? [[cellKey(count.itemId, at), count.text] as const] : [])) : [])];
}

/** What the layout should say of the answers, in the order of the form. */
function expected(form: Form, assessment: Assessment): readonly (readonly [string, unknown])[] {
  return cellsOf(form, assessment).map(({ item, at, answer }) => {
    const text = (given: Answer): unknown => {
      if (isTicks(given)) return item.ticks.flatMap(({ code }) => (given.ticked.includes(code) ? [[code, given.text[code] ?? '']] : []));
      if (item.kind === 'ticks') return [];
      if (item.kind === 'choice') return item.options.find(({ code }) => code === given)?.label ?? '';
      if (item.kind === 'date') return printedDate(given as string | null);
      return given === null || given === '' ? (item.fixedText ?? '') : String(given);
    };
    return [cellKey(item.id, at), text(answer)] as const;
  });
}

/** The layout says every answer, in order; what else it has are blocks of a printed sheet that nobody filled in. */
function expectAll(form: Form, assessment: Assessment): void {
  const wanted = expected(form, assessment);
  const keys = new Set(wanted.map(([key]) => key));
  const shown = partsOf(form, assessment).filter(({ kind }) => !['records', 'changes'].includes(kind)).flatMap((part) => [...cellsIn(part)].flatMap(said));
  expect(shown.filter(([key]) => keys.has(key))).toEqual(wanted);
  expect(shown.filter(([key, value]) => !keys.has(key) && JSON.stringify(value) !== '""' && JSON.stringify(value) !== '[]').filter(([key]) => !form.sections.some(() => fixedOf(form).has(key.split(' ')[0]!)))).toEqual([]);
}
const fixedOf = (form: Form): ReadonlySet<string> => new Set(JSON.stringify(form).match(/"id":"[^"]+"[^{}]*"fixedText"/g)?.map((found) => /"id":"([^"]+)"/.exec(found)![1]!) ?? []);

const headings = (rows: readonly Row[]): readonly string[] => rows.flatMap((row) => (row.kind === 'heading' ? [row.text] : row.kind === 'answer' && row.isEntry ? [row.label] : []));

describe('the layout', () => {
  it.each(FIXTURES)('of %s has every answer in the order of the form', (fixture) => expectAll(formOf(document(fixture).formId)!, document(fixture)));

  it('of any document of any edition, and of any form', () => {
    for (const form of allForms().values()) fc.assert(fc.property(documentsOf(form), (assessment) => expectAll(form, assessment)), { numRuns: RUNS / 5, endOnFailure: true });
    fc.assert(fc.property(forms('form4-any').chain((form) => documentsOf(form).map((assessment) => ({ form, assessment }))), ({ form, assessment }) => expectAll(form, assessment)), { numRuns: RUNS * 3, endOnFailure: true });
  });

  const real = published();
  if (!real) console.warn('The published assessments are not here: their layout is not tested.');
  for (const [name, text] of real ?? []) it(`of ${name} has every answer in the order of the form`, () => expectAll(formOf(read(text).formId)!, read(text)));

  it('has the parts of each form in their order', () => {
    const sheets = (assessment: Assessment): readonly string[] => layout(assessment).map(({ sheet }) => sheet);
    expect(sheets(document('full-form4'))).toEqual(['表紙', '項目一覧', 'Ⅰ', '別添1', 'Ⅱ', '別添2', 'Ⅲ', 'Ⅳ', 'Ⅴ', 'Ⅵ', '別添3']);
    expect(sheets(document('focused-form3'))).toEqual(['表紙', '項目一覧', 'Ⅰ', 'Ⅱ', '別添1', 'Ⅲ', 'Ⅳ', 'Ⅴ', '別添2']);
    expect(sheets(document('basic-form2'))).toEqual(['表紙', '項目一覧', 'Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', '別添']);
    expect(sheets(document('plan-form1'))).toEqual(['表紙', '評価の対象となる事務']);
  });

  it('has Ⅱ and Ⅲ once for each file, and the appendix after all of them', () => {
    const two = document('full-form4', (json) => {
      json.answers.file.push(structuredClone(json.answers.file[0]));
      json.answers.risk.push(structuredClone(json.answers.risk[0]));
    });
    expect(layout(two).map(({ sheet }) => sheet)).toEqual(['表紙', '項目一覧', 'Ⅰ', '別添1', 'Ⅱ', 'Ⅱ（2）', '別添2', 'Ⅲ', 'Ⅲ（2）', 'Ⅳ', 'Ⅴ', 'Ⅵ', '別添3']);
    expect(layout(two)[5]!.at).toEqual([{ repeat: 'file', index: 2 }]);
    expectAll(formOf('form4-2025-05')!, { ...two, formId: 'form4-2025-05' });
  });

  it('prints the sheets: all blocks of one that is used, the heading of one that is not, and goes on where the printed ones end', () => {
    const rows = (count: number): readonly Row[] => layout(document('full-form4', (json) => {
      const [first] = json.answers.file[0]['file.transfers'].concat(json.answers.file[0]['file.entrustments']);
      json.answers.file[0]['file.entrustments'] = Array.from({ length: count }, () => structuredClone(first));
      json.gaps = json.gaps.filter(({ itemId }: { itemId: string }) => !itemId.startsWith('file.entrustments'));
      json.changeLog = [];
    })).find(({ sheet }) => sheet === 'Ⅱ')!.rows;
    const names = (count: number): string => headings(rows(count)).filter((text) => text.startsWith('委託事項')).join(' ');
    expect(names(1)).toBe('委託事項1 委託事項2～5 委託事項6～10 委託事項11～15 委託事項16～20');
    expect(names(2)).toBe('委託事項1 委託事項2～5 委託事項2 委託事項3 委託事項4 委託事項5 委託事項6～10 委託事項11～15 委託事項16～20');
    expect(names(22)).toContain('委託事項20 委託事項21～25 委託事項21 委託事項22 委託事項23');
    expect(headings(rows(0))).toEqual(expect.arrayContaining(['委託事項1', '移転先1']));
  });

  it('prints ※, 件, （ ） and boxes in headings where the edition prints them', () => {
    const parts = layout(document('full-form4'));
    const rows = parts.flatMap(({ rows: list }) => list);
    const row = (label: string): Row => rows.find((one) => one.kind === 'answer' && one.label === label)!;
    expect(parts.find(({ id }) => id === 'risk')!.heading).toBe('Ⅲ　特定個人情報ファイルの取扱いプロセスにおけるリスク対策 ※（７．リスク１⑨を除く。）');
    expect(row('委託の有無　※')).toMatchObject({ cells: [{ content: { kind: 'choice', options: ['1） 委託する', '2） 委託しない'] } }, { itemId: 'file.entrustment.count', content: { before: '（　', after: '　）件' } }] });
    expect(row('③手数料等')).toMatchObject({ cells: [{ content: { options: ['1) 有料', '2) 無料'] } }, { content: { before: '（手数料額、納付方法：', after: '）' } }] });
    expect(row('使用者数')).toMatchObject({ side: { text: '⑦使用の主体', isFirst: false } });
    expect(row('その必要性')).toMatchObject({ depth: 1 });
    expect(rows.find((one) => one.kind === 'heading' && one.id === 'risk.network')).toMatchObject({ boxes: { itemId: 'risk.network.none', content: { boxes: [{ label: '接続しない（入手）' }, { label: '接続しない（提供）' }] } } });
  });

  it('prints nothing that is withheld, in any of its columns', () => {
    const form = formOf('form4-2025-05')!;
    const assessment = { ...document('full-form4'), formId: 'form4-2025-05' };
    const withhold = [{ itemId: 'risk.storage', why: '' }, { itemId: 'basic.systems.name', at: [{ repeat: 'basic.systems', index: 1 }], why: '' }, { itemId: 'changes.rows', at: [{ repeat: 'changes.rows', index: 1 }], why: '' }, { itemId: 'file.recordItems', why: '' }];
    const cells = partsOf(form, assessment, withhold).flatMap((part) => [...cellsIn(part)]);
    const hidden = cells.filter(({ content }) => content.kind === 'text' && content.text === WITHHELD);
    const named = (prefix: string): readonly Cell[] => cells.filter(({ itemId }) => itemId.startsWith(prefix));
    expect(hidden.map(({ itemId }) => itemId).filter((id) => id.startsWith('risk.')).length).toBe(named('risk.storage.').length);
    expect(named('risk.storage.').length).toBeGreaterThan(20);
    expect(hidden.filter(({ itemId }) => itemId === 'basic.systems.name').map(({ at }) => at[0]!.index)).toEqual([1]);
    expect(hidden.filter(({ itemId }) => itemId === 'changes.rows').map(({ column }) => column)).toEqual(['changedOn', 'itemPath', 'before', 'after', 'submission', 'explanation']);
    expect(named('file.recordItems').every((cell) => hidden.includes(cell))).toBe(true);
  });

  it('withholds with an item what 変更箇所 tells of it, of its parts and of what it stands under', () => {
    const change = (itemId: string | null): object => ({ changedOn: '2026-10-01', itemPath: '項目', itemId, before: '旧', after: '新', submission: '事後', explanation: '' });
    const ids = ['risk.storage.leak.physical.detail', 'risk.storage.of.another.form', 'risk.storage.leak', 'risk.storage', 'risk', 'risk.storage.leak.backup', 'file.storage.place', null];
    const told = (withhold: readonly Withholding[]): readonly string[] => {
      const parts = partsOf(formOf('form4-2025-05')!, { ...document('full-form4'), changeLog: ids.map(change) as Assessment['changeLog'] }, withhold);
      return [...cellsIn(parts.at(-1)!)].flatMap(({ column, content }) => (column === 'before' && content.kind === 'text' ? [content.text] : []));
    };
    expect(told([])).toEqual(ids.map(() => '旧'));
    expect(told([{ itemId: 'risk.storage.leak.physical', why: '' }])).toEqual([WITHHELD, WITHHELD, WITHHELD, WITHHELD, WITHHELD, '旧', '旧', WITHHELD]);
  });

  it('of a document of which only the changes survive has them alone', () => {
    const only = { ...document('full-form4'), answers: {}, gaps: [{ itemId: '*', kind: 'lost' as const, why: '変更箇所のほかは残っていない' }] };
    expect(layout(only).map(({ kind }) => kind)).toEqual(['changes']);
  });
});

describe('what is withheld is told by a list', () => {
  const FORM = formOf('form4-2025-05')!;
  const rules = (...withhold: readonly object[]): string => JSON.stringify({ format: 'akashi-withhold-1', withhold });

  it('with the place and the reason of each', () => {
    const list = [{ itemId: 'risk.storage', why: '安全管理措置の詳細' }, { itemId: 'file.entrustments', at: [{ repeat: 'file', index: 1 }, { repeat: 'file.entrustments', index: 2 }], why: '契約の相手方' }, { itemId: 'changes.rows', at: [{ repeat: 'changes.rows', index: 3 }], why: '安全管理措置の詳細' }];
    expect(readWithholding(rules(...list), FORM)).toEqual({ ok: true, value: list });
  });

  it.each<[string, object, string, string]>([
    ['an item misspelt', { itemId: 'risk.strage', why: '' }, '/withhold/0/itemId', '全項目評価書の項目ではありません'],
    ['no reason', { itemId: 'risk.storage', why: '' }, '/withhold/0/why', '空です'],
    ['an entry of another block', { itemId: 'file.entrustments.title', at: [{ repeat: 'file.recipients', index: 1 }], why: '理由' }, '/withhold/0/at', 'file、file.entrustments の順に書いてください'],
    ['an entry of what is there once', { itemId: 'basic.fileNames', at: [{ repeat: 'file', index: 1 }], why: '理由' }, '/withhold/0/at', 'この項目は一つだけです'],
    ['entry 0', { itemId: 'file.name', at: [{ repeat: 'file', index: 0 }], why: '理由' }, '/withhold/0/at/0/index', '1以上の整数で書いてください'],
    ['a word nobody knows', { itemId: 'file.name', when: '常に', why: '理由' }, '/withhold/0/when', '知らない語です'],
  ])('or is refused: %s', (_, rule, path, cause) => {
    const reading = readWithholding(rules(rule), FORM);
    expect(reading.ok ? [] : reading.faults).toContainEqual({ path, cause });
  });
});

describe('the 根拠資料', () => {
  const said = (assessment: Assessment, more: Partial<EvidenceOf> = {}): readonly string[] =>
    evidenceParts(formOf(assessment.formId)!, assessment, { digest: 'ab12', ...more }).flatMap(({ rows }) => rows.flatMap((row) => (row.kind === 'heading' ? [row.text] : row.kind === 'answer' ? [row.label, ...texts(row.cells)] : row.kind === 'table' ? row.rows.map((cells) => texts(cells).join('｜')) : [])));
  const texts = (cells: readonly Cell[]): readonly string[] => cells.map(({ content }) => (content.kind === 'text' ? content.text : ''));

  it('says what the document is, and of which state its form is', () => {
    expect(said(document('full-form4'), { position: 12 })).toEqual(expect.arrayContaining(['文書のSHA-256', 'ab12', '記録の位置', '12', '様式の版', '全項目評価書（令和7年5月）　[令和7年5月　様式４]　様式未確認', '欠落・損傷・要確認の記載（0件）']));
    const form2 = said(document('basic-form2'));
    expect(form2.find((text) => text.startsWith('様式未確認の項目'))).toMatch(/（[1-9][0-9]件）/);
    expect(form2.find((text) => text.startsWith('Ⅰ.1.①事務の名称'))).toMatch(/｜/);
  });

  it('has the figures of しきい値判断: each with its day, whether it is the ledger’s, by which query and up to which position', () => {
    const threshold = { on: '2026-11-20', subjects: 24_000, subjectsOn: '2026-11-20', handlers: 24, handlersOn: '2026-11-01', incident: false, incidentOn: '2026-11-20', result: 'focusedRequired', table: 'guideline', figures: [{ figure: 'subjects', query: 'living-subjects', position: 4711 }] } as const;
    expect(said(document('basic-form2'), { threshold })).toEqual(expect.arrayContaining([
      'しきい値判断（4件）', '対象となる本人の数｜24,000人｜2026-11-20｜台帳の数　宛名台帳の存命の本人の数｜4711', '取扱者の数｜24人｜2026-11-01｜申告　担当者の申告（台帳によらない）｜', '過去1年以内の重大事故｜発生なし｜2026-11-20｜申告　担当者の申告（台帳によらない）｜',
      expect.stringMatching(/^しきい値判断の結果｜.*重点.*｜2026-11-20｜｜$/),
    ]));
    expect(said(document('basic-form2')).some((text) => text.startsWith('しきい値判断（'))).toBe(false);
  });

  it('lists what is lost, hurt and in doubt with its place, and what survives', () => {
    const lines = said(document('scanned-form3'));
    const { gaps } = document('scanned-form3');
    for (const { why, raw } of gaps) expect(lines.some((line) => line.includes(`｜${why}｜${raw ?? ''}`))).toBe(true);
    expect(lines).toContain(`欠落・損傷・要確認の記載（${gaps.length}件）`);
    expect(lines.filter((line) => /^.+｜(?:欠落|損傷|要確認)｜/.test(line))).toHaveLength(gaps.length);
    expect(lines.some((line) => line.startsWith('Ⅱ.4.委託事項2.'))).toBe(true);
  });

  it('lists what is not public with its reason, and numbers of a figure that the （備考） do not explain', () => {
    const lines = said(document('full-form4', (json) => {
      json.answers['basic.flow'] = '{"format":"akashi-figure-1","nodes":[{"id":"a","label":"本人","kind":"person"},{"id":"b","label":"市","kind":"organisation"}],"arrows":[{"number":"①","from":"a","to":"b","flow":"specific"},{"number":"②","from":"b","to":"a","flow":"personal"}]}';
      json.answers['basic.flow.notes'] = '①　申請';
    }), { withhold: [{ itemId: 'risk.storage', why: '安全管理措置の詳細' }], losses: { missing: 2, variant: 1 } });
    expect(lines).toEqual(expect.arrayContaining(['Ⅲ.7 特定個人情報の保管・消去｜安全管理措置の詳細', '2か所（〓で示す）、異体字を標準の字形で示すもの 1か所', '別添の図で備考に説明のない番号（1件）']));
    expect(lines.filter((line) => line.endsWith('｜②'))).toHaveLength(1);
  });
});
