import fc from 'fast-check';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import type { Answer, Answers, Assessment, ChangeRow } from '../../src/assessments/answers/assessment.js';
import { checkAssessment } from '../../src/assessments/check/check.js';
import { cellKey, cellsOf, type Cell } from '../../src/assessments/answers/cells.js';
import type { EntryIds } from '../../src/assessments/changes/entries.js';
import { changesBetween } from '../../src/assessments/changes/changes-between.js';
import { printedTable } from '../../src/assessments/changes/printed.js';
import type { Change } from '../../src/assessments/changes/comparison.js';
import { toChangeRows } from '../../src/assessments/changes/rows.js';
import { VOCABULARIES } from '../../src/assessments/changes/vocabulary.js';
import { blocksOf, likeness, shortened, stretchesOf, unitsOf } from '../../src/assessments/changes/text-blocks.js';
import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import type { Form, FormItem } from '../../src/assessments/forms/form.js';
import { document, documentsOf, published, type Json } from './documents.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 15;
const EDITIONS = [...allForms().values()].filter(({ sections }) => sections.length > 1);
const TEXT = fc.stringMatching(/^(?:[あ-お甲乙。\n①②]|＜[甲乙]における措置＞\n){0,20}$/);

/** Entries that keep their place are the same ones. */
const BY_PLACE: EntryIds = (_, repeat, at) => cellKey(repeat, at);
const rowsOf = (before: Assessment, after: Assessment, entryIds?: EntryIds): readonly Change[] => changesBetween(before, after, { ...(entryIds && { entryIds }), except: [] }).changes;
const shown = ({ kind, itemId, at, block }: Change): string => [kind, itemId, ...at.map(({ index }) => index), ...(block === undefined ? [] : [block])].join(' ');
const entries = (json: Json, id: string): Json[] => json.answers.file[0][id];
const full = (change?: (json: Json) => void): Assessment => document('full-form4', change);

/** The document with one cell answered otherwise. */
function withAnswer(assessment: Assessment, { item, at }: Pick<Cell, 'item' | 'at'>, answer: Answer): Assessment {
  const answers = structuredClone(assessment.answers) as Record<string, Answer | Answers[]>;
  const holder = at.reduce((inside, { repeat, index }) => (inside[repeat] as Answers[])[index - 1] as Record<string, Answer | Answers[]>, answers);
  holder[item.id] = answer;
  return { ...assessment, answers: answers as Answers };
}

const anyAnswer = (item: FormItem): fc.Arbitrary<Answer> => {
  if (item.kind === 'choice') return fc.constantFrom('', ...item.options.map(({ code }) => code));
  if (item.kind === 'ticks') return fc.subarray(item.ticks.map(({ code }) => code)).map((ticked) => ({ ticked, text: {} }));
  if (item.kind === 'count') return fc.nat(9);
  return item.kind === 'date' ? fc.constantFrom('', '-', '2026-10-01', '2024-02-29') : TEXT;
};

/** A document and the same with another answer in one cell. */
const edited = (form: Form) => documentsOf(form)
  .filter((before) => cellsOf(form, before).length > 0)
  .chain((before) => fc.constantFrom(...cellsOf(form, before)).chain((cell) => anyAnswer(cell.item).map((answer) => ({ before, cell, answer, after: withAnswer(before, cell, answer) }))));

