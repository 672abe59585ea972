import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backupFile, unpackBackup } from '../../src/vault/backups.js';
import type { Vault } from '../../src/vault/vault.js';
import { newVault, scratch, testKey } from '../support/ledger.js';

const TODAY = '2026-11-20';
const NOW = Date.parse('2026-11-20T12:00:00+09:00');
const EVERY = Math.max(1, Math.floor(97 / Number(process.env['AKASHI_CAMPAIGN'] ?? 1)));

async function backedUp(prepare: (vault: Vault) => Promise<void> = async () => undefined): Promise<{ vault: Vault; target: string; bytes: Buffer }> {
  const target = scratch();
  const { vault } = await newVault();
  await prepare(vault);
  await vault.backUp({ directory: target, key: testKey(), keepDays: 30, now: NOW });
  return { vault, target, bytes: readFileSync(backupFile(target, 1)) };
}

interface Frames {
  readonly head: Buffer;
  /** each with its length in front */
  readonly frames: readonly Buffer[];
}

function split(bytes: Buffer): Frames {
  const head = bytes.subarray(0, bytes.indexOf(0x0a) + 1);
  const frames: Buffer[] = [];
  for (let at = head.length; at < bytes.length; at += frames.at(-1)!.length) frames.push(bytes.subarray(at, at + 4 + bytes.readUInt32BE(at)));
  return { head, frames };
}

/** Tries to unpack the bytes; gives the code of the refusal and what is left under a directory that held nothing. */
function unpack(bytes: Buffer, today = TODAY, key = testKey()): { code: string; left: string[] } {
  const root = scratch();
  const file = join(scratch(), 'given.akb');
  writeFileSync(file, bytes);
  let code = 'unpacked';
  try {
    unpackBackup(file, key, join(root, 'into'), today);
  } catch (error) {
    const { name, code: reason } = error as Error & { code: string };
    code = name === 'VaultError' ? reason : `${name} ${reason}`;
  }
  return { code, left: readdirSync(root) };
}

const DAMAGED = { code: 'backup-damaged', left: [] };

it('unpacks what is whole, on its last day too', async () => {
  const { bytes } = await backedUp();
  expect(unpack(bytes)).toEqual({ code: 'unpacked', left: ['into'] });
  expect(unpack(bytes, '2026-12-20')).toEqual({ code: 'unpacked', left: ['into'] });
});

it('is refused once it has expired, and leaves nothing', async () => {
  const { bytes } = await backedUp();
  expect(unpack(bytes, '2026-12-21')).toEqual({ code: 'backup-expired', left: [] });
});

it('is refused under another key, and leaves nothing', async () => {
  const { bytes } = await backedUp();
  expect(unpack(bytes, TODAY, testKey(8))).toEqual(DAMAGED);
});

