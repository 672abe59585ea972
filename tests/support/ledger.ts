import { createSecretKey, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';
import { StoreFounded, type Agency } from '../../src/ledger/agency.js';
import { ErasureOrdered, ErasureVerified, type ErasureContext, type UnitToErase } from '../../src/ledger/erasure.js';
import { event, eventType } from '../../src/ledger/event-type.js';
import { code, count, text } from '../../src/ledger/fields.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import type { Circumstances, Draft, Ledger, LoadedStream } from '../../src/ledger/ledger.js';
import { engineActor, openLedger, type ClaimsOf } from '../../src/ledger/opening.js';
import { Registry } from '../../src/ledger/registry.js';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/store.js';
import { loadKey } from '../../src/vault/key-file.js';
import { SLOTS_FILE, SlotFile } from '../../src/vault/slot-file.js';
import { createVault, openVault } from '../../src/vault/opening.js';
import { KEY_FILE, type Vault } from '../../src/vault/vault.js';

export const AGENCY: Agency = { municipality: '990019', organ: 'mayor' };
export const STORE_ID = '01934f00-0000-7000-8000-000000000001';
/** Slots that a new vault keeps for itself. */
export const RESERVED = 16;

/** Seals a note. */
export const Noted = eventType({ type: 'Noted', handling: false, data: { n: count }, sealed: { note: text() } });
/** Seals nothing. */
export const Ticked = eventType({ type: 'Ticked', handling: false, data: { n: count } });
export const HANDLING = { kind: code };
export const REGISTRY = new Registry([StoreFounded, ErasureOrdered, ErasureVerified, Noted, Ticked], HANDLING);

const directories: string[] = [];
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory of its own for one test; removed after it. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'akashi-'));
  directories.push(directory);
  return directory;
}

/** Makes `close` safe to call twice, and calls it after the test if the test did not. */
export function closing(close: () => Promise<void>): () => Promise<void> {
  let closed = false;
  const once = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await close();
  };
  closers.push(once);
  return once;
}

export interface OpenVault {
  readonly directory: string;
  readonly vault: Vault;
  close(): Promise<void>;
}

export async function newVault(directory: string = join(scratch(), 'keys')): Promise<OpenVault> {
  await createVault({ directory }, STORE_ID);
  return reopenVault(directory);
}

export async function reopenVault(directory: string): Promise<OpenVault> {
  const vault = await openVault({ directory });
  return { directory, vault, close: closing(() => vault.closeVault()) };
}

/** The file of keys by a second opening, past every cache of the vault. */
export async function slotFile(directory: string): Promise<SlotFile> {
  const slots = SlotFile.open(join(directory, SLOTS_FILE), await loadKey({ file: join(directory, KEY_FILE) }), 'r');
  closing(async () => slots.close());
  return slots;
}

export function testKey(byte = 7): KeyObject {
  return createSecretKey(Buffer.alloc(32, byte));
}

export interface Pair {
  readonly root: string;
  readonly ledger: Ledger;
  readonly store: EmbeddedStore;
  readonly vault: Vault;
  /** Closes both without a last word to either: on the disk it is what a stop of the process leaves. */
  close(): Promise<void>;
}

export interface PairOptions {
  readonly registry?: Registry;
  readonly agency?: Agency;
  readonly data?: string;
  readonly keys?: string;
  readonly claimsOf?: ClaimsOf;
}

/** Opens (or founds) the ledger whose store lies in `root/data` and whose vault in `root/keys`. */
export async function openPair(root: string, { registry = REGISTRY, agency = AGENCY, data = 'data', keys = 'keys', claimsOf }: PairOptions = {}): Promise<Pair> {
  const store = openEmbeddedStore(join(root, data));
  const closeStore = closing(() => store.close());
  let ledger: Ledger;
  try {
    ledger = await openLedger({ store, vault: { directory: join(root, keys) }, registry, agency, ...(claimsOf && { claimsOf }) });
  } catch (error) {
    await closeStore();
    throw error;
  }
  const closeVault = closing(() => ledger.vault.closeVault());
  const close = async (): Promise<void> => {
    await closeVault();
    await closeStore();
  };
  return { root, ledger, store, vault: ledger.vault, close };
}

