import { ACCOUNT, AccountDisabled, AccountUnlocked, FactorsIssued, FactorsReleased, IdentityLinked } from '../../../../src/access/accounts/events.js';
import { isOverdue } from '../../../../src/access/authenticators/state.js';
import { PolicyChangeConfirmed, PolicyExceptionConfirmed, PolicyExceptionEnded } from '../../../../src/access/policies/events.js';
import { settingValue } from '../../../../src/access/policies/state.js';
import { SETTINGS } from '../../../../src/access/policy.js';
import { LogReviewOpened, LogReviewSigned } from '../../../../src/access/log-reviews/events.js';
import { monthsEnded } from '../../../../src/access/log-reviews/months.js';
import { reviewsDue } from '../../../../src/access/reviews/due.js';
import { ReviewClosed, ReviewOpened } from '../../../../src/access/reviews/events.js';
import { AssessmentPutInForce, DeclarationPutInForce, ModeChanged, ProvisionalPutInForce } from '../../../../src/declarations/events.js';
import { RightFounded } from '../../../../src/access/rights/events.js';
import { TerminalChanged, TerminalRegistered, TerminalRemoved } from '../../../../src/access/terminals/events.js';
import type { EventOf } from '../../../../src/ledger/event-type.js';
import { addMonths, clockInJapan } from '../../../../src/codes/plain-date.js';
import { StoreFounded } from '../../../../src/ledger/agency.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { engineActor } from '../../../../src/ledger/opening.js';
import { asFollowed, type Operation } from '../../../registers/operations/query.js';
import { asHappened } from '../../../../src/walks/follow.js';
import { FINDING_WORDS, RESULT_WORDS, SUSPICION_WORDS, wordOf } from '../../../words.js';
import { HANDLING_LOG, handlingLines } from '../lines.js';
import { emergencyAnswers, overdueEmergencies } from './emergencies.js';
import { FINDINGS, OWN_LEFT_OUT, findingsFor } from '../suspicious-handlings/report.js';
import { openWords, settingWords } from '../replay/open-data.js';
import { OPERATIONS, dayOf, peopleIn, type People } from './history.js';
import { many, question, type Answer, type Answers } from './question.js';
import type { AuditTerms } from './terms.js';

/** Each month that has ended since the ledger was founded: its log is to be looked through and signed. */
function* logReviewsOf(all: readonly Operation[], at: string | null): Iterable<Answer> {
  let founded: string | undefined;
  const opened = new Map<string, Operation>();
  const signed = new Map<string, Operation>();
  for (const operation of all) {
    if (operation.type === StoreFounded.type) founded = dayOf(operation.recordedAt);
    if (operation.type === LogReviewOpened.type) opened.set(operation.data.month as string, operation);
    if (operation.type === LogReviewSigned.type) signed.set(operation.stream, operation);
  }
  if (founded === undefined || at === null) return;
  const today = dayOf(at);
  for (const month of monthsEnded(founded, today)) {
    const review = opened.get(month);
    const name = `${month.slice(0, 7)} の月次ログ点検`;
    if (!review) {
      // The engine opens it with its first look in the new month.
      if (today > addMonths(month, 1)) yield { verdict: 'violation', matter: '開かれていない月次ログ点検', position: null, recordedAt: null, staff: null, about: null, detail: name };
      continue;
    }
    const due = review.data.due as string;
    const signature = signed.get(review.stream);
    const { position, recordedAt, staff, data } = signature ?? review;
    const answer = { position, recordedAt, staff: signature ? staff : null, about: review.stream };
    if (!signature) {
      const late = due < today;
      yield { ...answer, verdict: late ? 'violation' : 'fact', matter: late ? '期限を過ぎて署名のない月次ログ点検' : '署名を待つ月次ログ点検', detail: `${name}、署名の期限 ${due}` };
      continue;
    }
    const late = due < dayOf(recordedAt);
    const hasFindings = data.result === 'findings';
    const matter = late ? '期限の後に署名した月次ログ点検' : hasFindings ? '指摘のある月次ログ点検' : '署名した月次ログ点検';
    const own = data.own as number;
    yield { ...answer, verdict: late || hasFindings ? 'notice' : 'fact', matter, detail: `${name}、署名の期限 ${due}、${wordOf(RESULT_WORDS, data.result as string)}${own > 0 ? `、点検者自身の取扱い ${own} 件を含む` : ''}` };
  }
}

