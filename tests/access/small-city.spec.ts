import { during, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { atWork, newcomer, operator, signIn, smallCity, type Person, type SignedIn } from './signing-in.js';

/** A city of three who have been given their rights, and nobody else: every step is taken by people who have signed in. */
let stage: Stage;
let head: Person & SignedIn;
let manager: Person & SignedIn;
let chief: Person & SignedIn;
let ofPension: Person & SignedIn;
let auditor: Person;
beforeAll(async () => {
  stage = await openStage();
  ({ head, manager, chief } = await smallCity(stage));
});
afterAll(async () => stage.city.close());

const DAY = 86_400_000;
const apply = (of: Pick<Person, 'staff'>, by: SignedIn, role: string, over: object = {}) =>
  stage.post(`/staff/${of.staff}/rights`, by.token, { role, files: ['compliance', 'security-manager'].includes(role) ? [] : ['vaccination'], access: 'update', number: false, from: '2026-11-20', ...over });
const approved = async (of: Pick<Person, 'staff'>, right: string, by = manager): Promise<void> => void expectStatus(await stage.post(`/staff/${of.staff}/right-approvals`, by.token, { right }), 200);
const set = (of: Pick<Person, 'staff'>, right: string, by = head) => stage.post(`/staff/${of.staff}/right-settings`, by.token, { right });
const given = async (of: Pick<Person, 'staff'>, by: SignedIn, role: string, over?: object): Promise<string> => {
  const right = expectStatus(await apply(of, by, role, over), 200).body.events[0] as string;
  await approved(of, right);
  expectStatus(await set(of, right), 200);
  return right;
};
const isRefused = { status: 409, body: { code: 'other-department' } };

it('棚卸し: the lines of the three are answered by the head of another section, never by themselves, and the review closes', async () => {
  const { answer, events } = await during(stage, () => stage.post('/reviews', manager.token, { cause: 'periodic', due: '2026-12-10' }));
  const review = expectStatus(answer, 201).body.id as string;
  const { lines } = events[0]!.data as { lines: readonly { holder: string; right: string }[] };
  expect(lines.map(({ holder }) => holder).sort()).toEqual([head.staff, manager.staff, chief.staff].sort());
  const answerFor = (by: SignedIn, who: Person) => during(stage, () => stage.post(`/staff/${who.staff}/right-reviews`, by.token, { right: lines.find(({ holder }) => holder === who.staff)!.right, review, answer: 'keep' }));
  for (const one of [head, manager, chief]) expect((await answerFor(one, one)).answer.status).toBe(403);
  for (const [by, about] of [[head, chief], [chief, head], [chief, manager]] as const) {
    const kept = await answerFor(by, about);
    expect([kept.answer.status, kept.events.map(({ type, data }) => [type, data.standIn])]).toEqual([200, [['RightReviewed', true]]]);
  }
  expectStatus(await stage.post(`/reviews/${review}/closings`, manager.token, {}), 200);
});

describe('申請 for a section without a head who could', () => {
  it('is by the head of another one, and says so; as soon as there is a head, it is theirs alone', async () => {
    const first = (ofPension = await atWork(stage, 'supervisor', 'pension', null));
    const self = await apply(first, first, 'supervisor');
    expect(self.status).toBe(403);
    expect((await apply(first, manager, 'supervisor')).status).toBe(403); // whoever approves does not apply
    const { answer, events } = await during(stage, () => apply(first, chief, 'supervisor'));
    expect([answer.status, events.map(({ type, data }) => [type, data.department, data.standIn])]).toEqual([200, [['RightApplied', 'pension', true]]]);
    const right = answer.body.events[0] as string;
    expect((await stage.post(`/staff/${first.staff}/right-approvals`, chief.token, { right })).status).toBe(403);
    await approved(first, right);
    expectStatus(await set(first, right), 200);
    const clerk = await newcomer(stage, 'clerk', 'pension', null);
    for (const other of [chief, head]) expect(await apply(clerk, other, 'clerk')).toMatchObject(isRefused);
    const own = await during(stage, () => apply(clerk, first, 'clerk'));
    expect([own.answer.status, own.events.map(({ data }) => data.standIn)]).toEqual([200, [undefined]]);
    expect(await apply(first, chief, 'auditor')).toMatchObject({ status: 200 }); // nobody is the head of the head
  });

  it('also where the only head is the one who sets: what they apply for they could not set', async () => {
    const deputy = await newcomer(stage, 'systems-head', 'information-systems', null);
    await given(deputy, chief, 'systems-head');
    auditor = await newcomer(stage, 'auditor', 'general-affairs', null);
    const right = expectStatus(await apply(auditor, head, 'auditor'), 200).body.events[0] as string;
    await approved(auditor, right);
    expect((await set(auditor, right)).body.code).toBe('second-person');
    // Now that there are two who set, either applies for their section, and the other sets.
    const operating = await newcomer(stage, 'operator', 'information-systems', null);
    expect(await apply(operating, chief, 'operator')).toMatchObject(isRefused);
    expectStatus(await apply(operating, head, 'operator'), 200);
  });

  it('not for a section that has a head', async () => {
    const clerk = await newcomer(stage, 'clerk', 'health-promotion', null);
    expect(await apply(clerk, head, 'clerk')).toMatchObject(isRefused);
    expectStatus(await apply(clerk, chief, 'clerk'), 200);
  });
});

describe('組織廃止', () => {
  const report = async (name: string, day: string) => {
    const answer = expectStatus(await stage.post(`/reports/${name}`, chief.token, name.startsWith('audit') ? {} : { day }, { accept: 'application/json' }), 200).body as { rows: readonly { readonly verdict: string }[] };
    return answer.rows.filter(({ verdict }) => verdict === '違反');
  };

  it('without a successor ends what its people were given for it, by events of their own, dated to its day', async () => {
    const units = new Map<string, string>();
    for (const unit of ['health-promotion', 'information-systems', 'general-affairs', 'pension']) units.set(unit, expectStatus(await stage.post('/units', head.token, { unit, name: '架空の課', from: '2026-04-01' }), 201).body.id as string);
    const [stays, moves] = [await atWork(stage, 'clerk', 'pension', null), await atWork(stage, 'clerk', 'pension', null)];
    const right = await given(stays, ofPension, 'clerk');
    const before = await stage.head();
    expectStatus(await stage.post(`/units/${units.get('pension')!}/endings`, head.token, { on: '2026-11-22' }), 200);
    await stage.city.server.duties.performDue();
    const revoked = (await stage.since(before)).filter(({ type }) => type === 'RightRevoked');
    expect(revoked.find(({ stream }) => stream === `staff-${stays.staff}`)).toMatchObject({ data: { rights: [right], on: '2026-11-22', cause: 'unit-ended' }, actor: { kind: 'automatic', department: 'engine' } });
    // What is applied for from now on ends with the section, and who moves on that day goes on with what the new section has asked for.
    const late = await during(stage, () => apply(moves, ofPension, 'clerk', { access: 'read', from: '2026-11-21' }));
    expect([late.answer.status, late.events[0]?.data.until]).toEqual([200, '2026-11-21']);
    expectStatus(await stage.post(`/staff/${moves.staff}/personnel-changes`, await operator(stage), { change: 'transfer', on: '2026-11-22', department: 'health-promotion' }), 200);
    const ahead = await given(moves, chief, 'clerk', { from: '2026-11-22' });
    stage.pass(2 * DAY);
    chief = { ...chief, ...(expectStatus(await signIn(stage, chief), 200).body as SignedIn) };
    expect([await report('rights-of-departed', '2026-11-22'), await report('audit-2', '2026-11-22')]).toEqual([[], []]);
    const again = expectStatus(await signIn(stage, moves), 200).body as SignedIn & { department: string };
    expect(again.department).toBe('health-promotion');
    expectStatus(await stage.post('/subjects/search?file=vaccination', again.token, { addresseeNumber: '999999998' }), 200);
    expect((await stage.since(before)).some(({ type, data }) => type === 'RightRevoked' && (data.rights as readonly string[]).includes(ahead))).toBe(false);
  });

  it('what the engine had no time for is written at its next start, once', async () => {
    const unit = (await stage.since(0)).find(({ type, data }) => type === 'UnitOpened' && data.unit === 'general-affairs')!.stream.slice('unit-'.length);
    head = { ...head, ...(expectStatus(await signIn(stage, head), 200).body as SignedIn) };
    const before = await stage.head();
    const revoked = async () => (await stage.since(before)).filter(({ type }) => type === 'RightRevoked').map(({ stream, data }) => [stream, data.on]);
    await stage.city.server.duties.stop();
    expectStatus(await stage.post(`/units/${unit}/endings`, head.token, { on: '2026-11-23' }), 200);
    expect(await revoked()).toEqual([]);
    for (let starts = 0; starts < 2; starts += 1) {
      await stage.city.restart();
      await stage.city.server.duties.performDue();
      expect((await revoked()).sort()).toEqual([[`staff-${manager.staff}`, '2026-11-23'], [`staff-${auditor.staff}`, '2026-11-23']].sort());
    }
  });
});

describe('最初の権限 once more', () => {
  it('when the only one who approves has left: a successor is founded, and nobody else', async () => {
    const successor = await atWork(stage, 'security-manager', 'general-affairs', null);
    [head, chief] = [{ ...head, ...(expectStatus(await signIn(stage, head), 200).body as SignedIn) }, { ...chief, ...(expectStatus(await signIn(stage, chief), 200).body as SignedIn) }];
    const found = async (role: string) => stage.post(`/staff/${successor.staff}/foundings`, await operator(stage), { role, files: [], present: [head.token, chief.token] });
    expect((await found('security-manager')).body.code).toBe('founded');
    expectStatus(await stage.post(`/staff/${manager.staff}/personnel-changes`, await operator(stage), { change: 'retirement', on: '2026-11-22' }), 200);
    expect((await found('supervisor')).body.code).toBe('founded');
    expectStatus(await found('security-manager'), 200);
    expect((await found('security-manager')).body.code).toBe('founded');
  });
});
