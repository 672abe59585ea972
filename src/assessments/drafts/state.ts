import type { Rule } from '../../handling/rules.js';
import { isErased, type DomainEvent, type EventOf } from '../../ledger/event-type.js';
import type { Answer } from '../answers/assessment.js';
import {
  AmendmentSetAside, AssessmentDrafted, AssessmentPublished, BindingsAmended, CommentAdded, CommentResolved, DraftAbandoned, EntryAdded, EntryMoved, EntryRemoved, ItemAmended, ItemDeferred, ItemsWithheld, SetAsideDropped, SignificanceJudged,
} from '../events.js';
import type { Ground } from '../changes/significance.js';
import { evolveSteps, noSteps, type Steps } from '../procedure/steps.js';
import { addEntry, moveEntry, noEntries, pathTo, removeEntry, type Entries } from './entries.js';

/** What has been written into a cell since the draft was made. */
export interface WrittenCell {
  readonly item: string;
  readonly entries: readonly string[];
  readonly revision: number;
  /** undefined: it was only deferred, and holds what it held */
  readonly answer?: Answer;
  readonly deferred: boolean;
  /** 変更の契機, as 別添 変更箇所 words it */
  readonly cause?: string;
  /** the member of staff */
  readonly by: string;
  readonly event: string;
}

/** What was to be written over what somebody else had written meanwhile. */
export interface SetAside {
  readonly item: string;
  readonly entries: readonly string[];
  readonly answer: Answer;
  readonly by: string;
}

export interface Comment {
  readonly item: string;
  readonly entries: readonly string[];
  /** null where it has been erased */
  readonly text: string | null;
  readonly by: string;
  readonly resolved: boolean;
  readonly replyTo?: number;
}

export interface WithheldParts extends Pick<EventOf<typeof ItemsWithheld>['data'], 'cells' | 'revision'> {
  readonly reason: string;
  readonly by: string;
}

export interface Judged {
  readonly item: string;
  readonly entries: readonly string[];
  readonly ground: Ground;
  readonly by: string;
  /** plain date in Japan */
  readonly on: string;
  readonly reason: string;
}

export interface Bindings {
  /** JSON, as it was checked */
  readonly text: string;
  readonly revision: number;
  readonly by: string;
  /** everybody who has written them, whoever was the last: nobody of them puts them in force */
  readonly writers: ReadonlySet<string>;
}

/** One version, as its own stream tells it. Texts that were erased are gone; what holds them answers as if nothing had been written. */
export interface Version {
  readonly drafted: EventOf<typeof AssessmentDrafted>['data'] | null;
  readonly draftedBy: string | null;
  /** the document that the draft began with, as canonical text */
  readonly document: string;
  /** notes of what a move to another edition could not carry over */
  readonly left: string | null;
  readonly entries: Entries;
  readonly cells: ReadonlyMap<string, WrittenCell>;
  readonly asides: ReadonlyMap<number, SetAside>;
  readonly asidesSoFar: number;
  /** by their number, from 1 */
  readonly comments: readonly Comment[];
  readonly bindings: Bindings | null;
  /** 重要な変更の判断, by place: of the text as it stands; written anew, it waits for another */
  readonly judged: ReadonlyMap<string, Judged>;
  /** everybody whose text has stood in a cell, by place: nobody of them judges its change, whoever wrote or deferred it last */
  readonly authors: ReadonlyMap<string, ReadonlySet<string>>;
  /** who added an entry or took it away, or, of one that was there, moved it first */
  readonly entriesBy: ReadonlyMap<string, string>;
  readonly steps: Steps;
  /** everybody who has written into it: nobody of them decides on it */
  readonly writers: ReadonlySet<string>;
  readonly published: { readonly document: string; readonly digest: string } | null;
  /** what is not made public of it; null where nobody has decided on that */
  readonly withheld: WithheldParts | null;
  readonly abandoned: boolean;
}

export const noVersion: Version = {
  drafted: null, draftedBy: null, document: '', left: null, entries: noEntries, cells: new Map(), asides: new Map(), asidesSoFar: 0, comments: [], bindings: null, judged: new Map(), authors: new Map(), entriesBy: new Map(), steps: noSteps, writers: new Set(), published: null, withheld: null, abandoned: false,
};

/** One text for the place of a cell, for maps. */
export function placeKey(item: string, entries: readonly string[]): string {
  return [item, ...entries].join(' ');
}

