import { handlingEvent, plainEvent } from '../handling/block.js';
import { eventType } from '../ledger/event-type.js';
import { code, count, flag, list, object, oneOf, optional, text } from '../ledger/fields.js';

export const IMPORT = 'import';
/** 住民（宛名）ファイル · 接種記録ファイル */
export const IMPORT_KINDS = ['residents', 'vaccinations'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];
/** Also 人事異動ファイル: no 特定個人情報ファイル, and no handling of one. */
export type FileKind = ImportKind | 'personnel';

const ENCODED = oneOf(['utf-8', 'cp932']);

/** A file is being taken in. `migration`: an initial load, a handling of its own that no version of today judges. */
export const ImportOpened = handlingEvent({
  type: 'ImportOpened',
  data: { import: oneOf(IMPORT_KINDS), encoding: ENCODED, migration: flag },
  /** SHA-256 of the file: of a small file it could give a number away, so it is sealed */
  sealed: { digest: text(64) },
});
/** A file of the personnel office is being taken in: each row that is taken is an event of its own, of the member of staff. */
export const PersonnelFeedOpened = plainEvent({ type: 'PersonnelFeedOpened', data: { encoding: ENCODED }, sealed: { digest: text(64) } });
/** What says how a file is read. */
export const OPENINGS: ReadonlySet<string> = new Set([ImportOpened.type, PersonnelFeedOpened.type]);
/** Rows up to `row` have been dealt with; those rejected in between are named by row, column and reason, never by value. */
export const ImportAdvanced = eventType({
  type: 'ImportAdvanced',
  handling: false,
  data: { row: count, registered: count, changed: count, unchanged: count, rejects: list(object({ row: count, line: optional(count), column: count, item: optional(code), reason: code }), 20_000) },
});
export const ImportCompleted = eventType({ type: 'ImportCompleted', handling: false, data: { rows: count } });
/** The file turned out to be another one than announced, or could not be read to its end. */
export const ImportAborted = eventType({ type: 'ImportAborted', handling: false, data: { row: count, reason: code } });
/** A second person has checked the batch as a whole. */
export const ImportConfirmed = handlingEvent({ type: 'ImportConfirmed', data: { rows: count } });

export const importEvents = [ImportOpened, PersonnelFeedOpened, ImportAdvanced, ImportCompleted, ImportAborted, ImportConfirmed];
