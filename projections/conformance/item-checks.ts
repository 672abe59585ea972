import { isTicks, type Answer } from '../../src/assessments/answers/assessment.js';
import type { EvidenceRule } from '../../src/handling/declaration.js';
import type { Rule } from '../../src/handling/rules.js';
import { incidents } from './awaited.js';
import { boxOf, handlersOf, inBand, isTicked, ofKind, optionOf, type ItemCheck, type Written } from './item-check.js';
import { together, tally, type Act, type Sum } from './practice.js';
import { atAll, delivery, ofParty, partyAtAll, partyList, subEntrusted } from './party-checks.js';
import { LOG_QUERY, among, byFindings, count, dayOf, held, joined, lookAt, unchecked, type Outcome, type Scene } from './verdict.js';

/** What stands in one column of the handlings, against what a rule and the boxes allow. */
const listed = (rule: Rule, of: string | null, column: 'counterpart' | 'method' | 'purpose' | 'department'): ItemCheck => (scene, written) => {
  const allowed = new Set(scene.file.items[rule]?.values.map(({ code }) => code));
  return among(scene, {
    acts: of === null ? scene.done.filter((act) => act.kind !== 'erasure' && act.kind !== 'keeping') : ofKind(scene.done, of), by: (act) => act[column],
    isWritten: (code) => allowed.has(code) && isTicked(written, code), labelOf: (code) => scene.label(column, code), term: column, rule, ...(of !== null && { kind: of }),
  });
};

/** Purposes are chosen for what is taken in and used. */
const purposes: ItemCheck = (scene) => {
  const allowed = new Set(scene.file.items.purpose?.values.map(({ code }) => code));
  return among(scene, { acts: scene.done.filter((act) => act.kind === 'acquisition' || act.kind === 'use'), by: (act) => act.purpose, isWritten: (code) => allowed.has(code), labelOf: (code) => scene.label('purpose', code), term: 'purpose', rule: 'purpose' });
};

export const items: ItemCheck = (scene) => {
  const allowed = new Set(scene.file.items.items?.values.map(({ code }) => code));
  return among(scene, { acts: scene.done, by: (act) => act.items, isWritten: (code) => allowed.has(code), labelOf: (code) => scene.label('item', code), rule: 'items' });
};

const findings = (rule: Rule): ItemCheck => (scene) => byFindings(scene, rule, scene.file.items[rule]?.values.map(({ label }) => label) ?? []);

const OWN_STAFF = ['staff', 'fixed-term'] as const;
const ENTRUSTED = ['entrusted', 'sub-entrusted'] as const;

const handlers = (kinds: readonly string[]): ItemCheck => (scene, written) => {
  const figure = handlersOf(scene, kinds).size;
  const shown = count(figure, '人');
  const note = kinds === OWN_STAFF ? '期間に取り扱った職員（アカウントではなく人）の数' : '期間に取り扱った委託先・再委託先の従業者の数。委託事項ごとの内訳は取扱記録にない';
  if (figure === 0) return { verdict: 'nothing', shown: '実績なし（0人）', query: '取扱者の集計', note };
  const outcome = inBand(optionOf(written), figure, shown, '取扱者の集計');
  return { ...outcome, note: joined(outcome.note, note), look: lookAt(scene) };
};

/** 取扱者数 of one 委託事項: the log does not tell whose workers they are, so all of them together are a bound that each of several stays within. */
const entrustedHandlers: ItemCheck = (scene, written) => {
  const outcome = handlers(ENTRUSTED)(scene, written);
  const option = optionOf(written);
  if ((scene.file.items.entrustee?.values.length ?? 0) < 2 || option?.min === undefined || outcome.verdict === 'nothing') return outcome;
  const figure = handlersOf(scene, ENTRUSTED).size;
  if (figure < option.min) return { ...outcome, verdict: 'differs' };
  const isHanded = scene.done.some((act) => act.kind === 'entrustment' && act.counterpart === written.party?.code);
  return { ...outcome, verdict: isHanded && option.min === 0 && outcome.verdict === 'agrees' ? 'agrees' : 'nothing' };
};

export const subjectsInBand: ItemCheck = ({ facts, file }, written) => {
  const figure = facts.subjects.get(file.code) ?? 0;
  if (figure === 0 && optionOf(written)?.min !== undefined) return { verdict: 'nothing', shown: '登録された本人なし（0人）', query: '台帳の本人の数（登録−消去）' };
  const outcome = inBand(optionOf(written), figure, count(figure, '人'), '台帳の本人の数（登録−消去）');
  return { ...outcome, note: joined(outcome.note, '読み取った位置で登録され、消去されていない本人') };
};

