import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { eraseUnits } from '../../src/ledger/erasure.js';
import type { LoadedStream } from '../../src/ledger/ledger.js';
import { addUnits, built, closing, erasing, openPair, scratch, typesOf, unitOf } from '../support/ledger.js';
import type { Question } from './reader-worker.js';

interface Thread {
  ask(question: Question): Promise<string>;
}

/** A thread of its own that opens values from the files of the vault. */
function startReader(compiled: string, directory: string): Thread {
  const worker = new Worker(new URL('./reader-worker.ts', import.meta.url), { workerData: { compiled, directory } });
  closing(async () => void (await worker.terminate()));
  return {
    ask: async (question) => {
      worker.postMessage(question);
      return ((await once(worker, 'message')) as [string])[0];
    },
  };
}

function opening({ stream, recorded }: LoadedStream): Question {
  const { id, type, sealed } = recorded[0]!;
  return { open: [sealed!, { event: id, stream, type, schema: 1 }] };
}

it('an erasure reaches the caches of every thread before it is verified', async () => {
  const { root, ledger } = await openPair(scratch());
  const [gone, kept] = await addUnits(ledger, ['消える', '残る']);
  const compiled = built();
  const threads = [1, 2].map(() => startReader(compiled, join(root, 'keys')));
  const verdicts = (unit: LoadedStream): Promise<string[]> => Promise.all(threads.map((thread) => thread.ask(opening(unit))));
  expect(await verdicts(gone!)).toEqual(['open', 'open']);
  expect(await verdicts(kept!)).toEqual(['open', 'open']);
  let atFirst: string[] = [];
  await eraseUnits(ledger, [unitOf(gone!)], erasing({
    emptyCaches: async (keys) => {
      atFirst = await verdicts(gone!);
      await Promise.all(threads.map((thread) => thread.ask({ forget: keys })));
      expect(typesOf(await ledger.load(gone!.stream))).toEqual(['Noted', 'ErasureOrdered']);
    },
  }));
  expect(atFirst).toEqual(['open', 'open']); // a warm cache knows nothing of the file
  expect(await verdicts(gone!)).toEqual(['erased', 'erased']);
  expect(await verdicts(kept!)).toEqual(['open', 'open']);
  expect(typesOf(await ledger.load(gone!.stream))).toEqual(['Noted', 'ErasureOrdered', 'ErasureVerified']);
});

it('a thread that was told to refuse opens nothing from then on, while the file still holds the key', async () => {
  const { root, ledger, vault } = await openPair(scratch());
  const [unit, other] = await addUnits(ledger, ['a', 'b']);
  const thread = startReader(built(), join(root, 'keys'));
  expect(await thread.ask(opening(unit!))).toBe('open');
  await thread.ask({ refuse: [unit!.key!] });
  expect(await thread.ask(opening(unit!))).toBe('erased');
  expect(await thread.ask(opening(other!))).toBe('open');
  expect(vault.isDestroyed(unit!.key!)).toBe(false);
});

it('a thread started after the erasure finds the value erased', async () => {
  const { root, ledger } = await openPair(scratch());
  const [unit] = await addUnits(ledger, ['a']);
  await eraseUnits(ledger, [unitOf(unit!)], erasing());
  expect(await startReader(built(), join(root, 'keys')).ask(opening(unit!))).toBe('erased');
});
