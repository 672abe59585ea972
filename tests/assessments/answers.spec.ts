import fc from 'fast-check';
import { blankAnswers, cellsOf } from '../../src/assessments/answers/cells.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import { FIXTURES, document, documentsOf, expectRead, forms, published, textOf, type Json } from './documents.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 40;
const EDITIONS = [...allForms().values()];

/** The same JSON with the members of every object in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, turned(member)]));
}

describe('reading and writing', () => {
  it.each(FIXTURES)('%s comes back to the byte', (fixture) => {
    const reading = readAssessment(textOf(fixture));
    expectRead(reading, document(fixture));
    expect(writeAssessment(document(fixture)) === textOf(fixture)).toBe(true);
  });

  it.each(EDITIONS.map((form) => [form.formId, form] as const))('any document of %s comes back equal, in one text whatever the order of its members', (_, form) => {
    fc.assert(
      fc.property(documentsOf(form), (assessment) => {
        const text = writeAssessment(assessment);
        expectRead(readAssessment(text), assessment);
        expect(writeAssessment(turned(assessment) as typeof assessment) === text).toBe(true);
        expectRead(readAssessment(JSON.stringify(turned(assessment))), assessment);
      }),
      { numRuns: RUNS / 4, endOnFailure: true },
    );
  });

  it('so does any document of any form', () => {
    fc.assert(
      fc.property(forms('form4-any').chain((form) => documentsOf(form).map((assessment) => ({ form, assessment }))), ({ form, assessment }) => {
        const text = writeAssessment(assessment, () => form);
        expectRead(readAssessment(text, () => form), assessment);
        expect(writeAssessment(turned(assessment) as typeof assessment, () => form) === text).toBe(true);
      }),
      { numRuns: RUNS * 5, endOnFailure: true },
    );
  });

  it('a blank document of each edition is a document', () => {
    for (const form of EDITIONS) {
      const blank = { ...document('plan-form1'), formId: form.formId, form: form.form, edition: form.edition, answers: blankAnswers(form) };
      expectRead(readAssessment(writeAssessment(blank)), blank);
    }
  });

  it('keeps apart what was lost, left blank, printed as a dash, unreadable and doubtful', () => {
    const { answers, gaps, recordItems, changeLog } = document('scanned-form3');
    const file = (answers['file'] as Json)[0];
    expect([answers['basic.networkLink.status'], answers['basic.otherAgencies'], answers['procedure.review.date'], file['file.remarks'], file['file.transfers'], file['file.entrustments'][1]['file.entrustments.handlerCount']]).toEqual([null, '', '-', '－', null, null]);
    expect((answers['basic.systems'] as Json)[1]['basic.systems.connections']).toEqual({ ticked: ['residentRegister'], text: {}, unknown: ['jukiNet', 'taxSystem'] });
    expect([recordItems[0]!.table, changeLog[0]!.changedOn]).toEqual([null, null]);
    expect(gaps.map(({ kind }) => kind)).toEqual(['lost', 'doubtful', 'lost', 'lost', 'lost', 'lost', 'damaged', 'lost']);
  });

  it('boxes are in the order of the form, in whatever order they were written', () => {
    const json = JSON.parse(textOf('scanned-form3'));
    const boxes = json.answers['basic.systems'][1]['basic.systems.connections'];
    boxes.unknown.reverse();
    json.answers.file[0]['file.acquisition.sources'].ticked.reverse();
    const reading = readAssessment(JSON.stringify(json));
    expectRead(reading, document('scanned-form3'));
    expect(writeAssessment({ ...document('scanned-form3'), answers: json.answers }) === textOf('scanned-form3')).toBe(true);
  });

  it('finds the row of a change in an explanation that begins with it', () => {
    const older = JSON.parse(textOf('scanned-form3'));
    delete older.gaps[7].row;
    older.gaps[7].why = 'row 1: 変更日 not legible';
    const reading = readAssessment(JSON.stringify(older));
    expect(reading.ok && reading.assessment.gaps[7]).toEqual({ itemId: 'changes.rows', row: 1, kind: 'lost', why: 'row 1: 変更日 not legible' });
  });

  it('writes nothing that its form has no place for', () => {
    const assessment = document('full-form4');
    expect(() => writeAssessment({ ...assessment, answers: { ...assessment.answers, 'basic.invented': '一文' } })).toThrow('basic.invented');
    expect(() => writeAssessment({ ...assessment, answers: { ...assessment.answers, 'basic.fileNames': undefined as never } })).toThrow('basic.fileNames');
  });
});

describe('what is not taken in', () => {
  const FILE = '/answers/file/0';
  it.each<[string, (json: Json) => void, string, string]>([
    ['an edition that is not known', (json) => { json.formId = 'form4-1999-01'; }, '/formId', 'unknown-form'],
    ['the name of another edition', (json) => { json.edition = '平成30年5月'; }, '/edition', 'wrong-edition'],
    ['another 様式', (json) => { json.form = '3'; }, '/form', 'wrong-edition'],
    ['a missing member', (json) => { delete json.status; }, '/status', 'missing'],
    ['a member nobody knows', (json) => { json.remark = ''; }, '/remark', 'unknown-member'],
    ['a missing answer', (json) => { delete json.answers['basic.fileNames']; }, '/answers/basic.fileNames', 'missing-answer'],
    ['an item of no form', (json) => { json.answers['basic.invented'] = ''; }, '/answers/basic.invented', 'unknown-item'],
    ['an item at the wrong place', (json) => { json.answers['file.name'] = ''; }, '/answers/file.name', 'unknown-item'],
    ['an answer of a block', (json) => { json.answers['basic.affair'] = ''; }, '/answers/basic.affair', 'unknown-item'],
    ['__proto__', (json) => { json.answers = JSON.parse(`{"__proto__": {}, ${JSON.stringify(json.answers).slice(1)}`); }, '/answers/__proto__', 'unknown-item'],
    ['an option that is not printed', (json) => { json.answers['basic.affair.headcount'] = 'many'; }, '/answers/basic.affair.headcount', 'not-an-option'],
    ['a number for a text', (json) => { json.answers['basic.fileNames'] = 3; }, '/answers/basic.fileNames', 'wrong-type'],
    ['half a character', (json) => { json.answers['basic.fileNames'] = '\ud842'; }, '/answers/basic.fileNames', 'broken-text'],
    ['a day that does not exist', (json) => { json.answers['procedure.basic.date'] = '2026-02-29'; }, '/answers/procedure.basic.date', 'not-a-date'],
    ['a count below nothing', (json) => { json.answers.file[0]['file.entrustment.count'] = -1; }, `${FILE}/file.entrustment.count`, 'not-a-count'],
    ['half a count', (json) => { json.answers.file[0]['file.entrustment.count'] = 1.5; }, `${FILE}/file.entrustment.count`, 'not-a-count'],
    ['blank for boxes', (json) => { json.answers.file[0]['file.mainItems'] = ''; }, `${FILE}/file.mainItems`, 'wrong-type'],
    ['a box that is not printed', (json) => { json.answers.file[0]['file.mainItems'].ticked.push('dna'); }, `${FILE}/file.mainItems/ticked/5`, 'not-a-tick'],
    ['a box ticked twice', (json) => { json.answers.file[0]['file.mainItems'].ticked.push('health'); }, `${FILE}/file.mainItems/ticked/5`, 'tick-twice'],
    ['a text beside a box that has none', (json) => { json.answers.file[0]['file.mainItems'].text.health = '接種'; }, `${FILE}/file.mainItems/text/health`, 'not-a-tick'],
    ['a text beside a box that is not ticked', (json) => { json.answers.file[0]['file.mainItems'].text.other = '接種'; }, `${FILE}/file.mainItems/text/other`, 'text-without-tick'],
    ['an empty text beside a box', (json) => { json.answers.file[0]['file.acquisition.sources'].text.private = ''; }, `${FILE}/file.acquisition.sources/text/private`, 'empty'],
    ['boxes that cannot be read, without a word why', (json) => { json.answers.file[0]['file.mainItems'].unknown = ['disaster']; }, `${FILE}/file.mainItems/unknown`, 'unknown-without-gap'],
    ['a lost answer without a word why', (json) => { json.answers['basic.fileNames'] = null; }, '/answers/basic.fileNames', 'lost-without-gap'],
    ['lost entries without a word why', (json) => { json.answers.file[0]['file.transfers'] = null; }, `${FILE}/file.transfers`, 'lost-without-gap'],
    ['an answer lost in another entry than told', (json) => { json.answers.file[0]['file.entrustments'][0]['file.entrustments.content'] = null; json.gaps.push({ itemId: 'file.entrustments.content', blockIndex: 2, kind: 'lost', why: '切れている' }); }, `${FILE}/file.entrustments/0/file.entrustments.content`, 'lost-without-gap'],
    ['a gap in an entry that is not there', (json) => { json.gaps.push({ itemId: 'file.entrustments.content', blockIndex: 3, kind: 'doubtful', why: '位置' }); }, '/gaps/0/blockIndex', 'no-such-entry'],
    ['a gap in a file that is not there', (json) => { json.gaps.push({ itemId: 'file.name', fileIndex: 2, kind: 'doubtful', why: '位置' }); }, '/gaps/0/fileIndex', 'no-such-entry'],
    ['a gap of no item', (json) => { json.gaps.push({ itemId: 'basic.invented', kind: 'doubtful', why: '位置' }); }, '/gaps/0/itemId', 'unknown-item'],
    ['a gap without a word why', (json) => { json.gaps.push({ itemId: '*', kind: 'doubtful', why: '' }); }, '/gaps/0/why', 'empty'],
    ['a change of an entry that does not say which', (json) => { delete json.changeLog[1].blockIndex; }, '/changeLog/1/blockIndex', 'no-such-entry'],
    ['a lost cell of a change without a word why', (json) => { json.changeLog[1].before = null; }, '/changeLog/1/before', 'lost-without-gap'],
    ['a time of submission that is none', (json) => { json.changeLog[1].submission = '当日'; }, '/changeLog/1/submission', 'not-an-option'],
    ['a table without record items', (json) => { json.recordItems[0].fields = []; }, '/recordItems/0/fields', 'empty'],
    ['a record item twice', (json) => { json.recordItems[0].fields.push('氏名'); }, '/recordItems/0/fields/12', 'tick-twice'],
    ['answers that are none', (json) => { json.answers = []; }, '/answers', 'wrong-type'],
    ['no answers at all', (json) => { json.answers = {}; }, '/answers/cover.number', 'missing-answer'],
  ])('%s', (_, change, path, code) => {
    const json = JSON.parse(textOf('full-form4'));
    change(json);
    const reading = readAssessment(JSON.stringify(json));
    expect(reading.ok ? [] : reading.problems).toContainEqual({ path, code, message: expect.stringMatching(/[ぁ-んァ-ヶ]/) });
  });

  it('more entries than the form has places for, and appendices it does not have', () => {
    const plan = formOf('form1-unconfirmed')!;
    const narrow = { ...plan, sections: plan.sections.map((section) => (section.repeat ? { ...section, repeat: { ...section.repeat, max: 1 } } : section)) };
    const reading = readAssessment(JSON.stringify({ ...document('plan-form1'), recordItems: [{ table: '台帳', fields: ['氏名'] }] }), () => narrow);
    expect(reading.ok ? [] : reading.problems.map(({ path, code }) => [path, code])).toEqual([['/recordItems', 'unknown-item'], ['/answers/plan', 'too-many']]);
  });

  it('a member written twice, though JSON allows it', () => {
    const reading = readAssessment(textOf('full-form4').replace('"basic.fileNames":', '"basic.fileNames": "別のファイル", "basic.fileNames":'));
    expect(reading.ok ? [] : reading.problems.map(({ code, path }) => [code, path])).toEqual([['json', expect.stringContaining('/answers')]]);
  });

  it('tells every problem at once and none of the values', () => {
    const json = JSON.parse(textOf('full-form4'));
    Object.assign(json.answers, { 'basic.affair.headcount': '秘密の値', 'procedure.basic.date': '秘密の値' });
    const reading = readAssessment(JSON.stringify(json));
    expect(reading.ok ? [] : reading.problems.map(({ code }) => code)).toEqual(['not-an-option', 'not-a-date']);
    expect(JSON.stringify(reading)).not.toContain('秘密');
  });

  it('never throws, whatever it is given', () => {
    const whole = JSON.parse(textOf('scanned-form3'));
    const places = Object.keys(whole);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.tuple(fc.constantFrom(...places), fc.jsonValue()).map(([name, value]) => JSON.stringify({ ...whole, [name]: value })), fc.tuple(fc.constantFrom(...Object.keys(whole.answers)), fc.jsonValue()).map(([name, value]) => JSON.stringify({ ...whole, answers: { ...whole.answers, [name]: value } }))), (text) => {
        const reading = readAssessment(text);
        if (reading.ok) expect(readAssessment(writeAssessment(reading.assessment))).toEqual(reading);
        else expect(reading.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS * 5, endOnFailure: true },
    );
  });
});

const real = published();
if (real) {
  describe('published assessments', () => {
    it.each([...real])('%s: every answer survives reading and writing', (_, text) => {
      const reading = readAssessment(text);
      if (!reading.ok) throw new Error(JSON.stringify(reading.problems.slice(0, 5)));
      const written = writeAssessment(reading.assessment);
      expectRead(readAssessment(written), reading.assessment);
      const source = JSON.parse(text);
      const { gaps, ...rest } = JSON.parse(written);
      expect({ ...rest, gaps: gaps.map(({ row: _row, ...gap }: Json) => gap) }).toEqual(source);
    });

    it('hold as many answers as were counted when they were taken down', () => {
      const counts = Object.fromEntries([...real].map(([name, text]) => {
        const reading = readAssessment(text);
        if (!reading.ok) throw new Error(name);
        const cells = cellsOf(formOf(reading.assessment.formId)!, reading.assessment);
        return [name, [cells.length, cells.filter(({ answer }) => answer === null).length, reading.assessment.changeLog.length, reading.assessment.gaps.length]];
      }));
      expect(counts).toEqual({ koshigaya: [216, 49, 25, 21], sagamihara: [261, 1, 103, 23], sapporo: [0, 0, 36, 12], taito: [150, 17, 31, 46] });
    });
  });
} else {
  process.stdout.write('Published assessments were not read: AKASHI_TEST_ASSESSMENTS names no folder that holds them, and none lies beside the project.\n');
  it('is declared only where published assessments are', () => expect(real).toBeUndefined());
}
