import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eraseUnits } from '../../src/ledger/erasure.js';
import { newId } from '../../src/ledger/ids.js';
import type { LoadedStream } from '../../src/ledger/ledger.js';
import { backupFile, unpackBackup } from '../../src/vault/backups.js';
import { addUnits, erasing, noteDraft, openPair, scratch, stateOf, testKey, unitOf, type Pair } from '../support/ledger.js';

describe('keys that come back with an older vault', () => {
  async function erasedSince(keep: (pair: Pair, units: readonly LoadedStream[]) => Promise<(keys: string) => void>): Promise<{ again: Pair; units: readonly LoadedStream[] }> {
    const pair = await openPair(scratch());
    const units = await addUnits(pair.ledger, ['early', 'late', 'kept']);
    pair.vault.index.claim(units.map(({ stream }, i) => ({ kind: 'number', value: String(i), stream, event: newId() })));
    await eraseUnits(pair.ledger, [unitOf(units[0]!)], erasing());
    await pair.ledger.noteHead();
    const restore = await keep(pair, units);
    await eraseUnits(pair.ledger, [unitOf(units[1]!)], erasing());
    await pair.ledger.append({ stream: units[2]!.stream, drafts: [noteDraft('more')], expected: 0, key: units[2]!.key });
    await pair.ledger.noteHead();
    await pair.close();
    rmSync(join(pair.root, 'keys'), { recursive: true });
    restore(join(pair.root, 'keys'));
    return { again: await openPair(pair.root), units };
  }

  async function expectDestroyedAgain({ again, units }: { again: Pair; units: readonly LoadedStream[] }): Promise<void> {
    expect(await Promise.all(units.map((unit) => stateOf(again, unit)))).toEqual(['erased', 'erased', 'whole']);
    expect(['0', '1', '2'].map((value) => again.vault.index.find('number', value)?.stream)).toEqual([undefined, undefined, units[2]!.stream]);
    expect((await again.ledger.load(units[2]!.stream)).events[1]!.sealed).toEqual({ note: 'more' });
    expect(again.vault.highestPosition).toBe(await again.store.head());
  }

  it('restored from a generation are destroyed again before anything opens', async () => {
    const target = scratch();
    await expectDestroyedAgain(
      await erasedSince(async ({ vault }) => {
        await vault.backUp({ directory: target, key: testKey(), keepDays: 30, now: Date.now() });
        return (keys) => void unpackBackup(backupFile(target, 1), testKey(), keys, '2026-01-01');
      }),
    );
  });

  it('put back as a copy of the directory are destroyed again too', async () => {
    const copy = join(scratch(), 'keys');
    await expectDestroyedAgain(
      await erasedSince(async ({ root }) => {
        cpSync(join(root, 'keys'), copy, { recursive: true });
        return (keys) => cpSync(copy, keys, { recursive: true });
      }),
    );
  });

  it('taken between order and destruction are destroyed again', async () => {
    const target = scratch();
    const pair = await openPair(scratch());
    const units = await addUnits(pair.ledger, ['a', 'b']);
    await pair.ledger.noteHead();
    const { destroyKeys } = pair.vault;
    pair.vault.destroyKeys = async (keys) => {
      await pair.ledger.noteHead();
      await pair.vault.backUp({ directory: target, key: testKey(), keepDays: 30, now: Date.now() });
      await destroyKeys.call(pair.vault, keys);
    };
    await eraseUnits(pair.ledger, [unitOf(units[0]!)], erasing());
    await pair.close();
    rmSync(join(pair.root, 'keys'), { recursive: true });
    unpackBackup(backupFile(target, 1), testKey(), join(pair.root, 'keys'), '2026-01-01');
    const again = await openPair(pair.root);
    expect([await stateOf(again, units[0]!), await stateOf(again, units[1]!)]).toEqual(['erased', 'whole']);
  });

  it('are reckoned with: a backup made while the erasure ran puts off the day on which it is complete', async () => {
    const { ledger, vault } = await openPair(scratch());
    const [unit] = await addUnits(ledger, ['a']);
    const completeOn = vault.lastBackupExpiry();
    const { destroyKeys } = vault;
    vault.destroyKeys = async (keys) => {
      await vault.backUp({ directory: scratch(), key: testKey(), keepDays: 90, now: Date.now() });
      await destroyKeys.call(vault, keys);
    };
    await eraseUnits(ledger, [unitOf(unit!)], erasing({ completeOn }));
    expect(vault.lastBackupExpiry() > completeOn).toBe(true);
    expect((await ledger.load(unit!.stream)).recorded.at(-1)!.data).toMatchObject({ completeOn: vault.lastBackupExpiry() });
  });
});
