import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createDecoder, EncodingError, privateUseCharacters, type TextEncoding } from '../../src/codes/encoding.js';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** The text, or the place of the fault; every other error passes through. */
function decodeChunks(encoding: TextEncoding, chunks: Uint8Array[]): { text: string } | { fault: number } {
  const decoder = createDecoder(encoding);
  try {
    return { text: chunks.map((chunk) => decoder.write(chunk)).join('') + decoder.end() };
  } catch (error) {
    if (error instanceof EncodingError) return { fault: error.byteOffset };
    throw error;
  }
}

const decodeAll = (encoding: TextEncoding, bytes: Uint8Array) => decodeChunks(encoding, [bytes]);
const cp932 = (hex: string) => decodeAll('cp932', bytesOf(hex));
const utf8 = (hex: string) => decodeAll('utf-8', bytesOf(hex));

function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const anyBytes = fc.uint8Array({ maxLength: 60 });
const cuts = fc.array(fc.nat(200), { maxLength: 8 });
const kana = fc.tuple(fc.constant(0x83), fc.integer({ min: 0x40, max: 0x7e }));
const kanji = fc.tuple(fc.constantFrom(0x89, 0x97, 0x9f, 0xe0, 0xe5), fc.integer({ min: 0x80, max: 0xa0 }));
const halfWidth = fc.tuple(fc.integer({ min: 0xa1, max: 0xdf }));
const ascii = fc.tuple(fc.integer({ min: 0, max: 0x7f }));
const userDefined = fc.tuple(fc.integer({ min: 0xf0, max: 0xf9 }), fc.integer({ min: 0x80, max: 0xfc }));
const cp932Bytes = fc.array(fc.oneof(kana, kanji, halfWidth, ascii, userDefined)).map((codes) => Uint8Array.from(codes.flat()));

