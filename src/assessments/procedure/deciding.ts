import { addYears, daysBetween } from '../../codes/plain-date.js';
import { formatWareki } from '../../codes/wareki.js';
import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { Occasion } from '../../walks/context.js';
import { Problem, conflict, refused, unacceptable, unacceptableAt } from '../../walks/problem.js';
import type { Answer } from '../answers/assessment.js';
import type { DecideAssessment, InviteOpinions, JudgeThreshold, PublishAssessment, ReflectOpinions, ReviewAssessment, SubmitAssessment, TakeYearlyLook, WithdrawDecision } from '../commands.js';
import { formOfVersion } from '../drafts/document.js';
import { positionsOf } from '../drafts/entries.js';
import { placeKey, type Version } from '../drafts/state.js';
import { expectOpen } from '../drafts/writing.js';
import {
  AssessmentDecided, AssessmentPublished, AssessmentReviewed, AssessmentSubmitted, DOCUMENT_MAX, DecisionWithdrawn, DraftAbandoned, ItemAmended, OpinionsInvited, OpinionsReflected, ThresholdJudged, YearlyLookTaken,
} from '../events.js';
import { lookedUp } from '../looked-up.js';
import { itemOf, printedName } from '../forms/places.js';
import type { ThresholdResult } from '../threshold/rules.js';
import { OPINION_DAYS, PUBLIC_YEARS, STEPS, STEP_LABELS, dayOf, isDone, isSimulated, missingBefore, needOf, type Step } from './steps.js';

/** Dates fall as they fell; these alone have to follow each other (規則7条, 指針: 意見聴取 before 第三者点検 before 提出 before 公表): what is submitted is what was decided on. */
const NOT_BEFORE: { readonly [step in Step]?: readonly Step[] } = { review: ['opinions'], submission: ['opinions', 'review', 'decision'], publication: ['opinions', 'review', 'submission'] };
/** Whose record may be wrong, and is made anew. A decision is withdrawn instead, and what is published stands. */
const RECORDED_ANEW: ReadonlySet<Step> = new Set(['threshold', 'opinions', 'reflection', 'review', 'submission'] as const);

/** What was done on a record that was wrong is done anew after it, up to the decision (see `evolveSteps`). @throws Problem 409 for a step that stands */
function expectAnew(step: Step, steps: Version['steps']): void {
  const later = STEPS.slice(STEPS.indexOf(step) + 1).find((one) => isDone(steps, one) && !RECORDED_ANEW.has(one));
  if (!RECORDED_ANEW.has(step)) throw conflict('step-done', `「${STEP_LABELS[step]}」はすでに済んでいます`);
  if (later) throw conflict('step-done', `「${STEP_LABELS[step]}」はすでに済んでいます。後の「${STEP_LABELS[later]}」が記録されているので、記録し直せません`);
}

/** @throws Problem 409 where a step has no place on the way of this version, or another has to come first; 422 for a day that cannot be */
function expectStep(step: Step, version: Version, today: string, day: { readonly path: string; readonly first: string; readonly last?: string }, again = false): void {
  const { steps, drafted } = version;
  const { kind, form } = drafted!;
  if (needOf(step, kind, form) === 'never') throw conflict('no-such-step', `この版の手続に「${STEP_LABELS[step]}」はありません`);
  if (isDone(steps, step) && !again) expectAnew(step, steps);
  const missing = missingBefore(step, steps, kind, form);
  if (missing !== undefined) throw conflict('step-missing', `先に「${STEP_LABELS[missing]}」が必要です`);
  if ((day.last ?? day.first) > today) throw unacceptableAt(day.path, 'in-the-future', '今日より後の日は記録できません');
  for (const earlier of NOT_BEFORE[step] ?? []) {
    const done = dayOf(steps, earlier);
    if (done !== undefined && day.first < done) throw unacceptableAt(day.path, 'out-of-order', `「${STEP_LABELS[earlier]}」（${formatWareki(done)}）より前の日にはできません`);
  }
}

/** What a step says in chapter 評価実施手続 is written into its cells with it, where the form asks for it. */
function intoCells(version: Version, answers: { readonly [item: string]: Answer | undefined }): readonly NewDomainEvent[] {
  const form = formOfVersion(version);
  return Object.entries(answers).flatMap(([item, answer]) => {
    if (answer === undefined || !itemOf(form, item)) return [];
    const cell = version.cells.get(placeKey(item, []));
    const value = JSON.stringify(answer);
    if (cell?.answer !== undefined && !cell.deferred && JSON.stringify(cell.answer) === value) return [];
    return [event(ItemAmended, { item, entries: [], revision: (cell?.revision ?? 0) + 1 }, { value })];
  });
}

