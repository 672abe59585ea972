import { hash } from 'node:crypto';
import { readDeclaration } from '../../handling/declaration-file.js';
import type { Answers, Assessment, ChangeRow } from '../answers/assessment.js';
import { blankAnswer, blankAnswers } from '../answers/cells.js';
import { readAssessment } from '../answers/read-assessment.js';
import { writeAssessment } from '../answers/write-assessment.js';
import { RULE_FORMS, readBindings, rulesOf, unbackedIn } from '../bindings/bindings.js';
import type { ChangeFinding } from '../changes/change-finding.js';
import { changesBetween } from '../changes/changes-between.js';
import type { Change, Comparison } from '../changes/comparison.js';
import { dependencyFindings } from '../changes/dependencies.js';
import { toChangeRows } from '../changes/rows.js';
import type { Ground, Judgement } from '../changes/significance.js';
import { VOCABULARIES, type Cause } from '../changes/vocabulary.js';
import { checkAffair, checkAssessment } from '../check/check.js';
import type { Finding } from '../check/rule.js';
import type { BindingFacts } from '../decider.js';
import type { Beginning } from '../drafts/beginning.js';
import { placeName, placeOfChange, type ToCompare } from '../drafts/comparing.js';
import { contentDigest, entriesFor } from '../drafts/document.js';
import { placeKey, type Judged } from '../drafts/state.js';
import { formOf } from '../forms/editions.js';
import type { Form, FormNumber } from '../forms/form.js';
import { answeredItems } from '../forms/places.js';
import { moveAssessment } from '../moving.js';

/** What takes longer than the thread that answers HTTP may be held: it is done in a thread of its own. */
export type Job =
  | { readonly kind: 'begin'; readonly edition: string; readonly fresh: boolean; readonly publishedOn?: string; readonly document?: string; readonly bindings?: string; readonly blank: { readonly number: number; readonly agency: string } }
  | { readonly kind: 'examine'; readonly document: Assessment; readonly compared?: ToCompare; readonly companions?: readonly Assessment[] }
  | { readonly kind: 'rows'; readonly compared: ToCompare; readonly judged: Readonly<Record<string, Pick<Judged, 'ground' | 'by' | 'on' | 'reason'>>>; readonly otherwise: Ground | undefined; readonly dates: { readonly submittedOn: string | null; readonly publishedOn: string }; readonly changedOn: string; readonly causes: Readonly<Record<string, string>> }
  | { readonly kind: 'bindings'; readonly bindings: string; readonly form: FormNumber }
  | { readonly kind: 'unbacked'; readonly document: Assessment; readonly declaration: string }
  | { readonly kind: 'write'; readonly document: Assessment };

export interface Fault {
  readonly path: string;
  readonly message: string;
}

export interface Results {
  readonly begin: { readonly beginning: Beginning } | { readonly faults: readonly Fault[]; readonly of: 'document' | 'bindings' | 'edition' };
  readonly examine: { readonly findings: readonly Finding[]; readonly changes: readonly Change[]; readonly dependencies: readonly ChangeFinding[]; readonly affair: readonly Finding[] };
  readonly rows: readonly ChangeRow[];
  readonly bindings: BindingFacts;
  /** what is bound and not written, as a clerk reads it */
  readonly unbacked: readonly string[];
  /** `problem`: why a later version could not begin with it */
  readonly write: { readonly text: string; readonly digest: string; readonly problem?: string };
}

export function perform(job: Job): Results[Job['kind']] {
  switch (job.kind) {
    case 'begin':
      return begin(job);
    case 'examine': {
      const comparison = job.compared && compare(job.compared);
      const affair = job.companions?.length ? checkAffair([job.document, ...job.companions]) : [];
      return { findings: checkAssessment(job.document), changes: comparison?.changes ?? [], dependencies: comparison ? dependencyFindings(comparison) : [], affair };
    }
    case 'rows':
      return rowsOf(job);
    case 'bindings':
      return bindingFacts(job.bindings, job.form);
    case 'unbacked': {
      const reading = readDeclaration(job.declaration);
      if (!reading.ok) return reading.faults.map(({ path, message }) => `${path}: ${message}`);
      return unbackedIn(formOf(job.document.formId)!, job.document, reading.declaration).map(({ message }) => message);
    }
    case 'write': {
      const text = writeAssessment(job.document);
      const reading = readAssessment(text);
      return { text, digest: hash('sha256', text), ...(!reading.ok && { problem: reading.problems[0]!.message }) };
    }
  }
}

