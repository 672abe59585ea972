import type { FollowedEvent } from '../../walks/engine.js';
import type { Terminal, TerminalRules } from '../../walks/terminals.js';
import { TERMINAL } from './events.js';
import { evolveTerminals, type KnownTerminal, type TerminalState } from './state.js';

/** The registered terminals, kept at what the ledger says: fed with the stream at the start, then with each append. */
export class Terminals implements TerminalRules {
  private state: TerminalState = new Map();
  private proofs: ReadonlyMap<string, Terminal> = new Map();

  get areEnforced(): boolean {
    return this.state.size > 0;
  }

  readonly follow = (stream: string, events: readonly FollowedEvent[]): void => {
    if (!stream.startsWith(`${TERMINAL}-`)) return;
    this.state = events.reduce(evolveTerminals, events[0]?.revision === 0 ? new Map() : this.state); // with its first event comes the whole stream
    const inUse = this.all().filter(({ removed }) => !removed);
    this.proofs = new Map(inUse.flatMap(({ certificates, ...terminal }) => certificates.map((one) => [one, { code: terminal.code, class: terminal.class }] as const)));
  };

  /** In the order of their registration, with those that have been removed. */
  all(): readonly KnownTerminal[] {
    return [...this.state.values()];
  }

  /** The terminal that a certificate is, by its SHA-256. */
  provedBy(fingerprint: string): Terminal | undefined {
    return this.proofs.get(fingerprint);
  }

  /** Whether a code is a terminal's, or has been. */
  isKnown(code: string): boolean {
    return this.state.has(code);
  }

  /** Whether a code is that of a terminal which has not been removed. */
  isInUse(code: string): boolean {
    return this.state.get(code)?.removed === false;
  }

  /** Whether somebody who came in from a terminal, or from none, may go on. */
  mayGoOn(terminal: Terminal | null): boolean {
    return terminal === null ? !this.areEnforced : this.isInUse(terminal.code);
  }
}
