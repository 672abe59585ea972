import type { RefusedFor } from '../accounts/events.js';
import { AMR, type Amr } from './amr.js';
import type { OidcSettings } from './settings.js';

/** What a token says of how somebody showed themselves to the provider; its signature and its other members have been checked. */
export interface Authenticated {
  readonly acr: string | undefined;
  readonly amr: readonly string[];
  /** in seconds since 1970 */
  readonly authTime: number | undefined;
}

/** Clocks here and there may differ by so much, in seconds. */
export const SKEW_S = 30;

/** What somebody knows, has, is (RFC 8176). What tells no kind of factor by itself stands in none. */
const KINDS: readonly (readonly Amr[])[] = [
  ['pwd', 'pin', 'kba'],
  ['otp', 'hwk', 'swk', 'sc', 'pop', 'sms', 'tel'],
  ['face', 'fpt', 'iris', 'retina', 'vbm'],
];

/** Methods of the list that RFC 8176 has; a provider's own names tell nobody anything later. */
export function knownAmr(methods: readonly string[]): readonly Amr[] {
  return AMR.filter((method) => methods.includes(method));
}

/**
 * Why what the provider says is not enough, if it is not.
 *
 * @param since the earliest moment, in seconds since 1970, at which somebody may have shown themselves; none: whenever it was
 */
export function weakness({ acr, amr, authTime }: Authenticated, required: Pick<OidcSettings, 'acr' | 'amr'>, since: number | undefined): RefusedFor | undefined {
  if (required.acr.length > 0 && (acr === undefined || !required.acr.includes(acr))) return 'oidc-acr';
  if (!meets(amr, required.amr)) return 'oidc-amr';
  if (since !== undefined && (authTime === undefined || authTime < since - SKEW_S)) return 'oidc-too-old';
  return undefined;
}

function meets(methods: readonly string[], required: OidcSettings['amr']): boolean {
  if (required !== 'two-factors') return required.length === 0 || required.some((together) => together.every((method) => methods.includes(method)));
  return methods.includes('mfa') || KINDS.filter((kind) => kind.some((method) => methods.includes(method))).length >= 2;
}
