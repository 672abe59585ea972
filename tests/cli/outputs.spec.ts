import { jest } from '@jest/globals';
import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import type { Command } from 'commander';
import { createProgram, type Program } from '../../src/cli/program.js';
import { auditVerb } from '../../src/cli/verbs/audit.js';
import { exportVerbs } from '../../src/cli/verbs/export.js';
import { findingVerbs } from '../../src/cli/verbs/finding.js';
import { printVerbs } from '../../src/cli/verbs/print.js';
import { takeOutVerbs } from '../../src/cli/verbs/take-out.js';
import { writeWhole } from '../../src/cli/whole-file.js';
import { addDays, todayInJapan } from '../../src/codes/plain-date.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { event } from '../../src/ledger/event-type.js';
import { InformationProvided } from '../../src/exchange/events.js';
import { tellerOf } from '../projections/town.js';
import { DECLARATION, FOR_TESTS, openCity, putInForce, type City } from '../support/city.js';
import { expectStatus } from '../walks/stage.js';
import { HANA, JAPANESE, emptyPlace, removePlaces, type Place } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

/** What leaves, what looks suspicious, and the questions of an auditor, by the verbs alone: in this process, against a running engine. */
const DAY_MS = 86_400_000;
const policy = { ...FOR_TESTS, output: { ...FOR_TESTS.output, exportFiles: ['vaccination'] } };
let place: Place;
let city: City;
let ahead = 0;
let subject: string;
let clerk: string;
let other: string;
let chief: string;
let managers: readonly [string, string];
const today = todayInJapan(new Date());

beforeAll(async () => {
  place = emptyPlace();
  city = await openCity({ keep: place.directory, store: 'embedded', policy, clock: () => Date.now() + ahead });
  await putInForce(city, DECLARATION.replace('"effectiveFrom": "2026-10-01"', '"effectiveFrom": "2024-06-01"'));
  const post = async (path: string, token: string, body: object): Promise<string> => expectStatus(await city.call('POST', path, token, body, { prefer: 'wait=10', 'idempotency-key': newId() }), 200, 201).body.id as string;
  const operator = await city.token({ role: 'operator', department: 'information-systems' });
  const hire = (role: string) => post('/staff', operator, { name: '架空　職員', post: '主任', kind: 'staff', department: 'health-promotion', role, employeeNumber: freshEmployeeNumber() });
  [clerk, other, chief] = [await hire('clerk'), await hire('clerk'), await hire('supervisor')];
  managers = [await hire('security-manager'), await hire('security-manager')];
  subject = await post('/subjects', await city.token({ staff: clerk, role: 'clerk' }), HANA);
});
afterAll(async () => {
  await city.close();
  removePlaces();
});

function program(print: (text: string) => void, env: NodeJS.ProcessEnv = {}): Program {
  const own = createProgram({ ...place.env, ...env }, print);
  for (const add of [auditVerb, findingVerbs, printVerbs, exportVerbs, takeOutVerbs]) add(own);
  return own;
}
const inEnv = async (env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string> => {
  const said: string[] = [];
  await program((text) => said.push(text), env).program.parseAsync([...args], { from: 'user' });
  return said.join('\n');
};
const akashi = (...args: readonly string[]): Promise<string> => inEnv({}, ...args);
/** once the register of outputs has everything that was done */
const listed = async (...args: readonly string[]): Promise<string> => {
  await city.server.registers.waitFor(await city.server.engine.store.head(), 10_000, 'outputs');
  return akashi(...args);
};
const cells = (list: string, id: string): readonly string[] | undefined => list.split('\n').find((line) => line.startsWith(id))?.split(/ {2,}/);
const LINK = (JSON.parse(DECLARATION) as { legalGrounds: { kind: string; code: string }[] }).legalGrounds.find(({ kind }) => kind === 'link')!.code;
const PURPOSE = ['--purpose', 'routine-vaccination'];

it('every verb says in Japanese what it does, and each of its options what it is', () => {
  const walk = (command: Command): readonly (readonly [string, string])[] => [[command.name(), command.description()], ...command.options.map(({ flags, description }): readonly [string, string] => [`${command.name()} ${flags}`, description]), ...command.commands.flatMap(walk)];
  const all = walk(program(() => undefined).program).filter(([what]) => what !== 'akashi');
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(([, says]) => !JAPANESE.test(says))).toEqual([]);
});

