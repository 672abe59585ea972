import { event, type EventOf } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Context } from '../../walks/context.js';
import { Choice, Ids, PlainDate, Text } from '../../walks/fields.js';
import { conflict, refused, unacceptableAt } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { LOG_REVIEW, LogReviewOpened, LogReviewSigned, REVIEW_RESULTS, SAMPLED_MAX, logReviewEvents } from './events.js';

/** The engine's own act: it stands behind no route. */
export class OpenLogReview extends Command {
  @PlainDate({ label: '対象月の初日' })
  month!: string;

  @PlainDate({ label: '署名の期限' })
  due!: string;
}

export class SignLogReview extends Command {
  @Choice({ label: '点検の結果', of: REVIEW_RESULTS })
  result!: (typeof REVIEW_RESULTS)[number];

  @Text({ label: '所見（指摘があるときは必須）', max: 2000, multiline: true, required: false })
  remarks?: string;

  @Ids({ label: '一件ずつ確かめた取扱い（事象の ID）', max: SAMPLED_MAX, required: false })
  sampled?: string[];
}

export interface LogReviewState {
  /** its first day */
  readonly month: string | null;
  readonly signed: boolean;
}

/** Whose handlings are in a month: how many of a person's own, whether anybody else's, and which of some events. */
export interface HandlingsOf {
  readonly own: number;
  readonly others: boolean;
  /** which of the events that were asked about are handlings of that month */
  readonly recorded: readonly string[];
}

export interface LogReviewFacts {
  /** up to the position at which the month's review was opened */
  readonly handlingsOf: (staff: string, month: string, events: readonly string[]) => Promise<HandlingsOf>;
}

/** 月次ログ点検: opened by the engine, signed by somebody who is not the only one whose handlings are in it. */
export const logReviews = ({ handlingsOf }: LogReviewFacts): Context<LogReviewState> =>
  context<LogReviewState>({
    category: LOG_REVIEW,
    label: '月次ログ点検',
    events: logReviewEvents,
    decider: {
      initialState: () => ({ month: null, signed: false }),
      evolve: (state, happened) => {
        if (happened.type === LogReviewOpened.type) return { ...state, month: (happened as EventOf<typeof LogReviewOpened>).data.month };
        return happened.type === LogReviewSigned.type ? { ...state, signed: true } : state;
      },
      decide: ({ type, data }, state, { facts }) => {
        if (type === OpenLogReview.name) {
          const { month, due } = data as OpenLogReview;
          if (state.month !== null) throw conflict('log-review-opened', 'この月の点検はすでに開かれています');
          return [event(LogReviewOpened, { month, due }, {})];
        }
        if (state.signed) throw refused('taken', conflict('log-review-signed', 'この月の点検はすでに署名されています'));
        const { result, remarks, sampled = [] } = data as SignLogReview;
        const { own = 0, others = false, recorded = [] } = (facts ?? {}) as Partial<HandlingsOf>;
        if (result === 'findings' && remarks === undefined) throw unacceptableAt('/remarks', 'required', '指摘の内容を所見に入力してください');
        if (own > 0 && !others) throw refused('samePerson', conflict('second-person', 'この月の取扱いはすべて自分のものです。別の人が点検してください'));
        const stranger = sampled.findIndex((one) => !recorded.includes(one));
        if (stranger >= 0) throw unacceptableAt(`/sampled/${stranger}`, 'not-of-the-month', '取扱記録のこの月の取扱いではありません');
        return [event(LogReviewSigned, { result, own, sampled: [...new Set(sampled)] }, remarks === undefined ? {} : { remarks })];
      },
    },
    commands: [
      command(SignLogReview, 'POST /log-reviews/:id/signings', {
        summary: '月次ログ点検に署名する', right: 'log:review', terminals: OFFICES,
        facts: async ({ sampled = [] }, { month }, { person }) => (month === null ? {} : handlingsOf(person, month, sampled)),
      }),
    ],
  });

/** The same month is the same review, whoever opens it and however often. */
export const openLogReview = command<LogReviewState, OpenLogReview>(OpenLogReview, 'POST /log-reviews', {
  summary: '月次ログ点検を開く（エンジンが行う）', right: 'log:review', terminals: OFFICES, idFrom: ({ month }) => [LOG_REVIEW, month],
});
