import { parentPort, workerData } from 'node:worker_threads';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { formOf } from '../../src/assessments/forms/editions.js';
import { writeEvidence, writeForm, type FormFormat, type FormRequest } from './formats.js';
import type { Withholding } from './layout.js';

/** What a thread that prints one document is given. */
export interface FormStart {
  readonly assessment: Assessment;
  readonly format: FormFormat;
  readonly evidence: boolean;
  readonly withhold: readonly Withholding[];
  readonly simulated: boolean;
  readonly position: number;
  readonly threshold?: FormRequest['threshold'];
}

/** Writes one document, answers with its bytes, and ends. */
const { assessment, format, evidence, withhold, simulated, position, threshold } = workerData as FormStart;
const request: FormRequest = { form: formOf(assessment.formId)!, assessment, format, withhold, simulated, position, ...(threshold && { threshold }) };
const { bytes } = await (evidence ? writeEvidence(request) : writeForm(request));
parentPort!.postMessage(bytes);
