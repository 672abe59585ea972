import fc from 'fast-check';
import Database from 'better-sqlite3';
import { foldTools } from '../../projections/engine/fold.js';
import { LINES_UP_TO, handlingLog } from '../../projections/handling-log/projection.js';
import { logPage, recordedBy, type LogFilter, type LogLine } from '../../projections/handling-log/query.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import { newId } from '../../src/ledger/ids.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { CAMPAIGN, Rig, inScratch } from './folding.js';
import { live } from './life.js';
import { NOBODY, STAFF, closeTowns, openTown, type Town } from './town.js';

let town: Town;
let handled: readonly Decoded[];
let db: Database.Database;
let done = (): void => undefined;
/** one whom few lines name, and the many among whom somebody stands */
let few: string;
let edge: { readonly [count: number]: readonly string[] };
beforeAll(async () => {
  town = await openTown();
  await live(town, 110, 5 * CAMPAIGN);
  few = await town.person();
  edge = Object.fromEntries([LINES_UP_TO - 1, LINES_UP_TO, LINES_UP_TO + 1, 400].map((count) => [count, Array.from({ length: count }, () => newId())]));
  for (const [i, many] of Object.values(edge).entries()) {
    for (const terminal of [null, 'window-2']) {
      town.now += 60_000;
      await town.use([...many.slice(1), many[0]!], { extent: 'listed', file: i % 2 ? 'vaccination' : 'flu' }, { actor: { staff: STAFF[i % 3]!, terminal } });
    }
  }
  const events = await town.events();
  handled = events.filter(({ handling }) => handling !== null);
  await new Promise<void>((ready, failed) => {
    const open = inScratch(async (directory) => {
      const rig = new Rig(directory, handlingLog, NOBODY, foldTools(town.ledger.vault, () => undefined));
      rig.deliver(events, [{ size: 500, times: 1, again: 0, killed: false }]);
      db = rig.folder.db;
      ready();
      await new Promise<void>((over) => (done = over));
      rig.close();
    });
    open.catch(failed);
  });
});
afterAll(async () => {
  done();
  await closeTowns();
});

const blockOf = (event: Decoded): HandlingBlock => event.handling as unknown as HandlingBlock;

/** The log by the events themselves. */
function expected({ subject, staff, file, kind, extent, outcome, from, to }: LogFilter): readonly number[] {
  const fits = (event: Decoded): boolean => {
    const block = blockOf(event);
    const words: [string | undefined, string | undefined][] = [[staff, event.actor.staff], [file, block.file], [kind, block.kind], [extent, block.extent], [[outcome].flat()[0], block.outcome]];
    return (
      (subject === undefined || block.subjects.includes(subject)) && words.every(([wanted, found]) => wanted === undefined || wanted === found) &&
      (from === undefined || event.recordedAt >= from) && (to === undefined || event.recordedAt <= to)
    );
  };
  return handled.filter(fits).map(({ position }) => position);
}

/** Every page, one behind the other, as a caller with a cursor goes through them. */
async function paged(filter: LogFilter, limit: number, window?: number): Promise<readonly number[]> {
  const seen: number[] = [];
  for (;;) {
    const page = (await logPage(() => db, filter, seen.at(-1) ?? 0, limit, window)).map(({ position }) => position);
    expect(page.length).toBeLessThanOrEqual(limit);
    seen.push(...page);
    if (page.length < limit) return seen;
  }
}

const anyFilter = (): fc.Arbitrary<LogFilter> => {
  const subjects = [few, ...Object.values(edge).flatMap((many) => [many[0]!, many.at(-1)!]), ...handled.slice(0, 30).flatMap((event) => blockOf(event).subjects.slice(0, 2)), newId()];
  const instants = handled.filter((_, i) => i % 9 === 0).map(({ recordedAt }) => recordedAt);
  return fc.record({
    subject: fc.constantFrom(...subjects), staff: fc.constantFrom(...STAFF, newId()), file: fc.constantFrom('vaccination', 'flu', 'nowhere'), kind: fc.constantFrom('use', 'acquisition', 'provision', 'erasure'),
    extent: fc.constantFrom('listed', 'opened', 'exported'), outcome: fc.constantFrom('written', 'deviation', 'refused'), from: fc.constantFrom(...instants), to: fc.constantFrom(...instants),
  }, { requiredKeys: [] });
};

it('has a line for every handling and for nothing else', async () => {
  expect(await paged({}, 50)).toEqual(handled.map(({ position }) => position));
});

it('whatever is asked for, in pages of any size, is all of it once, oldest first, however it is looked through', async () => {
  await fc.assert(
    fc.asyncProperty(anyFilter(), fc.integer({ min: 1, max: 50 }), fc.constantFrom(1, 7, 100, undefined), async (filter, limit, window) => {
      expect(await paged(filter, limit, window)).toEqual(expected(filter));
    }),
    { numRuns: 150 * CAMPAIGN },
  );
});

