import type { Assessment } from '../answers/assessment.js';
import type { Change } from '../changes/comparison.js';
import type { Judgement } from '../changes/significance.js';
import type { Position } from '../forms/form.js';
import { addEntry, entriesIn, noEntries, type Entries } from './entries.js';
import { RECORD_ITEMS, documentOf } from './document.js';
import { placeKey, type Version } from './state.js';

/** Ids of entries by where they stand: 「file:1 file.entrustments:2」. */
export type IdsByPlace = Readonly<Record<string, string>>;

export interface ToCompare {
  readonly before: Assessment;
  readonly after: Assessment;
  readonly idsBefore: IdsByPlace;
  readonly idsAfter: IdsByPlace;
}

/** A draft beside the published version that it is made from; undefined where there is none, or nothing is left of its body. */
export function toCompare(version: Version, base: Version | undefined): ToCompare | undefined {
  if (!base?.published || !version.drafted) return undefined;
  // What a draft of another edition began with is its base, moved.
  const before = JSON.parse(version.drafted.edition === base.drafted?.edition ? base.published.document : version.document) as Assessment;
  const after = documentOf(version);
  if (Object.keys(before.answers).length === 0 || Object.keys(after.answers).length === 0) return undefined;
  const begun = version.drafted.entries.reduce((all, { repeat, within, entry }) => addEntry(all, { repeat, entry, ...(within && { within }) }, { isNew: false }), noEntries);
  const repeats = [...new Set([...begun.byId.values(), ...version.entries.byId.values()].map(({ repeat }) => repeat))];
  return { before, after, idsBefore: idsIn(begun, repeats), idsAfter: idsIn(version.entries, repeats) };
}

function idsIn(entries: Entries, repeats: readonly string[]): IdsByPlace {
  const ids: Record<string, string> = {};
  const under = (within: string | undefined, at: readonly Position[]): void => {
    for (const repeat of repeats) {
      entriesIn(entries, repeat, within).forEach((id, index) => {
        const here = [...at, { repeat, index: index + 1 }];
        ids[placeName(here)] = id;
        under(id, here);
      });
    }
  };
  under(undefined, []);
  return ids;
}

export function placeName(at: readonly Position[]): string {
  return at.map(({ repeat, index }) => `${repeat}:${index}`).join(' ');
}

/** The cell or entry that a change is of, as commands name it. */
export function placeOfChange({ kind, itemId, at }: Change, { idsBefore, idsAfter }: Pick<ToCompare, 'idsBefore' | 'idsAfter'>): { readonly item: string; readonly entries: readonly string[] } {
  if (itemId === RECORD_ITEMS) return { item: itemId, entries: [] };
  const ids = kind === 'removed' ? idsBefore : idsAfter;
  return { item: itemId, entries: at.flatMap((_, i) => ids[placeName(at.slice(0, i + 1))] ?? []) };
}

/** The judgements of a version as its changes go by. One of a cell holds for each part of its text. */
export function judgementsOf(version: Version, changes: readonly Change[], compared: ToCompare): readonly Judgement[] {
  return changes.flatMap((change): readonly Judgement[] => {
    const { item, entries } = placeOfChange(change, compared);
    const judged = version.judged.get(placeKey(item, entries));
    return judged ? [{ change: change.key, ground: judged.ground, reason: judged.reason || '（消去済み）', judgedBy: judged.by, judgedOn: judged.on }] : [];
  });
}

