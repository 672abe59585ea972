import fc from 'fast-check';
import {
  countCharacters, digitsKey, hasControlCharacters, isWellFormed, kanaKey, nameKey, prefixes, toHalfWidth,
} from '../../src/codes/text.js';

const TSUJI_IVS = '\u8fbb\u{e0100}';
const MJ_PRIVATE = '\u{10de92}';
const TSUCHIYOSHI = '\u{20bb7}';

const anyText = fc.string({ unit: 'binary' });
/** Scraps that are hard on a key: marks that combine, characters that vanish, small kana, voiced kana. */
const hardText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'ぁゔゕヵヶヴヷヸヹヺヮゥㇷㇰｶｳﾜﾞﾟ゛゜ー-〜～・･　 ¨ŉßǰΐ\u0300\u0323\u0345\u3099\u309a\u200d\u00ad\ufe00', '\u{e0100}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    { maxLength: 12 },
  )
  .map((scraps) => scraps.join(''));
const KATAKANA =
  'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン' +
  'ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォッャュョー';
const fullKatakana = fc
  .array(fc.constantFrom(...KATAKANA), { minLength: 1, maxLength: 20 })
  .map((kana) => kana.join(''));

const HALF_BASES = 'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ';
const FULL_BASES = 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー';

function toHalfWidthKana(text: string): string {
  return [...text.normalize('NFD')]
    .map((kana) => HALF_BASES[FULL_BASES.indexOf(kana)] ?? (kana === '\u3099' ? 'ﾞ' : 'ﾟ'))
    .join('');
}

function toHiragana(text: string): string {
  return text.replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** Every code point except the surrogates, in one list of one-character texts. */
function everyCharacter(): string[] {
  return Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code));
}

describe('text as given', () => {
  it('knows lone surrogates', () => {
    expect(isWellFormed(`${TSUCHIYOSHI}野家 ${TSUJI_IVS} ${MJ_PRIVATE}`)).toBe(true);
    expect(isWellFormed('')).toBe(true);
    expect(isWellFormed(TSUCHIYOSHI.slice(0, 1))).toBe(false);
    expect(isWellFormed(`野${TSUCHIYOSHI.slice(1)}`)).toBe(false);
  });

  it.each([
    ['NUL', '山\u0000田'], ['a tab', '山\t田'], ['a line feed', '山田\n'], ['DEL', '\u007f'], ['a C1 control', '山\u0085'],
    ['a line separator', '\u2028'], ['a paragraph separator', '\u2029'], ['a direction override', 'abc\u202edef'],
    ['a direction isolate', '\u2066'],
  ])('finds %s', (_, text) => {
    expect(hasControlCharacters(text)).toBe(true);
  });

  it.each(['山田　太郎', `${TSUJI_IVS}${MJ_PRIVATE}`, 'ﾔﾏﾀﾞ ﾀﾛｳ', "O'Brien-Smith", '神\u200d', ''])('finds no control in %j', (text) => {
    expect(hasControlCharacters(text)).toBe(false);
  });

  it.each([
    ['a base with IVS', TSUJI_IVS, 1],
    ['a surrogate pair', TSUCHIYOSHI, 1],
    ['a private-use character of plane 16', MJ_PRIVATE, 1],
    ['a combining voiced mark', 'か\u3099', 1],
    ['a half-width kana with its mark', 'ｶﾞ', 1],
    ['a name', `${TSUJI_IVS}　太郎`, 4],
    ['nothing', '', 0],
  ])('counts %s', (_, text, count) => {
    expect(countCharacters(text)).toBe(count);
  });

  it('counts an IVS with its base wherever it stands', () => {
    const kanji = fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code));
    const selector = fc.option(fc.integer({ min: 0xe0100, max: 0xe01ef }).map((code) => String.fromCodePoint(code)), { nil: '' });
    fc.assert(
      fc.property(fc.array(fc.tuple(kanji, selector)), (pairs) => {
        expect(countCharacters(pairs.flat().join(''))).toBe(pairs.length);
      }),
    );
  });
});

