import { Gate } from '../../src/access/gate.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { callFrom, type Headers } from './at-terminals.js';
import { MINUTES, atWork, codeOf, eventually, goodPassword, newcomer, operator, signIn, told, type Person, type SignedIn } from './signing-in.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const WHO = '/declarations/in-force';
const asks = async (token: string): Promise<number> => (await stage.get(WHO, token)).status;

describe('a session', () => {
  // The first, while nobody else has a session: of one that nobody uses any more the engine writes the lock, whenever it comes by.
  it('a token is good for a quarter of an hour, a session for twelve hours whatever is done', async () => {
    const person = await atWork(stage);
    let now: SignedIn = person;
    const before = await stage.head();
    for (let minutes = 0; minutes < 12 * 60 - 8; minutes += 8) {
      stage.pass(8 * MINUTES);
      expect(await asks(now.token)).toBe(200);
      now = expectStatus(await stage.post('/session/renewals', null, { renewal: now.renewal }), 200).body as SignedIn;
    }
    stage.pass(8 * MINUTES);
    expect([await asks(now.token), (await stage.post('/session/renewals', null, { renewal: now.renewal })).status]).toEqual([401, 401]);
    await eventually(stage, before, ['SessionEnded', 'time']);
  });

  it('locks when nobody asks anything, opens with the password, and both are in the ledger', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    stage.pass(10 * MINUTES);
    expect((await stage.get(WHO, person.token)).body.code).toBe('session-locked');
    expect((await stage.get(WHO, person.token)).body.code).toBe('session-locked');
    expect((await stage.post('/session/unlocks', person.token, { password: 'まったく違う合言葉です' })).body.code).toBe('sign-in-refused');
    expectStatus(await stage.post('/session/unlocks', person.token, { password: person.password }), 204);
    expect(await asks(person.token)).toBe(200);
    await eventually(stage, before, ['SessionLocked', null], ['SignInRefused', 'password'], ['SessionUnlocked', null]);
  });

  it('goes on with a renewal, each of which is good once; one that comes again ends it', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    const renewed = expectStatus(await stage.post('/session/renewals', null, { renewal: person.renewal }), 200).body as SignedIn;
    expect([await asks(person.token), await asks(renewed.token)]).toEqual([401, 200]);
    expect((await stage.post('/session/renewals', null, { renewal: person.renewal })).status).toBe(401);
    expect(await asks(renewed.token)).toBe(401);
    expect((await stage.post('/session/renewals', null, { renewal: renewed.renewal })).status).toBe(401);
    await eventually(stage, before, ['SessionEnded', 'token-reused']);
    expect(stage.city.server.engine.alarms.map(({ code }) => code)).toContain('token-reused');
  });

  it('a token alone is over after a quarter of an hour', async () => {
    const { token } = await atWork(stage);
    stage.pass(8 * MINUTES);
    expect(await asks(token)).toBe(200);
    stage.pass(7 * MINUTES);
    expect(await asks(token)).toBe(401);
  });

  it('is over when somebody signs out, and nobody knows its token any more', async () => {
    const { token, renewal } = await atWork(stage);
    const before = await stage.head();
    expectStatus(await stage.city.call('DELETE', '/session', token), 204);
    expect([await asks(token), (await stage.post('/session/renewals', null, { renewal })).status]).toEqual([401, 401]);
    await eventually(stage, before, ['SessionEnded', 'signed-out']);
  });

  it.each([
    ['disabled', async (account: string) => stage.post(`/accounts/${account}/disablements`, await operator(stage), { cause: 'retirement' })],
    ['given new factors', async (account: string) => stage.post(`/accounts/${account}/factors`, await operator(stage), {})],
  ])('is over at once when its account is %s', async (_, act) => {
    const { token, account } = await atWork(stage);
    const before = await stage.head();
    expectStatus(await act(account), 200);
    expect(await asks(token)).toBe(401);
    expect((await told(stage, before)).at(-1)).toEqual(['SessionEnded', 'account']);
  });

  it('works for one purpose until another is chosen, which is in the ledger before', async () => {
    const { token } = await atWork(stage);
    const before = await stage.head();
    const search = () => stage.post('/subjects/search?file=vaccination', token, { addresseeNumber: '999999998' });
    expectStatus(await search(), 200);
    expectStatus(await stage.post('/session/purpose', token, { purpose: 'record-keeping' }), 204);
    expectStatus(await search(), 200);
    const events = (await stage.since(before)).filter(({ type }) => type === 'InformationUsed' || type === 'PurposeChosen');
    expect(events.map(({ type, block, opened }) => [type, block?.purpose ?? opened.purpose])).toEqual([['InformationUsed', 'routine-vaccination'], ['PurposeChosen', 'record-keeping'], ['InformationUsed', 'record-keeping']]);
    expect((await stage.post('/session/purpose', token, { purpose: '空の目的' })).status).toBe(400);
  });

  it('is one of five at most for an account: the oldest ends when there is another', async () => {
    const person = await atWork(stage);
    const before = await stage.head();
    const tokens = [person.token];
    for (let n = 0; n < 5; n += 1) tokens.push((expectStatus(await signIn(stage, person), 200).body as SignedIn).token);
    expect(await Promise.all(tokens.map(asks))).toEqual([401, 200, 200, 200, 200, 200]);
    expect((await told(stage, before)).filter(([type]) => type === 'SessionEnded')).toEqual([['SessionEnded', 'elsewhere']]);
  });

  it('that locks before the first password was changed can be unlocked', async () => {
    const person = await newcomer(stage);
    const { token } = expectStatus(await signIn(stage, person), 200).body as SignedIn;
    stage.pass(10 * MINUTES);
    expectStatus(await stage.post('/session/unlocks', token, { password: person.password }), 204);
    expectStatus(await stage.post('/session/password', token, { current: person.password, next: goodPassword() }), 204);
  });

  it('wins no time when the clock is set forward and back either', async () => {
    const stage = await openStage();
    stage.pass(24 * 60 * MINUTES);
    await stage.get('/sign-in', null);
    const first = await atWork(stage);
    stage.pass(-24 * 60 * MINUTES);
    expect((await stage.get(WHO, first.token)).status).toBe(200);
    stage.pass(10 * MINUTES);
    expect((await stage.get(WHO, first.token)).status).toBe(401);
    await stage.city.close();
  });

  it('wins no time when the clock is set back', async () => {
    const stage = await openStage();
    const { token } = await atWork(stage);
    const asksHere = async (): Promise<number> => (await stage.get(WHO, token)).status;
    stage.pass(9 * MINUTES);
    expect(await asksHere()).toBe(200);
    stage.pass(-3 * 60 * MINUTES);
    expect(await asksHere()).toBe(200);
    stage.pass(3 * 60 * MINUTES + 10 * MINUTES);
    expect(await asksHere()).toBe(401);
    await stage.city.close();
  });

  it('begins never behind the back of a disablement that came while somebody signed in', async () => {
    const all = [];
    for (let n = 0; n < 6; n += 1) all.push(await atWork(stage));
    stage.pass(MINUTES);
    const boss = await operator(stage);
    const outcomes = await Promise.all(all.map(async (person, n) => {
      const signing = stage.post('/sign-in', null, { login: person.login, password: person.password, code: codeOf(person, stage) });
      for (let turns = 0; turns < 3 * n; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expectStatus(await stage.post(`/accounts/${person.account}/disablements`, boss, { cause: 'misuse' }), 200);
      const { status, body } = await signing;
      return status === 200 ? asks(body.token) : status;
    }));
    expect(outcomes).toEqual(all.map(() => 401));
  });

  it('of an engine that has ended is over, and says so', async () => {
    const { token } = await atWork(stage);
    const before = await stage.head();
    await stage.city.restart();
    expect(await asks(token)).toBe(401);
    expect(await told(stage, before)).toContainEqual(['SessionEnded', 'engine-stopped']);
  });
});

