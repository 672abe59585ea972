// A process of its own that erases every unit of a ledger: run by node as it stands, so types only are imported from the sources.
//   node eraser-child.ts <compiled sources> <root> opening|erasing write|sync|append|never <number>
// It kills itself (SIGKILL) at the given write to the file of keys, sync of it, or append, counted from the opening
// or from the erasure on; with `never` it only says on stdout where it is, and is killed from outside.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type * as Agencies from '../../src/ledger/agency.ts';
import type * as Erasures from '../../src/ledger/erasure.ts';
import type * as EventTypes from '../../src/ledger/event-type.ts';
import type * as Fields from '../../src/ledger/fields.ts';
import type * as Openings from '../../src/ledger/opening.ts';
import type * as Registries from '../../src/ledger/registry.ts';
import type * as Stores from '../../src/store/embedded/store.ts';

const [, , compiled, root, from, kind, number] = process.argv as [string, string, string, string, string, string, string];
let counting = from === 'opening';
let seen = 0;

const { writeSync, fdatasync } = fs;
fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
  const written = writeSync(...args);
  reached('write');
  return written;
}) as typeof writeSync;
fs.fdatasync = ((fd: number, done: (error: NodeJS.ErrnoException | null) => void) => {
  reached('sync');
  fdatasync(fd, done);
}) as typeof fdatasync;
syncBuiltinESMExports();

const load = async <T>(name: string): Promise<T> => (await import(join(compiled, name))) as T;
const { StoreFounded } = await load<typeof Agencies>('ledger/agency.js');
const { ErasureOrdered, ErasureVerified, eraseUnits } = await load<typeof Erasures>('ledger/erasure.js');
const { eventType } = await load<typeof EventTypes>('ledger/event-type.js');
const { code, count, text } = await load<typeof Fields>('ledger/fields.js');
const { openLedger, engineActor } = await load<typeof Openings>('ledger/opening.js');
const { Registry } = await load<typeof Registries>('ledger/registry.js');
const { openEmbeddedStore } = await load<typeof Stores>('store/embedded/store.js');

const Noted = eventType({ type: 'Noted', handling: false, data: { n: count }, sealed: { note: text() } });
const registry = new Registry([StoreFounded, ErasureOrdered, ErasureVerified, Noted], { kind: code });
const store = openEmbeddedStore(join(root, 'data'));
const { append, appendMany } = store;
store.append = async (...args) => {
  const appended = await append(...args);
  reached('append');
  return appended;
};
store.appendMany = async (writes) => {
  const results = await appendMany(writes);
  reached('append');
  return results;
};
const ledger = await openLedger({ store, vault: { directory: join(root, 'keys') }, registry, agency: { municipality: '990019', organ: 'mayor' } });
const streams = (await store.readAll({ after: 0, limit: 100_000 })).filter(({ revision, stream }) => revision === 0 && stream.startsWith('note-')).map(({ stream }) => stream);
const units = (await Promise.all(streams.map((stream) => ledger.load(stream)))).filter(({ erased }) => !erased);
counting = true;
say('erasing');
const id = crypto.randomUUID();
const context = { order: id, actor: engineActor(), correlationId: id, causationId: null, completeOn: '2027-01-31', emptyCaches: async () => say('destroyed') };
const writes = units.map(({ stream, revision, key }) => ({ stream, revision, key: key!, handling: { kind: 'erasure' } }));
for (let i = 0; i < writes.length; i += 150) {
  await eraseUnits(ledger, writes.slice(i, i + 150), context);
  await ledger.noteHead();
  say('erased');
}
say('done');

function reached(step: string): void {
  if (!counting || step !== kind) return;
  seen += 1;
  if (seen === Number(number)) process.kill(process.pid, 'SIGKILL');
}

function say(word: string): void {
  writeSync(1, `${word}\n`);
}
