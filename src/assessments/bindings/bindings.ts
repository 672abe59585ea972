/**
 * 照合する記載 (bindings): what of a written item the engine checks, by code, beside its free text. They are written like the rules of a
 * declaration, without what the document itself says: number, form, title, publication.
 */
import { DECLARATION_FORMAT, readDeclaration, type DeclarationReading } from '../../handling/declaration-file.js';
import type { Declaration } from '../../handling/declaration.js';
import { RULES, formItem, printedItem, type Form as RuleForm, type Rule } from '../../handling/rules.js';
import { isTicks, type Assessment } from '../answers/assessment.js';
import { DocumentView, isBlank } from '../check/document.js';
import type { Form, Position } from '../forms/form.js';
import { itemOf, printedName } from '../forms/places.js';

/** The forms that say enough to be checked: 様式２ names no departments, sources or recipients. */
export const RULE_FORMS: readonly RuleForm[] = ['3', '4'];

export const BINDINGS_FORMAT = 'akashi-bindings-1';

/** What stands in the document and is put into the declaration from there. */
export interface Written {
  readonly number: number;
  readonly form: RuleForm;
  readonly title: string;
  readonly version: number;
  readonly publishedOn: string;
  readonly effectiveFrom: string;
}

/** The declaration that bindings come to, as JSON text in a fixed order; what is no object stays as it is, and reading it says so. */
export function declarationText(bindings: string, { number, form, title, version, publishedOn, effectiveFrom }: Written): string {
  let rules: unknown;
  try {
    rules = JSON.parse(bindings);
  } catch {
    return bindings;
  }
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) return bindings;
  const { format, assessment: _, effectiveFrom: __, note: ___, ...rest } = rules as Record<string, unknown>;
  const isKnown = format === BINDINGS_FORMAT || format === DECLARATION_FORMAT;
  return JSON.stringify({ format: isKnown ? DECLARATION_FORMAT : format, assessment: { number, form, title, version, publishedOn }, effectiveFrom, ...rest });
}

/** Reads bindings by themselves, for a form; faults are named by their place in the JSON. */
export function readBindings(bindings: string, form: RuleForm): DeclarationReading {
  return readDeclaration(declarationText(bindings, { number: 1, form, title: '案', version: 1, publishedOn: '2000-01-01', effectiveFrom: '2000-01-01' }));
}

/** The rules that some file has written items for. */
export function rulesOf({ files }: Declaration): readonly Rule[] {
  return RULES.filter((rule) => files.some(({ items }) => items[rule] !== undefined));
}

/** A bound value that the free text of its item does not name, or an item that is bound and left blank. */
export interface Unbacked {
  readonly file: string;
  readonly rule: Rule;
  readonly itemId: string;
  readonly at: readonly Position[];
  /** undefined: nothing is written there at all */
  readonly code?: string;
  readonly message: string;
}

/** Where the declaration says something that the document does not: by its words, blanks and widths of letters left aside. */
export function unbackedIn(form: Form, assessment: Assessment, declaration: Declaration): readonly Unbacked[] {
  const document = new DocumentView(assessment, form);
  return declaration.files.flatMap((file): readonly Unbacked[] => {
    const at = fileAt(document, file.label);
    if (at === undefined) return [{ file: file.code, rule: 'scope', itemId: 'file', at: [], message: `特定個人情報ファイル「${file.label}」は評価書に記載がありません` }];
    return RULES.flatMap((rule): readonly Unbacked[] => {
      const written = file.items[rule];
      const item = formItem(rule);
      if (!written || written.document !== undefined || !printedItem(rule, declaration.assessment.form) || !itemOf(form, item)) return [];
      const place = within(at, item);
      const words = wordsUnder(document, item, place);
      const name = printedName(form, item, place);
      const problem = (message: string, code?: string): Unbacked => ({ file: file.code, rule, itemId: item, at: place, ...(code !== undefined && { code }), message });
      const isAsked = written.values.length > 0 || file.evidence.some((evidence) => evidence.rule === rule);
      if (words === '') return isAsked ? [problem(`${name} に記載がありません`)] : [];
      return written.values.filter(({ label }) => !isWritten(words, label)).map(({ label, code }) => problem(`${name} に「${label}」の記載が見当たりません`, code));
    });
  });
}

