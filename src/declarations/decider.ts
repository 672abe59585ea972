import { createHash } from 'node:crypto';
import { readDeclaration } from '../handling/declaration-file.js';
import { event, isErased, type DomainEvent, type EventOf, type NewDomainEvent } from '../ledger/event-type.js';
import type { Occasion } from '../walks/context.js';
import { conflict, refused, unacceptable } from '../walks/problem.js';
import type { ConfirmModeChange, ProposeDeclaration, ProposeModeChange, PutDeclarationInForce } from './commands.js';
import { DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged } from './events.js';

type Proposed = EventOf<typeof DeclarationProposed>['data'] & { readonly by: string };
type ProposedMode = EventOf<typeof ModeChangeProposed>['data'] & { readonly by: string };

export interface DeclarationState {
  readonly proposed: ReadonlyMap<number, Proposed>;
  /** the files that each version writes */
  readonly files: ReadonlyMap<number, readonly string[]>;
  readonly inForce: ReadonlySet<number>;
  readonly modeChanges: ReadonlyMap<number, ProposedMode>;
  readonly confirmed: ReadonlySet<number>;
}

export const initialState = (): DeclarationState => ({ proposed: new Map(), files: new Map(), inForce: new Set(), modeChanges: new Map(), confirmed: new Set() });

export function evolve(state: DeclarationState, happened: DomainEvent): DeclarationState {
  switch (happened.type) {
    case DeclarationProposed.type: {
      const data = happened.data as Proposed;
      const { sealed } = happened as EventOf<typeof DeclarationProposed>;
      const reading = isErased(sealed) ? undefined : readDeclaration(sealed.document);
      const files = reading?.ok ? reading.declaration.files.map(({ code }) => code) : [];
      return { ...state, proposed: new Map(state.proposed).set(data.version, { ...data, by: happened.actor }), files: new Map(state.files).set(data.version, files) };
    }
    case DeclarationPutInForce.type:
      return { ...state, inForce: new Set(state.inForce).add((happened.data as Proposed).version) };
    case ModeChangeProposed.type: {
      const data = happened.data as ProposedMode;
      return { ...state, modeChanges: new Map(state.modeChanges).set(data.proposal, { ...data, by: happened.actor }) };
    }
    case ModeChanged.type:
      return { ...state, confirmed: new Set(state.confirmed).add((happened.data as ProposedMode).proposal) };
    default:
      return state;
  }
}

export function decide(command: { readonly type: string; readonly data: object }, state: DeclarationState, occasion: Occasion): readonly NewDomainEvent[] {
  switch (command.type) {
    case 'ProposeDeclaration':
      return propose(command.data as ProposeDeclaration, state);
    case 'PutDeclarationInForce':
      return putInForce(command.data as PutDeclarationInForce, state, occasion);
    case 'ProposeModeChange':
      return proposeMode(command.data as ProposeModeChange, state, occasion);
    case 'ConfirmModeChange':
      return confirmMode(command.data as ConfirmModeChange, state, occasion);
    default:
      throw new Error(`declarations do not decide ${command.type}`);
  }
}

function propose({ document }: ProposeDeclaration, state: DeclarationState): readonly NewDomainEvent[] {
  const reading = readDeclaration(document);
  if (!reading.ok) {
    const errors = reading.faults.map(({ line, column, path, message }) => ({ path, code: 'declaration', message: `${line}行${column}桁: ${message}`, line, column }));
    throw unacceptable('invalid-declaration', '記載事項の文書に誤りがあります', errors);
  }
  const { assessment, effectiveFrom } = reading.declaration;
  if (state.inForce.has(assessment.version)) throw conflict('version-in-force', `第${assessment.version}版はすでに施行されています。版を改めてください`);
  const digest = createHash('sha256').update(document).digest('hex');
  return [event(DeclarationProposed, { version: assessment.version, assessment: assessment.number, effectiveFrom, document: digest }, { document })];
}

/** Putting a version in force may loosen modes, so it takes a second person like any change of a mode. */
function putInForce({ version }: PutDeclarationInForce, state: DeclarationState, { person }: Occasion): readonly NewDomainEvent[] {
  const proposed = state.proposed.get(version);
  if (!proposed) throw conflict('not-proposed', `第${version}版は提出されていません`);
  if (state.inForce.has(version)) throw refused('taken', conflict('version-in-force', `第${version}版はすでに施行されています`));
  if (proposed.by === person) throw refused('samePerson', conflict('same-person', '提出した本人は施行できません。別の職員が施行してください'));
  return [event(DeclarationPutInForce, { version, effectiveFrom: proposed.effectiveFrom, document: proposed.document }, {})];
}

function proposeMode(change: ProposeModeChange, state: DeclarationState, { today }: Occasion): readonly NewDomainEvent[] {
  const { version, file, rule, mode, until, reason } = change;
  if (!state.inForce.has(version)) throw conflict('not-in-force', `第${version}版は施行されていません`);
  if (reason === undefined) throw unacceptable('reason-required', '照合の方式の変更には理由が必要です');
  if (!state.files.get(version)?.includes(file)) throw unacceptable('unknown-file', 'この版に記載のない特定個人情報ファイルです');
  if (mode === 'observe' && until === undefined) throw unacceptable('until-required', '「observe」には終了日が必要です');
  if (until !== undefined && until < today) throw unacceptable('until-past', '終了日が過去の日付です');
  const proposal = state.modeChanges.size + 1;
  return [event(ModeChangeProposed, { proposal, version, file, rule, mode, ...(until && { until }) }, { reason })];
}

function confirmMode({ proposal }: ConfirmModeChange, state: DeclarationState, { person }: Occasion): readonly NewDomainEvent[] {
  const change = state.modeChanges.get(proposal);
  if (!change) throw conflict('not-proposed', 'この番号の変更案はありません');
  if (state.confirmed.has(proposal)) throw refused('taken', conflict('already-confirmed', 'この変更案はすでに承認されています'));
  if (change.by === person) throw refused('samePerson', conflict('same-person', '変更案を出した本人は承認できません。別の職員が承認してください'));
  const { by: _, ...data } = change;
  return [event(ModeChanged, data, {})];
}
