import type { Node } from 'jsonc-parser';
import { isPlainDate } from '../../codes/plain-date.js';
import { JsonSource } from '../../handling/json-source.js';
import { formOf } from '../forms/editions.js';
import type { Form } from '../forms/form.js';
import { itemOf, placeOf } from '../forms/places.js';
import { GAP_KINDS, SUBMISSIONS, type Assessment, type ChangeRow, type Gap, type RecordTable } from './assessment.js';
import { isObject, pointer, type JsonObject, type Problem, type Report } from './problems.js';
import { AnswersReader } from './read-answers.js';

export type AssessmentReading = { readonly ok: true; readonly assessment: Assessment } | { readonly ok: false; readonly problems: readonly Problem[] };

const MEMBERS = ['formId', 'form', 'edition', 'editionInferred', 'assessmentNumber', 'title', 'agency', 'publishedOn', 'status', 'source', 'answers', 'recordItems', 'changeLog', 'gaps'];
/** The row that an explanation of older documents begins with: 「row 3: …」. */
const ROW_IN_WORDS = /^row ([1-9][0-9]*):/;

/** Reads an assessment from JSON. Strict: all problems are found at once, and nothing is guessed or dropped. Never throws. */
export function readAssessment(text: string, editions: (formId: string) => Form | undefined = formOf): AssessmentReading {
  const problems: Problem[] = [];
  const source = new JsonSource(text);
  const value = source.root && source.faults.length === 0 ? plain(source, source.root) : undefined;
  for (const { path, line, column, message } of source.faults) problems.push({ path, code: 'json', message: `${line}行${column}文字目: ${message}` });
  if (problems.length > 0 || value === undefined) return { ok: false, problems };
  const assessment = new Reader((path, code, message) => void problems.push({ path, code, message }), editions).assessment(value);
  return assessment && problems.length === 0 ? { ok: true, assessment } : { ok: false, problems };
}

/** The tables of 別添 特定個人情報ファイル記録項目 by themselves: the first problem, or the tables as they are kept. */
export function checkTables(value: unknown): { readonly tables: readonly RecordTable[] } | { readonly problem: string } {
  const problems: string[] = [];
  const reader = new Reader((path, _code, message) => void problems.push(`${path}: ${message}`), formOf);
  if (!Array.isArray(value)) return { problem: '記録項目の表は配列（[ … ]）で書いてください' };
  const tables = value.flatMap((table, at) => reader.table([], table, pointer('', at)) ?? []);
  return problems.length > 0 ? { problem: problems[0]! } : { tables };
}

/** The value of a node; the source reports members that stand there twice. Objects have no prototype, so that any name is just a name. */
function plain(source: JsonSource, node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map((child) => plain(source, child));
  if (node.type !== 'object') return node.value;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, child] of source.members(node)) object[name] = plain(source, child);
  return object;
}

class Reader {
  constructor(
    private readonly report: Report,
    private readonly editions: (formId: string) => Form | undefined,
  ) {}

  assessment(value: unknown): Assessment | undefined {
    if (!this.object(value, '', MEMBERS, [])) return undefined;
    const form = typeof value['formId'] === 'string' ? this.editions(value['formId']) : undefined;
    if (!form) {
      this.report('/formId', 'unknown-form', '知らない様式の版です');
      return undefined;
    }
    if (value['form'] !== form.form) this.report('/form', 'wrong-edition', `この版は様式${form.form}です`);
    if (value['edition'] !== form.edition) this.report('/edition', 'wrong-edition', `この版は「${form.edition}」です`);
    const gaps = this.list(value['gaps'], '/gaps').flatMap((gap, at) => this.gap(form, gap, pointer('/gaps', at)) ?? []);
    const recordItems = this.list(value['recordItems'], '/recordItems').flatMap((table, at) => this.table(gaps, table, pointer('/recordItems', at)) ?? []);
    const changeLog = this.list(value['changeLog'], '/changeLog').flatMap((row, at) => this.row(form, gaps, row, pointer('/changeLog', at), at + 1) ?? []);
    for (const [name, id, rows] of [['recordItems', 'file.recordItems', recordItems], ['changeLog', 'changes.rows', changeLog]] as const) {
      if (rows.length > 0 && !itemOf(form, id)) this.report(`/${name}`, 'unknown-item', 'この版の様式にこの別添はありません');
    }
    const answers = new AnswersReader(form, gaps, this.report).read(value['answers'], '/answers');
    this.entriesExist(form, gaps, answers);
    return {
      formId: form.formId,
      form: form.form,
      edition: form.edition,
      editionInferred: this.flag(value, 'editionInferred'),
      assessmentNumber: this.textOrNull(value, 'assessmentNumber'),
      title: this.textOrNull(value, 'title'),
      agency: this.textOrNull(value, 'agency'),
      publishedOn: this.dateOrNull(value['publishedOn'], '/publishedOn'),
      status: this.one(value['status'], ['published', 'draft'] as const, '/status'),
      source: this.text(value['source'], '/source'),
      answers,
      recordItems,
      changeLog,
      gaps,
    };
  }

