import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { backupFile, unpackBackup } from '../../src/vault/backups.js';
import type { NewKey } from '../../src/vault/key-pool.js';
import { loadKey } from '../../src/vault/key-file.js';
import { SLOTS_FILE, SLOT_BYTES, SlotFile } from '../../src/vault/slot-file.js';
import { openVaultReader, openVaultSealer } from '../../src/vault/opening.js';
import { KEY_FILE, type SealedBytes, type SealingPlace, type VaultReader, type VaultSealer } from '../../src/vault/vault.js';
import { closing, newVault, program, reopenVault, RESERVED, scratch, slotFile, STORE_ID, testKey, type OpenVault } from '../support/ledger.js';

jest.setTimeout(60_000);

/** A sealer beside the owner of a vault, as the parsing thread of an import has it. */
const PLACE: SealingPlace = { event: '01934f00-0000-7000-8000-00000000000a', stream: 'note-1', type: 'Noted', schema: 1 };
const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1);
const BLOCK = 1024;

type Allot = (count: number) => Promise<number>;

async function sealerOf({ directory, vault }: OpenVault, { allot = async (count) => vault.allotKeys(count), keysKept }: { allot?: Allot; keysKept?: number } = {}): Promise<{ sealer: VaultSealer; closeSealer: () => Promise<void> }> {
  const sealer = await openVaultSealer({ directory }, allot, keysKept);
  return { sealer, closeSealer: closing(() => sealer.closeVault()) };
}

const beside = async (opened: OpenVault, options: Parameters<typeof sealerOf>[1] = {}): Promise<VaultSealer> => (await sealerOf(opened, options)).sealer;

async function take(from: VaultSealer, count: number): Promise<NewKey[]> {
  await from.reserveKeys(count);
  return Array.from({ length: count }, () => from.newKey());
}

async function sealNew(from: VaultSealer, count: number): Promise<SealedBytes[]> {
  return (await take(from, count)).map(({ slot }) => from.seal(slot, Buffer.from(`架空 ${slot}`), PLACE));
}

/** Of each value, the verdict, or what it opens to. */
const opened = (reader: VaultReader, sealed: readonly SealedBytes[]): string[] =>
  sealed.map((value) => {
    const opening = reader.open(value, PLACE);
    return opening.verdict === 'open' ? opening.plain.toString() : opening.verdict;
  });
const whole = (sealed: readonly SealedBytes[]): string[] => sealed.map(({ key }) => `架空 ${key}`);
const slotsOf = (sealed: readonly SealedBytes[]): number[] => sealed.map(({ key }) => key);

/** No slot twice, no key twice, and each key where the file says. */
function expectApart(keys: readonly NewKey[], file: SlotFile): void {
  expect(new Set(keys.map(({ slot }) => slot)).size).toBe(keys.length);
  expect(new Set(keys.map(({ key }) => key.export().toString('hex'))).size).toBe(keys.length);
  expect(keys.filter(({ slot, key }) => !(file.read(slot) as KeyObject).equals(key))).toEqual([]);
}

