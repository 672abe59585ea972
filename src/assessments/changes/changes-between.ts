import type { Answer, Answers, Assessment, RecordTable } from '../answers/assessment.js';
import { cellKey } from '../answers/cells.js';
import { fold } from '../check/text.js';
import { formOf } from '../forms/editions.js';
import type { Form, FormItem, FormSection, Position } from '../forms/form.js';
import { isAnswered, itemOf, placeOf } from '../forms/places.js';
import { moveAssessment, type MoveNote } from '../moving.js';
import type { Change, ChangeKind, Comparison, EntryPair } from './comparison.js';
import { isReordered, matchEntries, nameOf, type EntryIds, type Match } from './entries.js';
import { differingBoxes, printedAnswer, printedTable, rowPath, TABLE_WORDS, type TableWords } from './printed.js';
import { differingFields, matchTables } from './tables.js';
import { blocksOf, hunksOf, shortened, type TextBlock } from './text-blocks.js';

/** Cells that every publication changes and that no published change table lists. */
export const NOT_LISTED: readonly string[] = ['cover.publicationDate'];

/** An entry longer than this (a whole file with all in it) prints the beginnings of its long texts: nobody could shorten what was taken out, and the document has to stay one that can be published. */
const ROW_LONGEST = 30_000;
const BEGINNING = 300;

/** Ids of the tables that are kept beside the answers. */
const RECORD_ITEMS = 'file.recordItems';

export interface ComparingOptions {
  readonly entryIds?: EntryIds;
  readonly words?: TableWords;
  /** Item ids that are left out. */
  readonly except?: readonly string[];
  /** What tells one drawing from another (a digest), by item id, where drawings are kept beside the answers. */
  readonly figures?: { readonly before: ReadonlyMap<string, string>; readonly after: ReadonlyMap<string, string> };
  readonly editions?: (formId: string) => Form | undefined;
}

/**
 * Every difference between two versions of a document, in the order of the later version's form: 別添 変更箇所 is drawn up from it. An earlier
 * edition of the form is moved to the later one first. @throws RangeError where the two are not of one 様式, or of one only its change table survives
 */
export function changesBetween(before: Assessment, after: Assessment, options: ComparingOptions = {}): Comparison {
  const editions = options.editions ?? formOf;
  const [older, form] = [editions(before.formId), editions(after.formId)];
  if (!older || !form) throw new RangeError('知らない様式の版です');
  if (older.form !== form.form) throw new RangeError(`${older.name}と${form.name}は比べられません`);
  if (form.sections.length > 0 && [before, after].some(({ answers }) => Object.keys(answers).length === 0)) throw new RangeError('本文のない評価書は比べられません');
  const moving = older.formId === form.formId ? { assessment: before, notes: [] } : moveAssessment(before, older, form);
  return new Comparer(older, form, { ...moving.assessment, publishedOn: before.publishedOn }, after, moving.notes, options).compare();
}

class Comparer {
  private readonly changes: Change[] = [];
  private readonly pairs: EntryPair[] = [];
  private readonly matches = new Map<string, readonly Match[]>();
  private readonly words: TableWords;
  private readonly except: ReadonlySet<string>;
  /** What the earlier version said where the new edition asks otherwise. */
  private readonly left = new Map<string, Answer>();

  constructor(
    private readonly older: Form,
    private readonly form: Form,
    private readonly before: Assessment,
    private readonly after: Assessment,
    private readonly moved: readonly MoveNote[],
    private readonly options: ComparingOptions,
  ) {
    this.words = options.words ?? TABLE_WORDS;
    this.except = new Set(options.except ?? NOT_LISTED);
    for (const { kind, itemId, at, left } of moved) if (['kind', 'options', 'fixed-text'].includes(kind) && left !== undefined) this.left.set(cellKey(itemId, at), left as Answer);
  }

