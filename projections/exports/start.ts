import type { ExportableName } from '../../src/outputs/lists.js';
import type { VaultOptions } from '../../src/vault/opening.js';
import type { ReportStart } from '../reports/worker-protocol.js';

/** What the thread of an export is given at its start. Nothing of it is written anywhere. */
export interface ExportStart extends Pick<ReportStart, 'format' | 'head' | 'files'> {
  readonly what: ExportableName;
  readonly file: string;
  /** the columns, behind those that tell the rows apart */
  readonly items: readonly string[];
  /** whom it is of; everybody in the file when nobody is named */
  readonly subjects: readonly string[];
  readonly maxRows: number;
  readonly vault: VaultOptions;
  /** persons put under 支援措置 so lately that the register may not show it, by the revision that did it */
  readonly newlyProtected: readonly (readonly [subject: string, revision: number])[];
  readonly passphrase: string;
}
