// The writer: takes writes up in the order in which they come, decides by the rules of optimistic concurrency, makes
// them durable in groups and lets readers see them only then.
import { randomUUID } from 'node:crypto';
import { encode, type LogEvent, type LogFile } from './log-file.ts';
import { CHUNK, eventAt, firstReadable, isMetastream, isSoftDeleted, lastVisible, lastWritten, originalOf, publish, sizeOnDisk, streamOf, survivors, TOMBSTONE, visibleMetadata, writtenMetadata, type Log } from './log.ts';
import { EXPECTED } from './refusals.ts';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** `revision` and `position` are those of the last event of the write; -1 where there is none. */
export type Outcome =
  | { readonly result: 'written'; readonly revision: number; readonly position: number }
  | { readonly result: 'wrong version'; readonly current: number }
  | { readonly result: 'deleted' }
  | { readonly result: 'timeout'; readonly why: string };

type Reply = (outcome: Outcome) => void;
type Decision = { readonly ok: true; readonly undelete: boolean } | { readonly ok: false; readonly outcome: Outcome | undefined };

interface Waiting {
  reply: Reply | undefined;
  readonly until: number;
}

export interface Writer {
  append(stream: string, expected: number, events: readonly Proposed[], reply: Reply): void;
  remove(stream: string, expected: number, hard: boolean, reply: Reply): void;
  /** an event of the server's own */
  system(stream: string, type: string, data: object): void;
  hold(held: boolean): Promise<void>;
  /** answers all that waits as the server does when it stops being the leader */
  drop(): void;
  scavenge(): Promise<void>;
  readonly appended: number;
}

const WAIT_TICK = 1000;
const KNOWN_IDS_BYTES = 8 * 1024 * 1024;

