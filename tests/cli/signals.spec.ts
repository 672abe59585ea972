import { jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_OPERATOR, tokenFrom } from '../../src/cli/client.js';
import { readSettings } from '../../src/settings.js';
import { MAIN, PATIENCE_MS, akashi, emptyPlace, eventsOf, removePlaces, serve, type Place } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);
afterAll(removePlaces);

/** How an engine ends, and what of its work is there afterwards. */
const PERSON = { name: '津田翔（架空）', post: '主査', kind: 'staff', department: 'health-promotion', role: 'clerk' };

/** Sends commands without pause from several hands until the engine is gone. Resolves with the ids of the events that were acknowledged. */
async function work(address: string, place: Place, enough: () => void): Promise<readonly string[]> {
  const token = await tokenFrom(readSettings(place.env), LOCAL_OPERATOR, 600);
  const acknowledged: string[] = [];
  const hand = async (): Promise<void> => {
    for (;;) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' };
      const answer = await fetch(`${address}/staff`, { method: 'POST', headers, body: JSON.stringify({ ...PERSON, employeeNumber: freshEmployeeNumber() }) }).catch(() => undefined);
      const body = (await answer?.json().catch(() => undefined)) as { events?: readonly string[] } | undefined;
      if (answer?.status !== 201 || !body?.events) return;
      acknowledged.push(...body.events);
      if (acknowledged.length === 40) enough();
    }
  };
  await Promise.all(Array.from({ length: 8 }, hand));
  return acknowledged;
}

it.each([
  ['SIGTERM', undefined],
  ['SIGINT', MAIN],
] as const)('%s ends it cleanly in the midst of work: nothing acknowledged is lost (%#)', async (signal, file) => {
  const place = emptyPlace();
  const engine = await serve(place, { ...(file && { file }) });
  expect(existsSync(join(place.data, 'engine.json'))).toBe(true);
  let ending: ReturnType<typeof engine.stop> | undefined;
  const acknowledged = await work(engine.address, place, () => {
    ending = engine.stop(signal);
  });
  const { code, err } = await ending!;
  expect([code, err]).toEqual([0, '']);
  expect(acknowledged.length).toBeGreaterThanOrEqual(40);
  const written = new Set(eventsOf(place).map((event) => (event as unknown as { id: string }).id));
  expect(acknowledged.filter((id) => !written.has(id))).toEqual([]);
  expect(existsSync(join(place.data, 'engine.json'))).toBe(false);
});

it('killed in the midst of work it has lost nothing acknowledged, and the next start finds nothing wrong', async () => {
  const place = emptyPlace();
  const engine = await serve(place);
  let ending: ReturnType<typeof engine.stop> | undefined;
  const acknowledged = await work(engine.address, place, () => {
    ending = engine.stop('SIGKILL');
  });
  expect((await ending!).code).toBeNull();
  const rebuilt = await akashi(place, ['rebuild', 'handling-log']);
  expect([rebuilt.code, rebuilt.err, rebuilt.out]).toEqual([0, '', expect.stringContaining('今の台帳と一致')]);
  const written = new Set(eventsOf(place).map((event) => (event as unknown as { id: string }).id));
  expect(acknowledged.length).toBeGreaterThanOrEqual(40);
  expect(acknowledged.filter((id) => !written.has(id))).toEqual([]);
});
