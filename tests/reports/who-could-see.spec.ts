import { FUNCTIONS, functionOf, type Right } from '../../src/access/roles.js';
import { StaffRegistered } from '../../src/access/events.js';
import { RightFounded } from '../../src/access/rights/events.js';
import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { SIGHTS } from '../../projections/reports/definitions/replay/sights.js';
import { closeTowns } from '../projections/town.js';
import { DAY, at, plant, type Planted } from './planted.js';
import { declared, rowsOf, type Row } from './reading.js';

let planted: Planted;
beforeAll(async () => {
  planted = await plant();
});
afterAll(closeTowns);

const ask = (terms: object, more: object = {}): Promise<readonly Row[]> => rowsOf(planted.town, 'who-could-see', { subject: planted.subject, ...terms }, more);
const nameOf = (staff: unknown): string => Object.entries(planted.staff).find(([, id]) => id === staff)?.[0] ?? 'somebody';
const could = (rows: readonly Row[]): readonly Row[] => rows.filter(({ position }) => position === null);
const told = (rows: readonly Row[]) => could(rows).map(({ what, staff, extent, since, until }) => [what, nameOf(staff), extent, since, until]);
const MAY = '見ることができた';

it('on the day: who could see the person, since and until when, as it stood then', async () => {
  const seen = '一覧、個別表示、印刷';
  const withNumber = '一覧、個別表示、印刷、番号表示';
  expect(told(await ask({ day: DAY }))).toEqual([
    [MAY, 'stays', seen, null, at('13:00')], [MAY, 'stays', seen, at('13:00'), null],
    [MAY, 'moves', seen, null, at('10:00')],
    [MAY, 'revoked', withNumber, null, at('11:00')],
    [MAY, 'ended', seen, null, at('12:00')],
    [MAY, 'late', seen, null, at('13:00')], [MAY, 'late', seen, at('13:00'), null],
    ['記載により見られない', 'elsewhere', seen, null, at('13:00')], ['記載により見られない', 'elsewhere', seen, at('13:00'), null],
  ]);
});

it('the day before, and the day after', async () => {
  const names = async (day: string) => could(await ask({ day })).filter(({ what }) => what === MAY).map(({ staff, since, until }) => [nameOf(staff), since, until]);
  expect(await names('2026-12-03')).toEqual(['stays', 'moves', 'revoked', 'ended', 'late'].map((who) => [who, null, null]));
  expect(await names('2026-12-06')).toEqual(['stays', 'late'].map((who) => [who, null, null]));
  expect(await names('2026-12-11')).toEqual([['stays', null, null], ['late', null, at('09:00', '2026-12-11')]]);
  expect(await names('2026-11-23')).toEqual([]); // nobody could see whom nobody had registered
  expect(await names('2026-11-24')).toEqual(['stays', 'moves', 'revoked', 'ended', 'late'].map((who) => [who, at('09:00', '2026-11-24'), null]));
});

it.each([['09:30', ['stays', 'moves', 'revoked', 'ended', 'late']], ['10:30', ['stays', 'revoked', 'ended', 'late']], ['11:00', ['stays', 'ended', 'late']], ['23:00', ['stays', 'late']]])('at %s it was %j', async (time, names) => {
  expect(could(await ask({ at: at(time) })).filter(({ what }) => what === MAY).map(({ staff }) => nameOf(staff))).toEqual(names);
});

it('by which right, from which section, set by whom, under which version, from where', async () => {
  const [row] = await ask({ at: at('09:30') });
  expect(row).toEqual({
    what: MAY, staff: planted.staff.stays, department: '健康づくり課', role: '担当職員', file: '予防接種情報ファイル', extent: '一覧、個別表示、印刷', hidden: '', terminals: '端末を問わない', since: null, until: null,
    right: planted.rights.stays, access: '更新も・番号なし', appliedBy: expect.any(String), approvedBy: expect.any(String), setBy: planted.head, version: 3, rules: '', position: null, remark: '',
  });
});

it('what somebody under 支援措置 is not shown by, from the moment on', async () => {
  const rows = could(await ask({ day: DAY })).filter(({ staff }) => staff === planted.staff.stays);
  expect(rows.map(({ hidden }) => hidden)).toEqual(['', expect.stringContaining('住所')]);
});

it('from where: from the first terminal on, of the kinds that the look is for', async () => {
  const rows = could(await ask({ day: '2026-12-05' })).filter(({ staff }) => staff === planted.staff.stays);
  expect(rows.map(({ terminals, since }) => [terminals, since])).toEqual([['端末を問わない', null], ['マイナンバー利用事務系の端末、会場タブレット', at('09:00', '2026-12-05')]]);
});

