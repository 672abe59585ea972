import Database from 'better-sqlite3';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eraseUnits } from '../../src/ledger/erasure.js';
import { newId } from '../../src/ledger/ids.js';
import type { LoadedStream } from '../../src/ledger/ledger.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { formsOf as formsOfCanary } from '../faults/support/canaries.js';
import { addUnits, erasing, filesHolding, filesUnder, noteDraft, openPair, scratch, slotFile, unitOf, type Pair } from '../support/ledger.js';

const NAME = '髙橋カナリア太郎𠮷';
const NUMBER = '987654321098';

/** The bytes by which a text could be found again. */
function formsOf(text: string): Map<string, Buffer> {
  const utf8 = Buffer.from(text);
  return new Map([...formsOfCanary(text), ['the second half', utf8.subarray(utf8.length >> 1)]]);
}

interface Secrets {
  readonly plain: Map<string, Buffer>;
  /** gone after the erasure, but there before */
  readonly keys: Map<string, Buffer>;
}

/** Units that hold the canaries in several events, a number in the index, and other units around them. */
async function withCanaries(): Promise<{ pair: Pair; canary: LoadedStream; secrets: Secrets }> {
  const pair = await openPair(scratch());
  const { ledger, vault, root } = pair;
  const [, canary] = await addUnits(ledger, ['before', `${NAME} ${NUMBER}`, 'after']);
  const more = [noteDraft(NAME), noteDraft(NUMBER), noteDraft('x'.repeat(1900) + NAME)];
  await ledger.append({ stream: canary!.stream, drafts: more, expected: canary!.revision, key: canary!.key });
  vault.index.claim([{ kind: 'number', value: NUMBER, stream: canary!.stream, event: newId() }]);
  vault.token('name', NAME);
  const loaded = await ledger.load(canary!.stream);
  expect(loaded.events.map(({ sealed }) => JSON.stringify(sealed)).join()).toContain(NAME);

  const slots = await slotFile(join(root, 'keys'));
  const file = readFileSync(join(root, 'keys', SLOTS_FILE));
  const at = HEADER_BYTES + SLOT_BYTES * loaded.key!;
  const db = new Database(join(root, 'keys', 'index.db'), { readonly: true });
  const { hash } = db.prepare<[string], { hash: Buffer }>('SELECT hash FROM numbers WHERE stream = ?').get(loaded.stream)!;
  db.close();
  const raw = (slots.read(loaded.key!) as KeyObject).export();
  const plain = new Map<string, Buffer>([['the raw key', raw], ['the raw key in hexadecimal', Buffer.from(raw.toString('hex'))], ['the raw key in base64', Buffer.from(raw.toString('base64').slice(0, 42))]]);
  for (const [form, bytes] of formsOf(NAME)) plain.set(`the name as ${form}`, bytes);
  for (const [form, bytes] of formsOf(NUMBER)) plain.set(`the number as ${form}`, bytes);
  const keys = new Map([['the wrapped key', file.subarray(at + 4, at + SLOT_BYTES)], ['the end of the wrapped key', file.subarray(at + 44, at + SLOT_BYTES)], ['the hash of the number', hash]]);
  return { pair, canary: loaded, secrets: { plain, keys } };
}

function found(root: string, needles: Map<string, Buffer>): string[] {
  return [...needles].filter(([, bytes]) => filesHolding(root, bytes).length > 0).map(([what]) => what);
}

it('the search itself finds what is there', () => {
  const forms = formsOf(NAME);
  expect(forms.size).toBe(13);
  for (const before of [0, 1, 2]) {
    const text = Buffer.from(`${'x'.repeat(before)}${NAME}さん`).toString('base64');
    expect(text).toContain(forms.get(`base64 at ${before}`)!.toString());
  }
  expect(JSON.stringify(NAME).length).toBeLessThan(forms.get('escaped JSON')!.length);
});

it('a value is in no file in clear while it lives, and its key only as it is wrapped', async () => {
  const { pair, canary, secrets } = await withCanaries();
  expect(found(pair.root, secrets.plain)).toEqual([]);
  expect(found(pair.root, secrets.keys)).toEqual([...secrets.keys.keys()]);
  expect(filesHolding(pair.root, canary.stream)).not.toEqual([]);
});

it('an erased value is in no file, nor is its key, nor the hash of its number: at once, after closing, and after the next start', async () => {
  const { pair, canary, secrets } = await withCanaries();
  const all = new Map([...secrets.plain, ...secrets.keys]);
  const ciphertext = Buffer.from(canary.recorded[0]!.sealed!.bytes);
  await eraseUnits(pair.ledger, [unitOf(canary)], erasing());
  expect(found(pair.root, all)).toEqual([]);
  await pair.close();
  expect(filesUnder(pair.root).length).toBeGreaterThanOrEqual(4);
  expect(found(pair.root, all)).toEqual([]);
  const again = await openPair(pair.root);
  await again.ledger.load(canary.stream);
  await again.close();
  expect(found(pair.root, all)).toEqual([]);
  expect(filesHolding(pair.root, ciphertext)).not.toEqual([]); // history itself is unchanged
});

it('an erasure that was cut off leaves nothing either, once it is carried on', async () => {
  const { pair, canary, secrets } = await withCanaries();
  const { destroyKeys } = pair.vault;
  pair.vault.destroyKeys = async () => Promise.reject(new Error('the process ends here'));
  await expect(eraseUnits(pair.ledger, [unitOf(canary)], erasing())).rejects.toThrow('the process ends here');
  pair.vault.destroyKeys = destroyKeys;
  await pair.close();
  expect(found(pair.root, secrets.keys)).toEqual([...secrets.keys.keys()]);
  await (await openPair(pair.root)).close();
  expect(found(pair.root, new Map([...secrets.plain, ...secrets.keys]))).toEqual([]);
});
