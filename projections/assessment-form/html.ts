import { hash } from 'node:crypto';
import { figureSvg } from './figure.js';
import { figureOf } from '../../src/assessments/answers/figure.js';
import { escaped } from './markup.js';
import { besideBox, bracketed, markOf, OPTIONS_HEADING, type AnswerRow, type Box, type Cell, type Content, type HeadingRow, type Part, type Row, type TableRow } from './model.js';

/** What is said of the file outside of the form. */
export interface DocumentMeta {
  readonly title: string;
  /** SHA-256 of the document's JSON, and the position of the ledger it was drawn from. */
  readonly digest?: string;
  readonly position?: number;
}

/** Like the official form: black on white, grey headings, thin rules; on paper one part begins a page, and headers of tables come again. */
const STYLE = `
@page{size:A4;margin:18mm 15mm 20mm;@bottom-center{content:counter(page);font-size:9pt}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:190mm;padding:8mm;color:#000;background:#fff;font:9.5pt/1.5 "Noto Sans JP","BIZ UDPGothic","Yu Gothic","YuGothic","Hiragino Sans","Meiryo",sans-serif;line-break:strict;overflow-wrap:anywhere}
section{margin:0 0 14mm}
h1,h2,h3,h4,h5{margin:0;font-weight:bold}
h1{font-size:16pt;text-align:center;margin:12mm 0 14mm}
h2{font-size:13pt;border:1px solid #000;padding:1.5mm 2mm;background:#d9d9d9}
h3,h4,h5{border:1px solid #000;border-top:0;padding:.8mm 2mm;white-space:pre-wrap;break-after:avoid}
h3{font-size:10pt;background:#e7e7e7}h4{font-size:9.5pt;background:#f3f3f3}h5{font-size:9.5pt}
h2,h3,h4,h5{break-after:avoid}
h3 .boxes,h4 .boxes{display:inline-block;margin-left:6mm;font-weight:normal}
h3 .boxes li,h4 .boxes li{display:inline-block;width:auto;margin-right:4mm}
table{width:100%;border-collapse:collapse;table-layout:fixed}
th,td,.wide{border:1px solid #000;padding:.8mm 1.5mm;vertical-align:top;text-align:left}
th{font-weight:normal}
.answers,.wide{margin-top:-1px}
.answers th{vertical-align:middle}.answers th.strip{border-top:0;border-bottom:0}
.entry{background:#f3f3f3;font-weight:bold}
.wide{min-height:8mm}
thead{display:table-header-group}thead th{background:#e7e7e7;text-align:center}
tr{break-inside:auto}
.text{white-space:pre-wrap}
td>.cell+.cell{margin-top:1mm;text-align:right}
.choice{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:2mm;align-items:center}
.answer{text-align:center}
ul{list-style:none;margin:0;padding:0}
.options{display:flex;flex-wrap:wrap;font-size:8.5pt}.options li{width:50%;padding-right:2mm}.options.long li,.options li:first-child{width:100%}
.boxes{display:flex;flex-wrap:wrap}.boxes li{width:50%;padding-right:2mm}.boxes li.whole{width:100%}
.mark{white-space:pre}
.lines{white-space:pre-wrap}.lines.right{text-align:right;margin-top:6mm}.lines.left{border:1px solid #000;border-top:0;padding:6mm 10mm;line-height:2.4}
.cover h3{background:none}.cover table.grid{margin-bottom:6mm}.cover table.grid td{font-size:12pt;padding:3mm}.cover .wide{padding:4mm;margin-bottom:6mm}.cover h3{border-top:1px solid #000;text-align:center}
.changes table{font-size:8.5pt}
svg{max-width:100%;height:auto;display:block;margin:2mm auto}
@media print{body{padding:0;max-width:none}section{break-before:page;margin:0}section:first-of-type{break-before:auto}}
`;

/** One file of HTML without anything from elsewhere; the same parts give the same bytes. */
export function writeHtml(parts: readonly Part[], { title, digest, position }: DocumentMeta): string {
  const meta = [['digest', digest], ['position', position]].flatMap(([name, value]) => (value === undefined ? [] : [`<meta name="akashi-${name}" content="${escaped(String(value))}">`]));
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'">`;
  const head = ['<meta charset="utf-8">', policy, '<meta name="viewport" content="width=device-width">', ...meta, `<title>${escaped(title)}</title>`, `<style>${STYLE}</style>`];
  return ['<!DOCTYPE html>', '<html lang="ja">', `<head>${head.join('\n')}</head>`, '<body>', ...parts.map(partHtml), '</body>', '</html>', ''].join('\n');
}

function partHtml(part: Part, at: number): string {
  const heading = part.kind === 'cover' ? 'h1' : 'h2';
  return `<section id="part-${at + 1}" class="${part.kind}" aria-labelledby="heading-${at + 1}">\n<${heading} id="heading-${at + 1}">${escaped(part.heading)}</${heading}>\n${grouped(part.rows).map(blockHtml).join('\n')}\n</section>`;
}

