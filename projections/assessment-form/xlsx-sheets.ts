import { isTicks, type Answer, type Assessment } from '../../src/assessments/answers/assessment.js';
import { cellKey, cellsOf } from '../../src/assessments/answers/cells.js';
import type { Form, Position } from '../../src/assessments/forms/form.js';
import { itemOf } from '../../src/assessments/forms/places.js';
import { sheetName } from '../reports/render/xlsx-text.js';
import { figureText } from './figure-text.js';
import { TICKED } from './cell-words.js';
import { besideBox, OPTIONS_HEADING, type AnswerRow, type Box, type Cell, type HeadingRow, type Part, type Row, type TableRow } from './model.js';
import { COLUMNS, piecesOf, SheetBuilder, type Address, type BookSheet, type CellStyle, type Put, type State } from './xlsx-book.js';

/** The printed document as sheets of a workbook, one for each part, every answer in cells of its own. */
export function sheetsOf(form: Form, assessment: Pick<Assessment, 'answers'>, parts: readonly Part[]): readonly BookSheet[] {
  const answers = new Map(cellsOf(form, assessment).map(({ item, at, answer }) => [cellKey(item.id, at), answer]));
  const names = new Set<string>();
  return parts.map((part) => new PartSheet(form, answers, part, freeName(part.sheet, names)).sheet());
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = sheetName(wanted);
  for (let n = 2; taken.has(name); n++) name = sheetName(`${wanted.slice(0, 26)}（${n}）`);
  taken.add(name);
  return name;
}

const SIDE = 3;
const LABEL = 6;
/** Of a choice beside a figure: 「（」, the figure and 「）件」. */
const FIGURE = 6;

class PartSheet {
  private readonly builder: SheetBuilder;

  constructor(
    private readonly form: Form,
    private readonly answers: ReadonlyMap<string, Answer>,
    private readonly part: Part,
    name: string,
  ) {
    this.builder = new SheetBuilder(name);
  }

  sheet(): BookSheet {
    const { builder, part } = this;
    builder.bare([[put(COLUMNS, part.heading, 'title')]]);
    if (part.kind === 'chapter') builder.titles(1);
    builder.gap();
    for (const row of part.rows) this.row(row);
    return builder.sheet();
  }

  private row(row: Row): void {
    const { builder } = this;
    if (row.kind === 'heading') this.heading(row);
    else if (row.kind === 'wide') builder.rows([], this.lines(row.cell, COLUMNS));
    else if (row.kind === 'lines') builder.bare(row.lines.map((line) => [put(COLUMNS, line, row.align === 'left' ? 'plain' : row.align)]));
    else if (row.kind === 'table') this.table(row);
    else this.answer(row);
  }

  private heading({ level, id, at, text, boxes }: HeadingRow): void {
    const name = this.part.kind === 'records' ? ({ id, at: at.slice(0, 1), part: `${({ 2: 'title', 3: 'group', 4: 'table' } as const)[level]}:${at.at(-1)!.index}` } satisfies Address) : undefined;
    this.builder.rows([], [[{ ...put(COLUMNS, text, level === 2 || !name ? 'heading' : 'label'), ...(name && { address: name }) }], ...(boxes ? this.lines(boxes, COLUMNS) : [])]);
  }

  private answer({ label, side, cells }: AnswerRow): void {
    const left = [...(side ? [put(SIDE, side.isFirst ? side.text : '', 'label')] : []), put(LABEL, label, 'label')];
    const width = COLUMNS - left.reduce((sum, { columns }) => sum + columns, 0);
    const [first, beside, ...more] = cells;
    if (beside && first.content.kind === 'choice' && itemOf(this.form, beside.itemId)?.kind === 'count') {
      const [answer, ...options] = this.lines(first, width - FIGURE);
      const [figure] = this.lines(beside, FIGURE);
      const padded = options.map((line) => [...line.slice(0, -1), { ...line.at(-1)!, columns: line.at(-1)!.columns + FIGURE }]);
      this.builder.rows(left, [[...answer!, ...figure!], ...padded, ...more.flatMap((cell) => this.lines(cell, width))]);
    } else this.builder.rows(left, cells.flatMap((cell) => this.lines(cell, width)));
  }

