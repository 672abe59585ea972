import fc from 'fast-check';
import { checkShape, code, count, date, digest, FieldError, flag, id, instantField, isCode, list, object, oneOf, optional, text, type Field } from '../../src/ledger/fields.js';
import { derivedId, newId } from '../../src/ledger/ids.js';

function accepts(field: Field<unknown>, value: unknown): boolean {
  try {
    field.check(value, '/x');
    return true;
  } catch (error) {
    if (error instanceof FieldError) return false;
    throw error;
  }
}

const NUMBER = '123456789018';
const NO_TEXT: unknown[] = [null, undefined, 1, true, {}, [], ['2026-11-20']];

describe('which values a field takes', () => {
  const cases: [string, Field<unknown>, unknown[], unknown[]][] = [
    ['id', id, [newId(), derivedId(Buffer.alloc(16))], ['', NUMBER, newId().toUpperCase(), `${newId()}\n`, ` ${newId()}`, newId().slice(1), ...NO_TEXT]],
    ['flag', flag, [true, false], [0, 1, 'true', null, undefined]],
    ['count', count, [0, -1, 7, 9_999_999_999], [12_345_678_901, 123_456_789_018, -123_456_789_018, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined]],
    ['date', date, ['2026-11-20', '2024-02-29'], ['2026-02-29', '2026-13-01', '2026-1-1', '20261120', '2026-11-20T00:00:00Z', '', ...NO_TEXT]],
    ['instant', instantField, ['2026-11-20T03:00:00.000Z'], ['2026-11-20', '2026-11-20T03:00:00Z', '2026-11-20T03:00:00.000+09:00', '', ...NO_TEXT]],
    ['digest', digest, ['ab'.repeat(32)], ['AB'.repeat(32), 'ab'.repeat(31), 'ab'.repeat(33), NUMBER, '', ...NO_TEXT]],
    ['code', code, ['a', 'mayor', 'art19-7', 'appendix1:93.2', '990019', 'a'.repeat(64)], ['', 'A', '健康', 'a b', 'a_b', '-a', 'a\n', 'a'.repeat(65), ...NO_TEXT]],
    ['oneOf', oneOf(['yes', 'no']), ['yes', 'no'], ['maybe', '', 'Yes', ...NO_TEXT]],
    ['text', text(5), ['', '髙橋', '𠮷𠮷', '12345'], ['123456', '\ud800', 'a\udc00', ...NO_TEXT]],
    ['list', list(flag, 2), [[], [true], [true, false]], [[1], [true, true, true], true, null, undefined, { 0: true, length: 1 }]],
    ['object', object({ a: flag, b: optional(flag) }), [{ a: true }, { a: true, b: false }], [{}, { b: true }, { a: 1 }, { a: true, c: true }, { a: true, b: null }, [], null, 'a']],
  ];

  it.each(cases)('%s', (_, field, good, bad) => {
    expect(good.filter((value) => !accepts(field, value))).toEqual([]);
    expect(bad.filter((value) => accepts(field, value))).toEqual([]);
  });

  it('a calendar day that does not exist is no instant', () => {
    expect(accepts(instantField, '2026-13-45T99:99:99.999Z')).toBe(false);
  });
});

describe('what may stand open', () => {
  it('is what cannot hold a value of a person, however deep', () => {
    const open = [id, flag, count, date, instantField, digest, code, oneOf(['a']), list(id), object({ a: id, b: list(object({ c: code })) }), optional(date)];
    expect(open.map((field) => field.open)).toEqual(open.map(() => true));
    const closed = [text(), list(text()), object({ a: id, b: text() }), optional(text()), list(object({ a: list(text()) })), object({ a: optional(object({ b: text() })) })];
    expect(closed.map((field) => field.open)).toEqual(closed.map(() => false));
  });
});

describe('a code', () => {
  const digits = fc.stringMatching(/^[0-9]{7,20}$/);
  const around = fc.stringMatching(/^[A-Za-z.:-]{0,10}$/);

  it('holds no run of seven digits or more, wherever it stands', () => {
    fc.assert(
      fc.property(around, digits, around, (before, run, after) => {
        expect(isCode(`a${before}${run}${after}`)).toBe(false);
        expect(isCode(`${run}${after}`)).toBe(false);
      }),
    );
  });

  it('holds six', () => {
    expect(['990019', 'a123456', 'x-123456.5'].map(isCode)).toEqual([true, true, true]);
  });

  it('is no 個人番号 in its printed groups', () => {
    expect(['1234-5678-9018', '1234.5678.9018', '123456-789018', '1234:5678:9018', 'n1234-5678-9018'].filter(isCode)).toEqual([]);
  });
});

describe('an error of a field', () => {
  const shape = { a: id, b: code, c: list(object({ d: date })), e: optional(text(10)), f: oneOf(['x']), g: count };
  const good = { a: newId(), b: 'code', c: [{ d: '2026-11-20' }], f: 'x', g: 1 };

  it('names the place', () => {
    const place = (value: unknown): string => {
      try {
        checkShape(shape, value, '/T/data');
      } catch (error) {
        return (error as FieldError).path;
      }
      return 'none';
    };
    expect(place(good)).toBe('none');
    expect(place({ ...good, b: 'X' })).toBe('/T/data/b');
    expect(place({ ...good, c: [{ d: '2026-11-20' }, { d: 'X' }] })).toBe('/T/data/c/1/d');
    expect(place({ ...good, c: [{}] })).toBe('/T/data/c/0/d');
    expect(place({ ...good, g: undefined })).toBe('/T/data/g');
    expect(place({ ...good, h: 1 })).toBe('/T/data');
    expect(place({ ...good, c: [{ d: '2026-11-20', h: 1 }] })).toBe('/T/data/c/0');
    expect(place([good])).toBe('/T/data');
    expect(place(null)).toBe('/T/data');
  });

  it('never repeats a value, nor the name of a member it does not know', () => {
    const canary = '山田太郎5678';
    const everywhere: unknown[] = [canary, { [canary]: canary }, [canary], { d: canary }, [{ d: canary }], [{ [canary]: 1 }], 123456789018];
    const wrong = [{ ...good, [canary]: 1 }, { ...good, e: `${canary}${canary}` }, canary, [canary]] as unknown[];
    for (const name of Object.keys(shape)) for (const value of everywhere) wrong.push({ ...good, [name]: value });
    const messages = wrong.map((value) => {
      try {
        checkShape(shape, value, '/T/data');
      } catch (error) {
        return `${(error as Error).message} ${JSON.stringify(error)} ${(error as Error).stack}`;
      }
      return '';
    });
    expect(messages.filter((message) => message !== '').length).toBeGreaterThan(40);
    expect(messages.filter((message) => /山田|5678/.test(message))).toEqual([]);
  });

  it('does not take what an object inherits, nor its prototype, for a member', () => {
    expect(() => checkShape({ a: flag }, JSON.parse('{"a":true,"__proto__":{"b":1}}'), '/T')).toThrow(FieldError);
    expect(() => checkShape({ a: flag }, Object.create({ b: 1 }, { a: { value: true, enumerable: true } }), '/T')).toThrow(FieldError);
    expect(() => checkShape({ toString: flag }, {}, '/T')).toThrow(FieldError);
  });
});
