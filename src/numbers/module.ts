import { isMyNumber } from '../codes/my-number.js';
import { event, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import { streamName } from '../ledger/ids.js';
import { Command } from '../walks/command-class.js';
import { command, context, type HandlingFacts } from '../walks/context.js';
import { Checked, Choice, Code, Id } from '../walks/fields.js';
import { conflict, unknownSubject } from '../walks/problem.js';
import { NUMBER_ITEM } from '../walks/terminals.js';
import { NUMBER, NumberRegistered } from './events.js';
import { numberClaims } from './line.js';

export { MY_NUMBER } from './line.js';

/** 実施区分 of the vaccination that the number is taken for, as the vaccination records name them. */
const EXECUTION_CLASSES = ['routine', 'temporary', 'special-temporary', 'long-illness', 'administrative', 'voluntary'] as const;

/** Sources of this kind are other records of the same municipality. */
const OWN_RECORDS = 'own-department:';

export class RegisterNumber extends Command {
  @Id({ label: '本人' })
  subject!: string;

  @Code({ label: '特定個人情報ファイル' })
  file!: string;

  @Checked({ label: '個人番号', code: 'my-number', expects: '検査用数字の合う12桁の数字で入力してください', test: isMyNumber })
  number!: string;

  @Choice({ label: '実施区分', of: EXECUTION_CLASSES, required: false })
  executionClass?: (typeof EXECUTION_CLASSES)[number];
}

/** 個人番号の変更: needs the old number and the new one. */
export class ChangeNumber extends RegisterNumber {
  @Checked({ label: '変更前の個人番号', code: 'my-number', expects: '検査用数字の合う12桁の数字で入力してください', test: isMyNumber })
  oldNumber!: string;

  /** the stream of the old number */
  @Id({ label: '変更前の番号の記録' })
  supersedes!: string;
}

export interface NumberState {
  readonly subject: string | null;
}

/** How the old number is checked: asked of the blind index by whoever composes the engine. */
export interface NumberFacts {
  readonly holderOf: (number: string) => { readonly stream: string } | undefined;
  readonly recordOf: (numberId: string) => Promise<{ readonly subject: string; readonly file: string } | undefined>;
  /** the part of 対象となる本人の範囲 a person belongs to; undefined when there is no such person */
  readonly scopeOf: (subject: string) => Promise<string | undefined>;
  /** after which number a new first one comes: `none`, or the last one when that has been erased */
  readonly nextAfter: (subject: string) => Promise<string>;
}

export function numbers(known: NumberFacts) {
  const facts = async ({ subject, file, executionClass, source }: RegisterNumber): Promise<HandlingFacts> => {
    const scope = await known.scopeOf(subject);
    if (scope === undefined) throw unknownSubject('/subject');
    // From the residents' records a number comes for every affair; from anybody else for a vaccination, which must be one that may have it.
    const unsaid = executionClass === undefined && !source?.startsWith(OWN_RECORDS);
    return { kind: 'acquisition', file, subjects: [subject], scopes: [scope], items: [NUMBER_ITEM], ...(executionClass && { numberClass: executionClass }), ...(unsaid && { breaks: ['numberClass'] as const }) };
  };
  return context<NumberState>({
    category: NUMBER,
    label: '個人番号',
    events: [NumberRegistered],
    decider: {
      initialState: () => ({ subject: null }),
      evolve: (state: NumberState, happened: DomainEvent): NumberState =>
        happened.type === NumberRegistered.type ? { subject: (happened as EventOf<typeof NumberRegistered>).data.subject } : state,
      decide: ({ data }) => {
        const { subject, number, supersedes } = data as ChangeNumber;
        return [event(NumberRegistered, { subject, ...(supersedes && { supersedes }) }, { number })];
      },
    },
    commands: [
      command<NumberState, RegisterNumber>(RegisterNumber, 'POST /numbers', {
        summary: '個人番号を登録する',
        right: 'number:register',
        claims: async (given) => numberClaims(given.number, given.subject, await known.nextAfter(given.subject)),
        handling: facts,
      }),
      command<NumberState, ChangeNumber>(ChangeNumber, 'POST /number-changes', {
        summary: '個人番号の変更を記録する（変更前と変更後の両方が必要）',
        right: 'number:register',
        claims: (given) => numberClaims(given.number, given.subject, given.supersedes),
        handling: async (given) => {
          const holds = known.holderOf(given.oldNumber)?.stream === streamName(NUMBER, given.supersedes);
          const record = await known.recordOf(given.supersedes);
          if (!holds || record?.subject !== given.subject) throw conflict('old-number-differs', '変更前の個人番号が、この本人の記録と一致しません');
          if (given.number === given.oldNumber) throw conflict('no-change', '変更前と変更後の個人番号が同じです');
          return { ...(await facts(given)), recordFile: record.file };
        },
      }),
    ],
  });
}
