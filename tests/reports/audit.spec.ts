import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AccountOpened, FactorsIssued } from '../../src/access/accounts/events.js';
import { AuthenticatorClosed, AuthenticatorIssued } from '../../src/access/authenticators/events.js';
import { PersonnelChanged } from '../../src/access/events.js';
import { EmergencyAccessEnded, EmergencyAccessExamined, EmergencyAccessJustified, EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { LogReviewOpened, LogReviewSigned } from '../../src/access/log-reviews/events.js';
import { FindingClosed, FindingExamined, FindingOpened } from '../../src/access/findings/events.js';
import { ReviewOpened } from '../../src/access/reviews/events.js';
import { ModeChanged } from '../../src/declarations/events.js';
import { InformationProvided } from '../../src/exchange/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamId, streamName } from '../../src/ledger/ids.js';
import { ErasureOrdered } from '../../src/ledger/erasure.js';
import {
  ExportApproved, ExportEnded, ExportErased, ExportMade, ExportRequested, PrintDisposed, PrintProduced, TakeOutApproved, TakeOutLost, TakeOutRequested, TakeOutReturned, TakenOut,
} from '../../src/outputs/events.js';
import { ErasurePlanned, ErasureStarted } from '../../src/retention/events.js';
import { CHIEF, CLERK, HEAD, MANAGER, OTHER, ask, by, changePolicy, eventOf, inLawfulTowns, plain, subject, town, violations } from './audited.js';
import { declaration } from './rows.js';

inLawfulTowns();

it('all ten are silent where everybody keeps to the rules, but for two notices on purpose', async () => {
  const said: unknown[] = [];
  for (let number = 1; number <= 10; number += 1) {
    for (const { verdict, matter, about, staff } of await ask(number, number === 1 ? { subject } : {})) if (verdict !== '参考') said.push([number, verdict, matter, about ?? staff]);
  }
  expect(said).toEqual([
    [1, '注意', '使用の試み（拒否）', subject], // whoever was kept out has tried: of the person who is asked about that is told, however well the guard did
    [4, '注意', '記録のみの項目', 'Ⅱ.3②入手方法'], // the city's written items hold this one to nothing yet: so it is until they enforce it
  ]);
});

const UNWRITTEN = '記載のない照合規則（該当する取扱いは認めない）';

it('4 what was let through, by item and version; what was refused, what is not written and what nothing is held against beside it', async () => {
  expect((await ask(4)).map(({ verdict, matter }) => [verdict, matter])).toEqual([['参考', '拒否した取扱い'], ['注意', '記録のみの項目'], ...Array.from({ length: 4 }, () => ['参考', UNWRITTEN])]);
  expect((await ask(4)).filter(({ matter }) => matter === UNWRITTEN).map(({ about }) => about)).toEqual(['Ⅱ.5移転先', 'Ⅱ.5③移転する情報', 'Ⅱ.5⑥移転方法', 'Ⅱ.5①法令上の根拠']);
  await town.use([subject], { outcome: 'deviation', findings: [{ rule: 'method', item: 'file.acquisition.methods' }] }, by(CLERK));
  expect(await violations(4)).toEqual(['記載外の取扱い']);
  const change = (proposal: number, mode: 'unchecked' | 'enforce', rule: 'scope' | 'method') => plain(streamName('declaration', newId()), event(ModeChanged, { proposal, version: 3, file: 'vaccination', rule, mode }, {}));
  await change(1, 'unchecked', 'scope');
  await change(2, 'enforce', 'method');
  expect((await ask(4)).filter(({ verdict }) => verdict === '注意').map(({ matter, about }) => [matter, about])).toEqual([['照合対象外の項目', expect.stringContaining('対象となる本人の範囲')]]);
});

it('5 over the network without a permit; with one none', async () => {
  const link = declaration.legalGrounds.find(({ kind }) => kind === 'link')!.code;
  const provide = (evidence: object[]) => town.tell(streamName('exchange', newId()), event(InformationProvided, {}, {}), { kind: 'provision', subjects: [subject], legalGround: link, counterpart: 'neighbour-city', evidence: evidence as never }, by(CLERK));
  await provide([{ kind: 'permit', ref: newId() }]);
  expect(await violations(5)).toEqual([]);
  await provide([]);
  expect(await violations(5)).toEqual(['提供許可証のない情報連携']);
});

it('6 an entrustee that is not written', async () => {
  await town.use([subject], { kind: 'entrustment', counterpart: 'shioji', outcome: 'written' }, by(CLERK));
  expect(await violations(6)).toEqual([]);
  await town.use([subject], { kind: 'entrustment', counterpart: 'somebody', outcome: 'deviation', findings: [{ rule: 'entrustee', item: 'file.entrustments' }] }, by(CLERK));
  expect(await violations(6)).toEqual(['委託（記載外）']);
});

it('7 a report about the handlings of a file hands out none of its values', async () => {
  await town.use([], { extent: 'exported', items: [] }, by(CHIEF));
  expect(await violations(7)).toEqual([]);
});

it('7 printed or exported without anybody having approved', async () => {
  await town.use([subject], { extent: 'exported', items: ['name'], evidence: [{ kind: 'approval', ref: newId() }] }, by(CLERK));
  expect(await violations(7)).toEqual([]);
  await town.use([subject], { extent: 'printed', items: ['name'] }, by(CLERK));
  expect(await violations(7)).toHaveLength(1);
});

describe('7 what left on paper, as a file, or carried', () => {
  const [DAY, WEEK] = [86_400_000, 7 * 86_400_000];
  let id: string;
  beforeEach(() => void (id = newId()));
  const tell = (category: string, happened: NewDomainEvent, staff: string) => town.tell(streamName(category, id), happened, happened.type.handling ? { subjects: [subject], items: ['name'] } : null, by(staff));
  const later = async (days: number): Promise<void> => {
    town.now += days * DAY;
    await town.use([subject], {}, by(OTHER)); // time is what the ledger says it is
  };
  const matters = async (upTo?: number) => (await ask(7, {}, { ...(upTo !== undefined && { upTo }) })).filter(({ about }) => about === id).map(({ verdict, matter }) => `${verdict} ${matter}`);

  const print = () => tell('print', event(PrintProduced, { form: 'notice', sheets: 10, subjects: [subject], plan: 'mailed', due: '2026-11-27' }, {}), CLERK);
  it('a print: to be disposed of in its time, to the last sheet', async () => {
    await print();
    expect(await matters()).toEqual(['注意 廃棄・引渡しの済まない印刷物']);
    await tell('print', event(PrintDisposed, { how: 'mailed', sheets: 9 }, {}), OTHER);
    town.now += WEEK;
    await later(2);
    expect(await matters()).toEqual(['違反 期限を過ぎて廃棄・引渡しの済まない印刷物']);
    expect((await ask(7)).find(({ about }) => about === id)!.detail).toBe('個別通知（勧奨）、10枚（残り1枚）、1人、期限 2026-11-27、9日経過（2日超過）');
    await tell('print', event(PrintDisposed, { how: 'shredded', sheets: 1 }, {}), OTHER);
    expect(await matters()).toEqual(['参考 廃棄・引渡しの済んだ印刷物']);
  });

  const request = () => tell('export', event(ExportRequested, { what: 'vaccinations', format: 'csv', items: ['vaccine'], subjects: [], rows: 10, days: 10, medium: 'terminal' }, { scope: '架空の範囲', recipient: '架空の相手' }), CLERK);
  const approve = () => tell('export', event(ExportApproved, { until: '2026-11-30', rows: 10, number: false }, {}), CHIEF);
  const make = () => tell('export', event(ExportMade, { rows: 4, withheld: 0, position: 9 }, {}), CLERK);
  it('an export: approved before, and gone in its time', async () => {
    await request();
    await approve();
    expect(await matters()).toEqual([]); // nothing has left
    await make();
    const detail = async () => (await ask(7)).find(({ about }) => about === id)!.detail;
    expect(await detail()).toContain('暗号化あり、受渡しの終わりの記録なし、');
    await tell('export', event(ExportEnded, { rows: 4, outcome: 'complete' }, {}), CLERK);
    expect(await detail()).toContain('暗号化あり、受渡しの完了、');
    expect(await matters()).toEqual(['注意 消去・返却の済まない出力ファイル']);
    await later(11);
    expect(await matters()).toEqual(['違反 期限を過ぎて消去・返却の済まない出力ファイル']);
    await tell('export', event(ExportErased, { how: 'erased' }, {}), OTHER);
    expect(await matters()).toEqual(['参考 消去・返却の済んだ出力ファイル']);
  });
  it('an export that nobody had approved before', async () => {
    await request();
    await make();
    await tell('export', event(ExportErased, { how: 'erased' }, {}), OTHER);
    expect(await matters()).toEqual(['違反 承認のない出力ファイル']);
  });

  const ask7 = (encrypted = true) => tell('take-out', event(TakeOutRequested, { object: 'medium', persons: 318, encrypted, carrier: OTHER, from: '2026-11-20', until: '2026-11-22' }, { ref: '媒体', destination: '会場', items: ['name'] }), CLERK);
  const carry = async (approver = CHIEF): Promise<void> => {
    await tell('take-out', event(TakeOutApproved, {}, {}), approver);
    await tell('take-out', event(TakenOut, {}, {}), OTHER);
  };
  it('a take-out: back in its time', async () => {
    await ask7();
    await carry();
    expect(await matters()).toEqual(['注意 返却の済まない持出し']);
    await later(3);
    expect(await matters()).toEqual(['違反 期限を過ぎて返却の済まない持出し']);
    await tell('take-out', event(TakeOutReturned, { persons: 318, complete: true }, {}), CLERK);
    expect(await matters()).toEqual(['参考 返却の済んだ持出し']);
  });
  it('a take-out that was not approved, not encrypted, approved by who carries it, counted by them, and short', async () => {
    await ask7(false);
    await tell('take-out', event(TakenOut, {}, {}), OTHER);
    expect(await matters()).toEqual(['違反 承認のない持出し', '違反 暗号化のない持出し', '注意 返却の済まない持出し']);
    id = newId();
    await ask7();
    await carry(OTHER);
    await tell('take-out', event(TakeOutReturned, { persons: 300, complete: false }, {}), OTHER);
    expect(await matters()).toEqual(['違反 運ぶ人が自ら承認した持出し', '違反 数の合わない返却', '違反 運んだ人が自ら返却を確認した持出し']);
  });
  it('a take-out that was lost', async () => {
    await ask7();
    await carry();
    await tell('take-out', event(TakeOutLost, { on: '2026-11-20' }, { circumstances: '架空の電車' }), OTHER);
    expect(await matters()).toEqual(['違反 紛失・盗難のあった持出し', '注意 返却の済まない持出し']);
    await tell('take-out', event(TakeOutReturned, { persons: 318, complete: true }, {}), CLERK);
    expect(await matters()).toEqual(['違反 紛失・盗難のあった持出し']); // that it has come back undoes nothing
  });
  it('one person for two is found by question 3', async () => {
    await print();
    await tell('print', event(PrintDisposed, { how: 'mailed', sheets: 10 }, {}), CLERK);
    await request();
    await tell('export', event(ExportApproved, { until: '2026-11-30', rows: 10, number: false }, {}), CLERK);
    await make();
    await tell('export', event(ExportErased, { how: 'erased' }, {}), CLERK);
    await ask7();
    await tell('take-out', event(TakeOutApproved, {}, {}), CLERK);
    expect([...(await violations(3))].sort()).toEqual(['出力した人と消去・返却を確認した人が同じ', '出力の申請者と承認者が同じ', '印刷した人と廃棄・引渡しを確認した人が同じ', '持出しの申請者と承認者が同じ'].sort());
  });
  it('as of before, it says what it said then', async () => {
    await print();
    const before = await town.head();
    const was = await matters();
    await tell('print', event(PrintDisposed, { how: 'mailed', sheets: 10 }, {}), OTHER);
    expect(await matters(before)).toEqual(was);
  });
});

it('6 whom was entrusted, by the name that the assessment writes', async () => {
  await town.use([subject], { kind: 'entrustment', counterpart: 'slip-data-entry' }, by(CLERK));
  await town.use([subject], { kind: 'entrustment', counterpart: 'nobody-known' }, by(CLERK));
  await town.use([subject], { kind: 'entrustment' }, by(CLERK));
  expect((await ask(6)).map(({ detail }) => detail)).toEqual(['予診票のデータ化', '記載にない相手方（nobody-known）', '相手方の記録なし']);
});

it('8 carried out without approval; ordered and never verified', async () => {
  const order = streamName('erasure', newId());
  await town.tell(order, event(ErasurePlanned, { targets: [] }, {}), { kind: 'erasure' }, by(CLERK));
  expect((await ask(8)).map(({ matter }) => matter)).toEqual(['実施していない消去の計画']);
  await town.tell(order, event(ErasureStarted, { units: 0 }, {}), { kind: 'erasure' }, by(HEAD));
  const record = await town.record(subject);
  await town.tell(streamName('vaccination', record), event(ErasureOrdered, { order: newId(), key: 1 }), { kind: 'erasure', subjects: [subject] }, by(HEAD));
  expect(await violations(8)).toEqual(['実施が完了していない消去', '承認のない消去', '確認の済まない消去']);
});

it('9 a month whose log nobody has looked through, or that was never opened; one that was signed late, or with findings', async () => {
  const told = async () => (await ask(9)).map(({ verdict, matter, staff, detail }) => [verdict, matter, staff, detail]).filter(([, matter]) => String(matter).includes('月次'));
  const open = (month: string, due: string) => plain(streamName('log-review', newId()), event(LogReviewOpened, { month, due }, {}));
  const sign = async (month: string, result: 'findings' | 'no-findings', own = 0) => {
    const opened = (await town.events()).find(({ type, data }) => type === 'LogReviewOpened' && data.month === month)!.stream;
    await plain(opened, event(LogReviewSigned, { result, own, sampled: [] }, {}), MANAGER);
  };
  const pass = async (until: string) => {
    town.now = Date.parse(until);
    await town.use([subject], {}, by(CLERK));
  };
  expect(await told()).toEqual([]);
  await pass('2026-12-01T00:00:01+09:00');
  expect(await told()).toEqual([]); // the engine has this day for it
  await pass('2026-12-02T09:00:00+09:00');
  expect(await told()).toEqual([['違反', '開かれていない月次ログ点検', null, '2026-11 の月次ログ点検']]);
  await open('2026-11-01', '2026-12-15');
  expect(await told()).toEqual([['参考', '署名を待つ月次ログ点検', null, '2026-11 の月次ログ点検、署名の期限 2026-12-15']]);
  await pass('2026-12-16T00:00:01+09:00');
  expect(await told()).toEqual([['違反', '期限を過ぎて署名のない月次ログ点検', null, '2026-11 の月次ログ点検、署名の期限 2026-12-15']]);
  await sign('2026-11-01', 'no-findings', 3);
  await pass('2027-02-03T09:00:00+09:00');
  await open('2026-12-01', '2027-02-15');
  await sign('2026-12-01', 'findings');
  await open('2027-01-01', '2027-02-15');
  await sign('2027-01-01', 'no-findings');
  expect(await told()).toEqual([
    ['注意', '期限の後に署名した月次ログ点検', MANAGER, '2026-11 の月次ログ点検、署名の期限 2026-12-15、指摘なし、点検者自身の取扱い 3 件を含む'],
    ['注意', '指摘のある月次ログ点検', MANAGER, '2026-12 の月次ログ点検、署名の期限 2027-02-15、指摘あり'],
    ['参考', '署名した月次ログ点検', MANAGER, '2027-01 の月次ログ点検、署名の期限 2027-02-15、指摘なし'],
  ]);
});

it('9 a card that should be back: past its day, or with somebody who has left', async () => {
  const issue = async (holder: string, due?: string): Promise<string> => {
    await plain(streamName('staff', holder), event(AuthenticatorIssued, { kind: 'ic-card', ...(due && { due }), on: '2026-11-20' }, {}));
    return eventOf(streamName('staff', holder));
  };
  const [lent, kept, back] = [await issue(CLERK, '2026-11-20'), await issue(OTHER), await issue(CHIEF, '2026-11-20')];
  expect(await violations(9)).toEqual([]);
  town.now += 2 * 86_400_000;
  await plain(streamName('staff', CHIEF), event(AuthenticatorClosed, { authenticator: back, by: 'returned', on: '2026-11-22' }, {}));
  expect((await ask(9)).filter(({ verdict }) => verdict === '違反').map(({ staff, about, detail }) => [staff, about, detail])).toEqual([[CLERK, lent, '返納の期限 2026-11-20']]);
  await plain(streamName('staff', OTHER), event(PersonnelChanged, { change: 'retirement', on: '2026-11-22' }, {}));
  expect((await ask(9)).filter(({ verdict }) => verdict === '違反').map(({ about, detail }) => [about, detail])).toEqual([[lent, '返納の期限 2026-11-20'], [kept, '在職していない']]);
});

it('9 a review past its day', async () => {
  await plain(streamName('review', newId()), event(ReviewOpened, { cause: 'periodic', due: '2026-11-30', lines: [] }, {}), MANAGER);
  expect(await violations(9)).toEqual([]);
  town.now = Date.parse('2026-12-01T09:00:00+09:00');
  await town.use([subject], {}, by(CLERK));
  expect(await violations(9)).toEqual(['期限を過ぎた権限の棚卸し']);
});

it('9 a finding of a suspicious handling that is not closed by its day', async () => {
  const finding = newId();
  const stream = streamName('finding', finding);
  await plain(stream, event(FindingOpened, { rule: 'sealed-facts', day: '2026-11-19', staff: CLERK, department: 'health-promotion', upTo: newId(), due: '2026-11-30' }, {}));
  expect((await ask(9)).filter(({ about }) => about === finding).map(({ verdict, staff }) => [verdict, staff])).toEqual([['参考', CLERK]]);
  expect((await ask(9, {}, { asker: CLERK })).filter(({ about }) => about === finding)).toEqual([]); // nobody is told of a finding about themselves
  town.now += 30 * 86_400_000;
  await plain(stream, event(FindingExamined, { result: 'explained' }, { remarks: '窓口の当番' }), CHIEF);
  expect(await violations(9)).toContain('期限を過ぎた不審な取扱いの所見');
  await plain(stream, event(FindingClosed, { outcome: 'innocent' }, {}), MANAGER);
  expect(await violations(9)).not.toContain('期限を過ぎた不審な取扱いの所見');
});

/** Of a ledger whose clock went back, which cannot be written. */
async function withClockSetBack(name: string): Promise<Database.Database> {
  const file = join(town.root, 'set-back.db');
  await town.registers.query(name).backup(file);
  const copy = new Database(file);
  copy.exec("UPDATE handlings SET recorded_at = '2026-11-19T00:00:00.000Z' WHERE position = (SELECT max(position) FROM handlings)");
  return copy;
}

it('10 what was entered late, and what changed the rules', async () => {
  await town.use([subject], {}, { ...by(CLERK), occurredAt: '2026-11-01T00:00:00.000Z' });
  const rows = await ask(10);
  expect(rows.filter(({ verdict }) => verdict === '注意').map(({ matter, staff }) => [matter, staff])).toEqual([['後日入力', CLERK]]);
  expect(rows.filter(({ verdict }) => verdict === '参考').map(({ matter, detail }) => [matter, detail])).toEqual([['記載事項の施行', `文書のハッシュ値 ${'0'.repeat(64)}、施行日 2026-10-01、版 3`], ['アクセス管理の設定の変更', '操作がないときに画面をロックするまでの時間: 9分']]);
  const [account, terminal] = [streamName('account', newId()), streamName('terminal', newId())];
  await plain(account, event(AccountOpened, { staff: CLERK }, { login: 'kakuu2' }));
  await plain(account, event(FactorsIssued, {}, { secret: '架空の種' }));
  await plain(terminal, event(ModeChanged, { proposal: 1, version: 3, file: 'vaccination', rule: 'scope', mode: 'observe', until: '2026-12-31' }, {}));
  expect((await ask(10)).slice(-2).map(({ matter, about, detail }) => [matter, about, detail])).toEqual([
    ['認証情報の発行', `アカウント ${streamId(account)}`, `職員 ${CLERK}`],
    ['照合の方式の変更', `端末 ${streamId(terminal)}`, 'ファイル 予防接種情報ファイル、方式 記録のみ、変更案 1、照合規則 Ⅱ.2③対象となる本人の範囲、最終日 2026-12-31、版 3'],
  ]);
  await changePolicy(2, HEAD, MANAGER, '2026-12-01');
  expect((await ask(10)).filter(({ matter }) => matter === 'アクセス管理の設定の変更').map(({ detail, staff }) => [detail, staff])).toEqual([['操作がないときに画面をロックするまでの時間: 9分', MANAGER], ['操作がないときに画面をロックするまでの時間: 9分（2026-12-01 から）', MANAGER]]);
  const setBack = await withClockSetBack('handling-log');
  const back = await ask(10, {}, { register: (name) => (name === 'handling-log' ? setBack : town.registers.query(name)) });
  setBack.close();
  expect(back.filter(({ verdict }) => verdict === '違反').map(({ matter }) => matter)).toEqual(['記録日時が前の記録より前']);
});

describe('緊急時閲覧', () => {
  const stream = streamName('emergency', newId());
  const HOUR = 3_600_000;
  const opened = () => {
    const at = (hours: number): string => new Date(town.now + hours * HOUR).toISOString();
    return plain(stream, event(EmergencyAccessOpened, { file: 'vaccination', reasonCode: 'disaster', number: false, until: at(1), justifyBy: at(24), examineBy: at(72) }, { reason: '架空の避難所' }), CLERK);
  };
  const pass = async (hours: number): Promise<void> => {
    town.now += hours * HOUR;
    await town.use([subject], {}, by(OTHER));
  };
  const standing = async (): Promise<unknown> => (await ask(10)).filter(({ matter }) => matter === '緊急時閲覧').map(({ verdict, staff, detail }) => [verdict, staff, (detail as string).split('、')[1]]);

  it('1 and 10 show it, and what was looked at in it', async () => {
    const emergency = streamId(stream);
    await opened();
    await town.use([subject], { reasonCode: 'disaster', emergency }, by(CLERK));
    expect((await ask(1, { subject })).filter(({ detail }) => (detail as string).includes(`緊急時閲覧: ${emergency}`)).map(({ verdict, detail }) => [verdict, /理由: 災害/.test(detail as string)])).toEqual([['注意', true]]);
    expect(await standing()).toEqual([['注意', CLERK, '閲覧中']]);
    await plain(stream, event(EmergencyAccessEnded, { cause: 'closed' }, {}), CLERK);
    expect(await standing()).toEqual([['注意', CLERK, '理由の届出待ち']]);
    await plain(stream, event(EmergencyAccessJustified, {}, { account: '確認のため' }), CLERK);
    expect(await standing()).toEqual([['注意', CLERK, '検証待ち']]);
    expect(await violations(9)).toEqual([]);
    await plain(stream, event(EmergencyAccessExamined, { result: 'justified' }, { opinion: '相当' }), CHIEF);
    expect(await standing()).toEqual([['参考', CLERK, '検証済み']]);
    await pass(100);
    expect([await violations(9), await violations(10)]).toEqual([[], []]);
  });

  it('9 what nobody answered for or examined in time; 10 what was found not justified', async () => {
    await opened();
    await pass(25);
    expect(await violations(9)).toEqual(['期限を過ぎた緊急時閲覧の理由の届出']);
    expect((await ask(9)).find(({ matter }) => matter === '期限を過ぎた緊急時閲覧の理由の届出')!.detail).toMatch(/^期限 2026-11-21 \d\d:\d\d:\d\d$/);
    await pass(48);
    expect(await violations(9)).toEqual(['期限を過ぎた緊急時閲覧の理由の届出', '期限を過ぎた緊急時閲覧の検証']);
    expect(await violations(10)).toEqual([]);
    await plain(stream, event(EmergencyAccessExamined, { result: 'not-justified' }, { opinion: '必要がない' }), CHIEF);
    expect([await violations(9), await violations(10)]).toEqual([[], ['緊急時閲覧']]);
  });
});
