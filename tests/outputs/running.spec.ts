import { EXPORTS_DESK } from '../../projections/exports/controller.js';
import type { ExportsDesk } from '../../projections/exports/make-export.js';
import type { ReportRun } from '../../projections/reports/runs.js';
import { atWork } from '../access/signing-in.js';
import { NUMBERS, FILE, WAIT, expectStatus, openStage, type Happened, type Stage } from '../walks/stage.js';
import { codeOf, exporting, exportingPolicy, opened } from './exporting.js';

const policy = exportingPolicy();
let stage: Stage;
let steps: ReturnType<typeof exporting>;
let desk: ExportsDesk;
beforeAll(async () => {
  stage = await openStage({ policy });
  steps = exporting(stage);
  desk = stage.city.server.app.get<ExportsDesk>(EXPORTS_DESK);
  for (const name of ['輸出　一子（架空）', '輸出　二子（架空）']) await stage.person({ name });
});
afterAll(async () => stage.city.close());

/** The server's own runs, held at a moment that no clock would hit, until what happens meanwhile has happened. */
async function meanwhile<T>(moment: 'found' | 'recorded', happen: () => Promise<unknown>, act: () => Promise<T>): Promise<T> {
  const { runs } = desk;
  const begin = runs.begin;
  runs.begin = async (...asked) => {
    const run: ReportRun = await begin.apply(runs, asked as never);
    if (moment === 'found') await happen();
    const go = run.go.bind(run);
    if (moment === 'recorded') run.go = () => void happen().then(go);
    return run;
  };
  try {
    return await act();
  } finally {
    runs.begin = begin;
  }
}

/** What came out of an export, or with which code it was cut off, when something happened after it had been recorded as about to leave. */
async function interrupted(id: string, passphrase: string, happen: () => Promise<unknown>, token = stage.clerk): Promise<{ readonly text: string; readonly made: Happened; readonly ended: Happened }> {
  const before = await stage.head();
  const taken = await meanwhile('recorded', happen, () => steps.take(id, token));
  const text = taken.status === 200 ? await opened(taken, passphrase) : codeOf(taken);
  return { text, ended: await steps.settled(before, 'ExportEnded'), made: await steps.settled(before, 'ExportMade') };
}

it('whoever is put under 支援措置 after the rows were found, and before it is recorded, stops it; it begins anew without them', async () => {
  const late = await stage.person({ name: '途中　三子（架空）' });
  const id = await steps.approved();
  const passphrase = await steps.passphraseOf(id);
  const before = await stage.head();
  expect(codeOf(await meanwhile('found', () => stage.protect(late), () => steps.take(id)))).toBe('409 protected-meanwhile');
  expect((await stage.since(before)).map(({ type }) => type)).not.toContain('ExportMade');
  const text = await opened(await steps.take(id), passphrase);
  expect(text).toContain('輸出　一子（架空）');
  expect(text).not.toContain('三子');
});

it('of whoever is put under 支援措置 after it was recorded, no row leaves, and the ledger says that they were left out', async () => {
  const late = await stage.person({ name: '途中　四子（架空）' });
  const id = await steps.approved();
  const { text, made, ended } = await interrupted(id, await steps.passphraseOf(id), () => stage.protect(late));
  expect(made.block.subjects).toContain(late);
  expect(text).toContain('輸出　一子（架空）');
  expect(text).not.toContain('四子');
  expect(ended.data).toEqual({ rows: (made.data.rows as number) - 1, withheld: 1, outcome: 'complete' });
});

it('of whoever is erased after it was recorded, no row leaves', async () => {
  const gone = await stage.person({ name: '途中　五子（架空）' });
  const id = await steps.approved();
  const { text, made, ended } = await interrupted(id, await steps.passphraseOf(id), () => stage.erase('subject', gone, gone));
  expect(made.block.subjects).toContain(gone);
  expect(text).toContain('輸出　一子（架空）');
  expect(text).not.toContain('五子');
  expect(ended.data).toEqual({ rows: (made.data.rows as number) - 1, outcome: 'complete' });
});

describe('gives nothing more out', () => {
  const cutOff = async ({ text, ended, made }: Awaited<ReturnType<typeof interrupted>>): Promise<void> => {
    expect(text).toBe('403 not-any-more');
    expect(ended.data).toEqual({ rows: made.data.rows, outcome: 'cut-off' }); // as many as may have left at most
    expect(ended.position).toBeGreaterThan(made.position);
  };
  const begun = async (over: object = {}, approval: object = {}) => {
    const one = await atWork(stage, 'number-clerk');
    const id = await steps.approved(over, one.token, approval);
    return { one, id, passphrase: await steps.passphraseOf(id, one.token) };
  };

  it('to whoever loses the right on the way', async () => {
    const { one, id, passphrase } = await begun();
    const revoked = async () => expectStatus(await stage.post(`/staff/${one.staff}/right-revocations`, stage.chief, { right: one.right, cause: 'not-needed' }), 200);
    await cutOff(await interrupted(id, passphrase, revoked, one.token));
  });
  it('to whoever signs out, or is taken out, on the way', async () => {
    const { one, id, passphrase } = await begun();
    await cutOff(await interrupted(id, passphrase, async () => expectStatus(await stage.city.call('DELETE', '/session', one.token), 204), one.token));
    const two = await begun();
    const operator = await stage.token({ role: 'operator', department: 'information-systems' });
    await cutOff(await interrupted(two.id, two.passphrase, async () => expectStatus(await stage.post(`/accounts/${two.one.account}/disablements`, operator, { cause: 'misuse' }), 200), two.one.token));
  });
  it('of a file that the policy takes away on the way', async () => {
    const id = await steps.approved();
    await cutOff(await interrupted(id, await steps.passphraseOf(id), async () => (policy.output.exportFiles as string[]).pop()));
    (policy.output.exportFiles as string[]).push('vaccination');
  });
  it('and to whoever keeps right and session it goes on, with the 個人番号 where that was approved', async () => {
    const holder = await stage.person({ name: '番号　六子（架空）' });
    expectStatus(await stage.post('/numbers', await stage.token({ role: 'number-clerk' }), { ...FILE, subject: holder, number: NUMBERS[3], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
    const { one, id, passphrase } = await begun({ items: ['name', 'number'], subjects: [holder] }, { number: true });
    const { text, ended } = await interrupted(id, passphrase, async () => undefined, one.token);
    expect(text).toContain(NUMBERS[3]);
    expect(ended.data).toEqual({ rows: 1, outcome: 'complete' });
  });
});
