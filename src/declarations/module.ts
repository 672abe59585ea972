import { readDeclaration } from '../handling/declaration-file.js';
import type { Mode } from '../handling/declaration.js';
import type { Guard } from '../handling/guard.js';
import type { EventOf } from '../ledger/event-type.js';
import { command, context, type Context } from '../walks/context.js';
import type { Engine, FollowedEvent } from '../walks/engine.js';
import type { Follower } from '../walks/followers.js';
import { OFFICES } from '../walks/terminals.js';
import { ConfirmModeChange, ProposeDeclaration, ProposeModeChange, PutAssessmentInForce, PutDeclarationInForce, PutProvisionalInForce } from './commands.js';
import { decide, evolve, initialState, type DeclarationState } from './decider.js';
import { AssessmentPutInForce, DECLARATION, DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged, ProvisionalPutInForce, declarationEvents } from './events.js';
import type { AssessmentFacts } from './facts.js';

export const declarationsWith = ({ published }: AssessmentFacts): Context<DeclarationState> => context<DeclarationState>({
  category: DECLARATION,
  label: '評価書の記載事項',
  events: declarationEvents,
  decider: { initialState, evolve, decide },
  singleton: true,
  commands: [
    command(ProposeDeclaration, 'POST /declarations/proposals', { summary: '記載事項の版を提出する', right: 'declaration:propose', terminals: OFFICES }),
    command(PutDeclarationInForce, 'POST /declarations/in-force', { summary: '提出された版を施行する（提出者以外）', right: 'declaration:put-in-force', terminals: OFFICES }),
    command(PutAssessmentInForce, 'POST /declarations/in-force/assessments', { summary: '公表された評価書の版を施行する（照合する記載を書いた人以外）', right: 'declaration:put-in-force', terminals: OFFICES, facts: async ({ assessment }: PutAssessmentInForce) => published(assessment) }),
    command(PutProvisionalInForce, 'POST /declarations/in-force/provisional', { summary: '緊急時に、暫定の記載事項を施行する（規則第9条第2項）', right: 'declaration:put-in-force', terminals: OFFICES }),
    command(ProposeModeChange, 'POST /declarations/mode-changes', { summary: '照合の方式の変更案を出す', right: 'declaration:propose', terminals: OFFICES }),
    command(ConfirmModeChange, 'POST /declarations/mode-changes/confirmations', { summary: '照合の方式の変更を承認する（提案者以外）', right: 'declaration:put-in-force', terminals: OFFICES }),
  ],
});

/** Keeps the guard at what the ledger says: fed with the stream at the start, then with each append. */
export function guardFollower(guard: Guard): (stream: string, events: readonly FollowedEvent[]) => void {
  const documents = new Map<number, string>();
  const reasons = new Map<number, string>();
  return (stream, events) => {
    if (!stream.startsWith(`${DECLARATION}-`)) return;
    for (const { type, data, sealed, recordedAt } of events) {
      if (type === DeclarationProposed.type) documents.set((data as { version: number }).version, (sealed as { document: string }).document);
      if (type === ModeChangeProposed.type) reasons.set((data as { proposal: number }).proposal, (sealed as { reason: string }).reason);
      if (type === DeclarationPutInForce.type) putInForce(guard, documents.get((data as { version: number }).version)!);
      if (type === AssessmentPutInForce.type || type === ProvisionalPutInForce.type) putInForce(guard, (sealed as { document: string }).document, (data as { from: string }).from);
      if (type === ModeChanged.type) {
        const { proposal, version, file, rule, mode, until } = data as EventOf<typeof ModeChanged>['data'];
        guard.changeMode({ version, file, rule, from: recordedAt, mode: { mode, reason: reasons.get(proposal), until } as Mode });
      }
    }
  };
}

function putInForce(guard: Guard, document: string, from?: string): void {
  const reading = readDeclaration(document);
  if (!reading.ok) throw new Error('a declaration in the ledger cannot be read any more');
  guard.putInForce(reading.declaration, from);
}

/** 暫定の記載事項 are no everyday matter: raises `provisional-declaration` as soon as they hold. */
export function provisionalFollower(alarm: Engine['alarm']): Follower {
  return (_, events) => {
    for (const { type, data } of events) if (type === ProvisionalPutInForce.type) alarm('provisional-declaration', { version: (data as { version: number }).version, next: 'assessment-without-delay' });
  };
}
