import { runImport } from '../../src/imports/run.js';
import { newId } from '../../src/ledger/ids.js';
import { StoreUnavailable } from '../../src/store/port.js';
import { openStage, type Stage } from '../walks/stage.js';
import { open, progress } from './desk.js';
import { personAt, residentsCsv } from './files.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

it('an import whose store fails while more batches are parsed than may be on their way comes to its end, and can be repeated', async () => {
  const rows = 6000;
  const bytes = residentsCsv(Array.from({ length: rows }, (_, i) => personAt(20_000 + i)));
  const id = await open(stage, 'residents', bytes);
  const { engine } = stage.city.server;
  const staff = newId();
  const actor = { staff, kind: 'staff' as const, department: 'health-promotion', role: 'clerk', session: staff, terminal: null };
  const whole = async function* (): AsyncIterable<Uint8Array> {
    yield bytes;
  };
  const { appendMany } = engine.ledger;
  engine.ledger.appendMany = async () => Promise.reject(new StoreUnavailable('disk full'));
  await expect(runImport(engine, id, actor, whole())).rejects.toBeInstanceOf(StoreUnavailable);
  engine.ledger.appendMany = appendMany;
  expect((await progress(stage, id)).rows).toBe(0);
  expect(await runImport(engine, id, actor, whole())).toMatchObject({ status: 'completed', rows, registered: rows });
}, 30_000);
