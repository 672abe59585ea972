import { request } from 'node:http';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly text: string;
  // Answers are looked into member by member.
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** A request as it is written, path and headers untouched; a header may come more than once. */
export function send(address: string, method: string, path: string, headers: Record<string, string | string[]> = {}, body?: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, method, path, headers: { connection: 'close', ...headers }, timeout: 20_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, text, body: text.startsWith('{') ? JSON.parse(text) : undefined }));
    });
    asked.on('error', reject).on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.end(body);
  });
}

/** Bytes that need be no request at all; resolves with what comes back until the other end closes. */
export function sendBytes(address: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').setTimeout(20_000, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (piece: string) => (text += piece)).on('close', () => resolve(text)).on('error', reject);
  });
}

/** A number that stands in what is sent, and must stand in no answer. */
export const SECRET = '000000001015';

export const JAPANESE = /[ぁ-んァ-ヶ一-龠]/;

/** Checks that an answer is problem details, and hands back its code. */
export function codeOf({ status, headers, body }: RawAnswer): string {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(body).toEqual(expect.objectContaining({ type: `urn:akashi:problem:${body.code}`, status, title: expect.stringMatching(JAPANESE), correlationId: headers['x-correlation-id'] }));
  return body.code as string;
}
