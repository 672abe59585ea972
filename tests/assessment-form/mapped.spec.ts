import { strToU8, zipSync } from 'fflate';
import { boxesIn } from '../../projections/assessment-form/boxes.js';
import { readMapping } from '../../projections/assessment-form/mapping.js';
import { readMapped, type MappedReading } from '../../projections/assessment-form/read-mapped.js';
import { readSheets } from '../../projections/assessment-form/xlsx-grid.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import { formOf } from '../../src/assessments/forms/editions.js';
import { itemOf } from '../../src/assessments/forms/places.js';
import type { Json } from '../assessments/documents.js';
import { COMMISSION, MAPPING, workbookOf } from './commission-workbook.js';

let reading: MappedReading;
let answers: Json;

beforeAll(async () => {
  const mapping = readMapping(JSON.stringify(MAPPING));
  if (!mapping.ok) throw new Error(JSON.stringify(mapping.faults));
  reading = readMapped(readSheets(await workbookOf(COMMISSION)), mapping.value);
  answers = reading.assessment.answers;
});

describe('a workbook of the Commission through a mapping', () => {
  it('is a document: what was not read is told as lost, and nothing else', () => {
    const read = readAssessment(writeAssessment(reading.assessment));
    expect(read.ok ? [] : read.problems).toEqual([]);
    expect([reading.assessment.title, reading.assessment.agency, reading.assessment.publishedOn, reading.assessment.status]).toEqual(['予防接種に関する事務　全項目評価書', '汐浜市長', '2026-10-01', 'draft']);
  });

  it('finds cells by label, over merged areas, and texts of several rows', () => {
    expect([answers['cover.number'], answers['basic.affair.content']]).toEqual(['12', '対象者に通知する。\n\n記録を登録する。']);
  });

  it('reads options by label, number and both, days as the form writes them, and figures in brackets', () => {
    const [file] = answers.file;
    expect([answers['basic.affair.headcount'], file['file.kind'], file['file.entrustment.status'], file['file.entrustments'][0]['file.entrustments.handlerCount']]).toEqual(['ge300k', 'system', 'entrust', '10-50']);
    expect([answers['cover.publicationDate'], file['file.heldSince'], file['file.use.startedOn'], file['file.entrustment.count']]).toEqual(['2026-10-01', '2017-07-18', '-', 2]);
  });

  it('reads boxes in brackets with the text beside them, and marks in cells of their own with the figure beside them', () => {
    expect(answers['basic.systems'][0]['basic.systems.connections']).toEqual({ ticked: ['internalLink', 'addressSystem', 'other'], text: { other: '中間サーバー（自治体）' } });
    expect(answers.file[0]['file.provision.status']).toEqual({ ticked: ['provides'], text: {} });
  });

  it('a label that begins another is not taken for it', () => {
    const item = { ...itemOf(formOf('form4-2025-05')!, 'file.mainItems')! };
    const boxes = boxesIn({ ...item, ticks: item.ticks.toReversed() }, '［　］個人番号　［○］その他識別情報（内部番号）\n［　］その他住民票関係情報　［○］その他（写真）');
    expect(boxes.map(({ tick, mark, rest }) => [tick.code, mark, rest.trim()])).toEqual([['myNumber', '　', ''], ['otherId', '○', ''], ['otherResident', '　', ''], ['other', '○', '（写真）']]);
  });

  it('a mark that means nothing leaves its box unread, and says so', () => {
    expect(answers['basic.systems'][1]['basic.systems.connections'].unknown).toEqual(['taxSystem']);
    expect(reading.notFound).toContainEqual({ itemId: 'basic.systems.connections', name: expect.stringContaining('システム2'), why: 'チェック欄を読み取れません: 税務システム' });
  });

  it('blocks are those that are filled in, told apart by labels or by distance', () => {
    expect(answers['basic.systems'].map((one: Json) => one['basic.systems.name'])).toEqual(['予防接種台帳システム', '団体内統合宛名システム']);
    expect(answers.file[0]['file.entrustments'].map((one: Json) => one['file.entrustments.contractor'])).toEqual(['株式会社しおはまシステムズ', 'みなと記録サービス株式会社']);
  });

  it('a word that is no option is kept beside the item as what survives', () => {
    const { gaps } = reading.assessment;
    expect(answers.file[0]['file.entrustments'][1]['file.entrustments.handlerCount']).toBeNull();
    expect(gaps).toContainEqual({ itemId: 'file.entrustments.handlerCount', fileIndex: 1, blockIndex: 2, kind: 'lost', why: 'Ⅱファイル!D13 の記載が選択肢にありません', raw: '百人ほど' });
  });

  it('tells labels and sheets that are not there, formulas, and cells that nothing took', () => {
    const why = (id: string) => reading.notFound.find(({ itemId }) => itemId === id)?.why;
    expect([why('basic.affair.name'), why('disclosure.request.place'), why('basic.reason.benefit')]).toEqual(['シート「Ⅰ 基本情報」に見出し「①事務の名称」がありません', 'シート「Ⅴ」がありません', '対応表にありません']);
    expect(reading.notes).toContain('Ⅱファイル!D12 は数式です。最後に計算された結果を読みました。');
    expect(reading.leftOver).toContainEqual({ cell: '表紙!B12', characters: 8 });
    expect(reading.leftOver.map(({ cell }) => cell)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^別添３/)]));
  });

  it('reads tables below their headers, and changes over repeated headers and a day that stands once for two rows', () => {
    expect(reading.assessment.recordItems).toEqual([{ table: '予防接種台帳', fileIndex: 1, fields: ['個人番号', '氏名'] }]);
    expect(reading.assessment.changeLog.map(({ changedOn, itemId, after, submission }) => [changedOn, itemId, after, submission])).toEqual([['2024-04-01', 'basic.department.name', '感染症予防課', '事後'], ['2024-04-01', null, '追加', '事前'], [null, null, 'い', null]]);
    expect(reading.assessment.gaps).toContainEqual({ itemId: 'changes.rows', row: 3, kind: 'lost', why: '3行目（別添３の7行）の変更日と提出時期を読み取れません' });
  });
});

