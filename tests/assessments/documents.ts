import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAssessment, type AssessmentReading } from '../../src/assessments/answers/read-assessment.js';
import type { Answer, Answers, Assessment, Gap } from '../../src/assessments/answers/assessment.js';
import { checkForm } from '../../src/assessments/forms/check-form.js';
import type { Form, FormItem, FormSection } from '../../src/assessments/forms/form.js';
import { isAnswered } from '../../src/assessments/forms/places.js';

export const FIXTURES = ['plan-form1', 'basic-form2', 'focused-form3', 'full-form4', 'scanned-form3'] as const;
export type Fixture = (typeof FIXTURES)[number];

/** What a test looks into member by member. */
export type Json = ReturnType<typeof JSON.parse>;

export const textOf = (fixture: Fixture): string => readFileSync(`tests/assessments/fixtures/${fixture}.json`, 'utf8');

/** A document of the invented city with something changed in its JSON; it stays a readable document. */
export function document(fixture: Fixture, change: (json: Json) => void = () => undefined): Assessment {
  const json = JSON.parse(textOf(fixture));
  change(json);
  const reading = readAssessment(JSON.stringify(json));
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.assessment;
}

/** The document was read, and just this one; told shortly when it was not, for a comparison of two whole documents takes minutes to print. */
export function expectRead(reading: AssessmentReading, assessment: Assessment): void {
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems.slice(0, 5)));
  const differing = (one: object, other: object) => [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((member) => JSON.stringify(one[member as keyof object]) !== JSON.stringify(other[member as keyof object]));
  expect([...differing(reading.assessment, assessment), ...differing(reading.assessment.answers, assessment.answers)]).toEqual([]);
}

/** Published assessments as JSON by name, from the folder that AKASHI_TEST_ASSESSMENTS names or from one that lies beside the project. */
export function published(): ReadonlyMap<string, string> | undefined {
  const folder = process.env['AKASHI_TEST_ASSESSMENTS'] ?? join('..', 'shared', 'assessments');
  if (!existsSync(folder)) return undefined;
  return new Map(readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => [name.slice(0, -5), readFileSync(join(folder, name), 'utf8')]));
}

type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;
const drawing = (generate: fc.GeneratorValue): Draw => (arbitrary) => generate(() => arbitrary);

const TEXT = fc.oneof(fc.constantFrom('', '－', '-', 'なし', '一行目\n二行目', '\u{20bb7}野家\u{e0101}', '"\\\u2028'), fc.string({ unit: 'binary', maxLength: 8 }));
const DATE = fc.constantFrom('', '-', '1989-01-08', '2024-02-29', '2026-10-01');
const UNTOLD = fc.constantFrom(true, ...Array.from({ length: 7 }, () => false));

/** Any document of a form (of an official one too large to be made small again when a test fails): each cell filled, blank or lost, boxes unread, damaged and doubtful places told. */
export const documentsOf = (form: Form): fc.Arbitrary<Assessment> => fc.gen().map((generate) => filled(form, drawing(generate)));

