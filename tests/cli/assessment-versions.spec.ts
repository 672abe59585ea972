import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';
import { assessmentVerbs } from '../../src/cli/verbs/assessment.js';
import { todayInJapan } from '../../src/codes/plain-date.js';
import { newId } from '../../src/ledger/ids.js';
import { DECLARATION, openCity, type City } from '../support/city.js';
import { freshEmployeeNumber } from '../support/employee-number.js';
import { expectStatus } from '../walks/stage.js';
import { JAPANESE, emptyPlace, removePlaces, type Place } from './program.js';

/** The versions of an assessment in the ledger, by the verbs alone: in this process, against a running engine. */
const MEASURES = 'risk.acquisition.leak.measures';
const today = todayInJapan(new Date());
let place: Place;
let city: City;
let author: string;
let colleague: string;
let chief: string;
let base: string;
beforeAll(async () => {
  place = emptyPlace();
  city = await openCity({ keep: place.directory, store: 'embedded', clock: () => Date.now() });
  const operator = await city.token({ role: 'operator', department: 'information-systems' });
  const hire = async (role: string) => expectStatus(await city.call('POST', '/staff', operator, { name: '架空　職員', post: '主任', kind: 'staff', department: 'health-promotion', role, employeeNumber: freshEmployeeNumber() }, { prefer: 'wait=10', 'idempotency-key': newId() }), 201).body.id as string;
  [author, colleague, chief] = [await hire('compliance'), await hire('compliance'), await hire('supervisor')];
  // Published long since, whatever day it is where the tests run.
  writeFileSync(place.path('v3.json'), readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8').replaceAll('2026-10-01', '2024-06-01'));
  writeFileSync(place.path('v2.json'), readFileSync(new URL('../../src/demo/assessments/form2.json', import.meta.url), 'utf8'));
  writeFileSync(place.path('bindings.json'), DECLARATION);
});
afterAll(async () => {
  await city.close();
  removePlaces();
});

function program(print: (text: string) => void) {
  const own = createProgram(place.env, print);
  assessmentVerbs(own);
  return own.program;
}
const akashi = async (as: string, verb: string, ...args: readonly string[]): Promise<string> => {
  const said: string[] = [];
  await program((text) => said.push(text)).parseAsync(['assessment', ...verb.split(' '), ...args, '--as', as], { from: 'user' });
  return said.join('\n');
};
/** What it says when it fails. */
const refusal = (as: string, verb: string, ...args: readonly string[]): Promise<string> => akashi(as, verb, ...args).then((said) => Promise.reject(new Error(`not refused: ${said}`)), (error: Error) => error.message);
const view = async (id: string) => expectStatus(await city.call('GET', `/assessments/${id}`, await city.token({ staff: author, role: 'compliance' })), 200).body;
const entryOf = async (id: string, repeat: string): Promise<string> => (await view(id)).entries.find((one: { repeat: string }) => one.repeat === repeat).entry;
/** once the register has everything that was done */
const listed = async (): Promise<readonly string[]> => {
  await city.server.registers.waitFor(await city.server.engine.store.head(), 10_000, 'assessments');
  return (await akashi(author, 'list')).split('\n');
};

it('every verb says in Japanese what it does, and each of its options what it is', () => {
  const walk = (command: Command): readonly (readonly [string, string])[] => [[command.name(), command.description()], ...command.options.map(({ flags, description }): readonly [string, string] => [`${command.name()} ${flags}`, description]), ...command.commands.flatMap(walk)];
  const all = walk(program(() => undefined)).filter(([what]) => what !== 'akashi');
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(([, says]) => !JAPANESE.test(says))).toEqual([]);
});

it('a published assessment is taken over, listed, and put in force by somebody else than who bound it', async () => {
  expect(await listed()).toEqual([expect.stringMatching(/まだありません。.*--kind taken-over/)]);
  base = await akashi(author, 'draft', place.path('v3.json'), '--kind', 'taken-over', '--number', '12', '--affair', 'vaccination', '--bindings', place.path('bindings.json'));
  expect(await refusal(author, 'put-in-force', base, '--version', '3')).toMatch(/書いた/);
  expect(await akashi(chief, 'put-in-force', base, '--version', '3', '--from', '2024-07-01', '--reason', '連携の根拠は略記')).toMatch(/^施行しました。/);
  const [head, row, ...warnings] = await listed();
  expect([head, row].map((line) => line!.split(/ {2,}/))).toEqual([['版ID', '番号', '様式', '事務', '種類', '状態', '直近の手続', 'もとの版'], [base, '12', '様式4', 'vaccination', '公表済みの取込み', '施行', '施行 2024-07-01', '－']]);
  expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(/^※ 評価書番号 12（様式4）: 1年に1回の見直し/)]));
});

