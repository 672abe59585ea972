import { DocumentView } from '../check/document.js';
import { baseName, fold } from '../check/text.js';
import { placeOf } from '../forms/places.js';
import type { Change, Comparison } from './comparison.js';
import { likeness, unitsOf } from './text-blocks.js';

/** A measure and what it protects, as the people who draw up the document bind them. */
export interface Link {
  readonly itemId: string;
  /** The heading of the part; without it the whole item. */
  readonly block?: string;
  /** Names of systems, functions, recipients or entrustments. */
  readonly protects: readonly string[];
}

/** Blocks whose entries are things that a measure can protect. */
const THINGS: readonly string[] = ['basic.systems', 'file.entrustments', 'file.recipients', 'file.transfers'];
/** Where functions are described, or ticked: what is taken out there is gone, too. */
const FUNCTIONS: readonly string[] = ['basic.affair.content', 'basic.systems.functions', 'file.acquisition.sources', 'file.acquisition.methods', 'file.use.method', 'file.use.matching', 'file.entrustments.content', 'file.entrustments.title'];
/** Names that say too little to be found in another text. */
const SHORTEST_NAME = 4;
/** Recipients are named by what they are: the others of their kind go on being written of. */
const GENERIC = /^(?:(?:都道府県知事|(?:区)?市(?:区)?町村長?|区市町村長?|厚生労働大臣|教育委員会)[、又は及び]*)+$/;

/** Of 1000: two sentences at least so alike are two wordings of one. */
const SAME_SENTENCE = 400;

/** A measure taken out, and whether what it protected went with it: by a link, by its name, or not at all as far as can be seen. */
export type SafeguardRemoval = 'linked' | 'named' | 'unlinked';

/** What went out between two versions: entries, and names marked 【…終了】. */
export function removedThings({ changes, entries }: Pick<Comparison, 'changes' | 'entries'>): readonly string[] {
  const gone = entries.flatMap(({ repeat, name, after: stays }) => (stays === undefined && name !== undefined && THINGS.includes(repeat) ? [baseName(name)] : []));
  const ended = changes.flatMap(({ itemId, before: old, after: young }) => {
    const isName = THINGS.some((thing) => itemId === `${thing}.name` || itemId === `${thing}.title`);
    return isName && /【[^】]*終了】/.test(fold(young.whole ?? '')) && !/【[^】]*終了】/.test(fold(old.whole ?? '')) ? [baseName(young.whole!)] : [];
  });
  return [...gone, ...ended].filter((name) => name.length >= SHORTEST_NAME && !GENERIC.test(name));
}

/** A row of chapter Ⅲ or Ⅳ whose measures grew, shrank, or were worded otherwise. */
export interface SafeguardChange {
  readonly change: Change;
  readonly kind: 'added' | 'removed' | 'reworded';
  /** Of what was taken out. */
  readonly removal?: SafeguardRemoval;
}

/** The changes of measures; of each one taken out, whether what it protected is gone too. */
export function safeguardChanges(comparison: Comparison, links: readonly Link[] = []): readonly SafeguardChange[] {
  const gone = removedThings(comparison);
  const functions = functionsOut(comparison);
  return comparison.changes.flatMap((change): readonly SafeguardChange[] => {
    const isMeasure = /^(?:risk|control)\./.test(change.itemId) && change.kind === 'cell' && placeOf(comparison.form, change.itemId)?.item?.kind === 'text';
    if (!isMeasure || change.cosmetic) return [];
    const out = change.hunks.flatMap(({ before, after }) => withoutCounterpart(before, after));
    if (out.length === 0) return [{ change, kind: change.hunks.every(({ before }) => fold(before) === '') ? 'added' : 'reworded' }];
    const protectedThings = links.filter((link) => link.itemId === change.itemId && (link.block === undefined || fold(link.block) === fold(change.block ?? ''))).flatMap(({ protects }) => protects.map(baseName));
    const words = [fold(change.block ?? ''), ...out].join('\n');
    const removal = protectedThings.some((name) => gone.includes(name)) ? 'linked' : [...gone, ...functions].some((name) => words.includes(name)) ? 'named' : 'unlinked';
    return [{ change, kind: 'removed', removal }];
  });
}

/** Sentences that the other side has in no wording. */
function withoutCounterpart(text: string, other: string): readonly string[] {
  const others = unitsOf(other).map(fold);
  return unitsOf(text).map(fold).filter((unit) => unit !== '' && !others.some((one) => likeness(unit, one) >= SAME_SENTENCE));
}

/** Names of functions that the descriptions had and have no more: 「…機能」「…アプリ」「…端末」. */
function functionsOut({ changes, after, form }: Comparison): readonly string[] {
  const left = new DocumentView(after, form).passages('basic', 'file').map(({ text }) => fold(text)).join('\n');
  return changes
    .filter(({ itemId, kind }) => kind === 'cell' && FUNCTIONS.includes(itemId))
    .flatMap(({ hunks }) => hunks.flatMap(({ before }) => fold(before).match(/[\p{Script=Han}\p{Script=Katakana}ーA-Za-z0-9・]{2,}(?:機能|アプリ|端末|システム|サーバー?|交付|照会)/gu) ?? []))
    .filter((name) => name.length >= SHORTEST_NAME && !left.includes(name));
}
