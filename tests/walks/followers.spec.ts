import { join } from 'node:path';
import type { FollowedEvent } from '../../src/walks/engine.js';
import { Followers } from '../../src/walks/followers.js';
import type { Draft, LoadedStream } from '../../src/ledger/ledger.js';
import { addUnit, noteDraft, openPair, scratch, type Pair } from '../support/ledger.js';

const MINUTE = 60_000;
let pair: Pair;
let at = 0;
let heard: (readonly [stream: string, revision: number, note: string])[];
let followers: Followers;
beforeEach(async () => {
  pair = await openPair(join(scratch(), 'pair'));
  heard = [];
  followers = new Followers(pair.ledger, () => at);
  followers.add((stream, events) => heard.push(...events.map(({ revision, sealed }) => [stream, revision, (sealed as { note: string }).note] as const)));
});
afterEach(async () => {
  followers.close();
  await pair.close();
});

/** Appends, and says what it would have told. */
async function append({ stream, revision, key }: LoadedStream, ...drafts: readonly Draft[]): Promise<readonly FollowedEvent[]> {
  const { revision: last, recordedAt } = await pair.ledger.append({ stream, drafts, expected: revision, key });
  return drafts.map(({ id, actor, event: { type, data, sealed } }, i) => ({ id, actor, type: type.type, data, sealed, recordedAt, revision: last - drafts.length + 1 + i }));
}

it('what was appended is told as it is', async () => {
  const unit = await addUnit(pair.ledger);
  await followers.tell(unit.stream, await append(unit, noteDraft('one'), noteDraft('two')));
  expect(heard).toEqual([[unit.stream, 1, 'one'], [unit.stream, 2, 'two']]);
});

it('of an append in doubt is told what stands, once, and what comes behind it comes behind it', async () => {
  const unit = await addUnit(pair.ledger);
  followers.missed(unit.stream, unit.revision);
  await append(unit, noteDraft('lost'));
  const next = await append(await pair.ledger.load(unit.stream), noteDraft('next'));
  await Promise.all([followers.tell(unit.stream, next), followers.lookAtAll(), followers.caughtUp(unit.stream)]);
  expect(heard.map(([, revision, note]) => [revision, note])).toEqual([[1, 'lost'], [2, 'next']]);
  await followers.lookAtAll();
  expect(heard).toHaveLength(2);
});

it('one that arrives late is told when it arrives; after some minutes nobody looks any more', async () => {
  const [unit, other] = [await addUnit(pair.ledger), await addUnit(pair.ledger)];
  followers.missed(unit.stream, unit.revision);
  await followers.lookAtAll();
  expect(heard).toEqual([]);
  at += MINUTE;
  await append(unit, noteDraft('late'));
  await followers.lookAtAll();
  expect(heard).toEqual([[unit.stream, 1, 'late']]);
  at += 3 * MINUTE;
  await followers.lookAtAll(); // the last look
  await append(await pair.ledger.load(unit.stream), noteDraft('without a word'));
  await followers.lookAtAll();
  expect(heard).toHaveLength(1);
  await followers.tell(other.stream, await append(other, noteDraft('as ever')));
  expect(heard.at(-1)).toEqual([other.stream, 1, 'as ever']);
});

it('a stream that cannot be read is read again, however long that takes, and hides no other', async () => {
  const [unit, other] = [await addUnit(pair.ledger), await addUnit(pair.ledger)];
  followers.missed(unit.stream, unit.revision);
  followers.missed(other.stream, other.revision);
  await append(unit, noteDraft('lost'));
  await append(other, noteDraft('lost, too'));
  const { store } = pair.ledger;
  const readStream = store.readStream.bind(store);
  store.readStream = async (stream, ...rest) => (stream === unit.stream ? Promise.reject(new Error('away')) : readStream(stream, ...rest));
  at += 10 * MINUTE;
  await followers.lookAtAll();
  expect(heard).toEqual([[other.stream, 1, 'lost, too']]);
  Object.assign(store, { readStream });
  await followers.lookAtAll();
  expect(heard.at(-1)).toEqual([unit.stream, 1, 'lost']);
});

it('of a stream that is new and in doubt everything is told', async () => {
  const unit = await addUnit(pair.ledger, 'first');
  followers.missed(unit.stream, 'none');
  await followers.lookAtAll();
  expect(heard).toEqual([[unit.stream, 0, 'first']]);
});
