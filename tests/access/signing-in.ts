import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { todayInJapan } from '../../src/codes/plain-date.js';
import type { Answer } from '../support/city.js';
import { until } from '../support/until.js';
import { expectStatus, type Stage } from '../walks/stage.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

/** Somebody with an account: what they know, and what they hold. */
export interface Person {
  readonly staff: string;
  readonly account: string;
  readonly login: string;
  readonly secret: string;
  /** what they may do; empty when nothing */
  readonly right: string;
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
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: stage.city.server.engine.wall() });
}

/** Somebody of the information systems section, at any time of the test's day. */
export function operator(stage: Stage): Promise<string> {
  return stage.token({ role: 'operator', department: 'information-systems' });
}

/** 申請 · 承認 · 設定, by three others: the rights of a role, for the file of the city. */
export async function grant(stage: Stage, staff: string, role: string, department: string, over: object = {}): Promise<string> {
  const files = ['clerk', 'number-clerk', 'supervisor', 'auditor', 'operator', 'systems-head'].includes(role) ? ['vaccination'] : [];
  const wanted = { role, files, access: 'update', number: true, from: todayInJapan(new Date(stage.city.server.engine.clock())), ...over };
  const right = expectStatus(await stage.post(`/staff/${staff}/rights`, await stage.token({ role: 'supervisor', department }), wanted), 200).body.events[0] as string;
  expectStatus(await stage.post(`/staff/${staff}/right-approvals`, await stage.token({ role: 'security-manager', department: 'general-affairs' }), { right }), 200);
  expectStatus(await stage.post(`/staff/${staff}/right-settings`, await stage.token({ role: 'systems-head', department: 'information-systems' }), { right }), 200);
  return right;
}

/** A member of staff with an account, the rights of the role, and factors just given out. */
/** @param rights what of the usual is asked for otherwise; null: none at all */
export async function newcomer(stage: Stage, role = 'clerk', department = 'health-promotion', rights: object | null = {}): Promise<Person> {
  const login = `s${randomBytes(6).toString('hex')}`;
  const staff = expectStatus(await stage.post('/staff', await operator(stage), { name: '架空　花子', post: '主事', kind: 'staff', department, role, employeeNumber: freshEmployeeNumber() }), 201).body.id as string;
  const right = rights === null ? '' : await grant(stage, staff, role, department, rights);
  const account = expectStatus(await stage.post('/accounts', await operator(stage), { staff, login }), 201).body.id as string;
  return { staff, account, login, right, ...(await newFactors(stage, account)) };
}

/** Issued by one, released by another. */
export async function newFactors(stage: Stage, account: string): Promise<Pick<Person, 'password' | 'secret'>> {
  const { issue, secret } = await issued(stage, account);
  const { handover } = expectStatus(await release(stage, account, issue), 200).body as { handover: { password: string } };
  return { password: handover.password, secret };
}

export async function issued(stage: Stage, account: string, by?: string): Promise<{ readonly issue: string; readonly secret: string }> {
  const { events, handover } = expectStatus(await stage.post(`/accounts/${account}/factors`, by ?? (await operator(stage)), {}), 200).body as { events: readonly [string]; handover: { authenticator: string } };
  return { issue: events[0], secret: new URL(handover.authenticator).searchParams.get('secret')! };
}

/** By somebody who manages no accounts, after a look at the holder's staff card. */
export async function release(stage: Stage, account: string, issue: string, over: object = {}): Promise<Answer> {
  return stage.post(`/accounts/${account}/releases`, await stage.token({ role: 'security-manager', department: 'general-affairs' }), { issue, identified: 'staff-card', ...over });
}

export function signIn(stage: Stage, { login, password, ...person }: Person, over: object = {}): Promise<Answer> {
  stage.pass(STEP_MS); // each code is good once
  return stage.post('/sign-in', null, { login, password, code: codeOf(person, stage), purpose: 'routine-vaccination', ...over });
}

/** Signed in for the first time, with a password of their own. */
export async function atWork(stage: Stage, role?: string, department?: string, rights?: object | null): Promise<Person & SignedIn> {
  const person = await newcomer(stage, role, department, rights);
  const first = expectStatus(await signIn(stage, person), 200).body as SignedIn;
  const next = goodPassword();
  expectStatus(await stage.post('/session/password', first.token, { current: person.password, next }), 204);
  person.password = next;
  return { ...person, ...first };
}

/** What stands in the ledger about signing in since a position, in order. */
export async function told(stage: Stage, since: number): Promise<readonly (readonly unknown[])[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return (await stage.since(since)).filter(({ type }) => /SignIn|Signed|Session|Account|Password|Factors/.test(type) && type !== 'SessionOpened' && type !== 'SignInAccepted').map(({ type, data }) => [type, data.reason ?? data.minutes ?? null]);
}

/** What is told comes behind the answer. */
export async function eventually(stage: Stage, since: number, ...expected: readonly unknown[]): Promise<void> {
  await until(async () => (await told(stage, since)).length >= expected.length, async () => `${JSON.stringify(expected)} is told, and not ${JSON.stringify(await told(stage, since))}`);
  expect(await told(stage, since)).toEqual(expected);
}

/** Everybody that a small city begins with: three, each of them founded with the other two present. */
export async function smallCity(stage: Stage): Promise<{ readonly [who in 'head' | 'manager' | 'chief']: Person & SignedIn }> {
  const [head, manager, chief] = [await atWork(stage, 'systems-head', 'information-systems', null), await atWork(stage, 'security-manager', 'general-affairs', null), await atWork(stage, 'supervisor', 'health-promotion', null)];
  const all = [[head, 'systems-head'], [manager, 'security-manager'], [chief, 'supervisor']] as const;
  for (const [one, role] of all) {
    const present = all.flatMap(([other]) => (other === one ? [] : [other.token]));
    expectStatus(await stage.post(`/staff/${one.staff}/foundings`, await operator(stage), { role, files: role === 'security-manager' ? [] : ['vaccination'], present }), 200);
  }
  return { head, manager, chief };
}
