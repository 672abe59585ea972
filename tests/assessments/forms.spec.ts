import { readFileSync } from 'node:fs';
import { FormDataError, allForms, editionOn, editionsOf, formOf, loadForms } from '../../src/assessments/forms/editions.js';
import { answeredItems, itemOf, placesOf, printedName, printedPath, unconfirmedItems } from '../../src/assessments/forms/places.js';
import { readForm } from '../../src/assessments/forms/read-form.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { textOf, type Json } from './documents.js';

const file = (formId: string): string => readFileSync(`src/assessments/forms/editions/${formId}.json`, 'utf8');
const NEWEST = 'form4-2025-05';

/** An item of an edition's file, wherever it stands. */
function find(items: Json[], id: string): Json {
  for (const item of items) {
    const found: Json = item.id === id ? item : find(item.items ?? [], id);
    if (found) return found;
  }
  return undefined;
}

describe('the editions', () => {
  it('are five, whole, and of their size', () => {
    const sizes = [...allForms().values()].map((form) => [form.formId, form.sections.length, answeredItems(form).length, [...placesOf(form).values()].filter(({ item }) => item && item.kind !== 'block' && item.significant).length, unconfirmedItems(form).length]);
    expect(sizes).toEqual([
      ['form1-unconfirmed', 2, 10, 0, 10],
      ['form2-2024-10', 6, 46, 0, 66],
      ['form3-2025-05', 7, 124, 50, 0],
      ['form4-2018-05', 8, 223, 126, 0],
      ['form4-2025-05', 8, 223, 126, 72],
    ]);
  });

  it('say of what was not read on a printed copy that it was not, and what they stand on', () => {
    for (const form of allForms().values()) {
      expect(form.source.length).toBeGreaterThan(40);
      if (form.form === '1' || form.form === '2') expect([form.editionConfirmed, [...placesOf(form).values()].some(({ item }) => item?.confirmed)]).toEqual([false, false]);
    }
    expect(itemOf(formOf('form1-unconfirmed')!, 'plan.number')!.seenIn).toHaveLength(1);
    expect(itemOf(formOf(NEWEST)!, 'file.recipients.name')!.confirmed).toBe(false);
    expect(itemOf(formOf(NEWEST)!, 'file.storage.place')!.confirmed).toBe(true);
  });

  it('are chosen by the day', () => {
    expect(editionsOf('4').map(({ formId }) => formId)).toEqual(['form4-2018-05', NEWEST]);
    expect(['2018-04-30', '2018-05-01', '2025-04-30', '2025-05-01', '2030-01-01'].map((date) => editionOn('4', date)?.formId)).toEqual([undefined, 'form4-2018-05', 'form4-2018-05', NEWEST, NEWEST]);
  });

  it('print 4情報 in the older and 5情報 in the newer edition of 様式４, and are otherwise the same', () => {
    const [older, newer] = editionsOf('4').map((form) => JSON.parse(file(form.formId)));
    const differences = Object.entries<Json[]>(newer.lists).flatMap(([name, list]) => list.filter((entry, at) => JSON.stringify(entry) !== JSON.stringify(older.lists[name][at])).map(({ code, label }) => [name, code, label]));
    expect(differences).toEqual([['mainItems', 'basicAddress', '5情報（氏名、氏名の振り仮名、性別、生年月日、住所）']]);
    const plain = (sections: Json) => JSON.stringify(sections).replaceAll(',"confirmed":false', '');
    expect(plain(newer.sections)).toBe(plain(older.sections));
  });

  it('a new one is a new file and nothing else', () => {
    const next = file(NEWEST).replaceAll(NEWEST, 'form4-2029-04').replace('"edition": "令和7年5月"', '"edition": "令和11年4月"').replace('"validFrom": "2025-05"', '"validFrom": "2029-04"');
    const forms = loadForms(new Map([['form4-2029-04.json', next], [`${NEWEST}.json`, file(NEWEST)]]));
    const document = textOf('full-form4').replace(NEWEST, 'form4-2029-04').replace('"edition": "令和7年5月"', '"edition": "令和11年4月"');
    expect(readAssessment(document, (formId) => forms.get(formId))).toMatchObject({ ok: true });
  });
});

