import { ListOutputs, listOutputs } from '../../projections/registers/outputs/queries.js';
import { overdueOutputs } from '../../projections/registers/outputs/query.js';
import { addDays, todayInJapan } from '../../src/codes/plain-date.js';
import { newId } from '../../src/ledger/ids.js';
import { tellPassphrase } from '../../src/outputs/exports.js';
import { overdueDuty } from '../../src/outputs/overdue.js';
import { readCommand } from '../../src/walks/command-class.js';
import { runCommand } from '../../src/walks/command-walk.js';
import { enginePrincipal } from '../../src/walks/duties.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { ASKED, codeOf, exporting, exportingPolicy, opened } from './exporting.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const DAY = 86_400_000;
const MORNING_OF_APPROVAL = '2026-11-20T00:30:00.000Z';
const policy = exportingPolicy();
let stage: Stage;
let numberClerk: string;
let people: string[];
let steps: ReturnType<typeof exporting>;
beforeAll(async () => {
  stage = await openStage({ policy });
  steps = exporting(stage);
  numberClerk = await stage.token({ role: 'number-clerk' });
  people = [await stage.person({ name: '輸出　一子（架空）' }), await stage.person({ name: '=輸出　二子（架空）' }), await stage.person({ name: '支援　三子（架空）' })];
  for (const person of people) await stage.confirmed(person, { lot: 'EXPLOT7' });
  await stage.protect(people[2]!);
  expectStatus(await stage.post('/numbers', numberClerk, { ...FILE, subject: people[0], number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
});
afterAll(async () => stage.city.close());

describe('an export', () => {
  it('goes from request to approval to an encrypted file, recorded with exactly whose values leave before the first byte', async () => {
    const id = await steps.approved();
    const passphrase = await steps.passphraseOf(id);
    const before = await stage.head();
    const taken = await steps.take(id);
    const text = await opened(taken, passphrase);
    await steps.settled(before, 'ExportEnded');
    expect(taken.headers.get('content-disposition')).toMatch(/^attachment; filename="export-subjects-\d+\.csv\.age"$/);
    expect(taken.bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    expect(taken.bytes.includes(Buffer.from('輸出'))).toBe(false);
    expect(text).toContain('輸出　一子（架空）');
    expect(text).toContain('\'=輸出　二子（架空）');
    expect(text).not.toContain('支援　三子（架空）'); // 支援措置
    expect(text).not.toContain(NUMBERS[0]);
    const [made, ended, ...more] = (await stage.since(before)).filter(({ type }) => type !== 'SessionOpened');
    expect(made).toMatchObject({ type: 'ExportMade', data: { rows: 2, withheld: 1 }, block: { kind: 'use', extent: 'exported', file: 'vaccination', items: ['name', 'birthDate', 'address'], outcome: 'written' } });
    expect([...made!.block.subjects].sort()).toEqual([people[0], people[1]].sort());
    expect(made!.block.evidence).toEqual([{ kind: 'approval', ref: expect.any(String) }]);
    expect(made!.id).toBe(taken.headers.get('akashi-event'));
    expect(ended).toMatchObject({ type: 'ExportEnded', data: { rows: 2, outcome: 'complete' } });
    expect(more).toEqual([]);

    expect(codeOf(await steps.take(id))).toBe('409 made-already');
    expect((await stage.post(`/exports/${id}/erasures`, stage.clerk, { ...FILE, how: 'erased' })).body.code).toBe('same-person');
    expectStatus(await stage.post(`/exports/${id}/erasures`, stage.other, { ...FILE, how: 'erased' }), 200);
  });

  it('is out of the question for a file that the policy does not name, and that is in the ledger', async () => {
    (policy.output.exportFiles as string[]).pop();
    const { answer, events } = await during(stage, () => stage.post('/exports', stage.clerk, ASKED));
    (policy.output.exportFiles as string[]).push('vaccination');
    expect([answer.status, answer.body.findings]).toEqual([403, [{ rule: 'policy', message: 'この出力・持出しは、方針により認められていません' }]]);
    expect(events).toMatchObject([{ type: 'HandlingRefused', block: { outcome: 'refused', findings: [{ rule: 'policy' }] } }]);
  });

  it('is made by nobody but its requester, not before the approval, not after its lifetime, and not without its passphrase', async () => {
    const waiting = await steps.request();
    expect(codeOf(await steps.take(waiting))).toBe('409 not-approved');
    const id = await steps.approved();
    expect(codeOf(await steps.take(id, stage.other))).toBe('409 requester-only');
    expect(codeOf(await steps.take(id))).toBe('409 passphrase-missing');
    await steps.passphraseOf(id);
    expect(codeOf(await steps.take(newId()))).toBe('404 not-found');
  });

  it('has one passphrase at a time, which the second word takes the place of; another does not open it', async () => {
    const id = await steps.approved();
    const old = await steps.passphraseOf(id);
    const passphrase = await steps.passphraseOf(id);
    expect(passphrase).toMatch(/^([a-km-np-z2-9]{5}-){5}[a-km-np-z2-9]{5}$/);
    expect(passphrase).not.toBe(old);
    const taken = await steps.take(id);
    await expect(opened(taken, old)).rejects.toThrow();
    expect(await opened(taken, passphrase)).toContain('輸出　一子（架空）');
  });

  it('of more rows than were approved does not leave, and stays to be made of fewer', async () => {
    const id = await steps.approved({ rows: 1 });
    await steps.passphraseOf(id);
    const before = await stage.head();
    expect(codeOf(await steps.take(id))).toBe('422 too-many-rows');
    expect((await stage.since(before)).map(({ type }) => type)).toEqual([]);
    const one = await steps.approved({ rows: 1, subjects: [people[0]] });
    const passphrase = await steps.passphraseOf(one);
    expect(await opened(await steps.take(one), passphrase)).toContain('輸出　一子（架空）');
  });

  it('holds the 個人番号 only when the approval says so, and only for who may see it', async () => {
    const items = { items: ['name', 'number'], subjects: [people[0]] };
    const without = await steps.approved(items, numberClerk);
    const first = await steps.passphraseOf(without, numberClerk);
    expect(await opened(await steps.take(without, numberClerk), first)).not.toContain(NUMBERS[0]);
    const id = await steps.approved(items, numberClerk, { number: true });
    const passphrase = await steps.passphraseOf(id, numberClerk);
    const before = await stage.head();
    expect(await opened(await steps.take(id, numberClerk), passphrase)).toContain(NUMBERS[0]);
    expect((await stage.since(before))[0]).toMatchObject({ type: 'ExportMade', block: { items: ['name', 'number'] } });
    const clerks = await steps.approved(items, stage.clerk, { number: true });
    await steps.passphraseOf(clerks);
    expect(codeOf(await steps.take(clerks))).toBe('403 handling-refused');
  });

  it('of records has their values, of one person or of all', async () => {
    const id = await steps.approved({ what: 'vaccinations', items: ['vaccine', 'lot'], format: 'json', subjects: [people[1]] });
    const passphrase = await steps.passphraseOf(id);
    const { rows } = JSON.parse(await opened(await steps.take(id), passphrase)) as { rows: readonly object[] };
    expect(rows).toEqual([{ vaccination: expect.any(String), subject: people[1], status: 'confirmed', vaccine: 'MR1', lot: 'EXPLOT7' }]);
  });

  it('is neither rejected nor told its passphrase by whoever has the right for another file alone, whatever file they name', async () => {
    const { engine } = stage.city.server;
    const context = engine.contexts.find(({ category }) => category === 'export')!;
    const principal = { ...enginePrincipal(), rights: { has: (_: string, file?: string) => file !== 'vaccination' } };
    const target = await steps.request();
    for (const spec of [context.commands.find(({ type }) => type === 'RejectExport')!, tellPassphrase(() => policy.output) as never]) {
      const before = await stage.head();
      const trying = runCommand(engine, context, spec, readCommand(spec.command, { file: 'another', reason: '別のファイル' }), { principal, correlationId: newId(), target });
      await expect(trying).rejects.toMatchObject({ status: 403, code: 'handling-refused' });
      expect((await stage.since(before)).filter(({ type }) => type !== 'SessionOpened')).toMatchObject([{ type: 'HandlingRefused', block: { findings: [{ rule: 'right' }] } }]);
    }
  });

  it('asked for twice at once is given out once', async () => {
    const id = await steps.approved();
    await steps.passphraseOf(id);
    const both = await Promise.all([steps.take(id), steps.take(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('a print', () => {
  const PRINT = { ...FILE, form: 'notice', sheets: 3, plan: 'mailed' };

  it('is a use of its persons, printed, and is disposed of under the eyes of another', async () => {
    const { answer, events } = await during(stage, () => stage.post('/prints', stage.clerk, { ...PRINT, subjects: [people[0]] }));
    expect(answer.status).toBe(201);
    expect(events).toMatchObject([{ type: 'PrintProduced', data: { form: 'notice', sheets: 3, plan: 'mailed', due: '2026-11-27' }, block: { kind: 'use', extent: 'printed', subjects: [people[0]], items: ['name', 'address', 'postalCode', 'birthDate', 'vaccine', 'dose'] } }]);
    const own = await stage.post(`/prints/${answer.body.id}/disposals`, stage.clerk, { ...FILE, how: 'mailed', sheets: 3 });
    expect([own.status, own.body.code]).toEqual([409, 'same-person']);
    expectStatus(await stage.post(`/prints/${answer.body.id}/disposals`, stage.other, { ...FILE, how: 'mailed', sheets: 3 }), 200);
  });
  it('that goes to somebody under 支援措置 stops until it has been confirmed where it goes; one that is shredded does not', async () => {
    const to = (over: object) => stage.post('/prints', stage.clerk, { ...PRINT, subjects: [people[2]], ...over });
    expect((await to({})).body.findings).toMatchObject([{ rule: 'protection' }]);
    const confirmation = expectStatus(await stage.post('/outward-confirmations', stage.chief, { ...FILE, subjects: [people[2]], recipient: 'prefecture', how: '上司の確認' }), 201).body.id as string;
    expectStatus(await to({ evidence: [confirmation] }), 201);
    const shredded = expectStatus(await to({ plan: 'shredded' }), 201).body.id as string;
    const leave = (over: object) => stage.post(`/prints/${shredded}/disposals`, stage.other, { ...FILE, sheets: 1, ...over });
    expect((await leave({ how: 'mailed' })).body.findings).toMatchObject([{ rule: 'protection' }]);
    expectStatus(await leave({ how: 'mailed', evidence: [confirmation] }), 200);
    expectStatus(await leave({ how: 'shredded' }), 200);
  });
  it('with the 個人番号 is for whoever may see it', async () => {
    const output = policy.output as { hardCopy: boolean };
    const screen = { ...PRINT, form: 'screen', items: ['name', 'number'], plan: 'shredded', subjects: [people[0]] };
    output.hardCopy = true;
    const [refused, printed] = [await stage.post('/prints', stage.clerk, screen), await stage.post('/prints', numberClerk, screen)];
    output.hardCopy = false;
    expect([refused.status, refused.body.findings, printed.status]).toMatchObject([403, [{ rule: 'right' }], 201]);
  });
  it('of the screen is refused, and the refusal is in the ledger', async () => {
    const { answer, events } = await during(stage, () => stage.post('/prints', stage.clerk, { ...PRINT, form: 'screen', items: ['name'], subjects: [people[0]] }));
    expect([answer.status, answer.body.findings]).toMatchObject([403, [{ rule: 'policy' }]]);
    expect(events).toMatchObject([{ type: 'HandlingRefused', block: { extent: 'printed', subjects: [people[0]] } }]);
  });
  it('is of persons who are registered', async () => expect((await stage.post('/prints', stage.clerk, { ...PRINT, subjects: [newId()] })).body.code).toBe('unknown-subject'));
});

describe('a take-out, and what is left open', () => {
  const TAKE_OUT = { ...FILE, object: 'medium', ref: '媒体3号', items: ['name'], persons: 318, encrypted: true, destination: '架空の検診会場', from: '2026-11-20', until: '2026-11-22' };

  it('goes out approved, with a carrier who is on the list; a loss raises an alarm at once', async () => {
    const carrier = expectStatus(await stage.post('/staff', stage.operator, { name: '架空　運び手', post: '主事', kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber: freshEmployeeNumber() }), 201).body.id as string;
    expect((await stage.post('/take-outs', stage.clerk, { ...TAKE_OUT, carrier: newId() })).body.code).toBe('not-on-the-list');
    expect((await stage.post('/take-outs', stage.clerk, { ...TAKE_OUT, carrier, encrypted: false })).body.findings).toMatchObject([{ rule: 'policy' }]);
    const id = expectStatus(await stage.post('/take-outs', stage.clerk, { ...TAKE_OUT, carrier }), 201).body.id as string;
    expectStatus(await stage.post(`/take-outs/${id}/approvals`, stage.chief, FILE), 200);
    const { events } = await during(stage, () => stage.post(`/take-outs/${id}/departures`, stage.clerk, FILE));
    expect(events).toMatchObject([{ type: 'TakenOut', block: { kind: 'use', items: ['name'] } }]);
    expectStatus(await stage.post(`/take-outs/${id}/losses`, stage.clerk, { ...FILE, on: '2026-11-20', circumstances: '架空の電車の中' }), 200);
    expect(stage.city.server.engine.alarms).toContainEqual(expect.objectContaining({ code: 'take-out-lost', detail: { takeOut: id, next: 'incident' } }));
    expectStatus(await stage.post(`/take-outs/${id}/returns`, stage.other, { ...FILE, persons: 317 }), 200);
    expect(stage.city.server.engine.alarms).toContainEqual(expect.objectContaining({ code: 'take-out-incomplete', detail: { takeOut: id, next: 'incident' } }));
  });

  it('the register shows what waits for somebody, with the words that the approver needs; who looked is recorded', async () => {
    const id = await steps.request({ recipient: '架空の配送会社' });
    const { headers } = await stage.get('/registers/outputs', stage.chief);
    expect(headers.get('content-type')).toContain('json');
    const after = { 'akashi-after': String(await stage.head()) };
    const { answer, events } = await during(stage, () => stage.get('/registers/outputs?category=export&open=true', stage.chief, after));
    const views = expectStatus(answer, 200).body.views as readonly { output: string; status: string; stated: object; openSince: string }[];
    expect(views.find(({ output }) => output === id)).toMatchObject({ category: 'export', status: 'requested', staff: staffOf(stage.clerk), openSince: '2026-11-20T00:30:00.000Z', stated: { what: 'subjects', recipient: '架空の配送会社', scope: '全員' } });
    expect(views.every(({ openSince }) => openSince !== null)).toBe(true);
    expect(events).toMatchObject([{ type: 'InformationUsed', data: { query: 'outputs' }, block: { file: 'output-register', extent: 'listed' } }]);
  });

  it('the register names nobody, and shows the outputs of a file to whoever has the right for that file alone', async () => {
    const id = await steps.request({ subjects: [people[0], people[1]] });
    const { engine, registers } = stage.city.server;
    const listed = (file: string) => listOutputs({ engine, registers }, new ListOutputs({ principal: { ...enginePrincipal(), rights: { has: (right, of) => right === 'output:see' && (of === undefined || of === file) } }, correlationId: newId(), moment: {} }, {}, { after: 0, limit: 100 }));
    await registers.waitFor(await stage.head(), 5000, 'outputs');
    const { views } = await listed('vaccination');
    expect(views.find(({ output }) => output === id)!.stated).toMatchObject({ what: 'subjects', named: 2 });
    for (const person of people) expect(JSON.stringify(views)).not.toContain(person);
    expect((await listed('another')).views).toEqual([]);
  });

  it('the engine says once of what is past its day that it is, in the ledger and as an alarm', async () => {
    const id = await steps.approved();
    const passphrase = await steps.passphraseOf(id);
    const before = await stage.head();
    await opened(await steps.take(id), passphrase);
    await steps.settled(before, 'ExportEnded');
    const { duties, registers, engine } = stage.city.server;
    stage.pass(11 * DAY);
    await registers.waitFor(await stage.head(), 5000, 'outputs');
    await duties.performDue();
    const said = (await stage.since(before)).filter(({ type, stream }) => type === 'OutputOverdue' && stream === `export-${id}`);
    expect(said).toMatchObject([{ data: { due: '2026-11-30' }, actor: { kind: 'automatic' } }]);
    expect(engine.alarms).toContainEqual(expect.objectContaining({ code: 'output-overdue', detail: { category: 'export', output: id } }));
    stage.pass(DAY);
    await registers.waitFor(await stage.head(), 5000, 'outputs');
    const head = await stage.head();
    await duties.performDue();
    expect((await stage.since(head)).filter(({ type }) => type === 'OutputOverdue')).toEqual([]);
    const alarmsOf = () => engine.alarms.filter(({ code, detail }) => code === 'output-overdue' && detail.output === id).length;
    expect(alarmsOf()).toBe(1);
    const again = overdueDuty(engine, (today) => overdueOutputs(registers.query('outputs'), today)); // as after a start: whether anybody was told is not known
    await again.perform();
    await again.perform();
    expect(alarmsOf()).toBe(2);
    const late = await stage.token({ role: 'clerk' });
    expectStatus(await stage.post(`/exports/${id}/erasures`, late, { ...FILE, how: 'erased' }), 200);
  });

  it('nothing can be made any more when the lifetime is over', async () => {
    const [clerk, chief] = [await stage.token({ role: 'clerk' }), await stage.token({ role: 'supervisor' })];
    const id = await steps.request({ days: 1 }, clerk);
    expectStatus(await stage.post(`/exports/${id}/approvals`, chief, FILE), 200);
    await steps.passphraseOf(id, clerk);
    stage.pass(2 * DAY);
    const again = await stage.token({ role: 'clerk', staff: staffOf(clerk) });
    expect(codeOf(await steps.take(id, again))).toBe('409 lifetime-over');
    const seen = async (query: string) => (expectStatus(await stage.get(`/registers/outputs?category=export&${query}`, again, { 'akashi-after': String(await stage.head()) }), 200).body.views as readonly { output: string; status: string; openSince: string | null }[]).find(({ output }) => output === id);
    expect(await seen('open=false')).toMatchObject({ status: 'lapsed', openSince: null });
    expect(await seen('open=true')).toBeUndefined();
    const then = new Date(Date.parse(MORNING_OF_APPROVAL) + 11 * DAY + DAY).toISOString().slice(0, 10);
    expect(await seen(`open=true&asOf=${then}`)).toMatchObject({ status: 'approved' });
  });

  it('a request that nobody decided upon in its days is not approved any more, and shows as lapsed', async () => {
    const [clerk, chief] = [await stage.token({ role: 'clerk' }), await stage.token({ role: 'supervisor' })];
    const id = await steps.request({ days: 1 }, clerk);
    stage.pass(2 * DAY);
    const later = await stage.token({ role: 'supervisor', staff: staffOf(chief) });
    const refused = await stage.post(`/exports/${id}/approvals`, later, FILE);
    expect([refused.status, refused.body.code, refused.body.title]).toEqual([409, 'request-lapsed', expect.stringContaining('失効しています。新たに申請してください')]);
    const views = expectStatus(await stage.get('/registers/outputs?category=export&open=false', later, { 'akashi-after': String(await stage.head()) }), 200).body.views as readonly { output: string }[];
    expect(views.find(({ output }) => output === id)).toMatchObject({ status: 'lapsed', openSince: null });
  });

  it('a policy with fewer days shortens what was approved and what was made, at once and in the ledger', async () => {
    const [clerk, chief] = [await stage.token({ role: 'clerk' }), await stage.token({ role: 'supervisor' })];
    const both = [await steps.request({}, clerk), await steps.request({}, clerk)] as const;
    for (const id of both) expectStatus(await stage.post(`/exports/${id}/approvals`, chief, FILE), 200);
    const [waiting, made] = both;
    const passphrase = await steps.passphraseOf(made, clerk);
    const before = await stage.head();
    await opened(await steps.take(made, clerk), passphrase);
    await steps.settled(before, 'ExportEnded');
    stage.pass(4 * DAY);
    const again = await stage.token({ role: 'clerk', staff: staffOf(clerk) });
    await steps.passphraseOf(waiting, again);
    const output = policy.output as { exportDays: number };
    output.exportDays = 3;
    expect(codeOf(await steps.take(waiting, again))).toBe('409 lifetime-over');
    const head = await stage.head();
    const { duties, registers } = stage.city.server;
    await duties.performDue();
    const today = todayInJapan(new Date(stage.city.server.engine.clock()));
    const said = (await stage.since(head)).filter(({ type }) => type === 'ExportShortened').map(({ stream, data, actor }) => [stream, data.until, actor.kind]);
    expect(said).toContainEqual([`export-${waiting}`, addDays(today, -1), 'automatic']);
    expect(said).toContainEqual([`export-${made}`, today, 'automatic']); // late tomorrow at the earliest
    output.exportDays = 30;
    expect(codeOf(await steps.take(waiting, again))).toBe('409 lifetime-over');
    await registers.waitFor(await stage.head(), 5000, 'outputs');
    const views = expectStatus(await stage.get('/registers/outputs?category=export', again, { 'akashi-after': String(await stage.head()) }), 200).body.views as readonly { output: string }[];
    expect(both.map((id) => views.find(({ output: of }) => of === id))).toMatchObject([{ status: 'lapsed' }, { status: 'made', due: today, ended: 'complete' }]);
  });
});
