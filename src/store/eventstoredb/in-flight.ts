import type { AppendResult, Expected } from '../port.js';
import type { Proposal } from './batch-append.js';

/** A write on its way: until its fate is known it stays in line, also when nobody waits for it any more. */
export interface Entry {
  /** place in the line */
  readonly turn: number;
  readonly proposal: Proposal;
  readonly recordedAt: string;
  readonly settle: (result: AppendResult) => void;
  readonly late: NodeJS.Timeout;
  /** it has gone out at least once: nobody can say that it was not written */
  sent: boolean;
  /** the caller has been told that the effect is unknown */
  abandoned: boolean;
}

/** What has gone out and is not known, in order, and by the stream that it goes to. */
export class InFlight {
  private readonly entries = new Set<Entry>();
  private readonly byStream = new Map<string, Set<Entry>>();
  private held = 0;

  get size(): number {
    return this.entries.size;
  }

  /** of events, on their way */
  get bytes(): number {
    return this.held;
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.entries.values();
  }

  has(entry: Entry): boolean {
    return this.entries.has(entry);
  }

  add(entry: Entry): void {
    this.entries.add(entry);
    const others = this.byStream.get(entry.proposal.stream);
    if (others) others.add(entry);
    else this.byStream.set(entry.proposal.stream, new Set([entry]));
    this.held += bytesOf(entry);
  }

  delete(entry: Entry): void {
    if (!this.entries.delete(entry)) return;
    const others = this.byStream.get(entry.proposal.stream);
    others?.delete(entry);
    if (others?.size === 0) this.byStream.delete(entry.proposal.stream);
    this.held -= bytesOf(entry);
  }

  /** One of them would stand behind a revision of its stream. */
  reaches(stream: string, revision: number): boolean {
    for (const { proposal } of this.byStream.get(stream) ?? []) if (endOf(proposal) > revision) return true;
    return false;
  }

  clear(): void {
    for (const entry of [...this.entries]) this.delete(entry);
  }
}

function bytesOf({ proposal }: Entry): number {
  return proposal.events.reduce((sum, event) => sum + event.bytes.length, 0);
}

/** The revision of the last event, once it is written. */
export function endOf({ expected, events }: Proposal): number {
  return numberOf(expected) + events.length;
}

export function numberOf(expected: Expected): number {
  return expected === 'none' ? -1 : expected;
}
