import { isMyNumber } from '../../../src/codes/my-number.js';
import { digitsKey } from '../../../src/codes/text.js';
import { streamId } from '../../../src/ledger/ids.js';
import { MY_NUMBER } from '../../../src/numbers/module.js';
import { ADDRESSEE_NUMBER } from '../../../src/subjects/numbers.js';
import { Checked, PlainDate, Text } from '../../../src/walks/fields.js';
import { Problem, notFound, unacceptable } from '../../../src/walks/problem.js';
import { look, type Found, type Look, type Seen } from '../../../src/walks/read-walk.js';
import { NUMBER_ITEM, VENUES } from '../../../src/walks/terminals.js';
import { registerAt, type Desk, type RegisterView } from '../../engine/desk.js';
import { HITS_MAX, cursorOf, pageRows, type PageRequest } from '../../engine/page.js';
import { mayLookBack, rightsFor, type Asked } from '../../engine/queries.js';
import { hasRecordIn, subjectsByTicket } from '../vaccinations/query.js';
import { numberOnScreen } from './number-screen.js';
import {
  HIDDEN_WHEN_PROTECTED, LISTED_ITEMS, OPENED_ITEMS, isProtectedRow, numberRows, openNumber, openSubject, subjectPage, subjectRow, subjectsByKana, type NumberRow, type SubjectRow, type SubjectView,
} from './query.js';

/** What a clerk types to find somebody: one of the four ways. Never in a URL. */
export class SearchTerms {
  @Text({ label: '宛名番号', max: 30, required: false, example: '100000001' })
  addresseeNumber?: string;

  @Text({ label: '氏名の振り仮名（前方一致）', max: 200, required: false, example: 'タナベ' })
  kana?: string;

  @PlainDate({ label: '生年月日', required: false, example: '2025-04-02' })
  birthDate?: string;

  @Text({ label: '予診票番号・接種券番号', max: 40, required: false })
  ticketNumber?: string;

  @Checked({ label: '個人番号', code: 'my-number', expects: '検査用数字の合う12桁の数字で入力してください', test: isMyNumber, required: false })
  number?: string;
}

export class SearchSubjects {
  constructor(
    readonly asked: Asked,
    readonly terms: SearchTerms,
    readonly page: PageRequest,
  ) {}
}
export class OpenSubject {
  constructor(
    readonly asked: Asked,
    readonly subject: string,
  ) {}
}
export class ShowNumber {
  constructor(
    readonly asked: Asked,
    readonly subject: string,
  ) {}
}
export class ListSubjects {
  constructor(
    readonly asked: Asked,
    readonly page: PageRequest,
  ) {}
}

export interface Answer<V> extends Seen<V> {
  readonly next?: string;
  /** the position the register stands for */
  readonly registerPosition: number;
}

export async function searchSubjects(desk: Desk, { asked, terms, page }: SearchSubjects): Promise<Answer<SubjectView>> {
  const { engine } = desk;
  const view = await registerAt(desk, 'subjects', asked.moment, mayLookBack(asked));
  const isProtected = protectionIn(desk, view);
  const byNumber = terms.number !== undefined;
  const found = await findByTerms(desk, view, terms, asked);
  const hits = await inFile(desk, asked, found);
  const tooMany = visible(isProtected, asked, found).rows.length > HITS_MAX; // nobody is shown then, but the question was asked
  const { rows, withheld = [] } = visible(isProtected, asked, tooMany ? [] : hits.filter(({ key }) => key > page.after).sort((a, b) => a.key - b.key));
  const shown = rows.slice(0, page.limit);
  const searched = byNumber ? [NUMBER_ITEM] : [];
  const what: Look = {
    ...lookOf(asked), query: 'subject-search', rights: rightsFor(asked, byNumber ? 'number:search' : 'subject:search'), extent: 'listed', terminals: VENUES,
    items: tooMany ? searched : [...LISTED_ITEMS, ...searched], itemsInPart: [...LISTED_IN_PART, ...searched], about: { ...asked.about, terms: searchedFor(engine, terms) },
  };
  const seen = await look(engine, asked, what, () => ({ rows: shown, ...whomIn(isProtected, shown), withheld }), (row) => openSubject(engine, row, LISTED_ITEMS, isProtected(row)));
  if (tooMany) throw unacceptable('too-many-hits', `該当が${HITS_MAX}件を超えます。条件を絞ってください`);
  return { ...seen, ...(rows.length > shown.length && { next: cursorOf(shown.at(-1)!.key) }), registerPosition: view.position };
}

