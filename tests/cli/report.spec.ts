import { period } from '../../src/cli/moment.js';
import { jest } from '@jest/globals';
import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { reports } from '../../projections/reports/all.js';
import { JAPANESE, PATIENCE_MS, akashi, eventsOf, foundedPlace, json, removePlaces, said, serve, type Founded, type Serving } from './program.js';

jest.setTimeout(PATIENCE_MS);

let place: Founded;
let engine: Serving;
beforeAll(async () => {
  place = await foundedPlace();
  engine = await serve(place); // the verbs need not start one each
});
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

it('alone it lists the reports in Japanese, and begins nothing', async () => {
  const before = eventsOf(place).length;
  const text = await said(place, 'report');
  for (const name of ['handling-log', 'collection-register', 'refusals', 'refusals-summary', 'sign-ins', 'person-record']) expect(text).toMatch(new RegExp(`^  ${name} +.*${JAPANESE.source}`, 'm'));
  expect((await json(place, 'report')).length).toBe(reports.length);
  expect(eventsOf(place).length).toBe(before);
});

it('the help of a report has an option for each of its parameters, in Japanese', async () => {
  const help = await said(place, 'report', 'handling-log', '--help');
  for (const option of ['--subject <ID>', '--from <日付又は日時>', '--kind <区分>', '--terminal <符号>', '--assurance <区分>', '--up-to <番号>', '--out <ファイル>', '--force', '--as <職員ID>']) expect(help).toContain(option);
  expect(help).not.toMatch(/choices|default|\[options\]/);
  expect(await said(place, 'report', 'person-record', '--help')).toMatch(/--subject <ID> +本人（必須）/);
});

it('writes a file for its owner alone, says to where it was read, and is recorded under the name of whoever ran it', async () => {
  const file = place.path('log.csv');
  const text = await said(place, 'report', 'handling-log', '--as', place.chief, '--subject', place.subject, '--format', 'csv', '--out', file);
  expect(text).toMatch(/^取扱記録: \d+ 行を .*log\.csv に書きました（位置 \d+（20\d\d-.*\+09:00）までの記録）。$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain(place.subject);
  expect(readdirSync(place.directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  const [used, ended] = eventsOf(place).slice(-2);
  expect([used!.type, used!.actor.staff, used!.handling!.extent, ended!.type]).toEqual(['InformationUsed', place.chief, 'exported', 'ReportEnded']);
});

it('as JSON it says the same as values', async () => {
  const file = place.path('log.json');
  const answer = await json(place, 'report', 'handling-log', '--as', place.chief, '--format', 'json', '--up-to', '9', '--from', '2000-01-01', '--to', '2099-12-31', '--out', file);
  const written = JSON.parse(readFileSync(file, 'utf8'));
  expect(written.rowCount).toBeGreaterThan(0);
  expect(period({ from: '2026-11-20', to: '2026-11-20' })).toEqual({ from: '2026-11-20T00:00:00+09:00', to: '2026-11-20T23:59:59.999+09:00' });
  expect(answer).toEqual({ report: 'handling-log', run: expect.any(String), format: 'json', file, rows: written.rowCount, position: 9, recordedAt: written.stamp.recordedAt });
});

it.each(['xlsx', 'pdf'])('as %s, too', async (format) => {
  const file = place.path(`log.${format}`);
  await said(place, 'report', 'person-record', '--as', place.chief, '--subject', place.subject, '--out', file); // the name says the format
  expect(readFileSync(file).subarray(0, 4).toString('latin1')).toBe(format === 'pdf' ? '%PDF' : 'PK\u0003\u0004');
});

it('writes over nothing unless it is told to, and follows no link', async () => {
  const [there, link] = [place.path('there.csv'), place.path('link.csv')];
  writeFileSync(there, 'what lies there');
  symlinkSync(place.path('nowhere.csv'), link);
  const ask = (file: string, ...more: string[]) => akashi(place, ['report', 'sign-ins', '--as', place.chief, '--out', file, ...more]);
  const before = eventsOf(place).length;
  expect((await ask(there)).code).toBe(64);
  expect(await ask(place.path('sheet.xlsx'), '--format', 'pdf')).toMatchObject({ code: 64 });
  expect(existsSync(place.path('sheet.xlsx'))).toBe(false);
  expect(readFileSync(there, 'utf8')).toBe('what lies there');
  expect(eventsOf(place).length).toBe(before);
  expect((await ask(link)).code).toBe(64);
  expect(existsSync(place.path('nowhere.csv'))).toBe(false);
  expect((await ask(there, '--force')).code).toBe(0);
  expect(readFileSync(there, 'utf8')).toContain('サインイン記録');
});

it.each([
  ['by whom it is not allowed', () => ['handling-log', '--as', place.clerk], 1, /権限/],
  ['about a position that has not come', () => ['handling-log', '--as', place.chief, '--up-to', '99999'], 64, /まだ|進んでいません/],
  ['that there is not', () => ['no-such-report', '--as', place.chief], 64, JAPANESE],
  ['of a kind that there is not', () => ['handling-log', '--as', place.chief, '--kind', 'x'], 64, /--kind/],
  ['without a file', () => ['handling-log', '--as', place.chief], 64, /--out/],
  ['without whom it is about', () => ['person-record', '--as', place.chief], 64, /--subject/],
  ['by nobody', () => ['handling-log'], 64, /--as/],
] as const)('a report %s leaves no file', async (what, args, code, says) => {
  const file = place.path('none.csv');
  const ended = await akashi(place, ['report', ...args(), ...(what === 'without a file' ? [] : ['--out', file])]);
  expect([ended.code, ended.out]).toEqual([code, '']);
  expect(ended.err).toMatch(says);
  expect(readdirSync(place.directory).filter((name) => name.startsWith('none.csv'))).toEqual([]);
});

it('there is no month to be looked through before one has ended', async () => {
  expect(await said(place, 'log-review', 'list', '--as', place.chief)).toMatch(/月が終わると/);
  const ended = await akashi(place, ['log-review', 'sign', '2020-01', '--as', place.chief, '--result', 'no-findings']);
  expect([ended.code, ended.out]).toEqual([64, '']);
  expect(ended.err).toMatch(/akashi log-review list/);
});

it('where no engine runs it begins one for as long as it takes', async () => {
  await engine.stop();
  const file = place.path('alone.csv');
  await said(place, 'report', 'handling-log', '--as', place.chief, '--format', 'csv', '--out', file);
  expect(readFileSync(file, 'utf8')).toContain(place.subject);
});
