// A process of its own in which a sealer works beside the owner of the vault: run by node as it stands, so types only are imported from the sources.
//   node sealer-child.ts <compiled sources> <directory> trace|full|behind
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type * as DiskWatch from './disk-watch.ts';
import type * as KeyFile from '../../src/vault/key-file.ts';
import type * as SlotFiles from '../../src/vault/slot-file.ts';
import type * as Opening from '../../src/vault/opening.ts';
import type * as Vaults from '../../src/vault/vault.ts';

const [, , root, directory, mode] = process.argv as [string, string, string, string, 'trace' | 'full' | 'behind'];
const log: string[] = [];
if (mode === 'trace') ((await import(new URL('./disk-watch.ts', import.meta.url).href)) as typeof DiskWatch).watchDisk(log);
const { createVault, openVault, openVaultSealer } = (await import(join(root, 'vault/opening.js'))) as typeof Opening;
const { SlotFile } = (await import(join(root, 'vault/slot-file.js'))) as typeof SlotFiles;
const { loadKey } = (await import(join(root, 'vault/key-file.js'))) as typeof KeyFile;

const BLOCK = 1024;
await createVault({ directory }, '01934f00-0000-7000-8000-000000000001');
const vault = await openVault({ directory });
const file = join(directory, 'keys.slots');
const slots = SlotFile.open(file, await loadKey({ file: join(directory, 'master.key') }), 'r');
let held: (() => void) | undefined;
let hold = false;
/** keys handed out that the file does not hold */
let missing = 0;
const sealer = await openVaultSealer({ directory }, async (count) => {
  const first = vault.allotKeys(count);
  if (hold) await new Promise<void>((go) => (held = go));
  return first;
});
console.log(JSON.stringify(await { trace, full, behind }[mode]()));

/** What reaches the file of keys, in the order in which it does, and what is said of it. */
async function trace(): Promise<readonly string[]> {
  log.length = 0;
  await sealer.reserveKeys(1);
  log.push('reserved');
  sealer.newKey();
  await sealer.reserveKeys(5000);
  log.push('reserved more');
  return log;
}

/** Takes keys until the disk gives none, twice; then there is room, and the sealer and the owner go on. */
async function full(): Promise<object> {
  const taken: number[] = [];
  const faults = [await takeMany(sealer, 8000, taken), await takeMany(sealer, 1, taken)];
  const handedOut = taken.length;
  allow('unlimited');
  const after = [await takeMany(sealer, 3000, taken), await takeMany(vault, 3000, taken), await takeMany(sealer, 10, taken)];
  return { handedOut, faults, after, missing, taken: taken.length, different: new Set(taken).size };
}

/** The block of the owner cannot be written while that of the sealer is allotted behind it, and not filled yet. */
async function behind(): Promise<object> {
  const taken: number[] = [];
  allow(statSync(file).size + 64 * 100 + 32); // a part of the block goes in
  const refused = takeMany(vault, 1, taken);
  hold = true;
  const waiting = takeMany(sealer, BLOCK, taken);
  const fault = await refused;
  allow('unlimited');
  const owner = await takeMany(vault, 3 * BLOCK, taken);
  hold = false;
  held!();
  return { fault, after: [owner, await waiting, await takeMany(vault, 10, taken)], missing, taken: taken.length, different: new Set(taken).size };
}

/** Takes keys one by one; notes those that the file does not hold. Says what it ended with. */
async function takeMany(from: Vaults.VaultSealer, count: number, taken: number[]): Promise<string> {
  try {
    for (let i = 0; i < count; i += 1) {
      await from.reserveKeys(1);
      const { slot, key } = from.newKey();
      const stored = slots.read(slot);
      if (typeof stored === 'string' || !stored.equals(key)) missing += 1;
      taken.push(slot);
    }
    return 'all';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
}

function allow(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
}
