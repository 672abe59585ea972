import { handlingEvent } from '../handling/block.js';
import { code, optional, text } from '../ledger/fields.js';

export const PROVISION = 'provision';

/** 提供 leaves the agency; 移転 stays inside it but goes to another affair. */
export const InformationProvided = handlingEvent({ type: 'InformationProvided', data: { recipient: code }, sealed: { note: optional(text(500)) } });
export const InformationTransferred = handlingEvent({ type: 'InformationTransferred', data: { recipient: code }, sealed: { note: optional(text(500)) } });
