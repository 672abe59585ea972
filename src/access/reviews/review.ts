import { event, type EventOf } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context, type Context } from '../../walks/context.js';
import { Choice, Codes, PlainDate } from '../../walks/fields.js';
import { conflict, unacceptableAt } from '../../walks/problem.js';
import { OFFICES } from '../../walks/terminals.js';
import { LINES_MAX, REVIEW, REVIEW_CAUSES, SECTIONS_MAX, ReviewClosed, ReviewOpened, reviewEvents } from './events.js';

export class OpenReview extends Command {
  @Choice({ label: '棚卸しの契機', of: REVIEW_CAUSES })
  cause!: (typeof REVIEW_CAUSES)[number];

  @PlainDate({ label: '回答期限' })
  due!: string;

  @Codes({ label: '対象の部署（すべてのときは省く）', max: SECTIONS_MAX, required: false })
  departments?: string[];
}

export class CloseReview extends Command {}

export type ReviewLine = EventOf<typeof ReviewOpened>['data']['lines'][number];

export interface ReviewState {
  readonly lines: readonly ReviewLine[];
  readonly closed: boolean;
}

export const notOpened: ReviewState = { lines: [], closed: false };

/** What is asked of the rights themselves. */
export interface ReviewFacts {
  /** those that are there today, of some sections or of all */
  readonly rightsToday: (departments: readonly string[] | undefined) => Promise<readonly ReviewLine[]>;
  readonly standing: (review: string, lines: readonly ReviewLine[]) => Promise<{ readonly kept: number; readonly ended: number; readonly open: number }>;
}

/** 棚卸し: opened with a line for every right, closed when each has been answered for. */
export const reviews = ({ rightsToday, standing }: ReviewFacts): Context<ReviewState> =>
  context<ReviewState>({
    category: REVIEW,
    label: '権限の棚卸し',
    events: reviewEvents,
    decider: {
      initialState: () => notOpened,
      evolve: (state, happened) => {
        if (happened.type === ReviewOpened.type) return { ...state, lines: (happened as EventOf<typeof ReviewOpened>).data.lines };
        return happened.type === ReviewClosed.type ? { ...state, closed: true } : state;
      },
      decide: ({ type, data }, state, { today, facts }) => {
        if (type === OpenReview.name) {
          const { cause, due, departments } = data as OpenReview;
          const { lines = [] } = (facts ?? {}) as { lines?: readonly ReviewLine[] };
          if (due < today) throw unacceptableAt('/due', 'past', '回答期限は今日以後の日で指定してください');
          if (lines.length === 0) throw conflict('nothing-to-review', '対象となる権限がありません');
          if (lines.length > LINES_MAX) throw unacceptableAt('/departments', 'too-many', `対象は${LINES_MAX.toLocaleString()}件までです。部署を分けてください`);
          return [event(ReviewOpened, { cause, due, ...(departments && { departments: [...new Set(departments)] }), lines }, {})];
        }
        if (state.closed) throw conflict('review-closed', 'この棚卸しは終わっています');
        const { kept = 0, ended = 0, open = state.lines.length } = (facts ?? {}) as { kept?: number; ended?: number; open?: number };
        if (open > 0) throw conflict('review-unanswered', `回答していない権限が${open}件あります`);
        return [event(ReviewClosed, { kept, ended }, {})];
      },
    },
    commands: [
      command(OpenReview, 'POST /reviews', { summary: '権限の棚卸しを始める', right: 'review:hold', terminals: OFFICES, facts: async ({ departments }) => ({ lines: await rightsToday(departments) }) }),
      command(CloseReview, 'POST /reviews/:id/closings', { summary: '権限の棚卸しを終える（すべての権限に回答がある）', right: 'review:hold', terminals: OFFICES, facts: (_, { lines }, { id }) => standing(id, lines) }),
    ],
  });
