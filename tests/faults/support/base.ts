import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCity, putInForce, type City } from '../../support/city.js';
import { DOCUMENT, DOSE, FILE, PERSON, expectStatus } from './requests.js';

/** A small city at rest, to be copied and damaged: two persons, a confirmed record each. */
export interface Base {
  readonly root: string;
  readonly one: { readonly subject: string; readonly record: string };
  readonly two: { readonly subject: string; readonly record: string };
  readonly head: number;
}

export const PERSONS = [
  { ...PERSON, name: '安藤　一（架空）', addresseeNumber: '100000101' },
  { ...PERSON, name: '馬場　二（架空）', addresseeNumber: '100000102' },
] as const;

export async function newBase(): Promise<Base> {
  const root = mkdtempSync(join(tmpdir(), 'akashi-base-'));
  const city = await openCity({ keep: root, store: 'embedded' });
  try {
    await putInForce(city, DOCUMENT);
    const [clerk, other] = [await city.token({ role: 'clerk' }), await city.token({ role: 'clerk' })];
    const made = [];
    for (const person of PERSONS) {
      const subject = expectStatus(await city.call('POST', '/subjects', clerk, person), 201).body.id as string;
      const record = expectStatus(await city.call('POST', '/vaccinations', clerk, { ...DOSE, subject }), 201).body.id as string;
      expectStatus(await city.call('POST', `/vaccinations/${record}/confirmations`, other, FILE, { prefer: 'wait=10' }), 200);
      made.push({ subject, record });
    }
    return { root, one: made[0]!, two: made[1]!, head: await city.server.engine.store.head() };
  } finally {
    await city.close();
  }
}

export function copyOf({ root }: Base): string {
  const copy = mkdtempSync(join(tmpdir(), 'akashi-damaged-'));
  cpSync(root, copy, { recursive: true });
  return copy;
}

/** A copy of the base, opened after the damage; gone with the city. */
export async function openDamaged(base: Base, damage: (root: string) => void | Promise<void>): Promise<City> {
  const root = copyOf(base);
  await damage(root);
  const city = await openCity({ keep: root, store: 'embedded' });
  const { close } = city;
  return Object.assign(city, {
    close: async () => {
      await close();
      rmSync(root, { recursive: true, force: true });
    },
  });
}

/** Changes the bytes of the first event of a stream. */
export function alterEvent(root: string, stream: string, change: (bytes: Buffer) => Buffer): void {
  const db = new Database(join(root, 'data/events.db'));
  const { position, bytes } = db.prepare<[string], { position: number; bytes: Buffer }>('SELECT e.position, e.bytes FROM events e JOIN streams s ON s.key = e.stream WHERE s.name = ? ORDER BY e.revision LIMIT 1').get(stream)!;
  db.prepare('UPDATE events SET bytes = ? WHERE position = ?').run(change(bytes), position);
  db.close();
}

/** The same, member by member. */
export function alterMembers(root: string, stream: string, change: (event: { type: string; schema: number; sealed: { bytes: string; key: number } }) => void): void {
  alterEvent(root, stream, (bytes) => {
    const event = JSON.parse(bytes.toString()) as Parameters<typeof change>[0];
    change(event);
    return Buffer.from(JSON.stringify(event));
  });
}
