import { inflateSync } from 'node:zlib';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { writePdf } from '../../../projections/reports/render/pdf.js';
import type { Column, ReportHead, ReportRow } from '../../../projections/reports/report.js';
import { COLUMNS, HEAD, reportOf, rowOf, rowsOf, written } from './reports.js';

interface Read {
  /** the pieces of text of each page, in their order */
  readonly pages: readonly string[][];
  readonly info: Record<string, unknown>;
  readonly bytes: Buffer;
}

async function read(rows: readonly ReportRow[], head: Partial<ReportHead> = {}): Promise<Read> {
  const bytes = await written(reportOf(rows, head), 'pdf');
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  const pdf = await task.promise;
  const pages: string[][] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    expect([page.view[2], page.view[3]].map((length) => Math.round(length!))).toEqual([842, 595]);
    pages.push((await page.getTextContent()).items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item.str] : [])));
  }
  const info = (await pdf.getMetadata()).info as Record<string, unknown>;
  await task.destroy();
  return { pages, info, bytes };
}

const HEADING = COLUMNS.map(({ label }) => label);
/** What pages draw, uncompressed. */
const drawn = (bytes: Buffer) => bytes.toString('latin1').split('stream\n').flatMap((part) => (part.startsWith('x') ? [inflateSync(Buffer.from(part, 'latin1')).toString('latin1')] : [])).join('\n');
/** As a PDF writes text outside of its font. */
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('latin1').replace(/[\\()]/g, '\\$&');

it('says on its first page what it is, and in its properties', async () => {
  const { pages, info } = await read(rowsOf(2));
  expect(pages).toHaveLength(1);
  expect(pages[0]!.slice(0, 7 + HEADING.length)).toEqual([
    '取扱記録一覧', '評価実施機関：塩浜市長', '期間：2026-04-01から2026-09-30まで', '記録の位置：184302', '記録日時：2026-10-02 00:23:45',
    '直近の消去：2026-09-28 17:00:00（位置 180011）', '注記：消去された値は「（消去済み）」と示します。', ...HEADING,
  ]);
  expect(info).toMatchObject({ Title: '取扱記録一覧', Language: 'ja-JP', CreationDate: 'D:20261001152345Z', Creator: 'Akashi' });
});

it('shows each row with its values as people write them', async () => {
  const { pages } = await read([['2026-12-31T15:00:00Z', '000012', '𠮷田', '1999-12-31', '=1+1', 1_234_567], [null, '', '', null, '', null]]);
  expect(pages[0]!.slice(13)).toEqual(['2027-01-01 00:00:00', '000012', '𠮷田', '1999-12-31', '=1+1', '1,234,567', '件数：2', '取扱記録一覧', '1／', '1', '記録の位置 184302']);
});

it('of no rows is a page with the count', async () => {
  const { pages } = await read([]);
  expect(pages).toHaveLength(1);
  expect(pages[0]!.slice(7)).toEqual([...HEADING, '件数：0', '取扱記録一覧', '1／', '1', '記録の位置 184302']);
});

it('repeats the heading, numbers the pages, and cuts no row', async () => {
  const rows = Array.from({ length: 200 }, (_, number): ReportRow => [null, `始${number}`, '花子', null, `${'記録項目、'.repeat((number % 5) * 9)}終${number}`, number]);
  const { pages } = await read(rows);
  expect(pages.length).toBeGreaterThan(5);
  const found: string[] = [];
  pages.forEach((texts, index) => {
    expect(texts.slice(-4)).toEqual(['取扱記録一覧', `${index + 1}／`, String(pages.length), '記録の位置 184302']);
    const body = index === 0 ? texts.slice(7) : texts;
    expect(body.slice(0, HEADING.length)).toEqual(HEADING);
    const numbersAt = (mark: string) => [...body.join('').matchAll(new RegExp(`${mark}(\\d+)(?=花子|\\d|件|始|取)`, 'g'))].length;
    const begun = body.filter((text) => /^始\d+$/.test(text)).map((text) => text.slice(1));
    expect(body.filter((text) => /終\d+$/.test(text)).map((text) => text.replace(/^.*終/, ''))).toEqual(begun);
    expect(numbersAt('始')).toBe(begun.length);
    found.push(...begun);
  });
  expect(found).toEqual(rows.map((_, number) => String(number)));
});

