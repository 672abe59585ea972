import { cp932, inventedPerson, RESIDENT_HEADER, residentsCsv, sha256 } from './files.js';
import { outcome, parse, parsePieces, type ParseOptions } from './parsing.js';

/** UTF-8 with or without a mark, and Windows-31J as municipal systems write it. */
const MARK = Buffer.of(0xef, 0xbb, 0xbf);

/** The names that the rows of a file give, as they came out. */
async function namesOf(file: Uint8Array, options?: ParseOptions): Promise<unknown[]> {
  const { rows, rejects, fault } = await parse(file, options);
  expect({ rejects, fault }).toEqual({ rejects: [], fault: null });
  return rows.map(({ values }) => values['name']);
}

const withNames = (names: readonly string[]): Buffer => residentsCsv(names.map((name) => inventedPerson({ 氏名: name })));

describe('UTF-8', () => {
  const names = ['架空　花子', '架空 𠮷田', '架空 葛\u{e0100}城', '架空 髙﨑', '架空 ﾊﾅｺ', 'カクウ　é', '架空 か\u3099', '架空 \u{20b9f}'];

  it('gives names as they are, with or without a mark', async () => {
    expect(await namesOf(withNames(names))).toEqual(names);
    expect(await namesOf(Buffer.concat([MARK, withNames(names)]))).toEqual(names);
  });

  it.each([
    ['a second byte without a first', [0x81]],
    ['a character cut short', [0xe6, 0xb1, 0x2c]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['more than Unicode has', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that is never used', [0xff]],
  ])('with %s is not taken', async (_, bytes) => {
    const file = Buffer.concat([withNames(names), Buffer.from(bytes), withNames(names)]);
    const { fault } = await parse(file);
    expect(fault).toMatchObject({ code: 'not-encoding', columns: [] });
  });

  it('that ends within a character is not taken to its end', async () => {
    expect((await parse(Buffer.concat([withNames(names), Buffer.of(0xe6, 0xb1)]))).fault?.code).toBe('not-encoding');
  });
});

describe('Windows-31J', () => {
  const options = { encoding: 'cp932' } as const;
  /** NEC row 13, IBM extensions, the wave dash and minus of Microsoft, half-width kana, second bytes that look like ASCII. */
  const names = ['架空①②⑳', '架空　髙﨑', '架空～－∥', '架空㈱㍻№', '架空 ﾊﾝｶｸ', '架空ソ能表―十', '架空ⅠⅩⅰⅹ', '架空纊褜鍈', '架空 彅桒', '架空\ue000\ue757'];

  it('gives every character that it has', async () => {
    expect(await namesOf(cp932(withNames(names).toString()), options)).toEqual(names);
  });

  it('has second bytes that are no quote, comma or line end', async () => {
    const text = withNames(['架空―ソЫⅨ噂浬欺圭構蚕十申曾']).toString();
    expect(await namesOf(cp932(text.replace('架空―ソЫⅨ噂浬欺圭構蚕十申曾', '"架空―ソЫⅨ噂浬欺圭構蚕十申曾"')), options)).toEqual(['架空―ソЫⅨ噂浬欺圭構蚕十申曾']);
  });

  it.each([
    ['a first byte without a second', [0x81, 0x0a]],
    ['a place that holds no character', [0x85, 0x40]],
    ['a byte that is never used', [0xff]],
  ])('with %s is not taken', async (_, bytes) => {
    const text = cp932(withNames(names).toString());
    expect((await parse(Buffer.concat([text, Buffer.from(bytes), text]), options)).fault).toMatchObject({ code: 'not-encoding', columns: [] });
  });

  it('that ends within a character is not taken to its end', async () => {
    expect((await parse(Buffer.concat([cp932(withNames(names).toString()), Buffer.of(0x8a)]), options)).fault?.code).toBe('not-encoding');
  });
});

describe('the other encoding than declared', () => {
  it('Windows-31J as UTF-8 is not taken', async () => {
    expect((await parse(cp932(withNames(['架空　花子']).toString()))).fault).toMatchObject({ code: 'not-encoding', columns: [] });
  });

  it('UTF-8 as Windows-31J is not taken, whichever way it shows', async () => {
    const { fault, rows } = await parse(withNames(['架空　花子', '架空　次郎']), { encoding: 'cp932' });
    expect(fault?.code).toMatch(/^(not-encoding|missing-columns|unknown-columns)$/);
    expect(rows).toEqual([]);
  });
});

it('a fault stops the file: no row after it, and the digest is of all that came', async () => {
  const [good, bad, more] = [withNames(['架空　一郎', '架空　次郎', '架空　三郎']), Buffer.of(0xff), withNames(['架空　四郎'])];
  const { rows, fault, digest } = await parsePieces([good, bad, more], { batchRows: 2 });
  expect(fault?.code).toBe('not-encoding');
  expect(rows.map(({ row }) => row)).toEqual([1, 2]);
  expect(digest).toBe(sha256(Buffer.concat([good, bad]))); // nothing more is asked for
});

it('the digest is of the bytes, not of the text', async () => {
  const file = Buffer.concat([MARK, Buffer.from(`${RESIDENT_HEADER}\r\n`)]);
  const parsed = await parse(file);
  expect([parsed.digest, outcome(parsed)]).toEqual([sha256(file), { rows: [], rejects: [], fault: null }]);
});
