import { DECLARATION, RECORD } from '../support/city.js';
import { during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';

let stage: Stage;
let subject: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
});
afterAll(async () => stage.city.close());

/** The sample as another version, with changes to its first file. */
function version(number: number, effectiveFrom: string, change: (file: { items: Record<string, { values: { code: string; label: string }[]; mode?: object }> }) => void = () => undefined): string {
  const document = JSON.parse(DECLARATION) as { assessment: { version: number }; effectiveFrom: string; files: [Parameters<typeof change>[0]] };
  document.assessment.version = number;
  document.effectiveFrom = effectiveFrom;
  change(document.files[0]);
  return JSON.stringify(document);
}
const propose = (document: string, token = stage.compliance) => stage.post('/declarations/proposals', token, { document });
const put = (number: number, token = stage.chief) => stage.post('/declarations/in-force', token, { version: number });
const outcome = async (over: object = {}): Promise<unknown> => {
  const { answer, events } = await during(stage, () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, ...over }));
  return [answer.status, events[0]!.block.outcome, events[0]!.block.declarationVersion];
};

describe('a version', () => {
  it('handed in has no effect, and none before its day', async () => {
    expectStatus(await propose(version(4, '2026-12-01', ({ items }) => (items.source!.values = []))), 201);
    expect(await outcome()).toEqual([201, 'written', 3]);
    expectStatus(await put(4), 201);
    expect(await outcome()).toEqual([201, 'written', 3]);
  });

  it('is not put in force by the person who handed it in, whatever the role', async () => {
    expectStatus(await propose(version(5, '2027-01-01')), 201);
    const same = await stage.token({ staff: staffOf(stage.compliance), role: 'supervisor' });
    for (const token of [stage.compliance, same]) {
      const { answer, events } = await during(stage, () => put(5, token));
      expect([answer.status, answer.body.code]).toEqual([409, 'same-person']);
      expect(events.map(({ id, type, block }) => [id, type, block.findings])).toEqual([[answer.body.event, 'HandlingRefused', [{ rule: 'samePerson' }]]]);
    }
    expectStatus(await put(5), 201);
    expect((await put(5)).body.code).toBe('version-in-force');
  });

  it('is not put in force unseen, nor by somebody without the right', async () => {
    expect((await put(9)).body.code).toBe('not-proposed');
    expectStatus(await propose(version(6, '2027-01-01')), 201);
    const { answer, events } = await during(stage, () => put(6, stage.clerk));
    expectStatus(answer, 403);
    expect(events.map(({ type, block }) => [type, block.findings])).toEqual([['HandlingRefused', [{ rule: 'right' }]]]);
  });

  it('stands sealed in the ledger, with its digest open', async () => {
    const { events } = await during(stage, () => propose(version(6, '2027-01-01')));
    expect(events[0]).toMatchObject({ type: 'DeclarationProposed', data: { version: 6, assessment: 12, effectiveFrom: '2027-01-01', document: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(Object.keys(events[0]!.data)).not.toContain('label');
  });

  it('with faults is refused with every one of them, each with line and path, and nothing is kept', async () => {
    const faulty = JSON.stringify({ ...JSON.parse(DECLARATION), effectiveFrom: '2026-13-01', systems: {} }, null, 1);
    const { answer, events } = await during(stage, () => propose(faulty));
    expect([answer.status, answer.body.code, events.length]).toEqual([422, 'invalid-declaration', 0]);
    expect(answer.body.errors).toEqual([
      { path: '/effectiveFrom', code: 'declaration', message: expect.stringMatching(/^11行19桁: 日付/), line: 11, column: 19 },
      { path: '/systems', code: 'declaration', message: expect.stringContaining('配列'), line: expect.any(Number), column: expect.any(Number) },
    ]);
  });
});

describe('a change of mode', () => {
  const proposal = (over: object = {}) => stage.post('/declarations/mode-changes', stage.compliance, { version: 3, file: 'vaccination', rule: 'source', mode: 'unchecked', reason: '入手元の見直し', ...over });
  const confirm = (number: number, token = stage.chief) => stage.post('/declarations/mode-changes/confirmations', token, { proposal: number });
  let last = 0;
  const changed = async (over: object): Promise<void> => {
    expectStatus(await proposal(over), 201);
    last += 1;
    expectStatus(await confirm(last), 201);
  };
  const NOWHERE = { source: 'nowhere' };

  it('takes a second person, and effect at that instant', async () => {
    expect(await outcome(NOWHERE)).toEqual([403, 'refused', 3]);
    expectStatus(await proposal(), 201);
    last += 1;
    stage.pass(1);
    expect(await outcome(NOWHERE)).toEqual([403, 'refused', 3]);
    const same = await stage.token({ staff: staffOf(stage.compliance), role: 'supervisor' });
    expect((await confirm(last, same)).body.code).toBe('same-person');
    expect(await outcome(NOWHERE)).toEqual([403, 'refused', 3]);
    stage.pass(1);
    expectStatus(await confirm(last), 201);
    expect(await outcome(NOWHERE)).toEqual([201, 'written', 3]);
    expect((await confirm(last)).body.code).toBe('already-confirmed');
  });

  it('does not change what was judged before: what is recorded late is held to the mode of then', async () => {
    expect(await outcome({ ...NOWHERE, occurredAt: '2026-11-20T09:29:59+09:00', reason: '停止時' })).toEqual([201, 'deviation', 3]);
    expect(await outcome({ ...NOWHERE, occurredAt: '2026-11-20T09:30:00.002+09:00', reason: '停止時' })).toEqual([201, 'written', 3]);
  });

  it('is known again after a restart', async () => {
    await stage.city.restart();
    expect(await outcome(NOWHERE)).toEqual([201, 'written', 3]);
  });

  it('to observe holds to its last day in Japan', async () => {
    stage.pass(1000);
    await changed({ mode: 'observe', until: '2026-11-20' });
    expect(await outcome(NOWHERE)).toEqual([201, 'deviation', 3]);
    stage.pass(14.5 * 3_600_000 - 2000); // just before midnight
    const clerk = await stage.token({ role: 'clerk' });
    const enter = async () => (await during(stage, () => stage.post('/vaccinations', clerk, { ...RECORD, subject, ...NOWHERE }))).events[0]!.block.outcome;
    expect(await enter()).toBe('deviation');
    stage.pass(2000);
    expect(await enter()).toBe('refused');
  });

  it('is in the ledger with who proposed and who confirmed, and the reason sealed', async () => {
    const events = await stage.since(0);
    const proposed = events.find(({ type }) => type === 'ModeChangeProposed')!;
    const confirmed = events.find(({ type }) => type === 'ModeChanged')!;
    expect([proposed.actor.staff, confirmed.actor.staff]).toEqual([staffOf(stage.compliance), staffOf(stage.chief)]);
    expect(proposed.opened).toEqual({ reason: '入手元の見直し' });
    expect(confirmed.data).toEqual({ proposal: 1, version: 3, file: 'vaccination', rule: 'source', mode: 'unchecked' });
  });
});
