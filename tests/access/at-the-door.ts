import type { AccessPolicy } from '../../src/access/policy.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import type { AskedLook, AskingFiles, DoorRules, ReasonCode } from '../../src/handling/door.js';
import { FOR_TESTS, putInForce, type Answer } from '../support/city.js';
import { withLaxFile } from '../walks/lax-file.js';
import { FILE, NUMBERS, WAIT, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { atWork, type Person, type SignedIn } from './signing-in.js';

/** What is asked at the door: a case or a reason, a purpose that is written, and 緊急時閲覧. One stage; each part sets the policy that it is about. */
export const rules: { -readonly [member in keyof DoorRules]: DoorRules[member] } = { ...DEFAULT_POLICY.door };
const policy: AccessPolicy = { ...FOR_TESTS, door: rules };
export const door = (demands: { readonly [look in AskedLook]?: readonly (keyof AskingFiles)[] }, reasons: readonly ReasonCode[] = ['counter', 'telephone']): void => {
  const file = ['vaccination'];
  const looks = Object.entries(demands).map(([look, kinds]) => [look, { case: [], reason: [], either: [], ...Object.fromEntries(kinds.map((kind) => [kind, file])) }]);
  rules.demands = { ...DEFAULT_POLICY.door.demands, ...Object.fromEntries(looks) };
  rules.reasons = reasons;
};

export let stage: Stage;
export let subject: string;
export let record: string;
export let clerk: Person & SignedIn;

/** A stage for the tests of a file; what one of them asks at the door is not asked in the next. */
export function atTheDoor(): void {
  beforeAll(async () => {
    stage = await openStage({ inForce: false, policy });
    await putInForce(stage.city, withLaxFile());
    subject = await stage.person();
    record = await stage.confirmed(subject, { institution: '架空小児科' });
    expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
    clerk = await atWork(stage, 'number-clerk');
  }, 30_000);
  afterAll(async () => stage.city.close());
  afterEach(() => {
    rules.demands = DEFAULT_POLICY.door.demands;
    rules.reasons = DEFAULT_POLICY.door.reasons;
    rules.emergency = DEFAULT_POLICY.door.emergency;
  });
}

export const open = (token: string, headers?: Record<string, string>): Promise<Answer> => stage.get(`/subjects/${subject}?file=vaccination`, token, headers);
export const choose = async (token: string, chosen: object): Promise<Answer> => expectStatus(await stage.post('/session/case', token, chosen), 204);
export const clear = (token: string): Promise<Answer> => stage.city.call('DELETE', '/session/case', token);
export const unlock = (who: Person & SignedIn): Promise<Answer> => stage.post('/session/unlocks', who.token, { password: who.password });
