import type { Answer, Answers, Assessment, ChangeRow, Gap, RecordTable } from '../../src/assessments/answers/assessment.js';
import { blankAnswer, cellKey } from '../../src/assessments/answers/cells.js';
import { isAnswered, placesIn, printedName } from '../../src/assessments/forms/places.js';
import type { FormItem, FormSection, Position } from '../../src/assessments/forms/form.js';
import { boxesIn, boxesMeant, labelledBy, type Box } from './boxes.js';
import { choiceMeant, countMeant, dateMeant, folded } from './cell-words.js';
import type { Locator, Mapping } from './mapping.js';
import { changesFrom, tableFrom } from './mapped-tables.js';
import { SheetPlaces } from './sheet-places.js';
import { cellName, type Area, type GridCell, type Sheet } from './xlsx-grid.js';

/** What was not taken from the workbook, and why; `name` is the item as a clerk finds it in the form. */
export interface NotFound {
  readonly itemId: string;
  readonly name: string;
  readonly why: string;
}

export interface MappedReading {
  readonly assessment: Assessment;
  readonly notFound: readonly NotFound[];
  /** Cells in which something stands that no mapping took and the form does not print. */
  readonly leftOver: readonly { readonly cell: string; readonly characters: number }[];
  readonly notes: readonly string[];
}

/** An assessment from a workbook of foreign layout. What could not be read is null and told as lost, so that nothing looks like an answer that is none. */
export function readMapped(sheets: readonly Sheet[], mapping: Mapping): MappedReading {
  return new MappedReader(sheets, mapping).read();
}

/** What reading one entry of a repeat brought to light; that of an entry which is not there is dropped. */
interface Findings {
  readonly gaps: Gap[];
  readonly notFound: NotFound[];
  readonly notes: string[];
  readonly taken: Set<string>;
  found: boolean;
}

const nothingYet = (): Findings => ({ gaps: [], notFound: [], notes: [], taken: new Set(), found: false });

class MappedReader {
  private readonly places: readonly SheetPlaces[];
  private findings = nothingYet();
  private readonly counts = new Map<string, number>();

  constructor(sheets: readonly Sheet[], private readonly mapping: Mapping) {
    this.places = sheets.filter(({ hidden }) => !hidden).map((sheet) => new SheetPlaces(sheet));
  }

  read(): MappedReading {
    const { form, source } = this.mapping;
    const answers: Record<string, Answer | readonly Answers[]> = {};
    for (const section of form.sections) {
      if (section.repeat) answers[section.id] = this.entries(section, []);
      else this.items(section.items, [], answers);
    }
    const { recordItems, changeLog } = this.tables();
    const text = (id: string): string | null => (typeof answers[id] === 'string' && answers[id] !== '' ? answers[id] : null);
    const publishedOn = text('cover.publicationDate');
    const { gaps, notFound, notes } = this.findings;
    return {
      assessment: {
        ...{ formId: form.formId, form: form.form, edition: form.edition, editionInferred: false },
        ...{ assessmentNumber: text('cover.number'), title: text('cover.title'), agency: text('cover.agency'), publishedOn: publishedOn === '-' ? null : publishedOn },
        ...{ status: 'draft' as const, source, answers, recordItems, changeLog, gaps },
      },
      notFound,
      leftOver: this.leftOver(),
      notes,
    };
  }

  private items(items: readonly FormItem[], at: readonly Position[], into: Record<string, Answer | readonly Answers[]>): Answers {
    for (const item of items) {
      if (item.repeat) {
        into[item.id] = this.entries(item, at);
        continue;
      }
      if (isAnswered(item)) into[item.id] = this.answer(item, at);
      this.items(item.items, at, into);
    }
    return into;
  }

  private entries(owner: FormSection | FormItem, at: readonly Position[]): readonly Answers[] | null {
    const inSection = !('kind' in owner);
    const mapped = this.mapping.repeats.get(owner.id);
    const hasItems = [...placesIn({ sections: [{ ...(owner as FormSection), items: owner.items }] })].some(({ id }) => this.mapping.items.has(id));
    if (!hasItems || (!mapped && !inSection)) return this.lost(owner.id, at, '対応表にありません');
    const outer = this.findings;
    const read: { readonly answers: Answers; readonly findings: Findings }[] = [];
    for (let index = 1; index <= Math.min(mapped?.most ?? 1, owner.repeat!.max ?? Infinity); index++) {
      this.findings = nothingYet();
      const answers = this.items(owner.items, [...at, { repeat: owner.id, index }], {});
      read.push({ answers, findings: this.findings });
    }
    this.findings = outer;
    const last = read.findLastIndex(({ findings }) => findings.found);
    const there = read.slice(0, inSection ? Math.max(1, last + 1) : last + 1);
    for (const { findings } of there) {
      outer.gaps.push(...findings.gaps);
      outer.notFound.push(...findings.notFound);
      outer.notes.push(...findings.notes);
      outer.found ||= findings.found;
    }
    for (const { findings } of read) for (const cell of findings.taken) outer.taken.add(cell);
    return there.map(({ answers }) => answers);
  }

