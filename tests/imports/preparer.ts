import { randomBytes } from 'node:crypto';
import { registry } from '../../src/event-registry.js';
import { matchHeader, readRow, type Column, type ParsedRow } from '../../src/imports/columns.js';
import { VaccinationPreparer, type PreparingTools, type Prepared } from '../../src/imports/preparing.js';
import type { Batch, RowOutcome } from '../../src/imports/row-writer.js';
import { vaccinationRows } from '../../src/imports/vaccination-rows.js';
import { newId } from '../../src/ledger/ids.js';
import { openReader } from '../../src/store/source.js';
import { openVaultSealer } from '../../src/vault/opening.js';
import type { Engine } from '../../src/walks/engine.js';
import { closing } from '../support/ledger.js';
import { FROM_CLINICS } from './desk.js';
import type { Cells } from './files.js';

export const TODAY = '2026-11-20';

/** The two halves of an import, to be called one after the other: rows made ready, and rows taken. */
export interface Halves {
  readonly preparer: VaccinationPreparer;
  readonly tools: PreparingTools;
  prepare(...rows: readonly Cells[]): Promise<Prepared>;
  take(prepared: Prepared): Promise<RowOutcome>;
}

/** As the threads of an import would have them, on a real engine. */
export async function halvesOf(engine: Engine, over: { readonly batch?: Partial<Batch>; readonly tools?: (own: PreparingTools) => Partial<PreparingTools> } = {}): Promise<Halves> {
  const { ledger, sources } = engine;
  const vault = await openVaultSealer(sources.vault, async (count) => ledger.vault.allotKeys(count), 1);
  const reader = await openReader(sources.events);
  closing(async () => {
    await reader.close();
    await vault.closeVault();
  });
  const staff = newId();
  const batch: Batch = {
    engine, id: newId(), digest: randomBytes(32), correlationId: newId(), opened: newId(), file: 'vaccination', migration: false, today: TODAY, fields: new Set(), legalGround: undefined, ...FROM_CLINICS,
    actor: { staff, kind: 'staff', department: 'health-promotion', role: 'clerk', session: staff, terminal: null }, ...over.batch,
  };
  const own: PreparingTools = { vault, reader, registry, digest: batch.digest, today: TODAY };
  const tools = { ...own, ...over.tools?.(own) };
  const preparer = new VaccinationPreparer(tools);
  let last = 0;
  return {
    preparer,
    tools,
    prepare: (...rows) => preparer.prepare(rows.map((cells) => parsed(cells, (last += 1)))),
    take: ({ rows }) =>
      vaccinationRows(batch)(rows, async (writes) => {
        for (const result of await ledger.appendMany(writes)) if (!result.ok) throw result.error;
      }),
  };
}

/** A row as the parser hands it on. */
function parsed(cells: Cells, row: number): ParsedRow {
  const { columns } = matchHeader('vaccinations', Object.keys(cells)) as { columns: readonly Column[] };
  return readRow(columns, Object.values(cells), { row }) as ParsedRow;
}
