import { untilAnswer } from '../support/until.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { inventedNumber, inventedPerson, residentsCsv } from './files.js';
import { open, progress, rejectsOf, send, slowBody, take } from './desk.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});

it('after a client has gone away in the midst, the same file sent again at once goes on, and the log has no error of it', async () => {
  const bytes = residentsCsv(Array.from({ length: 5000 }, () => inventedPerson()));
  const id = await open(stage, 'residents', bytes);
  const [body, gone] = [slowBody(), new AbortController()];
  const sent = send(stage, id, body.stream, { signal: gone.signal }).catch(() => undefined);
  body.write(bytes.subarray(0, bytes.length - 100));
  await untilAnswer(() => progress(stage, id), ({ rows }) => rows > 0, 'the import is under way');
  gone.abort();
  await sent;
  const answer = await untilAnswer(() => send(stage, id, bytes), ({ status }) => status !== 409, 'it is let go');
  expect(expectStatus(answer, 200).body).toMatchObject({ status: 'completed', rows: 5000, registered: 5000, rejected: 0 });
  expect(stage.city.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
  await stage.city.close();
}, 20_000);

it('what an interrupted import has changed already counts as changed when it goes on', async () => {
  const persons = Array.from({ length: 30 }, () => inventedPerson());
  await take(stage, 'residents', residentsCsv(persons));
  const bytes = residentsCsv(persons.map((person, i) => (i < 20 ? { ...person, 住所: '汐浜市架空町新1番地', 異動事由: '転居' } : { ...person, 個人番号: inventedNumber(5000 + i) })));
  const id = await open(stage, 'residents', bytes);
  // The rows are durable, and the note of how far it has come is not.
  const { store } = stage.city.server.engine;
  const append = store.append.bind(store);
  store.append = async (stream, ...rest) => {
    if (stream !== `import-${id}`) return append(stream, ...rest);
    store.append = append;
    throw new Error('stopped');
  };
  expectStatus(await send(stage, id, bytes), 500);
  expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ rows: 30, registered: 0, changed: 30, unchanged: 0, rejected: 0 });
  await stage.city.close();
});

it('a person changed at the counter between two rows of a slice does not change what the import counts', async () => {
  const persons = Array.from({ length: 10 }, () => inventedPerson());
  await take(stage, 'residents', residentsCsv(persons));
  const bytes = residentsCsv(persons.map((person) => ({ ...person, 住所: '汐浜市架空町新1番地', 異動事由: '転居' })));
  const id = await open(stage, 'residents', bytes);
  // One stream of the slice has moved on in the meantime.
  const { store, ledger } = stage.city.server.engine;
  const appendMany = store.appendMany.bind(store);
  store.appendMany = async (writes) => {
    store.appendMany = appendMany;
    const subject = writes[0]!.stream.slice('subject-'.length);
    await stage.protect(subject);
    return appendMany(writes);
  };
  expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ rows: 10, changed: 10, unchanged: 0 });
  expect((await ledger.load(`import-${id}`)).events.at(-1)!.type).toBe('ImportCompleted');
  expect(await rejectsOf(stage, id)).toEqual([]);
  await stage.city.close();
});

it('a large file that is refused at its header leaves no connection that keeps the engine from stopping', async () => {
  const bytes = residentsCsv(Array<Record<string, string>>(40_000).fill(inventedPerson()));
  const id = await open(stage, 'vaccinations', bytes);
  expect((await send(stage, id, bytes)).status).toBe(422);
  const closed = await Promise.race([stage.city.close().then(() => 'closed'), new Promise((late) => setTimeout(() => late('still open'), 4000))]);
  expect(closed).toBe('closed');
}, 15_000);
