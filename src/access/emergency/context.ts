import { EMERGENCY_REASONS, type EmergencyReason, type EmergencyRules } from '../../handling/door.js';
import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Context, type Occasion } from '../../walks/context.js';
import { Choice, Code, Text } from '../../walks/fields.js';
import { conflict, refused } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { EMERGENCY, EXAMINATIONS, EmergencyAccessEnded, EmergencyAccessExamined, EmergencyAccessJustified, EmergencyAccessOpened, emergencyEvents } from './events.js';
import { evolveEmergency, noEmergency, type EmergencyState } from './state.js';

export class OpenEmergency extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Choice({ label: '緊急時閲覧の理由', of: EMERGENCY_REASONS })
  reasonCode!: EmergencyReason;

  @Text({ label: '閲覧が必要な事情', max: 1000, multiline: true })
  text!: string;
}

export class EndEmergency extends Command {}

export class JustifyEmergency extends Command {
  @Text({ label: '閲覧した理由と内容', max: 1000, multiline: true })
  text!: string;
}

export class ExamineEmergency extends Command {
  @Choice({ label: '検証の結果', of: EXAMINATIONS })
  result!: (typeof EXAMINATIONS)[number];

  @Text({ label: '検証の所見', max: 1000, multiline: true })
  text!: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const by = ({ by: person }: EmergencyState): string | null => person;

/** 緊急時閲覧: begun by whoever needs it, ended, answered for by the same person, examined by another. @param rules asked anew each time */
export const emergencies = (rules: () => EmergencyRules): Context<EmergencyState> =>
  context<EmergencyState>({
    category: EMERGENCY,
    label: '緊急時閲覧',
    events: emergencyEvents,
    decider: { initialState: () => noEmergency, evolve: evolveEmergency, decide },
    commands: [
      command<EmergencyState, OpenEmergency>(OpenEmergency, 'POST /session/emergency', { summary: '緊急時閲覧（災害・生命身体の保護）を始める。直ちに通報され、後で理由の届出と検証を受ける', facts: async () => ({ ...rules() }) }),
      command<EmergencyState, EndEmergency>(EndEmergency, 'POST /emergencies/:id/endings', { summary: '緊急時閲覧を終える', terminals: OFFICES }),
      command<EmergencyState, JustifyEmergency>(JustifyEmergency, 'POST /emergencies/:id/justifications', { summary: '緊急時閲覧をした理由を届け出る（閲覧した本人）', terminals: OFFICES }),
      command<EmergencyState, ExamineEmergency>(ExamineEmergency, 'POST /emergencies/:id/examinations', { summary: '緊急時閲覧を検証する（閲覧した人以外）', right: 'emergency:examine', terminals: OFFICES, notForSelf: (_, state) => by(state) }),
    ],
  });

function decide({ type, data }: { readonly type: string; readonly data: object }, state: EmergencyState, { now, person, facts }: Occasion): readonly NewDomainEvent[] {
  if (type === OpenEmergency.name) {
    const { file, reasonCode, text } = data as OpenEmergency;
    const { minutes = 0, justifyHours = 0, examineHours = 0, number = false } = (facts ?? {}) as Partial<EmergencyRules>;
    const in_ = (milliseconds: number): string => new Date(Date.parse(now) + milliseconds).toISOString();
    return [event(EmergencyAccessOpened, { file, reasonCode, number, until: in_(minutes * MINUTE), justifyBy: in_(justifyHours * HOUR), examineBy: in_(examineHours * HOUR) }, { reason: text })];
  }
  const { opened } = state;
  if (opened === null) throw conflict('not-opened', '始められていない緊急時閲覧です');
  const isOver = opened.until <= now;
  if (type === EndEmergency.name) {
    if (state.ended) throw conflict('emergency-ended', 'この緊急時閲覧は終わっています');
    if (!isOver && person !== state.by) throw notYours();
    return [event(EmergencyAccessEnded, { cause: isOver ? 'time' : 'closed' }, {})];
  }
  if (type === JustifyEmergency.name) {
    if (person !== state.by) throw notYours();
    if (state.justifiedAt !== null || state.result !== null) throw conflict('already-justified', '理由はすでに届け出られているか、検証が済んでいます');
    return [event(EmergencyAccessJustified, {}, { account: (data as JustifyEmergency).text })];
  }
  const { result, text } = data as ExamineEmergency;
  if (person === state.by) throw refused('samePerson', conflict('second-person', '閲覧した人とは別の人が検証してください'));
  if (state.result !== null) throw refused('taken', conflict('already-examined', 'この緊急時閲覧は検証が済んでいます'));
  if (!state.ended && !isOver) throw conflict('emergency-open', '緊急時閲覧が続いています。終わってから検証してください');
  if (state.justifiedAt === null && (result === 'justified' || now <= opened.justifyBy)) throw conflict('not-justified-yet', '閲覧した人の理由の届出がまだありません');
  return [event(EmergencyAccessExamined, { result }, { opinion: text })];
}

function notYours(): ReturnType<typeof conflict> {
  return conflict('emergency-of-another', '緊急時閲覧をした本人だけが行えます');
}
