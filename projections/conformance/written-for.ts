import type { Assessment } from '../../src/assessments/answers/assessment.js';
import type { Declaration } from '../../src/handling/declaration.js';

/** The document of which a version of the written items is the machine-checkable part. The ledger holds the written items alone as yet, so there is none: they are compared without it. */
export function writtenFor(_declaration: Declaration): Assessment | undefined {
  return undefined;
}
