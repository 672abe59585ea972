import type { Rule } from '../../src/handling/rules.js';
import { INCIDENTS, happenedOf, look, reviews, typesOf, type Awaited, type Types } from './awaited.js';
import { handlersOf, type Written } from './item-check.js';
import { ITEM_CHECKS, isAsked, items, linkActs, retention, subjectsInBand, useGround, whetherAny } from './item-checks.js';
import { NOTHING, together, type Act, type Site } from './practice.js';
import { LOG_QUERY, byFindings, count, held, joined, lookAt, ownFacts, unchecked, type Outcome, type Scene, type Verdict } from './verdict.js';

/** One named comparison of what is written with what was done, over several items or beyond the form. */
export interface KCheck {
  readonly id: string;
  /** Japanese */
  readonly title: string;
  /** the item of the form in which it is written */
  readonly itemId: string;
  /** once for the agency, not for each file */
  readonly once?: true;
  /** types of events that have to exist for it: what none of the registers has is shown as 証跡なし */
  readonly awaits?: Types;
  readonly run: (scene: Scene, cellOf: (itemId: string) => Written) => Outcome;
  /** what it tells beside: each in a line of its own, with events of its own */
  readonly beside?: (scene: Scene) => readonly Outcome[];
}

const item = (id: string): KCheck['run'] => (scene, cellOf) => ITEM_CHECKS[id]!(scene, cellOf(id));

/** Several as one: the first that differs; else as `order` has it. */
function inOne(outcomes: readonly Outcome[], order: readonly Verdict[]): Outcome {
  const one = order.flatMap((verdict) => outcomes.filter((outcome) => outcome.verdict === verdict))[0]!;
  return { ...one, shown: [...new Set(outcomes.map(({ shown }) => shown))].filter(Boolean).join('。'), note: joined(...new Set(outcomes.map(({ note }) => note))) };
}
/** Each of them has to be proven. */
const all = (...outcomes: readonly Outcome[]): Outcome => inOne(outcomes, ['differs', 'unchecked', 'nothing', 'agrees']);
/** One that is proven is enough, where none differs. */
const any = (...outcomes: readonly Outcome[]): Outcome => inOne(outcomes, ['differs', 'agrees', 'nothing', 'unchecked']);

/** Whatever of some handlings should not be. */
function none(scene: Scene, wrong: readonly Act[], of: readonly Act[], what: string, all: string, terms: Readonly<Record<string, string>> = {}, rule?: Rule): Outcome {
  const [bad, seen] = [together(wrong), together(of)];
  return held(scene, rule, {
    verdict: seen.count === 0 ? 'nothing' : bad.count > 0 ? 'differs' : 'agrees', shown: seen.count === 0 ? `${all} 実績なし（0件）` : `${all} ${count(seen.count)}のうち、${what} ${count(bad.count)}`,
    sum: bad.count > 0 ? bad : seen, query: LOG_QUERY, look: lookAt(scene, terms),
  });
}

const awaited = (id: string, title: string, itemId: string, what: Awaited, once?: true): KCheck => ({ id, title, itemId, ...(once && { once }), awaits: typesOf(what), run: (scene) => look(once ? scene.facts : ownFacts(scene), what) });

const isVrs = ({ counterpart, method, system }: Pick<Act, 'counterpart' | 'method' | 'system'>): boolean => [counterpart, method, system].some((code) => code !== null && /(^|[-:])vrs($|[-:])/.test(code));

/** Evidence that the written items ask for, missing from handlings that it is asked of. */
function lacking(scene: Scene, rules: readonly Rule[]): Outcome {
  const asked = scene.file.evidence.filter(({ rule }) => rules.includes(rule));
  if (asked.length === 0) return unchecked('この証拠を求める照合規則の記載がない');
  const of = asked.map((rule) => {
    const acts = scene.done.filter((act) => isAsked(rule, act));
    return { acts, without: acts.filter(({ evidence }) => !evidence.includes(rule.needs)) };
  });
  return none(scene, of.flatMap(({ without }) => without), of.flatMap(({ acts }) => acts), '証拠のないもの', '証拠を要する取扱い', {}, asked[0]!.rule);
}

/** Printed or exported with values of persons, and without anybody's approval. What goes by the procedure of outputs has been approved before it is made. */
const BY_PROCEDURE: Types = ['PrintProduced', 'ExportMade', 'TakenOut'];
const unapproved: KCheck['run'] = (scene) => {
  const out = scene.done.filter(({ extent, items: named, persons }) => (extent === 'exported' || extent === 'printed') && (named.length > 0 || persons > 0));
  return any(none(scene, out.filter(({ type, evidence }) => !BY_PROCEDURE.includes(type) && !evidence.includes('approval')), out, '承認のないもの', '本人の分かる印刷・出力', { extent: 'exported' }), ITEM_CHECKS['file.use.statistics']!(scene, {}));
};