/** Answers that follow each other stand in one table. */
function grouped(rows: readonly Row[]): readonly (Exclude<Row, AnswerRow> | readonly AnswerRow[])[] {
  const groups: (Exclude<Row, AnswerRow> | AnswerRow[])[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (row.kind !== 'answer') groups.push(row);
    else if (Array.isArray(last)) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

const isGroup = (block: Exclude<Row, AnswerRow> | readonly AnswerRow[]): block is readonly AnswerRow[] => Array.isArray(block);

function blockHtml(block: Exclude<Row, AnswerRow> | readonly AnswerRow[]): string {
  if (isGroup(block)) return answersHtml(block);
  switch (block.kind) {
    case 'heading':
      return headingHtml(block);
    case 'wide':
      return `<div class="wide">${cellHtml(block.cell)}</div>`;
    case 'table':
      return tableHtml(block);
    default:
      return `<div class="lines ${block.align}">${block.lines.map(escaped).join('\n')}</div>`;
  }
}

function headingHtml({ level, text, boxes }: HeadingRow): string {
  return `<h${level + 1}>${escaped(text)}${boxes ? ` ${inlineBoxes(boxes)}` : ''}</h${level + 1}>`;
}

/** Within a heading there are no lists. */
function inlineBoxes({ content, ...cell }: Cell): string {
  const text = content.kind === 'boxes' ? content.boxes.map((box) => `<span class="mark">${markOf(box)}</span> ${escaped(box.label)}`).join('　') : content.kind === 'text' ? escaped(content.text) : '';
  return `<span class="boxes" ${addressed(cell)}>${text}</span>`;
}

/** Columns: a strip at the left of what stands under a label, the rest of a label on the left, the label, the answer. */
const COLUMNS = '<colgroup><col width="2.5%"><col width="10.5%"><col width="17%"><col></colgroup>';

function answersHtml(rows: readonly AnswerRow[]): string {
  return `<table class="answers">${COLUMNS}<tbody>\n${rows.map((row, at) => `<tr>${labelHtml(row, rows, at)}<td>${row.cells.map(cellHtml).join('')}</td></tr>`).join('\n')}\n</tbody></table>`;
}

function labelHtml({ label, depth, side, isEntry }: AnswerRow, rows: readonly AnswerRow[], at: number): string {
  const text = escaped(label);
  if (side) {
    const next = rows.findIndex((row, index) => index > at && (!row.side || row.side.isFirst));
    const span = (next < 0 ? rows.length : next) - at;
    return `${side.isFirst ? `<th scope="rowgroup" colspan="2" rowspan="${span}">${escaped(side.text)}</th>` : ''}<th scope="row">${text}</th>`;
  }
  if (depth > 0) return `<th class="strip"></th><th scope="row" colspan="2">${text}</th>`;
  return `<th scope="row" colspan="3"${isEntry ? ' class="entry"' : ''}>${text}</th>`;
}

function tableHtml({ columns, rows }: TableRow): string {
  const all = columns.reduce((sum, { width }) => sum + width, 0);
  const cols = columns.map(({ width }) => `<col width="${((width / all) * 100).toFixed(2)}%">`).join('');
  const head = columns.map(({ label }) => `<th scope="col">${escaped(label)}</th>`).join('');
  return `<table class="grid"><colgroup>${cols}</colgroup><thead><tr>${head}</tr></thead><tbody>\n${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cellHtml(cell)}</td>`).join('')}</tr>`).join('\n')}\n</tbody></table>`;
}

function addressed({ itemId, at, column }: Omit<Cell, 'content'>): string {
  const place = at.map(({ repeat, index }) => `${repeat}:${index}`).join(' ');
  return `data-item="${escaped(itemId)}"${place === '' ? '' : ` data-at="${escaped(place)}"`}${column === undefined ? '' : ` data-column="${escaped(column)}"`}`;
}

function cellHtml({ content, ...cell }: Cell): string {
  return `<div class="cell" ${addressed(cell)}>${contentHtml(content)}</div>`;
}

function contentHtml(content: Content): string {
  switch (content.kind) {
    case 'text':
      return `<div class="text">${escaped(content.before + content.text + content.after)}</div>`;
    case 'choice': {
      const long = content.options.some((option) => [...option].length > 20) ? ' long' : '';
      return `<div class="choice"><div class="answer">${escaped(bracketed(content.answer))}</div><ul class="options${long}"><li>${OPTIONS_HEADING}</li>${content.options.map((option) => `<li>${escaped(option)}</li>`).join('')}</ul></div>`;
    }
    case 'boxes':
      return `<ul class="boxes">${content.boxes.map((box, at) => boxHtml(box, content.boxes[at - 1]?.group)).join('')}</ul>`;
    case 'fields':
      return `<div class="text">${content.fields.map((field) => `<span>${escaped(field)}</span>`).join('、')}</div>`;
    case 'figure':
      return figureSvg(figureOf(content.json));
  }
}

function boxHtml(box: Box, before: string | undefined): string {
  const group = box.group !== undefined && box.group !== before ? `<li class="whole">・${escaped(box.group)}</li>` : '';
  const beside = besideBox(box);
  const whole = beside === '' && [...box.label].length < 24 ? '' : ' class="whole"';
  return `${group}<li${whole}><span class="mark">${markOf(box)}</span> ${escaped(box.label)}${beside === '' ? '' : ` <span class="text">${escaped(beside)}</span>`}</li>`;
}
