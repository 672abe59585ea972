import fc from 'fast-check';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { changesBetween } from '../../src/assessments/changes/changes-between.js';
import type { Change, Comparison } from '../../src/assessments/changes/comparison.js';
import { dependencyFindings } from '../../src/assessments/changes/dependencies.js';
import { splitByCause, toChangeRows } from '../../src/assessments/changes/rows.js';
import { safeguardChanges } from '../../src/assessments/changes/safeguards.js';
import { awaitingJudgement, GROUNDS, procedureDue, significanceFindings, type Ground, type Judgement } from '../../src/assessments/changes/significance.js';
import { submissionOf } from '../../src/assessments/changes/submission.js';
import { explanationOf, VOCABULARIES } from '../../src/assessments/changes/vocabulary.js';
import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import { placeOf } from '../../src/assessments/forms/places.js';
import { document, documentsOf, expectRead, published, type Json } from './documents.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 40;
const full = (change?: (json: Json) => void): Assessment => document('full-form4', change);
const compare = (before: (json: Json) => void, after: (json: Json) => void): Comparison => changesBetween(full(before), full(after));
const nothing = (): void => undefined;
const file = (json: Json): Json => json.answers.file[0];
const risk = (json: Json): Json => json.answers.risk[0];
const judged = ({ key }: Change, ground: Ground, more: Partial<Judgement> = {}): Judgement => ({ change: key, ground, reason: '根拠を確かめた', judgedBy: 'staff-1', judgedOn: '2026-11-20', ...more });
const codes = (findings: readonly { readonly code: string; readonly level: string }[]) => findings.map(({ code, level }) => `${code} ${level}`);
const [GROUND_FIRST, IMPORTANCE_FIRST] = VOCABULARIES;
const LATE = { submittedOn: '2026-11-20', publishedOn: '2026-11-20' };

/** Two rows: one ※ (使用部署) and one that is not (所属長). */
const twoRows = () => compare(nothing, (json) => {
  file(json)['file.use.departments'] = '保健政策課';
  json.answers['basic.department.headTitle'] = '保健政策課長';
});

describe('提出時期', () => {
  const DAY = fc.integer({ min: 1, max: 28 }).map((day) => `2026-02-${String(day).padStart(2, '0')}`);
  it('is 事前 where both days lie before the change, 事後 where one does not, and open while one is missing', () => {
    const days = fc.option(DAY);
    fc.assert(fc.property(DAY, days, days, (changedOn, submittedOn, publishedOn) => {
      const done = [submittedOn, publishedOn].filter((day) => day !== null);
      const late = done.some((day) => day >= changedOn);
      expect(submissionOf({ changedOn, submittedOn, publishedOn })).toBe(late ? '事後' : done.length < 2 ? null : '事前');
    }));
  });

  it('is 事後 on the day of the change itself', () => {
    expect(submissionOf({ changedOn: '2024-04-01', submittedOn: '2024-04-01', publishedOn: '2024-03-31' })).toBe('事後');
    expect(submissionOf({ changedOn: '2024-05-01', submittedOn: '2024-04-01', publishedOn: '2024-04-30' })).toBe('事前');
  });
});

