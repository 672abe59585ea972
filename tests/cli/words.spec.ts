import { jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { SettingError, agencyWords, readSettings } from '../../src/settings.js';
import { JAPANESE, MAIN, PATIENCE_MS, akashi, emptyPlace, removePlaces, type Ended, type Place } from './program.js';

jest.setTimeout(PATIENCE_MS);

/** What the program says of itself, and of a call that it does not understand. */
const CALLS = {
  help: ['--help'],
  keys: ['keys', '--help'],
  staff: ['staff', '--help'],
  import: ['import', '--help'],
  residents: ['import', 'residents', '--help'],
  'a verb that there is not': ['destroy'],
  'an option that there is not': ['doctor', '--force'],
  'a verb without what it needs': ['staff', 'token'],
  'a choice that there is not': ['staff', 'add', '--name', 'x', '--post', 'x', '--department', 'x', '--role', 'mayor'],
  'a register that there is not': ['register', 'foo'],
  'a group without a verb': ['import'],
  'a register too many': ['rebuild', 'subjects', 'vaccinations'],
} as const satisfies { readonly [what: string]: readonly string[] };
type Call = keyof typeof CALLS;

let place: Place;
const answers = new Map<string, Ended>();
beforeAll(async () => {
  place = emptyPlace();
  await Promise.all(Object.entries(CALLS).map(async ([what, args]) => answers.set(what, await akashi(place, args))));
});
afterAll(() => {
  expect(readdirSync(place.directory)).toEqual([]); // none of these begins anything
  removePlaces();
});

/** The lines of a list of commands or options: name and what it says. */
const entries = (help: string): ReadonlyMap<string, string> => new Map([...help.matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm)].map(([, term, says]) => [/^-*([\w-]+)/.exec(term!.replace(/^-\w, /, ''))![1]!, says!]));

it('the help names every verb, each with what it does in Japanese', () => {
  const { code, out: help, err } = answers.get('help')!;
  expect([code, err]).toEqual([0, '']);
  expect(help).toContain('証（あかし）');
  const verbs = entries(help);
  for (const verb of ['serve', 'demo', 'import', 'rebuild', 'replay', 'register', 'log', 'report', 'doctor', 'staff', 'keys']) expect([verb, verbs.get(verb)]).toEqual([verb, expect.stringMatching(JAPANESE)]);
  expect(verbs.get('json')).toMatch(JAPANESE);
});

it.each([
  ['keys', ['backup', 'restore', 'drill']],
  ['staff', ['add', 'token']],
  ['import', ['residents', 'vaccinations']],
])('the help of %s names its verbs in Japanese', (group, verbs) => {
  const known = entries(answers.get(group)!.out);
  for (const verb of verbs) expect([verb, known.get(verb)]).toEqual([verb, expect.stringMatching(JAPANESE)]);
});

it('the help of an import says what must be given, what may be, and where the codes come from', () => {
  const { out } = answers.get('residents')!;
  const options = entries(out);
  expect([options.get('source'), options.get('method')]).toEqual(['入手元（必須）', '入手方法（必須）']);
  expect(out.replaceAll(/\n +/g, ' ')).toContain('（選択肢: utf-8、cp932、既定: utf-8）');
  expect(options.get('reason')).toMatch(/記載外の取扱い/);
  expect(out).toContain('akashi register declaration');
  for (const { out: help } of answers.values()) expect(help).not.toMatch(/choices|default|\[options\]|\[command\]/);
});

it.each((Object.keys(CALLS) as Call[]).filter((what) => what.startsWith('a')))('%s fails, and says so apart from any answer', (what) => {
  const { code, out, err } = answers.get(what)!;
  expect([code, out]).toEqual([64, '']);
  expect(err).not.toBe('');
});