describe('the ten questions', () => {
  const ended = process.exitCode;
  afterEach(() => void (process.exitCode = ended));
  const uses = async (since: number) => (await city.server.engine.store.readAll({ after: since, limit: 1000 })).map((one) => city.server.engine.ledger.registry.decode(one)).filter(({ type }) => type === 'InformationUsed').map(({ data }) => (data as { query: string }).query);
  const head = () => city.server.engine.store.head();
  const audit = (...args: readonly string[]): Promise<string> => akashi('audit', ...args, '--as', chief);

  it('without a number it lists them, names nobody and asks nothing', async () => {
    const before = await head();
    const listed = await akashi('audit');
    expect(listed.split('\n').slice(1).map((line) => /^ {2}(\d+) +[ぁ-ん一-龠]/.exec(line)?.[1])).toEqual(Array.from({ length: 10 }, (_, i) => String(i + 1)));
    expect(JSON.parse(await akashi('--json', 'audit'))).toMatchObject([{ question: 1, title: expect.stringMatching(JAPANESE), about: expect.stringMatching(JAPANESE) }, ...Array.from({ length: 9 }, (_, i) => ({ question: i + 2 }))]);
    expect(await head()).toBe(before);
  });

  it('asks what it is told to, and each question is a use by whoever asks', async () => {
    const asked = async (...args: readonly string[]): Promise<readonly string[]> => {
      const before = await head();
      await audit(...args);
      return uses(before);
    };
    const names = (from: number): readonly string[] => Array.from({ length: 11 - from }, (_, i) => `report:audit-${from + i}`);
    expect([await asked('2'), await asked('10')]).toEqual([['report:audit-2'], ['report:audit-10']]);
    expect(await asked('1', '--subject', subject)).toEqual(['report:audit-1']);
    expect(await asked('all')).toEqual(names(2));
    expect(await asked('all', '--subject', subject)).toEqual(names(1));
  });

  it.each([['0'], ['11'], ['-1'], ['1.0'], ['01x'], ['十'], ['1..10'], ['ALL'], ['']])('%p is no question: said in Japanese with what to do next, and nothing is asked', async (which) => {
    const before = await head();
    await expect(akashi('audit', '--as', chief, '--', which)).rejects.toMatchObject({ name: 'UsageError', message: '問は1から10までの番号か all で指定してください。一覧は akashi audit' });
    await expect(audit('1')).rejects.toMatchObject({ name: 'UsageError', message: '問1は本人を --subject <ID> で指定してください。' });
    await expect(akashi('audit', '4')).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(/--as <職員ID>.*akashi staff list/) });
    await expect(audit('1', '--subject', 'hanako')).rejects.toThrow(/本人.*ID/s);
    expect(await uses(before)).toEqual([]);
  });

  it('is refused to whoever has no right, who is told what to do next', async () => {
    await expect(akashi('audit', '4', '--as', clerk)).rejects.toThrow(/権限のある職員で実行してください/);
  });

  it('ends with 2 where a violation was found, and with 0 where none was', async () => {
    expect(await audit('6')).toMatch(/^監査の問6 .*（位置 \d+、20\d\d-.* まで）: 違反 0 件、注意 \d+ 件、参考 \d+ 件/);
    expect(process.exitCode).toBe(ended);
    const teller = tellerOf(() => city.server.engine.ledger, async () => undefined);
    await teller.tell(streamName('exchange', newId()), event(InformationProvided, {}, {}), { kind: 'provision', subjects: [subject], legalGround: LINK, counterpart: 'neighbour-city' }, { actor: { staff: clerk } }); // without a permit
    await city.server.registers.waitFor(await city.server.engine.store.head(), 15_000);
    expect(JSON.parse(await akashi('--json', 'audit', '5', '--as', chief))).toMatchObject({ violations: 1, answers: [{ name: 'audit-5' }] });
    expect(process.exitCode).toBe(2);
  });

  it.each([true, false])('how far it has come is shown on a terminal (%p) alone, and never among the answers', async (isTTY) => {
    const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
    const shown: string[] = [];
    const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(shown.push(String(text))));
    try {
      expect(await audit(isTTY ? 'all' : '4')).not.toContain('経過');
    } finally {
      write.mockRestore();
      Object.defineProperty(process.stderr, 'isTTY', before ?? { value: undefined, configurable: true });
    }
    expect([...new Set(shown.join('').match(/問\d+ (?=.*経過)/g))]).toEqual(isTTY ? Array.from({ length: 9 }, (_, i) => `問${i + 2} `) : []);
    if (!isTTY) expect(shown).toEqual([]);
  });
});

