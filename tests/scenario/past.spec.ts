import { projections } from '../../projections/all.js';
import { replay } from '../../src/cli/replay.js';
import { FILE, WAIT, expectStatus } from '../walks/stage.js';
import { liveDigests, overEachStore, type Digests } from './story.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const NAMES = projections.map(({ name }) => name);
const HOUR = 3600 * 1000;
/** When the records were made; the clock stands still until it is told to go on. */
const MORNING = '2026-11-20T09:30:00+09:00';
const LATER = '2026-11-20T10:30:00+09:00';

overEachStore((stage) => {
  let subject: string;
  let record: string;
  let kept: string;
  /** where the ledger stood before anything was erased */
  let early: number;
  let before: Digests;
  /** the same moment, told after the erasure */
  let after: Digests;

  const replayed = async (position: number): Promise<Digests> => {
    const { registers } = await replay(stage().city.settings, { position: String(position) });
    return Object.fromEntries(registers.map(({ name, rows, digest }) => [name, { rows, digest }]));
  };
  const recordsAsOf = async (moment: string) => (await stage().get(`/subjects/${subject}/vaccinations?file=vaccination&${moment}`, stage().chief)).body.views as readonly { vaccination: string; status: string; note?: string }[];

  it('what is folded anew up to a position is what the live registers were there', async () => {
    subject = await stage().person({ addresseeNumber: '100000777' });
    record = await stage().confirmed(subject);
    kept = await stage().record(subject, { vaccine: 'MR2', vaccinatedOn: '2026-11-10' });
    const { operator, post } = stage();
    const staff = expectStatus(await post('/staff', operator, { name: '架空　鏡子', post: '主事', kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber: freshEmployeeNumber() }), 201).body.id as string;
    expectStatus(await post('/accounts', operator, { staff, login: 'kyoko.kakuu' }, WAIT), 201);
    early = await stage().head();
    before = await liveDigests(stage(), early);
    expect(Object.entries(before).filter(([, { rows }]) => rows === 0).map(([name]) => name).sort()).toEqual(['assessments', 'findings', 'outputs']); // of which the day has none
    expect(await replayed(early)).toEqual(before);
  });

  it('an erasure takes the value out of every moment, and leaves all else of it as it was', async () => {
    stage().pass(HOUR);
    await stage().erase('vaccination', record, subject);
    after = await replayed(early);
    expect(after).toEqual({ ...before, vaccinations: { rows: before.vaccinations!.rows, digest: expect.any(String) } });
    expect(after.vaccinations!.digest).not.toBe(before.vaccinations!.digest);
    for (const moment of [`asOf=${encodeURIComponent(MORNING)}`, `asOfPosition=${early}`]) {
      const views = await recordsAsOf(moment);
      expect(views.map(({ vaccination, note }) => [vaccination, note])).toEqual([[record, '消去済み'], [kept, undefined]]);
    }
    expect((await recordsAsOf(`asOf=${encodeURIComponent(LATER)}`)).find(({ vaccination }) => vaccination === record)).toMatchObject({ status: 'erased' });
  });

  it('a moment is its last position as recorded, wherever the numbers have holes', async () => {
    const { store } = stage().city.server.engine;
    const last = (at: string): Promise<number> => store.positionAt(new Date(at).toISOString());
    expect([await last('2026-11-19T23:59:59.999+09:00'), await last(MORNING), await last('2026-11-20T23:59:59.999+09:00')]).toEqual([0, early, await stage().head()]);
    const { body } = await stage().get(`/registers/subjects?file=vaccination&asOf=${encodeURIComponent(MORNING)}`, stage().chief);
    expect(body.registerPosition).toBe(early);
    expect((await replay(stage().city.settings, { asOf: '2026-11-19' })).position).toBe(0);
  });

  it('a position between two events is the event before it; one beyond the last is none', async () => {
    const { store } = stage().city.server.engine;
    const [next] = await store.readAll({ after: early, limit: 1 });
    expect(await replayed(next!.position - 1)).toEqual(after);
    expect(await recordsAsOf(`asOfPosition=${next!.position - 1}`)).toEqual(await recordsAsOf(`asOfPosition=${early}`));
    const head = await stage().head();
    await expect(replayed(head + 1)).rejects.toThrow(String(head));
    const { status } = await stage().get(`/registers/subjects?file=vaccination&asOfPosition=${head + 1_000_000}`, stage().chief);
    expect(status).toBe(422);
  });

  it('a rebuild is the register that it replaces, and a restart leaves all as it was', async () => {
    for (const name of NAMES) expect(expectStatus(await stage().post(`/registers/${name}/rebuilds`, stage().operator, undefined), 201, 200).body).toMatchObject({ identical: true });
    const head = await stage().head();
    const live = await liveDigests(stage(), head);
    await stage().city.restart();
    expect(await stage().head()).toBe(head);
    expect(await liveDigests(stage(), head)).toEqual(live);
    expect(await replayed(head)).toEqual(live);
  });

  it('a plan that is carried out twice erases once', async () => {
    const { post, clerk, chief, operator } = stage();
    const order = expectStatus(await post('/erasures', clerk, { ...FILE, targets: [{ category: 'vaccination', unit: kept, subject }], reason: '保管期間の満了' }), 201).body.id as string;
    expectStatus(await post(`/erasures/${order}/approvals`, chief, FILE), 200);
    expect((await post(`/erasures/${order}/executions`, operator, FILE)).body).toMatchObject({ erased: 1, already: 0 });
    expect((await post(`/erasures/${order}/executions`, operator, FILE)).status).toBe(409);
  });
});
