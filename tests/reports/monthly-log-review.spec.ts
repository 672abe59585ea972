import { AccountLocked, AccountOpened, SignInRefused } from '../../src/access/accounts/events.js';
import { UnauthenticatedCounted } from '../../src/access/events.js';
import { LogReviewOpened, LogReviewSigned } from '../../src/access/log-reviews/events.js';
import { SignedIn } from '../../src/access/sessions/events.js';
import { TerminalRemoved } from '../../src/access/terminals/events.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { STAFF, closeTowns, openTown, type Town } from '../projections/town.js';
import { rowsIn } from './rows.js';

/** A month with one of each, and a day before and a day after it that do not count. */
let town: Town;
const account = newId();
const review = streamName('log-review', newId());
let [beforeOpening, beforeSigning] = [0, 0];
const at = (instant: string): void => void (town.now = Date.parse(`${instant}+09:00`));
const by = (staff: string, more: object = {}) => ({ actor: { staff, ...more } });

beforeAll(async () => {
  town = await openTown(); // on a Friday, half past nine, the twentieth of November
  const subject = newId();
  at('2026-11-30T23:59:59.999'); // a Monday
  await town.use([subject], { kind: 'use', extent: 'opened' }, by(STAFF[0]));
  at('2026-12-01T00:00:00');
  await town.use([subject], { kind: 'use', extent: 'opened' }, by(STAFF[0])); // out of hours
  at('2026-12-01T08:30:00');
  await town.use([subject], { kind: 'use', extent: 'opened' }, by(STAFF[1]));
  await town.use([subject], { kind: 'use', extent: 'opened' }, by(STAFF[0]));
  await town.use([], { kind: 'use', file: 'handling-log', extent: 'listed' }, by(STAFF[2]));
  await town.tell(streamName('account', account), event(AccountOpened, { staff: STAFF[0] }, { login: 'kakuu' }), null, by(STAFF[2]));
  for (const reason of ['password', 'password', 'code'] as const) await town.tell(streamName('account', account), event(SignInRefused, { reason }, { source: '192.0.2.7' }), null, by(STAFF[2]));
  await town.tell(streamName('account', account), event(AccountLocked, { minutes: 15 }, {}), null, by(STAFF[2]));
  await town.tell(streamName('gate', newId()), event(UnauthenticatedCounted, { requests: 40 }, { source: '192.0.2.7' }), null, by(STAFF[2]));
  at('2026-12-02T17:15:00'); // out of hours from now on
  await town.tell(streamName('session', newId()), event(SignedIn, { account, factors: ['password', 'totp'], notice: 'all-operations-recorded' }, { source: '192.0.2.7' }), null, by(STAFF[0]));
  await town.use([subject], { kind: 'acquisition' }, by(STAFF[0], { kind: 'automatic' }));
  at('2026-12-05T10:00:00'); // a Saturday
  await town.use([subject], { kind: 'provision', outcome: 'deviation', findings: [{ rule: 'method', item: 'file.provision.methods' }] }, by(STAFF[1]));
  at('2026-12-07T10:00:00');
  await town.tell(streamName('session', newId()), event(HandlingRefused, {}, {}), { kind: 'use', subjects: [subject], outcome: 'refused', findings: [{ rule: 'purpose', item: 'file.use.purpose' }, { rule: 'right' }] }, by(STAFF[1]));
  await town.use([subject], { kind: 'acquisition' }, { ...by(STAFF[1]), occurredAt: '2026-12-06T01:00:00.000Z' }); // entered on Monday, done on Sunday
  await town.tell(streamName('terminal', newId()), event(TerminalRemoved, { terminal: 'counter-1', reason: 'lost' }, {}), null, by(STAFF[2]));
  at('2026-12-29T10:00:00'); // a Tuesday on which offices are closed
  await town.use([subject], { kind: 'use', extent: 'opened' }, by(STAFF[1]));
  at('2027-01-01T00:00:00');
  await town.use([subject], { kind: 'use', extent: 'opened' }, by(STAFF[0]));
  beforeOpening = await town.head();
  await town.tell(review, event(LogReviewOpened, { month: '2026-12-01', due: '2027-01-15' }, {}), null, by(STAFF[2]));
  beforeSigning = await town.head();
  at('2027-01-12T10:00:00');
  await town.tell(review, event(LogReviewSigned, { result: 'findings', own: 4, sampled: [newId()] }, { remarks: '架空の所見' }), null, by(STAFF[2]));
  await town.startRegisters();
});
afterAll(closeTowns);

