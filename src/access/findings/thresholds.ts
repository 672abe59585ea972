import { whole, type PolicyOf } from '../policies/tunable.js';

const PRACTICE = { source: '[practice]' } as const;
const many = (label: string, unit: string, byDefault: number, ceiling: number) => whole({ label: `不審な取扱い: ${label}`, unit, default: byDefault, floor: 1, ceiling, ...PRACTICE });
/** A share, or a multiple, of what it is compared with. */
const percent = (label: string, byDefault: number, floor: number, ceiling: number) => whole({ label: `不審な取扱い: ${label}`, unit: '％', default: byDefault, floor, ceiling, ...PRACTICE });
const days = (label: string, byDefault: number, floor: number, ceiling: number) => whole({ label: `不審な取扱い: ${label}`, unit: '日', default: byDefault, floor, ceiling, ...PRACTICE });

/**
 * From when on a handling is suspicious: handlings, looks and persons of one member of staff on one day. The sources ask for it without
 * numbers; a ceiling is where a rule would see hardly anything any more.
 */
export const THRESHOLDS = {
  // put up with before and after the working day of the office
  earlyMinutes: whole({ label: '不審な取扱い: 執務時間の前で時間外としない時間', unit: '分', default: 60, floor: 0, ceiling: 180, ...PRACTICE }),
  lateMinutes: whole({ label: '不審な取扱い: 執務時間の後で時間外としない時間', unit: '分', default: 165, floor: 0, ceiling: 360, ...PRACTICE }),
  offHoursAtLeast: many('時間外・閉庁日の件数', '件', 5, 100),
  // against the median of one's own days within so many days before; without so many of them the number alone counts
  volumeAtLeast: many('本人の過去と比べる下限の件数', '件', 200, 2000),
  volumePercent: percent('本人の中央値に対する割合', 300, 110, 1000),
  volumeDays: days('本人の過去としてさかのぼる日数', 28, 7, 90),
  volumeMinDays: days('本人の過去として要る日数', 5, 1, 20),
  newcomerAtLeast: many('過去の日が足りない職員の件数', '件', 500, 5000),
  // against the median of the others of the same section and role, where there are so many
  peersAtLeast: many('ほかの職員と比べる下限の件数', '件', 200, 2000),
  peersPercent: percent('ほかの職員の中央値に対する割合', 300, 110, 1000),
  peersMin: many('比べるほかの職員の人数', '人', 3, 20),
  // looks without a case number, where that share of one's own and of the others' in the section is reached
  noCaseAtLeast: many('受付番号のない閲覧の件数', '件', 20, 500),
  noCasePercent: percent('受付番号のない閲覧の割合', 50, 1, 100),
  noCaseOthersPercent: percent('ほかの職員の受付番号のある閲覧の割合', 80, 1, 100),
  // up to so many persons in one handling are handled one by one; more of them are a list or a batch
  individualPersons: many('一度に扱っても個別の取扱いとみなす人数', '人', 5, 50),
  sameFamilyAtLeast: many('同じ氏の人数', '人', 3, 50),
  // the same home, or the same lot where the room is not said on both sides
  sameAddressAtLeast: many('同じ住所の人数', '人', 1, 10),
  sameLotAtLeast: many('同じ番地で部屋等が分からない人数', '人', 1, 50),
  ownNameAtLeast: many('自身・同僚と同じ氏名の人数', '人', 1, 5),
  protectedAtLeast: many('支援措置の対象者の人数', '人', 1, 10),
  refusalsAtLeast: many('拒否の件数', '件', 10, 100),
  // guesses in a row before a sign-in, and within how many minutes of it
  signInRefusals: many('認証の失敗の回数', '回', 3, 10),
  signInMinutes: many('認証の失敗から成功までの時間', '分', 60, 1440),
  numberSearchAtLeast: many('後に事務が続かない個人番号検索の件数', '件', 3, 50),
  numberSearchMinutes: many('個人番号検索の後に事務が続くまでの時間', '分', 60, 480),
  // persons listed, and the share that is opened of them
  listedAtLeast: many('一覧に出した人の延べ数', '人', 500, 10_000),
  listedOpenedPercent: percent('一覧のうち個別に取り扱った人の割合', 5, 1, 50),
  walkAtLeast: many('台帳の順に続く人数', '人', 20, 200),
  closeWithinDays: days('所見を終える期限', 14, 1, 60),
  // looked back at after the engine was away
  catchUpDays: days('停止の後にさかのぼる日数', 35, 7, 366),
};

/** What the rules go by: the thresholds, and in minutes since midnight in Japan from and until when nothing is out of hours. */
export interface SuspicionPolicy extends PolicyOf<typeof THRESHOLDS> {
  readonly opensMinute: number;
  readonly closesMinute: number;
}

const DAY_MINUTES = 24 * 60;

/** The parts of the access policy that suspicion takes. */
export interface SuspicionSettings {
  readonly hours: { readonly opensAt: number; readonly closesAt: number };
  readonly suspicion: PolicyOf<typeof THRESHOLDS>;
}

export function suspicionPolicy({ hours: { opensAt, closesAt }, suspicion }: SuspicionSettings): SuspicionPolicy {
  return { ...suspicion, opensMinute: Math.max(opensAt - suspicion.earlyMinutes, 0), closesMinute: Math.min(closesAt + suspicion.lateMinutes, DAY_MINUTES) };
}
