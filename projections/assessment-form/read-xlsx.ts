import type { Answer, Answers, Assessment } from '../../src/assessments/answers/assessment.js';
import { cellKey } from '../../src/assessments/answers/cells.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import { formOf } from '../../src/assessments/forms/editions.js';
import type { Form, FormItem, FormSection, Position } from '../../src/assessments/forms/form.js';
import { answeredItems, isAnswered, itemOf, printedName } from '../../src/assessments/forms/places.js';
import { choiceMeant, countMeant, dateMeant, markMeant } from './cell-words.js';
import { printedDate } from './content.js';
import { figureText } from './figure-text.js';
import { partsOf } from './layout.js';
import { changesBack, tablesBack } from './read-xlsx-tables.js';
import type { Address } from './xlsx-book.js';
import { addressOf, coverSays, FACTS_FORMAT, FACTS_SHEET, followed, LISTS_SHEET, type Facts } from './xlsx-facts.js';
import { cellName, placeOfCell, type GridCell, type Sheet } from './xlsx-grid.js';
import { WorkbookError } from './xlsx-parts.js';
import { sheetsOf } from './xlsx-sheets.js';

/** `place` is 「Ⅰ!C5」, or the item where its cell is gone. */
export interface CellProblem {
  readonly place: string;
  readonly message: string;
}

export type XlsxReading = { readonly ok: true; readonly assessment: Assessment; readonly notes: readonly string[] } | { readonly ok: false; readonly problems: readonly CellProblem[] };

/** Where an answer, or a part of one, stands now; no sheet where its row or sheet was deleted. */
export interface Pointed {
  readonly address: Address;
  readonly sheet?: Sheet;
  readonly row: number;
  readonly column: number;
}

/**
 * Our own workbook back as the document it was made of, with what was changed in it meanwhile. Nothing is guessed: a value that an answer
 * cannot have, an answer whose cell is gone and words where the form has no answer are told with their cells. @throws WorkbookError
 */
export function readFormXlsx(sheets: readonly Sheet[], editions: (formId: string) => Form | undefined = formOf): XlsxReading {
  const { facts, pointed } = hidden(sheets);
  const form = editions(facts.formId);
  if (!form) throw new WorkbookError(`知らない様式の版（${facts.formId}）のファイルです。`);
  return new OwnReader(sheets, form, facts, pointed).read();
}

/** Whether a workbook is our own export. */
export function isFormXlsx(sheets: readonly Sheet[]): boolean {
  return sheets.some(({ name }) => name === FACTS_SHEET);
}

function hidden(sheets: readonly Sheet[]): { readonly facts: Facts; readonly pointed: readonly Pointed[] } {
  const sheet = sheets.find(({ name }) => name === FACTS_SHEET);
  if (!sheet) throw new WorkbookError('証が書き出した評価書のブックではありません。個人情報保護委員会の様式などは、対応表（--mapping）を指定して取り込んでください。');
  const rows = [...Map.groupBy(sheet.cells.values(), ({ row }) => row)].sort(([a], [b]) => a - b).map(([, cells]) => new Map(cells.map((cell) => [cell.column, cell])));
  let json = '';
  const pointed: Pointed[] = [];
  for (const row of rows) {
    const words = [1, 2, 3, 4].map((column) => row.get(column)?.text ?? '');
    const formula = row.get(5)?.formula;
    const address = addressOf(words);
    if (words[0] === FACTS_FORMAT) json += words[1];
    else if (formula !== undefined && address) pointed.push({ address, ...target(sheets, formula) });
  }
  try {
    return { facts: JSON.parse(json) as Facts, pointed };
  } catch {
    throw new WorkbookError(`このブックの再取込み用の記録（${FACTS_FORMAT}）を読めません。書き出した元のファイルから作り直してください。`);
  }
}

/** The cell that a formula points to. Excel writes #REF! where it was deleted. */
function target(sheets: readonly Sheet[], formula: string): Omit<Pointed, 'address'> {
  const match = /^(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]+\$?[0-9]+)$/.exec(formula);
  const place = match && placeOfCell(match[3]!);
  const name = match && (match[1]?.replaceAll("''", "'") ?? match[2]);
  const sheet = sheets.find((one) => one.name === name);
  return place && sheet ? { sheet, ...place } : { row: 0, column: 0 };
}

class OwnReader {
  private readonly problems: CellProblem[] = [];
  private readonly notes: string[] = [];
  private readonly byKey: ReadonlyMap<string, readonly Pointed[]>;
  private readonly counts: ReadonlyMap<string, number | null>;
  private readonly taken = new Set<string>();

