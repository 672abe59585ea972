import type { Claim } from '../walks/context.js';
import type { IdentityCommand } from './commands.js';

/** Numbers of the city itself, each held by one person. */
export const ADDRESSEE_NUMBER = 'addressee-number';
export const INTEGRATED_NUMBER = 'integrated-number';

/** The numbers that an identity takes. A change may bring the 団体内統合宛名番号 for the first time. */
export function numbersOf({ addresseeNumber, integratedNumber }: Pick<IdentityCommand, 'addresseeNumber' | 'integratedNumber'>): readonly Claim[] {
  return [{ kind: ADDRESSEE_NUMBER, value: addresseeNumber }, ...(integratedNumber ? [{ kind: INTEGRATED_NUMBER, value: integratedNumber }] : [])];
}
