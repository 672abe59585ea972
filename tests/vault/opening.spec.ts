import { createHmac, type KeyObject } from 'node:crypto';
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile } from '../../src/vault/key-file.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { createVault, openVault, openVaultReader, vaultExists } from '../../src/vault/opening.js';
import { KEY_FILE, type Vault } from '../../src/vault/vault.js';
import { closing, filesHolding, newVault, reopenVault, RESERVED, scratch, slotFile, STORE_ID } from '../support/ledger.js';

const PLACE = { event: 'event', stream: 'stream', type: 'Noted', schema: 1 };

/** A closed vault that can be damaged. */
async function closedVault(): Promise<string> {
  const { directory, close } = await newVault();
  await close();
  return directory;
}

function edit(file: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes);
}

it('makes a vault once: private, with an identity of its own', async () => {
  const directory = join(scratch(), 'deep', 'keys');
  expect(vaultExists(directory)).toBe(false);
  const identity = await createVault({ directory }, STORE_ID);
  expect(vaultExists(directory)).toBe(true);
  expect(identity.store).toBe(STORE_ID);
  expect(identity.vault).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, SLOTS_FILE)).mode & 0o777).toBe(0o600);
  await expect(createVault({ directory }, STORE_ID)).rejects.toMatchObject({ code: 'EEXIST' });
  const { vault } = await reopenVault(directory);
  expect(vault.identity).toEqual(identity);
});

it('keeps its own keys apart, and the same over restarts', async () => {
  const { directory, vault, close } = await newVault();
  const slots = await slotFile(directory);
  const own = Array.from({ length: RESERVED }, (_, slot) => slots.read(slot) as KeyObject);
  expect(new Set(own.map((key) => key.export().toString('hex'))).size).toBe(RESERVED);
  const before = [vault.token('name', 'カナ'), vault.deriveId('a', 'b'), vault.signingKey.export()];
  await close();
  const again = (await reopenVault(directory)).vault;
  expect([again.token('name', 'カナ'), again.deriveId('a', 'b'), again.signingKey.export()]).toEqual(before);
});

it('gives equal tokens for equal values only, by kind, and other ones in another vault', async () => {
  const [one, two] = [(await newVault()).vault, (await newVault()).vault];
  const tokens = [one.token('birth', '2001-01-01'), one.token('birth', '2001-01-02'), one.token('name', '2001-01-01'), two.token('birth', '2001-01-01'), one.token('birth2', '001-01-01')];
  expect(new Set(tokens.map((token) => token.toString('hex'))).size).toBe(5);
  expect(one.token('birth', '2001-01-01')).toEqual(tokens[0]);
});

it('derives ids from parts, not from their run of characters', async () => {
  const { vault } = await newVault();
  const digests = [vault.deriveId('ab', 'c'), vault.deriveId('a', 'bc'), vault.deriveId('abc'), vault.deriveId('abc', '')];
  expect(new Set(digests.map((digest) => digest.toString('hex'))).size).toBe(4);
});

it('signs with a key that nothing else is made with', async () => {
  const { directory, vault } = await newVault();
  const slots = await slotFile(directory);
  const made = createHmac('sha256', vault.signingKey).update('a').update('\0').update('b').update('\0').digest();
  expect(vault.deriveId('a', 'b').equals(made)).toBe(false);
  const equal = Array.from({ length: RESERVED }, (_, slot) => slots.read(slot) as KeyObject).filter((key) => key.equals(vault.signingKey));
  expect(equal).toHaveLength(1);
});

it('refuses another key-encryption key and leaves the vault free for the right one', async () => {
  const directory = await closedVault();
  const other = join(scratch(), 'other.key');
  createKeyFile(other);
  await expect(openVault({ directory, kek: { file: other } })).rejects.toMatchObject({ name: 'VaultError', code: 'wrong-key' });
  await expect(openVaultReader({ directory, kek: { file: other } })).rejects.toMatchObject({ name: 'VaultError', code: 'wrong-key' });
  const { vault } = await reopenVault(directory);
  expect(vault.keyCount).toBe(RESERVED);
});

describe('what is not a vault', () => {
  it('is a directory with a key file and nothing else', async () => {
    const directory = scratch();
    createKeyFile(join(directory, KEY_FILE));
    await expect(openVault({ directory })).rejects.toMatchObject({ name: 'VaultError', code: 'not-a-vault' });
    await expect(openVaultReader({ directory })).rejects.toMatchObject({ name: 'VaultError', code: 'not-a-vault' });
  });

  it('is a directory that does not exist, also when the key comes from a service', async () => {
    const directory = join(scratch(), 'nowhere');
    const kek = { command: [process.execPath, '-e', `console.log('akashi-key-1 ${'ab'.repeat(32)}')`] };
    await expect(openVault({ directory, kek })).rejects.toMatchObject({ name: 'VaultError', code: 'not-a-vault' });
  });

  it.each([
    ['empty', (file: string) => truncateSync(file, 0)],
    ['cut within its first line', (file: string) => truncateSync(file, 10)],
    ['another file', (file: string) => writeFileSync(file, 'x'.repeat(4096))],
    ['of another format', (file: string) => edit(file, (bytes) => bytes.write('akashi-slots-2\n'))],
  ])('is a file that is %s', async (_, damage) => {
    const directory = await closedVault();
    damage(join(directory, SLOTS_FILE));
    await expect(openVault({ directory })).rejects.toMatchObject({ name: 'VaultError', code: 'not-a-vault' });
  });
});

