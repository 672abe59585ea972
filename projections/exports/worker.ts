import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Encrypter } from 'age-encryption';
import { registry } from '../../src/event-registry.js';
import { openVaultReader } from '../../src/vault/opening.js';
import { openForQuery } from '../engine/register-file.js';
import { openOutlet } from '../reports/outlet.js';
import { writeReport } from '../reports/render/index.js';
import type { ReportRow } from '../reports/report.js';
import { rowsOf, type ExportSources, type FoundRow } from './rows.js';
import type { ExportStart } from './start.js';

/**
 * Finds the rows of one export, says whose they are, and once that has been recorded opens, writes and encrypts them: what comes out of
 * this thread is an age file and nothing else. It keeps no keys: what has been erased meanwhile does not open.
 */
const { format, head, files, maxRows, vault: place, newlyProtected, passphrase, ...asked } = workerData as ExportStart;
const port = parentPort!;
/** put under 支援措置 since the rows were found, and those of them who have been left out for it */
const since = new Set<string>();
const leftOut = new Set<string>();
const outlet = openOutlet(port, () => ({ rows, position: head.stamp.position }), (subject) => since.add(subject));
let rows = 0;

const vault = await openVaultReader(place, 0);
const sources: ExportSources = {
  ledger: { registry, vault }, newlyProtected: new Map(newlyProtected), alarm: (code, { key }) => outlet.send({ kind: 'alarm', code, key: key as number }),
  subjects: openForQuery(files.subjects!), vaccinations: openForQuery(files.vaccinations!),
};

/**
 * The passphrase is random, of more bits than the key it becomes: making it costly to try (scrypt, logN 18) would cost a quarter of a
 * gigabyte and a second here and nothing there.
 */
const SCRYPT_LOG_N = 14;
const BLOCK = 500;

async function* blocks(found: readonly FoundRow[]): AsyncGenerator<readonly ReportRow[]> {
  for (let i = 0; i < found.length; i += BLOCK) {
    await setImmediate(); // lets in who has been put under 支援措置 meanwhile
    const block = found.slice(i, i + BLOCK);
    for (const { subject } of block) if (since.has(subject)) leftOut.add(subject);
    const opened = block.filter(({ subject }) => !since.has(subject)).map(({ open }) => open()).filter((row) => row !== undefined);
    rows += opened.length;
    yield opened;
  }
}

async function writeEncrypted(found: readonly FoundRow[]): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const plain = writable.getWriter();
  const writing = writeReport({ head, blocks: blocks(found) }, format, (bytes) => plain.write(new Uint8Array(bytes))).then(() => plain.close());
  const sending = (async () => {
    for await (const bytes of await encrypter.encrypt(readable)) await outlet.write(bytes);
  })();
  await Promise.all([writing, sending]);
  await outlet.flush();
}

const found: FoundRow[] = [];
const withheld = new Set<string>();
for (const row of rowsOf(sources, asked)) {
  if ('withheld' in row) withheld.add(row.withheld);
  else found.push(row);
  if (found.length > maxRows) break;
}
if (found.length > maxRows) {
  outlet.send({ kind: 'too-many-rows', limit: maxRows });
} else {
  outlet.send({ kind: 'ready', found: { rows: found.length, subjects: [...new Set(found.map(({ subject }) => subject))], withheld: withheld.size } });
  await outlet.told;
  await writeEncrypted(found);
  outlet.send({ kind: 'end', rows, withheld: leftOut.size });
}
for (const db of [sources.subjects, sources.vaccinations]) db.close();
vault.close();
port.close();
