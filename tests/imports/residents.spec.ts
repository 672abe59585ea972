import { during, expectStatus, openStage, type Happened, type Stage } from '../walks/stage.js';
import { inventedNumber, inventedPerson, residentsCsv, type Cells } from './files.js';
import { open, rejectsOf, send, take } from './desk.js';

/** 住民異動: a person comes, moves, changes, goes; and numbers stay whose they are. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

let numbers = 100;
const freshMyNumber = (): string => inventedNumber((numbers += 1));

/** Takes these rows in: the summary, the rejects and the events of the rows. */
async function taking(...rows: readonly Cells[]) {
  const bytes = residentsCsv(rows);
  const id = await open(stage, 'residents', bytes);
  const { answer, events } = await during(stage, () => send(stage, id, bytes));
  const { registered, changed, unchanged, rejected } = expectStatus(answer, 200).body;
  const rejects = (await rejectsOf(stage, id)).map(({ line, item, code }) => [line, item, code]);
  return { counts: { registered, changed, unchanged, rejected }, rejects, events: events.filter(({ type }) => !type.startsWith('Import')) };
}

const counts = (over: object) => ({ registered: 0, changed: 0, unchanged: 0, rejected: 0, ...over });
const typesOf = (events: readonly Happened[]) => events.map(({ type }) => type);
const changeOf = ({ opened, data }: Happened) => ({ scope: data.scope, ...(opened as { change: object; identity: object }) });

async function registered(over: Cells = {}): Promise<{ readonly cells: Cells; readonly subject: string }> {
  const cells = inventedPerson(over);
  const { events } = await taking(cells);
  return { cells, subject: events[0]!.stream.slice('subject-'.length) };
}

describe('a new person', () => {
  it('is registered, and the number in a stream of its own', async () => {
    const [number, other] = [freshMyNumber(), freshMyNumber()];
    const [one, two] = [inventedPerson({ 個人番号: number, 団体内統合宛名番号: '99001', 世帯番号: '55', 連絡先: '架空 1' }), inventedPerson({ 個人番号: other })];
    const result = await taking(one, two);
    expect(result.counts).toEqual(counts({ registered: 2 }));
    expect(typesOf(result.events).sort()).toEqual(['NumberRegistered', 'NumberRegistered', 'SubjectRegistered', 'SubjectRegistered']);
    const subject = result.events.find(({ opened }) => (opened.identity as { name: string })?.name === one['氏名'])!;
    expect(subject.data.scope).toBe('resident');
    expect(subject.opened.identity).toEqual({
      name: one['氏名'], kana: one['氏名の振り仮名'], birthDate: expect.stringMatching(/-04-02$/), sex: expect.stringMatching(/male$/), address: one['住所'],
      addresseeNumber: one['宛名番号'], integratedNumber: '99001', household: '55', contact: '架空 1',
    });
    const registered = result.events.find(({ opened }) => opened.number === number)!;
    expect(registered.data).toEqual({ subject: subject.stream.slice('subject-'.length) });
    expect(registered.stream).toMatch(/^number-/);
    expect(registered.block).toMatchObject({ kind: 'acquisition', items: ['number'], legalGround: 'use-14', subjects: [registered.data.subject], outcome: 'written' });
    expect(subject.block.items).not.toContain('number');
  });

  it.each([
    ['who has left', { 住民でなくなった日: '20260901' }],
    ['who has died', { 死亡日: '20260901' }],
    ['whose last change is a death', { 異動事由: '死亡' }],
    ['who was struck off', { 異動事由: '職権消除' }],
  ])('%s was a resident', async (_, over) => {
    expect((await taking(inventedPerson(over))).events.map(({ data }) => data.scope)).toEqual(['former-resident']);
  });
});

