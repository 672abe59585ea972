import { isTicks, type Answer, type Answers, type Assessment, type ChangeRow, type Gap, type RecordTable } from './answers/assessment.js';
import { blankAnswer, cellKey, cellsOf, entriesOf, type Cell } from './answers/cells.js';
import { gapsAt } from './answers/gap-cover.js';
import type { Form, FormItem, FormSection, Position } from './forms/form.js';
import { isAnswered, itemOf, placeOf, placesOf, printedName } from './forms/places.js';

/**
 * What a person has to look at. `left` holds what could not be carried over, exactly as it was: nothing is dropped.
 * - `new`: asked for the first time; the cell is blank
 * - `gone`: no longer asked, or no longer at a place that matches
 * - `kind`: asked in another way (a text became a choice)
 * - `options`: the options, their bands or the boxes changed
 * - `significance`: ※ was put there or taken away
 * - `label`: asked in other words
 * - `fixed-text`: the form prints another text
 * - `entries`: there are fewer places than entries, or a repeat became something else
 * - `table`: a 別添, a row of it or a gap that has no place in the other edition
 */
export interface MoveNote {
  readonly kind: 'new' | 'gone' | 'kind' | 'options' | 'significance' | 'label' | 'fixed-text' | 'entries' | 'table';
  readonly itemId: string;
  readonly at: readonly Position[];
  readonly message: string;
  readonly left?: Answer | RecordTable | ChangeRow | Gap | number;
}

export interface Moved {
  readonly assessment: Assessment;
  readonly notes: readonly MoveNote[];
}

/**
 * A document in another edition of its form, as a draft: every answer is carried over where the same question stands, and what
 * needs a person is listed. `from` is the edition of the document.
 */
export function moveAssessment(assessment: Assessment, from: Form, to: Form): Moved {
  if (assessment.formId !== from.formId) throw new RangeError('文書の版と違う様式です');
  return new Mover(assessment, from, to).move();
}

class Mover {
  private readonly notes: MoveNote[] = [];
  private readonly cells: Map<string, Cell>;
  private readonly counts: Map<string, number | null>;

  constructor(
    private readonly assessment: Assessment,
    private readonly from: Form,
    private readonly to: Form,
  ) {
    this.cells = new Map(cellsOf(from, assessment).map((cell) => [cellKey(cell.item.id, cell.at), cell]));
    this.counts = new Map(entriesOf(from, assessment).map(({ id, at, count }) => [cellKey(id, at), count]));
  }

  move(): Moved {
    const { assessment, to } = this;
    this.compareForms();
    const empty = Object.keys(assessment.answers).length === 0;
    const answers = empty ? {} : this.sections();
    for (const { item, at, answer } of this.cells.values()) this.note('gone', item.id, at, 'この欄の回答を引き継ぐ先がありません', answer);
    for (const [key, count] of this.counts) if (count !== 0) this.note('entries', key.split(' ')[0]!, positionsIn(key), '繰り返しの引き継ぐ先がありません', count);
    const recordItems = assessment.recordItems.filter((table) => this.keepTable('file.recordItems', table));
    const rows = assessment.changeLog.filter((row) => this.keepTable('changes.rows', row)).map((row) => this.row(row));
    const gaps = assessment.gaps.flatMap((gap) => this.gap(gap, answers));
    const head = { formId: to.formId, form: to.form, edition: to.edition, editionInferred: false, status: 'draft' as const, publishedOn: null };
    return { assessment: { ...assessment, ...head, answers, recordItems, changeLog: rows, gaps }, notes: this.notes };
  }

  private sections(): Answers {
    const answers: Record<string, Answer | readonly Answers[]> = {};
    for (const section of this.to.sections) {
      if (section.repeat) answers[section.id] = this.entries(section, []);
      else this.items(section.items, [], answers);
    }
    return answers;
  }

