import { jest } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import { printedDate } from '../../projections/assessment-form/content.js';
import { writeDocx } from '../../projections/assessment-form/docx.js';
import { partsOf, type Withholding } from '../../projections/assessment-form/layout.js';
import { bracketed, cellsIn, markOf } from '../../projections/assessment-form/model.js';
import { isTicks, type Answer, type Assessment } from '../../src/assessments/answers/assessment.js';
import { cellKey, cellsOf } from '../../src/assessments/answers/cells.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { formOf } from '../../src/assessments/forms/editions.js';
import type { FormItem } from '../../src/assessments/forms/form.js';
import { FIXTURES, document, published } from '../assessments/documents.js';

const META = { title: '予防接種に関する事務', createdAt: new Date('2026-10-01T00:00:00Z') };
const written = async (assessment: Assessment, withhold: readonly Withholding[] = []): Promise<Uint8Array> => writeDocx(partsOf(formOf(assessment.formId)!, assessment, withhold), META);

/** The paragraphs of a document as text, and its XML. */
async function read(assessment: Assessment, withhold: readonly Withholding[] = []): Promise<{ readonly text: string; readonly xml: string; readonly footer: string }> {
  const parts = unzipSync(await written(assessment, withhold));
  const xml = strFromU8(parts['word/document.xml']!);
  let text = '';
  let inText = false;
  const parser = new SaxesParser();
  parser.on('error', (error) => { throw error; });
  parser.on('opentag', ({ name }) => { inText = name === 'w:t'; });
  parser.on('text', (piece) => { if (inText) text += piece; });
  parser.on('closetag', ({ name }) => { inText = false; if (name === 'w:p') text += '\n'; });
  parser.write(xml).close();
  return { text, xml, footer: strFromU8(parts['word/footer1.xml']!) };
}

/** What of an answer must be found in print. */
function shown({ kind, options, ticks }: FormItem, answer: Answer): readonly string[] {
  if (answer === null || answer === '') return [];
  if (isTicks(answer)) return ticks.flatMap(({ code, label }) => (answer.ticked.includes(code) ? [`${markOf({ ticked: true })} ${label}`, ...(answer.text[code] !== undefined ? [answer.text[code]] : [])] : [`${markOf({ ticked: false })} ${label}`]));
  if (kind === 'choice') return [bracketed(options.find(({ code }) => code === answer)!.label), ...options.map(({ label }) => label)];
  return [kind === 'date' ? printedDate(String(answer)) : String(answer)];
}

/** Every answer, field and change stands in the text, in the order of the form. */
function expectAll(text: string, assessment: Assessment): void {
  const form = formOf(assessment.formId)!;
  const cells = new Map(cellsOf(form, assessment).map((cell) => [cellKey(cell.item.id, cell.at), cell]));
  let from = 0;
  const find = (what: string, where: string): void => {
    const at = text.indexOf(what, from);
    expect([where, at >= from]).toEqual([where, true]);
    from = at + what.length;
  };
  for (const part of partsOf(form, assessment)) {
    for (const { itemId, at, content } of cellsIn(part)) {
      const cell = cells.get(cellKey(itemId, at));
      cells.delete(cellKey(itemId, at));
      if (cell) for (const word of shown(cell.item, cell.answer)) find(word, cellKey(itemId, at));
      else if (content.kind === 'fields') content.fields.forEach((field) => find(field, 'field'));
      else if (content.kind === 'text') find(content.text, `${itemId} ${JSON.stringify(at)}`);
    }
  }
  const left = [...cells.values()].filter(({ item, answer }) => item.kind !== 'count' && shown(item, answer).length > 0);
  expect(left.map(({ item }) => item.id)).toEqual([]);
}

describe('the form as a document of Word', () => {
  it.each(FIXTURES)('%s: every answer in the order of the form', async (fixture) => {
    expectAll((await read(document(fixture))).text, document(fixture));
  });

  const real = published();
  if (real) {
    it.each([...real.keys()])('so the published document of %s', async (name) => {
      const reading = readAssessment(real.get(name)!);
      if (!reading.ok) throw new Error(name);
      expectAll((await read(reading.assessment)).text, reading.assessment);
    });
  } else console.info('Published documents are not here (../shared/assessments or AKASHI_TEST_ASSESSMENTS); their documents of Word are not tested.');

  it('is A4 with a number on each page, heads of tables on each page, Japanese faces, a section for each part', async () => {
    const { xml, footer } = await read(document('full-form4'));
    expect(xml.match(/<w:pgSz [^>]*w:w="11906" w:h="16838"/g)).toHaveLength(11);
    expect(xml.match(/<w:tblHeader\/>/g)).toHaveLength(2);
    expect(footer).toContain('PAGE');
    expect(strFromU8(unzipSync(await written(document('full-form4')))['word/styles.xml']!)).toContain('w:eastAsia="游明朝"');
  });

  it('is the same bytes at any time', async () => {
    const first = Buffer.from(await written(document('full-form4')));
    jest.useFakeTimers({ now: 4_000_000_000_000, doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'] });
    const second = Buffer.from(await written(document('full-form4')));
    jest.useRealTimers();
    expect(second.equals(first)).toBe(true);
  });

  it('keeps line breaks and characters of every plane; what XML has no place for is shown as such', async () => {
    const { text } = await read(document('full-form4', ({ answers }) => { answers['cover.notes'] = '一行目\n\n\u{20bb7}<&>\u0001終'; }));
    expect(text).toContain('一行目\n\n\u{20bb7}<&>\ufffd終');
  });

  it('withholds what is not made public', async () => {
    const { text } = await read(document('full-form4'), [{ itemId: 'file.storage.place', why: '安全管理' }]);
    expect([text.includes('（非公表）'), text.includes('施錠した電算室')]).toEqual([true, false]);
  });
});
