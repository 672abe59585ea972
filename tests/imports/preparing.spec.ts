import { jest } from '@jest/globals';
import { ErasureOrdered } from '../../src/ledger/erasure.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId } from '../../src/ledger/ids.js';
import type { LoadedStream } from '../../src/ledger/ledger.js';
import { canonical } from '../../src/store/canonical.js';
import { ResidentChanged } from '../../src/subjects/events.js';
import { DECLARATION, MINATO, RECORD, putInForce } from '../support/city.js';
import { expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { open, rejectsOf, send, take } from './desk.js';
import { inventedPerson, residentsCsv, seeded, slipOf, slipsCsv, type Cells } from './files.js';
import { halvesOf } from './preparer.js';

jest.setTimeout(60_000);

/** Rows are made ready in one thread and taken in another: what happens to a person in between counts. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ inForce: false });
  const document = JSON.parse(DECLARATION) as { files: [{ items: { items: { values: { code: string }[] } } }] };
  const { items } = document.files[0].items;
  items.values = items.values.filter(({ code }) => code !== 'temperature'); // so that a slip with one is refused
  await putInForce(stage.city, JSON.stringify(document));
});
afterAll(async () => stage.city.close());

interface Known {
  readonly subject: string;
  readonly addresseeNumber: string;
  /** a slip of theirs */
  readonly slip: Cells;
}

async function known(): Promise<Known> {
  const addresseeNumber = freshNumber();
  const subject = await stage.person({ addresseeNumber });
  return { subject, addresseeNumber, slip: { 宛名番号: addresseeNumber, 生年月日: '20250402', 接種コード: 'MR1', 接種回数: '1', 接種日: '20261102', 実施区分: '定期' } };
}

/** 異動 at the counter. */
const changed = async ({ subject, addresseeNumber }: Known, over: object): Promise<void> =>
  void expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, { ...MINATO, addresseeNumber, change: 'ex-officio-correction', changedOn: '2026-04-01', ...over }), 200);

/** One more event in the stream of a person, made from where it stands. */
async function happens({ subject }: Known, make: (loaded: LoadedStream) => NewDomainEvent): Promise<void> {
  const { ledger } = stage.city.server.engine;
  const loaded = await ledger.load(`subject-${subject}`);
  const { stream, revision, key, recorded } = loaded;
  const { actor, correlationId, handling } = recorded.at(-1)!;
  await ledger.append({ stream, drafts: [{ id: newId(), event: make(loaded), actor, correlationId, causationId: null, occurredAt: null, handling }], expected: revision, key });
}

/** To a scope that no written item allows. */
const movedOutOfScope = (person: Known): Promise<void> =>
  happens(person, ({ events }) => event(ResidentChanged, { scope: 'non-resident' }, { change: { kind: 'move-out', on: '2026-04-01' }, identity: (events.at(-1)!.sealed as { identity: never }).identity }));
const erasureOrdered = (person: Known): Promise<void> => happens(person, ({ key }) => event(ErasureOrdered, { order: newId(), key: key! }));

/** Types of the events that a row has made. */
async function standing(stream: string): Promise<string[]> {
  return (await stage.city.server.engine.ledger.recorded(stream)).map(({ type }) => type);
}

