import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { WIDTH } from '../../projections/assessment-form/pdf-page.js';
import { drawingOf, NUMBER, type Drawing, type Point } from '../../projections/assessment-form/drawing.js';
import { figureSvg } from '../../projections/assessment-form/figure.js';
import { figureOf, NODE_KINDS, readFigure, unexplained, type Figure } from '../../src/assessments/answers/figure.js';
import { writeHtml } from '../../projections/assessment-form/html.js';
import { writePdf } from '../../projections/assessment-form/pdf.js';
import { document } from '../assessments/documents.js';
import { layout, packed, readPdf, textOfHtml } from './printed.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 100;
const FIGURE: Figure = {
  nodes: [{ id: 'resident', label: '本人', kind: 'person' }, { id: 'section', label: '感染症予防課', kind: 'organisation' }, { id: 'register', label: '予防接種台帳システム', kind: 'system' }, { id: 'server', label: '中間サーバー', kind: 'system' }],
  arrows: [{ number: '①', from: 'resident', to: 'section', flow: 'specific' }, { number: '②', from: 'section', to: 'resident', flow: 'personal' }, { number: '③', from: 'section', to: 'register', flow: 'specific' }, { number: '④', from: 'register', to: 'server', flow: 'specific' }, { number: '⑤', from: 'server', to: 'resident', flow: 'personal' }],
};

/** The answer that holds a figure. */
const figureAnswer = ({ nodes, arrows }: Figure): string => JSON.stringify({ format: 'akashi-figure-1', nodes, arrows });

const figures: fc.Arbitrary<Figure> = fc.integer({ min: 2, max: 14 }).chain((count) => fc.record({
  nodes: fc.tuple(...Array.from({ length: count }, (_, at) => fc.record({ id: fc.constant(`n${at}`), label: fc.string({ unit: fc.constantFrom(...'住民課システムabc '), minLength: 1, maxLength: 40 }), kind: fc.constantFrom(...NODE_KINDS), column: fc.integer({ min: 1, max: 5 }) }, { noNullPrototype: true, requiredKeys: ['id', 'label', 'kind'] }))),
  arrows: fc.array(fc.tuple(fc.nat(count - 1), fc.integer({ min: 1, max: count - 1 }), fc.constantFrom('personal', 'specific')), { maxLength: 30 }).map((list) => list.map(([from, step, flow], at) => ({ number: String(at + 1), from: `n${from}`, to: `n${(from + step) % count}`, flow: flow as 'personal' }))),
}, { noNullPrototype: true }));

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
const meet = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const between = (a: Point, b: Point): Box => ({ left: Math.min(a.x, b.x), right: Math.max(a.x, b.x), top: Math.min(a.y, b.y), bottom: Math.max(a.y, b.y) });

/** What stands in each other's way. */
function clashes({ nodes, arrows, width, height }: Drawing): readonly string[] {
  const boxes = nodes.map(({ x, y, width: w, height: h }): Box => ({ left: x, right: x + w, top: y, bottom: y + h }));
  const labels = arrows.map(({ number: { x, y, width: w } }): Box => ({ left: x - w / 2, right: x + w / 2, top: y - NUMBER.height / 2, bottom: y + NUMBER.height / 2 }));
  const lines = arrows.map(({ points }) => points.slice(1).map((point, at) => between(points[at]!, point)));
  const found: string[] = [];
  boxes.forEach((box, at) => boxes.slice(at + 1).forEach((other) => meet(box, other) && found.push('two nodes')));
  labels.forEach((label, at) => {
    labels.slice(at + 1).forEach((other) => meet(label, other) && found.push('two numbers'));
    if (boxes.some((box) => meet(label, box))) found.push('a number on a node');
    if (lines.some((own, other) => other !== at && own.some((line) => meet(label, line)))) found.push('a line through a number');
    if (label.left < 0 || label.right > width || label.top < 0 || label.bottom > height) found.push('a number outside');
  });
  if (lines.some((own) => own.some((line) => boxes.some((box) => meet(line, box))))) found.push('a line through a node');
  // Two that run upon each other: lines of one direction at the same place.
  const flat = lines.flatMap((own, at) => own.map((line) => ({ ...line, at })));
  flat.forEach((one, at) => flat.slice(at + 1).forEach((other) => {
    if (one.at === other.at) return;
    const upright = one.left === one.right && other.left === other.right && one.left === other.left && one.top < other.bottom && other.top < one.bottom;
    if (upright) found.push('two upright lines');
    const level = one.top === one.bottom && other.top === other.bottom && one.top === other.top && one.left < other.right && other.left < one.right;
    if (level) found.push('two level lines');
  }));
  if (lines.flat().some(({ left, right, top, bottom }) => left < 0 || right > width || top < 0 || bottom > height)) found.push('a line outside');
  return found;
}