describe('a print', () => {
  it('is recorded by one and disposed of under the eyes of another, and stands in the list meanwhile', async () => {
    const id = await akashi('print', 'produce', '--as', clerk, ...PURPOSE, '--form', 'notice', '--sheets', '3', '--subjects', subject, '--plan', 'mailed');
    expect(cells(await listed('print', 'list', '--as', chief, '--open'), id)).toMatchObject([id, '廃棄・引渡し待ち', '個別通知（勧奨） 3 枚（残り 3 枚）', '1 人', addDays(today, 7), expect.stringMatching(/\+09:00$/), clerk]);
    const dispose = (as: string, sheets: string) => akashi('print', 'dispose', id, '--as', as, ...PURPOSE, '--how', 'mailed', '--sheets', sheets);
    await expect(dispose(clerk, '3')).rejects.toThrow(/別の職員が確認してください/);
    await expect(dispose(other, 'three')).rejects.toMatchObject({ name: 'UsageError' });
    expect(await dispose(other, '3')).toBe('記録しました。');
    expect(cells(await listed('print', 'list', '--as', chief), id)).toMatchObject([id, '処分済み', '個別通知（勧奨） 3 枚', '1 人', expect.any(String), '－', clerk]);
    expect(await listed('print', 'list', '--as', chief, '--open')).toBe('該当するものはありません。');
  });
});

