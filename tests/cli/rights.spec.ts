import { jest } from '@jest/globals';
import { todayInJapan } from '../../src/codes/plain-date.js';
import { JAPANESE, PATIENCE_MS, akashi, foundedPlace, json, removePlaces, said, serve, type Founded, type Serving } from './program.js';

jest.setTimeout(PATIENCE_MS);

/** Rights, sections and terminals by the program alone, beside a running engine. */
let place: Founded;
let engine: Serving;
let head: string;
let manager: string;
const today = todayInJapan(new Date());
beforeAll(async () => {
  place = await foundedPlace();
  engine = await serve(place);
  const add = (role: string) => said(place, 'staff', 'add', '--name', '架空　長', '--post', '課長', '--department', 'information-systems', '--role', role);
  [head, manager] = await Promise.all([add('systems-head'), add('security-manager')]) as [string, string];
});
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

it('a right is applied for, approved, set and revoked, each by another person, and listed as it stands', async () => {
  const right = await said(place, 'right', 'apply', place.clerk, '--as', place.chief, '--role', 'clerk', '--files', 'vaccination', '--from', today);
  const self = await akashi(place, ['right', 'approve', right, '--as', place.chief]);
  expect([self.code, self.out]).toEqual([1, '']);
  expect(self.err).toMatch(/権限/);
  expect(await said(place, 'right', 'approve', right, '--as', manager)).toMatch(/承認しました/);
  await said(place, 'right', 'set', right, '--as', head);
  const list = await said(place, 'right', 'list', '--as', place.chief, '--step', 'set');
  expect(list.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['権限ID', '職員・部署', '役割', 'ファイル', '範囲', '部署', '期間', '状態'], [right, '久保望（架空）', '担当職員', 'vaccination', '更新も・番号なし', 'health-promotion', `${today} から`, '発効中'],
  ]);
  expect(await said(place, 'right', 'revoke', right, '--as', manager, '--cause', 'not-needed')).toMatch(/別の人が確認/);
  expect((await json(place, 'right', 'list', '--as', place.chief)).views[0]).toMatchObject({ id: right, standing: 'ended' });
});

it('a section is opened, renamed and ended by its code, and listed without its name', async () => {
  const id = await said(place, 'unit', 'open', 'pension', '--as', head, '--name', '架空年金課', '--from', '2024-04-01');
  await said(place, 'unit', 'rename', 'pension', '--as', head, '--name', '架空保険課', '--on', today);
  await said(place, 'unit', 'end', 'pension', '--as', head, '--on', today);
  const list = await said(place, 'unit', 'list');
  expect(list.split('\n')[1]!.split(/ {2,}/)).toEqual(['pension', '2024-04-01', today, '－', id]);
  expect(list).not.toMatch(/架空/);
});

it('a terminal is added, changed, removed and listed', async () => {
  const print = 'ab'.repeat(32);
  await said(place, 'terminal', 'add', 'counter-1', '--class', 'number-affairs', '--department', 'health-promotion', '--label', '本館1階', '--certificates', print);
  await said(place, 'terminal', 'change', 'counter-1', '--label', '本館2階');
  await said(place, 'terminal', 'remove', 'counter-1', '--cause', 'broken');
  const list = await said(place, 'terminal', 'list');
  expect(list.split('\n')[1]!.split(/ {2,}/)).toEqual(['counter-1', 'マイナンバー利用事務系の端末', 'health-promotion', '本館2階', '1', '除外']);
  expect(list).not.toContain(print);
});

it.each([
  [['right', 'approve', 'x', '--as', '0193a000-0000-7000-8000-00000000000a'], /akashi right list/], [['right', 'list'], /--as/], [['unit', 'end', 'nowhere', '--on', '2030-01-01'], /akashi unit list/],
  [['terminal', 'remove', 'counter-1', '--cause', 'x'], /--cause/], [['right', 'apply', '0193a000-0000-7000-8000-00000000000a', '--role', 'mayor'], /--role/],
])('%j is no call', async (args, says) => {
  const { code, out, err } = await akashi(place, args);
  expect([code, out]).toEqual([64, '']);
  expect(err).toMatch(says);
});

it.each([['right'], ['unit'], ['terminal']])('the help of %s says in Japanese what each of its verbs does', async (group) => {
  const help = await said(place, group, '--help');
  for (const [, line] of help.matchAll(/^ {2}\w+ .*? {2,}(\S.*)$/gm)) expect(line).toMatch(JAPANESE);
  expect(help).not.toMatch(/choices|default|\[options\]|\[command\]/);
});
