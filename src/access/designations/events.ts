import { plainEvent } from '../../handling/block.js';
import { code, date, id, list, oneOf, optional } from '../../ledger/fields.js';
import { LEFT_BY } from '../personnel.js';

/** 総括保護責任者 · 保護責任者 · 監査責任者: what a city calls them is a label. */
export const OFFICERS = ['chief-custodian', 'custodian', 'audit-officer'] as const;
/** 総括保護責任者 · 保護責任者 · 監査責任者 · 事務取扱担当者 */
export const DESIGNATED_AS = [...OFFICERS, 'handler'] as const;
export type DesignatedAs = (typeof DESIGNATED_AS)[number];

/** With a change of post designations end by themselves; otherwise: 不要 · 不正 · 誤り */
export const ENDED_BY_HAND = ['not-needed', 'misuse', 'mistaken'] as const;

/** 指名: the event's own id is that of the designation. No files: every file; no items: every record item of the files. Dates inclusive. */
export const DesignationMade = plainEvent({
  type: 'DesignationMade',
  data: { kind: oneOf(DESIGNATED_AS), files: list(code, 100), items: optional(list(code, 500)), department: code, from: date, until: optional(date) },
});
/** From its day on the designations are gone. */
export const DesignationEnded = plainEvent({ type: 'DesignationEnded', data: { designations: list(id, 1000), on: date, cause: oneOf(['transfer', ...LEFT_BY, ...ENDED_BY_HAND]) } });

export const designationEvents = [DesignationMade, DesignationEnded];
