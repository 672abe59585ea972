import { Labels } from '../../projections/reports/labels.js';
import { reportNamed } from '../../projections/reports/all.js';
import { AccountDisabled, AccountLocked, AccountOpened, AccountUnlocked, FactorsIssued, PasswordChanged, SignInAccepted, SignInRefused } from '../../src/access/accounts/events.js';
import { UnauthenticatedCounted } from '../../src/access/events.js';
import { PurposeChosen, SessionEnded, SessionLocked, SessionUnlocked, SignedIn } from '../../src/access/sessions/events.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import { InformationProvided } from '../../src/exchange/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { SubjectRegistered } from '../../src/subjects/events.js';
import { InformationUsed } from '../../src/walks/events.js';
import { DECLARATION } from '../support/city.js';
import { STAFF, anIdentity, closeTowns, openTown, type Town } from '../projections/town.js';

afterAll(closeTowns);

const reading = readDeclaration(DECLARATION);
if (!reading.ok) throw new Error('the city’s declaration cannot be read');
/** Version 3 as it is, and a version 4 that calls a purpose and an item otherwise. */
const [third, fourth] = [DECLARATION, DECLARATION.replace('"version": 3', '"version": 4').replace('予防接種記録の管理', '記録の管理（第4版の言い方）')].map((text) => {
  const read = readDeclaration(text);
  if (!read.ok) throw new Error('not a declaration');
  return read.declaration;
});

type Row = Readonly<Record<string, string | number | null>>;

function rowsOf(town: Town, name: string, terms: object, upTo = Number.MAX_SAFE_INTEGER): readonly Row[] {
  const { columns, read } = reportNamed(name);
  const keys = columns(terms as never).map(({ key }) => key);
  const sources = { register: (register: string) => town.registers.query(register), upTo, labels: new Labels([fourth!, third!]), declarations: [third!, fourth!], at: null, asker: '', reached: () => undefined };
  return [...read(sources, terms as never)].flat().map((row) => {
    expect(row).toHaveLength(keys.length);
    return Object.fromEntries(keys.map((key, i) => [key, row[i]!]));
  });
}

