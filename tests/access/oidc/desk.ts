import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gate } from '../../../src/access/gate.js';
import type { Answer } from '../../support/city.js';
import { expectStatus, openStage, type Stage } from '../../walks/stage.js';
import { openForger, type Forger } from './forger.js';
import { CLIENT, REDIRECT, SECRET, openRealProvider, type RealProvider, type Shown } from './provider.js';
import { newcomer, operator, release, type Person } from '../signing-in.js';

export const directory = mkdtempSync(join(tmpdir(), 'akashi-oidc-'));
const secretFile = join(directory, 'secret');
writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 });

export let provider: RealProvider;
export let forger: Forger;
/** signs in by the provider or by password */
export let stage: Stage;
/** its provider is the forger */
export let forged: Stage;

/** Both with their engines, for all tests of a file. */
export function withProviders(): void {
  beforeAll(async () => {
    [provider, forger] = await Promise.all([openRealProvider(), openForger()]);
    stage = await stageWith({ AKASHI_SIGN_IN: 'both' });
    forged = await stageWith({ AKASHI_SIGN_IN: 'oidc', AKASHI_OIDC_ISSUER: forger.issuer, AKASHI_OIDC_MAX_AGE: '600' });
  });
  afterAll(async () => {
    await Promise.all([stage.city.close(), forged.city.close()]);
    await provider.down();
    forger.close();
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => [stage, forged].forEach(toNow));
}

export function stageWith(env: NodeJS.ProcessEnv): Promise<Stage> {
  return openStage({ env: { AKASHI_OIDC_ISSUER: provider.issuer, AKASHI_OIDC_CLIENT: CLIENT, AKASHI_OIDC_SECRET_FILE: secretFile, AKASHI_OIDC_REDIRECT: REDIRECT, ...env } });
}

/** Providers go by the clock of the machine: the engine's is set to it. */
export function toNow(on: Stage): void {
  on.pass(Date.now() - on.city.server.engine.wall());
}

export interface Linked extends Person {
  readonly sub: string;
}

/** An account that the provider knows as somebody. */
export async function linked(on = stage, role?: string): Promise<Linked> {
  const person = await newcomer(on, role);
  const sub = `subject-${randomBytes(8).toString('hex')}`;
  await linkAndRelease(person.account, sub, on);
  return { ...person, sub };
}
export async function linkAndRelease(account: string, subject: string, on = stage): Promise<void> {
  const { body } = expectStatus(await link(account, subject, on), 200);
  expectStatus(await release(on, account, body.events[0], { subject }), 200);
}
export async function link(account: string, subject: string, on = stage): Promise<Answer> {
  return on.post(`/accounts/${account}/identities`, await operator(on), { issuer: on.city.settings.signIn.oidc!.issuer, subject });
}

export interface Begun {
  readonly authorizationUrl: string;
  readonly request: string;
}
export const begin = async (on = stage): Promise<Begun> => expectStatus(await on.post('/sign-in/oidc/requests', null, undefined), 200).body as Begun;

export const TWO = ['pwd', 'otp'];
/** From the first click to the answer of the engine. */
export async function signIn(shown: Shown, on = stage): Promise<Answer> {
  const { authorizationUrl, request } = await begin(on);
  const back = await provider.signIn(authorizationUrl, { amr: TWO, ...shown });
  return on.post('/sign-in/oidc', null, { request, ...back, purpose: 'routine-vaccination' });
}

/** Nobody's refusal is counted with those who have no token, and stands nowhere else. */
export async function onlyCounted(on: Stage, since: number, requests = 1): Promise<void> {
  await on.city.server.app.get(Gate).flush();
  expect((await on.since(since)).map(({ type, data }) => [type, data])).toEqual([['UnauthenticatedCounted', { requests }]]);
}
export async function quiet(on: Stage): Promise<number> {
  await on.city.server.app.get(Gate).flush();
  return on.head();
}

export const WHO = '/declarations/in-force';
export const asks = async (token: string, on = stage): Promise<number> => (await on.get(WHO, token)).status;
const REFUSED = { code: 'sign-in-refused', title: expect.stringMatching(/^サインインできません/), status: 401, type: 'urn:akashi:problem:sign-in-refused', correlationId: expect.any(String) };
export function expectRefused({ status, body }: Answer): void {
  expect([status, body]).toEqual([401, REFUSED]);
}
