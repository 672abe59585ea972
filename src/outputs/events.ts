import { handlingEvent, plainEvent } from '../handling/block.js';
import { code, count, date, flag, id, list, oneOf, optional, text } from '../ledger/fields.js';
import { REPORT_OUTCOMES } from '../walks/events.js';
import { TERMINAL_CLASSES } from '../walks/terminals.js';
import { EXPORTABLE_NAMES, EXPORT_FORMATS, FORM_CODES } from './lists.js';

export const PRINT = 'print';
export const EXPORT = 'export';
export const TAKE_OUT = 'take-out';
export const OUTPUT_CATEGORIES = [PRINT, EXPORT, TAKE_OUT] as const;

/** 裁断 · 手渡し · 郵送 */
export const DISPOSALS = ['shredded', 'handed-over', 'mailed'] as const;
/** More persons than these stand on no single print, and in no single export by name. */
export const PRINT_SUBJECTS_MAX = 5_000;
export const EXPORT_SUBJECTS_MAX = 1_000;

/** 帳票出力: which form, how many sheets, what is to become of them, and by when. */
export const PrintProduced = handlingEvent({
  type: 'PrintProduced',
  data: { form: oneOf(FORM_CODES), sheets: count, subjects: list(id, PRINT_SUBJECTS_MAX), plan: oneOf(DISPOSALS), due: date },
});
/** So many of the sheets are gone, checked by somebody else than who printed them. */
export const PrintDisposed = handlingEvent({ type: 'PrintDisposed', data: { how: oneOf(DISPOSALS), sheets: count }, sealed: { note: optional(text(500)) } });

/** 共有フォルダー · 登録された媒体 · 庁内の端末: where the file is put */
export const EXPORT_MEDIA = ['shared-folder', 'registered-medium', 'terminal'] as const;
/** 申請: which register, which items of whom, how many rows at most, for how long, for whom. No persons named: everybody in the file. */
export const ExportRequested = handlingEvent({
  type: 'ExportRequested',
  data: { what: oneOf(EXPORTABLE_NAMES), format: oneOf(EXPORT_FORMATS), items: list(code, 200), subjects: list(id, EXPORT_SUBJECTS_MAX), rows: count, days: count, medium: oneOf(EXPORT_MEDIA) },
  sealed: { scope: text(500), recipient: text(200) },
});
/** By another person. `until`: the file is made by then, and gone by then; `number`: the 個人番号 may be in it. */
export const ExportApproved = handlingEvent({ type: 'ExportApproved', data: { until: date, rows: count, number: flag } });
export const ExportRejected = plainEvent({ type: 'ExportRejected' });
/** A passphrase was made and told to the requester; it stands nowhere. */
export const ExportPassphraseTold = plainEvent({ type: 'ExportPassphraseTold' });
/** The file is about to leave, encrypted: exactly these persons and items. `withheld`: persons under 支援措置, who are left out. */
export const ExportMade = handlingEvent({ type: 'ExportMade', data: { rows: count, withheld: count, position: count } });
/** How its bytes went. Of one that was cut off, `rows` is what may have left at most. `withheld`: named in what was made, and left out because put under 支援措置 meanwhile. */
export const ExportEnded = plainEvent({ type: 'ExportEnded', data: { rows: count, outcome: oneOf(REPORT_OUTCOMES), withheld: optional(count) } });
/** The policy's days have become fewer than what was asked for: it lives until this day, and not until the one that was approved. Said by the engine. */
export const ExportShortened = plainEvent({ type: 'ExportShortened', data: { until: date } });
/** 消去 · 返却 */
export const EXPORT_ENDS = ['erased', 'returned'] as const;
export const ExportErased = handlingEvent({ type: 'ExportErased', data: { how: oneOf(EXPORT_ENDS) }, sealed: { note: optional(text(500)) } });

/** 媒体 · 端末 */
export const TAKEN_OBJECTS = ['medium', 'terminal'] as const;
export const TakeOutRequested = handlingEvent({
  type: 'TakeOutRequested',
  data: { object: oneOf(TAKEN_OBJECTS), class: optional(oneOf(TERMINAL_CLASSES)), persons: count, encrypted: flag, carrier: id, from: date, until: date },
  sealed: { ref: text(100), destination: text(200), items: list(code, 200) },
});
export const TakeOutApproved = handlingEvent({ type: 'TakeOutApproved' });
export const TakeOutRejected = plainEvent({ type: 'TakeOutRejected' });
export const TakenOut = handlingEvent({ type: 'TakenOut' });
/** Counted by somebody else than who carried it; `complete`: as many persons as went out. */
export const TakeOutReturned = handlingEvent({ type: 'TakeOutReturned', data: { persons: count, complete: flag } });
/** 紛失・盗難 */
export const TakeOutLost = handlingEvent({ type: 'TakeOutLost', data: { on: date }, sealed: { circumstances: text(1000) } });

/** What should have been settled by its day and was not: said once, by the engine. */
export const OutputOverdue = plainEvent({ type: 'OutputOverdue', data: { due: date } });

export const printEvents = [PrintProduced, PrintDisposed, OutputOverdue];
export const exportEvents = [ExportRequested, ExportApproved, ExportRejected, ExportPassphraseTold, ExportMade, ExportEnded, ExportShortened, ExportErased, OutputOverdue];
export const takeOutEvents = [TakeOutRequested, TakeOutApproved, TakeOutRejected, TakenOut, TakeOutReturned, TakeOutLost, OutputOverdue];
export const outputEvents = [...new Set([...printEvents, ...exportEvents, ...takeOutEvents])];
