import { compareWithLive } from '../../projections/engine/fold-once.js';
import { foldTools } from '../../projections/engine/fold.js';
import { handlingLog } from '../../projections/handling-log/projection.js';
import { vaccinationRegister } from '../../projections/registers/vaccinations/projection.js';
import type { Projection } from '../../projections/engine/projection.js';
import { openEmbeddedReader } from '../../src/store/embedded/reader.js';
import { Rig, inScratch } from './folding.js';
import { closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

/** A live register that comes as far as it is told to, and a rebuilt one beside it. */
interface Pair {
  readonly live: Rig;
  readonly rebuilt: Rig;
  fold(rig: Rig, upTo: number): Promise<void>;
  compare(liveReaches: (position: number) => Promise<boolean>, live?: string): Promise<{ identical: boolean; rows: number; position: number }>;
}

async function pairOf<T>(town: Town, projection: Projection, work: (pair: Pair) => Promise<T>): Promise<T> {
  const { store, ledger } = town;
  const tools = foldTools(ledger.vault, () => undefined);
  const identity = ledger.vault.identity.store;
  const reader = openEmbeddedReader(store.readerSource);
  try {
    return await inScratch(async (directory) => {
      const [live, rebuilt] = [new Rig(directory, projection, identity, tools, 'live'), new Rig(directory, projection, identity, tools, 'rebuilt')];
      const fold = async (rig: Rig, upTo: number): Promise<void> => rig.folder.fold((await town.events()).filter(({ position }) => position <= upTo));
      const compare: Pair['compare'] = (liveReaches, file = live.file) => compareWithLive({ reader, projection, tools, store: identity, file: rebuilt.file, live: file, liveReaches });
      return await work({ live, rebuilt, fold, compare }).finally(() => [live, rebuilt].forEach((rig) => rig.close()));
    });
  } finally {
    await reader.close();
  }
}

it('a record whose key is gone by an order that the live register has not come to yet is no difference', async () => {
  const town = await openTown();
  const record = await town.record(await town.person());
  await town.record(await town.person());
  const before = await town.head();
  await pairOf(town, vaccinationRegister, async ({ live, rebuilt, fold, compare }) => {
    await fold(live, before);
    await town.erase(`vaccination-${record}`);
    await fold(rebuilt, before); // in the rebuilt one the record is erased already
    const asked: number[] = [];
    const found = await compare(async (position) => {
      asked.push(position);
      await fold(live, position);
      return true;
    });
    expect(found).toMatchObject({ identical: true, rows: 2 });
    expect(asked[0]).toBe(before);
    expect(found.position).toBeGreaterThan(before);
  });
});

it('a live register that has gone on meanwhile is met where it stands', async () => {
  const town = await openTown();
  const subject = await town.person();
  await town.record(subject);
  const before = await town.head();
  await town.record(subject);
  const head = await town.head();
  await pairOf(town, vaccinationRegister, async ({ live, rebuilt, fold, compare }) => {
    await fold(live, head);
    await fold(rebuilt, before);
    expect(await compare(async () => true)).toEqual({ identical: true, rows: 2, position: head });
    expect(rebuilt.stored()).toBe(head);
  });
});

it('a live register that has only passed over what did not concern it is met where it stands', async () => {
  const town = await openTown();
  await town.record(await town.person());
  const recorded = await town.head();
  await town.person();
  await pairOf(town, vaccinationRegister, async ({ live, rebuilt, fold, compare }) => {
    await fold(live, recorded);
    await fold(live, await town.head());
    await fold(rebuilt, await town.head());
    expect([live.stored(), rebuilt.stored()]).toEqual([recorded, await town.head()]);
    expect(await compare(async () => true)).toEqual({ identical: true, rows: 1, position: await town.head() });
  });
});

it('one row that differs, is missing or is too many is a difference', async () => {
  const town = await openTown();
  await town.use([await town.person()]);
  const head = await town.head();
  for (const sql of ['UPDATE handlings SET items = items + 1 WHERE position = 2', 'DELETE FROM handlings_by_subject', "INSERT INTO words (word) VALUES ('nobody')", 'UPDATE handlings SET evidence = NULL, occurred_at = NULL']) {
    await pairOf(town, handlingLog, async ({ live, rebuilt, fold, compare }) => {
      await fold(live, head);
      await fold(rebuilt, head);
      const { changes } = live.folder.db.prepare(sql).run();
      expect([sql, changes > 0]).toEqual([sql, true]);
      const { identical } = await compare(async () => true);
      expect([sql, identical]).toEqual([sql, sql.includes('evidence = NULL')]); // they are NULL already
    });
  }
});

it.each([
  ['has stopped', undefined],
  ['does not come as far', 'as it stands'],
])('a live register that %s is reported as different, and the rows are counted', async (_, file) => {
  const town = await openTown();
  await town.record(await town.person());
  const head = await town.head();
  await pairOf(town, vaccinationRegister, async ({ live, rebuilt, fold }) => {
    await fold(rebuilt, head);
    const { ledger, store } = town;
    const reader = openEmbeddedReader(store.readerSource);
    const options = { reader, projection: vaccinationRegister, tools: foldTools(ledger.vault, () => undefined), store: ledger.vault.identity.store, file: rebuilt.file };
    expect(await compareWithLive({ ...options, live: file && live.file, liveReaches: async () => false })).toEqual({ identical: false, rows: 1, position: rebuilt.folder.checkpoint });
    await reader.close();
  });
});
