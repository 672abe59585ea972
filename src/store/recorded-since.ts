import type { RecordedEvent } from './event.js';
import type { EventReader } from './port.js';

/** The events after a position, one by one, up to those that are there now. Holds one page. */
export async function* recordedSince(store: EventReader, after: number): AsyncGenerator<RecordedEvent> {
  for (let position = after; ; ) {
    const page = await store.readAll({ after: position, limit: 1000 });
    if (page.length === 0) return;
    yield* page;
    position = page.at(-1)!.position;
  }
}