function compare({ before, after, idsBefore, idsAfter }: ToCompare): Comparison {
  return changesBetween(before, after, { entryIds: (version, _, at) => (version === 'before' ? idsBefore : idsAfter)[placeName(at)] });
}

function rowsOf({ compared, judged, otherwise, dates, changedOn, causes }: Extract<Job, { kind: 'rows' }>): readonly ChangeRow[] {
  const comparison = compare(compared);
  const keyOf = (change: Change): string => {
    const { item, entries } = placeOfChange(change, compared);
    return placeKey(item, entries);
  };
  const judgements = comparison.changes.flatMap((change): readonly Judgement[] => {
    const known = judged[keyOf(change)];
    if (known) return [{ change: change.key, ground: known.ground, reason: known.reason || '-', judgedBy: known.by, judgedOn: known.on }];
    return otherwise && change.significant ? [{ change: change.key, ground: otherwise, reason: '-', judgedBy: 'kind', judgedOn: dates.publishedOn }] : [];
  });
  const causeOf = (change: Change): Cause | undefined => {
    const words = causes[keyOf(change)];
    return words === undefined ? undefined : { code: words, words };
  };
  return toChangeRows(comparison, { dates, changedOn: () => changedOn, judgements, vocabulary: VOCABULARIES[0]!, causeOf });
}

function begin({ edition, fresh, publishedOn, document, bindings, blank }: Extract<Job, { kind: 'begin' }>): Results['begin'] {
  const form = formOf(edition);
  if (!form) return { of: 'edition', faults: [{ path: '/edition', message: 'この名の様式の版はありません（akashi assessment forms）' }] };
  const facts = bindings === undefined ? undefined : bindingFacts(bindings, form.form);
  if (facts && facts.faults.length > 0) return { of: 'bindings', faults: facts.faults };
  const read = document === undefined ? undefined : readAssessment(document);
  if (read && !read.ok) return { of: 'document', faults: read.problems };
  const given = read?.assessment ?? blankDocument(edition, blank);
  const source = formOf(given.formId)!;
  if (source.form !== form.form) return { of: 'document', faults: [{ path: '/formId', message: `様式${form.form}の版に、様式${source.form}の文書は使えません` }] };
  const moved = source.formId === edition ? undefined : moveAssessment(given, source, form);
  const { assessment: carried, notes } = moved ?? { assessment: given, notes: [] };
  const assessment = { ...carried, ...(fresh && { answers: withoutProcedure(form, carried.answers) }), ...(publishedOn !== undefined && { publishedOn: carried.publishedOn ?? publishedOn }) };
  const text = writeAssessment(assessment);
  const entries = entriesFor(form, assessment, String).map(({ repeat, within }) => ({ repeat, ...(within !== undefined && { within: Number(within) }) }));
  return {
    beginning: {
      form: form.form, document: text, digest: hash('sha256', text), content: contentDigest(assessment), entries, publishedOn: assessment.status === 'published' ? assessment.publishedOn : null, rows: assessment.changeLog.length,
      ...(bindings !== undefined && { bindings }), ...(notes.length > 0 && { left: JSON.stringify(notes) }),
    },
  };
}

/** What the chapter of the procedure says is of the last round: of this one nothing has been done yet. */
function withoutProcedure(form: Form, answers: Answers): Answers {
  if (Object.keys(answers).length === 0) return answers;
  return { ...answers, ...Object.fromEntries(answeredItems(form).filter(({ id }) => id.startsWith('procedure.')).map((item) => [item.id, blankAnswer(item)])) };
}

/** The version of an edition that nobody has written anything into but its number and the agency. */
function blankDocument(edition: string, { number, agency }: { readonly number: number; readonly agency: string }): Assessment {
  const form = formOf(edition)!;
  const answers = { ...blankAnswers(form), ...('cover.number' in blankAnswers(form) && { 'cover.number': String(number) }), 'cover.agency': agency };
  return { formId: edition, form: form.form, edition: form.edition, editionInferred: false, assessmentNumber: String(number), title: null, agency, publishedOn: null, status: 'draft', source: 'akashi', answers, recordItems: [], changeLog: [], gaps: [] };
}

function bindingFacts(bindings: string, form: FormNumber): BindingFacts {
  const of = RULE_FORMS.find((one) => one === form);
  if (!of) return { rules: [], faults: [{ path: '', message: '照合する記載は、重点項目評価書（様式3）か全項目評価書（様式4）の版に付けます' }] };
  const reading = readBindings(bindings, of);
  if (!reading.ok) return { rules: [], faults: reading.faults.map(({ path, message }) => ({ path, message })) };
  return { rules: rulesOf(reading.declaration), faults: [] };
}