it('of more columns than there is room for sets the later and the long ones below each row, by name, where there is something', async () => {
  const columns: Column[] = [...COLUMNS.map((column) => (column.key === 'number' ? { ...column, long: true as const } : column)), { key: 'method', label: '入手方法', kind: 'text', width: 8, below: true }, { key: 'system', label: 'システム', kind: 'text', width: 20 }];
  const row = (number: string, method: string, system: string): ReportRow => [null, number, '花子', null, '氏名', 1, method, system];
  const { pages } = await read([row('000012', '庁内連携', '証'), row('', '', ''), row('000013', '', '紙')], { columns });
  expect(pages[0]!.slice(7, -4)).toEqual(['取扱日時', '氏名', '生年月日', '記録項目', '回数', '花子', '氏名', '1', '宛名番号：000012', '入手方法：庁内連携', 'システム：証', '花子', '氏名', '1', '花子', '氏名', '1', '宛名番号：000013', 'システム：紙', '件数：3']);
  const many = await read(Array.from({ length: 300 }, (_, n) => row(`始${n}`, '', `${'長い値'.repeat((n % 4) * 150)}終${n}`)), { columns });
  const text = many.pages.flat().join('');
  for (let n = 0; n < 300; n += 1) expect(text).toMatch(new RegExp(`始${n}システム：[^始]*終${n}(?!\\d)`));
});

it('sets what is marked so below its row, though there is room', async () => {
  const { pages } = await read([rowOf(1)], { columns: COLUMNS.map((column) => (column.key === 'number' ? { ...column, below: true as const } : column)) });
  const texts = pages[0]!.slice(7, -4);
  expect(texts.slice(0, HEADING.length - 1)).toEqual(HEADING.filter((label) => label !== '宛名番号'));
  expect(texts.slice(-3)).toEqual(['1', '宛名番号：0000000001', '件数：1']);
});

it('cuts a row that is longer than a page, and loses nothing of it', async () => {
  const long = Array.from({ length: 600 }, (_, line) => `行${line}`).join('\n');
  const { pages } = await read([rowOf(1), [null, '000012', '花子', null, long, 1], rowOf(2)]);
  expect(pages.length).toBeGreaterThan(10);
  for (const texts of pages.slice(1)) expect(texts.slice(0, HEADING.length)).toEqual(HEADING);
  expect(pages.flat().filter((text) => /^行\d+$/.test(text)).join('\n')).toBe(long);
  expect(pages.at(-1)).toEqual(expect.arrayContaining(['塩浜', '件数：3']));
});

it('shows 〓 where the font has no shape, says so, and lets the character itself be found', async () => {
  const { pages, bytes } = await read([[null, '𪛖原(1)', '😀', null, '髙橋', 1]]);
  expect(pages[0]).toEqual(expect.arrayContaining(['〓原(1)', '〓', '髙橋', '※ 〓は、この文書の書体にない文字です（2か所）。もとの文字は、CSVかJSONで出力して確かめてください。']));
  expect(drawn(bytes)).toContain(`/ActualText (${utf16('𪛖原(1)')})`);
  expect(drawn(bytes)).not.toContain(utf16('髙橋'));
});

it('shows a variant that the font does not have by its character, and says so', async () => {
  const { pages, bytes } = await read([[null, '辻\u{E0101}', '葛\u{E0100}城', null, '神\ufe00', 1]]);
  expect(pages[0]).toEqual(expect.arrayContaining(['辻', '葛城', '※ 異体字の指定がある文字は、標準の字形で示しています（3か所）。']));
  expect(drawn(bytes)).toContain(utf16('辻\u{E0101}'));
});

