import Database from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSealed, UnreadableEvent } from '../../src/ledger/ledger.js';
import { ERASED } from '../../src/ledger/event-type.js';
import { eraseUnits } from '../../src/ledger/erasure.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { addUnits, erasing, openPair, scratch, unitOf, type Pair } from '../support/ledger.js';
import type { LoadedStream } from '../../src/ledger/ledger.js';

type Change = (event: { id: string; data: object; sealed: { bytes: string; key: number } | null; recordedAt: string }) => void;

/** Two units and one behind them, so that neither is the last event; closed after the vault took note of all. */
async function closedUnits(): Promise<{ root: string; one: LoadedStream; two: LoadedStream; last: LoadedStream }> {
  const pair = await openPair(scratch());
  const [one, two, last] = await addUnits(pair.ledger, ['山田 太郎', '佐藤 花子', '最後']);
  await pair.ledger.noteHead();
  await pair.close();
  return { root: pair.root, one: one!, two: two!, last: last! };
}

function inStore<T>(root: string, work: (db: Database.Database) => T): T {
  const db = new Database(join(root, 'data', 'events.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function bytesAt(root: string, position: number): Buffer {
  return inStore(root, (db) => db.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM events WHERE position = ?').get(position)!.bytes);
}

function overwrite(root: string, { recorded }: LoadedStream, bytes: Buffer): void {
  inStore(root, (db) => db.prepare('UPDATE events SET bytes = ? WHERE position = ?').run(bytes, recorded[0]!.position));
}

function alter(root: string, unit: LoadedStream, change: Change): void {
  const event = JSON.parse(bytesAt(root, unit.recorded[0]!.position).toString()) as Parameters<Change>[0];
  change(event);
  overwrite(root, unit, Buffer.from(JSON.stringify(event)));
}

async function expectUnreadable({ ledger }: Pair, unit: LoadedStream, verdict: string): Promise<void> {
  const { position } = unit.recorded[0]!;
  const fault = ledger.load(unit.stream);
  await expect(fault).rejects.toBeInstanceOf(UnreadableEvent);
  await expect(fault).rejects.toMatchObject({ name: 'UnreadableEvent', verdict, position });
  await expect(fault).rejects.toThrow(`position ${position} (${unit.stream}) cannot be opened: ${verdict}`);
}

function flip(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at]! ^= 1;
  return bytes.toString('base64');
}

describe('an event altered in the store', () => {
  it.each([
    ['its nonce', (event) => void (event.sealed!.bytes = flip(event.sealed!.bytes, 0))],
    ['its ciphertext', (event) => void (event.sealed!.bytes = flip(event.sealed!.bytes, 15))],
    ['its tag', (event) => void (event.sealed!.bytes = flip(event.sealed!.bytes, Buffer.from(event.sealed!.bytes, 'base64').length - 1))],
    ['its id', (event) => void (event.id = '01934f00-0000-7000-8000-00000000000b')],
    ['its ciphertext, which is gone', (event) => void (event.sealed!.bytes = '')],
  ] as [string, Change][])('in %s is tampered, and the others open as before', async (_, change) => {
    const { root, one, two } = await closedUnits();
    alter(root, one, change);
    const pair = await openPair(root);
    await expectUnreadable(pair, one, 'tampered');
    expect((await pair.ledger.load(two.stream)).events[0]!.sealed).toEqual({ note: '佐藤 花子' });
  });

  it('in the number of its key is tampered', async () => {
    const { root, one, two } = await closedUnits();
    alter(root, one, (event) => void (event.sealed!.key = two.key!));
    await expectUnreadable(await openPair(root), one, 'tampered');
  });

  it('by putting the event of one person in the stream of another is tampered', async () => {
    const { root, one, two } = await closedUnits();
    const [first, second] = [one, two].map(({ recorded }) => bytesAt(root, recorded[0]!.position)) as [Buffer, Buffer];
    overwrite(root, one, second);
    overwrite(root, two, first);
    const pair = await openPair(root);
    await expectUnreadable(pair, one, 'tampered');
    await expectUnreadable(pair, two, 'tampered');
  });

  it('by leaving out its sealed part is tampered: a value that was there is not simply absent', async () => {
    const { root, one } = await closedUnits();
    alter(root, one, (event) => void (event.sealed = null));
    await expectUnreadable(await openPair(root), one, 'tampered');
  });

  it('in bytes that are no event any more is corrupt: named by its place, not by its content', async () => {
    const { root, one, two } = await closedUnits();
    const { position } = one.recorded[0]!;
    overwrite(root, one, Buffer.concat([bytesAt(root, position).subarray(0, 200), Buffer.from('山田 太郎')]));
    const { ledger } = await openPair(root);
    const fault = ledger.load(one.stream);
    await expect(fault).rejects.toMatchObject({ name: 'CorruptEvent', position });
    await expect(fault).rejects.toThrow(`position ${position} (${one.stream}, revision 0)`);
    await expect(fault).rejects.not.toThrow(/山田|staff|Noted/);
    expect((await ledger.load(two.stream)).events[0]!.sealed).toEqual({ note: '佐藤 花子' });
  });

  it.each([0, 1, 50, 200])('with its byte %i made no UTF-8 is corrupt', async (at) => {
    const { root, one } = await closedUnits();
    const bytes = bytesAt(root, one.recorded[0]!.position);
    bytes[at] = 0xff;
    overwrite(root, one, bytes);
    const { ledger } = await openPair(root);
    await expect(ledger.load(one.stream)).rejects.toMatchObject({ name: 'CorruptEvent' });
  });
});

describe('an event whose key is missing', () => {
  it('because its slot is damaged is unreadable, not erased', async () => {
    const { root, one, two } = await closedUnits();
    const file = join(root, 'keys', SLOTS_FILE);
    const bytes = readFileSync(file);
    bytes.fill(0x55, HEADER_BYTES + SLOT_BYTES * one.key! + 4, HEADER_BYTES + SLOT_BYTES * (one.key! + 1));
    writeFileSync(file, bytes);
    const pair = await openPair(root);
    await expectUnreadable(pair, one, 'key-missing');
    expect((await pair.ledger.load(two.stream)).events[0]!.sealed).toEqual({ note: '佐藤 花子' });
  });

  it('because it names none that was ever written is unreadable', async () => {
    const { root, one } = await closedUnits();
    alter(root, one, (event) => void (event.sealed!.key = 10_000_000));
    await expectUnreadable(await openPair(root), one, 'key-missing');
  });
});

it('gives whoever opens by himself the verdict instead of a value', async () => {
  const pair = await openPair(scratch());
  const [one, two, three] = await addUnits(pair.ledger, ['a', 'b', 'c']);
  const { vault, registry, store } = pair.ledger;
  await eraseUnits(pair.ledger, [unitOf(two!)], erasing());
  const [first, second, third] = [one!, two!, three!].map(({ recorded }) => recorded[0]!);
  expect(openSealed(first!, vault)).toEqual({ note: 'a' });
  expect(openSealed(second!, vault)).toBe(ERASED);
  expect(openSealed({ ...third!, sealed: { ...third!.sealed!, bytes: first!.sealed!.bytes } }, vault)).toBe('tampered');
  expect(openSealed({ ...third!, sealed: { ...third!.sealed!, key: 10_000_000 } }, vault)).toBe('key-missing');
  const [founded] = await store.readAll({ after: 0, limit: 1 });
  expect(openSealed(registry.decode(founded!), vault)).toEqual({});
});

it('an erased value has one form, which nobody can change', () => {
  expect(ERASED).toEqual({ verdict: 'erased' });
  expect(Object.isFrozen(ERASED)).toBe(true);
});