describe('the printed number of an item', () => {
  const form = formOf(NEWEST)!;
  it.each([
    ['file.entrustments.handlerCount', [{ repeat: 'file', index: 1 }, { repeat: 'file.entrustments', index: 2 }], 'Ⅱ.4.委託事項2.③', 'Ⅱ.4.委託事項2.③委託先における取扱者数'],
    ['file.entrustments.handlerCount', [{ repeat: 'file', index: 2 }, { repeat: 'file.entrustments', index: 1 }], 'Ⅱ（特定個人情報ファイル2）.4.委託事項1.③', 'Ⅱ（特定個人情報ファイル2）.4.委託事項1.③委託先における取扱者数'],
    ['file.entrustments', [], 'Ⅱ.4.委託事項', 'Ⅱ.4.委託事項'],
    ['basic.systems.connections', [{ repeat: 'basic.systems', index: 3 }], 'Ⅰ.2.システム3.③', 'Ⅰ.2.システム3.③他のシステムとの接続'],
    ['risk.storage.leak.incident', [], 'Ⅲ.7.リスク1⑨', 'Ⅲ.7.リスク1⑨過去３年以内に、評価実施機関において、個人情報に関する重大事故が発生したか'],
    ['risk.storage.leak.sufficient', [], 'Ⅲ.7.リスク1', 'Ⅲ.7.リスク1 リスクへの対策は十分か'],
    ['file.recordItems', [], '別添2', '別添2 特定個人情報ファイル記録項目'],
    ['cover.title', [], '表紙', '表紙 評価書名'],
    ['control', [], 'Ⅳ', 'Ⅳ その他のリスク対策'],
  ])('%s %j', (id, at, path, name) => {
    expect([printedPath(form, id, at), printedName(form, id, at)]).toEqual([path, name]);
  });

  it('goes on from the section where a number does not continue the one above (様式３ Ⅲ.7②)', () => {
    expect(printedPath(formOf('form3-2025-05')!, 'risk.storage.leak.incident.content')).toBe('Ⅲ.7.②');
  });

  it('of what an edition does not ask is an error', () => {
    expect(() => printedPath(form, 'plan.number')).toThrow('plan.number');
  });
});

