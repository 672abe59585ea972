import { wrap } from '../reports/render/pdf-wrap.js';
import { besideBox, bracketed, markOf, OPTIONS_HEADING, type Box, type BoxesContent, type Cell, type ChoiceContent, type Content } from './model.js';

/** A piece of text so far to the right in its column. `isLead` is read before the rest: the answer before its options. */
export interface Run {
  readonly text: string;
  readonly x: number;
  readonly isLead?: true;
}

/** Pieces on one base line. */
export type Line = readonly Run[];

/** Width of a text of this document in points. */
export type WidthOf = (text: string) => number;

/** How much of a choice's cell is for the answer. */
const ANSWER = 0.36;
const GAP = 6;
const COUNT = 62;

export const linesOf = (text: string, width: number, widthOf: WidthOf, x = 0): Line[] => wrap(text, width, widthOf).map((line) => [{ text: line, x }]);

/** What stands in the cell of an answer, its 件 at the right of a choice and longer text below. */
export function cellLines(cells: readonly Cell[], width: number, widthOf: WidthOf): Line[] {
  const [first, ...rest] = cells;
  const counts = rest.filter(({ content }) => content.kind === 'text' && content.after === '　）件');
  const room = width - counts.length * COUNT;
  const lines = contentLines(first!.content, room, widthOf);
  counts.forEach(({ content }, at) => {
    const middle = Math.floor((lines.length - 1) / 2);
    lines[middle] = [...lines[middle]!, ...contentLines(content, COUNT, widthOf)[0]!.map((run) => ({ ...run, x: room + at * COUNT }))];
  });
  return [...lines, ...rest.filter((cell) => !counts.includes(cell)).flatMap(({ content }) => contentLines(content, width, widthOf))];
}

export function contentLines(content: Content, width: number, widthOf: WidthOf): Line[] {
  switch (content.kind) {
    case 'text':
      return linesOf(content.before + content.text + content.after, width, widthOf);
    case 'choice':
      return choiceLines(content, width, widthOf);
    case 'boxes':
      return boxLines(content, width, widthOf);
    case 'fields':
      return linesOf(content.fields.join('、'), width, widthOf);
    case 'figure':
      throw new Error('a figure is drawn, not written');
  }
}

/** The answer in the middle of the left, ＜選択肢＞ and all options at the right, two beside each other where there is room. */
function choiceLines({ answer, options }: ChoiceContent, width: number, widthOf: WidthOf): Line[] {
  const left = width * ANSWER - GAP;
  const own = wrap(bracketed(answer), left, widthOf);
  const list: Line[] = [[{ text: OPTIONS_HEADING, x: width * ANSWER }], ...pairs(options, width * (1 - ANSWER), widthOf, width * ANSWER)];
  const top = Math.max(0, Math.floor((list.length - own.length) / 2));
  return Array.from({ length: Math.max(list.length, own.length + top) }, (_, at) => {
    const text = own[at - top];
    return [...(text === undefined ? [] : [{ text, x: Math.max(0, (left - widthOf(text)) / 2), isLead: true as const }]), ...(list[at] ?? [])];
  });
}

/** Texts in two columns where both fit; else one below the other. */
function pairs(texts: readonly string[], width: number, widthOf: WidthOf, x: number): Line[] {
  const widest = (side: 0 | 1): number => Math.max(0, ...texts.filter((_, at) => at % 2 === side).map(widthOf));
  if (widest(0) + GAP + widest(1) > width) return texts.flatMap((text) => linesOf(text, width, widthOf, x));
  const second = Math.max(width / 2, widest(0) + GAP);
  const right = second + widest(1) > width ? widest(0) + GAP : second;
  return texts.flatMap((text, at) => (at % 2 === 0 ? [[{ text, x }, ...(texts[at + 1] === undefined ? [] : [{ text: texts[at + 1]!, x: x + right }])]] : []));
}

/** Boxes in two columns; what has a （ ） or is long stands by itself. */
function boxLines({ boxes }: BoxesContent, width: number, widthOf: WidthOf): Line[] {
  const mark = widthOf(markOf({ ticked: false })) + 4;
  const half = width / 2;
  const lines: Line[] = [];
  let open: Line | undefined;
  let group: string | undefined;
  const flush = (): void => {
    if (open) lines.push(open);
    open = undefined;
  };
  for (const box of boxes) {
    if (box.group !== undefined && box.group !== group) {
      flush();
      lines.push([{ text: `・${box.group}`, x: 0 }]);
    }
    group = box.group;
    const beside = besideBox(box);
    if (beside === '' && widthOf(box.label) <= half - mark - GAP) {
      const runs = boxRuns(box, open ? half : 0, mark);
      if (open) {
        lines.push([...open, ...runs]);
        open = undefined;
      } else open = runs;
    } else {
      flush();
      const [first, ...rest] = linesOf(`${box.label}${beside === '' ? '' : ` ${beside}`}`, width - mark, widthOf, mark);
      lines.push([{ text: markOf(box), x: 0 }, ...first!], ...rest);
    }
  }
  flush();
  return lines;
}

const boxRuns = (box: Box, x: number, mark: number): Line => [{ text: markOf(box), x }, { text: box.label, x: x + mark }];

/** Boxes in one line of a heading. */
export function inlineBoxes({ content }: Cell): string {
  if (content.kind === 'boxes') return content.boxes.map((box) => `${markOf(box)} ${box.label}`).join('　');
  return content.kind === 'text' ? content.text : '';
}
