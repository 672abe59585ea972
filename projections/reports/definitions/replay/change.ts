/** 増えた · なくなった · 変わった · 間に増えて、なくなった */
export const CHANGED = { came: '増えた', went: 'なくなった', changed: '変わった', passed: '間に増えて、なくなった' } as const;

/** What lies between two moments in one row of a register; no value is opened. */
export interface Change {
  readonly how: keyof typeof CHANGED;
  /** Japanese: what the row is of */
  readonly sort: string;
  readonly id: string;
  readonly file: string;
  /** Japanese: the columns that changed */
  readonly columns: string;
  readonly before: string;
  readonly after: string;
  /** events between the two, where they are told apart */
  readonly events: number | null;
  readonly first: number | null;
  readonly last: number | null;
}

/** The events that a change comes from: how many, where the first and the last stand. None of what came about by the day alone. */
export function eventsOf(positions: readonly number[]): Pick<Change, 'events' | 'first' | 'last'> {
  return { events: positions.length, first: positions[0] ?? null, last: positions.at(-1) ?? null };
}

/** Columns of a row that differ, by their labels, with what stood there and stands there now, empty ones left out; undefined of a row that stands as it stood. */
export function compared(before: Readonly<Record<string, string>> | undefined, after: Readonly<Record<string, string>> | undefined): Pick<Change, 'how' | 'columns' | 'before' | 'after'> | undefined {
  const labels = Object.keys(after ?? before ?? {}).filter((label) => (before?.[label] ?? '') !== (after?.[label] ?? ''));
  if (labels.length === 0 && before !== undefined && after !== undefined) return undefined;
  const words = (row: typeof before): string => (row === undefined ? '' : labels.filter((label) => row[label] !== '').map((label) => `${label} ${row[label]!}`).join('、'));
  return { how: before === undefined ? 'came' : after === undefined ? 'went' : 'changed', columns: labels.join('、'), before: words(before), after: words(after) };
}
