import { statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import type { ImportSummary } from '../imports/progress.js';
import { sha256Of, type Client, type Headers } from './client.js';

export interface ImportRequest {
  readonly kind: 'residents' | 'vaccinations';
  readonly path: string;
  readonly file: string;
  readonly encoding: 'utf-8' | 'cp932';
  readonly source: string;
  readonly method: string;
  readonly purpose?: string;
  readonly migration?: boolean;
  readonly reason?: string;
}

/** Sends a file and follows how it goes. The same file again changes nothing. */
export async function importFile(client: Client, token: string, request: ImportRequest, show: boolean, headers: Headers = {}): Promise<ImportSummary & { readonly deviations?: readonly { readonly message: string }[] }> {
  const { kind, path, ...rest } = request;
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new Error(`ファイル ${path} がありません。`);
  const opened = await client.send<{ id: string; deviations?: readonly { message: string }[] }>('POST', '/imports', token, { kind, digest: await sha256Of(path), ...rest }, headers);
  const bar = show ? new SingleBar({ format: `  {bar} {value} 行  経過 {duration_formatted}`, hideCursor: true, noTTYOutput: false, clearOnComplete: true, barsize: 24 }) : undefined;
  bar?.start(estimateRows(path), 0);
  const poll = setInterval(() => {
    void client.send<ImportSummary>('GET', `/imports/${opened.id}`, token).then(({ rows }) => bar?.update(rows)).catch(() => undefined);
  }, 250);
  try {
    const summary = await client.upload<ImportSummary>(`/imports/${opened.id}/content`, token, path);
    return { ...summary, ...(opened.deviations && { deviations: opened.deviations }) };
  } finally {
    clearInterval(poll);
    bar?.stop();
  }
}

// Only for the length of the bar: rows of these files are some 150 bytes long.
function estimateRows(path: string): number {
  return Math.max(1, Math.round(statSync(path).size / 150));
}

export function describeImport({ already, registered, changed, unchanged, rejected, rows }: ImportSummary): string {
  if (already) return 'このファイルは取込み済みです。何も変更していません。';
  return `${rows}行: 登録 ${registered}、変更 ${changed}、変更なし ${unchanged}、取り込めなかった行 ${rejected}`;
}
