import { readFileSync } from 'node:fs';
import { SETTINGS } from '../../src/access/policy.js';
import { isTicks, type Assessment } from '../../src/assessments/answers/assessment.js';
import { readAssessment } from '../../src/assessments/answers/read-assessment.js';
import { writeAssessment } from '../../src/assessments/answers/write-assessment.js';
import { checkAffair, checkAssessment } from '../../src/assessments/check/check.js';
import { DocumentView } from '../../src/assessments/check/document.js';
import { isIn } from '../../src/assessments/check/rules-file.js';
import { formOf } from '../../src/assessments/forms/editions.js';
import type { FormItem, Position } from '../../src/assessments/forms/form.js';
import { isAnswered, itemOf } from '../../src/assessments/forms/places.js';
import { describeIntroducing, readIntroducing } from '../../src/cli/introducing.js';
import { createProgram } from '../../src/cli/program.js';
import { assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { RULES, formItem, type Rule } from '../../src/handling/rules.js';

const FOLDER = 'src/demo/assessments';
const DOCUMENTS = ['form1', 'form2', 'form4-v3'] as const;
const textOf = (name: string): string => readFileSync(`${FOLDER}/${name}.json`, 'utf8');

function read(text: string): Assessment {
  const reading = readAssessment(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.assessment;
}
const viewOf = (assessment: Assessment): DocumentView => new DocumentView(assessment, formOf(assessment.formId)!);
const full = (): DocumentView => viewOf(read(textOf('form4-v3')));

/** The verb in this process: what it prints. */
async function akashi(...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const own = createProgram({}, (text) => void said.push(text));
  assessmentVerbs(own);
  process.exitCode = undefined;
  await own.program.parseAsync(['assessment', ...args], { from: 'user' });
  return said.join('\n');
}

/** What stands in an item, a block or 別添 as it is printed: texts, the names of ticked boxes, and each word beside a box with its name. */
function written(document: DocumentView, id: string): readonly string[] {
  const { cells, assessment, form } = document;
  if (itemOf(form, id)?.kind === 'table') return assessment.recordItems.flatMap(({ fields }) => fields);
  return cells
    .filter(({ item }) => item.id === id || (itemOf(form, id)?.kind === 'block' && item.id.startsWith(`${id}.`)))
    .flatMap(({ item, answer }) => {
      if (!isTicks(answer)) return typeof answer === 'string' ? [answer] : [];
      return item.ticks.filter(({ code }) => answer.ticked.includes(code)).flatMap(({ code, label }) => [label, ...(answer.text[code] ?? '').split('、').flatMap((part) => [part, `${label}（${part}）`])]);
    });
}

const reading = readDeclaration(readFileSync('src/demo/shiohama.declaration.json', 'utf8'));
if (!reading.ok) throw new Error('the written items of the demo are not valid');
const { declaration } = reading;
const file = declaration.files[0]!;
const groundText = (code: string): string => declaration.legalGrounds.find((ground) => ground.code === code)!.text;
const labelsOf = (rule: Rule): readonly string[] => (file.items[rule]?.values ?? []).map(({ label }) => label);

describe("the city's documents", () => {
  it.each(DOCUMENTS)('%s is read without a problem and is written as it stands', (name) => {
    expect(writeAssessment(read(textOf(name))) === textOf(name)).toBe(true);
    expect(textOf(name)).toContain('架空');
  });

  it('nothing in them contradicts itself, is missing or is in doubt, nor do they each other', () => {
    const documents = DOCUMENTS.map((name) => read(textOf(name)));
    expect(documents.flatMap((document) => checkAssessment(document))).toEqual([]);
    expect(checkAffair(documents)).toEqual([]);
  });

  it('the command line finds as little', async () => {
    const said = await akashi('check', ...DOCUMENTS.map((name) => `${FOLDER}/${name}.json`));
    expect([process.exitCode, said.match(/矛盾 0 件、未記入 0 件、要確認 0 件/g)?.length]).toEqual([undefined, 4]);
  });

  it('name nobody: a published document names posts', () => {
    expect([...DOCUMENTS, 'form4-v4-amendment', 'introducing-akashi'].filter((name) => /大野|三輪|佐伯|堀真帆|黒田|森下|西野|江藤|宮内|田所|久保|岩城|田辺|木下|安藤|井上/.test(textOf(name)))).toEqual([]);
  });
});

describe('様式4 第3版 is what the engine enforces', () => {
  it('has the same affair, number, title and day', () => {
    const { assessment } = full();
    expect([Number(assessment.assessmentNumber), assessment.title, assessment.publishedOn, assessment.form]).toEqual([declaration.assessment.number, declaration.assessment.title, declaration.assessment.publishedOn, declaration.assessment.form]);
    expect(full().text('basic.affair.name')).toBe(declaration.affair.label);
    expect(written(full(), 'basic.systems.name')).toEqual(declaration.systems.map(({ label }) => label));
    expect(full().text('file.name', full().files[0])).toBe(file.label);
  });

  it.each(RULES.filter((rule) => labelsOf(rule).length > 0))('%s: every label stands in the item that the rule names', (rule) => {
    const there = written(full(), formItem(rule));
    expect(labelsOf(rule).filter((label) => !there.some((text) => text.includes(label)))).toEqual([]);
  });

  it('writes nothing beyond: items, methods, departments, entrustments and recipients', () => {
    const document = full();
    const [at] = document.files;
    expect(written(document, 'file.recordItems')).toEqual(labelsOf('items'));
    expect(document.item('file.acquisition.methods')!.ticks.filter(({ code }) => document.isTicked('file.acquisition.methods', code, at)).map(({ label }) => label)).toEqual(labelsOf('method'));
    expect(document.text('file.use.departments', at)).toBe(labelsOf('department').join('、'));
    expect(written(document, 'file.entrustments.title')).toEqual(labelsOf('entrustee'));
    expect(document.counts('file.transfers').map(({ count }) => count)).toEqual([declaration.files[0]!.transferees.length]);
    expect(document.entries('file.recipients').map((entry) => document.text('file.recipients.name', entry))).toEqual(file.recipients.map(({ label }) => label));
  });

  it('each recipient has its grounds, its information and its ways', () => {
    const document = full();
    const ways = { 'info-network': 'infoNetwork', paper: 'paper' } as Readonly<Record<string, string>>;
    for (const [index, entry] of document.entries('file.recipients').entries()) {
      const { grounds, information, methods } = file.recipients[index]!;
      for (const ground of grounds) expect(document.text('file.recipients.legalBasis', entry)).toContain(groundText(ground));
      expect(document.text('file.recipients.information', entry)!.split('、')).toEqual(information.map((code) => file.items.items!.values.find((item) => item.code === code)!.label));
      expect(new Set(document.ticks('file.recipients.method', entry)!.ticked)).toEqual(new Set(methods.map((method) => ways[method])));
    }
  });

  it('every ground of law is cited', () => {
    const cited = ['basic.numberUse.legalBasis', 'basic.networkLink.legalBasis'].flatMap((id) => written(full(), id)).join('\n');
    expect(declaration.legalGrounds.filter(({ text }) => !cited.includes(text))).toEqual([]);
  });

  it('the figures are those of the demo: 24,000 residents, 24 staff', () => {
    const document = full();
    const bands = (['basic.affair.headcount', 'file.headcount', 'file.use.userCount'] as const).map((id) => document.option(id, document.files[0])!);
    expect([24_000, 24_000, 24].map((figure, index) => isIn(figure, bands[index]!))).toEqual([true, true, true]);
    expect(document.option('procedure.basic.threshold')).toMatchObject({ number: 3, label: '基礎項目評価の実施が義務付けられる（任意に全項目評価を実施）' });
  });

  it('every arrow of 別添1 runs between its nodes, and the notes say what happens at its number', () => {
    const { format, nodes, arrows } = JSON.parse(full().answer('basic.flow') as string) as { format: string; nodes: readonly { id: string; label: string }[]; arrows: readonly { number: string; from: string; to: string }[] };
    const ids = new Set(nodes.map(({ id }) => id));
    expect([format, arrows.length > 10, arrows.filter(({ from, to }) => !ids.has(from) || !ids.has(to) || from === to)]).toEqual(['akashi-figure-1', true, []]);
    const notes = full().text('basic.flow.notes')!.split('\n');
    expect(arrows.filter(({ number }) => !notes.some((note) => note.startsWith(number)))).toEqual([]);
    for (const { label } of declaration.systems) expect(nodes.map((node) => node.label)).toContain(label);
  });

  it('says nothing of media: that is what practice turns out to differ in', () => {
    const document = full();
    expect(document.isTicked('file.acquisition.methods', 'media', document.files[0])).toBe(false);
    expect(document.passages('risk.acquisition').filter(({ text }) => /媒体|DVD/.test(text))).toEqual([]);
  });
});

describe('the amendment to 第4版', () => {
  interface Edit {
    readonly itemId: string;
    readonly at: readonly Position[];
    readonly value: unknown;
    readonly why: string;
    readonly judgement?: { readonly ground: string; readonly reason: string };
    readonly row: { readonly itemPath: string; readonly before: string; readonly after: string; readonly submission: '事前' | '事後'; readonly explanation: string };
  }
  const amendment = JSON.parse(textOf('form4-v4-amendment')) as { readonly changedOn: string; readonly edits: readonly Edit[]; readonly assessment: { readonly number: number; readonly from: number; readonly to: number } };

  function amended(): Assessment {
    const json = JSON.parse(textOf('form4-v3'));
    for (const { itemId, at, value, row } of amendment.edits) {
      let holder = json.answers;
      for (const { repeat, index } of at) holder = holder[repeat][index - 1];
      expect(holder).toHaveProperty([itemId]);
      holder[itemId] = value;
      json.changeLog.push({ changedOn: amendment.changedOn, itemId, ...row });
    }
    json.publishedOn = json.answers['cover.publicationDate'] = amendment.changedOn;
    return read(JSON.stringify(json));
  }

  it('applied, leaves nothing to be found, and names the medium where 第3版 did not', () => {
    expect(checkAssessment(amended())).toEqual([]);
    const document = viewOf(amended());
    expect(document.isTicked('file.acquisition.methods', 'media', document.files[0])).toBe(true);
    for (const measure of ['暗号化', '受渡し連絡票', '媒体管理簿']) expect(document.text('risk.acquisition.leak.measures', document.riskOf(document.files[0]!))).toContain(measure);
  });

  it('goes on from 第3版 and loses none of its measures', () => {
    expect(amendment.assessment).toEqual({ number: declaration.assessment.number, from: declaration.assessment.version, to: declaration.assessment.version + 1 });
    const [before, after] = [full(), viewOf(amended())].map((document) => document.text('risk.acquisition.leak.measures', document.riskOf(document.files[0]!))!.split('\n'));
    expect(before!.filter((line) => !after!.includes(line))).toEqual([]);
    expect(after!.length).toBe(before!.length + 1);
  });

  it('judges the ※ item, and only that, on a ground of the guideline', () => {
    const form = formOf('form4-2025-05')!;
    expect(amendment.edits.map(({ itemId, judgement }) => [itemOf(form, itemId)!.significant, judgement?.ground])).toEqual([[false, undefined], [true, 'notConsiderable']]);
    for (const { why, row } of amendment.edits) expect([why.length > 10, row.submission]).toEqual([true, '事後']);
  });
});

describe('the wording for a city that introduces the engine', () => {
  const wording = readIntroducing();
  const form = formOf(wording.edition)!;
  const filled = (text: string): string => wording.fillIn.reduce((words, { mark, example }) => (example === undefined ? words : words.replaceAll(mark, example)), text);
  const cellsUnder = (items: readonly FormItem[]): readonly string[] => items.flatMap((item) => [...(isAnswered(item) ? [item.id] : []), ...cellsUnder(item.items)]);

  it('covers Ⅰ.2, Ⅱ.4, Ⅱ.6①③ and Ⅲ', () => {
    const items = new Set(wording.drafts.map(({ itemId }) => itemId));
    expect(['basic.systems', 'file.entrustments', 'file.storage.place', 'file.storage.erasure'].filter((id) => !items.has(id))).toEqual([]);
    for (const chapter of ['acquisition', 'use', 'entrustment', 'provision', 'storage']) expect([...items].some((id) => id.startsWith(`risk.${chapter}.`) && itemOf(form, id)?.significant)).toBe(true);
    expect(wording.drafts.find(({ itemId }) => itemId === 'file.storage.erasure')!.text).toContain('鍵の破棄による暗号化消去');
  });

  it('says of each mark what goes there, and has no mark that is not used', () => {
    const used = new Set(JSON.stringify(wording.drafts).match(/【[^】]+】/g));
    expect(used).toEqual(new Set(wording.fillIn.map(({ mark }) => mark)));
  });

  it('the examples are the settings that the engine begins with', () => {
    const set = wording.fillIn.filter(({ setting }) => setting !== undefined);
    expect(set.length).toBeGreaterThan(3);
    for (const { setting, example } of set) expect(Number(example)).toBe(SETTINGS.get(setting!)!.tunable.default);
  });

  it('an entry answers all that its block asks', () => {
    for (const { itemId, entry } of wording.drafts.filter(({ how }) => how === 'entry')) expect(Object.keys(entry!)).toEqual(cellsUnder(itemOf(form, itemId)!.items));
  });

  it("filled in for this city, it is what the city's own document says", () => {
    const document = full();
    const appended = wording.drafts.filter(({ how }) => how === 'append');
    expect(appended.length).toBeGreaterThan(15);
    for (const { itemId, text } of appended) expect(written(document, itemId)[0]).toContain(filled(text!));
    expect(document.assessment.answers['basic.systems']).toContainEqual(JSON.parse(filled(JSON.stringify(wording.drafts[0]!.entry))));
  });

  it('is read by people: each draft under the name of its item, with ※ where the form has it, and what stands behind it', async () => {
    const text = await akashi('wording');
    expect(text).toBe(describeIntroducing(wording));
    expect(text.match(/^■ /gm)).toHaveLength(wording.drafts.length);
    expect(text).toMatch(/^■ Ⅱ\.6\.①保管場所　※（書き加える）\n {2}＜証（あかし）における措置＞$/m);
    expect(text).toMatch(/^■ Ⅱ\.6\.③消去方法（書き加える）$/m);
    expect(text).toMatch(/^ {2}⑦再委託の有無　※: 再委託しない$/m);
    expect(text).not.toMatch(/\{n\}|undefined|\[object/);
    for (const { text: draft } of wording.drafts) for (const line of draft?.split('\n') ?? []) expect(text).toContain(line);
  });
});
