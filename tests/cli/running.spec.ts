import { projections } from '../../projections/all.js';
import { jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { LOCAL_OPERATOR, tokenFrom } from '../../src/cli/client.js';
import { readSettings } from '../../src/settings.js';
import { HANA, JAPANESE, PATIENCE_MS, PERSONAL, akashi, foundedPlace, json, removePlaces, said, serve, MAIN, type Founded, type Serving } from './program.js';
import { freshEmployeeNumber } from '../support/employee-number.js';

jest.setTimeout(PATIENCE_MS);

/** The command line beside a running engine. */
let place: Founded;
let engine: Serving;
beforeAll(async () => {
  place = await foundedPlace();
  engine = await serve(place);
});
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

const ask = async (path: string, token: string): Promise<number> => (await fetch(`${engine.address}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
const head = async (): Promise<number> => Number(/^akashi_ledger_position (\d+)$/m.exec(await (await fetch(`${engine.address}/metrics`)).text())![1]);
const log = (...args: readonly string[]) => json(place, 'log', '--as', place.chief, ...args);

it('a second engine on the same data does not start, and says which directory is held', async () => {
  const second = await akashi(place, ['serve']);
  expect([second.code, second.out]).toEqual([1, '']);
  expect(second.err).toContain(place.data);
  expect(second.err).toMatch(/別のプロセスが使っています/);
});

it('npm start does not start a second engine either', async () => {
  const second = await akashi(place, [], {}, MAIN);
  expect([second.code, second.out]).toEqual([1, '']);
  expect(second.err).toContain(place.data);
  expect(await ask('/health/live', '')).toBe(200);
});

describe('staff', () => {
  it('are added and given a token that the engine takes, with role, department and purpose', async () => {
    const { id, position } = await json(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '津田翔（架空）', '--post', '主査', '--department', 'health-promotion', '--role', 'clerk');
    expect([id, position]).toEqual([expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/), expect.any(Number)]);
    const { token } = await json(place, 'staff', 'token', '--staff', id, '--purpose', 'routine-vaccination');
    expect(decodeJwt(token)).toMatchObject({ sub: id, kind: 'staff', department: 'health-promotion', role: 'clerk', purpose: 'routine-vaccination', channel: 'staff' });
    expect(await ask('/registers', token)).toBe(200);
    expect(await ask(`/staff/${id}`, token)).toBe(403); // a clerk is no operator
  });

  it('are listed with what they may do and without their names, and the codes they use from the declaration', async () => {
    const list = await said(place, 'staff', 'list');
    expect(list.split('\n').map((line) => line.split(/ {2,}/))).toContainEqual([place.chief, '職員', '健康づくり課（health-promotion）', '課長・係長（保護責任者）', expect.stringMatching(/\+09:00$/)]);
    for (const value of PERSONAL) expect(list).not.toContain(value);
    const codes = await said(place, 'register', 'declaration');
    for (const line of [/^予防接種情報ファイル: Ⅱ\.3①入手元（--source）$/m, /^ {2}own-department:residents +評価実施機関内の他部署（市民課）$/m, /^予防接種情報ファイル: Ⅱ\.3⑥使用目的（--purpose）$/m, /入手方法（--method）［2027-03-31 まで、記載外も理由とともに記録のみ］$/m, /^ {2}health-promotion +/m]) expect(codes).toMatch(line);
  });

  it('have tokens that end: as many hours as asked for, eight when not asked', async () => {
    const life = async (...args: readonly string[]): Promise<number> => {
      const { iat, exp } = decodeJwt(await said(place, 'staff', 'token', '--staff', place.clerk, ...args));
      return exp! - iat!;
    };
    expect(await Promise.all([life(), life('--hours', '12')])).toEqual([8 * 3600, 12 * 3600]);
  });

  it('a token that has ended lets nobody in', async () => {
    const token = await said(place, 'staff', 'token', '--staff', place.clerk, '--hours', '0.0006');
    const { exp, iat } = decodeJwt(token);
    expect(exp! - iat!).toBe(2);
    while (Date.now() < exp! * 1000) await new Promise((later) => setTimeout(later, exp! * 1000 - Date.now() + 1));
    expect(await ask('/registers', token)).toBe(401);
    const { code, err } = await akashi(place, ['log'], { AKASHI_TOKEN: token });
    expect([code, err]).toEqual([1, expect.stringContaining('サインインが必要です')]);
  });

  it('get no token for longer than half a day or for no time, and nobody gets none', async () => {
    const outcomes = await Promise.all([[place.clerk, '12.01'], [place.clerk, 'abc'], ['0193a000-0000-7000-8000-00000000ffff', '8']].map(([id, hours]) => akashi(place, ['staff', 'token', '--staff', id!, '--hours', hours!])));
    expect(outcomes.map(({ code, out, err }) => [code, out, err])).toEqual(([[64, /有効時間/], [64, /有効時間/], [1, /職員が見つかりません/]] as const).map(([code, says]) => [code, '', expect.stringMatching(says)]));
  });
});

describe('a register', () => {
  it('is opened by a named person, and the look stands in the log before it is shown', async () => {
    const before = await head();
    const text = await said(place, 'register', 'subjects', '--as', place.chief, '--purpose', 'routine-vaccination');
    expect(text.split('\n')).toEqual([`本人 ${place.subject}  住民  現在`, `  氏名: ${HANA.name}  氏名の振り仮名: ${HANA.kana}  生年月日: ${HANA.birthDate}  性別: 女  住所: ${HANA.address}  宛名番号: ${HANA.addresseeNumber}`]);
    expect(await said(place, 'register', 'vaccinations', '--as', place.chief, '--purpose', 'routine-vaccination')).toBe('この台帳に該当する行はありません。');
    const { views } = await log('--staff', place.chief, '--kind', 'use', '--subject', place.subject);
    expect(views.at(0)).toMatchObject({ staff: place.chief, kind: 'use', extent: 'listed', purpose: 'routine-vaccination', file: 'vaccination' });
    expect(views.filter(({ position }: { position: number }) => position > before)).toHaveLength(1);
    expect(views.at(-1).subjects).toEqual([place.subject]);
  });

  it('is opened with a token as well', async () => {
    const token = await said(place, 'staff', 'token', '--staff', place.chief, '--purpose', 'routine-vaccination');
    const { code, out } = await akashi(place, ['--json', 'register', 'subjects', '--limit', '1'], { AKASHI_TOKEN: token });
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ views: [expect.objectContaining({ subject: place.subject })], event: expect.any(String) })]);
  });

  it('is not opened for the operator: the refusal is recorded, and no value is seen', async () => {
    const before = await head();
    const operator = await tokenFrom(readSettings(place.env), LOCAL_OPERATOR, 600);
    const { code, out, err } = await akashi(place, ['register', 'subjects', '--purpose', 'routine-vaccination'], { AKASHI_TOKEN: operator });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('この操作の権限がありません');
    for (const value of PERSONAL) expect(err).not.toContain(value);
    const { views } = await log();
    const refused = views.filter(({ position, outcome }: { position: number; outcome: string }) => position > before && outcome === 'refused');
    expect(refused).toEqual([expect.objectContaining({ actorKind: 'operator', kind: 'use' })]);
  });

  it('is not opened for a purpose that is not written, nor by a call that cannot be', async () => {
    const calls = [['subjects', '--purpose', 'curiosity'], ['subjects'], ['nothing'], ['subjects', '--limit', '51'], ['subjects', '--as-of', '2026-02-30']];
    const outcomes = await Promise.all(calls.map((args) => akashi(place, ['register', ...args, '--as', place.chief])));
    expect(outcomes.map(({ code, out, err }) => [code, out, err])).toEqual(
      ([[1, /取扱いが認められません\n.*記載がありません\n.*akashi register declaration/], [1, /使用目的（第3版）が指定されていません/], [64, /declaration のどれか/], [64, /1から50まで/], [1, JAPANESE]] as const).map(([code, says]) => [code, '', expect.stringMatching(says)]),
    );
  });
});

describe('the log', () => {
  it('is read line by line, and reading it stands in it', async () => {
    const before = await head();
    const [header, ...lines] = (await said(place, 'log', '--as', place.chief, '--subject', place.subject)).split('\n').map((line) => line.split(/ {2,}/));
    expect(header).toEqual(['位置', '日時', '職員', '取扱い', '内容', '本人', '使用目的', '結果']);
    expect(lines[0]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/), place.chief, '入手', '本人の登録', place.subject, '定期予防接種の実施', '記載どおり']);
    expect(await said(place, 'log', '--as', place.chief, '--staff', place.subject)).toBe('条件に合う取扱記録はありません。');
    const { views } = await log('--file', 'handling-log');
    expect(views.filter(({ position }: { position: number }) => position > before)).not.toEqual([]);
  });

  it('goes on with the next page where the last one ended', async () => {
    const first = await log('--limit', '2', '--subject', place.subject);
    const second = await log('--limit', '2', '--subject', place.subject, '--cursor', first.next);
    const positions = [...first.views, ...second.views].map(({ position }: { position: number }) => position);
    expect(positions.length).toBeGreaterThan(2);
    expect(new Set(positions).size).toBe(positions.length);
  });

  it('is not read by a clerk', async () => {
    const { code, out, err } = await akashi(place, ['log', '--as', place.clerk]);
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('この操作の権限がありません')]);
  });
});

describe('upkeep', () => {
  it('rebuild says for each register that it is the same, and names nobody', async () => {
    const text = await said(place, 'rebuild');
    expect(text.split('\n').map((line) => /^(\S+): \d+ 行、[\d.]+ 秒、今の台帳と一致$/.exec(line)?.[1])).toEqual(projections.map(({ name }) => name));
    for (const value of PERSONAL) expect(text).not.toContain(value);
  });

  it('rebuild of one register is answered as one JSON object', async () => {
    expect(await json(place, 'rebuild', 'subjects')).toMatchObject({ register: 'subjects', identical: true, rows: expect.any(Number) });
  });

  it('rebuild of a register that there is not fails', async () => {
    const { code, err } = await akashi(place, ['rebuild', 'nothing']);
    expect([code, err]).toEqual([64, expect.stringContaining(`${projections.map(({ name }) => name).join('、')} のどれか`)]);
  });

  it('doctor finds the running engine, how its registers stand, and nothing wrong', async () => {
    const { code, out } = await akashi(place, ['doctor']);
    expect(code).toBe(0);
    expect(out).toContain(`エンジンは動いています（${engine.address}、プロセス ${engine.pid}）`);
    expect(out).toContain('エンジンは受付可能です');
    expect(out).toMatch(/台帳 subjects の遅れは \d+ 件です/);
    expect(out).not.toContain('異常');
    for (const value of PERSONAL) expect(out).not.toContain(value);
  });
});

it('the access policy is shown, and changed by two people', async () => {
  const { id } = await json(place, 'staff', 'add', '--employee-number', freshEmployeeNumber(), '--name', '三輪沙織（架空）', '--post', '課長', '--department', 'information-systems', '--role', 'systems-head');
  const { proposal } = await json(place, 'policy', 'propose', 'session.idleMinutes', '9', '--reason', '窓口の見直し', '--as', id);
  expect(await said(place, 'policy')).toMatch(new RegExp(`^変更案 ${proposal}: session\\.idleMinutes を 9分 に。職員 ${id}。承認待ち$`, 'm'));
  expect((await akashi(place, ['policy', 'confirm', String(proposal), '--as', id])).code).toBe(1);
  await said(place, 'policy', 'confirm', String(proposal), '--as', place.chief);
  const table = await said(place, 'policy');
  expect(table).toMatch(/^session\.idleMinutes +操作がないときに画面をロックするまでの時間 +9分 +10分 +1～30分 +\d{4}-/m);
  expect(table).toMatch(/^procedure .*standard、security-manager、/m);
  expect(table).not.toContain('窓口の見直し');
  for (const wrong of [['session.idleMinutes', 'nine'], ['nothing.there', '1']]) expect((await akashi(place, ['policy', 'propose', ...wrong, '--reason', '…', '--as', id])).code).toBe(64);
});