it('never touches a directory that exists', async () => {
  const { target } = await backedUp();
  const into = join(scratch(), 'keys');
  mkdirSync(into);
  writeFileSync(join(into, 'master.key'), 'precious');
  expect(() => unpackBackup(backupFile(target, 1), testKey(), into, TODAY)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(readFileSync(join(into, 'master.key'), 'utf8')).toBe('precious');
});

it('cut at any frame, and anywhere between, is damaged', async () => {
  const { bytes } = await backedUp((vault) => vault.reserveKeys(17_000));
  const { head, frames } = split(bytes);
  expect(frames.length).toBe(6); // proof of the header, key file, two of slots, index, end
  let at = head.length;
  const cuts = [0, 1, head.length - 1, head.length];
  for (const frame of frames) {
    cuts.push(at + 2, at + 4, at + 20, at + frame.length - 1);
    at += frame.length;
    if (at < bytes.length) cuts.push(at);
  }
  expect(at).toBe(bytes.length);
  for (const cut of cuts) expect({ cut, ...unpack(bytes.subarray(0, cut)) }).toEqual({ cut, ...DAMAGED });
});

it('with frames exchanged, left out, repeated or brought from another generation is damaged', async () => {
  const { bytes, vault, target } = await backedUp((vault) => vault.reserveKeys(17_000));
  const { head, frames } = split(bytes);
  await vault.backUp({ directory: target, key: testKey(), keepDays: 30, now: NOW });
  const foreign = split(readFileSync(backupFile(target, 2)));
  const [proof, key, slots, moreSlots, index, end] = frames as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const wrong = [
    [proof, slots, key, moreSlots, index, end],
    [proof, key, moreSlots, slots, index, end],
    [proof, key, slots, index, moreSlots, end],
    [proof, end, key, slots, moreSlots, index],
    [key, proof, slots, moreSlots, index, end],
    [proof, key, slots, moreSlots, end],
    [proof, slots, moreSlots, index, end],
    [key, slots, moreSlots, index, end],
    [proof, proof, key, slots, moreSlots, index, end],
    [proof, key, slots, slots, index, end],
    [proof, key, slots, moreSlots, index, index],
    [proof, key, foreign.frames[2]!, moreSlots, index, end],
    [proof, key, slots, moreSlots, index, foreign.frames[5]!],
    [foreign.frames[0]!, key, slots, moreSlots, index, end],
  ];
  expect(unpack(Buffer.concat([head, ...frames])).code).toBe('unpacked');
  expect(wrong.map((order) => unpack(Buffer.concat([head, ...order])))).toEqual(wrong.map(() => DAMAGED));
  expect(unpack(Buffer.concat([foreign.head, ...frames]))).toEqual(DAMAGED);
});

it('altered in any byte behind its header is damaged', async () => {
  const { bytes } = await backedUp();
  const { head, frames } = split(bytes);
  const marks = new Set<number>();
  let at = head.length;
  for (const frame of frames) {
    for (let i = 0; i < 18; i += 1) marks.add(at + i).add(at + frame.length - 1 - i); // length, nonce; tag
    at += frame.length;
  }
  for (let i = head.length; i < bytes.length; i += 41 * EVERY) marks.add(i);
  for (const mark of marks) {
    const altered = Buffer.from(bytes);
    altered[mark]! ^= 1 << (mark % 8);
    expect({ mark, ...unpack(altered) }).toEqual({ mark, ...DAMAGED });
  }
});

it('altered in any byte of its header is damaged: nothing in it is believed before it is proven', async () => {
  const { bytes } = await backedUp();
  const { head } = split(bytes);
  const wrong: string[] = [];
  for (let at = 0; at < head.length; at += 1) {
    const altered = Buffer.from(bytes);
    altered[at]! ^= 1 << (at % 7);
    const { code, left } = unpack(altered);
    if (code !== 'backup-damaged' || left.length > 0) wrong.push(`byte ${at} of ${head.subarray(at - 8, at + 8).toString()}: ${code} ${left.join()}`);
  }
  expect(wrong).toEqual([]);
});

describe('a header that was rewritten', () => {
  it.each([
    ['names a file outside the directory', '"master.key"', '"../escaped"'],
    ['names a file in a directory that is not there', '"keys.slots"', '"keys/slots"'],
    ['names a file twice', '"keys.slots"', '"master.key"'],
    ['names no sections', '"sections"', '"Sections"'],
    ['has sections that are no list', /"sections":\[.*\]/, '"sections":7'],
    ['gives a longer life', '"2026-12-20"', '"2036-12-20"'],
    ['gives a shorter life', '"2026-12-20"', '"2016-12-20"'],
    ['says a larger size', /"size":\d+/, '"size":999999999999'],
    ['says a negative size', /"size":\d+/, '"size":-1'],
    ['is another generation', '"generation":1', '"generation":2'],
    ['is null', /^.*\n/, 'null\n'],
  ])('%s is damaged, and writes nothing anywhere', async (_, was, now) => {
    const { bytes } = await backedUp();
    const { head, frames } = split(bytes);
    const rewritten = Buffer.from(head.toString().replace(was, now));
    expect(rewritten.equals(head)).toBe(false);
    expect(unpack(Buffer.concat([rewritten, ...frames]))).toEqual(DAMAGED);
  });
});

it('names the file in its refusal, and nothing that stands in it', async () => {
  const { bytes, target } = await backedUp();
  const file = backupFile(target, 1);
  writeFileSync(file, bytes.subarray(0, bytes.length - 1));
  const into = join(scratch(), 'into');
  expect(() => unpackBackup(file, testKey(), into, TODAY)).toThrow(file);
  expect(existsSync(into)).toBe(false);
});