describe('a known person', () => {
  it.each<[string, Cells, object]>([
    ['moved', { 住所: '汐浜市架空町新1番地', 異動事由: '転居', 異動日: '20261101', 異動届出日: '20261103' }, { scope: 'resident', change: { kind: 'move-within', on: '2026-11-01', notifiedOn: '2026-11-03' }, identity: { address: '汐浜市架空町新1番地' } }],
    ['has another name', { 氏名: '架空　新', 氏名の振り仮名: 'カクウ　シン', 異動事由: '氏名変更', 異動日: '20261102' }, { scope: 'resident', change: { kind: 'name-change', on: '2026-11-02' }, identity: { name: '架空　新', kana: 'カクウ　シン' } }],
    ['died', { 死亡日: '20261105', 異動事由: '死亡', 異動日: '20261105' }, { scope: 'former-resident', change: { kind: 'death', on: '2026-11-05' }, identity: { diedOn: '2026-11-05' } }],
    ['left', { 住民でなくなった日: '20261106', 異動事由: '転出', 異動日: '20261106' }, { scope: 'former-resident', change: { kind: 'move-out', on: '2026-11-06' }, identity: { leftOn: '2026-11-06' } }],
  ])('who %s is changed, in the same stream', async (_, over, expected) => {
    const { cells, subject } = await registered({ 世帯番号: '77' });
    const result = await taking({ ...cells, ...over });
    expect(result.counts).toEqual(counts({ changed: 1 }));
    expect(result.events.map(({ type, stream, block }) => [type, stream, block.subjects])).toEqual([['ResidentChanged', `subject-${subject}`, [subject]]]);
    expect(changeOf(result.events[0]!)).toMatchObject(expected);
    expect(changeOf(result.events[0]!).identity).toMatchObject({ household: '77', addresseeNumber: cells['宛名番号'] });
  });

  it('who stands in another file as before is unchanged: nothing is written', async () => {
    const { cells } = await registered({ 個人番号: freshMyNumber() });
    const result = await taking(cells, { ...cells, 宛名番号: inventedPerson()['宛名番号']!, 個人番号: '' });
    expect(result.counts).toEqual(counts({ registered: 1, unchanged: 1 }));
    expect(typesOf(result.events)).toEqual(['SubjectRegistered']);
  });

  it('gets a number, or a 団体内統合宛名番号, later', async () => {
    const { cells, subject } = await registered();
    const number = freshMyNumber();
    const first = await taking({ ...cells, 個人番号: number });
    expect(first.counts).toEqual(counts({ changed: 1 }));
    expect(first.events.map(({ type, data, opened }) => [type, data, opened])).toEqual([['NumberRegistered', { subject }, { number }]]);
    const second = await taking({ ...cells, 個人番号: number, 団体内統合宛名番号: '990077' });
    expect([second.counts, typesOf(second.events)]).toEqual([counts({ changed: 1 }), ['ResidentChanged']]);
    expect((await taking(inventedPerson({ 団体内統合宛名番号: '990077' }))).rejects).toEqual([[2, '行全体', 'number-taken']]);
  });
});

describe('a number', () => {
  it('that is somebody else’s is rejected with its whole row, in this file or before it', async () => {
    const { cells } = await registered({ 個人番号: freshMyNumber(), 団体内統合宛名番号: '990088' });
    const twice = freshMyNumber();
    const result = await taking(
      inventedPerson({ 個人番号: cells['個人番号']! }),
      inventedPerson({ 団体内統合宛名番号: '990088' }),
      inventedPerson({ 個人番号: twice }),
      inventedPerson({ 個人番号: twice }),
      inventedPerson(),
    );
    expect(result.counts).toEqual(counts({ registered: 2, rejected: 3 }));
    expect(result.rejects).toEqual([2, 3, 5].map((line) => [line, '行全体', 'number-taken']));
    expect(typesOf(result.events).sort()).toEqual(['NumberRegistered', 'SubjectRegistered', 'SubjectRegistered']);
  });

  it('that is somebody else’s is not taken by a known person either', async () => {
    const [one, other] = [await registered({ 個人番号: freshMyNumber() }), await registered()];
    const result = await taking({ ...other.cells, 住所: '汐浜市架空町新2番地', 個人番号: one.cells['個人番号']! }, { ...other.cells, 宛名番号: one.cells['宛名番号']!, 個人番号: freshMyNumber() });
    expect([result.rejects, result.events]).toEqual([[[2, '行全体', 'number-taken'], [3, '行全体', 'number-differs']], []]);
  });

  it('that is free again after a reject can be had by another', async () => {
    const { cells } = await registered({ 個人番号: freshMyNumber() });
    const free = '990099';
    expect((await taking(inventedPerson({ 個人番号: cells['個人番号']!, 団体内統合宛名番号: free }))).counts).toEqual(counts({ rejected: 1 }));
    expect((await taking(inventedPerson({ 団体内統合宛名番号: free }))).counts).toEqual(counts({ registered: 1 }));
  });

  it('other than the known one is rejected: a change needs both', async () => {
    const { cells } = await registered({ 個人番号: freshMyNumber(), 団体内統合宛名番号: '990111' });
    const result = await taking({ ...cells, 個人番号: freshMyNumber() });
    expect([result.counts, result.rejects, result.events]).toEqual([counts({ rejected: 1 }), [[2, '行全体', 'number-differs']], []]);
    const integrated = await taking({ ...cells, 団体内統合宛名番号: '990112' });
    expect([integrated.rejects, integrated.events]).toEqual([[[2, '行全体', 'number-differs']], []]);
  });

  it('with a wrong check digit is rejected where it stands', async () => {
    const number = freshMyNumber();
    const wrong = number.slice(0, 11) + String((Number(number[11]) + 1) % 10);
    const result = await taking(inventedPerson({ 個人番号: wrong }));
    expect([result.counts, result.rejects, result.events]).toEqual([counts({ rejected: 1 }), [[2, '個人番号', 'invalid-number']], []]);
  });

  it('of one who stands in the file twice is taken once', async () => {
    const person = inventedPerson();
    const result = await taking(person, { ...person, 住所: '汐浜市架空町別の番地' });
    expect([result.counts, result.rejects]).toEqual([counts({ registered: 1, rejected: 1 }), [[3, '行全体', 'same-row-twice']]]);
  });
});

