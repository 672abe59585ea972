import { createWriteStream, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openCity, putInForce, type City } from '../support/city.js';
import { scratch } from '../support/ledger.js';
import { VACCINATION_COLUMNS, csvLine } from '../../src/demo/generator/csv.js';
import { takeInChild } from './children.js';
import { opening } from './desk.js';
import { inventedNumber, personAt, residentsCsv, sha256, slipOf } from './files.js';

/** A large file is read piece by piece, and the thread that answers is never held for long. */
const MB = 1024 * 1024;
const MORNING = Date.parse('2026-11-20T09:30:00+09:00');
const PERSONS = 900;
/** Rows handled in one stretch. */
const SLICE = 96;
/** 1,500 bytes a row: whoever held the file, or its rows, would show it. */
const REMARKS = '架空の特記事項。'.repeat(62);

/** Writes slips of which one in twenty has a known person. */
async function slipsFile(count: number): Promise<{ readonly file: string; readonly digest: string; readonly bytes: number }> {
  const file = join(scratch(), 'slips.csv');
  const [out, hash] = [createWriteStream(file), createHash('sha256')];
  let bytes = 0;
  const write = async (text: string): Promise<void> => {
    hash.update(text);
    bytes += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(`${VACCINATION_COLUMNS.join(',')}\r\n`);
  for (let i = 0; i < count; i += 100) {
    const rows = Array.from({ length: 100 }, (_, j) => slipOf(personAt(j % 20 === 0 ? (i + j) % PERSONS : 900_000 + i + j), { 特記事項: REMARKS }) as Record<string, string>);
    await write(rows.map((row) => `${csvLine(VACCINATION_COLUMNS.map((name) => row[name] ?? ''))}\r\n`).join(''));
  }
  out.end();
  await once(out, 'close');
  return { file, digest: hash.digest('hex'), bytes };
}

async function city(): Promise<City> {
  const opened = await openCity({ clock: () => MORNING, keep: join(scratch(), 'city'), store: 'embedded' });
  await putInForce(opened);
  return opened;
}

async function announce(opened: City, kind: 'residents' | 'vaccinations', digest: string): Promise<string> {
  const { status, body } = await opened.call('POST', '/imports', await opened.token({ role: 'clerk' }), opening(kind, Buffer.alloc(0), { digest }));
  expect(status).toBe(201);
  return body.id as string;
}

it('60,000 rows take no more memory than 3,000, and no stretch of the answering thread is long', async () => {
  const residents = residentsCsv(Array.from({ length: PERSONS }, (_, i) => personAt(i, { 個人番号: inventedNumber(i) })));
  const [small, large] = [await slipsFile(3000), await slipsFile(60_000)];
  expect(large.bytes).toBeGreaterThan(80 * MB);
  const opened = await city();
  const id = await announce(opened, 'residents', sha256(residents));
  const ids = [await announce(opened, 'vaccinations', small.digest), await announce(opened, 'vaccinations', large.digest)] as const;
  await opened.close();

  const people = join(scratch(), 'residents.csv');
  writeFileSync(people, residents);
  const registered = (await takeInChild(opened.directory, id, people))!;
  expect(registered.summary).toMatchObject({ registered: PERSONS });
  expect(registered.mostWrites).toBe(2 * SLICE); // each person with a number
  const few = (await takeInChild(opened.directory, ids[0], small.file))!;
  expect(few.summary).toMatchObject({ rows: 3000, registered: 150, rejected: 2850 });
  const many = (await takeInChild(opened.directory, ids[1], large.file))!;
  expect(many.summary).toMatchObject({ rows: 60_000, registered: 3000, rejected: 57_000 });
  expect((many.grown - few.grown) / MB).toBeLessThan(60);
  expect(many.mostWrites).toBeLessThanOrEqual(SLICE);
  expect({ heldMs: many.heldMs, bearable: many.heldMs < 500 && many.heldMostlyMs < 60 }).toMatchObject({ bearable: true });
}, 60_000);
