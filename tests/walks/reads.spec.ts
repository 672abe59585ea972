import { newId } from '../../src/ledger/ids.js';
import { StoreBusy, StoreUnavailable } from '../../src/store/port.js';
import { MINATO } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, sessionOf, type Stage } from './stage.js';

const SEARCH = '/subjects/search?file=vaccination';
let stage: Stage;
let subject: string;
let sibling: string;
let addresseeNumber: string;
beforeAll(async () => {
  stage = await openStage();
  addresseeNumber = freshNumber();
  subject = await stage.person({ addresseeNumber });
  sibling = await stage.person({ name: '田辺　汐（架空）', kana: 'タナベ　シオ', address: '汐浜市架空町77番地' });
  await stage.confirmed(subject, { ticketNumber: '2026000777' });
  expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
});
afterAll(async () => stage.city.close());

/** The one use that a look has left. */
async function use(token: string, act: () => ReturnType<Stage['get']>) {
  const { answer, events } = await during(stage, act);
  expect(events.map(({ type }) => type)).toEqual(['InformationUsed']);
  const [event] = events;
  expect(event!.actor.session).toBe(sessionOf(token));
  expect(event!.stream).toMatch(/^session-/);
  return { answer, event: event! };
}

describe('a look is recorded with exactly whom and what', () => {
  it('finding somebody by 宛名番号', async () => {
    const { answer, event } = await use(stage.clerk, () => stage.post(SEARCH, stage.clerk, { addresseeNumber }));
    expect(answer.body).toMatchObject({ event: event.id, position: event.position, at: event.recordedAt });
    expect(event.data).toEqual({ query: 'subject-search', shown: 1, withheld: 0 });
    expect(event.block).toEqual({
      kind: 'use', extent: 'listed', affair: 'vaccination', file: 'vaccination', system: 'akashi', purpose: 'routine-vaccination', legalGround: 'use-14', subjects: [subject],
      items: ['name', 'kana', 'birthDate', 'sex', 'address', 'addresseeNumber'], evidence: [], outcome: 'written', findings: [], assurance: 'enforced', declarationVersion: 3,
    });
  });

  it('shows no item that it does not name', async () => {
    const { answer, event } = await use(stage.clerk, () => stage.post(SEARCH, stage.clerk, { addresseeNumber }));
    expect(event.block.items).toEqual(expect.arrayContaining(Object.keys(answer.body.views[0].identity)));
    const opened = await use(stage.clerk, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk));
    expect(opened.event.block.items).toEqual(expect.arrayContaining(Object.keys(opened.answer.body.identity)));
    const records = await use(stage.clerk, () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, stage.clerk));
    expect(records.event.block.items).toEqual(expect.arrayContaining(Object.keys(records.answer.body.views[0].record)));
  });

  it('finding two by kana and birth date', async () => {
    const { event } = await use(stage.clerk, () => stage.post(SEARCH, stage.clerk, { kana: 'ﾀﾅﾍﾞ', birthDate: MINATO.birthDate }));
    expect([...event.block.subjects].sort()).toEqual([sibling, subject].sort());
    expect(event.data).toMatchObject({ shown: 2 });
  });

  it('a page of one of them names one', async () => {
    const { answer, event } = await use(stage.clerk, () => stage.post(`${SEARCH}&limit=1`, stage.clerk, { kana: 'タナベ', birthDate: MINATO.birthDate }));
    expect(answer.body.views).toHaveLength(1);
    expect(event.block.subjects).toEqual(answer.body.views.map((view: { subject: string }) => view.subject));
  });

  it('by the number of a slip', async () => {
    const { event } = await use(stage.clerk, () => stage.post(SEARCH, stage.clerk, { ticketNumber: '2026-000777' }));
    expect(event.block.subjects).toEqual([subject]);
  });

  it('by 個人番号: the number is among the items, and it takes a right of its own', async () => {
    const { event } = await use(stage.chief, () => stage.post(SEARCH, stage.chief, { number: NUMBERS[0] }));
    expect(event.block).toMatchObject({ subjects: [subject], extent: 'listed' });
    expect(event.block.items).toContain('number');
  });

  it('what was typed is sealed, never open', async () => {
    const { event } = await use(stage.chief, () => stage.post(SEARCH, stage.chief, { number: NUMBERS[0] }, { 'akashi-case-ref': encodeURIComponent('受付8') }));
    expect(JSON.parse((event.opened.about as { terms: string }).terms)).toEqual({ number: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(JSON.stringify(event.opened)).not.toContain(NUMBERS[0]);
    expect(event.opened.about).toMatchObject({ caseRef: '受付8' });
    const raw = await stage.city.server.engine.store.eventAt(event.position);
    expect(Buffer.from(raw!.bytes).toString()).not.toContain(NUMBERS[0]);
  });

  it.each([
    ['opening a person', 'opened', 'subject', () => `/subjects/${subject}?file=vaccination`],
    ['opening a person’s records', 'opened', 'vaccinations', () => `/subjects/${subject}/vaccinations?file=vaccination`],
    ['showing the number', 'numberShown', 'number', () => `/subjects/${subject}/numbers?file=vaccination`],
  ])('%s is %s', async (_, extent, query, path) => {
    const { event } = await use(stage.chief, () => stage.get(path(), stage.chief));
    expect(event.block).toMatchObject({ extent, subjects: [subject] });
    expect(event.data).toMatchObject({ query, shown: 1 });
  });

  it('the number is opened by nothing but the look that shows it', async () => {
    for (const path of [`/subjects/${subject}?file=vaccination`, `/subjects/${subject}/vaccinations?file=vaccination`, '/registers/subjects?file=vaccination']) {
      const { answer, event } = await use(stage.chief, () => stage.get(path, stage.chief));
      expect(JSON.stringify(answer.body)).not.toContain(NUMBERS[0]);
      expect(event.block.items).not.toContain('number');
    }
    expect((await stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.chief)).body.views).toEqual([expect.objectContaining({ number: NUMBERS[0], status: 'current' })]);
  });

  it('a list names everybody on its page', async () => {
    const { answer, event } = await use(stage.clerk, () => stage.get('/registers/subjects?file=vaccination', stage.clerk));
    expect(event.block).toMatchObject({ extent: 'listed', subjects: answer.body.views.map((view: { subject: string }) => view.subject) });
  });

  it('another purpose than the session’s is named by the act', async () => {
    const { event } = await use(stage.clerk, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-purpose': 'record-keeping' }));
    expect(event.block.purpose).toBe('record-keeping');
  });
});

