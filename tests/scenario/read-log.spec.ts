import { FILE, WAIT, expectStatus, freshNumber, sessionOf, staffOf } from '../walks/stage.js';
import { overEachStore } from './story.js';

interface Line {
  readonly position: number;
  readonly type: string;
  readonly kind: string;
  readonly extent: string | null;
  readonly outcome: string;
  readonly staff: string;
  readonly session: string;
  readonly subjects: readonly string[];
}
const act = ({ type, kind, extent, outcome }: Line) => [type, kind, extent, outcome];

overEachStore((stage) => {
  let subject: string;
  let looked: number;

  const linesOf = async (terms: object, after: number): Promise<readonly Line[]> =>
    expectStatus(await stage().post('/handling-log/search?limit=50', stage().chief, terms, { 'akashi-after': String(after) }), 200).body.views as readonly Line[];

  it('the log of a person shows who has done what, in the order in which it was done', async () => {
    const { post, get, clerk, other, city } = stage();
    subject = await stage().person();
    expectStatus(await get(`/subjects/${subject}?file=vaccination`, clerk), 200);
    expectStatus(await get(`/subjects/${subject}/vaccinations?file=vaccination`, other), 200);
    const stranger = await city.token({ role: 'clerk', department: 'pension' });
    expectStatus(await get(`/subjects/${subject}?file=vaccination`, stranger), 403);
    const record = await stage().record(subject);
    const { body } = expectStatus(await post(`/vaccinations/${record}/confirmations`, other, FILE, WAIT), 200);
    looked = body.position as number;
    const lines = await linesOf({ subject }, looked);
    expect(lines.map(act)).toEqual([
      ['SubjectRegistered', 'acquisition', null, 'written'],
      ['InformationUsed', 'use', 'opened', 'written'],
      ['InformationUsed', 'use', 'opened', 'written'],
      ['HandlingRefused', 'use', 'opened', 'refused'],
      ['VaccinationRecorded', 'acquisition', null, 'written'],
      ['VaccinationConfirmed', 'use', null, 'written'],
    ]);
    expect(lines.map(({ staff }) => staff)).toEqual([clerk, clerk, other, stranger, clerk, other].map(staffOf));
    for (const { subjects } of lines) expect(subjects).toEqual([subject]);
  });

  it('reading the log is a line of the log, in the session of who has read it', async () => {
    const { chief } = stage();
    const [, ...rest] = await linesOf({ staff: staffOf(chief), file: 'handling-log' }, await stage().head());
    expect([rest.length, ...rest.map(({ session }) => session)]).toEqual([0]);
    const again = await linesOf({ staff: staffOf(chief), file: 'handling-log' }, await stage().head());
    expect(again.map(({ session }) => session)).toEqual(again.map(() => sessionOf(chief)));
    expect(again).toHaveLength(2);
  });

  it('pages follow one another without a gap and without a line twice', async () => {
    const { post, get, clerk, chief } = stage();
    for (let i = 0; i < 7; i += 1) expectStatus(await get(`/subjects/${subject}?file=vaccination`, clerk), 200);
    const after = { 'akashi-after': String(await stage().head()) };
    const opened = { subject, extent: 'opened' }; // reading the log names the person, too
    const whole = (await post('/handling-log/search?limit=50', chief, opened, after)).body.views as readonly Line[];
    const paged: Line[] = [];
    for (let cursor = ''; ; ) {
      const { body } = expectStatus(await post(`/handling-log/search?limit=3${cursor}`, chief, opened, after), 200);
      paged.push(...(body.views as readonly Line[]));
      if (body.next === undefined) break;
      cursor = `&cursor=${encodeURIComponent(body.next as string)}`;
    }
    expect(paged.map(({ position }) => position)).toEqual(whole.map(({ position }) => position));
    expect(whole).toHaveLength(10);
  });

  it('a search that finds nobody, and a session that goes on after a restart, stand in it as well', async () => {
    const { post, clerk, city } = stage();
    expect((await post('/subjects/search?file=vaccination', clerk, { addresseeNumber: freshNumber() })).body.views).toEqual([]);
    await city.restart();
    expectStatus(await post('/subjects/search?file=vaccination', clerk, { addresseeNumber: freshNumber() }), 200);
    const since = (await linesOf({ staff: staffOf(clerk), kind: 'use', extent: 'listed' }, await stage().head())).slice(-2);
    expect(since.map(({ session, subjects }) => [session, subjects])).toEqual([[sessionOf(clerk), []], [sessionOf(clerk), []]]);
  });
});
