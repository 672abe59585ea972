import { keepAlarms } from '../../src/alarms.js';

test('of each code the newest are kept, whatever else is raised; all are counted', () => {
  const alarms = keepAlarms();
  const raise = (code: string, position: number): void => alarms.add({ code, at: '2026-11-20T00:30:00.000Z', detail: { position } });
  raise('store-unavailable', 1);
  for (let position = 2; position <= 2500; position += 1) raise('duty-failed', position);
  raise('refusal-not-recorded', 2501);
  const positions = (wanted: string): unknown[] => alarms.kept.filter(({ code }) => code === wanted).map(({ detail }) => detail.position);
  expect([positions('store-unavailable'), positions('refusal-not-recorded')]).toEqual([[1], [2501]]);
  expect(positions('duty-failed')).toEqual(Array.from({ length: 100 }, (_, i) => 2401 + i));
  expect(alarms.raised()).toBe(2501);
});
