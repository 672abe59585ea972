import { handlingEvent, type HandlingBlock } from './block.js';
import type { Declaration } from './declaration.js';
import { printedItem, type Rule, type StandingRule } from './rules.js';

/** The guard's no to a known actor: the attempt is recorded, nothing else happens. */
export const HandlingRefused = handlingEvent({ type: 'HandlingRefused' });

export interface Finding {
  readonly rule: Rule | StandingRule;
  /** the form item; none for a standing rule or one written elsewhere */
  readonly item?: string;
}

const STANDING_TEXT: { readonly [rule in StandingRule]: string } = {
  noneInForce: '評価書の記載事項が施行されていないため、取り扱うことができません',
  unknownFile: '評価書に記載のない特定個人情報ファイルです',
  otherFile: '指定された特定個人情報ファイルの記録ではありません',
  right: 'この操作の権限がありません',
  designation: '事務取扱担当者の指名がないか、指名の範囲（特定個人情報ファイル・記録項目・期間）にありません',
  channel: 'この経路からは取り扱うことができません',
  terminal: 'この端末からは取り扱うことができません',
  self: '自分自身についてのこの操作は、ほかの人が行います',
  policy: 'この出力・持出しは、方針により認められていません',
  samePerson: '二人で行う操作の二人目は、先の操作をした人とは別の人が行います',
  taken: 'この承認・確認は、すでに済んでいます',
};

/** What a handling must name for a rule: that it named nothing is said otherwise than that what it named is not written. */
const NAMED: { readonly [rule in Rule]?: keyof HandlingBlock } = {
  source: 'counterpart', method: 'method', purpose: 'purpose', entrustee: 'counterpart', recipient: 'counterpart', transferee: 'counterpart',
  provisionMethod: 'method', transferMethod: 'method', provisionGround: 'legalGround', transferGround: 'legalGround', useGround: 'legalGround',
};

/** 「Ⅱ.3⑦使用部署（第3版）に記載がありません」: names item and version as the published form prints them. */
export function describeFinding(finding: Finding, declaration: Declaration | undefined, block: HandlingBlock): string {
  if (isStanding(finding.rule)) return STANDING_TEXT[finding.rule];
  if (!declaration) return STANDING_TEXT.noneInForce;
  const written = declaration.files.find((entry) => entry.code === block.file)?.items[finding.rule];
  const printed = written?.document ? undefined : printedItem(finding.rule, declaration.assessment.form);
  const place = printed ? `${printed.number}${printed.label}（第${declaration.assessment.version}版）` : `${written?.document ?? '評価書'}（第${declaration.assessment.version}版）`;
  if (EVIDENCE_RULES.has(finding.rule)) return `${place}に定める${EVIDENCE_RULES.get(finding.rule)}がありません`;
  const named = NAMED[finding.rule];
  return named && block[named] === undefined ? `${place}が指定されていません` : `${place}に記載がありません`;
}

const EVIDENCE_RULES: ReadonlyMap<Rule | StandingRule, string> = new Map<Rule, string>([
  ['consent', '本人の同意'],
  ['identity', '本人確認の記録'],
  ['approval', '承認'],
  ['secondPerson', '二人目の確認'],
  ['protection', '送付先等の確認'],
]);

function isStanding(rule: Rule | StandingRule): rule is StandingRule {
  return Object.hasOwn(STANDING_TEXT, rule);
}
