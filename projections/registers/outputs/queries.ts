import { isPlainDate, todayInJapan } from '../../../src/codes/plain-date.js';
import { OUTPUT_CATEGORIES } from '../../../src/outputs/events.js';
import { decodeEvent } from '../../../src/store/event.js';
import { now, type Engine } from '../../../src/walks/engine.js';
import { Choice } from '../../../src/walks/fields.js';
import { look, type ReadCall } from '../../../src/walks/read-walk.js';
import { requireRight } from '../../../src/walks/refuse.js';
import { OFFICES } from '../../../src/walks/terminals.js';
import { registerAt, type Desk, type Moment } from '../../engine/desk.js';
import { pageRows, type PageRequest } from '../../engine/page.js';
import type { Answer } from '../subjects/queries.js';
import { OUTPUTS, outputFiles, outputPage, outputView, type OutputView } from './query.js';

/** Which outputs: of one kind, or what somebody still has to see to. */
export class OutputTerms {
  @Choice({ label: '区分', of: OUTPUT_CATEGORIES, required: false })
  category?: (typeof OUTPUT_CATEGORIES)[number];

  @Choice({ label: '未了だけのとき true', of: ['true', 'false'], required: false })
  open?: 'true' | 'false';
}

export class ListOutputs {
  constructor(
    readonly asked: ReadCall & { readonly moment: Moment },
    readonly terms: OutputTerms,
    readonly page: PageRequest,
  ) {}
}

/** 印刷・出力・持出しの台帳 of the files that somebody has the right for, as it is or as it was. For whom and where to is opened, so it is recorded who looked. */
export async function listOutputs(desk: Desk, { asked, terms, page }: ListOutputs): Promise<Answer<OutputView>> {
  const { engine } = desk;
  const { principal, moment } = asked;
  await requireRight(engine, principal, asked.correlationId, 'output:see', OFFICES);
  const view = await registerAt(desk, OUTPUTS, moment);
  const files = outputFiles(view.db).filter((file) => principal.rights.has('output:see', file));
  const { category, open } = terms;
  const today = await dayAt(engine, moment);
  const read = outputPage(view.db, { ...(category && { category }), files, today, open: open === 'true' }, page.after, page.limit + 1);
  const { rows, next } = pageRows(page, read);
  const what = { query: OUTPUTS, rights: [], terminals: OFFICES, extent: 'listed', file: 'output-register', items: [], ownRecords: true, staffOnly: true, ...(principal.purpose && { purpose: principal.purpose }) } as const;
  const seen = await look(engine, asked, what, () => ({ rows, subjects: [] }), (row) => outputView(engine, today, row));
  return { ...seen, ...(next && { next }), registerPosition: view.position };
}

/** The day in Japan that a register is looked at: what has lapsed depends on it. */
async function dayAt(engine: Engine, { asOf, asOfPosition }: Moment): Promise<string> {
  if (asOf !== undefined) return isPlainDate(asOf) ? asOf : todayInJapan(new Date(asOf));
  const recorded = asOfPosition === undefined ? undefined : await engine.ledger.store.eventAt(asOfPosition);
  return recorded ? todayInJapan(new Date(decodeEvent(recorded).recordedAt)) : now(engine).today;
}
