import { reportNamed } from '../../projections/reports/all.js';
import { AccountDisabled, AccountOpened, IDENTITY, LOGIN, SignInAccepted } from '../../src/access/accounts/events.js';
import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { UnitEnded, UnitOpened } from '../../src/access/organisation/events.js';
import { RightApplied, RightApproved, RightFounded, RightReviewed, RightRevoked, RightSet } from '../../src/access/rights/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { closeTowns, openTown, type Town } from '../projections/town.js';
import { rowsIn, type Row } from './rows.js';

/** Who may do what, line by line: a clerk at work, one who has left, and a section. */
const [CLERK, GONE, HEAD, MANAGER, CHIEF] = Array.from({ length: 5 }, () => newId()) as [string, string, string, string, string];
const DAY = 86_400_000;
const UUID = /^[0-9a-f-]{36}$/;

let town: Town;
beforeEach(async () => {
  town = await openTown();
  await town.startRegisters();
});
afterEach(closeTowns);

const ask = async (name: string, terms: object = {}, upTo?: number): Promise<readonly Row[]> => rowsIn(town, name, terms, upTo ?? (await town.head()));
const plain = (stream: string, happened: NewDomainEvent, staff = HEAD) => town.tell(stream, happened, null, { actor: { staff } });
const eventOf = async (stream: string): Promise<string> => (await town.ledger.recorded(stream)).at(-1)!.id;
const hire = (staff: string, department = 'health-promotion') => plain(streamName('staff', staff), event(StaffRegistered, { kind: 'staff', department, role: 'clerk' }, { name: '架空　職員', post: '主事' }));

async function right(stream: string, over: object = {}): Promise<string> {
  await plain(stream, event(RightApplied, { role: 'number-clerk', files: ['vaccination'], access: 'update', number: true, department: 'health-promotion', from: '2026-11-20', ...over }, {}), CHIEF);
  const id = await eventOf(stream);
  await plain(stream, event(RightApproved, { right: id }, {}), MANAGER);
  await plain(stream, event(RightSet, { right: id, from: '2026-11-20' }, {}), HEAD);
  return id;
}
async function account(staff: string): Promise<string> {
  const id = newId();
  await plain(streamName('account', id), event(AccountOpened, { staff }, { login: `kakuu-${id.slice(-4)}` }));
  return id;
}

describe('ID・権限一覧', () => {
  it('has a line for each right and each account, with who did what of it', async () => {
    await hire(CLERK);
    const id = await right(streamName('staff', CLERK), { until: '2027-03-31' });
    await plain(streamName('staff', CLERK), event(RightReviewed, { right: id, review: newId(), answer: 'keep' }, {}), CHIEF);
    const login = await account(CLERK);
    await plain(streamName('account', login), event(SignInAccepted, { session: newId() }, {}));
    const unit = newId();
    await plain(streamName('unit', unit), event(UnitOpened, { unit: 'pension', from: '2026-04-01' }, { name: '架空の課' }));
    const who = { holder: CLERK, kind: '職員', department: '健康づくり課', place: '担当職員' };
    const nothing = { standing: null, role: null, files: null, access: null, number: null, from: null, until: null, revokedOn: null, appliedBy: null, approvedBy: null, setBy: null, lastSignIn: null, reviewed: null };
    expect(await ask('id-list')).toEqual([
      {
        ...who, line: '権限', id, standing: '発効中', role: '個人番号を取り扱う担当職員', files: '予防接種情報ファイル', access: '更新も', number: 'あり', from: '2026-11-20', until: '2027-03-31', revokedOn: null,
        appliedBy: CHIEF, approvedBy: MANAGER, setBy: HEAD, lastSignIn: null, reviewed: '継続 2026-11-20',
      },
      { ...nothing, ...who, line: 'アカウント', id: login, standing: '有効', from: '2026-11-20', lastSignIn: '2026-11-20T00:30:00.000Z' },
      { ...nothing, holder: unit, kind: '部署', department: '記載にない部署（pension）', place: '', line: 'なし', id: null },
    ]);
    expect(JSON.stringify(await ask('id-list'))).not.toMatch(/架空|kakuu/);
  });

  it('is as of a position and a day; what has ended is in it when it is asked for', async () => {
    await hire(CLERK);
    const stream = streamName('staff', CLERK);
    const id = await right(stream);
    const before = await town.head();
    await plain(stream, event(PersonnelChanged, { change: 'transfer', on: '2026-12-01', department: 'pension' }, {}));
    await plain(stream, event(RightRevoked, { rights: [id], on: '2026-12-01', cause: 'transfer' }, {}));
    expect((await ask('id-list')).map(({ standing, department, revokedOn }) => [standing, department, revokedOn])).toEqual([['発効中', '健康づくり課', '2026-12-01']]);
    expect((await ask('id-list', {}, before)).map(({ revokedOn }) => revokedOn)).toEqual([null]);
    expect((await ask('id-list', { day: '2026-12-01' })).map(({ line, department }) => [line, department])).toEqual([['なし', '記載にない部署（pension）']]);
    expect((await ask('id-list', { day: '2026-12-01', ended: true })).map(({ line, standing }) => [line, standing])).toEqual([['権限', '失効']]);
    expect((await ask('id-list', { day: '2026-11-19' })).map(({ standing }) => standing)).toEqual(['設定済み（発効前）']);
  });

  it('of one member of staff, of one section; of somebody with the first rights who was present', async () => {
    await hire(CLERK);
    await hire(GONE, 'pension');
    await plain(streamName('staff', GONE), event(RightFounded, { role: 'supervisor', files: ['vaccination'], department: 'pension', from: '2026-11-20', present: [CHIEF, HEAD] }, {}));
    expect((await ask('id-list', { staff: CLERK })).map(({ holder }) => holder)).toEqual([CLERK]);
    expect((await ask('id-list', { department: 'pension' })).map(({ holder, setBy }) => [holder, setBy])).toEqual([[GONE, `立会い ${CHIEF} ${HEAD}`]]);
  });

  it('of an empty ledger has none', async () => {
    expect(await rowsIn(town, 'id-list', {}, 0)).toEqual([]);
  });
});

