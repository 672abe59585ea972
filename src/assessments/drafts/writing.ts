import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { Occasion } from '../../walks/context.js';
import { Problem, conflict, refused, unacceptable, unacceptableAt } from '../../walks/problem.js';
import type { Answer } from '../answers/assessment.js';
import { checkAnswer } from '../answers/read-answers.js';
import { checkTables } from '../answers/read-assessment.js';
import type { AddComment, AddEntry, AmendItem, DeferItem, DropSetAside, JudgeSignificance, MoveEntry, RemoveEntry, ResolveComment, TakeSetAside } from '../commands.js';
import { AmendmentSetAside, CommentAdded, CommentResolved, EntryAdded, EntryMoved, EntryRemoved, ItemAmended, ItemDeferred, SetAsideDropped, SignificanceJudged } from '../events.js';
import { isAnswered, placeOf, printedName, type Place } from '../forms/places.js';
import { RECORD_ITEMS, formOfVersion } from './document.js';
import { entriesIn, entryId, pathTo, placeAt } from './entries.js';
import { placeKey, type Version, type WrittenCell } from './state.js';

/** What was set aside and neither taken nor dropped, of one version at most. */
const ASIDES_MAX = 500;
const COMMENTS_MAX = 2000;

/** @throws Problem 409 where the content of a version stands: nobody writes into it any more */
export function expectOpen({ drafted, abandoned, steps, published }: Version): void {
  if (!drafted) throw conflict('not-drafted', 'この版はまだ作られていません');
  if (abandoned) throw conflict('draft-abandoned', 'この案は取りやめられています');
  if (published) throw conflict('published', '公表された版は変えられません。修正又は再実施の案を作ってください');
  if (steps.decision) throw conflict('decided', '決裁された版は変えられません。変えるには、決裁を取り消してください');
}

interface CellPlace {
  readonly item: string;
  readonly entries: readonly string[];
}

function cellAt(version: Version, { item, entries = [] }: { readonly item: string; readonly entries?: readonly string[] }): CellPlace & { readonly place: Place; readonly cell: WrittenCell | undefined; readonly revision: number } {
  const form = formOfVersion(version);
  const place = item === RECORD_ITEMS && entries.length === 0 ? placeOf(form, item) : placeAt(form, version.entries, item, entries); // one list of tables for all files
  if (!place?.item || (!isAnswered(place.item) && item !== RECORD_ITEMS)) throw unacceptableAt('/item', 'unknown-cell', 'この版の様式にない欄か、繰返しの指定が違います');
  const cell = version.cells.get(placeKey(item, entries));
  return { item, entries, place, cell, revision: cell?.revision ?? 0 };
}

/** An answer as it is kept. @throws Problem 422 that says what is wrong with it, and does not repeat it */
function answerFor(version: Version, place: Place, value: unknown): Answer {
  if (place.id === RECORD_ITEMS) {
    const checked = checkTables(value);
    if ('problem' in checked) throw unacceptableAt('/value', 'invalid-answer', checked.problem);
    return checked.tables as unknown as Answer;
  }
  const checked = checkAnswer(formOfVersion(version), place.item!, value);
  if ('problem' in checked) throw unacceptableAt('/value', 'invalid-answer', checked.problem);
  return checked.answer;
}

/** Whoever has not seen what another wrote meanwhile loses nothing: theirs is set aside, and the answer tells what stands there. */
export function amendItem({ item, entries, revision, value, reason, cause }: AmendItem, version: Version): readonly NewDomainEvent[] {
  expectOpen(version);
  const at = cellAt(version, { item, ...(entries && { entries }) });
  const answer = answerFor(version, at.place, value);
  expectSeen(revision, at.revision);
  const text = JSON.stringify(answer);
  const same = at.cell?.answer !== undefined && JSON.stringify(at.cell.answer) === text;
  if (same && !at.cell.deferred) throw conflict('unchanged', 'この欄には、すでに同じ内容が書かれています');
  const sealed = { value: text, ...(reason !== undefined && { reason }) };
  if (revision === at.revision) return [event(ItemAmended, { item, entries: at.entries, revision: revision + 1 }, { ...sealed, ...(cause !== undefined && { cause }) })];
  if (version.asides.size >= ASIDES_MAX) throw conflict('too-many-set-aside', `取り置きが${ASIDES_MAX}件あります。先に、取るか捨てるかを決めてください`);
  return [event(AmendmentSetAside, { item, entries: at.entries, revision: at.revision, aside: version.asidesSoFar + 1 }, sealed)];
}

