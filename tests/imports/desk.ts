import { parse } from 'csv-parse/sync';
import type { ImportKind } from '../../src/imports/events.js';
import type { ImportSummary } from '../../src/imports/progress.js';
import type { Answer } from '../support/city.js';
import { expectStatus, type Stage } from '../walks/stage.js';
import { sha256 } from './files.js';

/** How files come in over HTTP. */

export const FROM_RESIDENTS = { source: 'own-department:residents', method: 'internal-link', purpose: 'record-keeping' } as const;
export const FROM_CLINICS = { source: 'private:clinic', method: 'paper', purpose: 'record-keeping' } as const;

/** One line of the rejects file. */
export interface RejectLine {
  readonly line: number;
  readonly column: number | null;
  readonly item: string;
  readonly code: string;
  readonly reason: string;
}

export function opening(kind: ImportKind, bytes: Uint8Array, over: object = {}): object {
  return { kind, file: 'vaccination', encoding: 'utf-8', digest: sha256(bytes), ...(kind === 'residents' ? FROM_RESIDENTS : FROM_CLINICS), ...over };
}

/** Opens the import of a file; the same file is the same import. */
export async function open(stage: Stage, kind: ImportKind, bytes: Uint8Array, over: object = {}, token = stage.clerk): Promise<string> {
  return expectStatus(await stage.post('/imports', token, opening(kind, bytes, over)), 201, 200).body.id as string;
}

/** Sends the content of an import: bytes, or a stream that is still to be written. */
export async function send(stage: Stage, id: string, body: Uint8Array | ReadableStream<Uint8Array>, { token = stage.clerk, type = 'text/csv', signal }: { token?: string; type?: string; signal?: AbortSignal } = {}): Promise<Answer> {
  const response = await fetch(`${stage.city.server.address}/imports/${id}/content`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: body as BodyInit,
    duplex: 'half',
    ...(signal && { signal }),
  } as RequestInit);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
}

/** The whole of it: opened and sent. */
export async function take(stage: Stage, kind: ImportKind, bytes: Uint8Array, over: object = {}): Promise<ImportSummary> {
  return expectStatus(await send(stage, await open(stage, kind, bytes, over), bytes), 200).body as ImportSummary;
}

export async function progress(stage: Stage, id: string): Promise<ImportSummary> {
  return expectStatus(await stage.get(`/imports/${id}`, stage.clerk), 200).body as ImportSummary;
}

/** The rejects file as a spreadsheet reads it. */
export async function rejectsOf(stage: Stage, id: string): Promise<readonly RejectLine[]> {
  const { body } = expectStatus(await stage.get(`/imports/${id}/rejects`, stage.clerk), 200);
  const [header, ...lines] = parse(body as string, { bom: true });
  expect(header).toEqual(['行', '列', '項目', '理由コード', '理由']);
  return lines.map(([line, column, item, code, reason]) => ({ line: Number(line), column: column === '' ? null : Number(column), item: item!, code: code!, reason: reason! }));
}

/** A body that is written piece by piece from here. */
export function slowBody(): { readonly stream: ReadableStream<Uint8Array>; write(bytes: Uint8Array): void; end(): void; fail(): void } {
  let control!: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({ start: (given) => void (control = given) });
  return { stream, write: (bytes) => control.enqueue(bytes), end: () => control.close(), fail: () => control.error(new Error('cut off')) };
}
