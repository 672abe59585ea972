import { newId, streamName } from '../../src/ledger/ids.js';
import { MY_NUMBER } from '../../src/numbers/module.js';
import { ADDRESSEE_NUMBER, INTEGRATED_NUMBER } from '../../src/subjects/numbers.js';
import { MINATO, type Answer } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';

/** One number, one person: 宛名番号, 団体内統合宛名番号, 個人番号. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const FROM_RESIDENTS = { source: 'own-department:residents', method: 'internal-link' } as const;
let integrated = 7_000_000_000;
const freshIntegrated = (): string => String((integrated += 1));
const numberOf = (subject: string, number: string, over: object = {}) => stage.post('/numbers', stage.chief, { ...FILE, ...FROM_RESIDENTS, subject, number, ...over }, WAIT);
const changeOf = (subject: string, oldNumber: string, number: string, supersedes: string) => stage.post('/number-changes', stage.chief, { ...FILE, ...FROM_RESIDENTS, subject, oldNumber, number, supersedes }, WAIT);
const index = () => stage.city.server.engine.ledger.vault.index;

let myNumbers = 0;
const freshMyNumber = (): string => NUMBERS[(myNumbers += 1) - 1]!;

/** Ways in which two persons could come by one number. */
const WAYS: readonly (readonly [string, (number: string) => Promise<Answer>, () => string])[] = [
  ['宛名番号', (addresseeNumber) => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber }), freshNumber],
  ['団体内統合宛名番号', (integratedNumber) => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), integratedNumber }), freshIntegrated],
  ['個人番号', async (number) => numberOf(await stage.person(), number), freshMyNumber],
];

describe.each(WAYS)('%s', (_, take, fresh) => {
  it('of somebody is refused to the next, who does not learn whose it is', async () => {
    const number = fresh();
    const first = expectStatus(await take(number), 201);
    const { answer, events } = await during(stage, () => take(number));
    expect([answer.status, answer.body.code]).toEqual([409, 'number-taken']);
    expect(events.filter(({ data }) => 'supersedes' in data || JSON.stringify(data).includes(first.body.id as string))).toEqual([]);
    const said = JSON.stringify(answer.body);
    for (const text of [number, first.body.id as string, ...(first.body.events as string[]), '架空']) expect(said).not.toContain(text);
  });

  it('asked for by twenty at once is given to exactly one', async () => {
    const number = fresh();
    const before = await stage.head();
    const answers = await Promise.all(Array.from({ length: 20 }, () => take(number)));
    const won = answers.filter(({ status }) => status === 201);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const holding = (await stage.since(before)).filter(({ opened }) => JSON.stringify(opened).includes(`"${number}"`));
    expect(holding.map(({ id }) => id)).toEqual(won.map(({ body }) => body.events[0] as string));
  });
});

describe.each(WAYS)('%s', (_, take, fresh) => {
  it('asked for while its first event is still being written is not given away', async () => {
    const number = fresh();
    const [first, second] = await whileHeld(take, number);
    expect([first.status, second.status].sort()).toEqual([201, 409]);
  });
});

/** Asks twice for a number; the event that brings it the first time is kept from the store until the second has come as far as it can. */
async function whileHeld(take: (number: string) => Promise<Answer>, number: string): Promise<readonly [Answer, Answer]> {
  const { ledger } = stage.city.server.engine;
  const append = ledger.append.bind(ledger);
  const reached: (() => void)[] = [];
  let calls = 0;
  let release = (): void => undefined;
  const held = new Promise<void>((free) => (release = free));
  const arrived = [0, 1].map((i) => new Promise<void>((come) => (reached[i] = come)));
  ledger.append = async (write) => {
    if (!JSON.stringify(write.drafts.map(({ event }) => event.sealed)).includes(`"${number}"`)) return append(write);
    calls += 1;
    reached[calls - 1]?.();
    if (calls === 1) await held;
    return append(write);
  };
  try {
    const first = take(number);
    await arrived[0];
    const second = take(number);
    await Promise.race([second, arrived[1], turns(3000)]); // whoever makes the second wait for the first is right, too
    release();
    return [await first, await second];
  } finally {
    ledger.append = append;
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((turn) => setImmediate(turn));
}

describe('a number of somebody', () => {
  it('the 団体内統合宛名番号 brought by a resident change is claimed as well', async () => {
    const [mine, integratedNumber] = [freshNumber(), freshIntegrated()];
    const subject = await stage.person({ addresseeNumber: mine });
    const moved = { ...MINATO, change: 'move-within', changedOn: '2026-11-01', integratedNumber };
    expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, { ...moved, addresseeNumber: mine }), 200);
    const theirs = freshNumber();
    const other = await stage.person({ addresseeNumber: theirs });
    expect((await stage.post(`/subjects/${other}/resident-changes`, stage.clerk, { ...moved, addresseeNumber: theirs })).body.code).toBe('number-taken');
    expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, { ...moved, addresseeNumber: mine, address: '汐浜市架空町5番地' }), 200);
  });

  it('one number of a claim that is taken leaves the other free', async () => {
    const [taken, free] = [freshNumber(), freshIntegrated()];
    await stage.person({ addresseeNumber: taken });
    expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: taken, integratedNumber: free }), 409);
    expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), integratedNumber: free }), 201);
  });

  it('holds over a restart', async () => {
    const addresseeNumber = freshNumber();
    await stage.person({ addresseeNumber });
    await stage.city.restart();
    expect((await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber })).status).toBe(409);
  });

  it('of somebody erased is free again', async () => {
    const addresseeNumber = freshNumber();
    const subject = await stage.person({ addresseeNumber });
    await stage.erase('subject', subject, subject);
    expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber }), 201);
  });
});

