import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { MAX_STREAM_EVENTS, StreamFull } from '../../src/ledger/ledger.js';
import { encodeEvent } from '../../src/store/event.js';
import { addUnit, addUnits, circumstances, filesHolding, Noted, noteDraft, openPair, RESERVED, scratch, tickDraft, typesOf, type Pair } from '../support/ledger.js';

const NUMBER = '123456789018';

async function founded(): Promise<Pair> {
  return openPair(scratch());
}

describe('loading', () => {
  it('finds an absent stream empty, not missing', async () => {
    const { ledger } = await founded();
    const stream = streamName('note', newId());
    expect(await ledger.load(stream)).toEqual({ stream, revision: 'none', recorded: [], events: [], key: null, erased: false });
  });

  it('gives back what was appended: opened, in order, with who and when', async () => {
    const { ledger } = await founded();
    const stream = streamName('note', newId());
    const late = '2026-01-02T03:04:05.000Z';
    const one = { ...noteDraft('髙橋 𠮷', 1), occurredAt: late };
    const two = tickDraft(2);
    await ledger.append({ stream, drafts: [one, two], expected: 'none', key: null });
    const loaded = await ledger.load(stream);
    expect(loaded.revision).toBe(1);
    expect(loaded.erased).toBe(false);
    expect(loaded.events).toEqual([
      { type: 'Noted', id: one.id, actor: one.actor.staff, occurredAt: late, data: { n: 1 }, sealed: { note: '髙橋 𠮷' } },
      { type: 'Ticked', id: two.id, actor: two.actor.staff, occurredAt: loaded.recorded[1]!.recordedAt, data: { n: 2 }, sealed: {} },
    ]);
    expect(loaded.recorded.map(({ revision, correlationId }) => ({ revision, correlationId }))).toEqual([
      { revision: 0, correlationId: one.correlationId },
      { revision: 1, correlationId: two.correlationId },
    ]);
  });

  it('tells the key of the unit, whichever event first needed one', async () => {
    const { ledger } = await founded();
    const stream = streamName('note', newId());
    await ledger.append({ stream, drafts: [tickDraft()], expected: 'none', key: null });
    const before = await ledger.load(stream);
    expect(before.key).toBeNull();
    await ledger.append({ stream, drafts: [noteDraft('a')], expected: before.revision, key: before.key });
    const after = await ledger.load(stream);
    expect(after.key).toBeGreaterThanOrEqual(RESERVED);
    await ledger.append({ stream, drafts: [noteDraft('b')], expected: after.revision, key: after.key });
    const { events, recorded } = await ledger.load(stream);
    expect(events.map(({ sealed }) => sealed)).toEqual([{}, { note: 'a' }, { note: 'b' }]);
    expect(recorded.map(({ sealed }) => sealed?.key)).toEqual([undefined, after.key, after.key]);
  });
});

describe('sealing', () => {
  it('gives each unit a key of its own, and all events of one act the same', async () => {
    const { ledger } = await founded();
    const units = await addUnits(ledger, Array.from({ length: 200 }, (_, i) => `note ${i}`));
    expect(new Set(units.map(({ key }) => key)).size).toBe(200);
    const stream = streamName('note', newId());
    await ledger.append({ stream, drafts: [noteDraft('a'), tickDraft(), noteDraft('b')], expected: 'none', key: null });
    const { recorded } = await ledger.load(stream);
    expect(recorded[0]!.sealed!.key).toBe(recorded[2]!.sealed!.key);
    expect(recorded[1]!.sealed).toBeNull();
  });

  it('gives one stream one key, also when it is written twice in one call', async () => {
    const { ledger } = await founded();
    const stream = streamName('note', newId());
    const twice = [
      { stream, drafts: [noteDraft('a')], expected: 'none' as const, key: null },
      { stream, drafts: [noteDraft('b')], expected: 0, key: null },
    ];
    await ledger.appendMany(twice).catch(() => undefined);
    const keys = (await ledger.load(stream)).recorded.map(({ sealed }) => sealed!.key);
    // Either the second is refused or it is sealed under the key of the first: an erasure destroys one key.
    expect(new Set(keys).size).toBe(Math.min(1, keys.length));
  });

  it('takes no key for an event that seals nothing', async () => {
    const { ledger, vault } = await founded();
    await vault.reserveKeys(5000);
    const { key } = await addUnit(ledger);
    const streams = Array.from({ length: 5 }, () => streamName('tick', newId()));
    await ledger.appendMany(streams.map((stream) => ({ stream, drafts: [tickDraft()], expected: 'none', key: null })));
    expect((await addUnit(ledger)).key).toBe(key! + 1);
  });

  it('gives a key each to thousands of units that are appended at once', async () => {
    const { ledger } = await founded();
    const streams = Array.from({ length: 3000 }, () => streamName('note', newId()));
    const results = await Promise.allSettled(streams.map((stream) => ledger.append({ stream, drafts: [noteDraft('x')], expected: 'none', key: null })));
    expect(results.filter(({ status }) => status === 'rejected').length).toBe(0);
    const keys = await Promise.all(streams.map(async (stream) => (await ledger.load(stream)).key));
    expect(new Set(keys).size).toBe(3000);
  });

  it('leaves the open part as it is and nothing of the sealed part beside its ciphertext', async () => {
    const { ledger } = await founded();
    const draft = noteDraft(`秘密 ${NUMBER}`, 42);
    const { events, key } = ledger.seal({ stream: streamName('note', newId()), drafts: [draft], expected: 'none', key: (await addUnit(ledger)).key });
    const [sealed] = events;
    expect(sealed).toMatchObject({ id: draft.id, type: 'Noted', schema: 1, data: { n: 42 }, handling: null, sealed: { key } });
    const text = encodeEvent(sealed!, '2026-11-20T00:00:00.000Z').toString();
    for (const piece of ['秘密', NUMBER, Buffer.from('秘密').toString('base64').slice(0, 7)]) expect(text).not.toContain(piece);
  });

  it('refuses a unit that holds as many events as one key may seal, to the very event', async () => {
    const { ledger, store } = await founded();
    const { stream, key } = await addUnit(ledger);
    const head = await store.head();
    const seal = (expected: number, count: number): unknown => ledger.seal({ stream, drafts: Array.from({ length: count }, () => tickDraft()), expected, key });
    expect(() => seal(MAX_STREAM_EVENTS - 2, 1)).not.toThrow();
    expect(() => seal(MAX_STREAM_EVENTS - 1, 1)).toThrow(StreamFull);
    expect(() => seal(MAX_STREAM_EVENTS - 4, 4)).toThrow(StreamFull);
    expect(MAX_STREAM_EVENTS).toBe(1_048_576);
    await expect(ledger.append({ stream, drafts: [noteDraft('x')], expected: MAX_STREAM_EVENTS - 1, key })).rejects.toBeInstanceOf(StreamFull);
    expect(await store.head()).toBe(head);
  });
});