describe('any document of any edition', () => {
  it('has no difference from itself', () => {
    fc.assert(fc.property(fc.constantFrom(...EDITIONS).chain(documentsOf).filter(({ answers }) => Object.keys(answers).length > 0), (assessment) => {
      expect(rowsOf(assessment, structuredClone(assessment))).toEqual([]);
      expect(rowsOf(assessment, structuredClone(assessment), BY_PLACE)).toEqual([]);
    }), { numRuns: RUNS, endOnFailure: true });
  });

  it('changed in one cell has that cell in its rows and nothing else', () => {
    fc.assert(fc.property(fc.constantFrom(...EDITIONS).chain(edited), ({ before, cell, answer, after }) => {
      const rows = rowsOf(before, after, BY_PLACE);
      const isSame = JSON.stringify(answer) === JSON.stringify(cell.answer);
      expect(new Set(rows.map(({ itemId, at }) => cellKey(itemId, at)))).toEqual(new Set(isSame ? [] : [cellKey(cell.item.id, cell.at)]));
    }), { numRuns: RUNS * 10, endOnFailure: true });
  });

  it('the other way round has the same rows with their sides exchanged', () => {
    fc.assert(fc.property(fc.constantFrom(...EDITIONS).chain(edited), ({ before, after }) => {
      const sides = (rows: readonly Change[], one: 'before' | 'after', other: 'before' | 'after') => rows.map((row) => [row.itemId, row.key, row[one].whole, row[other].whole, row.significant, row.cosmetic]).sort();
      expect(sides(rowsOf(after, before, BY_PLACE), 'after', 'before')).toEqual(sides(rowsOf(before, after, BY_PLACE), 'before', 'after'));
    }), { numRuns: RUNS * 4, endOnFailure: true });
  });
});

describe('texts', () => {
  it('blocks, units and stretches joined are the texts', () => {
    fc.assert(fc.property(TEXT, TEXT, (before, after) => {
      expect(blocksOf(before).map(({ raw }) => raw).join('')).toBe(before);
      expect(unitsOf(before).join('')).toBe(before);
      const stretches = stretchesOf(before, after);
      expect([stretches.map((one) => one.before).join(''), stretches.map((one) => one.after).join('')]).toEqual([before, after]);
      const words = (text: string) => text.split(/\s+/).join('');
      expect(stretches.filter(({ same }) => same).every((one) => words(one.before) === words(one.after))).toBe(true);
    }));
  });

  it('leaves out what is long and did not change, and no word that did', () => {
    const unchanged = `${'変わらない文が続く。'.repeat(8)}\n`;
    const { before, after } = shortened(`＜甲における措置＞\n${unchanged}旧い文。\n${unchanged}`, `＜甲における措置＞\n${unchanged}新しい文。\n加えた文。\n${unchanged}`, '（中略）');
    expect(before).toBe('＜甲における措置＞\n（中略）\n旧い文。\n（中略）');
    expect(after).toBe('＜甲における措置＞\n（中略）\n新しい文。\n加えた文。\n（中略）');
    // The last line had no break after it, and is no other line for having one now.
    expect(stretchesOf('一行目。\n終わりの行', '一行目。\n終わりの行\n加えた行')).toMatchObject([{ same: true }, { same: false, before: '', after: '加えた行' }]);
    expect(shortened('短い文。旧い。', '短い文。新しい。', '（中略）')).toEqual({ before: '短い文。旧い。', after: '短い文。新しい。' });
  });

  it('reads headings in any brackets, within a line too, and keeps the second of a name apart', () => {
    expect(blocksOf('前書き\n＜本市における措置＞\n甲 〈中間サーバーにおける措置〉 乙\n《本市における措置》丙').map(({ key }) => key)).toEqual(['', '本市における措置', '中間サーバーにおける措置', '本市における措置#2']);
    expect(blocksOf('「＜本市における措置＞」に同じ。').map(({ key }) => key)).toEqual(['']);
    expect(likeness('接種券の発行', '接種券の発行')).toBe(1000);
    expect(likeness('甲', '乙')).toBe(0);
  });
});