describe('a number whose owner’s event never came', () => {
  it('is taken over by the next', async () => {
    const addresseeNumber = freshNumber();
    index().claim([{ kind: ADDRESSEE_NUMBER, value: addresseeNumber, stream: streamName('subject', newId()), event: newId() }]); // the engine stopped before its append
    const answer = expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber }), 201);
    expect(index().find(ADDRESSEE_NUMBER, addresseeNumber)).toEqual({ stream: streamName('subject', answer.body.id as string), event: answer.body.events[0] });
    expect((await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber })).status).toBe(409);
  });

  it('is taken over also where its stream stands without that event', async () => {
    const integratedNumber = freshIntegrated();
    const somebody = await stage.person();
    index().claim([{ kind: INTEGRATED_NUMBER, value: integratedNumber, stream: streamName('subject', somebody), event: newId() }]);
    expectStatus(await stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), integratedNumber }), 201);
  });

  it('is its owner’s for good once the owner has come back for it', async () => {
    const [addresseeNumber, integratedNumber] = [freshNumber(), freshIntegrated()];
    const subject = await stage.person({ addresseeNumber });
    index().claim([{ kind: INTEGRATED_NUMBER, value: integratedNumber, stream: streamName('subject', subject), event: newId() }]);
    const again = { ...MINATO, addresseeNumber, integratedNumber, change: 'move-within', changedOn: '2026-11-01' };
    expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, again), 200);
    const { answer } = await during(stage, () => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber(), integratedNumber }));
    expect([answer.status, answer.body.code]).toEqual([409, 'number-taken']);
  });
});

describe('個人番号の変更', () => {
  const [OLD, NEW, NEWER, OTHER] = NUMBERS.slice(4) as [string, string, string, string];
  let subject: string;
  let first: string;
  let second: string;

  it('needs the first number', async () => {
    subject = await stage.person();
    first = expectStatus(await numberOf(subject, OLD), 201).body.id as string;
    expect((await numberOf(subject, NEW)).body.code).toBe('number-taken'); // a second first number is none
    expect((await changeOf(subject, OTHER, NEW, first)).body.code).toBe('old-number-differs');
    expect((await changeOf(await stage.person(), OLD, NEW, first)).body.code).toBe('old-number-differs');
    expect((await changeOf(subject, OLD, OLD, first)).body.code).toBe('no-change');
  });

  it('makes the new one current and keeps the old one in a stream of its own', async () => {
    second = expectStatus(await changeOf(subject, OLD, NEW, first), 201).body.id as string;
    const { body } = await stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.chief);
    expect(body.views).toEqual([{ id: second, number: NEW, status: 'current' }, { id: first, number: OLD, status: 'superseded' }]);
  });

  it('has one successor: the old number is not changed twice', async () => {
    expectStatus(await changeOf(subject, OLD, NEWER, first), 409);
    expectStatus(await changeOf(subject, NEW, NEWER, second), 201);
  });

  it('the old number falls due alone', async () => {
    await stage.erase('number', first, subject);
    const { body } = await stage.get(`/subjects/${subject}/numbers?file=vaccination`, stage.chief);
    expect(body.views).toContainEqual({ id: first, status: 'erased' });
    expect(body.views.map(({ status }: { status: string }) => status).sort()).toEqual(['current', 'erased', 'superseded']);
    expect(JSON.stringify(body)).not.toContain(OLD);
    expect(index().find(MY_NUMBER, OLD)).toBeUndefined();
  });

  it('after the old number has been erased the person has a current one, and gets no second', async () => {
    expect((await numberOf(subject, OTHER)).status).toBe(409);
  });
});

it('a change that never came leaves the number current, and the person without a second one', async () => {
  const whose = await stage.person();
  const only = expectStatus(await numberOf(whose, '000000001120'), 201).body.id as string;
  index().claim([{ kind: 'number-of', value: `${whose} after ${only}`, stream: streamName('number', newId()), event: newId() }]); // the engine stopped before its append
  expect((await numberOf(whose, '000000001155')).status).toBe(409);
  expectStatus(await changeOf(whose, '000000001120', '000000001163', only), 201);
});

describe('whose number may be taken', () => {
  it('that of a registered person', async () => {
    const { answer, events } = await during(stage, () => numberOf(newId(), '000000001104'));
    expect(answer.status).toBe(422);
    expect(events.map(({ type }) => type)).toEqual([]);
  });

  it('not that of a person outside the written scope', async () => {
    const late = { scope: 'non-resident', addresseeNumber: freshNumber(), occurredAt: '2026-11-19T09:00:00+09:00', reason: '他市町村の者の実施依頼' };
    const subject = await stage.person(late);
    const answer = await numberOf(subject, '000000001112');
    expect([answer.status, answer.body.detail]).toEqual([403, 'Ⅱ.2③対象となる本人の範囲（第3版）に記載がありません']);
  });

  it('not for 任意接種', async () => {
    const subject = await stage.person();
    const answer = await numberOf(subject, '000000001139', { executionClass: 'voluntary' });
    expect([answer.status, answer.body.detail]).toEqual([403, 'Ⅰ.5個人番号の利用（実施区分）（第3版）に記載がありません']);
    expectStatus(await numberOf(subject, '000000001139', { executionClass: 'routine' }), 201);
  });

  it('not on another ground than the written one', async () => {
    const answer = await numberOf(await stage.person(), '000000001147', { legalGround: 'entrust-19-6' });
    expect([answer.status, answer.body.detail]).toEqual([403, 'Ⅰ.5法令上の根拠（第3版）に記載がありません']);
  });
});
