import { SUBMISSIONS, type ChangeRow, type Gap, type RecordTable } from '../../src/assessments/answers/assessment.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { placesOf, printedName, printedPath } from '../../src/assessments/forms/places.js';
import { dateMeant, folded } from './cell-words.js';
import { CHANGE_COLUMNS, type ChangesMapping, type TableMapping } from './mapping.js';
import type { SheetPlaces } from './sheet-places.js';
import type { GridCell } from './xlsx-grid.js';

/** One table of 別添 記録項目: what stands below a header, one field a cell, down to the first label that ends it. */
export function tableFrom(places: SheetPlaces, { header, after, until, table, file }: TableMapping): { readonly table: RecordTable; readonly cells: readonly GridCell[]; readonly notes: readonly string[] } | undefined {
  const head = places.find(header, after);
  if (!head) return undefined;
  const end = until === undefined ? undefined : places.cells.find(({ row, text }) => row > head.row && folded(text) === folded(until));
  const cells = places.cells.filter(({ row, column }) => column === head.column && row > head.row && row < (end?.row ?? Infinity));
  const fields = cells.map(({ text }) => text.trim()).filter((text) => text !== '' && folded(text) !== folded(header));
  const different = [...new Set(fields)];
  if (different.length === 0) return undefined;
  const notes = different.length < fields.length ? [`表「${table}」に同じ記録項目が二度以上あるため、一つにしました（${fields.length - different.length}件）。`] : [];
  return { table: { table, ...(file !== undefined && { fileIndex: file }), fields: different }, cells: [head, ...cells], notes };
}

/**
 * The rows of 別添 変更箇所 below the row in which all six headers stand; the headers of later pages are passed over. A day that stands once
 * beside several rows is the day of each of them.
 */
export function changesFrom(places: SheetPlaces, { headers }: ChangesMapping, form: Form): { readonly rows: readonly ChangeRow[]; readonly gaps: readonly Gap[]; readonly cells: readonly GridCell[] } | undefined {
  const isHeader = (row: number): ReadonlyMap<string, number> | undefined => {
    const columns = new Map(CHANGE_COLUMNS.flatMap((column) => (places.rows.get(row) ?? []).filter((cell) => folded(cell.text) === folded(headers.get(column)!)).slice(0, 1).map((cell) => [column, cell.column] as const)));
    return columns.size === CHANGE_COLUMNS.length ? columns : undefined;
  };
  const rowsThere = [...places.rows.keys()];
  const headRow = rowsThere.find(isHeader);
  if (headRow === undefined) return undefined;
  const columns = isHeader(headRow)!;
  const paths = pathsOf(form);
  const rows: ChangeRow[] = [];
  const gaps: Gap[] = [];
  const cells: GridCell[] = [...places.rows.get(headRow)!];
  for (const row of rowsThere.filter((one) => one > headRow)) {
    if (isHeader(row)) {
      cells.push(...places.rows.get(row)!);
      continue;
    }
    const own = (column: string): GridCell | undefined => places.at(row, columns.get(column)!);
    const texts = Object.fromEntries(CHANGE_COLUMNS.map((column) => [column, own(column)?.text ?? '']));
    if (CHANGE_COLUMNS.every((column) => texts[column]!.trim() === '')) continue;
    cells.push(...CHANGE_COLUMNS.flatMap((column) => own(column) ?? []));
    const day = places.areaAt(row, columns.get('changedOn')!);
    const written = places.at(day.top, day.left)?.text ?? '';
    const date = dateMeant(written);
    const changedOn = date === undefined || date === '' || date === '-' ? null : date;
    const submission = SUBMISSIONS.find((one) => folded(texts['submission']!) === one) ?? null;
    const number = rows.length + 1;
    const lacking = [changedOn === null ? '変更日' : '', submission === null ? '提出時期' : ''].filter((word) => word !== '');
    if (lacking.length > 0) gaps.push({ itemId: 'changes.rows', row: number, kind: 'lost', why: `${number}行目（${places.sheet.name}の${row}行）の${lacking.join('と')}を読み取れません` });
    const itemPath = texts['itemPath']!;
    rows.push({ changedOn, itemPath, itemId: paths.get(folded(itemPath)) ?? null, before: texts['before']!, after: texts['after']!, submission, explanation: texts['explanation']! });
  }
  return { rows, gaps, cells };
}

/** Items by what a row may call them; those of repeated blocks are not told apart by that, and what two items are called names neither. */
function pathsOf(form: Form): ReadonlyMap<string, string> {
  const paths = new Map<string, string | null>();
  for (const { id, item, parents } of placesOf(form).values()) {
    if (!item || [item, ...parents].some(({ repeat }) => repeat)) continue;
    for (const path of new Set([printedPath(form, id), printedName(form, id)].map(folded))) paths.set(path, paths.has(path) ? null : id);
  }
  return new Map([...paths].flatMap(([path, id]) => (id === null ? [] : [[path, id] as const])));
}
