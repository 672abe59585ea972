import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '../event-registry.js';
import { isDamaged } from '../store/damage.js';
import { EVENTS_FILE, openForReading } from '../store/embedded/database.js';
import type { RecordedEvent } from '../store/event.js';
import { openAside, type StoreSettings } from '../store/open.js';
import { recordedSince } from '../store/recorded-since.js';

/** What a look through the whole ledger came to. */
export interface Looked {
  readonly sound: boolean;
  readonly count: number;
  readonly last: number;
  /** streams taken away at the end of their retention, as far as the store can tell */
  readonly dropped: number;
  readonly founding: { readonly store?: unknown; readonly vault?: unknown } | undefined;
  /** that events are sealed with: one for each unit of records */
  readonly keys: ReadonlySet<number>;
  readonly unreadable: readonly number[];
  /** of the last event that can be read */
  readonly lastRecordedAt: string | undefined;
}

/** Reads every event once, from the first to the last; opens nothing. Nothing when the store cannot even be read through. */
export async function lookThrough(store: StoreSettings): Promise<Looked | 'gone' | undefined> {
  if (store.kind === 'embedded') return lookThroughFile(join(store.directory, EVENTS_FILE));
  const ledger = await openAside(store);
  if (!ledger) return 'gone';
  try {
    const account = new Account();
    for await (const recorded of recordedSince(ledger, 0)) account.add(recorded);
    return { ...account, sound: true, dropped: 0 };
  } finally {
    await ledger.close();
  }
}

function lookThroughFile(file: string): Looked | 'gone' | undefined {
  if (!statSync(file, { throwIfNoEntry: false })) return 'gone';
  accessSync(file, constants.R_OK); // SQLite would not say why
  try {
    const db = openForReading(file);
    try {
      const sound = (db.pragma('quick_check') as { quick_check: string }[])[0]!.quick_check === 'ok';
      const account = new Account();
      for (const recorded of db.prepare<[], RecordedEvent>("SELECT position, '' AS stream, revision, bytes FROM events ORDER BY position").iterate()) account.add(recorded);
      const dropped = db.prepare<[], number>('SELECT count(*) FROM streams s WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.stream = s.key)').pluck().get()!;
      return { ...account, sound, dropped };
    } finally {
      db.close();
    }
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code === 'store-damaged' || isDamaged(error) || code.startsWith('SQLITE_IOERR')) return undefined;
    throw error;
  }
}

class Account {
  count = 0;
  last = 0;
  lastRecordedAt: string | undefined;
  founding: Looked['founding'];
  readonly keys = new Set<number>();
  readonly unreadable: number[] = [];

  add(recorded: RecordedEvent): void {
    this.count += 1;
    this.last = recorded.position;
    try {
      const { data, sealed, recordedAt } = registry.decode(recorded);
      this.lastRecordedAt = recordedAt;
      this.founding ??= data;
      if (sealed) this.keys.add(sealed.key);
    } catch {
      this.unreadable.push(recorded.position);
    }
  }
}