/** The items that are written, of which some have to have been handled: otherwise two writings are compared, and nothing that was done. */
const itemBand: ItemCheck = ({ file, done }, written) => {
  const values = file.items.items?.values ?? [];
  const used = new Set(done.flatMap(({ items: named }) => named));
  const outcome = inBand(optionOf(written), values.length, `${count(values.length, '項目')}（記載事項の記録項目）、うち取り扱ったもの ${count(values.filter(({ code }) => used.has(code)).length, '項目')}`, '記載事項と取扱記録の集計');
  return outcome.verdict === 'agrees' && used.size === 0 ? { ...outcome, verdict: 'nothing' } : outcome;
};

/** What is said not to be done: it differs where it was; it agrees only where the ledger holds handlings among which it would stand. */
function absent(found: Sum, among: readonly Act[]): Pick<Outcome, 'verdict'> {
  return { verdict: found.count > 0 ? 'differs' : together(among).count > 0 ? 'agrees' : 'nothing' };
}

/** How often something was done; that it was not, among how many handlings. */
function seen(found: Sum, among: readonly Act[]): string {
  const all = together(among);
  return found.count > 0 ? count(found.count) : all.count > 0 ? `実績なし（取扱い ${count(all.count)}のうち0件）` : '実績なし（0件）';
}

const mainItems: ItemCheck = (scene, { answer }) => {
  const number = scene.done.filter((act) => act.items.includes(scene.file.numberItem));
  const sum = together(number);
  if (!isTicks(answer)) return unchecked('選択欄が読み取れない');
  const ofItems = scene.done.filter((act) => act.items.length > 0);
  const base = { shown: `個人番号の取扱い ${seen(sum, ofItems)}`, sum, note: '機械で確かめるのは個人番号の欄だけ。ほかの欄は記録項目との対応を人が確かめる', query: LOG_QUERY };
  return answer.ticked.includes('myNumber') ? { ...base, verdict: sum.count > 0 ? 'agrees' : 'nothing' } : { ...base, ...absent(sum, ofItems) };
};

const since = (moments: 'firstHandling' | 'firstUse'): ItemCheck => ({ facts, file }, { answer }) => {
  const first = facts[moments].get(file.code);
  if (first === undefined) return { verdict: 'nothing', shown: '実績なし', query: '取扱記録の最初の位置' };
  const day = dayOf(first);
  const sum = { count: 1, persons: 0, first: first.position, last: first.position };
  if (typeof answer !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(answer)) return { ...unchecked('日付が書かれていない', `最初の取扱い ${day}`), sum };
  const base = { shown: `最初の取扱い ${day}`, sum, query: '取扱記録の最初の位置' };
  if (day < answer) return { ...base, verdict: 'differs' };
  if (dayOf({ recordedAt: facts.began! }) <= answer) return { ...base, verdict: 'agrees' };
  return { ...base, verdict: 'nothing', note: `台帳の記録は ${dayOf({ recordedAt: facts.began! })} に始まる。本システムの記録が始まる前の取扱いは、この台帳からは分からない` };
};

const MONTHLY = /月次|毎月|月ごと|月に?[１1一](回|度)/;

/** 時期・頻度: of words that name a cycle the months in which something came; the rest is for people to judge. */
const timing = (of: string, isOf: (act: Act, written: Written) => boolean = () => true): ItemCheck => (scene, written) => {
  const acts = ofKind(scene.done, of).filter((act) => isOf(act, written));
  const { wholeMonths } = scene.facts;
  const sum = together(acts);
  if (sum.count === 0) return { verdict: 'nothing', shown: '実績なし（0件）', sum, query: LOG_QUERY };
  const ways = [...tally(acts, (act) => `${act.counterpart === null ? '' : scene.label('counterpart', act.counterpart)}・${act.method === null ? '' : scene.label('method', act.method)}`)].map(([way, rows]) => {
    const months = new Set(rows.map(({ month }) => month));
    return { way, came: wholeMonths.filter((month) => months.has(month)).length, missing: wholeMonths.filter((month) => !months.has(month)) };
  });
  const shown = ways.map(({ way, came }) => `${way} ${wholeMonths.length}か月のうち${came}か月`).join('、');
  const base = { shown, sum, query: '月ごとの集計', look: lookAt(scene, { kind: of }) };
  if (typeof written.answer !== 'string' || !MONTHLY.test(written.answer)) return { ...base, verdict: 'unchecked', note: '書かれた時期・頻度に、機械で確かめられる周期（月次・毎月等）がない' };
  if (wholeMonths.length === 0) return { ...base, verdict: 'nothing', note: '期間に、まる一月がない' };
  const isKept = ways.some(({ missing }) => missing.length === 0);
  return { ...base, verdict: isKept ? 'agrees' : 'differs', note: isKept ? '毎月あったものがある' : joined('毎月あったものがない', ways.map(({ way, missing }) => `${way}のない月: ${missing.map((month) => month.slice(0, 7)).join('、')}`).join('、')) };
};

