import { plainEvent } from '../../handling/block.js';
import { code, list, oneOf, optional, text } from '../../ledger/fields.js';
import { TERMINAL_CLASSES } from '../../walks/terminals.js';

export const TERMINAL = 'terminal';

/** SHA-256 of a client certificate (DER), 64 hexadecimal digits; sealed, for it is the way in. */
const certificates = list(text(64), 10);
const label = text(100);

/** 紛失 · 盗難 · 故障 · 交換 · 廃棄 · 所管替え · 誤登録 */
export const REMOVED_FOR = ['lost', 'stolen', 'broken', 'replaced', 'disposed', 'reassigned', 'mistaken'] as const;

/** A terminal and what proves it. Where it stands may name a person, so it is sealed. */
export const TerminalRegistered = plainEvent({ type: 'TerminalRegistered', data: { terminal: code, class: oneOf(TERMINAL_CLASSES), department: code }, sealed: { label, certificates } });
/** What it leaves out stays as it was; certificates that are named take the place of those before. */
export const TerminalChanged = plainEvent({
  type: 'TerminalChanged',
  data: { terminal: code, class: optional(oneOf(TERMINAL_CLASSES)), department: optional(code) },
  sealed: { label: optional(label), certificates: optional(certificates) },
});
/** For good: its code is never given to another. */
export const TerminalRemoved = plainEvent({ type: 'TerminalRemoved', data: { terminal: code, reason: oneOf(REMOVED_FOR) } });

export const terminalEvents = [TerminalRegistered, TerminalChanged, TerminalRemoved];