/** What しきい値判断 came to, worked out by the rules of its day. */
export interface ThresholdFacts {
  readonly figures: { readonly subjects: number; readonly subjectsOn: string; readonly handlers: number; readonly handlersOn: string; readonly incidentOn: string };
  readonly incident: boolean;
  /** where a figure was taken from the ledger */
  readonly from: readonly { readonly figure: string; readonly query: string; readonly position: number }[];
  readonly result: ThresholdResult;
  /** which table of rules */
  readonly table: string;
  /** 基礎項目評価書: the bands as its options */
  readonly cells: { readonly [item: string]: Answer };
}

/** The days that a judgement is told of: none lies after it. */
const DAYS_OF_FIGURES = { subjectsOn: '対象人数の時点', handlersOn: '取扱者数の時点', incident: '直近の重大事故の日', incidentAsOf: '重大事故の有無の時点' } as const;

export function judgeThreshold(asked: JudgeThreshold, version: Version, { today, facts }: Occasion): readonly NewDomainEvent[] {
  const { on, incident: latest, noIncident, subjects, handlers, reason } = asked;
  expectOpen(version);
  const { figures, incident, from, result, table, cells } = lookedUp<ThresholdFacts>(facts);
  expectStep('threshold', version, today, { path: '/on', first: on }, true);
  for (const [name, label] of Object.entries(DAYS_OF_FIGURES)) {
    const day = asked[name as keyof typeof DAYS_OF_FIGURES];
    if (day !== undefined && day > on) throw unacceptableAt(`/${name}`, 'in-the-future', `「${label}」を、実施日（${formatWareki(on)}）より後の日にはできません`);
  }
  // Of incidents of the whole agency the ledger knows nothing: a person says that there was none.
  if ((latest === undefined) === (noIncident !== true)) throw unacceptableAt('/incident', 'incident-required', '特定個人情報に関する重大事故の有無を、直近の日か、ないことのどちらかで示してください');
  if (on !== today && (subjects === undefined || handlers === undefined)) throw unacceptableAt('/on', 'figures-of-today', '台帳から取る数は今日の数です。実施日を今日にするか、人数とその時点を指定してください');
  const judged = event(ThresholdJudged, { on, ...figures, incident, result, table, figures: from }, reason === undefined ? {} : { reason });
  return [judged, ...intoCells(version, { 'procedure.basic.date': on, 'procedure.basic.threshold': result, ...cells })];
}

export function inviteOpinions({ from, to, means, reason }: InviteOpinions, version: Version, { today }: Occasion): readonly NewDomainEvent[] {
  expectOpen(version);
  if (to < from) throw unacceptableAt('/to', 'before-start', '終了日は、開始日以後の日で指定してください');
  expectStep('opinions', version, today, { path: '/from', first: from });
  const days = daysBetween(from, to) + 1;
  if (days < OPINION_DAYS && reason === undefined) throw unacceptable('reason-required', `意見の聴取は${OPINION_DAYS}日以上です。${days}日間に短縮する特段の理由を入力してください`);
  const period = `${formatWareki(from)}から${formatWareki(to)}まで（${days}日間）`;
  const shortened = days < OPINION_DAYS ? reason : '－';
  return [
    event(OpinionsInvited, { from, to }, { method: means, ...(reason !== undefined && { reason }) }),
    ...intoCells(version, { 'procedure.opinions.method': means, 'procedure.opinions.period': period, 'procedure.opinions.shortened': shortened }),
  ];
}

export function reflectOpinions({ on, opinions, received, reflected }: ReflectOpinions, version: Version, { today }: Occasion): readonly NewDomainEvent[] {
  expectOpen(version);
  const invited = version.steps.opinions;
  expectStep('reflection', version, today, { path: '/on', first: on });
  if (invited && on < invited.to) throw unacceptableAt('/on', 'out-of-order', `意見の聴取が終わる日（${formatWareki(invited.to)}）より前にはできません`);
  if (opinions > 0 && (received === undefined || reflected === undefined)) throw unacceptable('opinions-required', '寄せられた意見の主な内容と、評価書への反映を入力してください');
  const summary = [received, reflected].filter((text) => text !== undefined).join('\n');
  return [
    event(OpinionsReflected, { on, opinions }, summary === '' ? {} : { summary }),
    ...intoCells(version, { 'procedure.opinions.received': received ?? '意見はなかった。', 'procedure.opinions.reflection': reflected ?? '－' }),
  ];
}