const notice: ItemCheck = (scene) => {
  const own = ofKind(scene.done, 'acquisition').filter((act) => act.counterpart !== null && boxOf(act.counterpart) === 'self');
  const shownTo = together(own.filter((act) => act.evidence.includes('purpose-notice')));
  const isAll = shownTo.count > 0 && shownTo.count === together(own).count;
  return { verdict: isAll ? 'agrees' : 'nothing', shown: `本人からの入手 ${count(together(own).count)}のうち、利用目的の明示の証拠 ${count(shownTo.count)}`, sum: shownTo, query: LOG_QUERY, look: lookAt(scene, { kind: 'acquisition' }) };
};

/** 法令上の根拠 of what handles the number, of what goes over the network. */
export const useGround: ItemCheck = (scene) => {
  const allowed = new Set(scene.file.items.useGround?.values.map(({ code }) => code));
  const acts = scene.done.filter((act) => act.items.includes(scene.file.numberItem) && !['provision', 'transfer', 'erasure'].includes(act.kind));
  return among(scene, { acts, by: (act) => act.ground ?? 'unknown', isWritten: (code) => allowed.has(code), labelOf: (code) => scene.label('ground', code), rule: 'useGround' });
};

export function linkActs({ declaration, done }: Scene): readonly Act[] {
  const links = new Set(declaration.legalGrounds.filter((row) => row.kind === 'link').map(({ code }) => code));
  return done.filter((act) => act.method === 'info-network' || (act.ground !== null && links.has(act.ground)));
}

/** Whether a rule of evidence asks it of a handling. */
export function isAsked({ when }: EvidenceRule, { kind: of, counterpart, items: named }: Act): boolean {
  return of === when.kind && (when.source ?? when.counterpart)?.includes(counterpart ?? '') !== false && when.items?.some((one) => named.includes(one)) !== false;
}

const linkGround: ItemCheck = (scene) => {
  const allowed = new Set(scene.file.items.linkGround?.values.map(({ code }) => code));
  return among(scene, { acts: linkActs(scene), by: (act) => act.ground ?? 'unknown', isWritten: (code) => allowed.has(code) || scene.declaration.legalGrounds.some((row) => row.code === code && row.kind !== 'link'), labelOf: (code) => scene.label('ground', code), rule: 'linkGround' });
};

const linkStatus: ItemCheck = (scene, { answer }) => {
  const sum = together(linkActs(scene));
  const base = { shown: `情報提供ネットワークシステムによる取扱い ${seen(sum, scene.done)}`, sum, query: LOG_QUERY };
  if (answer === 'do') return { ...base, verdict: sum.count > 0 ? 'agrees' : 'nothing' };
  if (answer === 'doNot') return { ...base, ...absent(sum, scene.done) };
  return { ...base, verdict: sum.count > 0 ? 'differs' : 'unchecked', note: '実施の有無が定まっていない（未定）' };
};

/** Whether something is done at all, against a box or an option that says so. */
export const whetherAny = (of: string, says: (answer: Answer | undefined) => boolean | undefined): ItemCheck => (scene, { answer }) => {
  const sum = together(ofKind(scene.done, of));
  const base = { shown: seen(sum, scene.done), sum, query: LOG_QUERY, look: lookAt(scene, { kind: of }) };
  const isSaid = says(answer);
  if (isSaid === undefined) return { ...base, verdict: 'unchecked', note: '書かれていない、又は読み取れない' };
  if (isSaid) return { ...base, verdict: sum.count > 0 ? 'agrees' : 'nothing' };
  return { ...base, ...absent(sum, scene.done) };
};

