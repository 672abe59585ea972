import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { derivedId } from '../../src/ledger/ids.js';
import { BlindIndex, copyIndex, INDEX_FILE, type IndexClaim } from '../../src/vault/blind-index.js';
import { createKeyFile } from '../../src/vault/key-file.js';
import { createVault, openVault } from '../../src/vault/opening.js';
import { KEY_FILE } from '../../src/vault/vault.js';
import { closing, filesHolding, newVault, reopenVault, scratch, STORE_ID, testKey, type OpenVault } from '../support/ledger.js';

/** The same ids at every run, so that a page layout that fails does so again. */
function stableId(number: number): string {
  return derivedId(createHash('sha256').update(String(number)).digest());
}

const CATEGORIES = ['subject', 'number', 'application', 'vaccination'];

/** Numbers of several contexts, whose stream names differ in length as they do in the engine. */
function claimsOf(count: number): IndexClaim[] {
  return Array.from({ length: count }, (_, i) => ({ kind: 'number', value: String(123_456_000_000 + i), stream: `${CATEGORIES[i % 4]}-${stableId(i)}`, event: stableId(-1 - i) }));
}

function indexIn(directory: string): BlindIndex {
  const index = new BlindIndex(join(directory, INDEX_FILE), testKey());
  closing(async () => index.close());
  return index;
}

/** As an erasure does it: removed, then scrubbed. */
function release(index: BlindIndex, streams: readonly string[]): void {
  index.release(streams);
  index.scrubReleased();
}

/** The hashes of some streams as they stand in the file, read over a connection of its own. */
function hashesOf(directory: string, streams: readonly string[]): Buffer[] {
  const db = new Database(join(directory, INDEX_FILE), { readonly: true });
  const rows = db.prepare<[], { stream: string; hash: Buffer }>('SELECT stream, hash FROM numbers').all();
  db.close();
  const wanted = new Set(streams);
  return rows.filter(({ stream }) => wanted.has(stream)).map(({ hash }) => hash);
}

/** How many of the hashes stand in the database or in its write-ahead log. */
function countLeft(directory: string, hashes: readonly Buffer[]): number {
  const byStart = Map.groupBy(hashes, (hash) => hash.readUInt32LE(0));
  const left = new Set<Buffer>();
  for (const name of [INDEX_FILE, `${INDEX_FILE}-wal`]) {
    const file = join(directory, name);
    if (!existsSync(file)) continue;
    const bytes = readFileSync(file);
    for (let at = 0; at + 32 <= bytes.length; at += 1) {
      for (const hash of byStart.get(bytes.readUInt32LE(at)) ?? []) if (bytes.subarray(at, at + 32).equals(hash)) left.add(hash);
    }
  }
  return left.size;
}

it('a claimed hash is in the file or its log, a released one in neither', () => {
  const directory = scratch();
  const index = indexIn(directory);
  const claims = claimsOf(8);
  index.claim(claims);
  const streams = claims.map(({ stream }) => stream);
  const [gone, kept] = [hashesOf(directory, streams.slice(0, 3)), hashesOf(directory, streams.slice(3))];
  expect([gone.length, kept.length]).toEqual([3, 5]);
  expect(countLeft(directory, [...gone, ...kept])).toBe(8);
  release(index, streams.slice(0, 3));
  expect(countLeft(directory, gone)).toBe(0);
  expect(countLeft(directory, kept)).toBe(5);
  expect(statSync(join(directory, `${INDEX_FILE}-wal`)).size).toBe(0);
});

it('a released stream leaves its name in neither', () => {
  const directory = scratch();
  const index = indexIn(directory);
  const claims = claimsOf(4);
  index.claim(claims);
  release(index, [claims[0]!.stream]);
  expect(filesHolding(directory, claims[0]!.stream)).toEqual([]);
  expect(filesHolding(directory, claims[1]!.stream)).not.toEqual([]);
});

it('no hash is left behind when pages have split and merged', () => {
  const directory = scratch();
  const index = indexIn(directory);
  const claims = claimsOf(3000);
  for (let i = 0; i < claims.length; i += 500) index.claim(claims.slice(i, i + 500));
  const gone: Buffer[] = [];
  const left: number[] = [];
  for (let i = 0; i < claims.length; i += 300) {
    const streams = claims.slice(i, i + 300).map(({ stream }) => stream);
    gone.push(...hashesOf(directory, streams));
    release(index, streams);
    left.push(countLeft(directory, gone));
  }
  expect(gone).toHaveLength(3000);
  expect(left).toEqual(left.map(() => 0));
});

