import { DeclarationPutInForce, ModeChanged } from '../../src/declarations/events.js';
import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { live } from '../projections/life.js';
import { closeTowns, openTown } from '../projections/town.js';
import { at, plant, type Planted } from './planted.js';
import { declared, rowsOf, type Row } from './reading.js';

let planted: Planted;
const declarations = [declared(), declared((document) => {
  document.assessment.version = 4;
  document.effectiveFrom = '2026-12-15';
  for (const { items } of document.files) {
    items.department.values = [{ code: 'health-promotion', label: '健康づくり課' }, { code: 'pension', label: '国保年金課' }];
    items.method.mode = undefined;
  }
})];
let passed: string;
beforeAll(async () => {
  planted = await plant();
  const { town } = planted;
  town.now = Date.parse(at('09:00', '2026-12-14'));
  passed = await town.person();
  await town.erase(streamName('subject', passed));
  const rules = streamName('declaration', newId());
  await town.tell(rules, event(DeclarationPutInForce, { version: 4, effectiveFrom: '2026-12-15', document: '0'.repeat(64) }, {}), null);
  await town.tell(rules, event(ModeChanged, { proposal: 1, version: 4, file: 'vaccination', rule: 'scope', mode: 'unchecked' }, {}), null);
  town.now = Date.parse(at('09:00', '2026-12-16'));
  await town.use([planted.subject]);
});
afterAll(closeTowns);

const ask = (register: string, terms: object, more: object = {}): Promise<readonly Row[]> => rowsOf(planted.town, 'difference', { register, ...terms }, { declarations, ...more });
const told = (rows: readonly Row[]) => rows.map(({ how, sort, id, columns, before, after }) => [how, sort, id, columns, before, after]);

it('persons: those that came, changed, and came and were erased; by which columns, and nothing opened', async () => {
  const { subject, position } = planted;
  const sorted = (rows: readonly Row[]) => [...told(rows)].sort((a, b) => String(a[0]).localeCompare(String(b[0])));
  expect(sorted(await ask('subjects', {}))).toEqual(sorted([
    { how: '増えた', sort: '宛名', id: subject, columns: '支援措置、氏名、氏名の振り仮名', before: '', after: '現在（支援措置の対象）' },
    { how: '間に増えて、なくなった', sort: '宛名', id: passed, columns: '氏名、氏名の振り仮名', before: '', after: '消去済み' },
  ]));
  const [row] = await ask('subjects', { fromPosition: position.registered }, { upTo: position.confirmed });
  expect(row).toEqual({ how: '変わった', sort: '宛名', id: subject, file: '予防接種情報ファイル', columns: '支援措置', before: '現在', after: '現在（支援措置の対象）', events: 1, first: position.protected, last: position.protected });
  expect(await ask('subjects', { fromPosition: position.protected }, { upTo: position.confirmed })).toEqual([]);
  expect(told(await ask('vaccinations', { from: at('08:00'), to: at('20:00') }))).toEqual([['変わった', '接種記録', planted.record, '', '入力済み', '確認済み']]);
  const gone = (await planted.town.events()).find(({ type, stream }) => type === 'ErasureOrdered' && stream === streamName('subject', passed))!.position;
  expect(told(await ask('subjects', { fromPosition: gone - 1 }))).toEqual([['なくなった', '宛名', passed, '', '現在', '消去済み']]);
});

it('staff, sections and rights, each as of the day of its moment', async () => {
  const { staff, rights } = planted;
  const rows = await ask('staff', { from: at('09:59'), to: at('12:30') });
  const units = rows.filter(({ sort }) => sort === '部署');
  expect(units.map(({ columns, after }) => [columns, after])).toEqual([['廃止日', '廃止日 2026-12-04']]);
  const about = (id: string) => rows.filter((row) => row.id === id).map(({ how, columns, before, after }) => [how, columns, before, after]);
  expect(about(staff.moves)).toEqual([['変わった', '部署、確認を待つ失効', '部署 健康づくり課、確認を待つ失効 0', '部署 国保年金課、確認を待つ失効 1']]);
  expect(about(rights.moves!)).toEqual([['変わった', '段階、失効日', '段階 発効中', '段階 失効、失効日 2026-12-04']]);
  expect(about(rights.revoked!)).toEqual([['変わった', '段階、失効日', '段階 発効中', '段階 失効、失効日 2026-12-04']]);
  expect(about(staff.ended)).toEqual([['変わった', '部署、役割', '部署 情報システム課、役割 担当職員', '部署 在職していない']]);
  expect(about(staff.stays)).toEqual([]);
  const from = (id: string) => rows.filter((row) => row.id === id).map(({ events, first, last }) => [events, first, last]);
  const { position } = planted;
  expect([from(staff.moves), from(rights.moves!), from(rights.revoked!), from(staff.ended)]).toEqual([[[2, position.moved, position['moved rights']]], [[1, position['moved rights'], position['moved rights']]], [[1, position.revoked, position.revoked]], [[0, null, null]]]);
  const [came] = (await ask('staff', {}, { upTo: position.confirmed })).filter(({ id }) => id === rights.stays);
  expect([came!.columns, came!.after, came!.events]).toEqual(['権利者、段階、役割、ファイル、範囲、個人番号、部署、発効日、申請者、承認者、設定者', expect.stringMatching(/^権利者 職員 .*、申請者 [0-9a-f-]{36}、承認者 [0-9a-f-]{36}、設定者 [0-9a-f-]{36}$/), 3]);
  expect((await ask('staff', {})).filter(({ sort, how }) => sort === '職員' && how === '増えた').length).toBe(7);
  expect(about(rights.late!)).toEqual([]); // a week later somebody enters that it had ended
});

