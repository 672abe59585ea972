import { hash } from 'node:crypto';
import type { Declaration } from '../handling/declaration.js';
import { todayInJapan } from '../codes/plain-date.js';
import { formatWareki } from '../codes/wareki.js';
import { readDeclaration } from '../handling/declaration-file.js';
import { startOfDay } from '../handling/compiled-version.js';
import { event, isErased, type DomainEvent, type EventOf, type NewDomainEvent, type Opened } from '../ledger/event-type.js';
import type { Occasion } from '../walks/context.js';
import { Problem, conflict, refused, unacceptable, unacceptableAt } from '../walks/problem.js';
import { VERSION_MAX, type ConfirmModeChange, type ProposeDeclaration, type ProposeModeChange, type PutAssessmentInForce, type PutDeclarationInForce, type PutProvisionalInForce } from './commands.js';
import { AssessmentPutInForce, DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged, ProvisionalPutInForce } from './events.js';
import type { PublishedFact } from './facts.js';

type Proposed = EventOf<typeof DeclarationProposed>['data'] & { readonly by: string };
type ProposedMode = EventOf<typeof ModeChangeProposed>['data'] & { readonly by: string };

export interface DeclarationState {
  readonly proposed: ReadonlyMap<number, Proposed>;
  /** the document of each version, as it was handed in or put in force: read when it is asked for, which takes milliseconds */
  readonly documents: ReadonlyMap<number, string>;
  /** the version put in force last */
  readonly last: number | null;
  /** by version: the instant from which it holds, or is to hold */
  readonly inForce: ReadonlyMap<number, string>;
  /** the digest of what each version of an assessment was put in force as */
  readonly assessments: ReadonlyMap<string, string>;
  readonly modeChanges: ReadonlyMap<number, ProposedMode>;
  readonly confirmed: ReadonlySet<number>;
}

export const initialState = (): DeclarationState => ({ proposed: new Map(), documents: new Map(), last: null, inForce: new Map(), assessments: new Map(), modeChanges: new Map(), confirmed: new Set() });

export function evolve(state: DeclarationState, happened: DomainEvent): DeclarationState {
  switch (happened.type) {
    case DeclarationProposed.type: {
      const data = happened.data as Proposed;
      const { sealed } = happened as EventOf<typeof DeclarationProposed>;
      return { ...state, proposed: new Map(state.proposed).set(data.version, { ...data, by: happened.actor }), documents: withDocument(state, data.version, sealed) };
    }
    case DeclarationPutInForce.type:
      return { ...state, inForce: new Map(state.inForce).set((happened.data as Proposed).version, startOfDay((happened.data as Proposed).effectiveFrom)), last: (happened.data as Proposed).version };
    case AssessmentPutInForce.type:
    case ProvisionalPutInForce.type: {
      const { version, from, assessment, document } = happened.data as { readonly version: number; readonly from: string; readonly assessment?: string; readonly document: string };
      const { sealed } = happened as EventOf<typeof AssessmentPutInForce>;
      const assessments = assessment === undefined ? state.assessments : new Map(state.assessments).set(assessment, document);
      return { ...state, inForce: new Map([...state.inForce].filter(([, begins]) => begins <= from)).set(version, from), last: version, documents: withDocument(state, version, sealed), assessments };
    }
    case ModeChangeProposed.type: {
      const data = happened.data as ProposedMode;
      return { ...state, modeChanges: new Map(state.modeChanges).set(data.proposal, { ...data, by: happened.actor }) };
    }
    case ModeChanged.type:
      return { ...state, confirmed: new Set(state.confirmed).add((happened.data as ProposedMode).proposal) };
    default:
      return state;
  }
}

function withDocument(state: DeclarationState, version: number, sealed: Opened<{ readonly document: string }>): DeclarationState['documents'] {
  return isErased(sealed) ? state.documents : new Map(state.documents).set(version, sealed.document);
}

/** What a version writes; undefined where that was erased. */
function declared({ documents }: DeclarationState, version: number): Declaration | undefined {
  const document = documents.get(version);
  const reading = document === undefined ? undefined : readDeclaration(document);
  return reading?.ok ? reading.declaration : undefined;
}

export function decide(command: { readonly type: string; readonly data: object }, state: DeclarationState, occasion: Occasion): readonly NewDomainEvent[] {
  switch (command.type) {
    case 'ProposeDeclaration':
      return propose(command.data as ProposeDeclaration, state);
    case 'PutDeclarationInForce':
      return putInForce(command.data as PutDeclarationInForce, state, occasion);
    case 'PutAssessmentInForce':
      return putAssessmentInForce(command.data as PutAssessmentInForce, state, occasion);
    case 'PutProvisionalInForce':
      return putProvisionalInForce(command.data as PutProvisionalInForce, state, occasion);
    case 'ProposeModeChange':
      return proposeMode(command.data as ProposeModeChange, state, occasion);
    case 'ConfirmModeChange':
      return confirmMode(command.data as ConfirmModeChange, state, occasion);
    default:
      throw new Error(`declarations do not decide ${command.type}`);
  }
}

