import type { Assessment, ChangeRow } from '../../src/assessments/answers/assessment.js';
import { ASSESSMENT, AssessmentDrafted, AssessmentPublished, DraftAbandoned, SignificanceJudged, ThresholdJudged, type VersionKind } from '../../src/assessments/events.js';
import { AssessmentPutInForce, ModeChangeProposed, ModeChanged } from '../../src/declarations/events.js';
import type { Ground } from '../../src/assessments/changes/significance.js';
import type { Version } from '../../src/assessments/drafts/state.js';
import type { Declaration } from '../../src/handling/declaration.js';
import type { EventOf } from '../../src/ledger/event-type.js';
import { streamName } from '../../src/ledger/ids.js';
import type { Decoded } from '../../src/ledger/registry.js';
import type { EventReader } from '../../src/store/port.js';
import type { ThreadSources } from '../../src/walks/engine.js';
import { operationsUpTo, type Operation } from '../registers/operations/query.js';
import { STEP_OF } from '../registers/assessments/projection.js';
import type { ReportSources } from '../reports/definition.js';
import { OPERATIONS } from '../reports/definitions/audit/history.js';

/** One act of the procedure: by which section, and where it stands. */
export interface Act {
  readonly type: string;
  readonly position: number;
  /** the plain date that it is of; that of its recording where it names none */
  readonly day: string | null;
  readonly recordedAt: string;
  readonly department: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A row of 別添 変更箇所 that this version added, with what a named person judged the change to be. */
export interface JudgedRow {
  readonly row: ChangeRow;
  /** whether its item is ※, of which a change may be 重要な変更; undefined: the changes cannot be drawn up any more */
  readonly starred?: boolean;
  /** none: nobody judged it by itself */
  readonly judged?: { readonly ground: Ground; readonly reason: string; readonly on: string; readonly department: string; readonly position: number };
}

/** Why a rule is held to as it is, where that was changed after the version had come into force. */
export interface ModeReason {
  readonly position: number;
  readonly until: string | null;
  /** none: erased */
  readonly reason?: string | undefined;
}

/** What the ledger holds of the document of the version in force, as it stood at a position. */
export interface DocumentInForce {
  /** none where the written items were put in force without an assessment, or its text has been erased */
  readonly document?: Assessment;
  readonly digest?: string;
  readonly kind?: VersionKind;
  readonly acts: readonly Act[];
  /** of this version, or of the nearest one that it was made from */
  readonly threshold?: Act;
  /** the form whose procedure that judgement stands in, where it is that of another document of the affair (基礎項目評価書) */
  readonly thresholdForm?: string;
  readonly rows: readonly JudgedRow[];
  /** by 「file rule」 */
  readonly modes: ReadonlyMap<string, ModeReason>;
}

interface Opening {
  readonly reader: EventReader;
  readonly decode: (event: Awaited<ReturnType<EventReader['readStream']>>[number]) => Decoded;
  readonly sealedOf: (event: Decoded) => Readonly<Record<string, string>> | undefined;
}

/** Reads document, procedure and judgements of a version from the ledger, up to a position. Values that have been erased since are not there any more. */
export async function documentInForce({ register, upTo }: Pick<ReportSources, 'register' | 'upTo'>, place: ThreadSources, { assessment: { version }, affair }: Declaration): Promise<DocumentInForce> {
  const [{ withSources }, { registry }, { openSealed }, { isErased }] = await Promise.all([import('../suspicion/reading.js'), import('../../src/event-registry.js'), import('../../src/ledger/ledger.js'), import('../../src/ledger/event-type.js')]);
  const operations = [...operationsUpTo(register(OPERATIONS), upTo)];
  return withSources(place, register, async ({ reader, vault }) => {
    const sealedOf: Opening['sealedOf'] = (event) => {
      const opened = openSealed(event, vault);
      return typeof opened === 'string' || isErased(opened) ? undefined : (opened as Readonly<Record<string, string>>);
    };
    const opening: Opening = { reader, decode: (event) => registry.decode(event), sealedOf };
    const modes = await modesOf(opening, operations, version);
    const put = operations.findLast(({ type, data }) => type === AssessmentPutInForce.type && data.version === version);
    const held: DocumentInForce = put ? { ...(await historyOf(opening, put, upTo)), modes } : { acts: [], rows: [], modes };
    return held.threshold ? held : { ...held, ...(await companionThreshold(opening, operations, affair.code)) };
  });
}

/** しきい値判断 in the procedure of another document of the affair: the newest of those that were not abandoned. */
async function companionThreshold({ reader, decode }: Opening, operations: readonly Operation[], affair: string): Promise<Pick<DocumentInForce, 'threshold' | 'thresholdForm'>> {
  const forms = new Map(operations.flatMap(({ type, stream, data }) => (type === AssessmentDrafted.type && data.affair === affair ? [[stream, data.form as string] as const] : [])));
  for (const { type, stream } of operations) if (type === DraftAbandoned.type) forms.delete(stream);
  const newest = operations.findLast(({ type, stream }) => type === ThresholdJudged.type && forms.has(stream));
  const found = newest && (await reader.eventAt(newest.position));
  return found ? { threshold: asAct(decode(found)), thresholdForm: forms.get(newest.stream)! } : {};
}

async function historyOf(opening: Opening, put: Operation, upTo: number): Promise<Omit<DocumentInForce, 'modes'>> {
  const lineage = await lineageOf(opening, (put.data as EventOf<typeof AssessmentPutInForce>['data']).assessment, upTo);
  const own = lineage[0] ?? [];
  const came = await opening.reader.eventAt(put.position);
  const acts = [...own, ...(came ? [opening.decode(came)] : [])].filter(({ type }) => type === AssessmentDrafted.type || type in STEP_OF).sort((a, b) => a.position - b.position).map(asAct);
  const threshold = lineage.flatMap((events) => events.findLast(({ type }) => type === ThresholdJudged.type) ?? [])[0];
  const { noVersion, evolveVersion } = await import('../../src/assessments/drafts/state.js');
  const { ERASED } = await import('../../src/ledger/event-type.js');
  const fold = (events: readonly Decoded[]): Version =>
    events.reduce((version, event) => evolveVersion(version, { type: event.type, data: event.data, sealed: opening.sealedOf(event) ?? ERASED, id: event.id, actor: event.actor.staff, occurredAt: event.occurredAt }), noVersion);
  const version = fold(own);
  const text = version.published?.document;
  const document = text ? (JSON.parse(text) as Assessment) : undefined;
  return {
    acts, ...(version.drafted && { kind: version.drafted.kind }), ...(version.published && { digest: version.published.digest }), ...(document && { document }), ...(threshold && { threshold: asAct(threshold) }),
    rows: document ? await judgedRows(document, own, version, lineage[1] && fold(lineage[1])) : [],
  };
}

/** The events of a version, and of each that it was made from, the nearest first. */
async function lineageOf({ reader, decode }: Opening, id: string, upTo: number): Promise<readonly (readonly Decoded[])[]> {
  const lineage: (readonly Decoded[])[] = [];
  for (let next: string | undefined = id; next !== undefined; ) {
    const events: readonly Decoded[] = (await reader.readStream(streamName(ASSESSMENT, next))).filter(({ position }) => position <= upTo).map(decode);
    lineage.push(events);
    next = (events.find(({ type }) => type === AssessmentDrafted.type)?.data as Partial<EventOf<typeof AssessmentDrafted>['data']> | undefined)?.basedOn;
  }
  return lineage;
}

function asAct({ type, position, recordedAt, actor, data }: Decoded): Act {
  const { on, to, effectiveFrom } = data as { readonly on?: string; readonly to?: string; readonly effectiveFrom?: string };
  return { type, position, recordedAt, department: actor.department, day: on ?? to ?? effectiveFrom ?? null, data };
}

/** The rows that the publication added are the changes in their order. */
async function judgedRows({ changeLog }: Assessment, own: readonly Decoded[], version: Version, base: Version | undefined): Promise<readonly JudgedRow[]> {
  const published = own.findLast(({ type }) => type === AssessmentPublished.type)!.data as EventOf<typeof AssessmentPublished>['data'];
  // Of one that was taken over, the rows are those of its earlier versions: nobody judged them here.
  const added = version.drafted?.basedOn === undefined ? [] : changeLog.slice(changeLog.length - published.rows);
  const [{ changesBetween }, { placeName, placeOfChange, toCompare }, { placeKey }] = await Promise.all([import('../../src/assessments/changes/changes-between.js'), import('../../src/assessments/drafts/comparing.js'), import('../../src/assessments/drafts/state.js')]);
  const compared = toCompare(version, base);
  const changes = compared ? changesBetween(compared.before, compared.after, { entryIds: (side, _, at) => (side === 'before' ? compared.idsBefore : compared.idsAfter)[placeName(at)] }).changes : [];
  return added.map((row, i): JudgedRow => {
    if (!compared || changes.length !== added.length) return { row };
    const change = changes[i]!;
    const { item, entries } = placeOfChange(change, compared);
    const judged = version.judged.get(placeKey(item, entries));
    const event = judged && own.findLast(({ type, data }) => type === SignificanceJudged.type && placeKey(data.item as string, data.entries as readonly string[]) === placeKey(item, entries));
    return { row, starred: change.significant, ...(judged && event && { judged: { ground: judged.ground, reason: judged.reason, on: judged.on, department: event.actor.department, position: event.position } }) };
  });
}

/** The last change of each rule's mode in a version, with the reason that it was proposed for. */
async function modesOf({ reader, decode, sealedOf }: Opening, operations: readonly Operation[], version: number): Promise<ReadonlyMap<string, ModeReason>> {
  const modes = new Map<string, ModeReason>();
  for (const { type, stream, data, position } of operations) {
    if (type !== ModeChanged.type || data.version !== version) continue;
    const proposed = operations.findLast((one) => one.type === ModeChangeProposed.type && one.stream === stream && one.data.proposal === data.proposal);
    const found = proposed && (await reader.eventAt(proposed.position));
    modes.set(`${data.file as string} ${data.rule as string}`, { position, until: (data.until as string | undefined) ?? null, reason: found && sealedOf(decode(found))?.reason });
  }
  return modes;
}
