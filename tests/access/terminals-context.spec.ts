import { terminals } from '../../src/access/terminals/context.js';
import { TerminalChanged, TerminalRegistered, TerminalRemoved } from '../../src/access/terminals/events.js';
import { StoreUnavailable } from '../../src/store/port.js';
import { HORI, erased, given, happens, past, problem } from '../support/given.js';
import { during, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { anyFingerprint, from, registered } from './at-terminals.js';

const [A, B, C] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)] as const;
const COUNTER = { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion', label: '本館1階（架空）', certificates: [A] } as const;
const there = past(TerminalRegistered, HORI, { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion' }, { label: '本館1階（架空）', certificates: [A] });
const removed = past(TerminalRemoved, HORI, { terminal: 'counter-1', reason: 'lost' }, {});

describe('a terminal', () => {
  it('is registered; what proves it and where it stands is sealed', () =>
    given(terminals).when('RegisterTerminal', { ...COUNTER, certificates: [A.toUpperCase().match(/../g)!.join(':'), A, B] }).then([
      happens(TerminalRegistered, { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion' }, { label: COUNTER.label, certificates: [A, B] }),
    ]));
  it('has a code of its own, for ever', () => {
    given(terminals, [there]).when('RegisterTerminal', { ...COUNTER, certificates: [B] }).then(problem(409, 'terminal-taken'));
    given(terminals, [there, removed]).when('RegisterTerminal', { ...COUNTER, certificates: [B] }).then(problem(409, 'terminal-taken'));
  });
  it('has certificates of its own; those of one that has been removed are nobody\'s', () => {
    for (const before of [[there], [there, removed]]) given(terminals, before).when('RegisterTerminal', { ...COUNTER, terminal: 'counter-2', certificates: [B, A] }).then(problem(409, 'certificate-taken'));
    const other = past(TerminalRegistered, HORI, { terminal: 'counter-2', class: 'lgwan', department: 'tax' }, { label: '架空', certificates: [C] });
    given(terminals, [there, other]).when('ChangeTerminal', { terminal: 'counter-1', certificates: [C] }).then(problem(409, 'certificate-taken'));
    given(terminals, [there]).when('ChangeTerminal', { terminal: 'counter-1', certificates: [A, B] }).then([happens(TerminalChanged, { terminal: 'counter-1' }, { certificates: [A, B] })]);
  });
  it('is changed in what is named alone', () => {
    given(terminals, [there]).when('ChangeTerminal', { terminal: 'counter-1', class: 'lgwan', label: '別館' }).then([happens(TerminalChanged, { terminal: 'counter-1', class: 'lgwan' }, { label: '別館' })]);
    given(terminals, [there]).when('ChangeTerminal', { terminal: 'counter-1' }).then(problem(422, 'nothing-changed'));
    const { state } = given(terminals, [there, past(TerminalChanged, HORI, { terminal: 'counter-1', department: 'tax' }, {})]);
    expect([...state.values()]).toEqual([{ code: 'counter-1', class: 'number-affairs', department: 'tax', label: COUNTER.label, certificates: [A], removed: false }]);
  });
  it('is removed once, and is no more', () => {
    given(terminals, [there]).when('RemoveTerminal', { terminal: 'counter-1', cause: 'replaced' }).then([happens(TerminalRemoved, { terminal: 'counter-1', reason: 'replaced' }, {})]);
    for (const type of ['RemoveTerminal', 'ChangeTerminal']) for (const before of [[], [there, removed]]) given(terminals, before).when(type, { terminal: 'counter-1', ...(type === 'RemoveTerminal' ? { cause: 'lost' } : { label: '別館' }) }).then(problem(409, 'unknown-terminal'));
  });
  it('that cannot be read any more is proved by nothing', () => expect(given(terminals, [erased(there)]).state.get('counter-1')).toMatchObject({ certificates: [], label: '' }));
});

describe('over HTTP', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ env: { AKASHI_TRUSTED_PROXY: '127.0.0.1' } });
  });
  afterAll(async () => stage.city.close());
  const statusFrom = async (headers: Record<string, string>): Promise<number> => (await stage.get('/registers', stage.clerk, headers)).status;

  it('whoever manages them sees all of it, with those that have gone; in the ledger nothing of it stands open', async () => {
    const { answer, events } = await during(stage, () => stage.post('/terminals', stage.operator, { ...COUNTER, reason: '窓口の増設' }));
    expectStatus(answer, 201);
    expect(events.map(({ data, opened }) => [data, opened])).toEqual([[{ terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion' }, { label: COUNTER.label, certificates: [A], about: { reason: '窓口の増設' } }]]);
    const [recorded] = await stage.city.server.engine.ledger.store.readAll({ after: events[0]!.position - 1, limit: 1 });
    for (const secret of [A, COUNTER.label]) expect(Buffer.from(recorded!.bytes).includes(secret)).toBe(false);
    expectStatus(await stage.post('/terminals/removals', stage.operator, { terminal: 'counter-1', cause: 'broken' }), 201);
    expect(expectStatus(await stage.get('/terminals', stage.operator), 200).body).toEqual({ terminals: [{ code: 'counter-1', class: 'number-affairs', department: 'health-promotion', label: COUNTER.label, certificates: [A], removed: true }] });
  });

  it('that the last one has been removed opens nothing: only the machine itself is left', async () => {
    expect(await statusFrom(from(A))).toBe(403);
    expect(await statusFrom({})).toBe(200);
  });

  it.each([true, false])('one whose removal was written without anybody hearing of it has gone as soon as that is seen (%s), at the latest with the second try', async (looking) => {
    const lost = await registered(stage, 'number-affairs');
    expect(await statusFrom(lost.headers)).toBe(200);
    const { store } = stage.city.server.engine.ledger;
    const [append, readStream] = [store.append.bind(store), store.readStream.bind(store)];
    store.append = async (...given) => {
      await append(...given);
      store.readStream = async () => { throw new StoreUnavailable('no-answer'); };
      throw new StoreUnavailable('no-answer');
    };
    const removing = () => stage.post('/terminals/removals', stage.operator, { terminal: lost.code, cause: 'stolen' });
    expectStatus(await removing(), 503);
    Object.assign(store, { append, readStream });
    expect(await statusFrom(lost.headers)).toBe(200); // nobody has heard of it
    await (looking ? stage.city.server.engine.followers.lookAtAll() : removing());
    expect(await statusFrom(lost.headers)).toBe(403);
    expect((await removing()).body.code).toBe('unknown-terminal');
  });

  it('one registered without anybody hearing of it is one when the request comes again', async () => {
    const fingerprint = anyFingerprint();
    const { store } = stage.city.server.engine.ledger;
    const append = store.append.bind(store);
    store.append = async (...given) => {
      await append(...given);
      throw new StoreUnavailable('no-answer');
    };
    const terminal = { ...COUNTER, terminal: 'counter-2', certificates: [fingerprint] };
    expectStatus(await stage.post('/terminals', stage.operator, terminal), 503);
    Object.assign(store, { append });
    await stage.city.server.engine.followers.lookAtAll();
    expect(await statusFrom(from(fingerprint))).toBe(200);
  });
});
