import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateNested } from 'class-validator';
import { event, type DomainEvent, type EventOf, type NewDomainEvent } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, context, type HandlingFacts, type Occasion } from '../walks/context.js';
import { Choice, Code, Id } from '../walks/fields.js';
import { conflict, refused, unacceptable, unacceptableAt, type Problem } from '../walks/problem.js';
import { ERASURE, ErasureApproved, ErasureCompleted, ErasurePlanned, ErasureStarted, erasureOrderEvents } from './events.js';

/** Units that a person may plan to erase. */
export const ERASABLE = ['vaccination', 'subject', 'number', 'evidence'] as const;
export const ERASURE_METHODS = ['key-destruction'] as const;

export class ErasureTarget {
  @Choice({ label: '消去する記録の種類', of: ERASABLE, example: 'vaccination' })
  category!: (typeof ERASABLE)[number];

  @Id({ label: '消去する記録' })
  unit!: string;

  @Id({ label: '本人' })
  subject!: string;
}

export class PlanErasure extends Command {
  static readonly nested = { targets: ErasureTarget };

  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @ApiProperty({ description: '消去する記録', type: () => [ErasureTarget] })
  @IsArray({ message: '消去する記録は配列で指定してください' })
  @ArrayMinSize(1, { message: '消去する記録を指定してください' })
  @ArrayMaxSize(5000, { message: '一度に計画できるのは5000件までです' })
  @ValidateNested({ each: true, message: '消去する記録の指定が正しくありません' })
  targets!: ErasureTarget[];
}

abstract class OnOrder extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;
}

export class ApproveErasure extends OnOrder {}
export class StartErasure extends OnOrder {}

type Targets = EventOf<typeof ErasurePlanned>['data']['targets'];

export interface ErasureState {
  readonly targets: Targets;
  readonly plannedBy: string | null;
  readonly approval: string | null;
  readonly status: 'none' | 'planned' | 'approved' | 'started' | 'completed';
}

const initialState = (): ErasureState => ({ targets: [], plannedBy: null, approval: null, status: 'none' });

function evolve(state: ErasureState, happened: DomainEvent): ErasureState {
  switch (happened.type) {
    case ErasurePlanned.type:
      return { ...state, status: 'planned', plannedBy: happened.actor, targets: (happened.data as { targets: Targets }).targets };
    case ErasureApproved.type:
      return { ...state, status: 'approved', approval: happened.id };
    case ErasureStarted.type:
      return { ...state, status: 'started' };
    case ErasureCompleted.type:
      return { ...state, status: 'completed' };
    default:
      return state;
  }
}

function decide({ type, data }: { readonly type: string; readonly data: object }, state: ErasureState, { person }: Occasion): readonly NewDomainEvent[] {
  switch (type) {
    case 'PlanErasure': {
      const { targets, reason } = data as PlanErasure;
      if (reason === undefined) throw unacceptable('reason-required', '消去の計画には理由が必要です');
      return [event(ErasurePlanned, { targets: targets.map(({ category, unit, subject }) => ({ category, unit, subject })) }, {})];
    }
    case 'ApproveErasure':
      if (state.status !== 'planned') throw state.approval === null ? notPlanned() : refused('taken', notPlanned());
      if (state.plannedBy === person) throw refused('samePerson', conflict('same-person', '計画した本人は承認できません。別の職員が承認してください'));
      return [event(ErasureApproved, { units: state.targets.length }, {})];
    case 'StartErasure':
      if (state.status !== 'approved' && state.status !== 'started') throw conflict('not-approved', '承認された消去計画ではありません');
      return [event(ErasureStarted, { units: state.targets.length }, {})];
    default:
      throw new Error(`retention does not decide ${type}`);
  }
}

function notPlanned(): Problem {
  return conflict('not-planned', '承認を待つ消去計画ではありません');
}

/** Erasing is what the engine itself does: unwritten, unapproved, it does not happen. */
const erasing = (file: string, { targets, approval }: Pick<ErasureState, 'targets' | 'approval'>): HandlingFacts => ({
  kind: 'erasure',
  file,
  subjects: [...new Set(targets.map(({ subject }) => subject))],
  items: [],
  erasureMethod: ERASURE_METHODS[0],
  evidence: approval ? [{ kind: 'approval', ref: approval, subjects: [] }] : [],
});

const planning = (file: string, targets: Targets): HandlingFacts => ({ kind: 'use', file, subjects: [...new Set(targets.map(({ subject }) => subject))], items: [] });

/** What a plan asks of the units it names; bound at the composition root. */
export interface UnitFacts {
  /** undefined when there is no such unit */
  readonly unitAt: (category: string, unit: string) => Promise<Unit | undefined>;
}

export interface Unit {
  /** whom it is about; empty when it is about nobody in particular */
  readonly subjects: readonly string[];
  /** the file it belongs to */
  readonly file: string;
}

/** The context without what it asks of others: enough to carry an order out. */
export const retention = context<ErasureState>({ category: ERASURE, label: '消去', events: erasureOrderEvents, decider: { initialState, evolve, decide }, commands: [] });

export function retentionWith({ unitAt }: UnitFacts) {
  /** A plan that names the wrong person would have the log tell of somebody who is not concerned. */
  const planned = async ({ file, targets }: PlanErasure): Promise<HandlingFacts> => {
    const known = await Promise.all(targets.map(({ category, unit }) => unitAt(category, unit)));
    // Of a unit about nobody in particular, somebody is named all the same: it must be somebody.
    const isNobody = await Promise.all(targets.map(async ({ subject }, i) => known[i]?.subjects.length === 0 && (await unitAt('subject', subject)) === undefined));
    const wrong = targets.findIndex(({ subject }, i) => !known[i] || isNobody[i] || (!known[i].subjects.includes(subject) && known[i].subjects.length > 0));
    if (wrong >= 0) throw unacceptableAt(`/targets/${wrong}`, 'unknown-unit', '消去する記録がないか、本人が違います');
    const other = known.find((unit) => unit!.file !== file);
    return { ...planning(file, targets), ...(other && { recordFile: other.file }) };
  };
  return context<ErasureState>({
    ...retention,
    commands: [
      command<ErasureState, PlanErasure>(PlanErasure, 'POST /erasures', { summary: '消去を計画する', right: 'erasure:plan', handling: planned }),
      command<ErasureState, ApproveErasure>(ApproveErasure, 'POST /erasures/:id/approvals', { summary: '消去計画を承認する（計画者以外）', right: 'erasure:approve', handling: ({ file }, state) => planning(file, state.targets) }),
    ],
  });
}

export const startErasure = command<ErasureState, StartErasure>(StartErasure, 'POST /erasures/:id/executions', {
  summary: '承認された消去を実施する',
  right: 'erasure:execute',
  handling: ({ file }, state) => erasing(file, state),
});
