import { isTicks, type Answer, type Assessment } from '../../src/assessments/answers/assessment.js';
import { cellsOf, within, type Cell } from '../../src/assessments/answers/cells.js';
import { editionOn, formOf } from '../../src/assessments/forms/editions.js';
import type { Form, FormItem, Position } from '../../src/assessments/forms/form.js';
import { itemOf, placeOf, placesOf, printedName } from '../../src/assessments/forms/places.js';
import type { CodedLabel, Declaration, DeclaredFile } from '../../src/handling/declaration.js';
import { RULES, formItem } from '../../src/handling/rules.js';
import { FIGURE_START } from '../../src/assessments/answers/figure.js';
import type { Listed } from '../reports/labels.js';
import type { Written } from './item-check.js';
import { ITEM_CHECKS } from './item-checks.js';
import { K_CHECKS } from './k-checks.js';
import { blocksOf, checkBlock } from './measure-blocks.js';
import { checkMeasure, measureOf } from './measures.js';
import { joined, unchecked, type Facts, type Outcome, type Scene } from './verdict.js';

/** One line of 記載と実態の突合. */
export interface Row extends Outcome {
  /** K1–K26, C1…, or the id of the item */
  readonly check: string;
  readonly itemId: string;
  /** as the form prints it, and what a named comparison asks */
  readonly item: string;
  /** code; none of what is asked once for the agency */
  readonly file: string | null;
  /** what is written, in words */
  readonly written: string;
}

export interface Compared {
  /** the document of the version in force, once the ledger holds it */
  readonly written: Assessment | undefined;
  readonly declaration: Declaration;
  readonly facts: Facts;
  readonly label: (list: Listed, code: string) => string;
  /** only this one */
  readonly file?: string;
}

/** What is written against what the ledger shows: a line for every item that is answered, and one for each named comparison. Pure. */
export function conformance({ written, declaration, facts, label, file: only }: Compared): readonly Row[] {
  const form = (written && formOf(written.formId)) ?? editionOn(declaration.assessment.form, declaration.effectiveFrom)!;
  const scenes = declaration.files.filter(({ code }) => only === undefined || code === only).map((file): Scene => {
    const acts = facts.practice.acts.filter((act) => act.file === file.code);
    return { written, declaration, file, facts, done: acts.filter(({ outcome }) => outcome !== 'refused'), refused: acts.filter(({ outcome }) => outcome === 'refused'), label };
  });
  if (scenes.length === 0) return [];
  const cells = written ? cellsOf(form, written) : [];
  const rows = written ? scenesOf(form, cells, scenes, only === undefined) : scenes.flatMap((scene) => ofDeclaration(form, scene));
  return [...rows, ...K_CHECKS.flatMap((check) => (check.once ? scenes.slice(0, 1) : scenes).flatMap((scene): readonly Row[] => {
    const index = indexOf(form, cells, scene.file, declaration);
    const cellOf = (itemId: string): Written => cells.filter((cell) => cell.item.id === itemId && fileIndex(cell.at) === (fileIndexed(form, itemId) ? index : undefined)).map(({ item, answer }): Written => ({ item, answer }))[0] ?? {};
    const cell = cellOf(check.itemId);
    const named = itemOf(form, check.itemId) ? printedName(form, check.itemId) : '様式に印刷のない項目';
    const head = { check: check.id, itemId: check.itemId, item: `${check.id} ${check.title}（${named}）`, file: check.once ? null : scene.file.code, written: cell.item ? inWords(cell.item, cell.answer) : declared(scene, check.itemId) };
    const isWritten = cell.item ? cell.answer !== undefined && cell.answer !== null && !isUnanswered(cell.answer) : head.written !== '';
    return [check.run(scene, cellOf), ...(check.beside?.(scene) ?? [])].map((outcome): Row => ({ ...head, ...(isWritten ? outcome : unwritten(outcome)) }));
  }))];
}