/** 409 with who wrote what stands in the cell now, and under which number the other text is kept. */
export function setAsideProblem(happenings: readonly Pick<NewDomainEvent, 'type' | 'data'>[], version: Version): Problem | undefined {
  const [happened] = happenings;
  if (happened?.type.type !== AmendmentSetAside.type) return undefined;
  const { item, entries, aside } = happened.data as { item: string; entries: readonly string[]; aside: number };
  const cell = version.cells.get(placeKey(item, entries));
  return new Problem(409, 'item-changed', 'ほかの人がこの欄を先に書き換えています。あなたの文は取り置きました。見比べて、取るか捨てるかを決めてください', {
    aside, current: { revision: cell?.revision ?? 0, by: cell?.by ?? null, event: cell?.event ?? null }, // both texts stand where the version is read: an error repeats none
  });
}

function expectSeen(seen: number, now: number): void {
  if (seen > now) throw unacceptableAt('/revision', 'unknown-revision', 'この欄は、まだその改訂番号になっていません');
}

export function deferItem({ item, entries, revision, reason }: DeferItem, version: Version): readonly NewDomainEvent[] {
  expectOpen(version);
  const at = cellAt(version, { item, ...(entries && { entries }) });
  expectSeen(revision, at.revision);
  if (revision !== at.revision) throw conflict('item-changed', 'ほかの人がこの欄を先に書き換えています。読み直してください');
  if (at.cell?.deferred) throw conflict('unchanged', 'この欄は、すでに「後に記載」とされています');
  return [event(ItemDeferred, { item, entries: at.entries, revision: revision + 1 }, reason === undefined ? {} : { reason })];
}

export function takeSetAside({ aside, revision, reason }: TakeSetAside, version: Version): readonly NewDomainEvent[] {
  expectOpen(version);
  const kept = version.asides.get(aside);
  if (!kept) throw noSuchAside();
  const at = cellAt(version, kept); // its entry may be gone
  expectSeen(revision, at.revision);
  if (revision !== at.revision) throw conflict('item-changed', 'ほかの人がこの欄を先に書き換えています。読み直してください');
  return [event(ItemAmended, { item: kept.item, entries: kept.entries, revision: revision + 1, from: aside }, { value: JSON.stringify(kept.answer), ...(reason !== undefined && { reason }) })];
}

export function dropSetAside({ aside, reason }: DropSetAside, version: Version): readonly NewDomainEvent[] {
  if (!version.asides.has(aside)) throw noSuchAside();
  return [event(SetAsideDropped, { aside }, reason === undefined ? {} : { reason })];
}

function noSuchAside(): Problem {
  return conflict('no-such-set-aside', 'この番号の取り置きはないか、すでに片付いています');
}

export function addEntry({ repeat, within, before }: AddEntry, version: Version, { id }: Occasion): readonly NewDomainEvent[] {
  expectOpen(version);
  const form = formOfVersion(version);
  const place = placeOf(form, repeat);
  const around = within === undefined ? [] : pathTo(version.entries, within);
  if (!place?.repeat || !around || !placeAt(form, version.entries, repeat, around)) throw unacceptableAt('/repeat', 'unknown-repeat', 'この版の様式にない繰返しか、外側の指定が違います');
  const there = entriesIn(version.entries, repeat, within);
  if (place.repeat.max !== null && there.length >= place.repeat.max) throw conflict('too-many-entries', `「${printedName(form, repeat)}」は${place.repeat.max}件までです`);
  if (before !== undefined && !there.includes(before)) throw unacceptableAt('/before', 'unknown-entry', '同じ繰返しのものを指定してください');
  return [event(EntryAdded, { repeat, ...(within && { within }), entry: entryId(id, version.entries.made), ...(before && { before }) }, {})];
}

