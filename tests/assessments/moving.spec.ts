import fc from 'fast-check';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { cellKey, cellsOf, entriesOf } from '../../src/assessments/answers/cells.js';
import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { moveAssessment, type MoveNote } from '../../src/assessments/moving.js';
import { document, documentsOf, expectRead, forms, type Json } from './documents.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 25;
const EDITIONS = [...allForms().values()];

/** Every answer stands in the new document under the same question, or is told of word for word. */
function expectNothingLost(assessment: Assessment, from: Form, to: Form): readonly MoveNote[] {
  const { assessment: moved, notes } = moveAssessment(assessment, from, to);
  const editions = (formId: string) => (formId === to.formId ? to : from);
  expectRead(readAssessment(writeAssessment(moved, editions), editions), moved);
  const there = new Map(cellsOf(to, moved).map((cell) => [cellKey(cell.item.id, cell.at), cell]));
  for (const { item, at, answer } of cellsOf(from, assessment)) {
    const carried = [there.get(cellKey(item.id, at)), ...[...there.values()].filter((cell) => cell.item.id === item.id)].some((cell) => cell !== undefined && JSON.stringify(cell.answer) === JSON.stringify(answer));
    const told = notes.some((note) => note.itemId === item.id && 'left' in note && JSON.stringify(note.left) === JSON.stringify(answer));
    if (!carried && !told) throw new Error(`${item.id}: ${JSON.stringify(answer)} is lost`);
  }
  const counts = new Map(entriesOf(to, moved).map(({ id, at, count }) => [cellKey(id, at), count]));
  for (const { id, at, count } of entriesOf(from, assessment)) {
    const told = notes.some((note) => note.itemId === id && note.kind === 'entries' && note.left === count);
    if (!told && count !== 0 && counts.get(cellKey(id, at)) !== count) throw new Error(`${id}: ${count} entries are lost`);
  }
  const kept = moved.gaps.map((gap) => JSON.stringify(gap));
  for (const gap of assessment.gaps) if (!kept.includes(JSON.stringify(gap)) && !notes.some(({ left }) => left === gap)) throw new Error(`the gap of ${gap.itemId} is lost`);
  return notes;
}

