import type { Answer, Answers, Assessment } from '../../src/assessments/answers/assessment.js';
import { cellKey } from '../../src/assessments/answers/cells.js';
import type { Form, FormItem, FormSection, Position, Repeat } from '../../src/assessments/forms/form.js';
import { isAnswered, placeOf, selfAndAbove } from '../../src/assessments/forms/places.js';
import { contentOf, isBeside, plain } from './content.js';
import { changesTable, recordRows } from './appendices.js';
import { WITHHELD, type AnswerRow, type Cell, type Part, type Row } from './model.js';

/** An answer that is not made public. Without `at`, of every entry; an id of a block or a section withholds what lies under it. */
export interface Withholding {
  readonly itemId: string;
  readonly at?: readonly Position[];
  /** Why: a security measure, for one. Not printed in the form. */
  readonly why: string;
}

/** Headings that the form prints although its data has no words for them. */
const CONTENTS = '項目一覧';
const DRAFT = '（素案）';
/** Entries after the last printed sheet go on in sheets of so many. */
const SHEET = 5;

type Holder = Readonly<Record<string, Answer | readonly Answers[] | undefined>>;
const NOTHING: Holder = {};

/** The document as it is printed. A document of which only the 変更箇所 survive has that part alone. */
export function partsOf(form: Form, assessment: Assessment, withhold: readonly Withholding[] = []): readonly Part[] {
  const isWhole = Object.keys(assessment.answers).length > 0;
  const sections = isWhole ? form.sections : form.sections.filter(({ items }) => items.every(({ kind }) => kind === 'table'));
  return sections.flatMap((section) => sectionParts(form, section, assessment, withheldBy(form, withhold)));
}

interface Withheld {
  /** Whether a rule withholds one of these, the cell or what it stands under. */
  readonly cell: (ids: readonly string[], at: readonly Position[]) => boolean;
  /** Whether a row of 変更箇所 may tell what is withheld: it is about that item, a part of it, or what it stands under. Of a row that names no item of this form nobody can tell. */
  readonly history: (itemId: string | null) => boolean;
}

function withheldBy(form: Form, rules: readonly Withholding[]): Withheld {
  const everywhere = new Set(rules.filter(({ at }) => at === undefined).map(({ itemId }) => itemId));
  const there = new Set(rules.flatMap(({ itemId, at }) => (at ? [cellKey(itemId, at)] : [])));
  const aboveOf = (id: string | null): readonly string[] | undefined => {
    const place = id === null ? undefined : placeOf(form, id);
    return place && selfAndAbove(place);
  };
  return {
    cell: (ids, at) => ids.some((id) => everywhere.has(id) || at.some((_, end) => there.has(cellKey(id, at.slice(0, end + 1))))),
    history: (itemId) => {
      const above = aboveOf(itemId);
      return rules.some((rule) => !above || above.includes(rule.itemId) || aboveOf(rule.itemId)?.includes(itemId!));
    },
  };
}

/** The parts of one section: its own, or one for each file, then its appendices. */
function sectionParts(form: Form, section: FormSection, assessment: Assessment, withheld: Withheld): readonly Part[] {
  const appendices = section.items.filter(isAppendix);
  const items = section.items.filter((item) => !isAppendix(item));
  const perFile = section.repeat?.block === 'file';
  const entries = section.repeat ? ((assessment.answers[section.id] as readonly Answers[] | null | undefined) ?? [{}]) : [assessment.answers];
  const sheet = section.number || section.title;
  const own = (rows: readonly Row[], index: number): Part => ({
    id: section.id, kind: section.id === 'cover' ? 'cover' : 'chapter', sheet: index > 1 ? `${sheet}（${index}）` : sheet,
    heading: section.id === 'cover' ? form.title + (assessment.status === 'draft' ? DRAFT : '') : headingOf(section), at: perFile ? [{ repeat: section.id, index }] : [], rows,
  });
  const chapter = (holder: Holder, at: readonly Position[]): Row[] => new Chapter(form, section, withheld).rows(items, holder, at);
  const parts: Part[] = [];
  if (items.length > 0) {
    if (section.id === 'cover') {
      parts.push(own(coverRows(form, chapter(assessment.answers, [])), 1));
      if (form.contents.length > 1) parts.push({ id: 'contents', kind: 'contents', sheet: CONTENTS, heading: CONTENTS, at: [], rows: [{ kind: 'lines', align: 'left', lines: form.contents }] });
    } else if (!section.repeat) parts.push(own(chapter(assessment.answers, []), 1));
    else if (perFile) entries.forEach((entry, index) => parts.push(own(chapter(entry, [{ repeat: section.id, index: index + 1 }]), index + 1)));
    else parts.push(own(new Chapter(form, section, withheld).entries(section, section.repeat, entries, []), 1));
  }
  return [...parts, ...appendices.map((item) => appendix(form, section, item, assessment, withheld))];
}

