import { drawingOf, NUMBER, TYPE, type DrawnArrow, type DrawnNode, type Point } from './drawing.js';
import { FLOWS, type Figure, type Flow } from '../../src/assessments/answers/figure.js';
import { BAR, described, headOf, labelled, LEGEND, ROUND, STROKE } from './figure.js';
import { PAGE, WIDTH, type Pages } from './pdf-page.js';

/** Room around the drawing within its frame. */
const INSET = 8;
/** No taller: the （備考） begin on the same page. */
const TALLEST = 560;

/** The drawing of 別添１ in its frame, made smaller where it is larger than the page. */
export function drawFigure({ doc, tags, type, drawn, widthOf }: Pages, figure: Figure): void {
  const drawing = drawingOf(figure);
  const scale = Math.min(1, (WIDTH - 2 * INSET) / drawing.width, TALLEST / drawing.height);
  const height = drawing.height * scale + LEGEND.height + 2 * INSET;
  const tag = tags.open('Figure', tags.document, { alt: described(figure) });
  drawn(height, (top) => {
    const at = ({ x, y }: Point): Point => ({ x: PAGE.left + (WIDTH - drawing.width * scale) / 2 + x * scale, y: top + LEGEND.height + INSET + y * scale });
    const line = (flow: Flow, points: readonly Point[]): void => {
      const { width, dash } = STROKE[flow];
      const [first, ...rest] = points;
      doc.save().lineWidth(width);
      if (dash.length > 0) doc.dash(dash[0]!, { space: dash[1]! });
      doc.moveTo(first!.x, first!.y);
      for (const { x, y } of rest) doc.lineTo(x, y);
      doc.stroke('#000').restore();
      const [tip, one, other] = headOf(points);
      doc.moveTo(tip.x, tip.y).lineTo(one.x, one.y).lineTo(other.x, other.y).fill('#000');
    };
    const centred = (text: string, x: number, base: number, size: number): void => type.put(text, x - widthOf(text, size) / 2, base, size);
    const arrow = ({ flow, points, number: { x, y, width, text, size: own, ruled } }: DrawnArrow): void => {
      line(flow, points.map(at));
      const middle = at({ x, y });
      const [w, h, size] = [width * scale, NUMBER.height * scale, own * scale];
      doc.lineWidth(0.5).roundedRect(middle.x - w / 2, middle.y - h / 2, w, h, h / 2);
      (ruled ? doc.fillAndStroke('#fff', '#000') : doc.fill('#fff')).fillColor('#000');
      centred(text, middle.x, middle.y + size * 0.36, size);
    };
    const node = (one: DrawnNode): void => {
      const { x, y } = at(one);
      const [w, h] = [one.width * scale, one.height * scale];
      doc.lineWidth(0.8);
      if (one.kind === 'person') doc.roundedRect(x, y, w, h, ROUND * scale);
      else doc.rect(x, y, w, h);
      doc.fillAndStroke('#fff', '#000').fillColor('#000');
      if (one.kind === 'system') for (const bar of [x + BAR * scale, x + w - BAR * scale]) doc.lineWidth(0.5).moveTo(bar, y).lineTo(bar, y + h).stroke('#000');
      for (const [text, base] of labelled(one)) centred(text, x + w / 2, at({ x: 0, y: base }).y, TYPE * scale);
    };
    tags.within(null, () => doc.lineWidth(0.5).rect(PAGE.left, top, WIDTH, height).stroke('#000'));
    tags.within(tag, () => {
      let x = PAGE.left + INSET;
      for (const flow of Object.keys(FLOWS) as Flow[]) {
        const y = top + LEGEND.height / 2;
        line(flow, [{ x, y }, { x: x + LEGEND.sample, y }]);
        type.put(FLOWS[flow], x + LEGEND.sample + 5, y + TYPE * 0.36, TYPE);
        x += LEGEND.sample + LEGEND.gap + 10 * TYPE;
      }
      drawing.arrows.forEach(arrow);
      drawing.nodes.forEach(node);
    });
  });
  tags.close(tag);
}
