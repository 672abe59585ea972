import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startDemo } from './running.js';

jest.setTimeout(150_000);

const directory = mkdtempSync(join(tmpdir(), 'akashi-demo-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A small city. */
const demo = (...args: readonly string[]) => startDemo(directory, args).ended;

it('the demo of a small city runs through its day and ends with its counts, without an alarm', async () => {
  const { code, out, err } = await demo('--residents', '1000', '--records', '4000');
  expect([code, err]).toEqual([0, '']);
  const [, residents, records] = /住民 ([\d,]+) 人、接種記録 ([\d,]+) 件/.exec(out)!.map((text) => Number(text.replace(',', '')));
  expect(residents).toBeGreaterThanOrEqual(1000);
  expect(records).toBeGreaterThan(0);
  const steps = [...out.matchAll(/^(\d+) /gm)].map(([, step]) => Number(step));
  expect(steps.length).toBeGreaterThan(8);
  expect(steps).toEqual(steps.map((_, i) => i));
  expect(out).toContain('架空');
  const events = Number(/^事象 ([\d,]+) 件、台帳 .*宛名台帳.*予防接種台帳.*取扱記録/m.exec(out)![1]!.replaceAll(',', ''));
  expect(events).toBeGreaterThan(residents! + records!);
  expect(out).toContain('警報はありません。');
  expect(out).toContain('上司の確認を受けてください。」');
  expect(out).toMatch(/^ {4}2026-11-20T08:4\d:\d\d\+09:00 {2}堀真帆 +使用の試み +拒否$/m);
  expect(out).not.toContain('今の台帳と一致しません');
  expect(existsSync(join(directory, '.akashi/demo/data/engine.json'))).toBe(false);
});

it.each([
  ['too few residents', ['--residents', '600']],
  ['more records than so many people can have', ['--residents', '1200', '--records', '90000']],
  ['no number', ['--residents', 'many']],
])('a city that cannot be made is said in Japanese, with what would do: %s', async (_, args) => {
  const { code, err } = await demo(...args);
  expect([code, err]).toEqual([expect.any(Number), expect.stringMatching(/市は作れません。住民は1,000人以上/)]);
  expect(code).toBeGreaterThan(0);
});
