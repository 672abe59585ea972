import { decodeEvent, type Actor, type RecordedEvent } from '../store/event.js';
import type { JsonObject } from '../store/canonical.js';
import type { EventStore } from '../store/port.js';
import type { IndexClaim } from '../vault/blind-index.js';
import { VaultError } from '../vault/errors.js';
import { createVault, openVault, vaultExists, type VaultOptions } from '../vault/opening.js';
import type { Vault } from '../vault/vault.js';
import { StoreFounded, type Agency } from './agency.js';
import { recordedSince } from '../store/recorded-since.js';
import { resumeUnits } from './erasure.js';
import { event, isErased } from './event-type.js';
import { newId, streamName } from './ids.js';
import { Ledger, openSealed } from './ledger.js';
import type { Decoded, Registry } from './registry.js';

/** The engine itself as an actor; each start is a session of its own. */
export function engineActor(session: string = newId()): Actor {
  return { staff: '00000000-0000-0000-0000-000000000000', kind: 'automatic', department: 'engine', role: 'engine', session, terminal: null };
}

/** The numbers that an event took when it was written; of one that does not open, those that outlive it. */
export type ClaimsOf = (ledger: Ledger, event: Decoded, sealed: JsonObject | undefined) => Promise<readonly Omit<IndexClaim, 'stream' | 'event'>[]>;

export interface LedgerOptions {
  readonly store: EventStore;
  readonly vault: VaultOptions;
  readonly registry: Registry;
  readonly agency: Agency;
  readonly claimsOf?: ClaimsOf;
  /** carries on acts of several units that were under way: what the vault has not taken note of comes after `since`. Says whether all are through */
  readonly resume?: (ledger: Ledger, since: number) => Promise<boolean>;
}

/**
 * Opens store and vault as one ledger; a new pair is founded for the agency. Erasures that were under way are carried on.
 *
 * @throws VaultError `stranger`, `store-rolled-back`, `vault-older-than-store` and those of opening a vault
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, registry, agency, claimsOf, resume } = options;
  const first = (await store.readAll({ after: 0, limit: 1 }))[0];
  if (!first && !vaultExists(options.vault.directory)) await createVault(options.vault, newId());
  const vault = await openVault(options.vault);
  try {
    const ledger = new Ledger(store, vault, registry);
    if (!first) await found(ledger, agency);
    else checkFounding(registry.decode(first), vault, agency);
    await checkAges(ledger);
    const since = vault.highestPosition;
    await resumeUnits(ledger); // before anything is opened
    if (claimsOf) await claimAgain(ledger, claimsOf);
    if ((await resume?.(ledger, since)) ?? true) await ledger.settled();
    else ledger.unsettle();
    return ledger;
  } catch (error) {
    await vault.closeVault();
    throw error;
  }
}

/** A vault put back from a copy may have forgotten numbers that were claimed since: what the ledger holds is claimed again. */
async function claimAgain(ledger: Ledger, claimsOf: ClaimsOf): Promise<void> {
  const { store, vault, registry } = ledger;
  for await (const recorded of recordedSince(store, vault.highestPosition)) {
    if (keyOf(recorded) < 0) continue;
    let decoded: Decoded;
    try {
      decoded = registry.decode(recorded);
    } catch {
      continue; // for whoever reads it
    }
    const opened = openSealed(decoded, vault);
    const sealed = typeof opened === 'string' || isErased(opened) ? undefined : opened;
    const owner = { stream: decoded.stream, event: decoded.id };
    const missing = (await claimsOf(ledger, decoded, sealed)).filter(({ kind, value }) => vault.index.find(kind, value) === undefined);
    if (missing.length > 0) vault.index.claim(missing.map((claim) => ({ ...claim, ...owner })));
  }
}

async function found(ledger: Ledger, { municipality, organ }: Agency): Promise<void> {
  const { vault, store } = ledger.vault.identity;
  if (ledger.vault.highestPosition > 0) throw rolledBack(0, ledger.vault);
  const founded = event(StoreFounded, { store, vault, municipality, organ });
  const draft = { id: newId(), event: founded, actor: engineActor(), correlationId: newId(), causationId: null, occurredAt: null, handling: null };
  await ledger.append({ stream: streamName('store', store), drafts: [draft], expected: 'none', key: null });
}

function checkFounding(first: ReturnType<Registry['decode']>, vault: Vault, agency: Agency): void {
  const { store, vault: id, municipality, organ } = first.data as Record<string, unknown>;
  if (first.type !== StoreFounded.type || store !== vault.identity.store || id !== vault.identity.vault) {
    throw new VaultError('stranger', 'この鍵保管庫は、この事象ストアのものではありません。AKASHI_DATA と AKASHI_KEYS の組合せを確かめてください。');
  }
  if (municipality !== agency.municipality || organ !== agency.organ) {
    throw new VaultError('stranger', 'この事象ストアは、別の評価実施機関のものです。団体コード（AKASHI_MUNICIPALITY）と機関（AKASHI_ORGAN）の設定を確かめてください。');
  }
}

/** Neither side may be older than the other remembers it. */
async function checkAges({ store, vault }: Ledger): Promise<void> {
  const head = await store.head();
  if (head < vault.highestPosition) throw rolledBack(head, vault);
  for await (const recorded of recordedSince(store, vault.highestPosition)) {
    if (keyOf(recorded) < vault.keyCount) continue;
    throw new VaultError(
      'vault-older-than-store',
      `鍵保管庫が事象ストアより古い状態です（位置 ${recorded.position} の鍵がありません）。最新の鍵の控えから戻してください（akashi keys restore）。`,
    );
  }
}

/** The key an event is sealed with; -1 for none, and for an event that cannot be read: whoever reads it will say so. */
function keyOf(recorded: RecordedEvent): number {
  try {
    return decodeEvent(recorded).sealed?.key ?? -1;
  } catch {
    return -1;
  }
}

function rolledBack(head: number, vault: Vault): VaultError {
  return new VaultError(
    'store-rolled-back',
    `事象ストアが古い状態に戻っています（現在 ${head}、鍵保管庫の記憶 ${vault.highestPosition}）。最新の控えから事象ストアを戻してください。`,
  );
}
