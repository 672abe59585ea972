import fc from 'fast-check';
import { addressKey, compareAddresses, type SameAddress } from '../../src/codes/address.js';

const compared = (one: string, other: string): SameAddress | 'no-lot' => {
  const [a, b] = [addressKey(one), addressKey(other)];
  return a && b ? compareAddresses(a, b) : 'no-lot';
};

const HOME = '汐浜市架空町一丁目2番3号';

test.each([
  ['same', '汐浜市架空町1-2-3'], ['same', '汐浜市架空町１－２－３'], ['same', '汐浜市 架空町１丁目２番地３'], ['same', '汐浜市架空町１丁目　２番　３号'], ['same', '汐浜市架空町1ー2ー3'], ['same', '汐浜市架空町1‐2−3号'], ['same', '汐浜市架空町1の2の3'],
  ['same', '〒990-0019 東京都汐浜市架空町1-2-3'], ['same', '大阪府汐浜市架空町01-02-03'],
  ['perhaps', '架空町1-2-3'], ['perhaps', '汐浜市架空町1-2-3 架空ハイツ101'], ['perhaps', '汐浜市架空町1-2-3-101'], ['perhaps', '汐浜市架空町1-2-3 港方'],
  ['different', '汐浜市架空町1-2-4'], ['different', '汐浜市架空町1-2'], ['different', '汐浜市北架空町1-2-3'], ['different', '松風市架空町1-2-3'], ['different', '汐浜市架空町12-3'], ['different', '汐浜市架空町1-23'], ['different', '汐浜市架空町11-2-3'],
  ['no-lot', '汐浜市架空町'], ['no-lot', '汐浜市架空町一丁目'], ['no-lot', '架空国 海外'], ['no-lot', ''],
] as const)('a house: %s as %s', (expected, written) => {
  expect(compared(HOME, written)).toBe(expected);
});

test.each([
  ['same', '汐浜市架空町1-2-3 架空ハイツ101', '汐浜市架空町1丁目2番3号架空ハイツ１０１号室'], ['same', '汐浜市架空町1-2-3 架空ハイツ101', '汐浜市架空町1-2-3-101'], ['same', '汐浜市架空町1-2-3 101', '汐浜市架空町1-2-3 架空ハイツ101号'],
  ['same', '汐浜市架空町5番地2 架空荘A-201', '汐浜市架空町5-2 架空荘A201号室'], ['same', '汐浜市架空町5 架空団地2号棟101', '汐浜市架空町5番地架空団地2-101'],
  ['different', '汐浜市架空町1-2-3 架空ハイツ101', '汐浜市架空町1-2-3 架空ハイツ102'], ['different', '汐浜市架空町1-2-3-101', '汐浜市架空町1-2-3-102'], ['different', '汐浜市架空町1-2-3 架空ハイツ101', '汐浜市架空町1-2-3-102'],
  ['perhaps', '汐浜市架空町1-2-3 架空ハイツ101', '汐浜市架空町1-2-3 汐浜コーポ101'], ['perhaps', '汐浜市架空町1-2-3 架空ハイツ', '汐浜市架空町1-2-3 架空ハイツ101'], ['perhaps', '汐浜市架空町5-201', '汐浜市架空町5 架空ハイツ201'],
  ['same', '汐浜市三番町5', '汐浜市３番町5番地'], ['same', '汐浜市南二十条西十丁目2-3', '汐浜市南20条西10丁目2番3号'], ['same', '三条市架空1', '三条市大字架空1番地'], ['same', '汐浜市霞ヶ浦1-1', '汐浜市霞が浦一丁目1'], ['same', '汐浜市字甲123番地', '汐浜市甲123'],
  ['different', '汐浜市三番町5', '汐浜市四番町5'], ['different', '汐浜市架空町5番地', '汐浜市架空町5番地2'],
] as const)('%s: %s, %s', (expected, one, other) => {
  expect([compared(one, other), compared(other, one)]).toEqual([expected, expected]);
});

const number = fc.integer({ min: 1, max: 199 });
const plan = fc.record({ chome: number, block: number, house: number, room: fc.option(fc.integer({ min: 101, max: 999 }), { nil: undefined }) });
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

const wide = (text: string): string => text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const kanji = (n: number): string => `${n >= 100 ? '百' : ''}${Math.floor((n % 100) / 10) > 1 ? '〇一二三四五六七八九'[Math.floor((n % 100) / 10)]! : ''}${n % 100 >= 10 ? '十' : ''}${n % 10 > 0 ? '〇一二三四五六七八九'[n % 10]! : ''}`;
/** Ways in which one and the same address is written. */
const WAYS: readonly ((plan: Plan) => string)[] = [
  ({ chome, block, house, room }) => `汐浜市架空町${chome}-${block}-${house}${room === undefined ? '' : ` ハイツ${room}`}`,
  ({ chome, block, house, room }) => wide(`汐浜市架空町${chome}丁目${block}番${house}号${room === undefined ? '' : `　ハイツ${room}号室`}`),
  ({ chome, block, house, room }) => `汐浜市　架空町${kanji(chome)}丁目${block}番地${house}${room === undefined ? '' : ` ハイツ ${room}号`}`,
  ({ chome, block, house, room }) => `東京都汐浜市大字架空町${chome}－${block}−${house}${room === undefined ? '' : `－${room}`}`,
  ({ chome, block, house, room }) => `汐浜市架空町${kanji(chome)}丁目${kanji(block)}番${kanji(house)}号${room === undefined ? '' : ` ${room}`}`,
];
const way = fc.nat(WAYS.length - 1);

test('however it is written, an address is the same as itself; another number is never the same, nor perhaps', () => {
  fc.assert(
    fc.property(plan, plan, way, way, (one, other, a, b) => {
      expect(compared(WAYS[a]!(one), WAYS[b]!(one))).toBe('same');
      const isOther = one.chome !== other.chome || one.block !== other.block || one.house !== other.house || (one.room !== undefined && other.room !== undefined && one.room !== other.room);
      const expected = isOther ? 'different' : one.room === other.room ? 'same' : 'perhaps';
      expect([compared(WAYS[a]!(one), WAYS[b]!(other)), compared(WAYS[b]!(other), WAYS[a]!(one))]).toEqual([expected, expected]);
    }),
    { numRuns: 500 },
  );
});

test('whatever is written, reading it ends at once, and comparing does not hang on the order', () => {
  const anything = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.stringMatching(/^[汐浜市町一二十百0-9０-９丁目番地号室のー\-－ 　A-Zハイツヶ字]{0,60}$/u));
  fc.assert(
    fc.property(anything, anything, (one, other) => {
      expect(compared(one, other)).toBe(compared(other, one));
      if (addressKey(one)) expect(compared(one, one)).not.toBe('different');
    }),
    { numRuns: 1000 },
  );
  const began = performance.now();
  for (const text of ['1'.repeat(400), '1-'.repeat(200), '一'.repeat(400), `${'1番'.repeat(130)}町`, `〒${'1'.repeat(399)}`]) addressKey(text);
  expect(performance.now() - began).toBeLessThan(200);
});
