import { randomBytes } from 'node:crypto';
import type { TerminalClass } from '../../src/walks/terminals.js';
import type { Answer } from '../support/city.js';
import { expectStatus, type Stage } from '../walks/stage.js';
import { codeOf, type Person, type SignedIn } from './signing-in.js';

export type Headers = Record<string, string>;

/** As a proxy that has verified a certificate passes a request on. */
export const from = (fingerprint: string, address = '192.0.2.7'): Headers => ({ 'x-forwarded-for': address, 'akashi-client-certificate': fingerprint });
export const anyFingerprint = (): string => randomBytes(32).toString('hex');

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
