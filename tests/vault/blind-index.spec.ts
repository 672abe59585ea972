import fc from 'fast-check';
import { join } from 'node:path';
import { BlindIndex, INDEX_FILE, type IndexClaim, type IndexOwner } from '../../src/vault/blind-index.js';
import { closing, newVault, reopenVault, scratch, testKey } from '../support/ledger.js';

const RUNS = Number(process.env['AKASHI_CAMPAIGN'] ?? 1) * 40;

function newIndex(key = testKey(), file = join(scratch(), INDEX_FILE)): BlindIndex {
  const index = new BlindIndex(file, key);
  closing(async () => index.close());
  return index;
}

function claimOf(value: string, stream = 'subject-1', event = 'event-1', kind = 'number'): IndexClaim {
  return { kind, value, stream, event };
}

it('finds the owner of a number that was claimed, and of no other', () => {
  const index = newIndex();
  expect(index.find('number', '100000000001')).toBeUndefined();
  expect(index.claim([claimOf('100000000001')])).toEqual([]);
  expect(index.find('number', '100000000001')).toEqual({ stream: 'subject-1', event: 'event-1' });
  expect(index.find('number', '100000000002')).toBeUndefined();
});

it('gives a number to one stream only, and names its owner to the other', () => {
  const index = newIndex();
  index.claim([claimOf('1')]);
  const late = claimOf('1', 'subject-2', 'event-2');
  expect(index.claim([late])).toEqual([{ ...late, owner: { stream: 'subject-1', event: 'event-1' } }]);
  expect(index.find('number', '1')).toEqual({ stream: 'subject-1', event: 'event-1' });
});

it('takes all numbers or none', () => {
  const index = newIndex();
  index.claim([claimOf('2')]);
  const conflicts = index.claim(['1', '2', '3'].map((value) => claimOf(value, 'subject-2')));
  expect(conflicts.map(({ value }) => value)).toEqual(['2']);
  expect(index.find('number', '1')).toBeUndefined();
  expect(index.find('number', '3')).toBeUndefined();
});

it('names every conflict of a claim', () => {
  const index = newIndex();
  index.claim(['1', '2'].map((value) => claimOf(value, `subject-${value}`)));
  const conflicts = index.claim(['1', '2', '3'].map((value) => claimOf(value, 'subject-9')));
  expect(conflicts.map(({ owner }) => owner.stream)).toEqual(['subject-1', 'subject-2']);
});

it('lets the same stream claim again, and keeps the event that came first', () => {
  const index = newIndex();
  index.claim([claimOf('1')]);
  expect(index.claim([claimOf('1', 'subject-1', 'event-2'), claimOf('2', 'subject-1', 'event-2')])).toEqual([]);
  expect(index.find('number', '1')).toEqual({ stream: 'subject-1', event: 'event-1' });
  expect(index.find('number', '2')).toEqual({ stream: 'subject-1', event: 'event-2' });
});

it('sees a conflict within one claim', () => {
  const index = newIndex();
  expect(index.claim([claimOf('1', 'subject-1'), claimOf('1', 'subject-2')])).toHaveLength(1);
  expect(index.find('number', '1')).toBeUndefined();
});

it('stays usable after a claim that failed', () => {
  const index = newIndex();
  expect(() => index.claim([claimOf('1'), claimOf('2', null as unknown as string)])).toThrow('NOT NULL');
  expect(index.find('number', '1')).toBeUndefined();
  expect(index.claim([claimOf('1')])).toEqual([]);
});

it('gives a number to a new owner when it is taken over, and claims nothing by it', () => {
  const index = newIndex();
  index.claim([claimOf('1'), claimOf('2')]);
  const [from, to] = [{ stream: 'subject-1', event: 'event-1' }, claimOf('1', 'subject-2', 'event-2')];
  expect(index.takeOver(to, { ...from, stream: 'subject-9' })).toBe(false);
  expect(index.takeOver(to, { ...from, event: 'event-9' })).toBe(false);
  expect(index.find('number', '1')).toEqual(from);
  expect(index.takeOver(to, from)).toBe(true);
  expect(index.takeOver(claimOf('3', 'subject-2', 'event-2'), from)).toBe(false);
  expect(index.find('number', '1')).toEqual({ stream: 'subject-2', event: 'event-2' });
  expect(index.find('number', '2')).toEqual({ stream: 'subject-1', event: 'event-1' });
  expect(index.find('number', '3')).toBeUndefined();
  index.release(['subject-1']);
  expect(index.find('number', '1')).toEqual({ stream: 'subject-2', event: 'event-2' });
});

