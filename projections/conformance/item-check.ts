import type { Answer } from '../../src/assessments/answers/assessment.js';
import type { FormItem, Option } from '../../src/assessments/forms/form.js';
import type { CodedLabel } from '../../src/handling/declaration.js';
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