/** 別添 stand on sheets of their own, after all files of their chapter. */
const isAppendix = ({ number, kind }: FormItem): boolean => number.startsWith('別添') && (kind === 'figure' || kind === 'table');

function appendix(form: Form, section: FormSection, item: FormItem, assessment: Assessment, withheld: Withheld): Part {
  const part = { id: item.id, sheet: item.number.normalize('NFKC'), heading: item.printed, at: [] };
  const shown = (cell: Cell): Cell => (withheld.cell([item.id, section.id], cell.at) ? { ...cell, content: plain(WITHHELD) } : cell);
  if (item.kind === 'figure') return { ...part, kind: 'flow', rows: new Chapter(form, section, withheld).appended(item, assessment.answers) };
  if (item.columns.length > 0) return { ...part, kind: 'changes', rows: [changesTable(item, assessment.changeLog, withheld.history, shown)] };
  return { ...part, kind: 'records', rows: recordRows(item, section, assessment, shown) };
}

/** 「Ⅰ　基本情報」 with its note on ※. */
function headingOf({ number, title, printed }: FormSection): string {
  return number === '' || printed.startsWith(number) ? printed : `${number}　${title}`;
}

/** On the cover 評価書番号 and 評価書名 stand side by side; the mark of the edition stands below all. */
function coverRows(form: Form, rows: readonly Row[]): readonly Row[] {
  const cells = rows.flatMap((row) => (row.kind === 'wide' && ['cover.number', 'cover.title'].includes(row.cell.itemId) ? [row.cell] : []));
  const rest = rows.filter((row) => !(row.kind === 'heading' ? ['cover.number', 'cover.title'].includes(row.id) : row.kind === 'wide' && cells.includes(row.cell)));
  const labels = rows.flatMap((row) => (row.kind === 'heading' && cells.some(({ itemId }) => itemId === row.id) ? [row.text] : []));
  const table: Row[] = cells.length === 0 ? [] : [{ kind: 'table', id: 'cover', columns: cells.map(({ itemId }, at) => ({ code: itemId, label: labels[at]!, width: at === 0 ? 1 : 3 })), rows: [cells] }];
  return [...table, ...rest, { kind: 'lines', align: 'right', lines: [form.editionMark] }];
}

/** The rows of one chapter. */
class Chapter {
  private readonly closing: string;

  constructor(
    form: Form,
    private readonly section: FormSection,
    private readonly withheld: Withheld,
  ) {
    this.closing = ['3', '4'].includes(form.form) && ['file', 'risk'].includes(section.id) ? '）' : ')';
  }

  rows(items: readonly FormItem[], holder: Holder, at: readonly Position[]): Row[] {
    return items.flatMap((item) => this.top(item, holder, at, []));
  }

  /** A figure with what stands below it. */
  appended(item: FormItem, holder: Holder): Row[] {
    const notes = item.items.flatMap((note): Row[] => [this.heading(note, 3, []), { kind: 'wide', cell: this.cell(note, holder, [], [item.id]) }]);
    return [{ kind: 'wide', cell: this.cell(item, holder, [], []) }, ...notes];
  }

  /** An item or block directly below the chapter. */
  private top(item: FormItem, holder: Holder, at: readonly Position[], above: readonly string[]): Row[] {
    if (item.repeat) return this.repeated(item, item.repeat, holder, at, above);
    if (item.kind === 'block') return this.block(item, 2, holder, at, above);
    const isNamed = item.printed === this.section.title; // the chapter's heading is its own
    const own: Row[] = [...(isNamed ? [] : [this.heading(item, 2, at)]), { kind: 'wide', cell: this.cell(item, holder, at, above) }];
    return [...own, ...item.items.flatMap((child) => this.within(child, holder, at, [...above, item.id], 0))];
  }

  private block(item: FormItem, level: 2 | 3, holder: Holder, at: readonly Position[], above: readonly string[]): Row[] {
    const inside = [...above, item.id];
    const boxes = item.items.find(({ kind, printed }) => kind === 'ticks' && printed.startsWith('[ ]'));
    const heading: Row = { ...this.heading(item, level, at), ...(boxes && { boxes: this.cell(boxes, holder, at, inside) }) };
    return [heading, ...this.children(item.items.filter((child) => child !== boxes), holder, at, inside, 0)];
  }

  /** Items below a heading, those that stand beside another in its row. */
  private children(items: readonly FormItem[], holder: Holder, at: readonly Position[], above: readonly string[], depth: number): Row[] {
    const besideBoxes = new Set(items.flatMap(({ ticks }) => ticks.flatMap(({ count }) => count ?? [])));
    const rows: Row[] = [];
    for (const item of items) {
      if (besideBoxes.has(item.id)) continue;
      const last = rows.at(-1);
      if (isBeside(item) && last?.kind === 'answer') rows[rows.length - 1] = { ...last, cells: [...last.cells, this.cell(item, holder, at, above)] };
      else rows.push(...this.within(item, holder, at, above, depth));
    }
    return rows;
  }

