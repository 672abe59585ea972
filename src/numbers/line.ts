import { streamId } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';

/** The kind under which the blind index knows 個人番号. */
export const MY_NUMBER = 'my-number';
/** The place of a number in the line of a person's numbers. It outlives the number: only so is there never a second current one. */
export const NUMBER_OF = 'number-of';

export function numberPlace(subject: string, after: string): string {
  return `${subject} after ${after}`;
}

/** The claims of a number: itself, and its place in the line. */
export function numberClaims(number: string, subject: string, after: string) {
  return [
    { kind: MY_NUMBER, value: number },
    { kind: NUMBER_OF, value: numberPlace(subject, after), outlives: true },
  ];
}

export interface NumberLine {
  /** id of the number that holds now, if any */
  readonly current: string | null;
  /** what a new first number comes after: `none`, or the last number when that has been erased */
  readonly after: string;
}

/** Follows the line of a person's numbers to its end. */
export async function numberLine(ledger: Pick<Ledger, 'vault' | 'summary'>, subject: string): Promise<NumberLine> {
  for (let after = 'none'; ; ) {
    const owner = ledger.vault.index.find(NUMBER_OF, numberPlace(subject, after));
    if (!owner) return { current: null, after };
    const { revision, erased } = await ledger.summary(owner.stream);
    if (revision === 'none') return { current: null, after }; // claimed, but its event never came
    const id = streamId(owner.stream);
    const successor = ledger.vault.index.find(NUMBER_OF, numberPlace(subject, id));
    const succeeded = successor !== undefined && (await ledger.summary(successor.stream)).revision !== 'none';
    if (!erased && !succeeded) return { current: id, after };
    after = id;
  }
}
