import { projections } from '../../../projections/all.js';
import { createHash } from 'node:crypto';
import { myNumberCheckDigit } from '../../../src/codes/my-number.js';
import { Gone, look, send, type Book, type Deed, type ImportKnown, type PersonKnown, type RecordKnown } from './book.js';
import type { Staff } from './engine.js';
import type { Random } from './random.js';
import { DOSE, FILE, PERSON, request } from './requests.js';

export const REGISTERS = projections.map(({ name }) => name);
const TAKEN = { source: 'own-department:residents', method: 'internal-link' };

/** Runs until the engine goes away or somebody says that it is enough. Faults of the engine come through. */
async function until(enough: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    while (!enough.aborted) await work();
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}

export interface Desk {
  readonly people: PersonKnown[];
  readonly records: { readonly record: RecordKnown; stage: 'entered' | 'confirmed' | 'corrected' }[];
}

export function newNumber(book: Book): string {
  const first = String(10_000 + book.count()).padStart(11, '0');
  return `${first}${myNumberCheckDigit(first)}`;
}

/** One at a counter, with persons and records of their own: enters, has it confirmed, corrects, looks things up. */
export function clerk(book: Book, { clerk: own, other, chief, operator }: Staff, desk: Desk, random: Random, enough: AbortSignal): Promise<void> {
  const post = (what: string, path: string, token: string, body: object, done: Deed['done'], statuses: readonly number[] = [200, 201]) =>
    send(book, { what, method: 'POST', path, token, body, done, statuses });

  const register = async (): Promise<void> => {
    const addresseeNumber = String(200_000_000 + book.count());
    await post('register', '/subjects', own, { ...PERSON, name: `架空　${addresseeNumber}`, addresseeNumber }, ({ body }) => void desk.people.push({ id: body.id as string, addresseeNumber }));
  };
  const enter = async (): Promise<void> => {
    const { id: subject } = random.pick(desk.people);
    await post('record', '/vaccinations', own, { ...DOSE, subject, lot: `F${book.count()}` }, ({ body }) => void desk.records.push({ record: { id: body.id as string, subject }, stage: 'entered' }));
  };
  const go = async (): Promise<void> => {
    const at = random.pick(desk.records);
    const { id, subject } = at.record;
    if (at.stage === 'confirmed' && random.chance(0.4)) {
      desk.records.splice(desk.records.indexOf(at), 1);
      book.retired.push({ ...at.record, category: 'vaccination' });
    } else if (at.stage === 'confirmed') {
      await post('correct', `/vaccinations/${id}/corrections`, own, { ...DOSE, lot: `F${book.count()}`, reason: '転記誤り（架空）' }, () => void (at.stage = 'corrected'));
    } else {
      await post('confirm', `/vaccinations/${id}/confirmations`, other, { ...FILE }, () => void (at.stage = 'confirmed'));
    }
    if (random.chance(0.1) && desk.people.length > 2 && !desk.records.some(({ record }) => record.subject === subject)) retirePerson(subject);
  };
  const retirePerson = (subject: string): void => {
    const at = desk.people.findIndex(({ id }) => id === subject);
    if (at < 0) return;
    desk.people.splice(at, 1);
    book.retired.push({ id: subject, subject, category: 'subject' });
  };
  const number = async (): Promise<void> => {
    const { id: subject } = desk.people.at(-1)!;
    // The second one of a person is refused: 409.
    await post('number', '/numbers', chief, { ...FILE, ...TAKEN, subject, number: newNumber(book), purpose: 'routine-vaccination' }, () => undefined, [200, 201, 409]);
  };
  const see = async (): Promise<void> => {
    const { id, addresseeNumber } = random.pick(desk.people);
    const which = random.below(5);
    if (which === 0) await look(book, 'POST', '/subjects/search?file=vaccination', own, { addresseeNumber });
    if (which === 1) await look(book, 'GET', `/subjects/${id}?file=vaccination`, own);
    if (which === 2) await look(book, 'GET', `/subjects/${id}/vaccinations?file=vaccination`, other);
    if (which === 3) await look(book, 'POST', '/handling-log/search?limit=5', chief, { subject: id });
    if (which === 4) await look(book, 'GET', `/subjects/${id}?file=vaccination`, operator); // has no right to
  };

  return until(enough, async () => {
    const acts = [register, see, see, ...(desk.people.length > 0 ? [enter, enter, number] : []), ...(desk.records.length > 0 ? [go, go, go, go, go] : [])];
    const act = desk.people.length === 0 ? register : random.pick(acts);
    await act();
  });
}

/** Plans, has approved and carries out the erasure of what the counters have done with. */
export function eraser(book: Book, { clerk: planner, chief, operator }: Staff, random: Random, enough: AbortSignal): Promise<void> {
  return until(enough, async () => {
    const open = book.orders.find(({ stage }) => stage === 'planned' || stage === 'approved');
    if (open) return pursue(book, { chief, operator }, open);
    if (book.retired.length === 0) return new Promise((turn) => setTimeout(turn, 5));
    const units = book.retired.splice(0, 1 + random.below(random.chance(0.3) ? 300 : 40)).map(({ category, id, subject }) => ({ category, unit: id, subject }));
    const body = { ...FILE, targets: units, reason: '保管期間の満了（架空）' };
    await send(book, { what: 'plan', method: 'POST', path: '/erasures', token: planner, body, statuses: [200, 201], done: (answer) => void book.orders.push({ id: answer.body.id as string, units, stage: 'planned' }) });
  });
}

