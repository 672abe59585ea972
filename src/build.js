// Builds dist/ from the folders that nest-cli.json names when it was not built from just these files; silent, and under a second when
// nothing is to be done. Nothing in dist/ is ever deleted and each file is put in its place whole, so that a running engine goes on finding
// what it loads later, and builds at the same time do not meet halves of one another.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const SOURCES = JSON.parse(readFileSync('nest-cli.json', 'utf8')).compilerOptions.builder.options.filenames;
/** In dist/, written last: what it was built from. */
const STAMP = join('dist', 'built-from');

const filesUnder = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)).sort();

function sourcesNow() {
  const hash = createHash('sha256');
  for (const file of ['.swcrc', 'nest-cli.json', ...SOURCES.flatMap(filesUnder)]) {
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function builtFrom() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined; // never built
  }
}

const sources = sourcesNow(); // before the build: what changes meanwhile is built the next time
if (builtFrom() !== sources) {
  const fresh = mkdtempSync('dist-'); // beside dist/: source maps stay right, and a rename stays on one disk
  try {
    execFileSync(process.execPath, [join('node_modules', '@swc', 'cli', 'bin', 'swc.js'), ...SOURCES, '-d', fresh, '-q', '--copy-files'], { stdio: 'inherit' });
    writeFileSync(join(fresh, 'built-from'), sources);
    const files = filesUnder(fresh);
    const stamp = join(fresh, 'built-from');
    for (const file of [...files.filter((name) => name !== stamp), stamp]) {
      const place = join('dist', file.slice(fresh.length + 1));
      mkdirSync(dirname(place), { recursive: true });
      renameSync(file, place);
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
