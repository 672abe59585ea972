import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = join(ROOT, 'dist', 'src', 'store');

/** Worker threads and child processes run the build: it is brought up to date, so that they never run other code than the tests in this process. */
export function buildStore(): { readonly store: string; readonly reader: string } {
  execFileSync(process.execPath, [join(ROOT, 'src/build.js')], { stdio: 'pipe' });
  const url = (file: string): string => pathToFileURL(join(BUILT, file)).href;
  return { store: url('embedded/store.js'), reader: url('embedded/reader.js') };
}
