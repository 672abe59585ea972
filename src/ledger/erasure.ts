import type { JsonObject } from '../store/canonical.js';
import { decodeEvent, type Actor, type RecordedEvent } from '../store/event.js';
import { derivedId } from './ids.js';
import { event, eventType } from './event-type.js';
import { count, date, id } from './fields.js';
import { ERASURE_ORDERED, type Draft, type Ledger, type LedgerWrite } from './ledger.js';
import type { Decoded } from './registry.js';
import { WrongExpectedRevision, type Expected } from '../store/port.js';
import { recordedSince } from '../store/recorded-since.js';

/** Closes a unit: from here on nothing opens and nothing more is sealed. `key` is the slot to be destroyed. */
export const ErasureOrdered = eventType({ type: ERASURE_ORDERED, data: { order: id, key: count } });

/** The key is gone from the vault. Backups of keys that still hold it have all expired by `completeOn`. */
export const ErasureVerified = eventType({ type: 'ErasureVerified', data: { order: id, key: count, completeOn: date } });

export interface UnitToErase {
  readonly stream: string;
  readonly revision: Expected;
  readonly key: number;
  readonly handling: JsonObject;
}

export interface ErasureContext {
  readonly order: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** the erasure is complete on this day at the earliest; later where a backup that still holds a key lives longer */
  readonly completeOn: string;
  /** empties the key caches of every other thread, and returns when they are empty */
  readonly emptyCaches: (slots: readonly number[]) => Promise<void>;
}

export interface ErasureOutcome {
  readonly verified: readonly string[];
  /** streams that changed meanwhile: load them again and order anew */
  readonly conflicts: readonly string[];
}

/** Units erased in one go: one sync of the vault for all of them. */
export const ERASURE_BATCH = 500;
const VERIFY_ATTEMPTS = 10;

export interface Ordered {
  readonly unit: UnitToErase;
  /** of the unit's stream: after the order, or after what came behind it */
  readonly revision: Expected;
}

/**
 * Erases units for good: order durable → opening refused → keys overwritten → caches emptied → the file says so → verified.
 * Whatever is interrupted after the order is carried on at the next start.
 */
export async function eraseUnits(ledger: Ledger, units: readonly UnitToErase[], context: ErasureContext): Promise<ErasureOutcome> {
  const gone: Ordered[] = [];
  const conflicts: string[] = [];
  ledger.vault.checkDestroyable(units.map(({ key }) => key)); // what cannot be carried out must not be ordered
  let batch: readonly UnitToErase[] = [];
  const eraseAll = async (): Promise<void> => {
    for (let i = 0; i < units.length; i += ERASURE_BATCH) {
      batch = units.slice(i, i + ERASURE_BATCH);
      const results = await ledger.appendMany(batch.map((unit) => write(unit, unit.revision, orderDraft(ledger, unit, context))));
      const ordered: Ordered[] = [];
      let fault: Error | undefined;
      results.forEach((result, k) => {
        if (result.ok) ordered.push({ unit: batch[k]!, revision: result.appended.revision });
        else if (result.error instanceof WrongExpectedRevision) conflicts.push(batch[k]!.stream);
        else fault = result.error;
      });
      // What has been ordered is carried out, whatever became of the rest.
      gone.push(...ordered);
      await destroy(ledger, ordered.map(({ unit }) => unit), context.emptyCaches);
      if (fault) throw fault;
    }
    ledger.vault.index.scrubReleased();
    for (let i = 0; i < gone.length; i += ERASURE_BATCH) await verify(ledger, gone.slice(i, i + ERASURE_BATCH), context);
  };
  // Orders of earlier batches wait for their verification; of this one some may stand although nobody could say so.
  const nothingOrdered = async (): Promise<boolean> => {
    if (gone.length > 0) return false;
    for (const { stream } of batch) if ((await ledger.summary(stream)).erased) return false;
    return true;
  };
  await ledger.whileErasing(eraseAll, nothingOrdered);
  return { verified: gone.map(({ unit }) => unit.stream), conflicts };
}

/** Carries on units whose order stands already, but not its verification. */
export async function finishUnits(ledger: Ledger, ordered: readonly Ordered[], context: ErasureContext): Promise<void> {
  await destroy(ledger, ordered.map(({ unit }) => unit), context.emptyCaches);
  ledger.vault.index.scrubReleased();
  await verify(ledger, ordered, context);
}

/**
 * Destroys again what has been ordered since the vault last took note, and verifies what never was. The vault takes no note yet: the
 * acts that these units belong to may have to be carried on too. Returns how many were verified.
 */