describe('between being made ready and being taken', () => {
  it.each<[what: string, change: (person: Known) => Promise<void>, reason: string]>([
    ['whose birth date has been corrected', (person) => changed(person, { birthDate: '2025-04-03' }), 'birth-date-differs'],
    ['whose birth date has been corrected, and something else after that', async (person) => {
      await changed(person, { birthDate: '2025-04-03' });
      await changed(person, { birthDate: '2025-04-03', address: '汐浜市架空町2番地' });
    }, 'birth-date-differs'],
    ['who has been erased', ({ subject }) => stage.erase('subject', subject, subject), 'erased'],
    ['whose erasure has been ordered, the key still there', erasureOrdered, 'erased'],
    ['who has left the scope', movedOutOfScope, 'refused'],
  ])('a person %s: their rows are rejected, the others stand', async (_, change, reason) => {
    const [one, two] = [await known(), await known()];
    const halves = await halvesOf(stage.city.server.engine);
    const prepared = await halves.prepare(one.slip, two.slip, { ...one.slip, 接種回数: '2' });
    expect(prepared.rejects).toEqual([]);
    await change(one);
    expect(await halves.take(prepared)).toEqual({ rejects: [1, 3].map((row) => ({ row, column: 0, reason })), registered: 1, changed: 0, unchanged: 0 });
    expect(await Promise.all(prepared.rows.map(({ stream }) => standing(stream)))).toEqual([[], ['VaccinationRecorded'], []]);
  });

  it.each<[what: string, change: (person: Known) => Promise<void>]>([
    ['to whom nothing has happened', async () => undefined],
    ['who has moved house', (person) => changed(person, { change: 'move-within', address: '汐浜市架空町3番地' })],
    ['who has moved out, and stays in scope', (person) => changed(person, { change: 'move-out', scope: 'former-resident', leftOn: '2026-04-01' })],
    ['who is protected now', ({ subject }) => stage.protect(subject)],
    ['whose birth date has been corrected and put back', async (person) => {
      await changed(person, { birthDate: '2025-04-03' });
      await changed(person, {});
    }],
  ])('a person %s: the row is taken', async (_, change) => {
    const person = await known();
    const halves = await halvesOf(stage.city.server.engine);
    const prepared = await halves.prepare(person.slip);
    await change(person);
    expect(await halves.take(prepared)).toMatchObject({ rejects: [], registered: 1 });
    expect(await standing(prepared.rows[0]!.stream)).toEqual(['VaccinationRecorded']);
  });

  it('one who has come into scope is judged by the new one', async () => {
    const person = await known();
    await movedOutOfScope(person);
    const halves = await halvesOf(stage.city.server.engine);
    const [early, late] = [await halves.prepare(person.slip), await halves.prepare(person.slip)];
    expect(await halves.take(early)).toMatchObject({ rejects: [{ row: 1, reason: 'refused' }], registered: 0 });
    await changed(person, { scope: 'former-resident' });
    expect(await halves.take(late)).toMatchObject({ rejects: [], registered: 1 });
  });

  it('a 移行 is not judged, whatever the scope is by then, and still knows who has been erased', async () => {
    const [moved, gone] = [await known(), await known()];
    const halves = await halvesOf(stage.city.server.engine, { batch: { migration: true } });
    const prepared = await halves.prepare(moved.slip, gone.slip);
    await movedOutOfScope(moved);
    await stage.erase('subject', gone.subject, gone.subject);
    expect(await halves.take(prepared)).toMatchObject({ rejects: [{ row: 2, reason: 'erased' }], registered: 1 });
  });
});

describe('a preparer told to forget', () => {
  it('looks a person up again: erased, and then nobody, and then whoever has the number', async () => {
    const person = await known();
    const { vault } = stage.city.server.engine.ledger;
    const halves = await halvesOf(stage.city.server.engine);
    const [first] = (await halves.prepare(person.slip)).rows;
    expect(first).toMatchObject({ subject: person.subject, birthDate: '2025-04-02', scope: 'resident' });
    const { key } = await stage.city.server.engine.ledger.summary(`subject-${person.subject}`);
    await stage.erase('subject', person.subject, person.subject);
    halves.preparer.forget([key!]);
    vault.index.claim([{ kind: 'addressee-number', value: person.addresseeNumber, stream: `subject-${person.subject}`, event: newId() }]); // as it is until the number is released
    expect((await halves.prepare(person.slip)).rejects).toMatchObject([{ reason: 'erased' }]);
    vault.index.release([`subject-${person.subject}`]);
    expect((await halves.prepare(person.slip)).rejects).toMatchObject([{ reason: 'unknown-subject' }]);
    const next = await stage.person({ addresseeNumber: person.addresseeNumber });
    expect((await halves.prepare(person.slip)).rows).toMatchObject([{ subject: next }]);
  });
});

