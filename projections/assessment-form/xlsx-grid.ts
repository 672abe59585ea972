import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { partsOf, WorkbookError } from './xlsx-parts.js';

/** What stands in a cell, as a person sees it: a number in digits, a day as YYYY-MM-DD, the value that was worked out last of a formula. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
  readonly text: string;
  readonly kind: 'text' | 'number' | 'date' | 'error';
  /** Without the equals sign. */
  readonly formula?: string;
}

/** A merged area. Its cell is the one at the top left. */
export interface Area {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  /** By `cellName`, in the order of rows; only those in which something stands. */
  readonly cells: ReadonlyMap<string, GridCell>;
  readonly merges: readonly Area[];
}

const MOST_CELLS = 300_000;
const MOST_MERGES = 20_000;
const MOST_TEXT = 64 * 2 ** 20;

/**
 * The sheets of a workbook as cells and merged areas, and nothing else of it. (exceljs makes an object of every cell of each merged, named
 * or validated area, so that a workbook of some kilobytes fills the memory; of an area this reads its two corners.) @throws WorkbookError
 */
export function readSheets(bytes: Uint8Array): readonly Sheet[] {
  const parts = partsOf(bytes);
  try {
    return new BookReader(parts).sheets();
  } catch (error) {
    if (error instanceof WorkbookError) throw error;
    throw new WorkbookError('Excel ブック（.xlsx）として読めません。ファイルが壊れているか、別の形式です。', { cause: error });
  }
}

/** 「B5」 */
export function cellName(row: number, column: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return `${letters}${row}`;
}

/** Row and column of 「B5」 or 「$B$5」; undefined for anything else, or outside of a sheet. */
export function placeOfCell(name: string): { readonly row: number; readonly column: number } | undefined {
  const match = /^\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})$/.exec(name);
  if (!match) return undefined;
  const column = [...match[1]!].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  const row = Number(match[2]);
  return column <= 16_384 && row <= 1_048_576 ? { row, column } : undefined;
}

/** Formats of days by number; the others by their code. Those of 27–36 and 50–58 are the Japanese ones. */
const isDateNumber = (id: number): boolean => (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58);
const isDateCode = (code: string): boolean => {
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_.|\*./g, '').split(';')[0]!;
  return /[ydeg]/i.test(bare) && !/[0#?]/.test(bare) && !/general/i.test(bare);
};

type Attributes = Readonly<Record<string, string>>;
interface Handlers {
  readonly open?: (name: string, attributes: Attributes) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** Names come without the prefix of their namespace: some programs write `x:row`. */
function parse(xml: string, { open, text, close }: Handlers): void {
  const parser = new SaxesParser();
  const local = (name: string): string => name.slice(name.indexOf(':') + 1);
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => open?.(local(name), attributes));
  if (text) parser.on('text', text);
  parser.on('closetag', ({ name }) => close?.(local(name)));
  parser.write(xml.startsWith('\ufeff') ? xml.slice(1) : xml).close();
}

/** Text with the characters that XML has no place for written out as `_x0001_`. */
const unescaped = (text: string): string => text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))).toWellFormed();

class BookReader {
  private readonly strings: readonly string[];
  private readonly dateStyles: readonly boolean[];
  private readonly relations = new Map<string, string>();
  private readonly home: string;
  private cells = 0;
  private length = 0;

