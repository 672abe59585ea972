import { rightsByRole } from '../../src/access/key-standing.js';
import { everybodyAtWork } from '../../src/access/rights/chain.js';
import { FUNCTIONS, type Right } from '../../src/access/roles.js';
import type { Figures } from '../../src/assessments/procedure/threshold-facts.js';
import type { OpenEngine } from '../../src/engine.js';
import { now } from '../../src/walks/engine.js';
import { Problem } from '../../src/walks/problem.js';
import { CATCH_UP_MS } from '../engine/desk.js';
import type { Registers } from '../engine/registers.js';
import { livingSubjects } from './subjects/query.js';

const PER_FILE = (Object.keys(FUNCTIONS) as Right[]).filter((right) => 'perFile' in FUNCTIONS[right]);

/**
 * 対象となる本人の数 (everybody whose record has not been erased) and 取扱者の数 (everybody in post with a right to some file; before the first
 * right of all has been given, whoever may by their role), as they are now.
 * @throws Problem 503 while the register is behind
 */
export async function figuresNow(engine: Pick<OpenEngine, 'ledger' | 'standing' | 'store' | 'clock' | 'founding'>, registers: Registers): Promise<Figures> {
  const position = await engine.store.head();
  if (!(await registers.waitFor(position, CATCH_UP_MS, 'subjects'))) throw new Problem(503, 'register-behind', '台帳への反映が遅れています。少し待ってからもう一度実行してください', { retryAfter: 1 });
  const people = await everybodyAtWork(engine, now(engine).today);
  const byRole = !engine.founding.hasBegun;
  return {
    subjects: { count: livingSubjects(registers.query('subjects')), query: 'living-subjects', position },
    handlers: { count: people.filter(({ rights, role }) => PER_FILE.some((right) => (byRole ? rightsByRole(role) : rights).has(right))).length, query: byRole ? 'handlers-by-role' : 'handlers-in-post', position },
  };
}
