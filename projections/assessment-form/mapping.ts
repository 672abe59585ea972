import { formOf } from '../../src/assessments/forms/editions.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { readMembers, type Members, type Reading } from '../../src/assessments/forms/members.js';
import { isAnswered, itemOf, placeOf } from '../../src/assessments/forms/places.js';
import { placeOfCell } from './xlsx-grid.js';

/**
 * Where the answers stand in a workbook that is not our own: the Commission's Excel form, whose layout differs between editions and agencies.
 * A place is a cell by its name, or the cell beside a label; `{n}` in a sheet, a label or `after` is the number of the block, `{file}` that of
 * the file (any repeat by its id).
 */
export interface Mapping {
  readonly form: Form;
  readonly source: string;
  readonly items: ReadonlyMap<string, Locator>;
  readonly repeats: ReadonlyMap<string, RepeatMapping>;
  readonly recordItems: readonly TableMapping[];
  readonly changeLog?: ChangesMapping;
  /** Texts that are printed in that workbook and answer nothing. */
  readonly ignore: readonly string[];
}

export interface Locator {
  readonly sheet: string;
  readonly cell?: string;
  readonly label?: string;
  /** Labels that come before, each found after the one ahead of it: where a label stands several times. */
  readonly after: readonly string[];
  /** Cells from the label or cell, a merged area counting as one. */
  readonly right: number;
  readonly down: number;
  /** Rows that a text goes on over, or the area in which boxes stand. */
  readonly rows: number;
  readonly columns: number;
  /** Boxes: ［○］ before each label, or a mark alone in the cell on one side of it. */
  readonly mark: (typeof MARKS)[number];
}

export interface RepeatMapping {
  /** How many blocks there is room for. */
  readonly most: number;
  /** Rows (columns, to the right) from one block to the next; 0 where labels tell them apart. */
  readonly stride: number;
  readonly direction: (typeof DIRECTIONS)[number];
}

export interface TableMapping {
  readonly sheet: string;
  readonly header: string;
  readonly after: readonly string[];
  /** A label below which the table no longer goes on. */
  readonly until?: string;
  readonly table: string;
  readonly file?: number;
}

export interface ChangesMapping {
  readonly sheet: string;
  /** Headers by column of 別添 変更箇所. */
  readonly headers: ReadonlyMap<string, string>;
}

export const MAPPING_FORMAT = 'akashi-xlsx-mapping-1';
const MARKS = ['brackets', 'left', 'right'] as const;
const DIRECTIONS = ['down', 'right'] as const;
export const CHANGE_COLUMNS = ['changedOn', 'itemPath', 'before', 'after', 'submission', 'explanation'] as const;
/** No form has more blocks of a kind than this, and every one is looked for. */
const MOST_BLOCKS = 200;
const FARTHEST = 1_000;

/** Reads a mapping file (JSON, `akashi-xlsx-mapping-1`). All faults at once. */
export function readMapping(text: string): Reading<Mapping> {
  return readMembers(text, (members) => {
    members.one('format', [MAPPING_FORMAT]);
    const form = formOf(members.text('formId'));
    if (!form) members.fault('formId', '知らない様式の版です（akashi assessment forms で確かめられます）');
    return {
      form: form!,
      source: members.text('source'),
      items: byId(members.list('items'), 'item', locator, (id) => { const item = form && itemOf(form, id); return !form || (item !== undefined && isAnswered(item)); }),
      repeats: byId(members.list('repeats'), 'repeat', repeat, (id) => !form || placeOf(form, id)?.repeat !== undefined),
      recordItems: members.list('recordItems').map(table),
      ...(members.has('changeLog') && { changeLog: changes(members.member('changeLog')) }),
      ignore: members.texts('ignore'),
    };
  });
}

function byId<T>(list: readonly Members[], member: string, read: (members: Members) => T, isThere: (id: string) => boolean): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const members of list) {
    const id = members.text(member);
    if (!isThere(id)) members.fault(member, 'この版の様式にない項目か、回答欄のない項目です');
    if (map.has(id)) members.fault(member, '同じ項目が二度書かれています');
    map.set(id, read(members));
    members.done();
  }
  return map;
}

function locator(members: Members): Locator {
  const cell = members.optional('cell');
  const label = members.optional('label');
  if ((cell === undefined) === (label === undefined)) members.fault('cell', '「cell」か「label」のどちらか一つを書いてください');
  if (cell !== undefined && !placeOfCell(cell)) members.fault('cell', 'セルの番地（例 C5）で書いてください');
  return {
    sheet: members.text('sheet'),
    ...(cell !== undefined && { cell }),
    ...(label !== undefined && { label }),
    after: members.texts('after'),
    right: steps(members, 'right', 0),
    down: steps(members, 'down', 0),
    rows: steps(members, 'rows', 1),
    columns: steps(members, 'columns', 1),
    mark: members.has('mark') ? members.one('mark', MARKS) : 'brackets',
  };
}

function repeat(members: Members): RepeatMapping {
  const most = steps(members, 'most', 1);
  if (most > MOST_BLOCKS) members.fault('most', `${MOST_BLOCKS}までです`);
  return { most, stride: steps(members, 'stride', 0), direction: members.has('direction') ? members.one('direction', DIRECTIONS) : 'down' };
}

function steps(members: Members, name: string, otherwise: number): number {
  const value = members.integer(name) ?? otherwise;
  if (value > FARTHEST) members.fault(name, `${FARTHEST}までです`);
  return value;
}

function table(members: Members): TableMapping {
  const until = members.optional('until');
  const file = members.integer('file');
  const mapping = { sheet: members.text('sheet'), header: members.text('header'), after: members.texts('after'), table: members.text('table'), ...(until !== undefined && { until }), ...(file !== undefined && { file }) };
  members.done();
  return mapping;
}

function changes(members: Members): ChangesMapping {
  const headers = members.member('headers');
  const mapping = { sheet: members.text('sheet'), headers: new Map(CHANGE_COLUMNS.map((column) => [column, headers.text(column)])) };
  headers.done();
  members.done();
  return mapping;
}