describe('appending', () => {
  it('writes nothing of an act when one of its events does not fit its type', async () => {
    const { ledger, store } = await founded();
    const stream = streamName('note', newId());
    const head = await store.head();
    const wrong = { ...noteDraft('b'), event: event(Noted, { n: 1.5 }, { note: '山田' }) };
    const fault = ledger.append({ stream, drafts: [noteDraft('a'), wrong], expected: 'none', key: null });
    await expect(fault).rejects.toMatchObject({ name: 'FieldError', path: '/Noted/data/n' });
    await expect(fault).rejects.not.toThrow(/山田/);
    expect(await store.head()).toBe(head);
  });

  it('makes no more and more keys for acts that do not fit', async () => {
    const { ledger, vault } = await founded();
    const wrong = { ...noteDraft('b'), event: event(Noted, { n: 1.5 }, { note: 'x' }) };
    for (let i = 0; i < 5000; i += 1) {
      await ledger.append({ stream: streamName('note', newId()), drafts: [wrong], expected: 'none', key: null }).catch(() => undefined);
    }
    expect(vault.keyCount).toBeLessThanOrEqual(RESERVED + 4 * 1024);
  });

  it('holds to the exact revision, and writes the same ids once', async () => {
    const { ledger } = await founded();
    const { stream, revision, key } = await addUnit(ledger);
    const draft = noteDraft('b');
    const first = await ledger.append({ stream, drafts: [draft], expected: revision, key });
    expect(await ledger.append({ stream, drafts: [draft], expected: revision, key })).toMatchObject({ position: first.position, repeated: true });
    await expect(ledger.append({ stream, drafts: [noteDraft('c')], expected: revision, key })).rejects.toMatchObject({ name: 'WrongExpectedRevision' });
    expect(typesOf(await ledger.load(stream))).toEqual(['Noted', 'Noted']);
  });

  it('gives each write of many its own result', async () => {
    const { ledger } = await founded();
    const { stream, key } = await addUnit(ledger);
    const results = await ledger.appendMany([
      { stream, drafts: [noteDraft('late')], expected: 'none', key },
      { stream: streamName('note', newId()), drafts: [noteDraft('new')], expected: 'none', key: null },
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it('lets nothing but random ids and codes stand open', async () => {
    const { root, ledger } = await founded();
    const { actor } = circumstances();
    const wrong: { stream?: string; id?: string; correlationId?: string; causationId?: string; actor?: typeof actor }[] = [
      { stream: `number-${NUMBER}` },
      { stream: '山田太郎-1' },
      { id: NUMBER },
      { correlationId: '山田太郎' },
      { causationId: NUMBER },
      { actor: { ...actor, staff: '山田太郎' } },
      { actor: { ...actor, department: `健康課 ${NUMBER}` } },
      { actor: { ...actor, name: '山田太郎' } },
    ];
    const taken: unknown[] = [];
    for (const { stream = streamName('note', newId()), ...parts } of wrong) {
      const write = { stream, drafts: [{ ...noteDraft('x'), ...parts }], expected: 'none' as const, key: null };
      await ledger.append(write).then(() => taken.push({ stream, ...parts }), () => undefined);
    }
    expect(taken).toHaveLength(0);
    for (const piece of [NUMBER, '山田太郎', '健康課']) expect(filesHolding(root, piece)).toEqual([]);
  });
});