describe('toHalfWidth', () => {
  it('folds the full-width forms of ASCII and nothing else', () => {
    const folded = everyCharacter().filter((character) => toHalfWidth(character) !== character);
    expect(folded).toHaveLength(95);
    expect(folded.filter((character) => toHalfWidth(character) !== character.normalize('NFKC'))).toEqual([]);
    expect(toHalfWidth('Ｒ８．１０　ｶﾞ①')).toBe('R8.10 ｶﾞ①');
  });
});

describe('kanaKey', () => {
  it.each([
    ['ﾔﾏﾀﾞ ﾀﾛｳ', 'ヤマダタロウ'],
    ['やまだ　たろう', 'ヤマダタロウ'],
    ['キャッチャー', 'キヤツチヤ'],
    ['ｽﾃｨｰﾌﾞﾝ･ﾜﾝﾀﾞｰ', 'ステイブンワンダ'],
    ['スティーブン・ワンダー', 'ステイブンワンダ'],
    ['ヴァン', 'ブアン'],
    ['ｳﾞｧﾝ', 'ブアン'],
    ['ゔぁん', 'ブアン'],
    ['ヷヸヴヹヺ', 'バビブベボ'],
    ['か゛ハ゜', 'ガパ'],
    ['ヵヶㇰㇷ゚', 'カケクプ'],
    ['ｍａｒｙ‐ann 2', 'MARYANN2'],
    ['ウ\u0300\u200b\u3099', 'ブ\u0300'],
    ['みすゞ', 'ミスヾ'],
    ['かゝ', 'カヽ'],
    ['オ─ノ', 'オノ'],
    ['・ー　', ''],
    ['', ''],
  ])('makes of %j %j', (text, key) => {
    expect(kanaKey(text)).toBe(key);
  });

  it.each([
    '-', '‐', '‑', '–', '—', '―', '−', '－', '─', '━', 'ー', 'ｰ', '〜', '～', '~', '・', '･', '·', '•', '‧', '∙', '⋅', '⁃', '∼',
    ' ', '　', '\u00a0', '\u200b', '\u00ad', '\u{e0100}',
  ])('drops %j', (character) => {
    expect(kanaKey(`オ${character}ノ`)).toBe('オノ');
  });

  it.each([['ヂ', 'ジ'], ['ヅ', 'ズ'], ['ヲ', 'オ'], ['ヰ', 'イ'], ['ヱ', 'エ'], ['ハ', 'バ'], ['ハ', 'パ'], ['ヴァ', 'バ'], ['ヽ', 'ヾ']])(
    'keeps %s and %s apart',
    (one, other) => {
      expect(kanaKey(one)).not.toBe(kanaKey(other));
    },
  );

  it('is idempotent for every character and for any text', () => {
    const unstable = everyCharacter().filter((character) => kanaKey(kanaKey(character)) !== kanaKey(character));
    expect(unstable).toEqual([]);
    fc.assert(
      fc.property(fc.oneof(anyText, hardText), (text) => {
        expect(kanaKey(kanaKey(text))).toBe(kanaKey(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('does not see width, hiragana, small kana, blanks, dots or long vowels', () => {
    const filler = fc.constantFrom('', ' ', '　', '・', '･', 'ー', 'ｰ', '-', '－', '\u200b');
    fc.assert(
      fc.property(fullKatakana, filler, (name, separator) => {
        const key = kanaKey(name);
        expect(kanaKey(toHalfWidthKana(name))).toBe(key);
        expect(kanaKey(toHiragana(name))).toBe(key);
        expect(kanaKey(name.normalize('NFD'))).toBe(key);
        expect(kanaKey([...name].join(separator))).toBe(key);
        expect(key).not.toMatch(/[ァィゥェォッャュョヮヵヶヴー\s]/);
      }),
      { numRuns: 500 },
    );
  });

  it('does not see the case or the width of letters and digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]*$/), (text) => {
        expect(kanaKey(text)).toBe(text);
        expect(kanaKey(text.toLowerCase())).toBe(text);
        expect(kanaKey(text.replace(/./g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)))).toBe(text);
      }),
    );
  });

  it('keeps the start of a name the start of its key', () => {
    fc.assert(
      fc.property(fullKatakana, fc.nat(20), (name, length) => {
        expect(kanaKey(name).startsWith(kanaKey(name.slice(0, length)))).toBe(true);
      }),
    );
  });
});

describe('nameKey', () => {
  it.each([
    [`${TSUJI_IVS}　太郎`, '辻太郎'],
    ['辻\ufe00 太郎', '辻太郎'],
    ['神\u3000\u00a0社', '神社'],
    ['Ｊｏｈｎ Ｓｍｉｔｈ', 'JohnSmith'],
    ['ﾔﾏﾀﾞ', 'ヤマダ'],
    [`${TSUCHIYOSHI}田${MJ_PRIVATE}`, `${TSUCHIYOSHI}田${MJ_PRIVATE}`],
    ['髙﨑', '髙﨑'],
    ['', ''],
  ])('makes of %j %j', (text, key) => {
    expect(nameKey(text)).toBe(key);
  });

  it('is idempotent for every character and for any text', () => {
    expect(everyCharacter().filter((character) => nameKey(nameKey(character)) !== nameKey(character))).toEqual([]);
    fc.assert(
      fc.property(fc.oneof(anyText, hardText), (text) => {
        expect(nameKey(nameKey(text))).toBe(nameKey(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('does not see variation selectors and blanks anywhere', () => {
    const kanji = fc.array(fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code)));
    const unseen = fc.constantFrom('', '\u{e0100}', '\u{e01ef}', '\ufe00', ' ', '　');
    fc.assert(
      fc.property(kanji, unseen, (characters, separator) => {
        expect(nameKey(characters.map((character) => character + separator).join(''))).toBe(nameKey(characters.join('')));
      }),
    );
  });
});

describe('digitsKey', () => {
  it.each([
    ['００１２３', '00123'],
    ['  12345', '12345'],
    ['123-456', '123456'],
    ['１２３－４５６', '123456'],
    ['123ー456', '123456'],
    ['123ｰ456', '123456'],
    ['12　34\u00a056', '123456'],
    ['Ａ-0012', 'A0012'],
    ['①', '①'],
    ['', ''],
  ])('makes of %j %j', (text, key) => {
    expect(digitsKey(text)).toBe(key);
  });

  it('keeps every digit and its place, whatever the width and the grouping', () => {
    const group = fc.tuple(fc.stringMatching(/^[0-9]*$/), fc.boolean(), fc.constantFrom('', ' ', '　', '-', '－', '−', '‐'));
    fc.assert(
      fc.property(fc.array(group), (groups) => {
        const written = groups.map(([digits, wide, separator]) =>
          (wide ? digits.replace(/./g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)) : digits) + separator,
        );
        expect(digitsKey(written.join(''))).toBe(groups.map(([digits]) => digits).join(''));
      }),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(digitsKey(digitsKey(text))).toBe(digitsKey(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('prefixes', () => {
  it.each([
    ['ヤマダ', 2, 4, ['ヤマ', 'ヤマダ']],
    ['ヤマダタロウ', 2, 4, ['ヤマ', 'ヤマダ', 'ヤマダタ']],
    ['ヤマダ', 1, 1, ['ヤ']],
    ['ヤ', 2, 4, []],
    ['', 1, 4, []],
    [`${TSUJI_IVS}${TSUCHIYOSHI}か\u3099`, 1, 3, [TSUJI_IVS, TSUJI_IVS + TSUCHIYOSHI, `${TSUJI_IVS}${TSUCHIYOSHI}か\u3099`]],
  ])('of %j from %i to %i', (key, min, max, expected) => {
    expect(prefixes(key, min, max)).toEqual(expected);
  });

  it('are starts of the key, one character longer each, and never end within a character', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), fc.nat(5), (key, min, more) => {
        const found = prefixes(key, min, min + more);
        const lengths = found.map(countCharacters);
        const available = Math.max(0, Math.min(min + more, countCharacters(key)) - min + 1);
        expect(lengths).toEqual(Array.from({ length: available }, (_, index) => min + index));
        expect(found.every((prefix) => key.startsWith(prefix) && isWellFormed(prefix))).toBe(true);
      }),
    );
  });

  it.each([[0, 1], [2, 1], [1.5, 2], [1, Number.POSITIVE_INFINITY], [Number.NaN, 2]])('refuse lengths from %d to %d', (min, max) => {
    expect(() => prefixes('ヤマダ', min, max)).toThrow(RangeError);
  });
});
