import { registry } from '../event-registry.js';
import { eventFault } from '../ledger/event-fault.js';
import { openReader } from '../store/source.js';
import { openVaultSealer } from '../vault/opening.js';
import type { ParserStart } from './parser-protocol.js';
import { VaccinationPreparer } from './preparing.js';

/** A key is wanted when its one record is sealed, and a person's when they are looked up. */
const KEYS_KEPT = 1;

export interface OpenPreparer {
  readonly preparer: VaccinationPreparer;
  readonly faultOf: typeof eventFault;
  close(): Promise<void>;
}

/** Opens what vaccination rows are made ready with in a thread of its own; `allot` asks the owner of the vault for key slots. */
export async function openPreparer({ sources, digest, today }: NonNullable<ParserStart['preparing']>, allot: (count: number) => Promise<number>): Promise<OpenPreparer> {
  const vault = await openVaultSealer(sources.vault, allot, KEYS_KEPT);
  const reader = await openReader(sources.events);
  const close = async (): Promise<void> => {
    await reader.close();
    await vault.closeVault();
  };
  return { preparer: new VaccinationPreparer({ vault, reader, registry, digest, today }), faultOf: eventFault, close };
}
