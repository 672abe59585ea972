import { AccountOpened, FactorsIssued, FactorsReleased, IdentityLinked } from '../../src/access/accounts/events.js';
import { EmergencyAccessExamined, EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { AuthenticatorApplied, AuthenticatorIssued } from '../../src/access/authenticators/events.js';
import { AssessmentDecided, EntryMoved, ItemAmended, ItemsWithheld } from '../../src/assessments/events.js';
import { PersonnelChanged, PlacementConfirmed, RevocationConfirmed, StaffRegistered } from '../../src/access/events.js';
import { FindingClosed, FindingExamined } from '../../src/access/findings/events.js';
import { FoundingHeld } from '../../src/access/founding/events.js';
import { UnitEnded, UnitOpened } from '../../src/access/organisation/events.js';
import { PolicyExceptionConfirmed, PolicyExceptionProposed } from '../../src/access/policies/events.js';
import { RightFounded, RightReviewed, RightRevoked } from '../../src/access/rights/events.js';
import { SignedIn } from '../../src/access/sessions/events.js';
import { ModeChangeProposed, ModeChanged } from '../../src/declarations/events.js';
import { HandlingRefused } from '../../src/handling/refusal.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { streamWord } from '../../projections/words.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { ErasureApproved, ErasurePlanned, ErasureStarted } from '../../src/retention/events.js';
import { CancellationProposed, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import { STAFF } from '../projections/town.js';
import { CHIEF, CLERK, HEAD, MANAGER, OTHER, POLICY, allOf, ask, by, changePolicy, eventOf, inLawfulTowns, openAnotherTown, plain, setRight, subject, town, violations } from './audited.js';

inLawfulTowns();

it('each of the ten says last of how many its answers are', async () => {
  const said = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
    const rows = await allOf(i + 1, { subject });
    return [rows.at(-1), rows.filter(({ matter }) => matter === '調べた件数').length] as const;
  }));
  expect(said.map(([last, lines]) => [last!.verdict, last!.matter, last!.detail, lines])).toEqual([
    'この人の取扱い 6 件', '職員 5 人、権限 1 件、取扱い 12 件、サインイン 0 件', '二人で行う取扱いの段階 7 件、権限 1 件、操作 17 件、サインイン 0 件', '取扱い 12 件（うち拒否・記載外 1 件）、施行した版 1 件', '提供 0 件', '委託の取扱い 0 件',
    '印刷物・出力ファイル・持出し 1 件、印刷・出力の取扱い 2 件', '取扱い 12 件、消去の計画 1 件、消去を指示した単位 1 件', '操作 17 件、不審な取扱いの所見 0 件', '取扱い 12 件、操作 17 件',
  ].map((detail) => ['参考', '調べた件数', detail, 1]));
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
    expect((await ask(1, { subject })).filter(({ matter }) => String(matter).includes('登録のない職員')).length).toBe(1);
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
    expect((await ask(2)).filter(({ matter }) => matter === '失効の確認が済んでいない').map(({ about }) => about)).toEqual([streamWord(section)]);
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
  it('an assessment written in and decided, or withheld in part, by one', async () => {
    const [own, other] = [streamName('assessment', newId()), streamName('assessment', newId())];
    const decided = event(AssessmentDecided, { on: '2026-11-20', content: 'a'.repeat(64) }, {});
    const withheld = event(ItemsWithheld, { revision: 1, cells: [] }, { reason: '架空の理由' });
    await plain(other, event(ItemAmended, { item: 'cover.notes', entries: [], revision: 1 }, { value: '"架空"' }), CLERK);
    for (const act of [decided, withheld]) await plain(other, act, CHIEF);
    expect(await violations(3)).toEqual([]);
    await plain(own, event(EntryMoved, { entry: newId() }, {}), CHIEF);
    for (const act of [decided, withheld]) await plain(own, act, CHIEF);
    expect(await violations(3)).toEqual(['評価書に書いた人が自ら決裁した', '評価書に書いた人が自ら公表しない部分を決めた']);
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
    expect((await ask(3)).filter(({ matter }) => matter === '認証手段を申請した人・本人が自ら交付した').map(({ verdict, staff, about }) => [verdict, staff, about])).toEqual([['違反', HEAD, `職員 ${OTHER}`], ['違反', HEAD, `職員 ${HEAD}`]]);
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
    await plain(stream, event(AccountOpened, { staff: CLERK }, { login: 'kakuu.futari' }), OTHER);
    await release(await issue(issuing, HEAD), MANAGER);
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
  describe('the beginning', () => {
    const OPERATOR = newId(); // whoever may read the vault is nobody's id
    const [ALONE, STRANGER, SELF] = ['二人目がいない間の、一人での認証情報の発行と使用開始', '最初の権限に関わらない人の認証情報を、一人で発行して使用を開始した', '認証情報を発行した人・アカウントを開いた人・本人が使用を開始した'];
    const alone = async (holder: string, who: string): Promise<void> => {
      const stream = streamName('account', newId());
      await plain(stream, event(AccountOpened, { staff: holder }, { login: `kakuu.${holder.slice(-8)}` }), who);
      await plain(stream, event(FactorsIssued, {}, { secret: '架空の種' }), who);
      await plain(stream, event(FactorsReleased, { issue: await eventOf(stream), identified: 'staff-card' }, {}), who);
    };
    const found = async (holder: string, role: 'systems-head' | 'security-manager' | 'supervisor' | 'clerk', present: string[], held = true): Promise<void> => {
      if (held) await plain(streamName('founding', town.ledger.vault.identity.store), event(FoundingHeld, { holder, role, present }, {}), OPERATOR);
      await plain(streamName('staff', holder), event(RightFounded, { role, files: [], department: 'health-promotion', from: '2026-11-20', present }, {}), OPERATOR);
    };
    const answers = async () => (await ask(3)).map(({ verdict, matter }) => [verdict, matter]);
    beforeEach(async () => {
      await openAnotherTown();
      for (const staff of [CLERK, OTHER, CHIEF, HEAD, MANAGER]) await plain(streamName('staff', staff), event(StaffRegistered, { kind: 'staff', department: 'health-promotion', role: 'clerk' }, { name: '架空　職員', post: '主事' }), OPERATOR);
    });

    it('lets pass what the operator released alone while there was nobody else, of those who were in the founding', async () => {
      for (const holder of [HEAD, MANAGER, CHIEF]) await alone(holder, OPERATOR);
      expect(await answers()).toEqual(Array.from({ length: 3 }, () => ['注意', ALONE]));
      await found(HEAD, 'systems-head', [MANAGER, CHIEF]);
      await found(MANAGER, 'security-manager', [HEAD, CHIEF]);
      expect(await answers()).toEqual(Array.from({ length: 3 }, () => ['注意', ALONE]));
      await alone(CHIEF, OPERATOR);
      expect(await violations(3)).toEqual([SELF]);
    });
    it('not of anybody else, nor by a member of staff', async () => {
      await alone(CLERK, OPERATOR);
      await alone(CHIEF, HEAD);
      expect(await answers()).toEqual([['違反', SELF], ['注意', ALONE]]);
      await found(HEAD, 'systems-head', [MANAGER, CHIEF]);
      await found(MANAGER, 'security-manager', [HEAD, CHIEF]);
      expect(await answers()).toEqual([['違反', SELF], ['違反', STRANGER]]);
    });
    it.each([['of today', true], ['from before foundings had a stream', false]])('is over with the first right that is set, in a ledger %s', async (_, held) => {
      await found(HEAD, 'systems-head', [MANAGER, CHIEF], held);
      await setRight(CLERK);
      await alone(HEAD, OPERATOR);
      expect(await violations(3)).toEqual([SELF]);
    });
    it('a first right is none with its holder present', async () => {
      await found(OTHER, 'security-manager', [OTHER, HEAD]);
      await found(CLERK, 'security-manager', [OTHER, HEAD]);
      expect(await violations(3)).toEqual(['最初の権限を、別の二人の立会いなしに付けた']);
    });
    it('a first right after that is for want of whoever applies, approves, sets or releases, and to do that', async () => {
      await found(HEAD, 'systems-head', [MANAGER, CHIEF]);
      await found(MANAGER, 'security-manager', [HEAD, CHIEF]);
      await found(CHIEF, 'supervisor', [HEAD, MANAGER]);
      await setRight(CLERK);
      await found(OTHER, 'systems-head', [MANAGER, CHIEF]);
      expect(await violations(3)).toEqual(['最初の権限の設定が終わった後に、申請・承認・設定・使用開始をする人の不在によらず、立会いで権限を付けた']);
      for (const gone of [HEAD, OTHER]) await plain(streamName('staff', gone), event(PersonnelChanged, { change: 'retirement', on: '2026-11-20' }, {}), MANAGER);
      await found(CLERK, 'clerk', [MANAGER, CHIEF]); // sets nothing
      expect(await violations(3)).toHaveLength(2);
      await found(CHIEF, 'systems-head', [MANAGER, CLERK]); // applies: whoever sets is to be another
      expect(await violations(3)).toHaveLength(3);
      await found(CLERK, 'systems-head', [MANAGER, CHIEF]);
      expect(await violations(3)).toHaveLength(3);
    });
  });
  it('the rules themselves', async () => {
    const rules = streamName('declaration', newId());
    await plain(rules, event(ModeChangeProposed, { proposal: 9, version: 3, file: 'vaccination', rule: 'scope', mode: 'unchecked' }, { reason: '見直し' }), CHIEF);
    await plain(rules, event(ModeChanged, { proposal: 9, version: 3, file: 'vaccination', rule: 'scope', mode: 'unchecked' }, {}), CHIEF);
    expect(await violations(3)).toEqual(['照合の方式の変更を提案者が承認した']);
  });
});
