import { Guard } from '../../src/handling/guard.js';
import type { EvidenceFact, HandlingRequest } from '../../src/handling/request.js';
import { IDENTITY_ARTICLES, type CodedLabel, type Declaration, type DeclaredFile, type EvidenceRule, type LegalGround, type Mode, type WrittenItem } from '../../src/handling/declaration.js';
import type { Rule } from '../../src/handling/rules.js';

/** Written items of an invented assessment, each rule with one value that it writes: `yes-…`. */
export const AT = '2026-11-20T00:30:00.000Z';
export const PERSON = '0193a000-0000-7000-8000-0000000000f1';
export const OTHER_PERSON = '0193a000-0000-7000-8000-0000000000f2';
const ENFORCE: Mode = { mode: 'enforce' };

const labelled = (codes: readonly string[]): readonly CodedLabel[] => codes.map((code) => ({ code, label: `記載 ${code}` }));
export const written = (codes: readonly string[], mode: Mode = ENFORCE): WrittenItem => ({ mode, values: labelled(codes) });

export const GROUNDS: readonly LegalGround[] = [
  { code: 'use-1', kind: 'use', text: '利用の根拠', from: '2024-05-27', until: '2027-03-31', source: '別表', confirmed: true },
  { code: 'use-late', kind: 'use', text: '改正後の利用の根拠', from: '2027-04-01', source: '別表', confirmed: true },
  { code: 'link-1', kind: 'link', text: '連携の根拠', from: '2024-05-27', source: '主務省令', confirmed: true },
  { code: 'link-2', kind: 'link', text: '評価書が挙げていない連携の根拠', from: '2024-05-27', source: '主務省令', confirmed: true },
  { code: 'provide-1', kind: 'provision', text: '提供の根拠', from: '2021-09-01', until: '2027-03-31', source: '番号法第19条', confirmed: true },
  { code: 'ordinance-1', kind: 'provision', text: '条例', from: '2026-12-01', source: '条例', confirmed: true },
];

export const EVIDENCE_RULES: readonly EvidenceRule[] = [
  { rule: 'consent', when: { kind: 'acquisition', source: ['yes-source-asking'] }, needs: 'consent' },
  { rule: 'identity', when: { kind: 'acquisition', source: ['yes-source-self'], items: ['number'] }, needs: 'identity-check', article: 'number-act-16' },
  { rule: 'approval', when: { kind: 'erasure' }, needs: 'approval' },
  { rule: 'secondPerson', when: { kind: 'transfer' }, needs: 'second-person' },
  { rule: 'protection', when: { kind: 'provision', counterpart: ['yes-recipient-careful'] }, needs: 'outward-confirmation' },
];

const FILE_ITEMS: { readonly [rule in Rule]?: WrittenItem } = {
  scope: written(['yes-scope', 'yes-scope-2']),
  items: written(['yes-item', 'yes-item-2', 'number']),
  source: written(['yes-source', 'yes-source-asking', 'yes-source-self']),
  method: written(['yes-method']),
  purpose: written(['yes-purpose']),
  department: written(['yes-department']),
  matching: written(['yes-matching']),
  statistics: written(['yes-statistics']),
  decision: written(['yes-decision']),
  entrustee: written(['yes-entrustee']),
  recipient: written([]),
  information: written([]),
  provisionMethod: written([]),
  transferee: written([]),
  transferInformation: written([]),
  transferMethod: written([]),
  transferGround: written([]),
  place: written(['yes-place']),
  erasureMethod: written(['yes-erasure']),
  useGround: written(['use-1', 'use-late']),
  linkGround: written(['link-1']),
  provisionGround: written([]),
  numberClass: written([]),
  consent: written([]),
  identity: written([]),
  approval: written([]),
  secondPerson: written([]),
  protection: written([]),
};

const party = (code: string, grounds: readonly string[]) => ({ code, label: `相手 ${code}`, grounds, information: ['yes-item', 'number'], methods: ['yes-way'] });

