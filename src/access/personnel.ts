import { toHalfWidth } from '../codes/text.js';

/** 異動 · 職名等の変更 · 復帰: what comes after them has a place */
export const PLACED_BY = ['transfer', 'post-change', 'return'] as const;
/** 退職 · 契約終了 · 組織廃止 · 休職: after them there is none */
export const LEFT_BY = ['retirement', 'contract-end', 'unit-ended', 'leave'] as const;
export const PERSONNEL_CHANGES = [...PLACED_BY, ...LEFT_BY] as const;

/** 職員番号 as it is compared: in half-width capitals. */
export function employeeKey(number: string): string {
  return toHalfWidth(number).trim().toUpperCase();
}

export function isEmployeeNumber(text: string): boolean {
  return /^[0-9A-Z][0-9A-Z-]{0,19}$/.test(employeeKey(text)) && text.length <= 20;
}
