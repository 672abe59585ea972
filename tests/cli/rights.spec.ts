import { jest } from '@jest/globals';
import { todayInJapan } from '../../src/codes/plain-date.js';
import { openCity } from '../support/city.js';
import { expectStatus } from '../walks/stage.js';
import { JAPANESE, PATIENCE_MS, akashi, foundedPlace, json, removePlaces, said, serve, type Founded, type Serving } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** Rights, sections and terminals by the program alone, beside a running engine. */
let place: Founded;
let engine: Serving;
let head: string;
let manager: string;
const today = todayInJapan(new Date());
beforeAll(async () => {
  place = await foundedPlace();
  const city = await openCity({ keep: place.directory, store: 'embedded' });
  try {
    const post = async (path: string, claims: Parameters<typeof city.token>[0], body: object) => expectStatus(await city.call('POST', path, await city.token(claims), body), 200, 201).body as { id: string; events: readonly [string] };
    const add = async (role: string) => (await post('/staff', { role: 'operator' }, { name: '架空　長', post: '課長', kind: 'staff', department: 'information-systems', role, employeeNumber: freshEmployeeNumber() })).id;
    await post('/access-policy/proposals', { role: 'systems-head' }, { setting: 'people.atTheMachine', value: 'anybody', reason: '架空の市での試行' });
    await post('/access-policy/confirmations', { role: 'security-manager' }, { proposal: 1 });
    [head, manager] = [await add('systems-head'), await add('security-manager')];
    // By a token of the command line nobody has a way to rights on account of a role: those who take part have theirs.
    for (const [holder, role, department] of [[place.chief, 'supervisor', 'health-promotion'], [head, 'systems-head', 'information-systems'], [manager, 'security-manager', 'information-systems']] as const) {
      const { events: [right] } = await post(`/staff/${holder}/rights`, { role: 'supervisor', department }, { role, files: ['vaccination'], access: 'update', number: false, from: today });
      await post(`/staff/${holder}/right-approvals`, { role: 'security-manager' }, { right });
      await post(`/staff/${holder}/right-settings`, { role: 'systems-head' }, { right });
    }
  } finally {
    await city.close();
  }
  engine = await serve(place);
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
  expect(list.split('\n').filter((line, i) => i === 0 || line.startsWith(right)).map((line) => line.split(/ {2,}/))).toEqual([
    ['権限ID', '職員・部署', '役割', 'ファイル・事務', '範囲', '部署', '期間', '状態'], [right, '久保望（架空）', '担当職員', 'vaccination', '更新も・番号なし', '健康づくり課（health-promotion）', `${today} から`, '発効中'],
  ]);
  expect(await said(place, 'right', 'revoke', right, '--as', manager, '--cause', 'not-needed')).toMatch(/別の人が確認/);
  expect((await json(place, 'right', 'list', '--as', place.chief)).views).toContainEqual(expect.objectContaining({ id: right, standing: 'ended' }));
});

it('a right for an affair is applied for by its code, and listed with it', async () => {
  const apply = ['right', 'apply', place.clerk, '--as', place.chief, '--role', 'affair-author', '--from', today, '--affairs'];
  expect((await akashi(place, [...apply, 'tax'])).err).toMatch(/評価書の版も記載事項もない事務/);
  const right = await said(place, ...apply, 'vaccination');
  expect(await said(place, 'right', 'list', '--as', place.chief, '--step', 'applied')).toMatch(new RegExp(`${right} .*原課の記載担当 +事務:vaccination`));
});

it('a section is opened, renamed and ended by its code, and listed with its name of today', async () => {
  const id = await said(place, 'unit', 'open', 'pension', '--as', head, '--name', '架空年金課', '--from', '2024-04-01');
  await said(place, 'unit', 'rename', 'pension', '--as', head, '--name', '架空保険課', '--on', today);
  await said(place, 'unit', 'end', 'pension', '--as', head, '--on', today);
  const list = await said(place, 'unit', 'list');
  expect(list.split('\n')[1]!.split(/ {2,}/)).toEqual(['pension', '架空保険課', '2024-04-01', today, '－', id]);
});

it('a terminal is added, changed, removed and listed', async () => {
  const print = 'ab'.repeat(32);
  await said(place, 'terminal', 'add', 'counter-1', '--class', 'number-affairs', '--department', 'health-promotion', '--label', '本館1階', '--certificates', print);
  await said(place, 'terminal', 'change', 'counter-1', '--label', '本館2階');
  await said(place, 'terminal', 'remove', 'counter-1', '--cause', 'broken');
  const list = await said(place, 'terminal', 'list');
  expect(list.split('\n')[1]!.split(/ {2,}/)).toEqual(['counter-1', 'マイナンバー利用事務系の端末', '健康づくり課（health-promotion）', '本館2階', '1', '除外']);
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
