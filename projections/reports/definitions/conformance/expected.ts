import { RULE_FORMS } from '../../../../src/assessments/bindings/bindings.js';
import { ASSESSMENT, AssessmentDrafted } from '../../../../src/assessments/events.js';
import { DECLARATION, DeclarationProposed } from '../../../../src/declarations/events.js';
import { streamName } from '../../../../src/ledger/ids.js';
import { unacceptableAt } from '../../../../src/walks/problem.js';
import type { ReportBasis } from '../../definition.js';
import type { SimulationTerms } from './terms.js';

/** A version is asked for that had been put in force by the position. @throws Problem 422 */
export function expectVersion({ version }: { readonly version?: number }, { declarations }: ReportBasis): void {
  if (version !== undefined && !declarations.some(({ assessment }) => assessment.version === version)) throw unacceptableAt('/version', 'unknown-version', `第${version}版は、読み取る位置までに施行されていません`);
}

/** A version that had been handed in or put in force by the position, or a draft with bindings. @throws Problem 422 */
export async function expectTried({ version, draft }: SimulationTerms, { engine: { ledger }, declarations, position }: ReportBasis): Promise<void> {
  if (version !== undefined && !declarations.some(({ assessment }) => assessment.version === version)) {
    const { recorded } = await ledger.summary(streamName(DECLARATION, ledger.vault.identity.store));
    if (!recorded.some((one) => one.type === DeclarationProposed.type && one.position <= position && one.data.version === version)) throw unacceptableAt('/version', 'unknown-version', `第${version}版は、読み取る位置までに提出されていません`);
  }
  if (draft === undefined) return;
  const { recorded } = await ledger.summary(streamName(ASSESSMENT, draft));
  if (!recorded.some((one) => one.type === AssessmentDrafted.type && one.position <= position)) throw unacceptableAt('/draft', 'unknown-draft', 'この ID の評価書の案は、読み取る位置までにありません');
  const { versionOf } = await import('../../../../src/assessments/module.js');
  const { drafted, bindings } = await versionOf(ledger, draft);
  if (!bindings?.text || !RULE_FORMS.some((form) => form === drafted?.form)) throw unacceptableAt('/draft', 'without-bindings', 'この案には照合する記載がありません。照合する記載を書いてから試行してください（akashi assessment bind）');
}