export async function openOneSubject(desk: Desk, { asked, subject }: OpenSubject): Promise<Answer<SubjectView>> {
  const view = await registerAt(desk, 'subjects', asked.moment, mayLookBack(asked));
  const isProtected = protectionIn(desk, view);
  const what: Look = { ...lookOf(asked), query: 'subject', rights: rightsFor(asked, 'subject:open'), extent: 'opened', terminals: VENUES, items: OPENED_ITEMS, itemsInPart: OPENED_IN_PART };
  const seen = await look(desk.engine, asked, what, () => personNamed(desk, asked, isProtected, subjectRow(view.db, subject)), (row) => openSubject(desk.engine, row, OPENED_ITEMS, isProtected(row)));
  const [person] = seen.views;
  if (!person) throw notFound('本人');
  const number = await numberOnScreen(desk, asked, 'subject', view, subject);
  return { ...seen, views: [{ ...person, ...(number !== undefined && { number }) }], registerPosition: view.position };
}

/** The terms as the record of the look keeps them, sealed: of a 個人番号 only what tells it again, for it must not outlive its erasure in a session. */
function searchedFor({ ledger }: Desk['engine'], { number, ...terms }: SearchTerms): string {
  return JSON.stringify(number === undefined ? terms : { ...terms, number: ledger.vault.token(TOKEN_OF_SEARCH, number).toString('hex') });
}

const TOKEN_OF_SEARCH = 'searched-number';

/** 番号表示: an extent and a right of its own. */
export async function showNumber(desk: Desk, { asked, subject }: ShowNumber): Promise<Answer<ReturnType<typeof openNumber>>> {
  const view = await registerAt(desk, 'subjects', asked.moment, mayLookBack(asked));
  const isProtected = protectionIn(desk, view);
  const what: Look = { ...lookOf(asked), query: 'number', rights: rightsFor(asked, 'number:show'), extent: 'numberShown', items: [NUMBER_ITEM] };
  const find = (): Found<NumberRow> => {
    const { rows, withheld } = visible(isProtected, asked, one(subjectRow(view.db, subject)));
    const held = rows.length > 0 ? numberRows(view.db, subject) : [];
    const inFile = held.filter(({ file }) => file === asked.file);
    const other = inFile.length === 0 && asked.principal.channel === 'staff' ? held[0]?.file : undefined;
    return { rows: inFile, subjects: rows.length > 0 ? [subject] : [], ...(withheld && { withheld }), ...(other !== undefined && { file: other }) };
  };
  const seen = await look(desk.engine, asked, what, find, (row) => openNumber(desk.engine, row));
  if (seen.views.length === 0) throw notFound('個人番号');
  return { ...seen, registerPosition: view.position };
}

/** 宛名台帳, the persons registered in a file, page by page, as it is or as it was. */
export async function listSubjects(desk: Desk, { asked, page }: ListSubjects): Promise<Answer<SubjectView>> {
  const view = await registerAt(desk, 'subjects', asked.moment, mayLookBack(asked));
  const isProtected = protectionIn(desk, view);
  const { rows, next } = pageRows(page, subjectPage(view.db, asked.file, page.after, page.limit + 1));
  const what: Look = { ...lookOf(asked), query: 'subject-register', rights: rightsFor(asked, 'subject:search'), extent: 'listed', items: LISTED_ITEMS, itemsInPart: LISTED_IN_PART, staffOnly: true };
  const seen = await look(desk.engine, asked, what, () => ({ rows, ...whomIn(isProtected, rows) }), (row) => openSubject(desk.engine, row, LISTED_ITEMS, isProtected(row)));
  return { ...seen, ...(next && { next }), registerPosition: view.position };
}

function lookOf({ file, purpose, about }: Asked): Pick<Look, 'file' | 'purpose' | 'about'> {
  return { file, ...(purpose && { purpose }), about };
}

const LISTED_IN_PART = LISTED_ITEMS.filter((item) => !HIDDEN_WHEN_PROTECTED.has(item));
const OPENED_IN_PART = OPENED_ITEMS.filter((item) => !HIDDEN_WHEN_PROTECTED.has(item));