describe('significance', () => {
  const [star, plain] = ['file.use.departments', 'basic.department.headTitle'].map((id) => twoRows().changes.find(({ itemId }) => itemId === id)!) as [Change, Change];
  const submissions = new Map([[star.key, '事後'], [plain.key, '事後']] as const);

  it('asks a named person for the rows of ※ items, and takes no judgement without a name or reason', () => {
    const { changes } = twoRows();
    expect(awaitingJudgement(changes, []).map(({ itemId }) => itemId)).toEqual(['file.use.departments']);
    expect(awaitingJudgement(changes, [judged(star, 'notConsiderable')])).toEqual([]);
    for (const none of [judged(star, 'notConsiderable', { judgedBy: '' }), judged(star, 'notConsiderable', { reason: ' ' }), judged(star, 'notStarred')]) expect(awaitingJudgement(changes, [none])).toHaveLength(1);
  });

  it('tells which procedure is due', () => {
    const { changes } = twoRows();
    const due = (...judgements: Judgement[]) => procedureDue(changes, judgements).due;
    expect([due(), due(judged(star, 'notConsiderable')), due(judged(star, 'significant')), due(judged(star, 'emergency')), due(judged(plain, 'significant'))]).toEqual(['undecided', 'amend', 'redo', 'redo-afterwards', 'undecided']);
    expect(procedureDue([], []).due).toBe('none');
    expect(procedureDue(changes, [judged(star, 'significant')]).because).toEqual([star]);
  });

  it('raises an alarm for a ※ row 事後 without a ground, and for 重要な変更 事後', () => {
    const findings = (...judgements: Judgement[]) => codes(significanceFindings(twoRows(), judgements, submissions));
    expect(findings()).toEqual(['star-after-without-ground alarm']);
    expect(codes(significanceFindings(twoRows(), [], new Map([[star.key, '事前']])))).toEqual(['star-unjudged missing']);
    expect(findings(judged(star, 'significant'))).toEqual(['significant-after alarm']);
    expect(findings(judged(star, 'notStarred'))).toEqual(['starred-called-other contradiction']);
    expect(findings(judged(star, 'formal'))).toEqual([]);
    expect(findings(judged(star, 'formal'), judged(plain, 'significant'))).toEqual(['significant-unstarred question']);
    expect(findings(judged(star, 'formal'), judged({ ...star, key: 'cell gone' }, 'formal'))).toEqual(['judgement-without-change contradiction']);
    expect(codes(significanceFindings(twoRows(), [judged(star, 'emergency')], new Map([[star.key, '事前']])))).toEqual(['emergency-before question']);
  });

  it('every ground has its source and its words in every vocabulary, with the cause and without', () => {
    const cause = { code: 'standard', words: '自治体システムの標準化' };
    for (const ground of Object.keys(GROUNDS) as Ground[]) {
      expect(GROUNDS[ground].source).not.toBe('');
      for (const vocabulary of VOCABULARIES) {
        expect(explanationOf(star, { ground }, vocabulary)).toMatch(/^[^{}]+$/);
        expect(explanationOf(star, { ground }, vocabulary, cause)).toMatch(/^[^{}]+$/);
      }
    }
    expect(explanationOf(star, { ground: 'significant' }, GROUND_FIRST!, cause)).toBe('重要な変更（自治体システムの標準化に伴うもの）');
    expect(explanationOf(plain, undefined, IMPORTANCE_FIRST!, { code: 'name', words: '部署名の変更' })).toBe('重要項目に当たらない（部署名の変更のため）');
    expect(explanationOf(star, undefined, GROUND_FIRST!)).toBeNull();
    expect(explanationOf(plain, undefined, GROUND_FIRST!, { code: 'review', words: '見直し' })).toBe('特定個人情報保護評価に関する規則第14条による見直しに伴う変更');
    expect(explanationOf(star, { ground: 'significant' }, GROUND_FIRST!, { code: 'review', words: '見直し' })).toBe('重要な変更（見直しに伴うもの）');
  });
});

