import fc from 'fast-check';
import { writeHtml } from '../../projections/assessment-form/html.js';
import type { Part, TableRow } from '../../projections/assessment-form/model.js';
import { writePdf } from '../../projections/assessment-form/pdf.js';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { FIXTURES, document, published, type Json } from '../assessments/documents.js';
import { expectInOrder, layout, packed, piecesIn, piecesOf, readPdf, textOfHtml, type ReadPdf } from './printed.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1);
const META = { title: '全項目評価書', createdAt: new Date('2026-10-01T00:00:00Z') };
const pdfOf = async (parts: readonly Part[], meta: object = {}): Promise<ReadPdf> => readPdf((await writePdf(parts, { ...META, ...meta })).bytes);
const read = (text: string): Assessment => {
  const reading = readAssessment(text);
  if (!reading.ok) throw new Error('no document');
  return reading.assessment;
};

/** The whole document is to be read in the PDF, part by part; its 変更箇所 column by column, for a row can be cut. */
function expectPdf(parts: readonly Part[], { text, pages }: ReadPdf): void {
  expectInOrder(text, parts.flatMap((part) => piecesIn(part, part.kind === 'cover')));
  for (const count of parts.flatMap(({ rows }) => rows.flatMap((row) => (row.kind === 'answer' ? row.cells.slice(1) : [])))) expect(packed(text)).toContain(packed(piecesOf(count.content).join('')));
  const part = parts.at(-1)!;
  const table = part.rows.find((row): row is TableRow => row.kind === 'table');
  if (part.kind !== 'changes' || !table) return;
  const first = pages.findLastIndex(({ read: pieces }) => packed(pieces.map(({ text: own }) => own).join('')).startsWith(packed(part.heading)));
  const all = table.columns.reduce((sum, { width }) => sum + width, 0);
  const lefts = table.columns.map((_, at) => 42.5 + (510.28 * table.columns.slice(0, at).reduce((sum, { width }) => sum + width, 0)) / all);
  table.columns.forEach(({ label }, at) => {
    const own = pages.slice(first).flatMap(({ read: pieces }, page) => pieces.filter(({ x, y }) => x >= lefts[at]! && x < (lefts[at + 1] ?? 600) && !(page === 0 && y > 770)));
    expect(packed(own.map(({ text: piece }) => piece).join(''))).toBe(packed(label + table.rows.map((cells) => piecesOf(cells[at]!.content).join('')).join('')));
  });
}

describe('every answer, option and box is to be read', () => {
  const documents: (readonly [string, () => Assessment])[] = FIXTURES.map((name) => [name, () => document(name)]);
  const real = published();
  if (!real) console.warn('The published assessments are not here: their pages are not tested.');
  for (const [name, text] of real ?? []) documents.push([name, () => read(text)]);

  it.each(documents)('of %s in HTML', (_, given) => {
    const parts = layout(given());
    expectInOrder(textOfHtml(writeHtml(parts, META)), parts.flatMap((part) => piecesIn(part, true)));
  });

  it.each(documents)('of %s in PDF', async (_, given) => expectPdf(layout(given()), await pdfOf(layout(given()))));

  it('of any text, however long, without a lost character', async () => {
    const words = fc.oneof(fc.string({ unit: fc.constantFrom(...'証跡を記録するシステム、情報（連携）。「確認」ー・ABC-xyz 012　①※\n'), maxLength: 400 }), fc.constantFrom('', '－', '長い記載を続ける。'.repeat(400), '行\n'.repeat(150), 'A'.repeat(500), '&<b>"\'&amp;'));
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(words), async (texts) => {
        const next = (): string => texts.next().value as string;
        const parts = layout(document('full-form4', (json) => {
          json.answers['basic.affair.content'] = next();
          json.answers['basic.systems'][0]['basic.systems.functions'] = next();
          json.answers.file[0]['file.use.departments'] = next();
          json.answers.file[0]['file.remarks'] = next();
          json.answers.risk[0]['risk.use.unauthorised.useRecord.method'] = next();
          json.recordItems[0].fields = [`項目${next()}`];
          json.changeLog.forEach((row: Json) => Object.assign(row, { itemPath: next().slice(0, 300), before: next(), after: next() }));
        }));
        expectInOrder(textOfHtml(writeHtml(parts, META)), parts.flatMap((part) => piecesIn(part, true)));
        expectPdf(parts, await pdfOf(parts));
      }),
      { numRuns: 2 * RUNS, endOnFailure: true },
    );
  });
});

