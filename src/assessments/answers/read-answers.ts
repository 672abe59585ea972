import { isPlainDate } from '../../codes/plain-date.js';
import type { Form, FormItem, FormSection, Position } from '../forms/form.js';
import { isAnswered, placeOf, printedName } from '../forms/places.js';
import { isTicks, type Answer, type Answers, type Gap, type TicksAnswer } from './assessment.js';
import { FIGURE_START, readFigure } from './figure.js';
import { gapsAt } from './gap-cover.js';
import { isObject, pointer, type JsonObject, type Report } from './problems.js';

/** Reads the answers cell by cell in the order of the form, so that what was read does not depend on how it was written down. */
export class AnswersReader {
  constructor(
    private readonly form: Form,
    private readonly gaps: readonly Gap[],
    private readonly report: Report,
  ) {}

  read(value: unknown, path: string): Answers {
    if (!isObject(value)) {
      this.report(path, 'wrong-type', '回答はオブジェクト（{ … }）で書いてください');
      return {};
    }
    const answers: Record<string, Answer | readonly Answers[]> = {};
    if (Object.keys(value).length === 0 && this.gaps.some(({ itemId, kind }) => itemId === '*' && kind === 'lost')) return answers;
    const rest = new Set(Object.keys(value));
    for (const section of this.form.sections) {
      if (section.repeat) answers[section.id] = this.entries(section, value, path, [], rest);
      else this.items(section.items, value, path, [], answers, rest);
    }
    this.unknown(rest, path);
    return answers;
  }

  private items(items: readonly FormItem[], value: JsonObject, path: string, at: readonly Position[], answers: Record<string, Answer | readonly Answers[]>, rest: Set<string>): void {
    for (const item of items) {
      if (item.repeat) {
        answers[item.id] = this.entries(item, value, path, at, rest);
        continue;
      }
      if (isAnswered(item)) {
        rest.delete(item.id);
        if (Object.hasOwn(value, item.id)) answers[item.id] = this.answer(item, value[item.id], pointer(path, item.id), at);
        else this.report(pointer(path, item.id), 'missing-answer', `「${this.name(item.id, at)}」の回答がありません（空欄は ""、失われたものは null）`);
      }
      this.items(item.items, value, path, at, answers, rest);
    }
  }

  private entries(repeated: FormSection | FormItem, value: JsonObject, path: string, at: readonly Position[], rest: Set<string>): readonly Answers[] | null {
    const here = pointer(path, repeated.id);
    rest.delete(repeated.id);
    const list = value[repeated.id];
    if (list === null) {
      this.mustBeLost(repeated.id, at, here);
      return null;
    }
    if (!Array.isArray(list)) {
      this.report(here, list === undefined ? 'missing-answer' : 'wrong-type', `「${this.name(repeated.id, at)}」は配列（[ … ]）で書いてください`);
      return [];
    }
    const max = repeated.repeat!.max;
    if (max !== null && list.length > max) this.report(here, 'too-many', `「${this.name(repeated.id, at)}」は${max}件までです`);
    return list.map((entry: unknown, index) => {
      const place = pointer(here, index);
      const answers: Record<string, Answer | readonly Answers[]> = {};
      if (!isObject(entry)) {
        this.report(place, 'wrong-type', 'オブジェクト（{ … }）で書いてください');
        return answers;
      }
      const unread = new Set(Object.keys(entry));
      this.items(repeated.items, entry, place, [...at, { repeat: repeated.id, index: index + 1 }], answers, unread);
      this.unknown(unread, place);
      return answers;
    });
  }

  private unknown(ids: ReadonlySet<string>, path: string): void {
    for (const id of ids) {
      const place = placeOf(this.form, id);
      const why = !place ? 'この版の様式にない項目です' : place.item && !isAnswered(place.item) && !place.repeat ? '回答欄のない項目です' : '置く場所が違います';
      this.report(pointer(path, id), 'unknown-item', why);
    }
  }