describe('what stands after it', () => {
  it('opens like a record of the counter, to the same bytes, each under a key of its own', async () => {
    const person = await known();
    const { ledger } = stage.city.server.engine;
    const slips = Array.from({ length: 125 }, (_, i) => ({ ...person.slip, ロット番号: RECORD.lot, 予診票番号: String(2_026_000_001 + i) }));
    const before = await stage.head();
    const { id } = await take(stage, 'vaccinations', slipsCsv(slips));
    const records = (await stage.since(before)).filter(({ type }) => type === 'VaccinationRecorded');
    expect(records).toHaveLength(125);
    const bytesOf = ({ id: of, stream, type, writtenSchema, sealed }: (typeof records)[number]): string => {
      const opening = ledger.vault.open(sealed!, { event: of, stream, type, schema: writtenSchema });
      return opening.verdict === 'open' ? opening.plain.toString() : opening.verdict;
    };
    const record = (i: number) => ({ vaccine: 'MR1', dose: 1, vaccinatedOn: '2026-11-02', executionClass: 'routine', lot: RECORD.lot, ticketNumber: String(2_026_000_001 + i) });
    expect(records.map(bytesOf).sort()).toEqual(records.map((_, i) => canonical({ record: record(i) })));
    const typed = await stage.record(person.subject, record(122));
    const counter = (await stage.since(before)).find(({ stream }) => stream === `vaccination-${typed}`)!;
    expect(bytesOf(counter)).toBe(bytesOf(records.find(({ opened }) => (opened.record as { ticketNumber: string }).ticketNumber === '2026000123')!));
    const keys = records.map(({ sealed }) => sealed!.key);
    expect(new Set([...keys, counter.sealed!.key]).size).toBe(126);
    expect(keys.filter((key) => ledger.vault.isDestroyed(key))).toEqual([]);
    expect(records.map(({ data }) => data)).toEqual(records.map(() => ({ subject: person.subject, batch: id })));
  });
});

describe('the rejects of a file', () => {
  it('are those of its rows and in their order, over every slice and batch, whichever thread has found them', async () => {
    const persons = Array.from({ length: 30 }, () => inventedPerson());
    const gone = inventedPerson();
    await take(stage, 'residents', residentsCsv([...persons, gone]));
    const subject = stage.city.server.engine.ledger.vault.index.find('addressee-number', gone['宛名番号']!)!.stream.slice('subject-'.length);
    await stage.erase('subject', subject, subject);
    const random = seeded(20_261_120);
    type Told = readonly [column: number | null, item: string, code: string];
    const row = (code: string): Told => [null, '行全体', code];
    const WRONG: readonly (readonly [over: Cells, told: readonly Told[]])[] = [
      [{ 宛名番号: gone['宛名番号']! }, [row('unknown-subject')]],
      [{ 宛名番号: '899999999', 生年月日: '20010101', 接種日: '20261121' }, [row('unknown-subject')]],
      [{ 生年月日: '20010101', 接種日: '20261121' }, [row('birth-date-differs')]],
      [{ 接種日: '20261121' }, [row('in-the-future')]],
      [{ 体温: '36.5' }, [row('refused')]],
      [{ 体温: '36.5', 接種日: '20261121' }, [row('in-the-future')]],
      [{ 接種コード: '', 体温: '99' }, [[4, '接種コード', 'missing'], [16, '体温', 'invalid-temperature']]],
      [{ 宛名番号: 'x', 生年月日: '20010101' }, [[1, '宛名番号', 'invalid-addressee-number']]],
    ];
    const told: (readonly [line: number, ...Told])[] = [];
    const rows = Array.from({ length: 1100 }, (_, i) => {
      const person = persons[i % 30]!;
      const wrong = random() < 0.3 ? WRONG[Math.floor(random() * WRONG.length)]! : undefined;
      told.push(...(wrong?.[1] ?? []).map((reject) => [i + 2, ...reject] as const));
      return slipOf(person, { 予診票番号: String(i + 1), ...wrong?.[0] });
    });
    const bytes = slipsCsv(rows);
    const id = await open(stage, 'vaccinations', bytes);
    const summary = expectStatus(await send(stage, id, bytes), 200).body;
    expect((await rejectsOf(stage, id)).map(({ line, column, item, code }) => [line, column, item, code])).toEqual(told);
    const lines = new Set(told.map(([line]) => line)).size;
    expect(lines).toBeGreaterThan(250);
    expect(summary).toMatchObject({ rows: 1100, registered: 1100 - lines, rejected: lines });
  });
});
