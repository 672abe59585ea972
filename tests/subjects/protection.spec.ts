import { MINATO } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';

/** 支援措置 at the staff's desks: the record is found, and what gives away where somebody is does not show. */
const HINA = {
  ...MINATO, name: '木下　ひな（架空）', kana: 'キノシタ　ヒナ', birthDate: '2021-05-03', address: '汐浜市架空町2番地', postalCode: '999-0002', contact: '000-0000-0002', household: '5501',
  guardians: [{ name: '木下　葵（架空）', relation: '母', contact: '000-0000-0001' }],
};
const WHERE = [HINA.address, HINA.postalCode, HINA.contact, HINA.household, HINA.guardians[0]!.name, HINA.guardians[0]!.contact, '架空小児科', '架空保健センター', '架空 医師'];
const SEARCH = '/subjects/search?file=vaccination';

let stage: Stage;
let addresseeNumber: string;
let subject: string;
let record: string;
beforeAll(async () => {
  stage = await openStage();
  addresseeNumber = freshNumber();
  subject = await stage.person({ ...HINA, addresseeNumber });
  record = await stage.confirmed(subject, { institution: '架空小児科', venue: '架空保健センター', doctor: '架空 医師', municipality: '990019', ticketNumber: '2026000801' });
  expectStatus(await stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[1], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
});
afterAll(async () => stage.city.close());

const hiddenIn = (body: unknown): readonly string[] => WHERE.filter((text) => JSON.stringify(body).includes(text));
const LOOKS: readonly (readonly [string, () => ReturnType<Stage['get']>])[] = [
  ['a search by 宛名番号', () => stage.post(SEARCH, stage.clerk, { addresseeNumber })],
  ['a search by kana and birth date', () => stage.post(SEARCH, stage.clerk, { kana: 'キノシタ', birthDate: HINA.birthDate })],
  ['a search by slip', () => stage.post(SEARCH, stage.clerk, { ticketNumber: '2026000801' })],
  ['a search by 個人番号', () => stage.post(SEARCH, stage.chief, { number: NUMBERS[1] })],
  ['opening the person', () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk)],
  ['the register', () => stage.get('/registers/subjects?file=vaccination', stage.clerk)],
  ['the person’s records', () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, stage.clerk)],
  ['one record', () => stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk)],
  ['the register of vaccinations', () => stage.get('/registers/vaccinations?file=vaccination', stage.clerk)],
];
const viewsOf = (body: { views?: readonly object[] }): readonly object[] => body.views ?? [body];

describe('before it', () => {
  it('everything shows, without a warning', async () => {
    const { body } = expectStatus(await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk), 200);
    expect(body.identity).toMatchObject({ address: HINA.address, contact: HINA.contact, guardians: HINA.guardians });
    expect(body).not.toHaveProperty('warning');
    expect((await stage.get(`/vaccinations/${record}?file=vaccination`, stage.clerk)).body.record).toMatchObject({ institution: '架空小児科', doctor: '架空 医師' });
  });
});