describe('異動・退職した人に残る権限', () => {
  it('there is none where every change has ended them; what was left behind is a line', async () => {
    await hire(CLERK);
    await hire(GONE);
    const [kept, left] = [await right(streamName('staff', CLERK)), await right(streamName('staff', GONE))];
    expect(await ask('rights-of-departed')).toEqual([]);
    await plain(streamName('staff', GONE), event(PersonnelChanged, { change: 'retirement', on: '2026-11-20' }, {}));
    expect(await ask('rights-of-departed')).toEqual([
      { verdict: '違反', matter: '在職していない人の権限', holder: GONE, department: '健康づくり課', right: left, role: '個人番号を取り扱う担当職員', files: '予防接種情報ファイル', from: '2026-11-20', since: '2026-11-20' },
    ]);
    await plain(streamName('staff', GONE), event(RightRevoked, { rights: [left], on: '2026-11-20', cause: 'retirement' }, {}));
    expect(await ask('rights-of-departed')).toEqual([]);
    await plain(streamName('staff', CLERK), event(PersonnelChanged, { change: 'transfer', on: '2026-11-25', department: 'pension' }, {}));
    expect(await ask('rights-of-departed')).toEqual([]);
    expect((await ask('rights-of-departed', { day: '2026-11-25' })).map(({ matter, right: id }) => [matter, id])).toEqual([['元の部署での権限', kept]]);
  });

  it('those of a section that has ended', async () => {
    const unit = streamName('unit', newId());
    await plain(unit, event(UnitOpened, { unit: 'pension', from: '2026-04-01' }, { name: '架空の課' }));
    const id = await right(unit, { department: 'pension' });
    expect(await ask('rights-of-departed')).toEqual([]);
    await plain(unit, event(UnitEnded, { on: '2026-11-20' }, {}));
    expect((await ask('rights-of-departed')).map(({ matter, right: which, since }) => [matter, which, since])).toEqual([['廃止された部署の権限', id, '2026-11-20']]);
  });
});