export async function resumeUnits(ledger: Ledger): Promise<number> {
  const ordered = new Map<string, Decoded>();
  const open = new Map<string, Decoded>();
  for await (const recorded of recordedSince(ledger.store, ledger.vault.highestPosition)) {
    const decoded = erasureIn(ledger, recorded);
    if (decoded?.type === ErasureOrdered.type) {
      open.set(decoded.stream, decoded);
      ordered.set(decoded.stream, decoded);
    }
    if (decoded?.type === ErasureVerified.type) open.delete(decoded.stream);
  }
  const unitOf = (at: Decoded): UnitToErase => ({
    stream: at.stream,
    revision: at.revision,
    key: (at.data as { key: number }).key,
    handling: at.handling!,
  });
  const noCaches = async (): Promise<void> => undefined; // nothing else runs yet
  await destroy(ledger, [...ordered.values()].map(unitOf), noCaches);
  if (ordered.size > 0) ledger.vault.index.scrub(); // what was released before the interruption may not have been scrubbed
  for (const at of open.values()) {
    const context = {
      order: (at.data as { order: string }).order,
      actor: at.actor,
      correlationId: at.correlationId,
      causationId: at.id,
      completeOn: '',
      emptyCaches: noCaches,
    };
    await verify(ledger, [{ unit: unitOf(at), revision: at.revision }], context);
  }
  return open.size;
}

/** An event of an erasure. One that cannot be read is for those who read it: it must not keep the erasures behind it from going on. */
function erasureIn({ registry }: Ledger, recorded: RecordedEvent): Decoded | undefined {
  try {
    const { type } = decodeEvent(recorded);
    return type === ErasureOrdered.type || type === ErasureVerified.type ? registry.decode(recorded) : undefined;
  } catch {
    return undefined;
  }
}

/** A hold may have come behind the order: then the verification stands behind the hold. */
async function verify(ledger: Ledger, ordered: readonly Ordered[], { completeOn, ...rest }: ErasureContext): Promise<void> {
  const lastBackup = ledger.vault.lastBackupExpiry(); // now that no backup made from here on can hold the keys
  const context = { ...rest, completeOn: completeOn > lastBackup ? completeOn : lastBackup };
  for (let left = ordered, attempt = 1; left.length > 0; attempt += 1) {
    const results = await ledger.appendMany(left.map(({ unit, revision }) => write(unit, revision, verifyDraft(ledger, unit, context))));
    const again: Ordered[] = [];
    for (const [i, result] of results.entries()) {
      if (result.ok) continue;
      if (!(result.error instanceof WrongExpectedRevision) || attempt === VERIFY_ATTEMPTS) throw result.error;
      const { recorded, revision } = await ledger.summary(left[i]!.unit.stream);
      const done = recorded.some(({ type, data }) => type === ErasureVerified.type && data.order === context.order);
      if (!done) again.push({ unit: left[i]!.unit, revision });
    }
    left = again;
  }
}

async function destroy(ledger: Ledger, units: readonly UnitToErase[], emptyCaches: ErasureContext['emptyCaches']): Promise<void> {
  if (units.length === 0) return;
  const { vault } = ledger;
  const keys = units.map(({ key }) => key);
  vault.refuse(keys);
  await vault.destroyKeys(keys);
  await emptyCaches(keys);
  vault.index.release(units.map(({ stream }) => stream));
  const alive = keys.filter((key) => !vault.isDestroyed(key));
  if (alive.length > 0) throw new Error(`${alive.length} keys are still alive after their destruction`);
}

function write(unit: UnitToErase, expected: Expected, draft: Draft): LedgerWrite {
  return { stream: unit.stream, drafts: [draft], expected, key: unit.key };
}

// Ids follow from order, stream and step: an erasure that is carried on writes nothing twice.
function stepId({ vault }: Ledger, { stream }: UnitToErase, { order }: ErasureContext, step: 'ordered' | 'verified'): string {
  return derivedId(vault.deriveId('erasure', order, stream, step));
}

function orderDraft(ledger: Ledger, unit: UnitToErase, context: ErasureContext): Draft {
  const { order, actor, correlationId, causationId } = context;
  const ordered = event(ErasureOrdered, { order, key: unit.key });
  return { id: stepId(ledger, unit, context, 'ordered'), event: ordered, actor, correlationId, causationId, occurredAt: null, handling: unit.handling };
}

function verifyDraft(ledger: Ledger, unit: UnitToErase, context: ErasureContext): Draft {
  const { order, actor, correlationId, completeOn } = context;
  const verified = event(ErasureVerified, { order, key: unit.key, completeOn });
  const causationId = stepId(ledger, unit, context, 'ordered');
  return { id: stepId(ledger, unit, context, 'verified'), event: verified, actor, correlationId, causationId, occurredAt: null, handling: unit.handling };
}