describe('under it', () => {
  let before: number;
  beforeAll(async () => {
    before = await stage.head();
    await stage.protect(subject);
  });

  it.each(LOOKS)('%s finds the person and hides where they are', async (_, ask) => {
    const { body } = expectStatus(await ask(), 200);
    expect(JSON.stringify(viewsOf(body))).toContain(subject);
    expect(hiddenIn(body)).toEqual([]);
  });

  it.each(LOOKS)('%s shows the warning', async (_, ask) => {
    const views = viewsOf(expectStatus(await ask(), 200).body).filter((view) => JSON.stringify(view).includes(subject));
    expect(views.length).toBeGreaterThan(0);
    for (const view of views) expect(view).toMatchObject({ warning: expect.stringContaining('支援措置') });
  });

  it('a look is recorded without the items that it did not show', async () => {
    const HIDDEN = ['address', 'postalCode', 'contact', 'guardians', 'household', 'protection', 'institution', 'venue', 'doctor', 'municipality'];
    const claimed: unknown[] = [];
    for (const [what, ask] of LOOKS) {
      const { events } = await during(stage, ask);
      claimed.push([what, events[0]!.block.items.filter((item) => HIDDEN.includes(item))]);
    }
    expect(claimed).toEqual(LOOKS.map(([what]) => [what, []]));
  });

  it('found together with somebody else, nothing is said to have been opened of the one that was not shown', async () => {
    const sibling = await stage.person({ ...HINA, name: '木下　あき（架空）', kana: 'キノシタ　アキ' });
    const { answer, events } = await during(stage, () => stage.post(SEARCH, stage.clerk, { kana: 'キノシタ', birthDate: HINA.birthDate }));
    expect(answer.body.views.map((view: { subject: string }) => view.subject).sort()).toEqual([subject, sibling].sort());
    const about = (whom: string) => events.filter(({ block }) => block.subjects.includes(whom)).flatMap(({ block }) => block.items);
    expect(about(sibling)).toContain('address');
    expect(about(subject)).not.toContain('address');
    expect(about(subject)).toContain('name');
  });

  it('name and date of birth still show: otherwise the person would be registered twice', async () => {
    const { body } = await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk);
    expect(body.identity).toMatchObject({ name: HINA.name, kana: HINA.kana, birthDate: HINA.birthDate, addresseeNumber });
  });

  it('a register as of a time before it does not give them away either', async () => {
    for (const path of [`/subjects/${subject}?file=vaccination`, '/registers/subjects?file=vaccination', `/subjects/${subject}/vaccinations?file=vaccination`]) {
      const { body } = expectStatus(await stage.get(`${path}&asOfPosition=${before}`, stage.chief), 200);
      expect(JSON.stringify(body)).toContain(subject);
      expect(hiddenIn(body)).toEqual([]);
    }
  });

  it('a resident change neither lifts it nor shows anything', async () => {
    const moved = { ...HINA, addresseeNumber, address: '汐浜市架空町99番地', change: 'move-within', changedOn: '2026-11-10' };
    const answer = expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, moved, WAIT), 200);
    expect(JSON.stringify(answer.body)).not.toContain('99番地');
    const { body } = await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk);
    expect(body).toMatchObject({ warning: expect.stringContaining('支援措置') });
    expect(JSON.stringify(body)).not.toContain('99番地');
  });

  it('takes a right of its own to start and to end, and the try of another is recorded', async () => {
    for (const on of [true, false]) {
      const { answer, events } = await during(stage, () => stage.post(`/subjects/${subject}/protection`, stage.clerk, { ...FILE, protected: on, on: '2026-11-20', source: 'self', method: 'paper' }));
      expectStatus(answer, 403);
      expect(events.map(({ block }) => [block.subjects, block.items, block.findings])).toEqual([[[subject], ['protection'], [{ rule: 'right' }]]]);
    }
  });

  it('still holds after a restart', async () => {
    await stage.city.restart();
    expect(hiddenIn((await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk)).body)).toEqual([]);
  });

  it('ends by its command, and everything shows again', async () => {
    const ended = { ...FILE, protected: false, on: '2026-11-20', source: 'own-department:residents', method: 'internal-link' };
    expectStatus(await stage.post(`/subjects/${subject}/protection`, stage.chief, ended, WAIT), 200);
    const { body } = await stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk);
    expect(body.identity).toMatchObject({ address: '汐浜市架空町99番地' });
    expect(body).not.toHaveProperty('warning');
  });
});

it('which resident change it was does not stand open in the ledger: some kinds tell too much', async () => {
  const other = await stage.person();
  const before = await stage.head();
  await stage.protect(other);
  const recorded = await stage.city.server.engine.store.readAll({ after: before, limit: 10 });
  expect(recorded.length).toBeGreaterThan(0);
  for (const { bytes } of recorded) expect(Buffer.from(bytes).toString()).not.toMatch(/protection-start|"until"|"restricted"/);
});