/** 委託の有無: what was handed over, and the people of an entrustee at work. */
const entrusts: ItemCheck = (scene, written) => {
  const outcome = whetherAny('entrustment', (answer) => (answer === 'entrust' ? true : answer === 'notEntrust' ? false : undefined))(scene, written);
  const workers = handlersOf(scene, ENTRUSTED).size;
  if (workers === 0) return outcome;
  const base = { ...outcome, shown: `${outcome.shown}、委託先の従業者による取扱い ${count(workers, '人')}` };
  return outcome.verdict === 'unchecked' ? base : { ...base, verdict: written.answer === 'notEntrust' ? 'differs' : 'agrees' };
};

const provisionStatus: ItemCheck = (scene, written) => {
  const parts = (['provides', 'transfers'] as const).map((box) => whetherAny(box === 'provides' ? 'provision' : 'transfer', (answer) => (isTicks(answer) ? answer.ticked.includes(box) : undefined))(scene, written));
  const verdict = (['differs', 'unchecked', 'nothing', 'agrees'] as const).find((one) => parts.some((part) => part.verdict === one))!; // both have to be proven
  return { verdict, shown: `提供 ${parts[0]!.shown}、移転 ${parts[1]!.shown}`, sum: together(parts.flatMap(({ sum }) => sum ?? [])), query: LOG_QUERY };
};

/** How many others there are, against the figure beside the box. */
export const howMany = (of: string, unit = '件'): ItemCheck => (scene, { answer }) => {
  const parties = tally(ofKind(scene.done, of), (act) => act.counterpart);
  const sum = together([...parties.values()].flat());
  const base = { shown: `実績のある相手 ${count(parties.size, unit)}`, sum, query: LOG_QUERY, look: lookAt(scene, { kind: of }) };
  if (typeof answer !== 'number') return { ...base, verdict: 'unchecked', note: '件数が書かれていない' };
  if (answer === 0) return { ...base, ...absent(sum, scene.done), shown: seen(sum, scene.done) };
  if (parties.size >= answer) return { ...base, verdict: parties.size > answer ? 'differs' : 'agrees' };
  return { ...base, verdict: 'nothing', ...(parties.size > 0 && { note: `記載の${count(answer, unit)}のうち、実績のない相手については証跡がない` }) };
};

/** 本人の数 of what is handed to one party: nothing tells of it while nothing has been. */
const partyHeadcount = (of: string): ItemCheck => ofParty(of, (scene, acts, party, written) => (acts.length > 0 ? subjectsInBand(scene, written) : atAll(scene, of, acts, party)));

/** 保管期間 against the oldest record: the day from which it runs is sealed, so only what is beyond doubt is said to differ. */
export const retention: ItemCheck = ({ facts, file }, written) => {
  const oldest = facts.oldest.get(file.code);
  if (oldest === undefined) return { verdict: 'nothing', shown: '保有する記録なし', query: '消去されていない最も古い記録' };
  const day = dayOf(oldest);
  const sum = { count: 1, persons: 0, first: oldest.position, last: oldest.position };
  const base = { shown: `消去されていない最も古い記録 ${day}`, sum, query: '消去されていない最も古い記録' };
  const option = optionOf(written);
  if (option?.min === undefined) return { ...base, verdict: 'unchecked', note: '期間が定められていない、又は書かれていない' };
  const years = (Date.parse(facts.practice.period.to) - Date.parse(oldest.recordedAt)) / (365.25 * 86_400_000);
  return { ...base, verdict: option.below !== undefined && years >= option.below ? 'differs' : 'unchecked', note: '記録された日からでも期間を過ぎたものだけを乖離とする。起算日（接種日・年度）は封をした値のため、ほかは監査の問8で確かめる' };
};

const underRule = (rule: Rule, check: ItemCheck): ItemCheck => (scene, written) => held(scene, rule, check(scene, written));

/** A system of the document: what was done in it, of whatever file. */
const systemAtAll: ItemCheck = ({ facts }, { party }) => {
  if (!party) return unchecked('記載事項に、このシステムに対応する符号がない');
  const sum = together(facts.practice.acts.filter(({ system, outcome }) => system === party.code && outcome !== 'refused'));
  return { verdict: sum.count > 0 ? 'agrees' : 'nothing', shown: sum.count > 0 ? count(sum.count) : '実績なし（0件）', sum, query: LOG_QUERY };
};

