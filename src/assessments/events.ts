import { plainEvent } from '../handling/block.js';
import { RULES } from '../handling/rules.js';
import { code, count, date, digest, flag, id, list, object, oneOf, optional, text } from '../ledger/fields.js';
import { FORM_NUMBERS } from './forms/form.js';
import { THRESHOLD_RESULTS } from './threshold/rules.js';
import type { Ground } from './changes/significance.js';

/** One stream for each version (版) of one document: from its first draft to the end of its life. */
export const ASSESSMENT = 'assessment';

/** 新規 · 再実施 · 修正 · 終了 · 緊急時の事後評価 (規則9条2項), each with its own way to publication; 取込み of one that was published elsewhere */
export const VERSION_KINDS = ['initial', 'renewal', 'amendment', 'ending', 'emergency', 'taken-over'] as const;
export type VersionKind = (typeof VERSION_KINDS)[number];

/** On which ground a change is, or is no, 重要な変更: the closed list of 規則 and 指針 that a person chooses from. */
export const GROUND_CODES = ['significant', 'notConsiderable', 'clearlyReduced', 'notStarred', 'formal', 'emergency'] as const satisfies readonly Ground[];

/** The longest document in UTF-16 units: sealed as UTF-8 in base64, and with its bindings, it still fits into one event of either store (1 MiB). */
export const DOCUMENT_MAX = 180_000;
export const BINDINGS_MAX = 60_000;
/** What a move to another edition could not carry over, with its notes. */
export const LEFT_MAX = 40_000;
/** One answer, as JSON. The longest cell of a published assessment has some 9,000 characters. */
export const VALUE_MAX = 100_000;

/** Where a cell stands: its item, and the entries around it, the outermost first. */
const place = { item: code, entries: list(id, 4) };
/** How often the cell has been written since the draft was made: what whoever writes next says they have seen. */
const cell = { ...place, revision: count };

/** A version is begun: with a whole document, and with what it is made from. An entry is one 委託事項, one system, one file; it keeps its id whatever comes before it. */
export const AssessmentDrafted = plainEvent({
  type: 'AssessmentDrafted',
  data: {
    affair: code, form: oneOf(FORM_NUMBERS), edition: code, kind: oneOf(VERSION_KINDS), number: count, basedOn: optional(id),
    entries: list(object({ repeat: code, within: optional(id), entry: id })), document: digest,
  },
  sealed: { document: text(DOCUMENT_MAX), bindings: optional(text(BINDINGS_MAX)), left: optional(text(LEFT_MAX)) },
});

export const ItemAmended = plainEvent({ type: 'ItemAmended', data: { ...cell, from: optional(count) }, sealed: { value: text(VALUE_MAX), reason: optional(text(1000)), cause: optional(text(100)) } });
/** 「後に記載」: the cell waits for somebody or something; nothing is decided while it does. */
export const ItemDeferred = plainEvent({ type: 'ItemDeferred', data: cell, sealed: { reason: optional(text(1000)) } });
/** Somebody else had written meanwhile: what was to be written is kept beside it, until somebody takes it or drops it. */
export const AmendmentSetAside = plainEvent({ type: 'AmendmentSetAside', data: { ...cell, aside: count }, sealed: { value: text(VALUE_MAX), reason: optional(text(1000)) } });
export const SetAsideDropped = plainEvent({ type: 'SetAsideDropped', data: { aside: count }, sealed: { reason: optional(text(1000)) } });
export const EntryAdded = plainEvent({ type: 'EntryAdded', data: { repeat: code, within: optional(id), entry: id, before: optional(id) } });
export const EntryRemoved = plainEvent({ type: 'EntryRemoved', data: { entry: id }, sealed: { reason: optional(text(1000)) } });
/** Before another of its kind, or as the last. */
export const EntryMoved = plainEvent({ type: 'EntryMoved', data: { entry: id, before: optional(id) } });
/** What the engine checks, beside the free text of the items. */
export const BindingsAmended = plainEvent({ type: 'BindingsAmended', data: { revision: count, rules: list(oneOf(RULES), 100) }, sealed: { bindings: text(BINDINGS_MAX), reason: optional(text(1000)) } });