  compare(): Comparison {
    const { form, before, after } = this;
    for (const section of form.sections) {
      if (section.repeat) this.entries(section, before.answers, after.answers, [], []);
      else this.items(section.items, before.answers, after.answers, [], []);
    }
    if (itemOf(form, RECORD_ITEMS)) this.tables(before.recordItems, after.recordItems);
    for (const note of this.moved) this.gone(note);
    // The tables are compared last; 別添 記録項目 is the end of its chapter.
    const rank = ({ itemId }: Change): number => form.sections.findIndex(({ id }) => id === (placeOf(form, itemId)?.section.id ?? '')) + 1 || form.sections.length + 1;
    return { form, before, after, changes: this.changes.sort((a, b) => rank(a) - rank(b)), entries: this.pairs, moved: this.moved };
  }

  private items(items: readonly FormItem[], before: Answers, after: Answers, from: readonly Position[], at: readonly Position[]): void {
    for (const item of items) {
      if (item.repeat) this.entries(item, before, after, from, at);
      else {
        if (isAnswered(item) && !this.except.has(item.id)) this.cell(item, before[item.id] as Answer, after[item.id] as Answer, from, at);
        this.items(item.items, before, after, from, at);
      }
    }
  }

  private entries(owner: FormSection | FormItem, before: Answers, after: Answers, from: readonly Position[], at: readonly Position[]): void {
    const [old, young] = [before[owner.id] as readonly Answers[] | null, after[owner.id] as readonly Answers[] | null];
    if (!old || !young) {
      if (old !== young) this.add('cell', owner.id, at, '', listed(owner, old), listed(owner, young));
      return;
    }
    const place = (version: 'before' | 'after', index: number): readonly Position[] => [...(version === 'before' ? from : at), { repeat: owner.id, index: index + 1 }];
    const ids = (version: 'before' | 'after', list: readonly Answers[]) => list.map((_, index) => this.options.entryIds?.(version, owner.id, place(version, index)));
    // Chapter Ⅲ has one entry for each file of chapter Ⅱ.
    const files = owner.id === 'risk' ? this.matches.get('file') : undefined;
    const isParallel = files !== undefined && files.filter((match) => match.before !== undefined).length === old.length && files.filter((match) => match.after !== undefined).length === young.length;
    const matches = isParallel ? files : matchEntries(owner.items, old, young, ids('before', old), ids('after', young));
    if (from.length === 0) this.matches.set(owner.id, matches);
    for (const match of matches) {
      const [a, b] = [match.before === undefined ? undefined : old[match.before]!, match.after === undefined ? undefined : young[match.after]!];
      const name = nameOf(owner.items, (b ?? a)!);
      this.pairs.push({ repeat: owner.id, ...(a && { before: place('before', match.before!) }), ...(b && { after: place('after', match.after!) }), ...(name !== undefined && { name }) });
      if (a && b) this.items(owner.items, a, b, place('before', match.before!), place('after', match.after!));
      else if (a) this.entry('removed', owner, place('before', match.before!), a);
      else this.entry('added', owner, place('after', match.after!), b!);
    }
    if (isReordered(matches)) this.renumbered(owner, matches, young, place);
  }

  /** Entries that stayed and stand in another order: one row for each that has another rank among them. */
  private renumbered(owner: FormSection | FormItem, matches: readonly Match[], entries: readonly Answers[], place: (version: 'before' | 'after', index: number) => readonly Position[]): void {
    const stayed = matches.flatMap(({ before, after }) => (before === undefined || after === undefined ? [] : [{ before, after }]));
    const ranks = stayed.map(({ before }) => before).sort((a, b) => a - b);
    stayed.forEach(({ before, after }, rank) => {
      if (ranks[rank] === before) return;
      this.add('order', owner.id, place('after', after), '', headingOf(owner, before + 1, entries[after]!), headingOf(owner, after + 1, entries[after]!));
    });
  }

  /** All of an entry, with the entries in it: all of it → 「（削除）」, 「（新規追加）」 → all of it. */
  private entry(kind: 'added' | 'removed', owner: FormSection | FormItem, at: readonly Position[], entry: Answers): void {
    const parts = this.wholeEntry(owner, at.at(-1)!.index, entry);
    const whole = parts.join('\n');
    const printed = whole.length <= ROW_LONGEST ? whole : parts.map((part) => beginningOf(part, this.words.omission)).join('\n');
    if (kind === 'removed') this.add(kind, owner.id, at, '', whole, '', { before: printed, after: this.words.removed });
    else this.add(kind, owner.id, at, '', '', whole, { before: this.words.added, after: printed });
  }

