import type Database from 'better-sqlite3';
import { isPlainDate, todayInJapan } from '../../src/codes/plain-date.js';
import { INSTANT } from '../../src/walks/fields.js';
import type { Engine } from '../../src/walks/engine.js';
import { Problem, unacceptable } from '../../src/walks/problem.js';
import { recordedBy } from '../handling-log/query.js';
import type { Registers } from './registers.js';

/** What a query works with: the engine for guard and recording, the registers for finding. */
export interface Desk {
  readonly engine: Engine;
  readonly registers: Registers;
}

/** Which state of a register is asked for: as it is, or as it was recorded at a date, an instant or a position. */
export interface Moment {
  readonly asOf?: string;
  readonly asOfPosition?: number;
  /** do not answer from a register that is behind this position */
  readonly after?: number;
}

export interface RegisterView {
  readonly db: Database.Database;
  /** the register is folded up to here */
  readonly position: number;
}

/** How long a read waits for a register that is behind what its caller has seen. */
export const CATCH_UP_MS = 2000;

/** The register at a moment; the same queries run on each. @throws Problem */
export async function registerAt({ engine, registers }: Desk, name: string, { asOf, asOfPosition, after }: Moment, mayLookBack = true): Promise<RegisterView> {
  // For whoever may not look back nothing is folded: the look is refused over the register as it is.
  if (mayLookBack && (asOf !== undefined || asOfPosition !== undefined)) {
    const head = await engine.ledger.store.head();
    const position = asOfPosition ?? (await positionAt({ engine, registers }, endOf(asOf!, engine.clock())));
    if (position > head) throw unacceptable('position-ahead', '指定された位置まで記録が進んでいません');
    return { db: await registers.asOf(name, position), position };
  }
  if (after !== undefined && !(await registers.waitFor(after, CATCH_UP_MS, name))) {
    throw new Problem(503, 'register-behind', '台帳への反映が遅れています。少し待ってからもう一度実行してください', { retryAfter: 1 });
  }
  return { db: registers.query(name), position: registers.checkpoint(name) };
}

/** The handling log knows nearly all moments; behind the last that it knows, the ledger is asked. */
async function positionAt({ engine, registers }: Desk, instant: string): Promise<number> {
  return engine.ledger.store.positionAt(instant, recordedBy(registers.query('handling-log'), instant));
}

/** The instant that a moment stands for: what waits for its day is told apart by it. Of a position, the instant at which that was recorded. */
export async function instantOf({ clock, ledger }: Pick<Engine, 'clock' | 'ledger'>, { asOf, asOfPosition }: Moment, position: number): Promise<string> {
  if (asOf !== undefined && asOfPosition === undefined) return endOf(asOf, clock());
  const [recorded] = asOfPosition === undefined ? [] : await ledger.store.readAll({ after: position - 1, limit: 1 });
  return recorded ? ledger.registry.decode(recorded).recordedAt : new Date(clock()).toISOString();
}

/** A plain date means the end of that day in Japan; of today, as far as it has come. */
function endOf(asOf: string, now: number): string {
  const isDate = isPlainDate(asOf);
  const ms = Date.parse(isDate ? `${asOf}T23:59:59.999+09:00` : asOf);
  if (Number.isNaN(ms) || (!isDate && !INSTANT.test(asOf))) throw unacceptable('invalid-moment', '時点は日付（YYYY-MM-DD）か時差付きの日時で指定してください');
  if (isDate ? asOf > todayInJapan(new Date(now)) : ms > now) throw unacceptable('moment-ahead', '指定された時点はまだ来ていません');
  return new Date(ms).toISOString();
}
