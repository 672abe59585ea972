import { buffer } from 'node:stream/consumers';
import { Decrypter } from 'age-encryption';
import { makeExport, type ExportsDesk } from '../../projections/exports/make-export.js';
import { ListOutputs, listOutputs } from '../../projections/registers/outputs/queries.js';
import { overdueOutputs } from '../../projections/registers/outputs/query.js';
import { ReportRuns, type ReportRun } from '../../projections/reports/runs.js';
import { DEFAULT_POLICY, type AccessPolicy } from '../../src/access/policy.js';
import { newId } from '../../src/ledger/ids.js';
import { MakeExport, tellPassphrase } from '../../src/outputs/exports.js';
import { overdueDuty } from '../../src/outputs/overdue.js';
import { Passphrases } from '../../src/outputs/passphrases.js';
import { protectionFollower } from '../../src/subjects/newly-protected.js';
import { readCommand } from '../../src/walks/command-class.js';
import { runCommand } from '../../src/walks/command-walk.js';
import { enginePrincipal } from '../../src/walks/duties.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

const DAY = 86_400_000;
const MORNING_OF_APPROVAL = '2026-11-20T00:30:00.000Z';
const policy: AccessPolicy = {
  ...DEFAULT_POLICY, attempts: { name: 10_000, place: 10_000 }, password: { ...DEFAULT_POLICY.password, cost: { memory: 256, passes: 1 } },
  output: { ...DEFAULT_POLICY.output, exportFiles: ['vaccination'] },
};
let stage: Stage;
let numberClerk: string;
let people: string[];
beforeAll(async () => {
  stage = await openStage({ policy });
  numberClerk = await stage.token({ role: 'number-clerk' });
  people = [await stage.person({ name: '輸出　一子（架空）' }), await stage.person({ name: '=輸出　二子（架空）' }), await stage.person({ name: '支援　三子（架空）' })];
  for (const person of people) await stage.confirmed(person, { lot: 'EXPLOT7' });
  await stage.protect(people[2]!);
  expectStatus(await stage.post('/numbers', numberClerk, { ...FILE, subject: people[0], number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
});
afterAll(async () => stage.city.close());

const ASKED = { ...FILE, what: 'subjects', format: 'csv', items: ['name', 'birthDate', 'address'], scope: '全員', rows: 100, days: 10, recipient: '架空の印刷会社', medium: 'shared-folder' };
const request = async (over: object = {}, token = stage.clerk): Promise<string> => expectStatus(await stage.post('/exports', token, { ...ASKED, ...over }), 201).body.id as string;
const approved = async (over: object = {}, token = stage.clerk, approval: object = {}): Promise<string> => {
  const id = await request(over, token);
  expectStatus(await stage.post(`/exports/${id}/approvals`, stage.chief, { ...FILE, ...approval }), 200);
  return id;
};
const passphraseOf = async (id: string, token = stage.clerk): Promise<string> => expectStatus(await stage.post(`/exports/${id}/passphrases`, token, FILE), 200).body.passphrase as string;

interface Taken {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}
async function take(id: string, token = stage.clerk): Promise<Taken> {
  const response = await fetch(`${stage.city.server.address}/exports/${id}/files`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(FILE) });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}
async function opened({ status, bytes }: Taken, passphrase: string): Promise<string> {
  if (status !== 200) throw new Error(`${status}: ${bytes.toString()}`);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(bytes, 'text');
}
const codeOf = ({ status, bytes }: Taken): string => `${status} ${(JSON.parse(bytes.toString()) as { code: string }).code}`;
const settled = async (position: number, type: string): Promise<void> => {
  for (let i = 0; i < 200; i += 1) {
    if ((await stage.since(position)).some((one) => one.type === type)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${type} never came`);
};

describe('an export', () => {
  it('goes from request to approval to an encrypted file, recorded with exactly whose values leave before the first byte', async () => {
    const id = await approved();
    const passphrase = await passphraseOf(id);
    const before = await stage.head();
    const taken = await take(id);
    const text = await opened(taken, passphrase);
    await settled(before, 'ExportEnded');
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

    expect(codeOf(await take(id))).toBe('409 made-already');
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
    const waiting = await request();
    expect(codeOf(await take(waiting))).toBe('409 not-approved');
    const id = await approved();
    expect(codeOf(await take(id, stage.other))).toBe('409 requester-only');
    expect(codeOf(await take(id))).toBe('409 passphrase-missing');
    await passphraseOf(id);
    expect(codeOf(await take(newId()))).toBe('404 not-found');
  });

  it('has one passphrase at a time, which the second word takes the place of; another does not open it', async () => {
    const id = await approved();
    const old = await passphraseOf(id);
    const passphrase = await passphraseOf(id);
    expect(passphrase).toMatch(/^([a-km-np-z2-9]{5}-){5}[a-km-np-z2-9]{5}$/);
    expect(passphrase).not.toBe(old);
    const taken = await take(id);
    await expect(opened(taken, old)).rejects.toThrow();
    expect(await opened(taken, passphrase)).toContain('輸出　一子（架空）');
  });

  it('of more rows than were approved does not leave, and stays to be made of fewer', async () => {
    const id = await approved({ rows: 1 });
    await passphraseOf(id);
    const before = await stage.head();
    expect(codeOf(await take(id))).toBe('422 too-many-rows');
    expect((await stage.since(before)).map(({ type }) => type)).toEqual([]);
    const one = await approved({ rows: 1, subjects: [people[0]] });
    const passphrase = await passphraseOf(one);
    expect(await opened(await take(one), passphrase)).toContain('輸出　一子（架空）');
  });

  it('holds the 個人番号 only when the approval says so, and only for who may see it', async () => {
    const items = { items: ['name', 'number'], subjects: [people[0]] };
    const without = await approved(items, numberClerk);
    const first = await passphraseOf(without, numberClerk);
    expect(await opened(await take(without, numberClerk), first)).not.toContain(NUMBERS[0]);
    const id = await approved(items, numberClerk, { number: true });
    const passphrase = await passphraseOf(id, numberClerk);
    const before = await stage.head();
    expect(await opened(await take(id, numberClerk), passphrase)).toContain(NUMBERS[0]);
    expect((await stage.since(before))[0]).toMatchObject({ type: 'ExportMade', block: { items: ['name', 'number'] } });
    const clerks = await approved(items, stage.clerk, { number: true });
    await passphraseOf(clerks);
    expect(codeOf(await take(clerks))).toBe('403 handling-refused');
  });

  it('of records has their values, of one person or of all', async () => {
    const id = await approved({ what: 'vaccinations', items: ['vaccine', 'lot'], format: 'json', subjects: [people[1]] });
    const passphrase = await passphraseOf(id);
    const { rows } = JSON.parse(await opened(await take(id), passphrase)) as { rows: readonly object[] };
    expect(rows).toEqual([{ vaccination: expect.any(String), subject: people[1], status: 'confirmed', vaccine: 'MR1', lot: 'EXPLOT7' }]);
  });

  it('is neither rejected nor told its passphrase by whoever has the right for another file alone, whatever file they name', async () => {
    const { engine } = stage.city.server;
    const context = engine.contexts.find(({ category }) => category === 'export')!;
    const principal = { ...enginePrincipal(), rights: { has: (_: string, file?: string) => file !== 'vaccination' } };
    const target = await request();
    for (const spec of [context.commands.find(({ type }) => type === 'RejectExport')!, tellPassphrase as never]) {
      const before = await stage.head();
      const trying = runCommand(engine, context, spec, readCommand(spec.command, { file: 'another', reason: '別のファイル' }), { principal, correlationId: newId(), target });
      await expect(trying).rejects.toMatchObject({ status: 403, code: 'handling-refused' });
      expect((await stage.since(before)).filter(({ type }) => type !== 'SessionOpened')).toMatchObject([{ type: 'HandlingRefused', block: { findings: [{ rule: 'right' }] } }]);
    }
  });

  it('leaves out whoever is put under 支援措置 while it is made: it begins anew before it is recorded, and gives out no row of theirs after', async () => {
    const { engine, registers } = stage.city.server;
    const late = await stage.person({ name: '途中　四子（架空）' });
    let meanwhile: (run: ReportRun) => void | Promise<void> = () => stage.protect(late);
    const runs = new (class extends ReportRuns {
      override async begin(...asked: Parameters<ReportRuns['begin']>): Promise<ReportRun> {
        const run = await super.begin(...asked);
        await meanwhile(run);
        return run;
      }
    })();
    engine.followers.add(protectionFollower({ set: (subject) => runs.protect(subject), delete: () => undefined }));
    const passphrases = new Passphrases();
    const exports = engine.contexts.find(({ category }) => category === 'export') as unknown as ExportsDesk['exports'];
    const desk: ExportsDesk = { engine, registers, runs, passphrases, exports, agency: '架空市', policy: () => policy, isActive: () => true, patienceMs: 60_000 };
    const id = await approved();
    const passphrase = passphrases.make(id);
    const itself = enginePrincipal();
    const make = () => makeExport(desk, readCommand(MakeExport, FILE), { principal: { ...itself, purpose: 'routine-vaccination', actor: { ...itself.actor, staff: staffOf(stage.clerk), department: 'health-promotion' } }, correlationId: newId() }, id);
    await expect(make()).rejects.toMatchObject({ status: 409, code: 'protected-meanwhile' });
    meanwhile = (run) => {
      const go = run.go.bind(run);
      run.go = () => {
        run.protect(people[1]!);
        go();
      };
    };
    const before = await stage.head();
    const text = await opened({ status: 200, headers: new Headers(), bytes: await buffer((await make()).bytes) }, passphrase);
    expect(text).toContain('輸出　一子（架空）');
    expect(text).not.toMatch(/二子|三子|四子/);
    const [made, ended] = (await stage.since(before)).filter(({ type }) => type !== 'SessionOpened');
    expect(made).toMatchObject({ type: 'ExportMade', data: { rows: 2, withheld: 2 } });
    expect(ended).toMatchObject({ type: 'ExportEnded', data: { rows: 1, withheld: 1, outcome: 'complete' } });
    await runs.close();
  });

  it('asked for twice at once is given out once', async () => {
    const id = await approved();
    await passphraseOf(id);
    const both = await Promise.all([take(id), take(id)]);
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
    const id = await request({ recipient: '架空の配送会社' });
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
    const id = await request({ subjects: [people[0], people[1]] });
    const { engine, registers } = stage.city.server;
    const listed = (file: string) => listOutputs({ engine, registers }, new ListOutputs({ principal: { ...enginePrincipal(), rights: { has: (right, of) => right === 'output:see' && (of === undefined || of === file) } }, correlationId: newId(), moment: {} }, {}, { after: 0, limit: 100 }));
    await registers.waitFor(await stage.head(), 5000, 'outputs');
    const { views } = await listed('vaccination');
    expect(views.find(({ output }) => output === id)!.stated).toMatchObject({ what: 'subjects', named: 2 });
    for (const person of people) expect(JSON.stringify(views)).not.toContain(person);
    expect((await listed('another')).views).toEqual([]);
  });

  it('the engine says once of what is past its day that it is, in the ledger and as an alarm', async () => {
    const id = await approved();
    const passphrase = await passphraseOf(id);
    const before = await stage.head();
    await opened(await take(id), passphrase);
    await settled(before, 'ExportEnded');
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
    const id = await request({ days: 1 }, clerk);
    expectStatus(await stage.post(`/exports/${id}/approvals`, chief, FILE), 200);
    await passphraseOf(id, clerk);
    stage.pass(2 * DAY);
    const again = await stage.token({ role: 'clerk', staff: staffOf(clerk) });
    expect(codeOf(await take(id, again))).toBe('409 lifetime-over');
    const seen = async (query: string) => (expectStatus(await stage.get(`/registers/outputs?category=export&${query}`, again), 200).body.views as readonly { output: string; status: string; openSince: string | null }[]).find(({ output }) => output === id);
    expect(await seen('open=false')).toMatchObject({ status: 'lapsed', openSince: null });
    expect(await seen('open=true')).toBeUndefined();
    const then = new Date(Date.parse(MORNING_OF_APPROVAL) + 11 * DAY + DAY).toISOString().slice(0, 10);
    expect(await seen(`open=true&asOf=${then}`)).toMatchObject({ status: 'approved' });
  });
});