describe('slots', () => {
  it('of a sealer and of the owner are never the same, however often they take turns', async () => {
    const vault = await newVault();
    const [one, two] = [await beside(vault), await beside(vault)];
    const keys: NewKey[] = [];
    for (let turn = 0; turn < 24; turn += 1) keys.push(...(await take([vault.vault, one, vault.vault, two][turn % 4]!, 1 + ((turn * 211) % 700))));
    expectApart(keys, await slotFile(vault.directory));
    expect(Math.min(...keys.map(({ slot }) => slot))).toBeGreaterThanOrEqual(RESERVED);
  });

  it('are apart, and sealed under what the file holds, whenever an allotment comes and is filled', async () => {
    const who = fc.array(fc.record({ from: fc.nat(2), count: fc.integer({ min: 1, max: 1500 }) }), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), who, async (scheduler, wants) => {
        const vault = await newVault();
        const allot: Allot = async (count) => {
          await scheduler.schedule(Promise.resolve(), 'asked');
          const first = vault.vault.allotKeys(count);
          await scheduler.schedule(Promise.resolve(), 'answered');
          return first;
        };
        const [one, two] = [await sealerOf(vault, { allot }), await sealerOf(vault, { allot })];
        const takers = [vault.vault, one.sealer, two.sealer] as const;
        try {
          const groups = await scheduler.waitFor(Promise.all(wants.map(({ from, count }) => take(takers[from]!, count))));
          expect(groups.map(({ length }) => length)).toEqual(wants.map(({ count }) => count));
          expectApart(groups.flat(), await slotFile(vault.directory));
        } finally {
          await scheduler.waitFor(Promise.all([one.closeSealer(), two.closeSealer()])); // what is still asked for is answered
        }
      }),
      { numRuns: 6 * RUNS },
    );
  });

  it('are apart in every order of allotting, filling, appending and leaving empty', async () => {
    const { directory, close } = await newVault();
    await close();
    const master = await loadKey({ file: join(directory, KEY_FILE) });
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('append' as const, 'allot' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ do: fc.constantFrom('fill' as const, 'leave' as const), which: fc.nat(9) }),
    );
    let vaults = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const file = join(directory, `${(vaults += 1)}.slots`);
        SlotFile.create(file, master, { vault: STORE_ID, store: STORE_ID });
        const [owner, other] = [SlotFile.open(file, master, 'r+'), SlotFile.open(file, master, 'r+')];
        const keys: NewKey[] = [];
        const waiting: { first: number; count: number }[] = [];
        const note = (first: number, made: readonly KeyObject[]): void => void keys.push(...made.map((key, i) => ({ slot: first + i, key })));
        for (const at of steps) {
          if ('count' in at && at.do === 'append') {
            const { first, keys: made } = await owner.appendKeys(at.count);
            note(first, made);
          } else if ('count' in at) {
            waiting.push({ first: owner.allot(at.count), count: at.count });
          } else {
            const [next] = waiting.splice(at.which % Math.max(1, waiting.length), 1);
            if (next && at.do === 'fill') note(next.first, await other.fill(next.first, next.count));
          }
        }
        expectApart(keys, owner);
        const alive = new Set(keys.map(({ slot }) => slot));
        for (let slot = 0; slot < owner.length; slot += 1) if (!alive.has(slot)) expect(owner.read(slot)).toBe('key-missing');
        owner.close();
        other.close();
      }),
      { numRuns: 60 * RUNS },
    );
  });

  it('allotted and never filled hold no key, those behind them do, and a restart goes on behind them', async () => {
    const vault = await newVault();
    const { sealer, closeSealer } = await sealerOf(vault);
    const before = await sealNew(vault.vault, 1);
    const hole = vault.vault.allotKeys(5);
    const behind = [...(await sealNew(sealer, 3)), ...(await sealNew(vault.vault, BLOCK))];
    const named = [0, 4].map((i) => ({ ...before[0]!, key: hole + i }));
    expect(opened(vault.vault, named)).toEqual(['key-missing', 'key-missing']);
    expect(opened(vault.vault, [...before, ...behind])).toEqual(whole([...before, ...behind]));
    expect(() => sealer.seal(hole, Buffer.from('値'), PLACE)).toThrow(`key ${hole} cannot seal: key-missing`);
    await closeSealer();
    await vault.close();
    const again = await reopenVault(vault.directory);
    const written = again.vault.keyCount;
    const after = [...(await sealNew(again.vault, BLOCK)), ...(await sealNew(await beside(again), BLOCK))];
    expect(Math.min(...slotsOf(after))).toBeGreaterThanOrEqual(written);
    expect(Math.max(...slotsOf(behind))).toBeGreaterThan(hole);
    expect(opened(again.vault, [...named, ...before, ...behind, ...after])).toEqual(['key-missing', 'key-missing', ...whole([...before, ...behind, ...after])]);
  });
});