describe('a mapping file', () => {
  it.each<[string, (json: Json) => void, string]>([
    ['an item that the form does not have', (json) => { json.items[0].item = 'cover.colour'; }, '/items/0/item'],
    ['a cell and a label', (json) => { json.items[0].cell = 'A1'; }, '/items/0/cell'],
    ['a cell that is none', (json) => { json.items[9].cell = '5D'; }, '/items/9/cell'],
    ['a word misspelt', (json) => { json.items[0].rihgt = 1; }, '/items/0/rihgt'],
    ['more blocks than any form has', (json) => { json.repeats[0].most = 500; }, '/repeats/0/most'],
    ['an item twice', (json) => { json.items.push(json.items[0]); }, `/items/${MAPPING.items.length}/item`],
    ['a column without its header', (json) => { delete json.changeLog.headers.before; }, '/changeLog/headers/before'],
    ['an edition that is not known', (json) => { json.formId = 'form9'; }, '/formId'],
  ])('tells %s', (_, change, path) => {
    const json = structuredClone(MAPPING);
    change(json);
    const read = readMapping(JSON.stringify(json));
    expect(read.ok ? [] : read.faults.map((fault) => fault.path)).toEqual([path]);
  });

  it('tells JSON that is broken', () => {
    expect(readMapping('{"format":')).toMatchObject({ ok: false });
  });
});

describe('workbooks that are none', () => {
  const zip = (sheet: string, strings = '<sst/>', level: 1 | 9 = 9) => zipSync({
    '_rels/.rels': strToU8('<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
    'xl/workbook.xml': strToU8('<workbook xmlns:r="r"><sheets><sheet name="A" r:id="b"/></sheets></workbook>'),
    'xl/_rels/workbook.xml.rels': strToU8('<Relationships><Relationship Id="b" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="c" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'),
    'xl/sharedStrings.xml': strToU8(strings),
    'xl/worksheets/sheet1.xml': strToU8(sheet),
  }, { level });

  it('a zip that unfolds into more than a form can be is refused before it is unfolded', () => {
    const bomb = zip(' '.repeat(65 * 2 ** 20), '<sst/>', 1);
    expect(bomb.length).toBeLessThan(400_000);
    expect(() => readSheets(bomb)).toThrow('展開した中身が大きすぎます');
  });

  it('one that declares less than it holds is cut off there, and not read', () => {
    const lying = Buffer.from(zip(`<worksheet><sheetData>${'<row/>'.repeat(50_000)}</sheetData></worksheet>`));
    for (const [magic, at] of [[0x04034b50, 22], [0x02014b50, 24]] as const) {
      for (let offset = 0; offset < lying.length - 30; offset++) if (lying.readUInt32LE(offset) === magic && lying.readUInt32LE(offset + at) > 300_000) lying.writeUInt32LE(100, offset + at);
    }
    expect(() => readSheets(lying)).toThrow('読めません');
  });

  it('a sheet all of which is merged, named or one long text many times takes no room', () => {
    const merged = readSheets(zip('<worksheet><sheetData><row r="1048576"><c r="A1" t="str"><v>x</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'));
    expect([merged[0]!.cells.size, merged[0]!.merges.length]).toEqual([1, 1]);
    const many = `<worksheet><sheetData><row>${'<c t="s"><v>0</v></c>'.repeat(3_000)}</row></sheetData></worksheet>`;
    expect(() => readSheets(zip(many, `<sst><si><t>${'x'.repeat(32_767)}</t></si></sst>`))).toThrow('セルが多すぎます');
  });

  it.each<[string, Uint8Array, string]>([
    ['a text', strToU8('formId'), '読めません'],
    ['a zip of something else', zipSync({ 'word/document.xml': strToU8('<a/>') }), '読めません'],
    ['one with a password, or of the older Excel', Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'パスワード'],
    ['one whose sheet is broken', zip('<worksheet><sheetData>'), '読めません'],
  ])('%s is told as what it is', (_, bytes, message) => {
    expect(() => readSheets(bytes)).toThrow(message);
  });

  it('readings above characters are no text, and characters that XML has no place for come back', () => {
    const [sheet] = readSheets(zip('<x:worksheet xmlns:x="x"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:r><x:t>a</x:t></x:r><x:r><x:t>b_x0001__x005F_x0041_</x:t></x:r></x:is></x:c></x:row></x:sheetData></x:worksheet>', '<sst><si><t>汐浜</t><rPh sb="0" eb="2"><t>シオハマ</t></rPh></si></sst>'));
    expect([...sheet!.cells.values()].map(({ text }) => text)).toEqual(['汐浜', 'ab\u0001_x0041_']);
  });
});
