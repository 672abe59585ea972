import fc from 'fast-check';
import { WrongExpectedRevision, type AppendResult, type Appended, type Write } from '../../src/store/port.js';
import { readLedger, SLOW_DISK, useStore, type OpenStore } from '../support/store-contract.js';
import { idOf, idsOf, newEvent, newStream } from '../support/store-events.js';
import { ModelStore, writeOf, type Answer, type Step } from '../support/store-model.js';

const anyStep: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat({ max: 3 }),
  kind: fc.constantFrom('right', 'right', 'right', 'stale', 'ahead', 'none', 'repeat', 'overlap'),
  pick: fc.nat({ max: 50 }),
  size: fc.integer({ min: 1, max: 3 }),
  joined: fc.boolean(),
  awaited: fc.boolean(),
});

export function modelContract(open: OpenStore): void {
  describe('any sequence of appends', () => {
    const bench = useStore(open);

    it('gets the answers of the model and leaves its ledger', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 40 }), async (steps) => {
          const { store } = bench;
          const model = new ModelStore();
          const start = await store.head();
          const streams = [0, 1, 2, 3].map(() => newStream());
          const answers: Answer[] = [];
          const calls: Promise<readonly AppendResult[]>[] = [];
          let together: Write[] = [];
          const send = (): void => {
            const writes = together;
            together = [];
            if (writes.length > 1) calls.push(store.appendMany(writes));
            else for (const write of writes) calls.push(store.append(write.stream, write.events, write.expected).then(written, conflicting));
          };

          for (const step of steps) {
            if (!step.joined) send();
            if (step.awaited && !step.joined) await Promise.all(calls);
            const stream = streams[step.stream]!;
            const write = writeOf(step, stream, model.ids(stream), (id) => newEvent(id === undefined ? {} : { id }));
            // One caller's order of arrival is the order of effects, so the model may go ahead of the answers.
            answers.push(model.append(write));
            together.push(write);
          }
          send();
          const results = (await Promise.all(calls)).flat();

          const ledger = await readLedger(store, start, 7);
          expect(ledger.map((event) => ({ stream: event.stream, revision: event.revision, id: idOf(event) }))).toEqual(model.ledger);
          const lastIds = new Map(ledger.map((event) => [event.position, idOf(event)]));
          expect(results.map((result) => answerOf(result, lastIds))).toEqual(answers);
          for (const stream of streams) {
            if (model.ids(stream).length > 0) expect(idsOf(await store.readStream(stream))).toEqual(model.ids(stream));
          }
        }),
        { numRuns: 150 },
      );
    }, SLOW_DISK);
  });
}

function written(appended: Appended): readonly AppendResult[] {
  return [{ ok: true, appended }];
}

function conflicting(error: unknown): readonly AppendResult[] {
  if (error instanceof WrongExpectedRevision) return [{ ok: false, error }];
  throw error;
}

function answerOf(result: AppendResult, idAt: ReadonlyMap<number, string>): Answer {
  if (result.ok) {
    const { stream, revision, position, repeated } = result.appended;
    return { ok: true, stream, revision, repeated, lastId: idAt.get(position) ?? 'no event at the position told' };
  }
  if (!(result.error instanceof WrongExpectedRevision)) throw result.error;
  const { stream, expected, actual } = result.error;
  return { ok: false, stream, expected, actual };
}
