import { formOf } from '../forms/editions.js';
import type { Form, FormItem, FormSection } from '../forms/form.js';
import { isAnswered } from '../forms/places.js';
import { isTicks, type Answer, type Answers, type Assessment, type ChangeRow, type Gap, type RecordTable } from './assessment.js';

/**
 * The one JSON text of an assessment: members in the order of the form, whatever the order they were given in, so that the same
 * answers are the same bytes. Throws RangeError for a document that is not made of its form's items: nothing is left out silently.
 */
export function writeAssessment(assessment: Assessment, editions: (formId: string) => Form | undefined = formOf): string {
  const form = editions(assessment.formId);
  if (!form) throw new RangeError('知らない様式の版です');
  const { formId, form: number, edition, editionInferred, assessmentNumber, title, agency, publishedOn, status, source } = assessment;
  return `${JSON.stringify(
    {
      ...{ formId, form: number, edition, editionInferred, assessmentNumber, title, agency, publishedOn, status, source },
      answers: Object.keys(assessment.answers).length === 0 ? {} : ordered(form.sections, assessment.answers),
      recordItems: assessment.recordItems.map(table),
      changeLog: assessment.changeLog.map(row),
      gaps: assessment.gaps.map(gap),
    },
    undefined,
    1,
  )}\n`;
}

function ordered(sections: readonly FormSection[], answers: Answers): Answers {
  const written: Record<string, Answer | readonly Answers[]> = {};
  for (const section of sections) {
    if (section.repeat) written[section.id] = entries(section, answers);
    else items(section.items, answers, written);
  }
  return complete(answers, written);
}

function items(list: readonly FormItem[], answers: Answers, written: Record<string, Answer | readonly Answers[]>): void {
  for (const item of list) {
    if (item.repeat) {
      written[item.id] = entries(item, answers);
      continue;
    }
    if (isAnswered(item)) written[item.id] = cell(item, answers[item.id]);
    items(item.items, answers, written);
  }
}

function entries(repeated: FormSection | FormItem, answers: Answers): readonly Answers[] | null {
  const list = answers[repeated.id];
  if (list === null) return null;
  if (!Array.isArray(list)) throw new RangeError(`「${repeated.id}」の回答がありません`);
  return (list as readonly Answers[]).map((entry) => {
    const written: Record<string, Answer | readonly Answers[]> = {};
    items(repeated.items, entry, written);
    return complete(entry, written);
  });
}

function cell(item: FormItem, answer: Answers[string] | undefined): Answer {
  if (answer === undefined || Array.isArray(answer)) throw new RangeError(`「${item.id}」の回答がありません`);
  if (!isTicks(answer)) return answer as Answer;
  const inOrder = (codes: readonly string[]) => item.ticks.flatMap(({ code }) => (codes.includes(code) ? [code] : []));
  const text = Object.fromEntries(inOrder(Object.keys(answer.text)).map((code) => [code, answer.text[code]!]));
  return { ticked: inOrder(answer.ticked), text, ...(answer.unknown && { unknown: inOrder(answer.unknown) }) };
}

function complete(answers: Answers, written: Answers): Answers {
  const left = Object.keys(answers).filter((id) => !Object.hasOwn(written, id));
  if (left.length > 0) throw new RangeError(`この版の様式にない項目です: ${left.join('、')}`);
  return written;
}

function table({ table: name, fileIndex, group, fields, note }: RecordTable): RecordTable {
  return { table: name, ...(fileIndex !== undefined && { fileIndex }), ...(group !== undefined && { group }), fields, ...(note !== undefined && { note }) };
}

function row({ changedOn, itemPath, itemId, fileIndex, blockIndex, before, after, submission, explanation }: ChangeRow): ChangeRow {
  const place = { ...(fileIndex !== undefined && { fileIndex }), ...(blockIndex !== undefined && { blockIndex }) };
  return { changedOn, itemPath, itemId, ...place, before, after, submission, explanation };
}

function gap({ itemId, fileIndex, blockIndex, row: number, kind, why, raw }: Gap): Gap {
  const place = { ...(fileIndex !== undefined && { fileIndex }), ...(blockIndex !== undefined && { blockIndex }), ...(number !== undefined && { row: number }) };
  return { itemId, ...place, kind, why, ...(raw !== undefined && { raw }) };
}
