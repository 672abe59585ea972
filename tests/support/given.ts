import { ERASED, type DomainEvent, type EventType, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { checkShape, type Shape, type ValuesOf } from '../../src/ledger/fields.js';
import { newId } from '../../src/ledger/ids.js';
import { readCommand } from '../../src/walks/command-class.js';
import type { Context, Occasion } from '../../src/walks/context.js';
import { Problem } from '../../src/walks/problem.js';

/** Persons, not accounts. */
export const HORI = '0193a000-0000-7000-8000-00000000000a';
export const MIWA = '0193a000-0000-7000-8000-00000000000b';
export const OONO = '0193a000-0000-7000-8000-00000000000c';
export const SUBJECT_ID = '0193a000-0000-7000-8000-0000000000f1';

export const TODAY = '2026-11-20';
const NOW = '2026-11-20T00:30:00.000Z'; // half past nine in Japan

/** An event that has happened: checked against its type, as the ledger would have. */
export function past<T extends string, D extends Shape, S extends Shape>(type: EventType<T, D, S>, by: string, data: ValuesOf<D>, sealed: ValuesOf<S>): DomainEvent {
  checkShape(type.data, data, '/data');
  checkShape(type.sealed, sealed, '/sealed');
  return freeze({ type: type.type, data: data as object, sealed: sealed as object, id: newId(), actor: by, occurredAt: NOW });
}

/** The same event after its key has been destroyed. */
export function erased(happened: DomainEvent): DomainEvent {
  return freeze({ ...happened, sealed: ERASED });
}

/** What a scenario expects of a new event; the free parts may be left out. */
export interface ExpectedEvent {
  readonly type: string;
  readonly data?: object;
  readonly sealed?: object;
}

export function happens(type: EventType, data?: object, sealed?: object): ExpectedEvent {
  return { type: type.type, ...(data && { data }), ...(sealed && { sealed }) };
}

export interface ExpectedProblem {
  readonly status: number;
  readonly code: string;
}

export function problem(status: number, code: string): ExpectedProblem {
  return { status, code };
}

export interface When {
  /** Events (an empty list is never an answer of a decider) or the problem. */
  then(expected: readonly ExpectedEvent[] | ExpectedProblem): void;
}

export interface Given<S> {
  readonly state: S;
  when(type: string, data: object, occasion?: Partial<Occasion>): When;
}

type AnyContext<S> = Pick<Context<S>, 'decider' | 'commands'>;

/**
 * given(context, events).when('Command', data, { person }).then([…] or problem(409, …)).
 *
 * The data goes through the command's own class first, so that no scenario rests on input that HTTP would refuse; every decision is taken
 * twice from frozen arguments and must come out the same: deciders are pure.
 */
export function given<S>(context: AnyContext<S>, events: readonly DomainEvent[] = []): Given<S> {
  const { decider } = context;
  const fold = (): S => events.reduce(decider.evolve, decider.initialState());
  const state = fold();
  expect(fold()).toEqual(state);
  return {
    state,
    when(type, data, occasion = {}) {
      const spec = context.commands.find((entry) => entry.type === type);
      if (!spec) throw new Error(`${type} is no command of this context`);
      const command = freeze(readCommand(spec.command, structuredClone(data)));
      const at: Occasion = freeze({ now: NOW, today: TODAY, person: HORI, department: 'health-promotion', id: SUBJECT_ID, ...occasion });
      const attempt = (): readonly NewDomainEvent[] | Problem => {
        try {
          return decider.decide({ type, data: command }, state, at);
        } catch (error) {
          if (error instanceof Problem) return error;
          throw error;
        }
      };
      const outcome = attempt();
      expect(attempt()).toEqual(outcome);
      expect(fold()).toEqual(state); // deciding has left the state alone
      return { then: (expected) => check(outcome, expected) };
    },
  };
}

function check(outcome: readonly NewDomainEvent[] | Problem, expected: readonly ExpectedEvent[] | ExpectedProblem): void {
  if (!Array.isArray(expected)) {
    const { status, code } = expected as ExpectedProblem;
    expect(outcome instanceof Problem ? { status: outcome.status, code: outcome.code } : outcome).toEqual({ status, code });
    return;
  }
  expect(expected.length).toBeGreaterThan(0);
  if (outcome instanceof Problem) throw new Error(`no event but ${outcome.status} ${outcome.code}`);
  expect(outcome.map(({ type }) => type.type)).toEqual(expected.map(({ type }) => type));
  outcome.forEach(({ type, data, sealed }, i) => {
    checkShape(type.data, data, '/data');
    checkShape(type.sealed, sealed, '/sealed');
    if (expected[i].data) expect(data).toEqual(expected[i].data);
    if (expected[i].sealed) expect(sealed).toEqual(expected[i].sealed);
  });
}

export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
