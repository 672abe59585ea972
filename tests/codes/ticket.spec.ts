import fc from 'fast-check';
import { municipalityCheckDigit } from '../../src/codes/municipality-code.js';
import { parseTicketLine } from '../../src/codes/ticket.js';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const municipality = digits(5).map((first5) => first5 + municipalityCheckDigit(first5));
const toFullWidth = (text: string) => text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

describe('the 18-digit line', () => {
  it('reads 券種, 回数, 市町村コード and 券番号 in that order', () => {
    expect(parseTicketLine('219900190123456789')).toEqual({
      ok: true, kind: '2', dose: 1, municipality: '990019', number: '0123456789',
    });
  });

  it('gives back every line of its four parts, in half and in full width', () => {
    fc.assert(
      fc.property(digits(1), digits(1), municipality, digits(10), (kind, dose, code, number) => {
        const expected = { ok: true, kind, dose: Number(dose), municipality: code, number };
        const line = kind + dose + code + number;
        expect(parseTicketLine(line)).toEqual(expected);
        expect(parseTicketLine(toFullWidth(line))).toEqual(expected);
        expect(parseTicketLine(line.slice(0, 9) + toFullWidth(line.slice(9)))).toEqual(expected);
      }),
    );
  });

  it.each([
    ['seventeen digits', '21990019012345678'],
    ['nineteen digits', '2199001901234567890'],
    ['a blank at the end', '219900190123456789 '],
    ['a line feed at the end', '219900190123456789\n'],
    ['blanks between the parts', '2 1 990019 0123456789'],
    ['nothing', ''],
  ])('refuses %s for its length', (_, text) => {
    expect(parseTicketLine(text)).toEqual({ ok: false, reason: 'length' });
  });

  it.each([
    ['a letter', '21990019O123456789'],
    ['a blank in place of a digit', '21990019 123456789'],
    ['digits of another script', '21990019٠123456789'],
    ['a character beyond the basic plane', '21990019𝟎123456789'],
  ])('refuses %s as no digit', (_, text) => {
    expect(parseTicketLine(text)).toEqual({ ok: false, reason: 'digits' });
  });

  it('refuses every municipality code with a wrong check digit', () => {
    fc.assert(
      fc.property(digits(2), municipality, fc.integer({ min: 1, max: 9 }), digits(10), (head, code, shift, number) => {
        const wrong = code.slice(0, 5) + String((Number(code[5]) + shift) % 10);
        expect(parseTicketLine(head + wrong + number)).toEqual({ ok: false, reason: 'municipality' });
      }),
    );
  });

  it('answers every text with a reading or a reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 24 }), (text) => {
        expect(parseTicketLine(text)).toMatchObject({ ok: false, reason: [...text].length === 18 ? 'digits' : 'length' });
      }),
    );
  });
});
