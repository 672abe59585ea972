import { projections } from '../../projections/all.js';
import { personAt, residentsCsv, slipOf, slipsCsv } from '../imports/files.js';
import { rejectsOf, take } from '../imports/desk.js';
import { during } from '../walks/stage.js';
import { overEachStore } from './story.js';

/** The same people in each store. */
const [first, second, third, fourth] = [9001, 9002, 9003, 9004].map((index) => personAt(index));
const MOVED = { 異動事由: '転居', 異動日: '20261101', 住所: '汐浜市架空町八丁目9002番地' };
const DELIVERED = residentsCsv([first!, second!, { ...third!, 生年月日: '20260230' }, { ...fourth!, 氏名: '' }]);
const CORRECTED = residentsCsv([first!, { ...second!, ...MOVED }, third!, fourth!]);
const SLIPS = slipsCsv([slipOf(first!), slipOf(second!), slipOf(personAt(9999))]);

overEachStore((stage) => {
  it('a file is taken in but for the rows that cannot be; each of those is told with its reason', async () => {
    const summary = await take(stage(), 'residents', DELIVERED);
    expect(summary).toMatchObject({ status: 'completed', rows: 4, registered: 2, rejected: 2 });
    expect((await rejectsOf(stage(), summary.id)).map(({ line, item }) => [line, item])).toEqual([[4, '生年月日'], [5, '氏名']]);
  });

  it('the same file again changes nothing, also after a restart', async () => {
    for (const restarted of [false, true]) {
      if (restarted) await stage().city.restart();
      const before = await stage().head();
      expect(await take(stage(), 'residents', DELIVERED)).toMatchObject({ already: true, rows: 4, registered: 2, rejected: 2 });
      expect((await stage().since(before)).map(({ type }) => type)).toEqual([]);
    }
  });

  it('the corrected file brings those who were missing, and what has changed of the others', async () => {
    const summary = await take(stage(), 'residents', CORRECTED);
    expect(summary).toMatchObject({ rows: 4, registered: 2, changed: 1, unchanged: 1, rejected: 0 });
    await stage().city.server.registers.waitFor(summary.position, 10_000);
    const { clerk, post } = stage();
    const { body } = await post('/subjects/search?file=vaccination', clerk, { addresseeNumber: second!['宛名番号'] });
    expect(body.views).toEqual([expect.objectContaining({ identity: expect.objectContaining({ address: MOVED.住所 }) })]);
  });

  it('slips by a way that is not written are records all the same, marked, with the reason; of whom nobody knows there is none', async () => {
    const reason = { method: 'media', reason: '受渡し方法の見直しまでの間の受領' };
    const { id, position } = await take(stage(), 'vaccinations', SLIPS, reason);
    expect((await rejectsOf(stage(), id)).map(({ line, item }) => [line, item])).toEqual([[4, '行全体']]);
    const { chief, post } = stage();
    const { body } = await post('/handling-log/search', chief, { kind: 'acquisition', outcome: 'deviation' }, { 'akashi-after': String(position) });
    const entered = body.views.filter(({ type }: { type: string }) => type === 'VaccinationRecorded');
    expect(entered).toHaveLength(2);
    for (const line of entered) expect(line).toMatchObject({ outcome: 'deviation', findings: [{ rule: 'method' }] });
  });

  it('registers folded anew are the same', async () => {
    for (const { name } of projections) {
      const { answer } = await during(stage(), () => stage().post(`/registers/${name}/rebuilds`, stage().operator, undefined));
      expect(answer.body).toMatchObject({ register: name, identical: true });
    }
  });
});
