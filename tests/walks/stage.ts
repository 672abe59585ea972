import type { AccessPolicy } from '../../src/access/policy.js';
import type { Procedure } from '../../src/access/rights/procedure.js';
import { decodeJwt } from 'jose';
import type { TokenClaims } from '../../src/access/token.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import { isErased } from '../../src/ledger/event-type.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { MINATO, RECORD, openCity, putInForce, type Answer, type City } from '../support/city.js';
import type { StoreName } from '../support/store-place.js';

/** Invented numbers with right check digits, from the narrow block of the fictional city. */
export const NUMBERS = ['000000001015', '000000001023', '000000001031', '000000001040', '000000001058', '000000001066', '000000001074', '000000001082', '000000001090'] as const;
export const WAIT = { prefer: 'wait=10' };
export const FILE = { file: 'vaccination' } as const;
/** Half past nine in Japan on the day of the demo. */
const MORNING = Date.parse('2026-11-20T09:30:00+09:00');

export interface Happened extends Decoded {
  readonly opened: { readonly [member: string]: unknown };
  readonly block: HandlingBlock;
}

export interface Stage {
  readonly city: City;
  /** milliseconds to let pass on the clock that engine and tokens go by */
  pass(milliseconds: number): void;
  token(claims?: Partial<TokenClaims>): Promise<string>;
  post(path: string, token: string | null, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, token: string | null, headers?: Record<string, string>): Promise<Answer>;
  /** Every event since a position, opened. */
  since(position: number): Promise<readonly Happened[]>;
  head(): Promise<number>;
  /** A person and a record that registers have caught up with. */
  person(over?: object): Promise<string>;
  record(subject: string, over?: object): Promise<string>;
  confirmed(subject: string, over?: object): Promise<string>;
  protect(subject: string): Promise<void>;
  erase(category: string, unit: string, subject: string): Promise<void>;
  readonly clerk: string;
  readonly other: string;
  readonly chief: string;
  readonly operator: string;
  readonly compliance: string;
  readonly outward: string;
}

let addressees = 100_000_100;
/** A 宛名番号 that nobody has. */
export function freshNumber(): string {
  addressees += 1;
  return String(addressees);
}

/** Fails with the whole answer when the status is another. */
export function expectStatus(answer: Answer, ...statuses: number[]): Answer {
  if (!statuses.includes(answer.status)) throw new Error(`${answer.status} instead of ${statuses.join(' or ')}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** The fictional city with its written items in force, one member of staff of each role, and a clock that stands still. */
export async function openStage({ inForce = true, ...options }: { readonly inForce?: boolean; readonly store?: StoreName; readonly policy?: AccessPolicy; readonly procedure?: Procedure; readonly env?: NodeJS.ProcessEnv } = {}): Promise<Stage> {
  const time = { now: MORNING };
  const city = await openCity({ clock: () => time.now, ...options });
  if (inForce) await putInForce(city);
  const clerk = await city.token({ role: 'clerk' });
  const other = await city.token({ role: 'clerk' });
  const chief = await city.token({ role: 'supervisor' });
  const operator = await city.token({ role: 'operator', department: 'information-systems' });
  const compliance = await city.token({ role: 'compliance', department: 'general-affairs' });
  const outward = await city.token({ role: 'clerk', channel: 'outward' });
  const post: Stage['post'] = (path, token, body, headers) => city.call('POST', path, token, body, headers);
  const record: Stage['record'] = async (subject, over = {}) => expectStatus(await post('/vaccinations', clerk, { ...RECORD, subject, ...over }, WAIT), 201).body.id as string;
  return {
    city, clerk, other, chief, operator, compliance, outward, post, record,
    pass: (milliseconds) => void (time.now += milliseconds),
    token: (claims) => city.token(claims),
    get: (path, token, headers) => city.call('GET', path, token, undefined, headers),
    since: (position) => eventsSince(city, position),
    head: () => city.server.engine.store.head(),
    person: async (over = {}) => expectStatus(await post('/subjects', clerk, { ...MINATO, addresseeNumber: freshNumber(), ...over }, WAIT), 201).body.id as string,
    confirmed: async (subject, over = {}) => {
      const id = await record(subject, over);
      expectStatus(await post(`/vaccinations/${id}/confirmations`, other, FILE, WAIT), 200);
      return id;
    },
    protect: async (subject) => {
      const started = { ...FILE, protected: true, on: '2026-04-01', source: 'own-department:residents', method: 'internal-link' };
      expectStatus(await post(`/subjects/${subject}/protection`, chief, started, WAIT), 200);
    },
    erase: async (category, unit, subject) => {
      const planned = expectStatus(await post('/erasures', clerk, { ...FILE, targets: [{ category, unit, subject }], reason: '保管期間の満了' }), 201).body.id as string;
      expectStatus(await post(`/erasures/${planned}/approvals`, chief, FILE), 200);
      expectStatus(await post(`/erasures/${planned}/executions`, operator, FILE, WAIT), 200);
    },
  };
}

async function eventsSince(city: City, position: number): Promise<readonly Happened[]> {
  const { store, registry, vault } = city.server.engine.ledger;
  const recorded = await store.readAll({ after: position, limit: 1000 });
  return recorded.map((entry) => {
    const decoded = registry.decode(entry);
    const sealed = openSealed(decoded, vault);
    if (typeof sealed === 'string') throw new Error(`position ${decoded.position}: ${sealed}`);
    return { ...decoded, opened: isErased(sealed) ? {} : sealed, block: decoded.handling as unknown as HandlingBlock };
  });
}

export function sessionOf(token: string): string {
  return decodeJwt(token).sid as string;
}

export function staffOf(token: string): string {
  return decodeJwt(token).sub!;
}

/** What a request has left in the ledger, beside the answer. The opening of a session is none of it. */
export async function during(stage: Stage, act: () => Promise<Answer>): Promise<{ readonly answer: Answer; readonly events: readonly Happened[] }> {
  const before = await stage.head();
  const answer = await act();
  const events = (await stage.since(before)).filter(({ type }) => type !== 'SessionOpened');
  return { answer, events };
}
