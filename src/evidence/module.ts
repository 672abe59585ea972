import { EVIDENCE, EvidenceRecorded } from '../handling/evidence.js';
import { EVIDENCE_KINDS } from '../handling/block.js';
import { IDENTITY_ARTICLES } from '../handling/declaration.js';
import { event, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, context, type HandlingFacts } from '../walks/context.js';
import { Choice, Code, Ids, Text } from '../walks/fields.js';
import { unacceptable, unknownSubject } from '../walks/problem.js';
import { VENUES } from '../walks/terminals.js';

/** Kinds that a person at the counter may record; the others are events of their own. */
const AT_THE_COUNTER = EVIDENCE_KINDS.filter((kind) => kind !== 'approval' && kind !== 'second-person' && kind !== 'batch' && kind !== 'outward-confirmation');

/** Kinds that concern somebody in particular: of nobody they would be everybody's. */
const ABOUT_SOMEBODY: ReadonlySet<string> = new Set(['consent', 'identity-check', 'purpose-notice', 'application']);

export class RecordEvidence extends Command {
  @Choice({ label: '証拠書類の種類', of: AT_THE_COUNTER, example: 'identity-check' })
  kind!: (typeof EVIDENCE_KINDS)[number];

  @Choice({ label: '本人確認の根拠', of: IDENTITY_ARTICLES, required: false })
  article?: (typeof IDENTITY_ARTICLES)[number];

  @Ids({ label: '対象者', max: 100 })
  subjects!: string[];

  @Text({ label: '確認の方法', max: 200, example: '個人番号カード' })
  how!: string;

  @Code({ label: '特定個人情報ファイル' })
  file!: string;
}

/** Confirmed by a named person: an outward act towards a protected person may go on. */
export class ConfirmOutwardAct extends Command {
  @Ids({ label: '対象者', max: 1 })
  subjects!: string[];

  @Code({ label: '提供先・移転先' })
  recipient!: string;

  @Text({ label: '確認した内容', max: 200 })
  how!: string;

  @Code({ label: '特定個人情報ファイル' })
  file!: string;
}

type State = { readonly recorded: boolean };

/** What evidence asks of the persons it concerns; bound at the composition root. */
export interface SubjectFacts {
  readonly isSubject: (id: string) => Promise<boolean>;
}

export function evidence({ isSubject }: SubjectFacts) {
  const about = async ({ subjects, file }: { subjects: string[]; file: string }): Promise<HandlingFacts> => {
    const known = await Promise.all(subjects.map(isSubject));
    if (known.includes(false)) throw unknownSubject('/subjects');
    return { kind: 'use', file, subjects, items: [] };
  };
  return context<State>({
    category: EVIDENCE,
    label: '証拠書類',
    events: [EvidenceRecorded],
    decider: {
      initialState: () => ({ recorded: false }),
      evolve: (_: State, __: DomainEvent) => ({ recorded: true }),
      decide: ({ type, data }) => {
        const { kind, article, subjects, how } = data as RecordEvidence & ConfirmOutwardAct;
        if (kind === 'identity-check' && article === undefined) throw unacceptable('article-required', '本人確認には、どの本人確認か（article）の指定が必要です');
        if ((type === 'ConfirmOutwardAct' || ABOUT_SOMEBODY.has(kind)) && subjects.length === 0) throw unacceptable('subjects-required', 'だれについての証拠書類か（subjects）の指定が必要です');
        const what: EventOf<typeof EvidenceRecorded>['data'] =
          type === 'ConfirmOutwardAct' ? { evidence: 'outward-confirmation', subjects } : { evidence: kind, ...(article && { article }), subjects };
        return [event(EvidenceRecorded, what, { method: how })];
      },
    },
    commands: [
      command(RecordEvidence, 'POST /evidence', { summary: '同意・本人確認などの証拠書類を記録する', right: 'evidence:record', terminals: VENUES, handling: async (given) => ({ ...(await about(given)), mayBeLate: true }) }), // a paper is seen before it is entered
      command(ConfirmOutwardAct, 'POST /outward-confirmations', { summary: '支援措置対象者への送付・提供を確認する', right: 'outward:confirm', handling: async (given) => ({ ...(await about(given)), recipient: given.recipient }) }),
    ],
  });
}