describe('an export', () => {
  const request = (as = clerk): Promise<string> => akashi('export', 'request', '--as', as, ...PURPOSE, '--what', 'subjects', '--format', 'csv', '--items', 'name,birthDate', '--scope', '全員', '--rows', '100', '--days', '10', '--recipient', '架空の印刷会社', '--medium', 'shared-folder');
  const approved = async (): Promise<string> => {
    const id = await request();
    expect(await akashi('export', 'approve', id, '--as', chief, ...PURPOSE)).toMatch(/^承認しました。/);
    return id;
  };
  const make = (id: string, out: string): Promise<string> => akashi('export', 'make', id, '--as', clerk, ...PURPOSE, '--out', out);
  const left = (name: string): readonly string[] => readdirSync(place.directory).filter((file) => file.startsWith(name));

  it('goes from request to a file that its passphrase opens, both for their owner alone, and is erased under the eyes of another', async () => {
    const id = await request();
    await expect(akashi('export', 'approve', id, '--as', clerk, ...PURPOSE)).rejects.toThrow();
    await akashi('export', 'approve', id, '--as', chief, ...PURPOSE);
    const [file, secret] = [place.path('people.csv.age'), place.path('passphrase')];
    await expect(make(id, file)).rejects.toThrow(/先に合言葉を受け取ってください/);
    expect(left('people')).toEqual([]); // and it can still be made
    const shown = /^合言葉: (\S+)$/m.exec(await akashi('export', 'passphrase', id, '--as', clerk))![1]!;
    const written = await akashi('--json', 'export', 'passphrase', id, '--as', clerk, '--out', secret);
    const passphrase = readFileSync(secret, 'utf8').trim();
    expect([written.includes(passphrase), passphrase === shown, statSync(secret).mode & 0o777]).toEqual([false, false, 0o600]);
    const made = JSON.parse(await akashi('--json', 'export', 'make', id, '--as', clerk, ...PURPOSE, '--out', file)) as object;
    const bytes = readFileSync(file);
    expect(made).toEqual({ export: id, file, bytes: bytes.length, event: expect.any(String) });
    expect([statSync(file).mode & 0o777, left('people')]).toEqual([0o600, ['people.csv.age']]);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    expect(await decrypter.decrypt(bytes, 'text')).toContain(HANA.name);
    expect(cells(await listed('export', 'list', '--as', chief, '--open'), id)).toMatchObject([id, '消去・返却待ち', '宛名台帳（csv）、全員 → 架空の印刷会社', '1 人', addDays(today, 10), expect.any(String), clerk]);
    await expect(akashi('export', 'erase', id, '--as', clerk, ...PURPOSE, '--how', 'erased')).rejects.toThrow();
    expect(await akashi('export', 'erase', id, '--as', other, ...PURPOSE, '--how', 'erased')).toBe('記録しました。');
  });

  it('is not begun where its file could not stand, writes over nothing and follows no link', async () => {
    const id = await approved();
    await akashi('export', 'passphrase', id, '--as', clerk);
    const before = await city.server.engine.store.head();
    const [there, link] = [place.path('there.age'), place.path('link.age')];
    writeFileSync(there, 'what lies there');
    symlinkSync(place.path('nowhere.age'), link);
    for (const out of [there, link, join(place.path('no-such-place'), 'a.age')]) await expect(make(id, out)).rejects.toMatchObject({ name: 'UsageError' });
    expect([readFileSync(there, 'utf8'), existsSync(place.path('nowhere.age')), left('there')]).toEqual(['what lies there', false, ['there.age']]);
    expect(await city.server.engine.store.head()).toBe(before); // nothing was spent
  });

  it('is out of the question for a file that the policy does not name, and where that stands is said', async () => {
    const files = policy.output.exportFiles as string[];
    files.pop();
    await expect(request()).rejects.toThrow(/方針により認められていません[^]*akashi policy/);
    files.push('vaccination');
  });

  it('is rejected by another, with a reason', async () => {
    const id = await request();
    await expect(akashi('export', 'reject', id, '--as', chief)).rejects.toThrow(/却下の理由/);
    expect(await akashi('export', 'reject', id, '--as', chief, '--reason', '範囲が広い')).toBe('却下しました。');
    expect(cells(await listed('export', 'list', '--as', chief), id)![1]).toBe('却下');
  });

  it('has no passphrase from an engine that would end with the verb', async () => {
    const alone = emptyPlace();
    await expect(inEnv(alone.env, 'export', 'passphrase', newId(), '--as', clerk)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(/akashi serve/) });
    expect(readdirSync(alone.directory)).toEqual([]);
  });

  it('that is had once stays under its temporary name when its own is taken meanwhile; what was cut off leaves nothing', async () => {
    const says = { cutOff: '切れました', interrupted: '中断しました' };
    const [out, part] = [place.path('taken'), place.path('taken.part')];
    const late = writeWhole({ out, ...says, once: true }, async (write) => {
      write(Buffer.from('whole'));
      writeFileSync(out, 'of somebody else');
    });
    await expect(late).rejects.toThrow(/taken\.part に書いてあります/);
    expect([readFileSync(out, 'utf8'), readFileSync(part, 'utf8'), statSync(part).mode & 0o777]).toEqual(['of somebody else', 'whole', 0o600]);
    const cut = writeWhole({ out: place.path('cut'), ...says }, async (write) => {
      write(Buffer.from('half'));
      throw new TypeError('terminated');
    });
    await expect(cut).rejects.toThrow('切れました');
    expect(left('cut')).toEqual([]);
  });
});

