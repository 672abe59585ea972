import fc from 'fast-check';
import { packSet, setHolds } from '../../projections/handling-log/projection.js';
import { CAMPAIGN } from './folding.js';

const key = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));

describe('a packed set', () => {
  it('holds what went in, however often and in whatever order, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), fc.array(key, { maxLength: 50 }), (keys, others) => {
        const packed = packSet(keys);
        for (const wanted of keys) expect(setHolds(packed, wanted)).toBe(true);
        for (const near of keys.flatMap((wanted) => [wanted - 1, wanted + 1])) expect(setHolds(packed, near)).toBe(keys.includes(near));
        for (const other of others) expect(setHolds(packed, other)).toBe(keys.includes(other));
      }),
      { numRuns: 100 * CAMPAIGN },
    );
  });

  it('is the same bytes for the same set', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 100 }), (keys) => {
        expect(packSet([...keys, ...keys].reverse())).toEqual(packSet(keys));
      }),
      { numRuns: 50 * CAMPAIGN },
    );
  });

  it.each([0x7f, 0x80, 0x3fff, 0x4000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])('keeps apart %i and its neighbours', (edge) => {
    const packed = packSet([edge]);
    expect([edge - 1, edge, edge + 1].map((wanted) => setHolds(packed, wanted))).toEqual([false, true, false]);
    expect(setHolds(packSet([edge - 1]), edge)).toBe(false);
  });

  it('of nobody holds nobody', () => {
    expect([0, 1, 99].map((wanted) => setHolds(packSet([]), wanted))).toEqual([false, false, false]);
  });

  it('of a whole city side by side is small', () => {
    expect(packSet(Array.from({ length: 24_000 }, (_, i) => i + 1)).length).toBeLessThan(200);
  });
});
