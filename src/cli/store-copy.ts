import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent } from '../store/event.js';
import { openStore, type StoreSettings } from '../store/open.js';
import { UsageError, type Settings } from '../settings.js';
import { openVault } from '../vault/opening.js';
import { requireLedger } from './data.js';

export interface StoreCopied {
  readonly events: number;
  /** of these, how many stood there from a copy that was broken off */
  readonly before: number;
}

/**
 * Moves from the embedded store to a server: every event is copied and compared, the vault is told where the event it remembers now
 * stands, and the registers are removed, to be folded anew. The embedded store stays as it was. The engine does not run meanwhile.
 */
export async function copyStore(settings: Settings, target: StoreSettings, progress: (events: number, what: 'copied' | 'compared') => void): Promise<StoreCopied> {
  if (settings.store.kind !== 'embedded' || target.kind === 'embedded') throw new UsageError('写すのは埋込みのストアからだけです。AKASHI_STORE を設定せずに実行してください。');
  await requireLedger(settings);
  const { copyInto } = await import('../store/eventstoredb/copy.js');
  const store = await openStore(settings.store); // also makes sure that no engine is running
  try {
    const vault = await openVault(settings.vault);
    try {
      const [first] = await store.readAll({ after: 0, limit: 1 });
      if (!first || decodeEvent(first).data.store !== vault.identity.store) throw new Error('この鍵保管庫は、この事象ストアのものではありません。AKASHI_DATA と AKASHI_KEYS の組合せを確かめてください。');
      const { moved, ...copied } = await copyInto(target, store, { remembered: vault.highestPosition, progress });
      vault.noteHighestPosition(moved);
      for (const folded of ['registers', 'scratch']) rmSync(join(settings.data, folded), { recursive: true, force: true });
      return copied;
    } finally {
      await vault.closeVault();
    }
  } finally {
    await store.close();
  }
}
