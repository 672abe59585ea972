import { ELSEWHERE } from '../../../src/access/findings/finding.js';
import { FINDING, FindingClosed, FindingExamined, FindingOpened, type Particulars } from '../../../src/access/findings/events.js';
import { evolveFinding, notFound as unopened, type FindingStep } from '../../../src/access/findings/state.js';
import { isErased, type EventOf } from '../../../src/ledger/event-type.js';
import { streamName } from '../../../src/ledger/ids.js';
import { openSealed } from '../../../src/ledger/ledger.js';
import type { Decoded } from '../../../src/ledger/registry.js';
import type { Engine } from '../../../src/walks/engine.js';
import { notFound } from '../../../src/walks/problem.js';
import { look, type Found, type ReadCall, type Seen } from '../../../src/walks/read-walk.js';
import { refusal } from '../../../src/walks/refuse.js';
import { OFFICES } from '../../../src/walks/terminals.js';
import { explain, ruleOf } from '../../suspicion/rules.js';
import type { Desk } from '../../engine/desk.js';
import type { FindingHead } from './query.js';

export class ReadFinding {
  constructor(
    readonly call: ReadCall,
    readonly finding: string,
  ) {}
}

export interface FindingView extends FindingHead {
  readonly openedAt: string;
  readonly step: FindingStep;
  /** null where it has been erased or cannot be read */
  readonly particulars: (Particulars & { readonly title: string; readonly explanation: string }) | null;
  readonly steps: readonly { readonly at: string; readonly person: string; readonly result: string; readonly remarks: string | null }[];
}

/** One finding with what is sealed in it: which rule it was, on what it rests, what was written down about it. Recorded, and nothing for whom it is about, nor for who examines for another section. */
export async function readFinding({ engine }: Desk, { call, finding }: ReadFinding): Promise<Seen<FindingView>> {
  const recorded = await engine.ledger.recorded(streamName(FINDING, finding));
  const opened = recorded.find(({ type }) => type === FindingOpened.type);
  const { actor, rights } = call.principal;
  // Whoever examines for one section opens for that one; who looks through all logs examines none.
  const isForeign = opened !== undefined && opened.data.department !== actor.department && rights.has('finding:examine') && !rights.has(ELSEWHERE);
  if (opened?.data.staff === actor.staff || isForeign) {
    const attempt = { kind: 'use', file: 'findings', system: engine.system, subjects: [], items: [], department: actor.department, at: new Date(engine.clock()).toISOString() } as const;
    throw await refusal(engine, call.principal, call.correlationId, engine.guard.refuse(attempt, isForeign ? 'right' : 'self'), {});
  }
  const what = { query: 'finding', rights: ['log:read'], terminals: OFFICES, extent: 'opened', file: 'findings', items: [], ownRecords: true, staffOnly: true } as const;
  const find = (): Found<readonly Decoded[]> => ({ rows: opened ? [recorded] : [], subjects: [] });
  const seen = await look(engine, call, what, find, (events) => viewOf(engine, finding, events));
  if (seen.views.length === 0) throw notFound('所見');
  return seen;
}

function viewOf(engine: Engine, finding: string, events: readonly Decoded[]): FindingView {
  const { data, sealed, recordedAt: openedAt } = openedBy<typeof FindingOpened>(engine, events.find(({ type }) => type === FindingOpened.type)!);
  const { rule, day, staff, department, due } = data;
  const particulars = data.particulars ?? sealed?.particulars;
  const taken = events.filter(({ type }) => type === FindingExamined.type || type === FindingClosed.type).map((event) => openedBy<typeof FindingExamined | typeof FindingClosed>(engine, event));
  const steps = taken.map(({ data: said, sealed: more, recordedAt: at, actor: { staff: person } }) => ({ at, person, result: 'result' in said ? said.result : said.outcome, remarks: more?.remarks ?? null }));
  const { step } = events.map(({ type, data: open, actor, id, occurredAt }) => ({ type, data: open, sealed: {}, actor: actor.staff, id, occurredAt })).reduce(evolveFinding, unopened);
  return { finding, rule, day, staff, department, due, openedAt, step, steps, particulars: particulars ? { ...particulars, title: ruleOf(particulars.rule).title, explanation: explain(ruleOf(particulars.rule)) } : null };
}

/** An event with its sealed part, where that opens; one that should open and does not raises the alarm. */
function openedBy<T>(engine: Engine, event: Decoded): Omit<Decoded, 'data' | 'sealed'> & { readonly data: EventOf<T>['data']; readonly sealed: Exclude<EventOf<T>['sealed'], { verdict: 'erased' }> | null } {
  const opened = openSealed(event, engine.ledger.vault);
  if (typeof opened === 'string') engine.alarm(opened, { position: event.position });
  return { ...event, data: event.data, sealed: typeof opened === 'string' || isErased(opened) ? null : (opened as never) };
}
