import { isMunicipalityCode } from '../codes/municipality-code.js';
import { Command } from '../walks/command-class.js';
import { Checked, Choice, Code, Flag, Id, PlainDate, Text, Whole } from '../walks/fields.js';
import { EXECUTION_CLASSES, PRECISIONS } from './events.js';

/** The record as entered, and the file it is kept in. */
export abstract class RecordFields extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Text({ label: '接種コード・ワクチン種類', max: 40, example: 'MR1' })
  vaccine!: string;

  @Text({ label: '混合接種何種', max: 20, required: false })
  combination?: string;

  @Whole({ label: '接種回数', min: 1, max: 99, example: 1 })
  dose!: number;

  @PlainDate({ label: '接種日', example: '2026-11-02' })
  vaccinatedOn!: string;

  @Choice({ label: 'あいまい日付の区分', of: PRECISIONS, required: false })
  datePrecision?: (typeof PRECISIONS)[number];

  @Text({ label: '接種判定', max: 20, required: false })
  judgement?: string;

  @Text({ label: '対象外判定', max: 40, required: false })
  exclusion?: string;

  @Text({ label: '支払区分', max: 20, required: false })
  payment?: string;

  @Text({ label: '実費徴収区分', max: 20, required: false })
  fee?: string;

  @Text({ label: '実施医療機関', max: 100, required: false })
  institution?: string;

  @Text({ label: '接種会場', max: 100, required: false })
  venue?: string;

  @Text({ label: '接種医', max: 100, required: false })
  doctor?: string;

  @Choice({ label: '実施区分', of: EXECUTION_CLASSES, example: 'routine' })
  executionClass!: (typeof EXECUTION_CLASSES)[number];

  @Text({ label: '接種区分', max: 20, required: false })
  vaccinationClass?: string;

  @Text({ label: 'ワクチンメーカー', max: 60, required: false })
  manufacturer?: string;

  @Text({ label: 'ロット番号', max: 20, required: false, example: 'AB1234' })
  lot?: string;

  @Whole({ label: '接種量（µL）', min: 1, max: 10_000, required: false, example: 500 })
  amount?: number;

  @Text({ label: '特例対象', max: 20, required: false })
  special?: string;

  @Text({ label: '肺炎球菌種類', max: 20, required: false })
  pneumococcal?: string;

  @Text({ label: 'ツ反判定', max: 20, required: false })
  tuberculin?: string;

  @PlainDate({ label: '受付日', required: false })
  receivedOn?: string;

  @Flag({ label: '予診フラグ', required: false })
  examinedOnly?: boolean;

  @Whole({ label: '体温（0.1℃）', min: 300, max: 450, required: false, example: 365 })
  temperature?: number;

  @Whole({ label: '西暦年度', min: 1900, max: 2999, required: false })
  fiscalYear?: number;

  @Text({ label: '65歳未満接種理由', max: 100, required: false })
  under65Reason?: string;

  @Checked({ label: '予診票番号・接種券番号', code: 'ticket-number', expects: '20桁までの数字で入力してください', test: (text) => /^\d{1,20}$/.test(text), required: false })
  ticketNumber?: string;

  @Checked({ label: '自治体コード', code: 'municipality', expects: '検査用数字の合う6桁の団体コードで入力してください', test: isMunicipalityCode, required: false })
  municipality?: string;

  @Flag({ label: '転入前接種', required: false })
  beforeMoveIn?: boolean;

  @PlainDate({ label: '請求年月', required: false })
  billedOn?: string;

  @Text({ label: '特記事項', max: 500, required: false, multiline: true })
  remarks?: string;
}

export class RecordVaccination extends RecordFields {
  @Id({ label: '本人' })
  subject!: string;
}

export class CorrectVaccination extends RecordFields {}

/** Commands that carry nothing of their own but the file. */
abstract class OnRecord extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;
}

export class CancelVaccination extends OnRecord {}
export class ConfirmVaccination extends OnRecord {}
export class ReturnVaccination extends OnRecord {}