  private gap(form: Form, value: unknown, path: string): Gap | undefined {
    if (!this.object(value, path, ['itemId', 'kind', 'why'], ['fileIndex', 'blockIndex', 'row', 'raw'])) return undefined;
    const itemId = this.text(value['itemId'], pointer(path, 'itemId'));
    if (itemId !== '*' && !placeOf(form, itemId)) this.report(pointer(path, 'itemId'), 'unknown-item', 'この版の様式にない項目です');
    const why = this.text(value['why'], pointer(path, 'why'));
    const inWords = itemOf(form, itemId)?.kind === 'table' ? ROW_IN_WORDS.exec(why)?.[1] : undefined;
    const row = this.index(value, 'row', path) ?? (inWords === undefined ? undefined : Number(inWords));
    return {
      itemId,
      ...this.place(value, path),
      ...(row !== undefined && { row }),
      kind: this.one(value['kind'], GAP_KINDS, pointer(path, 'kind')),
      why,
      ...(value['raw'] !== undefined && { raw: this.text(value['raw'], pointer(path, 'raw')) }),
    };
  }

  table(gaps: readonly Gap[], value: unknown, path: string): RecordTable | undefined {
    if (!this.object(value, path, ['table', 'fields'], ['fileIndex', 'group', 'note'])) return undefined;
    const table = value['table'] === null ? null : this.text(value['table'], pointer(path, 'table'));
    if (table === null && !gaps.some(({ itemId, kind }) => kind === 'lost' && ['file.recordItems', 'file', '*'].includes(itemId))) {
      this.report(pointer(path, 'table'), 'lost-without-gap', '表の名が失われたもの（null）とされていますが、「gaps」に説明がありません');
    }
    const fileIndex = this.index(value, 'fileIndex', path);
    const fields = this.list(value['fields'], pointer(path, 'fields')).map((field, at) => this.text(field, pointer(pointer(path, 'fields'), at)));
    if (fields.length === 0) this.report(pointer(path, 'fields'), 'empty', '記録項目がありません');
    fields.forEach((field, at) => {
      if (fields.indexOf(field) !== at) this.report(pointer(pointer(path, 'fields'), at), 'tick-twice', '同じ表に同じ記録項目が二度書かれています');
    });
    return {
      table,
      ...(fileIndex !== undefined && { fileIndex }),
      ...(value['group'] !== undefined && { group: this.text(value['group'], pointer(path, 'group')) }),
      fields,
      ...(value['note'] !== undefined && { note: this.text(value['note'], pointer(path, 'note')) }),
    };
  }

  private row(form: Form, gaps: readonly Gap[], value: unknown, path: string, number: number): ChangeRow | undefined {
    const required = ['changedOn', 'itemPath', 'itemId', 'before', 'after', 'submission', 'explanation'];
    if (!this.object(value, path, required, ['fileIndex', 'blockIndex'])) return undefined;
    const told = gaps.some((gap) => gap.itemId === 'changes.rows' && gap.row === number);
    for (const name of required) {
      if (value[name] === null && name !== 'itemId' && !told) this.report(pointer(path, name), 'lost-without-gap', '失われたもの（null）とされていますが、「gaps」に説明がありません');
    }
    const itemId = value['itemId'] === null ? null : this.text(value['itemId'], pointer(path, 'itemId'));
    const place = itemId === null ? undefined : placeOf(form, itemId);
    if (itemId !== null && !place) this.report(pointer(path, 'itemId'), 'unknown-item', 'この版の様式にない項目です');
    const isRepeated = place?.item !== undefined && [place.item, ...place.parents].some(({ repeat }) => repeat);
    if (place && isRepeated !== (value['blockIndex'] !== undefined)) {
      this.report(pointer(path, 'blockIndex'), 'no-such-entry', isRepeated ? '何番目のものかが要ります' : '繰り返しのない項目です');
    }
    return {
      changedOn: this.dateOrNull(value['changedOn'], pointer(path, 'changedOn')),
      itemPath: this.anyTextOrNull(value['itemPath'], pointer(path, 'itemPath')),
      itemId,
      ...this.place(value, path),
      before: this.anyTextOrNull(value['before'], pointer(path, 'before')),
      after: this.anyTextOrNull(value['after'], pointer(path, 'after')),
      submission: value['submission'] === null ? null : this.one(value['submission'], SUBMISSIONS, pointer(path, 'submission')),
      explanation: this.anyTextOrNull(value['explanation'], pointer(path, 'explanation')),
    };
  }

