import { setTimeout as sleep } from 'node:timers/promises';
import { instant, type Clock } from '../clock.js';
import { encodeWrite } from '../encode.js';
import { StoreBusy, StoreUnavailable, StreamDropped, WrongExpectedRevision, type AppendResult, type Appended, type Expected, type Write } from '../port.js';
import { TenureLost, type Tenure } from '../tenure.js';
import { openAppendCall, type AppendCall, type Proposal, type Verdict } from './batch-append.js';
import type { Connection } from './connection.js';
import type { Fault } from './faults.js';
import { InFlight, endOf, numberOf, type Entry } from './in-flight.js';
import { labelOf } from './recorded.js';
import type { StreamHeads } from './stream-heads.js';

export interface WriterParts {
  readonly connection: Connection;
  readonly tenure: Tenure;
  readonly clock: Clock;
  readonly heads: StreamHeads;
  /** the events that stand in a stream from a revision on */
  readonly standing: (stream: string, from: number, count: number) => Promise<readonly { readonly id: string; readonly position: number; readonly recordedAt: string; readonly revision: number }[]>;
  readonly last: { readonly position: number; readonly recordedAt: number };
}

/** At most this many writes and bytes are on their way at once. */
const WINDOW_WRITES = 256;
const WINDOW_BYTES = 4 * 1024 * 1024;
/** More than this many writes waiting is refused: the caller is told to come again. */
const QUEUE_WRITES = 8192;
/** A call on which nothing comes back for this long is given up for another, or sooner where less time is left to do so within the deadline. */
const STALLED_MS = 5000;
const PAUSE_MS = { first: 50, most: 1000 };

/**
 * Sends appends in the order they came, many at a time over one call. When the call breaks, what was on its way goes out again in
 * the same order, with the same ids and bytes, before anything else: so each is written once, and what is recorded never goes
 * back along the positions.
 */
export class PipelinedWriter {
  private readonly flying = new InFlight();
  /** in order; what goes out again stands before what has never gone out */
  private waiting: Entry[] = [];
  private call: AppendCall | undefined;
  /** the call on which an answer has come */
  private proven: AppendCall | undefined;
  /** of all that is on its way: until when the server may take it up, and for how long others may join */
  private term = { ends: 0, joinedUntil: 0 };
  private pumping = false;
  /** asked to send since it last looked */
  private wanted = false;
  private turns = 0;
  /** calls that broke one after the other without an answer */
  private failures = 0;
  private closed = false;
  private lastInstant: number;
  private highest: number;
  private lastAnswer = performance.now();
  private stall: NodeJS.Timeout | undefined;

  constructor(private readonly parts: WriterParts) {
    this.lastInstant = parts.last.recordedAt;
    this.highest = parts.last.position;
  }

  /** Position of the last event that this process knows to be written. */
  get position(): number {
    return this.highest;
  }

  /** Nothing is on its way whose effect is unknown. */
  get settled(): boolean {
    return this.flying.size === 0 && !this.waiting.some(({ sent }) => sent);
  }

  /** Queues the writes of one call. @throws StoreBusy, StoreUnavailable, NotCanonical, EventTooLarge, AppendTooLarge: then nothing was queued */
  enqueue(writes: readonly Write[]): Promise<readonly AppendResult[]> {
    if (this.closed) throw new StoreUnavailable('it is closed');
    if (this.parts.tenure.isLost) throw new TenureLost();
    const queued = this.flying.size + this.waiting.length;
    if (queued > 0 && queued + writes.length > QUEUE_WRITES) throw new StoreBusy(queued);
    this.lastInstant = Math.max(this.lastInstant, this.parts.clock());
    const recordedAt = instant(this.lastInstant);
    const encoded = writes.map((write) => encodeWrite(write, recordedAt));
    return Promise.all(
      writes.map((write, w) => {
        const { stream, expected } = write;
        const events = write.events.map(({ id, type }, i) => ({ id, type: labelOf(type), bytes: encoded[w]![i]! }));
        return this.queue({ stream, expected, events }, recordedAt);
      }),
    );
  }

