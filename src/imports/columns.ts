import { isMyNumber } from '../codes/my-number.js';
import { isPlainDate, parseCompactDate } from '../codes/plain-date.js';
import { digitsKey, hasControlCharacters } from '../codes/text.js';
import { parseWareki } from '../codes/wareki.js';
import { EXECUTION_CLASSES } from '../vaccinations/events.js';
import type { ResidentChangeKind } from '../subjects/events.js';
import { LEFT_BY, PLACED_BY, isEmployeeNumber } from '../access/personnel.js';
import { ROLES } from '../access/roles.js';
import { isCode } from '../ledger/fields.js';
import type { ActorKind } from '../store/event.js';
import type { FileKind } from './events.js';
import type { Reason } from './reasons.js';

/** A value, or why it cannot be taken. */
export type Cell = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: Reason };

export interface Column {
  /** as the header row names it */
  readonly header: string;
  /** the field it fills */
  readonly field: string;
  readonly required?: boolean;
  readonly read: (text: string) => Cell;
}

const ok = (value: unknown): Cell => ({ ok: true, value });
const no = (reason: Reason): Cell => ({ ok: false, reason });

/** Kept exactly as given. */
const words = (max: number) => (text: string): Cell => (text.length <= max && text.isWellFormed() && !hasControlCharacters(text) ? ok(text) : no('invalid-text'));

function date(text: string): Cell {
  const plain = isPlainDate(text) ? text : (parseCompactDate(text) ?? parseWareki(text));
  return plain === null ? no('invalid-date') : ok(plain);
}

const digits = (max: number, reason: Reason) => (text: string): Cell => {
  const key = digitsKey(text);
  return new RegExp(`^\\d{1,${max}}$`).test(key) ? ok(key) : no(reason);
};

const choice = (entries: { readonly [word: string]: string }, reason: Reason) => (text: string): Cell => (Object.hasOwn(entries, text) ? ok(entries[text]) : no(reason));

const decimal = (scale: number, min: number, max: number, reason: Reason) => (text: string): Cell => {
  const value = /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * scale) : Number.NaN;
  return value >= min && value <= max ? ok(value) : no(reason);
};

const whole = (text: string): Cell => (/^[1-9]\d?$/.test(text) ? ok(Number(text)) : no('invalid-dose'));

const SEX = { 男: 'male', 女: 'female', 不明: 'unknown', '1': 'male', '2': 'female' };

/** 異動事由 in words; other systems' codes are mapped to these before the import. */
const CHANGE: { readonly [word: string]: ResidentChangeKind } = {
  転入: 'move-in', '転入(国外)': 'move-in-abroad', 転居: 'move-within', 転出: 'move-out', 出生: 'birth', 死亡: 'death', 世帯変更: 'household',
  職権記載: 'ex-officio-entry', 職権消除: 'ex-officio-removal', 職権修正: 'ex-officio-correction', 国籍取得: 'nationality', 国籍喪失: 'nationality', 帰化: 'nationality', 氏名変更: 'name-change',
};

const [ROUTINE, TEMPORARY, SPECIAL, LONG_ILLNESS, ADMINISTRATIVE, VOLUNTARY] = EXECUTION_CLASSES;
const CLASS = { 定期: ROUTINE, 臨時: TEMPORARY, 特例臨時: SPECIAL, 長期療養特例: LONG_ILLNESS, 行政措置: ADMINISTRATIVE, 任意: VOLUNTARY };

