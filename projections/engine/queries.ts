import type { Type } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import { isCode } from '../../src/ledger/fields.js';
import { isId } from '../../src/ledger/ids.js';
import { afterOf, correlationOf, principalOf, type AkashiRequest } from '../../src/http/request.js';
import type { About } from '../../src/handling/block.js';
import { PICKED_REASONS, type ReasonCode } from '../../src/handling/door.js';
import type { ReadCall } from '../../src/walks/read-walk.js';
import { Problem, notFound } from '../../src/walks/problem.js';
import type { Moment, Desk } from './desk.js';

/** What every question about personal information brings along. */
export interface Asked extends ReadCall {
  readonly file: string;
  readonly purpose?: string;
  readonly about: About;
  readonly moment: Moment;
}

/**
 * Reads the circumstances of a question. File and moment stand in the query, purpose in a header; the case number is free text and so
 * comes in a header too: nothing personal is ever in a URL. @throws Problem 400
 */
export function askedBy(request: AkashiRequest): Asked {
  const { file } = request.query as { readonly [name: string]: unknown };
  const purpose = request.headers['akashi-purpose'];
  const caseRef = request.headers['akashi-case-ref'];
  if (!isCode(file)) throw invalid('file', '特定個人情報ファイルの符号（file）を指定してください');
  if (purpose !== undefined && !isCode(purpose)) throw invalid('Akashi-Purpose', '使用目的は評価書の記載に用いる符号で指定してください');
  const reasonCode = request.headers['akashi-reason-code'];
  if (reasonCode !== undefined && !PICKED_REASONS.includes(reasonCode as ReasonCode)) throw invalid('Akashi-Reason-Code', `理由は ${PICKED_REASONS.join('、')} のどれかで指定してください`);
  if (caseRef !== undefined && (typeof caseRef !== 'string' || caseRef.length > 3000)) throw invalid('Akashi-Case-Ref', '受付番号は100字以内で指定してください');
  return {
    principal: principalOf(request),
    correlationId: correlationOf(request),
    file,
    ...(purpose !== undefined && { purpose: purpose }),
    ...(reasonCode !== undefined && { reasonCode: reasonCode as ReasonCode }),
    about: caseRef === undefined ? {} : { caseRef: decodeURIComponentSafely(caseRef) },
    moment: momentOf(request),
  };
}

/** Which moment a question is about, and what it must not be behind. @throws Problem 400 */
export function momentOf(request: AkashiRequest): Moment {
  const { asOf, asOfPosition } = request.query as { readonly [name: string]: unknown };
  if (asOf !== undefined && (typeof asOf !== 'string' || asOf.length > 40)) throw invalid('asOf', '時点は日付（YYYY-MM-DD）か時差付きの日時で指定してください');
  if (asOfPosition !== undefined && (typeof asOfPosition !== 'string' || !/^\d{1,15}$/.test(asOfPosition))) throw invalid('asOfPosition', '位置は番号で指定してください');
  const after = afterOf(request);
  return { ...(asOf !== undefined && { asOf }), ...(asOfPosition !== undefined && { asOfPosition: Number(asOfPosition) }), ...(after !== undefined && { after }) };
}

export function mayLookBack({ principal }: Asked): boolean {
  return principal.rights.has('register:as-of');
}

/** The rights that a question needs: one more when it is about a moment past, which shows what has been corrected since. */
export function rightsFor({ moment }: Asked, right: string): readonly string[] {
  return moment.asOf === undefined && moment.asOfPosition === undefined ? [right] : [right, 'register:as-of'];
}

/** @throws Problem 404: an id of another form is nobody's */
export function idParam(request: AkashiRequest): string {
  const { id } = request.params as { id?: unknown };
  if (!isId(id)) throw notFound();
  return id;
}

/** The Nest CQRS handler of a query class, made of a plain function. */
export function queryHandler<Q extends object, R>(query: Type<Q>, desk: Desk, answer: (desk: Desk, query: Q) => Promise<R>): Type {
  class Handler {
    execute(asked: Q): Promise<R> {
      return answer(desk, asked);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${query.name}Handler` });
  QueryHandler(query as never)(Handler);
  return Handler;
}

// Header values are bytes of Latin-1: Japanese comes percent-encoded.
function decodeURIComponentSafely(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (decoded.length <= 100 && decoded.isWellFormed()) return decoded;
  } catch {
    // said below
  }
  throw invalid('Akashi-Case-Ref', '受付番号はパーセント符号化（UTF-8）で、100字以内で指定してください');
}

function invalid(path: string, message: string): Problem {
  return new Problem(400, 'invalid-input', '入力に誤りがあります', { errors: [{ path, code: path, message }] });
}