it('what was entered a week later is said beside, and changes nothing of the day; who cannot sign in is said', async () => {
  const remarks = could(await ask({ day: DAY })).map(({ staff, remark }) => [nameOf(staff), remark]);
  expect(remarks.filter(([who]) => who === 'late').at(-1)![1]).toBe('アカウントがなく、サインインはできない。後からの入力では、この日には失効していた権限');
  expect(remarks.filter(([who]) => who === 'stays').map(([, remark]) => remark)).toEqual(['', '']);
  const before = could(await ask({ day: DAY }, { upTo: planted.position['late entry']! - 1 }));
  expect(before.map(({ staff, remark }) => [nameOf(staff), remark]).filter(([who]) => who === 'late').at(-1)![1]).toBe('アカウントがなく、サインインはできない');
});

it('who had the right, and whom the written items kept out, with the rule', async () => {
  const row = could(await ask({ at: at('09:30') })).find(({ staff }) => staff === planted.staff.elsewhere)!;
  expect([row.what, row.rules]).toEqual(['記載により見られない', 'Ⅱ.3⑦使用部署']);
  const wider = declared((document) => {
    for (const { items } of document.files) items.department.values.push({ code: 'pension', label: '国保年金課' });
  });
  const let_in = could(await ask({ at: at('09:30') }, { declarations: [wider] })).find(({ staff }) => staff === planted.staff.elsewhere)!;
  expect([let_in.what, let_in.rules]).toEqual([MAY, '']);
});

it('who did, and who was refused, on the day alone: how far, under which right and rule', async () => {
  const did = (await ask({ day: DAY })).filter(({ position }) => position !== null);
  const { position } = planted;
  expect(did.map(({ what, staff, extent, position: where, right, rules, remark }) => [where, what, nameOf(staff), extent, right, rules, remark])).toEqual([
    [position.looked, '取り扱った', 'stays', '閲覧・個別表示', planted.rights.stays, '', '項目: 氏名'],
    [position.refused, '拒否された', 'elsewhere', '使用の試み・個別表示', planted.rights.elsewhere, 'Ⅱ.3⑦使用部署', ''],
    [position.protected, '取り扱った', 'stays', '異動', planted.rights.stays, '', expect.stringContaining('項目: ')],
    [position['by a token'], '取り扱った', 'nothing', '閲覧・番号表示', '', '', expect.stringContaining('付与された権限によらない')],
    [position.confirmed, '取り扱った', 'late', '確認', planted.rights.late, '', ''],
  ]);
  expect((await ask({ day: '2026-12-05' })).filter(({ position: where }) => where !== null)).toEqual([]);
});

it('of nobody, and of a day that has not come, there is nothing; the same position has the same rows', async () => {
  expect(await ask({ subject: newId(), day: DAY })).toEqual([]);
  expect(await ask({ day: '2026-12-24' })).toEqual([]);
  const upTo = planted.position.protected!;
  expect(await ask({ day: DAY }, { upTo })).toEqual(await ask({ day: DAY }, { upTo }));
  expect((await ask({ day: DAY }, { upTo })).map(({ position }) => position)).not.toContain(planted.position['by a token']);
});

it('every function that shows somebody a person is looked at', () => {
  const shows = (Object.keys(FUNCTIONS) as Right[]).filter((right) => functionOf(right).perFile && functionOf(right).access === 'read' && right !== 'output:see'); // which names nobody
  expect(Object.keys(SIGHTS).sort()).toEqual([...shows, 'print:produce', 'export:request'].sort()); // and what puts somebody on paper or into a file
});

it('of one of the first rights: who was present, as the list of rights says it; and when what was entered late was done, by the clock in Japan', async () => {
  const { town, subject } = planted;
  town.now = Date.parse(at('09:00', '2026-12-20'));
  const [founded, one, other] = [newId(), newId(), newId()];
  const stream = streamName('staff', founded);
  await town.tell(stream, event(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'supervisor' }, { name: '架空　職員', post: '課長' }), null);
  await town.tell(stream, event(RightFounded, { role: 'supervisor', files: ['vaccination'], department: 'health-promotion', from: '2026-12-20', present: [one, other] }, {}), null);
  await town.use([subject], {}, { actor: { staff: founded }, occurredAt: '2026-12-01T15:30:00.000Z' });
  const rows = (await ask({ day: '2026-12-20' })).filter(({ staff }) => staff === founded);
  const present = `立会い ${one} ${other}`;
  expect(could(rows).map(({ setBy }) => setBy)).toEqual([present]);
  expect((await rowsOf(town, 'id-list', { staff: founded })).map(({ setBy }) => setBy)).toEqual([present]);
  expect(rows.find(({ position }) => position !== null)!.remark).toBe('実施日時 2026-12-02 00:30:00');
  const last = (await rowsOf(town, 'step-through', { subject })).at(-1)!;
  expect(last.detail).toMatch(/実施日時 2026-12-02 00:30:00$/);
});
