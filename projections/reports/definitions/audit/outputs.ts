import { daysBetween } from '../../../../src/codes/plain-date.js';
import { ExportMade, PrintProduced, TakenOut } from '../../../../src/outputs/events.js';
import { FORMS, type FormCode } from '../../../../src/outputs/lists.js';
import { evolveOutput, isOut, type ExportState, type OutputState, type PrintState, type TakeOutState } from '../../../../src/outputs/states.js';
import { OUTPUTS, outputStepsUpTo } from '../../../registers/outputs/query.js';
import { OWN_FILES, actOf } from '../../../words.js';
import type { ReportSources } from '../../definition.js';
import { HANDLING_LOG, handlingLines } from '../lines.js';
import { answerOf } from './handling.js';
import { dayOf } from './history.js';
import { many, question, type Answer, type Answers } from './question.js';
import type { AuditTerms } from './terms.js';

/** An output as its steps up to a position leave it, with where it left the engine or the house. */
interface Told {
  readonly category: string;
  readonly output: string;
  readonly state: OutputState;
  readonly persons: number;
  readonly left: { readonly position: number; readonly recordedAt: string; readonly staff: string; readonly approved: boolean };
}

const LEAVING: ReadonlySet<string> = new Set([PrintProduced.type, ExportMade.type, TakenOut.type]);

/** What left on paper, as a file or carried; what was only asked for is none of it. */
function outputsIn({ register, upTo }: ReportSources): readonly Told[] {
  const told = new Map<string, Omit<Told, 'left'> & { readonly left?: Told['left'] }>();
  for (const { output, category, position, recordedAt, staff, persons, happened } of outputStepsUpTo(register(OUTPUTS), upTo)) {
    const before = told.get(output);
    const state = evolveOutput(category, before?.state, happened);
    const left = before?.left ?? (LEAVING.has(happened.type) ? { position, recordedAt, staff, approved: before?.state.status === 'approved' } : undefined);
    told.set(output, { category, output, persons, state, ...(left && { left }) });
  }
  return [...told.values()].filter((one): one is Told => one.left !== undefined);
}

/** 問7: what left the engine or the house, and whether everything about it is there. */
export const audit7 = question<AuditTerms>({
  number: 7, title: '印刷・CSV・媒体・持出しの一件ごとに、事前承認・暗号化・件数・対象者・消去や返却がそろうか',
  about: '印刷物・出力ファイル・持出しのうち、承認・暗号化・二人目の確認のないもの、期限を過ぎて処分・消去・返却の済まないもの、紛失したもの、数の合わないものを違反として、期限前のものを注意として示す',
  registers: [HANDLING_LOG, OUTPUTS],
  cannotSee: ['媒体の管理簿（登録・貸出し・廃棄）との突合'],
  *answers(sources): Answers {
    let looked = 0;
    const today = sources.at === null ? '' : dayOf(sources.at);
    const outputs = outputsIn(sources);
    for (const told of outputs) yield* aboutOutput(told, today);
    for (const extent of ['printed', 'exported']) {
      for (const lines of handlingLines(sources, { extent })) {
        looked += lines.length;
        for (const line of lines) {
          if (line.outcome !== 'refused' && LEAVING.has(line.type)) continue; // told above
          // A report on handlings of a file hands out none of its values.
          const own = Object.hasOwn(OWN_FILES, line.file) || (line.type === 'InformationUsed' && line.items.length === 0);
          const approved = line.evidence.some(({ kind }) => kind === 'approval');
          const matter = `${actOf(line)}${own ? `（${sources.labels.of('file', line.file)}）` : ''}`;
          if (line.outcome === 'refused') yield answerOf(line, 'fact', `${matter}の拒否`, '');
          else yield answerOf(line, own || approved ? 'fact' : 'violation', matter, own ? '取扱記録等の報告' : approved ? '承認あり' : '承認の証拠がない');
        }
      }
    }
    return `${many('印刷物・出力ファイル・持出し', outputs.length)}、${many('印刷・出力の取扱い', looked)}`;
  },
});

interface Case {
  /** Japanese: what it is, what wants doing, and what was done */
  readonly thing: string;
  readonly undone: string;
  readonly done: string;
  readonly detail: string;
  /** what should not be, whatever the day; that one person did for two is question 3, unless it is who carries */
  readonly wrongs: readonly string[];
}

function* aboutOutput(told: Told, today: string): Iterable<Answer> {
  const { state, left, output } = told;
  const { thing, undone, done, detail, wrongs } = caseOf(told);
  const answer = (verdict: Answer['verdict'], matter: string, more = ''): Answer => ({ verdict, matter, position: left.position, recordedAt: left.recordedAt, staff: left.staff, about: output, detail: `${detail}${more}` });
  for (const wrong of wrongs) yield answer('violation', wrong);
  if (!isOut(state)) {
    if (wrongs.length === 0) yield answer('fact', `${done}${thing}`);
    return;
  }
  const { due } = state;
  const isLate = due !== null && due < today;
  const days = daysBetween(dayOf(left.recordedAt), today);
  yield answer(isLate ? 'violation' : 'notice', `${isLate ? '期限を過ぎて' : ''}${undone}${thing}`, `、期限 ${due ?? 'なし'}、${days}日経過${isLate ? `（${daysBetween(due, today)}日超過）` : ''}`);
}

/** How the bytes of an export went. */
const HANDED_OVER = { complete: 'の完了', 'cut-off': 'の中断', failed: 'の失敗' } as const;

function caseOf({ category, state, persons, left }: Told): Case {
  if (category === 'print') {
    const { form, sheets, left: remaining } = state as PrintState;
    return {
      thing: '印刷物', undone: '廃棄・引渡しの済まない', done: '廃棄・引渡しの済んだ', detail: `${FORMS[form as FormCode].label}、${sheets}枚（残り${remaining}枚）、${persons}人`,
      wrongs: [],
    };
  }
  if (category === 'export') {
    const { rows, ended } = state as ExportState;
    return {
      thing: '出力ファイル', undone: '消去・返却の済まない', done: '消去・返却の済んだ', detail: `${rows}行、${persons}人、暗号化あり、受渡し${ended === null ? 'の終わりの記録なし' : HANDED_OVER[ended]}`,
      wrongs: left.approved ? [] : ['承認のない出力ファイル'],
    };
  }
  const { request, approval, wasLost, incomplete, settledBy } = state as TakeOutState;
  const carrier = request?.carrier;
  return {
    thing: '持出し', undone: '返却の済まない', done: '返却の済んだ', detail: `${persons}人、暗号化${request?.encrypted === true ? 'あり' : 'なし'}`,
    wrongs: [
      ...(left.approved ? [] : ['承認のない持出し']), ...(approval !== null && approval.by === carrier ? ['運ぶ人が自ら承認した持出し'] : []), ...(request?.encrypted === true ? [] : ['暗号化のない持出し']),
      ...(wasLost ? ['紛失・盗難のあった持出し'] : []), ...(incomplete ? ['数の合わない返却'] : []), ...(settledBy !== null && settledBy === carrier ? ['運んだ人が自ら返却を確認した持出し'] : []),
    ],
  };
}
