import fc from 'fast-check';
import { createHash, randomBytes } from 'node:crypto';
import { derivedId, isId, newId, rowId, streamCategory, streamId, streamName } from '../../src/ledger/ids.js';

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });

function version(id: string): string {
  return id[14]!;
}

function timeOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

it('a new id is a UUIDv7, in order of time, and never the same', () => {
  const before = Date.now();
  const ids = Array.from({ length: 5000 }, newId);
  const times = ids.map(timeOf);
  expect(new Set(ids).size).toBe(5000);
  expect([...times].sort((a, b) => a - b)).toEqual(times);
  expect(times[0]).toBeGreaterThanOrEqual(before);
  expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('a new id tells nothing but its moment: the rest is random', () => {
  const ids = Array.from({ length: 2000 }, newId);
  for (let at = 15; at < 36; at += 1) {
    if (at === 18 || at === 19 || at === 23) continue; // hyphens and variant
    expect(new Set(ids.map((id) => id[at])).size).toBeGreaterThanOrEqual(8);
  }
});

it('a derived id is a UUIDv8 that follows from its source', () => {
  fc.assert(
    fc.property(digest, (bytes) => {
      const id = derivedId(bytes);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(derivedId(Uint8Array.from(bytes))).toBe(id);
    }),
  );
});

it('a derived id keeps every bit of its source but the six that RFC 9562 takes', () => {
  const zero = derivedId(new Uint8Array(16));
  expect(zero).toBe('00000000-0000-8000-8000-000000000000');
  expect(derivedId(new Uint8Array(16).fill(0xff))).toBe('ffffffff-ffff-8fff-bfff-ffffffffffff');
  const ids = new Set<string>();
  for (let bit = 0; bit < 128; bit += 1) {
    const bytes = new Uint8Array(16);
    bytes[bit >> 3]! |= 0x80 >> (bit & 7);
    ids.add(derivedId(bytes));
  }
  expect(ids.size).toBe(128 - 6 + 1);
});

it('deriving leaves the digest as it was', () => {
  const bytes = randomBytes(32);
  const before = Buffer.from(bytes);
  derivedId(bytes);
  rowId(bytes, 5);
  expect(bytes.equals(before)).toBe(true);
});

describe('the id of a row', () => {
  it('is a UUIDv8 that follows from batch, row and part', () => {
    fc.assert(
      fc.property(digest, fc.integer({ min: 0, max: 2 ** 20 }), fc.integer({ min: 0, max: 255 }), (batch, row, part) => {
        const id = rowId(batch, row, part);
        expect(isId(id)).toBe(true);
        expect(version(id)).toBe('8');
        expect('89ab').toContain(id[19]!);
        expect(rowId(batch, row, part)).toBe(id);
      }),
    );
  });

  it('is another for another row or part, and stands in their order', () => {
    const place = fc.record({ row: fc.integer({ min: 0, max: 2 ** 20 }), part: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(digest, place, place, (batch, one, two) => {
        const [a, b] = [rowId(batch, one.row, one.part), rowId(batch, two.row, two.part)];
        expect(Math.sign(a < b ? -1 : a > b ? 1 : 0)).toBe(Math.sign(one.row - two.row || one.part - two.part));
      }),
      { numRuns: 2000 },
    );
  });

  it('goes up without a gap over every carry', () => {
    const batch = createHash('sha256').update('batch').digest();
    for (const start of [0, 2 ** 8 - 3, 2 ** 16 - 3, 2 ** 20 - 3, 2 ** 24 - 3, 2 ** 31 - 3]) {
      const ids = Array.from({ length: 6 }, (_, i) => rowId(batch, start + i));
      expect([...ids].sort()).toEqual(ids);
      expect(new Set(ids).size).toBe(6);
    }
  });

  it('is never the same over 2^20 rows', () => {
    const batch = randomBytes(32);
    const seen = new Set<string>();
    for (let row = 0; row <= 2 ** 20; row += 16 - (row % 7)) seen.add(rowId(batch, row));
    let rows = 0;
    for (let row = 0; row <= 2 ** 20; row += 16 - (row % 7)) rows += 1;
    expect(seen.size).toBe(rows);
  });

  it('is another in another batch', () => {
    fc.assert(
      fc.property(digest, digest, fc.integer({ min: 0, max: 2 ** 20 }), (one, two, row) => {
        const same = Buffer.from(one.subarray(0, 9)).equals(Buffer.from(two.subarray(0, 9)));
        expect(rowId(one, row) === rowId(two, row)).toBe(same);
      }),
    );
  });

  it('stands beside its neighbours: rows of one batch share their first 32 bits', () => {
    const batch = randomBytes(32);
    const starts = new Set(Array.from({ length: 100 }, (_, i) => rowId(batch, i * 10_000).slice(0, 8)));
    expect([...starts]).toEqual([batch.toString('hex', 0, 4)]);
  });
});

describe('a stream name', () => {
  it('is category and id, and gives both back', () => {
    const id = newId();
    for (const category of ['note', 'vaccination-record']) {
      const name = streamName(category, id);
      expect(name).toBe(`${category}-${id}`);
      expect([streamCategory(name), streamId(name)]).toEqual([category, id]);
    }
  });
});

it.each(['', 'x', '123456789018', newId().toUpperCase(), `${newId()}0`, newId().replaceAll('-', ''), 17, null, undefined, {}, [newId()]])('%p is no id', (value) => {
  expect(isId(value)).toBe(false);
});
