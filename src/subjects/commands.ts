import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsOptional, ValidateNested, ArrayMaxSize } from 'class-validator';
import { Command } from '../walks/command-class.js';
import { Checked, Choice, Code, Flag, PlainDate, Text } from '../walks/fields.js';
import { CHANGES, PRECISIONS, SCOPES, SEXES } from './events.js';

const ADDRESSEE_NUMBER = /^\d{1,15}$/;

export class Guardian {
  @Text({ label: '法定代理人の氏名', max: 200 })
  name!: string;

  @Text({ label: '続柄', max: 40 })
  relation!: string;

  @Text({ label: '法定代理人の連絡先', max: 100, required: false })
  contact?: string;
}

/** The identity block as a person at the counter, or a file, gives it. */
export abstract class IdentityCommand extends Command {
  static readonly nested = { guardians: Guardian };

  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Choice({ label: '対象となる本人の範囲', of: SCOPES, example: 'resident' })
  scope!: (typeof SCOPES)[number];

  @Text({ label: '氏名', max: 200, example: '架空 花子' })
  name!: string;

  @Text({ label: '氏名の振り仮名', max: 200, example: 'カクウ ハナコ' })
  kana!: string;

  @PlainDate({ label: '生年月日', example: '2025-04-02' })
  birthDate!: string;

  @Choice({ label: 'あいまい日付の区分', of: PRECISIONS, required: false })
  birthPrecision?: (typeof PRECISIONS)[number];

  @Choice({ label: '性別', of: SEXES, example: 'female' })
  sex!: (typeof SEXES)[number];

  @Text({ label: '住所', max: 400, example: '汐浜市架空町1番地' })
  address!: string;

  @Text({ label: '郵便番号', max: 8, required: false })
  postalCode?: string;

  @Text({ label: '連絡先', max: 100, required: false })
  contact?: string;

  @Checked({ label: '宛名番号', code: 'addressee-number', expects: '15桁までの数字で入力してください', test: (text) => ADDRESSEE_NUMBER.test(text), example: '100000001' })
  addresseeNumber!: string;

  @Checked({ label: '団体内統合宛名番号', code: 'integrated-number', expects: '20桁までの数字で入力してください', test: (text) => /^\d{1,20}$/.test(text), required: false })
  integratedNumber?: string;

  @Text({ label: '世帯番号', max: 20, required: false })
  household?: string;

  @PlainDate({ label: '住民となった日', required: false })
  residentSince?: string;

  @PlainDate({ label: '住民でなくなった日', required: false })
  leftOn?: string;

  @PlainDate({ label: '死亡日', required: false })
  diedOn?: string;

  @Flag({ label: '未登録外字フラグ', required: false })
  unregisteredCharacters?: boolean;

  @ApiProperty({ description: '法定代理人・保護者', required: false, type: () => [Guardian] })
  @IsOptional()
  @IsArray({ message: '法定代理人・保護者は配列で入力してください' })
  @ArrayMaxSize(10, { message: '法定代理人・保護者は10人までです' })
  @ValidateNested({ each: true, message: '法定代理人・保護者の形式が正しくありません' })
  guardians?: Guardian[];
}

export class RegisterSubject extends IdentityCommand {}

export class RecordResidentChange extends IdentityCommand {
  @Choice({ label: '異動事由', of: CHANGES.filter((kind) => !kind.startsWith('protection')) })
  change!: (typeof CHANGES)[number];

  @PlainDate({ label: '異動日' })
  changedOn!: string;

  @PlainDate({ label: '異動届出日', required: false })
  notifiedOn?: string;
}

/** 支援措置の開始・終了 */
export class SetProtection extends Command {
  @Code({ label: '特定個人情報ファイル' })
  file!: string;

  @Flag({ label: '支援措置の有無' })
  protected!: boolean;

  @PlainDate({ label: '開始日又は終了日' })
  on!: string;

  @PlainDate({ label: '期間の満了日', required: false })
  until?: string;

  @Text({ label: '制限対象', max: 200, required: false })
  restricted?: string;
}
