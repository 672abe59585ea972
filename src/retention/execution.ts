import type { JsonObject } from '../store/canonical.js';
import type { RecordedEvent } from '../store/event.js';
import { ERASURE_BATCH, ErasureOrdered, ErasureVerified, eraseUnits, finishUnits, type Ordered, type UnitToErase } from '../ledger/erasure.js';
import { event } from '../ledger/event-type.js';
import type { Ledger } from '../ledger/ledger.js';
import { recordedSince } from '../store/recorded-since.js';
import { derivedId, streamId, streamName } from '../ledger/ids.js';
import { conflict } from '../walks/problem.js';
import { runCommand, type Call, type CommandResult } from '../walks/command-walk.js';
import type { Engine } from '../walks/engine.js';
import type { StartErasure } from './module.js';
import { retention, startErasure, type ErasureState } from './module.js';
import { ERASURE, ErasureCompleted, ErasureStarted } from './events.js';

export interface ErasureReport {
  readonly order: string;
  readonly erased: number;
  /** units that had gone before, or never held anything sealed */
  readonly already: number;
  readonly completeOn: string;
  readonly position: number;
}

/** 実施: guard and record first, then the units, then the completion. @throws Problem */
export async function executeErasure(engine: Engine, command: StartErasure, call: Call, emptyCaches: (slots: readonly number[]) => Promise<void>): Promise<ErasureReport & { readonly started: CommandResult }> {
  const order = call.target!;
  if (running.has(order)) throw conflict('erasure-running', 'この消去は実施中です');
  running.add(order);
  try {
    return await execute(engine, command, call, emptyCaches);
  } finally {
    running.delete(order);
  }
}

/** Orders being carried out in this process. */
const running = new Set<string>();

async function execute(engine: Engine, command: StartErasure, call: Call, emptyCaches: (slots: readonly number[]) => Promise<void>): Promise<ErasureReport & { readonly started: CommandResult }> {
  const startAndErase = async (): Promise<ErasureReport & { readonly started: CommandResult }> => {
    const started = await runCommand(engine, retention, startErasure, command, call);
    const report = (started.repeated && (await completed(engine, started.id))) || (await carryOut(engine, started.id, emptyCaches));
    return { ...report, started };
  };
  const nothingOrdered = async (): Promise<boolean> => {
    const { recorded } = await engine.ledger.summary(streamName(ERASURE, call.target!));
    return !recorded.some(({ type }) => type === ErasureStarted.type) || recorded.some(({ type }) => type === ErasureCompleted.type);
  };
  try {
    return await engine.ledger.whileErasing(startAndErase, nothingOrdered);
  } catch (error) {
    if (engine.ledger.unsettled) engine.alarm('erasure-unfinished', { order: call.target!, cause: (error as Error).name });
    throw error;
  }
}

/** Carries on the orders whose execution had begun and was cut short. To be called before anything else runs. Returns those that could not be. */
export async function resumeOrders(engine: Pick<Engine, 'ledger' | 'clock'>, since: number): Promise<readonly string[]> {
  const { store, registry } = engine.ledger;
  const begun = new Set<string>();
  for await (const recorded of recordedSince(store, since)) {
    if (!recorded.stream.startsWith(`${ERASURE}-`)) continue;
    const type = typeIn(registry, recorded);
    if (type === ErasureStarted.type) begun.add(streamId(recorded.stream));
    if (type === ErasureCompleted.type) begun.delete(streamId(recorded.stream));
  }
  const unfinished: string[] = [];
  for (const order of begun) {
    // One order that cannot be carried on keeps neither the others nor the engine from going on; whoever starts it is told.
    await carryOut(engine, order, async () => undefined).catch(() => unfinished.push(order));
  }
  return unfinished;
}

function typeIn(registry: Ledger['registry'], recorded: RecordedEvent): string | undefined {
  try {
    return registry.decode(recorded).type;
  } catch {
    return undefined;
  }
}

