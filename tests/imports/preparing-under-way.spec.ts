import { jest } from '@jest/globals';
import { emptyImportCaches, runImport } from '../../src/imports/run.js';
import { newId } from '../../src/ledger/ids.js';
import type { Actor } from '../../src/store/event.js';
import { MINATO } from '../support/city.js';
import { untilAnswer } from '../support/until.js';
import { expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { open, progress, rejectsOf, send } from './desk.js';
import { inventedPerson, personAt, residentsCsv, slipOf, slipsCsv, type Cells } from './files.js';

jest.setTimeout(60_000);

/** The city goes on while a file is on its way: persons are corrected and erased, and a sender goes away. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

/** Rows that are made ready and taken together. */
const BATCH = 960;
const nobody = (count: number): Cells[] => Array.from({ length: count }, (_, i) => slipOf(personAt(900_000 + i)));

interface Known {
  readonly subject: string;
  readonly slip: Cells;
  change(over: object): Promise<void>;
}

async function known(over: object = {}): Promise<Known> {
  const addresseeNumber = freshNumber();
  const subject = await stage.person({ addresseeNumber, ...over });
  const slip = { 宛名番号: addresseeNumber, 生年月日: '20250402', 接種コード: 'MR1', 接種回数: '1', 接種日: '20261102', 実施区分: '定期' };
  const change = async (to: object): Promise<void> =>
    void expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, { ...MINATO, addresseeNumber, change: 'ex-officio-correction', changedOn: '2026-04-01', ...to }), 200);
  return { subject, slip, change };
}

async function announced(rows: readonly Cells[]): Promise<{ readonly id: string; readonly bytes: Buffer }> {
  const bytes = slipsCsv(rows);
  return { id: await open(stage, 'vaccinations', bytes), bytes };
}

async function* whole(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes;
}

const actor = (): Actor => ({ staff: newId(), kind: 'staff', department: 'health-promotion', role: 'clerk', session: newId(), terminal: null });

async function eventsSince(position: number) {
  const { store, registry } = stage.city.server.engine.ledger;
  return (await store.readAll({ after: position, limit: 100_000 })).map((event) => registry.decode(event));
}