export function evolveVersion(version: Version, happened: DomainEvent): Version {
  const state = { ...version, steps: evolveSteps(version.steps, happened) };
  const by = happened.actor;
  const sealed = (isErased(happened.sealed) ? {} : happened.sealed) as { readonly [member: string]: string | undefined };
  const wrote = (change: Partial<Version>): Version => ({ ...state, ...change, writers: new Set(state.writers).add(by) });
  switch (happened.type) {
    case AssessmentDrafted.type: {
      const data = happened.data as EventOf<typeof AssessmentDrafted>['data'];
      const entries = data.entries.reduce((all, { repeat, within, entry }) => addEntry(all, { repeat, entry, ...(within && { within }) }, { isNew: false }), noEntries);
      const bindings = sealed.bindings === undefined ? null : { text: sealed.bindings, revision: 0, by, writers: new Set([by]) };
      return wrote({ drafted: data, draftedBy: by, document: sealed.document ?? '', left: sealed.left ?? null, entries, bindings });
    }
    case ItemAmended.type: {
      const { item, entries, revision, from } = happened.data as EventOf<typeof ItemAmended>['data'];
      const asides = new Map(state.asides);
      if (from !== undefined) asides.delete(from);
      const cell = { item, entries, revision, deferred: false, by, event: happened.id, ...(sealed.value !== undefined && { answer: answerIn(sealed.value) }), ...(sealed.cause !== undefined && { cause: sealed.cause }) };
      const key = placeKey(item, entries);
      const people = new Set(state.authors.get(key)).add(by);
      const kept = from === undefined ? undefined : state.asides.get(from);
      if (kept) people.add(kept.by); // who takes a text did not write it
      return wrote({ asides, cells: new Map(state.cells).set(key, cell), authors: new Map(state.authors).set(key, people), judged: withoutJudgementsOf(state.judged, item, entries) });
    }
    case ItemDeferred.type: {
      const { item, entries, revision } = happened.data as EventOf<typeof ItemDeferred>['data'];
      const before = state.cells.get(placeKey(item, entries));
      return wrote({ cells: new Map(state.cells).set(placeKey(item, entries), { ...before, item, entries, revision, deferred: true, by, event: happened.id }) });
    }
    case AmendmentSetAside.type: {
      const { item, entries, aside } = happened.data as EventOf<typeof AmendmentSetAside>['data'];
      return wrote({ asidesSoFar: aside, asides: new Map(state.asides).set(aside, { item, entries, answer: answerIn(sealed.value ?? '""'), by }) });
    }
    case SetAsideDropped.type: {
      const asides = new Map(state.asides);
      asides.delete((happened.data as { aside: number }).aside);
      return { ...state, asides };
    }
    case EntryAdded.type: {
      const { repeat, within, entry, before } = happened.data as EventOf<typeof EntryAdded>['data'];
      const after = addEntry(state.entries, { repeat, entry, ...(within && { within }) }, { ...(before && { before }), isNew: true });
      return wrote({ entries: after, entriesBy: new Map(state.entriesBy).set(entry, by), judged: withoutJudgementsOf(state.judged, repeat, pathTo(after, entry) ?? []) });
    }
    case EntryRemoved.type: {
      const { entry } = happened.data as EventOf<typeof EntryRemoved>['data'];
      const cells = new Map([...state.cells].filter(([, cell]) => !cell.entries.includes(entry)));
      const judged = withoutJudgementsOf(state.judged, state.entries.byId.get(entry)?.repeat ?? '', pathTo(state.entries, entry) ?? []); // one made before was of something else
      return wrote({ cells, judged, entries: removeEntry(state.entries, entry), entriesBy: new Map(state.entriesBy).set(entry, by) });
    }
    case EntryMoved.type: {
      const { entry, before } = happened.data as EventOf<typeof EntryMoved>['data'];
      return wrote({ entries: moveEntry(state.entries, entry, before), entriesBy: new Map([[entry, by], ...state.entriesBy]) }); // who added it stays who added it
    }
    case BindingsAmended.type: {
      const { revision } = happened.data as { readonly revision: number; readonly rules: readonly Rule[] };
      return wrote({ bindings: { text: sealed.bindings ?? '', revision, by, writers: new Set(state.bindings?.writers).add(by) } });
    }
    case CommentAdded.type: {
      const { item, entries, replyTo } = happened.data as EventOf<typeof CommentAdded>['data'];
      return { ...state, comments: [...state.comments, { item, entries, text: sealed.text ?? null, by, resolved: false, ...(replyTo !== undefined && { replyTo }) }] };
    }
    case CommentResolved.type: {
      const { comment } = happened.data as { readonly comment: number };
      const known = state.comments[comment - 1];
      return known ? { ...state, comments: state.comments.with(comment - 1, { ...known, resolved: true }) } : state;
    }
    case SignificanceJudged.type: {
      const { item, entries, ground, on } = happened.data as EventOf<typeof SignificanceJudged>['data'];
      return { ...state, judged: new Map(state.judged).set(placeKey(item, entries), { item, entries, ground, on, by, reason: sealed.reason ?? '' }) };
    }
    case AssessmentPublished.type:
      return { ...state, published: { document: sealed.document ?? '', digest: (happened.data as { document: string }).document } };
    case ItemsWithheld.type: {
      const { revision, cells } = happened.data as EventOf<typeof ItemsWithheld>['data'];
      return { ...state, withheld: { revision, cells, by, reason: sealed.reason ?? '' } };
    }
    case DraftAbandoned.type:
      return { ...state, abandoned: true };
    default:
      return state;
  }
}

/** Those of the cell itself, and of the entries as wholes that it stands in. */
function withoutJudgementsOf(judged: Version['judged'], item: string, entries: readonly string[]): Version['judged'] {
  return new Map([...judged].filter(([, one]) => {
    const isSame = one.item === item && one.entries.length === entries.length && one.entries.every((id, i) => id === entries[i]);
    const isAround = one.item !== item && one.entries.length > 0 && one.entries.every((id, i) => id === entries[i]) && item.startsWith(`${one.item}.`);
    return !isSame && !isAround;
  }));
}

/** What cannot be read as an answer is one all the same: a fold never falls. */
function answerIn(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return text;
  }
}