describe('an edition that is not whole is not loaded', () => {
  const items = (json: Json, id: string): Json => json.sections.flatMap((section: Json) => find(section.items, id) ?? [])[0];
  it.each<[string, (json: Json) => void, string, string]>([
    ['an id twice', (json) => { items(json, 'basic.reason.benefit').id = 'basic.reason.necessity'; }, 'basic.reason.necessity', '同じ識別子が二つあります'],
    ['an id of another shape', (json) => { items(json, 'basic.reason.benefit').id = 'Basic.Benefit'; }, 'Basic.Benefit', '識別子は'],
    ['a word misspelt', (json) => { items(json, 'file.scope').signifcant = true; }, '/sections/2/items/1/items/2/signifcant', '知らない語です'],
    ['a kind that is none', (json) => { items(json, 'file.scope').kind = 'essay'; }, '/sections/2/items/1/items/2/kind', 'text、choice'],
    ['a list that is not there', (json) => { items(json, 'file.kind').options = 'kinds'; }, '/sections/2/items/1/items/0/options', '「kinds」という選択肢の一覧は'],
    ['a list nobody uses', (json) => { json.lists.spare = [{ code: 'a', number: 1, label: 'あ' }]; }, '/lists/spare', 'どの項目も使っていない'],
    ['a choice without options', (json) => { delete items(json, 'file.use.userCount').options; }, 'file.use.userCount', '選択肢がありません'],
    ['options of a text', (json) => { items(json, 'file.scope').options = 'fileKind'; }, 'file.scope', '選択肢は「text」の項目には書けません'],
    ['a block without items', (json) => { items(json, 'basic.reason').items = []; }, 'basic.reason', '中の項目がありません'],
    ['a repeat of a text', (json) => { items(json, 'file.scope').repeat = { block: 'x', label: '{n}', max: null }; }, 'file.scope', '繰り返しはまとまり'],
    ['a repeat whose heading has no number', (json) => { items(json, 'basic.systems').repeat.label = 'システム'; }, 'basic.systems', '{n} がありません'],
    ['a code twice', (json) => { json.lists.fileKind[1].code = 'system'; }, 'file.kind', '選択肢に「system」が二つあります'],
    ['a number out of order', (json) => { json.lists.fileKind[1].number = 3; }, 'file.kind', '2番目が3'],
    ['bands that overlap', (json) => { json.lists.itemBand[1].below = 60; }, 'file.itemBand', '「10項目以上50項目未満」と「50項目以上100項目未満」が重なっています'],
    ['bands with a gap', (json) => { json.lists.itemBand[1].below = 40; }, 'file.itemBand', 'の間が空いています'],
    ['bands that begin above nothing', (json) => { json.lists.itemBand[0].min = 1; }, 'file.itemBand', '0から始まっていません'],
    ['a highest band that ends', (json) => { json.lists.itemBand[3].below = 1000; }, 'file.itemBand', '上限があります'],
    ['a count that is none', (json) => { items(json, 'file.entrustments').repeat.count = 'file.name'; }, 'file.entrustments', '件数の項目「file.name」がありません'],
    ['a condition on an item that is not there', (json) => { items(json, 'file.entrustments').when.item = 'file.gone'; }, 'file.entrustments', '条件の項目「file.gone」に選択肢がありません'],
    ['a condition on an option that is not there', (json) => { items(json, 'file.entrustments').when.has = ['maybe']; }, 'file.entrustments', '条件の「maybe」は'],
    ['a condition on another entry', (json) => { Object.assign(items(json, 'file.remarks'), { when: { words: '再委託する場合', item: 'file.entrustments.sub.status', has: ['subEntrust'] } }); }, 'file.remarks', '別の繰り返しの中にあります'],
    ['※ printed and not meant', (json) => { delete items(json, 'file.scope').significant; }, 'file.scope', '※が印字されているのに'],
    ['※ meant and not printed', (json) => { items(json, 'file.remarks').significant = true; }, 'file.remarks', '※がどこにも印字されていないのに'],
    ['an item that the ※ of its chapter forgets', (json) => { delete items(json, 'risk.use.others').significant; }, 'risk.use.others', '章の※の対象なのに'],
    ['a chapter that excepts what it does not hold', (json) => { json.sections[3].starExcept = ['file.name']; }, 'risk', '「file.name」はこの章にありません'],
    ['a table that documents have no place for', (json) => { items(json, 'file.remarks').kind = 'table'; }, 'file.remarks', '表は file.recordItems'],
    ['another 様式 in its name', (json) => { json.form = '3'; }, '/formId', '様式3の識別子ではありません'],
    ['a month that is none', (json) => { json.validFrom = '2025-13'; }, '/validFrom', 'YYYY-MM'],
  ])('%s', (_, change, path, cause) => {
    const json = JSON.parse(file(NEWEST));
    change(json);
    const reading = readForm(JSON.stringify(json));
    expect(reading.ok ? [] : reading.faults).toContainEqual({ path, cause: expect.stringContaining(cause) });
  });

  it('nor one that is no JSON, has the name of another file, or asks a known question in another way', () => {
    expect(readForm('{')).toEqual({ ok: false, faults: [{ path: '', cause: expect.stringMatching(/^1行2文字目: /) }] });
    expect(() => loadForms(new Map([['form4-2018-05.json', file(NEWEST)]]))).toThrow(FormDataError);
    const other = JSON.parse(file('form4-2018-05'));
    items(other, 'file.department').kind = 'date';
    expect(() => loadForms(new Map([['form4-2018-05.json', JSON.stringify(other)], [`${NEWEST}.json`, file(NEWEST)]]))).toThrow('file.department: ほかの版では「date」の項目です');
  });
});
