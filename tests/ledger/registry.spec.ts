import { StoreFounded } from '../../src/ledger/agency.js';
import { ErasureOrdered, ErasureVerified } from '../../src/ledger/erasure.js';
import { eventType, type EventType } from '../../src/ledger/event-type.js';
import { code, count, date, id, list, object, optional, text, type Shape } from '../../src/ledger/fields.js';
import { newId } from '../../src/ledger/ids.js';
import { engineActor } from '../../src/ledger/opening.js';
import { Registry, checkSealed } from '../../src/ledger/registry.js';
import { canonical, type JsonObject } from '../../src/store/canonical.js';
import type { RecordedEvent } from '../../src/store/event.js';

const HANDLING = { kind: code, subjects: list(id) };
const Applied = eventType({
  type: 'Applied',
  data: { on: date, items: list(object({ code, n: count })), by: optional(id) },
  sealed: { name: text(), notes: list(text()), address: optional(text()) },
});
const GOOD = { data: { on: '2026-11-20', items: [{ code: 'a', n: 1 }] }, sealed: { name: '山田', notes: [] }, handling: { kind: 'acquisition', subjects: [] } };

function typed(data: Shape): EventType {
  return eventType({ type: 'Leaky', data }) as unknown as EventType;
}

/** Bytes as the store would give them back. */
function recorded(parts: JsonObject, position = 17): RecordedEvent {
  const envelope = {
    id: newId(), type: 'Applied', schema: 1, occurredAt: '2026-11-20T03:00:00.000Z', recordedAt: '2026-11-20T03:00:00.000Z',
    actor: engineActor(), handling: null, correlationId: newId(), causationId: null, data: {}, sealed: null, ...parts,
  };
  return { stream: 'applied-1', revision: 4, position, bytes: Buffer.from(canonical(envelope)) };
}

describe('a type with a field that may not stand open', () => {
  it.each([
    ['a text', { name: text() }, 'Leaky.data.name holds text'],
    ['a text that may be left out', { name: optional(text()) }, 'Leaky.data.name holds text'],
    ['a list of texts', { notes: list(text()) }, 'Leaky.data.notes holds list'],
    ['an object with a text', { who: object({ id, name: text() }) }, 'Leaky.data.who holds object'],
    ['a list of objects with a text', { who: list(object({ name: text() })) }, 'Leaky.data.who holds list'],
    ['a text at the very bottom', { a: object({ b: list(list(object({ c: optional(text()) }))) }) }, 'Leaky.data.a holds object'],
  ])('is refused: %s', (_, data, message) => {
    expect(() => new Registry([typed(data)], {})).toThrow(message);
    expect(() => new Registry([Applied as unknown as EventType], data)).toThrow(message.replace('Leaky.data', 'handling'));
  });

  it('is refused even where the field around it says that it may', () => {
    const outer = { ...object({ name: text() }), open: true };
    expect(() => new Registry([typed({ who: outer })], {})).toThrow('Leaky.data.who.name holds text');
    const around = { ...list(text()), open: true };
    expect(() => new Registry([typed({ notes: around })], {})).toThrow('Leaky.data.notes.* holds text');
  });

  it('is taken when the field is sealed', () => {
    expect(new Registry([eventType({ type: 'Tight', sealed: { name: text() } }) as unknown as EventType], {}).all()).toHaveLength(1);
  });
});

it('refuses a type that is registered twice', () => {
  const twin = eventType({ type: 'Applied', data: { n: count } }) as unknown as EventType;
  expect(() => new Registry([Applied as unknown as EventType, twin], HANDLING)).toThrow('Applied is registered twice');
});

describe('walking the open fields', () => {
  const registry = new Registry([Applied as unknown as EventType, StoreFounded, ErasureOrdered, ErasureVerified], HANDLING);

  it('comes to every one, with its place', () => {
    const places = registry.openFields().map(({ where, field }) => `${where}:${field.kind}`);
    expect(places).toEqual([
      'Applied.data.on:date', 'Applied.data.items:list', 'Applied.data.items.*:object', 'Applied.data.items.*.code:code', 'Applied.data.items.*.n:count', 'Applied.data.by:id',
      'StoreFounded.data.store:id', 'StoreFounded.data.vault:id', 'StoreFounded.data.municipality:code', 'StoreFounded.data.organ:code',
      'ErasureOrdered.data.order:id', 'ErasureOrdered.data.key:count',
      'ErasureVerified.data.order:id', 'ErasureVerified.data.key:count', 'ErasureVerified.data.completeOn:date',
      'handling.kind:code', 'handling.subjects:list', 'handling.subjects.*:id',
    ]);
  });

  it('finds only kinds that hold no value of a person', () => {
    const kinds = new Set(registry.openFields().map(({ field }) => field.kind));
    for (const kind of kinds) expect(['id', 'code', 'count', 'flag', 'date', 'instant', 'digest', 'list', 'object']).toContain(kind);
  });
});