it('しきい値判断 is shown, and printed beside 様式２, with each figure’s day, query and position; before the first right whoever handles by their role counts', async () => {
  const form2 = await akashi(author, 'draft', place.path('v2.json'), '--kind', 'initial', '--number', '12', '--affair', 'vaccination');
  expect(await akashi(author, 'show', form2)).not.toContain('しきい値判断:');
  await akashi(author, 'step threshold', form2, '--on', today, '--no-incident');
  const shown = await akashi(author, 'show', form2);
  expect(shown).toMatch(/しきい値判断:\n {2}対象となる本人の数 +0人 +[\d-]+ +台帳の数 +宛名台帳の存命の本人の数 +位置 \d+\n {2}取扱者の数 +1人 +[\d-]+ +台帳の数 +職員台帳の、役割により.*（最初の権限の付与より前） +位置 \d+\n {2}過去1年以内の重大事故 +発生なし +[\d-]+ +申告 +担当者の申告/);
  const out = place.path('form2.html');
  await akashi(author, 'export', form2, '--format', 'html', '--evidence', '--out', out);
  const text = readFileSync(out, 'utf8');
  for (const said of ['しきい値判断（4件）', '取扱者の数', '台帳の数　宛名台帳の存命の本人の数', /位置 (\d+)/.exec(shown)![1]!]) expect(text).toContain(said);
  await akashi(author, 'abandon', form2, '--reason', '試し');
});

