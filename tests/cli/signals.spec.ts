import { jest } from '@jest/globals';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_OPERATOR, tokenFrom } from '../../src/cli/client.js';
import { closing } from '../../src/cli/ending.js';
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

it('what cannot be put in order at the end is said in Japanese with exit code 1, and everything else is closed all the same', async () => {
  const place = emptyPlace();
  const engine = await serve(place);
  expect((await fetch(`${engine.address}/staff`, { method: 'POST' })).status).toBe(401); // counted, and written down at the end
  const announced = join(place.data, 'engine.json');
  rmSync(announced);
  mkdirSync(announced); // no file that could be removed
  const { code, err } = await engine.stop();
  expect([code, err]).toEqual([1, expect.stringMatching(/^終了の処理の途中で失敗しました: .*engine\.json[^]*\n受け付けた記録は失われていません。/)]);
  expect(eventsOf(place).map(({ type }) => type)).toContain('UnauthenticatedCounted');
});

it('an end that does not come is said after a while', async () => {
  expect(await closing(() => new Promise(() => undefined), 20)).toMatch(/^0\.02 秒たっても終了の処理が終わらないため/);
  expect(await closing(async () => undefined, 20)).toBeUndefined();
});
