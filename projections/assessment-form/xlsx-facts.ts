import { createHash } from 'node:crypto';
import type { Assessment, ChangeRow, Gap } from '../../src/assessments/answers/assessment.js';
import { cellsOf, entriesOf } from '../../src/assessments/answers/cells.js';
import type { Form, Position } from '../../src/assessments/forms/form.js';
import { FIGURE_START } from '../../src/assessments/answers/figure.js';
import { CHANGE_COLUMNS } from './mapping.js';
import { STATES, type Address, type BookSheet, type Part, type State } from './xlsx-book.js';
import { cellName } from './xlsx-grid.js';

/**
 * What re-import needs and the form does not print stands on a sheet that Excel's menus do not show: the facts of the document, and for each
 * cell of an answer a formula that points to it. Excel itself keeps these right when rows and sheets are put in, moved, renamed or deleted; a
 * table of cell names would go wrong, and names of cells are listed to everybody who opens the name box. No answer stands there twice.
 */
export const FACTS_SHEET = '_akashi';
export const FACTS_FORMAT = 'akashi-xlsx-1';
/** The lists that cells choose from, on a sheet of the same kind: a list within the rule of a cell ends at 255 characters and at each comma. */
export const LISTS_SHEET = '_akashi_list';

/** Texts that stand in a cell of the cover, too, and follow it when it is edited. */
const COVER = { assessmentNumber: 'cover.number', title: 'cover.title', agency: 'cover.agency', publishedOn: 'cover.publicationDate' } as const;
export type CoverMember = keyof typeof COVER;

export interface Facts {
  readonly format: typeof FACTS_FORMAT;
  readonly formId: string;
  readonly editionInferred: boolean;
  readonly status: Assessment['status'];
  readonly source: string;
  /** Each as it is, or null; not given where it is what the cover says. */
  readonly cover: { readonly [member in CoverMember]?: string | null };
  /** Nothing survives but the changes. */
  readonly empty: boolean;
  readonly entries: readonly { readonly id: string; readonly at: readonly Position[]; readonly count: number | null }[];
  readonly gaps: readonly Gap[];
  readonly tables: readonly { readonly fileIndex?: number; readonly group: boolean; readonly note: boolean }[];
  readonly changes: readonly ChangeFacts[];
  /** 別添１ as data, of which the form shows the drawing. */
  readonly figures: readonly { readonly id: string; readonly at: readonly Position[]; readonly json: string }[];
}

export interface ChangeFacts {
  readonly itemId: string | null;
  readonly fileIndex?: number;
  readonly blockIndex?: number;
  readonly lost: readonly string[];
  /** Of the six cells, by which a row is known again when the rows were sorted, and of the cell 項目. */
  readonly digest: string;
  readonly path: string;
}

export function factsOf(form: Form, assessment: Assessment): Facts {
  const { answers, recordItems, changeLog, gaps, formId, editionInferred, status, source } = assessment;
  const cover = Object.fromEntries(Object.entries(COVER).flatMap(([member, id]) => (coverSays(answers[id]) === assessment[member as CoverMember] && Object.hasOwn(answers, id) ? [] : [[member, assessment[member as CoverMember]]])));
  return {
    ...{ format: FACTS_FORMAT, formId, editionInferred, status, source, cover, empty: Object.keys(answers).length === 0 },
    entries: entriesOf(form, assessment),
    gaps,
    tables: recordItems.map(({ fileIndex, group, note }) => ({ ...(fileIndex !== undefined && { fileIndex }), group: group !== undefined, note: note !== undefined })),
    figures: cellsOf(form, assessment).flatMap(({ item: { id, kind }, at, answer }) => (kind === 'figure' && typeof answer === 'string' && answer.startsWith(FIGURE_START) ? [{ id, at, json: answer }] : [])),
    changes: changeLog.map((row) => {
      const { itemId, fileIndex, blockIndex } = row;
      const texts = CHANGE_COLUMNS.map((column) => row[column] ?? '');
      return { itemId, ...(fileIndex !== undefined && { fileIndex }), ...(blockIndex !== undefined && { blockIndex }), lost: CHANGE_COLUMNS.filter((column) => row[column] === null), digest: digestOf(texts), path: digestOf([row.itemPath ?? '']) };
    }),
  };
}

/** What a member says that follows a cell of the cover. */
export function coverSays(answer: unknown): string | null {
  return typeof answer !== 'string' || answer === '' || answer === '-' ? null : answer;
}

/** The members that follow the cover, with the cell each follows. */
export function followed(facts: Facts): readonly (readonly [CoverMember, string])[] {
  return (Object.entries(COVER) as [CoverMember, string][]).filter(([member]) => !Object.hasOwn(facts.cover, member));
}

export function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

/** Whether a row of the changes is the one that stands in the facts. */
export function isRow(row: Pick<ChangeRow, (typeof CHANGE_COLUMNS)[number]>, { digest }: ChangeFacts): boolean {
  return digestOf(CHANGE_COLUMNS.map((column) => row[column] ?? '')) === digest;
}

/** One line of the sheet: the answer, its entries, its part and state, and the formula that points to its cell. */
export interface FactLine {
  readonly words: readonly [id: string, at: string, part: string, state: string];
  readonly formula: string;
}

export function linesOfFacts(sheets: readonly BookSheet[]): readonly FactLine[] {
  return sheets.flatMap(({ name, cells }) =>
    cells.flatMap(({ row, column, address }) => (address ? [{ words: [address.id, writtenAt(address.at), address.part, address.state ?? ''], formula: `'${name.replaceAll("'", "''")}'!$${cellName(row, column).replace(/(?=\d)/, '$')}` } satisfies FactLine] : [])));
}

function writtenAt(at: readonly Position[]): string {
  return at.map(({ repeat, index }) => `${repeat}:${index}`).join(' ');
}

/** The address of a line; undefined where the words are not ours. */
export function addressOf([id, at, part, state]: readonly string[]): Address | undefined {
  if (id === undefined || part === undefined || part === '') return undefined;
  const positions = (at ?? '') === '' ? [] : at!.split(' ').map((word) => ({ repeat: word.slice(0, word.lastIndexOf(':')), index: Number(word.slice(word.lastIndexOf(':') + 1)) }));
  return { id, at: positions, part: part as Part, ...(STATES.includes(state as State) && { state: state as State }) };
}
