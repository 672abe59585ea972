import { PurposeChosen, SessionEnded, SessionLocked, SessionUnlocked, SignedIn } from '../../src/access/sessions/events.js';
import { FindingExamined } from '../../src/access/findings/events.js';
import { RightReviewed } from '../../src/access/rights/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { ExportRejected } from '../../src/outputs/events.js';
import { InformationUsed } from '../../src/walks/events.js';
import { closeTowns } from '../projections/town.js';
import { at, plant, type Planted } from './planted.js';
import { rowsOf, type Row } from './reading.js';

let planted: Planted;
const session = newId();
const inSession: number[] = [];
beforeAll(async () => {
  planted = await plant();
  const { town, staff, subject, rights } = planted;
  const actor = { staff: staff.stays, session, terminal: 'counter-1' };
  const stream = streamName('session', newId());
  town.now = Date.parse(at('09:00', '2026-12-14'));
  const tell = async (where: string, happened: NewDomainEvent, block: object | null = null): Promise<void> => {
    town.now += 60_000;
    inSession.push(await town.tell(where, happened, block, { actor }));
  };
  await tell(stream, event(SignedIn, { account: newId(), factors: ['password', 'totp'], notice: 'all-operations-recorded' }, { source: '192.0.2.7' }));
  await tell(stream, event(InformationUsed, { query: 'subject', shown: 1, withheld: 0 }, {}), { kind: 'use', extent: 'opened', subjects: [subject], items: ['name'] });
  await tell(stream, event(SessionLocked, {}, {}));
  await tell(stream, event(SessionUnlocked, {}, {}));
  await tell(stream, event(PurposeChosen, {}, { purpose: 'record-keeping' }));
  await tell(streamName('staff', staff.moves), event(RightReviewed, { right: rights.moves!, review: newId(), answer: 'keep' }, {}));
  await tell(streamName('finding', newId()), event(FindingExamined, { result: 'explained' }, { remarks: '架空の当番' }));
  await tell(streamName('export', newId()), event(ExportRejected, {}, {}));
  await tell(stream, event(SessionEnded, { reason: 'signed-out' }, {}));
});
afterAll(closeTowns);

const ask = (terms: object): Promise<readonly Row[]> => rowsOf(planted.town, 'step-through', terms);
const positions = (rows: readonly Row[]): readonly unknown[] => rows.map(({ position }) => position);

it('a person: everything that has happened to them, in order, with how they stand behind it', async () => {
  const { subject, position } = planted;
  const rows = await ask({ subject });
  expect(rows.map(({ position: where, matter, outcome, after }) => [where, matter, outcome, after])).toEqual([
    [position.registered, '本人の登録', '記載どおり', '宛名: 現在'], [position.recorded, '接種記録の入力', '記載どおり', '接種記録: 入力済み'], [position.looked, '閲覧・個別表示', '記載どおり', ''],
    [position.refused, '使用の試み・個別表示', '拒否（Ⅱ.3⑦使用部署）', ''], [position.protected, '異動', '記載どおり', '宛名: 支援措置の対象'], [position['by a token'], '閲覧・番号表示', '記載どおり', ''],
    [position.confirmed, '確認', '記載どおり', '接種記録: 確認済み'], [inSession[1], '閲覧・個別表示', '記載どおり', ''],
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/架空町|架空　/);
  expect(await ask({ subject: newId() })).toEqual([]);
});

it('a member of staff: what happened to them and what they did, with place and rights behind each', async () => {
  const { staff, position } = planted;
  const rows = await ask({ staff: staff.moves });
  expect(rows.map(({ position: where, sort, matter }) => [where, sort, matter])).toEqual([
    [position['opened health-promotion'], '操作', '部署の設置'], [position['opened pension'], '操作', '部署の設置'],
    ...['hired', 'account', 'applied', 'approved', 'set'].map((what, i) => [position[`${what} moves`], i === 1 ? 'アクセス' : '操作', ['職員の登録', 'アカウントの開設', '権限の申請', '権限の承認', '権限の設定'][i]]),
    [position.moved, '操作', '異動等'], [position['moved rights'], '操作', '権限の失効'], [position.renamed, '操作', '部署の改称'], [inSession[5], '操作', '棚卸しの回答'],
  ].filter(([where]) => (where as number) >= position['hired moves']!));
  const after = (where: number): unknown => rows.find((row) => row.position === where)!.after;
  expect(after(position['set moves']!)).toBe('健康づくり課・担当職員。権限 0 件'); // from the next day on
  expect([after(position.moved!), after(position['moved rights']!)]).toEqual(['記載にない部署（pension）・担当職員。権限 0 件', '記載にない部署（pension）・担当職員。権限 0 件']);
  expect(rows.find((row) => row.position === position.moved)!.detail).toBe('異動の区分 異動、部署 記載にない部署（pension）、日 2026-12-04');
  const stays = await ask({ staff: staff.stays, from: at('09:00', '2026-12-04') });
  expect(positions(stays)).toEqual([position.looked, position.renamed, position.protected, ...inSession]);
  expect(stays[0]!.after).toBe('健康づくり課・担当職員。権限 1 件: 担当職員（予防接種情報ファイル、更新も、番号なし）');
});

it('a session: from its opening to its end, with each handling, lock, change of purpose and operation', async () => {
  const rows = await ask({ session });
  expect(positions(rows)).toEqual(inSession);
  expect(rows.map(({ matter, after }) => [matter, after])).toEqual([
    ['サインイン', 'サインイン中'], ['閲覧・個別表示', 'サインイン中'], ['画面ロック', 'ロック中'], ['ロック解除', 'サインイン中'], ['使用目的の選択', 'サインイン中'], ['棚卸しの回答', 'サインイン中'], ['不審な取扱いの所見の調査', 'サインイン中'], ['ファイル出力の却下', 'サインイン中'], ['サインアウト・終了', '終了'],
  ]);
  expect(rows.every(({ staff, terminal }) => staff === planted.staff.stays && terminal === 'counter-1')).toBe(true);
  expect(JSON.stringify(rows)).not.toMatch(/record-keeping|192\.0\.2/);
});

it.each([['subject'], ['staff'], ['session']] as const)('page by page it is the same %s, whatever lies between', async (of) => {
  const whom = { subject: planted.subject, staff: planted.staff.stays, session }[of];
  const all = await ask({ [of]: whom });
  const pages: Row[] = [];
  for (let after = 0; ; after = pages.at(-1)!.position as number) {
    const page = await ask({ [of]: whom, after, limit: 3 });
    pages.push(...page);
    if (page.length < 3) break;
  }
  expect(pages).toEqual(all);
  const [first, last] = [all[1]!, all.at(-2)!];
  expect(await ask({ [of]: whom, from: first.recordedAt, to: last.recordedAt })).toEqual(all.filter(({ recordedAt }) => recordedAt! >= first.recordedAt! && recordedAt! <= last.recordedAt!));
});
