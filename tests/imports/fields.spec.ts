import { COLUMNS, matchHeader, readRow, type ParsedRow, type Reject } from '../../src/imports/columns.js';
import type { ImportKind } from '../../src/imports/events.js';
import { REASONS, type Reason } from '../../src/imports/reasons.js';
import { RESIDENT_COLUMNS, VACCINATION_COLUMNS } from '../../src/demo/generator/csv.js';
import { inventedNumber, personAt, slipOf, type Cells } from './files.js';

/** Every field of both files: what is taken, what is not, and what is said of it. */
const FILES = {
  residents: { names: RESIDENT_COLUMNS as readonly string[], row: personAt(1) },
  vaccinations: { names: VACCINATION_COLUMNS as readonly string[], row: slipOf(personAt(1)) },
} as const;

function read(kind: ImportKind, over: Cells): ParsedRow | readonly Reject[] {
  const { names, row } = FILES[kind];
  const matched = matchHeader(kind, names);
  if ('fault' in matched) throw new Error(matched.fault.code);
  return readRow(matched.columns, names.map((name) => ({ ...row, ...over })[name] ?? ''), { row: 7 });
}

const fieldOf = (kind: ImportKind, name: string): string => COLUMNS[kind].find(({ header }) => header === name)!.field;
const long = (length: number): string => '架'.repeat(length);
const wrong = inventedNumber(5).slice(0, 11) + String((Number(inventedNumber(5)[11]) + 1) % 10);

const DATES: readonly (readonly [string, string])[] = [
  ['2025-04-02', '2025-04-02'], ['20250402', '2025-04-02'], ['令和7年4月2日', '2025-04-02'], ['R7.4.2', '2025-04-02'], ['令和元年5月1日', '2019-05-01'], ['昭和64年1月7日', '1989-01-07'], ['20240229', '2024-02-29'],
];
const NO_DATES = ['20250229', '2025-4-2', '2025/04/02', '20250431', '00000000', '20250400', '令和元年4月30日', '昭和64年1月8日', '平成50年1月1日', '99991231', '202504021', 'きのう', ' 20250402'];
const texts = (max: number): Good => ['架空', '架空　𠮷', '架 空', '葛\u{e0100}', 'x'.repeat(max), long(max)].filter((text) => text.length <= max).map((text) => [text, text]);
const noTexts = (max: number): readonly string[] => [long(max + 1), '架\u0000空', '架\t空', '架\r\n空', '架\u202e空', '架\u2028空', '架\ud842', '架\u0085空'];

type Good = readonly (readonly [given: string, taken: unknown])[];
type Field = readonly [kind: ImportKind, name: string, good: Good, bad: readonly string[], reason: Reason];

const choices = (entries: { readonly [word: string]: string }): Good => Object.entries(entries);