const whole: ItemCheck = (scene) => {
  const sum = together(scene.done);
  return { verdict: sum.count > 0 ? 'agrees' : 'nothing', shown: sum.count > 0 ? count(sum.count) : '実績なし（0件）', sum, query: LOG_QUERY, look: lookAt(scene) };
};

/** The items of the forms that the ledger can be asked about, by id. */
export const ITEM_CHECKS: Readonly<Record<string, ItemCheck>> = {
  'basic.affair.headcount': subjectsInBand,
  'basic.systems.name': systemAtAll,
  'basic.numberUse.legalBasis': useGround,
  'basic.networkLink.status': linkStatus,
  'basic.networkLink.legalBasis': linkGround,
  'file.name': whole,
  'file.headcount': subjectsInBand,
  'file.scope': findings('scope'),
  'file.itemBand': itemBand,
  'file.mainItems': mainItems,
  'file.allItems': items,
  'file.recordItems': items,
  'file.heldSince': since('firstHandling'),
  'file.acquisition.sources': listed('source', 'acquisition', 'counterpart'),
  'file.acquisition.methods': listed('method', 'acquisition', 'method'),
  'file.acquisition.timing': timing('acquisition'),
  'file.acquisition.notice': notice,
  'file.use.purpose': purposes,
  'file.use.departments': listed('department', null, 'department'),
  'file.use.userCount': handlers(OWN_STAFF),
  'file.use.matching': findings('matching'),
  'file.use.statistics': findings('statistics'),
  'file.use.decisions': findings('decision'),
  'file.use.startedOn': since('firstUse'),
  'file.entrustment.status': entrusts,
  'file.entrustment.count': howMany('entrustment'),
  'file.entrustments': listed('entrustee', 'entrustment', 'counterpart'),
  'file.entrustments.title': underRule('entrustee', partyAtAll('entrustment')),
  'file.entrustments.headcount': partyHeadcount('entrustment'),
  'file.entrustments.handlerCount': entrustedHandlers,
  'file.entrustments.delivery': delivery,
  'file.entrustments.sub.status': subEntrusted,
  'file.provision.status': provisionStatus,
  'file.provision.recipientCount': howMany('provision'),
  'file.provision.transferCount': howMany('transfer'),
  'file.recipients': (scene) => among(scene, { acts: ofKind(scene.done, 'provision'), by: (act) => act.counterpart ?? 'unknown', isWritten: (code) => scene.file.recipients.some((one) => one.code === code), labelOf: (code) => scene.label('counterpart', code), term: 'counterpart', kind: 'provision', rule: 'recipient' }),
  'file.recipients.name': underRule('recipient', partyAtAll('provision')),
  'file.recipients.legalBasis': partyList('provision', 'ground', ({ grounds }) => grounds, 'provisionGround'),
  'file.recipients.information': partyList('provision', 'items', ({ information }) => information, 'information'),
  'file.recipients.headcount': partyHeadcount('provision'),
  'file.recipients.method': partyList('provision', 'method', ({ methods }) => methods, 'provisionMethod'),
  'file.recipients.timing': timing('provision', (act, { party }) => act.counterpart === party?.code),
  'file.transfers': (scene) => among(scene, { acts: ofKind(scene.done, 'transfer'), by: (act) => act.counterpart ?? 'unknown', isWritten: (code) => scene.file.transferees.some((one) => one.code === code), labelOf: (code) => scene.label('counterpart', code), term: 'counterpart', kind: 'transfer', rule: 'transferee' }),
  'file.transfers.name': underRule('transferee', partyAtAll('transfer')),
  'file.transfers.legalBasis': partyList('transfer', 'ground', ({ grounds }) => grounds, 'transferGround'),
  'file.transfers.information': partyList('transfer', 'items', ({ information }) => information, 'transferInformation'),
  'file.transfers.headcount': partyHeadcount('transfer'),
  'file.transfers.method': partyList('transfer', 'method', ({ methods }) => methods, 'transferMethod'),
  'file.transfers.timing': timing('transfer', (act, { party }) => act.counterpart === party?.code),
  'file.storage.place': findings('place'),
  'file.storage.period': retention,
  'file.storage.erasure': findings('erasureMethod'),
  'risk.storage.leak.incident': ({ facts }, { answer }) => incidents(facts, answer),
};