describe('finding nobody is recorded too', () => {
  it.each([
    ['by 宛名番号', { addresseeNumber: '999999999' }],
    ['by kana and birth date', { kana: 'ダレモ', birthDate: '1950-01-01' }],
    ['by slip', { ticketNumber: '1' }],
  ])('%s', async (_, terms) => {
    const { answer, event } = await use(stage.clerk, () => stage.post(SEARCH, stage.clerk, terms));
    expect(answer.body.views).toEqual([]);
    expect(event.block.subjects).toEqual([]);
    expect(event.data).toEqual({ query: 'subject-search', shown: 0, withheld: 0 });
    expect(event.opened).toMatchObject({ about: { terms: JSON.stringify(terms) } });
  });

  it('opening somebody who is not there: 404, and recorded', async () => {
    const { answer, event } = await use(stage.clerk, () => stage.get(`/subjects/${newId()}?file=vaccination`, stage.clerk));
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    expect(event.data).toMatchObject({ shown: 0 });
  });
});

describe('a refused look names whom it was aimed at and opens nothing', () => {
  const SECRETS = [MINATO.name, MINATO.kana, MINATO.address];
  let refused: string;
  beforeAll(async () => {
    refused = await stage.token({ role: 'clerk', department: 'pension' });
  });

  it.each([
    ['a search', 'listed', () => stage.post(SEARCH, refused, { addresseeNumber })],
    ['opening a person', 'opened', () => stage.get(`/subjects/${subject}?file=vaccination`, refused)],
    ['a person’s records', 'opened', () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, refused)],
  ])('%s', async (_, extent, ask) => {
    const { answer, events } = await during(stage, ask);
    expectStatus(answer, 403);
    expect(answer.body.detail).toBe('Ⅱ.3⑦使用部署（第3版）に記載がありません');
    expect(events.map(({ type, block }) => [type, block.subjects, block.extent, block.outcome])).toEqual([['HandlingRefused', [subject], extent, 'refused']]);
    for (const text of SECRETS) expect(JSON.stringify(answer.body)).not.toContain(text);
  });

  it('a search by 個人番号 without its right', async () => {
    const { answer, events } = await during(stage, () => stage.post(SEARCH, stage.clerk, { number: NUMBERS[0] }));
    expectStatus(answer, 403);
    expect(events.map(({ type, block }) => [type, block.subjects, block.findings])).toEqual([['HandlingRefused', [subject], [{ rule: 'right' }]]]);
    expect(events[0]!.block.items).toContain('number');
  });

  it.each([
    ['for a purpose that is not written', 'purpose', () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-purpose': 'curiosity' })],
    ['in a file that no assessment names', 'unknownFile', () => stage.get(`/subjects/${subject}?file=tax`, stage.clerk)],
    ['at the whole register as of a time, without its right', 'right', async () => stage.get(`/registers/subjects?file=vaccination&asOfPosition=${await stage.head()}`, stage.clerk)],
  ])('%s', async (_, rule, ask) => {
    const { answer, events } = await during(stage, ask);
    expectStatus(answer, 403);
    expect(events.map(({ type, block }) => [type, block.findings.map((finding) => finding.rule)])).toEqual([['HandlingRefused', [rule]]]);
    expect(events[0]!.block.subjects).toContain(subject);
    for (const text of SECRETS) expect(JSON.stringify(answer.body)).not.toContain(text);
  });

  it('showing the number without its right', async () => {
    const { answer, events } = await during(stage, () => stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.clerk));
    expectStatus(answer, 403);
    expect(events[0]!.block).toMatchObject({ subjects: [subject], extent: 'numberShown', findings: [{ rule: 'right' }] });
  });
});