describe('entries', () => {
  const three = (json: Json): void => {
    const [first] = entries(json, 'file.entrustments');
    json.answers.file[0]['file.entrustments'] = ['接種券の印刷', '予診票の入力', '基盤の保守'].map((title) => ({ ...first, 'file.entrustments.title': title, 'file.entrustments.content': `${title}を行う。` }));
  };
  const without = (index: number) => full((json) => { three(json); entries(json, 'file.entrustments').splice(index, 1); });

  it('one taken out is one row: those after it are not changed, whatever their new numbers', () => {
    const rows = rowsOf(full(three), without(1));
    expect(rows.map(shown)).toEqual(['removed file.entrustments 1 2']);
    expect(rows[0]).toMatchObject({ itemPath: 'Ⅱ　特定個人情報ファイルの概要 ＞ ４．特定個人情報ファイルの取扱いの委託 ＞ 委託事項2', significant: true, before: { printed: expect.stringMatching(/^委託事項2　予診票の入力\n[^]*①委託内容\n予診票の入力を行う。\n/) }, after: { printed: '（削除）', whole: '' } });
    expect(rows[0]!.before.printed).toBe(rows[0]!.before.whole); // nothing of what was taken out is lost
  });

  it('one put in is one row with all of it; exchanged ones are rows of their order', () => {
    expect(rowsOf(without(1), full(three)).map((row) => [shown(row), row.before.printed])).toEqual([['added file.entrustments 1 2', '（新規追加）']]);
    const exchanged = full((json) => { three(json); entries(json, 'file.entrustments').reverse(); });
    expect(rowsOf(full(three), exchanged).map((row) => [shown(row), row.before.printed, row.after.printed])).toEqual([['order file.entrustments 1 1', '委託事項3　基盤の保守', '委託事項1　基盤の保守'], ['order file.entrustments 1 3', '委託事項1　接種券の印刷', '委託事項3　接種券の印刷']]);
  });

  it('with lasting ids an entry stays itself even when every word of it changed; without, it is another', () => {
    const rewritten = full((json) => { three(json); for (const key of ['title', 'content', 'rationale', 'subjects', 'contractor', 'nameConfirmation']) entries(json, 'file.entrustments')[1][`file.entrustments.${key}`] = `ＡＢＣ${key}`; });
    expect(rowsOf(full(three), rewritten, BY_PLACE).every(({ kind }) => kind === 'cell')).toBe(true);
    const moved: EntryIds = (version, repeat, at) => (repeat !== 'file.entrustments' ? undefined : `${version === 'before' ? at[1]!.index : { 1: 1, 2: 3 }[at[1]!.index]}`);
    expect(rowsOf(full(three), without(1), moved).map(shown)).toEqual(['removed file.entrustments 1 2']);
  });
});