/** By the terminals at which something was done: of those that the ledger does not know nothing tells where they stand. */
interface Zones {
  readonly elsewhere: readonly Site[];
  readonly unknown: readonly Site[];
}

function zonesOf({ facts: { terminals } }: Scene, sites: readonly Site[], isRight: (of: string) => boolean): Zones {
  const classOf = ({ terminal }: Site): string | undefined => (terminal === null ? undefined : terminals.get(terminal));
  return { elsewhere: sites.filter((site) => classOf(site) !== undefined && !isRight(classOf(site)!)), unknown: sites.filter((site) => classOf(site) === undefined) };
}

const UNKNOWN_TERMINAL = '台帳に登録のない端末又は端末の記録のないものは、どの区画によるかの証跡がない';

const numberViews: KCheck['run'] = (scene) => {
  const { handlers, sites } = scene.facts.practice;
  const isShown = (one: { readonly file: string; readonly extent: string | null; readonly outcome: string }): boolean => one.file === scene.file.code && one.extent === 'numberShown' && one.outcome !== 'refused';
  const shown = handlers.filter(isShown);
  const { elsewhere, unknown } = zonesOf(scene, sites.filter(isShown), (of) => !['internet', 'venue-tablet', 'lgwan'].includes(of));
  const outsiders = shown.filter(({ department }) => !scene.file.items.department?.values.some(({ code }) => code === department));
  const [every, wrong, untold] = [together(shown), together([...elsewhere, ...outsiders]), together(unknown)];
  return {
    verdict: wrong.count > 0 ? 'differs' : every.count === 0 || untold.count > 0 ? 'nothing' : 'agrees',
    shown: `番号表示 ${count(every.count)}、使用部署でない部署によるもの ${count(together(outsiders).count)}、個人番号の区画にない端末によるもの ${count(together(elsewhere).count)}、端末の区画が分からないもの ${count(untold.count)}`,
    sum: wrong.count > 0 ? wrong : untold.count > 0 ? untold : every, ...(untold.count > 0 && { note: UNKNOWN_TERMINAL }), query: '取扱者・端末の集計', look: lookAt(scene, { extent: 'numberShown' }),
  };
};

const vrsTerminals: KCheck['run'] = (scene) => {
  const used = scene.facts.practice.sites.filter((site) => site.file === scene.file.code && site.outcome !== 'refused' && isVrs(site));
  const { elsewhere, unknown } = zonesOf(scene, used, (of) => of === 'lgwan');
  const [every, wrong, untold] = [together(used), together(elsewhere), together(unknown)];
  return {
    verdict: wrong.count > 0 ? 'differs' : every.count === 0 || untold.count > 0 ? 'nothing' : 'agrees',
    shown: `VRSの取扱い ${count(every.count)}、LGWAN接続系の端末によらないもの ${count(wrong.count)}、端末の区画が分からないもの ${count(untold.count)}`,
    sum: wrong.count > 0 ? wrong : untold.count > 0 ? untold : every, ...(untold.count > 0 && { note: UNKNOWN_TERMINAL }), query: '端末の集計', look: lookAt(scene),
  };
};

const erasures: KCheck['run'] = (scene) => {
  const { happened } = ownFacts(scene);
  const [approved, started] = [['ErasureApproved'], ['ErasureStarted']].map((types) => happenedOf(happened, types));
  const findings = byFindings(scene, 'approval', []);
  if (started!.count === 0 && findings.verdict !== 'differs') return { verdict: 'nothing', shown: '消去の実施 0件', sum: NOTHING, query: LOG_QUERY };
  const differs = approved!.count < started!.count || findings.verdict === 'differs';
  return { verdict: differs ? 'differs' : 'agrees', shown: `消去の承認 ${count(approved!.count)}、実施 ${count(started!.count)}、承認のない消去として記録したもの ${count(findings.verdict === 'differs' ? findings.sum!.count : 0)}`, note: '日時・担当者・処理内容は、消去の事象そのものが持つ', sum: together(scene.done.filter(({ kind }) => kind === 'erasure')), query: '消去の段階ごとの集計', look: lookAt(scene, { kind: 'erasure' }) };
};

const before: KCheck['run'] = (scene) => {
  const early = scene.done.filter(({ rules, version }) => rules.includes('noneInForce') || (version === 0 && rules.length > 0));
  const unpublished = scene.facts.beforePublication.get(scene.file.code) ?? NOTHING;
  const sum = together([...early, ...(unpublished.count > 0 ? [unpublished] : [])]);
  const looked = together(scene.done);
  return { verdict: sum.count > 0 ? 'differs' : looked.count > 0 ? 'agrees' : 'nothing', shown: `取扱い ${count(looked.count)}のうち、施行前の取扱い ${count(together(early).count)}、公表前の取扱い ${count(unpublished.count)}`, sum, query: LOG_QUERY, look: lookAt(scene) };
};

