import { X509Certificate } from 'node:crypto';
import { Gate } from '../../src/access/gate.js';
import { TERMINAL_CLASSES } from '../../src/walks/terminals.js';
import { look } from '../../src/walks/read-walk.js';
import { newId } from '../../src/ledger/ids.js';
import { FILE, NUMBERS, during, expectStatus, openStage, type Happened, type Stage } from '../walks/stage.js';
import { anyFingerprint, atWorkFrom, callFrom, from, registered, signInFrom, type Headers, type Registered } from './at-terminals.js';
import { authority, issued } from './certificates.js';
import { atWork, goodPassword, newcomer, type Person, type SignedIn } from './signing-in.js';

/** Terminals behind a proxy on this machine. What reaches the engine from any other address is nobody's word. */
const LOOK = '/subjects/search?file=vaccination';
const TERMS = { kana: 'ダレモ', birthDate: '2020-01-01' };
let stage: Stage;
const search = (token: string, headers: Headers = {}) => stage.post(LOOK, token, TERMS, headers);
const rulesOf = ({ body }: { readonly body: { readonly findings?: readonly { readonly rule: string }[] } }) => body.findings?.map(({ rule }) => rule);
const named = (events: readonly Happened[], type: string) => events.filter((happened) => happened.type === type);
const alarms = (): readonly string[] => stage.city.server.engine.alarms.map(({ code }) => code);

/** From another address than the proxy's, with whatever headers somebody likes to send. */
const fromUntrusted = (path: string, token: string | null, headers: Headers, body: object) => callFrom(stage, '127.0.0.2', path, token, headers, body);

let person: Person & SignedIn;
let setter: Person;
let office: Registered;
let tablet: Registered;
beforeAll(async () => {
  stage = await openStage({ env: { AKASHI_TRUSTED_PROXY: '127.0.0.1' } });
  // As long as there are people to apply, approve and set, nobody signs in on the machine itself.
  for (const [role, department] of [['supervisor', 'health-promotion'], ['security-manager', 'general-affairs']] as const) await newcomer(stage, role, department);
  setter = await newcomer(stage, 'systems-head', 'information-systems');
});
afterAll(async () => stage.city.close());

describe('while no terminal is registered', () => {
  it('nothing is asked for, and nobody is believed to be at one', async () => {
    person = await atWork(stage);
    for (const headers of [{}, from(anyFingerprint())]) {
      const { token } = await atWorkFrom(stage, person, headers);
      const { answer, events } = await during(stage, () => search(token, headers));
      expectStatus(answer, 200);
      expect(events[0]!.actor.terminal).toBeNull();
    }
  });

  it('a session stays at the address that the proxy says, in whichever spelling, and nobody else’s word counts', async () => {
    const one = await newcomer(stage);
    for (const [home, same, other] of [['192.0.2.7', ['::ffff:192.0.2.7', '::FFFF:c000:0207'], '192.0.2.8'], ['2001:db8::7', ['2001:DB8:0:0:0:0:0:7'], '2001:db8::8']] as const) {
      const { token } = await atWorkFrom(stage, one, { 'x-forwarded-for': home });
      for (const spelt of [home, ...same]) expect([spelt, (await search(token, { 'x-forwarded-for': `${other}, ${spelt}` })).body.code]).toEqual([spelt, 'password-change-required']);
      expect((await search(token, { 'x-forwarded-for': `${home}, ${other}` })).status).toBe(401);
      const again = await atWorkFrom(stage, one, { 'x-forwarded-for': home });
      expect((await fromUntrusted(LOOK, again.token, { 'x-forwarded-for': home }, TERMS)).status).toBe(401);
    }
    expect(alarms()).toEqual(Array(4).fill('token-elsewhere'));
  });

  it('the first one ends what began at none', async () => {
    const raised = alarms().length;
    const before = await stage.head();
    office = await registered(stage, 'number-affairs');
    tablet = await registered(stage, 'venue-tablet');
    expectStatus(await search(person.token, office.headers), 401);
    const ended = named(await stage.since(before), 'SessionEnded');
    expect(ended.map(({ data }) => data)).toEqual([{ reason: 'terminal' }, { reason: 'terminal' }, { reason: 'terminal' }]);
    expect(alarms()).toHaveLength(raised);
  });
});