/** Boxes that are ticked and that no bound value names: what is written there is checked by nothing. */
export function unboundIn(form: Form, assessment: Assessment, declaration: Declaration): readonly Unbacked[] {
  const document = new DocumentView(assessment, form);
  return declaration.files.flatMap((file) => {
    const at = fileAt(document, file.label);
    if (at === undefined) return [];
    return RULES.flatMap((rule): readonly Unbacked[] => {
      const item = itemOf(form, formItem(rule));
      if (item?.kind !== 'ticks' || !printedItem(rule, declaration.assessment.form)) return [];
      const place = within(at, item.id);
      const answer = document.ticks(item.id, place);
      const bound = folded((file.items[rule]?.values ?? []).map(({ label }) => label).join('\n'));
      return item.ticks.flatMap(({ code, label }): readonly Unbacked[] => {
        const text = answer?.text[code];
        if (!answer?.ticked.includes(code) || bound.includes(folded(label)) || (text !== undefined && folded(text).split('、').some((part) => bound.includes(part)))) return [];
        return [{ file: file.code, rule, itemId: item.id, at: place, code, message: `${printedName(form, item.id, place)} の「${label}${text === undefined ? '' : `（${text}）`}」は、照合する記載に入っていません` }];
      });
    });
  });
}

/** The entry of a file in chapter Ⅱ by its name; a document with one file has that. */
function fileAt(document: DocumentView, label: string): readonly Position[] | undefined {
  const { files } = document;
  const named = files.find((at) => {
    const name = document.text('file.name', at);
    return name !== undefined && folded(name).includes(folded(label));
  });
  return named ?? (files.length === 1 && document.text('file.name', files[0]) === undefined ? files[0] : undefined);
}

/** The place of an item of a file: in chapter Ⅲ under the same number, elsewhere under none. */
function within(file: readonly Position[], item: string): readonly Position[] {
  if (item.startsWith('file')) return file;
  if (item.startsWith('risk')) return file.map(({ index }) => ({ repeat: 'risk', index }));
  return [];
}

/** As it stands, or as a box with its （　） text, in which several things may stand: 「評価実施機関内の他部署（市民課）」. */
function isWritten(words: string, label: string): boolean {
  if (words.includes(folded(label))) return true;
  const [, box, text] = /^([^（(]+)[（(](.+)[）)]$/u.exec(label.trim()) ?? [];
  return box !== undefined && words.includes(folded(box)) && words.includes(folded(text!));
}

/** Everything written at an item and below it, of this file. */
function wordsUnder(document: DocumentView, id: string, at: readonly Position[]): string {
  if (id === 'file.recordItems') return folded(document.assessment.recordItems.flatMap(({ table, fields, note }) => [table ?? '', ...fields, note ?? '']).join('\n'));
  const here = document.cells.filter((cell) => (cell.item.id === id || cell.item.id.startsWith(`${id}.`)) && at.every((position) => cell.at.some(({ repeat, index }) => repeat === position.repeat && index === position.index)));
  const words = here.flatMap(({ item, answer }): readonly string[] => {
    if (answer === null || isBlank(answer)) return [];
    if (isTicks(answer)) return item.ticks.filter(({ code }) => answer.ticked.includes(code)).map(({ code, label }) => (answer.text[code] === undefined ? label : `${label.replace(/（\s*）/u, '')}（${answer.text[code]}）\n${answer.text[code]}`));
    if (item.kind === 'choice') return [item.options.find(({ code }) => code === answer)?.label ?? ''];
    return [String(answer)];
  });
  return folded(words.join('\n'));
}

function folded(text: string): string {
  return text.normalize('NFKC').replace(/[\s\p{Z}]+/gu, '');
}
