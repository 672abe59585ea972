import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPair, program } from '../support/ledger.js';

const roots: string[] = [];
const newRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'akashi-first-'));
  roots.push(root);
  return root;
};
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const filesOf = (root: string): readonly string[] => ['data', 'keys'].flatMap((part) => readdirSync(join(root, part)).map((name) => `${part}/${name}`)).sort();

it('a first start that is killed before any step is taken up by the next start, which leaves nothing of it behind', async () => {
  const args = program('faults/support/first-start-child.ts');
  const start = (root: string, killedBefore: number) => spawnSync(process.execPath, [...args, root, String(killedBefore)], { encoding: 'utf8' });
  const undisturbed = newRoot();
  const whole = start(undisturbed, 0);
  expect([whole.status, whole.stderr]).toEqual([0, '']);
  const steps = whole.stdout.trim().split('\n');
  for (const step of ['writeSync', 'linkSync', 'fsyncSync', 'fdatasync', 'SQLite COMMIT']) expect(steps).toContain(step);

  const faults: string[] = [];
  for (const [i, what] of steps.entries()) {
    const root = newRoot();
    const killed = start(root, i + 1);
    expect([killed.signal, killed.stdout.trim().split('\n').filter(Boolean)]).toEqual(['SIGKILL', steps.slice(0, i)]);
    try {
      const pair = await openPair(root);
      const head = await pair.store.head();
      await pair.close();
      if (head !== 1) faults.push(`before ${i + 1} (${what}): ${head} events`);
      const more = filesOf(root).filter((name) => !filesOf(undisturbed).includes(name));
      if (more.length > 0) faults.push(`before ${i + 1} (${what}): left ${more.join(', ')}`);
    } catch (error) {
      faults.push(`before ${i + 1} (${what}): ${(error as Error).message}`);
    }
  }
  expect(faults).toEqual([]);
}, 120_000);
