import { LogReviewSigned } from '../../src/access/log-reviews/events.js';
import type { Answer } from '../../src/assessments/answers/assessment.js';
import type { Rule, StandingRule } from '../../src/handling/rules.js';
import { look, reviews, type Types } from './awaited.js';
import { isAsked, linkActs } from './item-checks.js';
import { together, type Act, type Sum } from './practice.js';
import { count, joined, lookAt, ownFacts, unchecked, type Outcome, type Scene } from './verdict.js';

/** What carries out a measure of chapter Ⅲ or Ⅳ: the engine's function with the rules by which it refuses, or the events of a duty that prove it. */
export interface Measure {
  /** Japanese */
  readonly by: string;
  readonly rules?: readonly (Rule | StandingRule)[];
  /** it is that each handling is recorded before it takes effect */
  readonly recorded?: true;
  readonly proofs?: Types;
  /** of what no machine can see: why */
  readonly beyond?: string;
  /** kinds of handlings that the risk is about; none: of any */
  readonly kinds?: readonly string[];
}

const GUARD = '取扱いのたびに照合規則で確かめ、記載外を拒否する機能';
const ENTRUSTMENT = '委託の台帳（契約・従事者・受渡し・報告）';

/** By the id of the item; one that is not here goes by the nearest above it. */
const CARRIED_OUT: Readonly<Record<string, Measure>> = {
  'risk.acquisition.offPurpose': { by: GUARD, rules: ['scope', 'source', 'items', 'purpose'] },
  'risk.acquisition.offPurpose.subjects': { by: GUARD, rules: ['scope', 'source'] },
  'risk.acquisition.offPurpose.items': { by: GUARD, rules: ['items'] },
  'risk.acquisition.offPurpose.other': { by: '本人の同意を確かめる機能', rules: ['consent'] },
  'risk.acquisition.improperMethod': { by: GUARD, rules: ['method', 'source'] },
  'risk.acquisition.inaccurate': { by: '本人確認の証拠と二人目の確認を求める機能', rules: ['identity', 'secondPerson'], proofs: ['VaccinationConfirmed', 'EvidenceRecorded'] },
  'risk.acquisition.inaccurate.identity': { by: '本人確認の証拠を求める機能', rules: ['identity'], proofs: ['EvidenceRecorded'] },
  'risk.acquisition.inaccurate.numberAuthenticity': { by: '本人確認の証拠を求める機能と検査用数字の確認', rules: ['identity'], proofs: ['NumberRegistered'] },
  'risk.acquisition.inaccurate.accuracy': { by: '二人目の確認を求める機能', rules: ['secondPerson', 'samePerson'], proofs: ['VaccinationConfirmed'] },
  'risk.acquisition.leak': { by: '権限・端末・経路を確かめる機能', rules: ['right', 'terminal', 'channel'], proofs: ['SignedIn'] },
  'risk.use.overLinking': { by: GUARD, rules: ['purpose', 'matching', 'items', 'right'] },
  'risk.use.unauthorised': { by: 'サインイン・権限・端末を確かめる機能', rules: ['right', 'designation', 'terminal', 'department'], proofs: ['SignedIn', 'RightSet', 'RightRevoked', 'ReviewClosed', 'LogReviewSigned'] },
  'risk.use.unauthorised.userAuthentication': { by: 'サインイン（本人ごとの認証、パスワードの規則、失敗時のロック）', proofs: ['SignedIn', 'SignInRefused', 'AccountLocked', 'PasswordChanged'] },
  'risk.use.unauthorised.rightsIssue': { by: '権限の申請・承認・設定・失効の機能', proofs: ['RightSet', 'RightRevoked', 'RevocationConfirmed'] },
  'risk.use.unauthorised.rights': { by: '権限を確かめる機能と権限の棚卸し', rules: ['right', 'designation'], proofs: ['ReviewClosed'] },
  'risk.use.unauthorised.useRecord': { by: '取扱記録（取扱いの前に記録する機能）と月次ログ点検', recorded: true, proofs: ['LogReviewSigned'] },
  'risk.use.offDuty': { by: '使用目的を確かめる機能、不審な取扱いの点検、月次ログ点検', rules: ['purpose', 'self'], proofs: ['FindingExamined', 'FindingClosed', 'LogReviewSigned', 'Training*'] },
  'risk.use.copying': { by: '出力・持出しの承認の機能', rules: ['policy', 'samePerson', 'taken'], proofs: ['ExportApproved', 'TakeOutApproved', 'PrintDisposed', 'ExportErased'] },
  'risk.entrustment': { by: ENTRUSTMENT, rules: ['entrustee'], proofs: ['Entrustment*', 'HandOver*', 'WorkersReported*', 'VendorReport*'] },
  'risk.entrustment.misuse.organisation': { by: '委託先の選定時の確認', proofs: ['EntrusteeChecked*', 'EntrusteeSelected*'] },
  'risk.entrustment.misuse.accessLimit': { by: '従事者名簿と権限を確かめる機能', rules: ['entrustee', 'right'], proofs: ['WorkersReported*'] },
  'risk.entrustment.misuse.handlingRecord': { by: '委託先からの使用履歴の報告', proofs: ['VendorReport*'] },
  'risk.entrustment.misuse.provisionRule': { by: '受渡しの記録', rules: ['entrustee'], proofs: ['HandOver*'] },
  'risk.entrustment.misuse.erasureRule': { by: '返還・消去の報告', proofs: ['VendorErasure*', 'ReturnObligation*'] },
  'risk.entrustment.misuse.contractClauses': { by: '契約条項の確認', proofs: ['EntrustmentStarted', 'EntrustmentContract*'] },
  'risk.entrustment.misuse.subEntrustment': { by: '再委託の許諾の記録', proofs: ['SubEntrustment*'] },
  'risk.provision.improper': { by: GUARD, rules: ['recipient', 'information', 'transferee', 'transferInformation', 'provisionGround', 'transferGround', 'protection'], proofs: ['InformationProvided', 'InformationTransferred'] },
  'risk.provision.improper.record': { by: '提供・移転の前に記録する機能', proofs: ['InformationProvided', 'InformationTransferred'] },
  'risk.provision.improperMethod': { by: GUARD, rules: ['provisionMethod', 'transferMethod'] },
  'risk.provision.mistaken': { by: '送付先等の確認と二人目の確認を求める機能', rules: ['protection', 'secondPerson', 'recipient'] },
  'risk.network': { by: '情報連携の根拠を確かめる機能と情報提供等の記録', rules: ['linkGround'], proofs: ['InquirySent', 'PermitReceived', 'InquiryResult*', 'ProvisionConfirmed', 'AutoReplyProhibited*', 'ExchangeRecord*'] },
  'risk.storage.leak': { by: '権限・端末・経路を確かめる機能、封をした記録', rules: ['right', 'terminal', 'channel', 'policy'], proofs: ['Backup*'] },
  'risk.storage.leak.organisation': { by: '安全管理体制の記録', proofs: ['SafetyOrganisation*', 'Duty*'] },
  'risk.storage.leak.rules': { by: '安全管理規程の記録', proofs: ['SafetyRules*', 'Duty*'] },
  'risk.storage.leak.awareness': { by: '周知・研修の記録', proofs: ['Training*', 'NoticeAcknowledged*'] },
  'risk.storage.leak.nisc': { by: '', beyond: '政府機関だけの項目' },
  'risk.storage.leak.physical': { by: '', beyond: '入退室・施錠等の物理的対策は台帳に現れない' },
  'risk.storage.leak.technical': { by: '端末・経路・権限を確かめる機能', rules: ['terminal', 'channel', 'right'], proofs: ['TerminalRegistered', 'TerminalRemoved', 'PolicyChangeConfirmed'] },
  'risk.storage.leak.backup': { by: 'バックアップの記録', proofs: ['Backup*'] },
  'risk.storage.leak.incidentProcedure': { by: '事故対応の記録・訓練', proofs: ['Incident*', 'IncidentDrill*'] },
  'risk.storage.leak.deceased': { by: '死亡の異動後の保管', proofs: ['DeceasedNumber*'] },
  'risk.storage.stale': { by: '異動の反映', proofs: ['ResidentChanged'] },
  'risk.storage.notErased': { by: '消去の計画・承認・実施・確認の機能', rules: ['approval', 'erasureMethod'], proofs: ['ErasurePlanned', 'ErasureApproved', 'ErasureVerified'] },
  'control.audit': { by: '自己点検・監査の記録', proofs: ['SelfCheck*', 'Audit*'] },
  'control.audit.selfCheck': { by: '自己点検の記録', proofs: ['SelfCheck*'] },
  'control.audit.audit': { by: '監査の記録', proofs: ['Audit*'] },
  'control.training': { by: '研修の記録', proofs: ['Training*'] },
  'disclosure.request.method': { by: '開示・訂正・利用停止請求の台帳', proofs: ['DisclosureRequest*'] },
  'disclosure.inquiry.handling': { by: '問合せの受付の記録', proofs: ['PublicInquiry*', 'Ticket*'] },
};

