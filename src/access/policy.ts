import { THRESHOLDS } from './findings/thresholds.js';
import { PICKED_REASONS, type ReasonCode } from '../handling/door.js';
import { TERMINAL_CLASSES } from '../walks/terminals.js';
import { choice, codes, defaultsOf, flag, minutes, settingsOf, whole, type PolicyOf } from './policies/tunable.js';
import { PROCEDURES, type Procedure } from './rights/procedure.js';
import { ROLES } from './roles.js';

/**
 * What the sources leave open with 「一定期間」「定期的に」: every value with its default, and how far it may be changed (`access-policy` events,
 * proposed by one person and confirmed by another).
 *
 * A new tunable is one line here, a new group an object of such lines: `AccessPolicy`, its defaults, the commands, the table that people
 * see and the floors follow from it. Whoever needs a value asks `engine.policy()` each time and never keeps it. A path stands in the
 * ledger for ever, so a member is not renamed once it has been released; nor is its default changed, for what nobody has changed is told of the
 * past by it (who could see a person), and no event would say that it holds otherwise from now on.
 */
const TUNABLES = {
  password: {
    // NIST SP 800-63B-4 §3.1.1.2: eight characters where the password is one factor of two
    minLength: whole({ label: 'パスワードの最短の長さ', unit: '字', default: 12, floor: 8, ceiling: 64, source: 'NIST SP 800-63B-4 3.1.1.2' }),
    // The sources change them 「定期的に」; longer than a year is not regularly [practice]
    lastsDays: whole({ label: 'パスワードの有効期間', unit: '日', default: 180, floor: 1, ceiling: 365, source: '[practice]' }),
    // As many as an account keeps
    history: whole({ label: '再び使えない直近のパスワード', unit: '個', default: 5, floor: 1, ceiling: 24, source: '[practice]' }),
    /** of Argon2id, one lane: OWASP Password Storage Cheat Sheet (m=19456, t=2, p=1); RFC 9106 §4 recommends 64 MiB and three passes */
    cost: {
      memory: whole({ label: 'パスワードのハッシュ（Argon2id）のメモリ', unit: 'KiB', default: 64 * 1024, floor: 19 * 1024, ceiling: 256 * 1024, source: 'OWASP Password Storage Cheat Sheet、RFC 9106' }),
      passes: whole({ label: 'パスワードのハッシュ（Argon2id）の反復', unit: '回', default: 3, floor: 2, ceiling: 10, source: 'OWASP Password Storage Cheat Sheet、RFC 9106' }),
    },
  },
  /** so many refusals within the window lock the account for a while [practice] */
  lockOut: {
    refusals: whole({ label: 'アカウントをロックするまでの失敗', unit: '回', default: 5, floor: 1, ceiling: 10, source: '[practice]' }),
    withinMs: minutes({ label: '失敗を数える時間', default: 15, floor: 5, ceiling: 1440, source: '[practice]' }),
    lockedMinutes: whole({ label: 'アカウントをロックする時間', unit: '分', default: 15, floor: 5, ceiling: 1440, source: '[practice]' }),
  },
  /** refusals a minute before the next is not even looked at [practice] */
  attempts: {
    name: whole({ label: '同じログインIDで受け付ける1分間の失敗', unit: '回', default: 10, floor: 1, ceiling: 30, source: '[practice]' }),
    place: whole({ label: '同じ場所から受け付ける1分間の失敗', unit: '回', default: 60, floor: 1, ceiling: 300, source: '[practice]' }),
  },
  session: {
    // without a request for so long it is locked: NIST SP 800-63B-4 §2.2.3 has an hour at AAL2, half an hour was that of its predecessor
    idleMs: minutes({ label: '操作がないときに画面をロックするまでの時間', default: 10, floor: 1, ceiling: 30, source: 'NIST SP 800-63B 4.2.3' }),
    // it ends after so long, whatever is done: §2.2.3 has a day at AAL2
    endsMs: minutes({ label: 'サインインが続く最長の時間', default: 12 * 60, floor: 30, ceiling: 24 * 60, source: 'NIST SP 800-63B-4 2.2.3' }),
    // a token is good for so long; then the session is renewed
    tokenMs: minutes({ label: 'トークンの有効時間', default: 15, floor: 1, ceiling: 60, source: '[practice]' }),
    /** begun at no registered terminal; off where desks share addresses that change, such as behind NAT of several, or with temporary addresses of IPv6 (RFC 8981) */
    staysAtAddress: flag({ label: '端末を登録していない間、サインインした IP アドレス以外からの利用を認めず、その利用を終える', default: true, source: '[practice]' }),
  },
  /** How rights come about. Every one of them has application and setting by different people: there is no weaker one to be kept out. */
  procedure: choice<Procedure>({ label: '権限の付与の手順', default: 'standard', among: PROCEDURES, source: '各市の評価書' }),
  /** why somebody looks, by file; what the written items demand goes before it */
  door: {
    demands: { opened: askingFiles('記録の表示'), numberShown: askingFiles('個人番号の表示'), numberSearch: askingFiles('個人番号による検索') },
    reasons: codes<ReasonCode>({ label: '閲覧の理由の選択肢', default: PICKED_REASONS, of: PICKED_REASONS, atLeast: 1, source: '[practice]' }),
    /** 緊急時閲覧: off until files and roles are named */
    emergency: {
      files: codes<string>({ label: '緊急時閲覧のできる特定個人情報ファイル', default: [], names: 'files', source: '[practice]' }),
      roles: codes<string>({ label: '緊急時閲覧のできる役割', default: [], of: Object.keys(ROLES), source: '[practice]' }),
      minutes: whole({ label: '緊急時閲覧の続く時間', unit: '分', default: 30, floor: 5, ceiling: 120, source: '[practice]' }),
      justifyHours: whole({ label: '緊急時閲覧の理由の届出までの時間', unit: '時間', default: 24, floor: 1, ceiling: 72, source: '[practice]' }),
      examineHours: whole({ label: '緊急時閲覧の検証までの時間', unit: '時間', default: 72, floor: 1, ceiling: 336, source: '[practice]' }),
      number: flag({ label: '緊急時閲覧での個人番号の表示', default: false, source: '[practice]' }),
    },
  },
  /** 執務時間: of days on which offices are open, by the clock in Japan, in minutes of the day; what is done before or after is out of hours */
  hours: {
    opensAt: whole({ label: '執務時間の始め（0時からの分）', unit: '分', default: 8 * 60 + 30, floor: 0, ceiling: 12 * 60, source: '[practice]' }),
    closesAt: whole({ label: '執務時間の終わり（0時からの分）', unit: '分', default: 17 * 60 + 15, floor: 12 * 60, ceiling: 24 * 60 - 1, source: '[practice]' }),
  },
  /** what is looked through month by month, how often rights are reviewed, and what counts as unused */
  review: {
    // of the next month: by then a month's log has been looked through and signed
    dueDays: whole({ label: '月次ログ点検に署名する期限（翌月の日）', unit: '日', default: 15, floor: 1, ceiling: 31, source: '[practice]' }),
    // 棚卸し 「定期的に」; longer than a year is not regularly [practice]
    everyMonths: whole({ label: '権限の定期の棚卸しの間隔', unit: '月', default: 12, floor: 1, ceiling: 12, source: '[practice]' }),
    // 棚卸し at changes of personnel: those of a month may be taken together
    afterChangeDays: whole({ label: '人事異動・組織改編の後、権限の棚卸しを始めるまでの期間', unit: '日', default: 30, floor: 1, ceiling: 92, source: '[practice]' }),
    // without a sign-in, or without a use of a right
    unusedDays: whole({ label: 'アカウント・権限を使われていないとみなす期間', unit: '日', default: 90, floor: 1, ceiling: 365, source: '[practice]' }),
  },
  /** what leaves the engine on paper, as a file, or on something carried [practice] */
  output: {
    hardCopy: flag({ label: '画面のハードコピー', default: false, source: '[practice]' }),
    printDays: whole({ label: '印刷物を廃棄・引渡しするまでの日数', unit: '日', default: 7, floor: 1, ceiling: 31, source: '[practice]' }),
    /** whose values may be exported at all, by the chain */
    exportFiles: codes<string>({ label: 'ファイル出力を認める特定個人情報ファイル', default: [], names: 'files', source: '[practice]' }),
    // An event names every person of an export, and no event is larger than a mebibyte
    exportRows: whole({ label: '出力ファイルの行数の上限', unit: '行', default: 10_000, floor: 1, ceiling: 20_000, source: '[practice]' }),
    exportDays: whole({ label: '出力ファイルの存続日数の上限', unit: '日', default: 30, floor: 1, ceiling: 365, source: '[practice]' }),
    /** of a report that is not only shown: CSV, XLSX, PDF */
    reportRows: whole({ label: '報告（CSV・XLSX・PDF）の行数の上限', unit: '行', default: 5_000_000, floor: 1_000, ceiling: 100_000_000, source: '[practice]' }),
    takeOutTerminals: codes({ label: '持出しを認める端末の区分', default: ['venue-tablet'], of: TERMINAL_CLASSES, source: '[practice]' }),
    /** media and terminals go out encrypted, or not at all */
    takeOutEncrypted: flag({ label: '暗号化されたものに限り持出しを認める', default: true, source: '[practice]' }),
    takeOutDays: whole({ label: '持出しの日数の上限', unit: '日', default: 14, floor: 1, ceiling: 92, source: '[practice]' }),
  },
  people: {
    /** once the first right has been given: whether tokens made with the key of the vault (`akashi staff token`, `--as`) may name somebody */
    atTheMachine: choice<NamedAtTheMachine>({ label: '端末で職員を名乗る取扱い（--as、akashi staff token）', default: 'signed-in', among: { 'signed-in': { members: false, anybody: false }, named: { members: true, anybody: false }, anybody: { members: true, anybody: true } }, source: '[practice]' }),
    // One human entered twice would be two persons, and so their own second: of a name that is sealed, nothing but a number can tell
    needsNumber: flag({ label: '自団体の職員の登録に職員番号を必要とする', default: true, source: '[practice]' }),
  },
  rights: {
    // 指名: rules of municipalities on handling (特定個人情報等取扱要領) have 事務取扱担当者 designated with the scope of information and dates. None of the six
    // ways in which the assessments let rights come about makes a right hang on it: a city that does says so here
    needDesignation: flag({ label: '担当職員の権限に、そのファイルの事務取扱担当者等の指名を必要とする', default: false, source: '市町村の特定個人情報等取扱要領（指名を権限の条件とするかは各市による）' }),
  },
  suspicion: THRESHOLDS,
};

function askingFiles(look: string) {
  const files = (what: string) => codes<string>({ label: `${look}に${what}を求める特定個人情報ファイル`, default: [], names: 'files', source: '[practice]' });
  return { case: files('受付番号'), reason: files('理由'), either: files('受付番号又は理由') };
}

/** Whom a token made with the key of the vault may name: registered members of staff; for a rehearsal with invented data, also ids that nobody is registered by, in any role. */
interface NamedAtTheMachine {
  readonly members: boolean;
  readonly anybody: boolean;
}

export type AccessPolicy = PolicyOf<typeof TUNABLES>;
export type PasswordCost = AccessPolicy['password']['cost'];

export const DEFAULT_POLICY: AccessPolicy = defaultsOf(TUNABLES);

/** Every tunable by the path that commands and events name it by. */
export const SETTINGS = settingsOf(TUNABLES);
