import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { MINUTES, atWork, grant, newcomer, signIn, type Person, type SignedIn } from './signing-in.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const TODAY = '2026-11-20';

describe('over HTTP', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage.city.close());

  const SEARCH = '/subjects/search?file=vaccination';
  const search = (token: string) => stage.post(SEARCH, token, { addresseeNumber: '999999998' });
  const lacks = { status: 403, body: { findings: [{ rule: 'right' }] } };

  it('nobody may do anything before it is set, and not before its day', async () => {
    const one = await newcomer(stage, 'clerk', 'health-promotion', { from: '2026-11-21' });
    const first = expectStatus(await signIn(stage, one), 200).body as SignedIn;
    expectStatus(await stage.post('/session/password', first.token, { current: one.password, next: '架空の長い合言葉です 7' }), 204);
    const { answer, events } = await during(stage, () => search(first.token));
    expect(answer).toMatchObject(lacks);
    expect(events.map(({ type, block }) => [type, block.findings])).toEqual([['HandlingRefused', [{ rule: 'right' }]]]);
  });

  it('a right that is revoked between two requests is gone with the second, and the refusal is in the ledger', async () => {
    const one = await atWork(stage);
    expectStatus(await search(one.token), 200);
    expectStatus(await stage.post(`/staff/${one.staff}/right-revocations`, stage.chief, { right: one.right, cause: 'not-needed' }), 200);
    const { answer, events } = await during(stage, () => search(one.token));
    expect([answer, events.map(({ type }) => type)]).toMatchObject([lacks, ['HandlingRefused']]);
  });

  it('what is set while somebody works is there at once', async () => {
    const one = await atWork(stage);
    const asked = () => stage.post(SEARCH, one.token, { number: '000000001015' });
    expect((await asked()).status).toBe(403);
    await grant(stage, one.staff, 'number-clerk', 'health-promotion');
    expectStatus(await asked(), 200);
  });

  it('a right for another file opens nothing of this one', async () => {
    const one = await atWork(stage, 'auditor', 'health-promotion', { files: ['vaccination'] });
    expectStatus(await search(one.token), 200);
    expect(await stage.post('/subjects/search?file=handling-log', one.token, { addresseeNumber: '999999998' })).toMatchObject(lacks);
  });

  it('nobody applies, approves or sets for themselves, with whichever account', async () => {
    const boss = await atWork(stage, 'supervisor');
    const path = `/staff/${boss.staff}`;
    const self = { status: 403, body: { findings: [{ rule: 'self' }] } };
    const asked = { role: 'clerk', files: ['vaccination'], access: 'read', number: false, from: TODAY };
    expect(await stage.post(`${path}/rights`, boss.token, asked)).toMatchObject(self);
    const theirs = expectStatus(await stage.post(`${path}/rights`, stage.chief, asked), 200).body.events[0];
    const manager = await stage.token({ staff: boss.staff, role: 'supervisor' }); // another way in for the same person
    expect(await stage.post(`${path}/right-revocations`, manager, { right: theirs, cause: 'withdrawn' })).toMatchObject(self);
  });

  it('two who set at once: one does, and the other is told', async () => {
    const one = await newcomer(stage);
    const right = expectStatus(await stage.post(`/staff/${one.staff}/rights`, stage.chief, { role: 'auditor', files: ['vaccination'], access: 'read', number: false, from: TODAY }), 200).body.events[0];
    const approvers = await Promise.all([1, 2].map(() => stage.token({ role: 'security-manager', department: 'general-affairs' })));
    const answers = await Promise.all(approvers.map((token) => stage.post(`/staff/${one.staff}/right-approvals`, token, { right })));
    expect(answers.map(({ status, body }) => [status, body.code]).sort()).toEqual([[200, undefined], [409, 'right-step']]);
  });

  it('棚卸し: opened with every right there is, closed when each is answered', async () => {
    const [kept, dropped, left] = [await newcomer(stage), await newcomer(stage), await newcomer(stage)];
    const holder = await stage.token({ role: 'security-manager', department: 'general-affairs' });
    const before = await stage.head();
    const review = expectStatus(await stage.post('/reviews', holder, { cause: 'personnel', due: '2026-12-10', departments: ['health-promotion'] }), 201).body.id as string;
    const [opened] = await stage.since(before);
    const lines = (opened!.data as { lines: { holder: string; right: string }[] }).lines;
    const close = () => stage.post(`/reviews/${review}/closings`, holder, {});
    expect(lines).toEqual(expect.arrayContaining([kept, dropped, left].map(({ staff: of, right: held }) => ({ holder: of, unit: false, right: held }))));
    expect((await close()).body).toMatchObject({ code: 'review-unanswered', title: `回答していない権限が${lines.length}件あります` });
    expectStatus(await stage.post(`/staff/${left.staff}/personnel-changes`, stage.operator, { change: 'retirement', on: TODAY }), 200);
    for (const { holder: of, right } of lines) {
      if (of === left.staff) continue;
      expectStatus(await stage.post(`/staff/${of}/right-reviews`, stage.chief, { right, review, answer: of === dropped.staff ? 'revoke' : 'keep' }), 200);
    }
    expectStatus(await close(), 200);
    expect((await stage.since(before)).at(-1)).toMatchObject({ type: 'ReviewClosed', data: { kept: lines.length - 2, ended: 2 } });
    expect((await stage.post(`/staff/${kept.staff}/right-reviews`, stage.chief, { right: kept.right, review, answer: 'revoke' })).body.code).toBe('not-asked');
  });
});

