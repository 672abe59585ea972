import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** An answer of the API is data: a browser is to run, frame, guess and pass on nothing of it. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The page for people at /docs brings its own script; it has styles and pictures in the page itself. */
const DOCS = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

const ALWAYS = {
  'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': NOTHING, 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin', 'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** What every answer says to a browser, whatever it is the answer to. `isEncrypted`: it leaves over TLS of our own. */
export function securityHeaders(isEncrypted: boolean): { readonly [name: string]: string } {
  return isEncrypted ? { ...ALWAYS, 'Strict-Transport-Security': `max-age=${YEAR_SECONDS}` } : ALWAYS;
}

export function secureHeaders(reply: FastifyReply, url: string, isEncrypted: boolean): void {
  void reply.headers(securityHeaders(isEncrypted));
  if (/^\/docs(?:[/?]|$)/.test(url)) void reply.header('Content-Security-Policy', DOCS);
}

const NO_REQUEST: { readonly [code: string]: number } = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What answers bytes that are no request, in the place of Node's own answer, which has no headers. */
export function answerNoRequest(isEncrypted: boolean): (error: Error & { readonly code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const status = NO_REQUEST[error.code ?? ''] ?? 400;
    const body = JSON.stringify({ type: 'urn:akashi:problem:invalid-request', title: '要求に誤りがあります', status, code: 'invalid-request' });
    const headers = { ...securityHeaders(isEncrypted), 'Content-Type': 'application/problem+json; charset=utf-8', 'Content-Length': Buffer.byteLength(body), Connection: 'close' };
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n');
    if (socket.writable) socket.write(`${head}\r\n\r\n${body}`);
    socket.destroy(error);
  };
}