/** 緊急時 (規則9条2項): what was done is listed, whatever came of it; an assessment that is still awaited is a difference. */
const emergencies = (scene: Scene): readonly Outcome[] => (scene.facts.emergencies.get(scene.file.code) ?? []).map(({ versions, begun, from, published, sum, refused, lastAt }): Outcome => {
  const to = published?.recordedAt ?? lastAt ?? undefined;
  const until = published ? `緊急時の事後評価の公表（位置 ${published.position}）まで` : '読み取った位置まで（事後評価は未公表）';
  return {
    verdict: published === undefined ? 'differs' : 'agrees', sum, query: LOG_QUERY, ...(to !== undefined && { look: { report: 'handling-log', terms: { file: scene.file.code, from, to } } }),
    shown: `緊急時の暫定の記載事項（${versions.map((version) => `第${version}版`).join('、')}）の施行（位置 ${begun.position}）から${until}の取扱い ${count(sum.count)}${refused > 0 ? `（ほかに拒否 ${count(refused)}）` : ''}`,
    note: published ? '緊急時の事後評価（規則9条2項）の公表前の取扱い。期間の外のものも数える' : '緊急時の事後評価（規則9条2項）を速やかに行い、公表する。期間の外のものも数える',
  };
});

const subEntrustment: KCheck['run'] = (scene, cellOf) => {
  const steps = look(ownFacts(scene), { steps: [['承認', ['SubEntrustmentApproved']], ['申請', ['SubEntrustmentRequested']], ['確認', ['SubEntrustmentChecked']], ['決裁', ['SubEntrustmentDecided']]] });
  const workers = handlersOf(scene, ['sub-entrusted']).size;
  const said = ITEM_CHECKS['file.entrustments.sub.status']!(scene, cellOf('file.entrustments.sub.status'));
  if (workers > 0 && steps.verdict === 'nothing') return { ...said, verdict: 'differs', note: '許諾の記録のない再委託先の従業者が取り扱った' };
  return said.verdict === 'differs' ? said : steps;
};