/** The kinds of handlings that a part of chapter Ⅲ is about: what was used is no proof of how something was acquired. */
const KINDS: readonly (readonly [part: string, kinds: readonly string[]])[] = [
  ['risk.acquisition', ['acquisition']], ['risk.use', ['use']], ['risk.entrustment', ['entrustment']], ['risk.provision', ['provision', 'transfer']],
];

export const MEASURES: Readonly<Record<string, Measure>> = Object.fromEntries(Object.entries(CARRIED_OUT).map(([id, measure]) => {
  const kinds = KINDS.find(([part]) => id.startsWith(part))?.[1];
  return [id, { ...measure, ...(kinds && { kinds }) }];
}));

/** What carries out an item: its own entry, or the nearest above it. */
export function measureOf(itemId: string): Measure | undefined {
  for (let id = itemId; id !== ''; id = id.slice(0, Math.max(0, id.lastIndexOf('.')))) if (MEASURES[id]) return MEASURES[id];
  return undefined;
}

/** What is said not to be done, or not enough, needs no proof. */
const SAID_NOT: ReadonlySet<Answer> = new Set(['doNot', 'keepNot', 'restrictNot', 'notDefined', 'issues', 'insufficient', 'notSubEntrusted', 'notGovernment']);
const SAID_ENOUGH: ReadonlySet<Answer> = new Set(['strong', 'sufficient']);

