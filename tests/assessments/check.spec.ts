import fc from 'fast-check';
import { AFFAIR_RULES, DOCUMENT_RULES, checkAffair, checkAssessment } from '../../src/assessments/check/check.js';
import { REVERSED, SLIPS, VOCABULARY } from '../../src/assessments/check/terms.js';
import { fold, headingsIn, underHeading } from '../../src/assessments/check/text.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { allForms } from '../../src/assessments/forms/editions.js';
import { FIXTURES, document, documentsOf, published, type Json } from './documents.js';
import { asFirstDraft, CORRECTED, DRAFT_FAULTS, KNOWN, SILENT } from './known-faults.js';
import { AFFAIR_PLANTS, PLANTS, RIGHT, WRITTEN } from './plants.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 30;

describe('one document', () => {
  it.each(FIXTURES)('%s: nothing is found in a document that is right, and nothing concluded from what was lost', (fixture) => {
    expect(checkAssessment(document(fixture))).toEqual([]);
  });

  it.each(PLANTS)('%s is found at %s', (rule, where, change) => {
    const findings = checkAssessment(document('full-form4', change)).filter((finding) => finding.rule === rule);
    expect(findings.map((finding) => finding.where)).toContain(where);
    for (const { message, level } of findings) {
      expect(message).toMatch(/[ぁ-ん]/);
      expect(level).toBe(DOCUMENT_RULES.find(({ code }) => code === rule)!.level);
    }
  });

  it.each(RIGHT)('nothing is found in %s', (_, change) => {
    expect(checkAssessment(document('full-form4', change))).toEqual([]);
  });

  it.each(WRITTEN)('「%s」 is a slip, 「%s」 is none', (wrong, right) => {
    const slips = (text: string) => checkAssessment(document('full-form4', (json) => void (json.answers.risk[0]['risk.use.others'] = text))).filter(({ rule }) => ['term-miswritten', 'writing-slip', 'measure-reversed'].includes(rule));
    expect(slips(wrong)).toEqual([expect.objectContaining({ itemId: 'risk.use.others' })]);
    expect(slips(right)).toEqual([]);
  });

  it('every term and every slip has an example', () => {
    expect(VOCABULARY.filter(({ term }) => !WRITTEN.some(([, right]) => fold(right).includes(term)))).toEqual([]);
    expect([...SLIPS, ...REVERSED].filter(({ pattern }) => !WRITTEN.some(([wrong]) => fold(wrong).search(pattern) >= 0))).toEqual([]);
  });

  it('each rule says what must be so and where it comes from, and has a planted contradiction', () => {
    const codes = [...DOCUMENT_RULES, ...AFFAIR_RULES].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set([...PLANTS, ...AFFAIR_PLANTS].map(([rule]) => rule))).toEqual(new Set(codes));
    for (const { says, source } of [...DOCUMENT_RULES, ...AFFAIR_RULES]) expect([says, source].every((text) => text.length > 3)).toBe(true);
  });

  it('looks at each file apart', () => {
    const two = document('full-form4', (json) => {
      json.answers.file.push(structuredClone(json.answers.file[0]));
      json.answers.risk.push(structuredClone(json.answers.risk[0]));
      json.recordItems.push({ table: '予約', fileIndex: 2, fields: ['氏名', '氏名の振り仮名', '性別', '生年月日', '住所', '個人番号', '予約日'] });
      json.answers.file[1]['file.provision.recipientCount'] = 5;
      json.answers.file[0]['file.itemBand'] = 'lt10';
      json.answers.file[1]['file.itemBand'] = 'lt10';
    });
    expect(checkAssessment(two).map(({ rule, where, message }) => [rule, where, /[0-9]+項目です/.exec(message)?.[0]])).toEqual([
      ['count-rows', 'Ⅱ（特定個人情報ファイル2）.5 提供の件数', undefined],
      ['item-band', 'Ⅱ.2.④記録される項目', '12項目です'],
    ]);
  });

  it('a first draft with every fault that people listed has a finding for each of them', () => {
    const findings = checkAssessment(document('full-form4', asFirstDraft));
    for (const [number, rule, itemId] of DRAFT_FAULTS) expect({ number, found: findings.some((finding) => finding.rule === rule && finding.itemId === itemId) }).toEqual({ number, found: true });
  });

  it('reads a heading whose name has its reading in brackets', () => {
    expect(headingsIn('＜証（あかし）における措置＞\n・記録する。\n〈共通基盤システムにおける追加措置〉\n・限る。')).toEqual(['証(あかし)', '共通基盤システム']);
    expect(underHeading('＜証（あかし）における措置＞\n・記録する。', '証(あかし)')).toBe('・記録する。');
  });

  it('concludes nothing from a box that cannot be read', () => {
    const unread = document('full-form4', (json) => {
      Object.assign(json.answers.file[0]['file.acquisition.methods'], { ticked: ['paper', 'internalLink'], unknown: ['infoNetwork'] });
      json.gaps.push({ itemId: 'file.acquisition.methods', kind: 'doubtful', why: '汚れている' });
    });
    expect(checkAssessment(unread)).toEqual([]);
  });

  it('goes through any document of any edition', () => {
    const any = fc.constantFrom(...allForms().values()).chain((form) => documentsOf(form));
    fc.assert(fc.property(any, (assessment) => void checkAssessment(assessment)), { numRuns: RUNS, endOnFailure: true });
  });
});