  private items(items: readonly FormItem[], at: readonly Position[], into: Record<string, Answer | readonly Answers[]>): Answers {
    for (const item of items) {
      if (item.repeat) into[item.id] = this.entries(item, at);
      else {
        if (isAnswered(item)) into[item.id] = this.cell(item, at);
        this.items(item.items, at, into);
      }
    }
    return into;
  }

  private entries(owner: FormSection | FormItem, at: readonly Position[]): readonly Answers[] | null {
    const key = cellKey(owner.id, at);
    const isSection = placeOf(this.to, owner.id)?.item === undefined;
    const had = this.counts.get(key);
    this.counts.delete(key);
    if (had === null) return null;
    const max = owner.repeat!.max ?? Infinity;
    // What stood once where now several may stand is the first of them.
    const count = Math.min(had ?? (isSection ? 1 : 0), max);
    if (had !== undefined && had > max) this.note('entries', owner.id, at, `${had}件のうち${max}件しか書けません`, had);
    return Array.from({ length: count }, (_, index) => this.items(owner.items, [...at, { repeat: owner.id, index: index + 1 }], {}));
  }

  private cell(item: FormItem, at: readonly Position[]): Answer {
    const old = this.take(item.id, at);
    if (!old) return blankAnswer(item);
    if (old.item.kind !== item.kind) {
      this.note('kind', item.id, at, '答え方が変わりました', old.answer);
      return blankAnswer(item);
    }
    const { answer } = old;
    if (item.kind === 'choice' && typeof answer === 'string' && answer !== '' && !item.options.some(({ code }) => code === answer)) {
      this.note('options', item.id, at, '選んでいた選択肢がなくなりました', answer);
      return '';
    }
    if (item.kind === 'ticks' && isTicks(answer)) return this.ticks(item, at, answer);
    if (item.fixedText !== undefined && item.fixedText !== old.item.fixedText) {
      this.note('fixed-text', item.id, at, `様式の印字が「${item.fixedText}」に変わりました`, answer);
      return item.fixedText;
    }
    return answer;
  }

  private ticks(item: FormItem, at: readonly Position[], answer: Exclude<Answer, string | number | null>): Answer {
    const boxes = new Map(item.ticks.map((tick) => [tick.code, tick]));
    const has = (code: string) => boxes.has(code);
    const takes = (code: string) => boxes.get(code)?.freeText === true;
    const whole = [...answer.ticked, ...(answer.unknown ?? [])].every(has) && Object.keys(answer.text).every(takes);
    if (whole) return answer;
    this.note('options', item.id, at, 'チェックや（　）の文のうち、新しい様式に欄のないものがあります', answer);
    const unknown = (answer.unknown ?? []).filter(has);
    return { ticked: answer.ticked.filter(has), text: Object.fromEntries(Object.entries(answer.text).filter(([code]) => takes(code))), ...(unknown.length > 0 && { unknown }) };
  }

  /** The cell of the old document, taken out: what stays behind at the end is gone. One that stood alone is found in other entries too. */
  private take(id: string, at: readonly Position[]): Cell | undefined {
    const exact = this.cells.get(cellKey(id, at));
    const elsewhere = exact ? undefined : [...this.cells.values()].filter(({ item }) => item.id === id);
    const sameRepeats = this.repeatsOf(this.from, id) === this.repeatsOf(this.to, id);
    const found = exact ?? (!sameRepeats && elsewhere?.length === 1 ? elsewhere[0] : undefined);
    if (found) this.cells.delete(cellKey(id, found.at));
    return found;
  }

  private repeatsOf(form: Form, id: string): string {
    return placeOf(form, id)?.repeats.join(' ') ?? '';
  }