describe('utf-8', () => {
  it('drops a byte order mark at the start only', () => {
    expect(utf8('ef bb bf 41')).toEqual({ text: 'A' });
    expect(utf8('ef bb bf ef bb bf 41')).toEqual({ text: '\ufeffA' });
    expect(utf8('41 ef bb bf')).toEqual({ text: 'A\ufeff' });
    expect(utf8('ef bb bf')).toEqual({ text: '' });
    expect(utf8('')).toEqual({ text: '' });
    expect(utf8('ef bb')).toEqual({ fault: 0 });
    expect(decodeChunks('utf-8', ['', 'ef', 'bb bf', 'ef bb bf', '41', 'ef bb bf'].map(bytesOf))).toEqual({ text: '\ufeffA\ufeff' });
  });

  it('keeps IVS, surrogate pairs, private use and line ends', () => {
    const text = '辻\u{e0100}\u{20bb7}\u{10de92}\ue000\r\nか\u3099\u0000';
    expect(decodeAll('utf-8', new TextEncoder().encode(text))).toEqual({ text });
  });

  it('gives every well-formed text back, however it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cuts, (text, places) => {
        expect(decodeChunks('utf-8', cut(new TextEncoder().encode(`.${text}`), places))).toEqual({ text: `.${text}` });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a byte that begins nothing', '41 ff 41', 1],
    ['a stray continuation byte', 'e3 81 82 80', 3],
    ['an overlong form', '41 c0 80', 1],
    ['a long overlong form', '41 e0 80 80', 1],
    ['a surrogate', '41 42 ed a0 80', 2],
    ['a code point beyond the last', 'f4 90 80 80', 0],
    ['a sequence broken off by another', '41 e3 81 41', 1],
    ['a sequence broken off by the end', '41 42 43 e3 81', 3],
    ['text in Shift_JIS', '41 8e 52', 1],
  ])('names the place of %s', (_, hex, fault) => {
    expect(utf8(hex)).toEqual({ fault });
  });

  it('names the first byte of the fault after any text, however it is cut', () => {
    const fault = fc.constantFrom('ff', '80', 'c0 80', 'e0 80 80', 'ed a0 80', 'f4 90 80 80', 'e3 81 41', 'f0 9f');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fault, cuts, (text, hex, places) => {
        const before = new TextEncoder().encode(text);
        const chunks = cut(Uint8Array.from([...before, ...bytesOf(hex)]), places);
        expect(decodeChunks('utf-8', chunks)).toEqual({ fault: before.length });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('cp932', () => {
  it('agrees on every two-byte character with another implementation', () => {
    // Digest over `hex + character + \n`, made with Python's codec cp932.
    const pairs: string[] = [];
    for (const [first, last] of [[0x81, 0x9f], [0xe0, 0xfc]] as const) {
      for (let lead = first; lead <= last; lead += 1) {
        for (let trail = 0; trail < 256; trail += 1) {
          const bytes = Uint8Array.of(lead, trail);
          const result = decodeAll('cp932', bytes);
          if ('text' in result) pairs.push(`${Buffer.from(bytes).toString('hex')}${result.text}\n`);
        }
      }
    }
    expect(pairs).toHaveLength(9604);
    const digest = createHash('sha256').update(pairs.join('')).digest('hex');
    expect(digest).toBe('bc4755873e6f2eb6974b6b6434995f1f6cd14a7191608a2de0f0f4a8818f630e');
  });

  it.each([
    ['kanji', '8e 52 93 63', '山田'],
    ['half-width kana', 'd4 cf c0 de', 'ﾔﾏﾀﾞ'],
    ['a second byte that looks like a backslash', '94 5c', '能'],
    ['NEC row 13', '87 40 87 8a 87 7e 87 54', '①㈱㍻Ⅰ'],
    ['the IBM extensions', 'fb fc fa b1', '髙﨑'],
    ['the same again in the NEC selection', 'ee e0 ed 95', '髙﨑'],
    ['places for 外字', 'f0 40 f9 fc', '\ue000\ue757'],
    ['CR and LF', '41 0d 0a 42', 'A\r\nB'],
  ])('reads %s', (_, hex, text) => {
    expect(cp932(hex)).toEqual({ text });
  });

  it('reads every one-byte character as itself, control bytes too', () => {
    const ascii128 = Uint8Array.from({ length: 128 }, (_, code) => code);
    expect(decodeAll('cp932', ascii128)).toEqual({ text: String.fromCharCode(...ascii128) });
    // 0x1A ended a file in older systems; Node's own decoder would give U+001C for it.
    expect(cp932('41 0d 0a 1a')).toEqual({ text: 'A\r\n\u001a' });
  });

  it('takes the Windows side wherever vendors differ', () => {
    expect(cp932('5c')).toEqual({ text: '\\' });
    expect(cp932('7e')).toEqual({ text: '~' });
    expect(cp932('81 5f')).toEqual({ text: '\uff3c' });
    expect(cp932('81 60')).toEqual({ text: '\uff5e' });
    expect(cp932('81 61')).toEqual({ text: '\u2225' });
    expect(cp932('81 7c')).toEqual({ text: '\uff0d' });
    expect(cp932('81 91 81 92 81 ca')).toEqual({ text: '\uffe0\uffe1\uffe2' });
    expect(cp932('81 8f 81 50')).toEqual({ text: '\uffe5\uffe3' });
  });

  it.each([
    ['0x80', '41 80', 1],
    ['0xA0', 'a0', 0],
    ['0xFD', '41 42 fd 41', 2],
    ['0xFF', '8e 52 ff', 2],
    ['a place without a character', '8e 52 81 ad 41', 2],
    ['a second byte out of range', '41 81 0a', 1],
    ['a first byte at the end', '8e 52 93', 2],
    ['hiragana in UTF-8', 'e3 81 82 0a', 2],
  ])('names the place of %s', (_, hex, fault) => {
    expect(cp932(hex)).toEqual({ fault });
  });

  it('cannot tell every text in UTF-8 from its own, so the encoding has to be declared', () => {
    expect(decodeAll('cp932', new TextEncoder().encode('山田\n'))).toEqual({ text: '螻ｱ逕ｰ\n' });
  });

  it('gives the same text however it is cut', () => {
    fc.assert(
      fc.property(cp932Bytes, cuts, (bytes, places) => {
        const whole = decodeAll('cp932', bytes);
        expect(whole).toHaveProperty('text');
        expect(decodeChunks('cp932', cut(bytes, places))).toEqual(whole);
        expect(decodeChunks('cp932', [...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });

  it('names the first byte of the fault after any text, however it is cut', () => {
    fc.assert(
      fc.property(cp932Bytes, fc.constantFrom('80', 'a0', 'fd', '81 ad', '81 0a', '93'), cuts, (before, hex, places) => {
        const chunks = cut(Uint8Array.from([...before, ...bytesOf(hex)]), places);
        expect(decodeChunks('cp932', chunks)).toEqual({ fault: before.length });
      }),
      { numRuns: 1000 },
    );
  });
});

describe.each(['utf-8', 'cp932'] as const)('any bytes as %s', (encoding) => {
  it('have one outcome for every cut', () => {
    fc.assert(
      fc.property(anyBytes, cuts, (bytes, places) => {
        expect(decodeChunks(encoding, cut(bytes, places))).toEqual(decodeAll(encoding, bytes));
      }),
      { numRuns: 5000 },
    );
  });

  it('are text up to the fault', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const result = decodeAll(encoding, bytes);
        const good = 'fault' in result ? bytes.subarray(0, result.fault) : bytes;
        expect(decodeAll(encoding, good)).toHaveProperty('text');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a decoder', () => {
  it('may be given the same buffer again', () => {
    const decoder = createDecoder('utf-8');
    const buffer = bytesOf('41 e3 81');
    const first = decoder.write(buffer);
    buffer.set([0x82, 0x42, 0x43]);
    expect([first, decoder.write(buffer), decoder.end()]).toEqual(['A', 'あBC', '']);
  });

  it('keeps to its error, which names the place and no content', () => {
    const decoder = createDecoder('utf-8');
    expect(decoder.write(bytesOf('e5 b1 b1'))).toBe('山');
    const fail = () => decoder.write(bytesOf('41 ff 42'));
    expect(fail).toThrow(new EncodingError('utf-8', 4));
    expect(fail).toThrow('not valid utf-8 at byte 4');
    expect(() => decoder.write(bytesOf('41'))).toThrow(new EncodingError('utf-8', 4));
    expect(() => decoder.end()).toThrow(new EncodingError('utf-8', 4));
    expect(new EncodingError('cp932', 7)).toMatchObject({ name: 'EncodingError', encoding: 'cp932', byteOffset: 7 });
  });

  it('finds a fault deep in one large chunk', () => {
    const large = new Uint8Array(3_000_000);
    for (let index = 0; index < large.length; index += 3) large.set([0xe3, 0x81, 0x82], index);
    large[2_345_679] = 0x41;
    expect(decodeAll('utf-8', large)).toEqual({ fault: 2_345_679 + 1 });
    large[2_345_680] = 0x41;
    large[2_345_681] = 0x41;
    expect(decodeAll('utf-8', large)).toHaveProperty('text');
  });
});

describe('privateUseCharacters', () => {
  it.each([
    ['the basic plane', '\ue000山\uf8ff', 2],
    ['planes 15 and 16', '\u{f0000}\u{10de92}\u{10fffd}', 3],
    ['none, IVS and rare kanji included', '辻\u{e0100}\u{20bb7}﨑', 0],
    ['nothing', '', 0],
  ])('counts %s', (_, text, count) => {
    expect(privateUseCharacters(text)).toBe(count);
  });

  it('counts every place for 外字 in cp932', () => {
    const places: number[] = [];
    for (let lead = 0xf0; lead <= 0xf9; lead += 1) {
      for (let trail = 0x40; trail <= 0xfc; trail += 1) if (trail !== 0x7f) places.push(lead, trail);
    }
    const result = decodeAll('cp932', Uint8Array.from(places));
    const expected = String.fromCharCode(...Array.from({ length: 1880 }, (_, index) => 0xe000 + index));
    expect(result).toEqual({ text: expected });
    expect(privateUseCharacters(expected)).toBe(1880);
  });
});
