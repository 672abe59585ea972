import { DECLARATION, MINATO, RECORD, type Answer } from '../../support/city.js';

/** The written items of the city, in force long enough for any clock. */
export const DOCUMENT = DECLARATION.replace('"effectiveFrom": "2026-10-01"', '"effectiveFrom": "2025-10-01"');
export const FILE = { file: 'vaccination' } as const;
export const PERSON = { ...MINATO, birthDate: '2024-04-02' } as const;
export const DOSE = { ...RECORD, vaccinatedOn: '2025-10-20' } as const;

export type Headers = { readonly [name: string]: string };

/** One request; a body that is text or bytes goes as it is. */
export async function request(address: string, method: string, path: string, token: string | null, body?: unknown, headers: Headers = {}): Promise<Answer> {
  const response = await fetch(`${address}${path}`, {
    method,
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: /^[{[]/.test(text) ? JSON.parse(text) : text };
}

/** Fails with the whole answer when the status is another. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): Answer {
  if (!statuses.includes(answer.status)) throw new Error(`${answer.status} instead of ${statuses.join(' or ')}: ${JSON.stringify(answer.body)}`);
  return answer;
}

export async function putInForce(address: string, { compliance, chief }: { readonly compliance: string; readonly chief: string }): Promise<void> {
  expectStatus(await request(address, 'POST', '/declarations/proposals', compliance, { document: DOCUMENT }), 201);
  expectStatus(await request(address, 'POST', '/declarations/in-force', chief, { version: 3 }), 201);
}
