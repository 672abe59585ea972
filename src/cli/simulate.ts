import type { ReportHead } from '../../projections/reports/report.js';
import type { Client } from './client.js';
import { askingFor, begunReport, takePieces } from './report.js';
import { japanTime, table } from './table.js';

interface Simulation extends ReportHead {
  readonly rows: readonly { readonly change: string; readonly rule: string; readonly file: string | null; readonly department: string | null; readonly purpose: string | null; readonly count: number; readonly first: number | null; readonly last: number | null; readonly detail: string }[];
}

/** Has the engine try a version, as one member of staff: the report of that name, which is recorded. On a terminal it is shown how far it has come. */
export async function simulateVersion(client: Client, token: string, terms: object): Promise<readonly [Simulation, string]> {
  const { headers, pieces } = await begunReport(client, token, { path: '/reports/assessment-simulation', terms, signal: new AbortController().signal });
  const taken: Uint8Array[] = [];
  await takePieces((piece) => taken.push(piece), pieces, askingFor(client, token, headers.get('akashi-report-run')!));
  const simulation = JSON.parse(Buffer.concat(taken).toString()) as Simulation;
  const { title, stamp, rows, notes } = simulation;
  const lines = rows.map(({ change, rule, file, department, purpose, count, first, last, detail }) => [`  ${change}`, rule, file ?? '', department ?? '', purpose ?? '', String(count), first === null ? '' : `位置 ${first}–${last!}`, detail]);
  const until = stamp.recordedAt === null ? '' : `（位置 ${stamp.position}、${japanTime(stamp.recordedAt)} まで）`;
  return [simulation, [`${title}${until}`, ...table(lines), ...notes.map((note) => `  ※ ${note}`)].join('\n')];
}
