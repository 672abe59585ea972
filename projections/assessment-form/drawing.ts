/**
 * Where everything of a figure stands. Nodes stand in columns. Each arrow leaves and enters at a place of its own at the side of a node,
 * and runs between the columns in a lane, which it has to itself for its height, so that no two run upon each other; its number stands on
 * its first piece, in a strip beside the node in which there is no lane: so no line runs through a number and no number lies on another.
 */
import { wrap } from '../reports/render/pdf-wrap.js';
import type { Figure, FigureArrow, FigureNode, Flow } from '../../src/assessments/answers/figure.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface DrawnNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly kind: FigureNode['kind'];
  readonly lines: readonly string[];
}

export interface DrawnArrow {
  readonly flow: Flow;
  /** From the first node to the last, which it points at. */
  readonly points: readonly Point[];
  /** `ruled`: within a rule; ① has one of its own */
  readonly number: { readonly x: number; readonly y: number; readonly width: number; readonly text: string; readonly size: number; readonly ruled: boolean };
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly DrawnNode[];
  readonly arrows: readonly DrawnArrow[];
}

export const TYPE = 9;
export const LINE = 12;
/** What stands within ① is half as large as its type. */
export const NUMBER = { size: 9, circled: 13, height: 13 };
/** Of more than four columns each is narrower, that the page need not be made smaller. */
const NODE = { width: 96, narrow: 78, pad: 5 };
const BETWEEN = 18;
/** Distance of the places at the side of a node, and of lanes. */
const PORT = 18;
/** Places are put upon a grid, those at the left of nodes between those at the right: none is at the height of one that it faces. */
const GRID = 3;
const LANE = 6;
/** Of two in one lane, one below the other. */
const APART = 9;
/** Beside a node: room for the head of an arrow, or the number behind its rule; and what is left free before the first lane. */
const HEAD = 10;
const BEFORE = 3;
const FREE = 4;

/** Of about the width of Japanese type: exact enough for boxes, and the same wherever it is drawn. */
export const roughWidth = (text: string, size: number): number => [...text].reduce((sum, char) => sum + (/[\u0020-\u007e\uff61-\uff9f]/.test(char) ? 0.58 : 1), 0) * size;

type Side = 'left' | 'right';
interface Route {
  readonly arrow: FigureArrow;
  readonly from: { readonly node: string; readonly side: Side };
  readonly to: { readonly node: string; readonly side: Side };
  /** The gaps it runs in; gap n is right of column n. Two where it passes below columns. */
  readonly gaps: readonly [number] | readonly [number, number];
}

export function drawingOf(figure: Figure): Drawing {
  const column = columnsOf(figure);
  const routes = figure.arrows.map((arrow) => routeOf(arrow, column));
  const ports = portsOf(figure, routes);
  const count = Math.max(...column.values()) + 1;
  const nodeWidth = count > 4 ? NODE.narrow : NODE.width;
  const strip = Math.max(HEAD, ...figure.arrows.map(({ number }) => BEFORE + widthOfNumber(number))) + FREE;
  const standing = placed(figure, column, nodeWidth, ports);
  const bottom = Math.max(...[...standing.values()].map(({ y, height }) => y + height));
  const long = routes.filter(({ gaps }) => gaps.length === 2);
  const trackOf = (route: Route): number => bottom + BETWEEN + long.indexOf(route) * LANE;
  const heightAt = (route: Route, end: 'from' | 'to'): number => {
    const { node, side } = route[end];
    const box = standing.get(node)!;
    const own = ports.get(`${node} ${side}`)!;
    const y = box.y + (box.height * (own.indexOf(`${routes.indexOf(route)} ${end}`) + 1)) / (own.length + 1);
    const shift = side === 'left' ? GRID / 2 : 0;
    return Math.round((y - shift) / GRID) * GRID + shift;
  };
  const lanes = Array.from({ length: count }, (_, gap) => lanesFor(routes.flatMap((route): readonly Piece[] => {
    const [start, end] = [heightAt(route, 'from'), heightAt(route, 'to')];
    const pieces = route.gaps.length === 1 ? [[start, end]] : [[start, trackOf(route)], [trackOf(route), end]];
    return pieces.flatMap(([a, b], which) => (route.gaps[which] === gap ? [{ key: `${routes.indexOf(route)} ${which}`, top: Math.min(a!, b!), bottom: Math.max(a!, b!) }] : []));
  })));
  const lefts: number[] = [];
  let x = 0;
  for (let n = 0; n < count; n += 1) {
    lefts.push(x);
    x += nodeWidth + (n < count - 1 || lanes[n]!.count > 0 ? 2 * strip + lanes[n]!.count * LANE : 0);
  }
  const nodes = new Map([...standing].map(([id, node]): readonly [string, DrawnNode] => [id, { ...node, x: lefts[column.get(id)!]! }]));
  const laneOf = (route: Route, end: 0 | 1): number => {
    const gap = route.gaps[end]!;
    return lefts[gap]! + nodeWidth + strip + (lanes[gap]!.of.get(`${routes.indexOf(route)} ${end}`)! + 0.5) * LANE;
  };
  const at = (route: Route, end: 'from' | 'to'): Point => {
    const { node, side } = route[end];
    const box = nodes.get(node)!;
    return { x: side === 'left' ? box.x : box.x + box.width, y: heightAt(route, end) };
  };
  const arrows = routes.map((route): DrawnArrow => {
    const [start, end] = [at(route, 'from'), at(route, 'to')];
    const first = laneOf(route, 0);
    const track = trackOf(route);
    const between: Point[] = route.gaps.length === 1 ? [{ x: first, y: start.y }, { x: first, y: end.y }] : [{ x: first, y: start.y }, { x: first, y: track }, { x: laneOf(route, 1), y: track }, { x: laneOf(route, 1), y: end.y }];
    const text = route.arrow.number;
    const width = widthOfNumber(text);
    const towards = route.from.side === 'right' ? 1 : -1;
    return { flow: route.arrow.flow, points: [start, ...between, end], number: { x: start.x + towards * (BEFORE + width / 2), y: start.y, width, text, size: sizeOfNumber(text), ruled: !CIRCLED.test(text) } };
  });
  return { width: x, height: bottom + (long.length > 0 ? BETWEEN + long.length * LANE : 0), nodes: [...nodes.values()], arrows };
}

