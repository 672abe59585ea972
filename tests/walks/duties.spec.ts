import { startDuties } from '../../src/walks/duties.js';

const MINUTE = 60_000;

function stage() {
  let at = 1_000_000;
  let remaining = 1;
  const alarms: string[] = [];
  const engine = { clock: () => at, alarm: (code: string, { duty, cause }: object & { duty?: string | number; cause?: string | number }) => void alarms.push(`${code} ${duty} ${cause}`), store: { tenure: { remaining: () => remaining } } };
  return { engine, alarms, pass: (minutes: number) => void (at += minutes * MINUTE), loseStore: () => void (remaining = 0) };
}

test('a duty is done at the start and then when its time has come, and not before', async () => {
  const { engine, pass } = stage();
  let done = 0;
  const duties = startDuties(engine, [{ name: 'count', everyMinutes: 60, perform: () => Promise.resolve(void (done += 1)) }]);
  await duties.performDue();
  expect(done).toBe(1);
  pass(59);
  await duties.performDue();
  expect(done).toBe(1);
  pass(1);
  await Promise.all([duties.performDue(), duties.performDue()]);
  expect(done).toBe(2);
  await duties.stop();
  pass(120);
  await duties.performDue();
  expect(done).toBe(2);
});

test('one that fails is told of once until it has worked again, is tried again ever later, and keeps no other from being done', async () => {
  const { engine, alarms, pass } = stage();
  let fails = true;
  let tried = 0;
  let steady = 0;
  const shaky = async (): Promise<void> => {
    tried += 1;
    if (fails) throw new TypeError('架空');
  };
  const duties = startDuties(engine, [
    { name: 'shaky', everyMinutes: 10, perform: shaky },
    { name: 'steady', everyMinutes: 1, perform: () => Promise.resolve(void (steady += 1)) },
  ]);
  const look = async (minutes: number): Promise<readonly number[]> => {
    pass(minutes);
    await duties.performDue();
    return [tried, alarms.length];
  };
  expect(await look(0)).toEqual([1, 1]);
  expect(alarms).toEqual(['duty-failed shaky TypeError']);
  expect(await look(0.4)).toEqual([1, 1]);
  expect(await look(0.1)).toEqual([2, 1]);
  expect(await look(0.5)).toEqual([2, 1]);
  expect(await look(0.5)).toEqual([3, 1]);
  for (const minutes of [2, 4, 8, 16, 32, 60]) await look(minutes);
  expect(tried).toBe(9);
  expect(await look(59)).toEqual([9, 1]);
  fails = false;
  expect(await look(1)).toEqual([10, 1]);
  expect(await look(9)).toEqual([10, 1]);
  fails = true;
  expect(await look(1)).toEqual([11, 2]);
  expect(await look(0.5)).toEqual([12, 2]);
  expect(steady).toBeGreaterThan(9);
  await duties.stop();
});

test('without the store nothing is done', async () => {
  const { engine, loseStore, alarms } = stage();
  let done = 0;
  loseStore();
  const duties = startDuties(engine, [{ name: 'count', everyMinutes: 1, perform: () => Promise.resolve(void (done += 1)) }]);
  await duties.performDue();
  expect(done).toBe(0);
  expect(alarms).toEqual([]);
  await duties.stop();
});