describe('組織改編', () => {
  let stage: Stage;
  let head: string;
  let people: readonly (Person & SignedIn & { right: string })[];
  beforeAll(async () => {
    stage = await openStage();
    head = await stage.token({ role: 'systems-head', department: 'information-systems' });
    for (const unit of ['health-promotion', 'information-systems', 'general-affairs', 'pension']) expectStatus(await stage.post('/units', head, { unit, name: '架空の課', from: '2026-04-01' }), 201);
    people = [await atWork(stage, 'clerk', 'health-promotion'), await atWork(stage, 'clerk', 'pension')];
  });
  afterAll(async () => stage.city.close());
  const unitId = async (unit: string): Promise<string> => expectStatus(await stage.post('/units', head, { unit, name: '架空の課', from: '2026-04-01' }), 200).body.id as string;

  it('a section that is not there takes nobody', async () => {
    const somebody = { name: '架空　太郎', post: '主事', kind: 'fixed-term', role: 'clerk', employeeNumber: freshEmployeeNumber() };
    expect((await stage.post('/staff', stage.operator, { ...somebody, department: 'welfare' })).body.errors).toEqual([expect.objectContaining({ path: '/department', code: 'unknown-unit' })]);
    expectStatus(await stage.post('/staff', stage.operator, { ...somebody, department: 'pension' }), 201);
  });

  it('on its day a section ends: who worked there works for the successor, or for nobody; everything changes at once', async () => {
    expectStatus(await stage.post('/units', head, { unit: 'vaccination-office', name: '予防接種課', from: '2026-11-21' }), 201);
    expect((await stage.post(`/units/${await unitId('health-promotion')}/endings`, head, { on: '2026-11-21', successor: 'welfare' })).status).toBe(422);
    expectStatus(await stage.post(`/units/${await unitId('health-promotion')}/endings`, head, { on: '2026-11-21', successor: 'vaccination-office' }), 200);
    expectStatus(await stage.post(`/units/${await unitId('pension')}/endings`, head, { on: '2026-11-21' }), 200);
    const asks = async () => Promise.all(people.map(async ({ token }) => (await stage.get('/declarations/in-force', token)).status));
    expect(await asks()).toEqual([200, 200]);
    const midnight = Date.parse('2026-11-21T00:00:00+09:00') - stage.city.server.engine.clock();
    stage.pass(midnight - 5 * MINUTES);
    const tokens = await Promise.all(people.map(async (person) => expectStatus(await signIn(stage, person), 200).body.token as string));
    stage.pass(5 * MINUTES);
    expect(await Promise.all(tokens.map(async (token) => (await stage.get('/declarations/in-force', token)).status))).toEqual([401, 401]);
    const again = expectStatus(await signIn(stage, people[0]!), 200).body;
    expect([again.department, (await signIn(stage, people[1]!)).status]).toEqual(['vaccination-office', 401]);
  });
});

it('rights that hang on a section come and go with the place', async () => {
  const stage = await openStage({ procedure: PROCEDURES['unit-code'] });
  try {
    const head = await stage.token({ role: 'systems-head', department: 'information-systems' });
    const units = new Map<string, string>();
    for (const unit of ['health-promotion', 'information-systems', 'pension']) units.set(unit, expectStatus(await stage.post('/units', head, { unit, name: '架空の課', from: '2026-04-01' }), 201).body.id as string);
    const path = `/units/${units.get('health-promotion')}`;
    const wanted = { role: 'clerk', files: ['vaccination'], access: 'update', number: false, from: TODAY };
    expect((await stage.post(`${path}/rights`, stage.chief, wanted)).body.code).toBe('own-section');
    const elsewhere = (role: 'supervisor' | 'security-manager') => stage.token({ role, department: 'pension' });
    const right = expectStatus(await stage.post(`${path}/rights`, await elsewhere('supervisor'), wanted), 200).body.events[0];
    const one = await atWork(stage, 'clerk', 'health-promotion', null);
    const search = async () => (await stage.post('/subjects/search?file=vaccination', one.token, { addresseeNumber: '999999998' })).status;
    expect(await search()).toBe(403);
    expect((await stage.post(`${path}/right-approvals`, await stage.token({ role: 'security-manager' }), { right })).body.code).toBe('own-section');
    expectStatus(await stage.post(`${path}/right-approvals`, await elsewhere('security-manager'), { right }), 200);
    expectStatus(await stage.post(`${path}/right-settings`, head, { right }), 200);
    expect(await search()).toBe(403); // whoever entered where somebody works has given them no right by that
    expectStatus(await stage.post(`/staff/${one.staff}/placement-confirmations`, await elsewhere('security-manager'), {}), 200);
    expect([await search(), staffOf(head) === one.staff]).toEqual([200, false]);
    expectStatus(await stage.post(`${path}/right-revocations`, head, { right, cause: 'not-needed' }), 200);
    expect(await search()).toBe(403);
  } finally {
    await stage.city.close();
  }
});