function propose({ document }: ProposeDeclaration, state: DeclarationState): readonly NewDomainEvent[] {
  const { assessment, effectiveFrom } = readable(document);
  expectNoAssessment(state);
  if (assessment.version > VERSION_MAX) throw versionTooLarge();
  if (state.inForce.has(assessment.version)) throw conflict('version-in-force', `第${assessment.version}版はすでに施行されています。版を改めてください`);
  return [event(DeclarationProposed, { version: assessment.version, assessment: assessment.number, effectiveFrom, document: hash('sha256', document) }, { document })];
}

function readable(document: string): Declaration {
  const reading = readDeclaration(document);
  if (reading.ok) return reading.declaration;
  const errors = reading.faults.map(({ line, column, path, message }) => ({ path, code: 'declaration', message: `${line}行${column}桁: ${message}`, line, column }));
  throw unacceptable('invalid-declaration', '記載事項の文書に誤りがあります', errors);
}

/** Once an assessment is in force, what is written comes from assessments: by itself nobody changes it any more. */
function expectNoAssessment({ assessments }: DeclarationState): void {
  if (assessments.size > 0) throw conflict('assessment-in-force', '評価書の版が施行されています。記載事項は、評価書の版を改めて変えてください（緊急時は、暫定の記載事項を施行できます）');
}

function versionTooLarge(): Problem {
  return unacceptable('version-too-large', `版の番号は、${VERSION_MAX.toLocaleString()}以下にしてください`);
}

/** The number after all that were in force or handed in. */
function nextVersion({ inForce, proposed, last }: DeclarationState): number {
  return Math.max(0, last ?? 0, ...inForce.keys(), ...proposed.keys()) + 1;
}

/** What came before is judged by what was in force then: a version that replaces another holds from now on at the earliest. */
function instantFrom({ inForce }: DeclarationState, effectiveFrom: string, now: string): string {
  const from = startOfDay(effectiveFrom);
  return inForce.size === 0 || from > now ? from : now;
}

function putAssessmentInForce({ assessment, effectiveFrom, version, bindings, reason }: PutAssessmentInForce, state: DeclarationState, { person, now, today, facts }: Occasion): readonly NewDomainEvent[] {
  const fact = (facts ?? { problem: 'unknown' }) as PublishedFact;
  if ('problem' in fact) throw notInForce(fact.problem);
  if (bindings !== undefined && bindings !== fact.revision) throw conflict('bindings-changed', '照合する記載が、表示したあとに書き換えられています。読み直してから施行してください');
  const next = version ?? nextVersion(state);
  if (state.inForce.has(next)) throw refused('taken', conflict('version-in-force', `第${next}版はすでに施行されています`));
  if (next < nextVersion(state)) throw unacceptableAt('/version', 'version-not-next', '版の番号は、これまでの版より大きくしてください');
  const from = effectiveFrom ?? (state.inForce.size === 0 ? fact.publishedOn : today);
  if (state.inForce.size > 0 && from < today) throw unacceptableAt('/effectiveFrom', 'past', '今日以後の日で指定してください。すでに行われた取扱いは、その時に施行されていた版で照合されています');
  if (fact.boundBy.has(person)) throw refused('samePerson', conflict('same-person', '照合する記載を書いた本人は施行できません。別の職員が施行してください'));
  const text = fact.declaration(next, from);
  expectAffair(readable(text).affair.code, state, fact.affair);
  const document = hash('sha256', text);
  if (fact.unbacked.length > 0 && reason === undefined) {
    throw new Problem(409, 'unbacked', '照合する記載と評価書の文が合わないところ、又は確かめるところがあります。直すか、このまま施行する理由を入力してください', { errors: fact.unbacked.slice(0, 50).map((message) => ({ path: '', code: 'unbacked', message })) });
  }
  const instant = instantFrom(state, from, now);
  const waiting = [...state.inForce].filter(([, begins]) => begins > instant).map(([one, begins]) => `第${one}版（${formatWareki(todayInJapan(new Date(begins)))}から）`);
  if (waiting.length > 0 && reason === undefined) throw conflict('version-waits', `${waiting.join('、')}の施行を待っています。先に施行すると、待っている版は施行されません。それでよければ、理由を入力してください`);
  return [event(AssessmentPutInForce, { version: next, effectiveFrom: from, from: instant, assessment, published: fact.digest, document }, { document: text, ...(reason !== undefined && { reason }) })];
}