describe('handlings', () => {
  let town: Town;
  let [subject, other] = ['', ''];
  const at: Record<string, number> = {};
  const [session, evidence] = [newId(), newId()];
  const actor = { staff: STAFF[1], session, terminal: 'window-3', role: 'number-clerk' };
  const many = Array.from({ length: 60 }, () => newId());
  beforeAll(async () => {
    town = await openTown();
    const tell = async (name: string, stream: string, happened: NewDomainEvent, block: Partial<HandlingBlock>, circumstances: Parameters<Town['tell']>[3] = {}): Promise<void> => {
      town.now += 60_000;
      at[name] = await town.tell(stream, happened, block, circumstances);
    };
    [subject, other] = [newId(), newId()];
    const used = (): NewDomainEvent => event(InformationUsed, { query: 'subject', shown: 1, withheld: 0 }, {});
    await tell('registered', streamName('subject', subject), event(SubjectRegistered, { scope: 'resident' }, { identity: anIdentity() }), {
      subjects: [subject], items: ['name', 'address'], counterpart: 'own-department:residents', method: 'internal-link', purpose: 'record-keeping', legalGround: 'use-14', evidence: [{ kind: 'consent', ref: evidence }],
    }, { occurredAt: '2026-11-01T00:00:00.000Z' });
    await tell('used', streamName('session', session), used(), { kind: 'use', extent: 'opened', subjects: [subject, other], items: ['name', 'noSuchItem'], purpose: 'record-keeping' }, { actor });
    await tell('usedLater', streamName('session', session), used(), { kind: 'use', extent: 'numberShown', subjects: [subject], items: ['number'], purpose: 'record-keeping', declarationVersion: 4 }, { actor: { ...actor, department: 'pension' } });
    await tell('refused', streamName('session', session), event(HandlingRefused, {}, {}), {
      kind: 'use', extent: 'listed', subjects: [subject], outcome: 'refused', findings: [{ rule: 'purpose', item: 'file.use.purpose' }, { rule: 'department', item: 'file.use.departments' }],
    }, { actor });
    await tell('noRight', streamName('session', session), event(HandlingRefused, {}, {}), { kind: 'use', subjects: [], outcome: 'refused', findings: [{ rule: 'right' }], declarationVersion: 4 });
    await tell('refusedEntry', streamName('session', session), event(HandlingRefused, {}, {}), { kind: 'acquisition', subjects: [subject], outcome: 'refused', findings: [{ rule: 'source', item: 'file.acquisition.sources' }] });
    await tell('provided', streamName('provision', newId()), event(InformationProvided, {}, {}), {
      kind: 'provision', subjects: [subject], items: ['vaccine'], counterpart: 'other-municipality', method: 'paper', outcome: 'deviation', findings: [{ rule: 'purpose', item: 'file.use.purpose' }], assurance: 'attested',
    }, { actor: { kind: 'automatic' } });
    await tell('crowd', streamName('session', session), used(), { kind: 'use', extent: 'exported', subjects: [...many, subject], items: [] }, { actor });
    await town.startRegisters();
    await town.folded();
  });
  const positions = (rows: readonly Row[]): readonly unknown[] => rows.map((row) => row.position ?? row.number);

  it('the handling log has a line for each, with words for codes and persons by id', () => {
    const rows = rowsOf(town, 'handling-log', {});
    expect(positions(rows)).toEqual(['registered', 'used', 'usedLater', 'refused', 'noRight', 'refusedEntry', 'provided', 'crowd'].map((name) => at[name]));
    expect(rows[0]).toEqual({
      position: at.registered, recordedAt: '2026-11-20T00:31:00.000Z', occurredAt: '2026-11-01T00:00:00.000Z', staff: STAFF[0], actor: '職員', department: '健康づくり課', role: '担当職員', terminal: null,
      kind: '入手', act: '本人の登録', extent: null, file: '予防接種情報ファイル', system: '証（あかし）', purpose: '予防接種記録の管理', why: null, emergency: null, ground: expect.stringMatching(/別表/), subjectCount: 1, subjects: subject,
      items: '氏名、住所', counterpart: '評価実施機関内の他部署（市民課）', method: '庁内連携システム', evidence: `同意 ${evidence}`, outcome: '記載どおり', findings: '', assurance: '本システムで照合', version: 3,
    });
    expect(rows[1]).toMatchObject({ subjects: `${subject} ${other}`, subjectCount: 2, items: '氏名、記載にない記録項目（noSuchItem）', extent: '個別表示', act: '閲覧', terminal: 'window-3', role: '個人番号を取り扱う担当職員' });
    expect(rows[2]).toMatchObject({ purpose: '記録の管理（第4版の言い方）', department: '記載にない部署（pension）', extent: '番号表示' });
    expect(rows[3]).toMatchObject({ act: '使用の試み', outcome: '拒否', findings: 'Ⅱ.3⑥使用目的、Ⅱ.3⑦使用部署' });
    expect(rows[6]).toMatchObject({ actor: '自動実行', assurance: '書面による申告', outcome: '記載外' });
    expect(rows[7]).toMatchObject({ subjectCount: 61, subjects: '61人', extent: '出力' });
  });

  it.each([
    ['by staff', () => ({ staff: STAFF[1] }), ['used', 'usedLater', 'refused', 'crowd']],
    ['by person, also among many', () => ({ subject }), ['registered', 'used', 'usedLater', 'refused', 'refusedEntry', 'provided', 'crowd']],
    ['by another person', () => ({ subject: other }), ['used']],
    ['by kind', () => ({ kind: 'provision' }), ['provided']],
    ['by extent', () => ({ extent: 'numberShown' }), ['usedLater']],
    ['by result', () => ({ outcome: 'deviation' }), ['provided']],
    ['by terminal', () => ({ terminal: 'window-3' }), ['used', 'usedLater', 'refused', 'crowd']],
    ['by department', () => ({ department: 'pension' }), ['usedLater']],
    ['by assurance', () => ({ assurance: 'attested' }), ['provided']],
    ['by two of them', () => ({ staff: STAFF[1], outcome: 'refused' }), ['refused']],
    ['by period, both ends', () => ({ from: '2026-11-20T09:32:00+09:00', to: '2026-11-20T00:33:00Z' }), ['used', 'usedLater']],
    ['by what nothing is', () => ({ terminal: 'nowhere' }), []],
  ] as const)('the handling log %s', (_, terms, names) => {
    expect(positions(rowsOf(town, 'handling-log', terms()))).toEqual(names.map((name) => at[name]));
  });

  it('up to a position there is nothing behind it', () => {
    expect(positions(rowsOf(town, 'handling-log', {}, at.refused))).toEqual(['registered', 'used', 'usedLater', 'refused'].map((name) => at[name]));
    expect(positions(rowsOf(town, 'handling-log', { subject }, at.usedLater))).toEqual(['registered', 'used', 'usedLater'].map((name) => at[name]));
  });

  it('the collection register has what was acquired, and not what was refused', () => {
    expect(rowsOf(town, 'collection-register', {})).toEqual([{
      position: at.registered, occurredAt: '2026-11-01T00:00:00.000Z', recordedAt: '2026-11-20T00:31:00.000Z', file: '予防接種情報ファイル', act: '本人の登録', subjectCount: 1, subjects: subject, items: '氏名、住所',
      source: '評価実施機関内の他部署（市民課）', method: '庁内連携システム', purpose: '予防接種記録の管理', ground: expect.stringMatching(/別表/), evidence: '同意', department: '健康づくり課', staff: STAFF[0], outcome: '記載どおり', assurance: '本システムで照合',
    }]);
    expect(rowsOf(town, 'collection-register', { subject: other })).toEqual([]);
  });

  it('the refusals have a line for each finding, and can be had by rule, item and version', () => {
    const told = (terms: object) => rowsOf(town, 'refusals', terms).map(({ position, ruleCode, rule, item, version, outcome }) => [position, ruleCode, rule, item, version, outcome]);
    expect(told({})).toEqual([
      [at.refused, 'purpose', 'Ⅱ.3⑥使用目的', 'file.use.purpose', 3, '拒否'],
      [at.refused, 'department', 'Ⅱ.3⑦使用部署', 'file.use.departments', 3, '拒否'],
      [at.noRight, 'right', '権限なし', '', 4, '拒否'],
      [at.refusedEntry, 'source', 'Ⅱ.3①入手元', 'file.acquisition.sources', 3, '拒否'],
      [at.provided, 'purpose', 'Ⅱ.3⑥使用目的', 'file.use.purpose', 3, '記載外'],
    ]);
    expect(told({ rule: 'purpose' }).map(([position]) => position)).toEqual([at.refused, at.provided]);
    expect(told({ item: 'file.use.departments' }).map(([position]) => position)).toEqual([at.refused]);
    expect(told({ version: 4 }).map(([position]) => position)).toEqual([at.noRight]);
    expect(told({ outcome: 'deviation' }).map(([position]) => position)).toEqual([at.provided]);
  });

  it('their summary counts by rule, item and version', () => {
    expect(rowsOf(town, 'refusals-summary', {}).map((row) => Object.values(row))).toEqual([
      ['right', '権限なし', '', 4, 1, 0, '2026-11-20T00:35:00.000Z', '2026-11-20T00:35:00.000Z'],
      ['source', 'Ⅱ.3①入手元', 'file.acquisition.sources', 3, 1, 0, '2026-11-20T00:36:00.000Z', '2026-11-20T00:36:00.000Z'],
      ['purpose', 'Ⅱ.3⑥使用目的', 'file.use.purpose', 3, 1, 1, '2026-11-20T00:34:00.000Z', '2026-11-20T00:37:00.000Z'],
      ['department', 'Ⅱ.3⑦使用部署', 'file.use.departments', 3, 1, 0, '2026-11-20T00:34:00.000Z', '2026-11-20T00:34:00.000Z'],
    ]);
  });

  it('the person is told when, which section, what for, which items and to whom, under the words of the version that judged it', () => {
    const rows = rowsOf(town, 'person-record', { subject });
    const told = (name: string) => rows.find(({ number }) => number === at[name]);
    expect(positions(rows)).toEqual(['registered', 'used', 'usedLater', 'refused', 'refusedEntry', 'provided', 'crowd'].map((name) => at[name]));
    expect(told('registered')).toEqual({
      number: at.registered, occurredAt: '2026-11-01T00:00:00.000Z', department: '健康づくり課', kind: '入手', act: '本人の登録', purpose: '予防接種記録の管理', why: null, file: '予防接種情報ファイル', items: '氏名、住所',
      from: '評価実施機関内の他部署（市民課）', to: null, outcome: '行いました',
    });
    expect(told('usedLater')).toMatchObject({ purpose: '記録の管理（第4版の言い方）', act: '閲覧・番号表示' });
    expect(told('refused')).toMatchObject({ outcome: '認めませんでした（情報は取り扱われていません）', act: '使用の試み・一覧' });
    expect(told('provided')).toMatchObject({ department: '健康づくり課（自動実行）', from: null, to: '予防接種法による予防接種を行う他の市町村長', items: expect.not.stringMatching(/^vaccine$/), outcome: '行いました（評価書の記載にない取扱い）' });
    const text = JSON.stringify(rows);
    for (const hidden of [...STAFF, other, ...many]) expect(text).not.toContain(hidden);
    expect(rowsOf(town, 'person-record', { subject, withStaff: true })[1]!.staff).toBe(STAFF[1]);
    expect(rowsOf(town, 'person-record', { subject: newId() })).toEqual([]);
  });
});

