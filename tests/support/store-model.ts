import type { NewEvent } from '../../src/store/event.js';
import type { Expected, Write } from '../../src/store/port.js';

/** What a store must answer, without what only it can know (positions, instants). */
export type Answer =
  | { readonly ok: true; readonly stream: string; readonly revision: number; readonly repeated: boolean; readonly lastId: string }
  | { readonly ok: false; readonly stream: string; readonly expected: Expected; readonly actual: Expected };

/** The port in a page: streams of ids in memory, and one ledger. */
export class ModelStore {
  readonly ledger: { readonly stream: string; readonly revision: number; readonly id: string }[] = [];
  private readonly streams = new Map<string, string[]>();

  ids(stream: string): readonly string[] {
    return this.streams.get(stream) ?? [];
  }

  append({ stream, events, expected }: Write): Answer {
    const standing = this.streams.get(stream) ?? [];
    const from = expected === 'none' ? 0 : expected + 1;
    const ids = events.map((event) => event.id);
    const answer = { ok: true, stream, revision: from + ids.length - 1, lastId: ids.at(-1)! } as const;
    if (from === standing.length) {
      ids.forEach((id, i) => this.ledger.push({ stream, revision: from + i, id }));
      this.streams.set(stream, [...standing, ...ids]);
      return { ...answer, repeated: false };
    }
    const stands = standing.slice(from, from + ids.length);
    if (stands.length === ids.length && stands.every((id, i) => id === ids[i])) return { ...answer, repeated: true };
    return { ok: false, stream, expected, actual: standing.length === 0 ? 'none' : standing.length - 1 };
  }
}

/** One drawn step; `pick` and `size` choose among what then stands in the stream. */
export interface Step {
  readonly stream: number;
  readonly kind: 'right' | 'stale' | 'ahead' | 'none' | 'repeat' | 'overlap';
  readonly pick: number;
  readonly size: number;
  /** belongs to the same appendMany as the step before */
  readonly joined: boolean;
  /** the caller waits for all answers before the next step */
  readonly awaited: boolean;
}

/** The write a step means, given what stands in its stream. */
export function writeOf(step: Step, stream: string, standing: readonly string[], fresh: (id?: string) => NewEvent): Write {
  const many = (count: number): NewEvent[] => Array.from({ length: count }, () => fresh());
  const at = (index: number): Expected => (index === 0 ? 'none' : index - 1);
  const length = standing.length;
  const from = length === 0 ? 0 : step.pick % length;
  const repeated = standing.slice(from, from + step.size).map((id) => fresh(id));
  switch (step.kind) {
    case 'right':
      return { stream, events: many(step.size), expected: at(length) };
    case 'stale':
      return { stream, events: many(step.size), expected: at(from) };
    case 'ahead':
      return { stream, events: many(step.size), expected: length + (step.pick % 3) };
    case 'none':
      return { stream, events: many(step.size), expected: 'none' };
    case 'repeat':
      return { stream, events: repeated.length > 0 ? repeated : many(1), expected: at(from) };
    case 'overlap':
      return { stream, events: [...repeated, fresh()], expected: at(from) };
  }
}
