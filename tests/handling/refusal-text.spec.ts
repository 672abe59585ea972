import { describeFinding } from '../../src/handling/refusal.js';
import { RULES, formItem, printedItem, type Rule } from '../../src/handling/rules.js';
import { CASES, USE, declaration, guardOf } from './sample.js';

const reasons = (rule: Rule, variation: Parameters<typeof declaration>[0]): readonly string[] => guardOf(declaration(variation)).judge(CASES.find((entry) => entry.rule === rule)!.bad).reasons;

/** As the forms of 令和7年5月 print the items. */
const ON_FORM_4: readonly (readonly [Rule, string])[] = [
  ['scope', 'Ⅱ.2③対象となる本人の範囲（第3版）に記載がありません'],
  ['items', '別添2 特定個人情報ファイル記録項目（第3版）に記載がありません'],
  ['source', 'Ⅱ.3①入手元（第3版）に記載がありません'],
  ['method', 'Ⅱ.3②入手方法（第3版）に記載がありません'],
  ['purpose', 'Ⅱ.3⑥使用目的（第3版）に記載がありません'],
  ['department', 'Ⅱ.3⑦使用部署（第3版）に記載がありません'],
  ['matching', 'Ⅱ.3⑧情報の突合（第3版）に記載がありません'],
  ['statistics', 'Ⅱ.3⑧情報の統計分析（第3版）に記載がありません'],
  ['decision', 'Ⅱ.3⑧権利利益に影響を与え得る決定（第3版）に記載がありません'],
  ['entrustee', 'Ⅱ.4委託事項（第3版）に記載がありません'],
  ['recipient', 'Ⅱ.5提供先（第3版）に記載がありません'],
  ['information', 'Ⅱ.5③提供する情報（第3版）に記載がありません'],
  ['provisionMethod', 'Ⅱ.5⑥提供方法（第3版）に記載がありません'],
  ['provisionGround', 'Ⅱ.5①法令上の根拠（第3版）に記載がありません'],
  ['transferee', 'Ⅱ.5移転先（第3版）に記載がありません'],
  ['transferInformation', 'Ⅱ.5③移転する情報（第3版）に記載がありません'],
  ['transferMethod', 'Ⅱ.5⑥移転方法（第3版）に記載がありません'],
  ['transferGround', 'Ⅱ.5①法令上の根拠（第3版）に記載がありません'],
  ['place', 'Ⅱ.6①保管場所（第3版）に記載がありません'],
  ['erasureMethod', 'Ⅱ.6③消去方法（第3版）に記載がありません'],
  ['useGround', 'Ⅰ.5法令上の根拠（第3版）に記載がありません'],
  ['linkGround', 'Ⅰ.6②法令上の根拠（第3版）に記載がありません'],
  ['numberClass', 'Ⅰ.5個人番号の利用（実施区分）（第3版）に記載がありません'],
  ['consent', 'Ⅲ.2リスク1その他の措置の内容（本人の同意）（第3版）に定める本人の同意がありません'],
  ['identity', 'Ⅲ.2リスク3入手の際の本人確認の措置の内容（第3版）に定める本人確認の記録がありません'],
  ['approval', 'Ⅲ.7リスク3消去手順（承認）（第3版）に定める承認がありません'],
  ['secondPerson', 'Ⅲ.2リスク3特定個人情報の正確性確保の措置の内容（複数人による確認）（第3版）に定める二人目の確認がありません'],
  ['protection', 'Ⅲ.5リスク1特定個人情報の提供・移転に関するルール（支援措置）（第3版）に定める送付先等の確認がありません'],
];
const ON_FORM_3: readonly (readonly [Rule, string])[] = [
  ['scope', 'Ⅱ.2③対象となる本人の範囲（第3版）に記載がありません'],
  ['items', '別添1 特定個人情報ファイル記録項目（第3版）に記載がありません'],
  ['purpose', 'Ⅱ.3③使用目的（第3版）に記載がありません'],
  ['department', 'Ⅱ.3④使用部署（第3版）に記載がありません'],
  ['matching', 'Ⅱ.3⑤情報の突合（第3版）に記載がありません'],
  ['place', 'Ⅱ.6保管場所（第3版）に記載がありません'],
  ['useGround', 'Ⅰ.4法令上の根拠（第3版）に記載がありません'],
  ['recipient', 'Ⅱ.5提供先（第3版）に記載がありません'],
  ['transferMethod', 'Ⅱ.5⑥移転方法（第3版）に記載がありません'],
  ['linkGround', 'Ⅰ.5②法令上の根拠（第3版）に記載がありません'],
];
/** What 様式3 has no item for. */
const NOT_ON_FORM_3: readonly Rule[] = ['statistics', 'decision', 'erasureMethod', 'consent', 'identity', 'approval', 'secondPerson'];

describe('様式4', () => {
  it.each(ON_FORM_4)('%s', (rule, message) => expect(reasons(rule, {})).toEqual([message]));
  it('names the version that judged', () => expect(reasons('department', { version: 12 })).toEqual(['Ⅱ.3⑦使用部署（第12版）に記載がありません']));
  it('prints every rule', () => expect(RULES.filter((rule) => printedItem(rule, '4') === null)).toEqual([]));
});

describe('様式3', () => {
  it.each(ON_FORM_3)('%s', (rule, message) => expect(reasons(rule, { form: '3' })).toEqual([message]));
  it('does not print some rules', () => expect(RULES.filter((rule) => printedItem(rule, '3') === null).sort()).toEqual([...NOT_ON_FORM_3].sort()));

  it.each(NOT_ON_FORM_3)('%s names the document that it stands in', (rule) => {
    const [message] = reasons(rule, { form: '3', documents: { [rule]: '汐浜市特定個人情報取扱規程第8条' } });
    expect(message).toMatch(/^汐浜市特定個人情報取扱規程第8条（第3版）に/);
    expect(message).not.toMatch(/[ⅠⅡⅢ]\./);
  });

  it('none of them is a finding of a form item that the form does not have', () => {
    const items = NOT_ON_FORM_3.map((rule) => {
      const documents = { [rule]: '汐浜市特定個人情報取扱規程第8条' };
      return guardOf(declaration({ form: '3', documents })).judge(CASES.find((entry) => entry.rule === rule)!.bad).findings;
    });
    expect(items).toEqual(NOT_ON_FORM_3.map((rule) => [{ rule }]));
  });
});

it('a rule that stands in an ordinance names it also on a form that has the item', () => {
  expect(reasons('place', { documents: { place: '汐浜市文書保存規程別表' } })).toEqual(['汐浜市文書保存規程別表（第3版）に記載がありません']);
});

it.each([
  ['noneInForce', '評価書の記載事項が施行されていないため、取り扱うことができません'],
  ['unknownFile', '評価書に記載のない特定個人情報ファイルです'],
  ['right', 'この操作の権限がありません'],
  ['channel', 'この経路からは取り扱うことができません'],
] as const)('%s needs no item', (rule, message) => expect(describeFinding({ rule }, declaration(), guardOf(declaration()).permit(USE).block)).toBe(message));

it('every rule has a form item of its own, or shares it knowingly', () => {
  const items = RULES.map(formItem);
  expect(items.every((item) => /^(basic|file|risk)\.[A-Za-z.]+$/.test(item))).toBe(true);
  expect(new Set(items).size).toBe(RULES.length);
});
