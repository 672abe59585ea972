import type { Screen } from '../../../src/handling/declaration.js';
import { now } from '../../../src/walks/engine.js';
import { Problem } from '../../../src/walks/problem.js';
import { look } from '../../../src/walks/read-walk.js';
import { lackOf } from '../../../src/walks/refuse.js';
import { NUMBER_ITEM, mayFrom, mayReach } from '../../../src/walks/terminals.js';
import type { Desk, RegisterView } from '../../engine/desk.js';
import { rightsFor, type Asked } from '../../engine/queries.js';
import { numberRows, openNumber } from './query.js';

/** What stands in the place of a 個人番号 that is not shown. */
export const MASKED = '************';

/**
 * The 個人番号 on a screen that the assessment says shows it; nothing on any other, or where none is held. It is masked for whoever may not
 * see it, at this terminal or without the reason that is asked for. Shown, it is a handling of its own: 番号表示, recorded before it is opened.
 */
export async function numberOnScreen({ engine }: Desk, asked: Asked, screen: Screen, { db }: RegisterView, subject: string): Promise<string | undefined> {
  const { principal, file, purpose, about } = asked;
  const written = engine.guard.inForce(now(engine).now)?.files.find(({ code }) => code === file)?.numberScreens ?? [];
  if (!written.includes(screen) || principal.channel !== 'staff') return undefined;
  const row = numberRows(db, subject).find((held) => held.file === file && held.status === 'current');
  if (row === undefined) return undefined;
  const rights = rightsFor(asked, 'number:show');
  if (lackOf(principal, rights, file, [NUMBER_ITEM]) !== undefined || !mayFrom(engine, principal) || !mayReach(principal, [NUMBER_ITEM])) return MASKED;
  try {
    const what = { query: 'number', rights, extent: 'numberShown', file, items: [NUMBER_ITEM], about, ...(purpose && { purpose }) } as const;
    const { views } = await look(engine, asked, what, () => ({ rows: [row], subjects: [subject] }), (held) => openNumber(engine, held));
    return views[0]!.number ?? MASKED;
  } catch (error) {
    if (error instanceof Problem && (error.code === 'case-required' || error.code === 'handling-refused')) return MASKED;
    throw error;
  }
}
