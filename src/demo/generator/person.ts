import { myNumberCheckDigit } from '../../codes/my-number.js';
import type { ResidentRow } from './csv.js';
import { compact } from './days.js';

const FIRST_ADDRESSEE_NUMBER = 100_000_001;
const FIRST_INTEGRATED_NUMBER = 9_900_000_000_001;
/** before its check digit: a narrow block of numbers that were never given to anyone */
const FIRST_MY_NUMBER = 101;
const FIRST_HOUSEHOLD_NUMBER = 500_000_001;

/** Those of the demo's day who appear by name. */
export type NamedKey = 'minato' | 'aoi' | 'hina' | 'ando' | 'inoue' | 'sakura';
export type Sex = '男' | '女';
export type Reason = '転入' | '転出' | '転居' | '出生' | '死亡' | '職権記載';

/** Days are whole numbers as in `generator-days.ts`. */
export interface Person {
  /** place in the blocks of numbers, from 0 */
  readonly index: number;
  readonly household: number;
  readonly named: NamedKey | null;
  /** of the demo's own households: their records are told, not drawn */
  readonly isFixed: boolean;
  readonly name: string;
  readonly kana: string;
  readonly birth: number;
  readonly sex: Sex;
  address: string;
  readonly postalCode: string;
  readonly contact: string;
  /** the last change and its notification */
  reason: Reason;
  changedOn: number;
  notifiedOn: number;
  since: number;
  left: number | null;
  died: number | null;
}

export function myNumberAt(index: number): string {
  const first11 = String(FIRST_MY_NUMBER + index).padStart(11, '0');
  return first11 + myNumberCheckDigit(first11);
}

export function addresseeNumberAt(index: number): string {
  return String(FIRST_ADDRESSEE_NUMBER + index);
}

export function integratedNumberAt(index: number): string {
  return String(FIRST_INTEGRATED_NUMBER + index);
}

export function residentRow(person: Person): ResidentRow {
  const { died, left } = person;
  return {
    宛名番号: addresseeNumberAt(person.index),
    団体内統合宛名番号: integratedNumberAt(person.index),
    個人番号: myNumberAt(person.index),
    世帯番号: String(FIRST_HOUSEHOLD_NUMBER + person.household),
    氏名: person.name,
    氏名の振り仮名: person.kana,
    生年月日: compact(person.birth),
    性別: person.sex,
    住所: person.address,
    郵便番号: person.postalCode,
    連絡先: person.contact,
    異動事由: person.reason,
    異動日: compact(person.changedOn),
    異動届出日: compact(person.notifiedOn),
    住民となった日: compact(person.since),
    住民でなくなった日: left === null ? '' : compact(left),
    死亡日: died === null ? '' : compact(died),
  };
}