/** A line for each answered cell of a document. */
function scenesOf(form: Form, cells: readonly Cell[], scenes: readonly Scene[], withAgency: boolean): readonly Row[] {
  const byIndex = new Map(scenes.map((scene) => [indexOf(form, cells, scene.file, scene.declaration), scene]));
  const first = scenes[0]!;
  return cells.flatMap((cell): readonly Row[] => {
    const { item, at, answer } = cell;
    const index = fileIndex(at);
    if (isUnanswered(answer) || (index === undefined && !withAgency)) return [];
    const scene = index === undefined ? first : byIndex.get(index);
    if (scene === undefined && !withAgency) return [];
    const head = { check: item.id, itemId: item.id, item: printedName(form, item.id, at), file: index === undefined ? null : (scene?.file.code ?? null), written: inWords(item, answer) };
    if (answer === null) return [{ ...head, ...unchecked('原本の読取りで失われている') }];
    if (scene === undefined) return [{ ...head, ...unchecked('この特定個人情報ファイルの記載事項（照合規則）がない') }];
    const check = ITEM_CHECKS[item.id];
    if (check) return [{ ...head, ...check(scene, { item, answer, ...partyAt(form, cells, at, scene) }) }];
    const measure = measureOf(item.id);
    if (!measure) return [{ ...head, ...unchecked(reasonFor(form, item)) }];
    const blocks = item.kind === 'text' && typeof answer === 'string' ? blocksOf(answer) : [];
    return [{ ...head, ...checkMeasure(scene, measure, answer) }, ...blocks.map((block): Row => ({ ...head, item: `${head.item}＜${block.name}における措置＞`, written: cut(block.text), ...checkBlock(scene, measure, block) }))];
  });
}

/** Without a document: a line for each rule that the written items of a file name, or that its form prints. */
function ofDeclaration(form: Form, scene: Scene): readonly Row[] {
  const ids = [...new Set(RULES.map(formItem))].filter((id) => placeOf(form, id) !== undefined);
  return ids.flatMap((itemId): readonly Row[] => {
    const check = ITEM_CHECKS[itemId];
    const parties = itemId.startsWith('file.recipients.') ? scene.file.recipients : itemId.startsWith('file.transfers.') ? scene.file.transferees : undefined;
    const line = (outcome: Outcome, written: string, which = ''): Row => ({ check: itemId, itemId, item: `${printedName(form, itemId)}${which}`, file: scene.file.code, written, ...(written === '' ? unwritten(outcome) : outcome) });
    if (check && parties) return parties.map((party) => line(check(scene, { party }), declared(scene, itemId, party), `（${party.label}）`));
    if (check) return [line(check(scene, {}), declared(scene, itemId))];
    const measure = measureOf(itemId);
    return [line(measure ? checkMeasure(scene, measure, undefined) : unchecked('照合する方法がまだない'), declared(scene, itemId))];
  });
}

/** Where nothing is written, there is nothing to agree with. */
function unwritten(outcome: Outcome): Outcome {
  return outcome.verdict === 'agrees' ? { ...outcome, verdict: 'unchecked', note: joined('この項目の記載がない（評価書の文書がない、又は空欄）', outcome.note) } : outcome;
}

/** Items that no rule names, by those in which the machine-checkable part has what is compared. */
const DECLARED_IN: Readonly<Record<string, string>> = { 'file.entrustment.count': 'file.entrustments', 'file.use.method': 'file.use.purpose', 'risk.use.overLinking.addressSystem': 'file.use.departments' };

/** What the machine-checkable part says of an item. */
function declared({ file, declaration }: Pick<Scene, 'file' | 'declaration'>, id: string, party?: CodedLabel): string {
  if (party) return party.label;
  const itemId = DECLARED_IN[id] ?? id;
  if (itemId === 'cover.publicationDate') return declaration.assessment.publishedOn;
  if (itemId === 'basic.systems') return cut(declaration.systems.map(({ label }) => label).join('、'));
  if (itemId === 'file.provision.transferCount') return file.transferees.length === 0 ? '移転先の記載なし' : cut(file.transferees.map(({ label }) => label).join('、'));
  const labels = RULES.filter((rule) => formItem(rule) === itemId).flatMap((rule) => file.items[rule]?.values.map(({ label }) => label) ?? []);
  const others = itemId === 'file.recipients' ? file.recipients : itemId === 'file.transfers' ? file.transferees : [];
  return cut([...labels, ...others.map(({ label }) => label)].join('、'));
}

