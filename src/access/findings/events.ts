import { plainEvent } from '../../handling/block.js';
import { code, count, date, id, instantField, list, object, oneOf, optional, text, type ValuesOf } from '../../ledger/fields.js';
import { eventType } from '../../ledger/event-type.js';

export const FINDING = 'finding';
/** A stream for each day that has been looked through. */
export const SUSPICION_DAY = 'suspicion-day';

/** The rules whose finding tells nothing that is sealed. */
export const OPEN_RULES = [
  'off-hours', 'volume-own', 'volume-peers', 'no-case', 'refusals', 'sign-in-guesses', 'number-search', 'listed-not-opened', 'walking',
] as const;
/** 同姓 · 同じ住所 · 本人・同僚と同じ氏名 · 支援措置: that one of these was found tells something of the persons looked at, so which it was is sealed. */
export const SEALED_RULES = ['same-family', 'same-address', 'own-name', 'protected'] as const;
export const SUSPICION_RULES = [...OPEN_RULES, ...SEALED_RULES] as const;
export type SuspicionRule = (typeof SUSPICION_RULES)[number];
/** Stands in the open for each of the sealed rules. */
export const SEALED_FACTS = 'sealed-facts';

/** Events that are named as evidence of one finding; there may be more. */
export const EVIDENCE_NAMED = 20;

const numbers = list(object({ name: code, value: count }), 20);
/** What was found: which rule, what it counted, the thresholds that it went by, and the first of the events that it rests on. */
export const particularsShape = { rule: oneOf(SUSPICION_RULES), counts: numbers, thresholds: numbers, evidence: list(object({ event: id, at: instantField }), EVIDENCE_NAMED) };
export type Particulars = ValuesOf<typeof particularsShape>;

/** A rule found something in what a member of staff did on a day. The same rule, person and day is one finding. `due`: when it has to be closed. */
export const FindingOpened = plainEvent({
  type: 'FindingOpened',
  data: { rule: oneOf([...OPEN_RULES, SEALED_FACTS]), day: date, staff: id, department: code, upTo: id, due: date, particulars: optional(object(particularsShape)) },
  sealed: { particulars: optional(object(particularsShape)) },
});

/** 説明がついた · 本人に確かめる · 上位者に報告した */
export const EXAMINATION_RESULTS = ['explained', 'to-be-asked', 'escalated'] as const;
export const FindingExamined = plainEvent({ type: 'FindingExamined', data: { result: oneOf(EXAMINATION_RESULTS) }, sealed: { remarks: text(1000) } });

/** 問題なし · 指導した · 事故として扱う */
export const FINDING_OUTCOMES = ['innocent', 'instructed', 'incident'] as const;
export const FindingClosed = plainEvent({ type: 'FindingClosed', data: { outcome: oneOf(FINDING_OUTCOMES) }, sealed: { remarks: optional(text(1000)) } });

/** A day has been looked through by the rules up to its last event, with these thresholds: also where nothing was found. `unlooked`: of how many who acted that day a rule could not say anything. */
export const DayLookedThrough = eventType({ type: 'DayLookedThrough', handling: false, data: { day: date, upTo: optional(id), handlings: count, findings: count, thresholds: list(object({ name: code, value: count }), 100), unlooked: optional(numbers) } });

export const findingEvents = [FindingOpened, FindingExamined, FindingClosed, DayLookedThrough];
