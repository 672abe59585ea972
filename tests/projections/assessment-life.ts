import { AmendmentSetAside, ASSESSMENT, AssessmentDecided, AssessmentDrafted, AssessmentPublished, AssessmentReviewed, AssessmentSubmitted, CommentAdded, DecisionWithdrawn, DraftAbandoned, ItemAmended, ItemsWithheld, OpinionsInvited, OpinionsReflected, ThresholdJudged, YearlyLookTaken } from '../../src/assessments/events.js';
import { AssessmentPutInForce, DECLARATION } from '../../src/declarations/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { STAFF, type Teller } from './town.js';

const DIGEST = 'a'.repeat(64);
const DAY = '2026-11-20';

/** What may come to a version after its beginning, in whatever order. */
const STEPS: readonly NewDomainEvent[] = [
  event(ItemAmended, { item: 'cover.title', entries: [], revision: 1 }, { value: '"架空の評価書"' }), event(AmendmentSetAside, { item: 'cover.title', entries: [], revision: 1, aside: 1 }, { value: '"別の文"' }), event(CommentAdded, { comment: 1, item: 'cover.title', entries: [] }, { text: '架空の指摘' }),
  event(ThresholdJudged, { on: DAY, subjects: 24000, subjectsOn: DAY, handlers: 24, handlersOn: DAY, incident: false, incidentOn: DAY, result: 'basicRequired', table: 'guideline', figures: [{ figure: 'subjects', query: 'living-subjects', position: 9 }] }, {}),
  event(OpinionsInvited, { from: '2026-10-01', to: '2026-10-30' }, { method: '窓口' }), event(OpinionsReflected, { on: DAY, opinions: 0 }, {}), event(AssessmentReviewed, { on: DAY }, { reviewer: '架空の審議会' }), event(AssessmentDecided, { on: DAY, content: DIGEST }, {}),
  event(DecisionWithdrawn, {}, { reason: '誤字' }), event(AssessmentSubmitted, { on: DAY, simulated: true }, {}), event(AssessmentPublished, { on: DAY, document: DIGEST, content: DIGEST, rows: 2 }, { document: '{}' }), event(ItemsWithheld, { revision: 1, cells: [{ item: 'risk.storage', entries: [], ground: 'security' }] }, { reason: '侵入の手掛かりになる' }), event(YearlyLookTaken, { on: DAY, amend: false }, {}), event(DraftAbandoned, {}, { reason: '不要' }),
];

/** Something that happens to a version of an assessment: it begins, goes on, or comes into force. Answers with those that have begun. */
export async function assess(town: Teller, begun: readonly string[], pick: <T>(of: readonly T[]) => T): Promise<readonly string[]> {
  const known = begun.length > 0 && pick([true, true, true, false]) ? pick(begun) : undefined;
  const actor = { actor: { staff: pick(STAFF) } };
  if (known === undefined) {
    const id = newId();
    const kind = pick(['initial', 'amendment', 'ending'] as const);
    await town.tell(streamName(ASSESSMENT, id), event(AssessmentDrafted, { affair: 'vaccination', form: '4', edition: 'form4-2025-05', kind, number: 12, ...(begun.length > 0 && { basedOn: begun.at(-1)! }), document: DIGEST, entries: [] }, { document: '{}' }), null, actor);
    return [id];
  }
  if (pick([true, false, false, false])) {
    const inForce = event(AssessmentPutInForce, { version: 3, effectiveFrom: DAY, from: '2026-11-20T00:00:00.000Z', assessment: known, published: DIGEST, document: DIGEST }, { document: '{}' });
    await town.tell(streamName(DECLARATION, newId()), inForce, null, actor);
    return [];
  }
  await town.tell(streamName(ASSESSMENT, known), pick(STEPS), null, actor);
  return [];
}
