import { event, type NewDomainEvent } from '../ledger/event-type.js';
import type { Occasion } from '../walks/context.js';
import { conflict, unacceptable } from '../walks/problem.js';
import type * as c from './commands.js';
import { draftAssessment } from './drafts/beginning.js';
import { evolveVersion, noVersion, type Version } from './drafts/state.js';
import { withholdItems } from './drafts/withholding.js';
import { addComment, addEntry, amendItem, deferItem, dropSetAside, judgeSignificance, moveEntry, removeEntry, resolveComment, takeSetAside } from './drafts/writing.js';
import { BindingsAmended } from './events.js';
import { abandonDraft, decideAssessment, inviteOpinions, judgeThreshold, publishAssessment, reflectOpinions, reviewAssessment, submitAssessment, takeYearlyLook, withdrawDecision } from './procedure/deciding.js';
import { lookedUp } from './looked-up.js';
import type { Rule } from '../handling/rules.js';

export const initialState = (): Version => noVersion;
export const evolve = evolveVersion;

export function decide({ type, data }: { readonly type: string; readonly data: object }, version: Version, occasion: Occasion): readonly NewDomainEvent[] {
  switch (type) {
    case 'DraftAssessment':
      return draftAssessment(data as c.DraftAssessment, version, occasion);
    case 'AmendItem':
      return amendItem(data as c.AmendItem, version);
    case 'DeferItem':
      return deferItem(data as c.DeferItem, version);
    case 'TakeSetAside':
      return takeSetAside(data as c.TakeSetAside, version);
    case 'DropSetAside':
      return dropSetAside(data as c.DropSetAside, version);
    case 'AddEntry':
      return addEntry(data as c.AddEntry, version, occasion);
    case 'RemoveEntry':
      return removeEntry(data as c.RemoveEntry, version);
    case 'MoveEntry':
      return moveEntry(data as c.MoveEntry, version);
    case 'AmendBindings':
      return amendBindings(data as c.AmendBindings, version, occasion);
    case 'AddComment':
      return addComment(data as c.AddComment, version);
    case 'ResolveComment':
      return resolveComment(data as c.ResolveComment, version);
    case 'JudgeSignificance':
      return judgeSignificance(data as c.JudgeSignificance, version, occasion);
    case 'JudgeThreshold':
      return judgeThreshold(data as c.JudgeThreshold, version, occasion);
    case 'InviteOpinions':
      return inviteOpinions(data as c.InviteOpinions, version, occasion);
    case 'ReflectOpinions':
      return reflectOpinions(data as c.ReflectOpinions, version, occasion);
    case 'ReviewAssessment':
      return reviewAssessment(data as c.ReviewAssessment, version, occasion);
    case 'DecideAssessment':
      return decideAssessment(data as c.DecideAssessment, version, occasion);
    case 'WithdrawDecision':
      return withdrawDecision(data, version);
    case 'SubmitAssessment':
      return submitAssessment(data as c.SubmitAssessment, version, occasion);
    case 'PublishAssessment':
      return publishAssessment(data as c.PublishAssessment, version, occasion);
    case 'WithholdItems':
      return withholdItems(data as c.WithholdItems, version, occasion);
    case 'TakeYearlyLook':
      return takeYearlyLook(data as c.TakeYearlyLook, version, occasion);
    case 'AbandonDraft':
      return abandonDraft(data, version);
    default:
      throw new Error(`assessments do not decide ${type}`);
  }
}

/** Bindings that have been read: which rules they have, in which files. */
export interface BindingFacts {
  readonly rules: readonly Rule[];
  /** what is wrong with them, each with its place */
  readonly faults: readonly { readonly path: string; readonly message: string }[];
}

/** What the engine checks is no part of the printed form: it may be mended after publication, and holds once the version is put in force anew. */
function amendBindings({ revision, bindings, reason }: c.AmendBindings, version: Version, { facts }: Occasion): readonly NewDomainEvent[] {
  if (!version.drafted || version.abandoned) throw conflict('not-drafted', 'この版はまだ作られていないか、取りやめられています');
  if (version.steps.decision && !version.published) throw conflict('decided', '決裁された版は、公表されるまで変えられません');
  const now = version.bindings?.revision ?? 0;
  if (revision !== now) throw conflict('item-changed', 'ほかの人が照合する記載を先に書き換えています。読み直してください');
  const { rules, faults } = lookedUp<BindingFacts>(facts);
  if (faults.length > 0) throw unacceptable('invalid-bindings', '照合する記載に誤りがあります', faults.slice(0, 50).map(({ path, message }) => ({ path, code: 'bindings', message })));
  return [event(BindingsAmended, { revision: now + 1, rules }, { bindings, ...(reason !== undefined && { reason }) })];
}