describe('signing in', () => {
  it('begins at a registered terminal, which every event of it then names', async () => {
    const before = await stage.head();
    const { token } = await atWorkFrom(stage, person, office.headers);
    expectStatus(await search(token, office.headers), 200);
    const events = await stage.since(before);
    for (const type of ['SignInAccepted', 'SignedIn', 'InformationUsed']) expect(named(events, type).map(({ actor }) => actor.terminal)).toEqual([office.code]);
  });

  it.each([['an unregistered certificate', () => from(anyFingerprint())], ['no certificate', () => ({ 'x-forwarded-for': '192.0.2.7' })], ['the machine itself', () => ({})]])('from %s is not even looked at', async (_, headers) => {
    await stage.city.server.app.get(Gate).flush();
    const { answer, events } = await during(stage, () => signInFrom(stage, person, headers()));
    expect([answer.status, answer.body.code]).toEqual([403, 'terminal-unknown']);
    expect(events).toEqual([]);
    await stage.city.server.app.get(Gate).flush();
    expect(named(await stage.since(await stage.head() - 1), 'UnauthenticatedCounted')).toHaveLength(1);
  });
});

describe('what a proxy says', () => {
  it('tells the address that counts: the last that it did not trust itself', async () => {
    for (const said of ['192.0.2.9', '127.0.0.1, 192.0.2.9', '8.8.8.8, 192.0.2.9, 127.0.0.1']) {
      const before = await stage.head();
      await atWorkFrom(stage, person, from(office.fingerprint, said));
      expect(named(await stage.since(before), 'SignedIn').map(({ opened }) => opened.source)).toEqual(['192.0.2.9']);
    }
  });

  it('is refused when it passes on words for an address', async () => {
    for (const said of ['tanabe', '192.0.2.9, unknown', '192.0.2.9:4711']) expect([said, (await search(stage.clerk, from(office.fingerprint, said))).body.code]).toEqual([said, 'invalid-header']);
  });

  it('may be the certificate itself, as nginx has it; two of anything prove nothing', async () => {
    const { cert, fingerprint } = await issued(await authority(), 'nginx の端末');
    const { code } = await registered(stage, 'number-affairs', new X509Certificate(cert).fingerprint256);
    const pem = encodeURIComponent(cert);
    for (const header of [pem, fingerprint, fingerprint.toUpperCase()]) {
      const { answer, events } = await during(stage, () => search(stage.clerk, from(header)));
      expectStatus(answer, 200);
      expect(events[0]!.actor.terminal).toBe(code);
    }
    for (const header of [`${fingerprint}, ${fingerprint}`, `${anyFingerprint()},${fingerprint}`, fingerprint.slice(2), `${pem}x`, encodeURIComponent('-----BEGIN CERTIFICATE-----\nAA=='), '-----BEGIN%zz']) {
      expect([header.slice(0, 80), rulesOf(await search(stage.clerk, from(header)))]).toEqual([header.slice(0, 80), ['terminal']]);
    }
  });

  it('is ignored from any other address: neither certificate nor address', async () => {
    const gate = stage.city.server.app.get(Gate);
    await gate.flush();
    const before = await stage.head();
    const answer = await fromUntrusted(LOOK, stage.clerk, office.headers, TERMS);
    expect([answer.status, rulesOf(answer)]).toEqual([403, ['terminal']]);
    expect((await fromUntrusted('/sign-in', null, office.headers, { login: person.login, password: person.password, code: '000000' })).body.code).toBe('terminal-unknown');
    await gate.flush();
    const events = await stage.since(before);
    expect(named(events, 'HandlingRefused').map(({ actor }) => actor.terminal)).toEqual([null]);
    expect(named(events, 'UnauthenticatedCounted').map(({ opened }) => opened.source)).toEqual(['127.0.0.2']);
  });

  it('does not open to others what this machine alone is shown', async () => {
    expectStatus(await stage.get('/metrics', null), 200);
    expectStatus(await stage.get('/metrics', null, { 'x-forwarded-for': '127.0.0.1' }), 404);
    expectStatus(await stage.get('/metrics', null, { 'x-forwarded-for': '192.0.2.7' }), 404);
  });
});