describe('rows of 別添', () => {
  it('stand for every difference, each with an item of the form, and are read back as they are written', () => {
    const form = formOf('form4-2025-05')!;
    fc.assert(fc.property(documentsOf(form), documentsOf(form), (before, after) => {
      const comparison = changesBetween(before, after);
      const rows = toChangeRows(comparison, { dates: LATE, changedOn: () => '2026-12-01', judgements: [], vocabulary: GROUND_FIRST! });
      expect(rows).toHaveLength(comparison.changes.length);
      expect(new Set(comparison.changes.map(({ key }) => key)).size).toBe(rows.length);
      expect(rows.every(({ itemId }) => itemId !== null && placeOf(form, itemId) !== undefined)).toBe(true);
      const next = { ...after, changeLog: rows };
      expectRead(readAssessment(writeAssessment(next)), next);
    }), { numRuns: RUNS, endOnFailure: true });
  });

  it('carry 提出時期, explanation and day; the whole text on demand; and stand by cause where asked', () => {
    const comparison = twoRows();
    const star = comparison.changes.find(({ significant }) => significant)!;
    const causeOf = (change: Change) => (change.significant ? { code: 'b', words: '組織改正' } : { code: 'a', words: '職名の変更' });
    const options = { dates: LATE, changedOn: (change: Change) => (change.significant ? '2026-12-01' : '2026-11-01'), judgements: [judged(star, 'notConsiderable')], vocabulary: IMPORTANCE_FIRST!, causeOf };
    expect(toChangeRows(comparison, options)).toMatchObject([
      { changedOn: '2026-11-01', itemId: 'basic.department.headTitle', submission: '事後', explanation: '重要項目に当たらない（職名の変更のため）' },
      { changedOn: '2026-12-01', itemId: 'file.use.departments', submission: '事前', explanation: '重要な変更に当たらない（組織改正のためであり、リスクを相当程度変動させない）' },
    ]);
    expect(toChangeRows(comparison, { ...options, printedOn: '2026-12-10', byCause: true, causeOf: (change) => (change.significant ? undefined : causeOf(change)) }).map(({ changedOn }) => changedOn)).toEqual(['2026-12-10', '2026-12-10']);
    const long = `${'変わらない長い記載がここに続いている。'.repeat(4)}\n`;
    const texts = compare((json) => void (file(json)['file.remarks'] = `${long}旧`), (json) => void (file(json)['file.remarks'] = `${long}新`));
    expect(toChangeRows(texts, options)[0]).toMatchObject({ before: '（中略）\n旧', after: '（中略）\n新' });
    expect(toChangeRows(texts, { ...options, whole: true })[0]).toMatchObject({ before: `${long}旧`, after: `${long}新` });
  });

  it('of a later file, and of an entry in it, name both', () => {
    const two = (json: Json): void => {
      for (const part of ['file', 'risk']) json.answers[part].push(structuredClone(json.answers[part][0]));
      json.answers.file[1]['file.name'] = json.answers.risk[1]['risk.fileName'] = '第二のファイル';
    };
    const rows = toChangeRows(compare(two, (json) => { two(json); json.answers.file[1]['file.entrustments'][1]['file.entrustments.contractor'] = '別の会社'; }), { dates: LATE, changedOn: () => '2026-12-01', judgements: [], vocabulary: GROUND_FIRST! });
    expect(rows).toMatchObject([{ itemId: 'file.entrustments.contractor', fileIndex: 2, blockIndex: 2, itemPath: expect.stringContaining('（特定個人情報ファイル2） ＞ ') }]);
  });

  it('of a list as a whole speak of the heading around it', () => {
    const lost = (json: Json): void => {
      file(json)['file.entrustments'] = null;
      json.gaps.push({ itemId: 'file.entrustments', kind: 'lost', why: '読めない' });
    };
    expect(toChangeRows(compare(lost, nothing), { dates: LATE, changedOn: () => '2026-12-01', judgements: [], vocabulary: GROUND_FIRST! })).toMatchObject([{ itemId: 'file.entrustment', before: '（記載不明）' }]);
  });

  it('one for each cause where one text changed for several', () => {
    const comparison = compare((json) => void (file(json)['file.remarks'] = '甲。\n間。\n乙。'), (json) => void (file(json)['file.remarks'] = '甲２。\n間。\n'));
    const split = splitByCause(comparison.changes[0]!, (_, index) => ['名称の変更', '廃止'][index]!);
    expect(split.map(({ cause, change }) => [cause, change.before.printed, change.after.printed])).toEqual([['名称の変更', '甲。', '甲２。'], ['廃止', '乙。', '（削除）']]);
  });
});

