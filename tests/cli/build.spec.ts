import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';

jest.setTimeout(60_000);

/** src/build.js over a project of two files. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'akashi-build-'));
const at = (path: string): string => join(project, path);
beforeAll(() => {
  symlinkSync(join(ROOT, 'node_modules'), at('node_modules'));
  for (const directory of ['src', 'projections', 'dist/src']) mkdirSync(at(directory), { recursive: true });
  for (const file of ['src/build.js', 'nest-cli.json', '.swcrc', 'package.json']) cpSync(join(ROOT, file), at(file));
  writeFileSync(at('src/one.ts'), 'export const one: number = 1;\n');
  writeFileSync(at('src/one.json'), '{}\n');
  writeFileSync(at('projections/two.ts'), 'export const two: number = 2;\n');
  writeFileSync(at('dist/src/gone.js'), 'export const loaded = "by a running engine";\n');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function build(): Promise<readonly [code: number | null, said: string]> {
  const child = spawn(process.execPath, [at('src/build.js')], { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, said];
}

it('two at once build the same whole, say nothing, delete nothing, and leave nothing beside it', async () => {
  expect(await Promise.all([build(), build()])).toEqual([[0, ''], [0, '']]);
  for (const made of ['dist/src/one.js', 'dist/src/one.json', 'dist/projections/two.js', 'dist/src/gone.js']) expect([made, existsSync(at(made))]).toEqual([made, true]);
  expect(readdirSync(project).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
});

it('nothing is built anew until a source is another', async () => {
  const { mtimeMs } = statSync(at('dist/src/one.js'));
  expect(await build()).toEqual([0, '']);
  expect(statSync(at('dist/src/one.js')).mtimeMs).toBe(mtimeMs);
  writeFileSync(at('src/one.ts'), 'export const one: number = 11;\n');
  expect(await build()).toEqual([0, '']);
  expect(readFileSync(at('dist/src/one.js'), 'utf8')).toContain('11');
});
