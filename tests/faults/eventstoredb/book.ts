import { decodeEvent, type RecordedEvent } from '../../../src/store/event.js';
import { StoreBusy, WrongExpectedRevision, type Appended, type EventReader } from '../../../src/store/port.js';
import { readLedger } from '../../support/store-contract.js';
import type { Attempt } from './client-child.js';

interface Fate {
  readonly attempt: Attempt;
  appended?: Appended;
  /** the last answer was that nothing was written */
  refused: boolean;
}

/** What was attempted and what was answered: what the ledger is held against. */
export class Book {
  private readonly fates = new Map<string, Fate>();
  /** how long each call took that ended without an answer, in milliseconds */
  readonly unanswered: number[] = [];
  /** names of the errors that callers got */
  readonly errors = new Map<string, number>();
  /** acknowledgements, those of repetitions included */
  count = 0;
  repeated = 0;

  began(attempt: Attempt): void {
    const fate = this.fates.get(attempt.ids[0]!);
    if (fate) fate.refused = false;
    else this.fates.set(attempt.ids[0]!, { attempt, refused: false });
  }

  acknowledged(attempt: Attempt, appended: Appended): void {
    const fate = this.fates.get(attempt.ids[0]!)!;
    this.count += 1;
    if (appended.repeated) this.repeated += 1;
    if (fate.appended && (fate.appended.position !== appended.position || fate.appended.recordedAt !== appended.recordedAt)) throw new Error(`acknowledged in two places: ${JSON.stringify([fate.appended, appended])}`);
    fate.appended = appended;
  }

  failed(attempt: Attempt, name: string, afterMs: number): void {
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1);
    if (name === WrongExpectedRevision.name || name === StoreBusy.name) this.fates.get(attempt.ids[0]!)!.refused = true;
    else this.unanswered.push(afterMs);
  }

  /** Attempts whose effect nobody was told. */
  get unknown(): readonly Attempt[] {
    return [...this.fates.values()].filter(({ appended, refused }) => !appended && !refused).map(({ attempt }) => attempt);
  }

  /** Reads the ledger and holds it against the book. @throws for whatever is lost, doubled, in pieces, out of order or from nowhere */
  async expectKept(reader: EventReader): Promise<readonly RecordedEvent[]> {
    const ledger = await readLedger(reader, 0, 1000);
    const wrong: string[] = [];
    const at = new Map<string, { readonly event: RecordedEvent; readonly recordedAt: string }>();
    const next = new Map<string, number>();
    let [position, recordedAt] = [0, ''];
    for (const event of ledger) {
      const read = decodeEvent(event);
      if (at.has(read.id)) wrong.push(`${read.id} stands twice`);
      if (event.position <= position) wrong.push(`position ${event.position} stands after ${position}`);
      if (read.recordedAt < recordedAt) wrong.push(`${read.recordedAt} is recorded after ${recordedAt}`);
      if (event.revision !== (next.get(event.stream) ?? 0)) wrong.push(`${event.stream} has revision ${event.revision} where ${next.get(event.stream) ?? 0} was to come`);
      at.set(read.id, { event, recordedAt: read.recordedAt });
      next.set(event.stream, event.revision + 1);
      [position, recordedAt] = [event.position, read.recordedAt];
    }
    let accounted = 0;
    for (const { attempt, appended, refused } of this.fates.values()) {
      const standing = attempt.ids.filter((id) => at.has(id));
      accounted += standing.length;
      if (standing.length !== 0 && standing.length !== attempt.ids.length) wrong.push(`of ${attempt.ids.length} events of an append ${standing.length} stand`);
      if (appended) {
        const last = at.get(attempt.ids.at(-1)!);
        const told = JSON.stringify([appended.stream, appended.revision, appended.position, appended.recordedAt]);
        const found = last && JSON.stringify([last.event.stream, last.event.revision, last.event.position, last.recordedAt]);
        if (told !== found) wrong.push(`acknowledged: ${told}, found: ${found}`);
      } else if (refused && standing.length > 0) wrong.push(`${attempt.ids[0]} was refused and stands`);
      const first = at.get(attempt.ids[0]!)?.event;
      if (first && (first.stream !== attempt.stream || first.revision !== (attempt.expected === 'none' ? 0 : attempt.expected + 1))) wrong.push(`${attempt.ids[0]} stands elsewhere`);
    }
    if (accounted !== ledger.length) wrong.push(`${ledger.length - accounted} events were attempted by nobody`);
    if (wrong.length > 0) throw new Error(`${wrong.length} faults in a ledger of ${ledger.length} events: ${wrong.slice(0, 5).join('; ')}`);
    return ledger;
  }
}
