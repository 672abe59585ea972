import { codeAt } from '../../src/access/accounts/authenticator.js';
import { akashi, emptyPlace, removePlaces, said, typing, type Place } from './program.js';

/** The first administrators of a city, from nothing, by the program alone. */
let place: Place;
let head: Known;
let manager: Known;
interface Known {
  readonly staff: string;
  readonly login: string;
  readonly password: string;
  readonly secret: string;
}

async function hire(login: string, role: string, department: string): Promise<Known> {
  const staff = await said(place, 'staff', 'add', '--name', '架空　長', '--post', '課長', '--department', department, '--role', role);
  const account = await said(place, 'account', 'open', '--staff', staff, '--login', login);
  const { password, authenticator } = JSON.parse(await said(place, '--json', 'account', 'factors', account)) as { password: string; authenticator: string };
  return { staff, login, password, secret: new URL(authenticator).searchParams.get('secret')! };
}
/** What somebody types. Each code is good once, and that of the next half minute is taken, too. */
const typed = ({ login, password, secret }: Known, at: number, ...next: string[]): string[] => [login, password, codeAt(secret, at), ...next];
const NEXT = 30_000;
const OWN = ['架空の合言葉その一であります', '架空の合言葉その二であります'] as const;

beforeAll(async () => {
  place = emptyPlace();
  [head, manager] = [await hire('kuroda', 'systems-head', 'information-systems'), await hire('morishita', 'security-manager', 'general-affairs')];
}, 90_000);
afterAll(removePlaces);

it('one person twice is not two, and nothing is set', async () => {
  const { code, err } = await typing(place, ['staff', 'found', `${head.staff}:systems-head:vaccination`], [...typed(head, Date.now(), OWN[0]), ...typed(head, Date.now())]);
  expect([code, err.includes('架空の合言葉'), err.includes('二人目がサインインします')]).toEqual([1, false, true]);
});

it('two sign in, with passwords of their own, and the rights are there; what was typed is nowhere', async () => {
  const rights = [`${head.staff}:systems-head:vaccination`, `${manager.staff}:security-manager`];
  const { code, out, err } = await typing(place, ['staff', 'found', ...rights], [...typed({ ...head, password: OWN[0] }, Date.now() + NEXT), ...typed(manager, Date.now(), OWN[1])]);
  expect(code === 0 ? out : err).toContain('2 件の最初の権限を設定しました');
  for (const secret of [head.password, manager.password, ...OWN]) expect(`${out}${err}`).not.toContain(secret);
});

it.each([['nobody'], ['nobody:clerk'], ['01a20000-0000-7000-8000-000000000001:mayor']])('%s is no right', async (right) => {
  const { code, err } = await akashi(place, ['staff', 'found', right]);
  expect([code, err]).toEqual([64, expect.stringContaining('<職員ID>:<役割>')]);
});