/** The first rows have been dealt with, and their persons are known to the thread that makes rows ready, before anything happens; the others come after it. */
describe('while slips are on their way', () => {
  let [corrected, moved, gone, replaced, kept] = [] as unknown as [Known, Known, Known, Known, Known];
  let next: string;
  let rejects: readonly (readonly [slip: string, code: string])[];
  let records: readonly { readonly stream: string; readonly data: { readonly [member: string]: unknown } }[];
  beforeAll(async () => {
    [corrected, moved, gone, replaced, kept] = [await known(), await known(), await known(), await known(), await known()];
    const early = [corrected, moved, gone, replaced, kept].map(({ slip }) => slip);
    const late = { corrected: corrected.slip, moved: moved.slip, gone: gone.slip, replaced: replaced.slip, next: { ...replaced.slip, 生年月日: '20200101' }, kept: kept.slip };
    const first = [...early, ...nobody(BATCH + 1 - early.length)];
    const { id, bytes } = await announced([...first, ...Object.values(late)]);
    const [batch, end, before] = [slipsCsv(first.slice(0, BATCH)).length, slipsCsv(first).length, await stage.head()];
    const recorded = async () => (await eventsSince(before)).filter(({ type }) => type === 'VaccinationRecorded');
    const summary = await runImport(stage.city.server.engine, id, actor(), (async function* () {
      yield bytes.subarray(0, batch);
      yield bytes.subarray(batch, end); // the row that lets the batch before it go
      await untilAnswer(() => progress(stage, id), ({ rows }) => rows === BATCH, 'the import is under way');
      await corrected.change({ birthDate: '2025-04-03' });
      await moved.change({ change: 'move-out', scope: 'former-resident', leftOn: '2026-04-01' });
      await stage.erase('subject', gone.subject, gone.subject);
      await stage.erase('subject', replaced.subject, replaced.subject);
      next = await stage.person({ addresseeNumber: replaced.slip['宛名番号'], birthDate: '2020-01-01' });
      const [record] = (await recorded()).filter(({ data }) => data.subject === kept.subject);
      await stage.erase('vaccination', record!.stream.slice('vaccination-'.length), kept.subject);
      yield bytes.subarray(end);
    })());
    expect(summary).toMatchObject({ status: 'completed', rows: first.length + 6, registered: 5 + 3 });
    records = await recorded();
    rejects = (await rejectsOf(stage, id)).flatMap(({ line, code }) => (line - 2 >= first.length ? [[Object.keys(late)[line - 2 - first.length]!, code] as const] : []));
  });
  const recordsOf = (subject: string) => records.filter(({ data }) => data.subject === subject);

  it('a person corrected is held against their new birth date from then on', () => {
    expect(rejects.filter(([slip]) => slip === 'corrected')).toEqual([['corrected', 'birth-date-differs']]);
    expect(recordsOf(corrected.subject)).toHaveLength(1);
  });

  it('a person who has moved out goes on with the scope that they have now', () => {
    expect(recordsOf(moved.subject)).toHaveLength(2);
  });

  it('an erasure goes through, and the person is nobody for the rows behind it', () => {
    expect(rejects.filter(([slip]) => slip === 'gone')).toEqual([['gone', 'unknown-subject']]);
    expect(recordsOf(gone.subject)).toHaveLength(1);
  });

  it('the number of one who is erased goes to another, and so do the rows behind it', () => {
    expect(rejects.filter(([slip]) => slip === 'replaced' || slip === 'next')).toEqual([['replaced', 'birth-date-differs']]);
    expect([replaced.subject, next].map((subject) => recordsOf(subject).length)).toEqual([1, 1]);
  });

  it('a record that it has brought is erased, and the next of the same person is taken', async () => {
    const { ledger } = stage.city.server.engine;
    const opened = await Promise.all(recordsOf(kept.subject).map(async ({ stream }) => (await ledger.load(stream)).events[0]!.sealed));
    expect(opened).toMatchObject([{ verdict: 'erased' }, { record: { vaccine: 'MR1' } }]);
  });
});

it('while residents are on their way, whose thread knows nobody, an erasure goes through as well', async () => {
  const gone = await known();
  const bytes = residentsCsv([inventedPerson(), inventedPerson()]);
  const id = await open(stage, 'residents', bytes);
  const summary = await runImport(stage.city.server.engine, id, actor(), (async function* () {
    yield bytes.subarray(0, 400);
    await stage.erase('subject', gone.subject, gone.subject);
    yield bytes.subarray(400);
  })());
  expect(summary).toMatchObject({ status: 'completed', registered: 2 });
});

describe('emptying the caches of imports', () => {
  it('is done at once where none runs', async () => {
    await emptyImportCaches(stage.city.server.engine, [20, 21]);
  });

  it.each<[how: string, change: (bytes: Buffer) => Buffer, end: string]>([
    ['completes', (bytes) => bytes, 'completed'],
    ['cannot be read', (bytes) => Buffer.concat([bytes, Buffer.of(0xff)]), 'not-encoding'],
    ['is cut off', (bytes) => bytes, 'cut-off'],
  ])('is done while one is under way, and also in the moment in which one %s', async (_, change, end) => {
    const one = await known();
    const { id, bytes } = await announced([one.slip, ...nobody(300)]);
    const { engine } = stage.city.server;
    const asked: Promise<void>[] = [];
    const ask = (): void => void asked.push(...Array.from({ length: 100 }, () => emptyImportCaches(engine, [20])));
    const append = engine.store.append.bind(engine.store);
    engine.store.append = async (stream, ...rest) => {
      const appended = await append(stream, ...rest);
      if (stream === `import-${id}`) ask(); // the last of them is its end: the thread is stopped now
      return appended;
    };
    const ended = runImport(engine, id, actor(), (async function* () {
      const all = change(bytes);
      yield all.subarray(0, 500);
      let done = false;
      const emptied = emptyImportCaches(engine, [20]).then(() => (done = true));
      for (let i = 0; i < 50; i += 1) await Promise.resolve();
      expect(done).toBe(false); // it is for the other thread to say
      await emptied;
      if (end === 'cut-off') {
        ask();
        throw new Error('gone');
      }
      yield all.subarray(500);
    })());
    expect(await ended.then(({ status }) => status, (error: { code: string }) => error.code).finally(() => (engine.store.append = append))).toBe(end);
    expect(asked.length).toBeGreaterThanOrEqual(100);
    await Promise.all(asked);
    await emptyImportCaches(engine, [20]);
  });
});

