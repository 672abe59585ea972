import { PERSONNEL_CHANGES } from '../../src/access/personnel.js';
import { COLUMNS } from '../../src/imports/columns.js';
import { atWork, signIn } from '../access/signing-in.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { send } from './desk.js';
import { cp932, sha256 } from './files.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const HEADER = '職員番号,異動の区分,発令日,氏名,職名,職員の区分,部署,役割';
const operator = () => stage.token({ role: 'operator', department: 'information-systems' });
const head = () => stage.token({ role: 'systems-head', department: 'information-systems' });
const csv = (...rows: readonly string[]): Buffer => Buffer.from([HEADER, ...rows, ''].join('\r\n'));
const opened = async (bytes: Buffer, token: string, encoding = 'utf-8') => stage.post('/personnel-feeds', token, { encoding, digest: sha256(bytes) });
async function take(bytes: Buffer, { encoding = 'utf-8', token = '' } = {}): Promise<Record<string, unknown>> {
  const by = token || (await operator());
  const { id } = expectStatus(await opened(bytes, by, encoding), 200, 201).body as { id: string };
  return expectStatus(await send(stage, id, bytes, { token: by }), 200).body as Record<string, unknown>;
}
const rejectsOf = async ({ id }: Record<string, unknown>) => (expectStatus(await stage.get(`/imports/${id as string}/rejects`, await operator()), 200).body as string).split('\r\n').slice(1, -1).map((line) => line.split(',').slice(0, 4).join(','));
interface Line {
  readonly holder: string;
  readonly employeeNumber?: string;
  readonly [member: string]: unknown;
}
const lines = async (): Promise<readonly Line[]> => expectStatus(await stage.get('/registers/staff?limit=50', await head(), { 'akashi-after': String(await stage.head()) }), 200).body.views as Line[];
const who = async (number: string): Promise<Line | undefined> => (await lines()).find(({ employeeNumber }) => employeeNumber === number);
const COUNT = (summary: Record<string, unknown>) => [summary.rows, summary.registered, summary.changed, summary.unchanged, summary.rejected];

it('people come, move and leave on their days; the same rows in whatever file change nothing', async () => {
  const first = csv('f-001,採用,2026-11-01,架空　花子,主事,,health-promotion,clerk', 'f-002,採用,2026-12-01,架空　二郎,主事,会計年度任用職員,pension,clerk', 'f-001,異動,2026-11-10,,主任,,pension,');
  expect(COUNT(await take(first))).toEqual([3, 2, 1, 0, 0]);
  expect(await who('f-001')).toMatchObject({ name: '架空　花子', post: '主任', kind: 'staff', department: 'pension', role: 'clerk' });
  expect(await who('f-002')).toMatchObject({ post: '主事', kind: 'fixed-term', department: null });
  const before = await stage.head();
  expect(await take(first)).toMatchObject({ already: true, registered: 2 });
  expect(COUNT(await take(csv('F-001,異動,2026-11-10,,主任,,pension,', 'Ｆ-001,採用,2026-11-01,架空　花子,主事,職員,health-promotion,clerk')))).toEqual([2, 0, 0, 2, 0]);
  const written = (await stage.since(before)).filter(({ type }) => ['StaffRegistered', 'PersonnelChanged'].includes(type));
  expect(written).toEqual([]);
});

it('who leaves loses rights in the same append, and the session under way', async () => {
  const one = await atWork(stage);
  expectStatus(await stage.post(`/staff/${one.staff}/employee-numbers`, await operator(), { employeeNumber: 'F-010' }), 200);
  expectStatus(await stage.post(`/staff/${one.staff}/designations`, await head(), { kind: 'custodian', files: [], from: '2026-11-20' }), 200);
  const before = await stage.head();
  expect(COUNT(await take(csv('f-010,退職,2026-11-20,,,,,')))).toEqual([1, 0, 1, 0, 0]);
  const events = (await stage.since(before)).filter(({ stream }) => stream === `staff-${one.staff}`);
  expect(events.map(({ type, data }) => [type, data.cause ?? data.change])).toEqual([['PersonnelChanged', 'retirement'], ['RightRevoked', 'retirement'], ['DesignationEnded', 'retirement']]);
  expect(new Set(events.map(({ recordedAt, correlationId }) => `${recordedAt} ${correlationId}`)).size).toBe(1);
  expect([(await stage.post('/subjects/search?file=vaccination', one.token, { addresseeNumber: '999999998' })).status, (await signIn(stage, one)).status]).toEqual([401, 401]);
});

it('rows that are not taken are named by row, column and reason, never by value; the others are taken', async () => {
  const summary = await take(csv(
    'f-020,採用,2026-11-01,架空　三郎,主事,,health-promotion,clerk',
    'f-021,異動,2026-11-01,,,,pension,',
    'f-020,採用,2026-11-01,架空　別人,主事,,health-promotion,clerk',
    'f-022,採用,2026-11-01,,主事,,health-promotion,clerk',
    'f-020,左遷,2026-13-01,,,,,mayor',
    'f-020,異動,2026-11-05,,,,,',
    'f-020,異動,2026-10-05,,,,pension,',
    'f-020,復帰,2026-11-05,,,,,',
    'f-020,退職,2026-11-06,,,,,',
    'f-020,休職,2026-11-07,,,,,',
    '架空,退職,2026-11-07,,,,,',
    'f-023,採用,2026-11-01,架空　四郎',
  ));
  expect(COUNT(summary)).toEqual([12, 1, 1, 0, 10]);
  expect(await rejectsOf(summary)).toEqual([
    '3,1,職員番号,unknown-staff', '4,,行全体,already-registered', '5,4,氏名,missing', '6,2,異動の区分,invalid-personnel-change', '6,3,発令日,invalid-date', '6,8,役割,invalid-role',
    '7,7,部署,missing', '8,,行全体,not-hired-yet', '9,,行全体,still-here', '11,,行全体,already-left', '12,1,職員番号,invalid-employee-number', '13,,行全体,column-count',
  ]);
});

