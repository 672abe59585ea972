import { jest } from '@jest/globals';
import { newId } from '../../src/ledger/ids.js';
import { MINATO, RECORD, type Answer } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Happened, type Stage } from './stage.js';

/** Answering machines and telephone menus must not tell whether a protected person is there (存否応答拒否). */
const SEARCH = '/subjects/search?file=vaccination';
const HINA = { ...MINATO, name: '木下　ひな（架空）', kana: 'キノシタ　ヒナ', birthDate: '2021-05-03' };
let stage: Stage;
let hina: string;
let hinasNumber: string;
let hinasRecord: string;
let open: string;
let before: string;
let openNumber: string;
const absent = newId();
beforeAll(async () => {
  stage = await openStage();
  [hinasNumber, openNumber] = [freshNumber(), freshNumber()];
  open = await stage.person({ ...HINA, kana: 'キノシタ　アオイ', addresseeNumber: openNumber });
  hina = await stage.person({ ...HINA, addresseeNumber: hinasNumber });
  await stage.confirmed(open);
  hinasRecord = await stage.confirmed(hina, { ticketNumber: '2026000901' });
  expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject: hina, number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
  before = encodeURIComponent(expectStatus(await stage.get(`/subjects/${hina}?file=vaccination`, stage.chief), 200).body.at as string);
  stage.pass(1000);
  await stage.protect(hina);
});
afterAll(async () => stage.city.close());

/** What a caller can see of an answer, without what is random or counts up in every answer. */
function seen({ status, headers, body }: Answer): unknown {
  const { event, at, correlationId, ...rest } = body as Record<string, unknown>;
  const named = (value: unknown): string => typeof value;
  const kept = [...headers].filter(([name]) => !['date', 'x-correlation-id', 'content-length'].includes(name));
  return { status, kept, rest, counted: [event, at, correlationId].map(named) };
}

const PAIRS: readonly (readonly [string, (token: string) => Promise<Answer>, (token: string) => Promise<Answer>])[] = [
  ['by 宛名番号', (token) => stage.post(SEARCH, token, { addresseeNumber: hinasNumber }), (token) => stage.post(SEARCH, token, { addresseeNumber: '999999999' })],
  ['by kana and birth date', (token) => stage.post(SEARCH, token, { kana: 'キノシタヒ', birthDate: HINA.birthDate }), (token) => stage.post(SEARCH, token, { kana: 'ダレモ', birthDate: HINA.birthDate })],
  ['by slip', (token) => stage.post(SEARCH, token, { ticketNumber: '2026000901' }), (token) => stage.post(SEARCH, token, { ticketNumber: '2026000999' })],
  ['by 個人番号', (token) => stage.post(SEARCH, token, { number: NUMBERS[0] }), (token) => stage.post(SEARCH, token, { number: NUMBERS[7] })],
  ['opening the person', (token) => stage.get(`/subjects/${hina}?file=vaccination`, token), (token) => stage.get(`/subjects/${absent}?file=vaccination`, token)],
  ['the person’s records', (token) => stage.get(`/subjects/${hina}/vaccinations?file=vaccination`, token), (token) => stage.get(`/subjects/${absent}/vaccinations?file=vaccination`, token)],
  ['the number', (token) => stage.get(`/subjects/${hina}/numbers?file=vaccination`, token), (token) => stage.get(`/subjects/${absent}/numbers?file=vaccination`, token)],
  ['one record', (token) => stage.get(`/vaccinations/${hinasRecord}?file=vaccination`, token), (token) => stage.get(`/vaccinations/${absent}?file=vaccination`, token)],
];
const outwardChief = (): Promise<string> => stage.token({ role: 'supervisor', channel: 'outward' });
const refusedFor = (events: readonly Happened[]): readonly unknown[] => events.filter(({ type }) => type === 'HandlingRefused').map(({ block }) => [block.subjects, block.findings]);

describe.each(PAIRS)('%s', (_, protectedOne, absentOne) => {
  it('is answered exactly as if there were nobody', async () => {
    const token = await outwardChief();
    expect(seen(await protectedOne(token))).toEqual(seen(await absentOne(token)));
  });

  it('is recorded as refused for that person, beside the look that found nobody', async () => {
    const token = await outwardChief();
    const { events } = await during(stage, () => protectedOne(token));
    expect(events.map(({ type }) => type).sort()).toEqual(['HandlingRefused', 'InformationUsed']);
    expect(refusedFor(events)).toEqual([[[hina], [{ rule: 'protection', item: 'risk.provision.improper.rule' }]]]);
    const used = events.find(({ type }) => type === 'InformationUsed')!;
    expect(used.block.subjects).toEqual([]);
    expect(used.data).toMatchObject({ shown: 0, withheld: 1 });
  });

  it('stands open to staff at their desks', async () => {
    const answer = await protectedOne(await stage.token({ role: 'supervisor' }));
    expectStatus(answer, 200);
    expect(JSON.stringify(answer.body)).toMatch(new RegExp(`${hina}|${NUMBERS[0]}`));
  });
});

