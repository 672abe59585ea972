import { jest } from '@jest/globals';
import { projections } from '../../projections/all.js';
import { registerDigest } from '../../projections/engine/register-file.js';
import { recordedSince } from '../../src/store/recorded-since.js';
import { STORES, type StoreName } from '../support/store-place.js';
import { openStage, type Stage } from '../walks/stage.js';

jest.setTimeout(30_000);

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * What a ledger tells, event by event: all that stands open, and how much is sealed with which key. Ids are random, so each is called
 * by the order in which it first turns up; positions are the store's own.
 */
export async function storyOf({ city }: Stage): Promise<readonly string[]> {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => names.get(id) ?? names.set(id, `id${names.size}`).get(id)!;
  const story: string[] = [];
  for await (const { stream, revision, bytes } of recordedSince(city.server.engine.store, 0)) {
    const { sealed, ...open } = JSON.parse(Buffer.from(bytes).toString()) as { sealed: { key: number; bytes: string } | null };
    story.push(JSON.stringify({ stream, revision, ...open, sealed: sealed && [sealed.key, sealed.bytes.length] }).replaceAll(ID, nameOf));
  }
  return story;
}

/** A scenario goes the same way over each store, and leaves the same ledger behind. The clock stands still, so that times are the same too. */
export function overEachStore(scenario: (stage: () => Stage) => void): void {
  const stories = new Map<StoreName, readonly string[]>();
  describe.each(STORES)('over %s', (store) => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage({ store });
    });
    afterAll(async () => {
      stories.set(store, await storyOf(stage));
      await stage.city.close();
    });
    scenario(() => stage);
  });
  it('leaves the same ledger in each, event by event', () => {
    const [first, ...others] = STORES.map((store) => stories.get(store)!);
    expect(first!.length).toBeGreaterThan(5);
    for (const other of others) expect(other).toEqual(first);
  });
}

export interface Digests {
  readonly [register: string]: { readonly rows: number; readonly digest: string };
}

/** Of every register as it stands, once it has folded the position. */
export async function liveDigests({ city }: Stage, position: number): Promise<Digests> {
  const { registers } = city.server;
  expect(await registers.waitFor(position, 10_000)).toBe(true);
  return Object.fromEntries(projections.map(({ name }) => [name, registerDigest(registers.query(name))]));
}
