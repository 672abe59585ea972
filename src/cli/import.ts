import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { createDecoder } from '../codes/encoding.js';
import { COLUMNS } from '../imports/columns.js';
import type { FileKind } from '../imports/events.js';
import type { ImportSummary } from '../imports/progress.js';
import { ApiError, sha256Of, type Client, type Headers } from './client.js';
import { requireFile } from './places.js';

export interface ImportRequest {
  readonly kind: FileKind;
  readonly path: string;
  readonly encoding: 'utf-8' | 'cp932';
  /** the next three of every file but that of the personnel office */
  readonly file?: string;
  readonly source?: string;
  readonly method?: string;
  readonly purpose?: string;
  readonly migration?: boolean;
  readonly reason?: string;
}

export type Imported = ImportSummary & { readonly deviations?: readonly { readonly message: string }[] };

/** Sends a file and follows how it goes. The same file again changes nothing. */
export async function importFile(client: Client, token: string, request: ImportRequest, show: boolean, headers: Headers = {}): Promise<Imported> {
  const { kind, path, ...rest } = request;
  requireFile(path, 'CSV ファイル');
  const [route, given] = kind === 'personnel' ? ['/personnel-feeds', rest] : ['/imports', { kind, ...rest }];
  const opened = await client.send<{ id: string; deviations?: readonly { message: string }[] }>('POST', route, token, { digest: await sha256Of(path), ...given }, headers);
  const bar = show ? new SingleBar({ format: `  {bar} {value} 行  経過 {duration_formatted}`, hideCursor: true, noTTYOutput: false, clearOnComplete: true, barsize: 24 }) : undefined;
  bar?.start(estimateRows(path), 0);
  const poll = setInterval(() => {
    void client.send<ImportSummary>('GET', `/imports/${opened.id}`, token).then(({ rows }) => bar?.update(rows)).catch(() => undefined);
  }, 250);
  try {
    const summary = await client.upload<ImportSummary>(`/imports/${opened.id}/content`, token, path);
    return { ...summary, ...(opened.deviations && { deviations: opened.deviations }) };
  } catch (error) {
    throw error instanceof ApiError ? new ApiError(error.status, error.problem, whatItMaySeemToBe(error, request)) : error;
  } finally {
    clearInterval(poll);
    bar?.stop();
  }
}

// Only for the length of the bar: rows of these files are some 150 bytes long.
function estimateRows(path: string): number {
  return Math.max(1, Math.round(statSync(path).size / 150));
}

export const FILE_LABELS: { readonly [kind in FileKind]: string } = { residents: '住民（宛名）ファイル', vaccinations: '接種記録ファイル', personnel: '人事異動ファイル' };

/** A file that cannot be taken is often one of another kind, or in another encoding. */
function whatItMaySeemToBe({ problem }: ApiError, { kind, path, encoding }: ImportRequest): string | undefined {
  if (problem.code === 'not-encoding') return encoding === 'utf-8' ? 'CP932（Shift_JIS）のファイルなら --encoding cp932 を付けてください。' : 'UTF-8 のファイルなら --encoding utf-8 を指定してください。';
  if (!['number-column', 'missing-columns', 'unknown-columns'].includes(problem.code ?? '')) return undefined;
  const header = headerOf(path, encoding);
  const other = (Object.keys(COLUMNS) as FileKind[]).find((one) => one !== kind && COLUMNS[one].every((column) => !column.required || header.includes(column.header)));
  return other && `見出しは${FILE_LABELS[other]}のものです。akashi import ${other} で取り込んでください。`;
}

function headerOf(path: string, encoding: ImportRequest['encoding']): readonly string[] {
  const start = Buffer.alloc(16 * 1024);
  const fd = openSync(path, 'r');
  try {
    const line = start.subarray(0, readSync(fd, start)).toString('latin1').split(/[\r\n]/)[0]!;
    return createDecoder(encoding).write(Buffer.from(line, 'latin1')).split(',').map((cell) => cell.replaceAll('"', '').trim());
  } finally {
    closeSync(fd);
  }
}

/** What came of an import, in a line and one for each deviation. */
export function describeImport({ already, registered, changed, unchanged, rejected, rows, deviations = [] }: Imported, reason?: string): string {
  const shown = already ? [] : deviations; // what is answered then is of the first time
  return [
    already ? 'このファイルは取込み済みです。何も変更していません。' : `${rows}行: 登録 ${registered}、変更 ${changed}、変更なし ${unchanged}、取り込めなかった行 ${rejected}`,
    ...shown.map(({ message }) => `記載外の取扱い（逸脱として記録しました）: ${message}`),
    ...(shown.length > 0 && reason === undefined ? ['  --reason で理由を添えると、封をして記録に残ります。'] : []),
  ].join('\n');
}
