import { SUBMISSIONS, type ChangeRow, type Gap, type RecordTable } from '../../src/assessments/answers/assessment.js';
import { dateMeant, folded } from './cell-words.js';
import { CHANGE_COLUMNS } from './mapping.js';
import type { Pointed } from './read-xlsx.js';
import { digestOf, isRow, type ChangeFacts, type Facts } from './xlsx-facts.js';
import { cellName, type Sheet } from './xlsx-grid.js';

type Note = (text: string) => void;
type Problem = (place: string, message: string) => void;
type There = Pointed & { readonly sheet: Sheet };

const isThere = (pointed: Pointed): pointed is There => pointed.sheet !== undefined;
const textIn = ({ cells }: Sheet, row: number, column: number): string => cells.get(cellName(row, column))?.text ?? '';
const lastRow = ({ cells }: Sheet): number => [...cells.values()].reduce((last, { row }) => Math.max(last, row), 0);

/** 別添 記録項目: below the name of each table what stands in the column of its fields, whatever rows were put in or taken out there. */
export function tablesBack(pointed: readonly Pointed[], { tables }: Facts, note: Note): { readonly tables: readonly RecordTable[]; readonly cells: readonly string[] } {
  const read: RecordTable[] = [];
  const cells: string[] = [];
  const named = pointed.filter(isThere).filter(({ address: { part } }) => /^(title|group|table|field|note):/.test(part));
  let groupBefore: string | undefined;
  tables.forEach(({ fileIndex, group: isGrouped, note: isNoted }, index) => {
    const [title, group, name, noted] = ['title', 'group', 'table', 'note'].map((word) => named.find(({ address: { part } }) => part === `${word}:${index + 1}`));
    const own = named.filter(({ address: { part } }) => part === `field:${index + 1}`);
    for (const cell of [title, group, name, noted]) if (cell) cells.push(`${cell.sheet.name}!${cellName(cell.row, cell.column)}`);
    groupBefore = group ? textIn(group.sheet, group.row, group.column) : isGrouped ? groupBefore : undefined;
    const [first] = own;
    if (!first) {
      note(`別添の記録項目の表（${index + 1}番目）は、行がすべて削除されていたため除きました。`);
      return;
    }
    const { sheet, column } = first;
    const from = name ? name.row + 1 : Math.min(...own.map(({ row }) => row));
    const isNext = ({ address: { part }, row }: There): boolean => row > from && part !== `field:${index + 1}`;
    const to = Math.min(lastRow(sheet) + 1, ...named.filter((one) => one.sheet === sheet && isNext(one)).map(({ row }) => row));
    const fields: string[] = [];
    for (let row = from; row < to; row++) {
      const field = textIn(sheet, row, column);
      if (field === '') continue;
      fields.push(field);
      cells.push(`${sheet.name}!${cellName(row, column)}`);
    }
    const noteText = noted && isNoted ? textIn(noted.sheet, noted.row, noted.column) : '';
    read.push({
      table: name ? textIn(name.sheet, name.row, name.column) : null,
      ...(fileIndex !== undefined && { fileIndex }),
      ...(isGrouped && groupBefore !== undefined && groupBefore !== '' && { group: groupBefore }),
      fields,
      ...(noteText !== '' && { note: noteText }),
    });
  });
  return { tables: read, cells };
}

interface ReadRow {
  readonly place: string;
  /** Number of the row of the facts that pointed here. */
  readonly was?: number;
  readonly texts: Record<string, string>;
}

/**
 * 別添 変更箇所: what stands below the heads of its columns. Rows may be put in, taken out and sorted: what the form does not print of a row — which
 * item of the form it is about, what of it was lost — goes with what stands in the row, and is dropped, with a note, where 項目 was rewritten.
 */
export function changesBack(pointed: readonly Pointed[], facts: Facts, note: Note, problem: Problem): { readonly rows: readonly ChangeRow[]; readonly gaps: readonly Gap[]; readonly cells: readonly string[] } {
  const heads = new Map(CHANGE_COLUMNS.flatMap((code) => pointed.filter(isThere).filter(({ address: { part } }) => part === `head:${code}`).map((head) => [code, head] as const)));
  const head = heads.get('changedOn');
  if (!head || heads.size < CHANGE_COLUMNS.length || new Set([...heads.values()].map(({ sheet, row }) => `${row} ${sheet.name}`)).size > 1) {
    if (facts.changes.length > 0 || heads.size > 0) problem('別添 変更箇所', '見出しの行か、列、シートが削除されています。');
    return { rows: [], gaps: facts.gaps, cells: [] };
  }
  const { rows: read, cells } = rowsBelow(head, heads, pointed);
  const known = claimed(read, facts.changes, problem);
  const rows = read.map((row, index) => changeRow(row, known[index]?.facts, index + 1, note, problem));
  const gaps = facts.gaps.flatMap((gap) => {
    if (gap.itemId !== 'changes.rows' || gap.row === undefined) return [gap];
    const now = known.findIndex((one) => one?.number === gap.row);
    return now < 0 ? [] : [{ ...gap, row: now + 1 }];
  });
  return { rows, gaps, cells };
}

