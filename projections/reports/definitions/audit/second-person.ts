import { AssessmentDecided, BindingsAmended, EntryAdded, EntryMoved, EntryRemoved, ItemAmended, ItemDeferred, ItemsWithheld, SignificanceJudged } from '../../../../src/assessments/events.js';
import { AssessmentPutInForce, DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged } from '../../../../src/declarations/events.js';
import { UnitEnded } from '../../../../src/access/organisation/events.js';
import { AuthenticatorApplied, AuthenticatorIssued } from '../../../../src/access/authenticators/events.js';
import { EmergencyAccessExamined, EmergencyAccessOpened } from '../../../../src/access/emergency/events.js';
import { FindingClosed, FindingExamined } from '../../../../src/access/findings/events.js';
import { PersonnelChanged, PlacementConfirmed, RevocationConfirmed, STAFF, StaffRegistered } from '../../../../src/access/events.js';
import { PolicyChangeConfirmed, PolicyChangeProposed, PolicyExceptionConfirmed, PolicyExceptionProposed } from '../../../../src/access/policies/events.js';
import { RightApplied, RightReviewed, RightRevoked } from '../../../../src/access/rights/events.js';
import type { Grant } from '../../../../src/access/rights/grants.js';
import { streamId, streamName } from '../../../../src/ledger/ids.js';
import { ExportApproved, ExportErased, ExportMade, ExportRequested, PrintDisposed, PrintProduced, TakeOutApproved, TakeOutRequested } from '../../../../src/outputs/events.js';
import { keyOf, wordsOf } from '../../../engine/dictionary.js';
import type { ReportSources } from '../../definition.js';
import { ACCESS_LOG, HANDLING_LOG, handlingLines } from '../lines.js';
import { answerOf } from './handling.js';
import { OPERATIONS, peopleIn, type People } from './history.js';
import { many, question, type Answer, type Answers } from './question.js';
import { releases } from './releases.js';
import type { AuditTerms } from './terms.js';

interface Pair {
  /** the second concerns what was done last of the first alone, and is over with what comes here */
  readonly lastOnly?: readonly string[];
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly matter: string;
}

/** Acts on one stream, of which the second needs another person than the first that came last before it. */
const PAIRS: readonly Pair[] = [
  { first: ['VaccinationRecorded', 'CorrectionProposed', 'CancellationProposed'], second: ['VaccinationConfirmed'], lastOnly: ['VaccinationConfirmed', 'ProposalReturned'], matter: '入力者と確認者が同じ' },
  { first: ['ImportOpened'], second: ['ImportConfirmed'], matter: '取込みの実施者と確認者が同じ' },
  { first: ['ErasurePlanned'], second: ['ErasureApproved'], matter: '消去の計画者と承認者が同じ' },
  { first: ['ErasureApproved', 'ErasurePlanned'], second: ['ErasureStarted'], matter: '消去の計画者・承認者と実施者が同じ' },
  { first: [PrintProduced.type], second: [PrintDisposed.type], matter: '印刷した人と廃棄・引渡しを確認した人が同じ' },
  { first: [ExportRequested.type], second: [ExportApproved.type], matter: '出力の申請者と承認者が同じ' },
  { first: [ExportMade.type], second: [ExportErased.type], matter: '出力した人と消去・返却を確認した人が同じ' },
  { first: [TakeOutRequested.type], second: [TakeOutApproved.type], matter: '持出しの申請者と承認者が同じ' },
];

/** 問3: whoever did the second step of what takes two. People, not accounts: somebody with two accounts is one. */
export const audit3 = question<AuditTerms>({
  number: 3, title: '入力者＝確認者、申請者＝承認者、計画者＝承認者、認証情報の発行者＝使用を開始した人（同一人の別IDを含む）',
  about: '二人で行うべき操作を一人で行ったもの、使用を開始していない認証情報でのサインインを違反として、二人目がまだいない間に一人で開始したものと、二人目の操作を同じ人が試みて拒否されたものを注意として、申請・回答できる所属長のいない部署に代わって行った権限の申請・棚卸しの回答を参考として示す。アカウントではなく人で照合する',
  registers: [HANDLING_LOG, OPERATIONS, ACCESS_LOG],
  cannotSee: ['媒体の登録・廃棄の確認（媒体の台帳は未搭載）'],
  *answers(sources): Answers {
    const acts = yield* samePerson(sources);
    yield* refusedTries(sources);
    const people = peopleIn(sources);
    for (const [id, { grants }] of people.staff) yield* sameInRights(id, streamName(STAFF, id), grants);
    for (const [stream, { grants }] of people.units) yield* sameInRights(streamId(stream), stream, grants);
    yield* answeredForSelf(people);
    yield* stoodIn(people);
    yield* sameInPlaces(people);
    yield* sameInExaminations(people);
    const signIns = yield* releases(sources, people);
    yield* sameInRules(people);
    yield* sameInAssessments(people);
    const rights = [...people.staff.values(), ...people.units.values()].reduce((sum, { grants }) => sum + grants.length, 0);
    return `${many('二人で行う取扱いの段階', acts)}、${many('権限', rights)}、${many('操作', people.all.length)}、${many('サインイン', signIns)}`;
  },
});

