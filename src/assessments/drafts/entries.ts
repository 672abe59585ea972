import { createHash } from 'node:crypto';
import { derivedId } from '../../ledger/ids.js';
import type { Form } from '../forms/form.js';
import { placeOf, type Place } from '../forms/places.js';

/** One 委託事項, one system, one file: filled in once for each. It keeps its id whatever comes before it or goes. */
export interface Entry {
  readonly entry: string;
  /** id of the repeated section or block */
  readonly repeat: string;
  /** the entry that it stands in */
  readonly within?: string;
  /** which one it was of those that the draft began with, from 0; undefined: added since */
  readonly origin?: number;
}

export interface Entries {
  readonly byId: ReadonlyMap<string, Entry>;
  /** the ids in their order, by repeat and the entry around them */
  readonly order: ReadonlyMap<string, readonly string[]>;
  /** repeats of which an entry was added or removed */
  readonly changed: ReadonlySet<string>;
  /** those that were there once */
  readonly removed: ReadonlyMap<string, Entry>;
  /** how many there have ever been */
  readonly made: number;
}

/** Entries in entries, as events name them. */
const DEEPEST = 4;

export const noEntries: Entries = { byId: new Map(), order: new Map(), changed: new Set(), removed: new Map(), made: 0 };

/** The id of the nth entry that a version has ever had. */
export function entryId(version: string, n: number): string {
  return derivedId(createHash('sha256').update(`${version} entry ${n}`).digest());
}

/** The ids of the entries of a repeat, in their order. */
export function entriesIn({ order }: Entries, repeat: string, within?: string): readonly string[] {
  return order.get(orderKey(repeat, within)) ?? [];
}

/** As the last, or before another. Those that a document begins with are not `isNew`. */
export function addEntry(entries: Entries, { repeat, within, entry }: Omit<Entry, 'origin'>, { before, isNew }: { readonly before?: string; readonly isNew: boolean }): Entries {
  const ids = entriesIn(entries, repeat, within);
  const at = before === undefined ? ids.length : Math.max(0, ids.indexOf(before));
  const known: Entry = { entry, repeat, ...(within && { within }), ...(!isNew && { origin: ids.length }) };
  return {
    ...entries,
    byId: new Map(entries.byId).set(entry, known),
    order: new Map(entries.order).set(orderKey(repeat, within), [...ids.slice(0, at), entry, ...ids.slice(at)]),
    changed: isNew ? new Set(entries.changed).add(repeat) : entries.changed,
    made: entries.made + 1,
  };
}

/** The entries around an entry and itself, the outermost first; of one that is gone, too. Undefined where there is no such way: no form goes deeper. */
export function pathTo({ byId, removed }: Entries, entry: string): readonly string[] | undefined {
  const path: string[] = [];
  for (let at: string | undefined = entry; at !== undefined; ) {
    const known: Entry | undefined = byId.get(at) ?? removed.get(at);
    if (!known || path.length === DEEPEST) return undefined;
    path.unshift(at);
    at = known.within;
  }
  return path;
}

/** Before another of its kind, or as the last; what stands in it goes with it. */
export function moveEntry(entries: Entries, entry: string, before?: string): Entries {
  const known = entries.byId.get(entry);
  if (!known) return entries;
  const others = entriesIn(entries, known.repeat, known.within).filter((id) => id !== entry);
  const at = before === undefined ? others.length : Math.max(0, others.indexOf(before));
  return { ...entries, order: new Map(entries.order).set(orderKey(known.repeat, known.within), [...others.slice(0, at), entry, ...others.slice(at)]), changed: new Set(entries.changed).add(known.repeat) };
}

/** What stands in it goes with it. */
export function removeEntry(entries: Entries, entry: string): Entries {
  const known = entries.byId.get(entry);
  if (!known) return entries;
  const goes = ([id, { within }]: readonly [string, Entry]): boolean => id === entry || within === entry;
  const byId = new Map([...entries.byId].filter((one) => !goes(one)));
  const removed = new Map([...entries.removed, ...[...entries.byId].filter(goes)]);
  const ids = entriesIn(entries, known.repeat, known.within).filter((id) => id !== entry);
  return { ...entries, byId, removed, order: new Map(entries.order).set(orderKey(known.repeat, known.within), ids), changed: new Set(entries.changed).add(known.repeat) };
}

function orderKey(repeat: string, within?: string): string {
  return within === undefined ? repeat : `${repeat} ${within}`;
}

/** The item or block at a place, when the entries are those that it stands in, the outermost first; undefined when there is no such place. */
export function placeAt(form: Form, entries: Entries, item: string, at: readonly string[]): Place | undefined {
  const place = placeOf(form, item);
  if (!place || place.repeats.length !== at.length) return undefined;
  const fits = place.repeats.every((repeat, i) => {
    const entry = entries.byId.get(at[i]!);
    return entry?.repeat === repeat && entry.within === (i === 0 ? undefined : at[i - 1]);
  });
  return fits ? place : undefined;
}
