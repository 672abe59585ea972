import { expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';

const BIRTH = '2023-03-03';
const PERSONS = 60;
let stage: Stage;
let subjects: string[];
let records: string[];
let ofOne: string[];
let auditor: string;
beforeAll(async () => {
  stage = await openStage();
  auditor = await stage.token({ role: 'auditor' });
  const enter = async (): Promise<string> => stage.person({ kana: 'カズオオキ　ヒト', birthDate: BIRTH, addresseeNumber: freshNumber() });
  const unordered = await Promise.all(Array.from({ length: PERSONS }, enter));
  const recorded = await Promise.all(Array.from({ length: PERSONS }, (_, i) => stage.record(unordered[i < 20 ? 0 : i]!, { ticketNumber: '2026000555' })));
  const order = (register: string, column: string): string[] => stage.city.server.registers.query(register).prepare(`SELECT ${column} FROM ${register} ORDER BY position`).pluck().all() as string[];
  [subjects, records] = [order('subjects', 'subject'), order('vaccinations', 'vaccination')];
  ofOne = records.filter((id) => recorded.slice(0, 20).includes(id));
}, 20_000);
afterAll(async () => stage.city.close());

interface Listed {
  readonly path: string;
  readonly search?: object;
  /** what the pages give one behind the other, and which member of a view tells them apart */
  readonly all: () => readonly string[];
  readonly by: 'subject' | 'vaccination';
}

const LISTS: readonly (readonly [string, () => Listed])[] = [
  ['the register of persons', () => ({ path: '/registers/subjects?file=vaccination', all: () => subjects, by: 'subject' })],
  ['the register of persons as of now', () => ({ path: `/registers/subjects?file=vaccination&asOfPosition=${asOf}`, all: () => subjects, by: 'subject' })],
  ['the register of vaccinations', () => ({ path: '/registers/vaccinations?file=vaccination', all: () => records, by: 'vaccination' })],
  ['one person’s records', () => ({ path: `/subjects/${subjects.find((id) => id === owner())}/vaccinations?file=vaccination`, all: () => ofOne, by: 'vaccination' })],
  ['a search', () => ({ path: '/subjects/search?file=vaccination', search: { kana: 'ｶｽﾞｵ', birthDate: BIRTH }, all: () => subjects, by: 'subject' })],
];
let asOf: number;
beforeAll(async () => {
  asOf = await stage.head();
});
const owner = (): string => stage.city.server.registers.query('vaccinations').prepare('SELECT subject FROM vaccinations WHERE vaccination = ?').pluck().get(ofOne[0]) as string;

const ask = ({ path, search }: Listed, more: string) => (search ? stage.post(`${path}${more}`, stage.chief, search) : stage.get(`${path}${more}`, stage.chief));

async function pages(list: Listed, limit?: number): Promise<readonly (readonly string[])[]> {
  const all: string[][] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const more = `${limit === undefined ? '' : `&limit=${limit}`}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
    const { body } = expectStatus(await ask(list, more), 200);
    all.push(body.views.map((view: Record<string, string>) => view[list.by]));
    cursor = body.next;
    if (all.length > PERSONS) throw new Error('pages without an end');
  }
  return all;
}

describe.each(LISTS)('%s', (_, list) => {
  it.each([undefined, 7, 20, 50])('goes through everything once and offers nothing beyond, in pages of %s', async (limit) => {
    const { all, ...rest } = list();
    const size = limit ?? 50;
    const given = await pages({ all, ...rest }, limit);
    expect(given.flat()).toEqual(all());
    expect(given.map(({ length }) => length)).toEqual(Array.from({ length: Math.ceil(all().length / size) }, (__, i) => Math.min(size, all().length - i * size)));
  });

  it.each(['A', '!', '-1', '1.5', '', 'zzzzzzzzzzz', '000000000001', '%E4%B8%80', "1'--"])('a broken cursor is refused: %s', async (cursor) => {
    const before = await stage.head();
    const answer = await ask(list(), `&cursor=${cursor}`);
    expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([400, 'invalid-input', 'cursor']);
    expect(await stage.head()).toBe(before);
  });

  it.each(['0', '51', '-1', '1.5', 'all', '', 'NaN'])('a limit that is none is refused: %s', async (limit) => {
    const answer = await ask(list(), `&limit=${limit}`);
    expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([400, 'invalid-input', 'limit']);
  });

  it('a cursor behind the last row gives nothing and nothing more', async () => {
    const { body } = expectStatus(await ask(list(), '&cursor=zzzz'), 200);
    expect([body.views, body.next]).toEqual([[], undefined]);
  });
});

it('rows that come while somebody reads are on a later page, and none comes twice', async () => {
  const list: Listed = { path: '/registers/subjects?file=vaccination', all: () => subjects, by: 'subject' };
  const first = expectStatus(await ask(list, '&limit=50'), 200).body;
  const added = await stage.person({ kana: 'アトカラ', birthDate: '2022-02-02', addresseeNumber: freshNumber() });
  const second = expectStatus(await ask(list, `&limit=50&cursor=${first.next}`), 200).body;
  expect([...first.views, ...second.views].map((view: { subject: string }) => view.subject)).toEqual([...subjects, added]);
  expect(second.next).toBeUndefined();
});

it('the log goes through everything once, in pages of at most fifty', async () => {
  const upTo = await stage.head();
  const seen: number[] = [];
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const { body } = expectStatus(await stage.post(`/handling-log/search?limit=50&cursor=${cursor}`, auditor, { file: 'vaccination' }), 200);
    expect(body.views.length).toBeLessThanOrEqual(50);
    seen.push(...body.views.map((view: { position: number }) => view.position));
    cursor = body.next as string | undefined;
  }
  const expected = (await stage.since(0)).filter(({ position, block }) => position <= upTo && block?.file === 'vaccination').map(({ position }) => position);
  expect(seen.filter((position) => position <= upTo)).toEqual(expected);
  expect(expectStatus(await stage.post('/handling-log/search?limit=51', auditor, {}), 400).body.errors[0].path).toBe('limit');
  expect(expectStatus(await stage.post('/handling-log/search?cursor=Z', auditor, {}), 400).body.errors[0].path).toBe('cursor');
});
