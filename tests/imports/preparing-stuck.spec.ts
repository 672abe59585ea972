import { jest } from '@jest/globals';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { alterEvent, alterMembers } from '../faults/support/base.js';
import { MINATO } from '../support/city.js';
import { openStage, type Stage } from '../walks/stage.js';
import { open, progress, send, take } from './desk.js';
import { inventedPerson, personAt, residentsCsv, slipOf, slipsCsv, type Cells } from './files.js';

jest.setTimeout(60_000);

/** A person whom a row needs and who cannot be read stops the import, with the reason for which they stop anybody; nothing is skipped. */
let stage: Stage;
let persons: readonly { readonly cells: Cells; readonly subject: string }[];
beforeAll(async () => {
  stage = await openStage({ store: 'embedded' }); // events are altered in its file
  const cells = Array.from({ length: 5 }, () => inventedPerson());
  await take(stage, 'residents', residentsCsv(cells));
  const { index } = stage.city.server.engine.ledger.vault;
  persons = cells.map((person) => ({ cells: person, subject: index.find('addressee-number', person['宛名番号']!)!.stream.slice('subject-'.length) }));
  await stage.city.restart(); // so that no cache knows them
});
afterAll(async () => stage.city.close());

async function recordsOf(id: string): Promise<readonly { readonly id: string; readonly type: string; readonly stream: string }[]> {
  const { store, registry } = stage.city.server.engine.ledger;
  return (await store.readAll({ after: 0, limit: 100_000 })).filter(({ stream }) => stream.startsWith('vaccination-')).map((event) => registry.decode(event)).filter(({ data }) => data.batch === id);
}

describe('a person whose stream cannot be read', () => {
  type Damage = (root: string, stream: string, key: number) => void;
  const CASES: readonly (readonly [what: string, code: string, damage: Damage])[] = [
    ['whose key is missing', 'key-missing', (root, _, key) => {
      const fd = openSync(join(root, 'keys', SLOTS_FILE), 'r+');
      writeSync(fd, Buffer.alloc(SLOT_BYTES), 0, SLOT_BYTES, HEADER_BYTES + SLOT_BYTES * key);
      closeSync(fd);
    }],
    ['whose values have been altered', 'tampered', (root, stream) =>
      alterMembers(root, stream, ({ sealed }) => {
        const bytes = Buffer.from(sealed.bytes, 'base64');
        bytes[20]! ^= 1;
        sealed.bytes = bytes.toString('base64');
      })],
    ['of whom an event is damaged', 'event-corrupt', (root, stream) => alterEvent(root, stream, (bytes) => bytes.subarray(0, bytes.length - 40))],
    ['of whom an event has a later schema', 'event-schema-unknown', (root, stream) => alterMembers(root, stream, (event) => void (event.schema = 9))],
  ];

  it.each(CASES.map((entry, i) => [...entry, i] as const))('%s stops the import with %s, as it stops the counter', async (_, code, damage, i) => {
    const [{ cells, subject }, good] = [persons[i]!, persons[4]!];
    const { ledger } = stage.city.server.engine;
    const [event] = await ledger.store.readStream(`subject-${subject}`);
    damage(stage.city.directory, `subject-${subject}`, ledger.registry.decode(event!).sealed!.key);
    const { alarms } = stage.city.server.engine;
    const raised = alarms.length;
    const bytes = slipsCsv([slipOf(good.cells, { 予診票番号: `${i}1` }), slipOf(cells)]);
    const id = await open(stage, 'vaccinations', bytes);
    const answer = await send(stage, id, bytes);
    expect([answer.status, answer.body.code]).toEqual([500, code]);
    expect(JSON.stringify(answer.body)).not.toMatch(/架空|subject-/);
    const counter = { ...MINATO, name: '架空', addresseeNumber: cells['宛名番号']!, change: 'move-within', changedOn: '2026-04-01' };
    const { status, body } = await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, counter);
    expect([status, body.code]).toEqual([500, code]);
    expect(alarms.slice(raised).map((alarm) => [alarm.code, alarm.detail])).toEqual(Array(2).fill([code, alarms[raised]!.detail]));
    expect([await progress(stage, id), await recordsOf(id)]).toMatchObject([{ status: 'open', rows: 0 }, []]);
  });

  it('in a later batch leaves what has been dealt with; the next attempt begins behind it, and another file is taken', async () => {
    const [{ cells }, good] = [persons[1]!, persons[4]!];
    const rows = [slipOf(good.cells, { 予診票番号: '91' }), ...Array.from({ length: 960 }, (_, i) => slipOf(personAt(900_000 + i))), slipOf(cells), slipOf(good.cells, { 予診票番号: '92' })];
    const bytes = slipsCsv(rows);
    const id = await open(stage, 'vaccinations', bytes);
    for (let again = 0; again < 2; again += 1) {
      expect((await send(stage, id, bytes)).body.code).toBe('tampered');
      expect(await progress(stage, id)).toMatchObject({ status: 'open', rows: 960, registered: 1, rejected: 959 });
    }
    expect(await recordsOf(id)).toHaveLength(1);
    expect(await take(stage, 'vaccinations', slipsCsv([slipOf(good.cells, { 予診票番号: '93' })]))).toMatchObject({ status: 'completed', registered: 1 });
  });
});