const RESIDENTS: readonly Column[] = [
  { header: '宛名番号', field: 'addresseeNumber', required: true, read: digits(15, 'invalid-addressee-number') },
  { header: '団体内統合宛名番号', field: 'integratedNumber', read: digits(20, 'invalid-integrated-number') },
  { header: '個人番号', field: 'number', read: (text) => (isMyNumber(digitsKey(text)) ? ok(digitsKey(text)) : no('invalid-number')) },
  { header: '世帯番号', field: 'household', read: words(20) },
  { header: '氏名', field: 'name', required: true, read: words(200) },
  { header: '氏名の振り仮名', field: 'kana', required: true, read: words(200) },
  { header: '生年月日', field: 'birthDate', required: true, read: date },
  { header: '性別', field: 'sex', required: true, read: choice(SEX, 'invalid-sex') },
  { header: '住所', field: 'address', required: true, read: words(400) },
  { header: '郵便番号', field: 'postalCode', read: words(8) },
  { header: '連絡先', field: 'contact', read: words(100) },
  { header: '異動事由', field: 'change', required: true, read: choice(CHANGE, 'invalid-change') },
  { header: '異動日', field: 'changedOn', required: true, read: date },
  { header: '異動届出日', field: 'notifiedOn', read: date },
  { header: '住民となった日', field: 'residentSince', read: date },
  { header: '住民でなくなった日', field: 'leftOn', read: date },
  { header: '死亡日', field: 'diedOn', read: date },
];

const VACCINATIONS: readonly Column[] = [
  { header: '宛名番号', field: 'addresseeNumber', required: true, read: digits(15, 'invalid-addressee-number') },
  { header: '氏名の振り仮名', field: 'kana', read: words(200) },
  { header: '生年月日', field: 'birthDate', required: true, read: date },
  { header: '接種コード', field: 'vaccine', required: true, read: words(40) },
  { header: '接種回数', field: 'dose', required: true, read: whole },
  { header: '接種日', field: 'vaccinatedOn', required: true, read: date },
  { header: '実施区分', field: 'executionClass', required: true, read: choice(CLASS, 'invalid-class') },
  { header: '実施医療機関', field: 'institution', read: words(100) },
  { header: '接種会場', field: 'venue', read: words(100) },
  { header: '接種医', field: 'doctor', read: words(100) },
  { header: 'ワクチンメーカー', field: 'manufacturer', read: words(60) },
  { header: 'ロット番号', field: 'lot', read: words(20) },
  { header: '接種量', field: 'amount', read: decimal(1000, 1, 10_000, 'invalid-amount') },
  { header: '予診票番号', field: 'ticketNumber', read: digits(20, 'invalid-ticket') },
  { header: '接種判定', field: 'judgement', read: words(20) },
  { header: '体温', field: 'temperature', read: decimal(10, 300, 450, 'invalid-temperature') },
  { header: '受付日', field: 'receivedOn', read: date },
  { header: '特記事項', field: 'remarks', read: words(500) },
];

const [TRANSFER, POST_CHANGE, RETURN] = PLACED_BY;
const [RETIREMENT, CONTRACT_END, UNIT_ENDED, LEAVE] = LEFT_BY;
/** 採用 makes a member of staff; the others change one. */
export const HIRE = 'hire';
/** 住所変更 changes nothing but where somebody lives. */
export const MOVED_HOME = 'moved-home';
const PERSONNEL_CHANGE = { 採用: HIRE, 異動: TRANSFER, 職名変更: POST_CHANGE, 昇任: POST_CHANGE, 復帰: RETURN, 退職: RETIREMENT, 契約終了: CONTRACT_END, 組織廃止: UNIT_ENDED, 休職: LEAVE, 住所変更: MOVED_HOME };
const STAFF_KIND: { readonly [word: string]: ActorKind } = { 職員: 'staff', 会計年度任用職員: 'fixed-term', 委託先従業者: 'entrusted', 再委託先従業者: 'sub-entrusted' };