describe('what depends on what', () => {
  const SYSTEM = '証明交付システム';
  const MEASURE = `＜${SYSTEM}における措置＞\n・暗号化した回線だけで送る。`;
  const withSystem = (json: Json): void => void json.answers['basic.systems'].push({ ...json.answers['basic.systems'][0], 'basic.systems.name': SYSTEM, 'basic.systems.functions': '証明書を交付する。' });
  const withMeasure = (json: Json): void => void (risk(json)['risk.acquisition.leak.measures'] += `\n${MEASURE}`);
  const both = (json: Json): void => [withSystem, withMeasure].forEach((change) => change(json));
  const found = (before: (json: Json) => void, after: (json: Json) => void, links = {}) => codes(dependencyFindings(compare(before, after), links));

  it('a measure for a system that is gone is told of, and nothing when both went', () => {
    expect(found(both, withMeasure)).toContain('removed-measure-stays contradiction');
    expect(found(both, nothing)).toEqual([]);
    expect(safeguardChanges(compare(both, nothing)).map(({ kind, removal }) => [kind, removal])).toEqual([['removed', 'named']]);
  });

  it('a measure taken out while its system stays is a contradiction; without any system, a question; by a link, nothing', () => {
    expect(found(both, withSystem)).toContain('measure-gone-function-stays contradiction');
    const unnamed = (json: Json): void => { withSystem(json); risk(json)['risk.acquisition.leak.measures'] += '\n＜窓口における措置＞\n・二人で読み合わせる。'; };
    expect(found(unnamed, withSystem)).toEqual(['measure-gone-alone question']);
    const links = [{ itemId: 'risk.acquisition.leak.measures', block: '＜窓口における措置＞', protects: [SYSTEM] }];
    expect(found(unnamed, withSystem, { links })).toEqual(['measure-gone-function-stays contradiction']);
    expect(found(unnamed, nothing, { links })).toEqual([]);
    const comparison = compare(unnamed, withSystem);
    const [removed] = comparison.changes;
    expect(codes(significanceFindings(comparison, [judged(removed!, 'clearlyReduced')], new Map()))).toEqual(['reduced-by-removed-safeguard contradiction']);
  });

  it('a name that was marked as ended, and a function taken out of the description, are gone too; a sentence worded otherwise is not', () => {
    const ended = (json: Json): void => { both(json); json.answers['basic.systems'].at(-1)['basic.systems.name'] = `${SYSTEM}【令和8年9月30日運用終了】`; };
    expect(safeguardChanges(compare(both, (json) => { ended(json); risk(json)['risk.acquisition.leak.measures'] = risk(json)['risk.acquisition.leak.measures'].replace(`\n${MEASURE}`, ''); })).map(({ removal }) => removal)).toEqual(['named']);
    const app = (json: Json): void => { json.answers['basic.affair.content'] += '\n・電子申請アプリにより受け付ける。'; risk(json)['risk.acquisition.leak.measures'] += '\n・電子申請アプリは端末に何も残さない。'; };
    expect(safeguardChanges(compare(app, nothing)).map(({ removal }) => removal)).toEqual(['named']);
    const online = (json: Json): void => { file(json)['file.acquisition.methods'] = { ticked: ['paper', 'internalLink'], text: {} }; risk(json)['risk.acquisition.leak.measures'] += '\n・庁内連携システムは専用の回線でつなぐ。'; };
    expect(safeguardChanges(compare(online, (json) => void (file(json)['file.acquisition.methods'] = { ticked: ['paper'], text: {} }))).map(({ removal }) => removal)).toEqual(['named']);
    expect(safeguardChanges(compare(online, (json) => void (file(json)['file.acquisition.methods'] = { ticked: ['paper', 'internalLink'], text: {} }))).map(({ removal }) => removal)).toEqual(['unlinked']);
    const words = (text: string) => (json: Json): void => void (risk(json)['risk.acquisition.leak.measures'] += `\n${text}`);
    expect(safeguardChanges(compare(words('・係長が毎週末に台帳と突き合わせる。'), words('・係長が毎月末に台帳と突き合わせる。'))).map(({ kind }) => kind)).toEqual(['reworded']);
    expect(safeguardChanges(compare(words('・係長が毎週末に台帳と突き合わせる。'), words('・鍵は総務課で預かる。'))).map(({ kind }) => kind)).toEqual(['removed']);
    expect(safeguardChanges(compare(nothing, words('・鍵は総務課で預かる。'))).map(({ kind }) => kind)).toEqual(['added']);
  });

  it('a thing that is gone and still written of is a question; one of its name that stays is none', () => {
    const named = (json: Json): void => void (file(json)['file.acquisition.timing'] += `\n${SYSTEM}に申請のあった都度。`);
    expect(found((json) => { withSystem(json); named(json); }, named)).toContain('removed-still-named question');
    const twice = (json: Json): void => { withSystem(json); withSystem(json); named(json); };
    expect(found(twice, (json) => { withSystem(json); named(json); })).not.toContain('removed-still-named question');
  });

  it('recipients that are all gone leave no section of chapter Ⅲ; the box says so', () => {
    const gone = (json: Json): void => { file(json)['file.recipients'] = []; file(json)['file.provision.recipientCount'] = 0; };
    expect(found(nothing, gone)).toContain('section-without-subject contradiction');
    expect(found(nothing, (json) => { gone(json); risk(json)['risk.provision.none'].ticked = ['notProviding']; })).not.toContain('section-without-subject contradiction');
  });

  it('of a file that has another number now, its own recipients count; from those that were lost nothing is concluded', () => {
    const two = (json: Json): void => {
      for (const part of ['file', 'risk']) json.answers[part].unshift(structuredClone(json.answers[part][0]));
      json.answers.file[0]['file.name'] = '第一のファイル';
      for (const [id, answer] of Object.entries(json.answers.file[0])) if (typeof answer === 'string' && id !== 'file.name' && answer.length > 10) json.answers.file[0][id] = `別の${id}`;
      json.answers.file[0]['file.recipients'] = [];
    };
    const gone = (json: Json): void => { file(json)['file.recipients'] = []; };
    expect(found(two, gone)).toContain('section-without-subject contradiction');
    const lost = (json: Json): void => { file(json)['file.recipients'] = null; json.gaps.push({ itemId: 'file.recipients', kind: 'lost', why: '読めない' }); };
    expect(found(nothing, lost)).not.toContain('section-without-subject contradiction');
  });

  it('a measure written as one to come is told of where it is new, and not where it was so before', () => {
    const later = (json: Json): void => void (risk(json)['risk.use.copying.measures'] += '\n・監視の仕組みは導入を検討中。');
    expect(found(nothing, later)).toContain('measure-unfinished question');
    expect(found(later, later)).toEqual([]);
    const reworded = (json: Json): void => void (risk(json)['risk.use.copying.measures'] += '\n・監視と通知の仕組みは導入を検討中。');
    expect(found(later, reworded)).not.toContain('measure-unfinished question');
  });

  it('a difference that a published version does not list is told of; one that it lists, or a draft makes, is not', () => {
    const changed = (json: Json): void => void (json.answers['basic.department.headTitle'] = '保健政策課長');
    const listed = (itemId: string) => (json: Json): void => { changed(json); json.changeLog.push({ changedOn: '2026-10-01', itemPath: '', itemId, before: '', after: '', submission: '事後', explanation: '' }); };
    const published = (before: (json: Json) => void, after: (json: Json) => void) => found(before, (json) => { json.publishedOn = json.answers['cover.publicationDate'] = '2026-12-01'; after(json); });
    expect(published(nothing, changed)).toEqual(['change-unlisted contradiction']);
    expect(published(nothing, listed('basic.department'))).toEqual([]);
    expect(published(nothing, listed('file.remarks'))).toEqual(['change-unlisted contradiction']);
    expect(published(listed('basic.department.headTitle'), (json) => { listed('basic.department.headTitle')(json); json.answers['basic.department.headTitle'] = '健康課長'; })).toEqual(['change-unlisted contradiction']);
    expect(found(nothing, changed)).toEqual([]);
  });

  it('counts, citations and the like are those that the new version brought in', () => {
    expect(found(nothing, (json) => void file(json)['file.entrustments'].pop())).toContain('count-rows contradiction');
    const old = (json: Json): void => void (json.answers['basic.numberUse.legalBasis'] = '番号法第9条第1項　別表第一の10の項');
    expect(found(nothing, old)).toContain('table-citation contradiction');
    expect(found(old, old)).toEqual([]);
    // A draft has no day of publication yet.
    const draft = (json: Json): void => { old(json); Object.assign(json, { status: 'draft', publishedOn: null }); };
    expect(found(nothing, draft)).not.toContain('table-citation contradiction');
    expect(found(nothing, draft, { publishedOn: '2026-12-10' })).toContain('table-citation contradiction');
  });
});

