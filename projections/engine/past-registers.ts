import type Database from 'better-sqlite3';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../src/walks/problem.js';
import type { FoldingThreads } from './folding-threads.js';
import { openForQuery, removeRegisterFile } from './register-file.js';
import type { RetiredConnections } from './retired.js';

/** Past registers kept for further questions about the same moment: all of one, and some of another. */
const KEPT = 12;
/** Past registers folded at once: each is a thread that reads the whole ledger. */
const FOLDING_AT_ONCE = 8;

interface Folded {
  readonly db: Database.Database;
  readonly file: string;
}

interface Past {
  readonly made: Promise<Folded>;
  /** once it is made */
  folded?: Folded;
}

/** Registers as of a position, folded by the same code into files of their own that are removed afterwards. */
export class PastRegisters {
  private readonly pasts = new Map<string, Past>();
  /** attempts under way, and when each has come to its end */
  private readonly folding = new Map<AbortController, Promise<unknown>>();
  private number = 0;
  private closed = false;

  constructor(
    private readonly directory: string,
    private readonly threads: FoldingThreads,
    private readonly retired: RetiredConnections,
  ) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const left of readdirSync(directory)) removeRegisterFile(join(directory, left));
  }

  /** @throws Problem 503 when too many are being folded */
  async asOf(name: string, position: number): Promise<Database.Database> {
    const key = `${name} ${position}`;
    let past = this.pasts.get(key);
    if (!past) {
      if (this.folding.size >= FOLDING_AT_ONCE) throw new Problem(503, 'registers-busy', '過去の時点の台帳を作る処理が混み合っています。少し待ってからもう一度実行してください', { retryAfter: 2 });
      const begun: Past = { made: this.fold(name, position) };
      begun.made.then((folded) => (begun.folded = folded), () => this.pasts.delete(key));
      this.pasts.set(key, (past = begun));
      if (this.pasts.size > KEPT) void this.drop(this.pasts.keys().next().value!);
    }
    return (await past.made).db;
  }

  /** Keys have been destroyed: what is folded is dropped, what is being folded begins anew, without what has been erased. The erasure waits for neither; whoever asked does. */
  async forget(): Promise<void> {
    const attempts = [...this.folding.values()];
    for (const attempt of this.folding.keys()) attempt.abort(new Error('folded anew after an erasure'));
    await Promise.all([...this.pasts].flatMap(([key, { folded }]) => (folded ? [this.drop(key)] : [])));
    await Promise.allSettled(attempts);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const attempt of this.folding.keys()) attempt.abort(new Error('the registers have been stopped'));
    await Promise.all([...this.pasts.keys()].map((key) => this.drop(key)));
  }

  private async fold(name: string, upTo: number): Promise<Folded> {
    for (;;) {
      this.number += 1;
      const file = join(this.directory, `${name}-${this.number}.db`);
      const interrupt = new AbortController();
      const attempt = this.threads.runToEnd({ kind: 'scratch', projection: name, file, upTo }, { signal: interrupt.signal }).catch((error: Error) => {
        removeRegisterFile(file);
        throw error;
      });
      this.folding.set(interrupt, attempt);
      try {
        await attempt;
        return { db: openForQuery(file), file };
      } catch (error) {
        if (!interrupt.signal.aborted || this.closed) throw error;
      } finally {
        this.folding.delete(interrupt);
      }
    }
  }

  private async drop(key: string): Promise<void> {
    const past = this.pasts.get(key);
    this.pasts.delete(key);
    const dropped = await past?.made.catch(() => undefined);
    if (!dropped) return;
    removeRegisterFile(dropped.file);
    this.retired.retire(dropped.db);
  }
}
