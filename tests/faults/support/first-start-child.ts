// A first start in a process of its own, that kills itself before the nth thing it does to the disk; a write is cut in half first. Run
// by node as it stands, so types only are imported from the sources. Says what each step was.
//   node first-start-child.ts <compiled sources> <directory> <n>
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import type * as Opening from '../../../src/ledger/opening.ts';
import type * as Agencies from '../../../src/ledger/agency.ts';
import type * as Registries from '../../../src/ledger/registry.ts';
import type * as Stores from '../../../src/store/embedded/store.ts';

const [, , root, directory, last] = process.argv as [string, string, string, string, string];
let begun = false; // what is done to load the program is nothing of the start
let steps = 0;

function step(what: string, half: () => void = () => undefined): void {
  if (!begun) return;
  steps += 1;
  if (steps === Number(last)) {
    half();
    process.kill(process.pid, 'SIGKILL');
  }
  fs.writeSync(1, `${what}\n`);
}

type Call = (...args: unknown[]) => unknown;
const calls = fs as unknown as { [name: string]: Call };
for (const name of ['openSync', 'chmodSync', 'fsyncSync', 'fdatasyncSync', 'fdatasync', 'linkSync', 'renameSync', 'rmSync', 'mkdirSync']) {
  const call = calls[name]!;
  calls[name] = (...args) => {
    step(name);
    return call(...args);
  };
}
const { writeSync } = fs;
const write = writeSync as Call;
calls.writeSync = (...args) => {
  const [fd, data] = args as [number, string | Buffer];
  if (fd > 2) step('writeSync', () => void (typeof data === 'string' ? writeSync(fd, data.slice(0, data.length / 2)) : write(fd, data, args[2], Math.floor((args[3] as number) / 2), args[4])));
  return write(...args);
};
syncBuiltinESMExports();

const Database = createRequire(join(root, 'package.json'))('better-sqlite3') as typeof Sqlite;
for (const name of ['exec', 'pragma', 'close'] as const) {
  const call = Database.prototype[name] as Call;
  Object.assign(Database.prototype, {
    [name](this: Sqlite.Database, ...args: unknown[]) {
      step(`SQLite ${name}`);
      return call.apply(this, args);
    },
  });
}
const { prepare } = Database.prototype;
Database.prototype.prepare = function prepared(this: Sqlite.Database, sql: string): Sqlite.Statement {
  const statement = prepare.call(this, sql);
  if (sql !== 'COMMIT') return statement;
  const run = statement.run.bind(statement) as () => Sqlite.RunResult;
  return Object.assign(statement, {
    run: () => {
      step('SQLite COMMIT');
      return run();
    },
  });
} as typeof prepare;

const { openLedger } = (await import(join(root, 'ledger/opening.js'))) as typeof Opening;
const { StoreFounded } = (await import(join(root, 'ledger/agency.js'))) as typeof Agencies;
const { Registry } = (await import(join(root, 'ledger/registry.js'))) as typeof Registries;
const { openEmbeddedStore } = (await import(join(root, 'store/embedded/store.js'))) as typeof Stores;

begun = true;
const store = openEmbeddedStore(join(directory, 'data'));
const ledger = await openLedger({ store, vault: { directory: join(directory, 'keys') }, registry: new Registry([StoreFounded], {}), agency: { municipality: '990019', organ: 'mayor' } });
await ledger.vault.closeVault();
await store.close();