describe('rows', () => {
  const place = (json: Json, text: string) => void (json.answers.file[0]['file.storage.place'] = text);
  const [A, B, C] = ['＜汐浜市における措置＞\n庁舎の施錠した室に置く。', '＜中間サーバー・プラットフォームにおける措置＞\nデータセンターに置く。', '＜ガバメントクラウドにおける措置＞\nクラウド事業者の環境に置く。'];

  it('names the part of a cell that changed, and takes parts in and out', () => {
    const before = full((json) => place(json, `${A}\n${B}`));
    const after = full((json) => place(json, `${A}\n${B.replace('データセンター', 'クラウド')}\n${C}`));
    expect(rowsOf(before, after).map((row) => [row.itemPath, row.before.printed, row.after.printed])).toEqual([
      ['Ⅱ　特定個人情報ファイルの概要 ＞ ６．特定個人情報の保管・消去 ＞ ①保管場所 ＞ ＜中間サーバー・プラットフォームにおける措置＞', B, B.replace('データセンター', 'クラウド')],
      ['Ⅱ　特定個人情報ファイルの概要 ＞ ６．特定個人情報の保管・消去 ＞ ①保管場所 ＞ ＜ガバメントクラウドにおける措置＞', '（新規追加）', C],
    ]);
    expect(rowsOf(after, before).at(-1)).toMatchObject({ significant: true, before: { printed: C }, after: { printed: '（削除）' } });
    expect(rowsOf(before, full((json) => place(json, `${B}\n${A}`)))).toMatchObject([{ before: { whole: `${A}\n${B}` }, after: { whole: `${B}\n${A}` } }]);
  });

  it('prints the boxes that changed, dates as dates, and marks what only looks different', () => {
    const boxes = full((json) => json.answers.file[0]['file.acquisition.methods'].ticked.pop());
    expect(rowsOf(full(), boxes)[0]!.before.printed).toMatch(/^\[○\]/);
    expect(rowsOf(full(), boxes)[0]!.after.printed!.split('\n')).toHaveLength(1);
    expect(rowsOf(full(), full((json) => void (json.answers['procedure.basic.date'] = '2027-01-04')))[0]!.after.printed).toBe('令和9年1月4日');
    const wider = full((json) => place(json, A.replace('置く', '置　く')));
    expect(rowsOf(full((json) => place(json, A)), wider)).toMatchObject([{ cosmetic: true }]);
    expect(rowsOf(full((json) => place(json, A)), full((json) => place(json, C)))[0]).toMatchObject({ cosmetic: false });
  });

  it('compares the tables of recorded items by name, and the drawing by what it is told of it', () => {
    const rows = rowsOf(full(), full((json) => void json.recordItems[0].fields.splice(1, 1, '加えた項目')));
    expect(rows).toMatchObject([{ kind: 'table', itemId: 'file.recordItems', significant: false, itemPath: expect.stringMatching(/ ＞ （別添２） 特定個人情報ファイル記録項目$/) }]);
    expect(rows[0]!.after.printed).toMatch(/加えた項目、（中略）$/);
    expect(rowsOf(full(), full((json) => void json.recordItems.pop())).map(({ before, after }) => [before.printed, after.printed])).toEqual([[printedTable(full().recordItems.at(-1)!), '（削除）']]);
    const figures = { before: new Map([['basic.flow', 'a']]), after: new Map([['basic.flow', 'b']]) };
    expect(changesBetween(full(), full(), { figures }).changes).toMatchObject([{ kind: 'figure', after: { printed: expect.stringMatching(/^【図の変更を行っている】/) } }]);
  });

  it('matches tables by name before what they hold, and tells of a new order of fields, tables and boxes with line breaks', () => {
    const tables = (...list: Json[]) => full((json) => void (json.recordItems = list));
    const [one, two] = [{ table: '接種記録', fields: ['宛名番号', '接種日', 'ロット番号'] }, { table: '接種券', fields: ['宛名番号', '接種日', '発行日'] }];
    const sides = (before: Assessment, after: Assessment) => rowsOf(before, after).map((row) => [row.kind, row.before.printed, row.after.printed]);
    expect(sides(tables(one, two), tables(two, one))).toEqual([['order', '〇接種記録\n〇接種券', '〇接種券\n〇接種記録']]);
    // Each keeps its name though its fields are now those of the other.
    expect(sides(tables(one, two), tables({ ...one, fields: two.fields }, { ...two, fields: one.fields }))).toEqual([['table', '〇接種記録\nロット番号、（中略）', '〇接種記録\n発行日、（中略）'], ['table', '〇接種券\n発行日、（中略）', '〇接種券\nロット番号、（中略）']]);
    expect(sides(tables(one), tables({ ...one, table: '予防接種' }))).toEqual([['table', '〇接種記録\n（中略）', '〇予防接種\n（中略）']]);
    expect(sides(tables(one), tables({ ...one, fields: [...one.fields].reverse() }))).toEqual([['table', '〇接種記録\n宛名番号、接種日、ロット番号', '〇接種記録\nロット番号、接種日、宛名番号']]);
    const [first, second] = ['住民', '接種'].map((group) => ({ ...one, group })) as [Json, Json];
    expect(sides(tables(first, second), tables({ ...second, fields: ['接種日'] }, { ...first, fields: ['宛名番号'] })).map(([, before]) => before)).toEqual(['接種\n〇接種記録\n宛名番号、ロット番号、（中略）', '住民\n〇接種記録\n接種日、ロット番号、（中略）', '〇住民　接種記録\n〇接種　接種記録']);
    expect(sides(tables(one), tables(two))).toEqual([['table', '〇接種記録\nロット番号、（中略）', '〇接種券\n発行日、（中略）']]);
    const beside = (text: string) => full((json) => void (entries(json, 'file.entrustments')[0]['file.entrustments.delivery'] = { ticked: ['other'], text: { other: text } }));
    expect(sides(beside('甲'), beside('甲\n乙'))[0]![2]).toMatch(/^\[　\][^]*\[○\]その他（甲\n乙）$/);
  });

  it('prints a choice by its words, and parts that changed and changed places as one row', () => {
    expect(rowsOf(full(), full((json) => void (json.answers['basic.affair.headcount'] = '1k-10k')))[0]!.after.printed).toMatch(/人/);
    expect(rowsOf(full((json) => place(json, `${A}\n${B}`)), full((json) => place(json, `${B}また。\n${A}`)))).toMatchObject([{ before: { whole: `${A}\n${B}` } }]);
  });

  it('a list of entries that was lost is one row', () => {
    const lost = full((json) => {
      json.answers['basic.systems'] = null;
      json.gaps.push({ itemId: 'basic.systems', kind: 'lost', why: '読めない' });
    });
    expect(rowsOf(lost, full())).toMatchObject([{ kind: 'cell', itemId: 'basic.systems', at: [], before: { whole: null, printed: '（記載不明）' }, after: { whole: expect.stringMatching(/^システム1　予防接種台帳システム\n/) } }]);
  });

  it('an entry that shares nothing with the one that stood there is another; files and their measures stay together', () => {
    const other = (json: Json): void => {
      const [first] = entries(json, 'file.recipients');
      for (const id of Object.keys(first)) first[id] = typeof first[id] === 'string' && !/headcount/.test(id) ? `ＸＹＺ${id.slice(-3)}` : first[id];
    };
    expect(rowsOf(full(), full(other)).map(({ kind }) => kind).sort()).toEqual(['added', 'removed']);
    const two = (json: Json): void => {
      for (const part of ['file', 'risk']) json.answers[part].push(structuredClone(json.answers[part][0]));
      json.answers.file[1]['file.name'] = '第二のファイル';
      json.recordItems = [];
      for (const [id, answer] of Object.entries(json.answers.file[1])) if (typeof answer === 'string' && id !== 'file.name' && answer.length > 10) json.answers.file[1][id] = `別の${id}`;
    };
    // The measures of both are the same words: only their file tells which went out.
    expect(rowsOf(full(two), full((json) => { two(json); for (const part of ['file', 'risk']) json.answers[part].shift(); })).map(shown)).toEqual(['removed file 1', 'removed risk 1']);
    const [taken] = rowsOf(full(two), full((json) => { two(json); for (const part of ['file', 'risk']) json.answers[part].shift(); }));
    expect(taken!.before.printed).toContain(`委託事項1　${entries({ answers: full().answers }, 'file.entrustments')[0]!['file.entrustments.title']}\n`); // with the entries in it
  });

  it('an entry too long for one row prints the beginnings of its texts; the whole is kept beside', () => {
    const long = (json: Json): void => {
      for (const part of ['file', 'risk']) json.answers[part].push(structuredClone(json.answers[part][0]));
      Object.assign(json.answers.file[1], { 'file.name': '第二のファイル', 'file.remarks': '備考です。'.repeat(8_000), 'file.use.purpose': '目的です。' });
    };
    const { before } = rowsOf(full(long), full()).find(({ itemId }) => itemId === 'file')!;
    expect(before.whole!.length).toBeGreaterThan(40_000);
    expect(before.printed!.length).toBeLessThan(30_000);
    expect(before.printed).toMatch(/目的です。\n[^]*備考です。\n（中略）(?:\n|$)/);
  });

  it('leaves the day of publication out, which no change table lists', () => {
    expect(changesBetween(full(), full((json) => void (json.answers['cover.publicationDate'] = '2030-01-01'))).changes).toEqual([]);
  });

  it('moves an older edition first, and keeps what the new one has no place for', () => {
    const older = { ...full(), formId: 'form4-2018-05', edition: formOf('form4-2018-05')!.edition };
    const { form, changes } = changesBetween(older, full());
    expect(form.formId).toBe('form4-2025-05');
    expect(changes.map(shown)).toEqual([]);
    // The citation was right on the day of the older one, whose edition does not change its day.
    expect(changesBetween(older, full()).before.publishedOn).toBe(older.publishedOn);
    expect(() => changesBetween(full(), document('focused-form3'))).toThrow('全項目評価書と重点項目評価書は比べられません');
  });
});

