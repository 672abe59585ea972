import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { EVENTS_FILE } from '../store/embedded/database.js';

/** The file of events of data that are there: a verb that only reads makes no new store by the way. */
export function eventsFileIn({ data }: Settings): string {
  const file = join(data, EVENTS_FILE);
  if (!statSync(file, { throwIfNoEntry: false })) throw new Error(`${data} に記録がありません。AKASHI_DATA の場所を確かめてください。`);
  return file;
}
