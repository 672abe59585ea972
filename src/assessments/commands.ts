import { Command } from '../walks/command-class.js';
import { Checked, Choice, Code, Flag, Id, Ids, Json, PlainDate, Rows, Text, Whole } from '../walks/fields.js';
import { BINDINGS_MAX, DOCUMENT_MAX, GROUND_CODES, VALUE_MAX, VERSION_KINDS, WITHHELD_FOR } from './events.js';
import type { Ground } from './changes/significance.js';

/** `slack`: what is written down anew may come with blanks between its members. */
const document = (label: string, max: number, slack = 1) => ({ label, code: 'document', expects: `JSON の文字列（${max.toLocaleString()}字以内）で送ってください`, test: (text: string) => text.length > 0 && text.length <= max * slack && text.isWellFormed() });

export class DraftAssessment extends Command {
  @Choice({ label: '版の種類', of: VERSION_KINDS })
  kind!: (typeof VERSION_KINDS)[number];

  @Code({ label: '事務', example: 'vaccination' })
  affair!: string;

  @Code({ label: '様式の版', example: 'form4-2025-05' })
  edition!: string;

  @Whole({ label: '評価書番号', min: 1, max: 9999 })
  number!: number;

  @Id({ label: 'もとにする版', required: false })
  basedOn?: string;

  @Checked({ ...document('評価書の文書', DOCUMENT_MAX, 2), required: false })
  document?: string;

  @Checked({ ...document('照合する記載', BINDINGS_MAX), required: false })
  bindings?: string;

  @PlainDate({ label: '公表日（公表された評価書の文書に日付がないとき）', required: false })
  publishedOn?: string;
}

/** Names a cell. */
abstract class OnCell extends Command {
  @Code({ label: '項目', example: 'file.acquisition.methods' })
  item!: string;

  @Ids({ label: '欄のある繰返し（外側から）', max: 4, required: false })
  entries?: string[];
}

export class AmendItem extends OnCell {
  @Whole({ label: '見ている欄の改訂番号（書かれたことがなければ 0）', min: 0, max: 1_000_000 })
  revision!: number;

  @Json({ label: '回答', max: VALUE_MAX, example: '予防接種に関する事務' })
  value!: unknown;

  @Text({ label: '変更の契機（別添 変更箇所の説明に「…に伴う変更」と書かれる）', max: 100, required: false })
  cause?: string;
}

/** 「後に記載」 */
export class DeferItem extends OnCell {
  @Whole({ label: '見ている欄の改訂番号（書かれたことがなければ 0）', min: 0, max: 1_000_000 })
  revision!: number;
}

/** What was set aside is written now, over what somebody else had written. */
export class TakeSetAside extends Command {
  @Whole({ label: '取り置きの番号', min: 1, max: 1_000_000 })
  aside!: number;

  @Whole({ label: '見ている欄の改訂番号', min: 0, max: 1_000_000 })
  revision!: number;
}

export class DropSetAside extends Command {
  @Whole({ label: '取り置きの番号', min: 1, max: 1_000_000 })
  aside!: number;
}

export class AddEntry extends Command {
  @Code({ label: '繰返し', example: 'file.entrustments' })
  repeat!: string;

  @Id({ label: '外側の繰返し', required: false })
  within?: string;

  @Id({ label: 'この前に入れる（省略すると最後）', required: false })
  before?: string;
}

export class RemoveEntry extends Command {
  @Id({ label: '繰返しの一つ' })
  entry!: string;
}

export class MoveEntry extends Command {
  @Id({ label: '繰返しの一つ' })
  entry!: string;

  @Id({ label: 'この前に移す（省略すると最後）', required: false })
  before?: string;
}

export class AmendBindings extends Command {
  @Whole({ label: '見ている記載の改訂番号', min: 0, max: 1_000_000 })
  revision!: number;

  @Checked(document('照合する記載', BINDINGS_MAX))
  bindings!: string;
}

export class AddComment extends OnCell {
  @Text({ label: 'コメント', max: 4000, multiline: true })
  text!: string;

  @Whole({ label: '返信先のコメント', min: 1, max: 1_000_000, required: false })
  replyTo?: number;
}

export class ResolveComment extends Command {
  @Whole({ label: 'コメントの番号', min: 1, max: 1_000_000 })
  comment!: number;
}