describe('the file', () => {
  it('is the same to the byte, and another where the document or its date is', async () => {
    const [one, again] = [await writePdf(layout(document('full-form4')), META), await writePdf(layout(document('full-form4')), META)];
    expect(Buffer.compare(one.bytes, again.bytes)).toBe(0);
    expect(writeHtml(layout(document('full-form4')), META)).toBe(writeHtml(layout(document('full-form4')), META));
    const later = await writePdf(layout(document('full-form4')), { ...META, createdAt: new Date('2026-10-02T00:00:00Z') });
    expect(Buffer.compare(one.bytes, later.bytes)).not.toBe(0);
  });

  it('says of itself what does not belong into the form, and the form says nothing of it', async () => {
    const parts = layout(document('full-form4'));
    const meta = { ...META, digest: 'ab'.repeat(32), position: 184_302 };
    const pdf = await pdfOf(parts, meta);
    expect(pdf.info).toMatchObject({ Title: '全項目評価書', Keywords: `sha256:${meta.digest} position:184302`, Language: 'ja-JP', CreationDate: 'D:20261001000000Z' });
    const html = writeHtml(parts, meta);
    expect(html.slice(0, html.indexOf('<body>'))).toMatch(/<meta name="akashi-digest" content="abab[^]*<meta name="akashi-position" content="184302">/);
    for (const text of [pdf.text, textOfHtml(html), html.slice(html.indexOf('<body>'))]) expect(text).not.toMatch(/abab|184302|akashi/i);
  });

  it('of HTML takes nothing from elsewhere, and says which language, heading and header each thing is', () => {
    const html = writeHtml(layout(document('full-form4')), META);
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="ja">/);
    expect(html).not.toMatch(/<(?:script|link|img|iframe)|style="|url\(|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
    expect(html).toMatch(/<table class="grid">.*<thead><tr><th scope="col">変更日<\/th>/);
    expect(html).toContain('<th scope="row" colspan="3">①事務の名称</th>');
    expect(html).toContain('<th scope="rowgroup" colspan="2" rowspan="2">⑦使用の主体</th><th scope="row">使用部署　※</th>');
    expect(html).toContain('data-item="file.entrustments.content" data-at="file:1 file.entrustments:1"');
    expect(html.match(/<section /g)).toHaveLength(layout(document('full-form4')).length);
  });

  it('of PDF is PDF/A, tagged with headings, rows and their labels', async () => {
    const { bytes } = await writePdf(layout(document('full-form4')), META);
    expect(Buffer.from(bytes).toString('latin1')).toMatch(/<pdfaid:part>2<\/pdfaid:part>\s*<pdfaid:conformance>A</);
    expect(Buffer.from(bytes).toString('latin1')).toMatch(/\/GTS_PDFA1[^]*\/MarkInfo|\/MarkInfo[^]*\/GTS_PDFA1/);
    const { pages } = await readPdf(bytes);
    const roles = JSON.stringify(pages.map(({ tree }) => tree));
    for (const role of ['H1', 'H2', 'H3', 'H4', 'P', 'Table', 'TR', 'TH', 'TD']) expect(roles).toContain(`"role":"${role}"`);
  });

  it('tells of characters that the font does not have, and lets them be found', async () => {
    const parts = layout(document('full-form4', (json) => {
      json.answers['cover.notes'] = '😀と辻\u{e0101}';
    }));
    expect((await writePdf(parts, META)).losses).toEqual({ missing: 1, variant: 1 });
  });
});

describe('a row that goes on to the next page', () => {
  it.each<[string, (json: Json, text: string) => void, string]>([
    ['its label', (json, text) => (json.answers.risk[0]['risk.use.unauthorised.useRecord.method'] = text), '具体的な方法'],
    ['its heading, where it stands over the whole width', (json, text) => (json.answers.risk[0]['risk.use.others'] = text), '特定個人情報の使用におけるその他のリスク及びそのリスクに対する措置'],
  ])('has %s there again, for the eye', async (_, change, label) => {
    const lines = Array.from({ length: 150 }, (_, line) => `第${line}行`);
    const { pages } = await pdfOf(layout(document('full-form4', (json) => {
      change(json, lines.join('\n'));
    })));
    const with_ = pages.filter(({ read: pieces }) => pieces.some(({ text }) => /^第\d+行$/.test(text)));
    expect(with_.length).toBeGreaterThan(2);
    for (const { beside } of with_.slice(1)) expect(beside.map(({ text }) => text)).toContain(label);
    expect(with_[0]!.beside.map(({ text }) => text)).not.toContain(label);
  });

  it('has the header of 変更箇所 above it on every page, read once', async () => {
    const rows = 60;
    const { pages } = await pdfOf(layout(document('full-form4', (json) => {
      json.changeLog = Array.from({ length: rows }, (_, row) => ({ ...json.changeLog[0], before: `始${row} ${'変更前の記載。'.repeat(row)}`, after: `${'変更後の記載。'.repeat(row)} 終${row}` }));
      json.gaps = json.gaps.filter(({ itemId }: Json) => itemId !== 'changes.rows');
    })));
    const header = ['変更日', '項目', '変更前の記載', '変更後の記載'];
    const at = pages.findIndex(({ read: pieces }) => pieces.some(({ text }) => text.startsWith('始0')));
    expect(pages.length - at).toBeGreaterThan(8);
    expect(pages[at]!.read.map(({ text }) => text)).toEqual(expect.arrayContaining(header));
    for (const { beside } of pages.slice(at + 1)) expect(beside.map(({ text }) => text)).toEqual(expect.arrayContaining(header));
  });

  it('the cover stands on one page with its form mark, also where more is written on it', async () => {
    for (const notes of ['', '・一部を外部に委託している。\n'.repeat(8)]) {
      const json = JSON.parse(JSON.stringify(document('full-form4'))) as Json;
      json.answers['cover.notes'] = notes;
      const { pages } = await pdfOf(layout(json as Assessment).slice(0, 2));
      expect(packed(pages[0]!.read.map(({ text }) => text).join(''))).toContain('様式４]');
    }
  });

  it('no heading stands at the end of a page, and the cover has no number', async () => {
    const parts = layout(document('full-form4'));
    const headings = new Set(parts.flatMap(({ rows }) => rows.flatMap((row) => (row.kind === 'heading' && row.level === 2 ? [packed(row.text)] : []))));
    const { pages } = await pdfOf(parts);
    const lowest = Math.min(...pages.flatMap(({ read: pieces }) => pieces.flatMap(({ text, y }) => (headings.has(packed(text)) ? [y] : []))));
    expect(lowest).toBeGreaterThan(50 + 19); // the margin, and a row of one line
    expect(pages.map(({ beside }) => beside.at(-1)?.text)).toEqual([undefined, ...pages.slice(1).map((_, at) => String(at + 2))]);
  });
});
