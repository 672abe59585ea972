import { newId } from '../../src/ledger/ids.js';
import { runImport } from '../../src/imports/run.js';
import { open, take } from '../imports/desk.js';
import { slipOf, slipsCsv, inventedPerson, residentsCsv } from '../imports/files.js';
import { FILE, NUMBERS, expectStatus, freshNumber, openStage, type Stage } from './stage.js';

/** What has been acknowledged holds at once, for everybody, however far the registers are behind. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const ADDRESS = '汐浜市かくれ町77番地';
const person = async (): Promise<string> => stage.person({ addresseeNumber: freshNumber(), address: ADDRESS });
const protect = async (subject: string): Promise<void> => {
  expectStatus(await stage.post(`/subjects/${subject}/protection`, stage.chief, { ...FILE, source: 'self', method: 'paper', protected: true, on: '2026-11-01', reason: '申出による' }), 200, 202);
};

it('a person put under 支援措置 is shown without address to whoever asks next, and is absent to an outward channel', async () => {
  const outward = stage.outward;
  for (let i = 0; i < 20; i += 1) {
    const subject = await person();
    await protect(subject);
    const [shown, abroad] = await Promise.all([stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk), stage.get(`/subjects/${subject}?file=vaccination`, outward)]);
    expect([shown.status, JSON.stringify(shown.body).includes('かくれ町'), abroad.status]).toEqual([200, false, 404]);
  }
});

it('nothing more is recorded about a person who has been erased', async () => {
  const subject = await person();
  await stage.erase('subject', subject, subject);
  const record = { ...FILE, subject, source: 'private:clinic', method: 'paper', vaccine: 'MR1', dose: 1, vaccinatedOn: '2026-10-02', executionClass: 'routine' };
  expect((await stage.post('/vaccinations', stage.clerk, record)).status).toBe(422);
  const recorded = (await stage.city.server.engine.ledger.recorded(`subject-${subject}`)).length;
  expect((await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[1], source: 'own-department:residents', method: 'internal-link' })).status).toBeGreaterThanOrEqual(400);
  expect((await stage.city.server.engine.ledger.recorded(`subject-${subject}`)).length).toBe(recorded);
});

it('what was searched for by 個人番号 is kept without the number', async () => {
  const searched = NUMBERS[2];
  const supervisor = stage.chief;
  const answer = expectStatus(await stage.post('/subjects/search?file=vaccination', supervisor, { number: searched }), 200, 403);
  const { ledger } = stage.city.server.engine;
  const texts: string[] = [];
  for (const event of await ledger.store.readAll({ after: 0, limit: 10_000 })) {
    if (!event.stream.startsWith('session-')) continue;
    for (const { sealed } of (await ledger.load(event.stream)).events) texts.push(JSON.stringify(sealed));
  }
  expect(answer.status).toBeGreaterThan(0);
  expect(texts.some((text) => text.includes('number'))).toBe(true);
  expect(texts.some((text) => text.includes(searched))).toBe(false);
});

it('an outward channel reads no record of handlings, whatever its role', async () => {
  const auditor = await stage.city.token({ channel: 'outward', role: 'auditor' });
  const answer = await stage.post('/handling-log/search', auditor, { kind: 'use' });
  expect([answer.status, answer.body.code]).toEqual([403, 'handling-refused']);
});

it('a past register is not folded for somebody who may not look back', async () => {
  const { registers } = stage.city.server;
  const asOf = registers.asOf.bind(registers);
  let folded = 0;
  registers.asOf = async (...of) => {
    folded += 1;
    return asOf(...of);
  };
  try {
    const answer = await stage.get('/registers/subjects?file=vaccination&asOfPosition=5', stage.clerk);
    expect([answer.status, folded]).toEqual([403, 0]);
  } finally {
    registers.asOf = asOf;
  }
});

it.each([
  ['items of a list', { targets: Array.from({ length: 200_000 }, () => ({})) }],
  ['members', Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`m${i}`, 1]))],
])('a body of very many %s is refused with a short answer', async (_, body) => {
  const answer = await stage.post('/erasures', stage.clerk, body);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid-input']);
  expect(JSON.stringify(answer.body).length).toBeLessThan(20_000);
});

it('a sender that falls silent is cut off, and the next import goes on', async () => {
  const cells = inventedPerson();
  await take(stage, 'residents', residentsCsv([cells]));
  const bytes = slipsCsv([slipOf(cells)]);
  const id = await open(stage, 'vaccinations', bytes);
  const session = newId();
  const actor = { staff: session, kind: 'staff', department: 'health-promotion', role: 'clerk', session, terminal: null } as const;
  let hold!: () => void;
  const silent = (async function* () {
    yield bytes.subarray(0, 10);
    await new Promise<void>((resolve) => (hold = resolve));
  })();
  await expect(runImport(stage.city.server.engine, id, actor, silent, { silence: 50 })).rejects.toMatchObject({ status: 408, code: 'cut-off' });
  hold();
  expect(await take(stage, 'vaccinations', bytes)).toMatchObject({ registered: 1, rejected: 0 });
});
