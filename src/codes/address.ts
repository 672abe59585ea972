import { DASHES } from './text.js';

/**
 * An address as it is compared. What was written is never changed by it. Lots and rooms are written in many ways, so two keys
 * are the same, different, or cannot be told apart.
 */
export interface AddressKey {
  /** what stands before the first number of the lot: 都道府県 to 町・字, without blanks */
  readonly town: string;
  /** 丁目, 番(地), 号 and what branches off, in this order, as far as they are given */
  readonly lot: readonly string[];
  /** 方書 without the room; empty where there is none */
  readonly building: string;
  readonly room: string;
}

/** `perhaps`: the same lot, and whether the same home is not said. */
export type SameAddress = 'same' | 'perhaps' | 'different';

const DASH = DASHES.source;
const BLANKS = /[\s\p{Z}]+/gu;
const POSTAL_CODE = new RegExp(`^〒?[\\s\\p{Z}]*\\d{3}${DASH}\\d{4}(?!\\d|${DASH})[\\s\\p{Z}]*`, 'u');
/** 番町 and 番丁 are names of towns. */
const UNIT = '(?:丁目|番地|番(?![町丁])|号)';
const KANJI_NUMBER = '[〇一二三四五六七八九十百]+';
const COUNTED_IN_KANJI = new RegExp(`${KANJI_NUMBER}(?=${UNIT})`, 'gu');
const ANY_IN_KANJI = new RegExp(KANJI_NUMBER, 'gu');
/** Between two numbers of one lot. Behind a blank only what cannot be a room: 1丁目 2番, 2番 3号. */
const BETWEEN = `(?:丁目[\\s\\p{Z}]*|番地の?|番の?|番[\\s\\p{Z}]+(?=\\d+号(?!室))|号の|[のノ之]|${DASH})`;
/** A number that Han or kana follow is part of a name (南20条西), unless they count it. */
const LOT = new RegExp(`\\d+(?:${BETWEEN}\\d+)*(?:(?<last>${UNIT})(?!室|棟|館)|(?![\\d\\p{Script=Han}\\p{Script=Hiragana}]))`, 'u');
const ROOM = new RegExp(`(?<room>[A-Z]{0,2}${DASH}?\\d+[A-Z]?)(?:号室|号|室)?$`, 'u');

/** Undefined of an address that names no lot: of it nobody can say whether another one is the same. */
export function addressKey(address: string): AddressKey | undefined {
  const text = address.replace(/\p{Variation_Selector}/gu, '').normalize('NFKC').toUpperCase().replace(POSTAL_CODE, '').replace(COUNTED_IN_KANJI, numberOf);
  const found = LOT.exec(text);
  if (!found) return undefined;
  const lot = found[0].match(/\d+/gu)!.map(plainNumber);
  if (lot.length === 1 && found.groups!.last === '丁目') return undefined; // a part of a town
  const rest = text.slice(found.index + found[0].length).replace(BLANKS, '').replace(new RegExp(`^(?:${DASH}|[,、])+`, 'u'), '');
  const room = ROOM.exec(rest)?.groups!.room ?? '';
  const building = (room === '' ? rest : rest.replace(ROOM, '')).replace(/[・･.,、()]/gu, '');
  return { town: townKey(text.slice(0, found.index)), lot, building, room: room.replace(new RegExp(DASH, 'gu'), '').replace(/\d+/u, plainNumber) };
}

/** 大字 and 字 are left out or written as people please, and so are ヶ, ケ, が, and numbers. */
function townKey(text: string): string {
  return text.replace(BLANKS, '').replace(/大?字/gu, '').replace(/(?<=\p{Script=Han})[ヶケヵカがガ](?=\p{Script=Han})/gu, 'ケ').replace(ANY_IN_KANJI, numberOf);
}

function plainNumber(digits: string): string {
  return digits.replace(/^0+(?=\d)/u, '');
}

/** Up to 199, or digit by digit (一〇二). */
function numberOf(kanji: string): string {
  const digit = (one: string): number => '〇一二三四五六七八九'.indexOf(one);
  if (!/[十百]/u.test(kanji)) return plainNumber([...kanji].map(digit).join(''));
  let sum = 0;
  let pending = 0;
  for (const one of kanji) {
    if (one === '百' || one === '十') {
      sum += Math.max(pending, 1) * (one === '百' ? 100 : 10);
      pending = 0;
    } else pending = digit(one);
  }
  return String(sum + pending);
}

/** Whether two addresses are the same home, as far as what is written goes. In whichever order they are given. */
export function compareAddresses(one: AddressKey, other: AddressKey): SameAddress {
  const town = compareTowns(one.town, other.town);
  if (town === 'different') return 'different';
  const home = compareHomes(one, other);
  return home === 'same' ? town : home;
}

const PREFECTURE = /^(?:北海道|東京都|京都府|大阪府|\p{Script=Han}{2,3}県)$/u;
const MUNICIPALITY = /[都道府県市区町村郡]$/u;

/** Where one begins with the prefecture and the other does not, it is the same; where one leaves out the city, it may be another city's town of that name. */
function compareTowns(one: string, other: string): SameAddress {
  if (one === other) return 'same';
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length < 2 || !long.endsWith(short)) return 'different';
  const more = long.slice(0, -short.length);
  return PREFECTURE.test(more) ? 'same' : MUNICIPALITY.test(more) ? 'perhaps' : 'different';
}

function compareHomes(one: AddressKey, other: AddressKey): SameAddress {
  const [short, long] = one.lot.length <= other.lot.length ? [one, other] : [other, one];
  if (short.lot.some((number, i) => number !== long.lot[i])) return 'different';
  const [last, ...more] = long.lot.slice(short.lot.length);
  if (last === undefined) return compareRooms(one, other);
  // 1-2-3-101: the last number may be a room, or a branch of the lot.
  if (more.length > 0 || long.room !== '') return 'different';
  const isWhole = short.lot.length >= LOT_WITH_CHOME;
  if (short.room === '') return isWhole || short.building !== '' ? 'perhaps' : 'different';
  if (short.room !== last) return 'different';
  return isWhole && agree(short.building, long.building) ? 'same' : 'perhaps';
}

/** 丁目, 番, 号: hardly any lot has more. */
const LOT_WITH_CHOME = 3;

function compareRooms(one: AddressKey, other: AddressKey): SameAddress {
  if (one.room !== '' && other.room !== '') return one.room !== other.room ? 'different' : agree(one.building, other.building) ? 'same' : 'perhaps';
  return one.room === other.room && one.building === '' && other.building === '' ? 'same' : 'perhaps';
}

/** Names of buildings are left out, or cut short. */
function agree(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one);
}
