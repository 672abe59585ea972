import { StoreFounded } from '../../src/ledger/agency.js';
import { ErasureOrdered, ErasureVerified, eraseUnits } from '../../src/ledger/erasure.js';
import { event, eventType, isErased, type EventType } from '../../src/ledger/event-type.js';
import { code, count, date, optional, text } from '../../src/ledger/fields.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { Registry } from '../../src/ledger/registry.js';
import { circumstances, erasing, HANDLING, openPair, scratch, unitOf, type Pair } from '../support/ledger.js';

const first = eventType({ type: 'Moved', handling: false, data: { on: date }, sealed: { to: text() } });
const second = eventType({
  type: 'Moved', handling: false, schema: 2,
  data: { on: date, reason: code }, sealed: { address: text() },
  upcasts: { 1: { data: (old) => ({ ...old, reason: 'unknown' }), sealed: ({ to }) => ({ address: to }) } },
});
const third = eventType({
  type: 'Moved', handling: false, schema: 3,
  data: { on: date, reason: code, count }, sealed: { address: text(), city: text() },
  upcasts: {
    ...second.upcasts,
    2: { data: (old) => ({ ...old, count: 1 }), sealed: (old) => ({ ...old, city: `city of ${old['address'] as string}` }) },
  },
});

function registryOf(...types: unknown[]): Registry {
  return new Registry([StoreFounded, ErasureOrdered, ErasureVerified, ...(types as EventType[])] as EventType[], HANDLING);
}

/** Writes one event of the first schema, and opens the ledger again with the types of a later program. */
async function writtenThenReopened(types: unknown[], written: unknown = first, data: object = { on: '2026-11-20' }, sealed: object = { to: '○○市' }): Promise<{ pair: Pair; stream: string }> {
  const root = scratch();
  const stream = streamName('move', newId());
  const old = await openPair(root, { registry: registryOf(written) });
  const drafts = [{ id: newId(), event: event(written as typeof first, data as { on: string }, sealed as { to: string }), ...circumstances() }];
  await old.ledger.append({ stream, drafts, expected: 'none', key: null });
  await old.close();
  return { pair: await openPair(root, { registry: registryOf(...types) }), stream };
}

it('leaves an event of the schema of today as it is', async () => {
  const { pair, stream } = await writtenThenReopened([first]);
  const { events } = await pair.ledger.load(stream);
  expect(events[0]).toMatchObject({ data: { on: '2026-11-20' }, sealed: { to: '○○市' } });
});

it('brings up both parts by one step', async () => {
  const { pair, stream } = await writtenThenReopened([second]);
  const { events, recorded } = await pair.ledger.load(stream);
  expect(events[0]).toMatchObject({ data: { on: '2026-11-20', reason: 'unknown' }, sealed: { address: '○○市' } });
  expect(Object.keys(events[0]!.sealed)).toEqual(['address']);
  expect(recorded[0]!.writtenSchema).toBe(1);
});

it('brings up both parts by every step, in their order', async () => {
  const { pair, stream } = await writtenThenReopened([third]);
  const { events } = await pair.ledger.load(stream);
  expect(events[0]!.data).toEqual({ on: '2026-11-20', reason: 'unknown', count: 1 });
  expect(events[0]!.sealed).toEqual({ address: '○○市', city: 'city of ○○市' });
});

it('takes only the steps that were still to come', async () => {
  const { pair, stream } = await writtenThenReopened([third], second, { on: '2026-11-20', reason: 'marriage' }, { address: '△△町' });
  const { events } = await pair.ledger.load(stream);
  expect(events[0]!.data).toEqual({ on: '2026-11-20', reason: 'marriage', count: 1 });
  expect(events[0]!.sealed).toEqual({ address: '△△町', city: 'city of △△町' });
});

it('brings up one part alone where the other did not change', async () => {
  const openOnly = eventType({ ...second, sealed: { to: text() }, upcasts: { 1: { data: second.upcasts[1]!.data! } } });
  const sealedOnly = eventType({ ...second, data: { on: date }, upcasts: { 1: { sealed: second.upcasts[1]!.sealed! } } });
  const one = await writtenThenReopened([openOnly]);
  expect((await one.pair.ledger.load(one.stream)).events[0]).toMatchObject({ data: { on: '2026-11-20', reason: 'unknown' }, sealed: { to: '○○市' } });
  const two = await writtenThenReopened([sealedOnly]);
  expect((await two.pair.ledger.load(two.stream)).events[0]).toMatchObject({ data: { on: '2026-11-20' }, sealed: { address: '○○市' } });
});

it('brings up the open part of an erased event, and never the part that is gone', async () => {
  let opened = 0;
  const counting = eventType({ ...second, upcasts: { 1: { data: second.upcasts[1]!.data!, sealed: (old) => { opened += 1; return { address: old['to'] }; } } } });
  const { pair, stream } = await writtenThenReopened([counting]);
  const loaded = await pair.ledger.load(stream);
  expect(opened).toBe(1);
  await eraseUnits(pair.ledger, [unitOf(loaded)], erasing());
  const { events } = await pair.ledger.load(stream);
  expect(isErased(events[0]!.sealed)).toBe(true);
  expect(events[0]!.data).toEqual({ on: '2026-11-20', reason: 'unknown' });
  expect(opened).toBe(1);
});

it('brings up the sealed part also of an event that had nothing to seal', async () => {
  const before = eventType({ type: 'Moved', handling: false, data: { on: date }, sealed: { to: optional(text()) } });
  const after = eventType({ type: 'Moved', handling: false, schema: 2, data: { on: date }, sealed: { address: text() }, upcasts: { 1: { sealed: ({ to }) => ({ address: to ?? 'unknown' }) } } });
  const { pair, stream } = await writtenThenReopened([after], before, { on: '2026-11-20' }, {});
  expect((await pair.ledger.load(stream)).events[0]!.sealed).toEqual({ address: 'unknown' });
});

it('writes the schema of today, which opens beside the old one in one stream', async () => {
  const { pair, stream } = await writtenThenReopened([second]);
  const { ledger } = pair;
  const loaded = await ledger.load(stream);
  const drafts = [{ id: newId(), event: event(second, { on: '2026-11-21', reason: 'marriage' }, { address: '△△町' }), ...circumstances() }];
  await ledger.append({ stream, drafts, expected: loaded.revision, key: loaded.key });
  const { events, recorded } = await ledger.load(stream);
  expect(recorded.map(({ writtenSchema }) => writtenSchema)).toEqual([1, 2]);
  expect(events.map(({ sealed }) => sealed)).toEqual([{ address: '○○市' }, { address: '△△町' }]);
});

it('stops at a schema from the future when an older program opens the ledger again', async () => {
  const root = scratch();
  const stream = streamName('move', newId());
  const newer = await openPair(root, { registry: registryOf(second) });
  const drafts = [{ id: newId(), event: event(second, { on: '2026-11-20', reason: 'marriage' }, { address: '△△町' }), ...circumstances() }];
  const { position } = await newer.ledger.append({ stream, drafts, expected: 'none', key: null });
  await newer.ledger.noteHead();
  await newer.close();
  const { ledger } = await openPair(root, { registry: registryOf(first) });
  await expect(ledger.load(stream)).rejects.toMatchObject({ name: 'FutureSchema', type: 'Moved', schema: 2, position });
});
