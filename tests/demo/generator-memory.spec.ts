import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Measured } from './memory-child.js';
import { TODAY } from './reading.js';

// In a process of its own: nothing that other tests keep is collected with it, again and again.
it('a city of 320,000 with 1,400,000 records is made within little memory', async () => {
  const built = pathToFileURL(join(process.env.AKASHI_TESTS_RUN!, 'program/dist/src/demo/generator/generator.js')).href;
  const options = JSON.stringify({ seed: 3, residents: 320_000, records: 1_400_000, today: TODAY });
  const child = fileURLToPath(new URL('./memory-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', child, built, options]);
  const { lines, most, retained } = JSON.parse(stdout) as Measured;
  expect(lines).toBe(320_000 + 1_400_000 + 2);
  expect(most).toBeLessThan(120e6);
  expect(retained).toBeLessThan(10e6);
}, 120_000);
