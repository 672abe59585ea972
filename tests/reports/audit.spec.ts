import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AccountOpened, FactorsIssued, FactorsReleased, IdentityLinked } from '../../src/access/accounts/events.js';
import { EmergencyAccessEnded, EmergencyAccessExamined, EmergencyAccessJustified, EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { AuthenticatorApplied, AuthenticatorIssued } from '../../src/access/authenticators/events.js';
import { PersonnelChanged, PlacementConfirmed, RevocationConfirmed, StaffRegistered } from '../../src/access/events.js';
import { LogReviewOpened, LogReviewSigned } from '../../src/access/log-reviews/events.js';
import { FindingClosed, FindingExamined, FindingOpened } from '../../src/access/findings/events.js';
import { ReviewClosed, ReviewOpened } from '../../src/access/reviews/events.js';
import { FoundingHeld } from '../../src/access/founding/events.js';
import { UnitEnded, UnitOpened } from '../../src/access/organisation/events.js';
import { ACCESS_POLICY, PolicyChangeConfirmed, PolicyChangeProposed, PolicyExceptionConfirmed, PolicyExceptionProposed } from '../../src/access/policies/events.js';
import { RightApplied, RightApproved, RightFounded, RightReviewed, RightRevoked, RightSet } from '../../src/access/rights/events.js';
import { SignedIn } from '../../src/access/sessions/events.js';
import { DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged } from '../../src/declarations/events.js';
import { InformationProvided } from '../../src/exchange/events.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamId, streamName } from '../../src/ledger/ids.js';
import { ErasureOrdered } from '../../src/ledger/erasure.js';
import {
  ExportApproved, ExportEnded, ExportErased, ExportMade, ExportRequested, PrintDisposed, PrintProduced, TakeOutApproved, TakeOutLost, TakeOutRequested, TakeOutReturned, TakenOut,
} from '../../src/outputs/events.js';
import { ErasureApproved, ErasureCompleted, ErasurePlanned, ErasureStarted } from '../../src/retention/events.js';
import { CancellationProposed, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import { Labels } from '../../projections/reports/labels.js';
import { reportNamed } from '../../projections/reports/all.js';
import { DECLARATION } from '../support/city.js';
import { STAFF, closeTowns, openTown, type Town } from '../projections/town.js';

/** Three clerks, a head and a manager; of the ten questions each finds what was planted, and keeps silent over what was not. */
const [CLERK, OTHER, CHIEF, HEAD, MANAGER] = Array.from({ length: 5 }, () => newId()) as [string, string, string, string, string];
const reading = readDeclaration(DECLARATION);
if (!reading.ok) throw new Error('the city’s declaration cannot be read');
const declaration = reading.declaration;

const POLICY = streamName(ACCESS_POLICY, newId());

let town: Town;
let subject: string;
beforeEach(async () => {
  town = await openTown();
  await town.startRegisters();
  await liveLawfully();
});
afterEach(closeTowns);

type Row = Readonly<Record<string, string | number | null>>;

/** Of a ledger whose clock went back, which cannot be written. */
async function withClockSetBack(name: string): Promise<Database.Database> {
  const file = join(town.root, 'set-back.db');
  await town.registers.query(name).backup(file);
  const copy = new Database(file);
  copy.exec("UPDATE handlings SET recorded_at = '2026-11-19T00:00:00.000Z' WHERE position = (SELECT max(position) FROM handlings)");
  return copy;
}

async function ask(number: number, terms: object = {}, register = (name: string) => town.registers.query(name), asker = MANAGER): Promise<readonly Row[]> {
  await town.folded();
  const { columns, read } = reportNamed(`audit-${number}`);
  const keys = columns({}).map(({ key }) => key);
  const sources = { register, upTo: await town.head(), at: new Date(town.now).toISOString(), labels: new Labels([declaration]), declarations: [declaration], asker, reached: () => undefined };
  return [...read(sources, terms)].flat().map((row) => Object.fromEntries(keys.map((key, i) => [key, row[i]!])));
}
const violations = async (number: number, terms?: object): Promise<readonly (string | number | null)[]> => (await ask(number, terms)).filter(({ verdict }) => verdict === '違反').map(({ matter }) => matter!);

const by = (staff: string) => ({ actor: { staff } });
const plain = (stream: string, happened: NewDomainEvent, staff = HEAD) => town.tell(stream, happened, null, by(staff));
const eventOf = async (stream: string): Promise<string> => (await town.ledger.recorded(stream)).at(-1)!.id;

async function setRight(holder: string, applicant = CHIEF, approver = MANAGER, setter = HEAD): Promise<string> {
  const stream = streamName('staff', holder);
  await plain(stream, event(RightApplied, { role: 'clerk', files: ['vaccination'], access: 'update', number: false, department: 'health-promotion', from: '2026-11-20' }, {}), applicant);
  const right = await eventOf(stream);
  await plain(stream, event(RightApproved, { right }, {}), approver);
  await plain(stream, event(RightSet, { right, from: '2026-11-20' }, {}), setter);
  return right;
}

/** What a day leaves in a ledger when everybody keeps to it. */
async function liveLawfully(): Promise<void> {
  for (const staff of [CLERK, OTHER, CHIEF, HEAD, MANAGER]) await plain(streamName('staff', staff), event(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　職員', post: '主事' }), newId());
  await setRight(CLERK);
  await plain(streamName('account', newId()), event(AccountOpened, { staff: CLERK }, { login: 'kakuu' }));
  subject = newId();
  await town.use([subject], {}, by(CLERK));
  const record = await town.record(subject);
  await town.tell(streamName('vaccination', record), event(VaccinationConfirmed, { subject, of: 'entry' }, {}), { subjects: [subject] }, by(OTHER));
  await town.use([], { kind: 'use', file: 'handling-log', extent: 'exported' }, by(CHIEF));
  await town.tell(streamName('session', newId()), event(HandlingRefused, {}, {}), { kind: 'use', subjects: [subject], outcome: 'refused', findings: [{ rule: 'department', item: 'file.use.departments' }] }, by(OTHER));
  const paper = streamName('print', newId());
  await town.tell(paper, event(PrintProduced, { form: 'notice', sheets: 1, subjects: [subject], plan: 'mailed', due: '2026-11-27' }, {}), { subjects: [subject], extent: 'printed', items: ['name'] }, by(CLERK));
  await town.tell(paper, event(PrintDisposed, { how: 'mailed', sheets: 1 }, {}), { subjects: [subject] }, by(OTHER));
  const order = streamName('erasure', newId());
  const [planning, erasing] = [{ kind: 'use', subjects: [] }, { kind: 'erasure', subjects: [] }] as const;
  await town.tell(order, event(ErasurePlanned, { targets: [] }, {}), planning, by(CLERK));
  await town.tell(order, event(ErasureApproved, { units: 0 }, {}), planning, by(CHIEF));
  await town.tell(order, event(ErasureStarted, { units: 0 }, {}), erasing, by(HEAD));
  await plain(order, event(ErasureCompleted, { erased: 0, completeOn: '2026-12-31' }));
  await town.erase(streamName('vaccination', record));
  const review = streamName('review', newId());
  await plain(review, event(ReviewOpened, { cause: 'periodic', due: '2026-11-30', lines: [] }, {}), MANAGER);
  await plain(review, event(ReviewClosed, { kept: 0, ended: 0 }, {}), MANAGER);
  const rules = streamName('declaration', newId());
  await plain(rules, event(DeclarationProposed, { version: 3, assessment: 12, effectiveFrom: '2026-10-01', document: '0'.repeat(64) }, { document: '{}' }), CHIEF);
  await plain(rules, event(DeclarationPutInForce, { version: 3, effectiveFrom: '2026-10-01', document: '0'.repeat(64) }, {}), MANAGER);
  await changePolicy(1, HEAD, MANAGER);
}

async function changePolicy(proposal: number, by: string, confirmedBy: string, from?: string): Promise<void> {
  const change = { proposal, setting: 'session.idleMinutes', value: { whole: 9 }, ...(from !== undefined && { from }) };
  await plain(POLICY, event(PolicyChangeProposed, change, { reason: '架空の理由' }), by);
  await plain(POLICY, event(PolicyChangeConfirmed, change, {}), confirmedBy);
}

it.each(Array.from({ length: 10 }, (_, i) => i + 1))('question %i finds no violation where there is none', async (number) => {
  expect(await violations(number, { subject })).toEqual([]);
});

describe('1 who looked at this person', () => {
  it('everybody, refused ones too, and nobody else', async () => {
    const rows = await ask(1, { subject });
    expect(rows.map(({ verdict, staff }) => [verdict, staff])).toEqual(expect.arrayContaining([['参考', CLERK], ['注意', OTHER]]));
    expect(rows.every(({ about }) => about === subject)).toBe(true);
    expect(await ask(1, { subject: newId() })).toEqual([]);
  });
  it('what went past the written items', async () => {
    await town.use([subject], { outcome: 'deviation', findings: [{ rule: 'method', item: 'file.acquisition.methods' }] }, by(CLERK));
    expect(await violations(1, { subject })).toEqual([expect.stringContaining('記載外')]);
  });
  it('an id that is no member of staff', async () => {
    await town.use([subject], {}, by(newId()));
    expect((await ask(1, { subject })).filter(({ matter }) => String(matter).includes('登録のない職員')).length).toBe(2); // and whoever entered the record
  });
});

describe('2 after the day of leaving', () => {
  const leave = () => plain(streamName('staff', CLERK), event(PersonnelChanged, { change: 'retirement', on: '2026-11-15' }, {}));

  it('what was used, entered late or not; the right that nobody ended; the account', async () => {
    await town.tell(streamName('session', newId()), event(SignedIn, { account: newId(), factors: ['password', 'totp'], notice: 'all-operations-recorded' }, { source: '192.0.2.7' }), null, by(CLERK));
    await leave();
    expect([...await violations(2)].sort()).toEqual(['在職していない人の権限', '在職していない日のサインイン', '在職していない日の取扱い']);
    expect((await ask(2)).filter(({ verdict }) => verdict === '注意').map(({ matter }) => matter)).toEqual(['在職していない人のアカウントが停止されていない']);
  });
  it('a right that lived on until a change was entered late, used or not; what was done for the section of before', async () => {
    const stream = streamName('staff', OTHER);
    const right = await setRight(OTHER);
    await plain(stream, event(PersonnelChanged, { change: 'transfer', on: '2026-11-10', department: 'pension' }, {}));
    await plain(stream, event(RightRevoked, { rights: [right], on: '2026-11-10', cause: 'transfer' }, {}));
    expect([...await violations(2)].sort()).toEqual(['日を過ぎてから失効した権限', '異動後の、元の部署での取扱い']);
  });
  it('nobody is without a place for want of a section before the first was entered', async () => {
    town.now += 86_400_000;
    await plain(streamName('unit', newId()), event(UnitOpened, { unit: 'health-promotion', from: '2026-11-21' }, { name: '架空の課' }));
    expect(await violations(2)).toEqual([]);
  });
  it('a week later somebody should have confirmed it', async () => {
    await leave();
    town.now += 30 * 86_400_000;
    await town.use([subject], {}, by(OTHER));
    expect((await ask(2)).map(({ matter }) => matter)).toContain('失効の確認が済んでいない');
    await plain(streamName('staff', CLERK), event(RevocationConfirmed, { changes: [await eventOf(streamName('staff', CLERK))] }, {}), OTHER);
    expect((await ask(2)).map(({ matter }) => matter)).not.toContain('失効の確認が済んでいない');
  });
  it('of a section that has ended, too, and not whoever ended it', async () => {
    const section = streamName('unit', newId());
    await plain(section, event(UnitOpened, { unit: 'closed-one', from: '2026-04-01' }, { name: '架空の課' }));
    await plain(section, event(UnitEnded, { on: '2026-11-20' }, {}), OTHER);
    town.now += 30 * 86_400_000;
    await town.use([subject], {}, by(OTHER));
    expect((await ask(2)).filter(({ matter }) => matter === '失効の確認が済んでいない').map(({ about }) => about)).toEqual([section]);
    const ended = (await town.events()).find(({ type, stream: of }) => type === UnitEnded.type && of === section)!.id;
    await plain(section, event(RevocationConfirmed, { changes: [ended] }, {}), OTHER);
    expect((await ask(2)).map(({ matter }) => matter)).not.toContain('失効の確認が済んでいない');
    expect((await ask(3)).map(({ matter }) => matter)).toContain('失効を入力した人が自ら確認した');
  });
});

describe('3 one person for two', () => {
  it('not two who correct one another in turn, as two do every day', async () => {
    const record = await town.record(subject);
    const act = (happened: NewDomainEvent, staff: string) => town.tell(streamName('vaccination', record), happened, { subjects: [subject] }, by(staff));
    await act(event(VaccinationConfirmed, { subject, of: 'entry' }, {}), OTHER);
    await act(event(CancellationProposed, { subject }, {}), OTHER);
    await act(event(VaccinationConfirmed, { subject, of: 'cancellation' }, {}), STAFF[0]);
    expect(await violations(3)).toEqual([]);
  });
  it('a change of the access policy, and not for the number that it shares with another proposal', async () => {
    await plain(streamName('declaration', newId()), event(ModeChangeProposed, { proposal: 2, version: 3, file: 'vaccination', rule: 'scope', mode: 'unchecked' }, { reason: '架空の理由' }), CHIEF);
    await changePolicy(2, HEAD, CHIEF);
    expect(await violations(3)).toEqual([]);
    await changePolicy(3, HEAD, HEAD);
    const shared = { proposal: 4, kind: 'shared-account', system: 'vaccination-system', users: [CLERK, OTHER], terminals: ['counter-1'], until: '2026-12-31' } as const;
    await plain(POLICY, event(PolicyExceptionProposed, shared, { reason: '架空の理由' }), HEAD);
    await plain(POLICY, event(PolicyExceptionConfirmed, shared, {}), HEAD);
    expect(await violations(3)).toEqual(['アクセス管理の設定の変更を提案者が承認した', '共用IDの例外を提案者が承認した']);
  });
  it('a placement entered and confirmed by one, or confirmed by whose it is', async () => {
    const confirm = async (holder: string, by: string): Promise<void> => {
      await plain(streamName('staff', holder), event(PersonnelChanged, { change: 'transfer', on: '2026-11-20', department: 'pension' }, {}), HEAD);
      await plain(streamName('staff', holder), event(PlacementConfirmed, { placements: [await eventOf(streamName('staff', holder))] }, {}), by);
    };
    await confirm(OTHER, MANAGER);
    expect(await violations(3)).toEqual([]);
    await confirm(OTHER, HEAD);
    await confirm(MANAGER, MANAGER);
    expect((await ask(3)).filter(({ matter }) => matter === '配属を入力した人・本人が自ら確認した').map(({ verdict, staff }) => [verdict, staff])).toEqual([['違反', HEAD], ['違反', MANAGER]]);
  });
  it('a card applied for and given out by one, or given to oneself', async () => {
    const give = async (holder: string, applicant: string, issuer: string): Promise<void> => {
      const stream = streamName('staff', holder);
      await plain(stream, event(AuthenticatorApplied, { kind: 'ic-card', on: '2026-11-20' }, {}), applicant);
      await plain(stream, event(AuthenticatorIssued, { application: await eventOf(stream), kind: 'ic-card', on: '2026-11-20' }, {}), issuer);
    };
    await give(CLERK, CHIEF, HEAD);
    await plain(streamName('staff', OTHER), event(AuthenticatorIssued, { kind: 'ic-card', on: '2026-11-20' }, {}), HEAD); // by itself, without an application
    expect(await violations(3)).toEqual([]);
    await give(OTHER, HEAD, HEAD);
    await give(HEAD, CHIEF, HEAD);
    expect((await ask(3)).filter(({ matter }) => matter === '認証手段を申請した人・本人が自ら交付した').map(({ verdict, staff, about }) => [verdict, staff, about])).toEqual([['違反', HEAD, streamName('staff', OTHER)], ['違反', HEAD, streamName('staff', HEAD)]]);
  });
  it('a 緊急時閲覧 examined by whoever looked; a finding examined and called harmless by one', async () => {
    const emergency = async (examiner: string): Promise<void> => {
      const stream = streamName('emergency', newId());
      const at = (hours: number): string => new Date(town.now + hours * 3_600_000).toISOString();
      await plain(stream, event(EmergencyAccessOpened, { file: 'vaccination', reasonCode: 'disaster', number: false, until: at(1), justifyBy: at(24), examineBy: at(72) }, { reason: '架空の避難所' }), CLERK);
      await plain(stream, event(EmergencyAccessExamined, { result: 'justified' }, { opinion: '相当' }), examiner);
    };
    const finding = async (closer: string, outcome: 'innocent' | 'instructed' = 'innocent'): Promise<void> => {
      const stream = streamName('finding', newId());
      for (const examiner of [CHIEF, OTHER]) await plain(stream, event(FindingExamined, { result: 'explained' }, { remarks: '窓口の当番' }), examiner);
      await plain(stream, event(FindingClosed, { outcome }, {}), closer);
    };
    await emergency(CHIEF);
    await finding(MANAGER);
    await finding(CHIEF, 'instructed'); // what is not called harmless may be closed by one
    expect(await violations(3)).toEqual([]);
    await emergency(CLERK);
    await finding(CHIEF);
    expect((await ask(3)).map(({ matter, staff }) => [matter, staff])).toEqual([['緊急時閲覧をした人が自ら検証した', CLERK], ['不審な取扱いの所見を調べた人が自ら問題なしとした', CHIEF]]);
  });
  it('a try to be one’s own second person, which was refused: no violation, but told of; other refusals are not', async () => {
    const tried = (rule: 'samePerson' | 'taken'): Promise<number> => town.tell(streamName('session', newId()), event(HandlingRefused, {}, {}), { kind: 'use', file: 'none', subjects: [], outcome: 'refused', findings: [{ rule }] }, by(CHIEF));
    const position = await tried('samePerson');
    await tried('taken');
    expect((await ask(3)).map(({ verdict, matter, staff, position: at }) => [verdict, matter, staff, at])).toEqual([['注意', '二人目の操作を同じ人が試みた（拒否）', CHIEF, position]]);
    const about = (await ask(4)).filter(({ matter }) => matter === '拒否した取扱い').map(({ about: rule }) => rule);
    expect(about).toEqual(expect.arrayContaining(['二人目の操作を同じ人が試みたもの', 'すでに済んだ承認・確認']));
  });
  it('an end that was entered and confirmed by one', async () => {
    const stream = streamName('staff', CLERK);
    await plain(stream, event(PersonnelChanged, { change: 'post-change', on: '2026-11-20' }, {}));
    await plain(stream, event(RevocationConfirmed, { changes: [await eventOf(stream)] }, {}));
    expect(await violations(3)).toEqual(['失効を入力した人が自ら確認した']);
  });

  it('entered and confirmed', async () => {
    const record = await town.record(subject);
    await town.tell(streamName('vaccination', record), event(VaccinationConfirmed, { subject, of: 'entry' }, {}), { subjects: [subject] });
    expect(await violations(3)).toEqual(['入力者と確認者が同じ']);
  });
  it('planned and approved; approved and carried out', async () => {
    const order = streamName('erasure', newId());
    await town.tell(order, event(ErasurePlanned, { targets: [] }, {}), { kind: 'erasure' }, by(CLERK));
    await town.tell(order, event(ErasureApproved, { units: 0 }, {}), { kind: 'erasure' }, by(CLERK));
    await town.tell(order, event(ErasureStarted, { units: 0 }, {}), { kind: 'erasure' }, by(CLERK));
    expect(await violations(3)).toEqual(['消去の計画者と承認者が同じ', '消去の計画者・承認者と実施者が同じ']);
  });
  it('a right for oneself, or by one for another; reviewed by its holder', async () => {
    const right = await setRight(HEAD);
    await setRight(OTHER, MANAGER, MANAGER, HEAD);
    await plain(streamName('staff', HEAD), event(RightReviewed, { right, review: newId(), answer: 'keep' }, {}), HEAD);
    expect(new Set(await violations(3))).toEqual(new Set(['権限の申請者・承認者・設定者が同じ', '自分に権限を付けた', '自分の権限の棚卸しに自分で回答した']));
  });
  it('factors released by who had issued them, opened the account or holds it, or that were issued anew meanwhile; used without a release', async () => {
    const account = newId();
    const stream = streamName('account', account);
    const session = () => plain(streamName('session', newId()), event(SignedIn, { account, factors: ['password', 'totp'], notice: 'all-operations-recorded' }, { source: '192.0.2.7' }), CLERK);
    const issue = async (happened: NewDomainEvent, staff: string): Promise<string> => {
      await plain(stream, happened, staff);
      return eventOf(stream);
    };
    const release = (of: string, staff: string) => plain(stream, event(FactorsReleased, { issue: of, identified: 'staff-card' }, {}), staff);
    const [issuing, anew, linking] = [event(FactorsIssued, {}, { secret: '架空の種' }), event(FactorsIssued, {}, { secret: '架空の種二' }), event(IdentityLinked, {}, { issuer: 'https://id.example', subject: '架空-1' })];
    const known = streamName('founding', town.ledger.vault.identity.store);
    await plain(stream, event(AccountOpened, { staff: CLERK }, { login: 'kakuu.futari' }), OTHER);
    await release(await issue(issuing, HEAD), HEAD); // nobody else is there yet
    expect((await ask(3)).map(({ verdict, matter }) => [verdict, matter])).toEqual([['注意', '二人目がいない間の、一人での認証情報の発行と使用開始']]);
    await plain(known, event(FoundingHeld, { holder: MANAGER, role: 'security-manager', present: [HEAD, CHIEF] }, {}));
    await plain(known, event(FoundingHeld, { holder: CHIEF, role: 'supervisor', present: [HEAD, MANAGER] }, {}));
    await session();
    const first = await issue(anew, HEAD);
    await release(first, MANAGER);
    await session();
    expect(await violations(3)).toEqual([]);
    await release(await issue(anew, HEAD), HEAD);
    await release(await issue(linking, HEAD), OTHER);
    await release(await issue(anew, HEAD), CLERK);
    expect(await violations(3)).toEqual(Array.from({ length: 3 }, () => '認証情報を発行した人・アカウントを開いた人・本人が使用を開始した'));
    await issue(anew, HEAD);
    await issue(linking, HEAD);
    await release(first, MANAGER);
    await session();
    expect((await violations(3)).slice(3)).toEqual(['今のものでない発行・結付けの使用を開始した', '使用を開始していない認証情報でのサインイン']);
  });
  it('a first right with its holder present', async () => {
    await plain(streamName('staff', OTHER), event(RightFounded, { role: 'supervisor', files: [], department: 'health-promotion', from: '2026-11-20', present: [OTHER, HEAD] }, {}), newId());
    await plain(streamName('staff', CLERK), event(RightFounded, { role: 'supervisor', files: [], department: 'health-promotion', from: '2026-11-20', present: [OTHER, HEAD] }, {}), newId());
    expect(await violations(3)).toEqual(['最初の権限を、別の二人の立会いなしに付けた']);
  });
  it('the rules themselves', async () => {
    const rules = streamName('declaration', newId());
    await plain(rules, event(ModeChangeProposed, { proposal: 9, version: 3, file: 'vaccination', rule: 'scope', mode: 'unchecked' }, { reason: '見直し' }), CHIEF);
    await plain(rules, event(ModeChanged, { proposal: 9, version: 3, file: 'vaccination', rule: 'scope', mode: 'unchecked' }, {}), CHIEF);
    expect(await violations(3)).toEqual(['照合の方式の変更を提案者が承認した']);
  });
});

it('4 what was let through, by item and version; what was refused and what nothing is held against beside it', async () => {
  expect((await ask(4)).map(({ verdict, matter }) => [verdict, matter])).toEqual([['参考', '拒否した取扱い'], ['注意', '記録のみの項目']]);
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
  const matters = async () => (await ask(7)).filter(({ about }) => about === id).map(({ verdict, matter }) => `${verdict} ${matter}`);

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
    await tell('export', event(ExportEnded, { rows: 4, outcome: 'complete' }, {}), CLERK);
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
    await town.folded();
    const { columns, read } = reportNamed('audit-7');
    const sources = { register: (name: string) => town.registers.query(name), upTo: before, at: new Date(town.now).toISOString(), labels: new Labels([declaration]), declarations: [declaration], asker: MANAGER, reached: () => undefined };
    const rows = [...read(sources, {})].flat();
    expect(rows.filter((row) => row[columns({}).findIndex(({ key }) => key === 'about')] === id).map(([verdict, matter]) => `${verdict} ${matter}`)).toEqual(was);
  });
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
  expect((await ask(9, {}, undefined, CLERK)).filter(({ about }) => about === finding)).toEqual([]); // nobody is told of a finding about themselves
  town.now += 30 * 86_400_000;
  await plain(stream, event(FindingExamined, { result: 'explained' }, { remarks: '窓口の当番' }), CHIEF);
  expect(await violations(9)).toContain('期限を過ぎた不審な取扱いの所見');
  await plain(stream, event(FindingClosed, { outcome: 'innocent' }, {}), MANAGER);
  expect(await violations(9)).not.toContain('期限を過ぎた不審な取扱いの所見');
});

it('10 what was entered late, and what changed the rules', async () => {
  await town.use([subject], {}, { ...by(CLERK), occurredAt: '2026-11-01T00:00:00.000Z' });
  const rows = await ask(10);
  expect(rows.filter(({ verdict }) => verdict === '注意').map(({ matter, staff }) => [matter, staff])).toEqual([['後日入力', CLERK]]);
  expect(rows.filter(({ verdict }) => verdict === '参考').map(({ matter }) => matter)).toEqual(['記載事項の施行', 'アクセス管理の設定の変更']);
  await changePolicy(2, HEAD, MANAGER, '2026-12-01');
  expect((await ask(10)).filter(({ matter }) => matter === 'アクセス管理の設定の変更').map(({ detail, staff }) => [detail, staff])).toEqual([['操作がないときに画面をロックするまでの時間: 9分', MANAGER], ['操作がないときに画面をロックするまでの時間: 9分（2026-12-01 から）', MANAGER]]);
  const setBack = await withClockSetBack('handling-log');
  const back = await ask(10, {}, (name) => (name === 'handling-log' ? setBack : town.registers.query(name)));
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
    await pass(48);
    expect(await violations(9)).toEqual(['期限を過ぎた緊急時閲覧の理由の届出', '期限を過ぎた緊急時閲覧の検証']);
    expect(await violations(10)).toEqual([]);
    await plain(stream, event(EmergencyAccessExamined, { result: 'not-justified' }, { opinion: '必要がない' }), CHIEF);
    expect([await violations(9), await violations(10)]).toEqual([[], ['緊急時閲覧']]);
  });
});