/** One change to the sample: the mode of a rule, a document, another form, other dates. */
export interface Variation {
  readonly modes?: { readonly [rule in Rule]?: Mode };
  readonly documents?: { readonly [rule in Rule]?: string };
  readonly without?: readonly Rule[];
  readonly version?: number;
  readonly effectiveFrom?: string;
  readonly form?: '3' | '4';
  readonly items?: { readonly [rule in Rule]?: WrittenItem };
  readonly evidence?: readonly EvidenceRule[];
  readonly grounds?: readonly LegalGround[];
}

export function declaration(variation: Variation = {}): Declaration {
  const { modes = {}, documents = {}, without = [], version = 3, effectiveFrom = '2026-10-01', form = '4', items = {}, evidence = EVIDENCE_RULES, grounds = GROUNDS } = variation;
  const rules = Object.entries({ ...FILE_ITEMS, ...items }).filter(([rule]) => !without.includes(rule as Rule)) as [Rule, WrittenItem][];
  const file: DeclaredFile = {
    code: 'vaccination',
    label: '予防接種情報ファイル',
    items: Object.fromEntries(rules.map(([rule, item]) => [rule, { ...item, mode: modes[rule] ?? item.mode, ...(documents[rule] && { document: documents[rule] }) }])),
    recipients: [party('yes-recipient', ['provide-1', 'link-1', 'link-2', 'ordinance-1']), party('yes-recipient-careful', ['provide-1'])],
    transferees: [party('yes-transferee', ['provide-1'])],
    evidence,
    numberClasses: ['routine', 'temporary'],
    numberItem: 'number',
  };
  return {
    assessment: { number: 12, form, title: '架空の評価書', version, publishedOn: effectiveFrom },
    effectiveFrom,
    affair: { code: 'vaccination', label: '予防接種に関する事務' },
    systems: labelled(['akashi']),
    legalGrounds: grounds,
    files: [file],
  };
}

export function guardOf(...versions: readonly Declaration[]): Guard {
  const guard = new Guard(new Set(['handling-log']));
  for (const version of versions) guard.putInForce(version);
  return guard;
}

export function evidence(kind: EvidenceFact['kind'], rest: Partial<EvidenceFact> = {}): EvidenceFact {
  return { kind, ref: '0193a000-0000-7000-8000-0000000000e1', subjects: [PERSON], ...rest };
}

const COMMON = { file: 'vaccination', system: 'akashi', subjects: [PERSON], items: ['yes-item'], department: 'yes-department', at: AT } as const;

/** Handlings of every kind that keep to all that is written. */
export const ACQUIRE: HandlingRequest = { ...COMMON, kind: 'acquisition', purpose: 'yes-purpose', source: 'yes-source', method: 'yes-method', scopes: ['yes-scope'] };
export const USE: HandlingRequest = { ...COMMON, kind: 'use', extent: 'opened', purpose: 'yes-purpose' };
export const ENTRUST: HandlingRequest = { ...COMMON, kind: 'entrustment', recipient: 'yes-entrustee' };
export const PROVIDE: HandlingRequest = { ...COMMON, kind: 'provision', recipient: 'yes-recipient', method: 'yes-way', legalGround: 'provide-1' };
export const TRANSFER: HandlingRequest = { ...COMMON, kind: 'transfer', recipient: 'yes-transferee', method: 'yes-way', legalGround: 'provide-1', evidence: [evidence('second-person')] };
export const KEEP: HandlingRequest = { ...COMMON, kind: 'keeping', place: 'yes-place' };
export const ERASE: HandlingRequest = { ...COMMON, kind: 'erasure', items: [], erasureMethod: 'yes-erasure', evidence: [evidence('approval', { subjects: [] })] };
const WITH_NUMBER = { items: ['yes-item', 'number'], legalGround: 'use-1', numberClass: 'routine' } as const;
export const ACQUIRE_NUMBER: HandlingRequest = { ...ACQUIRE, ...WITH_NUMBER };
const IDENTITY = evidence('identity-check', { article: IDENTITY_ARTICLES[0] });

function without(request: HandlingRequest, member: keyof HandlingRequest): HandlingRequest {
  const { [member]: _, ...rest } = request;
  return rest as HandlingRequest;
}