describe('修正', () => {
  let id: string;
  it('is drafted from what was published, with its number, affair and edition', async () => {
    id = await akashi(author, 'draft', '--kind', 'amendment', '--from', base);
    expect(await view(id)).toMatchObject({ kind: 'amendment', number: 12, affair: 'vaccination', edition: 'form4-2025-05', basedOn: base });
    expect(await akashi(author, 'show', id)).toMatch(/^評価書番号 12　全項目評価書（様式4、form4-2025-05）　事務 vaccination\n版 \S+（修正）　もとの版 \S+\n手続:\n {2}決裁 +必須 +行える\n.*提出 +必須 +先に「決裁」\n/);
  });

  it('of what two people write at once the later is set aside, and told what to do', async () => {
    await akashi(author, 'amend', id, 'cover.notes', '--value', '"架空の市です。"');
    const told = await refusal(colleague, 'amend', id, 'cover.notes', '--value', '"別の文です。"', '--revision', '0');
    expect(told).toContain(`取り置きの番号は 1、いまの文の改訂番号は 1（職員 ${author}）`);
    expect(told).toContain(`akashi assessment take ${id} 1`);
    expect(await refusal(chief, 'step decide', id, '--on', today)).toMatch(/取り置きが1件あります\n {2}.*特記事項（取り置き 1） ［cover\.notes］\n.*take/);
    const shown = await akashi(colleague, 'show', id);
    expect(shown).toContain(`職員 ${colleague} の文: 別の文です。\n    いまの文（改訂番号 1、職員 ${author}）: 架空の市です。`);
    await akashi(colleague, 'take', id, '1');
    expect((await view(id)).cells.find(({ item }: { item: string }) => item === 'cover.notes')).toMatchObject({ revision: 2, answer: '別の文です。', by: colleague });
    expect(await refusal(author, 'drop', id, '1')).toMatch(/片付いています/);
    expect(await akashi(author, 'show', id)).not.toContain('取り置き');
    await akashi(author, 'amend', id, 'cover.notes', '--value', '"三度目の文です。"'); // over what stands there now
  });

  it('what waits is written later; an entry is added, moved and removed; a comment is written and settled', async () => {
    expect(await akashi(author, 'defer', id, 'basic.otherAgencies', '--reason', '照会中')).toBe('「後に記載」としました。');
    expect(await akashi(author, 'show', id)).toMatch(/後に記載　.*［basic\.otherAgencies］/);
    expect(await refusal(author, 'defer', id, 'basic.otherAgencies')).toMatch(/すでに「後に記載」/);
    const was = (await view(id)).cells.find(({ item }: { item: string }) => item === 'basic.otherAgencies');
    expect(was).toMatchObject({ revision: 1, deferred: true });
    await akashi(author, 'amend', id, 'basic.otherAgencies', '--value', '"なし"');
    const within = await entryOf(id, 'file');
    const entrustments = async (): Promise<readonly string[]> => (await view(id)).entries.flatMap(({ repeat, entry }: { repeat: string; entry: string }) => (repeat === 'file.entrustments' ? [entry] : []));
    const before = await entrustments();
    expect(await akashi(author, 'entry add', id, 'file.entrustments', '--within', within)).toBe('加えました。');
    const added = (await entrustments()).at(-1)!;
    expect(await akashi(author, 'entry move', id, added, '--before', before[0]!)).toBe('移しました。');
    expect(await akashi(author, 'entry remove', id, added, '--reason', '誤り')).toBe('除きました。');
    expect(await entrustments()).toEqual(before);
    expect(await akashi(chief, 'comment write', id, 'cover.notes', '--text', '団体名は？')).toBe('コメントを付けました。');
    await akashi(author, 'comment write', id, 'cover.notes', '--text', '架空とします', '--reply-to', '1');
    expect(await akashi(chief, 'comment settle', id, '1')).toBe('解決済みにしました。');
    expect((await view(id)).comments).toMatchObject([{ text: '団体名は？', resolved: true }, { text: '架空とします', replyTo: 1, resolved: false }]);
    expect(await refusal(chief, 'comment settle', id, 'x')).toMatch(/コメントの番号/);
    await akashi(author, 'comment settle', id, '2');
  });

  it('a change of a ※ item in an entry waits for somebody who did not write it', async () => {
    const risk = await entryOf(id, 'risk');
    expect(await akashi(author, 'show', id, '--entries')).toContain(risk);
    writeFileSync(place.path('measures.txt'), '・媒体は暗号化する。\n');
    await akashi(author, 'amend', id, MEASURES, '--entry', risk, '--file', place.path('measures.txt'), '--cause', '受渡し方法の見直し');
    expect((await view(id)).cells.find(({ item }: { item: string }) => item === MEASURES)).toMatchObject({ answer: '・媒体は暗号化する。', cause: '受渡し方法の見直し' });
    expect(await akashi(chief, 'show', id)).toContain(`重要な変更の判断　Ⅲ.2.リスク4 リスクに対する措置の内容［${MEASURES} --entry ${risk}］　書いた人以外の職員を待つ`);
    expect(await refusal(chief, 'step decide', id, '--on', today)).toMatch(new RegExp(`リスクに対する措置の内容 ［${MEASURES} --entry ${risk}］[^]*akashi assessment judge`));
    await akashi(chief, 'judge', id, MEASURES, '--entry', risk, '--ground', 'notConsiderable', '--reason', '暗号化と台帳を併せて講じる');
    expect(await akashi(chief, 'show', id)).not.toContain('重要な変更の判断');
  });

  it('each step says which comes next, and by whom', async () => {
    expect(await akashi(chief, 'step decide', id, '--on', today, '--reason', '点検済み')).toBe('記録しました。\n次: 個人情報保護委員会への提出　保護評価担当を待つ');
    await akashi(chief, 'step withdraw', id, '--reason', '誤字');
    expect(await akashi(chief, 'step decide', id, '--on', today, '--reason', '点検済み')).toMatch(/^記録しました。/);
    expect(await refusal(author, 'step publish', id, '--on', today)).toMatch(/先に「個人情報保護委員会への提出」/);
    await akashi(author, 'step submit', id, '--on', today, '--simulated');
    expect(await akashi(author, 'step publish', id, '--on', today, '--where', '市の公式サイト')).toBe('記録しました。');
    expect(await refusal(author, 'draft', '--kind', 'amendment', '--from', base)).toContain(`版 ${id}）が公表されています`);
    base = id; // what is drafted from now on
    await akashi(author, 'step look', id, '--on', today);
    expect(await view(id)).toMatchObject({ lastLook: { on: today, amend: false }, procedure: expect.arrayContaining([expect.objectContaining({ step: 'submission', done: expect.objectContaining({ simulated: true }) })]) });
    expect(await akashi(author, 'show', id)).toMatch(/公表 +必須 +済　[\d-]+\n提出は模擬（実際には提出していない）。.*step submit\n年1回の見直し: [\d-]+（修正は不要）$/);
  });

  it('is written in its official form for its owner alone, and over nothing that is there', async () => {
    const out = place.path('form.html');
    expect(await akashi(author, 'export', id, '--format', 'html', '--out', out)).toBe(`${out} に書きました。`);
    expect([readFileSync(out, 'utf8').includes('三度目の文です。'), statSync(out).mode & 0o777]).toEqual([true, 0o600]);
    expect(await refusal(author, 'export', id, '--format', 'html', '--out', out)).toMatch(/--force/);
    await akashi(author, 'export', id, '--format', 'html', '--evidence', '--out', out, '--force');
    expect(readFileSync(out, 'utf8')).toMatch(/SHA-256/);
    writeFileSync(place.path('withheld.json'), '[{"item":"cover.notes","ground":"security"}]');
    expect(await akashi(chief, 'withhold', id, place.path('withheld.json'), '--reason', '侵入の手掛かりになる')).toContain('export --public');
    await akashi(author, 'export', id, '--format', 'html', '--public', '--out', out, '--force');
    const open = readFileSync(out, 'utf8');
    expect([open.includes('三度目の文です。'), open.includes('（非公表）')]).toEqual([false, true]);
    expect(String((await city.call('GET', `/assessments/${id}/form?format=html&edition=public`, await city.token({ role: 'compliance' }))).body)).toBe(open);
    expect(await akashi(author, 'show', id)).toMatch(/公表しない部分:\n {2}表紙 .*［cover\.notes］/);
  });

  it('what the engine checks is bound anew, over what stands there', async () => {
    expect(await akashi(author, 'bind', id, place.path('bindings.json'))).toMatch(/^書きました。/);
    await akashi(author, 'bind', id, place.path('bindings.json'));
    expect((await view(id)).bindings.revision).toBe(2);
  });
});