describe('what a sealer has sealed', () => {
  it('is opened by the owner, by a reader and by the sealer, at once and after a restart, and nowhere else', async () => {
    const vault = await newVault();
    const { sealer, closeSealer } = await sealerOf(vault, { keysKept: 1 });
    const sealed = await sealNew(sealer, 5);
    const reader = await openVaultReader({ directory: vault.directory });
    closing(async () => reader.close());
    for (const by of [vault.vault, reader, sealer]) expect(opened(by, sealed)).toEqual(whole(sealed));
    expect(vault.vault.open(sealed[0]!, { ...PLACE, stream: 'note-2' })).toEqual({ verdict: 'tampered' });
    expect(vault.vault.open({ ...sealed[0]!, key: sealed[1]!.key }, PLACE)).toEqual({ verdict: 'tampered' });
    await closeSealer();
    await vault.close();
    const again = await reopenVault(vault.directory);
    expect(opened(again.vault, sealed)).toEqual(whole(sealed));
    expect(opened(await beside(again), sealed)).toEqual(whole(sealed));
  });

  it('is erased with its key: in the file, for the owner, and after a restart', async () => {
    const vault = await newVault();
    const { sealer, closeSealer } = await sealerOf(vault);
    const sealed = await sealNew(sealer, 3);
    const gone = sealed[1]!.key;
    await vault.vault.destroyKeys([gone]);
    const left = [`架空 ${sealed[0]!.key}`, 'erased', `架空 ${sealed[2]!.key}`];
    expect(opened(vault.vault, sealed)).toEqual(left);
    expect([vault.vault.isDestroyed(gone), (await slotFile(vault.directory)).read(gone)]).toEqual([true, 'erased']);
    await closeSealer();
    await vault.close();
    expect(opened((await reopenVault(vault.directory)).vault, sealed)).toEqual(left);
  });

  it('comes back from a backup, a hole does not, and no key is given out twice', async () => {
    const vault = await newVault();
    const hole = vault.vault.allotKeys(3);
    const sealer = await beside(vault);
    const [before, own] = [await sealNew(sealer, 2), await sealNew(vault.vault, 2)];
    const target = scratch();
    await vault.vault.backUp({ directory: target, key: testKey(), keepDays: 30, now: Date.parse('2026-11-20T12:00:00+09:00') });
    const later = await sealNew(sealer, 4 * BLOCK); // past what stood in the file
    const into = join(scratch(), 'keys');
    unpackBackup(backupFile(target, 1), testKey(), into, '2026-11-21');
    const restored = await reopenVault(into);
    expect(opened(restored.vault, [...before, ...own])).toEqual(whole([...before, ...own]));
    expect(opened(restored.vault, [{ ...own[0]!, key: hole }, later.at(-1)!])).toEqual(['key-missing', 'key-missing']);
    await restored.vault.reserveThrough(Math.max(...slotsOf(later))); // as the ledger does with keys that its events name
    const fresh = [...(await sealNew(restored.vault, BLOCK)), ...(await sealNew(await beside(restored), BLOCK))];
    expect(Math.min(...slotsOf(fresh))).toBeGreaterThan(Math.max(...slotsOf(later)));
    expect(opened(restored.vault, fresh)).toEqual(whole(fresh));
  });
});

describe('keys in the memory of a sealer', () => {
  /** Those that still open although the file has lost them. */
  async function keptOf(keysKept: number | undefined): Promise<{ vault: OpenVault; sealer: VaultSealer; sealed: SealedBytes[]; kept: () => number[] }> {
    const vault = await newVault();
    const sealer = await beside(vault, keysKept === undefined ? {} : { keysKept });
    const sealed = await sealNew(sealer, 6);
    await vault.vault.destroyKeys(slotsOf(sealed));
    return { vault, sealer, sealed, kept: () => sealed.flatMap(({ key }, i) => (opened(sealer, sealed)[i] === 'erased' ? [] : [key])) };
  }

  it('are the last one alone where one is kept, those read ahead until the page is turned where none is, all of them by default', async () => {
    const [one, none, all] = [await keptOf(1), await keptOf(0), await keptOf(undefined)];
    expect(one.kept()).toEqual(slotsOf(one.sealed.slice(-1)));
    none.sealer.dropReadAhead();
    expect(none.kept()).toEqual([]);
    expect(all.kept()).toEqual(slotsOf(all.sealed));
  });

  it.each([0, 1, undefined])('are gone when it is told to forget them (%s kept), those alone, and it seals nothing more under them', async (keysKept) => {
    const { vault, sealer, sealed, kept } = await keptOf(keysKept);
    const alive = await sealNew(sealer, 1);
    sealer.forget(slotsOf(sealed));
    expect(kept()).toEqual([]);
    expect(opened(sealer, alive)).toEqual(whole(alive));
    expect(() => sealer.seal(sealed[5]!.key, Buffer.from('値'), PLACE)).toThrow(`key ${sealed[5]!.key} cannot seal: erased`);
    expect(opened(vault.vault, alive)).toEqual(whole(alive));
  });
});