  /** Waits a moment for what is on its way; what is not known then stays unknown. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const until = performance.now() + Math.min(this.parts.connection.options.deadlineMs, 2000);
    while (!this.settled && this.call && !this.call.ended && performance.now() < until) await sleep(10);
    this.call?.end('closed');
    for (const entry of [...this.flying, ...this.waiting]) this.giveUp(entry, 'it is closed');
    this.flying.clear();
    this.waiting = [];
  }

  private get stalledMs(): number {
    return Math.min(STALLED_MS, this.parts.connection.options.deadlineMs / 2);
  }

  private queue(proposal: Proposal, recordedAt: string): Promise<AppendResult> {
    return new Promise((settle) => {
      const late = setTimeout(() => this.giveUp(entry, 'no answer in time'), this.parts.connection.options.deadlineMs);
      const entry: Entry = { turn: (this.turns += 1), proposal, recordedAt, settle, late, sent: false, abandoned: false };
      this.waiting.push(entry);
      this.pump();
    });
  }

  /** Tells the caller that the effect is unknown. One that has gone out stays in line until its fate is known. */
  private giveUp(entry: Entry, why: string): void {
    clearTimeout(entry.late);
    entry.abandoned = true;
    entry.settle({ ok: false, error: this.parts.tenure.isLost ? new TenureLost() : new StoreUnavailable(why) });
  }

  private pump(): void {
    this.wanted = true;
    if (this.pumping) return;
    this.pumping = true;
    const pumping = async (): Promise<void> => {
      try {
        while (this.wanted) {
          this.wanted = false;
          await this.send();
        }
      } finally {
        this.pumping = false; // in the same moment as it was seen that nothing is wanted
      }
    };
    void pumping();
  }

  /**
   * The server decides on each write for itself, and would take up one after it has refused the one before: then what is recorded
   * would go back. So what is on its way together has one deadline, and the first on a call goes alone: a server that is not ready
   * has said so before it is sent more.
   */
  private hasRoom(): boolean {
    if (this.flying.size === 0) return true;
    return this.proven === this.call && performance.now() < this.term.joinedUntil && this.flying.size < WINDOW_WRITES && this.flying.bytes < WINDOW_BYTES;
  }

  /** Sends as much as there is room for; while there is no server or no tenure, tries again until there is. */
  private async send(): Promise<void> {
    await Promise.resolve(); // what is queued in this turn goes out together
    while (this.waiting.length > 0 && this.hasRoom() && !this.closed) {
      if (this.parts.tenure.isLost) return this.dropAll();
      this.waiting = this.waiting.filter(({ sent, abandoned }) => sent || !abandoned);
      if (this.parts.tenure.remaining() <= 0) {
        await sleep(PAUSE_MS.first);
        continue;
      }
      if (!this.call || this.call.ended) {
        if (this.flying.size > 0) return; // what comes back from the old call is put in line first
        if (this.failures > 0) await sleep(Math.min(PAUSE_MS.first * 2 ** this.failures, PAUSE_MS.most));
        try {
          this.call = await this.opened();
        } catch (error) {
          this.failures += 1;
          this.parts.connection.noteLost('append', error instanceof StoreUnavailable ? error.why : 'no-answer');
        }
        continue;
      }
      await this.call.ready();
      for (let entry = this.waiting[0]; entry && this.hasRoom() && !this.call.ended; entry = this.waiting[0]) {
        // What overlaps a write on its way is left lying by the server, which cannot compare ids yet: it goes on when the other has landed.
        if (this.flying.reaches(entry.proposal.stream, numberOf(entry.proposal.expected))) return;
        this.waiting.shift();
        if (entry.sent || !entry.abandoned) this.launch(entry, this.call);
      }
    }
  }

  private async opened(): Promise<AppendCall> {
    const { connection } = this.parts;
    const began = performance.now();
    try {
      return await openAppendCall(connection, this.stalledMs);
    } catch (error) {
      if (performance.now() - began >= this.stalledMs) await connection.renew();
      throw error;
    }
  }

  /** Whoever has lost the tenure writes nothing more, not even again. */
  private dropAll(): void {
    this.call?.end('tenure-lost');
    for (const entry of this.waiting) this.giveUp(entry, 'the tenure of this engine has ended');
    this.waiting = [];
  }

  private launch(entry: Entry, call: AppendCall): void {
    const { tenure, connection } = this.parts;
    entry.sent = true;
    this.parts.heads.forget(entry.proposal.stream);
    if (this.flying.size === 0) {
      this.lastAnswer = performance.now();
      const time = Math.min(connection.options.deadlineMs, tenure.remaining());
      this.term = { ends: Date.now() + time, joinedUntil: performance.now() + time / 4 };
    }
    this.flying.add(entry);
    this.watch();
    void call.append(entry.proposal, new Date(this.term.ends)).then((verdict) => {
      this.lastAnswer = performance.now();
      if (!this.flying.has(entry)) return; // given up at closing
      if ('fault' in verdict && verdict.fault.kind === 'passing') this.again(entry, verdict.fault.why, call);
      else {
        this.failures = 0;
        this.proven = call;
        void this.settle(entry, verdict);
      }
    });
  }

