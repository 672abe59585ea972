import { type DomainEvent, type EventOf } from '../../ledger/event-type.js';
import { streamId, streamName } from '../../ledger/ids.js';
import type { Ledger } from '../../ledger/ledger.js';
import { STAFF } from '../events.js';
import { UNIT } from '../organisation/events.js';
import type { Organisation } from '../organisation/organisation.js';
import { evolveUnit, noUnit } from '../organisation/unit-state.js';
import { holdsOn, isLive, type Grant } from '../rights/grants.js';
import { evolveStaff, nobodyYet, withoutNames } from '../staff-state.js';
import { REVIEW, ReviewClosed, ReviewOpened } from './events.js';
import type { ReviewFacts, ReviewLine } from './review.js';

interface HeldBy {
  readonly holder: string;
  readonly unit: boolean;
  readonly grants: readonly Grant[];
}

/** Every holder of rights with what the ledger says of them. Read from the streams themselves: no register may be behind here. */
async function holders({ store, registry }: Pick<Ledger, 'store' | 'registry'>): Promise<readonly HeldBy[]> {
  const grantsIn = async <S extends { readonly grants: readonly Grant[] }>(category: string, evolve: (state: S, happened: DomainEvent) => S, first: S): Promise<readonly HeldBy[]> => {
    const states = new Map<string, S>();
    for (const recorded of await store.readCategory(category)) states.set(recorded.stream, evolve(states.get(recorded.stream) ?? first, withoutNames(registry.decode(recorded))));
    return [...states].map(([stream, { grants }]) => ({ holder: streamId(stream), unit: category === UNIT, grants }));
  };
  return [...(await grantsIn(STAFF, evolveStaff, nobodyYet)), ...(await grantsIn(UNIT, evolveUnit, noUnit))];
}

/** What 棚卸し asks of the ledger. A right is of the section that has taken over from the one it was given for. `today`: plain date in Japan */
export function reviewFacts(ledger: Pick<Ledger, 'store' | 'registry'>, organisation: Pick<Organisation, 'unitOn'>, today: () => string): ReviewFacts {
  const isOf = ({ department }: Grant, departments: readonly string[] | undefined): boolean => departments === undefined || departments.some((asked) => asked === department || asked === organisation.unitOn(department, today()));
  return {
    rightsToday: async (departments) => {
      const lines: ReviewLine[] = [];
      for (const { holder, unit, grants } of await holders(ledger)) {
        for (const grant of grants) if (holdsOn(grant, today()) && isOf(grant, departments)) lines.push({ holder, unit, right: grant.id });
      }
      return lines;
    },
    standing: async (review, lines) => {
      const known = new Map((await holders(ledger)).flatMap(({ grants }) => grants.map((grant) => [grant.id, grant] as const)));
      const count = { kept: 0, ended: 0, open: 0 };
      for (const { right } of lines) {
        const grant = known.get(right);
        if (grant === undefined || !isLive(grant, today())) count.ended += 1;
        else if (grant.reviewedIn.includes(review)) count.kept += 1;
        else count.open += 1;
      }
      return count;
    },
  };
}

/** Whether a campaign is open and asks about a right. */
export async function isAskedIn(ledger: Pick<Ledger, 'summary'>, review: string, right: string): Promise<boolean> {
  const { recorded } = await ledger.summary(streamName(REVIEW, review));
  const opened = recorded.find(({ type }) => type === ReviewOpened.type)?.data as EventOf<typeof ReviewOpened>['data'] | undefined;
  return opened !== undefined && !recorded.some(({ type }) => type === ReviewClosed.type) && opened.lines.some((line) => line.right === right);
}