  private answer(item: FormItem, at: readonly Position[]): Answer {
    const locator = this.mapping.items.get(item.id);
    if (!locator) {
      const count = this.counts.get(cellKey(item.id, at));
      if (count !== undefined) return count;
      return item.fixedText !== undefined ? blankAnswer(item) : this.lost(item.id, at, '対応表にありません');
    }
    const located = this.locate(locator, at);
    if (typeof located === 'string') return this.lost(item.id, at, located);
    return item.kind === 'ticks' ? this.boxes(item, at, locator, located) : this.value(item, at, locator, located);
  }

  private value(item: FormItem, at: readonly Position[], { rows }: Locator, { places, area }: Located): Answer {
    const lines: string[] = [];
    for (let row = 0, here = area; row < rows; row++, here = places.step(here, 0, 1)) {
      const cell = places.at(here.top, here.left);
      if (cell) this.take(places, cell);
      lines.push(cell?.text ?? '');
    }
    const text = lines.join('\n').replace(/\n+$/, rows > 1 ? '' : '$&');
    if (text !== '') this.findings.found = true;
    if (places.at(area.top, area.left)?.kind === 'error') return this.unreadable(item, at, places, area, '', 'セルがエラーです');
    const meant = item.kind === 'choice' ? choiceMeant(item, text) : item.kind === 'date' ? dateMeant(text) : item.kind === 'count' ? countMeant(text) : text;
    if (meant !== undefined) return meant;
    return this.unreadable(item, at, places, area, text, { choice: '選択肢にありません', date: '日付として読めません', count: '件数として読めません' }[item.kind as 'choice' | 'date' | 'count']);
  }

  private boxes(item: FormItem, at: readonly Position[], { rows, columns, mark }: Locator, { places, area }: Located): Answer {
    const cells = places.within({ top: area.top, left: area.left, bottom: Math.max(area.bottom, area.top + rows - 1), right: Math.max(area.right, area.left + columns - 1) });
    for (const cell of cells) this.take(places, cell);
    const boxes = mark === 'brackets' ? boxesIn(item, cells.map(({ text }) => text).join(' ')) : this.marked(item, places, cells, mark);
    const { answer, counts, unread } = boxesMeant(item, boxes);
    if (answer.ticked.length > 0) this.findings.found = true;
    for (const [count, figure] of counts) this.counts.set(cellKey(count, at), figure);
    if (unread.length > 0) {
      const why = `チェック欄を読み取れません: ${unread.join('、')}`;
      this.findings.gaps.push({ itemId: item.id, ...indexes(at), kind: 'doubtful', why });
      this.findings.notFound.push({ itemId: item.id, name: this.name(item.id, at), why });
    }
    return answer;
  }

  private marked(item: FormItem, places: SheetPlaces, cells: readonly GridCell[], side: 'left' | 'right'): readonly Box[] {
    return cells.flatMap((cell) => {
      const found = labelledBy(item, cell.text);
      if (!found) return [];
      const area = places.areaAt(cell.row, cell.column);
      const beside = side === 'right' ? places.step(area, 1, 0) : places.areaAt(area.top, area.left - 1);
      const mark = places.at(beside.top, beside.left);
      if (mark) this.take(places, mark);
      return [{ ...found, mark: mark?.text ?? '' }];
    });
  }

  private locate(locator: Locator, at: readonly Position[]): Located | string {
    const fill = (text: string): string => at.reduce((filled, { repeat, index }) => filled.replaceAll(`{${repeat}}`, String(index)), text.replaceAll('{n}', String(at.at(-1)?.index ?? '')));
    const name = fill(locator.sheet);
    const places = this.places.find(({ sheet }) => folded(sheet.name) === folded(name));
    if (!places) return `シート「${name}」がありません`;
    let start: Area | undefined;
    if (locator.cell !== undefined) start = places.areaNamed(locator.cell);
    else {
      const label = places.find(fill(locator.label!), locator.after.map(fill));
      if (label) this.take(places, label);
      start = label && places.areaAt(label.row, label.column);
    }
    if (!start) return `シート「${name}」に見出し「${fill(locator.label ?? '')}」がありません`;
    const area = places.step(start, locator.right, locator.down);
    const shifts = at.map(({ repeat, index }) => { const mapped = this.mapping.repeats.get(repeat); return { by: (mapped?.stride ?? 0) * (index - 1), direction: mapped?.direction ?? 'down' }; });
    const sum = (direction: string): number => shifts.reduce((total, shift) => total + (shift.direction === direction ? shift.by : 0), 0);
    return { places, area: places.areaAt(area.top + sum('down'), area.left + sum('right')) };
  }

