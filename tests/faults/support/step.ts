// Loaded before the engine (NODE_OPTIONS=--import): once it is armed by SIGUSR2, the process kills itself at a step that no clock
// would hit. AKASHI_FAULTS_STEP: key:n – the nth key overwritten · sync:n – the nth sync of the keys asked for · commit:n – the nth
// commit of events durable and nobody told · nocommit:n – the nth about to be made.
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type Sqlite from 'better-sqlite3';

const [step, number] = (process.env.AKASHI_FAULTS_STEP ?? ':').split(':');
if (isMainThread && step !== '') {
  let armed = false;
  let seen = 0;
  process.on('SIGUSR2', () => (armed = true));
  const reached = (which: string): void => {
    if (!armed || which !== step) return;
    seen += 1;
    if (seen === Number(number)) process.kill(process.pid, 'SIGKILL');
  };

  const { writeSync, fdatasync } = fs;
  fs.writeSync = ((...args: unknown[]) => {
    const written = (writeSync as (...all: unknown[]) => number)(...args);
    if (args[3] === 64) reached('key'); // a slot
    return written;
  }) as typeof writeSync;
  fs.fdatasync = ((fd: number, done: fs.NoParamCallback) => {
    reached('sync');
    fdatasync(fd, done);
  }) as typeof fdatasync;
  syncBuiltinESMExports();

  const Database = createRequire(process.argv[1]!)('better-sqlite3') as typeof Sqlite;
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function prepared(this: Sqlite.Database, sql: string) {
    const statement = prepare.call(this, sql);
    if (sql !== 'COMMIT' || !this.name.endsWith('events.db')) return statement;
    const run = statement.run.bind(statement) as () => unknown;
    const watched = (): unknown => {
      reached('nocommit');
      const result = run();
      reached('commit');
      return result;
    };
    return Object.assign(statement, { run: watched });
  } as typeof prepare;
}
