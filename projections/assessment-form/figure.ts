import { drawingOf, LINE, NUMBER, TYPE, type DrawnArrow, type DrawnNode, type Point } from './drawing.js';
import { FLOWS, type Figure, type Flow } from '../../src/assessments/answers/figure.js';
import { escaped } from './markup.js';

/** Told apart without colour: the kinds of flow by line, the kinds of node by outline. */
export const STROKE: { readonly [flow in Flow]: { readonly width: number; readonly dash: readonly number[] } } = { personal: { width: 0.8, dash: [4, 2.5] }, specific: { width: 1.6, dash: [] } };
/** Round corners of a person; the bars inside the outline of a system. */
export const ROUND = 8;
export const BAR = 3;
/** The legend stands above the drawing. */
export const LEGEND = { height: 26, sample: 34, gap: 20 };
const MARGIN = 6;

/** The head of an arrow that ends at the last point. */
export function headOf(points: readonly Point[]): readonly [Point, Point, Point] {
  const [before, tip] = points.slice(-2) as unknown as readonly [Point, Point];
  const back = tip.x > before.x ? -7 : 7;
  return [tip, { x: tip.x + back, y: tip.y - 3.2 }, { x: tip.x + back, y: tip.y + 3.2 }];
}

/** The base lines of a node's label, centred. */
export function labelled({ y, height, lines }: DrawnNode): readonly (readonly [text: string, base: number])[] {
  const top = y + (height - lines.length * LINE) / 2;
  return lines.map((line, at) => [line, top + at * LINE + LINE * 0.76] as const);
}

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** The drawing as SVG, with its legend. */
export function figureSvg(figure: Figure): string {
  const drawing = drawingOf(figure);
  const [width, height] = [drawing.width + 2 * MARGIN, drawing.height + LEGEND.height + 2 * MARGIN];
  const least = Math.max(width, 300);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(least)} ${n(height)}" width="${n(least)}" height="${n(height)}" role="img" aria-label="${escaped(described(figure))}" font-family="inherit" font-size="${TYPE}">`,
    `<g class="legend">${(Object.keys(FLOWS) as Flow[]).map(legend).join('')}</g>`,
    `<g transform="translate(${MARGIN} ${LEGEND.height + MARGIN})">`,
    ...drawing.arrows.map(arrowSvg),
    ...drawing.nodes.map(nodeSvg),
    '</g></svg>',
  ].join('\n');
}

/** What a screen reader says of the drawing. */
export function described({ nodes, arrows }: Figure): string {
  const label = new Map(nodes.map((node) => [node.id, node.label.replaceAll('\n', '')]));
  return arrows.map(({ number, from, to, flow }) => `${number} ${label.get(from)!}から${label.get(to)!}へ（${FLOWS[flow]}）`).join('、');
}

function legend(flow: Flow, at: number): string {
  const x = MARGIN + at * (LEGEND.sample + LEGEND.gap + 10 * TYPE);
  const [start, end] = [{ x, y: LEGEND.height / 2 }, { x: x + LEGEND.sample, y: LEGEND.height / 2 }];
  return `${lineSvg(flow, [start, end])}<text x="${n(end.x + 5)}" y="${n(end.y + 3.2)}">${FLOWS[flow]}</text>`;
}

function lineSvg(flow: Flow, points: readonly Point[]): string {
  const { width, dash } = STROKE[flow];
  const pair = ({ x, y }: Point): string => `${n(x)},${n(y)}`;
  return `<polyline points="${points.map(pair).join(' ')}" fill="none" stroke="#000" stroke-width="${width}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}/><polygon points="${headOf(points).map(pair).join(' ')}"/>`;
}

function arrowSvg({ flow, points, number: { x, y, width, text, size, ruled } }: DrawnArrow): string {
  const pill = `<rect x="${n(x - width / 2)}" y="${n(y - NUMBER.height / 2)}" width="${n(width)}" height="${NUMBER.height}" rx="${NUMBER.height / 2}" fill="#fff"${ruled ? ' stroke="#000" stroke-width="0.5"' : ''}/>`;
  return `<g data-number="${escaped(text)}">${lineSvg(flow, points)}${pill}<text x="${n(x)}" y="${n(y + size * 0.36)}" font-size="${size}" text-anchor="middle">${escaped(text)}</text></g>`;
}

function nodeSvg(node: DrawnNode): string {
  const { x, y, width, height, kind } = node;
  const bars = kind === 'system' ? [x + BAR, x + width - BAR].map((at) => `<path d="M${n(at)} ${n(y)}v${n(height)}" stroke="#000" stroke-width="0.5"/>`).join('') : '';
  const text = labelled(node).map(([line, base]) => `<text x="${n(x + width / 2)}" y="${n(base)}" text-anchor="middle">${escaped(line)}</text>`).join('');
  return `<g><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${kind === 'person' ? ` rx="${ROUND}"` : ''} fill="#fff" stroke="#000" stroke-width="0.8"/>${bars}${text}</g>`;
}