const real = published();
if (real) {
  describe('published assessments', () => {
    it('sagamihara: the system and the recipient that the log deletes are two rows, and the measures deleted with them are linked', () => {
      const reading = readAssessment(real.get('sagamihara')!);
      if (!reading.ok) throw new Error('sagamihara');
      const after = reading.assessment;
      const row = (itemId: string) => after.changeLog.find((one) => one.itemId === itemId && one.after === '削除')!;
      const json: Json = JSON.parse(writeAssessment(after));
      const NAME = '証明書交付センターシステム';
      expect(row('basic.systems').before).toContain(NAME);
      json.answers['basic.systems'].push({ 'basic.systems.name': NAME, 'basic.systems.functions': 'コンビニ等で証明書を交付する。', 'basic.systems.connections': { ticked: [], text: {} } });
      json.answers.file[0]['file.recipients'].push({ ...json.answers.file[0]['file.recipients'][0], 'file.recipients.name': row('file.recipients').before!.replace(/^提供先３　/, '') });
      json.answers.risk[0]['risk.storage.leak.technical.detail'] += `\n${row('risk.storage.leak.technical.detail').before!}`;
      const before = readAssessment(JSON.stringify(json));
      if (!before.ok) throw new Error(JSON.stringify(before.problems));
      const comparison = changesBetween(before.assessment, after);
      expect(comparison.changes.filter(({ kind }) => kind === 'removed').map(({ itemId, at }) => [itemId, at.at(-1)!.index])).toEqual([['basic.systems', 6], ['file.recipients', 3]]);
      expect(safeguardChanges(comparison).map(({ change, kind, removal }) => [change.itemId, kind, removal])).toEqual([['risk.storage.leak.technical.detail', 'removed', 'named']]);
    });
  });
} else {
  process.stdout.write('Published assessments were not compared: AKASHI_TEST_ASSESSMENTS names no folder that holds them, and none lies beside the project.\n');
}

it('no edition marks a whole entry otherwise than its items', () => {
  // 委託事項 holds ※ items, 提供先 none (指針 別表); 様式３ and ４ agree.
  for (const form of [...allForms().values()].filter(({ form: number }) => number === '3' || number === '4')) expect(['file.entrustments', 'file.recipients'].map((id) => placeOf(form, id)!.item!.items.some(function starred(item): boolean { return item.significant || item.items.some(starred); }))).toEqual([true, false]);
});