export function removeEntry({ entry, reason }: RemoveEntry, version: Version): readonly NewDomainEvent[] {
  expectOpen(version);
  if (!version.entries.byId.has(entry)) throw unacceptableAt('/entry', 'unknown-entry', 'この版にないものです');
  return [event(EntryRemoved, { entry }, reason === undefined ? {} : { reason })];
}

export function moveEntry({ entry, before }: MoveEntry, version: Version): readonly NewDomainEvent[] {
  expectOpen(version);
  const known = version.entries.byId.get(entry);
  if (!known) throw unacceptableAt('/entry', 'unknown-entry', 'この版にないものです');
  const there = entriesIn(version.entries, known.repeat, known.within);
  if (before !== undefined && (before === entry || !there.includes(before))) throw unacceptableAt('/before', 'unknown-entry', '同じ繰返しのほかのものを指定してください');
  if (there[there.indexOf(entry) + 1] === before) throw conflict('unchanged', 'すでにその順になっています');
  return [event(EntryMoved, { entry, ...(before && { before }) }, {})];
}

export function addComment({ item, entries = [], text, replyTo }: AddComment, version: Version): readonly NewDomainEvent[] {
  if (!version.drafted) throw conflict('not-drafted', 'この版はまだ作られていません');
  const isSomewhere = placeAt(formOfVersion(version), version.entries, item, entries) !== undefined;
  if (!isSomewhere) throw unacceptableAt('/item', 'unknown-item', 'この版の様式にない項目か、繰返しの指定が違います');
  if (replyTo !== undefined && replyTo > version.comments.length) throw unacceptableAt('/replyTo', 'unknown-comment', 'この番号のコメントはありません');
  if (version.comments.length >= COMMENTS_MAX) throw conflict('too-many-comments', `コメントは${COMMENTS_MAX.toLocaleString()}件までです`);
  return [event(CommentAdded, { comment: version.comments.length + 1, item, entries, ...(replyTo !== undefined && { replyTo }) }, { text })];
}

export function resolveComment({ comment }: ResolveComment, version: Version): readonly NewDomainEvent[] {
  const known = version.comments[comment - 1];
  if (!known) throw conflict('unknown-comment', 'この番号のコメントはありません');
  if (known.resolved) throw conflict('unchanged', 'このコメントは、すでに解決しています');
  return [event(CommentResolved, { comment }, {})];
}

/** 重要な変更の判断, by somebody who did not write the change. An entry that came or went is judged as a whole, by the block that repeats. */
export function judgeSignificance({ item, entries = [], ground, reason }: JudgeSignificance, version: Version, { person, today }: Occasion): readonly NewDomainEvent[] {
  expectOpen(version);
  const form = formOfVersion(version);
  const place = placeOf(form, item);
  const ownEntry = place?.repeat && entries.length === place.repeats.length + 1 ? entries.at(-1)! : undefined;
  const isTables = item === RECORD_ITEMS && entries.length === 0;
  const fits = isTables || ownEntry === undefined ? isTables || placeAt(form, version.entries, item, entries) !== undefined : pathTo(version.entries, ownEntry)?.join(' ') === entries.join(' ');
  if (!place || !fits) throw unacceptableAt('/item', 'unknown-item', 'この版の様式にない項目か、繰返しの指定が違います');
  if (reason === undefined) throw unacceptable('reason-required', '重要な変更の判断には理由が必要です');
  if (ground === 'notStarred' && place.item?.significant) throw unacceptableAt('/ground', 'starred', `「${printedName(form, item)}」は重要な変更の対象（※）です`);
  const wrote = ownEntry === undefined ? version.authors.get(placeKey(item, entries))?.has(person) === true : [...version.authors].some(([key, people]) => people.has(person) && key.split(' ').includes(ownEntry));
  if (wrote || (ownEntry !== undefined && version.entriesBy.get(ownEntry) === person)) throw refused('samePerson', conflict('same-person', 'この欄を書いた本人は判断できません。別の職員が判断してください'));
  return [event(SignificanceJudged, { item, entries, ground, on: today }, { reason })];
}
