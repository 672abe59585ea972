import { event } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context } from '../../walks/context.js';
import { Choice, Text } from '../../walks/fields.js';
import { conflict, refused } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { EXAMINATION_RESULTS, FINDING, FINDING_OUTCOMES, FindingClosed, FindingExamined, FindingOpened } from './events.js';
import { evolveFinding, notFound, type FindingState } from './state.js';

export class ExamineFinding extends Command {
  @Choice({ label: '調べた結果', of: EXAMINATION_RESULTS })
  result!: (typeof EXAMINATION_RESULTS)[number];

  @Text({ label: '調べた内容', max: 1000, multiline: true })
  remarks!: string;
}

export class CloseFinding extends Command {
  @Choice({ label: '結論', of: FINDING_OUTCOMES })
  outcome!: (typeof FINDING_OUTCOMES)[number];

  @Text({ label: '結論の説明', max: 1000, multiline: true, required: false })
  remarks?: string;
}

export const ELSEWHERE = 'finding:examine-anywhere';

/** 所属長 examine what is found of their own section, the security manager (セキュリティ責任者 looks through the logs of all) what is found anywhere. */
const ownSection = { of: ({ department }: FindingState): string | null => department, elsewhere: ELSEWHERE } as const;
const aboutWhom = (_: Command, { staff }: FindingState): string | null => staff;

/** 不審な取扱いの所見: opened by the engine alone, examined by somebody whom it is not about, and closed by another person than who found it harmless. */
export const findings = context<FindingState>({
  category: FINDING,
  label: '不審な取扱いの所見',
  events: [FindingOpened, FindingExamined, FindingClosed],
  decider: {
    initialState: () => notFound,
    evolve: evolveFinding,
    decide: ({ type, data }, state, { person }) => {
      if (state.step === 'closed') throw refused('taken', conflict('finding-closed', 'この所見は終わっています'));
      if (type === ExamineFinding.name) {
        const { result, remarks } = data as ExamineFinding;
        return [event(FindingExamined, { result }, { remarks })];
      }
      const { outcome, remarks } = data as CloseFinding;
      if (state.examiners.length === 0) throw conflict('finding-not-examined', 'まだ調べていない所見は終えられません');
      if (outcome === 'innocent' && state.examiners.includes(person)) throw refused('samePerson', conflict('second-person', '問題なしとするには、調べた人とは別の人が必要です'));
      return [event(FindingClosed, { outcome }, { ...(remarks !== undefined && { remarks }) })];
    },
  },
  commands: [
    command(ExamineFinding, 'POST /findings/:id/examinations', { summary: '不審な取扱いの所見を調べた結果を記録する', right: 'finding:examine', terminals: OFFICES, notForSelf: aboutWhom, ownSection }),
    command(CloseFinding, 'POST /findings/:id/closings', { summary: '不審な取扱いの所見を終える（問題なしとするには、調べた人とは別の人）', right: 'finding:close', terminals: OFFICES, notForSelf: aboutWhom, ownSection }),
  ],
});
