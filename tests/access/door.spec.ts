import type { HandlingBlock } from '../../src/handling/block.js';
import { DECLARATION, MINATO, putInForce, type Answer } from '../support/city.js';
import { LAX } from '../walks/lax-file.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber } from '../walks/stage.js';
import { atTheDoor, choose, clear, clerk, door, open, stage, subject, unlock } from './at-the-door.js';
import { MINUTES, atWork, signIn } from './signing-in.js';

atTheDoor();

describe('where a file asks for a case number or a reason', () => {
  it('nothing is opened, refused or written without one, and the answer says what to do', async () => {
    door({ opened: ['either'] });
    const { answer, events } = await during(stage, () => open(clerk.token));
    expect([answer.status, answer.body.code, answer.body.missing, answer.body.reasons]).toEqual([422, 'case-required', 'case-or-reason', [{ code: 'counter', label: '窓口対応' }, { code: 'telephone', label: '電話照会' }]]);
    expect(answer.body.detail).toContain('POST /session/case');
    expect(JSON.stringify(answer.body)).not.toMatch(/田辺|架空町/);
    expect(events).toEqual([]);
  });

  it('it is chosen once: what follows names it, looks and commands alike, until it is changed or cleared', async () => {
    door({ opened: ['either'] });
    const chosen = await during(stage, () => choose(clerk.token, { caseRef: '受付 架空 12', reasonCode: 'counter' }));
    expect(chosen.events.map(({ type, data, opened }) => [type, data, opened])).toEqual([['CaseChosen', { reasonCode: 'counter' }, { caseRef: '受付 架空 12' }]]);
    for (const ask of [() => open(clerk.token), () => stage.get(`/subjects/${subject}/vaccinations?file=vaccination`, clerk.token), () => stage.post('/evidence', clerk.token, { ...FILE, kind: 'consent', subjects: [subject], how: '署名' })]) {
      const { events } = await during(stage, async () => expectStatus(await ask(), 200, 201));
      expect(events.map(({ block, opened }) => [block.reasonCode, (opened.about as { caseRef?: string }).caseRef])).toEqual([['counter', '受付 架空 12']]);
    }
    await choose(clerk.token, { reasonCode: 'telephone' });
    const { events: [other] } = await during(stage, () => open(clerk.token));
    expect([other!.block.reasonCode, other!.opened.about]).toEqual(['telephone', undefined]);
    expectStatus(await clear(clerk.token), 204);
    expectStatus(await open(clerk.token), 422);
  });

  it('it is gone when the session has been locked', async () => {
    door({ opened: ['either'] });
    await choose(clerk.token, { caseRef: '受付 架空 13' });
    expectStatus(await open(clerk.token), 200);
    stage.pass(10 * MINUTES);
    expect((await open(clerk.token)).body.code).toBe('session-locked');
    expectStatus(await unlock(clerk), 204);
    expect((await open(clerk.token)).body.code).toBe('case-required');
  });

  it('a single look may name one in its headers, before that of the session', async () => {
    door({ opened: ['case', 'reason'] });
    const headers = { 'akashi-case-ref': encodeURIComponent('受付 架空 14'), 'akashi-reason-code': 'telephone' };
    await choose(clerk.token, { caseRef: '受付 架空 15', reasonCode: 'counter' });
    const { events: [used] } = await during(stage, async () => expectStatus(await open(clerk.token, headers), 200));
    expect([used!.block.reasonCode, used!.opened.about]).toEqual(['telephone', { caseRef: '受付 架空 14' }]);
    await clear(clerk.token);
    expect((await open(stage.clerk, { 'akashi-reason-code': 'telephone' })).body).toMatchObject({ code: 'case-required', missing: 'case' });
    for (const code of ['disaster', '田辺湊', 'constructor']) expectStatus(await open(stage.clerk, { 'akashi-reason-code': encodeURIComponent(code) }), 400);
  });

  it('a reason that the file does not offer is none', async () => {
    door({ opened: ['reason'] }, ['audit']);
    expect((await open(stage.clerk, { 'akashi-reason-code': 'telephone' })).body.code).toBe('case-required');
    expectStatus(await open(stage.clerk, { 'akashi-reason-code': 'audit' }), 200);
  });

  it('each kind of look asks for itself: a number shown, and a search by it', async () => {
    door({ numberShown: ['reason'], numberSearch: ['case'] });
    const show = (headers?: Record<string, string>): Promise<Answer> => stage.get(`/subjects/${subject}/numbers?file=vaccination`, clerk.token, headers);
    const search = (body: object, headers?: Record<string, string>): Promise<Answer> => stage.post('/subjects/search?file=vaccination', clerk.token, body, headers);
    expectStatus(await open(clerk.token), 200);
    expectStatus(await search({ addresseeNumber: '999999999' }), 200);
    for (const number of [NUMBERS[0], NUMBERS[7]]) expect((await search({ number })).body).toMatchObject({ code: 'case-required', missing: 'case' }); // somebody's or nobody's
    expect((await show()).body).toMatchObject({ code: 'case-required', missing: 'reason' });
    expectStatus(await search({ number: NUMBERS[0] }, { 'akashi-case-ref': 'k-1' }), 200);
    expectStatus(await show({ 'akashi-reason-code': 'counter' }), 200);
  });

  it('whoever may not look at all is refused as ever, and that is written', async () => {
    door({ opened: ['case'] });
    const { answer, events } = await during(stage, () => open(stage.operator));
    expect([answer.status, events.map(({ type }) => type)]).toEqual([403, ['HandlingRefused']]);
  });

  it('an empty case is none, and a reason of 緊急時閲覧 is not on the list', async () => {
    expect((await stage.post('/session/case', clerk.token, {})).body.code).toBe('case-empty');
    expectStatus(await stage.post('/session/case', clerk.token, { reasonCode: 'disaster' }), 400);
    expectStatus(await stage.post('/session/case', stage.clerk, { reasonCode: 'counter' }), 401); // no session: each look names its own
  });

  it('the log shows the reason, and finds by it', async () => {
    door({ opened: ['reason'] });
    const { answer } = await during(stage, async () => expectStatus(await open(stage.clerk, { 'akashi-reason-code': 'telephone' }), 200));
    await stage.city.server.registers.waitFor(answer.body.position as number, 5000);
    const { views } = expectStatus(await stage.post('/handling-log/search', stage.chief, { subject, reasonCode: 'telephone' }), 200).body as { views: { event: string; reasonCode: string }[] };
    expect(views.map(({ reasonCode }) => reasonCode)).toEqual(views.map(() => 'telephone'));
    expect(views.map(({ event }) => event)).toContain(answer.body.event);
  });
});