function rowsBelow(head: There, heads: ReadonlyMap<string, There>, pointed: readonly Pointed[]): { readonly rows: readonly ReadRow[]; readonly cells: readonly string[] } {
  const { sheet } = head;
  const at = new Map(pointed.filter(isThere).filter((one) => one.sheet === sheet && /^(row|on):/.test(one.address.part)).map(({ row, address: { part } }) => [row, part]));
  const rows: ReadRow[] = [];
  const cells = [...heads.values()].map(({ row, column }) => `${sheet.name}!${cellName(row, column)}`);
  for (let row = head.row + 1, last = Math.max(lastRow(sheet), ...at.keys()); row <= last; row++) {
    const texts = Object.fromEntries([...heads].map(([code, { column }]) => [code, textIn(sheet, row, column)]));
    for (const { column } of heads.values()) cells.push(`${sheet.name}!${cellName(row, column)}`);
    const [kind, number] = at.get(row)?.split(':') ?? [];
    if (kind === 'on' && rows.length > 0) for (const code of CHANGE_COLUMNS) rows.at(-1)!.texts[code]! += texts[code]!;
    else if (kind === 'row' || Object.values(texts).some((text) => text.trim() !== '')) rows.push({ place: `${sheet.name}!${cellName(row, head.column)}`, ...(kind === 'row' && { was: Number(number) }), texts });
  }
  return { rows, cells };
}

interface Claim {
  readonly number: number;
  readonly facts: ChangeFacts;
}

/** For each row the facts that are its own: by what stands in it, and else by where it stands. */
function claimed(read: readonly ReadRow[], changes: readonly ChangeFacts[], problem: Problem): readonly (Claim | undefined)[] {
  const left = new Set(changes.keys());
  const claims: (Claim | undefined)[] = read.map(() => undefined);
  const claim = (index: number, found: number | undefined): void => {
    if (found === undefined || !left.delete(found)) return;
    claims[index] = { number: found + 1, facts: changes[found]! };
  };
  const same = ({ texts }: ReadRow, facts: ChangeFacts): boolean => isRow({ ...texts, changedOn: dateMeant(texts['changedOn']!) ?? '' } as never, facts);
  read.forEach((row, index) => { if (row.was !== undefined && changes[row.was - 1] && same(row, changes[row.was - 1]!)) claim(index, row.was - 1); });
  read.forEach((row, index) => { if (!claims[index]) claim(index, [...left].find((one) => same(row, changes[one]!))); });
  read.forEach((row, index) => { if (!claims[index] && row.was !== undefined) claim(index, row.was - 1); });
  if (read.some(({ was }) => was !== undefined && !changes[was - 1])) problem('別添 変更箇所', '再取込み用の記録にない行を指しています。書き出した元のファイルから作り直してください。');
  return claims;
}

function changeRow({ place, texts }: ReadRow, facts: ChangeFacts | undefined, number: number, note: Note, problem: Problem): ChangeRow {
  const isLost = (code: string): boolean => texts[code] === '' && (facts?.lost.includes(code) ?? false);
  const text = (code: string): string | null => (isLost(code) ? null : texts[code]!);
  const changedOn = isLost('changedOn') ? null : dateMeant(texts['changedOn']!);
  if (changedOn === undefined || changedOn === '' || changedOn === '-') problem(place, `変更箇所の${number}行目の変更日を日付として読めません。「令和8年10月1日」のように書いてください。`);
  const submission = isLost('submission') ? null : SUBMISSIONS.find((one) => one === folded(texts['submission']!));
  if (submission === undefined) problem(place, `変更箇所の${number}行目の提出時期に、事前か事後を書いてください。`);
  const isOf = facts !== undefined && (facts.itemId === null || digestOf([texts['itemPath']!]) === facts.path);
  if (!isOf) note(`変更箇所の${number}行目（${place}）は、新しい行か、項目が書き換えられた行です。様式のどの項目のものかは記録されません。`);
  return {
    changedOn: changedOn ?? null,
    itemPath: text('itemPath'),
    itemId: isOf ? facts.itemId : null,
    ...(isOf && facts.fileIndex !== undefined && { fileIndex: facts.fileIndex }),
    ...(isOf && facts.blockIndex !== undefined && { blockIndex: facts.blockIndex }),
    before: text('before'),
    after: text('after'),
    submission: submission ?? null,
    explanation: text('explanation'),
  };
}