describe('the documents of one affair', () => {
  const set = (change: (documents: { plan: Json; basic: Json; full: Json }) => void = () => undefined) => {
    const documents = Object.fromEntries(([['plan', 'plan-form1'], ['basic', 'basic-form2'], ['full', 'full-form4']] as const).map(([name, fixture]) => [name, JSON.parse(JSON.stringify(document(fixture)))])) as { plan: Json; basic: Json; full: Json };
    change(documents);
    return Object.values(documents) as Parameters<typeof checkAffair>[0];
  };

  it('agree', () => {
    expect(checkAffair(set())).toEqual([]);
  });

  it.each(AFFAIR_PLANTS)('%s is found in 様式%s at %s', (rule, form, where, change) => {
    expect(checkAffair(set(change)).filter((finding) => finding.rule === rule)).toContainEqual(expect.objectContaining({ form, where }));
  });

  it('are 様式１, 様式２, and 様式３ or 様式４', () => {
    const rules = (assessments: Parameters<typeof checkAffair>[0]) => checkAffair(assessments).filter(({ rule }) => rule === 'set-complete').map(({ message }) => message);
    const [plan, basic, full] = set() as [Json, Json, Json];
    expect(rules([full])).toEqual(['基礎項目評価書（様式２）がありません', '計画管理書（様式１）がありません']);
    expect(rules([plan, basic])).toEqual(['様式4を提出するとしていますが、その評価書がありません']);
    expect(rules([plan, basic, full, document('focused-form3')])).toEqual(['一つの事務に重点項目評価書と全項目評価書の両方があります']);
    expect(() => checkAffair([full, full])).toThrow('様式4が二つあります');
  });
});

const real = published();
if (real) {
  describe('published assessments', () => {
    it.each(Object.entries(KNOWN))('%s: what people found by hand is found', (name, known) => {
      const reading = readAssessment(real.get(name)!);
      if (!reading.ok) throw new Error(name);
      const findings = checkAssessment(reading.assessment);
      for (const [rule, itemId, row, words] of known) expect(findings).toContainEqual(expect.objectContaining({ rule, itemId, ...(row !== undefined && { row }), ...(words !== undefined && { message: expect.stringContaining(words) }) }));
    });

    it.each(Object.entries(CORRECTED))('%s: of what is written as it should be nothing is said', (name, { texts, change }) => {
      const json = JSON.parse(texts.reduce((text, [wrong, right]) => text.replaceAll(wrong, right), real.get(name)!));
      change?.(json);
      const reading = readAssessment(JSON.stringify(json));
      if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
      expect(checkAssessment(reading.assessment).filter(({ rule }) => SILENT[name]!.includes(rule))).toEqual([]);
    });
  });
} else {
  process.stdout.write('Published assessments were not checked: AKASHI_TEST_ASSESSMENTS names no folder that holds them, and none lies beside the project.\n');
  it('is declared only where published assessments are', () => expect(real).toBeUndefined());
}
