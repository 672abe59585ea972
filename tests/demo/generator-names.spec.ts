import { ELDER_MEN, ELDER_WOMEN, RARE_SURNAMES, SURNAMES, YOUNGER_MEN, YOUNGER_WOMEN } from '../../src/demo/generator/names.js';
import { Random } from '../../src/demo/generator/random.js';

describe('the lists of names', () => {
  const given = [ELDER_MEN, ELDER_WOMEN, YOUNGER_MEN, YOUNGER_WOMEN];

  it('are long enough', () => {
    expect(SURNAMES.length).toBeGreaterThanOrEqual(150);
    expect(given.flat().length).toBeGreaterThanOrEqual(150);
  });

  it('hold each name once, with kana in full-width katakana', () => {
    for (const list of [SURNAMES, RARE_SURNAMES, ...given]) {
      expect(new Set(list.map(({ written }) => written)).size).toBe(list.length);
      expect(list.filter(({ written, kana }) => !/^[ァ-ヺ]+$/u.test(kana) || !/^[\p{Script=Han}ぁ-ゖ\p{Variation_Selector}]+$/u.test(written))).toEqual([]);
    }
  });

  it('leave the given names of the demo to its own people', () => {
    const kept = ['葵', '湊', 'さくら', 'ひな', '義男', '誠', '綾', '千夏'];
    expect(given.flat().filter(({ written }) => kept.includes(written))).toEqual([]);
  });

  it('have rare surnames that are lost by careless software', () => {
    for (const { written } of RARE_SURNAMES) {
      // Windows-31J would keep 髙 and 﨑, but JIS X 0208 would not; the rest is outside both or takes two units.
      expect(/[髙﨑濵邉]|[\u{20000}-\u{2ffff}]|\p{Variation_Selector}/u.test(written)).toBe(true);
      expect(written.normalize('NFC')).toBe(written);
    }
  });
});

describe('the random numbers', () => {
  const draw = (seed: number, stream: number, index: number): number[] => {
    const random = new Random().start(seed, stream, index);
    return Array.from({ length: 8 }, () => random.below(2 ** 32));
  };

  it('are those of xoshiro128**', () => {
    // The published outputs for the state 1, 2, 3, 4.
    const random = Object.assign(new Random() as object, { a: 1, b: 2, c: 3, d: 4 }) as unknown as Random;
    expect(Array.from({ length: 10 }, () => random.below(2 ** 32))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('begin anew with each start and differ in seed, stream and index', () => {
    const reused = new Random().start(9, 9, 9);
    reused.below(5);
    reused.start(1, 2, 3);
    expect(Array.from({ length: 8 }, () => reused.below(2 ** 32))).toEqual(draw(1, 2, 3));
    const starts: [number, number, number][] = [[1, 2, 3], [3, 2, 1], [2, 1, 3], [1, 3, 2], [0, 0, 0], [2 ** 32 + 1, 2, 3], [1, 2, 4]];
    expect(new Set(starts.map((start) => draw(...start).join())).size).toBe(starts.length);
  });

  it('are spread evenly over what is asked for', () => {
    const random = new Random().start(1, 1, 1);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let turn = 0; turn < 100_000; turn += 1) counts[random.below(10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    let hits = 0;
    for (let turn = 0; turn < 100_000; turn += 1) if (random.chance(0.03)) hits += 1;
    expect(Math.abs(hits - 3000)).toBeLessThan(300);
    const drawn = Array.from({ length: 1000 }, () => random.between(-2, 2));
    expect(new Set(drawn)).toEqual(new Set([-2, -1, 0, 1, 2]));
    expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']));
    expect(() => random.pick([])).toThrow(RangeError);
  });

  it('of streams side by side do not resemble each other', () => {
    const firsts = Array.from({ length: 100_000 }, (_, index) => new Random().start(1, 1, index).below(1000));
    const mean = firsts.reduce((sum, each) => sum + each, 0) / firsts.length;
    expect(Math.abs(mean - 499.5)).toBeLessThan(5);
    const together = firsts.slice(1).filter((each, index) => Math.abs(each - firsts[index]!) < 100).length / firsts.length;
    // Two independent draws of a thousand lie within a hundred of each other in 19 % of cases.
    expect(Math.abs(together - 0.19)).toBeLessThan(0.01);
  });
});
