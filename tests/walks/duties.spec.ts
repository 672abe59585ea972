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

test('one that fails is told of, tried again at the next look, and keeps no other from being done', async () => {
  const { engine, alarms } = stage();
  let fails = true;
  let done = 0;
  const duties = startDuties(engine, [
    { name: 'shaky', everyMinutes: 60, perform: () => (fails ? Promise.reject(new TypeError('架空')) : Promise.resolve(void (done += 1))) },
    { name: 'steady', everyMinutes: 60, perform: () => Promise.resolve(void (done += 10)) },
  ]);
  await duties.performDue();
  expect(done).toBe(10);
  expect(new Set(alarms)).toEqual(new Set(['duty-failed shaky TypeError']));
  fails = false;
  await duties.performDue();
  expect(done).toBe(11);
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