it('where positions are places in a file, far apart, it is looked through in no more steps', async () => {
  const apart = new Database(':memory:');
  try {
    apart.exec(handlingLog.schema + handlingLog.indexes);
    const apply = handlingLog.prepare(apart, foldTools(town.ledger.vault, () => undefined));
    for (const event of handled) apply({ ...event, position: event.position * 100_003 });
    let asked = 0;
    const lines = await logPage(() => ((asked += 1), apart), { kind: 'erasure', outcome: 'refused' }, 0, 50, 20);
    expect(lines.map(({ position }) => position / 100_003)).toEqual(expected({ kind: 'erasure', outcome: 'refused' }));
    expect(asked).toBeLessThan(10 + 2 * (handled.length / 20) + 20 * lines.length);
  } finally {
    apart.close();
  }
});

it('knows the last position by an instant', () => {
  for (const { recordedAt } of handled.filter((_, i) => i % 7 === 0)) {
    for (const by of [-1, 0, 1]) {
      const instant = new Date(Date.parse(recordedAt) + by).toISOString();
      expect(recordedBy(db, instant)).toBe(handled.findLast((event) => event.recordedAt <= instant)?.position ?? 0);
    }
  }
});

describe.each(['subject', 'staff', 'file', 'kind', 'extent', 'outcome'] as const)('asked for by %s alone', (member) => {
  it('every value gives its handlings', async () => {
    const of = (event: Decoded): readonly (string | undefined)[] => (member === 'subject' ? blockOf(event).subjects.slice(0, 1) : [member === 'staff' ? event.actor.staff : blockOf(event)[member]]);
    const values = new Set(handled.flatMap(of).filter((value) => value !== undefined));
    expect(values.size).toBeGreaterThan(1);
    for (const value of [...values].slice(0, 40)) expect(await paged({ [member]: value }, 7)).toEqual(expected({ [member]: value }));
    expect(await logPage(() => db, { [member]: newId() }, 0, 50)).toEqual([]);
  });
});

it('goes on in the register that a rebuild has put in its place meanwhile', async () => {
  const copy = new Database(db.name, { readonly: true });
  let asked = 0;
  const swapped = await logPage(() => ((asked += 1) < 6 ? db : copy), {}, 0, 50, 3);
  expect(asked).toBeGreaterThan(6);
  expect(swapped).toEqual(await logPage(() => db, {}, 0, 50));
  copy.close();
});

it('a period takes in both of its ends', async () => {
  const [from, to] = [handled[4]!.recordedAt, handled[9]!.recordedAt];
  const within = (await logPage(() => db, { from, to }, 0, 50)).map(({ position }) => position);
  expect([within[0], within.at(-1)]).toEqual([handled.find(({ recordedAt }) => recordedAt === from)!.position, handled.findLast(({ recordedAt }) => recordedAt === to)!.position]);
});

it('up to fifty subjects have a line each, more are one packed set, and each is found either way', async () => {
  for (const [count, many] of Object.entries(edge)) {
    const rows = db.prepare<[number], { subject_set: Buffer | null; subject_count: number }>('SELECT subject_set, subject_count FROM handlings WHERE subject_count = ?').all(Number(count)).filter((row) => row.subject_count === many.length);
    expect(rows.map(({ subject_set }) => subject_set !== null)).toContain(Number(count) > 50);
    for (const subject of [many[0]!, many[Math.floor(many.length / 2)]!, many.at(-1)!]) {
      const lines = await logPage(() => db, { subject }, 0, 50);
      expect(lines.map(({ position }) => position)).toEqual(expected({ subject }));
      expect(lines.map(({ subjectCount }) => subjectCount)).toEqual([Number(count), Number(count)]);
      const key = db.prepare('SELECT key FROM subjects WHERE subject = ?').pluck().get(subject);
      expect(db.prepare('SELECT count(*) FROM handlings_by_subject WHERE subject = ?').pluck().get(key)).toBe(Number(count) > 50 ? 0 : 2);
    }
  }
});

it('a line says all that the event says of its handling, and names up to fifty persons', async () => {
  const lines = new Map<number, LogLine>();
  for (let after = 0; ; after = Math.max(...lines.keys())) {
    const page = await logPage(() => db, {}, after, 50);
    if (page.length === 0) break;
    for (const line of page) lines.set(line.position, line);
  }
  for (const event of handled) {
    const { actor, id, type, stream, recordedAt, occurredAt, position } = event;
    const { kind, extent = null, affair, file, system, purpose = null, legalGround = null, counterpart = null, method = null, items, evidence, outcome, findings, assurance, declarationVersion, subjects, reasonCode = null, emergency = null } = blockOf(event);
    expect(lines.get(position)).toEqual({
      position, event: id, type, stream, recordedAt, occurredAt, staff: actor.staff, actorKind: actor.kind, department: actor.department, role: actor.role, session: actor.session, terminal: actor.terminal,
      kind, extent, affair, file, system, purpose, legalGround, counterpart, method, items, evidence, outcome, reasonCode, emergency,
      findings: findings.map(({ rule, item = '' }) => ({ rule, item })), assurance, declarationVersion, subjectCount: subjects.length,
      subjects: subjects.length > LINES_UP_TO ? [] : subjects,
    });
  }
  expect(handled.some(({ recordedAt, occurredAt }) => recordedAt !== occurredAt)).toBe(true);
});