describe('the drawing', () => {
  it('has nothing upon a number and no line through a node, whatever the figure', () => {
    fc.assert(fc.property(figures, (figure) => {
      expect(clashes(drawingOf(figure))).toEqual([]);
      expect(drawingOf(figure)).toEqual(drawingOf(figure));
    }), { numRuns: RUNS, endOnFailure: true });
  });

  it('leads each arrow from the side of one node to the side of the other', () => {
    const { nodes, arrows } = drawingOf(FIGURE);
    FIGURE.arrows.forEach(({ from, to }, at) => {
      for (const [id, { x, y }] of [[from, arrows[at]!.points[0]!], [to, arrows[at]!.points.at(-1)!]] as const) {
        const node = nodes[FIGURE.nodes.findIndex((one) => one.id === id)]!;
        expect([node.x, node.x + node.width]).toContain(x);
        expect(y > node.y && y < node.y + node.height).toBe(true);
      }
    });
  });

  it('takes no more room for arrows below each other than for one, so that numbers stay large on the page', () => {
    const pairs = (count: number): Figure => ({
      nodes: Array.from({ length: count }, (_, at) => [{ id: `a${at}`, label: '課', kind: 'organisation' as const, column: 1 }, { id: `b${at}`, label: '台帳', kind: 'system' as const, column: 2 }]).flat(),
      arrows: Array.from({ length: count }, (_, at) => ({ number: '①', from: `a${at}`, to: `b${at}`, flow: 'specific' as const })),
    });
    expect(drawingOf(pairs(6)).width).toBe(drawingOf(pairs(1)).width);
    const { answers } = JSON.parse(readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8'));
    const { width, arrows } = drawingOf(figureOf(answers['basic.flow']));
    for (const { number } of arrows) expect((number.size * (WIDTH - 16)) / width).toBeGreaterThan(10); // points of type, of which the digit in a circle has half
  });

  it('is SVG with both kinds of flow in its legend, each arrow with its number, and words for whoever listens', () => {
    const svg = figureSvg(FIGURE);
    expect(packed(svg.replace(/<[^>]*>/g, ''))).toMatch(/^個人情報の流れ特定個人情報の流れ①②③④⑤本人感染症予防課/);
    expect(svg.match(/data-number=/g)).toHaveLength(5);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(3); // two arrows and the legend
    expect(svg).toContain('aria-label="① 本人から感染症予防課へ（特定個人情報の流れ）、');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('stands in 別添１ of HTML and PDF, above its （備考）; an answer in words is printed as it is', async () => {
    const drawn = (flow: string) => layout(document('full-form4', (json) => {
      json.answers['basic.flow'] = flow;
      json.answers['basic.flow.notes'] = '①　窓口で申請を受ける。';
    }));
    const meta = { title: '全項目評価書', createdAt: new Date(0) };
    const pattern = /別添1）事務の内容個人情報の流れ特定個人情報の流れ①.*中間サーバー（備考）①窓口で申請を受ける。/;
    expect(packed(textOfHtml(writeHtml(drawn(figureAnswer(FIGURE)), meta)))).toMatch(pattern);
    const pdf = await readPdf((await writePdf(drawn(figureAnswer(FIGURE)), meta)).bytes);
    expect(packed(pdf.text)).toMatch(pattern);
    expect(JSON.stringify(pdf.pages.map(({ tree }) => tree))).toContain('"role":"Figure","children":');
    expect(JSON.stringify(pdf.pages.map(({ tree }) => tree))).toContain('① 本人から感染症予防課へ（特定個人情報の流れ）');
    expect(packed(textOfHtml(writeHtml(drawn('別紙のとおり'), meta)))).toContain('事務の内容別紙のとおり（備考）');
    expect(() => writeHtml(drawn('{"format":"akashi-figure-1","nodes":[]}'), meta)).toThrow('図のデータに誤りがあります（/nodes: 一つ以上書いてください）');
  });
});

describe('the data', () => {
  it('comes back from the answer that holds it', () => {
    fc.assert(fc.property(figures, (figure) => expect(figureOf(figureAnswer(figure))).toEqual(figure)), { numRuns: 30 });
  });

  it.each<[string, (json: any) => void, string, string]>([ // eslint-disable-line @typescript-eslint/no-explicit-any
    ['another format', (json) => { json.format = 'akashi-figure-2'; }, '/format', 'akashi-figure-1 のどれかで書いてください'],
    ['a kind of node nobody knows', (json) => { json.nodes[1].kind = 'robot'; }, '/nodes/1/kind', 'person、organisation、system のどれかで書いてください'],
    ['two nodes of one id', (json) => { json.nodes[2].id = 'resident'; }, '/nodes/2/id', 'ほかの要素と同じです'],
    ['an arrow from nowhere', (json) => { json.arrows[0].from = 'moon'; }, '/arrows/0/from', 'nodes にない要素です'],
    ['an arrow to itself', (json) => { json.arrows[0].to = 'resident'; }, '/arrows/0/to', '同じ要素には引けません'],
    ['a number that is a sentence', (json) => { json.arrows[0].number = '第一の流れ'; }, '/arrows/0/number', '4文字までで書いてください'],
    ['a column that is not on the page', (json) => { json.nodes[0].column = 6; }, '/nodes/0/column', '1から5までで書いてください'],
    ['a word misspelt', (json) => { json.arrows[0].colour = 'red'; }, '/arrows/0/colour', '知らない語です'],
  ])('tells where it is wrong: %s', (_, change, path, cause) => {
    const json = JSON.parse(figureAnswer(FIGURE)) as object;
    change(json);
    const reading = readFigure(JSON.stringify(json));
    expect(reading.ok ? [] : reading.faults).toContainEqual({ path, cause });
  });

  it('knows which numbers the （備考） do not explain', () => {
    expect(unexplained(FIGURE, '①　申請\n②③　通知')).toEqual(['④', '⑤']);
    const plain: Figure = { ...FIGURE, arrows: FIGURE.arrows.map((arrow, at) => ({ ...arrow, number: String(at + 10) })) };
    expect(unexplained(plain, '[10] 申請 110 通知 12')).toEqual(['11', '13', '14']);
  });
});