const KINDS_OF_RULE: { readonly [rule in Rule]?: readonly string[] } = {
  source: ['acquisition'], method: ['acquisition'], purpose: ['acquisition', 'use'], entrustee: ['entrustment'], recipient: ['provision'], information: ['provision'], provisionMethod: ['provision'], provisionGround: ['provision'],
  transferee: ['transfer'], transferInformation: ['transfer'], transferMethod: ['transfer'], transferGround: ['transfer'], erasureMethod: ['erasure'], place: ['keeping'],
};
/** Of these no handling tells whether there was anything to judge. */
const UNTOLD: ReadonlySet<string> = new Set(['scope', 'matching', 'statistics', 'decision', 'numberClass', 'secondPerson', 'protection', 'samePerson', 'taken', 'policy']);

/** Whether a rule had anything to say about a handling: only then has its function been at work. */
function isAbout(scene: Scene, rule: Rule | StandingRule, act: Act): boolean {
  if (rule === 'linkGround') return linkActs(scene).includes(act);
  if (rule === 'useGround') return act.items.includes(scene.file.numberItem);
  if (EVIDENCED.has(rule)) return scene.file.evidence.some((asked) => asked.rule === rule && isAsked(asked, act));
  if (rule === 'items') return act.items.length > 0;
  return !UNTOLD.has(rule) && (KINDS_OF_RULE[rule as Rule]?.includes(act.kind) ?? true);
}
const EVIDENCED: ReadonlySet<string> = new Set(['consent', 'identity', 'approval']);