describe('where in the ledger anything stands', () => {
  it('is told by no answer: how much was written in between would tell that somebody was kept back', async () => {
    const token = await outwardChief();
    const told = [];
    for (const [what, protectedOne, absentOne] of PAIRS) told.push([what, ...[await protectedOne(token), await absentOne(token)].map(({ body }) => /position/i.test(JSON.stringify(body)))]);
    expect(told).toEqual(PAIRS.map(([what]) => [what, false, false]));
    expect((await stage.post(SEARCH, await stage.token({ role: 'supervisor' }), { addresseeNumber: openNumber })).body).toMatchObject({ position: expect.any(Number), registerPosition: expect.any(Number) });
  });

  it.each([
    ['Akashi-After', (token: string) => stage.get(`/subjects/${open}?file=vaccination`, token, { 'Akashi-After': '1' })],
    ['asOfPosition', (token: string) => stage.get(`/subjects/${open}?file=vaccination&asOfPosition=1`, token)],
  ])('cannot be asked by %s: how far the ledger reaches could be found by trying', async (path, ask) => {
    const { body } = expectStatus(await ask(await outwardChief()), 400);
    expect(body).toMatchObject({ code: 'position-on-outward-channel', errors: [{ path }] });
  });

  it('nor does the state of the registers tell', async () => {
    const { answer, events } = await during(stage, async () => stage.get('/registers', await outwardChief()));
    expect([answer.status, events.map(({ type }) => type)]).toEqual([403, ['HandlingRefused']]);
  });
});

it('without the right, every way of asking is a refusal that names whom it was aimed at', async () => {
  const token = await stage.token({ role: 'operator', department: 'information-systems', channel: 'outward' });
  const aimed: unknown[] = [];
  for (const [what, protectedOne] of PAIRS) {
    const { answer, events } = await during(stage, () => protectedOne(token));
    aimed.push([what, answer.status, events.map(({ type }) => type), [...new Set(events.flatMap(({ block }) => block.subjects))]]);
  }
  expect(aimed).toEqual(PAIRS.map(([what]) => [what, 403, ['HandlingRefused'], [hina]]));
});

