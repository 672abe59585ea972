import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Once for a run of the tests, and inherited by every process that it starts: a copy of the build as it was at the beginning, whoever builds meanwhile. */
export default function setUp(_: unknown, { rootDir }: { readonly rootDir: string }): void {
  const run = mkdtempSync(join(tmpdir(), 'akashi-run-'));
  const program = join(run, 'program');
  mkdirSync(program);
  if (existsSync(join(rootDir, 'dist'))) cpSync(join(rootDir, 'dist'), join(program, 'dist'), { recursive: true });
  writeFileSync(join(program, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(rootDir, 'node_modules'), join(program, 'node_modules'));
  process.env.AKASHI_TESTS_RUN = run;
}
