import { FIGURE_START } from '../../src/assessments/answers/figure.js';
import { isTicks, type Answer } from '../../src/assessments/answers/assessment.js';
import type { FormItem } from '../../src/assessments/forms/form.js';
import { isPlainDate } from '../../src/codes/plain-date.js';
import { formatWareki } from '../../src/codes/wareki.js';
import type { Box, Content } from './model.js';


/** Text and nothing printed around it. */
export const plain = (text: string): Content => ({ kind: 'text', before: '', text, after: '' });

/** 和暦; the dash that was printed; nothing for what is blank or lost. */
export function printedDate(date: string | null): string {
  if (date === null || date === '') return '';
  return isPlainDate(date) ? formatWareki(date) : date === '-' ? '－' : date;
}

/** Labels of which the answer stands inside: 「（手数料額、納付方法： ）」. */
const AROUND = /^(（[^（）]*：)[ 　]*(）)$/u;

/** Whether an item is printed in the row of the item before it: 「（ ）件」, 「（手数料額、納付方法： ）」. */
export const isBeside = ({ kind, printed }: FormItem): boolean => kind === 'count' || AROUND.test(printed);

/**
 * What is printed in the cell of an item. What was lost is an empty cell: that it was lost is said outside of the form.
 * @param closing what the chapter prints behind the number of an option: ）in Ⅱ and Ⅲ, ) elsewhere (様式４, 平成30年5月)
 * @param countOf the answer of a 件 item beside a box
 */
export function contentOf(item: FormItem, answer: Answer | undefined, closing: string, countOf: (id: string) => Answer | undefined): Content {
  switch (item.kind) {
    case 'choice':
      return { kind: 'choice', answer: item.options.find(({ code }) => code === answer)?.label ?? '', options: item.options.map(({ number, label }) => `${number}${closing} ${label}`) };
    case 'ticks':
      return { kind: 'boxes', boxes: boxesOf(item, answer, countOf) };
    case 'count':
      return { kind: 'text', before: '（　', text: numberOf(answer), after: '　）件' };
    case 'date':
      return plain(printedDate(typeof answer === 'string' ? answer : null));
    case 'figure':
      return typeof answer === 'string' && answer.startsWith(FIGURE_START) ? { kind: 'figure', json: answer } : plain(textOf(item, answer));
    default: {
      const [, before = '', after = ''] = AROUND.exec(item.printed) ?? [];
      return { kind: 'text', before, text: textOf(item, answer), after };
    }
  }
}

function textOf({ fixedText }: FormItem, answer: Answer | undefined): string {
  return typeof answer === 'string' && answer !== '' ? answer : (fixedText ?? '');
}

function numberOf(answer: Answer | undefined): string {
  return typeof answer === 'number' ? String(answer) : '';
}

function boxesOf({ ticks }: FormItem, answer: Answer | undefined, countOf: (id: string) => Answer | undefined): readonly Box[] {
  const { ticked, text } = isTicks(answer) ? answer : { ticked: [], text: {} as Readonly<Record<string, string>> };
  return ticks.map(({ code, label, group, freeText, count }) => ({
    code,
    label,
    ticked: ticked.includes(code),
    ...(group !== undefined && { group }),
    ...(freeText && { text: text[code] ?? '' }),
    ...(count !== undefined && { count: { itemId: count, text: numberOf(countOf(count)) } }),
  }));
}
