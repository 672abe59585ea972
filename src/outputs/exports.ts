import { addDays } from '../codes/plain-date.js';
import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, context, type CommandSpec, type Context, type HandlingFacts, type Occasion } from '../walks/context.js';
import { Choice, Code, Codes, Flag, Ids, PlainDate, Text, Whole } from '../walks/fields.js';
import { conflict, refused, unacceptable, unacceptableAt, type Problem } from '../walks/problem.js';
import { REPORT_OUTCOMES } from '../walks/events.js';
import { NUMBER_ITEM } from '../walks/terminals.js';
import {
  EXPORT, EXPORT_ENDS, EXPORT_MEDIA, EXPORT_SUBJECTS_MAX, ExportApproved, ExportEnded, ExportErased, ExportMade, ExportPassphraseTold, ExportRejected, ExportRequested, ExportShortened,
  exportEvents,
} from './events.js';
import { exportables } from './exportables.js';
import { otherFile, type OutputFacts } from './facts.js';
import { EXPORTABLE_NAMES, EXPORT_FORMATS, EXPORT_ROWS_MAX, type ExportableName } from './lists.js';
import { NoteOverdue, decideOverdue } from './note-overdue.js';
import { evolveExport, hasLapsed, livesUntil, noExport, type ExportState } from './states.js';

abstract class OfFile extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;
}

export class RequestExport extends OfFile {
  @Choice({ label: '出力する台帳', of: EXPORTABLE_NAMES, example: 'vaccinations' })
  what!: ExportableName;

  @Choice({ label: '形式', of: EXPORT_FORMATS, example: 'csv' })
  format!: (typeof EXPORT_FORMATS)[number];

  @Codes({ label: '出力する項目', max: 200 })
  items!: string[];

  @Ids({ label: '対象者（ファイルの全員のときは省く）', max: EXPORT_SUBJECTS_MAX, required: false })
  subjects?: string[];

  @Text({ label: '対象の範囲', max: 500, example: '令和8年度の未接種者' })
  scope!: string;

  @Whole({ label: '行数の上限', min: 1, max: EXPORT_ROWS_MAX })
  rows!: number;

  @Whole({ label: '承認の日からの存続日数', min: 1, max: 365 })
  days!: number;

  @Text({ label: '渡す相手', max: 200 })
  recipient!: string;

  @Choice({ label: '保存先', of: EXPORT_MEDIA, example: 'shared-folder' })
  medium!: (typeof EXPORT_MEDIA)[number];
}

export class ApproveExport extends OfFile {
  @Flag({ label: '個人番号の列を認める', required: false })
  number?: boolean;
}

export class RejectExport extends OfFile {}
export class TellPassphrase extends OfFile {}
export class MakeExport extends OfFile {}

export class ConfirmErasure extends OfFile {
  @Choice({ label: '消去・返却の別', of: EXPORT_ENDS })
  how!: (typeof EXPORT_ENDS)[number];

  @Text({ label: '備考', max: 500, required: false })
  note?: string;
}

/** How the bytes of an export went; said by the engine itself. */
export class EndExport extends Command {
  @Whole({ label: '行数', min: 0, max: EXPORT_ROWS_MAX })
  rows!: number;

  @Choice({ label: '終わり方', of: REPORT_OUTCOMES })
  outcome!: (typeof REPORT_OUTCOMES)[number];

  @Whole({ label: '作成の途中で支援措置の対象となり除いた人数', min: 1, max: EXPORT_ROWS_MAX, required: false })
  withheld?: number;
}

/** It lives as long as the policy has it by now; said by the engine itself. */
export class ShortenExport extends Command {
  @PlainDate({ label: '存続の期限' })
  until!: string;
}

/** The columns that leave: those asked for, without the 個人番号 unless the approval says so. */
export function approvedItems({ request, approval }: ExportState): readonly string[] {
  return (request?.items ?? []).filter((item) => item !== NUMBER_ITEM || approval?.number === true);
}

