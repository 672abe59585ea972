import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImportSummary } from '../../src/imports/progress.js';
import { openSealed } from '../../src/ledger/ledger.js';
import { openEngine } from '../../src/engine.js';
import { newId } from '../../src/ledger/ids.js';
import { readSettings } from '../../src/settings.js';
import { scratch } from '../support/ledger.js';

/** Imports in processes of their own, on the build in dist/. */

export interface Taken {
  readonly summary: ImportSummary;
  /** the import as it stands after it */
  readonly after: ImportSummary;
  /** steps to the disk */
  readonly steps: number;
  readonly mostWrites: number;
  /** bytes */
  readonly grown: number;
  readonly heldMs: number;
  readonly heldMostlyMs: number;
}

const STAFF = newId();
/** So small that what is kept shows at once, and what is not is soon given back. */
const HEAP = ['--max-old-space-size=80', '--max-semi-space-size=4'];

/** Takes the file in; `nth` kills the process at a step to the disk. Null when it was killed. */
export async function takeInChild(directory: string, id: string, file: string, nth = 0): Promise<Taken | null> {
  const program = fileURLToPath(new URL('./import-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...HEAP, program, directory, id, file, STAFF, String(nth)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL') return null;
  if (code !== 0) throw new Error(`the import ended with ${code ?? signal}: ${said}`);
  return JSON.parse(said) as Taken;
}

/** The same city, to be gone on with apart. */
export function copyOf(directory: string): string {
  const copy = join(scratch(), 'city');
  cpSync(directory, copy, { recursive: true });
  return copy;
}

/** What the rows of an import have left: every event that it caused but its own progress, whatever order it came in. */
export async function rowsIn(directory: string): Promise<readonly { readonly id: string; readonly type: string; readonly stream: string }[]> {
  const engine = await openEngine(readSettings({ AKASHI_DATA: join(directory, 'data'), AKASHI_KEYS: join(directory, 'keys') }));
  try {
    const { store, registry, vault } = engine.ledger;
    const events = [];
    for (let after = 0; ; ) {
      const page = await store.readAll({ after, limit: 1000 });
      if (page.length === 0) break;
      after = page.at(-1)!.position;
      for (const entry of page) {
        const decoded = registry.decode(entry);
        const { id, type, stream, revision, data, handling, causationId, correlationId, actor } = decoded;
        if (!/^(subject|number|vaccination)-/.test(stream)) continue;
        events.push({ id, type, stream, revision, data, handling, causationId, correlationId, staff: actor.staff, opened: openSealed(decoded, vault) });
      }
    }
    return events.sort((a, b) => (a.id < b.id ? -1 : 1));
  } finally {
    await engine.close();
  }
}
