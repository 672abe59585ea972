import { jest } from '@jest/globals';
import { join } from 'node:path';
import { openAside } from '../../src/store/open.js';
import { recordedSince } from '../../src/store/recorded-since.js';
import { newEvents, newStream } from '../support/store-events.js';
import { openServerStore, useStandIn } from '../support/store-eventstoredb.js';
import { temporaryDirectory } from '../support/store-embedded.js';
import { startStandIn } from '../support/stand-in.js';
import { PATIENCE_MS, akashi, emptyPlace, foundedPlace, removePlaces, type Ended } from './program.js';

jest.setTimeout(PATIENCE_MS);
afterAll(removePlaces);

/** Moving from the embedded store to a server: every event as it stands, and nothing lost on the way. */
const standIn = useStandIn();

const json = <T>({ out }: Ended): T => JSON.parse(out) as T;
const onServer = (connection: string): NodeJS.ProcessEnv => ({ AKASHI_STORE: 'eventstoredb', AKASHI_EVENTSTOREDB: connection });

async function everything(store: Parameters<typeof openAside>[0]): Promise<readonly string[]> {
  const ledger = (await openAside(store))!;
  const events: string[] = [];
  for await (const { stream, revision, bytes } of recordedSince(ledger, 0)) events.push(`${stream} ${revision} ${Buffer.from(bytes).toString()}`);
  await ledger.close();
  return events;
}

it('copies every event, and the engine goes on from there with the same keys', async () => {
  const place = await foundedPlace();
  const { connection } = standIn();
  const target = { kind: 'eventstoredb', connection, deadlineMs: 10_000, leaseMs: 5000, directory: place.data } as const;
  const before = await everything({ kind: 'embedded', directory: place.data });
  expect(before.length).toBeGreaterThan(3);

  const copied = await akashi(place, ['--json', 'store', 'copy'], { AKASHI_EVENTSTOREDB: connection });
  expect([copied.code, copied.err]).toEqual([0, '']);
  expect(json(copied)).toEqual({ events: before.length, before: 0 });
  expect(await everything(target)).toEqual(before);

  const found = await akashi(place, ['--json', 'doctor'], onServer(connection));
  expect(json<readonly { check: string; state: string }[]>(found).filter(({ state }) => state === 'fault' || state === 'unseen')).toEqual([]);
  const staff = await akashi(place, ['--json', 'staff', 'list'], onServer(connection));
  expect(json<readonly unknown[]>(staff).length).toBeGreaterThan(0);
  const rebuilt = await akashi(place, ['--json', 'rebuild'], onServer(connection));
  expect(json<readonly { identical: boolean }[]>(rebuilt).every(({ identical }) => identical)).toBe(true);

  // Whoever goes back by mistake is stopped: the keys remember more than this store holds.
  const back = await akashi(place, ['rebuild']);
  expect(back.code).toBe(1);
  expect(back.err).toContain('store-rolled-back');
});

it('goes on where a copy was broken off, and refuses what is not the beginning of this ledger', async () => {
  const directory = temporaryDirectory();
  const other = await startStandIn({ file: join(directory.path, 'events.log') });
  const place = await foundedPlace();
  const copy = () => akashi(place, ['--json', 'store', 'copy'], { AKASHI_EVENTSTOREDB: other.connection });
  expect(json(await copy())).toMatchObject({ before: 0 });
  const again = json<{ events: number; before: number }>(await copy());
  expect(again.before).toBe(again.events);

  const store = await openServerStore(other.connection);
  await store.append(newStream(), newEvents(1), 'none');
  await store.close();
  const refused = await copy();
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('copy-differs');
  await other.stop();
  directory.remove();
});

it('begins nothing without a ledger, without a target, or from another store', async () => {
  const { connection } = standIn();
  const empty = await akashi(emptyPlace(), ['store', 'copy'], { AKASHI_EVENTSTOREDB: connection });
  expect(empty.code).toBe(1);
  const place = await foundedPlace();
  const nowhere = await akashi(place, ['store', 'copy']);
  expect(nowhere.code).toBe(78);
  const there = await akashi(place, ['store', 'copy'], onServer(connection));
  expect(there.code).toBe(64);
});
