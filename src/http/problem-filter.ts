import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from 'pino';
import { UnreadableEvent } from '../ledger/ledger.js';
import { FutureSchema, UnknownEventType } from '../ledger/registry.js';
import { CorruptEvent, EventTooLarge } from '../store/event.js';
import { StoreBusy, StoreUnavailable } from '../store/port.js';
import { NotCanonical } from '../store/canonical.js';
import { Problem } from '../walks/problem.js';
import { correlationOf, type AkashiReply, type AkashiRequest } from './request.js';

/** Every error as RFC 9457 problem details with a stable code. What was sent is never repeated. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly alarm: (code: string, detail: { readonly [name: string]: string | number }) => void,
    /** where the ledger stands, as far as anybody knows */
    private readonly head: () => Promise<number>,
  ) {}

  private unavailableAt: number | undefined;

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(http.getRequest<AkashiRequest>(), http.getResponse<AkashiReply>(), this.toProblem(error));
  }

  toProblem(error: unknown): Problem {
    const problem = knownProblem(error);
    if (problem?.code === 'store-unavailable') {
      void this.head().catch(() => 0).then((position) => {
        if (position !== this.unavailableAt) this.alarm(problem.code, { position }); // once for each time, not for each request
        this.unavailableAt = position;
      });
    }
    if (problem) return problem;
    if (error instanceof UnreadableEvent) {
      this.alarm(error.verdict, { position: error.position });
      return new Problem(500, error.verdict, '記録を開けません。情報システム担当に連絡してください');
    }
    if (error instanceof CorruptEvent || error instanceof UnknownEventType || error instanceof FutureSchema) {
      this.alarm(error.code, { position: error.position });
      return new Problem(500, error.code, `位置 ${error.position} の記録を読めません。情報システム担当に連絡してください`);
    }
    const { name, stack = '' } = error instanceof Error ? error : new Error('not an error');
    // A message might quote what was being handled: only the frames are written.
    this.logger.error({ error: name, frames: stack.split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12) }, 'unexpected error');
    return new Problem(500, 'internal', '処理中に予期しない誤りが起きました。情報システム担当に連絡してください');
  }
}

const NOT_RECORDABLE = '記録ができないため、処理を止めています。情報システム担当に連絡してください';
/** Of the disk, of SQLite on it, or of the file of keys: whatever it was about has not been done. */
const NO_ROOM = /^(SQLITE_(FULL|IOERR|BUSY|LOCKED)|ENOSPC|EDQUOT|EFBIG|EIO$|vault-full$)/;

function knownProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof StoreBusy) return new Problem(503, 'busy', '混み合っています。少し待ってからもう一度実行してください', { retryAfter: 1 });
  if (error instanceof StoreUnavailable) return new Problem(503, 'store-unavailable', NOT_RECORDABLE, { retryAfter: 5 });
  if (error instanceof EventTooLarge) return new Problem(413, 'too-large', '一件の記録として大きすぎます');
  if (error instanceof NotCanonical) return new Problem(400, 'invalid-input', '入力に誤りがあります', { errors: [{ path: '', code: error.reason, message: '扱えない文字か数値が含まれています' }] });
  const code = (error as { code?: string }).code ?? ((error as { cause?: { code?: string } }).cause?.code);
  if (code !== undefined && NO_ROOM.test(code)) return new Problem(503, 'store-unavailable', NOT_RECORDABLE, { retryAfter: 5 });
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem(413, 'too-large', '送られた本文が大きすぎます');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Problem(415, 'unsupported-media-type', '本文の形式（Content-Type）を受け付けていません');
  if (code?.startsWith('FST_ERR_CTP_')) return new Problem(400, 'invalid-json', '本文が JSON として読めません');
  if (error instanceof HttpException && error.getStatus() === 404) return new Problem(404, 'not-found', 'この URL に該当する API はありません');
  if (error instanceof HttpException && error.getStatus() < 500) return new Problem(error.getStatus(), 'invalid-request', '要求に誤りがあります');
  const status = (error as { statusCode?: number }).statusCode;
  if (status !== undefined && status >= 400 && status < 500) return new Problem(status, 'invalid-request', '要求に誤りがあります');
  return undefined;
}

export function sendProblem(request: AkashiRequest, reply: AkashiReply, problem: Problem): void {
  if (reply.sent) return;
  const { retryAfter, ...extra } = problem.extra as { readonly retryAfter?: number };
  if (retryAfter !== undefined) void reply.header('Retry-After', String(retryAfter));
  if (problem.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  void reply
    .status(problem.status)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify({ type: `urn:akashi:problem:${problem.code}`, title: problem.title, status: problem.status, code: problem.code, correlationId: correlationOf(request), ...extra }));
}