export function reviewAssessment({ on, reviewer, result }: ReviewAssessment, version: Version, { today }: Occasion): readonly NewDomainEvent[] {
  expectOpen(version);
  expectStep('review', version, today, { path: '/on', first: on });
  const isAsRecorded = version.reviewResult !== undefined && version.cells.get(placeKey('procedure.review.result', []))?.answer === version.reviewResult;
  return [
    event(AssessmentReviewed, { on }, { reviewer, ...(result !== undefined && { result }) }),
    // Recorded anew without a result: what the record before it had filled in goes with that.
    ...intoCells(version, { 'procedure.review.date': on, 'procedure.review.method': reviewer, 'procedure.review.result': result ?? (isAsRecorded ? '' : undefined) }),
  ];
}

/** Something to be seen to, with the cell or entry that it is about where it is about one. */
export interface Pointed {
  readonly message: string;
  readonly item?: string;
  readonly entries?: readonly string[];
}

/** What stands in the way of a decision, looked up in the document as it reads now. */
export interface DecisionFacts {
  /** SHA-256 of the content that is decided on */
  readonly content: string;
  /** another version has been published since the one that it was made from */
  readonly isOutdated: boolean;
  /** how long the document is as it would be published, in UTF-16 units */
  readonly length: number;
  /** why no later version could begin with it */
  readonly problem?: string;
  /** what contradicts itself or is missing, as a clerk reads it */
  readonly findings: readonly Pointed[];
  /** changed ※ items without a judgement */
  readonly unjudged: readonly Pointed[];
  /** changes for which 修正 or 終了 is not enough by their judgement: 重要な変更, and those of an emergency */
  readonly significant: readonly Pointed[];
}

const NAMED = 20;
/** What the day of the submission and of the change may yet add to 別添 変更箇所. */
const ROOM = 10_000;

export function decideAssessment({ on, reason }: DecideAssessment, version: Version, { today, person, facts }: Occasion): readonly NewDomainEvent[] {
  expectOpen(version);
  expectStep('decision', version, today, { path: '/on', first: on });
  const form = formOfVersion(version);
  const pointed = ({ item, entries }: { readonly item: string; readonly entries: readonly string[] }, more = ''): Pointed => ({ item, entries, message: `${printedName(form, item, positionsOf(version.entries, entries))}${more}` });
  const deferred = [...version.cells.values()].filter((cell) => cell.deferred);
  if (deferred.length > 0) throw listed('deferred', `「後に記載」の欄が${deferred.length}件あります`, deferred.map((cell) => pointed(cell)));
  if (version.asides.size > 0) throw listed('set-aside-open', `取るか捨てるかを決めていない取り置きが${version.asides.size}件あります`, [...version.asides].map(([aside, kept]) => pointed(kept, `（取り置き ${aside}）`)));
  const { threshold } = version.steps;
  if (version.drafted!.form === '3' && threshold?.result === 'fullRequired') throw conflict('needs-full', 'しきい値判断により、全項目評価の実施が義務付けられます。重点項目評価書では決裁できません');
  const { content, length, isOutdated, problem, findings, unjudged, significant } = lookedUp<DecisionFacts>(facts);
  if (isOutdated) throw conflict('base-outdated', 'もとにした版より後に、別の版が公表されています。新しい版をもとに案を作り直してください');
  if (unjudged.length > 0) throw listed('unjudged', '重要な変更に当たるかどうかの判断がない変更があります', unjudged);
  if (significant.length > 0) throw listed('needs-renewal', '重要な変更に当たる変更、又は緊急時の変更があります。修正や終了では足りません。評価の再実施（緊急時は事後評価）の案を作ってください', significant);
  if (findings.length > 0 && reason === undefined) throw listed('findings-open', '矛盾又は未記入があります。直すか、このまま決裁する理由を入力してください', findings);
  if (version.writers.has(person)) throw refused('samePerson', conflict('same-person', 'この版に書いた本人は決裁できません。別の職員が決裁してください'));
  // Nothing is written any more after the submission: what cannot be published is told before.
  if (length > DOCUMENT_MAX - ROOM) throw conflict('too-long', `このまま公表すると、文書が${(DOCUMENT_MAX - ROOM).toLocaleString()}字を超えます（${length.toLocaleString()}字）。短くしてください`);
  if (problem !== undefined) throw conflict('not-publishable', `このままでは公表できません（${problem}）`);
  return [event(AssessmentDecided, { on, content }, reason === undefined ? {} : { reason })];
}