/** Versions follow each other in one line: what is put in force replaces what was, and the written items of another affair with it. */
function expectAffair(affair: string, state: DeclarationState, drafted = affair): void {
  if (affair !== drafted) throw unacceptable('affair-differs', '照合する記載の事務が、評価書の事務と違います。照合する記載を直してください');
  const before = state.last === null ? undefined : declared(state, state.last)?.affair.code;
  if (before !== undefined && before !== affair) throw conflict('other-affair', '別の事務の記載事項が施行されています。施行すると置き換わり、その事務の取扱いがすべて拒否になるので、施行できません');
}

function notInForce(problem: 'unknown' | 'unpublished' | 'unbound' | 'ended'): Problem {
  if (problem === 'ended') return conflict('affair-ended', '事務の終了の版は施行できません');
  if (problem === 'unknown') return unacceptableAt('/assessment', 'unknown-assessment', 'この評価書の版はありません');
  if (problem === 'unpublished') return conflict('not-published', '公表されていない版は施行できません');
  return conflict('not-bound', '照合する記載がありません。先に、照合する記載を書いてください');
}

/** Handling goes first and the assessment follows without delay: one named person answers for it, with the ground. */
function putProvisionalInForce({ document, reason }: PutProvisionalInForce, state: DeclarationState, { now, today }: Occasion): readonly NewDomainEvent[] {
  const { assessment, effectiveFrom, affair } = readable(document);
  if (reason === undefined) throw unacceptable('reason-required', '暫定の記載事項の施行には、規則第9条第2項を適用する理由が必要です');
  if (assessment.version < nextVersion(state)) throw unacceptable('version-not-next', `版の番号は、これまでの版より大きくしてください（次は第${nextVersion(state)}版）`);
  if (assessment.version > VERSION_MAX) throw versionTooLarge();
  expectAffair(affair.code, state);
  if (effectiveFrom < today) throw unacceptable('past', '施行の日（effectiveFrom）は、今日以後の日で指定してください');
  return [event(ProvisionalPutInForce, { version: assessment.version, effectiveFrom, from: instantFrom(state, effectiveFrom, now), document: hash('sha256', document) }, { document, reason })];
}

/** Putting a version in force may loosen modes, so it takes a second person like any change of a mode. */
function putInForce({ version }: PutDeclarationInForce, state: DeclarationState, { person }: Occasion): readonly NewDomainEvent[] {
  const proposed = state.proposed.get(version);
  expectNoAssessment(state);
  if (!proposed) throw conflict('not-proposed', `第${version}版は提出されていません`);
  if (state.inForce.has(version)) throw refused('taken', conflict('version-in-force', `第${version}版はすでに施行されています`));
  if (proposed.by === person) throw refused('samePerson', conflict('same-person', '提出した本人は施行できません。別の職員が施行してください'));
  const affair = declared(state, version)?.affair.code;
  if (affair !== undefined) expectAffair(affair, state);
  return [event(DeclarationPutInForce, { version, effectiveFrom: proposed.effectiveFrom, document: proposed.document }, {})];
}

function proposeMode(change: ProposeModeChange, state: DeclarationState, { today }: Occasion): readonly NewDomainEvent[] {
  const { version, file, rule, mode, until, reason } = change;
  if (!state.inForce.has(version)) throw conflict('not-in-force', `第${version}版は施行されていません`);
  if (reason === undefined) throw unacceptable('reason-required', '照合の方式の変更には理由が必要です');
  if (!declared(state, version)?.files.some(({ code }) => code === file)) throw unacceptable('unknown-file', 'この版に記載のない特定個人情報ファイルです');
  if (mode === 'observe' && until === undefined) throw unacceptable('until-required', '「observe」には終了日が必要です');
  if (until !== undefined && until < today) throw unacceptable('until-past', '終了日が過去の日付です');
  const proposal = state.modeChanges.size + 1;
  return [event(ModeChangeProposed, { proposal, version, file, rule, mode, ...(until && { until }) }, { reason })];
}

function confirmMode({ proposal }: ConfirmModeChange, state: DeclarationState, { person }: Occasion): readonly NewDomainEvent[] {
  const change = state.modeChanges.get(proposal);
  if (!change) throw conflict('not-proposed', 'この番号の変更案はありません');
  if (state.confirmed.has(proposal)) throw refused('taken', conflict('already-confirmed', 'この変更案はすでに承認されています'));
  if (change.by === person) throw refused('samePerson', conflict('same-person', '変更案を出した本人は承認できません。別の職員が承認してください'));
  const { by: _, ...data } = change;
  return [event(ModeChanged, data, {})];
}
