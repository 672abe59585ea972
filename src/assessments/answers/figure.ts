/**
 * 別添１（事務の内容）as data: who and what takes part, and numbered arrows of the two kinds that the form tells apart. What happens at
 * each number is said in the （備考） below the drawing.
 */
import { readMembers, type Reading } from '../forms/members.js';

/** An answer of a figure item that begins like this is a figure; any other is text. */
export const FIGURE_START = '{"format":"akashi-figure-1"';

export const NODE_KINDS = ['person', 'organisation', 'system'] as const;

/** 個人情報の流れ, 特定個人情報の流れ. */
export const FLOWS = { personal: '個人情報の流れ', specific: '特定個人情報の流れ' } as const;
export type Flow = keyof typeof FLOWS;

export interface FigureNode {
  readonly id: string;
  readonly label: string;
  readonly kind: (typeof NODE_KINDS)[number];
  /** From the left, 1 being the first; found from the arrows where it is not given. */
  readonly column?: number;
}

export interface FigureArrow {
  /** As it stands in the （備考）: ①, 01. */
  readonly number: string;
  readonly from: string;
  readonly to: string;
  readonly flow: Flow;
}

export interface Figure {
  readonly nodes: readonly FigureNode[];
  readonly arrows: readonly FigureArrow[];
}

/** A page holds no more of them. */
const MOST_COLUMNS = 5;
const MOST_NODES = 40;
const MOST_ARROWS = 99;
const MOST_NUMBER = 4;

/** Reads an answer that is a figure; tells every place that is wrong. */
export function readFigure(json: string): Reading<Figure> {
  return readMembers(json, (root, fault) => {
    root.one('format', ['akashi-figure-1']);
    const nodes = root.list('nodes').map((member): FigureNode => {
      const column = member.integer('column');
      if (column !== undefined && (column < 1 || column > MOST_COLUMNS)) member.fault('column', `1から${MOST_COLUMNS}までで書いてください`);
      const node = { id: member.text('id'), label: member.text('label'), kind: member.one('kind', NODE_KINDS), ...(column !== undefined && { column }) };
      member.done();
      return node;
    });
    const ids = nodes.map(({ id }) => id);
    nodes.forEach(({ id }, at) => ids.indexOf(id) < at && fault(`/nodes/${at}/id`, 'ほかの要素と同じです'));
    const arrows = root.list('arrows').map((member): FigureArrow => {
      const end = (name: 'from' | 'to'): string => {
        const id = member.text(name);
        if (id !== '' && !ids.includes(id)) member.fault(name, 'nodes にない要素です');
        return id;
      };
      const arrow = { number: member.text('number'), from: end('from'), to: end('to'), flow: member.one('flow', Object.keys(FLOWS) as Flow[]) };
      if ([...arrow.number].length > MOST_NUMBER) member.fault('number', `${MOST_NUMBER}文字までで書いてください`);
      if (arrow.from !== '' && arrow.from === arrow.to) member.fault('to', '同じ要素には引けません');
      member.done();
      return arrow;
    });
    if (nodes.length === 0) root.fault('nodes', '一つ以上書いてください');
    if (nodes.length > MOST_NODES) root.fault('nodes', `${MOST_NODES}個までです`);
    if (arrows.length > MOST_ARROWS) root.fault('arrows', `${MOST_ARROWS}本までです`);
    return { nodes, arrows };
  });
}

/** A figure that is to be printed. @throws Error with every place that is wrong */
export function figureOf(json: string): Figure {
  const reading = readFigure(json);
  if (reading.ok) return reading.value;
  throw new Error(`別添の図を読めません。${reading.faults.map(({ path, cause }) => `${path || '/'}: ${cause}`).join('、')}`);
}

/** Numbers of arrows of which the （備考） say nothing. */
export function unexplained({ arrows }: Figure, notes: string): readonly string[] {
  const said = (number: string): boolean => new RegExp(`(?<![0-9０-９])${number.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9０-９])`, 'u').test(notes);
  return [...new Set(arrows.map(({ number }) => number))].filter((number) => !said(number));
}