/** For each rule a handling that is written and some that are not, by that rule alone. */
export const CASES: readonly { readonly rule: Rule; readonly what: string; readonly good: HandlingRequest; readonly bad: HandlingRequest }[] = [
  { rule: 'scope', what: '対象となる本人の範囲', good: ACQUIRE, bad: { ...ACQUIRE, scopes: ['no'] } },
  { rule: 'scope', what: 'one person of two', good: { ...ACQUIRE, scopes: ['yes-scope', 'yes-scope-2'] }, bad: { ...ACQUIRE, scopes: ['yes-scope', 'no'] } },
  { rule: 'items', what: '記録項目', good: USE, bad: { ...USE, items: ['no'] } },
  { rule: 'items', what: 'one item of two', good: { ...USE, items: ['yes-item', 'yes-item-2'] }, bad: { ...USE, items: ['yes-item', 'no'] } },
  { rule: 'source', what: '入手元', good: ACQUIRE, bad: { ...ACQUIRE, source: 'no' } },
  { rule: 'source', what: 'no 入手元 at all', good: ACQUIRE, bad: without(ACQUIRE, 'source') },
  { rule: 'method', what: '入手方法', good: ACQUIRE, bad: { ...ACQUIRE, method: 'no' } },
  { rule: 'method', what: 'no 入手方法 at all', good: ACQUIRE, bad: without(ACQUIRE, 'method') },
  { rule: 'purpose', what: '使用目的 of a use', good: USE, bad: { ...USE, purpose: 'no' } },
  { rule: 'purpose', what: 'no 使用目的 at all', good: USE, bad: without(USE, 'purpose') },
  { rule: 'purpose', what: '使用目的 of an acquisition', good: ACQUIRE, bad: { ...ACQUIRE, purpose: 'no' } },
  { rule: 'department', what: '使用部署 of a use', good: USE, bad: { ...USE, department: 'no' } },
  { rule: 'department', what: '使用部署 of an acquisition', good: ACQUIRE, bad: { ...ACQUIRE, department: 'no' } },
  { rule: 'matching', what: '情報の突合', good: { ...USE, matching: 'yes-matching' }, bad: { ...USE, matching: 'no' } },
  { rule: 'statistics', what: '情報の統計分析', good: { ...USE, statistics: 'yes-statistics' }, bad: { ...USE, statistics: 'no' } },
  { rule: 'decision', what: '権利利益に影響を与え得る決定', good: { ...USE, decision: 'yes-decision' }, bad: { ...USE, decision: 'no' } },
  { rule: 'entrustee', what: '委託事項', good: ENTRUST, bad: { ...ENTRUST, recipient: 'no' } },
  { rule: 'entrustee', what: 'no 委託先 at all', good: ENTRUST, bad: without(ENTRUST, 'recipient') },
  { rule: 'recipient', what: '提供先', good: PROVIDE, bad: { ...PROVIDE, recipient: 'no' } },
  { rule: 'recipient', what: 'a 移転先 as 提供先', good: PROVIDE, bad: { ...PROVIDE, recipient: 'yes-transferee' } },
  { rule: 'information', what: '提供する情報', good: PROVIDE, bad: { ...PROVIDE, items: ['yes-item', 'yes-item-2'] } },
  { rule: 'provisionMethod', what: '提供方法', good: PROVIDE, bad: { ...PROVIDE, method: 'no' } },
  { rule: 'provisionMethod', what: 'no 提供方法 at all', good: PROVIDE, bad: without(PROVIDE, 'method') },
  { rule: 'provisionMethod', what: 'an 入手方法 as 提供方法', good: PROVIDE, bad: { ...PROVIDE, method: 'yes-method' } },
  { rule: 'provisionGround', what: '提供の根拠', good: PROVIDE, bad: { ...PROVIDE, legalGround: 'no' } },
  { rule: 'provisionGround', what: 'no 提供の根拠 at all', good: PROVIDE, bad: without(PROVIDE, 'legalGround') },
  { rule: 'provisionGround', what: 'a ground of the law that is not this recipient’s', good: PROVIDE, bad: { ...PROVIDE, recipient: 'yes-recipient-careful', legalGround: 'link-1', evidence: [evidence('outward-confirmation')] } },
  { rule: 'provisionGround', what: 'an ordinance before its day', good: PROVIDE, bad: { ...PROVIDE, legalGround: 'ordinance-1' } },
  { rule: 'transferee', what: '移転先', good: TRANSFER, bad: { ...TRANSFER, recipient: 'no' } },
  { rule: 'transferee', what: 'a 提供先 as 移転先', good: TRANSFER, bad: { ...TRANSFER, recipient: 'yes-recipient' } },
  { rule: 'transferInformation', what: '移転する情報', good: TRANSFER, bad: { ...TRANSFER, items: ['yes-item', 'yes-item-2'] } },
  { rule: 'transferMethod', what: '移転方法', good: TRANSFER, bad: { ...TRANSFER, method: 'no' } },
  { rule: 'transferMethod', what: 'no 移転方法 at all', good: TRANSFER, bad: without(TRANSFER, 'method') },
  { rule: 'transferGround', what: '移転の根拠', good: TRANSFER, bad: { ...TRANSFER, legalGround: 'no' } },
  { rule: 'transferGround', what: 'no 移転の根拠 at all', good: TRANSFER, bad: without(TRANSFER, 'legalGround') },
  { rule: 'department', what: 'the department that provides', good: PROVIDE, bad: { ...PROVIDE, department: 'no' } },
  { rule: 'department', what: 'the department that transfers', good: TRANSFER, bad: { ...TRANSFER, department: 'no' } },
  { rule: 'place', what: '保管場所', good: KEEP, bad: { ...KEEP, place: 'no' } },
  { rule: 'place', what: 'no 保管場所 at all', good: KEEP, bad: without(KEEP, 'place') },
  { rule: 'erasureMethod', what: '消去方法', good: ERASE, bad: { ...ERASE, erasureMethod: 'no' } },
  { rule: 'erasureMethod', what: 'no 消去方法 at all', good: ERASE, bad: without(ERASE, 'erasureMethod') },
  { rule: 'useGround', what: '個人番号の利用の根拠', good: ACQUIRE_NUMBER, bad: { ...ACQUIRE_NUMBER, legalGround: 'no' } },
  { rule: 'useGround', what: 'no ground for the number at all', good: ACQUIRE_NUMBER, bad: without(ACQUIRE_NUMBER, 'legalGround') },
  { rule: 'useGround', what: 'a ground of another kind for the number', good: ACQUIRE_NUMBER, bad: { ...ACQUIRE_NUMBER, legalGround: 'provide-1' } },
  { rule: 'useGround', what: 'a ground of use before its day', good: ACQUIRE_NUMBER, bad: { ...ACQUIRE_NUMBER, legalGround: 'use-late' } },
  { rule: 'linkGround', what: '情報連携の根拠', good: { ...PROVIDE, legalGround: 'link-1' }, bad: { ...PROVIDE, legalGround: 'link-2' } },
  { rule: 'numberClass', what: '実施区分 = 任意 with the number', good: ACQUIRE_NUMBER, bad: { ...ACQUIRE_NUMBER, numberClass: 'voluntary' } },
  { rule: 'consent', what: '同意', good: { ...ACQUIRE, source: 'yes-source-asking', evidence: [evidence('consent')] }, bad: { ...ACQUIRE, source: 'yes-source-asking' } },
  { rule: 'identity', what: '本人確認', good: { ...ACQUIRE_NUMBER, source: 'yes-source-self', evidence: [IDENTITY] }, bad: { ...ACQUIRE_NUMBER, source: 'yes-source-self' } },
  { rule: 'approval', what: '承認', good: ERASE, bad: without(ERASE, 'evidence') },
  { rule: 'secondPerson', what: '二人目の確認', good: TRANSFER, bad: without(TRANSFER, 'evidence') },
  { rule: 'secondPerson', what: 'a confirmation by the one who entered', good: USE, bad: { ...USE, breaks: ['secondPerson'] } },
  { rule: 'protection', what: '支援措置の送付先確認', good: { ...PROVIDE, recipient: 'yes-recipient-careful', evidence: [evidence('outward-confirmation')] }, bad: { ...PROVIDE, recipient: 'yes-recipient-careful' } },
  { rule: 'protection', what: '支援措置 that the context found', good: PROVIDE, bad: { ...PROVIDE, breaks: ['protection'] } },
];