it('frees every number of a released stream for others', () => {
  const index = newIndex();
  index.claim([claimOf('1'), claimOf('2'), claimOf('3', 'subject-2')]);
  index.release(['subject-1', 'subject-unknown']);
  expect(index.claim([claimOf('1', 'subject-3'), claimOf('2', 'subject-3')])).toEqual([]);
  expect(index.find('number', '3')).toEqual({ stream: 'subject-2', event: 'event-1' });
});

it('keeps kinds apart, and kind and value do not run into one another', () => {
  const index = newIndex();
  expect(index.claim([claimOf('1', 'a', 'e', 'resident'), claimOf('1', 'b', 'e', 'number')])).toEqual([]);
  expect(index.claim([claimOf('bc', 'c', 'e', 'a'), claimOf('c', 'd', 'e', 'ab')])).toEqual([]);
  expect(index.find('resident', '1')?.stream).toBe('a');
});

it('hashes under its key: under another one nothing is found', () => {
  const file = join(scratch(), INDEX_FILE);
  const one = newIndex(testKey(1), file);
  one.claim([claimOf('1')]);
  const two = newIndex(testKey(2), file);
  expect(two.find('number', '1')).toBeUndefined();
  expect(one.find('number', '1')).toEqual({ stream: 'subject-1', event: 'event-1' });
});

it('is kept by the vault over restarts', async () => {
  const { directory, vault, close } = await newVault();
  vault.index.claim([claimOf('1')]);
  await close();
  const again = (await reopenVault(directory)).vault;
  expect(again.index.find('number', '1')).toEqual({ stream: 'subject-1', event: 'event-1' });
});

it('behaves as a table of owners under any run of steps', () => {
  const value = fc.constantFrom('1', '2', '3', '4');
  const stream = fc.constantFrom('a', 'b', 'c');
  const claim = fc.record({ kind: fc.constantFrom('number', 'resident'), value, stream, event: fc.uuid() });
  const step = fc.oneof(
    fc.record({ claim: fc.array(claim, { minLength: 1, maxLength: 4 }) }),
    fc.record({ takeOver: claim }),
    fc.record({ release: fc.array(stream, { maxLength: 2 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const index = newIndex(testKey(), ':memory:');
      let model = new Map<string, IndexOwner>();
      const keyOf = ({ kind, value }: { kind: string; value: string }): string => `${kind} ${value}`;
      for (const step of steps) {
        if ('claim' in step) {
          const next = new Map(model);
          const conflicts = step.claim.filter((wanted) => {
            const owner = next.get(keyOf(wanted));
            if (!owner) next.set(keyOf(wanted), { stream: wanted.stream, event: wanted.event });
            return owner !== undefined && owner.stream !== wanted.stream;
          });
          expect(index.claim(step.claim).map((conflict) => keyOf(conflict))).toEqual(conflicts.map(keyOf));
          if (conflicts.length === 0) model = next;
        } else if ('takeOver' in step) {
          const { stream, event } = step.takeOver;
          const owner = model.get(keyOf(step.takeOver));
          expect(index.takeOver(step.takeOver, owner ?? { stream, event })).toBe(owner !== undefined);
          if (owner) model.set(keyOf(step.takeOver), { stream, event });
        } else {
          for (const [key, owner] of model) if ((step.release as string[]).includes(owner.stream)) model.delete(key);
          index.release(step.release);
        }
        for (const kind of ['number', 'resident']) {
          for (const value of ['1', '2', '3', '4']) expect(index.find(kind, value)).toEqual(model.get(`${kind} ${value}`));
        }
      }
      index.close();
    }),
    { numRuns: RUNS },
  );
});