it('a file in CP932 is read as such', async () => {
  const bytes = cp932('職員番号,異動の区分,発令日,氏名,職名,部署,役割\r\nF-050,採用,令和8年11月1日,髙橋　架空,主査,pension,clerk\r\n');
  expect(COUNT(await take(bytes, { encoding: 'cp932' }))).toEqual([1, 1, 0, 0, 0]);
  expect(await who('F-050')).toMatchObject({ name: '髙橋　架空', post: '主査', department: 'pension' });
});

it('nobody takes in their own row, and nobody without the right anything', async () => {
  const one = await atWork(stage, 'operator', 'information-systems');
  expectStatus(await stage.post(`/staff/${one.staff}/employee-numbers`, await operator(), { employeeNumber: 'F-030' }), 200);
  const before = await stage.head();
  const summary = await take(csv('F-030,職名変更,2026-11-20,,係長,,,supervisor'), { token: one.token });
  expect([COUNT(summary), await rejectsOf(summary)]).toEqual([[1, 0, 0, 0, 1], ['2,,行全体,self']]);
  expect((await stage.since(before)).filter(({ type }) => type === 'HandlingRefused').map(({ block }) => block.findings)).toEqual([[{ rule: 'self' }]]);
  expect((await opened(csv(), stage.chief)).status).toBe(403);
  expect((await stage.get(`/imports/${summary.id as string}`, stage.clerk)).status).toBe(403); // takes in other files, not this one
  expect((await stage.post(`/imports/${summary.id as string}/confirmations`, stage.chief, { file: 'vaccination' })).body.code).toBe('personnel-feed');
});

it('a number that has passed to somebody else means that one', async () => {
  await take(csv('f-040,採用,2026-11-01,架空　五子,主事,,health-promotion,clerk'));
  const { holder } = (await who('f-040'))!;
  expectStatus(await stage.post(`/staff/${holder}/employee-numbers`, await operator(), { employeeNumber: 'f-041' }), 200);
  const free = await take(csv('f-040,退職,2026-11-20,,,,,'));
  expect(await rejectsOf(free)).toEqual(['2,1,職員番号,unknown-staff']);
  await take(csv('f-040,採用,2026-11-02,架空　六子,主事,,pension,clerk'));
  expect([(await who('f-040'))!.name, (await who('f-041'))!.name]).toEqual(['架空　六子', '架空　五子']);
});

it('an address is taken with any row, from the day of the row on, is shown nowhere, and the same rows change nothing', async () => {
  const WITH = '職員番号,異動の区分,発令日,氏名,職名,部署,役割,住所';
  const file = (...rows: readonly string[]): Buffer => Buffer.from([WITH, ...rows, ''].join('\r\n'));
  const written = async (position: number) => (await stage.since(position)).filter(({ type }) => ['StaffAddressRecorded', 'StaffRegistered', 'PersonnelChanged'].includes(type)).map(({ type, data, opened: { address } }) => [type, data.on, address]);
  const before = await stage.head();
  const rows = ['f-060,採用,2026-11-01,架空　七子,主事,pension,clerk,汐浜市架空町1番地', 'f-060,職名変更,2026-11-10,,主任,,,汐浜市港町２番地', 'f-060,住所変更,2026-11-15,,,,,汐浜市港町3番地'];
  expect(COUNT(await take(file(...rows)))).toEqual([3, 1, 2, 0, 0]);
  expect(await written(before)).toEqual([
    ['StaffRegistered', undefined, undefined], ['StaffAddressRecorded', '2026-11-01', '汐浜市架空町1番地'], ['PersonnelChanged', '2026-11-10', undefined], ['StaffAddressRecorded', '2026-11-10', '汐浜市港町２番地'], ['StaffAddressRecorded', '2026-11-15', '汐浜市港町3番地'],
  ]);
  const known = await stage.head();
  expect(COUNT(await take(file(...rows, 'f-060,住所変更,2026-11-16,,,,,', 'f-061,住所変更,2026-11-16,,,,,汐浜市港町4番地')))).toEqual([5, 0, 0, 3, 2]);
  expect(await written(known)).toEqual([]);
  // an address that the first file did not have comes with the same row later
  expect(COUNT(await take(file('f-060,採用,2026-11-01,架空　七子,主事,pension,clerk,汐浜市架空町1番地の1')))).toEqual([1, 0, 1, 0, 0]);
  expect(JSON.stringify(await lines())).not.toContain('港町');
});

it('every change that there is can be told in a file, and nothing else', () => {
  const told = [...new Set(['採用', '異動', '職名変更', '昇任', '復帰', '退職', '契約終了', '組織廃止', '休職'].map((word) => (COLUMNS.personnel.find(({ field }) => field === 'change')!.read(word) as { value: unknown }).value))];
  expect(told).toEqual(['hire', ...PERSONNEL_CHANGES]);
});
