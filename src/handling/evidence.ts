import { list, id, oneOf, optional, text } from '../ledger/fields.js';
import { streamName } from '../ledger/ids.js';
import { ERASURE_ORDERED, type Ledger } from '../ledger/ledger.js';
import { EVIDENCE_KINDS, UNLISTED, handlingEvent, type EvidenceKind, type HandlingBlock } from './block.js';
import { IDENTITY_ARTICLES, type IdentityArticle } from './declaration.js';
import type { EvidenceFact } from './request.js';

export const EVIDENCE = 'evidence';

/** A paper or an act that other acts may name as their evidence. One stream each, so that it can fall due alone. */
export const EvidenceRecorded = handlingEvent({
  type: 'EvidenceRecorded',
  data: { evidence: oneOf(EVIDENCE_KINDS), article: optional(oneOf(IDENTITY_ARTICLES)), subjects: list(id) },
  sealed: { method: text(200), note: optional(text(1000)) },
});

export interface RecordedEvidence extends EvidenceFact {
  /** taken in under its rules, it counts under them alone */
  readonly file: string;
  /** for whom a confirmation of an outward act was given */
  readonly recipient?: string;
  readonly recordedAt: string;
}

/** A confirmation says that the person and where the papers go were looked at: soon it is out of date. */
const CONFIRMED_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/** The confirmations of outward acts among some evidence that held at an instant (RFC 3339, UTC). */
export async function confirmationsAt(ledger: Ledger, refs: readonly string[], file: string, at: string): Promise<readonly RecordedEvidence[]> {
  const since = new Date(Date.parse(at) - CONFIRMED_FOR_MS).toISOString();
  return (await readEvidence(ledger, refs, file)).filter(({ kind, recordedAt }) => kind === 'outward-confirmation' && recordedAt >= since && recordedAt <= at);
}

/** Reads the evidence of a file from its own streams, never from a register. A reference that leads nowhere, or to what has been erased, is left out, so the guard misses it. */
export async function readEvidence(ledger: Ledger, refs: readonly string[], file: string): Promise<readonly RecordedEvidence[]> {
  const facts = await Promise.all(refs.map((ref) => readOne(ledger, ref)));
  return facts.filter((fact) => fact?.file === file) as readonly RecordedEvidence[];
}

async function readOne(ledger: Ledger, ref: string): Promise<RecordedEvidence | undefined> {
  const recorded = await ledger.recorded(streamName(EVIDENCE, ref));
  const [first] = recorded;
  if (!first || recorded.some(({ type }) => type === ERASURE_ORDERED)) return undefined;
  const { evidence, article, subjects } = first.data as unknown as { evidence: EvidenceKind; article?: IdentityArticle; subjects: readonly string[] };
  const { counterpart, file } = first.handling as unknown as HandlingBlock;
  const recipient = evidence === 'outward-confirmation' && counterpart !== UNLISTED ? counterpart : undefined;
  return { kind: evidence, ref, ...(article && { article }), ...(recipient && { recipient }), subjects, file, recordedAt: first.recordedAt };
}
