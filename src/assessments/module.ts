import { streamName } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import { command, context, type Context, type Occasion } from '../walks/context.js';
import { conflict, unacceptable, unacceptableAt } from '../walks/problem.js';
import { OFFICES } from '../walks/terminals.js';
import { hasDocument, newestOf } from './affair.js';
import * as c from './commands.js';
import { decide, evolve, initialState, type BindingFacts } from './decider.js';
import type { BeginningFacts } from './drafts/beginning.js';
import type { Version } from './drafts/state.js';
import { setAsideProblem } from './drafts/writing.js';
import { ASSESSMENT, assessmentEvents } from './events.js';
import { decisionFacts, publicationFacts } from './procedure/facts.js';
import { thresholdFacts, type Figures } from './procedure/threshold-facts.js';
import { formOf } from './forms/editions.js';
import { inThread } from './work/in-thread.js';

export interface AssessmentParts {
  readonly ledger: () => Ledger;
  /** the 評価実施機関 as it is printed */
  readonly agency: () => string;
  /** what the ledger itself counts, now */
  readonly figures: () => Promise<Figures>;
}

/** A version as it stands; one without events where there is none. */
export async function versionOf(ledger: Ledger, id: string): Promise<Version> {
  const { events } = await ledger.load(streamName(ASSESSMENT, id));
  return events.reduce(evolve, initialState());
}

const within = (needed: string) => ({ affair: ({ drafted }: Version) => drafted?.affair, needed: `${needed}。この版の事務について` });
/** 原課 writes, and 保護評価担当 puts together: what the items say is no step of the procedure. */
const WRITE = { right: 'assessment:write', terminals: OFFICES, within: within('評価書の項目の記載') } as const;
const COMMENT = { right: 'assessment:comment', terminals: OFFICES, within: within('評価書へのコメント') } as const;
const DRAFT = { right: 'assessment:draft', terminals: OFFICES } as const;
const PROCEED = { right: 'assessment:proceed', terminals: OFFICES } as const;