describe('支援措置', () => {
  it('is kept, sealed, when the person moves, and does not make a row differ', async () => {
    const { cells, subject } = await registered();
    await stage.protect(subject);
    const same = await taking(cells, inventedPerson());
    expect(same.counts).toEqual(counts({ registered: 1, unchanged: 1 }));
    const { events } = await taking({ ...cells, 住所: '汐浜市架空町転居先1番地', 異動事由: '転居' });
    expect(changeOf(events[0]!).identity).toMatchObject({ address: '汐浜市架空町転居先1番地', protection: { from: '2026-04-01' } });
    expect(JSON.stringify([events[0]!.data, events[0]!.block])).not.toMatch(/protect|2026-04-01/);
    expect((await stage.get(`/subjects/${subject}?file=vaccination`, stage.outward)).status).toBe(404);
  });

  it('is no column of the file', async () => {
    const bytes = Buffer.from(residentsCsv([inventedPerson()]).toString().replace('死亡日', '死亡日,支援措置').replaceAll(/\r\n(?=.)/g, '\r\n'));
    const answer = await send(stage, await open(stage, 'residents', bytes), bytes);
    expect([answer.status, answer.body.code]).toEqual([422, 'unknown-columns']);
  });
});

it('numbers that an import had claimed when it was stopped, before any row stood, are free for another file', async () => {
  const rows = [inventedPerson({ 個人番号: freshMyNumber(), 団体内統合宛名番号: '990222' }), inventedPerson()];
  const first = residentsCsv(rows);
  const { store } = stage.city.server.engine;
  const { appendMany } = store;
  store.appendMany = async () => {
    store.appendMany = appendMany;
    throw new Error('stopped');
  };
  expectStatus(await send(stage, await open(stage, 'residents', first), first), 500);
  const result = await taking(...rows, inventedPerson());
  expect(result.counts).toEqual(counts({ registered: 3 }));
  expect(typesOf(result.events).sort()).toEqual(['NumberRegistered', 'SubjectRegistered', 'SubjectRegistered', 'SubjectRegistered']);
  const again = await during(stage, async () => send(stage, await open(stage, 'residents', first), first));
  expect(again.answer.body).toMatchObject({ registered: 0, unchanged: 2, rejected: 0 });
});

it('a person changed at the counter while the file lay there is compared with what holds now', async () => {
  const { cells, subject } = await registered();
  const identity = { name: cells['氏名'], kana: cells['氏名の振り仮名'], birthDate: `${cells['生年月日']!.slice(0, 4)}-04-02`, sex: cells['性別'] === '男' ? 'male' : 'female', address: '汐浜市架空町窓口1番地', addresseeNumber: cells['宛名番号'] };
  const change = { file: 'vaccination', scope: 'resident', source: 'own-department:residents', method: 'internal-link', change: 'move-within', changedOn: '2026-11-19', ...identity };
  const bytes = residentsCsv([{ ...cells, 住所: '汐浜市架空町窓口1番地', 異動事由: '転居' }]);
  const id = await open(stage, 'residents', bytes);
  expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, change), 200);
  expect(expectStatus(await send(stage, id, bytes), 200).body).toMatchObject({ unchanged: 1, changed: 0 });
  expect((await take(stage, 'residents', residentsCsv([cells, inventedPerson()]))).changed).toBe(1);
});
