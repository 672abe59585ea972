import type { Settings } from '../settings.js';
import { openAside, type Aside } from '../store/open.js';

/** The ledger of data that are there: a verb that only reads makes no new store by the way. Close it. */
export async function ledgerAside({ store, data }: Pick<Settings, 'store' | 'data'>): Promise<Aside> {
  const aside = await openAside(store);
  if (aside) return aside;
  throw new Error(store.kind === 'embedded' ? `${data} に記録がありません。AKASHI_DATA の場所を確かめてください。` : '事象ストア（EventStoreDB）に記録がありません。接続先を確かめてください。');
}

/** @throws unless there is a ledger */
export async function requireLedger(settings: Pick<Settings, 'store' | 'data'>): Promise<void> {
  await (await ledgerAside(settings)).close();
}
