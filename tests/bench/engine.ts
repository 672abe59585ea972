import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import type { HandlingRequest } from '../../src/handling/request.js';
import { openEngine, type OpenEngine } from '../../src/engine.js';
import { event } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { readSettings, type Settings } from '../../src/settings.js';
import { VaccinationConfirmed } from '../../src/vaccinations/events.js';
import type { Principal } from '../../src/walks/principal.js';
import { rightsOf } from '../../src/access/roles.js';

export const DECLARATION = readFileSync(new URL('../../../src/demo/shiohama.declaration.json', import.meta.url), 'utf8');

export function settingsIn(directory: string): Settings {
  return readSettings({ AKASHI_PORT: '0', AKASHI_DATA: join(directory, 'data'), AKASHI_KEYS: join(directory, 'keys'), AKASHI_LOG: 'silent' });
}

/** An engine of its own with the city's written items in force. */
export async function openBenchEngine(directory: string): Promise<OpenEngine> {
  const engine = await openEngine(settingsIn(directory));
  const reading = readDeclaration(DECLARATION);
  if (!reading.ok) throw new Error('the demo declaration is not valid');
  engine.guard.putInForce(reading.declaration);
  return engine;
}

export const clerk: Principal = {
  actor: { staff: newId(), kind: 'staff', department: 'health-promotion', role: 'clerk', session: newId(), terminal: null },
  purpose: 'routine-vaccination',
  rights: rightsOf('supervisor'),
  channel: 'staff',
  terminal: null,
};

/** Streams are hit in an order that jumps about (a multiplicative walk), as people at counters do, not one after the other. */
export function streamOf(i: number, streamCount: number): number {
  return (i * 7919) % streamCount;
}

/** Which round over all streams an append belongs to: its revision. */
export function revisionOf(i: number, streamCount: number): number {
  return Math.floor(i / streamCount);
}

/** Ten thousand streams with a key each, and an appender that guards, seals and appends to one of them. */
export async function prepareAppends(engine: OpenEngine, streamCount: number): Promise<{ readonly streams: readonly string[]; readonly append: (i: number) => Promise<unknown> }> {
  const streams = Array.from({ length: streamCount }, () => streamName('vaccination', newId()));
  const keys: number[] = [];
  const revisions = new Int32Array(streamCount).fill(-1);
  const subject = newId();
  const correlationId = newId();
  for (let i = 0; i < streamCount; i += 1) {
    await engine.ledger.vault.reserveKeys(1);
    keys.push(engine.ledger.vault.newKey().slot);
  }
  const append = (i: number): Promise<unknown> => {
    const s = streamOf(i, streamCount);
    const request: HandlingRequest = {
      kind: 'use', file: 'vaccination', system: 'akashi', purpose: 'routine-vaccination', subjects: [subject], items: ['lot'], department: 'health-promotion', at: new Date().toISOString(),
    };
    const { block, outcome } = engine.guard.judge(request);
    if (outcome !== 'written') throw new Error('the guard said no');
    const happened = event(VaccinationConfirmed, { subject, of: 'entry' }, { about: { caseRef: `R-${i}` } });
    const draft = { id: newId(), event: happened, actor: clerk.actor, correlationId, causationId: null, occurredAt: null, handling: block as never };
    const revision = revisions[s]!;
    revisions[s] = revision + 1;
    return engine.ledger.append({ stream: streams[s]!, drafts: [draft], expected: revision < 0 ? 'none' : revision, key: keys[s]! });
  };
  return { streams, append };
}