/** The comparisons that are named. The numbers stand in the lists of the desk; what each is written in is the item. */
export const K_CHECKS: readonly KCheck[] = [
  { id: 'K1', title: '入手元が記載のとおりか', itemId: 'file.acquisition.sources', run: item('file.acquisition.sources') },
  { id: 'K2', title: '入手方法が記載のとおりか', itemId: 'file.acquisition.methods', run: item('file.acquisition.methods') },
  { id: 'K3', title: '同意・本人確認を要する入手・提供に、その証拠があるか', itemId: 'risk.acquisition.inaccurate.identity', run: (scene) => lacking(scene, ['consent', 'identity']) },
  { id: 'K4', title: '使用目的が記載のとおりか', itemId: 'file.use.purpose', run: item('file.use.purpose') },
  { id: 'K5', title: '使用者数が記載の幅にあるか', itemId: 'file.use.userCount', run: item('file.use.userCount') },
  { id: 'K6', title: '使用部署が記載のとおりか', itemId: 'file.use.departments', run: item('file.use.departments') },
  { id: 'K7', title: '本人の数が幅にあり、記録項目が記載のとおりか', itemId: 'file.headcount', run: (scene, cellOf) => all(subjectsInBand(scene, cellOf('file.headcount')), items(scene, {})) },
  { id: 'K8', title: '個人を識別できる統計・出力がないか', itemId: 'file.use.statistics', run: unapproved },
  { id: 'K9', title: '権利利益に影響を与え得る決定が記載のとおりか', itemId: 'file.use.decisions', run: item('file.use.decisions') },
  { id: 'K10', title: '委託先・委託の件数・取扱者数が記載のとおりか', itemId: 'file.entrustment.count', run: (scene, cellOf) => all(ITEM_CHECKS['file.entrustments']!(scene, {}), ...(typeof cellOf('file.entrustment.count').answer === 'number' ? [item('file.entrustment.count')(scene, cellOf)] : [])) },
  { id: 'K11', title: '再委託が許諾の手順（申請・確認・決裁・承認）を経ているか', itemId: 'file.entrustments.sub.status', awaits: ['SubEntrustment*'], run: subEntrustment },
  { id: 'K12', title: '提供先・提供する情報・提供方法・根拠が記載のとおりか', itemId: 'file.recipients', run: (scene) => any(ITEM_CHECKS['file.recipients']!(scene, {}), ...scene.file.recipients.flatMap((party) => ['legalBasis', 'information', 'method'].map((part) => ITEM_CHECKS[`file.recipients.${part}`]!(scene, { party })))) },
  { id: 'K13', title: '移転が記載のとおりか', itemId: 'file.provision.transferCount', run: (scene) => (scene.file.transferees.length === 0 ? whetherAny('transfer', () => false)(scene, {}) : ITEM_CHECKS['file.transfers']!(scene, {})) },
  { id: 'K14', title: 'VRSの取扱いがLGWAN接続系の端末によるか', itemId: 'risk.use.unauthorised.other', run: vrsTerminals },
  { id: 'K15', title: '個人番号の表示が、個人番号利用事務の部署と端末によるか', itemId: 'risk.use.overLinking.addressSystem', run: numberViews },
  { id: 'K16', title: '消去に事前の承認と三つの記録があるか', itemId: 'file.storage.erasure', run: erasures },
  { id: 'K17', title: '保管期間を過ぎた記録が消去されているか', itemId: 'file.storage.period', run: (scene, cellOf) => retention(scene, cellOf('file.storage.period')) },
  awaited('K18', '媒体の使用に承認・使用・消去がそろうか', 'risk.use.copying.measures', { steps: [['使用', ['MediumUsed', 'TakenOut']], ['承認', ['MediumApproved', 'MediumUseApproved', 'TakeOutApproved']], ['消去・返却', ['MediumErased', 'TakeOutReturned']]] }, true),
  { id: 'K19', title: 'ログの点検が毎月あるか', itemId: 'risk.use.unauthorised.useRecord.method', once: true, awaits: ['LogReviewSigned'], run: ({ facts }) => reviews(facts) },
  awaited('K20', '自己点検・監査・研修が毎年あるか', 'control.audit.selfCheck', { yearly: [['自己点検', ['SelfCheck*']], ['監査', ['Audit*']], ['研修', ['Training*']]] }, true),
  { id: 'K21', title: '権限が現在の所属と一致するか', itemId: 'risk.use.unauthorised.rightsIssue', once: true, run: ({ facts: { rightsHeld, leftBehind, happened } }) => {
    const set = happenedOf(happened, ['RightSet', 'RightFounded', 'RightRevoked']);
    return { verdict: leftBehind > 0 ? 'differs' : rightsHeld > 0 ? 'agrees' : 'nothing', shown: `有効な権限 ${count(rightsHeld)}のうち、所属と一致しないもの ${count(leftBehind)}、期間の設定・失効 ${count(set.count)}`, sum: set, query: '職員・権限台帳（読み取った位置）', look: { report: 'audit-2', terms: {} } };
  } },
  { id: 'K22', title: '重大事故の答えが事故の記録と一致するか', itemId: 'risk.storage.leak.incident', once: true, awaits: INCIDENTS, run: item('risk.storage.leak.incident') },
  { id: 'K23', title: '施行前・公表前の取扱いがないか', itemId: 'cover.publicationDate', run: before, beside: emergencies },
  { id: 'K24', title: '情報連携の全件に提供許可証があるか', itemId: 'basic.networkLink.legalBasis', run: (scene) => none(scene, linkActs(scene).filter(({ evidence }) => !evidence.includes('permit')), linkActs(scene), '提供許可証のないもの', '情報連携') },
  awaited('K25', '自動応答不可の提供に人の確認があるか', 'risk.network.mistaken.measures', { steps: [['自動応答不可による保留', ['AutoReplyHeld', 'ProvisionHeld']], ['人の確認', ['ProvisionConfirmed']]] }),
  { id: 'K26', title: 'VRSから取り込んだものに個人番号がないか', itemId: 'risk.use.others', run: (scene) => {
    const taken = scene.done.filter((act) => act.kind === 'acquisition' && isVrs(act));
    return none(scene, taken.filter(({ items: named }) => named.includes(scene.file.numberItem)), taken, '個人番号を含むもの', 'VRSからの入手', { kind: 'acquisition' });
  } },
  { id: 'C1', title: '個人番号を取り扱う根拠が記載のとおりか', itemId: 'basic.numberUse.legalBasis', run: (scene) => useGround(scene, {}) },
  { id: 'C2', title: '使用したシステムが記載のとおりか', itemId: 'basic.systems', run: (scene) => none(scene, scene.done.filter(({ system }) => !scene.declaration.systems.some(({ code }) => code === system)), scene.done, '記載のないシステムによるもの', '取扱い') },
  { id: 'C3', title: '他システムの記録・書面による申告で取り込んだ取扱いが記載のとおりか', itemId: 'file.use.method', run: (scene) => {
    const outside = scene.done.filter(({ assurance }) => assurance !== 'enforced');
    return none(scene, outside.filter(({ outcome }) => outcome === 'deviation'), outside, '記載外', '本システムの外での取扱い', { outcome: 'deviation' });
  } },
];

