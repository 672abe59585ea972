import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Context, type Occasion } from '../../walks/context.js';
import { Code, PlainDate, Text } from '../../walks/fields.js';
import { conflict, refused, unacceptableAt, type Problem } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { RevocationConfirmed } from '../events.js';
import { confirmRevocations, hasRevoked } from '../revocations.js';
import { rightCommands, type BeforeSet } from '../rights/registration.js';
import type { StepOfHead } from '../rights/chain.js';
import { decideRights, stepOfAnotherHead, type Holder, type RightFacts } from '../rights/decide.js';
import { isLive } from '../rights/grants.js';
import { RightRevoked, rightEvents } from '../rights/events.js';
import { SuccessionConfirmed, UNIT, UnitEnded, UnitOpened, UnitRenamed, unitEvents } from './events.js';
import { evolveUnit, existsOn, noUnit, type UnitState } from './unit-state.js';

export class OpenUnit extends Command {
  @Code({ label: '部署の符号', example: 'health-promotion' })
  unit!: string;

  @Text({ label: '部署の名称', max: 100 })
  name!: string;

  @PlainDate({ label: '設置日' })
  from!: string;
}

export class RenameUnit extends Command {
  @Text({ label: '新しい名称', max: 100 })
  name!: string;

  @PlainDate({ label: '改称日' })
  on!: string;
}

export class EndUnit extends Command {
  @PlainDate({ label: '廃止日' })
  on!: string;

  @Code({ label: '引き継ぐ部署の符号', required: false })
  successor?: string;
}

export class ConfirmSuccession extends Command {}

export class ConfirmUnitRevocation extends Command {}

export interface UnitFacts extends RightFacts {
  /** whether there is such a unit on a day */
  readonly isUnitOn: (code: string, day: string) => boolean;
  /** the section that somebody of a section works for on a day */
  readonly unitOn: (code: string, day: string) => string | undefined;
}

/** After every day that is entered. */
const IN_THE_END = '2999-12-31';

function nothingToConfirm(): Problem {
  return conflict('nothing-to-confirm', '確認を待つ引継ぎがありません');
}

function decideUnit({ type, data }: { readonly type: string; readonly data: object }, state: UnitState, { person, department, today, facts }: Occasion): readonly NewDomainEvent[] {
  if (type === OpenUnit.name) {
    const { unit, name, from } = data as OpenUnit;
    return [event(UnitOpened, { unit, from }, { name })];
  }
  if (type === ConfirmUnitRevocation.name) return confirmRevocations(state.unconfirmed, { person, today }, state.endedOn !== undefined || hasRevoked(state.grants));
  if (type === ConfirmSuccession.name) {
    const { unit, successor, endedBy, isSuccessionConfirmed } = state;
    if (unit === null || successor === undefined || isSuccessionConfirmed) throw isSuccessionConfirmed ? refused('taken', nothingToConfirm()) : nothingToConfirm();
    if (endedBy === person) throw refused('samePerson', conflict('second-person', '廃止を入力した人とは別の人が確認してください'));
    // After its day those of the section that has ended cannot be told from those who were with the successor before.
    if ([unit, successor, (facts as UnitFacts | undefined)?.unitOn(unit, today)].includes(department)) throw refused('self', conflict('own-section', '引継ぎの確認は、廃止される部署にも引き継ぐ部署にも所属しない人が行ってください'));
    return [event(SuccessionConfirmed, { successor }, {})];
  }
  if (state.endedOn !== undefined) throw conflict('unit-ended', '廃止の日が決まっている部署です');
  if (type === RenameUnit.name) {
    const { name, on } = data as RenameUnit;
    return [event(UnitRenamed, { on }, { name })];
  }
  const { on, successor } = data as EndUnit;
  if (on < today) throw unacceptableAt('/on', 'past', '廃止日は今日以後の日で指定してください');
  if (successor !== undefined && (successor === state.unit || !(facts as UnitFacts | undefined)?.isUnitOn(successor, on))) throw unacceptableAt('/successor', 'unknown-unit', 'その日にない部署です');
  // Its own end may be entered already: to be taken over by this very section, and nobody would have a place in the end.
  if (successor !== undefined && (facts as UnitFacts | undefined)?.unitOn(successor, IN_THE_END) === state.unit) throw unacceptableAt('/successor', 'succession-ring', '引き継ぐ部署も廃止の日が決まっていて、この部署が引き継ぐことになっています');
  const ended = event(UnitEnded, { on, ...(successor && { successor }) }, {});
  const live = state.grants.filter((grant) => isLive(grant, on)).map(({ id }) => id);
  return live.length === 0 ? [ended] : [ended, event(RightRevoked, { rights: live, on, cause: 'unit-ended' }, {})];
}

const CHANGE = { right: 'organisation:change', terminals: OFFICES } as const;

/** Sections, and the rights that hang on them where a city gives rights by section. */
export const units = (facts: (asked: { readonly review?: string; readonly right?: string; readonly affairs?: readonly string[] }) => Promise<UnitFacts>, beforeSet: BeforeSet, isWithoutHead: (step: StepOfHead) => Promise<boolean> = async () => false): Context<UnitState> => {
  const looked = { facts: (given: Command) => facts(given as { review?: string; right?: string; affairs?: string[] }) } as const;
  const holderOf = (state: UnitState): Holder => ({ grants: state.grants, departmentOn: (day) => (existsOn(state, day) ? state.unit! : undefined), endsAfter: () => state.endedOn, section: state.unit ?? '' });
  const ofRight = async (given: Command, state: UnitState, occasion: Occasion): Promise<UnitFacts> => {
    const step = stepOfAnotherHead(given, holderOf(state), occasion);
    return { ...(await looked.facts(given)), ...(step && { isWithoutHead: await isWithoutHead(step) }) };
  };
  return context<UnitState>({
    category: UNIT,
    label: '組織',
    events: [...unitEvents, RevocationConfirmed, ...rightEvents],
    decider: {
      initialState: () => noUnit,
      evolve: evolveUnit,
      decide: (given, state, occasion) =>
        decideRights(given, holderOf(state), occasion) ?? decideUnit(given, state, occasion),
    },
    commands: [
      command(OpenUnit, 'POST /units', { summary: '部署を設ける', ...CHANGE, idFrom: ({ unit }) => ['unit', unit] }),
      command(RenameUnit, 'POST /units/:id/renamings', { summary: '部署を改称する', ...CHANGE }),
      command(EndUnit, 'POST /units/:id/endings', { summary: '部署を廃止する（職員は引き継ぐ部署に移る。なければその日に権限を失う）', ...CHANGE, ...looked }),
      command(ConfirmSuccession, 'POST /units/:id/succession-confirmations', { summary: '廃止された部署の引継ぎを、入力した人とは別の人が確認する（権限が課・係に付く運用では、確認してから引き継ぐ部署の権限を持つ）', right: 'right:approve', terminals: OFFICES, ...looked }),
      command(ConfirmUnitRevocation, 'POST /units/:id/revocation-confirmations', { summary: '部署の廃止・部署に付いた権限の失効を、その日以後に、入力した人とは別の人が確認する', right: 'staff:register', terminals: OFFICES }),
      ...rightCommands<UnitState>('unit', 'units', { facts: ofRight, beforeSet }),
    ],
  });
};
