import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { DocumentMeta } from '../../projections/assessment-form/html.js';
import { evidenceParts } from '../../projections/assessment-form/evidence.js';
import { partsOf, type Withholding } from '../../projections/assessment-form/layout.js';
import type { Part } from '../../projections/assessment-form/model.js';
import { readWithholding } from '../../projections/assessment-form/withholding.js';
import type { Assessment } from '../assessments/answers/assessment.js';
import { writeAssessment } from '../assessments/answers/write-assessment.js';
import type { Form } from '../assessments/forms/form.js';
import { formOf } from '../assessments/forms/editions.js';
import { UsageError } from '../settings.js';
import { readDocument } from './assessment.js';
import type { PrintFormat } from './verbs/assessment.js';
import { requireFree, writeWhole } from './whole-file.js';

interface Printed {
  readonly bytes: Uint8Array;
  /** What the font of the format had no shape for. */
  readonly losses?: { readonly missing: number; readonly variant: number };
}

/** The form that the parts are of, and the document where they are all of it: a workbook of that can be read back. */
interface Source {
  readonly form: Form;
  readonly whole?: Assessment;
}

/** Each format draws the same parts. The date is that of the document, so that it comes out the same on any day. */
const WRITERS: { readonly [format in PrintFormat]: (parts: readonly Part[], meta: DocumentMeta & { readonly createdAt: Date }, source: Source) => Promise<Printed> } = {
  html: async (parts, meta) => ({ bytes: Buffer.from((await import('../../projections/assessment-form/html.js')).writeHtml(parts, meta)) }),
  pdf: async (parts, meta) => (await import('../../projections/assessment-form/pdf.js')).writePdf(parts, meta),
  xlsx: async (parts, meta, { form, whole }) => ({ bytes: await (await import('../../projections/assessment-form/xlsx.js')).writeXlsx(form, parts, meta, whole) }),
  docx: async (parts, meta) => ({ bytes: await (await import('../../projections/assessment-form/docx.js')).writeDocx(parts, meta) }),
};

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
  const writer = WRITERS[format];
  if (evidence === out) throw new UsageError('--out と --evidence には別のファイルを指定してください。');
  for (const path of [out, ...(evidence === undefined ? [] : [evidence])]) requireFree({ out: path, force });
  const assessment = readDocument(file);
  const form = formOf(assessment.formId)!;
  const withhold = rules === undefined ? [] : withholdingIn(rules, form);
  const digest = createHash('sha256').update(writeAssessment(assessment)).digest('hex');
  const title = assessment.title ?? form.title;
  const createdAt = new Date(`${assessment.publishedOn ?? '1980-01-01'}T00:00:00Z`);
  const parts = partsOf(form, assessment, withhold);
  // What is withheld could be guessed and tried against a digest of the whole.
  const { bytes, losses = { missing: 0, variant: 0 } } = await writer(parts, { title, createdAt, ...(withhold.length === 0 && { digest }) }, { form, ...(withhold.length === 0 && { whole: assessment }) });
  await save(out, bytes, force);
  if (evidence !== undefined) {
    const sheet = await writer(evidenceParts(form, assessment, { digest, withhold, losses }), { title: `根拠資料　${title}`, createdAt, digest }, { form });
    await save(evidence, sheet.bytes, force);
  }
  return { file: out, format, edition: form.formId, parts: parts.length, bytes: bytes.length, withheld: withhold.length, losses, evidence: evidence ?? null };
}

function withholdingIn(file: string, form: Form): readonly Withholding[] {
  const reading = readWithholding(readFileSync(file, 'utf8'), form);
  if (reading.ok) return reading.withhold;
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
