/** The two files of the demo as the city's other systems would deliver them. */

export const RESIDENT_COLUMNS = [
  '宛名番号', '団体内統合宛名番号', '個人番号', '世帯番号', '氏名', '氏名の振り仮名', '生年月日', '性別', '住所', '郵便番号', '連絡先', '異動事由', '異動日',
  '異動届出日', '住民となった日', '住民でなくなった日', '死亡日',
] as const;
export const VACCINATION_COLUMNS = [
  '宛名番号', '氏名の振り仮名', '生年月日', '接種コード', '接種回数', '接種日', '実施区分', '実施医療機関', '接種会場', '接種医', 'ワクチンメーカー', 'ロット番号',
  '接種量', '予診票番号', '接種判定', '体温', '受付日', '特記事項',
] as const;

export type ResidentRow = Readonly<Record<(typeof RESIDENT_COLUMNS)[number], string>>;
export type VaccinationRow = Readonly<Record<(typeof VACCINATION_COLUMNS)[number], string>>;

export function residentLine(row: ResidentRow): string {
  return csvLine(RESIDENT_COLUMNS.map((column) => row[column]));
}

export function vaccinationLine(row: VaccinationRow): string {
  return csvLine(VACCINATION_COLUMNS.map((column) => row[column]));
}

/** One record of RFC 4180 without its line end; a field is quoted only where it must be. */
export function csvLine(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
