import { RULES } from '../handling/rules.js';
import { Command } from '../walks/command-class.js';
import { Checked, Choice, Code, Id, PlainDate, Whole } from '../walks/fields.js';
import { MODES } from './events.js';

/** Numbers after this one would in the end run out of the integers, and nothing could be put in force any more. */
export const VERSION_MAX = 100_000;

export class ProposeDeclaration extends Command {
  @Checked({ label: '記載事項の文書', code: 'document', expects: '「akashi-declaration-1」形式の JSON 文字列（90万字以内）で送ってください', test: (text) => text.length > 0 && text.length <= 900_000 && text.isWellFormed() })
  document!: string;
}

export class PutDeclarationInForce extends Command {
  @Whole({ label: '版', min: 1, max: VERSION_MAX, example: 3 })
  version!: number;
}

/** A published version of an assessment. */
export class PutAssessmentInForce extends Command {
  @Id({ label: '評価書の版' })
  assessment!: string;

  @PlainDate({ label: 'この日から（省略すると今日から）', required: false })
  effectiveFrom?: string;

  @Whole({ label: '見ている照合する記載の改訂番号（省略すると確かめない）', min: 0, max: 1_000_000, required: false })
  bindings?: number;

  @Whole({ label: '版（省略すると次の番号）', min: 1, max: VERSION_MAX, required: false, example: 4 })
  version?: number;
}

/** 暫定の記載事項 */
export class PutProvisionalInForce extends Command {
  @Checked({ label: '記載事項の文書', code: 'document', expects: '「akashi-declaration-1」形式の JSON 文字列（20万字以内）で送ってください', test: (text) => text.length > 0 && text.length <= 200_000 && text.isWellFormed() })
  document!: string;
}

export class ProposeModeChange extends Command {
  @Whole({ label: '版', min: 1, max: VERSION_MAX })
  version!: number;

  @Code({ label: '特定個人情報ファイル' })
  file!: string;

  @Choice({ label: '照合規則', of: RULES })
  rule!: (typeof RULES)[number];

  @Choice({ label: '照合の方式', of: MODES })
  mode!: (typeof MODES)[number];

  @PlainDate({ label: '終了日', required: false })
  until?: string;
}

export class ConfirmModeChange extends Command {
  @Whole({ label: '変更案の番号', min: 1, max: 1_000_000 })
  proposal!: number;
}