/** Erases what an order names and is not erased yet; safe to repeat. */
export async function carryOut(engine: Pick<Engine, 'ledger' | 'clock'>, order: string, emptyCaches: (slots: readonly number[]) => Promise<void>): Promise<ErasureReport> {
  const { ledger } = engine;
  const stream = streamName(ERASURE, order);
  const loaded = await ledger.summary(stream); // its reason is sealed, and not needed
  const { targets } = loaded.recorded[0]!.data as unknown as Pick<ErasureState, 'targets'>;
  const started = loaded.recorded.findLast(({ type }) => type === ErasureStarted.type)!;
  const { actor, correlationId } = started;
  const context = { order, actor, correlationId, causationId: started.id, completeOn: ledger.vault.lastBackupExpiry(engine.clock()), emptyCaches };
  for (let waiting = targets, rounds = 0; waiting.length > 0; rounds += 1) {
    if (rounds > 3) throw new Error(`${waiting.length} units keep changing while they are being erased`);
    const units: UnitToErase[] = [];
    const ordered: Ordered[] = [];
    for (let i = 0; i < waiting.length; i += ERASURE_BATCH) {
      for (const { unit, state } of await loadUnits(engine, waiting.slice(i, i + ERASURE_BATCH), started.handling!)) {
        if (state === 'whole') units.push(unit);
        if (state === 'ordered') ordered.push({ unit, revision: unit.revision });
      }
    }
    if (ordered.length > 0) await finishUnits(ledger, ordered, context); // of an execution that failed half way
    const again = new Set((await eraseUnits(ledger, units, context)).conflicts);
    waiting = waiting.filter(({ category, unit }) => again.has(streamName(category, unit)));
  }
  const erased = await countErased(ledger, order, targets);
  const completeOn = ledger.vault.lastBackupExpiry(engine.clock());
  const completed = event(ErasureCompleted, { erased, completeOn });
  const draft = { id: derivedId(ledger.vault.deriveId('erasure', order, 'completed')), event: completed, actor, correlationId, causationId: started.id, occurredAt: null, handling: null };
  const appended = await ledger.append({ stream, drafts: [draft], expected: loaded.revision, key: loaded.key });
  return { order, erased, already: targets.length - erased, completeOn, position: appended.position };
}

/** How many of its units an order has erased itself, also before an interruption. */
async function countErased(ledger: Ledger, order: string, targets: ErasureState['targets']): Promise<number> {
  let erased = 0;
  for (const [i, { category, unit }] of targets.entries()) {
    if (i % 100 === 99) await new Promise(setImmediate); // let requests through
    const recorded = await ledger.recorded(streamName(category, unit));
    if (recorded.some(({ type, data }) => type === ErasureOrdered.type && data.order === order)) erased += 1;
  }
  return erased;
}

/** What came of an order that has been carried out already. */
async function completed({ ledger }: Engine, order: string): Promise<ErasureReport | undefined> {
  const { recorded } = await ledger.summary(streamName(ERASURE, order));
  const end = recorded.findLast(({ type }) => type === ErasureCompleted.type);
  if (!end) return undefined;
  const { erased, completeOn } = end.data as { erased: number; completeOn: string };
  const targets = (recorded[0]!.data as unknown as { targets: readonly unknown[] }).targets.length;
  return { order, erased, already: targets - erased, completeOn, position: end.position };
}

interface LoadedUnit {
  readonly unit: UnitToErase;
  /** ordered: its end has not been verified yet */
  readonly state: 'whole' | 'ordered' | 'gone';
}

async function loadUnits({ ledger }: Pick<Engine, 'ledger'>, targets: ErasureState['targets'], block: JsonObject): Promise<readonly LoadedUnit[]> {
  const units = await Promise.all(
    targets.map(async ({ category, unit, subject }): Promise<LoadedUnit | undefined> => {
      const stream = streamName(category, unit);
      const { revision, key, erased, recorded } = await ledger.summary(stream);
      if (key === null) return undefined; // never held anything sealed
      const verified = recorded.some(({ type }) => type === ErasureVerified.type);
      return { unit: { stream, revision, key, handling: { ...block, subjects: [subject] } }, state: !erased ? 'whole' : verified ? 'gone' : 'ordered' };
    }),
  );
  return units.filter((unit) => unit !== undefined);
}