/** What an outward look asks of the ledger, in order, and which appends share a flush: those that are begun before one of them has come back. */
async function steps(act: () => Promise<unknown>): Promise<readonly string[]> {
  const { ledger } = stage.city.server.engine;
  const told: string[] = [];
  const [summary, append] = [ledger.summary.bind(ledger), ledger.store.append.bind(ledger.store)];
  const spies = [
    jest.spyOn(ledger, 'summary').mockImplementation((stream) => (told.push('look up'), summary(stream))),
    jest.spyOn(ledger.store, 'append').mockImplementation(async (...write) => {
      told.push('append');
      try {
        return await append(...write);
      } finally {
        told.push('flushed');
      }
    }),
  ];
  try {
    await act();
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
  return told;
}

describe('nobody there, somebody of another file, and somebody who is kept back', () => {
  let strangers: string;
  let strangersRecord: string;
  beforeAll(async () => {
    strangers = await stage.person();
    strangersRecord = await stage.record(strangers);
  });
  const place = (path: string, file: string): string => `${path}?file=${file}`;

  it.each([
    ['the person', (id: string) => `/subjects/${id}`, () => [hina, strangers]],
    ['the number', (id: string) => `/subjects/${id}/numbers`, () => [hina, strangers]],
    ['the records of the person', (id: string) => `/subjects/${id}/vaccinations`, () => [hina]],
    ['one record', (id: string) => `/vaccinations/${id}`, () => [hinasRecord, strangersRecord]],
  ])('take the same steps to %s, and end in the same words', async (_, path, ids) => {
    const token = await outwardChief();
    const [keptBack, ofAnotherFile] = ids();
    expectStatus(await stage.get(place(path(absent), 'vaccination'), token), 200, 404); // its session is opened
    const answers: unknown[] = [];
    const ways: (readonly string[])[] = [];
    const asked = [[absent, 'vaccination'], [keptBack, 'vaccination'], ...(ofAnotherFile ? [[ofAnotherFile, 'other-file'], [absent, 'other-file']] : [])] as const;
    for (const [id, file] of asked) ways.push(await steps(async () => answers.push(seen(await stage.get(place(path(id!), file!), token)))));
    expect(ways[0]).toEqual(['look up', 'append', 'append', 'flushed', 'flushed']);
    expect(ways[1]).toEqual(ways[0]);
    expect(answers[1]).toEqual(answers[0]);
    expect(ways[3]).toEqual(ways[2]);
    expect(answers[3]).toEqual(answers[2]);
  });

  it('take the same steps in a search', async () => {
    const token = await outwardChief();
    expectStatus(await stage.post(SEARCH, token, { addresseeNumber: '999999999' }), 200);
    const ways = [];
    for (const addresseeNumber of [hinasNumber, '999999999']) ways.push(await steps(() => stage.post(SEARCH, token, { addresseeNumber })));
    expect(ways[0]).toEqual(['look up', 'append', 'append', 'flushed', 'flushed']);
    expect(ways[1]).toEqual(ways[0]);
  });
});

describe('among others', () => {
  const kinoshita = { kana: 'キノシタ', birthDate: HINA.birthDate };

  it('only the one who is not protected shows, and only that one is named as looked at', async () => {
    const { answer, events } = await during(stage, () => stage.post(SEARCH, stage.outward, kinoshita));
    expect(answer.body.views.map((view: { subject: string }) => view.subject)).toEqual([open]);
    expect(events.find(({ type }) => type === 'InformationUsed')!.block.subjects).toEqual([open]);
    expect(refusedFor(events)).toMatchObject([[[hina], [{ rule: 'protection' }]]]);
  });

  it.each([
    ['a search', (page: string) => stage.post(`${SEARCH}&${page}`, stage.outward, kinoshita)],
  ])('%s in pages of one has no empty page: it would tell that somebody is kept back', async (_, ask) => {
    const sizes: number[] = [];
    let next: string | undefined;
    do {
      const { body } = expectStatus(await ask(`limit=1${next === undefined ? '' : `&cursor=${next}`}`), 200);
      sizes.push(body.views.length);
      next = body.next as string | undefined;
    } while (next !== undefined);
    expect(sizes).toEqual(sizes.map(() => 1)); // the protected one stands last
  });

  it('a search that has shown all does not offer more', async () => {
    expect((await stage.post(`${SEARCH}&limit=1`, stage.outward, kinoshita)).body).not.toHaveProperty('next');
  });
});

it.each(['subjects', 'vaccinations'])('the whole register of %s is nothing for an outward channel: its gaps would tell', async (register) => {
  const { answer, events } = await during(stage, () => stage.get(`/registers/${register}?file=vaccination`, stage.outward));
  expect([answer.status, answer.body.findings.map(({ rule }: { rule: string }) => rule)]).toEqual([403, ['channel']]);
  expect(events.map(({ type, block }) => [type, block.subjects])).toEqual([['HandlingRefused', []]]);
});

describe('a register as of a time before it does not tell either', () => {
  it.each([
    ['the person', (id: string) => `/subjects/${id}?file=vaccination`],
    ['the records', (id: string) => `/subjects/${id}/vaccinations?file=vaccination`],
    ['the number', (id: string) => `/subjects/${id}/numbers?file=vaccination`],
  ])('%s', async (_, path) => {
    const token = await outwardChief();
    expect(seen(await stage.get(`${path(hina)}&asOf=${before}`, token))).toEqual(seen(await stage.get(`${path(absent)}&asOf=${before}`, token)));
  });

  it('a search', async () => {
    const token = await outwardChief();
    const found = expectStatus(await stage.post(`${SEARCH}&asOf=${before}`, token, { addresseeNumber: hinasNumber }), 200);
    expect(found.body.views).toEqual([]);
  });
});

describe('commands do not tell either', () => {
  const registering = (addresseeNumber: string) => stage.post('/subjects', stage.outward, { ...MINATO, addresseeNumber });

  it('whether a 宛名番号 is somebody’s', async () => {
    expect((await registering(hinasNumber)).status).toBe((await registering(freshNumber())).status);
  });

  it('whether a record can be entered', async () => {
    const entering = (subject: string) => stage.post('/vaccinations', stage.outward, { ...RECORD, subject });
    expect((await entering(hina)).status).toBe((await entering(absent)).status);
  });

  it('whether information can be provided', async () => {
    const providing = (subject: string) => stage.post('/provisions', stage.outward, { ...FILE, recipient: 'prefecture', subjects: [subject], items: ['vaccine'], method: 'paper', legalGround: 'provide-19-8' });
    const [one, two] = [await providing(hina), await providing(absent)];
    expect([one.status, one.body.detail]).toEqual([two.status, two.body.detail]);
  });
});

describe('after the identity has been erased the flag cannot be read, and counts as set', () => {
  let gone: string;
  beforeAll(async () => {
    gone = await stage.person({ ...HINA, kana: 'キノシタ　アキ' });
    await stage.confirmed(gone, { institution: '架空小児科' });
    expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject: gone, number: NUMBERS[2], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
    await stage.protect(gone);
    await stage.erase('subject', gone, gone);
  });

  it.each([
    ['the person', (id: string) => `/subjects/${id}?file=vaccination`],
    ['the records', (id: string) => `/subjects/${id}/vaccinations?file=vaccination`],
    ['the number', (id: string) => `/subjects/${id}/numbers?file=vaccination`],
  ])('%s: outward as if absent', async (_, path) => {
    const token = await outwardChief();
    expect(seen(await stage.get(path(gone), token))).toEqual(seen(await stage.get(path(absent), token)));
  });

  it('where the vaccination was given stays hidden from staff', async () => {
    const { body } = expectStatus(await stage.get(`/subjects/${gone}/vaccinations?file=vaccination`, stage.clerk), 200);
    expect(JSON.stringify(body)).not.toContain('架空小児科');
  });
});
