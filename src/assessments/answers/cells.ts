import type { Form, FormItem, FormSection, Position } from '../forms/form.js';
import { isAnswered, placeOf } from '../forms/places.js';
import type { Answer, Answers, Assessment } from './assessment.js';

/** One cell of a document with the entries it stands in. */
export interface Cell {
  readonly item: FormItem;
  readonly at: readonly Position[];
  readonly answer: Answer;
}

/** How many entries a repeat has in this document; null when all of them were lost. */
export interface Entries {
  readonly id: string;
  readonly at: readonly Position[];
  readonly count: number | null;
}

/** All cells of a document in the order of the form. A document of which only the change log survives has none. */
export function cellsOf(form: Form, { answers }: Pick<Assessment, 'answers'>): readonly Cell[] {
  return walk(form, answers).cells;
}

/** All repeats of a document in the order of the form. */
export function entriesOf(form: Form, { answers }: Pick<Assessment, 'answers'>): readonly Entries[] {
  return walk(form, answers).entries;
}

function walk(form: Form, answers: Answers): { readonly cells: readonly Cell[]; readonly entries: readonly Entries[] } {
  const cells: Cell[] = [];
  const entries: Entries[] = [];
  const repeated = (owner: FormSection | FormItem, holder: Answers, at: readonly Position[]): void => {
    const list = holder[owner.id] as readonly Answers[] | null;
    entries.push({ id: owner.id, at, count: list?.length ?? null });
    list?.forEach((entry, index) => under(owner.items, entry, [...at, { repeat: owner.id, index: index + 1 }]));
  };
  const under = (items: readonly FormItem[], holder: Answers, at: readonly Position[]): void => {
    for (const item of items) {
      if (item.repeat) {
        repeated(item, holder, at);
        continue;
      }
      if (isAnswered(item)) cells.push({ item, at, answer: holder[item.id] as Answer });
      under(item.items, holder, at);
    }
  };
  if (Object.keys(answers).length > 0) {
    for (const section of form.sections) {
      if (section.repeat) repeated(section, answers, []);
      else under(section.items, answers, []);
    }
  }
  return { cells, entries };
}

/** One text for a cell's place: ids and entries, for maps. */
export function cellKey(id: string, at: readonly Position[]): string {
  return [id, ...at.map(({ repeat, index }) => `${repeat}:${index}`)].join(' ');
}

/** The entries around `id` that are also in `at`: where an item of the same or a wider block is found from here. */
export function within(form: Form, id: string, at: readonly Position[]): readonly Position[] {
  const repeats = placeOf(form, id)?.repeats ?? [];
  return at.filter(({ repeat }) => repeats.includes(repeat));
}

/** An empty document of a form: every cell blank, one entry of each repeated section, none of each repeated block. */
export function blankAnswers(form: Form): Answers {
  const blank = (items: readonly FormItem[], into: Record<string, Answer | readonly Answers[]>): Answers => {
    for (const item of items) {
      if (item.repeat) into[item.id] = [];
      else {
        if (isAnswered(item)) into[item.id] = blankAnswer(item);
        blank(item.items, into);
      }
    }
    return into;
  };
  const answers: Record<string, Answer | readonly Answers[]> = {};
  for (const section of form.sections) {
    if (section.repeat) answers[section.id] = [blank(section.items, {})];
    else blank(section.items, answers);
  }
  return answers;
}

/** What a cell holds before anybody wrote in it: its printed text, no tick, or nothing. */
export function blankAnswer(item: FormItem): Answer {
  return item.kind === 'ticks' ? { ticked: [], text: {} } : (item.fixedText ?? '');
}
