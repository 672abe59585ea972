import fc from 'fast-check';
import { decrypt, encrypt } from '../../src/vault/sealing.js';
import type { SealedBytes, SealingPlace, Vault } from '../../src/vault/vault.js';
import { newVault, RESERVED, testKey } from '../support/ledger.js';

const PLACE: SealingPlace = { event: '01934f00-0000-7000-8000-00000000000a', stream: 'note-1', type: 'Noted', schema: 1 };
const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 100;

async function vaultWithKeys(count: number): Promise<{ vault: Vault; slots: number[] }> {
  const { vault } = await newVault();
  await vault.reserveKeys(count);
  return { vault, slots: Array.from({ length: count }, () => vault.newKey().slot) };
}

/** The sealed bytes with one byte of the ciphertext changed. */
function flipped(sealed: SealedBytes, at: number, mask: number): SealedBytes {
  const bytes = Buffer.from(sealed.bytes, 'base64');
  bytes[at]! ^= mask;
  return { ...sealed, bytes: bytes.toString('base64') };
}

it('opens to what was sealed, whatever the bytes', async () => {
  const { vault, slots } = await vaultWithKeys(3);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.constantFrom(...slots), (bytes, slot) => {
      const opening = vault.open(vault.seal(slot, bytes, PLACE), PLACE);
      expect(opening).toEqual({ verdict: 'open', plain: Buffer.from(bytes) });
    }),
    { numRuns: RUNS },
  );
});

it('opens at any place it was sealed for', async () => {
  const { vault, slots } = await vaultWithKeys(1);
  const place = fc.record({ event: fc.uuid(), stream: fc.uuid().map((id) => `subject-${id}`), type: fc.stringMatching(/^[A-Z][A-Za-z]{0,30}$/), schema: fc.integer({ min: 1, max: 99 }) });
  fc.assert(
    fc.property(place, place, (sealedAt, openedAt) => {
      const sealed = vault.seal(slots[0]!, Buffer.from('値'), sealedAt);
      expect(vault.open(sealed, { ...sealedAt }).verdict).toBe('open');
      const same = (Object.keys(sealedAt) as (keyof SealingPlace)[]).every((member) => sealedAt[member] === openedAt[member]);
      expect(vault.open(sealed, openedAt).verdict).toBe(same ? 'open' : 'tampered');
    }),
    { numRuns: RUNS },
  );
});

describe('what the ciphertext is bound to', () => {
  it.each([
    ['event', { ...PLACE, event: '01934f00-0000-7000-8000-00000000000b' }],
    ['stream', { ...PLACE, stream: 'note-2' }],
    ['type', { ...PLACE, type: 'Noticed' }],
    ['schema', { ...PLACE, schema: 2 }],
  ])('another %s alone is tampering', async (_, place) => {
    const { vault, slots } = await vaultWithKeys(1);
    const sealed = vault.seal(slots[0]!, Buffer.from('値'), PLACE);
    expect(vault.open(sealed, PLACE).verdict).toBe('open');
    expect(vault.open(sealed, place)).toEqual({ verdict: 'tampered' });
  });

  it('another key alone is tampering', async () => {
    const { vault, slots } = await vaultWithKeys(2);
    const sealed = vault.seal(slots[0]!, Buffer.from('値'), PLACE);
    expect(vault.open({ ...sealed, key: slots[1]! }, PLACE)).toEqual({ verdict: 'tampered' });
  });

  it('the number of the key is bound beside the key itself', async () => {
    const { vault, slots } = await vaultWithKeys(2);
    const [one, two] = slots as [number, number];
    const ring = (vault as unknown as { ring: { get(slot: number): unknown; remember(slot: number, key: unknown): void } }).ring;
    ring.remember(two, ring.get(one)); // the same key under two numbers
    const sealed = vault.seal(one, Buffer.from('値'), PLACE);
    expect(vault.open({ ...sealed, key: two }, PLACE)).toEqual({ verdict: 'tampered' });
  });

  it('the parts do not run into one another', async () => {
    const { vault, slots } = await vaultWithKeys(1);
    const sealed = vault.seal(slots[0]!, Buffer.from('値'), { ...PLACE, stream: 'note-1', type: '1Noted' });
    expect(vault.open(sealed, { ...PLACE, stream: 'note-11', type: 'Noted' })).toEqual({ verdict: 'tampered' });
  });
});