function filled(form: Form, draw: Draw): Assessment {
  const gaps = new Map<string, Gap>();
  const told = (itemId: string, kind: Gap['kind']) => void gaps.set(`${itemId} ${kind}`, { itemId, kind, why: '読めない', ...(draw(UNTOLD) && { raw: '残った文' }) });
  const cell = (item: FormItem): Answer => {
    if (draw(UNTOLD)) {
      told(item.id, 'lost');
      return null;
    }
    if (draw(UNTOLD)) told(item.id, draw(fc.constantFrom('damaged', 'doubtful')));
    if (item.kind === 'choice') return draw(fc.constantFrom('', ...item.options.map(({ code }) => code)));
    if (item.kind === 'count') return draw(fc.oneof(fc.constant(''), fc.nat(), fc.constant(0)));
    if (item.kind === 'date') return draw(DATE);
    if (item.kind !== 'ticks') return draw(TEXT);
    const states = item.ticks.map((tick) => ({ tick, state: draw(fc.constantFrom('ticked', 'open', 'open', 'unknown')) }));
    const of = (state: string) => states.flatMap((one) => (one.state === state ? [one.tick] : []));
    const unknown = of('unknown').map(({ code }) => code);
    if (unknown.length > 0) told(item.id, 'doubtful');
    const text = Object.fromEntries(of('ticked').flatMap(({ code, freeText }) => (freeText && draw(fc.boolean()) ? [[code, draw(TEXT) || '文']] : [])));
    return { ticked: of('ticked').map(({ code }) => code), text, ...(unknown.length > 0 && { unknown }) };
  };
  const entries = (owner: FormItem | FormSection): readonly Answers[] | null => {
    if (draw(UNTOLD)) {
      told(owner.id, 'lost');
      return null;
    }
    return Array.from({ length: Math.min(draw(fc.nat(3)), owner.repeat!.max ?? 3) }, () => items(owner.items, {}));
  };
  const items = (list: readonly FormItem[], into: Record<string, Answer | readonly Answers[]>): Answers => {
    for (const item of list) {
      if (item.repeat) into[item.id] = entries(item);
      else {
        if (isAnswered(item)) into[item.id] = cell(item);
        items(item.items, into);
      }
    }
    return into;
  };
  const answers: Record<string, Answer | readonly Answers[]> = {};
  for (const section of form.sections) {
    if (section.repeat) answers[section.id] = entries(section);
    else items(section.items, answers);
  }
  const { formId, form: number, edition } = form;
  const empty = Object.keys(answers).length === 0;
  if (empty) told('*', 'lost');
  return { formId, form: number, edition, editionInferred: draw(fc.boolean()), assessmentNumber: draw(fc.constantFrom(null, '12')), title: null, agency: '汐浜市長', publishedOn: draw(fc.constantFrom(null, '2026-10-01')), status: draw(fc.constantFrom('published', 'draft')), source: '試験', answers, recordItems: [], changeLog: [], gaps: [...gaps.values()] };
}

/** Any small form with the questions q0 … q9, each in some kind and at some place: repeats in repeats, boxes with texts, bands. */
export const forms = (formId: string): fc.Arbitrary<Form> =>
  fc.gen().map((generate) => {
    const draw = drawing(generate);
    const left = draw(fc.shuffledSubarray(Array.from({ length: 10 }, (_, index) => `q${index}`), { minLength: 2 }));
    const item = (depth: number): FormItem => {
      const id = left.pop()!;
      const kind = draw(fc.constantFrom('text', 'choice', 'ticks', 'date', 'count', ...(depth < 3 && left.length > 0 ? (['block', 'block'] as const) : [])));
      const codes = draw(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 }));
      return {
        id,
        number: '',
        label: id,
        printed: id,
        kind,
        significant: false,
        optional: draw(fc.boolean()),
        confirmed: true,
        seenIn: [],
        columns: [],
        options: kind === 'choice' ? codes.map((code, index) => ({ code, number: index + 1, label: code })) : [],
        ticks: kind === 'ticks' ? codes.map((code) => ({ code, label: code, freeText: draw(fc.boolean()) })) : [],
        ...(kind === 'block' && draw(fc.boolean()) && { repeat: { block: id, label: `${id}{n}`, max: draw(fc.constantFrom(null, 1, 2)), slots: [] } }),
        ...(kind === 'text' && draw(UNTOLD) && { fixedText: draw(fc.constantFrom('別添１を参照。', '別添２を参照。')) }),
        items: kind === 'block' ? [item(depth + 1), ...(left.length > 0 && draw(fc.boolean()) ? [item(depth + 1)] : [])] : [],
      };
    };
    const sections: FormSection[] = [];
    for (const id of ['s0', 's1']) {
      const list: FormItem[] = [];
      while (left.length > 0 && (list.length === 0 || draw(fc.boolean()))) list.push(item(0));
      if (list.length > 0) sections.push({ id, number: id, title: id, printed: id, starExcept: [], confirmed: true, seenIn: [], items: list, ...(draw(fc.boolean()) && { repeat: { block: id, label: `${id}{n}`, max: null, slots: [] } }) });
    }
    const form: Form = { formId, form: '4', name: '試験', title: '試験', edition: formId, editionMark: '', validFrom: null, editionConfirmed: true, source: '試験', contents: [], sections };
    const faults = checkForm(form);
    if (faults.length > 0) throw new Error(JSON.stringify(faults));
    return form;
  });
