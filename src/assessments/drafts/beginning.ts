import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { Occasion } from '../../walks/context.js';
import { type Problem, conflict, unacceptable, unacceptableAt } from '../../walks/problem.js';
import type { DraftAssessment } from '../commands.js';
import { AssessmentDrafted, AssessmentPublished, DOCUMENT_MAX, LEFT_MAX } from '../events.js';
import type { FormNumber } from '../forms/form.js';
import { lookedUp } from '../looked-up.js';
import { entryId } from './entries.js';
import type { Version } from './state.js';

/** What a draft begins with, read and checked beforehand. */
export interface Beginning {
  readonly form: FormNumber;
  /** canonical text */
  readonly document: string;
  readonly digest: string;
  readonly content: string;
  /** entries in the order of the document; `within` counts them from 0 */
  readonly entries: readonly { readonly repeat: string; readonly within?: number }[];
  readonly publishedOn: string | null;
  readonly rows: number;
  readonly bindings?: string;
  /** notes of what a move to another edition could not carry over, as JSON */
  readonly left?: string;
}

export type BeginningFacts = { readonly beginning: Beginning } | { readonly problem: Problem };

export function draftAssessment({ kind, affair, edition, number, basedOn, document: given, reason }: DraftAssessment, version: Version, { id, today, facts }: Occasion): readonly NewDomainEvent[] {
  if (version.drafted) throw conflict('already-drafted', 'この版はすでに作られています');
  const isFirst = kind === 'initial' || kind === 'taken-over';
  if (isFirst && basedOn !== undefined) throw unacceptableAt('/basedOn', 'not-based', 'この種類の版は、もとにする版を持ちません');
  if (!isFirst && kind !== 'emergency' && basedOn === undefined) throw unacceptableAt('/basedOn', 'base-required', 'もとにする、公表された版を指定してください');
  // What is changed is told by comparing with what the draft began with: a document brought along would hide its changes from everybody who judges them.
  if (basedOn !== undefined && given !== undefined) throw unacceptableAt('/document', 'not-with-base', 'もとにする版がある案は、その版の文書から始まります。文書は指定できません。変えるところは、項目ごとに書いてください');
  if (kind === 'emergency' && reason === undefined) throw unacceptable('reason-required', '緊急時の事後評価には、規則第9条第2項を適用する理由が必要です');
  const begun = lookedUp<BeginningFacts>(facts);
  if ('problem' in begun) throw begun.problem;
  const { form, document, digest, content, entries, publishedOn, rows, bindings, left } = begun.beginning;
  if (kind === 'taken-over' && publishedOn === null) throw unacceptableAt('/document', 'not-published', '公表日（publishedOn）のある、公表された評価書を指定してください');
  if (kind === 'taken-over' && publishedOn! > today) throw unacceptableAt('/document', 'in-the-future', '公表日（publishedOn）が今日より後です。公表されてから取り込んでください');
  if (document.length > DOCUMENT_MAX) throw unacceptableAt('/document', 'too-long', `評価書の文書は${DOCUMENT_MAX.toLocaleString()}字以内です`);
  if ((left?.length ?? 0) > LEFT_MAX) throw unacceptableAt('/edition', 'too-much-left', '様式の版を移すと引き継げない記載が多すぎます。もとの様式の版のまま案を作ってください');
  const drafted = event(
    AssessmentDrafted,
    {
      affair, form, edition, kind, number, ...(basedOn && { basedOn }), document: digest,
      entries: entries.map(({ repeat, within }, n) => ({ repeat, ...(within !== undefined && { within: entryId(id, within) }), entry: entryId(id, n) })),
    },
    { document, ...(bindings !== undefined && { bindings }), ...(left !== undefined && { left }) },
  );
  if (kind !== 'taken-over') return [drafted];
  return [drafted, event(AssessmentPublished, { on: publishedOn!, document: digest, content, rows }, { document })];
}
