import { decodeEvent, type RecordedEvent } from '../event.js';
import { StoreUnavailable, type EventReader } from '../port.js';
import { recordedSince } from '../recorded-since.js';
import { TenureLost, type Tenure } from '../tenure.js';
import { openAppendCall, type AppendCall, type Proposal } from './batch-append.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { takeLease } from './lease.js';
import { EventStoreDbReader } from './reader.js';
import { labelOf } from './recorded.js';

/** So many events, or bytes, go out together; the next follow when all of them stand. */
const TOGETHER = { events: 500, bytes: 4 * 1024 * 1024 };

export interface Copied {
  readonly events: number;
  /** of these, how many stood there from a copy that was broken off */
  readonly before: number;
  /** where the event now stands that stood at the position asked about; 0 when there was none */
  readonly moved: number;
}

export interface CopyOptions {
  /** a position of the source that somebody remembers */
  readonly remembered: number;
  readonly progress?: (events: number, what: 'copied' | 'compared') => void;
}

/**
 * Copies a ledger into an empty EventStoreDB, event by event: the same order, ids, revisions and bytes, so that every digest stays
 * true. One that was broken off goes on where it ended. At the end both are read through and compared.
 *
 * @throws CopyDiffers, StoreUnavailable
 */
export async function copyInto(target: ConnectionOptions, source: EventReader, { remembered, progress = () => undefined }: CopyOptions): Promise<Copied> {
  const connection = new Connection(target);
  try {
    const lease = await takeLease(connection); // nobody else writes meanwhile
    try {
      const reader = new EventStoreDbReader(connection);
      const before = await compare(source, reader);
      const call = await openAppendCall(connection, target.deadlineMs);
      let written: number;
      try {
        written = await copyRest({ call, lease }, source, before, (events) => progress(events, 'copied'));
      } finally {
        call.end('closed');
      }
      let moved = 0;
      const events = await compare(source, reader, (here, there, compared) => {
        if (here.position <= remembered) moved = there.position;
        progress(compared, 'compared');
      });
      if (events < written) throw new CopyDiffers(events + 1);
      return { events, before, moved };
    } finally {
      await lease.release();
    }
  } finally {
    await connection.close();
  }
}

/** How many events of the beginning stand in both, alike. @throws CopyDiffers when the copy holds anything else */
async function compare(source: EventReader, copy: EventReader, alike: (here: RecordedEvent, there: RecordedEvent, events: number) => void = () => undefined): Promise<number> {
  const originals = recordedSince(source, 0);
  let events = 0;
  for await (const there of recordedSince(copy, 0)) {
    const here = (await originals.next()).value as RecordedEvent | undefined;
    events += 1;
    if (!here || here.stream !== there.stream || here.revision !== there.revision || Buffer.compare(here.bytes, there.bytes) !== 0) throw new CopyDiffers(events);
    alike(here, there, events);
  }
  await originals.return(undefined);
  return events;
}

interface Target {
  readonly call: AppendCall;
  readonly lease: Tenure;
}

async function copyRest(target: Target, source: EventReader, skip: number, progress: (events: number) => void): Promise<number> {
  let seen = 0;
  let batch: RecordedEvent[] = [];
  let bytes = 0;
  for await (const event of recordedSince(source, 0)) {
    seen += 1;
    if (seen <= skip) continue;
    batch.push(event);
    bytes += event.bytes.length;
    if (batch.length < TOGETHER.events && bytes < TOGETHER.bytes) continue;
    await write(target, batch);
    progress(seen);
    batch = [];
    bytes = 0;
  }
  await write(target, batch);
  progress(seen);
  return seen;
}

/** Over one call the server takes them in order; the first that does not stand ends the copy, to be taken up again. */
async function write({ call, lease }: Target, events: readonly RecordedEvent[]): Promise<void> {
  if (lease.isLost) throw new TenureLost();
  const deadline = new Date(Date.now() + lease.remaining()); // whoever may not write any more has nothing under way that could still be taken up
  const verdicts = [];
  for (const event of events) {
    await call.ready();
    verdicts.push(call.append(proposalOf(event), deadline));
  }
  for (const verdict of await Promise.all(verdicts)) {
    if ('fault' in verdict) throw new StoreUnavailable('why' in verdict.fault ? verdict.fault.why : verdict.fault.kind);
  }
}

function proposalOf(recorded: RecordedEvent): Proposal {
  const { stream, revision, bytes } = recorded;
  const { id, type } = decodeEvent(recorded);
  return { stream, expected: revision === 0 ? 'none' : revision - 1, events: [{ id, type: labelOf(type), bytes }] };
}

/** What stands at the target is not this ledger, or not in its order. */
export class CopyDiffers extends Error {
  readonly code = 'copy-differs';
  constructor(readonly event: number) {
    super(`写し先の ${event} 件目の記録が、元の記録と違います。空のデータベースを用意して、初めからやり直してください。`);
    this.name = 'CopyDiffers';
  }
}
