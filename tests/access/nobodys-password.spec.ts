import { setImmediate as turn } from 'node:timers/promises';
import { nobodysPassword, passwordFits } from '../../src/access/accounts/password.js';

test('the password that nobody has costs what the policy says, also after a change, and no answer waits for that', async () => {
  let cost = { memory: 64, passes: 1 };
  const password = nobodysPassword(() => cost);
  const before = await password();
  expect(before).toMatch(/\$m=64,t=1,p=1\$/);
  expect(await password()).toBe(before);
  expect(await passwordFits('架空の合言葉', before)).toBe(false);
  cost = { memory: 128, passes: 2 };
  const [first, second] = [password(), password()];
  expect([await first, await second]).toEqual([before, before]);
  let after = before;
  while (after === before) {
    await turn();
    after = await password();
  }
  expect(after).toMatch(/\$m=128,t=2,p=1\$/);
  expect(await password()).toBe(after);
});