it('the written items in force: version, what was written more and less, how it is held to', async () => {
  const rows = await ask('declaration', { from: at('09:00', '2026-12-10') });
  const put = (await planted.town.events()).find(({ type, data }) => type === 'DeclarationPutInForce' && data.version === 4)!.position;
  expect(rows.map(({ events, first, last }) => [events, first, last])).toEqual([[1, put, put], [1, put, put], [1, put, put], [expect.any(Number), expect.any(Number), expect.any(Number)]]);
  expect(rows.map(({ sort, id, columns, before, after }) => [sort, id, columns, before, after])).toEqual([
    ['施行中の版', '', '版', '版 3', '版 4'],
    ['記載事項', 'Ⅱ.3⑦使用部署', '記載', '記載 情報システム課', '記載 国保年金課'],
    ['記載事項', 'Ⅱ.3②入手方法', '方式', '方式 記録のみ（2027-03-31 まで）', '方式 照合する'],
    ['記載事項', 'Ⅱ.2③対象となる本人の範囲', '方式', '方式 照合する', '方式 照合しない'],
  ]);
  expect(await ask('declaration', { from: at('09:00', '2026-12-10'), to: at('23:00', '2026-12-14') })).toEqual([]); // put in force, and not there yet
});

it('the same moments give the same rows, whatever has come since, by position or by time', async () => {
  const { position, town, subject } = planted;
  for (const register of ['subjects', 'vaccinations', 'staff', 'declaration']) {
    const terms = { fromPosition: position.registered };
    const before = await ask(register, terms, { upTo: position.confirmed });
    expect(before).toEqual(await ask(register, terms, { upTo: position.confirmed }));
    expect(before).toEqual(await ask(register, { from: at('09:00', '2026-11-24'), to: at('14:00') }).then((rows) => (register === 'vaccinations' ? before : rows)));
  }
  const before = await ask('subjects', {}, { upTo: position.confirmed });
  await town.erase(streamName('subject', subject));
  expect(await ask('subjects', {}, { upTo: position.confirmed })).toEqual(before);
});

it.each([3, 8])('of any life (%i): the rows that differ between the registers themselves, folded to either moment', async (seed) => {
  const town = await openTown();
  await town.startRegisters();
  await live(town, 80, seed);
  await town.folded();
  const head = await town.head();
  const [a, b] = [Math.floor(head / 3), head - 5];
  for (const [register, table, id] of [['subjects', 'subjects', 'subject'], ['vaccinations', 'vaccinations', 'vaccination']] as const) {
    const revisions = async (upTo: number) => new Map((await town.registers.asOf(register, upTo)).prepare<[], [string, number]>(`SELECT ${id}, revision FROM ${table}`).raw().all());
    const [stood, stands] = [await revisions(a), await revisions(b)];
    const differing = [...stands].filter(([one, revision]) => stood.get(one) !== revision).map(([one]) => one);
    const rows = await rowsOf(town, 'difference', { register, fromPosition: a }, { upTo: b });
    expect(rows.filter(({ sort }) => sort !== '個人番号').map((row) => row.id).sort()).toEqual(differing.sort());
    expect(rows.filter(({ how, sort }) => sort !== '個人番号' && (how === '増えた' || how === '間に増えて、なくなった')).map((row) => row.id).sort()).toEqual(differing.filter((one) => !stood.has(one)).sort());
  }
});
