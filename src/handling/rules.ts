/** The forms whose items a rule may name: 3 重点項目評価書, 4 全項目評価書. */
export type Form = '3' | '4';

interface PrintedItem {
  /** as it stands before the label: Ⅱ.3⑦ */
  readonly number: string;
  readonly label: string;
}

/**
 * The rules a handling is checked by, each with the form item that it is written in (令和7年5月 editions). A rule
 * that a form does not print names another document: an ordinance, a rule of the city, a contract.
 */
const RULE_ITEMS = {
  scope: { item: 'file.scope', '4': ['Ⅱ.2③', '対象となる本人の範囲'], '3': ['Ⅱ.2③', '対象となる本人の範囲'] },
  items: { item: 'file.recordItems', '4': ['別添2 ', '特定個人情報ファイル記録項目'], '3': ['別添1 ', '特定個人情報ファイル記録項目'] },
  source: { item: 'file.acquisition.sources', '4': ['Ⅱ.3①', '入手元'], '3': ['Ⅱ.3①', '入手元'] },
  method: { item: 'file.acquisition.methods', '4': ['Ⅱ.3②', '入手方法'], '3': ['Ⅱ.3②', '入手方法'] },
  purpose: { item: 'file.use.purpose', '4': ['Ⅱ.3⑥', '使用目的'], '3': ['Ⅱ.3③', '使用目的'] },
  department: { item: 'file.use.departments', '4': ['Ⅱ.3⑦', '使用部署'], '3': ['Ⅱ.3④', '使用部署'] },
  matching: { item: 'file.use.matching', '4': ['Ⅱ.3⑧', '情報の突合'], '3': ['Ⅱ.3⑤', '情報の突合'] },
  statistics: { item: 'file.use.statistics', '4': ['Ⅱ.3⑧', '情報の統計分析'], '3': null },
  decision: { item: 'file.use.decisions', '4': ['Ⅱ.3⑧', '権利利益に影響を与え得る決定'], '3': null },
  entrustee: { item: 'file.entrustments', '4': ['Ⅱ.4', '委託事項'], '3': ['Ⅱ.4', '委託事項'] },
  recipient: { item: 'file.recipients', '4': ['Ⅱ.5', '提供先'], '3': ['Ⅱ.5', '提供先'] },
  information: { item: 'file.recipients.information', '4': ['Ⅱ.5③', '提供する情報'], '3': ['Ⅱ.5③', '提供する情報'] },
  provisionMethod: { item: 'file.recipients.method', '4': ['Ⅱ.5⑥', '提供方法'], '3': ['Ⅱ.5⑥', '提供方法'] },
  transferee: { item: 'file.transfers', '4': ['Ⅱ.5', '移転先'], '3': ['Ⅱ.5', '移転先'] },
  transferInformation: { item: 'file.transfers.information', '4': ['Ⅱ.5③', '移転する情報'], '3': ['Ⅱ.5③', '移転する情報'] },
  transferMethod: { item: 'file.transfers.method', '4': ['Ⅱ.5⑥', '移転方法'], '3': ['Ⅱ.5⑥', '移転方法'] },
  transferGround: { item: 'file.transfers.legalBasis', '4': ['Ⅱ.5①', '法令上の根拠'], '3': ['Ⅱ.5①', '法令上の根拠'] },
  place: { item: 'file.storage.place', '4': ['Ⅱ.6①', '保管場所'], '3': ['Ⅱ.6', '保管場所'] },
  erasureMethod: { item: 'file.storage.erasure', '4': ['Ⅱ.6③', '消去方法'], '3': null },
  useGround: { item: 'basic.numberUse.legalBasis', '4': ['Ⅰ.5', '法令上の根拠'], '3': ['Ⅰ.4', '法令上の根拠'] },
  linkGround: { item: 'basic.networkLink.legalBasis', '4': ['Ⅰ.6②', '法令上の根拠'], '3': ['Ⅰ.5②', '法令上の根拠'] },
  provisionGround: { item: 'file.recipients.legalBasis', '4': ['Ⅱ.5①', '法令上の根拠'], '3': ['Ⅱ.5①', '法令上の根拠'] },
  numberClass: { item: 'basic.numberUse', '4': ['Ⅰ.5', '個人番号の利用（実施区分）'], '3': ['Ⅰ.4', '個人番号の利用（実施区分）'] },
  consent: { item: 'risk.acquisition.offPurpose.other', '4': ['Ⅲ.2リスク1', 'その他の措置の内容（本人の同意）'], '3': null },
  identity: { item: 'risk.acquisition.inaccurate.identity', '4': ['Ⅲ.2リスク3', '入手の際の本人確認の措置の内容'], '3': null },
  approval: { item: 'risk.storage.notErased.procedure', '4': ['Ⅲ.7リスク3', '消去手順（承認）'], '3': null },
  secondPerson: { item: 'risk.acquisition.inaccurate.accuracy', '4': ['Ⅲ.2リスク3', '特定個人情報の正確性確保の措置の内容（複数人による確認）'], '3': null },
  protection: { item: 'risk.provision.improper.rule', '4': ['Ⅲ.5リスク1', '特定個人情報の提供・移転に関するルール（支援措置）'], '3': ['Ⅲ.5', '特定個人情報の提供・移転に関するルール（支援措置）'] },
} as const satisfies Record<string, { item: string; '4': readonly [string, string] | null; '3': readonly [string, string] | null }>;

export type Rule = keyof typeof RULE_ITEMS;
export const RULES = Object.keys(RULE_ITEMS) as readonly Rule[];

/** What stops a handling before any written item is looked at. */
export const STANDING_RULES = ['noneInForce', 'unknownFile', 'otherFile', 'right', 'designation', 'channel', 'terminal', 'self', 'policy', 'samePerson', 'taken'] as const;
export type StandingRule = (typeof STANDING_RULES)[number];

/** The id of the form item behind a rule. */
export function formItem(rule: Rule): string {
  return RULE_ITEMS[rule].item;
}

/** Number and label as the form prints them, or null when that form has no such item. */
export function printedItem(rule: Rule, form: Form): PrintedItem | null {
  const printed = RULE_ITEMS[rule][form];
  return printed && { number: printed[0], label: printed[1] };
}
