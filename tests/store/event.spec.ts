import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { CorruptEvent, decodeEvent, encodeEvent, EventTooLarge, MAX_EVENT_BYTES, type Actor, type Envelope, type NewEvent, type RecordedEvent } from '../../src/store/event.js';
import { canonical, NotCanonical, type JsonObject } from '../../src/store/canonical.js';
import { anyEvent, newEvent } from '../support/store-events.js';

const AT = '2026-01-02T03:04:05.678Z';

function recorded(bytes: Uint8Array | string): RecordedEvent {
  return { stream: 'stream-1', revision: 3, position: 17, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes };
}

describe('an event', () => {
  it('is encoded as RFC 8785 and decoded to what it was', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const whole: Envelope = { ...event, occurredAt: event.occurredAt ?? AT, recordedAt: AT };
        const bytes = encodeEvent(event, AT);
        expect(bytes.toString('utf8')).toBe(canonicalize(whole));
        expect(bytes.toString('utf8')).toBe(canonical(whole as unknown as JsonObject));
        expect(decodeEvent(recorded(bytes))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: 500 },
    );
  });

  it('names its own actor, however like the one before', () => {
    const few = fc.constantFrom('a', 'b');
    const alike = fc.record(
      { staff: few, kind: fc.constantFrom('staff', 'operator'), department: few, role: few, session: few, terminal: fc.constantFrom(null, 'a'), place: few, extra: few },
      { requiredKeys: ['staff', 'kind', 'department', 'role', 'session', 'terminal'] },
    ) as unknown as fc.Arbitrary<Actor>;
    fc.assert(
      fc.property(fc.array(alike, { minLength: 2, maxLength: 30 }), (actors) => {
        const written = actors.map((actor) => encodeEvent(newEvent({ actor }), AT).toString());
        written.forEach((text, i) => expect(text.startsWith(`{"actor":${canonicalize(actors[i])},"causationId"`)).toBe(true));
      }),
      { numRuns: 300 },
    );
  });

  it('holds only what an envelope holds', () => {
    const stray = { ...newEvent(), stream: 'x', revision: 1, position: 1, note: 'secret' } as NewEvent;
    expect(encodeEvent(stray, AT).toString()).not.toMatch(/secret|revision|position|stream/);
  });

  it.each<[string, Partial<NewEvent>]>([
    ['/data/a/1', { data: { a: [1, 2.5] } }],
    ['/handling/subjects/0', { handling: { subjects: ['\ud800'] } }],
    ['/actor/staff', { actor: { ...newEvent().actor, staff: '\udc00' } }],
    ['/schema', { schema: 1.5 }],
    ['/sealed/key', { sealed: { key: 2 ** 53, bytes: '' } }],
  ])('is refused by its whole path when it cannot be written: %s', (path, change) => {
    const encoding = (): unknown => encodeEvent(newEvent(change), AT);
    expect(encoding).toThrow(NotCanonical);
    expect(encoding).toThrow(expect.objectContaining({ path }));
  });

  it('is too large by its bytes, not its characters, and says only how large', () => {
    const room = MAX_EVENT_BYTES - encodeEvent(newEvent({ data: { s: '' } }), AT).length;
    expect(encodeEvent(newEvent({ data: { s: 'x'.repeat(room) } }), AT)).toHaveLength(MAX_EVENT_BYTES);
    const over = (): unknown => encodeEvent(newEvent({ data: { s: '漢'.repeat(Math.ceil((room + 1) / 3)) } }), AT);
    expect(over).toThrow(EventTooLarge);
    expect(over).toThrow(/^an event of 10485\d\d bytes is larger than the 1048576 that every store takes$/);
  });

  const good = encodeEvent(newEvent({ data: { secret: 'secret' } }), AT);
  const inText = good.indexOf('secret') + 1; // where a parser would not notice
  it.each<[string, Uint8Array | string]>([
    ['cut short', good.subarray(0, good.length - 1)],
    ['not JSON', 'secret'],
    ['JSON but no object', '"secret"'],
    ['null', 'null'],
    ['an object without an id', '{"type":"secret"}'],
    ['an object whose type is no text', '{"id":"secret","type":1}'],
    ['not UTF-8', Buffer.concat([good.subarray(0, inText), Buffer.from([0xff]), good.subarray(inText + 1)])],
    ['after a byte order mark', `\ufeff${good.toString('utf8')}`],
    ['empty', ''],
  ])('that is %s is CorruptEvent, told by where it stands and never by its content', (_, bytes) => {
    let error: unknown;
    try {
      decodeEvent(recorded(bytes));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CorruptEvent);
    const { message, cause, stack } = error as CorruptEvent;
    expect(message).toBe('the event at position 17 (stream-1, revision 3) cannot be parsed: the store is damaged there');
    expect(cause).toBeUndefined();
    expect(`${stack}${JSON.stringify(error)}`).not.toContain('secret');
  });
});