it.each([16, 31, 32, 47, 56, 80, 115])('refuses a header altered at byte %i: identity and key check hold together', async (at) => {
  const directory = await closedVault();
  edit(join(directory, SLOTS_FILE), (bytes) => {
    bytes[at]! ^= 1;
  });
  await expect(openVault({ directory })).rejects.toMatchObject({ name: 'VaultError', code: 'wrong-key' });
});

it.each([0, 1, 2])('refuses a vault whose own key %i is damaged, and lets go of it', async (slot) => {
  const directory = await closedVault();
  const file = join(directory, SLOTS_FILE);
  const whole = readFileSync(file);
  edit(file, (bytes) => {
    bytes[HEADER_BYTES + SLOT_BYTES * slot + 20]! ^= 1;
  });
  await expect(openVault({ directory })).rejects.toMatchObject({ name: 'VaultError', code: 'vault-damaged' });
  writeFileSync(file, whole);
  expect((await reopenVault(directory)).vault.keyCount).toBe(RESERVED);
});

it('refuses a second opener while the first one lives, and takes it after', async () => {
  const { directory, close } = await newVault();
  await expect(openVault({ directory })).rejects.toMatchObject({ name: 'StoreInUse' });
  await close();
  expect((await reopenVault(directory)).vault.keyCount).toBe(RESERVED);
});

it('lets readers in beside its owner', async () => {
  const { directory, vault } = await newVault();
  await vault.reserveKeys(1);
  const sealed = vault.seal(vault.newKey().slot, Buffer.from('値'), PLACE);
  const reader = await openVaultReader({ directory });
  closing(async () => reader.close());
  expect(reader.identity).toEqual(vault.identity);
  expect(reader.open(sealed, PLACE)).toEqual({ verdict: 'open', plain: Buffer.from('値') });
  expect(reader.token('kind', 'value')).toEqual(vault.token('kind', 'value'));
});

it('remembers the highest position that was noted', async () => {
  const { directory, vault, close } = await newVault();
  expect(vault.highestPosition).toBe(0);
  vault.noteHighestPosition(2 ** 40 + 3);
  expect(vault.highestPosition).toBe(2 ** 40 + 3);
  await close();
  expect((await reopenVault(directory)).vault.highestPosition).toBe(2 ** 40 + 3);
});

it('opens a key of one vault in no other, although one key-encryption key wraps both', async () => {
  const kek = { file: join(scratch(), KEY_FILE) };
  createKeyFile(kek.file);
  const twins: { directory: string; vault: Vault }[] = [];
  for (const name of ['one', 'two']) {
    const directory = join(scratch(), name);
    await createVault({ directory, kek }, STORE_ID);
    const vault = await openVault({ directory, kek });
    closing(() => vault.closeVault());
    await vault.reserveKeys(1);
    twins.push({ directory, vault });
  }
  const [one, two] = twins as [(typeof twins)[0], (typeof twins)[0]];
  const { slot } = one.vault.newKey();
  const sealed = one.vault.seal(slot, Buffer.from('値'), PLACE);
  const bytes = readFileSync(join(one.directory, SLOTS_FILE)).subarray(HEADER_BYTES + SLOT_BYTES * slot, HEADER_BYTES + SLOT_BYTES * (slot + 1));
  edit(join(two.directory, SLOTS_FILE), (file) => bytes.copy(file, HEADER_BYTES + SLOT_BYTES * slot));
  expect(two.vault.open(sealed, PLACE).verdict).toBe('key-missing');
});

it('holds no key in clear beside its key file', async () => {
  const { directory, vault } = await newVault();
  await vault.reserveKeys(1);
  const slots = await slotFile(directory);
  for (const key of [...Array.from({ length: RESERVED }, (_, slot) => slots.read(slot) as KeyObject), vault.newKey().key]) {
    expect(filesHolding(directory, key.export())).toEqual([]);
  }
});

it('reads past what a torn write left behind the last whole slot', async () => {
  const directory = await closedVault();
  appendFileSync(join(directory, SLOTS_FILE), 'half a slot');
  const { vault } = await reopenVault(directory);
  expect(vault.keyCount).toBe(RESERVED);
  await vault.reserveKeys(1);
  const { slot, key } = vault.newKey();
  const slots = await slotFile(directory);
  expect((slots.read(slot) as KeyObject).equals(key)).toBe(true);
});