  private wholeEntry(owner: FormSection | FormItem, index: number, entry: Answers): readonly string[] {
    const cells = (items: readonly FormItem[]): readonly string[] => items.flatMap((item) => {
      if (item.repeat) return ((entry[item.id] ?? []) as readonly Answers[]).flatMap((one, nth) => this.wholeEntry(item, nth + 1, one));
      const text = isAnswered(item) ? printedAnswer(item, entry[item.id] as Answer) : '';
      return [...(text === '' ? [] : [`${item.printed.replace(/※.*$/s, '').trim()}\n${text ?? this.words.lost}`]), ...cells(item.items)];
    });
    return [headingOf(owner, index, entry), ...cells(owner.items)];
  }

  private cell(item: FormItem, before: Answer, after: Answer, from: readonly Position[], at: readonly Position[]): void {
    const key = cellKey(item.id, from);
    const figures = this.options.figures;
    const isRedrawn = item.kind === 'figure' && figures !== undefined && figures.before.get(item.id) !== figures.after.get(item.id);
    if (JSON.stringify(before) === JSON.stringify(after) && !this.left.has(key) && !isRedrawn) return;
    const [old, young] = [this.left.has(key) ? printedAnswer(itemOf(this.older, item.id) ?? item, this.left.get(key)!) : printedAnswer(item, before), printedAnswer(item, after)];
    if (item.kind === 'figure') return this.add('figure', item.id, at, '', old, young, { before: old ?? this.words.lost, after: [this.words.figure, ...(young === null || young === '' ? [] : [young])].join('\n') });
    if (old === young) return; // moved to the same words
    if (old === null || young === null || old === '' || young === '') return this.add('cell', item.id, at, '', old, young);
    if (item.kind === 'ticks') return this.add('cell', item.id, at, '', old, young, differingBoxes(old, young));
    if (item.kind === 'text') return this.text(item, at, old, young);
    this.add('cell', item.id, at, '', old, young);
  }

  /** One difference for each 〈…における措置〉 that differs; for the cell where it has no such parts, or where only their order differs. */
  private text(item: FormItem, at: readonly Position[], before: string, after: string): void {
    const [old, young] = [blocksOf(before), blocksOf(after)];
    const keys = [...new Set([...young.map(({ key }) => key), ...old.map(({ key }) => key)])];
    const named = keys.map((key) => ({ key, old: old.find((block) => block.key === key), young: young.find((block) => block.key === key) }));
    const differing = named.filter((pair) => pair.old?.raw.trimEnd() !== pair.young?.raw.trimEnd());
    const stayed = (blocks: readonly TextBlock[], others: readonly TextBlock[]) => blocks.map(({ key }) => key).filter((key) => others.some((other) => other.key === key)).join('\n');
    const isWhole = keys.every((key) => key === '') || differing.length === 0 || stayed(old, young) !== stayed(young, old);
    if (isWhole) return this.add('cell', item.id, at, '', before, after, shortened(before, after, this.words.omission));
    for (const pair of differing) {
      const [a, b] = [pair.old?.raw.trimEnd() ?? '', pair.young?.raw.trimEnd() ?? ''];
      const heading = (pair.young ?? pair.old)!.heading;
      this.add('cell', item.id, at, ` #${pair.key}`, a, b, a === '' || b === '' ? undefined : shortened(a, b, this.words.omission), heading ?? undefined);
    }
  }