it('a sealer knows the numbers that the owner has claimed and released since it was opened', async () => {
  const vault = await newVault();
  const sealer = await beside(vault);
  const find = () => sealer.index.find('addressee-number', '870000001');
  expect(find()).toBeUndefined();
  vault.vault.index.claim([{ kind: 'addressee-number', value: '870000001', stream: 'subject-1', event: 'event-1' }]);
  expect(find()).toEqual({ stream: 'subject-1', event: 'event-1' });
  vault.vault.index.release(['subject-1']);
  vault.vault.index.scrubReleased();
  expect(find()).toBeUndefined();
});

it('a sealer that gets no slots hands out nothing, and goes on when it gets some', async () => {
  const vault = await newVault();
  let refusals = 2;
  const sealer = await beside(vault, { allot: async (count) => (refusals-- > 0 ? Promise.reject(new Error('no slots')) : vault.vault.allotKeys(count)) });
  for (let i = 0; i < 2; i += 1) await expect(sealer.withKeys(1, () => sealer.newKey())).rejects.toThrow('no slots');
  expect(() => sealer.newKey()).toThrow('no key was reserved');
  const sealed = await sealNew(sealer, 2);
  expect(opened(vault.vault, sealed)).toEqual(whole(sealed));
});

it('a sealer closes only when the slots it has asked for are filled', async () => {
  const vault = await newVault();
  let answer: (() => void) | undefined;
  let asked = 0;
  const { sealer, closeSealer } = await sealerOf(vault, { allot: async (count) => {
    const first = vault.vault.allotKeys(count);
    if ((asked += 1) > 1) await new Promise<void>((go) => (answer = go));
    return first;
  } });
  await take(sealer, 1); // and a refill under way behind it
  const [closed, written] = [closeSealer(), readFileSync(join(vault.directory, SLOTS_FILE)).length];
  answer!();
  await closed;
  expect(readFileSync(join(vault.directory, SLOTS_FILE)).length - written).toBe(BLOCK * SLOT_BYTES);
});

describe('on the disk', () => {
  function run<T>(mode: 'trace' | 'full' | 'behind', kilobytes?: number): T {
    const args = program('vault/sealer-child.ts', join(scratch(), 'keys'), mode);
    const limit = kilobytes === undefined ? '' : `ulimit -S -f ${kilobytes}; `;
    return JSON.parse(execFileSync('bash', ['-c', `${limit}exec "$@"`, 'bash', process.execPath, ...args], { encoding: 'utf8' })) as T;
  }
  interface Outcome { readonly handedOut: number; readonly fault: string; readonly faults: string[]; readonly after: string[]; readonly missing: number; readonly taken: number; readonly different: number }

  it('keys are synced before a sealer hands them out', () => {
    const log = run<string[]>('trace');
    expect(log.slice(0, 4)).toEqual(['write', 'sync', 'synced', 'reserved']);
    const before = log.slice(0, log.indexOf('reserved more'));
    expect(before.filter((entry) => entry === 'write').length).toBeGreaterThanOrEqual(5);
    expect(before.lastIndexOf('synced')).toBeGreaterThan(before.lastIndexOf('sync'));
    expect(before.lastIndexOf('sync')).toBeGreaterThan(before.lastIndexOf('write'));
  });

  it('that is full a sealer hands out none that the file does not hold, and with room all goes on', () => {
    const { faults, ...outcome } = run<Outcome>('full', 200); // room for three blocks and a part of the fourth
    expect(outcome).toEqual({ handedOut: 3 * BLOCK, after: ['all', 'all', 'all'], missing: 0, taken: 3 * BLOCK + 6010, different: 3 * BLOCK + 6010 });
    for (const fault of faults) expect(fault).toMatch(/^(vault-full|EFBIG)$/);
  });

  it('a block of the owner that does not go in gives back no slot that a sealer has behind it', () => {
    const taken = 4 * BLOCK + 10;
    expect(run<Outcome>('behind')).toEqual({ fault: 'vault-full', after: ['all', 'all', 'all'], missing: 0, taken, different: taken });
  });
});

it('slots that were read ahead before they were filled open once they are', async () => {
  const vault = await newVault();
  const sealer = await beside(vault, { keysKept: 0 });
  const [first] = await sealNew(vault.vault, 1);
  expect(opened(sealer, [first!])).toEqual(whole([first!]));
  const later = await sealNew(sealer, 3); // behind what has been read, and in slots that stood empty then
  expect(opened(sealer, later)).toEqual(whole(later));
});