  /** Back into the line, before all that has not gone out yet. Whatever ends the call gives its writes back in order. */
  private again(entry: Entry, why: string, call: AppendCall): void {
    this.parts.connection.noteLost('append', why);
    if (!call.ended) call.end(why); // those behind it come back after it, or the order would be lost
    this.flying.delete(entry);
    const before = this.waiting.findIndex(({ turn }) => turn > entry.turn);
    this.waiting.splice(before < 0 ? this.waiting.length : before, 0, entry);
    if (this.flying.size > 0) return;
    this.failures += 1;
    this.pump();
  }

  /** A server that has frozen breaks nothing: the call is ended when nothing has come back for long. */
  private watch(): void {
    if (this.stall) return;
    this.stall = setInterval(() => {
      if (this.flying.size === 0) {
        clearInterval(this.stall);
        this.stall = undefined;
      } else if (performance.now() - this.lastAnswer > this.stalledMs) {
        this.lastAnswer = performance.now();
        this.call?.end('no-answer');
        void this.parts.connection.renew();
      }
    }, 250).unref();
  }

  private async settle(entry: Entry, verdict: Verdict): Promise<void> {
    const { proposal } = entry;
    let result: AppendResult;
    try {
      if ('fault' in verdict) {
        const repeated = verdict.fault.kind === 'conflict' ? await this.repeatedIn(proposal, verdict.fault.actual) : undefined;
        result = repeated ? { ok: true, appended: repeated } : { ok: false, error: this.errorOf(proposal, verdict.fault) };
      } else {
        result = { ok: true, appended: await this.appendedAs(entry, verdict) };
      }
      this.parts.connection.noteThere('append');
    } catch (error) {
      result = { ok: false, error: error instanceof StoreUnavailable ? error : new StoreUnavailable('the event written cannot be read back', { cause: error }) };
    }
    clearTimeout(entry.late);
    this.flying.delete(entry);
    entry.settle(result);
    if (this.waiting.length > 0) this.pump();
  }

  /** Something has gone out that would stand behind this revision. What has gone out is at the beginning of the line. */
  private mayStandBehind(stream: string, revision: number): boolean {
    if (this.flying.reaches(stream, revision)) return true;
    for (const { sent, proposal } of this.waiting) {
      if (!sent) return false;
      if (proposal.stream === stream && endOf(proposal) > revision) return true;
    }
    return false;
  }

  /** What stood there before was recorded at another instant: it is looked up. A new event stands behind all that is known. */
  private async appendedAs({ proposal: { stream, expected, events }, recordedAt }: Entry, { revision, position }: Exclude<Verdict, { fault: Fault }>): Promise<Appended> {
    if (position !== null && position > this.highest) {
      this.highest = position;
      if (!this.mayStandBehind(stream, revision)) this.parts.heads.set(stream, revision);
      return { stream, revision, position, recordedAt, repeated: false };
    }
    const repeated = await this.repeatedIn({ stream, expected, events }, revision);
    if (!repeated) throw new StoreUnavailable('the server acknowledged what does not stand there');
    this.highest = Math.max(this.highest, repeated.position);
    return repeated;
  }

  /** The same ids at the same place, written once. The server finds that out itself, mostly: not of ids that it last saw elsewhere. */
  private async repeatedIn({ stream, expected, events }: Proposal, actual: Expected): Promise<Appended | undefined> {
    const from = numberOf(expected) + 1;
    if (numberOf(actual) < from + events.length - 1) return undefined;
    const standing = await this.parts.standing(stream, from, events.length);
    const last = standing.at(-1);
    if (!last || standing.length !== events.length || standing.some(({ id }, i) => id !== events[i]!.id)) return undefined;
    return { stream, revision: last.revision, position: last.position, recordedAt: last.recordedAt, repeated: true };
  }

  private errorOf({ stream, expected }: Proposal, fault: Fault): WrongExpectedRevision | StreamDropped | StoreUnavailable {
    if (fault.kind === 'conflict') return new WrongExpectedRevision(stream, expected, fault.actual);
    if (fault.kind === 'dropped') return new StreamDropped(stream);
    return new StoreUnavailable(fault.kind === 'absent' ? 'no such stream' : fault.why);
  }
}