describe('record first', () => {
  const LOOKS: readonly (readonly [string, () => ReturnType<Stage['get']>])[] = [
    ['a search', () => stage.post(SEARCH, stage.chief, { addresseeNumber })],
    ['opening a person', () => stage.get(`/subjects/${subject}?file=vaccination`, stage.chief)],
    ['a person’s records', () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, stage.chief)],
    ['showing the number', () => stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.chief)],
    ['a list', () => stage.get('/registers/subjects?file=vaccination', stage.chief)],
  ];

  it.each(LOOKS)('%s opens nothing before its use is durable', async (_, ask) => {
    const { engine } = stage.city.server;
    const { vault } = engine.ledger;
    const open = vault.open.bind(vault);
    const durable: (() => Promise<number>)[] = [];
    const before = await stage.head();
    vault.open = (...given) => {
      const then = engine.store.head(); // asked for at the very moment of opening
      durable.push(() => then);
      return open(...given);
    };
    try {
      expectStatus(await ask(), 200);
    } finally {
      vault.open = open;
    }
    expect(durable.length).toBeGreaterThan(0);
    const [used, ...more] = await stage.since(before);
    expect(more).toEqual([]);
    for (const head of durable) expect(await head()).toBe(used!.position);
  });

  it.each(LOOKS)('%s is not answered when its use cannot be recorded', async (_, ask) => {
    const { sessions, ledger } = stage.city.server.engine;
    const append = sessions.append.bind(sessions);
    const open = ledger.vault.open.bind(ledger.vault);
    let opened = 0;
    sessions.append = async () => {
      throw new StoreUnavailable('the disk is full');
    };
    ledger.vault.open = (...given) => {
      opened += 1;
      return open(...given);
    };
    try {
      const answer = await ask();
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'store-unavailable', '5']);
      expect(JSON.stringify(answer.body)).not.toContain('架空');
      expect(opened).toBe(0);
    } finally {
      sessions.append = append;
      ledger.vault.open = open;
    }
  });

  it('two looks of one session at once, when the store is too busy for the first: each is answered or asked to come again', async () => {
    const { store } = stage.city.server.engine.ledger;
    const append = store.append.bind(store);
    let calls = 0;
    store.append = async (...given) => {
      calls += 1;
      if (calls === 1) throw new StoreBusy(1);
      return append(...given);
    };
    try {
      const answers = await Promise.all([1, 2].map(() => stage.get(`/subjects/${subject}?file=vaccination`, stage.chief)));
      expect(calls).toBeGreaterThan(1);
      expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([]);
    } finally {
      store.append = append;
    }
    expectStatus(await stage.get(`/subjects/${subject}?file=vaccination`, stage.chief), 200);
  });
});

describe('the case a look belongs to', () => {
  const LONG = `${'a'.repeat(99)}𠮷`; // a hundred characters

  it('is kept whole, by characters', async () => {
    const { answer, event } = await use(stage.clerk, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-case-ref': encodeURIComponent(LONG.slice(1)) }));
    expectStatus(answer, 200);
    expect(event.opened).toEqual({ about: { caseRef: LONG.slice(1) } });
  });

  it('is refused when it is too long, never cut', async () => {
    const { answer, events } = await during(stage, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-case-ref': encodeURIComponent(`${LONG}受付`) }));
    expect([answer.status, events.length]).toEqual([400, 0]);
  });

  it('never keeps a refusal out of the ledger', async () => {
    const token = await stage.token({ role: 'clerk', department: 'pension' });
    const { answer, events } = await during(stage, () => stage.get(`/subjects/${subject}?file=vaccination`, token, { 'akashi-case-ref': encodeURIComponent(LONG) }));
    expect([400, 403]).toContain(answer.status);
    expect(events.map(({ type }) => type)).toEqual(answer.status === 403 ? ['HandlingRefused'] : []);
    expect(stage.city.server.engine.alarms.filter(({ code }) => code === 'refusal-not-recorded')).toEqual([]);
  });
});