  private tables(before: readonly RecordTable[], after: readonly RecordTable[]): void {
    const files = this.matches.get('file') ?? [];
    const fileOf = (index: number): number | undefined => {
      const match = files.find((one) => one.before === index - 1);
      return match === undefined ? index : match.after === undefined ? undefined : match.after + 1;
    };
    const matches = matchTables(before, after, fileOf);
    matches.forEach((match, row) => {
      const [old, young] = [match.before === undefined ? undefined : before[match.before], match.after === undefined ? undefined : after[match.after]];
      const index = (young ?? old)!.fileIndex;
      const at = index === undefined ? [] : [{ repeat: 'file', index }];
      const key = ` ${young ? '' : '-'}${row}`;
      if (!young) this.add('table', RECORD_ITEMS, at, key, printedTable(old!), '', { before: printedTable(old!), after: this.words.removed });
      else if (!old) this.add('table', RECORD_ITEMS, at, key, '', printedTable(young), { before: this.words.added, after: printedTable(young) });
      else if (JSON.stringify({ ...old, fileIndex: 0 }) !== JSON.stringify({ ...young, fileIndex: 0 })) this.add('table', RECORD_ITEMS, at, key, printedTable(old), printedTable(young), differingFields(old, young, this.words.omission));
    });
    const names = (tables: readonly RecordTable[]): string => tables.map(({ table, group }) => `〇${[group, table].filter(Boolean).join('　')}`).join('\n');
    if (isReordered(matches)) this.add('order', RECORD_ITEMS, [], '', names(before), names(after));
  }

  /** What the older edition asked and the new one does not: the row keeps its printed path. */
  private gone({ kind, itemId, at, left }: MoveNote): void {
    const item = itemOf(this.older, itemId);
    if (kind !== 'gone' || left === undefined || !item || !isAnswered(item)) return;
    const text = printedAnswer(item, left as Answer);
    if (text !== '') this.add('edition', itemId, at, '', text, '', { before: text ?? this.words.lost, after: this.words.notAsked });
  }

  private add(kind: ChangeKind, itemId: string, at: readonly Position[], part: string, before: string | null, after: string | null, printed?: { readonly before: string; readonly after: string }, block?: string): void {
    const form = placeOf(this.form, itemId) ? this.form : this.older;
    const shown = { before: printed?.before ?? before ?? this.words.lost, after: printed?.after ?? after ?? this.words.lost };
    // A cell that was blank, or that is blank now, prints the words for it.
    const blank = kind === 'cell' && printed === undefined;
    this.changes.push({
      key: `${kind} ${cellKey(itemId, at)}${part}`,
      kind,
      itemId,
      at,
      ...(block !== undefined && { block }),
      itemPath: rowPath(form, itemId, at, block),
      significant: isSignificant(form, itemId),
      cosmetic: before !== null && after !== null && before !== after && fold(before) === fold(after),
      before: { printed: blank && before === '' ? this.words.added : shown.before, whole: before },
      after: { printed: blank && after === '' ? this.words.removed : shown.after, whole: after },
      hunks: kind === 'cell' && before !== null && after !== null ? hunksOf(before, after) : [{ before: before ?? '', after: after ?? '' }],
    });
  }
}

/** ※ at the item itself; of an entry, at any item within it (指針 別表 names items of 委託事項, not the entry). */
function isSignificant(form: Form, id: string): boolean {
  const place = placeOf(form, id)!;
  const within = (items: readonly FormItem[]): boolean => items.some((item) => item.significant || within(item.items));
  if (!place.item) return within(place.section.items);
  return place.item.significant || (place.item.repeat !== undefined && within(place.item.items));
}

function listed(owner: FormSection | FormItem, entries: readonly Answers[] | null): string | null {
  return entries && entries.map((entry, index) => `${owner.repeat!.label.replace('{n}', String(index + 1))}${prefixed('　', nameOf(owner.items, entry))}`).join('\n');
}

/** The beginning of a long text, by characters. */
function beginningOf(text: string, omission: string): string {
  const characters = [...text];
  return characters.length <= BEGINNING ? text : `${characters.slice(0, BEGINNING).join('')}\n${omission}`;
}

/** 「提供先3　市区町村長」 */
function headingOf(owner: FormSection | FormItem, index: number, entry: Answers): string {
  return `${owner.repeat!.label.replace('{n}', String(index))}${prefixed('　', nameOf(owner.items, entry)?.split('\n')[0])}`;
}

function prefixed(prefix: string, text: string | undefined): string {
  return text === undefined ? '' : prefix + text;
}
