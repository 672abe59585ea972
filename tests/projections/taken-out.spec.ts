import { openVaccination, vaccinationRow } from '../../projections/registers/vaccinations/query.js';
import { event } from '../../src/ledger/event-type.js';
import { CorrectionProposed, VaccinationConfirmed } from '../../src/vaccinations/events.js';
import type { Engine } from '../../src/walks/engine.js';
import { until } from '../support/until.js';
import { overwrite } from './tamper.js';
import { aRecord, closeTowns, openTown, type Town } from './town.js';

afterEach(closeTowns);

async function takenOut(type: string): Promise<{ town: Town; record: string }> {
  const town = await openTown();
  const subject = await town.person();
  const record = await town.record(subject);
  if (type === CorrectionProposed.type) await town.tell(`vaccination-${record}`, event(CorrectionProposed, { subject }, { record: aRecord({ lot: 'ZZ9' }) }));
  const { position } = (await town.events()).find((entry) => entry.type === type)!;
  await town.tell(`vaccination-${record}`, event(VaccinationConfirmed, { subject, of: type === CorrectionProposed.type ? 'correction' : 'entry' }, {}));
  await town.close();
  overwrite(town, position, (envelope) => ({ ...envelope, sealed: null }));
  await town.reopen();
  await town.startRegisters();
  await until(async () => (await town.registers.status()).every(({ stopped, lag }) => stopped !== null || lag === 0), 'all is folded or stopped');
  return { town, record };
}

it.each(['VaccinationRecorded', 'CorrectionProposed'])('a sealed part that was taken out of a %s stays unreadable after the confirmation, and is not taken for erased', async (type) => {
  const { town, record } = await takenOut(type);
  const engine = { ledger: town.ledger, newlyProtected: new Map(), alarm: () => undefined } as unknown as Engine;
  expect(openVaccination(engine, vaccinationRow(town.registers.query('vaccinations'), record)!, false)).toMatchObject({ status: 'unreadable', note: '読み出せません' });
});