/** One pass over the acts concerned, stream by stream. */
function* samePerson({ register, upTo }: ReportSources): Generator<Answer, number> {
  let looked = 0;
  const db = register(HANDLING_LOG);
  const word = wordsOf(db);
  const types = new Map([...new Set(PAIRS.flatMap(({ first, second, lastOnly = [] }) => [...first, ...second, ...lastOnly]))].flatMap((type): [number, string][] => {
    const key = keyOf(db, type);
    return key === undefined ? [] : [[key, type]];
  }));
  if (types.size === 0) return looked;
  const acts = db.prepare<number[], { readonly stream: string; readonly type: number; readonly staff: number; readonly position: number; readonly recorded_at: string }>(
    `SELECT stream, type, staff, position, recorded_at FROM handlings WHERE type IN (${[...types].map(() => '?').join(', ')}) AND position <= ? ORDER BY stream, position`,
  );
  let stream = '';
  let done = new Map<Pair, Map<string, number>>();
  for (const act of acts.iterate(...types.keys(), upTo)) {
    looked += 1;
    if (act.stream !== stream) done = new Map();
    stream = act.stream;
    const type = types.get(act.type)!;
    for (const pair of PAIRS) {
      const before = done.get(pair) ?? new Map<string, number>();
      done.set(pair, before);
      if (pair.second.includes(type) && [...before.values()].includes(act.staff)) {
        yield { verdict: 'violation', matter: pair.matter, position: act.position, recordedAt: act.recorded_at, staff: word(act.staff), about: stream, detail: '前の操作と同じ人' };
      }
      if (pair.lastOnly?.includes(type)) before.clear();
      if (pair.first.includes(type)) before.set(pair.lastOnly ? 'last' : type, act.staff);
    }
  }
  return looked;
}

/** Tries to be one's own second person, with whichever account: nothing came of them. */
function* refusedTries(sources: ReportSources): Iterable<Answer> {
  for (const lines of handlingLines(sources, { outcome: ['refused'] })) {
    for (const line of lines) if (line.findings.some(({ rule }) => rule === 'samePerson')) yield answerOf(line, 'notice', '二人目の操作を同じ人が試みた（拒否）', '');
  }
}

function* sameInRights(holder: string, about: string, grants: readonly Grant[]): Iterable<Answer> {
  for (const { id, appliedBy, approvedBy, setBy } of grants) {
    const steps = [appliedBy, approvedBy, setBy].filter((person) => person !== undefined);
    const found = { verdict: 'violation', position: null, recordedAt: null, about, detail: `権限 ${id}` } as const;
    if (setBy !== undefined && steps.includes(holder)) yield { ...found, matter: '自分に権限を付けた', staff: holder };
    if (new Set(steps).size < steps.length) yield { ...found, matter: '権限の申請者・承認者・設定者が同じ', staff: steps.at(-1)! };
  }
}

const ENDED_BY: ReadonlySet<string> = new Set([PersonnelChanged.type, UnitEnded.type, RightRevoked.type]);

function* answeredForSelf({ all }: People): Iterable<Answer> {
  const changedBy = new Map<string, string>();
  for (const { event, type, stream, data, staff: person, position, recordedAt } of all) {
    const found = { verdict: 'violation', position, recordedAt, staff: person, about: stream, detail: '' } as const;
    if (ENDED_BY.has(type)) changedBy.set(event, person);
    if (type === RightReviewed.type && streamId(stream) === person) yield { ...found, matter: '自分の権限の棚卸しに自分で回答した' };
    if (type === RevocationConfirmed.type && (data.changes as readonly string[]).some((change) => changedBy.get(change) === person)) yield { ...found, matter: '失効を入力した人が自ら確認した' };
  }
}

const STOOD_IN: { readonly [type: string]: string } = { [RightApplied.type]: '所属長に代わる権限の申請', [RightReviewed.type]: '所属長に代わる権限の棚卸しの回答' };

/** What falls to the head of a section, by the head of another one: theirs had nobody who could. */
function* stoodIn({ all }: People): Iterable<Answer> {
  for (const { type, stream, data, staff, position, recordedAt } of all) {
    const matter = data.standIn === true ? STOOD_IN[type] : undefined;
    if (matter) yield { verdict: 'fact', matter, position, recordedAt, staff, about: stream, detail: '' };
  }
}

