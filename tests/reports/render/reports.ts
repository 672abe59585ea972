import { writeReport } from '../../../projections/reports/render/index.js';
import type { Column, Format, Report, ReportHead, ReportRow } from '../../../projections/reports/report.js';

export const COLUMNS: readonly Column[] = [
  { key: 'at', label: '取扱日時', kind: 'instant', width: 16 },
  { key: 'number', label: '宛名番号', kind: 'text', width: 12 },
  { key: 'name', label: '氏名', kind: 'text', width: 14 },
  { key: 'birth', label: '生年月日', kind: 'date', width: 10 },
  { key: 'items', label: '記録項目', kind: 'text', width: 30 },
  { key: 'count', label: '回数', kind: 'count', width: 8 },
];

export const HEAD: ReportHead = {
  name: 'handling-log', title: '取扱記録一覧', agency: '塩浜市長',
  parameters: [{ label: '期間', value: '2026-04-01から2026-09-30まで' }],
  stamp: { position: 184302, recordedAt: '2026-10-01T15:23:45.678Z', lastErasure: { position: 180011, recordedAt: '2026-09-28T08:00:00.000Z' } },
  notes: ['消去された値は「（消去済み）」と示します。'],
  columns: COLUMNS,
};

/** A row like another, of its number alone; the people are made up. */
export function rowOf(number: number): ReportRow {
  return [
    new Date(Date.UTC(2026, 3, 1) + number * 60_000).toISOString(), String(number).padStart(10, '0'), `塩浜　花子${number % 50}`, `19${50 + (number % 50)}-04-0${1 + (number % 9)}`,
    number % 7 === 0 ? '氏名、生年月日、住所、接種日、接種回数、ワクチンの種類、ロット番号、実施医療機関（所在地を含む。）、特記事項' : '氏名、接種日', number,
  ];
}

export function rowsOf(count: number): ReportRow[] {
  return Array.from({ length: count }, (_, number) => rowOf(number));
}

export function reportOf(rows: readonly ReportRow[], head: Partial<ReportHead> = {}, blockSize = 100): Report {
  return { head: { ...HEAD, ...head }, blocks: blocksOf(rows, blockSize) };
}

async function* blocksOf(rows: readonly ReportRow[], size: number): AsyncGenerator<readonly ReportRow[]> {
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}

/** The whole document. */
export async function written(report: Report, format: Format): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await writeReport(report, format, async (chunk) => {
    chunks.push(Buffer.from(chunk));
  });
  return Buffer.concat(chunks);
}
