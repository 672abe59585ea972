import { plainEvent } from '../../handling/block.js';
import { code, count, date, flag, id, list, object, oneOf, optional, text, type ValueOf } from '../../ledger/fields.js';

export const ACCESS_POLICY = 'access-policy';

/** The value of a setting, by its form: one of them. Whole numbers stand in the unit that the setting had when it was changed. */
const value = object({ whole: optional(count), flag: optional(flag), code: optional(code), codes: optional(list(code, 100)) });
export type RecordedValue = ValueOf<typeof value>;

const change = { proposal: count, setting: code, value };

/** A change of one setting: it has no effect yet. Without a day it is to hold from its confirmation on. */
export const PolicyChangeProposed = plainEvent({ type: 'PolicyChangeProposed', data: { ...change, from: optional(date) }, sealed: { reason: text(1000) } });
/** 設定の変更: by somebody else than who proposed it. Holds from now on, or from the beginning of a later day in Japan. */
export const PolicyChangeConfirmed = plainEvent({ type: 'PolicyChangeConfirmed', data: { ...change, from: optional(date) } });
/** Turned down by somebody else; taken back by whoever proposed it. */
export const PolicyChangeRejected = plainEvent({ type: 'PolicyChangeRejected', data: { proposal: count } });
export const PolicyChangeWithdrawn = plainEvent({ type: 'PolicyChangeWithdrawn', data: { proposal: count } });

export const EXCEPTION_KINDS = ['shared-account'] as const;
const exception = { proposal: count, kind: oneOf(EXCEPTION_KINDS), system: code, users: list(id, 100), terminals: list(code, 100), until: date };

/** 共用ID: an id of a system that several people use, from some terminals, until a last day. Proposals of changes and of exceptions are numbered together. */
export const PolicyExceptionProposed = plainEvent({ type: 'PolicyExceptionProposed', data: exception, sealed: { reason: text(1000) } });
export const PolicyExceptionConfirmed = plainEvent({ type: 'PolicyExceptionConfirmed', data: exception });
/** Before its last day. */
export const PolicyExceptionEnded = plainEvent({ type: 'PolicyExceptionEnded', data: { proposal: count } });

export const policyEvents = [PolicyChangeProposed, PolicyChangeConfirmed, PolicyChangeRejected, PolicyChangeWithdrawn, PolicyExceptionProposed, PolicyExceptionConfirmed, PolicyExceptionEnded];