describe('最初の権限', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage.city.close());
  const found = (one: Person, present: readonly string[], over: object = {}) => stage.post(`/staff/${one.staff}/foundings`, stage.operator, { role: 'systems-head', files: ['vaccination'], present, ...over });

  it('is given with two people present, who have signed in, until the first is set as usual', async () => {
    const [head, manager, chief] = [await atWork(stage, 'systems-head', 'information-systems', null), await atWork(stage, 'security-manager', 'general-affairs', null), await atWork(stage, 'supervisor', 'health-promotion', null)];
    const [one, two] = [head.token, manager.token];
    expect((await found(head, [one, one])).body.errors).toEqual([expect.objectContaining({ path: '/present', code: 'two-persons' })]);
    expect((await found(head, [one, 'nonsense'])).status).toBe(401);
    expect((await found(head, [one])).status).toBe(400);
    const fresh = await newcomer(stage, 'clerk', 'general-affairs', null);
    const handedOut = expectStatus(await signIn(stage, fresh), 200).body.token as string;
    expect((await found(head, [one, handedOut])).body.code).toBe('password-change-required');
    expect((await found(head, [one, two])).body.errors).toEqual([expect.objectContaining({ path: '/present', code: 'holder-present' })]);
    const present = [manager.staff, chief.staff];
    const { answer, events } = await during(stage, () => found(head, [two, chief.token]));
    expect([answer.status, events.map(({ type, data }) => [type, data])]).toEqual([200, [
      ['FoundingHeld', { holder: head.staff, role: 'systems-head', present }], ['RightFounded', { role: 'systems-head', files: ['vaccination'], department: 'information-systems', from: TODAY, present }],
    ]]);
    expectStatus(await found(manager, [one, chief.token], { role: 'security-manager', files: [] }), 200);
    expectStatus(await found(chief, [one, two], { role: 'supervisor' }), 200);

    const clerk = await newcomer(stage, 'clerk', 'health-promotion', null);
    const path = `/staff/${clerk.staff}`;
    const right = expectStatus(await stage.post(`${path}/rights`, chief.token, { role: 'clerk', files: ['vaccination'], access: 'update', number: false, from: TODAY }), 200).body.events[0];
    expectStatus(await stage.post(`${path}/right-approvals`, two, { right }), 200);
    const set = await during(stage, () => stage.post(`${path}/right-settings`, one, { right }));
    expect(set.events.map(({ type }) => type)).toEqual(['FoundingClosed', 'RightSet']);
    expect((await found(chief, [one, two])).body.code).toBe('founded');

    const successor = await newcomer(stage, 'systems-head', 'information-systems', null);
    const succeed = (role: string) => found(successor, [two, chief.token], { role });
    expect((await succeed('systems-head')).body.code).toBe('founded'); // there is somebody who may set it as usual
    expectStatus(await stage.post(`/staff/${head.staff}/personnel-changes`, stage.operator, { change: 'retirement', on: TODAY }), 200);
    expect((await succeed('supervisor')).body.code).toBe('founded'); // of no other right the city is in want
    expectStatus(await succeed('systems-head'), 200);
    expect((await succeed('systems-head')).body.code).toBe('founded');

    const witness = await atWork(stage, 'clerk', 'health-promotion', null);
    const [next, other] = [await newcomer(stage, 'security-manager', 'general-affairs', null), await newcomer(stage, 'security-manager', 'general-affairs', null)];
    const approve = (who: Person) => found(who, [chief.token, witness.token], { role: 'security-manager', files: [] });
    expect((await approve(next)).body.code).toBe('founded');
    expectStatus(await stage.post(`/staff/${manager.staff}/personnel-changes`, stage.operator, { change: 'retirement', on: TODAY }), 200);
    expectStatus(await approve(next), 200); // nobody was left to approve
    expect((await approve(other)).body.code).toBe('founded');
    await stage.city.restart();
    expect(stage.city.server.engine.founding.hasBegun).toBe(true);
  });

  it('is given on the machine itself alone, and the try from elsewhere is in the ledger', async () => {
    const head = await newcomer(stage, 'systems-head', 'information-systems', null);
    const { answer, events } = await during(stage, () => stage.post(`/staff/${head.staff}/foundings`, stage.operator, { role: 'systems-head', files: ['vaccination'], present: ['x', 'y'] }, { 'x-forwarded-for': '192.0.2.7' }));
    expect([answer.status, events.map(({ type, block }) => [type, block.findings])]).toEqual([403, [['HandlingRefused', [{ rule: 'terminal' }]]]]);
  });
});