it('what a new edition no longer asks, or asks with other options, is compared as it was printed', () => {
  const younger = formOf('form4-2025-05')!;
  const without = (items: readonly FormItem[]): readonly FormItem[] => items.flatMap((item) => (item.id === 'file.remarks' ? [] : [{ ...item, items: without(item.items), ...(item.id === 'basic.affair.headcount' && { options: [{ code: 'many', number: 1, label: '多数' }] }) }]));
  const next: Form = { ...younger, formId: 'form4-next', edition: '次版', sections: younger.sections.map((section) => ({ ...section, items: without(section.items) })) };
  const editions = (formId: string) => (formId === next.formId ? next : formOf(formId));
  const before = full((json) => void (json.answers.file[0]['file.remarks'] = '備考の記載'));
  const answers = structuredClone(before.answers) as Json;
  delete answers.file[0]['file.remarks'];
  answers['basic.affair.headcount'] = 'many';
  const comparison = changesBetween(before, { ...before, formId: next.formId, edition: next.edition, answers }, { editions });
  expect(comparison.changes.map((row) => [row.kind, row.itemId, row.before.printed, row.after.printed])).toEqual([['cell', 'basic.affair.headcount', expect.stringMatching(/人/), '多数'], ['edition', 'file.remarks', '備考の記載', '（様式の改正により記載欄がない）']]);
  const rows = toChangeRows(comparison, { dates: { submittedOn: null, publishedOn: null }, changedOn: () => '2027-01-01', judgements: [], vocabulary: VOCABULARIES[0]! });
  expect(rows.map(({ itemId, submission }) => [itemId, submission])).toEqual([['basic.affair.headcount', null], [null, null]]);
});