/** Whether this person may have the file now, by the policy of now. @throws Problem 409 */
export function assertMayHave(state: ExportState, { person, today }: Pick<Occasion, 'person' | 'today'>, maxDays: number): void {
  const { status, by } = state;
  const until = livesUntil(state, maxDays);
  if (by !== person) throw conflict('requester-only', '出力できるのは申請した本人だけです');
  if (status === 'made' || status === 'settled') throw conflict('made-already', 'この承認による出力は済んでいます。もう一度出力するには、新たに申請してください');
  if (status !== 'approved') throw conflict('not-approved', '承認された出力の申請ではありません');
  if (until === null || until < today) throw conflict('lifetime-over', '承認された期間が過ぎています。新たに申請してください');
}

/** What making an export has found before anything left. */
export interface FoundToExport {
  readonly rows: number;
  readonly withheld: number;
  readonly position: number;
}

interface Limits {
  readonly maxRows: number;
  readonly maxDays: number;
}

const LIMITS: Limits = { maxRows: EXPORT_ROWS_MAX, maxDays: 365 };

function decide({ type, data }: { readonly type: string; readonly data: object }, state: ExportState, occasion: Occasion): readonly NewDomainEvent[] {
  const { person, today, facts } = occasion;
  const { maxRows, maxDays }: Limits = { ...LIMITS, ...facts };
  switch (type) {
    case RequestExport.name: {
      const { what, format, items, subjects, rows, days, medium, scope, recipient } = data as RequestExport;
      // A list that has come out empty would mean everybody.
      if (subjects?.length === 0) throw unacceptableAt('/subjects', 'subjects-required', '対象者が一人も指定されていません。ファイルの全員を出力するときは、対象者の欄を省いてください');
      if (items.length === 0 || items.some((item) => !exportables[what].includes(item))) throw unacceptableAt('/items', 'not-of-register', `出力する項目は、この台帳の項目から選んでください（${exportables[what].join('、')}）`);
      if (rows > maxRows) throw unacceptableAt('/rows', 'too-many-rows', `行数の上限は${maxRows.toLocaleString()}行までです`);
      if (days > maxDays) throw unacceptableAt('/days', 'too-long', `存続日数は${maxDays}日までです`);
      return [event(ExportRequested, { what, format, items: [...new Set(items)], subjects: [...new Set(subjects ?? [])], rows, days, medium }, { scope, recipient })];
    }
    case ApproveExport.name: {
      assertRequested(state, person, '承認');
      if (hasLapsed(state, today)) throw conflict('request-lapsed', `この申請は、期限（${state.due}）までに承認されなかったため、失効しています。新たに申請してください`);
      if (state.request!.rows > maxRows || state.request!.days > maxDays) throw conflict('beyond-policy', `行数の上限が${maxRows.toLocaleString()}行、存続日数が${maxDays}日までの運用に変わっています。却下し、申請し直してください`);
      return [event(ExportApproved, { until: addDays(today, state.request!.days), rows: state.request!.rows, number: (data as ApproveExport).number === true }, {})];
    }
    case RejectExport.name:
      assertRequested(state, person, '却下');
      if ((data as RejectExport).reason === undefined) throw unacceptable('reason-required', '却下の理由を入力してください');
      return [event(ExportRejected, {}, {})];
    case TellPassphrase.name:
      assertMayHave(state, occasion, maxDays);
      return [event(ExportPassphraseTold, {}, {})];
    case MakeExport.name: {
      assertMayHave(state, occasion, maxDays);
      const { rows = 0, withheld = 0, position = 0 } = (facts ?? {}) as Partial<FoundToExport>;
      return [event(ExportMade, { rows, withheld, position }, {})];
    }
    case EndExport.name: {
      const { rows, outcome, withheld } = data as EndExport;
      if (state.status !== 'made' || state.ended !== null) throw conflict('not-under-way', '受渡しの途中の出力ではありません');
      return [event(ExportEnded, { rows, outcome, ...(withheld !== undefined && { withheld }) }, {})];
    }
    case ConfirmErasure.name: {
      const { how, note } = data as ConfirmErasure;
      if (state.status !== 'made') throw state.status === 'settled' ? refused('taken', nothingToErase()) : nothingToErase();
      if (state.by === person) throw refused('samePerson', conflict('same-person', '出力した本人は、消去・返却の確認ができません。別の職員が確認してください'));
      if (state.ended === null) throw conflict('under-way', '出力ファイルの受渡しが終わっていません。終わってから確認してください');
      return [event(ExportErased, { how }, note ? { note } : {})];
    }
    case ShortenExport.name: {
      const { until } = data as ShortenExport;
      if (state.approval === null || (state.status !== 'approved' && state.status !== 'made') || state.due === null || until >= state.due) throw conflict('not-shorter', '期限の早まる出力ではありません');
      return [event(ExportShortened, { until }, {})];
    }
    case NoteOverdue.name:
      return decideOverdue(state, today);
    default:
      throw new Error(`exports do not decide ${type}`);
  }
}

