import type { LedgerWrite } from '../../src/ledger/ledger.js';
import { MINATO, RECORD, openCity, putInForce, type City } from '../support/city.js';

/** An execution that is cut short after it was begun is carried to its end at the next start, unit by unit and as one order. */
let city: City;
beforeEach(async () => {
  city = await openCity();
  await putInForce(city);
});
afterEach(async () => city.close());

interface Order {
  readonly order: string;
  readonly records: readonly string[];
  readonly operator: string;
}

async function approved(count: number): Promise<Order> {
  const [clerk, other, chief, operator] = [await city.token({ role: 'clerk' }), await city.token({ role: 'clerk' }), await city.token(), await city.token({ role: 'operator', department: 'information-systems' })];
  const subject = (await city.call('POST', '/subjects', clerk, MINATO)).body.id as string;
  const records: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const { id } = (await city.call('POST', '/vaccinations', clerk, { ...RECORD, subject, ticketNumber: String(2026000000 + i) })).body as { id: string };
    await city.call('POST', `/vaccinations/${id}/confirmations`, other, { file: 'vaccination' });
    records.push(id);
  }
  const targets = records.map((unit) => ({ category: 'vaccination', unit, subject }));
  const order = (await city.call('POST', '/erasures', clerk, { file: 'vaccination', targets, reason: '保管期間の満了' })).body.id as string;
  expect((await city.call('POST', `/erasures/${order}/approvals`, chief, { file: 'vaccination' })).status).toBe(200);
  return { order, records, operator };
}

/** Nothing of this type is written any more. */
function cutShortAt(type: string): void {
  const { ledger } = city.server.engine;
  const { append, appendMany } = ledger;
  const stop = (writes: readonly LedgerWrite[]): void => {
    if (writes.some(({ drafts }) => drafts.some(({ event }) => event.type.type === type))) throw new Error('the process ends here');
  };
  ledger.append = async (write) => (stop([write]), append.call(ledger, write));
  ledger.appendMany = async (writes) => (stop(writes), appendMany.call(ledger, writes));
}

async function typesOf(stream: string): Promise<string[]> {
  return (await city.server.engine.ledger.recorded(stream)).map(({ type }) => type);
}

it.each(['ErasureOrdered', 'ErasureVerified', 'ErasureCompleted'])('cut short before %s, it goes on and counts what it erased before', async (type) => {
  const { order, records, operator } = await approved(3);
  cutShortAt(type);
  const execute = (): ReturnType<City['call']> => city.call('POST', `/erasures/${order}/executions`, operator, { file: 'vaccination' });
  expect((await execute()).status).toBe(500);
  await city.server.engine.ledger.noteHead(); // as the engine does each second
  await city.restart();
  for (const record of records) expect((await typesOf(`vaccination-${record}`)).slice(-2)).toEqual(['ErasureOrdered', 'ErasureVerified']);
  expect((await typesOf(`erasure-${order}`)).slice(-2)).toEqual(['ErasureStarted', 'ErasureCompleted']);
  expect((await city.server.engine.ledger.recorded(`erasure-${order}`)).at(-1)!.data).toMatchObject({ erased: 3 });
  const head = await city.server.engine.store.head();
  expect((await execute()).status).toBe(409); // there is nothing left to do
  await city.restart();
  expect((await typesOf(`erasure-${order}`)).filter((one) => one === 'ErasureCompleted')).toHaveLength(1);
  expect(await city.server.engine.store.head()).toBe(head);
});

it('one that was refused leaves nothing to go on with', async () => {
  const { order, records } = await approved(1);
  const clerk = await city.token({ role: 'clerk' });
  expect((await city.call('POST', `/erasures/${order}/executions`, clerk, { file: 'vaccination' })).status).toBe(403);
  await city.server.engine.ledger.noteHead();
  expect(city.server.engine.ledger.vault.highestPosition).toBe(await city.server.engine.store.head());
  await city.restart();
  expect((await typesOf(`vaccination-${records[0]!}`)).at(-1)).toBe('VaccinationConfirmed');
});