const real = published();
if (real) {
  describe('published assessments', () => {
    const read = (name: string): Assessment => {
      const reading = readAssessment(real.get(name)!);
      if (!reading.ok) throw new Error(name);
      return reading.assessment;
    };
    it.each(['koshigaya', 'sagamihara', 'taito'])('%s: each newest row, taken back in the text, is the row that the comparison gives', (name) => {
      const assessment = read(name);
      const form = formOf(assessment.formId)!;
      const cells = new Map(cellsOf(form, assessment).map((cell) => [cell.item.id, cell]));
      const all: ChangeRow[] = [];
      let compared = 0;
      for (const row of assessment.changeLog) {
        const cell = row.itemId === null ? undefined : [...cellsOf(form, assessment)].find(({ item, at }) => item.id === row.itemId && (row.blockIndex === undefined || at.at(-1)?.index === row.blockIndex)) ?? cells.get(row.itemId);
        if (!cell || cell.item.kind !== 'text' || typeof cell.answer !== 'string' || !row.before || !row.after || row.before === row.after || !cell.answer.includes(row.after)) continue;
        const earlier = withAnswer(assessment, cell, cell.answer.replace(row.after, () => row.before!));
        const rows = rowsOf(earlier, assessment);
        expect(new Set(rows.map(({ itemId, at }) => cellKey(itemId, at)))).toEqual(new Set([cellKey(cell.item.id, cell.at)]));
        const overlaps = (one: string, other: string) => one.includes(other.trim()) || other.includes(one.trim());
        for (const hunk of rows.flatMap(({ hunks }) => hunks)) expect(overlaps(hunk.before, row.before) || overlaps(hunk.after, row.after)).toBe(true);
        // Put in the place of the one side, the other side of every row gives the published text.
        const text = rows.reduce((cell, { before, after }) => (before.whole === '' ? `${cell}\n${after.whole}` : cell.replace(before.whole!, () => after.whole!)), (cellsOf(form, earlier).find((one) => cellKey(one.item.id, one.at) === cellKey(cell.item.id, cell.at))!.answer as string));
        const words = (whole: string) => whole.split(/\s+/).filter(Boolean).sort();
        expect(words(text)).toEqual(words(cell.answer));
        all.push(...toChangeRows(changesBetween(earlier, assessment), { dates: { submittedOn: null, publishedOn: null }, changedOn: () => '2026-01-01', judgements: [], vocabulary: VOCABULARIES[0]!, whole: true }));
        compared++;
      }
      // The checker finds the rows where they say, with the words that they print.
      expect(checkAssessment({ ...assessment, changeLog: all }).filter(({ rule }) => ['change-path', 'change-not-in-body', 'change-omitted'].includes(rule))).toEqual([]);
      expect(compared).toBe({ koshigaya: 11, sagamihara: 23, taito: 10 }[name]!);
    });
  });
} else {
  process.stdout.write('Published assessments were not compared: AKASHI_TEST_ASSESSMENTS names no folder that holds them, and none lies beside the project.\n');
}