  /** A gap that counts an entry or a file must mean one that is there. */
  private entriesExist(form: Form, gaps: readonly Gap[], answers: Assessment['answers']): void {
    gaps.forEach(({ itemId, fileIndex, blockIndex }, at) => {
      const place = placeOf(form, itemId);
      if (fileIndex === undefined && blockIndex === undefined) return;
      const files = place?.section.repeat ? answers[place.section.id] : undefined;
      const isFile = (index: number) => Array.isArray(files) && index <= files.length;
      if (fileIndex !== undefined && !isFile(fileIndex)) this.report(`/gaps/${at}/fileIndex`, 'no-such-entry', 'その番号の特定個人情報ファイルはありません');
      if (blockIndex === undefined) return;
      const block = place?.repeat && place.item ? itemId : place?.repeats.filter((id) => id !== place.section.id).at(-1);
      const holders = Array.isArray(files) ? files.filter((_, index) => fileIndex === undefined || index + 1 === fileIndex) : [answers];
      const exists = block !== undefined && holders.some((holder) => { const list = (holder as Assessment['answers'])[block]; return Array.isArray(list) && blockIndex <= list.length; });
      if (!exists) this.report(`/gaps/${at}/blockIndex`, 'no-such-entry', 'その番号のものはありません');
    });
  }

  private place(value: JsonObject, path: string): { readonly fileIndex?: number; readonly blockIndex?: number } {
    const fileIndex = this.index(value, 'fileIndex', path);
    const blockIndex = this.index(value, 'blockIndex', path);
    return { ...(fileIndex !== undefined && { fileIndex }), ...(blockIndex !== undefined && { blockIndex }) };
  }

  private index(value: JsonObject, name: string, path: string): number | undefined {
    const index = value[name];
    if (index === undefined) return undefined;
    if (Number.isSafeInteger(index) && (index as number) >= 1) return index as number;
    this.report(pointer(path, name), 'not-a-count', '1以上の整数で書いてください');
    return undefined;
  }

  private object(value: unknown, path: string, required: readonly string[], optional: readonly string[]): value is JsonObject {
    if (!isObject(value)) {
      this.report(path, 'wrong-type', 'オブジェクト（{ … }）で書いてください');
      return false;
    }
    for (const name of required) if (!Object.hasOwn(value, name)) this.report(pointer(path, name), 'missing', `「${name}」がありません`);
    for (const name of Object.keys(value)) if (!required.includes(name) && !optional.includes(name)) this.report(pointer(path, name), 'unknown-member', '知らない語です');
    return required.every((name) => Object.hasOwn(value, name));
  }

  private list(value: unknown, path: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    this.report(path, 'wrong-type', '配列（[ … ]）で書いてください');
    return [];
  }

  private text(value: unknown, path: string): string {
    const text = this.anyText(value, path);
    if (value === '') this.report(path, 'empty', '空です');
    return text;
  }

  private anyText(value: unknown, path: string): string {
    if (typeof value === 'string' && value.isWellFormed()) return value;
    this.report(path, typeof value === 'string' ? 'broken-text' : 'wrong-type', '文字列で書いてください');
    return '';
  }

  private anyTextOrNull(value: unknown, path: string): string | null {
    return value === null ? null : this.anyText(value, path);
  }

  private textOrNull(value: JsonObject, name: string): string | null {
    return this.anyTextOrNull(value[name], `/${name}`);
  }

  private dateOrNull(value: unknown, path: string): string | null {
    if (value === null || (typeof value === 'string' && isPlainDate(value))) return value;
    this.report(path, 'not-a-date', '日付（YYYY-MM-DD）で書いてください');
    return null;
  }

  private flag(value: JsonObject, name: string): boolean {
    if (typeof value[name] !== 'boolean') this.report(`/${name}`, 'wrong-type', 'true か false で書いてください');
    return value[name] === true;
  }

  private one<T extends string>(value: unknown, options: readonly T[], path: string): T {
    if (!options.includes(value as T)) this.report(path, 'not-an-option', `${options.join('、')} のどれかで書いてください`);
    return value as T;
  }
}
