import { codeAt } from '../../src/access/accounts/authenticator.js';
import { akashi, emptyPlace, eventsOf, removePlaces, said, serve, typing, type Place, type Serving } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';
import { until } from '../support/until.js';

/** The first administrators of a city, from nothing, by the program alone. */
let place: Place;
let engine: Serving;
let head: Known;
let manager: Known;
let chief: Known;
interface Known {
  readonly staff: string;
  readonly login: string;
  readonly password: string;
  readonly secret: string;
}

async function hire(login: string, role: string, department: string): Promise<Known> {
  const staff = await said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '架空　長', '--post', '課長', '--department', department, '--role', role);
  const account = await said(place, 'account', 'open', '--staff', staff, '--login', login);
  const { issue, authenticator } = JSON.parse(await said(place, '--json', 'account', 'factors', account)) as { issue: string; authenticator: string };
  const { password } = JSON.parse(await said(place, '--json', 'account', 'release', account, '--issue', issue, '--identified', 'staff-card', '--alone')) as { password: string };
  return { staff, login, password, secret: new URL(authenticator).searchParams.get('secret')! };
}
/** What somebody types. Each code is good once, and those of the half minutes before and after are taken, too. */
const typed = ({ login, password, secret }: Known, at: number, ...next: string[]): string[] => [login, password, codeAt(secret, at), ...next];
const NEXT = 30_000;
const OWN = ['架空の合言葉その一であります', '架空の合言葉その二であります', '架空の合言葉その三であります'] as const;

beforeAll(async () => {
  place = emptyPlace();
  engine = await serve(place); // the verbs need not start one each
  [head, manager, chief] = [await hire('kuroda', 'systems-head', 'information-systems'), await hire('morishita', 'security-manager', 'general-affairs'), await hire('ohno', 'supervisor', 'health-promotion')];
}, 120_000);
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

it('one person twice is not two, and nothing is set', async () => {
  const { code, err } = await typing(place, ['staff', 'found', `${chief.staff}:supervisor:vaccination`], [...typed(head, Date.now(), OWN[0]), ...typed(head, Date.now())]);
  expect([code, err.includes('架空の合言葉'), err.includes('二人目がサインインします')]).toEqual([1, false, true]);
});

it('whoever is to have a right is not present for it: a third signs in; with passwords of their own, and what was typed is nowhere', async () => {
  const rights = [`${head.staff}:systems-head:vaccination`, `${manager.staff}:security-manager`, `${chief.staff}:supervisor:vaccination`];
  await until(() => Date.now() % NEXT < NEXT - 10_000, 'a code of the half minute before is good for some seconds yet');
  const lines = [...typed(manager, Date.now(), OWN[1]), ...typed(chief, Date.now() - NEXT, OWN[2]), ...typed({ ...head, password: OWN[0] }, Date.now() + NEXT)];
  const { code, out, err } = await typing(place, ['staff', 'found', ...rights], lines);
  expect(code === 0 ? out : err).toContain('3 件の最初の権限を設定しました');
  for (const secret of [head.password, manager.password, ...OWN]) expect(`${out}${err}`).not.toContain(secret);
  const founded = eventsOf(place).filter(({ type }) => type === 'RightFounded').map((event) => (event as unknown as { data: { present: string[] } }).data.present);
  expect(founded).toEqual([[manager.staff, chief.staff], [chief.staff, head.staff], [manager.staff, head.staff]]);
});

it('from then on the operator releases nothing alone; the second person signs in', async () => {
  const staff = await said(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '架空　新人', '--post', '主事', '--department', 'health-promotion', '--role', 'clerk');
  const account = await said(place, 'account', 'open', '--staff', staff, '--login', 'saeki');
  const { issue } = JSON.parse(await said(place, '--json', 'account', 'factors', account)) as { issue: string };
  const release = ['account', 'release', account, '--issue', issue, '--identified', 'staff-card'];
  expect(await akashi(place, [...release, '--alone'])).toMatchObject({ code: 1, err: expect.stringContaining('取扱いが認められません') });
  const { code, out, err } = await typing(place, release, typed({ ...manager, password: OWN[1] }, Date.now() + NEXT));
  expect([code, code === 0 ? out : err]).toEqual([0, expect.stringMatching(/^初期パスワード: \S{16}$/m)]);
});

it('from then on whoever is named signs in, and nobody for another', async () => {
  const list = ['right', 'list', '--as', chief.staff];
  const nobody = await typing(place, list, []);
  expect([nobody.code, nobody.out, nobody.err]).toEqual([64, '', expect.stringMatching(/がサインインします。操作は全て記録されます。[^]*ログインIDが入力されていません/)]);
  const another = await typing(place, ['right', 'list', '--as', head.staff], typed({ ...chief, password: OWN[2] }, Date.now()));
  expect([another.code, another.out]).toEqual([64, '']);
  const { code, out, err } = await typing(place, list, typed({ ...chief, password: OWN[2] }, Date.now() + NEXT));
  expect(code === 0 ? out : err).toContain('発効中');
  expect(await akashi(place, ['staff', 'token', '--staff', chief.staff])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('people.atTheMachine') });
});

it('once there are terminals nobody is asked to sign in here for it: it is said where, and what to send', async () => {
  await said(place, 'terminal', 'add', 'counter-1', '--class', 'lgwan', '--department', 'health-promotion', '--label', '本館1階', '--certificates', 'a'.repeat(64));
  const [account, issue] = ['01a20000-0000-7000-8000-000000000001', '01a20000-0000-7000-8000-000000000002'];
  const { code, out, err } = await typing(place, ['account', 'release', account, '--issue', issue, '--identified', 'photo-id'], []);
  expect([code, out, err.includes('ログインID')]).toEqual([1, '', false]);
  expect(err).toContain(`POST /accounts/${account}/releases  {"issue":"${issue}","identified":"photo-id"}`);
});

it.each([['nobody'], ['nobody:clerk'], ['01a20000-0000-7000-8000-000000000001:mayor']])('%s is no right', async (right) => {
  const { code, err } = await akashi(place, ['staff', 'found', right]);
  expect([code, err]).toEqual([64, expect.stringContaining('<職員ID>:<役割>')]);
});