it('draws nothing for characters without a shape, blanks for blanks, and letters with their marks', async () => {
  const { pages } = await read([[null, 'a\u200bb\u00ad', 'c\td\u2003e', null, 'か\u3099e\u0301\u0001', 1]]);
  expect(pages[0]).toEqual(expect.arrayContaining(['ab', 'がé〓']));
  expect(pages[0]!.join(' ')).toMatch(/c +d +e/);
});

it('embeds what it uses of the font, and no more', async () => {
  const { bytes } = await read(rowsOf(600));
  expect(bytes.toString('latin1')).toMatch(/\/FontFile2 \d+ 0 R/);
  expect(bytes.length).toBeLessThan(150_000);
});

describe('for whoever listens to it', () => {
  interface Tagged { readonly role: string; readonly children: readonly (Tagged | { readonly type: 'content'; readonly id: string })[] }
  type Heard = readonly [role: string, ...children: (Heard | string)[]];
  /** What is tagged on each page, with its text, and what is there for the eye alone. */
  async function heard(rows: readonly ReportRow[], head: Partial<ReportHead> = {}, blockSize?: number): Promise<{ readonly marked: boolean; readonly bytes: Buffer; readonly pages: readonly { readonly tree: Heard | null; readonly beside: readonly string[] }[] }> {
    const bytes = await written(reportOf(rows, head, blockSize), 'pdf');
    const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
    const pdf = await task.promise;
    const pages: { tree: Heard | null; beside: string[] }[] = [];
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number);
      const [texts, beside, within]: [Map<string, string>, string[], { readonly tag?: string; readonly id?: string }[]] = [new Map(), [], []];
      for (const item of (await page.getTextContent({ includeMarkedContent: true })).items) {
        if ('str' in item) {
          const id = within.findLast((one) => one.id)?.id;
          if (item.str.trim() === '') continue;
          if (id === undefined) beside.push(within.some(({ tag }) => tag === 'Artifact') ? item.str : `without any tag: ${item.str}`);
          else texts.set(id, (texts.get(id) ?? '') + item.str);
        } else if (item.type === 'endMarkedContent') within.pop();
        else within.push(item as never);
      }
      const toHeard = ({ role, children }: Tagged): Heard => [role, ...children.map((child) => ('role' in child ? toHeard(child) : texts.get(child.id)!))];
      const tree = (await page.getStructTree()) as Tagged | null;
      pages.push({ tree: tree && toHeard(tree.children[0] as Tagged), beside });
    }
    const marked = ((await pdf.getMarkInfo()) as unknown as Map<string, boolean> | null)?.get('Marked') === true;
    await task.destroy();
    return { marked, bytes, pages };
  }
  const HEADS: Heard = ['TR', ...HEADING.map((label): Heard => ['TH', label])];
  /** The rows of which something stands on a page. */
  const rowsHeard = (tree: Heard | null): readonly Heard[] => ((tree!.find(([role]) => role === 'Table') as Heard).slice(1) as Heard[]).filter((row) => row.some((cell) => cell.length > 1 && typeof cell !== 'string'));

  it('each text is the heading, a paragraph or the cell of a row and a column, in their order; what comes on every page is none of it', async () => {
    const { marked, pages, bytes } = await heard([['2026-12-31T15:00:00Z', '000012', '𪛖田', '1999-12-31', '', 7], [null, '', '花子', null, '氏名', 1]]);
    expect([marked, pages.length]).toEqual([true, 1]);
    expect(pages[0]!.tree!.slice(0, 3)).toEqual(['Document', ['H1', '取扱記録一覧'], ['P', '評価実施機関：塩浜市長']]);
    expect(pages[0]!.tree!.slice(-3)).toEqual([
      ['Table', HEADS, ['TR', ['TD', '2027-01-01 00:00:00'], ['TD', '000012'], ['TD', '〓田'], ['TD', '1999-12-31'], ['TD'], ['TD', '7']], ['TR', ['TD'], ['TD'], ['TD', '花子'], ['TD'], ['TD', '氏名'], ['TD', '1']]],
      ['P', '件数：2'], ['P', '※ 〓は、この文書の書体にない文字です（1か所）。もとの文字は、CSVかJSONで出力して確かめてください。'],
    ]);
    expect(pages[0]!.beside).toEqual(['取扱記録一覧', '1／', '1', '記録の位置 184302']);
    expect(bytes.toString('latin1').match(/\/Scope \/Column/g)).toHaveLength(HEADING.length);
  });

  it('a table is one over all its pages: its heading is heard once, and a row that is cut is one', async () => {
    const long = Array.from({ length: 120 }, (_, line) => `行${line}`).join('\n');
    const { pages } = await heard([rowOf(1), [null, '000012', '花子', null, long, 1], rowOf(2)]);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.slice(1).every(({ beside }) => HEADING.every((label) => beside.includes(label)))).toBe(true);
    expect(pages.flatMap(({ tree }) => rowsHeard(tree).filter(([, cell]) => cell![0] === 'TH'))).toEqual([HEADS]);
    expect(pages.flatMap(({ tree }) => rowsHeard(tree).flatMap((row) => (row[5] as Heard).slice(1))).join('')).toContain(`氏名、接種日${long.replaceAll('\n', '')}氏名、接種日`);
  });

  it('what stands below a row is a cell under all its columns', async () => {
    const columns = COLUMNS.map((column) => (column.key === 'items' ? { ...column, width: 60, long: true as const } : column));
    const { pages, bytes } = await heard([[null, '000012', '花子', null, '氏名、住所', 1]], { columns });
    expect(rowsHeard(pages[0]!.tree).slice(1)).toEqual([['TR', ['TD'], ['TD', '000012'], ['TD', '花子'], ['TD'], ['TD', '1']], ['TR', ['TD', '記録項目：氏名、住所']]]);
    expect(bytes.toString('latin1')).toMatch(/\/ColSpan 5/);
  });

  it.each([[500, 1], [500, 300], [501, 100], [501, 501]])('of %i rows, %i at a time: tagged up to five hundred', async (count, blockSize) => {
    const { marked, pages } = await heard(rowsOf(count), {}, blockSize);
    expect([marked, pages.map(({ tree }) => tree !== null)]).toEqual([count <= 500, pages.map(() => count <= 500)]);
    if (marked) expect(pages.flatMap(({ tree }) => rowsHeard(tree))).toHaveLength(count + 1);
  });
});

it('takes a title with every sign into its properties and its footer', async () => {
  const { pages, info } = await read([], { title: `<一覧> & "${'長い表題'.repeat(30)}"` });
  expect(info.Title).toMatch(/^＊一覧＊ ＊ "長い/);
  expect(pages[0]!.at(-4)!.length).toBeLessThan(45);
});

it('goes out page by page while rows come, and each page waits until it is taken', async () => {
  const events: string[] = [];
  async function* blocks() {
    for (let block = 0; block < 9; block += 1) {
      yield rowsOf(100);
      events.push('rows');
    }
  }
  let taking = 0;
  await writePdf(HEAD, blocks(), async (chunk) => {
    expect((taking += 1)).toBe(1);
    await new Promise(setImmediate);
    taking -= 1;
    events.push(chunk.length > 1000 ? 'page' : 'beginning');
  });
  expect(events.slice(0, 8)).toEqual([...Array.from({ length: 5 }, () => 'rows'), 'beginning', 'page', 'page']); // until it is known that there are more than are tagged
  expect(events.lastIndexOf('rows')).toBeGreaterThan(events.indexOf('page'));
  expect(events.filter((event) => event === 'page').length).toBeGreaterThan(12);
});
