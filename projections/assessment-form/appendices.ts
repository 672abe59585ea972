import type { Assessment, ChangeRow } from '../../src/assessments/answers/assessment.js';
import type { FormItem, FormSection } from '../../src/assessments/forms/form.js';
import { plain, printedDate } from './content.js';
import { WITHHELD, type Cell, type Row, type TableRow } from './model.js';

/** Shares of the page that the six columns of 変更箇所 take. */
const WIDTHS: Readonly<Record<string, number>> = { changedOn: 10, itemPath: 17, before: 27, after: 27, submission: 7, explanation: 12 };

/** What a row of 変更箇所 tells of the item itself. */
const TELLING = ['before', 'after'];

/** 変更箇所: six columns, one row for each change; what it tells of a withheld item is withheld with it. */
export function changesTable(item: FormItem, log: readonly ChangeRow[], isWithheld: (itemId: string | null) => boolean, shown: (cell: Cell) => Cell): TableRow {
  const textOf = (row: ChangeRow, code: string): string => {
    const value = row[code as keyof ChangeRow] as string | null;
    if (TELLING.includes(code) && value !== null && value !== '' && isWithheld(row.itemId)) return WITHHELD;
    return code === 'changedOn' ? printedDate(value) : (value ?? '');
  };
  return {
    kind: 'table',
    id: item.id,
    columns: item.columns.map(({ code, label }) => ({ code, label, width: WIDTHS[code] ?? 10 })),
    rows: log.map((row, index) => item.columns.map(({ code }) => shown({ itemId: item.id, at: [{ repeat: item.id, index: index + 1 }], column: code, content: plain(textOf(row, code)) }))),
  };
}

/** 記録項目: table by table, under their groups; of several files under the name of each. */
export function recordRows(item: FormItem, section: FormSection, { answers, recordItems }: Assessment, shown: (cell: Cell) => Cell): readonly Row[] {
  const files = (answers[section.id] as readonly Readonly<Record<string, unknown>>[] | null) ?? [];
  let before: { fileIndex?: number; group?: string } = {};
  return recordItems.flatMap(({ table, fileIndex = 1, group, fields, note }, index): Row[] => {
    const at = [{ repeat: section.id, index: fileIndex }, { repeat: item.id, index: index + 1 }];
    const name = files[fileIndex - 1]?.['file.name'];
    const heading = (text: string, level: 2 | 3 | 4): Row => ({ kind: 'heading', level, id: item.id, at, text });
    const cell = (column: string, content: Cell['content']): Row => ({ kind: 'wide', cell: shown({ itemId: item.id, at, column, content }) });
    const rows: Row[] = [
      ...(files.length > 1 && fileIndex !== before.fileIndex && typeof name === 'string' ? [heading(name, 2)] : []),
      ...(group !== undefined && (group !== before.group || fileIndex !== before.fileIndex) ? [heading(group, 3)] : []),
      ...(table === null ? [] : [heading(table, 4)]),
      cell('fields', { kind: 'fields', fields }),
      ...(note === undefined ? [] : [cell('note', plain(note))]),
    ];
    before = { fileIndex, ...(group !== undefined && { group }) };
    return rows;
  });
}
