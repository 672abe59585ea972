import { handlingEvent } from '../handling/block.js';
import { optional, text } from '../ledger/fields.js';

export const PROVISION = 'provision';

/** 提供 leaves the agency; 移転 stays inside it but goes to another affair. To whom, the handling block says. */
export const InformationProvided = handlingEvent({ type: 'InformationProvided', sealed: { note: optional(text(500)) } });
export const InformationTransferred = handlingEvent({ type: 'InformationTransferred', sealed: { note: optional(text(500)) } });
