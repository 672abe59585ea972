import type Database from 'better-sqlite3';
import type { ExportableName } from '../../src/outputs/lists.js';
import { NUMBER_ITEM } from '../../src/walks/terminals.js';
import type { Opener } from '../engine/open-row.js';
import type { Column, ReportRow } from '../reports/report.js';
import { isProtectedRow, numberRows, openNumber, openSubject, subjectPage, subjectRow, type SubjectRow } from '../registers/subjects/query.js';
import { openVaccination, vaccinationPage, vaccinationsOf, type VaccinationRow } from '../registers/vaccinations/query.js';
import type { ExportStart } from './start.js';

const PAGE = 500;

/** What finding and opening rows takes; none of it is looked up twice. */
export interface ExportSources extends Opener {
  readonly newlyProtected: ReadonlyMap<string, number>;
  readonly subjects: Database.Database;
  readonly vaccinations: Database.Database;
}

/** A row, still sealed: whose it is, and how it opens; undefined when it is gone meanwhile, or cannot be read. */
export interface FoundRow {
  readonly subject: string;
  readonly open: () => ReportRow | undefined;
}

/** What tells the rows apart, in front of the items. */
export const LEADING: { readonly [name in ExportableName]: readonly Column[] } = {
  subjects: [{ key: 'subject', label: '本人', kind: 'text', width: 8 }, { key: 'scope', label: '区分', kind: 'text', width: 4 }],
  vaccinations: [{ key: 'vaccination', label: '接種記録', kind: 'text', width: 8 }, { key: 'subject', label: '本人', kind: 'text', width: 8 }, { key: 'status', label: '状態', kind: 'text', width: 4 }],
};

/** Records that hold, or wait to be confirmed. */
const STANDING: ReadonlySet<string> = new Set(['entered', 'confirmed']);

/** The rows of an export one by one, in the order of their registers, with persons under 支援措置 said and not shown. */
export function* rowsOf(sources: ExportSources, asked: Pick<ExportStart, 'what' | 'file' | 'subjects' | 'items'>): Generator<FoundRow | { readonly withheld: string }> {
  const isProtected = (subject: string): boolean => {
    const row = subjectRow(sources.subjects, subject);
    return row === undefined || isProtectedRow(sources, row); // of whom nothing is known, nothing goes out
  };
  if (asked.what === 'subjects') {
    for (const row of personsIn(sources, asked)) {
      if (row.status === 'current') yield isProtectedRow(sources, row) ? { withheld: row.subject } : { subject: row.subject, open: () => openPerson(sources, row, asked) };
    }
    return;
  }
  for (const row of recordsIn(sources, asked)) {
    if (STANDING.has(row.status)) yield isProtected(row.subject) ? { withheld: row.subject } : { subject: row.subject, open: () => openRecord(sources, row, asked.items) };
  }
}

function* personsIn({ subjects: db }: ExportSources, { file, subjects }: Pick<ExportStart, 'file' | 'subjects'>): Generator<SubjectRow> {
  if (subjects.length > 0) {
    for (const subject of subjects) {
      const row = subjectRow(db, subject);
      if (row?.file === file) yield row;
    }
    return;
  }
  yield* pages((after) => subjectPage(db, file, after, PAGE));
}

function* recordsIn({ vaccinations: db }: ExportSources, { file, subjects }: Pick<ExportStart, 'file' | 'subjects'>): Generator<VaccinationRow> {
  for (const subject of subjects) yield* pages((after) => vaccinationsOf(db, subject, file, after, PAGE));
  if (subjects.length === 0) yield* pages((after) => vaccinationPage(db, file, after, PAGE));
}

function* pages<R extends { readonly key: number }>(page: (after: number) => readonly R[]): Generator<R> {
  for (let after = 0; ; ) {
    const rows = page(after);
    yield* rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.key;
  }
}

function openPerson(sources: ExportSources, row: SubjectRow, { items, file }: Pick<ExportStart, 'items' | 'file'>): ReportRow | undefined {
  const { identity, scope, subject } = openSubject(sources, row, items);
  if (identity === undefined) return undefined;
  return [subject, scope, ...items.map((item) => (item === NUMBER_ITEM ? numberOf(sources, subject, file) : cell((identity as Readonly<Record<string, unknown>>)[item])))];
}

function numberOf(sources: ExportSources, subject: string, file: string): string | null {
  const row = numberRows(sources.subjects, subject).find((one) => one.status === 'current' && one.file === file);
  return row === undefined ? null : (openNumber(sources, row).number ?? null);
}

function openRecord(sources: ExportSources, row: VaccinationRow, items: readonly string[]): ReportRow | undefined {
  const { record, vaccination, subject, status } = openVaccination(sources, row, false);
  return record && [vaccination, subject, status, ...items.map((item) => cell((record as Readonly<Record<string, unknown>>)[item]))];
}

/** A value as a cell: text as it is, what has members with these one behind the other. */
function cell(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(cell).join('、');
  if (typeof value === 'object') return Object.values(value).map(cell).join(' ');
  if (typeof value === 'boolean') return value ? '○' : '';
  return typeof value === 'number' ? String(value) : (value as string);
}