/** 評価書: each version of each document, from its draft to its publication. */
export const assessmentsWith = ({ ledger, agency, figures }: AssessmentParts): Context<Version> => {
  const base = async ({ basedOn }: { readonly basedOn?: string }): Promise<Version | undefined> => (basedOn === undefined ? undefined : versionOf(ledger(), basedOn));

  const isOutdated = async ({ drafted }: Version): Promise<boolean> => drafted?.basedOn !== undefined && (await newestOf(ledger(), drafted)) !== drafted.basedOn;

  const begin = async ({ kind, affair, edition, number, document, bindings, basedOn, publishedOn, reason }: c.DraftAssessment): Promise<BeginningFacts> => {
    const from = await base({ ...(basedOn && { basedOn }) });
    if (from && (!from.published || from.abandoned)) return { problem: unacceptable('base-not-published', 'もとにする版は、公表された評価書でなければなりません') };
    if (from?.drafted && from.drafted.affair !== affair) return { problem: unacceptableAt('/affair', 'not-of-base', 'もとにする版と同じ事務を指定してください') };
    if (from?.drafted && from.drafted.number !== number) return { problem: unacceptableAt('/number', 'not-of-base', 'もとにする版と同じ評価書番号を指定してください') };
    if (kind === 'taken-over' && document === undefined) return { problem: unacceptable('document-required', '公表された評価書の文書を指定してください') };
    const isFirst = kind === 'initial' || kind === 'taken-over';
    const form = formOf(edition)?.form;
    if (isFirst && reason === undefined && form !== undefined && (await hasDocument(ledger(), affair, form))) {
      return { problem: conflict('document-there', 'この事務には、公表された評価書があります（様式3と様式4は、どちらか一方）。修正又は再実施の案を作るか、別の評価書を置く理由を入力してください') };
    }
    const text = document ?? from?.published?.document;
    const rules = bindings ?? from?.bindings?.text;
    const result = await inThread({ kind: 'begin', edition, fresh: kind === 'renewal' || kind === 'emergency', ...(publishedOn && { publishedOn }), ...(text !== undefined && { document: text }), ...(rules !== undefined && { bindings: rules }), blank: { number, agency: agency() } });
    if ('beginning' in result) return { beginning: result.beginning };
    const title = { document: '評価書の文書に誤りがあります', bindings: '照合する記載に誤りがあります', edition: '様式の版に誤りがあります' }[result.of];
    return { problem: unacceptable(`invalid-${result.of}`, title, result.faults.slice(0, 50).map(({ path, message }) => ({ path, code: result.of, message }))) };
  };

  return context<Version>({
    category: ASSESSMENT,
    label: '評価書',
    events: assessmentEvents,
    decider: { initialState, evolve, decide },
    commands: [
      command(c.DraftAssessment, 'POST /assessments', { summary: '評価書の版の案を作る（新規・再実施・修正・終了・緊急時の事後評価、又は公表済みの評価書の取込み）', ...DRAFT, facts: begin }),
      command(c.AmendItem, 'POST /assessments/:id/amendments', { summary: '項目を書く。ほかの人が先に書き換えていたら、文を取り置いて409で知らせる', ...WRITE, answerNo: setAsideProblem }),
      command(c.DeferItem, 'POST /assessments/:id/deferrals', { summary: '項目を「後に記載」とする', ...WRITE }),
      command(c.TakeSetAside, 'POST /assessments/:id/set-asides/takings', { summary: '取り置いた文を、見比べたうえで書く', ...WRITE }),
      command(c.DropSetAside, 'POST /assessments/:id/set-asides/droppings', { summary: '取り置いた文を捨てる', ...WRITE }),
      command(c.AddEntry, 'POST /assessments/:id/entries', { summary: '委託事項・提供先・システムなどを一つ加える', ...WRITE }),
      command(c.RemoveEntry, 'POST /assessments/:id/entries/removals', { summary: '委託事項・提供先・システムなどを一つ除く', ...WRITE }),
      command(c.MoveEntry, 'POST /assessments/:id/entries/moves', { summary: '委託事項・提供先・システムなどの順を変える', ...WRITE }),
      command(c.AmendBindings, 'POST /assessments/:id/bindings', {
        summary: '照合する記載（項目ごとの符号・方式）を書く', ...DRAFT,
        facts: async ({ bindings }: c.AmendBindings, { drafted }: Version): Promise<BindingFacts> => inThread({ kind: 'bindings', bindings, form: drafted?.form ?? '4' }),
      }),
      command(c.AddComment, 'POST /assessments/:id/comments', { summary: '項目にコメントを付ける', ...COMMENT }),
      command(c.ResolveComment, 'POST /assessments/:id/comments/resolutions', { summary: 'コメントを解決済みにする', ...COMMENT }),
      command(c.JudgeSignificance, 'POST /assessments/:id/judgements', { summary: '変更が重要な変更に当たるかどうかを判断する（書いた本人以外）', right: 'assessment:judge', terminals: OFFICES }),
      command(c.JudgeThreshold, 'POST /assessments/:id/thresholds', { summary: 'しきい値判断を行う（指定しない数は台帳から）', ...PROCEED, facts: async (asked: c.JudgeThreshold, version: Version, { today }: Occasion) => thresholdFacts(asked, version, today, figures) }),
      command(c.InviteOpinions, 'POST /assessments/:id/opinions', { summary: '国民・住民等からの意見の聴取を記録する', ...PROCEED }),
      command(c.ReflectOpinions, 'POST /assessments/:id/reflections', { summary: '意見の評価書への反映を記録する', ...PROCEED }),
      command(c.ReviewAssessment, 'POST /assessments/:id/reviews', { summary: '第三者点検を記録する', ...PROCEED }),
      command(c.DecideAssessment, 'POST /assessments/:id/decisions', { summary: '決裁する（書いた人以外）', right: 'assessment:decide', terminals: OFFICES, facts: async (_: c.DecideAssessment, version: Version, { today }: Occasion) => decisionFacts(version, await base(version.drafted ?? {}), today, await isOutdated(version)) }),
      command(c.WithdrawDecision, 'POST /assessments/:id/decisions/withdrawals', { summary: '提出する前に決裁を取り消す', right: 'assessment:decide', terminals: OFFICES }),
      command(c.SubmitAssessment, 'POST /assessments/:id/submissions', { summary: '個人情報保護委員会への提出を記録する', ...PROCEED }),
      command(c.PublishAssessment, 'POST /assessments/:id/publications', { summary: '公表を記録する', ...PROCEED, facts: async ({ on, changedOn }: c.PublishAssessment, version: Version) => ({ ...(await publicationFacts(version, await base(version.drafted ?? {}), on, changedOn)), isOutdated: await isOutdated(version) }) }),
      command(c.WithholdItems, 'POST /assessments/:id/withholdings', { summary: '公表しない部分を根拠とともに決める（書いた人以外。決裁された内容について、そのすべてを）', right: 'assessment:decide', terminals: OFFICES }),
      command(c.TakeYearlyLook, 'POST /assessments/:id/looks', { summary: '年1回の見直しを記録する', ...PROCEED }),
      command(c.AbandonDraft, 'POST /assessments/:id/abandonments', { summary: '公表する前に案を取りやめる', ...PROCEED }),
    ],
  });
};