/** 認証手段 that should have been given back by a day. */
function* authenticatorsOut({ staff, standing }: People, today: string): Iterable<Answer> {
  for (const [holder, person] of staff) {
    const hasPlace = standing.placeOn(person, today) !== null;
    for (const one of person.authenticators) {
      if (!isOverdue(one, today, hasPlace)) continue;
      const why = [one.due === undefined ? '' : `返納の期限 ${one.due}`, hasPlace ? '' : '在職していない', one.step === 'lost' ? '紛失の届出あり' : ''];
      yield { verdict: 'violation', matter: '返納・抹消されていない認証手段', position: null, recordedAt: null, staff: holder, about: one.id, detail: why.filter(Boolean).join('、') };
    }
  }
}

/** 棚卸し that should have been begun by now, section by section. */
function* missingReviews({ all, unitOn, policyOn }: People, at: string | null): Iterable<Answer> {
  if (at === null) return;
  const today = dayOf(at);
  const told = all.map((operation) => ({ stream: operation.stream, recordedAt: operation.recordedAt, happened: asHappened(asFollowed(operation)) }));
  for (const { section, why, since, due } of reviewsDue(told, { today, unitOn, ...policyOn(today).review }).missing) {
    const [matter, from] = why === 'periodic' ? ['始めていない定期の権限の棚卸し', '前回の棚卸し又は最初の権限の発効'] : ['人事異動・組織改編の後に始めていない権限の棚卸し', '異動・改編'];
    yield { verdict: 'violation', matter, position: null, recordedAt: null, staff: null, about: section, detail: `${from} ${since}、期限 ${due}` };
  }
}

/** 問9: what was to be done by a day. */
export const audit9 = question<AuditTerms>({
  number: 9, title: '点検・監査・研修・ログ点検・見直しは計画どおりか。指摘は閉じたか',
  about: '開かれていない・期限を過ぎて署名のない月次ログ点検、定期又は人事異動の後に始めていない・期限を過ぎて終わっていない権限の棚卸し、緊急時閲覧の届出・検証、不審な取扱いの所見、返納されていない認証手段を違反として、期限の後に終わったものと指摘のあるものを注意として、ほかを参考として示す',
  registers: [HANDLING_LOG, OPERATIONS, FINDINGS],
  notes: [OWN_LEFT_OUT],
  cannotSee: ['自己点検・監査・研修・事故・開示等請求（義務の台帳は未搭載）'],
  *answers(sources): Answers {
    let findings = 0;
    const open = new Map<string, Operation>();
    const people = peopleIn(sources);
    const { all } = people;
    yield* logReviewsOf(all, sources.at);
    yield* missingReviews(people, sources.at);
    for (const operation of all) {
      if (operation.type === ReviewOpened.type) open.set(operation.stream, operation);
      if (operation.type !== ReviewClosed.type) continue;
      const due = open.get(operation.stream)?.data.due as string | undefined;
      const late = due !== undefined && due < dayOf(operation.recordedAt);
      open.delete(operation.stream);
      yield { verdict: late ? 'notice' : 'fact', matter: late ? '期限の後に終わった権限の棚卸し' : '終わった権限の棚卸し', position: operation.position, recordedAt: operation.recordedAt, staff: operation.staff, about: operation.stream, detail: `継続 ${operation.data.kept as number} 件、失効 ${operation.data.ended as number} 件` };
    }
    yield* overdueEmergencies(all, sources.at);
    const today = sources.at === null ? undefined : dayOf(sources.at);
    if (today !== undefined) yield* authenticatorsOut(people, today);
    for (const { position, recordedAt, staff, stream, data } of open.values()) {
      const due = data.due as string;
      const late = today !== undefined && due < today;
      yield { verdict: late ? 'violation' : 'fact', matter: late ? '期限を過ぎた権限の棚卸し' : '実施中の権限の棚卸し', position, recordedAt, staff, about: stream, detail: `回答期限 ${due}、対象 ${(data.lines as readonly unknown[]).length} 件` };
    }
    for (const lines of findingsFor(sources, {})) {
      findings += lines.length;
      for (const { finding, step, due, rule, openedAt, opened, staff } of lines) {
        if (step === 'closed') continue;
        const late = today !== undefined && due < today;
        yield { verdict: late ? 'violation' : 'fact', matter: late ? '期限を過ぎた不審な取扱いの所見' : '終わっていない不審な取扱いの所見', position: opened, recordedAt: openedAt, staff, about: finding, detail: `${wordOf(SUSPICION_WORDS, rule)}、${wordOf(FINDING_WORDS, step)}、期限 ${due}` };
      }
    }
    return `${many('操作', all.length)}、${many('不審な取扱いの所見', findings)}`;
  },
});

