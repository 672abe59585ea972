import { readFileSync } from 'node:fs';
import { isTicks, type Answers } from '../assessments/answers/assessment.js';
import { formOf } from '../assessments/forms/editions.js';
import type { Form, FormItem } from '../assessments/forms/form.js';
import { isAnswered, itemOf, printedName } from '../assessments/forms/places.js';

/** What a city puts in the place of a mark such as 【担当部署】. `setting` and `option` name what the engine has been told, with which it must agree. */
export interface FillIn {
  readonly mark: string;
  readonly what: string;
  readonly example?: string;
  readonly setting?: string;
  readonly option?: string;
}

/** One piece of wording: a paragraph to append to the answer of an item, or a whole entry of a repeated block. */
export interface Draft {
  readonly itemId: string;
  readonly how: 'append' | 'entry';
  readonly text?: string;
  readonly entry?: Answers;
  readonly onlyIf?: string;
  readonly advice?: string;
  /** what of the engine stands behind it */
  readonly function: string;
}

/** The wording for a city's own assessment when it introduces the engine, which is a new system (Ⅰ.2, Ⅱ.4, Ⅱ.6①③, Ⅲ). */
export interface Introducing {
  readonly format: 'akashi-introducing-1';
  readonly note: string;
  readonly edition: string;
  readonly fillIn: readonly FillIn[];
  readonly drafts: readonly Draft[];
}

export function readIntroducing(): Introducing {
  return JSON.parse(readFileSync(new URL('../demo/assessments/introducing-akashi.json', import.meta.url), 'utf8')) as Introducing;
}

/** The wording as a clerk reads it, in the order of the form. */
export function describeIntroducing({ note, edition, fillIn, drafts }: Introducing): string {
  const form = formOf(edition)!;
  const marks = fillIn.map(({ mark, what, example, setting, option }) => `  ${mark}　${what}${example ? `（例: ${example}）` : ''}${setting ? `［設定 ${setting}］` : ''}${option ? `［${option}］` : ''}`);
  return [note, `様式: ${form.name} ${form.editionMark}`, '', '団体が書き入れるところ:', ...marks, ...drafts.flatMap((draft) => ['', ...describeDraft(form, draft)])].join('\n');
}

function describeDraft(form: Form, { itemId, text, entry, onlyIf, advice, function: behind }: Draft): readonly string[] {
  const item = itemOf(form, itemId)!;
  const heading = `■ ${printedName(form, itemId)}${item.significant ? '　※' : ''}（${entry ? `「${item.repeat!.label.replace('{n}', '')}」を一つ加える` : '書き加える'}）`;
  const words = entry ? entryLines(item, entry) : text!.split('\n');
  return [heading, ...(onlyIf ? [`  書くのは: ${onlyIf}`] : []), ...words.map((line) => `  ${line}`), ...(advice ? [`  留意点: ${advice}`] : []), `  証（あかし）の機能: ${behind}`];
}

/** The answers of an entry under their labels. What is left blank is for the city to answer; what is not asked there is left out. */
function entryLines(block: FormItem, entry: Answers): readonly string[] {
  const label = ({ printed }: FormItem): string => printed.replace('{n}', '');
  const items = (list: readonly FormItem[]): readonly FormItem[] => list.flatMap((item) => [...(isAnswered(item) ? [item] : []), ...items(item.items)]);
  return items(block.items).flatMap((item) => {
    const answer = entry[item.id];
    if (answer === '') return item.when ? [] : [`${label(item)}: （団体が選ぶ）`];
    const option = item.options.find(({ code }) => code === answer);
    if (option) return [`${label(item)}: ${option.label}`];
    if (isTicks(answer)) return [`${label(item)}: ${item.ticks.filter(({ code }) => answer.ticked.includes(code)).map(({ code, label }) => (answer.text[code] ? `${label}（${answer.text[code]}）` : label)).join('、')}`];
    return [`${label(item)}:`, ...(answer as string).split('\n').map((line) => `  ${line}`)];
  });
}
