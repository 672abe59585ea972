import { isTicks, type Answer } from '../../src/assessments/answers/assessment.js';
import type { FormItem, Option } from '../../src/assessments/forms/form.js';
import type { CodedLabel } from '../../src/handling/declaration.js';
import type { Act } from './practice.js';
import { unchecked, type Outcome, type Scene } from './verdict.js';

/** One cell of the document as a check sees it; without an answer the machine-checkable part alone is compared. */
export interface Written {
  readonly item?: FormItem;
  readonly answer?: Answer;
  /** of a cell in an entry of 委託事項, 提供先, 移転先: its party */
  readonly party?: CodedLabel | undefined;
  /** and that entry's number */
  readonly entry?: number;
}

export type ItemCheck = (scene: Scene, written: Written) => Outcome;

/** A figure in the band that is ticked. */
export function inBand(option: Option | undefined, figure: number, shown: string, query: string): Outcome {
  if (option?.min === undefined) return unchecked('幅のある選択肢が書かれていない', shown);
  const isIn = figure >= option.min && (option.below === undefined || figure < option.below);
  return { verdict: isIn ? 'agrees' : 'differs', shown, query };
}

export function optionOf({ item, answer }: Written): Option | undefined {
  return item?.options.find(({ code }) => code === answer);
}

/** The box that a code stands for: codes of the written items begin with the box of the form (`own-department:residents`). */
export function boxOf(code: string): string {
  return code.split(':')[0]!.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether the boxes that are ticked allow a code: what no box names may stand under その他. */
export function isTicked({ item, answer }: Written, code: string): boolean {
  if (!isTicks(answer) || !item) return true;
  const own = item.ticks.some((tick) => tick.code === boxOf(code)) ? boxOf(code) : 'other';
  return answer.ticked.includes(own) || answer.unknown?.includes(own) === true;
}

/** Handlings of one kind. */
export function ofKind(acts: readonly Act[], of: string): readonly Act[] {
  return acts.filter((act) => act.kind === of);
}

/** 使用者数: persons, not accounts; what the engine does by itself is nobody's. */
export function handlersOf({ facts, file }: Scene, kinds: readonly string[]): ReadonlySet<string> {
  return new Set(facts.practice.handlers.filter((one) => one.file === file.code && one.outcome !== 'refused' && kinds.includes(one.actorKind)).map(({ staff }) => staff));
}