/** What changes the rules, or is done with more power than others have. */
export const PRIVILEGED: { readonly [type: string]: string } = {
  [DeclarationPutInForce.type]: '記載事項の施行', [AssessmentPutInForce.type]: '評価書の版の施行', [ProvisionalPutInForce.type]: '暫定の記載事項の施行', [ModeChanged.type]: '照合の方式の変更', [PolicyChangeConfirmed.type]: 'アクセス管理の設定の変更', [PolicyExceptionConfirmed.type]: '共用IDの例外の承認', [PolicyExceptionEnded.type]: '共用IDの例外の終了', [RightFounded.type]: '最初の権限の設定', [FactorsIssued.type]: '認証情報の発行', [FactorsReleased.type]: '認証情報の使用開始', [TerminalRegistered.type]: '端末の登録', [TerminalChanged.type]: '端末の変更', [TerminalRemoved.type]: '端末の除外', [IdentityLinked.type]: '認証基盤の利用者との結付け', [AccountUnlocked.type]: 'アカウントのロック解除', [AccountDisabled.type]: 'アカウントの停止',
};

/** 問10: the records themselves. */
export const audit10 = question<AuditTerms>({
  number: 10, title: '記録そのもの: 欠番・改変・遡及記録・時刻変更・停止・鍵操作・規則変更・特権操作',
  about: '記録日時が前後するものと、必要の認められない緊急時閲覧を違反として、後日入力と検証の済まない緊急時閲覧を注意として、規則の変更と特権操作を参考として示す',
  registers: [HANDLING_LOG, OPERATIONS],
  cannotSee: ['欠番・改変がないことの証明（akashi doctor で点検する）、時計の変更、起動と停止、鍵の操作、起動時の設定（環境変数）の変更'],
  *answers(sources): Answers {
    let looked = 0;
    const engine = engineActor('').staff;
    let last = '';
    for (const lines of handlingLines(sources, {})) {
      looked += lines.length;
      for (const { position, recordedAt, occurredAt, staff, stream } of lines) {
        if (recordedAt < last) yield { verdict: 'violation', matter: '記録日時が前の記録より前', position, recordedAt, staff, about: stream, detail: `前の記録: ${clockInJapan(new Date(last))}` };
        else last = recordedAt;
        if (occurredAt !== recordedAt && staff !== engine) yield { verdict: 'notice', matter: '後日入力', position, recordedAt, staff, about: stream, detail: `実施日時 ${clockInJapan(new Date(occurredAt))}` };
      }
    }
    const { all, accounts } = peopleIn(sources);
    const ownerOf = (stream: string): string => (stream.startsWith(`${ACCOUNT}-`) ? `職員 ${accounts.get(streamId(stream))?.staff ?? '不明'}` : '');
    for (const { type, position, recordedAt, staff, stream, data } of all) {
      const matter = PRIVILEGED[type];
      if (matter) yield { verdict: 'fact', matter, position, recordedAt, staff, about: stream, detail: type === PolicyChangeConfirmed.type ? changeOf(data as unknown as PolicyChange) : [ownerOf(stream), openWords(data, sources.labels)].filter(Boolean).join('、') };
    }
    yield* emergencyAnswers(all, sources.at);
    return `${many('取扱い', looked)}、${many('操作', all.length)}`;
  },
});

type PolicyChange = EventOf<typeof PolicyChangeConfirmed>['data'];

/** What was changed to what, and from when on if not at once. A setting that the program does not know any more goes by its path. */
function changeOf({ setting, value, from }: PolicyChange): string {
  const { label = setting, unit = '' } = SETTINGS.get(setting)?.tunable ?? {};
  return `${label}: ${settingWords(settingValue(value))}${unit}${from === undefined ? '' : `（${from} から）`}`;
}