describe('a take-out', () => {
  const request = (): Promise<string> => akashi('take-out', 'request', '--as', clerk, ...PURPOSE, '--object', 'medium', '--ref', '媒体3号', '--items', 'name', '--persons', '318', '--encrypted', '--carrier', other, '--destination', '架空の検診会場', '--from', today, '--until', addDays(today, 2));
  const act = (verb: string, id: string, as: string, ...more: readonly string[]): Promise<string> => akashi('take-out', verb, id, '--as', as, ...PURPOSE, ...more);
  const standing = async (id: string): Promise<string | undefined> => cells(await listed('take-out', 'list', '--as', chief), id)?.[1];

  it('is approved, goes out, and comes back counted by somebody else than who carried it', async () => {
    const id = await request();
    await expect(act('approve', id, clerk)).rejects.toThrow();
    await act('approve', id, chief);
    await act('depart', id, other);
    expect(cells(await listed('take-out', 'list', '--as', chief, '--open'), id)).toMatchObject([id, '持出し中', '媒体 媒体3号 → 架空の検診会場', '318 人', addDays(today, 2), expect.any(String), clerk]);
    await expect(act('return', id, other, '--persons', '318')).rejects.toThrow(/別の職員が数えてください/);
    await act('return', id, clerk, '--persons', '318');
    expect(await standing(id)).toBe('返却済み');
  });

  it('may be rejected, or lost', async () => {
    const rejected = await request();
    await act('reject', rejected, chief, '--reason', '必要がない');
    const id = await request();
    await act('approve', id, chief);
    await act('depart', id, other);
    expect(await act('lose', id, other, '--on', today, '--circumstances', '架空の電車の中')).toMatch(/事故として/);
    expect([await standing(rejected), await standing(id)]).toEqual(['却下', '紛失・盗難']);
  });
});

it.each([['print', 'dispose', '印刷'], ['export', 'erase', 'ファイル出力'], ['take-out', 'depart', '持出し'], ['finding', 'show', '所見'], ['export', 'make', 'ファイル出力']])('%s %s of what is no id asks nobody', async (group, verb, label) => {
  const more: { readonly [verb: string]: readonly string[] } = { dispose: ['--how', 'shredded', '--sheets', '1'], erase: ['--how', 'erased'], make: ['--out', place.path('never')] };
  await expect(akashi(group, verb, '../staff', '--as', clerk, ...(more[verb] ?? []))).rejects.toMatchObject({ name: 'UsageError', message: `${label}は ID（UUID）で指定してください。` });
});

describe('a finding', () => {
  it('is listed, opened, examined by one, and closed as harmless by another', async () => {
    const token = await city.token({ staff: chief });
    const protection = { file: 'vaccination', protected: true, on: '2026-04-01', source: 'own-department:residents', method: 'internal-link' };
    expectStatus(await city.call('POST', `/subjects/${subject}/protection`, token, protection, { prefer: 'wait=10' }), 200);
    expectStatus(await city.call('GET', `/subjects/${subject}?file=vaccination`, await city.token({ staff: clerk, role: 'clerk' })), 200);
    ahead = DAY_MS + 15 * 60_000; // also shortly after midnight: a day is looked through when some minutes more have passed
    await city.server.duties.performDue();
    // by the engine's clock, on the day after
    const [one, two] = await Promise.all(managers.map(async (staff) => ({ AKASHI_TOKEN: await city.token({ staff, role: 'security-manager' }) })));
    const list = await inEnv(one!, 'finding', 'list', '--step', 'open');
    const id = list.split('\n').find((line) => line.includes(clerk) && line.includes('封をした事実'))!.split(' ')[0]!;
    expect(cells(list, id)).toMatchObject([id, today, '封をした事実による所見', clerk, expect.any(String), '未調査', expect.stringMatching(/^\d{4}-\d\d-\d\d$/), '－']);
    const shown = await inEnv(one!, 'finding', 'show', id);
    expect(shown).toMatch(/着眼点: (支援措置の対象者|職員と同じ氏|職員自身・同僚と同じ氏名)/);
    expect(shown).toMatch(/部署: [^（]+（[a-z-]+）/);
    await inEnv(one!, 'finding', 'examine', id, '--result', 'explained', '--remarks', '窓口の当番であった');
    const close = ['finding', 'close', id, '--outcome', 'innocent', '--remarks', '当番表と合う'];
    await expect(inEnv(one!, ...close)).rejects.toThrow(/別の人が必要/);
    expect(await inEnv(two!, ...close)).toBe('終えました。');
    expect(await inEnv(two!, 'finding', 'show', id)).toMatch(/説明がついた {2}窓口の当番であった\n.*問題なし {2}当番表と合う$/);
    expect(cells(await inEnv(two!, 'finding', 'list', '--step', 'closed'), id)![5]).toBe('終結・問題なし');
  });
});