const ask = async (upTo?: number, terms = {}) => (await rowsIn(town, 'monthly-log-review', { month: '2026-12', opens: '08:30', closes: '17:15', ...terms }, upTo ?? (await town.head()))).map(({ group, matter, count, staff }) => [group, matter, count, staff]);

it('counts what was recorded in the month, by what an examiner asks for', async () => {
  expect((await ask()).slice(2)).toEqual([
    ['サインイン・アカウント', 'アカウントの開設', 1, 1],
    ['サインイン・アカウント', '認証失敗（パスワード違い）', 2, 1],
    ['サインイン・アカウント', '認証失敗（確認コード違い）', 1, 1],
    ['サインイン・アカウント', 'アカウントのロック', 1, 1],
    ['サインイン・アカウント', '認証のない要求', 40, 0],
    ['サインイン・アカウント', 'サインイン', 1, 1],
    ['取扱い', '使用・個別表示', 4, 2],
    ['取扱い', '入手・個別表示', 2, 2],
    ['取扱い', '提供・個別表示', 1, 1],
    ['本システムの記録の閲覧', '取扱記録・使用・一覧', 1, 1],
    ['拒否・記載外', expect.stringMatching(/^記載外・.*方法/), 1, 1],
    ['拒否・記載外', '拒否・Ⅱ.3⑥使用目的', 1, 1],
    ['拒否・記載外', '拒否・権限なし', 1, 1],
    ['時間外', '時間外・休日のサインイン', 1, 1],
    ['時間外', '時間外・休日の取扱い', 4, 2],
    ['後日入力', '後日入力された取扱い', 1, 1],
    ['規則・権限・端末の操作', '端末の除外', 1, 1],
  ]);
});

it('says how the review of the month stands at the position', async () => {
  const state = async (upTo?: number, month = '2026-12') => (await rowsIn(town, 'monthly-log-review', { month }, upTo ?? (await town.head()))).filter(({ group }) => group === '点検').map(({ matter, detail }) => [matter, detail]);
  expect(await state()).toEqual([['月次ログ点検を開いた', '署名の期限 2027-01-15'], ['署名した', `指摘あり、一件ずつ確かめた取扱い 1 件、点検者 ${STAFF[2]}（自身の取扱い 4 件を含む）`]]);
  expect(await state(beforeSigning)).toEqual([['月次ログ点検を開いた', '署名の期限 2027-01-15'], ['まだ署名されていない', '']]);
  expect(await state(beforeOpening)).toEqual([['月次ログ点検はまだ開かれていない', '']]);
  expect(await state(undefined, '2027-01')).toEqual([['月次ログ点検はまだ開かれていない', '読み取った位置では、この月が終わっていない']]);
  expect(await state(undefined, '2027-02')).toEqual([['月次ログ点検はまだ開かれていない', '読み取った位置では、この月が終わっていない']]);
});

it('the same whatever has come since; with other office hours others are out of hours', async () => {
  expect((await ask(beforeSigning)).slice(2)).toEqual((await ask()).slice(2));
  expect((await ask(undefined, { opens: '00:00', closes: '23:59' })).filter(([group]) => group === '時間外')).toEqual([['時間外', '時間外・休日の取扱い', 3, 1]]); // the weekend and the turn of the year
});
