import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runImport } from '../../src/imports/run.js';
import { newId } from '../../src/ledger/ids.js';
import type { EventReader } from '../../src/store/port.js';
import { HEADER_BYTES, SLOT_BYTES, SLOTS_FILE } from '../../src/vault/slot-file.js';
import { alterMembers } from '../faults/support/base.js';
import { MINATO } from '../support/city.js';
import { untilAnswer } from '../support/until.js';
import { expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { open, progress, rejectsOf, send, take } from './desk.js';
import { inventedPerson, personAt, residentsCsv, slipOf, slipsCsv } from './files.js';
import { halvesOf } from './preparer.js';

/** What happens to persons, keys and threads while an import reads them. */
let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ store: 'embedded' }); // events are altered in its file
});
afterEach(async () => stage.city.close());

const slipFor = (addresseeNumber: string, over: object = {}) => ({ 宛名番号: addresseeNumber, 生年月日: '20250402', 接種コード: 'MR1', 接種回数: '1', 接種日: '20261102', 実施区分: '定期', ...over });

async function residentInFile(): Promise<{ cells: ReturnType<typeof inventedPerson>; stream: string }> {
  const cells = inventedPerson();
  await take(stage, 'residents', residentsCsv([cells]));
  return { cells, stream: stage.city.server.engine.ledger.vault.index.find('addressee-number', cells['宛名番号']!)!.stream };
}

it('a person who cannot be read is the reason given, however long the answering thread takes to read them', async () => {
  const { cells, stream } = await residentInFile();
  await stage.city.restart();
  alterMembers(stage.city.directory, stream, ({ sealed }) => {
    const bytes = Buffer.from(sealed.bytes, 'base64');
    bytes[20]! ^= 1;
    sealed.bytes = bytes.toString('base64');
  });
  const { store } = stage.city.server.engine;
  const readStream = store.readStream.bind(store);
  store.readStream = async (...args) => {
    if (args[0] === stream) for (let turn = 0; turn < 100; turn += 1) await new Promise((go) => setTimeout(go, 1));
    return readStream(...args);
  };
  const bytes = slipsCsv([slipOf(cells)]);
  const answer = await send(stage, await open(stage, 'vaccinations', bytes), bytes);
  store.readStream = readStream;
  expect([answer.status, answer.body.code]).toEqual([500, 'tampered']);
  expect(stage.city.server.engine.alarms.map(({ code }) => code)).toEqual(['tampered']);
}, 20_000);

it('a key that is gone from the file raises its alarm although the answering thread still has it', async () => {
  const { cells, stream } = await residentInFile();
  const { key } = await stage.city.server.engine.ledger.summary(stream);
  const fd = openSync(join(stage.city.directory, 'keys', SLOTS_FILE), 'r+');
  writeSync(fd, Buffer.alloc(SLOT_BYTES), 0, SLOT_BYTES, HEADER_BYTES + SLOT_BYTES * key!);
  closeSync(fd);
  const bytes = slipsCsv([slipOf(cells)]);
  const answer = await send(stage, await open(stage, 'vaccinations', bytes), bytes);
  expect([answer.status, answer.body.code]).toEqual([500, 'key-missing']);
  expect(stage.city.server.engine.alarms.map(({ code }) => code)).toEqual(['key-missing']);
}, 20_000);

it('a parsing thread loads nothing of the HTTP side', () => {
  const preparing = fileURLToPath(new URL('../../dist/src/imports/preparing.js', import.meta.url));
  const program = `await import(${JSON.stringify(preparing)}); const { createRequire } = await import('node:module'); const cache = createRequire(${JSON.stringify(preparing)}).cache; console.log(JSON.stringify([...new Set(Object.keys(cache).map((file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]))]));`;
  const loaded = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })) as string[];
  expect(loaded.filter((name) => /^(@nestjs\/|class-|swagger|fastify)/.test(name))).toEqual([]);
}, 20_000);

it('a person who is erased while they are being read is erased, and stops no import', async () => {
  const addresseeNumber = freshNumber();
  const subject = await stage.person({ addresseeNumber });
  const overtaken = ({ reader }: { reader: EventReader }): { reader: EventReader } => ({
    reader: {
      ...({} as EventReader),
      readStream: async (...args) => {
        const before = await reader.readStream(...args);
        await stage.erase('subject', subject, subject);
        return before;
      },
    },
  });
  const halves = await halvesOf(stage.city.server.engine, { tools: overtaken });
  expect((await halves.prepare(slipFor(addresseeNumber))).rejects).toMatchObject([{ row: 1, reason: 'erased' }]);
}, 20_000);

it('a person whose birth date has been put right while the file is on its way is held against the right one', async () => {
  const addresseeNumber = freshNumber();
  const subject = await stage.person({ addresseeNumber, birthDate: '2025-04-01' }); // wrong
  const nobody = (count: number, from: number) => Array.from({ length: count }, (_, i) => slipOf(personAt(900_000 + from + i)));
  const [first, rest] = [[slipFor(addresseeNumber, { 生年月日: '20250401' }), ...nobody(960, 0)], [slipFor(addresseeNumber)]];
  const bytes = slipsCsv([...first, ...rest]);
  const [id, batch, end] = [await open(stage, 'vaccinations', bytes), slipsCsv(first.slice(0, 960)).length, slipsCsv(first).length];
  const staff = newId();
  await runImport(stage.city.server.engine, id, { staff, kind: 'staff', department: 'health-promotion', role: 'clerk', session: staff, terminal: null }, (async function* () {
    yield bytes.subarray(0, batch);
    yield bytes.subarray(batch, end);
    await untilAnswer(() => progress(stage, id), ({ rows }) => rows === 960, 'the import is under way');
    expectStatus(await stage.post(`/subjects/${subject}/resident-changes`, stage.clerk, { ...MINATO, addresseeNumber, change: 'ex-officio-correction', changedOn: '2026-04-01' }), 200);
    yield bytes.subarray(end);
  })());
  expect((await rejectsOf(stage, id)).filter(({ line }) => line > 962)).toEqual([]);
}, 20_000);