  /** What stands in an answer, line by line, so many columns wide. */
  private lines(cell: Cell, width: number): readonly (readonly Put[])[] {
    const { content, itemId, at, column } = cell;
    switch (content.kind) {
      case 'choice': {
        const answer: Put = { ...put(width - 2, content.answer, 'choice'), ...this.address(cell), list: itemOf(this.form, itemId)!.options.map(({ label }) => label) };
        return [[put(1, '[', 'bracket'), answer, put(1, ']', 'bracket')], [put(width, [OPTIONS_HEADING, ...content.options].join('\n'), 'plain')]];
      }
      case 'boxes':
        return content.boxes.flatMap((box, index) => [...(box.group !== undefined && box.group !== content.boxes[index - 1]?.group ? [[put(width, box.group, 'plain')]] : []), this.box(cell, box, width)]);
      case 'fields':
        return content.fields.map((field) => [{ ...put(width, field, 'answer'), address: { id: itemId, at: at.slice(0, 1), part: `field:${at.at(-1)!.index}` } }]);
      case 'figure':
        return [[{ ...put(width, figureText(content.json), 'answer'), ...this.address(cell) }]];
      default: {
        if (column === 'note') return [[{ ...put(width, content.text, 'answer'), address: { id: itemId, at: at.slice(0, 1), part: `note:${at.at(-1)!.index}` } }]];
        const item = itemOf(this.form, itemId);
        if (item?.kind === 'count') return [[put(2, content.before.trim(), 'bracket'), { ...put(width - 4, content.text === '' ? '' : Number(content.text), 'number'), ...this.address(cell) }, put(2, content.after.trim(), 'plain')]];
        const around = (text: string): readonly (readonly Put[])[] => (text === '' ? [] : [[put(width, text, 'plain')]]);
        return [...around(content.before), ...piecesOf(content.text).map(({ text, part }) => [{ ...put(width, text, 'answer'), ...this.address(cell, part) }]), ...around(content.after)];
      }
    }
  }

  private box({ itemId, at }: Cell, box: Box, width: number): readonly Put[] {
    const answer = this.answers.get(cellKey(itemId, at));
    const state: State | undefined = answer === null ? 'lost' : isTicks(answer) && answer.unknown?.includes(box.code) ? 'unknown' : undefined;
    const mark: Put = { ...put(1, box.ticked ? TICKED : '', 'mark'), list: [TICKED], address: { id: itemId, at, part: `mark:${box.code}`, ...(state && { state }) } };
    const label = Math.ceil((width - 3) / 2);
    const rest = width - 3 - label;
    const start = [put(1, '[', 'bracket'), mark, put(1, ']', 'bracket')];
    if (box.count) return [...start, put(label, box.label, 'plain'), put(1, '（', 'bracket'), { ...put(rest - 3, box.count.text === '' ? '' : Number(box.count.text), 'number'), ...this.address({ itemId: box.count.itemId, at }) }, put(2, '）件', 'plain')];
    if (box.text === undefined) return [...start, put(label + rest, box.label + besideBox(box), 'plain')];
    return [...start, put(label, box.label, 'plain'), put(1, '（', 'bracket'), { ...put(rest - 2, box.text, 'beside'), address: { id: itemId, at, part: `text:${box.code}` } }, put(1, '）', 'bracket')];
  }

  private table({ id, columns, rows }: TableRow): void {
    const { builder } = this;
    const widths = shares(columns.map(({ width }) => width));
    const isChanges = this.part.kind === 'changes';
    const from = builder.next;
    builder.rows([], [columns.map(({ code, label }, index) => ({ ...put(widths[index]!, label, 'label'), ...(isChanges && { address: { id, at: [], part: `head:${code}` as const } }) }))]);
    if (isChanges) builder.titles(from);
    rows.forEach((cells, number) => {
      if (!isChanges) {
        const lines = cells.map((cell, index) => this.lines(cell, widths[index]!));
        const most = Math.max(...lines.map(({ length }) => length));
        builder.rows([], Array.from({ length: most }, (_, line) => lines.flatMap((own, index) => own[line] ?? [put(widths[index]!, '', 'plain')])));
        return;
      }
      const texts = cells.map(({ content }) => piecesOf(content.kind === 'text' ? content.text : '').map(({ text, part }) => (part === 'more\n' ? `\n${text}` : text)));
      for (let line = 0; line < Math.max(...texts.map(({ length }) => length)); line++) {
        builder.rows([], [texts.map((pieces, index) => ({ ...put(widths[index]!, pieces[line] ?? '', 'answer'), ...(index === 0 && { address: { id, at: [], part: `${line === 0 ? 'row' : 'on'}:${number + 1}` as const } }), ...(columns[index]!.code === 'submission' && { list: itemOf(this.form, id)!.columns[index]!.options }) }))]);
      }
    });
  }

  private address({ itemId, at }: { readonly itemId: string; readonly at: readonly Position[] }, part: Address['part'] = 'answer'): { readonly address: Address } {
    const answer = this.answers.get(cellKey(itemId, at));
    const state: State | undefined = answer === null ? 'lost' : answer === '' && itemOf(this.form, itemId)?.fixedText !== undefined ? 'blank' : undefined;
    return { address: { id: itemId, at, part, ...(state && { state }) } };
  }
}

function put(columns: number, value: string | number, style: CellStyle): Put {
  return { columns, value, style };
}

/** Columns of the grid by shares of the page; each has two at least, and what is left goes to those that lack the most of their width. */
function shares(widths: readonly number[]): readonly number[] {
  const all = widths.reduce((sum, width) => sum + width, 0);
  const exact = widths.map((width) => Math.max(2, (width / all) * COLUMNS));
  const columns = exact.map(Math.floor);
  while (columns.reduce((sum, column) => sum + column, 0) < COLUMNS) {
    const at = exact.reduce((best, width, index) => (width / columns[index]! > exact[best]! / columns[best]! ? index : best), 0);
    columns[at]! += 1;
  }
  return columns;
}