  constructor(
    private readonly sheets: readonly Sheet[],
    private readonly form: Form,
    private readonly facts: Facts,
    private readonly pointed: readonly Pointed[],
  ) {
    this.byKey = Map.groupBy(pointed, ({ address }) => cellKey(address.id, address.at));
    this.counts = new Map(facts.entries.map(({ id, at, count }) => [cellKey(id, at), count]));
  }

  read(): XlsxReading {
    const { form, facts } = this;
    const answers: Record<string, Answer | readonly Answers[]> = {};
    if (!facts.empty) {
      for (const section of form.sections) {
        if (section.repeat) answers[section.id] = this.entries(section, []);
        else this.items(section.items, [], answers);
      }
    }
    const tables = tablesBack(this.pointed, facts, this.note);
    const changes = changesBack(this.pointed, facts, this.note, this.problem);
    const cover = Object.fromEntries(followed(facts).map(([member, id]) => [member, coverSays(answers[id])]));
    const assessment = {
      ...{ formId: form.formId, form: form.form, edition: form.edition, editionInferred: facts.editionInferred },
      ...{ assessmentNumber: null, title: null, agency: null, publishedOn: null, ...facts.cover, ...cover },
      ...{ status: facts.status, source: facts.source, answers, recordItems: tables.tables, changeLog: changes.rows, gaps: changes.gaps },
    } satisfies Assessment;
    for (const cell of [...tables.cells, ...changes.cells]) this.taken.add(cell);
    if (this.problems.length === 0) this.strays(assessment);
    if (this.problems.length === 0) this.whole(assessment);
    return this.problems.length === 0 ? { ok: true, assessment, notes: this.notes } : { ok: false, problems: this.problems };
  }

  private readonly note = (text: string): void => void this.notes.push(text);
  private readonly problem = (place: string, message: string): void => void this.problems.push({ place, message });

  private items(items: readonly FormItem[], at: readonly Position[], into: Record<string, Answer | readonly Answers[]>): Answers {
    for (const item of items) {
      if (item.repeat) into[item.id] = this.entries(item, at);
      else {
        if (isAnswered(item)) into[item.id] = item.kind === 'ticks' ? this.boxes(item, at) : this.answer(item, at);
        this.items(item.items, at, into);
      }
    }
    return into;
  }

  /** As many entries as there were, and those after them that were filled in since. */
  private entries(owner: FormSection | FormItem, at: readonly Position[]): readonly Answers[] | null {
    const had = this.counts.get(cellKey(owner.id, at)) ?? null;
    const filled = this.pointed.filter(({ address, ...place }) => isWithin(address.at, at, owner.id) && this.hasOwnText(address, place)).map(({ address }) => address.at[at.length]!.index);
    const count = Math.max(had ?? 0, ...filled);
    if (count === 0) return had === null ? null : [];
    return Array.from({ length: count }, (_, index) => this.items(owner.items, [...at, { repeat: owner.id, index: index + 1 }], {}));
  }

  private hasOwnText({ id }: Address, place: Omit<Pointed, 'address'>): boolean {
    return ![undefined, '', itemOf(this.form, id)?.fixedText].includes(cellAt(place)?.text);
  }

  private answer(item: FormItem, at: readonly Position[]): Answer {
    const figure = this.facts.figures.find((one) => one.id === item.id && cellKey(one.id, one.at) === cellKey(item.id, at));
    const parts = this.parts(item, at, (part) => part === 'answer' || part.startsWith('more'));
    if (!parts) return '';
    const text = parts.map(({ address, ...place }) => (address.part === 'more\n' ? '\n' : '') + this.textAt(place, item)).join('');
    const [{ address: { state }, ...place }] = parts as [Pointed];
    if (figure && text === figureText(figure.json)) return figure.json;
    if (state === 'lost' && text === (item.fixedText ?? '')) return null;
    if (state === 'blank' && text === item.fixedText) return '';
    const meant = item.kind === 'choice' ? choiceMeant(item, text) : item.kind === 'date' ? dateMeant(text) : item.kind === 'count' ? countMeant(text) : text;
    if (meant !== undefined) return meant;
    const what = { choice: 'は選択肢にない答えです。選択肢から選んでください。', date: 'は日付として読めません。「令和8年10月1日」のように書いてください。', count: 'は件数として読めません。0以上の整数を書いてください。' }[item.kind as 'choice' | 'date' | 'count'];
    this.problem(named(place), `「${printedName(this.form, item.id, at)}」${what}`);
    return '';
  }