const FIELDS: readonly Field[] = [
  ['residents', '宛名番号', [['1', '1'], ['870000001', '870000001'], ['９９９', '999'], ['12-34', '1234'], ['9'.repeat(15), '9'.repeat(15)], ['007', '007']], ['9'.repeat(16), '12a', 'A', '１２三', '1.5', '+1', '-'], 'invalid-addressee-number'],
  ['residents', '団体内統合宛名番号', [['9'.repeat(20), '9'.repeat(20)], ['００１', '001']], ['9'.repeat(21), '99x', '-'], 'invalid-integrated-number'],
  ['residents', '個人番号', [[inventedNumber(5), inventedNumber(5)], [inventedNumber(5).replace(/(\d{4})(?=\d)/g, '$1 '), inventedNumber(5)], [inventedNumber(5).replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d))), inventedNumber(5)]], [wrong, inventedNumber(5).slice(1), `${inventedNumber(5)}0`, '12345678901x'], 'invalid-number'],
  ['residents', '世帯番号', texts(20), noTexts(20), 'invalid-text'],
  ['residents', '氏名', texts(200), noTexts(200), 'invalid-text'],
  ['residents', '氏名の振り仮名', texts(200), noTexts(200), 'invalid-text'],
  ['residents', '生年月日', DATES, NO_DATES, 'invalid-date'],
  ['residents', '性別', choices({ 男: 'male', 女: 'female', 不明: 'unknown', '1': 'male', '2': 'female' }), ['0', '9', 'M', '男性', 'constructor', '１', '男 '], 'invalid-sex'],
  ['residents', '住所', texts(400), noTexts(400), 'invalid-text'],
  ['residents', '郵便番号', [['990-0001', '990-0001'], ['9900001', '9900001']], noTexts(8), 'invalid-text'],
  ['residents', '連絡先', texts(100), noTexts(100), 'invalid-text'],
  ['residents', '異動事由', choices({ 転入: 'move-in', '転入(国外)': 'move-in-abroad', 転居: 'move-within', 転出: 'move-out', 出生: 'birth', 死亡: 'death', 世帯変更: 'household', 職権記載: 'ex-officio-entry', 職権消除: 'ex-officio-removal', 職権修正: 'ex-officio-correction', 国籍取得: 'nationality', 国籍喪失: 'nationality', 帰化: 'nationality', 氏名変更: 'name-change' }), ['引越', '01', 'move-in', '支援措置', 'toString'], 'invalid-change'],
  ['residents', '異動日', DATES, NO_DATES, 'invalid-date'],
  ['residents', '異動届出日', DATES, NO_DATES, 'invalid-date'],
  ['residents', '住民となった日', DATES, NO_DATES, 'invalid-date'],
  ['residents', '住民でなくなった日', DATES, NO_DATES, 'invalid-date'],
  ['residents', '死亡日', DATES, NO_DATES, 'invalid-date'],
  ['vaccinations', '宛名番号', [['870000001', '870000001']], ['9'.repeat(16), 'A'], 'invalid-addressee-number'],
  ['vaccinations', '氏名の振り仮名', texts(200), noTexts(200), 'invalid-text'],
  ['vaccinations', '生年月日', DATES, NO_DATES, 'invalid-date'],
  ['vaccinations', '接種コード', texts(40), noTexts(40), 'invalid-text'],
  ['vaccinations', '接種回数', [['1', 1], ['10', 10], ['99', 99]], ['0', '100', '01', '1.0', '-1', '一', '１', '1 '], 'invalid-dose'],
  ['vaccinations', '接種日', DATES, NO_DATES, 'invalid-date'],
  ['vaccinations', '実施区分', choices({ 定期: 'routine', 臨時: 'temporary', 特例臨時: 'special-temporary', 長期療養特例: 'long-illness', 行政措置: 'administrative', 任意: 'voluntary' }), ['A類', 'routine', '1', 'valueOf'], 'invalid-class'],
  ['vaccinations', '実施医療機関', texts(100), noTexts(100), 'invalid-text'],
  ['vaccinations', '接種会場', texts(100), noTexts(100), 'invalid-text'],
  ['vaccinations', '接種医', texts(100), noTexts(100), 'invalid-text'],
  ['vaccinations', 'ワクチンメーカー', texts(60), noTexts(60), 'invalid-text'],
  ['vaccinations', 'ロット番号', [['AB1234', 'AB1234'], ['x'.repeat(20), 'x'.repeat(20)]], noTexts(20), 'invalid-text'],
  ['vaccinations', '接種量', [['0.50', 500], ['0.5', 500], ['1', 1000], ['0.001', 1], ['0.029', 29], ['10', 10_000]], ['0', '0.000', '10.001', '0.0005', '.5', '0,5', '-0.5', '0.5mL', '０.５', '1e1', '5.'], 'invalid-amount'],
  ['vaccinations', '予診票番号', [['2026000123', '2026000123'], ['9'.repeat(20), '9'.repeat(20)]], ['9'.repeat(21), 'T-1', '-'], 'invalid-ticket'],
  ['vaccinations', '接種判定', texts(20), noTexts(20), 'invalid-text'],
  ['vaccinations', '体温', [['36.5', 365], ['36', 360], ['30.0', 300], ['45', 450], ['35.85', 359]], ['29.9', '45.1', '3.65', '365', '三十六', '36.5度', '-36.5', '３６.５'], 'invalid-temperature'],
  ['vaccinations', '受付日', DATES, NO_DATES, 'invalid-date'],
  ['vaccinations', '特記事項', texts(500), noTexts(500), 'invalid-text'],
];

it('is every column that the two files have', () => {
  for (const kind of ['residents', 'vaccinations'] as const) {
    const tried = FIELDS.filter(([of]) => of === kind).map(([, name]) => name);
    expect(tried).toEqual(COLUMNS[kind].map(({ header }) => header));
    expect(tried).toEqual(FILES[kind].names);
  }
});

describe.each(FIELDS)('%s: %s', (kind, name, good, bad, reason) => {
  const [field, column] = [fieldOf(kind, name), FILES[kind].names.indexOf(name) + 1];

  it('is taken as meant', () => {
    const taken = good.map(([given]) => (read(kind, { [name]: given }) as ParsedRow).values?.[field]);
    expect(taken).toEqual(good.map(([, value]) => value));
  });

  it('is rejected by row, column and reason, and the value is not told', () => {
    for (const given of bad) expect([given, read(kind, { [name]: given })]).toEqual([given, [{ row: 7, column, item: field, reason }]]);
  });

  it('when empty is missing, or not there at all', () => {
    const { required } = COLUMNS[kind].find(({ header }) => header === name)!;
    const empty = read(kind, { [name]: '' });
    if (required) expect(empty).toEqual([{ row: 7, column, item: field, reason: 'missing' }]);
    else expect((empty as ParsedRow).values).not.toHaveProperty(field);
  });
});

it('what a row must say, and what it may leave out', () => {
  const required = (kind: ImportKind): readonly string[] => COLUMNS[kind].filter((column) => column.required).map(({ header }) => header);
  expect(required('residents')).toEqual(['宛名番号', '氏名', '氏名の振り仮名', '生年月日', '性別', '住所', '異動事由', '異動日']);
  expect(required('vaccinations')).toEqual(['宛名番号', '生年月日', '接種コード', '接種回数', '接種日', '実施区分']);
});

it('all faults of a row are told at once, in the order of its columns', () => {
  const rejects = read('residents', { 宛名番号: 'x', 氏名: '', 性別: '?', 異動日: 'きょう' }) as readonly Reject[];
  expect(rejects.map(({ column, reason }) => [column, reason])).toEqual([[1, 'invalid-addressee-number'], [5, 'missing'], [8, 'invalid-sex'], [13, 'invalid-date']]);
});

it.each(Object.entries(REASONS))('%s is said in Japanese, and the code can stand open in the ledger', (code, text) => {
  expect(text).toMatch(/[ぁ-ん]/);
  expect(code).toMatch(/^[a-z][a-z-]+$/);
});
