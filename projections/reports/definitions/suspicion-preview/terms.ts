import { PlainDate, Whole } from '../../../../src/walks/fields.js';
import type { SuspicionPolicy } from '../../../../src/access/findings/thresholds.js';
import { ReportTerms } from '../../terms.js';

const Threshold = (label: string, max = 1_000_000, min = 1): PropertyDecorator => Whole({ label: `しきい値: ${label}`, min, max, required: false });

/** Days, and the thresholds that are tried instead of those that hold: all that the rules go by. */
export class PreviewTerms extends ReportTerms implements Partial<SuspicionPolicy> {
  @PlainDate({ label: '取扱いの日（この日まで。省略すると読み取る位置の日）', required: false })
  toDay?: string;

  @PlainDate({ label: '取扱いの日（この日から31日まで。省略すると一日だけ）', required: false })
  fromDay?: string;

  @Threshold('時間外としない時刻の始め（0時からの分）', 1440, 0)
  opensMinute?: number;

  @Threshold('時間外としない時刻の終わり（0時からの分）', 1440)
  closesMinute?: number;

  @Threshold('時間外の件数')
  offHoursAtLeast?: number;

  @Threshold('本人と比べる下限の件数')
  volumeAtLeast?: number;

  @Threshold('本人の中央値に対する割合（％）')
  volumePercent?: number;

  @Threshold('本人の過去としてさかのぼる日数', 366)
  volumeDays?: number;

  @Threshold('本人の過去として要る日数', 366)
  volumeMinDays?: number;

  @Threshold('過去の日が足りない職員の件数')
  newcomerAtLeast?: number;

  @Threshold('ほかの職員と比べる下限の件数')
  peersAtLeast?: number;

  @Threshold('ほかの職員の中央値に対する割合（％）')
  peersPercent?: number;

  @Threshold('比べるほかの職員の人数')
  peersMin?: number;

  @Threshold('受付番号のない閲覧の件数')
  noCaseAtLeast?: number;

  @Threshold('受付番号のない閲覧の割合（％）', 100)
  noCasePercent?: number;

  @Threshold('ほかの職員の受付番号のある閲覧の割合（％）', 100)
  noCaseOthersPercent?: number;

  @Threshold('一度に扱っても個別の取扱いとみなす人数')
  individualPersons?: number;

  @Threshold('同じ氏の人数')
  sameFamilyAtLeast?: number;

  @Threshold('同じ住所の人数')
  sameAddressAtLeast?: number;

  @Threshold('同じ番地で部屋等が分からない人数')
  sameLotAtLeast?: number;

  @Threshold('自身・同僚と同じ氏名の人数')
  ownNameAtLeast?: number;

  @Threshold('支援措置の対象者の人数')
  protectedAtLeast?: number;

  @Threshold('拒否の件数')
  refusalsAtLeast?: number;

  @Threshold('認証の失敗の回数')
  signInRefusals?: number;

  @Threshold('認証の失敗から成功までの時間（分）', 1440)
  signInMinutes?: number;

  @Threshold('個人番号検索の件数')
  numberSearchAtLeast?: number;

  @Threshold('個人番号検索の後に事務が続くまでの時間（分）', 1440)
  numberSearchMinutes?: number;

  @Threshold('一覧に出した人の延べ数')
  listedAtLeast?: number;

  @Threshold('一覧のうち個別に取り扱った人の割合（％）', 100)
  listedOpenedPercent?: number;

  @Threshold('台帳の順に続く人数')
  walkAtLeast?: number;
}