  /** What differs between the editions themselves, told once for each item. */
  private compareForms(): void {
    for (const { id, item } of placesOf(this.to).values()) {
      if (!item) continue;
      const old = itemOf(this.from, id);
      if (!old) {
        if (isAnswered(item) || item.kind === 'table') this.note('new', id, [], '新しい項目です');
        continue;
      }
      if (old.significant !== item.significant) this.note('significance', id, [], item.significant ? '重要な変更の対象（※）になりました' : '重要な変更の対象（※）ではなくなりました');
      if (old.label !== item.label) this.note('label', id, [], `「${old.label}」から「${item.label}」に変わりました`);
      if (JSON.stringify([old.options, old.ticks]) !== JSON.stringify([item.options, item.ticks])) this.note('options', id, [], '選択肢が変わりました');
    }
  }

  private keepTable(id: 'file.recordItems' | 'changes.rows', row: RecordTable | ChangeRow): boolean {
    if (itemOf(this.to, id)) return true;
    this.note('table', id, [], '新しい様式にこの別添はありません', row);
    return false;
  }

  /** A row keeps its printed path for ever; its item only where the new edition has it in the same way. */
  private row(row: ChangeRow): ChangeRow {
    if (row.itemId === null) return row;
    const place = placeOf(this.to, row.itemId);
    const isRepeated = place?.item !== undefined && [place.item, ...place.parents].some(({ repeat }) => repeat);
    if (place && isRepeated === (row.blockIndex !== undefined)) return row;
    this.note('table', 'changes.rows', [], '変更箇所の行の項目が新しい様式にありません', row);
    const { blockIndex: _block, fileIndex: _file, ...rest } = row;
    return { ...rest, itemId: null };
  }

  /** A gap whose block is gone goes on speaking of the cells that it spoke of. */
  private gap(gap: Gap, answers: Answers): readonly Gap[] {
    const place = placeOf(this.to, gap.itemId);
    const old = placeOf(this.from, gap.itemId);
    const sameRepeats = place && old && this.repeatsOf(this.to, gap.itemId) === this.repeatsOf(this.from, gap.itemId) && Boolean(place.repeat) === Boolean(old.repeat);
    if (gap.itemId === '*' || (sameRepeats && this.isThere(gap))) return [gap];
    this.note('table', gap.itemId, [], '不明箇所の注記の項目が新しい様式にないか、別の場所にあります', gap);
    const spokenOf = (id: string, at: readonly Position[]) => gapsAt([gap], this.from, id, at, [gap.kind]).length > 0;
    const cells = cellsOf(this.from, this.assessment).filter(({ item, at }) => spokenOf(item.id, at)).map(({ item }) => item.id);
    const entries = entriesOf(this.from, this.assessment).filter(({ id, at }) => spokenOf(id, at)).map(({ id }) => id);
    const there = new Set([...cellsOf(this.to, { answers }).map(({ item }) => item.id), ...entriesOf(this.to, { answers }).map(({ id }) => id)]);
    const { fileIndex: _file, blockIndex: _block, row: _row, ...rest } = gap;
    return [...new Set([...cells, ...entries])].filter((id) => there.has(id)).map((itemId) => ({ ...rest, itemId }));
  }

  private isThere({ itemId, blockIndex, fileIndex }: Gap): boolean {
    if (blockIndex === undefined && fileIndex === undefined) return true;
    const max = [placeOf(this.to, itemId)?.item, ...(placeOf(this.to, itemId)?.parents ?? [])].find((item) => item?.repeat)?.repeat?.max;
    return blockIndex === undefined || max === undefined || max === null || blockIndex <= max;
  }

  private note(kind: MoveNote['kind'], itemId: string, at: readonly Position[], message: string, left?: MoveNote['left']): void {
    const form = placeOf(this.to, itemId) ? this.to : this.from;
    const name = itemId === '*' ? '' : `${printedName(form, itemId, at)}: `;
    this.notes.push({ kind, itemId, at, message: name + message, ...(left !== undefined && { left }) });
  }
}

function positionsIn(key: string): readonly Position[] {
  return key.split(' ').slice(1).map((part) => {
    const [repeat, index] = part.split(':');
    return { repeat: repeat!, index: Number(index) };
  });
}