/** Whom the rows show, and of whom only in part: of those under 支援措置 the hidden items are not said to have been opened. */
function whomIn(isProtected: IsProtected, rows: readonly SubjectRow[]): Pick<Found<SubjectRow>, 'subjects' | 'inPart'> {
  const subjects = rows.map(({ subject }) => subject);
  const inPart = rows.filter(isProtected).map(({ subject }) => subject);
  return { subjects, inPart: { subjects: inPart, rows: inPart.length } };
}

type IsProtected = (row: SubjectRow) => boolean;

/** Whether a person is under 支援措置 in the register asked for, or today: a past register must not give away where somebody is now. */
function protectionIn({ engine, registers }: Desk, { db }: RegisterView): IsProtected {
  const live = registers.query('subjects');
  const known = new Map<string, boolean>();
  return (row) => {
    let flag = known.get(row.subject);
    if (!registers.isCurrent('subjects')) return true; // what has been set since is not in it
    if (flag === undefined) {
      const today = db === live ? row : subjectRow(live, row.subject);
      flag = isProtectedRow(engine, row) || (today !== undefined && today !== row && isProtectedRow(engine, today));
      known.set(row.subject, flag);
    }
    return flag;
  };
}

/** Those who are looked at under a file: it is that of their registration, or holds a record of theirs today. */
async function inFile(desk: Desk, { file, moment: { after } }: Asked, rows: readonly SubjectRow[]): Promise<readonly SubjectRow[]> {
  if (rows.every((row) => row.file === file)) return rows;
  const { db } = await registerAt(desk, 'vaccinations', after === undefined ? {} : { after });
  return rows.filter((row) => row.file === file || hasRecordIn(db, row.subject, file));
}

/** A person named by id. Of another file: refused to staff, absent to an outward channel. */
async function personNamed(desk: Desk, asked: Asked, isProtected: IsProtected, row: SubjectRow | undefined): Promise<Found<SubjectRow>> {
  if (row === undefined || (await inFile(desk, asked, [row])).length > 0) return visible(isProtected, asked, one(row));
  return asked.principal.channel === 'staff' ? { ...visible(isProtected, asked, [row]), file: row.file } : { rows: [], subjects: [] };
}

/** Outward channels answer as if a protected person were absent. */
function visible(isProtected: IsProtected, { principal }: Asked, rows: readonly SubjectRow[]): Found<SubjectRow> {
  if (principal.channel === 'staff') return { rows, ...whomIn(isProtected, rows) };
  const withheld = rows.filter(isProtected);
  const shown = rows.filter((row) => !isProtected(row));
  return { rows: shown, subjects: shown.map(({ subject }) => subject), withheld: withheld.map(({ subject }) => subject) };
}

async function findByTerms(desk: Desk, { db }: RegisterView, terms: SearchTerms, asked: Asked): Promise<readonly SubjectRow[]> {
  const { engine } = desk;
  const { index } = engine.ledger.vault;
  if (terms.number !== undefined) {
    const holder = index.find(MY_NUMBER, terms.number);
    const row = holder && db.prepare<[string, string], { subject: string }>("SELECT subject FROM numbers WHERE number = ? AND file = ? AND status <> 'erased'").get(streamId(holder.stream), asked.file);
    return one(row && subjectRow(db, row.subject));
  }
  if (terms.addresseeNumber !== undefined) {
    const holder = index.find(ADDRESSEE_NUMBER, digitsKey(terms.addresseeNumber));
    return one(holder && subjectRow(db, streamId(holder.stream)));
  }
  if (terms.ticketNumber !== undefined) {
    const records = await registerAt(desk, 'vaccinations', asked.moment, mayLookBack(asked));
    return subjectsByTicket(records.db, engine, terms.ticketNumber, asked.file).flatMap((subject) => one(subjectRow(db, subject)));
  }
  if (terms.kana !== undefined && terms.birthDate !== undefined) return subjectsByKana(db, engine, terms.kana, terms.birthDate);
  throw new Problem(400, 'invalid-input', '入力に誤りがあります', {
    errors: [{ path: '', code: 'terms', message: '宛名番号、氏名の振り仮名と生年月日、予診票番号・接種券番号、個人番号のどれかを指定してください' }],
  });
}

function one<T>(row: T | undefined): readonly T[] {
  return row === undefined ? [] : [row];
}

