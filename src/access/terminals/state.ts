import { isErased, type EventOf, type Opened } from '../../ledger/event-type.js';
import type { TerminalClass } from '../../walks/terminals.js';
import { TerminalChanged, TerminalRegistered, TerminalRemoved } from './events.js';

export interface KnownTerminal {
  readonly code: string;
  readonly class: TerminalClass;
  readonly department: string;
  /** empty when it cannot be read any more */
  readonly label: string;
  /** none: nothing proves it */
  readonly certificates: readonly string[];
  readonly removed: boolean;
}

/** By code; those that have been removed stay, so that nobody takes their place. */
export type TerminalState = ReadonlyMap<string, KnownTerminal>;

/** The same fold for the decider and for what is kept in memory. */
export function evolveTerminals(state: TerminalState, happened: { readonly type: string; readonly data: object; readonly sealed: Opened<object> }): TerminalState {
  const { type, data } = happened;
  if (type === TerminalRegistered.type) {
    const { terminal, ...open } = data as EventOf<typeof TerminalRegistered>['data'];
    const sealed = happened.sealed as EventOf<typeof TerminalRegistered>['sealed'];
    const { label, certificates } = isErased(sealed) ? { label: '', certificates: [] } : sealed;
    return new Map(state).set(terminal, { code: terminal, ...open, label, certificates, removed: false });
  }
  const known = state.get((data as { terminal?: string }).terminal ?? '');
  if (known === undefined) return state;
  if (type === TerminalRemoved.type) return new Map(state).set(known.code, { ...known, removed: true });
  if (type !== TerminalChanged.type) return state;
  const { terminal: _, ...open } = data as EventOf<typeof TerminalChanged>['data'];
  const sealed = happened.sealed as EventOf<typeof TerminalChanged>['sealed'];
  const { label, certificates } = isErased(sealed) ? { certificates: [] } : sealed;
  return new Map(state).set(known.code, { ...known, ...open, ...(label !== undefined && { label }), ...(certificates && { certificates }) });
}