describe('a token that has been carried away', () => {
  const PLACES: readonly (readonly [string, () => Headers])[] = [['another registered terminal', () => tablet.headers], ['an unregistered one', () => from(anyFingerprint())], ['the machine itself', () => ({})]];

  it.each(PLACES)('to %s ends its session there and at home', async (_, headers) => {
    const { token, session } = await atWorkFrom(stage, person, office.headers);
    const raised = alarms().filter((code) => code === 'token-elsewhere').length;
    const before = await stage.head();
    expect((await search(token, headers())).body.code).toBe('unauthenticated');
    expect((await search(token, office.headers)).body.code).toBe('unauthenticated');
    expect(alarms().filter((code) => code === 'token-elsewhere')).toHaveLength(raised + 1);
    const ended = named(await stage.since(before), 'SessionEnded');
    expect(ended.map(({ data, actor }) => [data, actor.session, actor.terminal])).toEqual([[{ reason: 'elsewhere-used' }, session, office.code]]);
  });

  it.each(PLACES)('as a renewal to %s does so too', async (_, headers) => {
    const { token, renewal } = await atWorkFrom(stage, person, office.headers);
    expect((await stage.post('/session/renewals', null, { renewal }, headers())).body.code).toBe('unauthenticated');
    expect((await stage.post('/session/renewals', null, { renewal }, office.headers)).body.code).toBe('unauthenticated');
    expectStatus(await search(token, office.headers), 401);
  });

  it('from another address with forged headers does so too', async () => {
    const { token } = await atWorkFrom(stage, person, office.headers);
    expect((await fromUntrusted(LOOK, token, office.headers, TERMS)).status).toBe(401);
    expectStatus(await search(token, office.headers), 401);
  });

  it('stays good where it began, and is renewed there', async () => {
    const { renewal } = await atWorkFrom(stage, person, office.headers);
    const { token } = expectStatus(await stage.post('/session/renewals', null, { renewal }, office.headers), 200).body as SignedIn;
    expectStatus(await search(token, office.headers), 200);
  });
});

describe('a token of the command line', () => {
  it('is good on the machine itself, and nowhere that a request is passed on from', async () => {
    expectStatus(await search(stage.clerk), 200);
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'akashi-client-certificate']) expect([name, rulesOf(await search(stage.clerk, { [name]: '127.0.0.1' }))]).toEqual([name, ['terminal']]);
  });

  it('may name a place, but no terminal that the connection does not prove; not even one that has been removed', async () => {
    const gone = await registered(stage, 'number-affairs');
    expectStatus(await stage.post('/terminals/removals', stage.operator, { terminal: gone.code, cause: 'broken' }), 201);
    const claiming = (terminal: string) => stage.token({ role: 'clerk', terminal });
    for (const [code, headers] of [[office.code, {}], [office.code, tablet.headers], [gone.code, {}], [gone.code, gone.headers]] as const) expect([code, (await search(await claiming(code), headers)).status]).toEqual([code, 401]);
    const { events } = await during(stage, async () => search(await claiming('window-9')));
    expect(events.map(({ actor }) => actor.terminal)).toEqual(['window-9']);
    for (const code of [office.code, 'window-9']) {
      const proven = await during(stage, async () => search(await claiming(code), office.headers));
      expect(proven.events.map(({ actor, type }) => [type, actor.terminal])).toEqual([['InformationUsed', office.code]]);
    }
  });
});

