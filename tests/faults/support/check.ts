import type { Decoded } from '../../../src/ledger/registry.js';
import { until } from '../../support/until.js';
import { deliver, type Book } from './book.js';
import { eventsAfter, halfErased, inRegister, type Soundness } from './ledger-file.js';
import type { Site, Staff } from './engine.js';
import { FILE, expectStatus, request } from './requests.js';
import { REGISTERS, deliverFile } from './work.js';

export interface Found {
  readonly head: number;
  /** deeds that nobody had heard back of: how many had been done, and how many were done now */
  readonly stood: number;
  readonly anew: number;
}

/** What must hold after every start, whatever had been going on. Brings to its end what was cut off. @throws Error naming what does not hold */
export async function expectWhole(site: Site, staff: Staff, book: Book, seen: Soundness): Promise<Found> {
  const faults = [...seen.take(eventsAfter(site, seen.head))];
  const head = seen.head;
  for (const [id, position] of book.acknowledged) {
    const stands = seen.positions.get(id);
    if (stands === undefined || (position !== null && stands !== position)) faults.push(`event ${id}, acknowledged at ${position}, stands at ${stands}`);
  }
  expectNone(faults);

  const { stood, anew } = await repeatUnanswered(book, seen, head);
  for (const known of book.imports.filter(({ completed }) => !completed)) await deliverFile(book, staff.clerk, known);
  for (const order of book.orders.filter(({ stage }) => stage === 'sent')) {
    const answer = expectStatus(await request(book.begun.address, 'POST', `/erasures/${order.id}/executions`, staff.operator, FILE), 200, 409);
    if (answer.status === 409 && answer.body.code !== 'not-approved') throw new Error(`${order.id}: ${answer.body.code}`);
    order.stage = 'completed';
  }
  await caughtUp(book);
  expectNone([...seen.take(eventsAfter(site, seen.head)), ...(await halfErased(site, seen.grown())), ...unfinishedOrders(book, seen), ...wrongRows(book, seen), ...wrongCounts(site, seen)]);
  const rebuilt = await Promise.all(REGISTERS.map((name) => request(book.begun.address, 'POST', `/registers/${name}/rebuilds`, staff.operator)));
  expectNone(rebuilt.filter((answer) => expectStatus(answer, 200).body.identical !== true).map(({ body }) => `the register ${body.register} differs from its rebuild at ${body.position}`));
  retireImported(book, seen);
  expectNone(book.differing.map((which) => `the register ${which} differed from its rebuild`));
  return { head, stood, anew };
}

function expectNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`);
}

/** The same key again is the same event: the one that stands, or one that is written now. */
async function repeatUnanswered(book: Book, seen: Soundness, head: number): Promise<{ stood: number; anew: number }> {
  const counts = { stood: 0, anew: 0 };
  for (const deed of [...book.unanswered]) {
    const { status, body } = await deliver(book, deed);
    if (!('idempotency-key' in deed.headers) || status >= 400) continue;
    const first = (body.events as readonly string[])[0]!;
    if (seen.positions.has(first) !== body.repeated) throw new Error(`${deed.what}: repeated ${body.repeated}, but it stood at ${seen.positions.get(first)}`);
    if (body.repeated) counts.stood += 1;
    else counts.anew += 1;
    if (!body.repeated && (body.position as number) <= head) throw new Error(`${deed.what}: written now, but at ${body.position} of ${head}`);
  }
  return counts;
}

async function caughtUp({ begun: { address } }: Book): Promise<void> {
  await until(async () => {
    const ready = await request(address, 'GET', '/health/ready', null);
    if (ready.status !== 200) throw new Error(`not ready: ${JSON.stringify(ready.body)}`);
    return !/^akashi_register_lag\{[^}]*\} (?!0$)\d+/m.test((await request(address, 'GET', '/metrics', null)).body as string);
  }, 'the registers catch up');
}

const only = (events: readonly Decoded[], type: string): readonly Decoded[] => events.filter((event) => event.type === type);

/** What was begun is through: completed once, and every unit of it gone. */
function unfinishedOrders(book: Book, { byStream }: Soundness): readonly string[] {
  return book.orders.flatMap(({ id, units, stage }) => {
    const events = byStream.get(`erasure-${id}`) ?? [];
    const alive = units.filter(({ category, unit }) => only(byStream.get(`${category}-${unit}`) ?? [], 'ErasureVerified').length !== 1).length;
    if (only(events, 'ErasureStarted').length === 0) return alive === units.length ? [] : [`order ${id} has not begun, but ${units.length - alive} units are gone`];
    const completed = only(events, 'ErasureCompleted').length;
    return completed === 1 && alive === 0 && stage === 'completed' ? [] : [`order ${id}: completed ${completed} times, ${alive} units not erased, ${stage}`];
  });
}

/** Each row of a file stands once. */
function wrongRows(book: Book, { byStream }: Soundness): readonly string[] {
  const rows = new Map<string, number>();
  for (const [stream, events] of byStream) {
    if (!/^(subject|number|vaccination)-/.test(stream)) continue;
    for (const { type, handling } of events) {
      const batch = (handling?.evidence as readonly { kind: string; ref: string }[] | undefined)?.find(({ kind }) => kind === 'batch');
      if (batch) rows.set(`${batch.ref} ${type}`, (rows.get(`${batch.ref} ${type}`) ?? 0) + 1);
    }
  }
  return book.imports.flatMap(({ id, type, good }) => (rows.get(`${id} ${type}`) === good ? [] : [`import ${id}: ${rows.get(`${id} ${type}`)} events for ${good} rows`]));
}

/** Some of what came in with files falls due at once: orders of a hundred units and more take long enough to be cut. */
function retireImported(book: Book, { byStream }: Soundness): void {
  const known = book.imports.findLast(({ type, completed, fallsDue }) => completed && fallsDue && type === 'VaccinationRecorded');
  if (!known) return;
  known.fallsDue = false;
  for (const [stream, [first]] of byStream) {
    if (first!.type !== known.type || first!.data.batch !== known.id) continue;
    book.retired.push({ id: stream.slice(-36), subject: first!.data.subject as string, category: 'vaccination' });
  }
}

/** A row for every unit, a line for every handling. */
function wrongCounts(site: Site, { byStream }: Soundness): readonly string[] {
  const types = new Map<string, number>();
  let handlings = 0;
  for (const events of byStream.values()) {
    for (const { type, handling } of events) {
      types.set(type, (types.get(type) ?? 0) + 1);
      handlings += handling === null ? 0 : 1;
    }
  }
  const count = (register: string, table: string): number => inRegister(site, register, (db) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!);
  const wanted: readonly (readonly [string, string, number])[] = [
    ['subjects', 'subjects', types.get('SubjectRegistered') ?? 0],
    ['subjects', 'numbers', types.get('NumberRegistered') ?? 0],
    ['vaccinations', 'vaccinations', types.get('VaccinationRecorded') ?? 0],
    ['handling-log', 'handlings', handlings],
  ];
  return wanted.flatMap(([register, table, rows]) => (count(register, table) === rows ? [] : [`${table} has ${count(register, table)} rows for ${rows} events`]));
}
