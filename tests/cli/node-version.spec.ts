import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { JAPANESE } from './program.js';

const GUARD = new URL('../../dist/src/node-version.js', import.meta.url);
const pretend = (version: string): string => `Object.defineProperty(process.versions, 'node', { value: '${version}' }); await import('${GUARD.href}');`;
const under = (version: string): ReturnType<typeof spawnSync> => spawnSync(process.execPath, ['--input-type=module', '-e', pretend(version)], { encoding: 'utf8' });

it.each(['main', 'cli'])('%s asks for the version of Node before it loads anything else', (entry) => {
  const source = readFileSync(new URL(`../../src/${entry}.ts`, import.meta.url), 'utf8');
  expect(/^import .*$/m.exec(source)![0]).toMatch(/^import '\.\/node-version\.js';/);
});

it('an older Node is told so in Japanese, with what to do', () => {
  for (const version of ['20.20.2', '24.6.9']) {
    const { status, stderr } = under(version);
    expect([status, stderr]).toEqual([1, expect.stringMatching(JAPANESE)]);
    expect(stderr).toContain(version);
  }
});

it.each(['24.7.0', '24.21.0', '25.1.0'])('Node %s will do', (version) => {
  expect(under(version)).toMatchObject({ status: 0, stderr: '' });
});
