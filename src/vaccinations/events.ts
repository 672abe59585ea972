import { handlingEvent } from '../handling/block.js';
import { count, date, flag, id, object, oneOf, optional, text, type ValuesOf } from '../ledger/fields.js';

export const VACCINATION = 'vaccination';

/** 実施区分: 定期 · 臨時 · 特例臨時 · 長期療養特例 · 行政措置 · 任意 */
export const EXECUTION_CLASSES = ['routine', 'temporary', 'special-temporary', 'long-illness', 'administrative', 'voluntary'] as const;
export const PRECISIONS = ['day', 'month', 'year', 'unknown'] as const;

/**
 * A vaccination record: the fields that the assessments list for 予防接種ファイル (A類, B類, 新型インフルエンザ, 新型コロナ), by record
 * item. Codes of vaccines and clinics are configuration, so they are texts here. Always written whole.
 */
export const recordShape = {
  /** 接種コード・ワクチン種類 */
  vaccine: text(40),
  /** 混合接種何種 */
  combination: optional(text(20)),
  /** 接種回数 */
  dose: count,
  /** 接種・予診日 */
  vaccinatedOn: date,
  datePrecision: optional(oneOf(PRECISIONS)),
  /** 接種判定 */
  judgement: optional(text(20)),
  /** 対象外判定 */
  exclusion: optional(text(40)),
  /** 支払区分・公費自費区分 */
  payment: optional(text(20)),
  /** 実費徴収区分 */
  fee: optional(text(20)),
  /** 実施医療機関 */
  institution: optional(text(100)),
  /** 接種会場 */
  venue: optional(text(100)),
  /** 接種医 */
  doctor: optional(text(100)),
  /** 実施区分 */
  executionClass: oneOf(EXECUTION_CLASSES),
  /** 接種区分 */
  vaccinationClass: optional(text(20)),
  /** ワクチンメーカー */
  manufacturer: optional(text(60)),
  /** Lot.No, as printed */
  lot: optional(text(20)),
  /** 接種量, µL */
  amount: optional(count),
  /** 特例対象 */
  special: optional(text(20)),
  /** 肺炎球菌種類 */
  pneumococcal: optional(text(20)),
  /** ツ反判定 */
  tuberculin: optional(text(20)),
  /** 受付日 */
  receivedOn: optional(date),
  /** 予診フラグ: examined only, not vaccinated */
  examinedOnly: optional(flag),
  /** 体温, tenths of a degree */
  temperature: optional(count),
  /** 西暦年度 */
  fiscalYear: optional(count),
  /** 65歳未満接種理由 */
  under65Reason: optional(text(100)),
  /** 予診票番号・接種券番号 */
  ticketNumber: optional(text(20)),
  /** 自治体コード of whoever vaccinated */
  municipality: optional(text(6)),
  /** 転入前接種 */
  beforeMoveIn: optional(flag),
  /** 請求年月 */
  billedOn: optional(date),
  /** 特記事項・備考 */
  remarks: optional(text(500)),
};
export type VaccinationRecord = ValuesOf<typeof recordShape>;

export const VaccinationRecorded = handlingEvent({
  type: 'VaccinationRecorded',
  /** `batch`: taken in with a file; then the batch is confirmed as a whole */
  data: { subject: id, batch: optional(id) },
  sealed: { record: object(recordShape) },
});
/** The corrected record, whole. It holds from the moment a second person confirms it. */
export const CorrectionProposed = handlingEvent({ type: 'CorrectionProposed', data: { subject: id }, sealed: { record: object(recordShape) } });
export const CancellationProposed = handlingEvent({ type: 'CancellationProposed', data: { subject: id } });
/** A second person has checked the entry, the correction or the cancellation. */
export const VaccinationConfirmed = handlingEvent({ type: 'VaccinationConfirmed', data: { subject: id, of: oneOf(['entry', 'correction', 'cancellation']) } });
/** 差戻し: the second person did not agree; what held before goes on holding. */
export const ProposalReturned = handlingEvent({ type: 'ProposalReturned', data: { subject: id, of: oneOf(['entry', 'correction', 'cancellation']) } });

export const vaccinationEvents = [VaccinationRecorded, CorrectionProposed, CancellationProposed, VaccinationConfirmed, ProposalReturned];
