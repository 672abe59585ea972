import { readFileSync, statSync } from 'node:fs';
import { readMapping } from '../../projections/assessment-form/mapping.js';
import { readMapped, type NotFound } from '../../projections/assessment-form/read-mapped.js';
import { readFormXlsx, type CellProblem } from '../../projections/assessment-form/read-xlsx.js';
import { readSheets } from '../../projections/assessment-form/xlsx-grid.js';
import { WorkbookError } from '../../projections/assessment-form/xlsx-parts.js';
import type { Assessment } from '../assessments/answers/assessment.js';
import { writeAssessment } from '../assessments/answers/write-assessment.js';
import { UsageError } from '../settings.js';
import { requireFile } from './places.js';
import { writeWhole } from './whole-file.js';

const MOST_BYTES = 16 * 2 ** 20;
const MOST_MAPPING_BYTES = 2 ** 20;
const MOST_LINES = 40;

export interface ImportOptions {
  readonly mapping?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** What was taken from a workbook, without its answers. */
export interface ImportedBook {
  readonly edition: string;
  readonly title: string | null;
  readonly changes: number;
  /** What has to be filled in by hand: items of a foreign layout that were not read. */
  readonly notFound: readonly NotFound[];
  readonly leftOver: readonly { readonly cell: string; readonly characters: number }[];
  readonly notes: readonly string[];
}

/** Reads a workbook as an assessment — our own export, or through a mapping that of somebody else — and writes it as JSON. @throws Error, UsageError */
export async function importBook(file: string, { mapping, out, force }: ImportOptions): Promise<ImportedBook> {
  const { assessment, ...told } = mapping === undefined ? ownBook(file) : mappedBook(file, mapping);
  if (out !== undefined) {
    await writeWhole({ out, force: force ?? false, cutOff: '書き終わりませんでした。もう一度実行してください。', interrupted: '中断しました。' }, async (write) => write(Buffer.from(writeAssessment(assessment))));
  }
  return { edition: assessment.formId, title: assessment.title, changes: assessment.changeLog.length, ...told };
}

type Taken = Pick<ImportedBook, 'notFound' | 'leftOver' | 'notes'> & { readonly assessment: Assessment };

function ownBook(file: string): Taken {
  const reading = told(file, () => readFormXlsx(readSheets(bytesOf(file, MOST_BYTES))));
  if (!reading.ok) throw new Error(listed(`${file} を評価書として取り込めません。次を直してからもう一度実行してください。`, reading.problems.map(({ place, message }: CellProblem) => `${place}: ${message}`)));
  return { assessment: reading.assessment, notes: reading.notes, notFound: [], leftOver: [] };
}

function mappedBook(file: string, mappingFile: string): Taken {
  const mapping = readMapping(bytesOf(mappingFile, MOST_MAPPING_BYTES).toString('utf8'));
  if (!mapping.ok) throw new UsageError(listed(`${mappingFile} を対応表として読めません。`, mapping.faults.map(({ path, cause }) => `${path || '/'}: ${cause}`)));
  return told(file, () => readMapped(readSheets(bytesOf(file, MOST_BYTES)), mapping.value));
}

function bytesOf(file: string, most: number): Buffer {
  requireFile(file, '取り込むファイル');
  if (statSync(file).size > most) throw new Error(`${file} は大きすぎます（${most / 2 ** 20} MB まで）。`);
  return readFileSync(file);
}

/** What is wrong with a workbook, with its name. */
function told<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof WorkbookError ? new Error(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

function listed(heading: string, lines: readonly string[]): string {
  return [heading, ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...(lines.length > MOST_LINES ? [`  ほか ${lines.length - MOST_LINES} 件`] : [])].join('\n');
}

export function describeImported({ edition, changes, notFound, leftOver, notes }: ImportedBook, { mapping, out }: ImportOptions): string {
  return [
    `${edition} の評価書として読みました（変更箇所 ${changes} 行）。${out === undefined ? '書き出すには --out を付けてください。' : `${out} に書きました。`}`,
    ...(notes.length > 0 ? [listed(`注記: ${notes.length} 件`, notes)] : []),
    ...(mapping === undefined ? [] : [
      listed(`見付からず、人が記入するところ: ${notFound.length} 件`, notFound.map(({ name, why }) => `${name}: ${why}`)),
      listed(`どの項目にも取り込まなかったセル: ${leftOver.length} 個`, leftOver.map(({ cell, characters }) => `${cell}（${characters} 文字）`)),
    ]),
  ].join('\n');
}