describe('between two requests', () => {
  it('a terminal that has been removed is none, and what began at it has ended', async () => {
    const lost = await registered(stage, 'number-affairs');
    const { token } = await atWorkFrom(stage, person, lost.headers);
    expectStatus(await search(token, lost.headers), 200);
    const before = await stage.head();
    expectStatus(await stage.post('/terminals/removals', stage.operator, { terminal: lost.code, cause: 'lost' }), 201);
    expectStatus(await search(token, lost.headers), 401);
    expect(named(await stage.since(before), 'SessionEnded').map(({ data }) => data)).toEqual([{ reason: 'terminal' }]);
    expect(rulesOf(await search(stage.clerk, lost.headers))).toEqual(['terminal']);
    expect((await signInFrom(stage, person, lost.headers)).body.code).toBe('terminal-unknown');
  });

  it('a new certificate takes the place of the one before', async () => {
    const one = await registered(stage, 'number-affairs');
    const next = anyFingerprint();
    expectStatus(await stage.post('/terminals/changes', stage.operator, { terminal: one.code, certificates: [one.fingerprint, next] }), 201);
    for (const fingerprint of [one.fingerprint, next]) expectStatus(await search(stage.clerk, from(fingerprint)), 200);
    expectStatus(await stage.post('/terminals/changes', stage.operator, { terminal: one.code, certificates: [next] }), 201);
    expect(rulesOf(await search(stage.clerk, one.headers))).toEqual(['terminal']);
    expectStatus(await search(stage.clerk, from(next)), 200);
  });

  it('another kind holds for whoever has signed in before', async () => {
    const one = await registered(stage, 'number-affairs');
    const { token } = await atWorkFrom(stage, person, one.headers);
    expectStatus(await stage.get('/registers/subjects?file=vaccination', token, one.headers), 200);
    expectStatus(await stage.post('/terminals/changes', stage.operator, { terminal: one.code, class: 'venue-tablet' }), 201);
    expect(rulesOf(await stage.get('/registers/subjects?file=vaccination', token, one.headers))).toEqual(['terminal']);
    expectStatus(await search(token, one.headers), 200);
  });
});

describe('a 個人番号', () => {
  it('comes to no venue tablet: not when it is shown, not when it is searched by, not when somebody lists the tablet by mistake', async () => {
    const subject = await stage.person();
    const chief = await stage.token({ role: 'supervisor' });
    const taken = { ...FILE, source: 'own-department:residents', method: 'internal-link', subject, number: NUMBERS[5] };
    expectStatus(await stage.post('/numbers', chief, taken, { prefer: 'wait=10' }), 201);
    const showing = () => stage.get(`/subjects/${subject}/numbers?file=vaccination`, chief, tablet.headers);
    for (const act of [showing, () => stage.post(LOOK, chief, { number: NUMBERS[5] }, tablet.headers), () => stage.post('/numbers', chief, { ...taken, number: NUMBERS[6] }, tablet.headers)]) {
      const { answer, events } = await during(stage, act);
      expect([answer.status, rulesOf(answer)]).toEqual([403, ['terminal']]);
      expect(JSON.stringify(answer.body)).not.toContain(NUMBERS[5]);
      expect(events.map(({ type, actor }) => [type, actor.terminal])).toEqual([['HandlingRefused', tablet.code]]);
    }
    expect((await during(stage, showing)).events[0]!.block.subjects).toEqual([subject]);
    const everything = [`/subjects/${subject}?file=vaccination`, `/subjects/${subject}/vaccinations?file=vaccination`];
    for (const path of everything) expect(JSON.stringify(expectStatus(await stage.get(path, chief, tablet.headers), 200).body)).not.toContain(NUMBERS[5]);
    expect(JSON.stringify((await stage.get(`/subjects/${subject}/numbers?file=vaccination`, chief, office.headers)).body)).toContain(NUMBERS[5]);
  });

  it.each(TERMINAL_CLASSES)('and a line of registration that lists %s for one opens it in its zone alone', async (kind) => {
    const subject = await stage.person();
    const { engine } = stage.city.server;
    const actor = { staff: newId(), kind: 'staff', department: 'health-promotion', role: 'supervisor', session: newId(), terminal: 'x' } as const;
    const principal = { actor, purpose: 'routine-vaccination', rights: new Set(['number:show']), channel: 'staff', terminal: { code: 'x', class: kind } } as const;
    const opened: string[] = [];
    const shown = look(
      engine, { principal, correlationId: newId() }, { query: 'number', rights: ['number:show'], terminals: TERMINAL_CLASSES, extent: 'numberShown', file: 'vaccination', items: ['number'] },
      () => ({ rows: ['row'], subjects: [subject] }), (row) => opened.push(row),
    );
    const inZone = ['number-affairs', 'interim-server', 'juki-net'].includes(kind);
    await (inZone ? shown : expect(shown).rejects.toMatchObject({ status: 403, extra: { findings: [expect.objectContaining({ rule: 'terminal' })] } }));
    expect(opened).toEqual(inZone ? ['row'] : []);
  });
});

