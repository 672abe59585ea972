/** The 18-digit line of a ticket (接種券) for optical reading: 券種 1 + 回数 1 + 市町村コード 6 + 券番号 10. */

import { isMunicipalityCode } from './municipality-code.js';

/** What a line says, in ASCII digits, or the first reason why it is refused. */
export type TicketLine =
  | { ok: true; kind: string; dose: number; municipality: string; number: string }
  | { ok: false; reason: 'length' | 'digits' | 'municipality' };

/**
 * Reads a line or refuses it; nothing is repaired, not even a blank at an end. Only full-width digits are folded, before all tests.
 * The line has no check digit of its own: the one in 市町村コード is all that guards it. `kind` and `dose` are any digit.
 * Source: 厚生労働省 新型コロナウイルス感染症に係る予防接種の実施に関する手引き（13.1版）.
 */
export function parseTicketLine(text: string): TicketLine {
  const line = text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
  if ([...line].length !== 18) return { ok: false, reason: 'length' };
  if (!/^[0-9]+$/.test(line)) return { ok: false, reason: 'digits' };
  const municipality = line.slice(2, 8);
  if (!isMunicipalityCode(municipality)) return { ok: false, reason: 'municipality' };
  return { ok: true, kind: line.slice(0, 1), dose: Number(line.slice(1, 2)), municipality, number: line.slice(8) };
}