export function openWriter(log: Log, file: LogFile, commitTimeout: number): Writer {
  /** `apart`: not flushed together with what comes before it */
  const queue: { bytes: Buffer; events: LogEvent[]; apart: boolean; done: () => void }[] = [];
  let held = false;
  let flushing: Promise<void> | undefined;
  const waiting = new Set<Waiting>();
  const known = knownIds();
  const counts = { appended: 0 };

  const flush = async (): Promise<void> => {
    while (queue.length > 0 && !held) {
      const end = queue.findIndex(({ apart }, index) => apart && index > 0);
      const group = queue.splice(0, end < 0 ? queue.length : end);
      await file.append(group.length === 1 ? group[0]!.bytes : Buffer.concat(group.map(({ bytes }) => bytes)));
      for (const { events } of group) publish(log, events);
      for (const { done } of group) done();
      for (const watcher of log.watchers) watcher();
    }
    flushing = undefined;
  };
  const schedule = (): void => {
    // One turn later: what came in the same turn shares the flush.
    flushing ??= new Promise((resolve) => setImmediate(resolve)).then(flush);
  };

  const wait = (reply: Reply): Waiting => {
    const one = { reply, until: Date.now() + commitTimeout };
    waiting.add(one);
    return one;
  };
  const answer = (one: Waiting, outcome: Outcome): void => {
    waiting.delete(one);
    one.reply?.(outcome);
    one.reply = undefined;
  };
  const tick = setInterval(() => {
    for (const one of waiting) if (Date.now() >= one.until) answer(one, { result: 'timeout', why: 'Commit phase timeout.' });
  }, WAIT_TICK);
  tick.unref();

  const enqueue = (events: LogEvent[], end: number, apart: boolean, done: () => void): void => {
    log.end = end;
    queue.push({ bytes: encode({ events, end, scavenged: false }), events, apart, done });
    counts.appended += events.length;
    schedule();
  };

  const write = (name: string, first: number, events: readonly Proposed[], done: () => void, apart = false): number => {
    const stream = streamOf(log, name);
    let position = log.end;
    const created = Date.now();
    const taken = events.map((event, index): LogEvent => {
      const next = position + sizeOnDisk(name, event.type, event.data.length, event.metadata.length);
      const one = { ...event, position, next, stream: name, revision: first === TOMBSTONE ? TOMBSTONE : first + index, created };
      position = next;
      known.put(one.id, name, one.revision);
      return one;
    });
    const last = taken.at(-1);
    if (last) stream.written = last;
    stream.known ||= last !== undefined;
    // A write of nothing still takes up a record of the log.
    enqueue(taken, last ? position : position + sizeOnDisk(name, '', 0, 0), apart, done);
    return last?.position ?? position;
  };

  const metadataEvent = (data: string): Proposed => ({ id: randomUUID(), type: '$metadata', json: true, data: Buffer.from(data), metadata: Buffer.alloc(0) });
  /** A write of its own after the one that brings a stream back: that one may be acknowledged before readers find the stream. */
  const undelete = (name: string, from: number): void => {
    const metastream = `$$${name}`;
    const current = log.streams.get(metastream)?.written;
    let kept: object;
    try {
      kept = JSON.parse(current?.data.toString('utf8') ?? '') as object;
    } catch {
      return;
    }
    write(metastream, lastWritten(log, metastream) + 1, [metadataEvent(JSON.stringify({ ...kept, $tb: from }))], () => undefined, true);
  };

  const decide = (name: string, expected: number, ids: readonly string[]): Decision => {
    const current = lastWritten(log, name);
    const softDeleted = isSoftDeleted(writtenMetadata(log, name));
    const ok = (undeletes: boolean): Decision => ({ ok: true, undelete: undeletes });
    const no = (outcome: Outcome | undefined): Decision => ({ ok: false, outcome });
    const wrong = (): Decision => no({ result: 'wrong version', current });
    /** Acknowledged again; while the first write is not visible yet the server drops the second without a word. */
    const again = (last: number): Decision => no(lastVisible(log, name) < last ? undefined : { result: 'written', revision: last, position: readablePosition(name, last) });
    if (current === TOMBSTONE) return no({ result: 'deleted' });
    if (expected === EXPECTED.exists) {
      if (softDeleted) return no({ result: 'deleted' });
      if (current < 0 && lastWritten(log, `$$${name}`) < 0) return wrong();
    }
    if (expected === EXPECTED.any || expected === EXPECTED.exists) {
      let last = -1;
      for (const [index, id] of ids.entries()) {
        const at = known.get(id, name);
        if (at === undefined) return index === 0 ? ok(softDeleted) : wrong();
        last = at;
      }
      return ids.length === 0 ? ok(softDeleted) : again(last);
    }
    if (expected > current) return wrong();
    if (expected === current) return ok(softDeleted);
    for (const [index, id] of ids.entries()) {
      const revision = expected + 1 + index;
      if (known.get(id, name) === revision || eventAt(streamOf(log, name), revision)?.id === id) continue;
      return index === 0 && expected === EXPECTED.none && softDeleted ? ok(true) : wrong();
    }
    return ids.length === 0 ? wrong() : again(expected + ids.length);
  };
  /** -1 where the event is hidden by the stream's metadata or was scavenged. */
  const readablePosition = (name: string, revision: number): number => {
    const event = eventAt(streamOf(log, name), revision);
    const metadata = visibleMetadata(log, name);
    if (!event || isSoftDeleted(metadata) || revision < firstReadable(metadata, lastVisible(log, name))) return -1;
    if (metadata.maxAge !== undefined && event.created < Date.now() - metadata.maxAge * 1000) return -1;
    return event.position;
  };

  const system = (stream: string, type: string, data: object): void => {
    const event = { id: randomUUID(), type, json: true, data: Buffer.from(JSON.stringify(data)), metadata: Buffer.alloc(0) };
    write(stream, lastWritten(log, stream) + 1, [event], () => undefined);
  };

  const refuse = (decision: Decision & { ok: false }, reply: Reply): void => {
    if (decision.outcome) reply(decision.outcome);
    else wait(reply);
  };

  return {
    append: (name, expected, events, reply) => {
      const decision = decide(name, expected, events.map(({ id }) => id));
      if (!decision.ok) {
        refuse(decision, reply);
        return;
      }
      const current = lastWritten(log, name);
      const one = wait(reply);
      const metastreamOfDeleted = isMetastream(name) && isSoftDeleted(writtenMetadata(log, originalOf(name)));
      const position = write(name, current + 1, events, () => answer(one, { result: 'written', revision: current + events.length, position }));
      if (decision.undelete) undelete(name, current + 1);
      if (metastreamOfDeleted) undelete(originalOf(name), lastWritten(log, originalOf(name)) + 1);
    },
    remove: (name, expected, hard, reply) => {
      const decision = decide(name, expected, [randomUUID()]);
      const metastream = `$$${name}`;
      if (!decision.ok) refuse(decision, reply);
      else if (!hard && lastWritten(log, name) < 0 && lastWritten(log, metastream) < 0) reply({ result: 'wrong version', current: -1 });
      else {
        const one = wait(reply);
        const done = (): void => answer(one, { result: 'written', revision: TOMBSTONE, position });
        const tombstone = { ...metadataEvent(''), type: '$streamDeleted', json: false };
        const position = hard
          ? write(name, TOMBSTONE, [tombstone], done)
          : write(metastream, lastWritten(log, metastream) + 1, [metadataEvent('{"$tb":9223372036854775807}')], done);
      }
    },
    system,
    hold: async (yes) => {
      held = yes;
      if (!yes) schedule();
      await flushing;
    },
    drop: () => {
      for (const one of waiting) answer(one, { result: 'timeout', why: 'Request canceled by server' });
    },
    scavenge: async () => {
      if (held) throw new Error('no scavenging while writes are held');
      const id = randomUUID();
      system(`$scavenges-${id}`, '$scavengeStarted', { scavengeId: id });
      system('$scavengePoints', '$scavengePoint', {});
      while (flushing) await flushing;
      const kept = survivors(log, Date.now());
      // A scavenge point completes its chunk: the log goes on at the beginning of the next one.
      log.end = (Math.floor(log.end / CHUNK) + 1) * CHUNK;
      log.scavengedBelow = log.end;
      const rest = kept.map((event) => ({ events: [event], end: event.next, scavenged: false }));
      flushing = file.replace([...rest, { events: [], end: log.end, scavenged: true }]).then(() => {
        log.events = kept;
        for (const stream of log.streams.values()) stream.events = [];
        for (const event of kept) streamOf(log, event.stream).events.push(event);
        system(`$scavenges-${id}`, '$scavengeCompleted', { scavengeId: id, result: 'Success' });
        return flush();
      });
      await flushing;
    },
    get appended() {
      return counts.appended;
    },
  };
}

/** Ids the server remembers, the oldest forgotten first; it starts with none. */
function knownIds(): { put(id: string, stream: string, revision: number): void; get(id: string, stream: string): number | undefined } {
  const entries = new Map<string, { readonly stream: string; readonly revision: number }>();
  let bytes = 0;
  const size = (stream: string): number => 28 + 2 * stream.length;
  return {
    put: (id, stream, revision) => {
      const before = entries.get(id);
      if (before) bytes -= size(before.stream);
      entries.delete(id);
      entries.set(id, { stream, revision });
      bytes += size(stream);
      for (const [oldest, entry] of entries) {
        if (bytes <= KNOWN_IDS_BYTES) break;
        entries.delete(oldest);
        bytes -= size(entry.stream);
      }
    },
    get: (id, stream) => {
      const entry = entries.get(id);
      return entry?.stream === stream ? entry.revision : undefined;
    },
  };
}