/** 重要な変更の判断 */
export class JudgeSignificance extends OnCell {
  @Choice({ label: '判断の根拠', of: GROUND_CODES })
  ground!: Ground;
}

/** しきい値判断. A figure that is left out is taken from the ledger. */
export class JudgeThreshold extends Command {
  @PlainDate({ label: '実施日' })
  on!: string;

  @Whole({ label: '対象人数（省略すると台帳から）', min: 0, max: 200_000_000, required: false })
  subjects?: number;

  @PlainDate({ label: '対象人数の時点', required: false })
  subjectsOn?: string;

  @Whole({ label: '取扱者数（省略すると台帳から）', min: 0, max: 1_000_000, required: false })
  handlers?: number;

  @PlainDate({ label: '取扱者数の時点', required: false })
  handlersOn?: string;

  @PlainDate({ label: '特定個人情報に関する直近の重大事故の日（評価実施機関の全体）', required: false })
  incident?: string;

  @Flag({ label: '重大事故がない（評価実施機関の全体）とき true', required: false })
  noIncident?: boolean;

  @PlainDate({ label: '重大事故の有無の時点', required: false })
  incidentAsOf?: string;
}

export class InviteOpinions extends Command {
  @PlainDate({ label: '意見の聴取の開始日' })
  from!: string;

  @PlainDate({ label: '意見の聴取の終了日' })
  to!: string;

  @Text({ label: '方法', max: 2000, multiline: true })
  means!: string;
}

export class ReflectOpinions extends Command {
  @PlainDate({ label: '反映した日' })
  on!: string;

  @Whole({ label: '寄せられた意見の数', min: 0, max: 1_000_000 })
  opinions!: number;

  @Text({ label: '主な意見の内容', max: 8000, multiline: true, required: false })
  received?: string;

  @Text({ label: '評価書への反映', max: 8000, multiline: true, required: false })
  reflected?: string;
}

export class ReviewAssessment extends Command {
  @PlainDate({ label: '第三者点検の実施日' })
  on!: string;

  @Text({ label: '方法（点検した者）', max: 1000, multiline: true })
  reviewer!: string;

  @Text({ label: '結果', max: 8000, multiline: true, required: false })
  result?: string;
}

export class DecideAssessment extends Command {
  @PlainDate({ label: '決裁日' })
  on!: string;
}

export class WithdrawDecision extends Command {}

export class SubmitAssessment extends Command {
  @PlainDate({ label: '提出日' })
  on!: string;

  @Flag({ label: '模擬（実際には提出していない）', required: false })
  simulated?: boolean;

  @Text({ label: '提出の控え（受付番号等）', max: 200, required: false })
  reference?: string;
}

export class PublishAssessment extends Command {
  @PlainDate({ label: '公表日' })
  on!: string;

  @PlainDate({ label: '取扱いを変える日（省略すると公表日）', required: false })
  changedOn?: string;

  @Text({ label: '公表した場所', max: 1000, multiline: true, required: false })
  where?: string;
}

class WithheldItem {
  @Code({ label: '項目、又は項目を含む欄・章', example: 'risk.storage' })
  item!: string;

  @Ids({ label: '繰返しの一つ（外側から。省略するとすべて）', max: 4, required: false })
  entries?: string[];

  @Choice({ label: '公表しない根拠', of: WITHHELD_FOR })
  ground!: (typeof WITHHELD_FOR)[number];
}

/** 公表しない部分 */
export class WithholdItems extends Command {
  static readonly nested = { items: WithheldItem };

  @Whole({ label: '見ている改訂番号（決めたことがなければ 0）', min: 0, max: 1_000_000 })
  revision!: number;

  @Rows({ label: '公表しない部分のすべて（ないときは空）', of: WithheldItem, max: 200 })
  items!: WithheldItem[];
}

/** 年1回の見直し */
export class TakeYearlyLook extends Command {
  @PlainDate({ label: '見直した日' })
  on!: string;

  @Flag({ label: '評価書を修正する必要がある' })
  amend!: boolean;

  @Text({ label: '見直しの所見', max: 2000, multiline: true, required: false })
  remarks?: string;
}

export class AbandonDraft extends Command {}

