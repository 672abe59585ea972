import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = join(ROOT, 'src', 'store');
const BUILT = join(ROOT, 'dist', 'src', 'store');

/**
 * Worker threads and child processes run the build: makes it when it is absent or older than the sources
 * of the store, so that they never run other code than the tests in this process. Test files that run at
 * the same time take turns.
 */
export function buildStore(): { readonly store: string; readonly reader: string } {
  const turn = new Database(join(tmpdir(), `akashi-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}.lock`), { timeout: 120_000 });
  try {
    turn.exec('BEGIN EXCLUSIVE');
    if (!isFresh()) {
      execFileSync(process.execPath, [join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], { cwd: ROOT, stdio: 'pipe' });
      if (!isFresh()) throw new Error('the build did not bring dist/src/store up to date');
    }
  } finally {
    turn.close();
  }
  const url = (file: string): string => pathToFileURL(join(BUILT, file)).href;
  return { store: url('embedded/store.js'), reader: url('embedded/reader.js') };
}

function isFresh(): boolean {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .every((file) => {
      const built = statSync(join(BUILT, file.replace(/\.ts$/, '.js')), { throwIfNoEntry: false });
      return built !== undefined && built.mtimeMs >= statSync(join(SOURCES, file)).mtimeMs;
    });
}