it('factors are released at a registered terminal, by whoever has signed in there; on the machine by nobody', async () => {
  const desk = await registered(stage, 'lgwan');
  const [chief, holder] = [await newcomer(stage, 'supervisor'), await newcomer(stage)];
  const next = goodPassword();
  const signedIn = await atWorkFrom(stage, chief, desk.headers);
  expectStatus(await stage.post('/session/password', signedIn.token, { current: chief.password, next }, desk.headers), 204);
  const { events, handover } = expectStatus(await stage.post(`/accounts/${holder.account}/factors`, stage.operator, {}), 200).body as { events: readonly [string]; handover: { authenticator: string } };
  const release = (token: string, headers: Headers) => stage.post(`/accounts/${holder.account}/releases`, token, { issue: events[0], identified: 'staff-card' }, headers);
  expect((await signInFrom(stage, { ...chief, password: next }, {})).body).toMatchObject({ code: 'terminal-unknown', title: expect.stringContaining('登録された端末でサインインする') });
  expect(rulesOf(await release(stage.operator, {}))).toEqual(['right']);
  expect(rulesOf(await release(signedIn.token, desk.headers))).toBeUndefined();
  const { answer, events: told } = await during(stage, () => release(signedIn.token, desk.headers));
  expect([answer.body.code, told.map(({ type, actor, block }) => [type, actor.staff, block.findings])]).toEqual(['already-released', [['HandlingRefused', chief.staff, [{ rule: 'taken' }]]]]);
  expect(named(await stage.since(0), 'FactorsReleased').at(-1)!.actor).toMatchObject({ staff: chief.staff, terminal: desk.code });
  expect(new URL(handover.authenticator).searchParams.get('secret')).not.toBe(holder.secret);
});

it('what is registered holds after a new start', async () => {
  await stage.city.restart();
  expect(rulesOf(await search(stage.clerk, from(anyFingerprint())))).toEqual(['terminal']);
  const { token } = await atWorkFrom(stage, person, office.headers);
  expectStatus(await search(token, office.headers), 200);
});

describe('a founding for want of anybody who may set rights', () => {
  it('is held with those present who have signed in at their terminals, or on the machine itself for nothing else', async () => {
    const come = async (headers: Headers): Promise<Person & SignedIn> => {
      const one = await newcomer(stage);
      const first = await atWorkFrom(stage, one, headers);
      const next = goodPassword();
      expectStatus(await stage.post('/session/password', first.token, { current: one.password, next }, headers), 204);
      return { ...one, ...first, password: next };
    };
    const [desk, gone] = [await registered(stage, 'lgwan'), await registered(stage, 'lgwan')];
    const [one, two, three] = [await come(desk.headers), await come(desk.headers), await come(gone.headers)];
    expect((await signInFrom(stage, two, {})).body.code).toBe('terminal-unknown');
    expectStatus(await stage.post(`/staff/${setter.staff}/personnel-changes`, stage.operator, { change: 'retirement', on: '2026-11-20' }), 200);
    const successor = await newcomer(stage, 'systems-head', 'information-systems', null);
    const found = (present: readonly string[]) => stage.post(`/staff/${successor.staff}/foundings`, stage.operator, { role: 'systems-head', files: ['vaccination'], present });

    expect((await signInFrom(stage, two, { 'x-forwarded-for': '192.0.2.7' })).body.code).toBe('terminal-unknown');
    const here = await atWorkFrom(stage, two, {});
    expect((await search(here.token)).body.code).toBe('present-only');
    const renewed = expectStatus(await stage.post('/session/renewals', null, { renewal: here.renewal }), 200).body.token as string;
    expect((await search(renewed)).body.code).toBe('present-only');
    expectStatus(await search(renewed, { 'x-forwarded-for': '192.0.2.7' }), 401); // carried away
    expectStatus(await search(renewed), 401);
    expectStatus(await stage.post('/terminals/removals', stage.operator, { terminal: gone.code, cause: 'broken' }), 201);
    const again = await atWorkFrom(stage, two, {}); // what began at none ends with whatever happens to the terminals
    expectStatus(await found([again.token, three.token]), 401);
    const raised = alarms().length;
    expectStatus(await found([again.token, one.token]), 200);
    expectStatus(await stage.get('/declarations/in-force', one.token, desk.headers), 200); // handed over, and good at its terminal as before
    expect(alarms()).toHaveLength(raised);
    expectStatus(await stage.city.call('DELETE', '/session', again.token), 204);
    expect((await signInFrom(stage, two, {})).body.code).toBe('terminal-unknown');
  });
});