  /** One cell by itself. */
  answer(item: FormItem, value: unknown, path: string, at: readonly Position[]): Answer {
    const fault = (code: 'wrong-type' | 'not-an-option' | 'not-a-date' | 'not-a-count' | 'broken-text' | 'not-a-figure', what: string): Answer => {
      this.report(path, code, `「${this.name(item.id, at)}」${what}`);
      return '';
    };
    if (value === null) {
      this.mustBeLost(item.id, at, path);
      return null;
    }
    if (item.kind === 'ticks') return this.ticks(item, value, path, at);
    if (item.kind === 'count') {
      if (value === '') return '';
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0) ? value : fault('not-a-count', 'は0以上の整数か、空欄（""）で書いてください');
    }
    if (typeof value !== 'string') return fault('wrong-type', 'は文字列で書いてください');
    if (!value.isWellFormed()) return fault('broken-text', 'の文字が壊れています（対のない代用符号）');
    if (item.kind === 'figure' && value.startsWith(FIGURE_START)) {
      const reading = readFigure(value);
      if (!reading.ok) return fault('not-a-figure', `の図のデータに誤りがあります（${reading.faults.slice(0, 3).map(({ path: where, cause }) => `${where || '/'}: ${cause}`).join('、')}）`);
    }
    if (item.kind === 'choice' && value !== '' && !item.options.some(({ code }) => code === value)) return fault('not-an-option', 'の選択肢にない符号です');
    if (item.kind === 'date' && value !== '' && value !== '-' && !isPlainDate(value)) return fault('not-a-date', 'は日付（YYYY-MM-DD）、「-」、空欄（""）のどれかで書いてください');
    return value;
  }

  private ticks(item: FormItem, value: unknown, path: string, at: readonly Position[]): TicksAnswer {
    const name = this.name(item.id, at);
    const blank: TicksAnswer = { ticked: [], text: {} };
    if (!isTicks(value)) {
      this.report(path, 'wrong-type', `「${name}」は {"ticked": [ … ], "text": { … }} で書いてください`);
      return blank;
    }
    const members = value as unknown as JsonObject;
    for (const member of Object.keys(members)) if (!['ticked', 'text', 'unknown'].includes(member)) this.report(pointer(path, member), 'unknown-member', '知らない語です');
    const ticked = this.codes(item, members['ticked'], pointer(path, 'ticked'), name);
    const unknown = members['unknown'] === undefined ? [] : this.codes(item, members['unknown'], pointer(path, 'unknown'), name);
    for (const code of unknown) if (ticked.includes(code)) this.report(pointer(path, 'unknown'), 'tick-twice', `「${name}」の「${code}」は、チェック済みでもあり、読み取れないものでもあります`);
    if (unknown.length > 0 && gapsAt(this.gaps, this.form, item.id, at, ['lost', 'damaged', 'doubtful']).length === 0) {
      this.report(pointer(path, 'unknown'), 'unknown-without-gap', `「${name}」に読み取れないチェック欄がありますが、「gaps」に説明がありません`);
    }
    const text: Record<string, string> = {};
    const texts = members['text'];
    if (!isObject(texts)) this.report(pointer(path, 'text'), texts === undefined ? 'missing' : 'wrong-type', `「${name}」の「text」はオブジェクト（{ … }）で書いてください`);
    else {
      for (const { code, freeText } of item.ticks) {
        const written = texts[code];
        if (!Object.hasOwn(texts, code)) continue;
        const here = pointer(pointer(path, 'text'), code);
        if (!freeText) this.report(here, 'not-a-tick', `「${name}」の「${code}」に（　）欄はありません`);
        else if (!ticked.includes(code)) this.report(here, 'text-without-tick', `「${name}」の「${code}」は、チェックがないのに文があります`);
        else if (typeof written !== 'string' || written === '') this.report(here, 'empty', `「${name}」の「${code}」の文は、書かないときは省いてください`);
        else if (!written.isWellFormed()) this.report(here, 'broken-text', `「${name}」の文字が壊れています（対のない代用符号）`);
        else text[code] = written;
      }
      for (const code of Object.keys(texts)) if (!item.ticks.some((tick) => tick.code === code)) this.report(pointer(pointer(path, 'text'), code), 'not-a-tick', `「${name}」にないチェック欄です`);
    }
    return { ticked, text, ...(unknown.length > 0 && { unknown }) };
  }

  private codes(item: FormItem, value: unknown, path: string, name: string): readonly string[] {
    if (!Array.isArray(value)) {
      this.report(path, value === undefined ? 'missing' : 'wrong-type', `「${name}」は符号の配列（[ … ]）で書いてください`);
      return [];
    }
    value.forEach((code: unknown, at) => {
      if (!item.ticks.some((tick) => tick.code === code)) this.report(pointer(path, at), 'not-a-tick', `「${name}」にないチェック欄です`);
      if (value.indexOf(code) !== at) this.report(pointer(path, at), 'tick-twice', `「${name}」の同じチェック欄が二度書かれています`);
    });
    return item.ticks.flatMap(({ code }) => (value.includes(code) ? [code] : []));
  }

  private mustBeLost(id: string, at: readonly Position[], path: string): void {
    if (gapsAt(this.gaps, this.form, id, at, ['lost']).length > 0) return;
    this.report(path, 'lost-without-gap', `「${this.name(id, at)}」は失われたもの（null）とされていますが、「gaps」に説明がありません`);
  }

  private name(id: string, at: readonly Position[]): string {
    return printedName(this.form, id, at);
  }
}

/** One answer by itself, as it may be written into a cell: nothing lost, no box that cannot be read. The first problem, or the answer as it is kept. */
export function checkAnswer(form: Form, item: FormItem, value: unknown): { readonly answer: Answer } | { readonly problem: string } {
  const problems: string[] = [];
  const answer = new AnswersReader(form, [], (_path, _code, message) => void problems.push(message)).answer(item, value, '', []);
  return problems.length > 0 ? { problem: problems[0]! } : { answer };
}
