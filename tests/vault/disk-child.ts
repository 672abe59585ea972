// A process of its own that uses a vault: run by node as it stands, so types only are imported from the sources.
//   node disk-child.ts <compiled sources> <directory> trace|fill
import { join } from 'node:path';
import type * as DiskWatch from './disk-watch.ts';
import type * as KeyFile from '../../src/vault/key-file.ts';
import type * as SlotFiles from '../../src/vault/slot-file.ts';
import type * as Opening from '../../src/vault/opening.ts';

const [, , root, directory, mode] = process.argv as [string, string, string, string, string];
const log: string[] = [];
if (mode === 'trace') ((await import(new URL('./disk-watch.ts', import.meta.url).href)) as typeof DiskWatch).watchDisk(log);
const { createVault, openVault } = (await import(join(root, 'vault/opening.js'))) as typeof Opening;
const { SlotFile } = (await import(join(root, 'vault/slot-file.js'))) as typeof SlotFiles;
const { loadKey } = (await import(join(root, 'vault/key-file.js'))) as typeof KeyFile;

await createVault({ directory }, '01934f00-0000-7000-8000-000000000001');
const vault = await openVault({ directory });
console.log(JSON.stringify(mode === 'trace' ? await trace() : await fill()));

/** What reaches the file of keys, in the order in which it does: writes, syncs begun and ended, and what is said of them. */
async function trace(): Promise<readonly string[]> {
  log.length = 0;
  await vault.reserveKeys(1);
  log.push('reserved');
  const { slot } = vault.newKey();
  await vault.reserveKeys(5000);
  log.push('reserved more');
  await vault.destroyKeys([slot, slot + 1]);
  log.push('destroyed');
  return log;
}

/** Takes keys until the disk gives none, and counts those that the file does not hold. */
async function fill(): Promise<{ handedOut: number; missing: number; fault: string }> {
  const slots = SlotFile.open(join(directory, 'keys.slots'), await loadKey({ file: join(directory, 'master.key') }), 'r');
  let handedOut = 0;
  let missing = 0;
  let fault = 'none';
  try {
    for (; handedOut < 6000; handedOut += 1) {
      await vault.reserveKeys(1);
      const { slot, key } = vault.newKey();
      const stored = slots.read(slot);
      if (typeof stored === 'string' || !stored.equals(key)) missing += 1;
    }
  } catch (error) {
    fault = (error as { code?: string }).code ?? (error as Error).message;
  }
  return { handedOut, missing, fault };
}