it('one altered byte anywhere is tampering', async () => {
  const { vault, slots } = await vaultWithKeys(1);
  const sealed = vault.seal(slots[0]!, Buffer.from('山田 太郎 1234'), PLACE);
  const { length } = Buffer.from(sealed.bytes, 'base64');
  for (let at = 0; at < length; at += 1) {
    for (const mask of [0x01, 0x80, 0xff]) expect(vault.open(flipped(sealed, at, mask), PLACE)).toEqual({ verdict: 'tampered' });
  }
  expect(vault.open(sealed, PLACE).verdict).toBe('open');
});

it('a cut, a longer or an empty ciphertext is tampering', async () => {
  const { vault, slots } = await vaultWithKeys(1);
  const sealed = vault.seal(slots[0]!, Buffer.from('値'), PLACE);
  const whole = Buffer.from(sealed.bytes, 'base64');
  for (let length = 0; length < whole.length; length += 1) {
    expect(vault.open({ ...sealed, bytes: whole.subarray(0, length).toString('base64') }, PLACE)).toEqual({ verdict: 'tampered' });
  }
  expect(vault.open({ ...sealed, bytes: Buffer.concat([whole, Buffer.alloc(1)]).toString('base64') }, PLACE)).toEqual({ verdict: 'tampered' });
});

it('seals nothing twice alike, and shows nothing of the plaintext', async () => {
  const { vault, slots } = await vaultWithKeys(1);
  const plain = Buffer.from('山田太郎 山田太郎 山田太郎');
  const [one, two] = [vault.seal(slots[0]!, plain, PLACE), vault.seal(slots[0]!, plain, PLACE)];
  expect(one.bytes).not.toBe(two.bytes);
  expect(Buffer.from(one.bytes, 'base64').length).toBe(12 + plain.length + 16);
  expect(Buffer.from(one.bytes, 'base64').includes(plain.subarray(0, 6))).toBe(false);
});

it('never repeats a nonce in 100,000 seals', () => {
  const key = testKey();
  const [plain, place] = [Buffer.from('x'), Buffer.from('place')];
  const nonces = new Set<string>();
  for (let i = 0; i < 100_000; i += 1) nonces.add(encrypt(key, plain, place).toString('latin1', 0, 12));
  expect(nonces.size).toBe(100_000);
});

it('hands out a nonce that nothing changes afterwards', () => {
  const key = testKey();
  const place = Buffer.from('place');
  const sealed = Array.from({ length: 3000 }, (_, i) => encrypt(key, Buffer.from(String(i)), place)); // over several pages of random bytes
  expect(sealed.map((bytes) => decrypt(key, bytes, place)?.toString())).toEqual(sealed.map((_, i) => String(i)));
});

describe('a key that is not there', () => {
  it.each([
    ['beyond the file', 1_000_000_000],
    ['just beyond the file', RESERVED + 1024],
    ['before it', -1],
    ['not a whole number', RESERVED + 0.5],
    ['not a number', Number.NaN],
    ['past what a number can count', Number.MAX_VALUE],
  ])('%s opens nothing: key-missing', async (_, key) => {
    const { vault, slots } = await vaultWithKeys(1);
    expect(vault.keyCount).toBe(RESERVED + 1024);
    const sealed = vault.seal(slots[0]!, Buffer.from('値'), PLACE);
    expect(vault.open({ ...sealed, key }, PLACE)).toEqual({ verdict: 'key-missing' });
    expect(() => vault.seal(key, Buffer.from('値'), PLACE)).toThrow('key-missing');
  });
});
