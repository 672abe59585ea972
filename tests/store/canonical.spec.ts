import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonical, NotCanonical, type Json } from '../../src/store/canonical.js';
import { anyJson, anyObject, anyText } from '../support/store-events.js';

describe('canonical JSON', () => {
  it('is what another implementation of RFC 8785 writes, for any admitted value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonical(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back as the value that went in', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(anyText, anyJson), { selector: ([name]) => name, maxLength: 8 }), (members) => {
        const turned = Object.fromEntries(members.toReversed()) as Json;
        expect(canonical(turned)).toBe(canonical(Object.fromEntries(members) as Json));
      }),
    );
  });

  it('leaves members out that are undefined', () => {
    fc.assert(
      fc.property(anyObject, anyText, (object, name) => {
        const { [name]: _, ...rest } = object;
        expect(canonical(withMember(object, name, undefined))).toBe(canonicalize(rest));
      }),
    );
    expect(canonical({ a: undefined })).toBe('{}');
    expect(canonical({ a: undefined, b: 1, c: undefined, d: { e: undefined } })).toBe('{"b":1,"d":{}}');
  });

  // Literals, so that both implementations cannot be wrong alike.
  it.each<[Json, string]>([
    [null, 'null'],
    [-0, '0'],
    [[-0, 0, 1, -1], '[0,0,1,-1]'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [Number.MIN_SAFE_INTEGER, '-9007199254740991'],
    [1e15, '1000000000000000'],
    ['\u0000\u0007\b\t\n\u000b\f\r\u001f "\\/\u007f\u0080\u2028\ufeff', '"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f \\"\\\\/\u007f\u0080\u2028\ufeff"'],
    ['😀𠮷葛\u{E0100}', '"😀𠮷葛\u{E0100}"'],
    ['é e\u0301', '"é e\u0301"'], // never normalised
    [{}, '{}'],
    [[], '[]'],
    // ordered by UTF-16 unit: a surrogate pair stands before U+E000, digits are text
    [{ '\ue000': 1, '😀': 2, é: 3, a: 4, B: 5, '10': 6, '9': 7, '': 8 }, '{"":8,"10":6,"9":7,"B":5,"a":4,"é":3,"😀":2,"\ue000":1}'],
    // the sample of RFC 8785, section 3.2.3
    [
      { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', '1': 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis' },
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ],
    [JSON.parse('{"__proto__":{"b":1,"a":2},"constructor":3}') as Json, '{"__proto__":{"a":2,"b":1},"constructor":3}'],
  ])('writes %j', (value, written) => {
    expect(canonical(value)).toBe(written);
  });
});

describe('what has no canonical form', () => {
  const refusals: readonly (readonly [what: string, value: unknown, reason: NotCanonical['reason']])[] = [
    ['a fraction', 12345.678, 'not-an-integer'],
    ['NaN', NaN, 'not-an-integer'],
    ['infinity', -Infinity, 'not-an-integer'],
    ['an integer that is not safe', 2 ** 53, 'not-an-integer'],
    ['a negative integer that is not safe', -(2 ** 53), 'not-an-integer'],
    ['a large integer', 1e21, 'not-an-integer'],
    ['a leading surrogate alone', 'secret\ud83d', 'lone-surrogate'],
    ['a trailing surrogate alone', '\ude00secret', 'lone-surrogate'],
    ['surrogates the wrong way round', 'se\ude00\ud83dcret', 'lone-surrogate'],
    ['a bigint', 12345678901234567890n, 'not-json'],
    ['a function', () => 'secret', 'not-json'],
    ['a symbol', Symbol('secret'), 'not-json'],
  ];
  const refusal = (value: unknown): NotCanonical => {
    try {
      canonical(value as Json);
    } catch (error) {
      if (error instanceof NotCanonical) return error;
      throw error;
    }
    throw new Error('it was expected to be refused');
  };

  it.each(refusals)('is refused wherever it stands, by its place and never by its value: %s', (_, value, reason) => {
    const places: readonly (readonly [path: string, value: unknown])[] = [
      ['', value],
      ['/a', { a: value }],
      ['/1', [0, value]],
      ['/data/list/2/name', { data: { list: ['x', [], { name: value, other: 1 }], z: 1 }, id: 'x' }],
    ];
    for (const [path, whole] of places) {
      const error = refusal(whole);
      expect(error).toMatchObject({ name: 'NotCanonical', path, reason });
      expect(error.message).toBe(`no canonical form at ${path || '/'}: ${reason}`);
      for (const [, member] of Object.entries(error)) expect([path, reason, 'NotCanonical']).toContain(member);
    }
  });

  it('is refused by the first place in the order written', () => {
    expect(refusal({ b: NaN, a: { d: 1n, c: '\ud800' } })).toMatchObject({ path: '/a/c', reason: 'lone-surrogate' });
  });

  it('is a name with a lone surrogate, told by the object that holds it', () => {
    for (const name of ['\ud800', 'a\udfff', '\udc00\ud800']) {
      expect(refusal({ [name]: 1 })).toMatchObject({ path: '', reason: 'lone-surrogate' });
      expect(refusal({ x: [{ [name]: 'secret' }] })).toMatchObject({ path: '/x/0', reason: 'lone-surrogate' });
    }
  });

  it('is undefined where a value must stand', () => {
    expect(refusal(undefined)).toMatchObject({ path: '', reason: 'not-json' });
    expect(refusal({ list: [1, undefined] })).toMatchObject({ path: '/list/1', reason: 'not-json' });
    expect(refusal([, 1])).toMatchObject({ path: '/0', reason: 'not-json' });
  });

  it('is named by a JSON pointer, which writes ~ and / in names as ~0 and ~1', () => {
    expect(refusal({ 'a/b': { '~': NaN } }).path).toBe('/a~1b/~0');
  });

  it('is found at any place in any value', () => {
    fc.assert(
      fc.property(anyObject, fc.array(fc.constantFrom('k', 'list', '0'), { maxLength: 4 }), fc.constantFrom(0.1, NaN, 1n, '\udbff'), (around, path, bad) => {
        const whole = path.reduceRight<unknown>((inner, name) => withMember(around, name, inner), bad);
        expect(refusal(whole).path).toBe(path.map((name) => `/${name}`).join(''));
      }),
    );
  });
});

function withMember(object: object, name: string, value: unknown): Json {
  return Object.fromEntries([...Object.entries(object), [name, value]]) as Json;
}