it('再実施: しきい値判断 tells what was counted and what came of it; a draft is given up', async () => {
  const id = await akashi(author, 'draft', '--kind', 'renewal', '--from', base);
  expect(await akashi(author, 'step threshold', id, '--on', today, '--subjects', '24000', '--no-incident')).toBe('記録しました。\n対象となる本人の数 24000、取扱者の数 1、結果 基礎項目評価\n次: 国民・住民等からの意見の聴取　保護評価担当を待つ');
  expect(await refusal(author, 'step opinions', id, '--from', '2024-10-01', '--to', '2024-10-29', '--means', '公式サイト')).toMatch(/30日以上/);
  await akashi(author, 'step opinions', id, '--from', '2024-10-01', '--to', '2024-10-30', '--means', '公式サイト');
  await akashi(author, 'step reflection', id, '--on', '2024-10-31', '--opinions', '1', '--received', '媒体の管理', '--reflected', '加えた');
  await akashi(author, 'step review', id, '--on', '2024-11-05', '--reviewer', '架空の審議会', '--result', '妥当');
  expect(await akashi(author, 'show', id)).toMatch(/しきい値判断 +必須 +済　.*\n.*聴取 +必須 +済　2024-10-01から2024-10-30まで\n[\s\S]*決裁　この版に書いた人以外の決裁者を待つ$/);
  await akashi(author, 'abandon', id, '--reason', '試し');
  expect(await akashi(author, 'show', id)).toMatch(/（再実施、取りやめ）/);
});

it.each([
  [['show', 'x'], /版は ID/], [['amend', newId(), 'cover.notes'], /--value と --file/], [['draft', '--kind', 'initial', '--affair', 'vaccination'], /--number/], [['draft', '--kind', 'initial', '--affair', 'vaccination', '--number', '9'], /--edition.*akashi assessment forms/],
  [['take', newId(), 'x'], /取り置きの番号/],
] as const)('%j is no call', async ([verb, ...args], says) => {
  await expect(akashi(author, verb, ...args)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(says) });
});

it('暫定の記載事項 that wait for their assessment are told of before all else', async () => {
  const written = JSON.parse(DECLARATION);
  writeFileSync(place.path('provisional.json'), JSON.stringify({ ...written, assessment: { ...written.assessment, version: 9 }, effectiveFrom: today }));
  expect(await akashi(chief, 'provisional', place.path('provisional.json'), '--reason', '新しい感染症の急な拡大')).toMatch(/^施行しました。/);
  const [urgent, how, head] = await listed();
  expect([urgent, how, head]).toEqual([expect.stringMatching(/^※ 令和.*から暫定の記載事項（第9版）を施行しています。/), expect.stringMatching(/akashi report handling-log --from \d{4}-.*Z /), expect.stringMatching(/^版ID/)]);
});

it('an answer that is no JSON is told how to be written', async () => {
  const id = await akashi(author, 'draft', '--kind', 'amendment', '--from', base);
  await expect(akashi(author, 'amend', id, 'cover.notes', '--value', '架空')).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining('引用符') });
});
