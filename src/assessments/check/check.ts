import type { Assessment } from '../answers/assessment.js';
import { formOf } from '../forms/editions.js';
import type { Form, FormNumber } from '../forms/form.js';
import { placeOf } from '../forms/places.js';
import { cellOfRow } from './change-text.js';
import { DocumentView } from './document.js';
import type { AffairDocuments, Finding, Hit, Rule } from './rule.js';
import { AGREEMENT_RULES } from './rules-agreement.js';
import { AFFAIR_RULES } from './rules-affair.js';
import { CHANGE_RULES } from './rules-changes.js';
import { DATE_RULES } from './rules-dates.js';
import { FILE_RULES } from './rules-file.js';
import { FORM_RULES } from './rules-form.js';
import { LAW_RULES } from './rules-law.js';
import { RISK_RULES } from './rules-risk.js';
import { ROW_RULES } from './rules-rows.js';
import { SLIP_RULES } from './rules-slips.js';
import { WORD_RULES } from './rules-words.js';

/** All rules over one document. */
export const DOCUMENT_RULES: readonly Rule[] = [...FORM_RULES, ...FILE_RULES, ...RISK_RULES, ...AGREEMENT_RULES, ...LAW_RULES, ...DATE_RULES, ...CHANGE_RULES, ...ROW_RULES, ...WORD_RULES, ...SLIP_RULES];

export { AFFAIR_RULES };

/** What in a document contradicts itself, is missing, or needs a look; in the order of the rules. */
export function checkAssessment(assessment: Assessment, editions: (formId: string) => Form | undefined = formOf): readonly Finding[] {
  const document = viewOf(assessment, editions);
  return DOCUMENT_RULES.flatMap(({ code, level, check }) => [...check(document)].map((hit) => finding({ rule: code, level }, document, hit)));
}

/** What the documents of one affair (at most one of each 様式) say differently. The documents themselves are checked apart. */
export function checkAffair(assessments: readonly Assessment[], editions: (formId: string) => Form | undefined = formOf): readonly Finding[] {
  const documents: Partial<Record<FormNumber, DocumentView>> = {};
  for (const assessment of assessments) {
    if (documents[assessment.form]) throw new RangeError(`様式${assessment.form}が二つあります`);
    documents[assessment.form] = viewOf(assessment, editions);
  }
  return AFFAIR_RULES.flatMap(({ code, level, check }) => [...check(documents satisfies AffairDocuments)].map(({ form, ...hit }) => finding({ rule: code, level }, documents[form]!, hit)));
}

function viewOf(assessment: Assessment, editions: (formId: string) => Form | undefined): DocumentView {
  const form = editions(assessment.formId);
  if (!form) throw new RangeError('知らない様式の版です');
  return new DocumentView(assessment, form);
}

function finding(rule: Pick<Finding, 'rule' | 'level'>, document: DocumentView, { itemId, row, message, ...hit }: Hit): Finding {
  const changed = row === undefined ? undefined : document.assessment.changeLog[row - 1];
  const at = hit.at ?? (changed ? cellOfRow(document.form, changed) : []);
  const cell = placeOf(document.form, itemId) ? document.name(itemId, at) : itemId;
  const where = row === undefined ? cell : `${placeOf(document.form, 'changes.rows')?.item?.number ?? '別添'} ${row}行目（${cell}）`;
  return { ...rule, form: document.form.form, itemId, at, ...(row !== undefined && { row }), where, message };
}
