import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Answer } from '../support/city.js';
import { expectStatus, type Stage } from '../walks/stage.js';

/** Somebody with an account: what they know, and what they hold. */
export interface Person {
  readonly staff: string;
  readonly account: string;
  readonly login: string;
  readonly secret: string;
  password: string;
}

export interface SignedIn {
  readonly token: string;
  readonly renewal: string;
  readonly session: string;
}

export const MINUTES = 60_000;
const STEP_MS = 30_000;

export function goodPassword(): string {
  return `架空の合言葉 ${randomBytes(9).toString('base64url')}`;
}

/** What the authenticator shows. */
export function codeOf({ secret }: Pick<Person, 'secret'>, stage: Stage): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: stage.city.server.engine.clock() });
}

/** Somebody of the information systems section, at any time of the test's day. */
export function operator(stage: Stage): Promise<string> {
  return stage.token({ role: 'operator', department: 'information-systems' });
}

/** A member of staff with an account and factors just given out. */
export async function newcomer(stage: Stage, role = 'clerk', department = 'health-promotion'): Promise<Person> {
  const login = `s${randomBytes(6).toString('hex')}`;
  const staff = expectStatus(await stage.post('/staff', await operator(stage), { name: '架空　花子', post: '主事', kind: 'staff', department, role }), 201).body.id as string;
  const account = expectStatus(await stage.post('/accounts', await operator(stage), { staff, login }), 201).body.id as string;
  return { staff, account, login, ...(await newFactors(stage, account)) };
}

export async function newFactors(stage: Stage, account: string): Promise<Pick<Person, 'password' | 'secret'>> {
  const { handover } = expectStatus(await stage.post(`/accounts/${account}/factors`, await operator(stage), {}), 200).body as { handover: { password: string; authenticator: string } };
  return { password: handover.password, secret: new URL(handover.authenticator).searchParams.get('secret')! };
}

export function signIn(stage: Stage, { login, password, ...person }: Person, over: object = {}): Promise<Answer> {
  stage.pass(STEP_MS); // each code is good once
  return stage.post('/sign-in', null, { login, password, code: codeOf(person, stage), purpose: 'routine-vaccination', ...over });
}

/** Signed in for the first time, with a password of their own. */
export async function atWork(stage: Stage, role?: string, department?: string): Promise<Person & SignedIn> {
  const person = await newcomer(stage, role, department);
  const first = expectStatus(await signIn(stage, person), 200).body as SignedIn;
  const next = goodPassword();
  expectStatus(await stage.post('/session/password', first.token, { current: person.password, next }), 204);
  person.password = next;
  return { ...person, ...first };
}