describe('使われていない ID・権限', () => {
  const told = async (days = 30) => (await ask('unused-ids', { days })).map(({ matter, id, days: idle }) => [matter, id, idle]);
  const later = async (days: number): Promise<void> => {
    town.now += days * DAY;
    await town.use([], {}, { actor: { staff: CHIEF } });
  };

  it('accounts never signed in to, not for long, or of somebody who has left; not those that are in use or disabled', async () => {
    await hire(CLERK);
    await hire(GONE);
    const [never, long, used, closed, left] = [await account(CLERK), await account(CLERK), await account(CLERK), await account(CLERK), await account(GONE)];
    for (const one of [long, used, left]) await plain(streamName('account', one), event(SignInAccepted, { session: newId() }, {}), CLERK);
    await plain(streamName('account', closed), event(AccountDisabled, { reason: 'request' }, {}));
    await plain(streamName('staff', GONE), event(PersonnelChanged, { change: 'retirement', on: '2026-12-01' }, {}));
    await later(20);
    await plain(streamName('account', used), event(SignInAccepted, { session: newId() }, {}), CLERK);
    await later(20);
    expect(await told()).toEqual([['一度もサインインのないアカウント', never, 40], ['サインインのないアカウント', long, 40], ['在職していない人のアカウント', left, 40]]);
    expect((await told(41)).map(([matter]) => matter)).toEqual(['一度もサインインのないアカウント', '在職していない人のアカウント']);
  });

  it('rights of which nothing was used, or not what they give beyond looking, or not the number', async () => {
    await hire(CLERK);
    const id = await right(streamName('staff', CLERK));
    const by = { actor: { staff: CLERK } };
    await later(29);
    expect(await told()).toEqual([]);
    await later(1);
    expect(await told()).toEqual([['使われていない権限', id, 30]]);
    await town.use([], { kind: 'use', items: ['name'], outcome: 'refused' }, by);
    expect(await told()).toEqual([['使われていない権限', id, 30]]); // what was refused is no use
    await town.use([], { kind: 'use', items: ['name'] }, by);
    expect(await told()).toEqual([['更新に使われていない権限', id, 30]]);
    await town.use([], { kind: 'acquisition', items: ['name'] }, by);
    expect(await told()).toEqual([['個人番号の取扱いに使われていない権限', id, 30]]);
    await town.use([], { kind: 'use', extent: 'numberShown', items: ['number'] }, by);
    expect(await told()).toEqual([]);
  });

  it('a right to look alone is used by looking; one for no file cannot be told', async () => {
    await hire(CLERK);
    await right(streamName('staff', CLERK), { role: 'clerk', access: 'read', number: false });
    await right(streamName('staff', CLERK), { role: 'security-manager', files: [] });
    await later(40);
    await town.use([], { kind: 'use', items: ['name'] }, { actor: { staff: CLERK } });
    expect(await told()).toEqual([]);
    expect((await ask('unused-ids', { days: 0 })).every(({ id }) => UUID.test(String(id)))).toBe(true);
  });
});

describe('外部の名簿との突合', () => {
  const told = async (people: readonly object[], issuer?: string) => {
    const { prepare } = reportNamed('id-reconciliation');
    const { terms, said } = await prepare!(town.ledger, { people, ...(issuer && { issuer }) } as never);
    expect(JSON.stringify([terms, said])).not.toMatch(/kakuu|sub-/);
    return (await ask('id-reconciliation', terms)).map(({ matter, line, staff, account: which, outside, here }) => [matter, line, staff, which, outside, here]);
  };
  const claim = (kind: string, value: string, id: string) => town.ledger.vault.index.claimTogether([{ kind, value, stream: streamName('account', id), event: newId() }]);

  it('what is there and not here, here and not there, and in another section; by id, sign-in name, or the provider’s own', async () => {
    for (const staff of [CLERK, GONE, HEAD, MANAGER, CHIEF]) await hire(staff);
    await plain(streamName('staff', GONE), event(PersonnelChanged, { change: 'retirement', on: '2026-11-20' }, {}));
    const [of, second, closed] = [await account(CLERK), await account(CLERK), await account(HEAD)];
    await claim(LOGIN, 'kakuu', of);
    await claim(IDENTITY, 'https://id.example\nsub-1', closed);
    await plain(streamName('account', closed), event(AccountDisabled, { reason: 'request' }, {}));
    const everybody = [{ login: 'KAKUU', department: 'health-promotion' }, { staff: GONE }, { subject: 'sub-1' }, { staff: MANAGER, department: 'pension' }, { login: 'kakuu-nobody' }, { staff: newId() }, { staff: MANAGER }];
    expect(await told(everybody, 'https://id.example')).toEqual([
      ['外部の名簿にあって、台帳では在職していない', 2, GONE, null, null, null],
      ['外部の名簿にあって、台帳では停止したアカウント', 3, HEAD, closed, null, '健康づくり課'],
      ['部署が異なる', 4, MANAGER, null, '記載にない部署（pension）', '健康づくり課'],
      ['外部の名簿にあって台帳にない', 5, null, null, null, null],
      ['外部の名簿にあって台帳にない', 6, null, null, null, null],
      ['外部の名簿に二度ある', 7, MANAGER, null, null, '健康づくり課'],
      ['台帳にあって外部の名簿にない', null, CHIEF, null, null, '健康づくり課'],
      ['台帳にあって外部の名簿にないアカウント', null, CLERK, second, null, null],
    ]);
    expect((await told([{ subject: 'sub-1' }])).filter(([, line]) => line === 1)).toEqual([['外部の名簿にあって台帳にない', 1, null, null, null, null]]); // of which provider, nobody said
  });

  it('nothing where both are the same', async () => {
    await hire(CLERK);
    expect(await told([{ staff: CLERK, department: 'health-promotion' }])).toEqual([]);
  });
});
