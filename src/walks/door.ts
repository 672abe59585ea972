import type { About } from '../handling/block.js';
import { REASONS, demandOf, missingFor, type AskedLook, type EmergencyReason, type ReasonCode } from '../handling/door.js';
import type { Engine } from './engine.js';
import type { Principal } from './principal.js';
import { Problem } from './problem.js';
import type { Look } from './read-walk.js';
import { NUMBER_ITEM } from './terminals.js';

/** The case at the counter that a session works on: chosen once, and told with every handling until it is changed, cleared, or the session locks. */
export interface CounterCase {
  /** 受付番号 */
  readonly caseRef?: string;
  readonly reasonCode?: ReasonCode;
}

/** A 緊急時閲覧 that a session is in. */
export interface EmergencyAccess {
  readonly id: string;
  readonly file: string;
  readonly reasonCode: EmergencyReason;
  /** whether a 個人番号 may be shown, too */
  readonly number: boolean;
}

/** What a 緊急時閲覧 stands in for: looking at persons and their records as they are now, and nothing that changes, lists a whole register, or looks back. */
export const WAIVED: ReadonlySet<string> = new Set(['subject:search', 'subject:open', 'vaccination:list', 'vaccination:open', 'number:search', 'number:show']);

/** The 緊急時閲覧 that a look falls under, if any; one with a 個人番号 only where the policy said so. The written items, the terminals and 支援措置 hold in it as always. */
export function emergencyFor({ emergency, channel }: Principal, { file, staffOnly, ownRecords, items }: Look): EmergencyAccess | undefined {
  if (emergency?.file !== file || channel !== 'staff' || staffOnly || ownRecords) return undefined;
  return emergency.number || !items.includes(NUMBER_ITEM) ? emergency : undefined;
}

/** The rights that are still needed in a 緊急時閲覧. */
export function rightsBeside(rights: readonly string[]): readonly string[] {
  return rights.filter((right) => !WAIVED.has(right));
}

/** With the case of the session, where a request names none of its own. */
export function withCase(about: About, { counter }: Principal): About {
  return about.caseRef === undefined && counter?.caseRef !== undefined ? { ...about, caseRef: counter.caseRef } : about;
}

const ASKED_FOR = { case: '受付番号', reason: '理由', 'case-or-reason': '受付番号又は理由' } as const;

/**
 * Whether whoever looks has said why, where the file asks for it: by its written items, or else by the policy. @throws Problem 422
 * `case-required`: nothing has been opened, and nothing refused
 */
export function expectCase({ guard, door }: Pick<Engine, 'guard' | 'door'>, what: Pick<Look, 'file' | 'extent' | 'items'>, at: string, caseRef: string | undefined, reasonCode: ReasonCode | undefined): void {
  const look = askedLookOf(what);
  if (look === undefined) return;
  const rules = door();
  const written = guard.inForce(at)?.files.find(({ code }) => code === what.file)?.door?.[look];
  const missing = missingFor(written ?? demandOf(rules, what.file, look), { case: caseRef !== undefined, reason: reasonCode !== undefined && rules.reasons.includes(reasonCode) });
  if (missing === undefined) return;
  throw new Problem(422, 'case-required', `${ASKED_FOR[missing]}が必要です`, {
    detail: `何も表示していません。窓口の案件ごとに一度、${ASKED_FOR[missing]}を選び（POST /session/case）、もう一度実行してください。一件だけのときはヘッダー（Akashi-Case-Ref、Akashi-Reason-Code）で指定できます`,
    missing,
    ...(missing !== 'case' && { reasons: rules.reasons.map((code) => ({ code, label: REASONS[code] })) }),
  });
}

function askedLookOf({ extent, items }: Pick<Look, 'extent' | 'items'>): AskedLook | undefined {
  if (extent === 'opened' || extent === 'numberShown') return extent;
  return extent === 'listed' && items.includes(NUMBER_ITEM) ? 'numberSearch' : undefined;
}
