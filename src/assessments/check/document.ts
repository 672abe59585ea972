import { isDash, isTicks, type Answer, type Assessment, type TicksAnswer } from '../answers/assessment.js';
import { cellKey, cellsOf, entriesOf, within, type Cell, type Entries } from '../answers/cells.js';
import type { Form, FormItem, Option, Position, When } from '../forms/form.js';
import { itemOf, placeOf, printedName } from '../forms/places.js';
import { fold } from './text.js';

/** A text of a document with the place where it stands. */
export interface Passage {
  readonly itemId: string;
  readonly at: readonly Position[];
  readonly text: string;
}

/** A text of the body or of a row of 別添 変更箇所, as it is written and as it is compared. */
export interface WrittenText extends Omit<Passage, 'at'> {
  readonly at?: readonly Position[];
  /** Row of 別添 変更箇所, from 1, and its column. */
  readonly row?: number;
  readonly side?: '項目' | '変更前' | '変更後';
  readonly folded: string;
}

/** A document as the rules look at it. What was lost answers undefined everywhere: nothing is concluded from it. */
export class DocumentView {
  readonly cells: readonly Cell[];
  private readonly byKey: ReadonlyMap<string, Cell>;
  private readonly entryCounts: readonly Entries[];
  private allTexts: readonly WrittenText[] | undefined;

  constructor(
    readonly assessment: Assessment,
    readonly form: Form,
  ) {
    this.cells = cellsOf(form, assessment);
    this.byKey = new Map(this.cells.map((cell) => [cellKey(cell.item.id, cell.at), cell]));
    this.entryCounts = entriesOf(form, assessment);
  }

  /** What is written there, seen from an entry of the same or a narrower block; undefined for what was lost or is not asked. */
  answer(id: string, at: readonly Position[] = []): Exclude<Answer, null> | undefined {
    return this.byKey.get(cellKey(id, within(this.form, id, at)))?.answer ?? undefined;
  }

  text(id: string, at: readonly Position[] = []): string | undefined {
    const answer = this.answer(id, at);
    return typeof answer === 'string' ? answer : undefined;
  }

  ticks(id: string, at: readonly Position[] = []): TicksAnswer | undefined {
    const answer = this.answer(id, at);
    return isTicks(answer) ? answer : undefined;
  }

  /** Whether a box is ticked; undefined where that cannot be read. */
  isTicked(id: string, code: string, at: readonly Position[] = []): boolean | undefined {
    const ticks = this.ticks(id, at);
    return ticks === undefined || ticks.unknown?.includes(code) ? undefined : ticks.ticked.includes(code);
  }

  option(id: string, at: readonly Position[] = []): Option | undefined {
    const answer = this.answer(id, at);
    return this.item(id)?.options.find(({ code }) => code === answer);
  }

  item(id: string): FormItem | undefined {
    return itemOf(this.form, id);
  }

  all(id: string): readonly Cell[] {
    return this.cells.filter(({ item }) => item.id === id);
  }

  /** The entries of a repeat, in each of the blocks or files it stands in. */
  counts(id: string): readonly Entries[] {
    return this.entryCounts.filter((entries) => entries.id === id);
  }

  get repeats(): readonly Entries[] {
    return this.entryCounts;
  }

  /** The places of all entries of a repeat: one for each 委託事項 of each file. */
  entries(id: string): readonly (readonly Position[])[] {
    return this.counts(id).flatMap(({ at, count }) => Array.from({ length: count ?? 0 }, (_, index) => [...at, { repeat: id, index: index + 1 }]));
  }

  /** The files of the document as places in chapter Ⅱ; in chapter Ⅲ the same numbers. */
  get files(): readonly (readonly Position[])[] {
    return this.entries('file');
  }

  /** The place in Ⅲ of the file at a place in Ⅱ; the form without repeats has one for all. */
  riskOf(file: readonly Position[]): readonly Position[] {
    return file.map(({ repeat, index }) => ({ repeat: repeat === 'file' ? 'risk' : repeat, index }));
  }

  /** Every text that people wrote: cells and the （　） beside boxes; of items whose id begins with one of `under`. */
  passages(...under: readonly string[]): readonly Passage[] {
    return this.cells.flatMap(({ item, at, answer }): readonly Passage[] => {
      if (under.length > 0 && !under.some((start) => item.id === start || item.id.startsWith(`${start}.`))) return [];
      if (isTicks(answer)) return Object.values(answer.text).map((text) => ({ itemId: item.id, at, text }));
      return ['text', 'figure'].includes(item.kind) && typeof answer === 'string' && answer !== '' ? [{ itemId: item.id, at, text: answer }] : [];
    });
  }

  /** Every text of the body, then those of the change table. */
  get written(): readonly WrittenText[] {
    return (this.allTexts ??= [
      ...this.passages().map((passage) => ({ ...passage, folded: fold(passage.text) })),
      ...this.assessment.changeLog.flatMap(({ itemId, itemPath, before, after }, index) =>
        ([['項目', itemPath], ['変更前', before], ['変更後', after]] as const).flatMap(([side, text]) => (text === null ? [] : [{ itemId: itemId ?? 'changes.rows', row: index + 1, side, text, folded: fold(text) }])),
      ),
    ]);
  }

  /** Whether a condition holds here; undefined where only a person can tell, or the answer it asks for is missing. */
  holds(when: When, at: readonly Position[]): boolean | undefined {
    if (when.agency) return when.agency === (this.isAdministrative ? 'administrative' : 'local');
    if (when.item === undefined) return undefined;
    const answer = this.answer(when.item, at);
    if (answer === undefined || answer === '') return undefined;
    const codes = when.has ?? when.hasNot ?? [];
    const states = codes.map((code) => (isTicks(answer) ? this.isTicked(when.item!, code, at) : answer === code));
    const any = states.includes(true) ? true : states.includes(undefined) ? undefined : false;
    return when.has || any === undefined ? any : !any;
  }

  /** Whether an item is to be filled in here, by its own condition and those of the blocks around it. */
  applies(id: string, at: readonly Position[]): boolean | undefined {
    const place = placeOf(this.form, id);
    const conditions = [...(place?.parents ?? []), ...(place?.item ? [place.item] : [])].flatMap(({ when }) => when ?? []);
    const states = conditions.map((when) => this.holds(when, at));
    return states.includes(false) ? false : states.includes(undefined) ? undefined : true;
  }

  name(id: string, at: readonly Position[] = []): string {
    return printedName(this.form, id, at);
  }

  /** A body of the State or an incorporated one; municipalities and prefectures are not (記載要領 cover: 行政機関等のみ). */
  private get isAdministrative(): boolean {
    return /大臣|長官|機構|独立行政法人/.test(this.assessment.agency ?? this.text('cover.agency') ?? '');
  }
}

/** Where a text stands, as a finding names it. */
export function placeOfText({ itemId, at, row }: WrittenText): Pick<WrittenText, 'itemId' | 'at' | 'row'> {
  return { itemId, ...(at && { at }), ...(row !== undefined && { row }) };
}

/** Nothing written, or only a dash. */
export function isBlank(answer: Answer | undefined): boolean {
  if (answer === undefined || answer === null || answer === '' || answer === 0) return true;
  return isTicks(answer) ? answer.ticked.length === 0 : typeof answer === 'string' && isDash(answer);
}