describe('a token or a renewal that was stolen, where no terminal is registered', () => {
  /** Passed on by something that nobody has said is to be trusted: not on the machine itself, and where the connection comes from. */
  const passedOn = { 'x-forwarded-for': '127.0.0.2' };
  const search = (address: string, token: string, headers: Headers = passedOn) => callFrom(stage, address, '/subjects/search?file=vaccination', token, headers, { addresseeNumber: '999999998' });
  /** Signed in from 127.0.0.2, or wherever. */
  async function begun(address = '127.0.0.2', headers: Headers = passedOn): Promise<Person & SignedIn> {
    const person = await atWork(stage);
    stage.pass(MINUTES);
    const { status, body } = await callFrom(stage, address, '/sign-in', null, headers, { login: person.login, password: person.password, code: codeOf(person, stage), purpose: 'routine-vaccination' });
    expect(status).toBe(200);
    return { ...person, ...(body as SignedIn) };
  }
  const renew = (address: string, renewal: string, headers: Headers = passedOn) => callFrom(stage, address, '/session/renewals', null, headers, { renewal });

  it.each<readonly [string, (one: Person & SignedIn) => Promise<{ readonly status: number; readonly body: any }>]>([ // eslint-disable-line @typescript-eslint/no-explicit-any
    ['a token', ({ token }) => search('127.0.0.3', token)],
    ['a token on the machine itself', ({ token }) => search('127.0.0.1', token, {})],
    ['a renewal', ({ renewal }) => renew('127.0.0.3', renewal)],
    ['a renewal on the machine itself', ({ renewal }) => renew('127.0.0.1', renewal, {})],
    ['a token, with the password, to unlock', ({ token, password }) => {
      stage.pass(10 * MINUTES);
      return callFrom(stage, '127.0.0.3', '/session/unlocks', token, passedOn, { password });
    }],
  ])('%s: ends the session there and at home, with an alarm; it is in the ledger and counted', async (_, steal) => {
    const { alarms } = stage.city.server.engine;
    const one = await begun();
    const [before, raised] = [await stage.head(), alarms.length];
    const stolen = await steal(one);
    expect([stolen.status, stolen.body.code]).toEqual([401, 'unauthenticated']);
    expect([(await search('127.0.0.2', one.token)).status, (await renew('127.0.0.2', one.renewal)).status]).toEqual([401, 401]);
    expect(alarms.slice(raised).map(({ code, detail }) => [code, detail])).toEqual([['token-elsewhere', { session: one.session }]]);
    await stage.city.server.app.get(Gate).flush();
    const counted = (await stage.since(before)).filter(({ type, opened }) => type === 'UnauthenticatedCounted' && opened.source === '127.0.0.2');
    expect(counted.map(({ data }) => data)).toEqual([{ requests: 2 }]);
    const ended = (await stage.since(before)).filter(({ type, actor }) => type === 'SessionEnded' && actor.session === one.session);
    expect(ended.map(({ data, actor }) => [data, actor.staff])).toEqual([[{ reason: 'elsewhere-used' }, one.staff]]);
  });

  it('a token of the machine itself is none anywhere else', async () => {
    const one = await begun('127.0.0.1', {});
    expect((await search('127.0.0.3', one.token, {})).status).toBe(200); // another address of the same machine
    expect((await search('127.0.0.2', one.token)).status).toBe(401);
    expect((await search('127.0.0.1', one.token, {})).status).toBe(401);
  });

  it('goes on at home, whatever a header says', async () => {
    const one = await begun();
    for (const said of ['127.0.0.3', '192.0.2.7, 192.0.2.8']) expect((await search('127.0.0.2', one.token, { 'x-forwarded-for': said, forwarded: `for=${said}`, 'x-real-ip': said })).status).toBe(200);
    const renewed = await renew('127.0.0.2', one.renewal);
    expect([renewed.status, (await search('127.0.0.2', renewed.body.token as string)).status]).toEqual([200, 200]);
  });

  it('goes on from everywhere where two people have it so', async () => {
    const one = await begun();
    let proposals = 0;
    const propose = async (value: boolean): Promise<void> => {
      expectStatus(await stage.post('/access-policy/proposals', await stage.token({ role: 'systems-head' }), { setting: 'session.staysAtAddress', value, reason: '変わる番地を机が共に使う' }), 201);
      expectStatus(await stage.post('/access-policy/confirmations', await stage.token({ role: 'security-manager' }), { proposal: (proposals += 1) }), 201);
    };
    await propose(false);
    const renewed = await renew('127.0.0.3', one.renewal);
    expect([renewed.status, (await search('127.0.0.4', renewed.body.token as string)).status]).toEqual([200, 200]);
    await propose(true);
    expect((await search('127.0.0.4', renewed.body.token as string)).status).toBe(401);
  });
});
