import { readFileSync } from 'node:fs';
import { RightFounded } from '../../src/access/rights/events.js';
import { StaffRegistered } from '../../src/access/events.js';
import { Organisation } from '../../src/access/organisation/organisation.js';
import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { evolveStaff, nobodyYet } from '../../src/access/staff-state.js';
import { standingIn } from '../../src/access/standing.js';
import { ownCodes } from '../../src/event-registry.js';
import { readDeclaration } from '../../src/handling/declaration-file.js';
import { Guard } from '../../src/handling/guard.js';
import type { HandlingRequest } from '../../src/handling/request.js';
import { ERASED, type DomainEvent } from '../../src/ledger/event-type.js';
import { newId } from '../../src/ledger/ids.js';
import type { Engine } from '../../src/walks/engine.js';
import type { Principal } from '../../src/walks/principal.js';
import { judge } from '../../src/walks/refuse.js';
import { median, type Measured } from './harness.js';

const ROUNDS = 200;
const EACH = 1000;

/** Right, terminal and written items of one look at a person, as the read walk asks for them; median of rounds, µs. Nothing of it waits. */
export async function guardScenario(): Promise<readonly Measured[]> {
  const reading = readDeclaration(readFileSync(new URL('../../src/demo/shiohama.declaration.json', import.meta.url), 'utf8'));
  if (!reading.ok) throw new Error('the city’s declaration cannot be read');
  const guard = new Guard(ownCodes);
  guard.putInForce(reading.declaration);
  const happened = (type: string, data: object): DomainEvent => ({ type, data, sealed: ERASED, id: newId(), actor: newId(), occurredAt: '2026-11-20T00:00:00.000Z' });
  const person = [
    happened(StaffRegistered.type, { kind: 'staff', department: 'health-promotion', role: 'number-clerk' }),
    happened(RightFounded.type, { role: 'number-clerk', files: ['vaccination'], department: 'health-promotion', from: '2026-04-01', present: [] }),
  ].reduce(evolveStaff, nobodyYet);
  const standing = standingIn(new Organisation(), () => PROCEDURES.standard);
  const terminal = { code: 'counter-1', class: 'number-affairs' as const };
  const principal: Principal = { actor: { staff: newId(), kind: 'staff', department: 'health-promotion', role: 'number-clerk', session: newId(), terminal: terminal.code }, purpose: 'routine-vaccination', rights: standing.rightsOn(person, '2026-11-20'), channel: 'staff', terminal };
  const engine = { guard, terminals: { areEnforced: true } } as unknown as Engine;
  const request: HandlingRequest = {
    kind: 'use', extent: 'opened', file: 'vaccination', system: 'akashi', purpose: 'routine-vaccination', subjects: [newId()], items: ['name', 'birthDate', 'vaccine', 'dose'], department: 'health-promotion', at: '2026-11-20T00:30:00.000Z',
  };
  const look = (who: Principal): void => {
    if (judge(engine, who, { rights: ['subject:open'], terminals: ['number-affairs'] }, request).outcome !== 'written') throw new Error('not written');
  };
  const ofSession = timed(() => look(principal));
  const value = timed(() => look({ ...principal, rights: standing.rightsOn(person, '2026-11-20') }));
  return [{
    name: 'guard', unit: 'µs', value, raw: null, ratio: null, limit: '< 5 µs', met: value < 5,
    note: `right, terminal and written items of one look, with rights laid out from their grants each time; a session does that once a day: ${ofSession.toFixed(2)} µs`,
  }];
}

/** Microseconds for one, median of rounds. */
function timed(one: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    for (let i = 0; i < EACH; i += 1) one();
    times.push(((performance.now() - began) * 1000) / EACH);
  }
  return median(times);
}