describe('a setting that cannot be', () => {
  const BAD: readonly (readonly [variable: string, value: string])[] = [
    ['AKASHI_PORT', 'http'], ['AKASHI_PORT', '-1'], ['AKASHI_PORT', '65536'], ['AKASHI_PORT', '80.5'], ['AKASHI_PORT', ''], ['AKASHI_PORT', '１２３'],
    ['AKASHI_MUNICIPALITY', '990018'], ['AKASHI_MUNICIPALITY', '99001'], ['AKASHI_MUNICIPALITY', ''], ['AKASHI_MUNICIPALITY', '汐浜市'],
    ['AKASHI_MUNICIPALITY_NAME', '汐浜市長'], ['AKASHI_MUNICIPALITY_NAME', '市'], ['AKASHI_MUNICIPALITY_NAME', '汐浜 市'], ['AKASHI_MUNICIPALITY_NAME', `${'汐'.repeat(49)}市`],
    ['AKASHI_STORE', 'mysql'], ['AKASHI_STORE', ''],
    ['AKASHI_ORGAN', '市長'], ['AKASHI_ORGAN', ''], ['AKASHI_ORGAN', 'a b'], ['AKASHI_ORGAN', 'mayorr'],
    ['AKASHI_KEYS', '/srv/akashi/data'], ['AKASHI_KEYS', '/srv/akashi/data/keys'], ['AKASHI_KEYS', '/srv/akashi/elsewhere/../data/keys'],
  ];

  it.each(BAD)('%s=%s is named, with what it should be', (variable, value) => {
    const read = (): unknown => readSettings({ AKASHI_DATA: '/srv/akashi/data', AKASHI_KEYS: '/srv/akashi/keys', [variable]: value });
    expect(read).toThrow(SettingError);
    expect(read).toThrow(new RegExp(`^${variable}: .*${JAPANESE.source}`));
  });

  it.each([
    ['AKASHI_STORE_DEADLINE', '1'], ['AKASHI_STORE_DEADLINE', '121'], ['AKASHI_STORE_DEADLINE', '2.5'], ['AKASHI_STORE_LEASE', '2'], ['AKASHI_STORE_LEASE', '61'], ['AKASHI_STORE_LEASE', 'long'],
    ['AKASHI_EVENTSTOREDB', ''], ['AKASHI_EVENTSTOREDB', 'http://127.0.0.1:2113'], ['AKASHI_EVENTSTOREDB_FILE', '/nowhere/connection'],
  ])('%s=%s is named, of a store on a server', (variable, value) => {
    const connection = variable.startsWith('AKASHI_EVENTSTOREDB') ? {} : { AKASHI_EVENTSTOREDB: 'esdb://127.0.0.1:2113' };
    expect(() => readSettings({ AKASHI_STORE: 'eventstoredb', ...connection, [variable]: value })).toThrow(new RegExp(`^${variable}: .*${JAPANESE.source}`));
  });

  it('does not stand in the message itself', () => {
    expect(() => readSettings({ AKASHI_PORT: '123456789018' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('123456789018') }));
  });

  it.each([['akashi', ['doctor'], undefined], ['npm start', [], MAIN]] as const)('ends %s with the variable, and begins nothing', async (_, args, file) => {
    const { code, out, err } = await akashi(place, args, { AKASHI_PORT: 'http' }, file);
    expect([code, out]).toEqual([78, '']);
    expect(err).toMatch(/^設定の誤り: AKASHI_PORT: .*番号を設定してください\n$/);
  });
});

it.each([
  ['AKASHI_PORT', '0', { port: 0 }],
  ['AKASHI_PORT', '65535', { port: 65_535 }],
  ['AKASHI_HOST', '::1', { host: '::1' }],
  ['AKASHI_DATA', '/srv/akashi/data', { data: '/srv/akashi/data' }],
  ['AKASHI_KEYS', '/srv/keys', { vault: { directory: '/srv/keys' } }],
  ['AKASHI_KEYS', '/srv/akashi/data-keys', { vault: { directory: '/srv/akashi/data-keys' } }],
  ['AKASHI_KEY_COMMAND', 'kms  get akashi', { vault: { directory: '/srv/akashi/keys', kek: { command: ['kms', 'get', 'akashi'] } } }],
  ['AKASHI_STORE_DEADLINE', '120', { store: { deadlineMs: 120_000, leaseMs: 5000 } }],
  ['AKASHI_STORE_LEASE', '3', { store: { deadlineMs: 15_000, leaseMs: 3000 } }],
  ['AKASHI_ORGAN', 'education-board', { agency: { municipality: '990019', organ: 'education-board' } }],
])('%s=%s is honoured', (variable, value, expected) => {
  const server = variable.startsWith('AKASHI_STORE') ? { AKASHI_STORE: 'eventstoredb', AKASHI_EVENTSTOREDB: 'esdb://127.0.0.1:2113' } : {};
  expect(readSettings({ AKASHI_DATA: '/srv/akashi/data', AKASHI_KEYS: '/srv/akashi/keys', ...server, [variable]: value })).toMatchObject(expected);
});

it.each([
  [{}, '市区町村長（団体コード 990019）'],
  [{ AKASHI_MUNICIPALITY_NAME: '' }, '市区町村長（団体コード 990019）'],
  [{ AKASHI_MUNICIPALITY_NAME: '汐浜市' }, '汐浜市長'],
  [{ AKASHI_MUNICIPALITY_NAME: '汐浜市', AKASHI_ORGAN: 'education-board' }, '汐浜市教育委員会'],
  [{ AKASHI_MUNICIPALITY_NAME: '架空広域連合' }, '架空広域連合長'],
])('%j is printed as %s', (env, agency) => {
  expect(agencyWords(readSettings(env))).toBe(agency);
});