  private take(places: SheetPlaces, cell: GridCell): void {
    const name = places.name(cell);
    this.findings.taken.add(name);
    if (cell.formula !== undefined) this.findings.notes.push(`${name} は数式です。最後に計算された結果を読みました。`);
  }

  private unreadable(item: FormItem, at: readonly Position[], places: SheetPlaces, area: Area, raw: string, what: string): null {
    return this.lost(item.id, at, `${places.sheet.name}!${cellName(area.top, area.left)} の記載が${what}`, raw);
  }

  private lost(itemId: string, at: readonly Position[], why: string, raw = ''): null {
    this.findings.gaps.push({ itemId, ...indexes(at), kind: 'lost', why, ...(raw !== '' && { raw }) });
    this.findings.notFound.push({ itemId, name: this.name(itemId, at), why });
    return null;
  }

  private name(itemId: string, at: readonly Position[]): string {
    return printedName(this.mapping.form, itemId, at);
  }

  private tables(): { readonly recordItems: readonly RecordTable[]; readonly changeLog: readonly ChangeRow[] } {
    const placesOf = (sheet: string): SheetPlaces | undefined => this.places.find(({ sheet: { name } }) => folded(name) === folded(sheet));
    const missing = (itemId: string, why: string): void => void this.findings.notFound.push({ itemId, name: this.name(itemId, []), why });
    const recordItems = this.mapping.recordItems.flatMap((mapping) => {
      const places = placesOf(mapping.sheet);
      const table = places && tableFrom(places, mapping);
      if (!places || !table) {
        missing('file.recordItems', `表「${mapping.table}」が、シート「${mapping.sheet}」の見出し「${mapping.header}」の下にありません`);
        return [];
      }
      for (const cell of table.cells) this.take(places, cell);
      this.findings.notes.push(...table.notes);
      return [table.table];
    });
    const { changeLog } = this.mapping;
    const places = changeLog && placesOf(changeLog.sheet);
    const changes = changeLog && places && changesFrom(places, changeLog, this.mapping.form);
    if (changeLog && !changes) missing('changes.rows', `シート「${changeLog.sheet}」に、六つの見出しが並ぶ行がありません`);
    for (const cell of changes?.cells ?? []) this.take(places!, cell);
    this.findings.gaps.push(...(changes?.gaps ?? []));
    this.findings.notFound.push(...(changes?.gaps ?? []).map(({ itemId, why }) => ({ itemId, name: this.name(itemId, []), why })));
    return { recordItems, changeLog: changes?.rows ?? [] };
  }

  private leftOver(): MappedReading['leftOver'] {
    const printed = new Set([...this.mapping.ignore, ...this.printed()].map(folded));
    const isPrinted = (text: string): boolean => printed.has(folded(text)) || /^[[\]［］()（）○、。・]*$/u.test(folded(text)) || folded(text).startsWith('<選択肢>');
    return this.places.flatMap((places) => places.cells.filter((cell) => !this.findings.taken.has(places.name(cell)) && !isPrinted(cell.text)).map((cell) => ({ cell: places.name(cell), characters: cell.text.length })));
  }

  /** What the form itself prints. */
  private printed(): readonly string[] {
    const { form } = this.mapping;
    const ofItems = [...placesIn(form)].flatMap(({ section, item }) => [section.title, section.printed, item?.label, item?.printed, item?.fixedText, ...(item?.options ?? []).flatMap(({ number, label }) => [label, `${number}）${label}`]), ...(item?.ticks ?? []).map(({ label }) => label)]);
    return [form.title, form.name, form.editionMark, ...form.contents, ...ofItems].filter((text) => text !== undefined);
  }
}

interface Located {
  readonly places: SheetPlaces;
  readonly area: Area;
}

function indexes(at: readonly Position[]): { readonly fileIndex?: number; readonly blockIndex?: number } {
  const file = at.find(({ repeat }) => repeat === 'file' || repeat === 'risk');
  const block = at.find(({ repeat }) => repeat !== 'file' && repeat !== 'risk');
  return { ...(file && { fileIndex: file.index }), ...(block && { blockIndex: block.index }) };
}