it('a log that someone else holds open is not taken for emptied', () => {
  const directory = scratch();
  const index = indexIn(directory);
  (index as unknown as { db: Database.Database }).db.pragma('busy_timeout = 0');
  const claims = claimsOf(4);
  index.claim(claims);
  const other = new Database(join(directory, INDEX_FILE), { readonly: true });
  closing(async () => void other.close());
  other.exec('BEGIN');
  other.prepare('SELECT count(*) FROM numbers').get();
  expect(() => release(index, [claims[0]!.stream])).toThrow('could not be emptied');
  other.exec('COMMIT');
  release(index, [claims[0]!.stream]);
  expect(filesHolding(directory, claims[0]!.stream)).toEqual([]);
});

it('a copy that a killed backup left behind is not there any more after the next opening', async () => {
  const { directory, vault, close } = await newVault();
  const claims = claimsOf(4);
  vault.index.claim(claims);
  await copyIndex(join(directory, INDEX_FILE), join(directory, `${INDEX_FILE}.copy`)); // where a backup makes it, and removes it unless it is killed
  await close();
  const again = (await reopenVault(directory)).vault;
  release(again.index, claims.map(({ stream }) => stream));
  expect(filesHolding(directory, claims[0]!.stream)).toEqual([]);
});

it('releases while the index is being copied for a backup', async () => {
  const directory = scratch();
  const index = indexIn(directory);
  const claims = claimsOf(3000);
  index.claim(claims);
  const gone = hashesOf(directory, [claims[7]!.stream]);
  const copy = copyIndex(join(directory, INDEX_FILE), join(directory, 'copy.db'));
  release(index, [claims[7]!.stream]);
  expect(countLeft(directory, gone)).toBe(0);
  await copy;
  const copied = new Database(join(directory, 'copy.db'), { readonly: true });
  closing(async () => void copied.close());
  expect(copied.pragma('integrity_check', { simple: true })).toBe('ok');
});

describe('the number itself', () => {
  const NUMBER = '123456789018';

  async function holding(): Promise<OpenVault> {
    const opened = await newVault();
    opened.vault.index.claim([{ kind: 'number', value: NUMBER, stream: 'number-1', event: 'event-1' }]);
    opened.vault.index.find('number', NUMBER);
    opened.vault.index.takeOver({ kind: 'number', value: NUMBER, stream: 'number-2', event: 'event-2' }, { stream: 'number-1', event: 'event-1' });
    opened.vault.token('number', NUMBER);
    return opened;
  }

  it('is in no file of the vault, in no encoding, open or closed', async () => {
    const { directory, close } = await holding();
    const plain = createHash('sha256').update(NUMBER).digest();
    const forms = [NUMBER, Buffer.from(NUMBER, 'utf16le'), Buffer.from(NUMBER).toString('base64'), Buffer.from(NUMBER).toString('hex'), plain, plain.toString('hex')];
    for (const form of forms) expect(filesHolding(directory, form)).toEqual([]);
    await close();
    for (const form of forms) expect(filesHolding(directory, form)).toEqual([]);
    expect(filesHolding(directory, 'number-2')).not.toEqual([]); // the row itself is there
  });

  it('has another hash in each vault, also under one key-encryption key', async () => {
    const { directory, vault } = await newVault();
    vault.index.claim([{ kind: 'number', value: NUMBER, stream: 'number-1', event: 'event-1' }]);
    const [hash] = hashesOf(directory, ['number-1']);
    const twin = join(scratch(), 'keys');
    const kek = { file: join(scratch(), KEY_FILE) };
    createKeyFile(kek.file, Buffer.from(readFileSync(join(directory, KEY_FILE), 'utf8').slice(13, 77), 'hex'));
    await createVault({ directory: twin, kek }, STORE_ID);
    const other = await openVault({ directory: twin, kek });
    closing(() => other.closeVault());
    other.index.claim([{ kind: 'number', value: NUMBER, stream: 'number-1', event: 'event-1' }]);
    expect(hashesOf(twin, ['number-1'])[0]!.equals(hash!)).toBe(false);
  });
});