it('loses no answer between any two editions', () => {
  const pairs = fc.tuple(fc.constantFrom(...EDITIONS), fc.constantFrom(...EDITIONS));
  fc.assert(
    fc.property(pairs.chain(([from, to]) => documentsOf(from).map((assessment) => ({ from, to, assessment }))), ({ from, to, assessment }) => {
      expectNothingLost(assessment, from, to);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

it('loses no answer between any two forms that share questions', () => {
  const all = fc.tuple(forms('form4-old'), forms('form4-new')).chain(([from, to]) => documentsOf(from).map((assessment) => ({ from, to, assessment })));
  fc.assert(fc.property(all, ({ from, to, assessment }) => void expectNothingLost(assessment, from, to)), { numRuns: RUNS * 10, endOnFailure: true });
});

it('is the same document, as a draft, when the edition does not change', () => {
  for (const fixture of ['full-form4', 'scanned-form3', 'basic-form2', 'plan-form1'] as const) {
    const assessment = document(fixture);
    const form = formOf(assessment.formId)!;
    expect(moveAssessment(assessment, form, form)).toEqual({ assessment: { ...assessment, status: 'draft', publishedOn: null, editionInferred: false }, notes: [] });
  }
});

it('tells of 4情報 that became 5情報, and carries everything else', () => {
  const [older, newer] = [formOf('form4-2018-05')!, formOf('form4-2025-05')!];
  const assessment = { ...document('full-form4'), formId: older.formId, edition: older.edition };
  const { assessment: moved, notes } = moveAssessment(assessment, older, newer);
  expect(notes.map(({ kind, itemId }) => [kind, itemId])).toEqual([['options', 'file.mainItems']]);
  expect([moved.answers, moved.edition, moved.changeLog]).toEqual([assessment.answers, '令和7年5月', assessment.changeLog]);
});

it('from 重点項目 to 全項目: lists what is new, gone, asked with other options, and newly starred', () => {
  const [from, to] = [formOf('form3-2025-05')!, formOf('form4-2025-05')!];
  const notes = expectNothingLost(document('focused-form3'), from, to);
  const of = (kind: MoveNote['kind']) => notes.filter((note) => note.kind === kind).map(({ itemId }) => itemId);
  expect(of('new')).toEqual(expect.arrayContaining(['basic.reason.necessity', 'file.storage.period', 'procedure.opinions.shortened']));
  expect(new Set(of('gone'))).toEqual(new Set(['risk.acquisition.offPurpose.measures', 'risk.use.overLinking.measures', 'control.audit.performed']));
  expect(of('significance')).toEqual(expect.arrayContaining(['basic.affair.content', 'file.use.departments', 'file.use.method', 'file.use.matching']));
  expect(of('options')).toContain('procedure.basic.threshold');
  expect(of('fixed-text')).toEqual(['file.allItems']);
  const { assessment } = moveAssessment(document('focused-form3'), from, to);
  // Ⅲ.9 of 様式３ stands once for each file, Ⅳ.2 of 様式４ once.
  expect(assessment.answers['control.training.method']).toBe((document('focused-form3').answers['risk'] as Json)[0]['control.training.method']);
  expect((assessment.answers['file'] as Json)[0]['file.allItems']).toBe('別添２を参照。');
});

it('does not choose between several answers where there is now room for one', () => {
  const [from, to] = [formOf('form3-2025-05')!, formOf('form4-2025-05')!];
  const two = document('focused-form3', (json) => {
    json.answers.risk.push(structuredClone(json.answers.risk[0]));
    json.answers.risk[1]['control.training.method'] = '別の方法';
  });
  const { assessment, notes } = moveAssessment(two, from, to);
  expect(assessment.answers['control.training.method']).toBe('');
  expect(notes.filter(({ itemId, kind }) => itemId === 'control.training.method' && kind === 'gone')).toHaveLength(2);
});

describe('what has no place in the new form is told of', () => {
  const from = formOf('form4-2025-05')!;
  const changed = (id: string, change: (item: Json) => void): Form => {
    const form: Json = structuredClone({ ...from, formId: 'form4-next' });
    const walk = (items: Json[]): void => items.forEach((item) => { if (item.id === id) change(item); walk(item.items); });
    form.sections.forEach((section: Json) => walk(section.items));
    return form as Form;
  };
  it('a gap of a block that is gone goes on speaking of the lost cells and entries that it spoke of', () => {
    const torn = document('full-form4', (json) => {
      Object.assign(json.answers.file[0], { 'file.provision.status': null, 'file.transfers': null });
      json.gaps.push({ itemId: 'file.provision', kind: 'lost', why: '頁が欠けている' });
    });
    const to = changed('file.provision', (item) => { item.id = 'file.giving'; });
    expectNothingLost(torn, from, to);
    expect(moveAssessment(torn, from, to).assessment.gaps.map(({ itemId }) => itemId)).toEqual(expect.arrayContaining(['file.provision.status', 'file.transfers']));
  });

  it.each<[string, string, (item: Json) => void, Partial<MoveNote>]>([
    ['an option that was chosen', 'file.storage.period', (item) => { item.options.splice(5, 1); }, { kind: 'options', itemId: 'file.storage.period', left: '5y' }],
    ['a band', 'file.headcount', (item) => { item.options[2].below = 500000; item.options[3].min = 500000; }, { kind: 'options', itemId: 'file.headcount', message: expect.stringContaining('選択肢が変わりました') as never }],
    ['a box that was ticked', 'file.mainItems', (item) => { item.ticks.shift(); }, { kind: 'options', itemId: 'file.mainItems', left: { ticked: ['myNumber', 'otherId', 'basicAddress', 'contact', 'health'], text: {} } }],
    ['the text beside a box', 'file.acquisition.sources', (item) => { item.ticks[4].freeText = false; }, { kind: 'options', itemId: 'file.acquisition.sources', left: expect.objectContaining({ text: expect.objectContaining({ private: '予防接種を行う医療機関' }) }) as never }],
    ['entries', 'file.entrustments', (item) => { item.repeat.max = 1; }, { kind: 'entries', itemId: 'file.entrustments', left: 2 }],
    ['a text that became a choice', 'basic.fileNames', (item) => { item.kind = 'choice'; item.options = [{ code: 'a', number: 1, label: 'あ' }]; }, { kind: 'kind', itemId: 'basic.fileNames', left: '予防接種ファイル' }],
    ['※', 'file.remarks', (item) => { item.significant = true; }, { kind: 'significance', itemId: 'file.remarks' }],
    ['words', 'file.remarks', (item) => { item.label = 'その他'; }, { kind: 'label', itemId: 'file.remarks', message: expect.stringContaining('「備考」から「その他」') as never }],
    ['an appendix', 'file.recordItems', (item) => { item.id = 'file.otherItems'; }, { kind: 'table', itemId: 'file.recordItems', left: document('full-form4').recordItems[0]! }],
    ['a question of a changed row', 'file.use.departments', (item) => { item.id = 'file.use.sections'; }, { kind: 'table', itemId: 'changes.rows', left: document('full-form4').changeLog[0]! }],
  ])('%s', (_, id, change, note) => {
    const notes = expectNothingLost(document('full-form4'), from, changed(id, change));
    expect(notes).toContainEqual(expect.objectContaining(note));
  });
});