async function pursue(book: Book, { chief, operator }: Pick<Staff, 'chief' | 'operator'>, order: Book['orders'][number]): Promise<void> {
  const path = `/erasures/${order.id}`;
  if (order.stage === 'planned') {
    await send(book, { what: 'approve', method: 'POST', path: `${path}/approvals`, token: chief, body: FILE, statuses: [200], done: () => void (order.stage = 'approved') });
    return;
  }
  order.stage = 'sent';
  const done: Deed['done'] = ({ body }) => {
    if ((body.erased as number) + (body.already as number) !== order.units.length) throw new Error(`${order.units.length} units were ordered: ${JSON.stringify(body)}`);
    order.stage = 'completed';
  };
  await send(book, { what: 'erase', method: 'POST', path: `${path}/executions`, token: operator, body: FILE, statuses: [200], done });
}

/** Takes files in one after the other: persons, their records, their changes of address. Some rows are faulty. */
export function importer(book: Book, { clerk: token, chief }: Staff, random: Random, enough: AbortSignal): Promise<void> {
  let left = 2;
  return until(enough, async () => {
    if (left === 0) return new Promise((turn) => setTimeout(turn, 5));
    left -= 1;
    const size = random.chance(0.2) ? 970 + random.below(200) : 100 + random.below(300);
    const first = 300_000_000 + 2000 * book.count();
    await takeIn(book, token, chief, residents(book, first, size, 'move-in'), random);
    await takeIn(book, token, chief, random.chance(0.5) ? residents(book, first, size, 'move-within') : slips(first, size), random);
  });
}

type FileMade = Pick<ImportKnown, 'csv' | 'good' | 'bad' | 'type'>;

async function takeIn(book: Book, token: string, chief: string, file: FileMade, random: Random): Promise<void> {
  const kind = file.type === 'VaccinationRecorded' ? 'vaccinations' : 'residents';
  const how = kind === 'residents' ? TAKEN : { source: 'private:clinic', method: 'paper' };
  const body = { kind, ...FILE, encoding: 'utf-8', digest: createHash('sha256').update(file.csv).digest('hex'), ...how };
  let known: ImportKnown | undefined;
  await send(book, {
    what: 'open import', method: 'POST', path: '/imports', token, body, statuses: [200, 201],
    done: (answer) => {
      known = { ...file, id: answer.body.id as string, completed: false, fallsDue: true };
      book.imports.push(known);
    },
  });
  await deliverFile(book, token, known!);
  if (random.chance(0.5)) await send(book, { what: 'confirm import', method: 'POST', path: `/imports/${known!.id}/confirmations`, token: chief, body: FILE, statuses: [200], done: () => undefined });
}

/** Sends the content; as often as needed. */
export async function deliverFile(book: Book, token: string, known: ImportKnown): Promise<void> {
  const done: Deed['done'] = ({ body }) => {
    const { status, rows, rejected, registered, changed, unchanged } = body as { [name: string]: number | string };
    const whole = (status === 'completed' || status === 'confirmed') && rows === known.good + known.bad && rejected === known.bad && Number(registered) + Number(changed) + Number(unchanged) === known.good;
    if (!whole) throw new Error(`${known.good} good and ${known.bad} bad rows: ${JSON.stringify(body)}`);
    known.completed = true;
  };
  await send(book, { what: 'import', method: 'PUT', path: `/imports/${known.id}/content`, token, body: known.csv, statuses: [200], done });
}

function residents(book: Book, first: number, size: number, change: 'move-in' | 'move-within'): FileMade {
  const lines = Array.from({ length: size }, (_, i) => {
    const number = change === 'move-in' && i % 3 === 0 ? newNumber(book) : '';
    const sex = i % 100 === 99 ? '?' : i % 2 === 0 ? '男' : '女';
    const where = change === 'move-in' ? '汐浜市架空町1番地' : '汐浜市架空町2番地';
    return [first + i, number, `架空　${first + i}`, 'カクウ', '2024-04-02', sex, where, change === 'move-in' ? '転入' : '転居', '2025-10-15'].join(',');
  });
  const bad = Math.floor(size / 100);
  const csv = ['宛名番号,個人番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日', ...lines, ''].join('\r\n');
  return { csv, good: size - bad, bad, type: change === 'move-in' ? 'SubjectRegistered' : 'ResidentChanged' };
}

/** The persons of the faulty rows were never registered: their slips are faulty too. */
function slips(first: number, size: number): FileMade {
  const lines = Array.from({ length: size }, (_, i) => `${first + i},2024-04-02,MR1,1,2025-10-20,定期,F${first + i}`);
  const bad = Math.floor(size / 100);
  return { csv: ['宛名番号,生年月日,接種コード,接種回数,接種日,実施区分,ロット番号', ...lines, ''].join('\r\n'), good: size - bad, bad, type: 'VaccinationRecorded' };
}

/** Builds registers anew, one after the other, while everybody works. */
export function rebuilder(book: Book, { operator }: Staff, random: Random, enough: AbortSignal): Promise<void> {
  return until(enough, async () => {
    const name = random.pick(REGISTERS);
    book.onSend('rebuild');
    const answer = await request(book.begun.address, 'POST', `/registers/${name}/rebuilds`, operator).catch(() => {
      throw new Gone('rebuild');
    });
    if (answer.status !== 200) throw new Error(`rebuild of ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.body.identical !== true) book.differing.push(`${name} at ${answer.body.position}`);
  });
}
