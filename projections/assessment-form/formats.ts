import { hash } from 'node:crypto';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { evidenceParts, type EvidenceOf } from './evidence.js';
import type { DocumentMeta } from './html.js';
import { partsOf, type Withholding } from './layout.js';
import type { Part } from './model.js';

/** How the official form can be had. */
export const FORM_FORMATS = ['html', 'pdf', 'xlsx', 'docx'] as const;
export type FormFormat = (typeof FORM_FORMATS)[number];

export interface Losses {
  readonly missing: number;
  readonly variant: number;
}

export interface WrittenForm {
  readonly bytes: Uint8Array;
  readonly parts: number;
  /** what the font of the format had no shape for */
  readonly losses: Losses;
}

const NO_LOSSES: Losses = { missing: 0, variant: 0 };

interface ToWrite {
  readonly form: Form;
  readonly parts: readonly Part[];
  readonly meta: DocumentMeta & { readonly createdAt: Date };
  /** the document where the parts are all of it: a workbook of that can be read back */
  readonly whole?: Assessment;
}

interface FormatOf {
  readonly contentType: string;
  /** loaded when it is asked for */
  readonly write: (what: ToWrite) => Promise<{ readonly bytes: Uint8Array; readonly losses?: Losses }>;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';

const FORMATS: { readonly [format in FormFormat]: FormatOf } = {
  html: { contentType: 'text/html; charset=utf-8', write: async ({ parts, meta }) => ({ bytes: Buffer.from((await import('./html.js')).writeHtml(parts, meta)) }) },
  pdf: { contentType: 'application/pdf', write: async ({ parts, meta }) => (await import('./pdf.js')).writePdf(parts, meta) },
  xlsx: { contentType: `${OFFICE}.spreadsheetml.sheet`, write: async ({ form, parts, meta, whole }) => ({ bytes: await (await import('./xlsx.js')).writeXlsx(form, parts, meta, whole) }) },
  docx: { contentType: `${OFFICE}.wordprocessingml.document`, write: async ({ parts, meta }) => ({ bytes: await (await import('./docx.js')).writeDocx(parts, meta) }) },
};

export function contentTypeOf(format: FormFormat): string {
  return FORMATS[format].contentType;
}

/** SHA-256 of a document's JSON. */
export function digestOf(assessment: Assessment): string {
  return hash('sha256', writeAssessment(assessment));
}

export interface FormRequest {
  readonly form: Form;
  readonly assessment: Assessment;
  readonly format: FormFormat;
  readonly withhold?: readonly Withholding[];
  /** it was submitted in a rehearsal only: what 根拠資料 says, and the form does not */
  readonly simulated?: boolean;
  /** of the ledger that the document was drawn from */
  readonly position?: number;
  /** しきい値判断 that it rests on: in 根拠資料 */
  readonly threshold?: EvidenceOf['threshold'];
}

/** The official form of a document. It is dated by the document, so that it comes out the same on any day. */
export async function writeForm({ form, assessment, format, withhold = [], position }: FormRequest): Promise<WrittenForm> {
  const parts = partsOf(form, assessment, withhold);
  // What is withheld could be guessed and tried against a digest of the whole.
  const meta = { ...about(form, assessment), ...(withhold.length === 0 && { digest: digestOf(assessment) }), ...(position !== undefined && { position }) };
  const { bytes, losses = NO_LOSSES } = await FORMATS[format].write({ form, parts, meta, ...(withhold.length === 0 && { whole: assessment }) });
  return { bytes, parts: parts.length, losses };
}

/** 根拠資料: what stands nowhere in the form, */
export async function writeEvidence({ form, assessment, format, withhold = [], simulated = false, position, threshold }: FormRequest, losses?: Losses): Promise<WrittenForm> {
  const digest = digestOf(assessment);
  const parts = evidenceParts(form, assessment, { digest, withhold, simulated, ...(losses && { losses }), ...(position !== undefined && { position }), ...(threshold && { threshold }) });
  const { title, createdAt } = about(form, assessment);
  const { bytes } = await FORMATS[format].write({ form, parts, meta: { title: `根拠資料　${title}`, createdAt, digest, ...(position !== undefined && { position }) } });
  return { bytes, parts: parts.length, losses: NO_LOSSES };
}

function about(form: Form, assessment: Assessment): { readonly title: string; readonly createdAt: Date } {
  return { title: assessment.title ?? form.title, createdAt: new Date(`${assessment.publishedOn ?? '1980-01-01'}T00:00:00Z`) };
}
