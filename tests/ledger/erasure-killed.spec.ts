import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { LoadedStream } from '../../src/ledger/ledger.js';
import { newId } from '../../src/ledger/ids.js';
import { addUnits, openPair, program, scratch, stateOf } from '../support/ledger.js';

const UNITS = 400;
const CAMPAIGN = Number(process.env['AKASHI_CAMPAIGN'] ?? 0);
/** Each round starts a process. */
const LIMIT = 30_000 + CAMPAIGN * 60_000;

type Step = 'write' | 'sync' | 'append' | 'never';

/** A ledger whose units each hold a note and a number; closed, so that a process of its own can open it. */
async function filled(): Promise<{ root: string; units: readonly LoadedStream[] }> {
  const pair = await openPair(scratch());
  const units = await addUnits(pair.ledger, Array.from({ length: UNITS }, (_, i) => `note ${i}`));
  pair.vault.index.claim(units.map(({ stream }, i) => ({ kind: 'number', value: String(i), stream, event: newId() })));
  await pair.ledger.noteHead();
  await pair.close();
  return { root: pair.root, units };
}

/** Runs the program until it is killed: by itself at a step, or from here when it has said `lines` lines. */
async function runUntilKilled(root: string, from: 'opening' | 'erasing', step: Step, number: number, lines = Number.POSITIVE_INFINITY): Promise<{ signal: string | null; said: string[] }> {
  const child = spawn(process.execPath, program('ledger/eraser-child.ts', root, from, step, String(number)), { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  const [, signal] = (await closed) as [number | null, string | null];
  return { signal, said };
}

/** After the next start no unit is half erased, and its number is there exactly as long as it is. */
async function expectWholeOrErased(root: string, units: readonly LoadedStream[]): Promise<number> {
  const pair = await openPair(root);
  const states = await Promise.all(units.map((unit) => stateOf(pair, unit)));
  expect(states.filter((state) => state === 'half')).toEqual([]);
  const owners = units.map((_, i) => pair.vault.index.find('number', String(i))?.stream);
  expect(owners).toEqual(units.map(({ stream }, i) => (states[i] === 'whole' ? stream : undefined)));
  await pair.close();
  return states.filter((state) => state === 'erased').length;
}

it.each<[Step, number, number]>([
  ['append', 1, 150], // the first orders stand, no key is gone
  ['write', 60, 150], // in the midst of the first keys
  ['sync', 1, 150], // all of them overwritten, not yet said to be durable
  ['append', 2, 150], // the first batch through
  ['append', 5, 400], // the last batch ordered
])('killed at %s %i', async (step, number, erased) => {
  const { root, units } = await filled();
  const { signal } = await runUntilKilled(root, 'erasing', step, number);
  expect(signal).toBe('SIGKILL');
  expect(await expectWholeOrErased(root, units)).toBe(erased);
}, LIMIT);

it('killed while it was carrying on what another kill had cut off', async () => {
  const { root, units } = await filled();
  expect((await runUntilKilled(root, 'erasing', 'append', 3)).signal).toBe('SIGKILL');
  for (const [step, number] of [['write', 40], ['append', 3], ['sync', 1]] as [Step, number][]) {
    expect((await runUntilKilled(root, 'opening', step, number)).signal).toBe('SIGKILL');
  }
  expect(await expectWholeOrErased(root, units)).toBe(300);
}, LIMIT);

it('killed from outside, wherever it happened to be', async () => {
  const { root, units } = await filled();
  const { signal, said } = await runUntilKilled(root, 'erasing', 'never', 0, 2);
  expect(signal).toBe('SIGKILL');
  expect(said.slice(0, 2)).toEqual(['erasing', 'destroyed']);
  expect(await expectWholeOrErased(root, units)).toBeGreaterThanOrEqual(150);
}, LIMIT);

it('left alone it comes to its end', async () => {
  const { root, units } = await filled();
  const { signal, said } = await runUntilKilled(root, 'erasing', 'never', 0);
  expect(signal).toBeNull();
  expect(said.at(-1)).toBe('done');
  expect(await expectWholeOrErased(root, units)).toBe(UNITS);
}, LIMIT);

it('killed again and again at any step (a longer campaign with AKASHI_CAMPAIGN)', async () => {
  let ledger = await filled();
  let before = 0;
  for (let round = 0; round < 2 + CAMPAIGN * 20; round += 1) {
    const step = (['write', 'sync', 'append'] as const)[randomInt(3)]!;
    const from = (['opening', 'erasing'] as const)[randomInt(2)]!;
    const number = 1 + randomInt(step === 'write' ? 400 : 6);
    await runUntilKilled(ledger.root, from, step, number);
    const erased = await expectWholeOrErased(ledger.root, ledger.units);
    expect({ from, step, number, lost: Math.max(0, before - erased) }).toEqual({ from, step, number, lost: 0 });
    before = erased;
    if (erased === UNITS) [ledger, before] = [await filled(), 0];
  }
}, LIMIT);
