import { randomBytes } from 'node:crypto';
import { Agent, fetch as fetchBy } from 'undici';
import type { TerminalClass } from '../../src/walks/terminals.js';
import type { Answer } from '../support/city.js';
import { expectStatus, type Stage } from '../walks/stage.js';
import { codeOf, type Person, type SignedIn } from './signing-in.js';

export type Headers = Record<string, string>;

/** As a proxy that has verified a certificate passes a request on. */
export const from = (fingerprint: string, address = '192.0.2.7'): Headers => ({ 'x-forwarded-for': address, 'akashi-client-certificate': fingerprint });
export const anyFingerprint = (): string => randomBytes(32).toString('hex');

/** A request from another address of this machine: 127.0.0.2, 127.0.0.3 … are other machines, as far as the engine can tell, when something in between has passed it on. */
export async function callFrom(stage: Stage, address: string, path: string, token: string | null, headers: Headers, body?: object): Promise<Omit<Answer, 'headers'>> {
  const agent = new Agent({ localAddress: address, connections: 1 });
  try {
    const answer = await fetchBy(`${stage.city.server.address}${path}`, {
      dispatcher: agent, method: body ? 'POST' : 'GET', headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }), ...headers }, ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  } finally {
    await agent.close();
  }
}

export interface Registered {
  readonly code: string;
  readonly fingerprint: string;
  readonly headers: Headers;
}

let made = 0;
/** Registered from the machine itself. */
export async function registered(stage: Stage, kind: TerminalClass, fingerprint = anyFingerprint()): Promise<Registered> {
  const code = `t${(made += 1)}`;
  expectStatus(await stage.post('/terminals', stage.operator, { terminal: code, class: kind, department: 'health-promotion', label: '架空の窓口', certificates: [fingerprint] }), 201);
  return { code, fingerprint, headers: from(fingerprint) };
}

/** Signs in from somewhere; each code is good once. */
export function signInFrom(stage: Stage, { login, password, secret }: Person, headers: Headers): Promise<Answer> {
  stage.pass(30_000);
  return stage.post('/sign-in', null, { login, password, code: codeOf({ secret }, stage), purpose: 'routine-vaccination' }, headers);
}

export async function atWorkFrom(stage: Stage, person: Person, headers: Headers): Promise<SignedIn> {
  return expectStatus(await signInFrom(stage, person, headers), 200).body as SignedIn;
}
