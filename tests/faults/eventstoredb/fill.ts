import { randomUUID } from 'node:crypto';
import { encodeEvent } from '../../../src/store/event.js';
import { openAppendCall } from '../../../src/store/eventstoredb/batch-append.js';
import { Connection } from '../../../src/store/eventstoredb/connection.js';
import { newEvent } from '../../support/store-events.js';

const PER_APPEND = 100;

/** Writes past whoever holds the store: so many events of at least so many bytes, at the instant given. */
export async function fill(connection: string, events: number, bytes: number, recordedAt: string): Promise<void> {
  const way = new Connection({ connection, deadlineMs: 60_000 });
  const call = await openAppendCall(way);
  const data = { pad: 'x'.repeat(bytes) };
  const batch = async (): Promise<void> => {
    const proposed = Array.from({ length: PER_APPEND }, () => {
      const id = randomUUID();
      return { id, type: 'Padded', bytes: encodeEvent(newEvent({ id, data }), recordedAt) };
    });
    const verdict = await call.append({ stream: `fill-${randomUUID()}`, expected: 'none', events: proposed }, new Date(Date.now() + 60_000));
    if ('fault' in verdict) throw new Error(JSON.stringify(verdict));
  };
  try {
    for (let n = 0; n < events; n += 10 * PER_APPEND) await Promise.all(Array.from({ length: 10 }, batch));
  } finally {
    call.end('done');
    await way.close();
  }
}
