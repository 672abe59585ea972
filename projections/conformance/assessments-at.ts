import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { declarationText, RULE_FORMS } from '../../src/assessments/bindings/bindings.js';
import { ASSESSMENT, AssessmentDrafted, AssessmentPublished, BindingsAmended } from '../../src/assessments/events.js';
import { AssessmentPutInForce } from '../../src/declarations/events.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import type { Declaration } from '../../src/handling/declaration.js';
import type { EventOf } from '../../src/ledger/event-type.js';
import { streamName } from '../../src/ledger/ids.js';
import type { ThreadSources } from '../../src/walks/engine.js';
import { operationsUpTo, type Operation } from '../registers/operations/query.js';
import type { ReportSources } from '../reports/definition.js';
import { OPERATIONS } from '../reports/definitions/audit/history.js';

type At = Pick<ReportSources, 'register' | 'upTo'>;

/** What an event at a position keeps sealed; undefined where it cannot be opened any more. */
export async function sealedAt({ register }: Pick<ReportSources, 'register'>, place: ThreadSources, position: number): Promise<{ readonly [member: string]: string | undefined } | undefined> {
  const [{ withSources }, { registry }, { openSealed }, { isErased }] = await Promise.all([import('../suspicion/reading.js'), import('../../src/event-registry.js'), import('../../src/ledger/ledger.js'), import('../../src/ledger/event-type.js')]);
  return withSources(place, register, async ({ reader, vault }) => {
    const found = await reader.eventAt(position);
    const opened = found && openSealed(registry.decode(found), vault);
    return opened === undefined || typeof opened === 'string' || isErased(opened) ? undefined : (opened as { readonly [member: string]: string });
  });
}

function operations({ register, upTo }: At): readonly Operation[] {
  return [...operationsUpTo(register(OPERATIONS), upTo)];
}

/** The published document of which a version of the written items is the machine-checkable part; undefined where they were put in force without one. */
export async function publishedFor(sources: At, place: ThreadSources, { assessment: { version } }: Declaration): Promise<Assessment | undefined> {
  const all = operations(sources);
  const inForce = all.findLast(({ type, data }) => type === AssessmentPutInForce.type && data.version === version);
  const stream = inForce && streamName(ASSESSMENT, (inForce.data as EventOf<typeof AssessmentPutInForce>['data']).assessment);
  const published = all.findLast((one) => one.stream === stream && one.type === AssessmentPublished.type);
  const document = published && (await sealedAt(sources, place, published.position))?.document;
  return document === undefined ? undefined : (JSON.parse(document) as Assessment);
}

/** What a draft would be put in force as: its bindings as they were written last. */
export async function draftedDeclaration(sources: At, place: ThreadSources, draft: string, version: number): Promise<Declaration | undefined> {
  const own = operations(sources).filter(({ stream }) => stream === streamName(ASSESSMENT, draft));
  const drafted = own.find(({ type }) => type === AssessmentDrafted.type);
  const bound = own.findLast(({ type }) => type === BindingsAmended.type) ?? drafted;
  const bindings = bound && (await sealedAt(sources, place, bound.position))?.bindings;
  const { form: of, number } = (drafted?.data ?? {}) as Partial<EventOf<typeof AssessmentDrafted>['data']>;
  const form = RULE_FORMS.find((one) => one === of);
  if (bindings === undefined || form === undefined || number === undefined) return undefined;
  const day = drafted!.recordedAt.slice(0, 10);
  const reading = readDeclaration(declarationText(bindings, { number, form, title: '案', version, publishedOn: day, effectiveFrom: day }));
  return reading.ok ? reading.declaration : undefined;
}