/**
 * What the ledger shows of a measure: how many handlings its function judged and when last, what it refused and when last, and what proves the
 * duties beside it. It agrees only where both are there that are named; and never while 月次ログ点検, where that is one of them, is in arrears (K19).
 */
export function checkMeasure(scene: Scene, measure: Measure, answer: Answer | undefined): Outcome {
  if (measure.beyond !== undefined) return unchecked(measure.beyond);
  if (answer !== undefined && SAID_NOT.has(answer)) return unchecked('行っていない、又は課題があると書かれている');
  const { by, rules = [], proofs = [], recorded = false, kinds } = measure;
  const isMeant = ({ kind }: Act): boolean => kinds?.includes(kind) !== false;
  const [done, no] = [scene.done.filter(isMeant), scene.refused.filter(isMeant)];
  const speaks = (act: Act): boolean => rules.some((rule) => act.rules.includes(rule));
  const wasJudged = (act: Act): boolean => act.assurance === 'enforced' && act.version > 0 && (recorded || rules.some((rule) => isAbout(scene, rule, act)));
  const [refused, passed] = [together(no.filter((act) => recorded || speaks(act))), together(done.filter(speaks))];
  const judged = together([...done.filter(wasJudged), ...no.filter((act) => recorded || speaks(act))]);
  const proved = proofs.length === 0 ? undefined : look(ownFacts(scene), { any: proofs });
  const reviewed = proofs.includes(LogReviewSigned.type) ? reviews(scene.facts) : undefined;
  const duty = proofs.length === 1 && reviewed ? reviewed : proved;
  const [hasFunction, isTellable] = [recorded || rules.length > 0, recorded || rules.some((rule) => !UNTOLD.has(rule))];
  const lacks = [
    hasFunction && judged.count === 0 && (isTellable || proofs.length === 0) ? '機能が照合した取扱い' : undefined,
    duty?.verdict === 'nothing' ? '行ったことを示す記録' : undefined,
    reviewed?.verdict === 'differs' && duty !== reviewed ? '毎月の署名（月次ログ点検に署名のない月がある。K19）' : undefined,
  ].filter((part) => part !== undefined);
  const verdict = passed.count > 0 || duty?.verdict === 'differs' ? 'differs' : lacks.length > 0 ? 'nothing' : 'agrees';
  const last = (sum: Sum): string => (sum.last > 0 ? `（最後は位置 ${sum.last}）` : '');
  const shown = joined(
    hasFunction ? `${recorded ? '先に記録した' : '照合した'}取扱い ${count(judged.count)}${last(judged)}、拒否 ${count(refused.count)}${last(refused)}${passed.count > 0 ? `、記載外 ${count(passed.count)}` : ''}` : undefined,
    proved && `証跡となる記録 ${proved.shown}${last(proved.sum!)}`, duty === reviewed ? reviewed?.shown : undefined,
  );
  const enough = verdict === 'nothing' && answer !== undefined && SAID_ENOUGH.has(answer) ? '「十分である」「特に力を入れている」とする証跡がない' : undefined;
  const sum = [passed, refused, proved?.sum, judged].find((one) => one !== undefined && one.count > 0) ?? judged;
  const isRefusals = passed.count + refused.count > 0;
  return {
    verdict, shown, note: joined(`担うもの: ${by}`, verdict === 'nothing' ? `証跡のないもの: ${lacks.join('、')}` : undefined, enough), query: '照合規則ごとの拒否と、事象の種類ごとの集計',
    sum, ...(proofs.length > 0 && { awaits: proofs }), ...(hasFunction && { look: lookAt(scene, isRefusals ? {} : { assurance: 'enforced' }, isRefusals ? 'refusals' : 'handling-log') }),
  };
}