  constructor(private readonly parts: ReadonlyMap<string, string>) {
    let book = 'xl/workbook.xml';
    parse(this.part('_rels/.rels'), { open: (name, { Type, Target }) => { if (name === 'Relationship' && Type?.endsWith('/officeDocument')) book = Target!.replace(/^\//, ''); } });
    this.home = book.slice(0, book.lastIndexOf('/') + 1);
    const file = book.slice(this.home.length);
    let strings: string | undefined;
    let styles: string | undefined;
    parse(this.part(`${this.home}_rels/${file}.rels`), {
      open: (name, { Id, Type, Target }) => {
        if (name !== 'Relationship' || Id === undefined || Target === undefined) return;
        const path = Target.startsWith('/') ? Target.slice(1) : this.home + Target;
        this.relations.set(Id, path);
        if (Type?.endsWith('/sharedStrings')) strings = path;
        if (Type?.endsWith('/styles')) styles = path;
      },
    });
    this.book = book;
    this.strings = strings === undefined ? [] : stringsOf(this.part(strings));
    this.dateStyles = styles === undefined ? [] : dateStylesOf(this.part(styles));
  }

  private readonly book: string;

  sheets(): readonly Sheet[] {
    const listed: { readonly name: string; readonly hidden: boolean; readonly path: string }[] = [];
    let from1904 = false;
    parse(this.part(this.book), {
      open: (name, attributes) => {
        if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
        if (name !== 'sheet') return;
        const id = Object.entries(attributes).find(([attribute]) => attribute.endsWith(':id'))?.[1];
        const path = id === undefined ? undefined : this.relations.get(id);
        if (path !== undefined && /worksheets\//i.test(path)) listed.push({ name: unescaped(attributes['name'] ?? ''), hidden: /hidden/i.test(attributes['state'] ?? ''), path });
      },
    });
    if (listed.length === 0) throw new WorkbookError('シートのないブックです。');
    return listed.map(({ name, hidden, path }) => ({ name, hidden, ...this.sheet(this.part(path), from1904) }));
  }

  private part(path: string): string {
    const part = this.parts.get(path) ?? [...this.parts].find(([name]) => name.toLowerCase() === path.toLowerCase())?.[1];
    if (part === undefined) throw new WorkbookError('Excel ブック（.xlsx）として読めません。ファイルが壊れているか、別の形式です。');
    return part;
  }

  private sheet(xml: string, from1904: boolean): Pick<Sheet, 'cells' | 'merges'> {
    const cells = new Map<string, GridCell>();
    const merges: Area[] = [];
    let at = { row: 0, column: 0 };
    let cell: { type: string; style: number; value: string; formula?: string } | undefined;
    let into: 'value' | 'formula' | undefined;
    let phonetic = 0;
    parse(xml, {
      open: (name, attributes) => {
        if (name === 'row') at = { row: attributes['r'] === undefined ? at.row + 1 : Number(attributes['r']), column: 0 };
        else if (name === 'c') {
          at = (attributes['r'] === undefined ? undefined : placeOfCell(attributes['r'])) ?? { row: at.row, column: at.column + 1 };
          cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0), value: '' };
        } else if (name === 'f' && cell) {
          cell.formula = '';
          into = 'formula';
        } else if (name === 'rPh') phonetic += 1;
        else if ((name === 'v' || name === 't') && cell && phonetic === 0) into = 'value';
        else if (name === 'mergeCell') {
          const [from, to] = (attributes['ref'] ?? '').split(':').map(placeOfCell);
          if (from && to) merges.push({ top: from.row, left: from.column, bottom: to.row, right: to.column });
          if (merges.length > MOST_MERGES) throw new WorkbookError('結合したセルが多すぎます。評価書のファイルかどうかを確かめてください。');
        }
      },
      text: (text) => {
        if (!cell || into === undefined) return;
        if (into === 'value') cell.value += text;
        else cell.formula += text;
      },
      close: (name) => {
        if (name === 'v' || name === 't' || name === 'f') into = undefined;
        if (name === 'rPh') phonetic -= 1;
        if (name !== 'c' || !cell) return;
        const shown = this.shown(cell, from1904);
        if (shown.text !== '' || cell.formula !== undefined) {
          this.count(shown.text.length);
          cells.set(cellName(at.row, at.column), { ...at, ...shown, ...(cell.formula !== undefined && { formula: cell.formula }) });
        }
        cell = undefined;
      },
    });
    return { cells, merges };
  }

  /** A string stands once in the file and in as many cells as it likes. */
  private count(length: number): void {
    this.cells += 1;
    this.length += length;
    if (this.cells > MOST_CELLS || this.length > MOST_TEXT) throw new WorkbookError('セルが多すぎます。評価書のファイルかどうかを確かめてください。');
  }

  private shown({ type, style, value }: { readonly type: string; readonly style: number; readonly value: string }, from1904: boolean): Pick<GridCell, 'text' | 'kind'> {
    if (type === 's') return { text: this.strings[Number(value)] ?? '', kind: 'text' };
    if (type === 'inlineStr' || type === 'str') return { text: unescaped(value), kind: 'text' };
    if (type === 'b') return { text: value === '1' ? 'TRUE' : 'FALSE', kind: 'text' };
    if (type === 'e') return { text: value, kind: 'error' };
    if (type === 'd') return { text: value.slice(0, 10), kind: 'date' };
    if (value === '') return { text: '', kind: 'text' };
    const number = Number(value);
    const days = Math.floor(number) + (from1904 ? 1_462 : 0);
    // Day 60 is a leap day of 1900 that was none; from the next on the count is right.
    if (this.dateStyles[style] && days > 60 && days < 401_769) return { text: new Date(Date.UTC(1899, 11, 30) + days * 86_400_000).toISOString().slice(0, 10), kind: 'date' };
    return { text: Number.isFinite(number) ? String(number) : value, kind: 'number' };
  }
}

function stringsOf(xml: string): readonly string[] {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let phonetic = 0;
  parse(xml, {
    open: (name) => {
      if (name === 'si') text = '';
      if (name === 'rPh') phonetic += 1; // readings of names above the characters
      if (name === 't') inText = phonetic === 0;
    },
    text: (piece) => {
      if (inText) text += piece;
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') phonetic -= 1;
      if (name === 'si') strings.push(unescaped(text));
    },
  });
  return strings;
}

function dateStylesOf(xml: string): readonly boolean[] {
  const codes = new Map<number, string>();
  const styles: boolean[] = [];
  let inCells = false;
  parse(xml, {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name !== 'xf' || !inCells) return;
      const id = Number(attributes['numFmtId'] ?? 0);
      const code = codes.get(id);
      styles.push(code === undefined ? isDateNumber(id) : isDateCode(code));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles;
}