describe('a file that goes on after an interruption', () => {
  it('makes no row ready again that had been dealt with, and doubles nothing', async () => {
    const one = await known();
    const rest = 10;
    const before = await stage.head();
    const { id, bytes } = await announced(Array.from({ length: BATCH + rest }, (_, i) => ({ ...one.slip, 予診票番号: String(i + 1) })));
    const { engine } = stage.city.server;
    await expect(runImport(engine, id, actor(), (async function* () {
      yield bytes.subarray(0, bytes.length - 200);
      yield bytes.subarray(bytes.length - 200, bytes.length - 100); // within the last rows
      await untilAnswer(() => progress(stage, id), ({ rows }) => rows === BATCH, 'the import is under way');
      throw new Error('gone');
    })())).rejects.toMatchObject({ status: 400, code: 'cut-off' });
    expect(await progress(stage, id)).toMatchObject({ status: 'open', rows: BATCH, registered: BATCH });
    const next = engine.ledger.vault.allotKeys(0);
    expect(await runImport(engine, id, actor(), whole(bytes))).toMatchObject({ rows: BATCH + rest, registered: BATCH + rest, rejected: 0 });
    const records = (await eventsSince(before)).filter(({ type }) => type === 'VaccinationRecorded');
    expect(records).toHaveLength(BATCH + rest);
    expect(new Set(records.map(({ stream }) => stream)).size).toBe(BATCH + rest);
    expect(new Set(records.map(({ sealed }) => sealed!.key)).size).toBe(BATCH + rest);
    expect(records.slice(-rest).map(({ sealed }) => sealed!.key)).toEqual(Array.from({ length: rest }, (_, i) => next + i)); // the first keys of the new thread: it has sealed nothing before
  });

  it('leaves the records that stood without a note of it as they were sealed first', async () => {
    const one = await known();
    const rows = Array.from({ length: 200 }, (_, i) => ({ ...one.slip, 予診票番号: String(i + 1), ...(i % 50 === 7 && { 生年月日: '20010101' }) }));
    const before = await stage.head();
    const { id, bytes } = await announced(rows);
    const { store } = stage.city.server.engine;
    const append = store.append.bind(store);
    store.append = async (stream, ...rest) => { // the rows are durable, and the note of how far it has come is not
      if (stream !== `import-${id}`) return append(stream, ...rest);
      store.append = append;
      throw new Error('stopped');
    };
    expectStatus(await send(stage, id, bytes), 500);
    const first = (await eventsSince(before)).filter(({ type }) => type === 'VaccinationRecorded');
    expect(first).toHaveLength(196);
    expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ rows: 200, registered: 196, rejected: 4 });
    expect((await eventsSince(before)).filter(({ type }) => type === 'VaccinationRecorded')).toEqual(first);
    expect((await rejectsOf(stage, id)).map(({ line }) => line)).toEqual([9, 59, 109, 159]);
    const { ledger } = stage.city.server.engine;
    for (const { stream } of first) expect((await ledger.load(stream)).events).toMatchObject([{ sealed: { record: { vaccine: 'MR1' } } }]);
  });
});