export function circumstances(handling: Circumstances['handling'] = null): Circumstances {
  return { actor: engineActor(), correlationId: newId(), causationId: null, occurredAt: null, handling };
}

export function noteDraft(note: string, n = 0): Draft {
  return { id: newId(), event: event(Noted, { n }, { note }), ...circumstances() };
}

export function tickDraft(n = 0): Draft {
  return { id: newId(), event: event(Ticked, { n }), ...circumstances() };
}

/** Appends the first events of new units, one note each, and loads them. */
export async function addUnits(ledger: Ledger, notes: readonly string[]): Promise<LoadedStream[]> {
  const streams = notes.map(() => streamName('note', newId()));
  const writes = notes.map((note, i) => ({ stream: streams[i]!, drafts: [noteDraft(note, i)], expected: 'none' as const, key: null }));
  for (const result of await ledger.appendMany(writes)) if (!result.ok) throw result.error;
  return Promise.all(streams.map((stream) => ledger.load(stream)));
}

export async function addUnit(ledger: Ledger, note = 'a note'): Promise<LoadedStream> {
  return (await addUnits(ledger, [note]))[0]!;
}

export function unitOf({ stream, revision, key }: LoadedStream): UnitToErase {
  return { stream, revision, key: key!, handling: { kind: 'erasure' } };
}

export function erasing(over: Partial<ErasureContext> = {}): ErasureContext {
  return { order: newId(), actor: engineActor(), correlationId: newId(), causationId: null, completeOn: '2027-01-31', emptyCaches: async () => undefined, ...over };
}

export function typesOf(loaded: LoadedStream): string[] {
  return loaded.events.map(({ type }) => type);
}

/** Whether a unit was never touched, or is gone and proven gone: an erasure leaves nothing between. */
export async function stateOf({ ledger, vault }: Pair, { stream, key }: LoadedStream): Promise<'whole' | 'erased' | 'half'> {
  const now = await ledger.load(stream);
  const closings = typesOf(now).filter((type) => type.startsWith('Erasure')).join(' ');
  const first = now.events[0]!.sealed as { note?: string; verdict?: string };
  if (closings === '' && typeof first.note === 'string' && !vault.isDestroyed(key!)) return 'whole';
  return closings === 'ErasureOrdered ErasureVerified' && first.verdict === 'erased' && vault.isDestroyed(key!) ? 'erased' : 'half';
}

/** Every file under a directory. */
export function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The files under a directory that hold these bytes anywhere. */
export function filesHolding(directory: string, bytes: Uint8Array | string): string[] {
  const needle = Buffer.from(bytes as string);
  return filesUnder(directory).filter((file) => readFileSync(file).includes(needle));
}

/**
 * Compiles the sources under test into a directory of its own, with the settings of the build: what child processes
 * and worker threads of these tests run is never older than the sources, whatever `dist/` holds. Removed after the test.
 */
export function built(): string {
  const project = fileURLToPath(new URL('../..', import.meta.url));
  const root = scratch();
  const { $schema: _, ...options } = JSON.parse(readFileSync(join(project, '.swcrc'), 'utf8')) as Record<string, unknown>;
  for (const part of ['codes', 'store', 'vault', 'ledger']) {
    for (const file of filesUnder(join(project, 'src', part))) {
      const target = join(root, relative(join(project, 'src'), file)).replace(/\.ts$/, '.js');
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, transformFileSync(file, { ...options, swcrc: false, sourceMaps: false }).code);
    }
  }
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** The arguments by which node runs a program of the tests (a `.ts` file as it stands) on the sources just compiled. */
export function program(name: string, ...args: readonly string[]): string[] {
  return ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL(`../${name}`, import.meta.url)), built(), ...args];
}