describe('sign-ins', () => {
  let town: Town;
  const [account, session] = [newId(), newId()];
  const at: number[] = [];
  const own = { staff: STAFF[0], session, terminal: 'window-1' };
  const operator = { staff: STAFF[2], kind: 'operator' as const, department: 'information-systems', role: 'operator' };
  const engine = { staff: STAFF[1], kind: 'automatic' as const };
  beforeAll(async () => {
    town = await openTown();
    const tell = async (stream: string, happened: NewDomainEvent, actor: object): Promise<void> => {
      town.now += 60_000;
      at.push(await town.tell(stream, happened, null, { actor }));
    };
    const [ofAccount, ofSession] = [streamName('account', account), streamName('session', session)];
    await tell(ofAccount, event(AccountOpened, { staff: STAFF[0] }, { login: '架空のログイン' }), operator);
    await tell(ofAccount, event(FactorsIssued, {}, { secret: '架空の種' }), operator);
    await tell(ofAccount, event(SignInRefused, { reason: 'password' }, { source: '192.0.2.77' }), engine);
    await tell(ofAccount, event(AccountLocked, { minutes: 15 }, {}), engine);
    await tell(ofAccount, event(AccountUnlocked, {}, {}), operator);
    await tell(ofAccount, event(SignInAccepted, { session, step: 7 }, {}), own);
    await tell(ofSession, event(SignedIn, { account, factors: ['password', 'totp'], notice: 'all-operations-recorded' }, { source: '192.0.2.77' }), own);
    await tell(ofAccount, event(PasswordChanged, {}, { password: '架空の合言葉' }), own);
    await tell(ofSession, event(PurposeChosen, {}, { purpose: 'record-keeping' }), own);
    await tell(ofSession, event(SessionLocked, {}, {}), own);
    await tell(ofSession, event(SessionUnlocked, {}, {}), own);
    await tell(ofSession, event(SessionEnded, { reason: 'signed-out' }, {}), own);
    await tell(streamName('gate', newId()), event(UnauthenticatedCounted, { requests: 40 }, { source: '192.0.2.78' }), engine);
    await tell(ofAccount, event(AccountDisabled, { reason: 'retirement' }, {}), operator);
    await town.startRegisters();
    await town.folded();
  });

  it('have a line for each thing that happened, in words', () => {
    const rows = rowsOf(town, 'sign-ins', {});
    expect(rows.map(({ position }) => position)).toEqual(at);
    expect(rows.map(({ entry, reason, owner, account: whose, session: which, by, requests, minutes }) => [entry, reason, owner, whose, which, by, requests, minutes])).toEqual([
      ['アカウントの開設', null, STAFF[0], account, null, STAFF[2], null, null],
      ['認証情報の発行', null, STAFF[0], account, null, STAFF[2], null, null],
      ['認証失敗', 'パスワード違い', STAFF[0], account, null, STAFF[1], null, null],
      ['アカウントのロック', null, STAFF[0], account, null, STAFF[1], null, 15],
      ['アカウントのロック解除', null, STAFF[0], account, null, STAFF[2], null, null],
      ['認証成功', null, STAFF[0], account, session, STAFF[0], null, null],
      ['サインイン', null, STAFF[0], account, session, STAFF[0], null, null],
      ['パスワードの変更', null, STAFF[0], account, null, STAFF[0], null, null],
      ['使用目的の選択', null, STAFF[0], null, session, STAFF[0], null, null],
      ['画面ロック', null, STAFF[0], null, session, STAFF[0], null, null],
      ['ロック解除', null, STAFF[0], null, session, STAFF[0], null, null],
      ['サインアウト・終了', 'サインアウト', STAFF[0], null, session, STAFF[0], null, null],
      ['認証のない要求', null, null, null, null, STAFF[1], 40, null],
      ['アカウントの停止', '退職', STAFF[0], account, null, STAFF[2], null, null],
    ]);
    expect(rows[0]).toMatchObject({ department: '情報システム課', role: '情報システム課', recordedAt: '2026-11-20T00:31:00.000Z', terminal: null });
    expect(JSON.stringify(rows)).not.toMatch(/192\.0\.2|架空/);
  });

  it.each([
    ['by whose it is', { staff: STAFF[0] }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]],
    ['by whom nothing happened to', { staff: STAFF[2] }, []],
    ['by account', { account }, [0, 1, 2, 3, 4, 5, 6, 7, 13]],
    ['by what happened', { entry: 'SignInRefused' }, [2]],
    ['by reason', { reason: 'retirement' }, [13]],
    ['by period', { from: '2026-11-20T09:33:00+09:00', to: '2026-11-20T09:34:00+09:00' }, [2, 3]],
  ] as const)('%s', (_, terms, which) => {
    expect(rowsOf(town, 'sign-ins', terms).map(({ position }) => position)).toEqual(which.map((i) => at[i]));
  });

  it('the register keeps from where somebody asked as it was sealed, passwords not at all, and nothing after an erasure', async () => {
    const blocks = () => town.registers.query('access-log').prepare('SELECT position, status, sealed IS NOT NULL AS kept FROM entries ORDER BY position').all() as { position: number; status: string; kept: number }[];
    expect(blocks().map(({ position, kept }) => [position, kept])).toEqual(at.map((position, i) => [position, [0, 2, 6, 8, 12].includes(i) ? 1 : 0]));
    const before = rowsOf(town, 'sign-ins', {});
    await town.erase(streamName('account', account));
    await town.folded();
    expect(blocks().filter(({ status }) => status === 'erased').map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 7, 13].map((i) => at[i]));
    expect(blocks().filter(({ kept }) => kept === 1).map(({ position }) => position)).toEqual([6, 8, 12].map((i) => at[i]));
    expect(rowsOf(town, 'sign-ins', {})).toEqual(before);
  });
});