const CIRCLED = /^[\u2460-\u2473\u3251-\u325f\u32b1-\u32bf]$/u;
const sizeOfNumber = (number: string): number => (CIRCLED.test(number) ? NUMBER.circled : NUMBER.size);
const widthOfNumber = (number: string): number => Math.max(NUMBER.height, CIRCLED.test(number) ? 0 : roughWidth(number, NUMBER.size) + 5);

interface Piece {
  readonly key: string;
  readonly top: number;
  readonly bottom: number;
}

/** Upright pieces in as few lanes as there may be: each in the first that is free at its height. */
function lanesFor(pieces: readonly Piece[]): { readonly of: ReadonlyMap<string, number>; readonly count: number } {
  const ends: number[] = [];
  const of = new Map<string, number>();
  for (const { key, top, bottom } of [...pieces].sort((a, b) => a.top - b.top)) {
    const free = ends.findIndex((end) => end + APART <= top);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = bottom;
    of.set(key, lane);
  }
  return { of, count: ends.length };
}

/** The column of each node: the given one, or one further than what it is joined to; people stand at the left. */
function columnsOf({ nodes, arrows }: Figure): ReadonlyMap<string, number> {
  const column = new Map<string, number>(nodes.flatMap(({ id, column: own }) => (own === undefined ? [] : [[id, own - 1]])));
  const people = nodes.filter(({ id, kind }) => kind === 'person' && !column.has(id));
  for (const { id } of people) column.set(id, 0);
  if (column.size === 0) column.set(nodes[0]!.id, 0);
  const last = 3;
  for (let open = [...column.keys()]; open.length > 0; ) {
    const next: string[] = [];
    for (const id of open) {
      for (const { from, to } of arrows) {
        const other = from === id ? to : to === id ? from : undefined;
        if (other === undefined || column.has(other)) continue;
        column.set(other, Math.min(column.get(id)! + 1, last));
        next.push(other);
      }
    }
    open = next;
  }
  for (const { id } of nodes) if (!column.has(id)) column.set(id, 0);
  const used = [...new Set(column.values())].sort((a, b) => a - b);
  return new Map(nodes.map(({ id }) => [id, used.indexOf(column.get(id)!)]));
}

function routeOf(arrow: FigureArrow, column: ReadonlyMap<string, number>): Route {
  const [a, b] = [column.get(arrow.from)!, column.get(arrow.to)!];
  const from = { node: arrow.from, side: a > b ? 'left' : 'right' } as const;
  const to = { node: arrow.to, side: a < b ? 'left' : 'right' } as const;
  const [leaves, enters] = [a > b ? a - 1 : a, a < b ? b - 1 : b];
  return { arrow, from, to, gaps: leaves === enters ? [leaves] : [leaves, enters] };
}

/** The ends at each side of each node, from above: those that go to the nodes further above first. */
function portsOf({ nodes }: Figure, routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const order = new Map(nodes.map(({ id }, at) => [id, at]));
  const ports = new Map<string, { readonly end: string; readonly other: number }[]>();
  routes.forEach(({ from, to }, at) => {
    for (const [name, own, other] of [['from', from, to], ['to', to, from]] as const) {
      const key = `${own.node} ${own.side}`;
      ports.set(key, [...(ports.get(key) ?? []), { end: `${at} ${name}`, other: order.get(other.node)! }]);
    }
  });
  return new Map([...ports].map(([key, ends]) => [key, ends.sort((a, b) => a.other - b.other).map(({ end }) => end)]));
}

/** How high each node stands; how far to the right is known once the lanes are. */
function placed({ nodes }: Figure, column: ReadonlyMap<string, number>, width: number, ports: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, DrawnNode> {
  const drawn = nodes.map(({ id, label, kind }): readonly [string, Omit<DrawnNode, 'y'>] => {
    const lines = wrap(label, width - 2 * NODE.pad, (text) => roughWidth(text, TYPE));
    const sides = (['left', 'right'] as const).map((side) => ports.get(`${id} ${side}`)?.length ?? 0);
    return [id, { x: 0, width, height: Math.max(lines.length * LINE + 2 * NODE.pad, (Math.max(...sides) + 1) * PORT), kind, lines }];
  });
  const heightOf = (n: number): number => drawn.reduce((sum, [id, { height }]) => (column.get(id) === n ? sum + height + BETWEEN : sum), -BETWEEN);
  const columns = Array.from({ length: Math.max(...column.values()) + 1 }, (_, n) => heightOf(n));
  const next = columns.map((height) => (Math.max(...columns) - height) / 2);
  return new Map(drawn.map(([id, node]) => {
    const y = next[column.get(id)!]!;
    next[column.get(id)!] = y + node.height + BETWEEN;
    return [id, { ...node, y }];
  }));
}