/** Sections and roles by their codes. */
const PERSONNEL: readonly Column[] = [
  { header: '職員番号', field: 'employeeNumber', required: true, read: (text) => (isEmployeeNumber(text) ? ok(text) : no('invalid-employee-number')) },
  { header: '異動の区分', field: 'change', required: true, read: choice(PERSONNEL_CHANGE, 'invalid-personnel-change') },
  { header: '発令日', field: 'on', required: true, read: date },
  { header: '氏名', field: 'name', read: words(100) },
  { header: '職名', field: 'post', read: words(100) },
  { header: '職員の区分', field: 'kind', read: choice(STAFF_KIND, 'invalid-staff-kind') },
  { header: '部署', field: 'department', read: (text) => (isCode(text) ? ok(text) : no('invalid-department')) },
  { header: '役割', field: 'role', read: choice(Object.fromEntries(Object.keys(ROLES).map((role) => [role, role])), 'invalid-role') },
  { header: '住所', field: 'address', read: words(400) },
];

export const COLUMNS: { readonly [kind in FileKind]: readonly Column[] } = { residents: RESIDENTS, vaccinations: VACCINATIONS, personnel: PERSONNEL };

/** Where a row stands in its file. */
export interface RowPlace {
  /** 1 for the first row after the header; empty lines do not count */
  readonly row: number;
  /** as a spreadsheet numbers it, where that is not `row` + 1 */
  readonly line?: number;
}

export interface Reject extends RowPlace {
  /** as it stands in the file, 1-based; 0 for the row as a whole */
  readonly column: number;
  /** the field of that column */
  readonly item?: string;
  readonly reason: Reason;
}

export interface ParsedRow extends RowPlace {
  readonly values: { readonly [field: string]: unknown };
}

export type HeaderFault = { readonly code: 'number-column' | 'missing-columns' | 'unknown-columns' | 'doubled-columns'; readonly columns: readonly string[] };

/**
 * Which column stands where. Columns may come in any order and optional ones may be missing; one that is not known, or that must
 * not be there, refuses the file.
 */
export function matchHeader(kind: FileKind, header: readonly string[]): { readonly columns: readonly Column[] } | { readonly fault: HeaderFault } {
  const known = new Map(COLUMNS[kind].map((column) => [column.header, column]));
  // Slips carry no number: a vaccination file that does is refused whole.
  if (kind === 'vaccinations' && header.includes('個人番号')) return { fault: { code: 'number-column', columns: ['個人番号'] } };
  const doubled = header.filter((name, i) => header.indexOf(name) !== i);
  if (doubled.length > 0) return { fault: { code: 'doubled-columns', columns: header.flatMap((name, i) => (header.indexOf(name) === i ? [] : [known.has(name) ? name : String(i + 1)])) } };
  const missing = COLUMNS[kind].filter(({ header: name, required }) => required && !header.includes(name)).map(({ header: name }) => name);
  if (missing.length > 0) return { fault: { code: 'missing-columns', columns: missing } };
  if (header.some((name) => !known.has(name))) return { fault: { code: 'unknown-columns', columns: header.flatMap((name, i) => (known.has(name) ? [] : [String(i + 1)])) } };
  return { columns: header.map((name) => known.get(name)!) };
}

/** Reads one row. All faults of the row are found. */
export function readRow(columns: readonly Column[], cells: readonly string[], place: RowPlace): ParsedRow | readonly Reject[] {
  if (cells.length !== columns.length) return [{ ...place, column: 0, reason: 'column-count' }];
  const rejects: Reject[] = [];
  const values: Record<string, unknown> = {};
  columns.forEach(({ field, required, read }, i) => {
    const text = cells[i]!;
    if (text.trim() === '') {
      if (required) rejects.push({ ...place, column: i + 1, item: field, reason: 'missing' });
      return;
    }
    const cell = read(text);
    if (cell.ok) values[field] = cell.value;
    else rejects.push({ ...place, column: i + 1, item: field, reason: cell.reason });
  });
  return rejects.length > 0 ? rejects : { ...place, values };
}

/** A row that cannot be taken as a whole. */
export function rejectRow({ row, line }: RowPlace, reason: Reason): Reject {
  return { row, ...(line !== undefined && { line }), column: 0, reason };
}
