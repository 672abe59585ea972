import type { RecordTable } from '../answers/assessment.js';
import { fold } from '../check/text.js';
import { printedTable } from './printed.js';
import type { Match } from './entries.js';
import { likeness } from './text-blocks.js';

/** The tables of 別添 特定個人情報ファイル記録項目 of two versions: by name, then by what they hold. `fileOf` gives the file in the later version. */
export function matchTables(before: readonly RecordTable[], after: readonly RecordTable[], fileOf: (index: number) => number | undefined): readonly Match[] {
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  const pair = (isSame: (old: RecordTable, young: RecordTable) => boolean): void => {
    after.forEach((young, at) => {
      if (pairs.has(at)) return;
      const from = before.findIndex((old, index) => !taken.has(index) && fileOf(old.fileIndex ?? 1) === (young.fileIndex ?? 1) && isSame(old, young));
      if (from < 0) return;
      pairs.set(at, from);
      taken.add(from);
    });
  };
  pair((old, young) => JSON.stringify({ ...old, fileIndex: 0 }) === JSON.stringify({ ...young, fileIndex: 0 }));
  pair((old, young) => old.table === young.table && old.group === young.group);
  pair((old, young) => fold(old.table ?? '') === fold(young.table ?? ''));
  pair((old, young) => likeness(old.fields.join('、'), young.fields.join('、')) >= 500);
  return [...after.map((_, at): Match => (pairs.has(at) ? { before: pairs.get(at)!, after: at } : { after: at })), ...before.flatMap((_, at): readonly Match[] => (taken.has(at) ? [] : [{ before: at }]))];
}

/** Both tables with only the fields that differ; whole where only their order does. */
export function differingFields(before: RecordTable, after: RecordTable, omission: string): { readonly before: string; readonly after: string } {
  const [gone, fresh] = [without(before.fields, after.fields), without(after.fields, before.fields)];
  if (gone.length === 0 && fresh.length === 0 && before.fields.join('\n') !== after.fields.join('\n')) return { before: printedTable(before), after: printedTable(after) };
  const short = (table: RecordTable, fields: readonly string[]): string => {
    const { note, ...rest } = table;
    const own = fields.length === 0 ? [omission] : fields.length === table.fields.length ? fields : [...fields, omission];
    return printedTable({ ...rest, fields: own, ...(note !== undefined && before.note !== after.note && { note }) });
  };
  return { before: short(before, gone), after: short(after, fresh) };
}

/** The fields that the other table has not, each as often as it is missing. */
function without(fields: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return fields.filter((field) => {
    const at = left.indexOf(field);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