function nothingToErase(): Problem {
  return conflict('nothing-to-erase', '消去・返却を待つ出力ファイルはありません');
}

function assertRequested({ status, by, request }: ExportState, person: string, what: string): void {
  if (status !== 'requested' || request === null) throw refused('taken', conflict('not-requested', '承認を待つ出力の申請ではありません'));
  if (by === person) throw refused('samePerson', conflict('same-person', `申請した本人は${what}できません。別の職員が${what}してください`));
}

/** ファイル出力: 申請 → 承認 → 作成 → 消去. Out of the question but for the files that the policy names. */
export function exports(facts: OutputFacts): Context<ExportState> {
  const isOff = (file: string): { readonly offByPolicy?: true } => (facts.policy().exportFiles.includes(file) ? {} : { offByPolicy: true });
  const limits = async (): Promise<Limits> => ({ maxRows: facts.policy().exportRows, maxDays: facts.policy().exportDays });
  const requesting = async ({ file, items, subjects = [] }: RequestExport): Promise<HandlingFacts> => {
    const recordFile = await otherFile(facts, subjects, file);
    return { kind: 'use', file, subjects: [...new Set(subjects)], items: [...new Set(items)], ...(recordFile !== undefined && { recordFile }), ...isOff(file) };
  };
  const judging = ({ file }: OfFile, { request }: ExportState): HandlingFacts => ({ kind: 'use', file, subjects: request?.subjects ?? [], items: request?.items ?? [], ...isOff(file) });
  return context<ExportState>({
    category: EXPORT,
    label: 'ファイル出力',
    events: exportEvents,
    decider: { initialState: () => noExport, evolve: evolveExport, decide },
    commands: [
      command<ExportState, RequestExport>(RequestExport, 'POST /exports', {
        summary: 'ファイル出力を申請する', right: 'export:request', handling: requesting, facts: limits,
      }),
      command<ExportState, ApproveExport>(ApproveExport, 'POST /exports/:id/approvals', { summary: 'ファイル出力を承認する（申請者以外）', right: 'export:approve', handling: judging, facts: limits }),
      command<ExportState, RejectExport>(RejectExport, 'POST /exports/:id/rejections', { summary: 'ファイル出力の申請を却下する（申請者以外）', right: 'export:approve' }),
      command<ExportState, ConfirmErasure>(ConfirmErasure, 'POST /exports/:id/erasures', {
        summary: '出力ファイルの消去・返却を、出力した人以外が確認して記録する', right: 'output:dispose', handling: ({ file }, { request }) => ({ kind: 'use', file, subjects: request?.subjects ?? [], items: [] }),
      }),
    ],
  });
}

export type ExportCommand = CommandSpec<ExportState>;

/** Registered apart: the answer says what is kept nowhere. */
export function tellPassphrase(policy: OutputFacts['policy']): ExportCommand {
  return command<ExportState, TellPassphrase>(TellPassphrase, 'POST /exports/:id/passphrases', {
    summary: '出力ファイルの合言葉を一度だけ受け取る（申請者）', right: 'export:request', facts: async () => ({ maxDays: policy().exportDays }),
  });
}

/** Behind no route: the engine says how it went. */
export const endExport: ExportCommand = command<ExportState, EndExport>(EndExport, 'POST /exports/:id/ends', { summary: '出力の終わりを記録する', right: 'export:request' });
export const shortenExport: ExportCommand = command<ExportState, ShortenExport>(ShortenExport, 'POST /exports/:id/shortenings', { summary: '出力ファイルの期限が早まったことを記録する', right: 'export:request' });