export const CommentAdded = plainEvent({ type: 'CommentAdded', data: { comment: count, ...place, replyTo: optional(count) }, sealed: { text: text(4000) } });
export const CommentResolved = plainEvent({ type: 'CommentResolved', data: { comment: count } });

/** 重要な変更の判断: of a changed cell or entry, by a named person, on one of the grounds of the guideline. */
export const SignificanceJudged = plainEvent({ type: 'SignificanceJudged', data: { item: code, entries: list(id, 4), ground: oneOf(GROUND_CODES), on: date }, sealed: { reason: text(1000) } });

/** しきい値判断: the figures with the day that each is of, and what came of them (an option of the form). */
export const ThresholdJudged = plainEvent({
  type: 'ThresholdJudged',
  data: {
    on: date, subjects: count, subjectsOn: date, handlers: count, handlersOn: date, incident: flag, incidentOn: date, result: oneOf(THRESHOLD_RESULTS), table: code,
    figures: list(object({ figure: code, query: code, position: count }), 10),
  },
  sealed: { reason: optional(text(1000)) },
});
export const OpinionsInvited = plainEvent({ type: 'OpinionsInvited', data: { from: date, to: date }, sealed: { method: text(2000), reason: optional(text(1000)) } });
export const OpinionsReflected = plainEvent({ type: 'OpinionsReflected', data: { on: date, opinions: count }, sealed: { summary: optional(text(16_001)) } });
export const AssessmentReviewed = plainEvent({ type: 'AssessmentReviewed', data: { on: date }, sealed: { reviewer: text(1000), result: optional(text(10_000)) } });
/** 決裁: from here on the content stands. `content` is the digest of answers and record items. */
export const AssessmentDecided = plainEvent({ type: 'AssessmentDecided', data: { on: date, content: digest }, sealed: { reason: optional(text(1000)) } });
/** The decision is taken back before anything was submitted, and the content may be changed again. */
export const DecisionWithdrawn = plainEvent({ type: 'DecisionWithdrawn', data: {}, sealed: { reason: text(1000) } });
/** 個人情報保護委員会へ提出: of every agency (番号法28条, 規則); `simulated` in a rehearsal, where nothing left the house. */
export const AssessmentSubmitted = plainEvent({ type: 'AssessmentSubmitted', data: { on: date, simulated: flag }, sealed: { reference: optional(text(200)) } });
/** 公表: with the whole document as it is published, 別添 変更箇所 included. */
export const AssessmentPublished = plainEvent({ type: 'AssessmentPublished', data: { on: date, document: digest, content: digest, rows: count, publicUntil: optional(date) }, sealed: { document: text(DOCUMENT_MAX), where: optional(text(1000)) } });
/** Why a part of an assessment is not made public: セキュリティ上のリスク, 犯罪の捜査等 (規則第13条、指針). */
export const WITHHELD_FOR = ['security', 'investigation'] as const;
/** 公表しない部分: all of it, each time it is decided; none where the list is empty. */
export const ItemsWithheld = plainEvent({ type: 'ItemsWithheld', data: { revision: count, cells: list(object({ ...place, ground: oneOf(WITHHELD_FOR) }), 200) }, sealed: { reason: text(1000) } });
/** 年1回の見直し, an effort duty: the version stays as it is. */
export const YearlyLookTaken = plainEvent({ type: 'YearlyLookTaken', data: { on: date, amend: flag }, sealed: { remarks: optional(text(2000)) } });
export const DraftAbandoned = plainEvent({ type: 'DraftAbandoned', data: {}, sealed: { reason: text(1000) } });

export const assessmentEvents = [
  AssessmentDrafted, ItemAmended, ItemDeferred, AmendmentSetAside, SetAsideDropped, EntryAdded, EntryRemoved, EntryMoved, BindingsAmended, CommentAdded, CommentResolved, SignificanceJudged,
  ThresholdJudged, OpinionsInvited, OpinionsReflected, AssessmentReviewed, AssessmentDecided, DecisionWithdrawn, AssessmentSubmitted, AssessmentPublished, ItemsWithheld, YearlyLookTaken, DraftAbandoned,
];
