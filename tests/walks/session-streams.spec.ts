import { NobodyWithheld, SessionOpened } from '../../src/walks/events.js';
import { event } from '../../src/ledger/event-type.js';
import { Registry } from '../../src/ledger/registry.js';
import { SessionStreams } from '../../src/walks/session-streams.js';
import { StoreBusy, StoreUnavailable, type EventStore } from '../../src/store/port.js';
import { HANDLING, REGISTRY, circumstances, openPair, scratch, type Pair } from '../support/ledger.js';

const PART = 40;
const registry = new Registry([...REGISTRY.all(), SessionOpened, NobodyWithheld], HANDLING);
const about = circumstances();

async function open(): Promise<Pair & { readonly sessions: SessionStreams }> {
  const pair = await openPair(scratch(), { registry });
  return { ...pair, sessions: new SessionStreams(pair.ledger, PART) };
}

const look = (sessions: SessionStreams) => sessions.append(about, event(NobodyWithheld, {}), null);

/** The ids of looks as they stand in the ledger, each with its stream. */
async function looksIn({ store, ledger }: Pair): Promise<{ id: string; stream: string; revision: number }[]> {
  const all = (await store.readAll({ after: 0, limit: 100_000 })).map((recorded) => ledger.registry.decode(recorded));
  return all.filter(({ type }) => type === NobodyWithheld.type).map(({ id, stream, revision }) => ({ id, stream, revision }));
}

it('goes over into the next part while others are under way, without losing or refusing one', async () => {
  const pair = await open();
  const ids: string[] = [];
  const caller = async (): Promise<void> => {
    for (let i = 0; i < 25; i += 1) ids.push((await look(pair.sessions)).id);
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  const looks = await looksIn(pair);
  expect(looks.map(({ id }) => id).sort()).toEqual([...ids].sort());
  const parts = Map.groupBy(looks, ({ stream }) => stream);
  expect(parts.size).toBeGreaterThan(5);
  for (const part of parts.values()) expect(part.map(({ revision }) => revision)).toEqual(part.map((_, i) => i + 1));
});

it('goes on behind a restart, in the part that was not full', async () => {
  const pair = await open();
  for (let i = 0; i < PART + 3; i += 1) await look(pair.sessions);
  const again = new SessionStreams(pair.ledger, PART);
  const { stream, revision } = await look(again);
  const looks = await looksIn(pair);
  expect(looks.at(-1)).toMatchObject({ stream, revision });
  expect(new Set(looks.map((entry) => entry.stream)).size).toBe(2);
});

it.each([
  ['full for a moment', new StoreBusy(1)],
  ['away for a moment', new StoreUnavailable('SQLITE_FULL')],
])('a store that is %s fails those it failed and nobody else', async (_, fault) => {
  const pair = await open();
  await look(pair.sessions);
  const store = pair.store as { append: EventStore['append'] };
  const { append } = store;
  let call = 0;
  store.append = (...args) => ((call += 1) === 3 ? Promise.reject(fault) : append(...args));
  const ends = await Promise.allSettled(Array.from({ length: 10 }, () => look(pair.sessions)));
  expect(ends.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
  const kept = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.id] : []));
  expect((await looksIn(pair)).map(({ id }) => id).slice(1).sort()).toEqual(kept.sort());
});
