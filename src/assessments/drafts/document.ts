import { hash } from 'node:crypto';
import { canonical, type JsonObject } from '../../store/canonical.js';
import type { Answer, Answers, Assessment, Gap, RecordTable } from '../answers/assessment.js';
import { blankAnswer, entriesOf } from '../answers/cells.js';
import { formOf } from '../forms/editions.js';
import type { Form, FormItem, FormSection, Position } from '../forms/form.js';
import { conflict } from '../../walks/problem.js';
import { isAnswered, placeOf } from '../forms/places.js';
import { entriesIn, type Entries } from './entries.js';
import { placeKey, type Version } from './state.js';

/** Stands in a text that waits for somebody; nothing is decided on while it does. */
const LATER = '（後に記載）';

/** 別添 特定個人情報ファイル記録項目 is written like a cell: its answer is the list of its tables. */
export const RECORD_ITEMS = 'file.recordItems';

/** The entries of a document, in its order, with ids for each: `name` makes an id of a number. */
export function entriesFor(form: Form, assessment: Pick<Assessment, 'answers'>, name: (n: number) => string): readonly { readonly repeat: string; readonly within?: string; readonly entry: string }[] {
  const ids = new Map<string, string>();
  const all: { repeat: string; within?: string; entry: string }[] = [];
  for (const { id, at, count } of entriesOf(form, assessment)) {
    const around = at.at(-1);
    const within = around && ids.get(keyOf(at));
    for (let index = 1; index <= (count ?? 0); index += 1) {
      const entry = name(all.length);
      ids.set(keyOf([...at, { repeat: id, index }]), entry);
      all.push({ repeat: id, entry, ...(within && { within }) });
    }
  }
  return all;
}

function keyOf(at: readonly Position[]): string {
  return at.map(({ repeat, index }) => `${repeat}:${index}`).join(' ');
}

/** The form of a version. @throws Problem 409 for an edition that this program does not have */
export function formOfVersion({ drafted }: Version): Form {
  const form = drafted && formOf(drafted.edition);
  if (!form) throw conflict('unknown-edition', 'この版の様式を、このプログラムは知りません。新しいプログラムで開いてください');
  return form;
}

/** The draft as it reads now: what it began with, and everything written since. */
export function documentOf(version: Version): Assessment {
  const form = formOfVersion(version);
  const base = JSON.parse(version.document) as Assessment;
  const answers = isEmptyStill(base, version) ? base.answers : answersOf(form, base.answers, version);
  const recordItems = version.cells.get(placeKey(RECORD_ITEMS, []))?.answer as unknown as readonly RecordTable[] | undefined;
  const written = (item: string): string | undefined => {
    const answer = version.cells.get(placeKey(item, []))?.answer;
    return typeof answer === 'string' ? answer : undefined;
  };
  return {
    ...base,
    status: 'draft',
    publishedOn: null,
    assessmentNumber: written('cover.number') ?? base.assessmentNumber,
    title: written('cover.title') ?? base.title,
    agency: written('cover.agency') ?? base.agency,
    answers,
    recordItems: recordItems ?? base.recordItems,
    gaps: base.gaps.flatMap((gap) => gapNow(gap, version)),
  };
}

/** Of a document of which only the change log survives nothing is made up as long as nobody has written anything. */
function isEmptyStill({ answers }: Assessment, { cells, entries }: Version): boolean {
  return Object.keys(answers).length === 0 && cells.size === 0 && entries.changed.size === 0;
}

function answersOf(form: Form, base: Answers, { entries, cells }: Version): Answers {
  const repeated = (owner: FormSection | FormItem, holder: Answers, at: readonly string[]): readonly Answers[] | null => {
    const ids = entriesIn(entries, owner.id, at.at(-1));
    const before = (holder[owner.id] ?? null) as readonly Answers[] | null;
    if (before === null && ids.length === 0 && !entries.changed.has(owner.id)) return Object.hasOwn(holder, owner.id) ? null : [];
    return ids.map((id) => {
      const { origin } = entries.byId.get(id)!;
      return under(owner.items, (origin === undefined ? undefined : before?.[origin]) ?? {}, [...at, id]);
    });
  };
  const under = (items: readonly FormItem[], holder: Answers, at: readonly string[], into: Record<string, Answer | readonly Answers[] | null> = {}): Answers => {
    for (const item of items) {
      if (item.repeat) into[item.id] = repeated(item, holder, at);
      else {
        if (isAnswered(item)) {
          const cell = cells.get(placeKey(item.id, at));
          const answer = cell?.answer !== undefined ? cell.answer : Object.hasOwn(holder, item.id) ? (holder[item.id] as Answer) : blankAnswer(item);
          into[item.id] = cell?.deferred && item.kind === 'text' ? LATER : answer;
        }
        under(item.items, holder, at, into);
      }
    }
    return into;
  };
  const answers: Record<string, Answer | readonly Answers[] | null> = {};
  for (const section of form.sections) {
    if (section.repeat) answers[section.id] = repeated(section, base, []);
    else under(section.items, base, [], answers);
  }
  return answers;
}

/** What a gap says goes with the file and the entry that it speaks of, and ends where that cell has been written anew, or where they are gone. */
function gapNow(gap: Gap, version: Version): readonly Gap[] {
  const { entries, cells } = version;
  const place = placeOf(formOfVersion(version), gap.itemId);
  if (!place) return [gap]; // of the whole document
  const { section } = place;
  const block = [...place.repeats, ...(place.item && place.repeat ? [place.id] : [])].filter((id) => id !== section.id).at(-1);
  const isAt = (entry: string | undefined, repeat: string, index: number | undefined): boolean => index === undefined || entries.byId.get(entry ?? '')?.origin === index - 1 && entries.byId.get(entry!)?.repeat === repeat;
  const isMeant = (at: readonly string[]): boolean => isAt(section.repeat && at[0], section.id, section.repeat && gap.fileIndex) && (block === undefined || isAt(at.at(-1), block, gap.blockIndex));
  if ([...cells.values()].some((cell) => cell.item === gap.itemId && cell.answer !== undefined && isMeant(cell.entries))) return [];
  const files = section.repeat ? entriesIn(entries, section.id) : [];
  const file = gap.fileIndex === undefined ? undefined : files.find((entry) => isAt(entry, section.id, gap.fileIndex));
  if (section.repeat && gap.fileIndex !== undefined && file === undefined) return [];
  const fileIndex = file === undefined ? gap.fileIndex : files.indexOf(file) + 1;
  const moved = block === undefined || gap.blockIndex === undefined ? gap.blockIndex : numberNow(entries, block, section.repeat ? (file === undefined ? files : [file]) : [undefined], gap.blockIndex);
  if (gap.blockIndex !== undefined && moved === undefined) return [];
  return [{ ...gap, ...(fileIndex !== undefined && { fileIndex }), ...(moved !== undefined && { blockIndex: moved }) }];
}

/** The number that an entry has now, by the number that it had; undefined where it is gone. */
function numberNow(entries: Entries, repeat: string, around: readonly (string | undefined)[], before: number): number | undefined {
  for (const within of around) {
    const at = entriesIn(entries, repeat, within).findIndex((id) => entries.byId.get(id)!.origin === before - 1);
    if (at >= 0) return at + 1;
  }
  return undefined;
}

/** SHA-256 of what is decided on: the answers and the record items, not the day, not the rows of changes. */
export function contentDigest({ answers, recordItems, formId }: Assessment): string {
  return hash('sha256', canonical({ formId, answers, recordItems } as unknown as JsonObject));
}