  private boxes(item: FormItem, at: readonly Position[]): Answer {
    const parts = this.parts(item, at, () => true);
    if (!parts) return { ticked: [], text: {} };
    const ticked: string[] = [];
    const unknown: string[] = [];
    const text: Record<string, string> = {};
    for (const { address: { part, state }, ...place } of parts) {
      const [kind, code] = [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)];
      const written = this.textAt(place, item);
      if (kind === 'text') {
        if (written !== '') text[code] = written;
        continue;
      }
      const mark = markMeant(written);
      if (mark === undefined) this.problem(named(place), `「${printedName(this.form, item.id, at)}」のチェック欄には、○を書くか、空欄にしてください。`);
      if (mark === true) ticked.push(code);
      if (mark === false && state === 'unknown') unknown.push(code);
    }
    for (const { address: { part }, ...place } of parts) {
      const code = part.slice(part.indexOf(':') + 1);
      if (part.startsWith('text:') && text[code] !== undefined && !ticked.includes(code)) this.problem(named(place), `「${printedName(this.form, item.id, at)}」は、○のない欄の（　）に文があります。○を書くか、文を消してください。`);
    }
    if (ticked.length === 0 && Object.keys(text).length === 0 && parts.some(({ address }) => address.state === 'lost')) return null;
    return { ticked, text, ...(unknown.length > 0 && { unknown }) };
  }

  /** The cells of an answer, all of which must be there still. */
  private parts(item: FormItem, at: readonly Position[], isPart: (part: string) => boolean): readonly Pointed[] | undefined {
    const parts = (this.byKey.get(cellKey(item.id, at)) ?? []).filter(({ address }) => isPart(address.part));
    if (parts.length > 0 && parts.every(({ sheet }) => sheet)) return parts;
    this.problem(printedName(this.form, item.id, at), 'この欄の行・列かシートが削除されています。欄は空にしても、削除はしないでください。');
    return undefined;
  }

  private textAt(place: Omit<Pointed, 'address'>, { kind }: FormItem): string {
    const cell = cellAt(place);
    const name = named(place);
    if (this.taken.has(name)) this.problem(name, '二つの欄が一つのセルになっています。');
    this.taken.add(name);
    if (!cell) return '';
    if (cell.kind === 'error') this.problem(name, 'セルがエラーになっています。');
    if (cell.formula !== undefined) this.note(`${name} は数式です。最後に計算された結果を読みました。`);
    return cell.kind === 'date' && kind !== 'date' ? printedDate(cell.text) : cell.text;
  }

  /** Words that stand neither in a cell of an answer nor in the form as it would be printed now. */
  private strays(assessment: Assessment): void {
    const printed = new Set(sheetsOf(this.form, assessment, partsOf(this.form, assessment)).flatMap(({ cells }) => cells.flatMap(({ address, value }) => (address ? [] : [String(value)]))));
    for (const { fixedText } of answeredItems(this.form)) if (fixedText !== undefined) printed.add(fixedText); // in blocks that nobody filled in
    for (const sheet of this.sheets.filter(({ name }) => name !== FACTS_SHEET && name !== LISTS_SHEET)) {
      for (const { row, column, text } of sheet.cells.values()) {
        const name = named({ sheet, row, column });
        if (!this.taken.has(name) && text.trim() !== '' && !printed.has(text)) this.problem(name, '欄でないところに文があるか、様式の文言が書き換えられています。取り込むと失われるため、取り込みませんでした。');
      }
    }
  }

  /** Last, by the reader of documents: what no cell alone can tell. */
  private whole(assessment: Assessment): void {
    const reading = readAssessment(writeAssessment(assessment, () => this.form), () => this.form);
    if (!reading.ok) for (const { path, message } of reading.problems) this.problem(path, message);
  }
}

function isWithin(of: readonly Position[], at: readonly Position[], repeat: string): boolean {
  return of.length > at.length && of[at.length]!.repeat === repeat && at.every((position, index) => position.repeat === of[index]!.repeat && position.index === of[index]!.index);
}

export function cellAt({ sheet, row, column }: Omit<Pointed, 'address'>): GridCell | undefined {
  return sheet?.cells.get(cellName(row, column));
}

export function named({ sheet, row, column }: Omit<Pointed, 'address'>): string {
  return `${sheet?.name ?? ''}!${cellName(row, column)}`;
}
