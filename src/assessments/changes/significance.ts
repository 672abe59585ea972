import type { Submission } from '../answers/assessment.js';
import type { Change, Comparison } from './comparison.js';
import type { ChangeFinding } from './change-finding.js';
import { safeguardChanges, type Link } from './safeguards.js';

/** What a change of an item can be by 規則 and 指針: the closed list from which a named person chooses. */
export const GROUNDS = {
  significant: { label: '重要な変更に当たる', source: '規則11条、指針 6-2(2)' },
  notConsiderable: { label: 'リスクを相当程度変動させるものではないと考えられる変更', source: '指針 6-2(2)' },
  clearlyReduced: { label: 'リスクを明らかに軽減させる変更', source: '指針 6-2(2)' },
  notStarred: { label: '重要な変更の対象でない項目の変更', source: '指針 別表、規則14条' },
  formal: { label: '法令の改正に伴う形式的な変更', source: '指針 6-2(2)、規則14条' },
  emergency: { label: '緊急時の事後評価', source: '規則9条2項' },
} as const satisfies { readonly [ground: string]: { readonly label: string; readonly source: string } };

export type Ground = keyof typeof GROUNDS;

/** What somebody judged a change to be. */
export interface Judgement {
  /** `Change.key`. */
  readonly change: string;
  readonly ground: Ground;
  /** In their own words: auditors ask for it. */
  readonly reason: string;
  /** Who judged: the id of a member of staff. */
  readonly judgedBy: string;
  readonly judgedOn: string;
}

/** The judgement of each change. One that names nobody or nothing is none. */
export function judgementsBy(judgements: readonly Judgement[]): ReadonlyMap<string, Judgement> {
  return new Map(judgements.flatMap((judgement) => (judgement.judgedBy !== '' && judgement.reason.trim() !== '' ? [[judgement.change, judgement] as const] : [])));
}

/** The rows that a named person still has to judge: those of ※ items. 「※でない」 is no judgement of one. */
export function awaitingJudgement(changes: readonly Change[], judgements: readonly Judgement[]): readonly Change[] {
  const judged = judgementsBy(judgements);
  return changes.filter((change) => change.significant && (judged.get(change.key)?.ground ?? 'notStarred') === 'notStarred');
}

/**
 * - `redo`: 評価の再実施 before the change (規則11条)
 * - `redo-afterwards`: the same without delay after the emergency (規則9条2項)
 * - `amend`: 修正 → 決裁 → 提出 → 公表 (規則14条)
 * - `undecided`: rows await their judgement, and none is 重要な変更 yet
 * - `none`: nothing changed
 */
export interface ProcedureDue {
  readonly due: 'redo' | 'redo-afterwards' | 'amend' | 'undecided' | 'none';
  /** The changes by which it is due, or that are waited for. */
  readonly because: readonly Change[];
}

export function procedureDue(changes: readonly Change[], judgements: readonly Judgement[]): ProcedureDue {
  const judged = judgementsBy(judgements);
  const of = (ground: Ground): readonly Change[] => changes.filter(({ key, significant }) => significant && judged.get(key)?.ground === ground);
  if (changes.length === 0) return { due: 'none', because: [] };
  if (of('significant').length > 0) return { due: 'redo', because: of('significant') };
  if (of('emergency').length > 0) return { due: 'redo-afterwards', because: of('emergency') };
  const awaiting = awaitingJudgement(changes, judgements);
  return awaiting.length > 0 ? { due: 'undecided', because: awaiting } : { due: 'amend', because: changes };
}

/** What the judgements of a version leave open or contradict. `submissions` by the key of the change. */
export function significanceFindings(comparison: Comparison, judgements: readonly Judgement[], submissions: ReadonlyMap<string, Submission | null>, links: readonly Link[] = []): readonly ChangeFinding[] {
  const { changes } = comparison;
  const judged = judgementsBy(judgements);
  const findings: ChangeFinding[] = [];
  const unlinked = new Set(safeguardChanges(comparison, links).flatMap(({ change, removal }) => (removal === 'unlinked' ? [change.key] : [])));
  const known = new Set(changes.map(({ key }) => key));
  for (const { change } of judgements) if (!known.has(change)) findings.push({ code: 'judgement-without-change', level: 'contradiction', itemPath: '', message: `変更のないところに判断があります（${change}）` });
  for (const change of changes) {
    const judgement = judged.get(change.key);
    const find = (code: string, level: ChangeFinding['level'], message: string) => findings.push({ code, level, change: change.key, itemPath: change.itemPath, message });
    const submission = submissions.get(change.key);
    if (!change.significant) {
      if (judgement && judgement.ground === 'significant') find('significant-unstarred', 'question', '※のない項目の変更が、重要な変更とされています');
      continue;
    }
    if (!judgement) {
      if (submission === '事後') find('star-after-without-ground', 'alarm', '※の項目を事後に提出しますが、それでよい理由の判断がありません');
      else find('star-unjudged', 'missing', '※の項目の変更です。重要な変更に当たるかを判断してください');
    } else if (judgement.ground === 'notStarred') find('starred-called-other', 'contradiction', '※の項目の変更が、重要な変更の対象でない項目の変更と判断されています');
    else if (judgement.ground === 'significant' && submission === '事後') find('significant-after', 'alarm', '重要な変更とされていますが、提出・公表が変更より前でありません（規則11条）');
    else if (judgement.ground === 'emergency' && submission === '事前') find('emergency-before', 'question', '緊急時の事後評価とされていますが、提出時期は事前です');
    else if (judgement.ground === 'clearlyReduced' && unlinked.has(change.key)) find('reduced-by-removed-safeguard', 'contradiction', '措置を削っていますが、守っていた機能の廃止と結び付いていません。リスクを軽減する変更とはいえません');
  }
  return findings;
}