describe('imports', () => {
  it('are for those who may import into the file: whoever may into another one is refused', async () => {
    const only = await atWork(stage, 'clerk', 'health-promotion', { files: [LAX] });
    const importer = await stage.token({ role: 'clerk' });
    const digest = 'a'.repeat(64);
    const id = expectStatus(await stage.post('/imports', importer, { kind: 'vaccinations', ...FILE, encoding: 'utf-8', digest, source: 'private:clinic', method: 'paper', purpose: 'record-keeping' }), 201).body.id as string;
    for (const ask of [() => stage.get(`/imports/${id}`, only.token), () => stage.get(`/imports/${id}/rejects`, only.token), () => stage.city.call('PUT', `/imports/${id}/content`, only.token, 'x', { 'content-type': 'text/csv' })]) {
      const { answer, events } = await during(stage, ask);
      expect([answer.status, events.map(({ type, block }) => [type, block.file, block.findings])]).toEqual([403, [['HandlingRefused', 'vaccination', [{ rule: 'right' }]]]]);
    }
    expectStatus(await stage.get(`/imports/${id}`, importer), 200);
  });
});

// Last: from here on another version is in force.
describe('the purpose of a session', () => {
  interface Written {
    readonly assessment: { version: number; publishedOn: string };
    effectiveFrom: string;
    readonly files: { items: { purpose: { values: { code: string }[] } }; door?: object; numberScreens?: readonly string[] }[];
  }
  const another = async (version: number, change: (file: Written['files'][number]) => void): Promise<void> => {
    const next = JSON.parse(DECLARATION) as Written;
    next.assessment.version = version;
    next.effectiveFrom = '2026-11-20';
    change(next.files[0]!);
    await putInForce(stage.city, JSON.stringify(next), version);
  };

  it('is one that the affair in force is written for', async () => {
    const one = await atWork(stage);
    const { answer, events } = await during(stage, () => stage.post('/session/purpose', one.token, { purpose: 'tax-collection' }));
    expect([answer.status, answer.body.code, events]).toEqual([422, 'purpose-unwritten', []]);
    const look = (purpose: string) => stage.get(`/subjects/${subject}?file=vaccination`, one.token, { 'akashi-purpose': purpose });
    const other = await during(stage, () => look('record-keeping'));
    expect([other.answer.status, other.answer.body.code, other.events]).toEqual([422, 'other-purpose', []]);
    expectStatus(await look('routine-vaccination'), 200);
    expectStatus(await stage.post('/session/purpose', one.token, { purpose: 'record-keeping' }), 204);
    expectStatus(await open(one.token), 200);
  });

  it('that is written no more is refused from the day on which another version is in force, while the session lives; and what that version demands goes before the policy', async () => {
    const one = await atWork(stage);
    expectStatus(await stage.post('/session/purpose', one.token, { purpose: 'record-keeping' }), 204);
    expectStatus(await open(one.token), 200);
    await another(4, (file) => {
      file.items.purpose.values = file.items.purpose.values.filter(({ code }) => code !== 'record-keeping');
      file.door = { opened: 'reason' };
    });
    const { answer, events } = await during(stage, () => open(one.token));
    expect([answer.status, events.map(({ type, block }) => [type, block.findings.map(({ rule }) => rule), block.declarationVersion])]).toEqual([403, [['HandlingRefused', ['purpose'], 4]]]);
    expect((await stage.post('/session/purpose', one.token, { purpose: 'record-keeping' })).body.code).toBe('purpose-unwritten');
    expect((await signIn(stage, one, { purpose: 'record-keeping' })).body.code).toBe('purpose-unwritten');
    expectStatus(await stage.post('/session/purpose', one.token, { purpose: 'routine-vaccination' }), 204);
    expect((await open(one.token)).body).toMatchObject({ code: 'case-required', missing: 'reason' });
    await choose(one.token, { reasonCode: 'counter' });
    expectStatus(await open(one.token), 200);
  });

  it('the 個人番号 stands on no screen, unless the assessment says so; then each display is a handling, and it is masked for whoever may not see it', async () => {
    const show = { 'akashi-reason-code': 'counter' };
    const [mayShow, mayNot] = [await stage.token({ role: 'number-clerk' }), await stage.token({ role: 'clerk' })];
    expect(expectStatus(await open(mayShow, show), 200).body).not.toHaveProperty('number');
    await another(5, (file) => {
      file.numberScreens = ['subject'];
      file.door = { numberShown: 'reason' };
    });
    const told = async (token: string, headers?: Record<string, string>): Promise<unknown> => {
      const { answer, events } = await during(stage, async () => expectStatus(await open(token, headers), 200));
      return [answer.body.number, events.map(({ type, block }: { type: string; block: HandlingBlock | null }) => [type, block?.extent, block?.items.includes('number')])];
    };
    expect(await told(mayShow, show)).toEqual([NUMBERS[0], [['InformationUsed', 'opened', false], ['InformationUsed', 'numberShown', true]]]);
    const masked = ['************', [['InformationUsed', 'opened', false]]];
    expect(await told(mayNot, show)).toEqual(masked);
    expect(await told(mayShow)).toEqual(masked);
    expect(await told(await stage.token({ role: 'number-clerk', channel: 'outward' }), show)).toEqual([undefined, [['InformationUsed', 'opened', false], ['NobodyWithheld', undefined, undefined]]]);
    const without = expectStatus(await stage.post('/subjects', mayNot, { ...MINATO, addresseeNumber: freshNumber() }, WAIT), 201).body.id as string;
    expect(expectStatus(await stage.get(`/subjects/${without}?file=vaccination`, mayShow, show), 200).body).not.toHaveProperty('number');
    for (const token of [mayShow, mayNot]) expect(JSON.stringify((await stage.post('/subjects/search?file=vaccination', token, { kana: 'タナベ', birthDate: MINATO.birthDate })).body)).not.toContain(NUMBERS[0]);
  });
});
