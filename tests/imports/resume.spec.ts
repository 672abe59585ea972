import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCity, putInForce, type City } from '../support/city.js';
import { scratch } from '../support/ledger.js';
import { copyOf, rowsIn, takeInChild } from './children.js';
import { opening } from './desk.js';
import { inventedNumber, personAt, residentsCsv, seeded, slipOf, slipsCsv } from './files.js';

/** kill -9 anywhere: the same file again goes on, and in the end it is as if nothing had happened. */
const CAMPAIGN = Number(process.env['AKASHI_CAMPAIGN'] ?? 0);
const SEED = Number(process.env['AKASHI_SEED'] ?? 20_261_120);
const MORNING = Date.parse('2026-11-20T09:30:00+09:00');
/** Progress is noted after every 960 rows: a kill can come before the first note and after it. */
const PERSONS = 1400;
const REJECTED = 28;

const residents = residentsCsv(
  Array.from({ length: PERSONS }, (_, i) => {
    if (i % 100 === 50) return personAt(i, { 性別: '架空' });
    if (i % 100 === 56) return personAt(i, { 個人番号: inventedNumber(i - 1) }); // of the one before
    return personAt(i, i % 5 === 0 ? { 個人番号: inventedNumber(i) } : {});
  }),
);
const slips = slipsCsv(Array.from({ length: PERSONS }, (_, i) => slipOf(i % 50 === 3 ? personAt(900_000 + i) : personAt((i % 7) + 1), { 接種回数: String((i % 9) + 1), 予診票番号: String(i + 1) })));

/** A city that has announced a file, and is closed. */
async function announced(kind: 'residents' | 'vaccinations', bytes: Buffer): Promise<{ readonly directory: string; readonly id: string; readonly file: string }> {
  const directory = join(scratch(), 'city');
  const file = join(scratch(), 'file.csv');
  writeFileSync(file, bytes);
  const city = await openCity({ clock: () => MORNING, keep: directory, store: 'embedded' });
  try {
    await putInForce(city);
    if (kind === 'vaccinations') await sent(city, 'residents', residentsCsv(Array.from({ length: 8 }, (_, i) => personAt(i))));
    return { directory, id: await announce(city, kind, bytes), file };
  } finally {
    await city.close();
  }
}

async function announce(city: City, kind: 'residents' | 'vaccinations', bytes: Buffer): Promise<string> {
  const { status, body } = await city.call('POST', '/imports', await city.token({ role: 'clerk' }), opening(kind, bytes));
  expect(status).toBe(201);
  return body.id as string;
}

async function sent(city: City, kind: 'residents' | 'vaccinations', bytes: Buffer): Promise<void> {
  const id = await announce(city, kind, bytes);
  const { status } = await city.call('PUT', `/imports/${id}/content`, await city.token({ role: 'clerk' }), bytes.toString(), { 'content-type': 'text/csv' });
  expect(status).toBe(200);
}

const counts = { rows: PERSONS, registered: PERSONS - REJECTED, changed: 0, unchanged: 0, rejected: REJECTED };

it.each<[kind: 'residents' | 'vaccinations', bytes: Buffer, kills: number, first: number]>([
  ['residents', residents, 2 + CAMPAIGN * 40, 0],
  ['vaccinations', slips, 1 + CAMPAIGN * 20, 1],
])('%s: every row stands once, with the ids and the counts of an import that nobody killed', async (kind, bytes, kills, first) => {
  const { directory, id, file } = await announced(kind, bytes);
  const undisturbed = copyOf(directory);
  const whole = (await takeInChild(undisturbed, id, file))!;
  expect(whole.summary).toMatchObject({ status: 'completed', ...counts });
  const expected = await rowsIn(undisturbed);

  const random = seeded(SEED + kills);
  let disturbed = copyOf(directory);
  const killedAt: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    // By turns in the first half, and in the last quarter, when progress has been noted.
    const part = (first + round) % 2 === 0 ? random() * 0.5 : 0.72 + random() * 0.25;
    const nth = 1 + Math.floor(part * (whole.steps - 1));
    killedAt.push(nth);
    const left = await takeInChild(disturbed, id, file, nth);
    if (left === null && round < kills - 1) continue;
    // Through, or the last kill: to its end, and compared.
    const end = left ?? (await takeInChild(disturbed, id, file))!;
    const { position: _, ...summary } = end.summary;
    expect({ killedAt, summary }).toEqual({ killedAt, summary: { id, kind, status: 'completed', ...counts } });
    expect(await rowsIn(disturbed)).toEqual(expected);
    if (round < kills - 1) disturbed = copyOf(directory);
    killedAt.length = 0;
  }
}, 60_000 + CAMPAIGN * 600_000);