describe('checking a new event', () => {
  const registry = new Registry([Applied as unknown as EventType, StoreFounded], HANDLING);
  const check = (parts: Partial<Record<keyof typeof GOOD, unknown>>, type: EventType = Applied as unknown as EventType): void => {
    const { data, sealed, handling } = { ...GOOD, ...parts } as typeof GOOD;
    registry.checkOpen(type, data, handling);
    checkSealed(type, sealed);
  };

  it('takes what fits', () => {
    expect(() => check({})).not.toThrow();
    expect(() => check({ data: { ...GOOD.data, by: newId() }, sealed: { ...GOOD.sealed, address: '○○市' } })).not.toThrow();
  });

  it.each([
    ['an unknown member in the open part', { data: { ...GOOD.data, name: '山田' } }, '/Applied/data is not without unregistered members'],
    ['an unknown member deeper down', { data: { ...GOOD.data, items: [{ code: 'a', n: 1, name: '山田' }] } }, '/Applied/data/items/0 is not without unregistered members'],
    ['an unknown member in the sealed part', { sealed: { ...GOOD.sealed, kana: 'ヤマダ' } }, '/Applied/sealed is not without unregistered members'],
    ['an unknown member in the handling block', { handling: { ...GOOD.handling, note: '山田' } }, '/Applied/handling is not without unregistered members'],
    ['a missing member in the open part', { data: { on: '2026-11-20' } }, '/Applied/data/items is not there'],
    ['a missing member in the sealed part', { sealed: { notes: [] } }, '/Applied/sealed/name is not there'],
    ['no sealed part at all', { sealed: {} }, '/Applied/sealed/name is not there'],
    ['a missing member in the handling block', { handling: { kind: 'use' } }, '/Applied/handling/subjects is not there'],
    ['a value of another kind', { data: { ...GOOD.data, on: '山田' } }, '/Applied/data/on is not a plain date'],
    ['no handling block', { handling: null }, 'Applied needs handling block'],
  ])('refuses %s without a word of its content', (_, parts, message) => {
    expect(() => check(parts)).toThrow(message);
    expect(() => check(parts)).not.toThrow(/山田|ヤマダ/);
  });

  it('refuses a handling block where none belongs', () => {
    const founded = { data: { store: newId(), vault: newId(), municipality: '990019', organ: 'mayor' }, sealed: {} };
    expect(() => check({ ...founded, handling: null }, StoreFounded as unknown as EventType)).not.toThrow();
    expect(() => check(founded, StoreFounded as unknown as EventType)).toThrow('StoreFounded has no handling block');
  });
});

describe('decoding', () => {
  const registry = new Registry([Applied as unknown as EventType], HANDLING);

  it('gives the event with its place and its type', () => {
    const event = recorded({ data: GOOD.data });
    expect(registry.decode(event)).toMatchObject({ stream: 'applied-1', revision: 4, position: 17, data: GOOD.data, writtenSchema: 1, definition: { type: 'Applied' } });
  });

  it('stops at an unknown type: its error names type and position', () => {
    const decode = (): unknown => registry.decode(recorded({ type: 'Invented', data: { name: '山田' } }));
    expect(decode).toThrow(expect.objectContaining({ name: 'UnknownEventType', type: 'Invented', position: 17 }));
    expect(decode).toThrow(/17.*Invented/);
    expect(decode).not.toThrow(/山田/);
  });

  it('stops at a schema from the future: its error names type, schema and position', () => {
    const decode = (): unknown => registry.decode(recorded({ schema: 2, data: { name: '山田' } }));
    expect(decode).toThrow(expect.objectContaining({ name: 'FutureSchema', type: 'Applied', schema: 2, position: 17 }));
    expect(decode).toThrow(/17.*Applied.*2/);
    expect(decode).not.toThrow(/山田/);
  });

  it.each([
    ['bytes that are no JSON', Buffer.from('{"name":"山田')],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['JSON that is no event', Buffer.from('["山田"]')],
    ['nothing', Buffer.alloc(0)],
    ['an event without a type', Buffer.from('{"id":"山田"}')],
  ])('calls %s corrupt, by its place and not by its content', (_, bytes) => {
    const decode = (): unknown => registry.decode({ stream: 'applied-1', revision: 4, position: 17, bytes });
    expect(decode).toThrow(expect.objectContaining({ name: 'CorruptEvent', position: 17 }));
    expect(decode).toThrow('position 17 (applied-1, revision 4)');
    expect(decode).not.toThrow(/山田/);
  });

  it('calls an event corrupt whose parts are of another kind, rather than hand them to a decider', () => {
    const parts: Record<string, JsonObject> = {
      'a schema that is text': { schema: '1' },
      'no schema': { schema: undefined },
      'a schema that never was': { schema: 0 },
      'an open part that is text': { data: '山田' },
      'no open part': { data: undefined },
      'a sealed part that is no ciphertext': { sealed: { bytes: 5, key: '山田' } },
      'a moment that is a number': { recordedAt: 5 },
    };
    const taken = Object.entries(parts).filter(([, change]) => {
      try {
        registry.decode(recorded(change));
        return true;
      } catch (error) {
        return (error as Error).name !== 'CorruptEvent';
      }
    });
    expect(taken.map(([name]) => name)).toEqual([]);
  });
});