function listed(code: string, title: string, places: readonly Pointed[]): Problem {
  return new Problem(409, code, title, { errors: places.slice(0, NAMED).map((place) => ({ path: '', code, ...place })), count: places.length });
}

export function withdrawDecision({ reason }: WithdrawDecision, { steps }: Version): readonly NewDomainEvent[] {
  if (!steps.decision) throw conflict('not-decided', 'この版は決裁されていません');
  if (steps.submission) throw conflict('submitted', '提出した版の決裁は取り消せません');
  if (reason === undefined) throw unacceptable('reason-required', '決裁の取消しには理由が必要です');
  return [event(DecisionWithdrawn, {}, { reason })];
}

function expectDrafted({ drafted, abandoned }: Version): void {
  if (!drafted) throw conflict('not-drafted', 'この版はまだ作られていません');
  if (abandoned) throw conflict('draft-abandoned', 'この案は取りやめられています');
}

export function submitAssessment({ on, simulated = false, reference }: SubmitAssessment, version: Version, { today }: Occasion): readonly NewDomainEvent[] {
  expectDrafted(version);
  // What was rehearsed is submitted in earnest at any time after: also once the version is published.
  const settles = isSimulated(version.steps) && !simulated;
  expectStep('submission', version, today, { path: '/on', first: on }, settles);
  return [event(AssessmentSubmitted, { on, simulated }, reference === undefined ? {} : { reference })];
}

/** The document as it is published. */
export interface PublicationFacts {
  readonly document: string;
  readonly digest: string;
  readonly content: string;
  readonly rows: number;
  /** another version has been published since the one that it was made from */
  readonly isOutdated?: boolean;
  /** of this version nobody has decided what is not made public, as it is now, where the one that it was made from withholds parts */
  readonly withholdingOpen?: boolean;
  /** why no later version could begin with it */
  readonly problem?: string;
}

export function publishAssessment({ on, where }: PublishAssessment, version: Version, { today, facts }: Occasion): readonly NewDomainEvent[] {
  expectDrafted(version);
  expectStep('publication', version, today, { path: '/on', first: on });
  const { document, digest, content, rows, isOutdated, withholdingOpen } = lookedUp<PublicationFacts>(facts);
  if (isOutdated) throw conflict('base-outdated', 'もとにした版より後に、別の版が公表されています。この案は公表できません。新しい版をもとに案を作り直してください');
  if (document.length > DOCUMENT_MAX) throw conflict('too-long', `文書が${DOCUMENT_MAX.toLocaleString()}字を超えるので、公表を記録できません`);
  if (content !== version.steps.decision!.content) throw conflict('content-changed', '決裁された内容と違います。決裁を取り消して、やり直してください');
  if (withholdingOpen) throw conflict('withholding-open', 'もとの版に公表しない部分があるか、公表しないとした繰返しが除かれています。この版の公表しない部分（ないときは、ないこと）を決めてから公表してください');
  const ends = version.drafted!.kind === 'ending';
  return [event(AssessmentPublished, { on, document: digest, content, rows, ...(ends && { publicUntil: addYears(on, PUBLIC_YEARS) }) }, { document, ...(where !== undefined && { where }) })];
}

export function takeYearlyLook({ on, amend, remarks }: TakeYearlyLook, version: Version, { today }: Occasion): readonly NewDomainEvent[] {
  if (!version.published) throw conflict('not-published', '見直すのは公表された版です');
  if (on > today) throw unacceptableAt('/on', 'in-the-future', '今日より後の日は記録できません');
  return [event(YearlyLookTaken, { on, amend }, remarks === undefined ? {} : { remarks })];
}

export function abandonDraft({ reason }: { readonly reason?: string }, version: Version): readonly NewDomainEvent[] {
  expectDrafted(version);
  if (version.published) throw conflict('published', '公表された版は取りやめられません。終了の版を作ってください');
  if (version.steps.submission && !isSimulated(version.steps)) throw conflict('submitted', '提出した版は取りやめられません');
  if (reason === undefined) throw unacceptable('reason-required', '取りやめには理由が必要です');
  return [event(DraftAbandoned, {}, { reason })];
}
