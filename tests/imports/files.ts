import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import { myNumberCheckDigit } from '../../src/codes/my-number.js';
import { RESIDENT_COLUMNS, VACCINATION_COLUMNS, csvLine } from '../../src/demo/generator/csv.js';

/** Invented files, as another system would deliver them. Everybody in them says 架空. */

export type Cells = { readonly [column: string]: string };

let persons = 0;

/** 個人番号 with right check digits, always the same ones, in a block of the fictional city that no other test uses. */
export function inventedNumber(index: number): string {
  const first11 = String(70_000 + index).padStart(11, '0');
  return first11 + myNumberCheckDigit(first11);
}

/** One who has not been in any file before. */
export function inventedPerson(over: Cells = {}): Cells {
  persons += 1;
  return personAt(persons, over);
}

/** The same index is the same person. */
export function personAt(index: number, over: Cells = {}): Cells {
  return {
    宛名番号: String(870_000_000 + index),
    氏名: `架空　第${index}`,
    氏名の振り仮名: `カクウ　ダイ${index}`,
    生年月日: `20${String(10 + (index % 15))}0402`,
    性別: index % 2 ? '男' : '女',
    住所: `汐浜市架空町${index}番地`,
    異動事由: '転入',
    異動日: '20260401',
    ...over,
  };
}

/** A slip of somebody in a resident file. */
export function slipOf(person: Cells, over: Cells = {}): Cells {
  return { 宛名番号: person['宛名番号']!, 生年月日: person['生年月日']!, 接種コード: 'MR1', 接種回数: '1', 接種日: '20261102', 実施区分: '定期', ロット番号: 'KK4711', ...over };
}

export function residentsCsv(rows: readonly Cells[]): Buffer {
  return csv(RESIDENT_COLUMNS, rows);
}

export function slipsCsv(rows: readonly Cells[]): Buffer {
  return csv(VACCINATION_COLUMNS, rows);
}

function csv(columns: readonly string[], rows: readonly Cells[]): Buffer {
  return Buffer.from([columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map((line) => `${csvLine(line)}\r\n`).join(''));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** 住民 files are smaller without the columns that nobody fills. */
export const RESIDENT_HEADER = '宛名番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日';

let codes: ReadonlyMap<string, Buffer> | undefined;

/** The bytes of a text in Windows-31J; throws for a character that it does not have. */
export function cp932(text: string): Buffer {
  codes ??= codesOfCp932();
  return Buffer.concat(
    [...text].map((character) => {
      const bytes = codes!.get(character);
      if (!bytes) throw new Error(`U+${character.codePointAt(0)!.toString(16)} is not in Windows-31J`);
      return bytes;
    }),
  );
}

function codesOfCp932(): ReadonlyMap<string, Buffer> {
  const table = new Map<string, Buffer>();
  const decoder = new TextDecoder('shift_jis');
  for (let byte = 0; byte < 0x80; byte += 1) table.set(String.fromCharCode(byte), Buffer.of(byte));
  for (let byte = 0xa1; byte <= 0xdf; byte += 1) table.set(decoder.decode(Buffer.of(byte)), Buffer.of(byte));
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    if (lead >= 0xa0 && lead <= 0xdf) continue;
    for (let trail = 0x40; trail <= 0xfc; trail += 1) {
      const character = decoder.decode(Buffer.of(lead, trail));
      if ([...character].length === 1 && character !== '\ufffd' && !table.has(character)) table.set(character, Buffer.of(lead, trail));
    }
  }
  return table;
}

/** A generator of numbers from 0 below 1 that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
