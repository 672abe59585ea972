import { Problem } from '../../src/walks/problem.js';

/** No list is longer: a finer question is asked instead. */
export const PAGE_MAX = 50;
/** A search with more hits asks for a narrower one. */
export const HITS_MAX = 200;

export interface PageRequest {
  readonly limit: number;
  /** key of the last row seen */
  readonly after: number;
}

/** Reads `limit` and `cursor`; a cursor is opaque to callers and only ever a row's own key. @throws Problem 400 */
export function pageOf({ limit, cursor }: { readonly limit?: string; readonly cursor?: string }): PageRequest {
  const size = limit === undefined ? PAGE_MAX : Number(limit);
  const after = cursor === undefined ? 0 : Number.parseInt(cursor, 36);
  if (!Number.isSafeInteger(size) || size < 1 || size > PAGE_MAX) throw invalid('limit', `一覧は1件から${PAGE_MAX}件までです`);
  if (!Number.isSafeInteger(after) || after < 0 || (cursor !== undefined && !/^[0-9a-z]{1,11}$/.test(cursor))) throw invalid('cursor', '続きの指定が正しくありません');
  return { limit: size, after };
}

export function cursorOf(key: number): string {
  return key.toString(36);
}

function invalid(path: string, message: string): Problem {
  return new Problem(400, 'invalid-input', '入力に誤りがあります', { errors: [{ path, code: path, message }] });
}

/** The rows of a page, of one more than it may hold: whether there are more is known without counting. */
export function pageRows<R extends { readonly key: number }>({ limit }: PageRequest, read: readonly R[]): { readonly rows: readonly R[]; readonly next?: string } {
  const rows = read.slice(0, limit);
  return read.length > limit ? { rows, next: cursorOf(rows.at(-1)!.key) } : { rows };
}