  private within(item: FormItem, holder: Holder, at: readonly Position[], above: readonly string[], depth: number): Row[] {
    if (item.repeat) return this.repeated(item, item.repeat, holder, at, above);
    const inside = [...above, item.id];
    if (item.kind === 'block') {
      if (this.section.id === 'risk') return this.block(item, 3, holder, at, above);
      const rows = this.children(item.items, holder, at, inside, 0);
      return rows.map((row, index) => (row.kind === 'answer' ? { ...row, side: { text: item.printed, isFirst: index === 0 } } : row));
    }
    if (!isAnswered(item)) return [];
    if (item.id.startsWith('risk.') && item.id.endsWith('.others')) return [this.heading(item, 3, at), { kind: 'wide', cell: this.cell(item, holder, at, above) }];
    const row: AnswerRow = { kind: 'answer', label: numbered(item.printed, at), depth, isEntry: item.printed.includes('{n}'), cells: [this.cell(item, holder, at, above)] };
    const below = item.items.filter((child) => !isBeside(child));
    const beside = item.items.filter(isBeside).map((child) => this.cell(child, holder, at, inside));
    return [{ ...row, cells: [...row.cells, ...beside] }, ...this.children(below, holder, at, inside, depth + 1)];
  }

  /** A block that is filled in several times, below its heading unless that is the name of an entry. */
  private repeated(item: FormItem, repeat: Repeat, holder: Holder, at: readonly Position[], above: readonly string[]): Row[] {
    const heading = item.printed === repeat.label ? [] : [this.heading(item, 2, at)];
    return [...heading, ...this.entries(item, repeat, (holder[item.id] as readonly Answers[] | null | undefined) ?? [], at, above)];
  }

  /**
   * The entries in the printed sheets: the first block always, of a sheet that is used each block, of one that is not used its heading.
   */
  entries(owner: FormItem | FormSection, repeat: Repeat, list: readonly Holder[], at: readonly Position[], above: readonly string[] = []): Row[] {
    const sheets = sheetsOf(repeat, list.length);
    return sheets.flatMap(({ heading, from, to, isUsed }) => {
      const own: Row[] = heading === undefined ? [] : [{ kind: 'heading', level: 3, id: owner.id, at, text: heading }];
      const indexes = isUsed ? Array.from({ length: to - from + 1 }, (_, n) => from + n) : [];
      return [...own, ...indexes.flatMap((index) => this.entry(owner, repeat, list[index - 1] ?? NOTHING, [...at, { repeat: owner.id, index }], [...above, owner.id]))];
    });
  }

  private entry({ id, items }: FormItem | FormSection, { label }: Repeat, holder: Holder, at: readonly Position[], above: readonly string[]): Row[] {
    const heading: Row[] = items[0]?.printed === label ? [] : [{ kind: 'heading', level: 4, id, at, text: numbered(label, at) }];
    return [...heading, ...this.children(items, holder, at, above, 0)];
  }

  private heading({ id, printed }: FormItem, level: 2 | 3, at: readonly Position[]): Row & { kind: 'heading' } {
    return { kind: 'heading', level, id, at, text: printed };
  }

  private cell(item: FormItem, holder: Holder, at: readonly Position[], above: readonly string[]): Cell {
    const isHidden = this.withheld.cell([item.id, ...above, this.section.id], at);
    return { itemId: item.id, at, content: isHidden ? plain(WITHHELD) : contentOf(item, holder[item.id] as Answer | undefined, this.closing, (id) => holder[id] as Answer | undefined) };
  }
}

const numbered = (printed: string, at: readonly Position[]): string => printed.replaceAll('{n}', String(at.at(-1)?.index ?? ''));

interface Sheet {
  readonly heading?: string;
  readonly from: number;
  readonly to: number;
  readonly isUsed: boolean;
}

/** 「委託事項2～5」: which entries a printed heading is for. Data without headings has each entry by itself. */
function sheetsOf({ label, slots }: Repeat, count: number): readonly Sheet[] {
  if (slots.length === 0) return [{ from: 1, to: Math.max(count, 1), isUsed: true }];
  const sheets: Sheet[] = slots.map((slot) => {
    const [from = 1, to = from] = (slot.normalize('NFKC').match(/[0-9]+/g) ?? []).map(Number);
    return { ...(slot !== label.replace('{n}', '1') && { heading: slot }), from, to, isUsed: from === 1 || from <= count };
  });
  for (let from = sheets.at(-1)!.to + 1; from <= count; from += SHEET) {
    const to = from + SHEET - 1;
    sheets.push({ heading: label.replace('{n}', `${from}～${to}`), from, to, isUsed: true });
  }
  return sheets;
}