/** 配属 by whoever entered it, or their own; 認証手段 given out by whoever applied for it, or to themselves. */
function* sameInPlaces({ all }: People): Iterable<Answer> {
  const done = new Map<string, string>();
  for (const { event, type, stream, data, staff: person, position, recordedAt } of all) {
    const found = { verdict: 'violation', position, recordedAt, staff: person, about: stream, detail: '' } as const;
    const isOwn = streamId(stream) === person;
    if (ENTERED.has(type)) done.set(event, person);
    if (type === PlacementConfirmed.type && (isOwn || (data.placements as readonly string[]).some((placement) => done.get(placement) === person))) yield { ...found, matter: '配属を入力した人・本人が自ら確認した' };
    if (type === AuthenticatorIssued.type && (isOwn || (data.application !== undefined && done.get(data.application as string) === person))) yield { ...found, matter: '認証手段を申請した人・本人が自ら交付した' };
  }
}
const ENTERED: ReadonlySet<string> = new Set([StaffRegistered.type, PersonnelChanged.type, AuthenticatorApplied.type]);

/** 緊急時閲覧 examined by whoever looked; a finding that was examined and found harmless by one. */
function* sameInExaminations({ all }: People): Iterable<Answer> {
  const before = new Map<string, Set<string>>();
  for (const { type, stream, data, staff: person, position, recordedAt } of all) {
    const found = { verdict: 'violation', position, recordedAt, staff: person, about: stream, detail: '' } as const;
    if (type === EmergencyAccessOpened.type || type === FindingExamined.type) before.set(stream, (before.get(stream) ?? new Set()).add(person));
    if (!before.get(stream)?.has(person)) continue;
    if (type === EmergencyAccessExamined.type) yield { ...found, matter: '緊急時閲覧をした人が自ら検証した' };
    if (type === FindingClosed.type && data.outcome === 'innocent') yield { ...found, matter: '不審な取扱いの所見を調べた人が自ら問題なしとした' };
  }
}

interface RulePair {
  readonly first: string;
  /** the member by which both name what was proposed */
  readonly by: 'version' | 'proposal';
  readonly matter: string;
}

/** By the act of the second person. */
const RULE_PAIRS: { readonly [second: string]: RulePair } = {
  [DeclarationPutInForce.type]: { first: DeclarationProposed.type, by: 'version', matter: '記載事項を提出者が施行した' },
  [ModeChanged.type]: { first: ModeChangeProposed.type, by: 'proposal', matter: '照合の方式の変更を提案者が承認した' },
  [PolicyChangeConfirmed.type]: { first: PolicyChangeProposed.type, by: 'proposal', matter: 'アクセス管理の設定の変更を提案者が承認した' },
  [PolicyExceptionConfirmed.type]: { first: PolicyExceptionProposed.type, by: 'proposal', matter: '共用IDの例外を提案者が承認した' },
};
const PROPOSALS = new Map(Object.values(RULE_PAIRS).map(({ first, by }) => [first, by]));

/** 記載事項, its modes, and the access policy: proposed by one, put in force by another. */
function* sameInRules({ all }: People): Iterable<Answer> {
  const proposed = new Map<string, string>();
  for (const { type, data, staff, position, recordedAt, stream } of all) {
    const by = PROPOSALS.get(type);
    if (by) proposed.set(`${type} ${data[by] as number}`, staff);
    const pair = RULE_PAIRS[type];
    if (pair && proposed.get(`${pair.first} ${data[pair.by] as number}`) === staff) yield { verdict: 'violation', matter: pair.matter, position, recordedAt, staff, about: stream, detail: '' };
  }
}

const WRITTEN: ReadonlySet<string> = new Set([ItemAmended, ItemDeferred, EntryAdded, EntryRemoved, EntryMoved, BindingsAmended].map(({ type }) => type));

/** 評価書: written by one, judged and decided by another, who says also what is not made public; its bindings put in force by another than who wrote them. */
function* sameInAssessments({ all }: People): Iterable<Answer> {
  const writers = new Map<string, Set<string>>();
  const cells = new Map<string, string>();
  const bound = new Map<string, string>();
  for (const { type, data, staff, position, recordedAt, stream } of all) {
    const found = { verdict: 'violation', position, recordedAt, staff, about: stream, detail: '' } as const;
    const cell = `${stream} ${data.item as string} ${((data.entries ?? []) as readonly string[]).join(' ')}`;
    if (WRITTEN.has(type)) writers.set(stream, (writers.get(stream) ?? new Set()).add(staff));
    if (type === ItemAmended.type) cells.set(cell, staff);
    if (type === BindingsAmended.type) bound.set(streamId(stream), staff);
    if (type === AssessmentDecided.type && writers.get(stream)?.has(staff)) yield { ...found, matter: '評価書に書いた人が自ら決裁した' };
    if (type === ItemsWithheld.type && writers.get(stream)?.has(staff)) yield { ...found, matter: '評価書に書いた人が自ら公表しない部分を決めた' };
    if (type === SignificanceJudged.type && cells.get(cell) === staff) yield { ...found, matter: '評価書の項目を書いた人が自ら重要な変更の判断をした' };
    if (type === AssessmentPutInForce.type && bound.get(data.assessment as string) === staff) yield { ...found, matter: '照合する記載を書いた人が自ら施行した' };
  }
}
