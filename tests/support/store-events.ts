import fc from 'fast-check';
import { v7 } from 'uuid';
import type { Json, JsonObject } from '../../src/store/canonical.js';
import { ACTOR_KINDS, type Actor, type Envelope, type NewEvent, type RecordedEvent } from '../../src/store/event.js';

/** A stream name nobody used before: a store may be shared and cannot be emptied. */
export function newStream(kind = 'test'): string {
  return `${kind}-${v7()}`;
}

/** An event as a caller would hand it in; every member that may be filled is filled. */
export function newEvent(change: Partial<NewEvent> = {}): NewEvent {
  return {
    id: v7(),
    type: 'SampleTaken',
    schema: 1,
    occurredAt: null,
    actor: { staff: 'staff-1', kind: 'staff', department: 'dep-1', role: 'clerk', session: 'session-1', terminal: null },
    handling: { kind: 'use', subjects: ['subject-1'], items: ['item-1'] },
    correlationId: 'correlation-1',
    causationId: null,
    data: { n: 1 },
    sealed: { key: 7, bytes: 'AAECAw==' },
    ...change,
  };
}

export function newEvents(count: number): readonly NewEvent[] {
  return Array.from({ length: count }, (_, n) => newEvent({ data: { n } }));
}

export function text(event: RecordedEvent): string {
  return Buffer.from(event.bytes).toString('utf8');
}

/** Parsed without the code under test. */
export function envelope(event: RecordedEvent): Envelope {
  return JSON.parse(text(event)) as Envelope;
}

export function idOf(event: RecordedEvent): string {
  return envelope(event).id;
}

export function idsOf(events: readonly RecordedEvent[]): readonly string[] {
  return events.map(idOf);
}

/** All that a reader gets of an event, in a form that compares by value. */
export function facts(event: RecordedEvent): object {
  return { stream: event.stream, revision: event.revision, position: event.position, text: text(event) };
}

/** Well-formed text: any code point, control characters, surrogate pairs, variation selectors, both ends of the sort order. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '__proto__', 'toJSON', '10', '9', '"\\/\b\f\n\r\t\u0000\u001f\u007f', '😀', '葛\u{E0100}城', '𠮷野', '\ue000', '\ufeff', '\u2028', '~/'),
);

/** Any value the ledger admits. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, 0, -0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
    fc.maxSafeInteger(),
    anyText,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 6 }),
  ),
})).value;

export const anyObject: fc.Arbitrary<JsonObject> = fc.dictionary(anyText, anyJson, { maxKeys: 6 });

const anyActor: fc.Arbitrary<Actor> = fc.record({
  staff: anyText,
  kind: fc.constantFrom(...ACTOR_KINDS),
  department: anyText,
  role: anyText,
  session: anyText,
  terminal: fc.option(anyText),
});

/** Any event with an id of its own. */
export const anyEvent: fc.Arbitrary<NewEvent> = fc
  .record({
    type: anyText,
    schema: fc.nat(),
    occurredAt: fc.constantFrom(null, '2019-04-30T15:00:00.000Z'),
    actor: anyActor,
    handling: fc.option(anyObject),
    correlationId: anyText,
    causationId: fc.option(anyText),
    data: anyObject,
    sealed: fc.option(fc.record({ key: fc.nat(), bytes: fc.base64String() })),
  })
  .map((change) => newEvent(change));
