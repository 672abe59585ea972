import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { writeEvidence, writeForm } from '../../projections/assessment-form/formats.js';
import type { Withholding } from '../../projections/assessment-form/layout.js';
import { readWithholding } from '../../projections/assessment-form/withholding.js';
import type { Form } from '../assessments/forms/form.js';
import { formOf } from '../assessments/forms/editions.js';
import { UsageError } from '../settings.js';
import { readDocument } from './assessment.js';
import type { PrintFormat } from './verbs/print-formats.js';
import { requireFree, writeWhole } from './whole-file.js';

export interface PrintRequest {
  readonly format: PrintFormat;
  readonly out?: string;
  readonly withhold?: string;
  readonly evidence?: string;
  readonly force?: boolean;
}

export interface PrintedFile {
  readonly file: string;
  readonly format: string;
  readonly edition: string;
  readonly parts: number;
  readonly bytes: number;
  readonly withheld: number;
  readonly losses: { readonly missing: number; readonly variant: number };
  readonly evidence: string | null;
}

/** Writes a document as its official form; with it, if it is asked for, the 根拠資料. @throws Error, UsageError */
export async function printFile(file: string, { format, out = `${basename(file).replace(/\.json$/i, '')}.${format}`, withhold: rules, evidence, force = false }: PrintRequest): Promise<PrintedFile> {
  if (evidence === out) throw new UsageError('--out と --evidence には別のファイルを指定してください。');
  for (const path of [out, ...(evidence === undefined ? [] : [evidence])]) requireFree({ out: path, force });
  const assessment = readDocument(file);
  const form = formOf(assessment.formId)!;
  const withhold = rules === undefined ? [] : withholdingIn(rules, form);
  const { bytes, parts, losses } = await writeForm({ form, assessment, format, withhold });
  await save(out, bytes, force);
  if (evidence !== undefined) {
    const sheet = await writeEvidence({ form, assessment, withhold, format }, losses);
    await save(evidence, sheet.bytes, force);
  }
  return { file: out, format, edition: form.formId, parts, bytes: bytes.length, withheld: withhold.length, losses, evidence: evidence ?? null };
}

function withholdingIn(file: string, form: Form): readonly Withholding[] {
  const reading = readWithholding(readFileSync(file, 'utf8'), form);
  if (reading.ok) return reading.value;
  throw new Error([`${file} を、公表しない記載の一覧として読めません。`, ...reading.faults.map(({ path, cause }) => `  ${path || '/'}: ${cause}`)].join('\n'));
}

const save = (out: string, bytes: Uint8Array, force: boolean): Promise<void> =>
  writeWhole({ out, force, cutOff: '書き終わりませんでした。もう一度実行してください。', interrupted: '中断しました。' }, async (write) => write(bytes));

export function describePrinted({ file, losses: { missing, variant }, withheld, evidence }: PrintedFile): string {
  return [
    `${file} に書きました。`,
    ...(withheld > 0 ? [`公表しない記載の指定: ${withheld} 件`] : []),
    ...(missing > 0 ? [`書体にない文字が ${missing} か所あり、〓で示しています。もとの文字は検索で見つかります。`] : []),
    ...(variant > 0 ? [`異体字の指定がある文字 ${variant} か所を、標準の字形で示しています。`] : []),
    ...(evidence === null ? [] : [`根拠資料を ${evidence} に書きました。`]),
  ].join('\n');
}