/** システムn, 委託事項n, 提供先n or 移転先n of a document, and what it is in the written items: by name, else by their order; a system by name alone. */
function partyAt(form: Form, cells: readonly Cell[], at: readonly Position[], { file, declaration: { systems } }: Scene): Pick<Written, 'party' | 'entry'> {
  const PARTIES = {
    'basic.systems': ['basic.systems.name', systems],
    'file.recipients': ['file.recipients.name', file.recipients], 'file.transfers': ['file.transfers.name', file.transferees], 'file.entrustments': ['file.entrustments.title', file.items.entrustee?.values ?? []],
  } as const;
  const place = at.find(({ repeat }) => Object.hasOwn(PARTIES, repeat));
  if (!place) return {};
  const [nameId, parties] = PARTIES[place.repeat as keyof typeof PARTIES];
  const name = cells.find((cell) => cell.item.id === nameId && samePlace(within(form, nameId, cell.at), within(form, nameId, at)))?.answer;
  const party = parties.find(({ label }) => typeof name === 'string' && plain(label) === plain(name)) ?? (place.repeat === 'basic.systems' ? undefined : parties[place.index - 1]);
  return { entry: place.index, ...(party && { party }) };
}

function samePlace(a: readonly Position[], b: readonly Position[]): boolean {
  return a.length === b.length && a.every(({ repeat, index }, i) => b[i]!.repeat === repeat && b[i]!.index === index);
}

/** Which file of the document is the file of the written items: by name, else by their order, where that one goes by no other's name. */
function indexOf(form: Form, cells: readonly Cell[], file: DeclaredFile, { files }: Declaration): number | undefined {
  const names = new Map(cells.flatMap(({ item, at, answer }) => (item.id === 'file.name' && typeof answer === 'string' ? [[fileIndex(at), plain(answer)] as const] : [])));
  for (const [index, name] of names) if (name === plain(file.label)) return index;
  const inOrder = placeOf(form, 'file')?.repeat ? files.indexOf(file) + 1 : undefined;
  return files.some(({ label }) => plain(label) === names.get(inOrder)) ? undefined : inOrder;
}

function fileIndex(at: readonly Position[]): number | undefined {
  return at.find(({ repeat }) => repeat === 'file' || repeat === 'risk')?.index;
}

function fileIndexed(form: Form, itemId: string): boolean {
  return placeOf(form, itemId)?.repeats.some((repeat) => repeat === 'file' || repeat === 'risk') ?? false;
}

function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/g, '');
}

function isUnanswered(answer: Answer): boolean {
  return answer === '' || (isTicks(answer) && answer.ticked.length === 0 && (answer.unknown?.length ?? 0) === 0);
}

/** Characters of a text that a line shows: the document itself has the rest. */
const CUT = 160;

function cut(text: string): string {
  const characters = [...text.replaceAll(/\s+/g, ' ')];
  return characters.length <= CUT ? characters.join('') : `${characters.slice(0, CUT).join('')}…`;
}

function inWords(item: FormItem, answer: Answer | undefined): string {
  if (answer === null || answer === undefined) return '（失われている）';
  if (isTicks(answer)) return cut([...answer.ticked.map((code) => `${item.ticks.find((tick) => tick.code === code)?.label ?? code}${answer.text[code] ? `（${answer.text[code]}）` : ''}`), ...(answer.unknown ?? []).map((code) => `${item.ticks.find((tick) => tick.code === code)?.label ?? code}（読み取れない）`)].join('、'));
  if (typeof answer === 'number') return String(answer);
  if (item.kind === 'figure' && answer.startsWith(FIGURE_START)) return '（図）';
  return cut(item.options.find(({ code }) => code === answer)?.label ?? answer);
}

/** Why an item is not compared, by where it stands. */
const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  ['cover.', '評価書そのものについての記載'],
  ['procedure.', '評価の手続の記録であり、取扱いの記録から確かめることではない'],
  ['changes.', '変更箇所の記録であり、版どうしの比較で確かめる'],
  ['disclosure.', '案内についての記載'],
  ['basic.flow', '図は、記載された相手方・方法の照合に代える'],
  ['basic.systems', 'システムの名称・機能・接続は、記載事項にその符号がなければ取扱いの記録と対応付けられない'],
  ['basic.', '事務・組織についての説明'],
];

function reasonFor(form: Form, item: FormItem): string {
  const found = REASONS.find(([prefix]) => item.id.startsWith(prefix));
  if (found) return found[1];
  const parent = placesOf(form).get(item.id)?.parents.at(-1);
  return item.kind === 'text' ? `文章による説明であり、機械で照合する符号がない${parent && ITEM_CHECKS[parent.id] ? `（${parent.label.split('\n')[0]!}で照合する）` : ''}` : 'この項目を照合する規則がまだない';
}
