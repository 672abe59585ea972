import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OVERDUE } from '../../src/access/emergency/state.js';
import { COMPOSE_FILES, DOCKERFILE, EXAMPLE, GUIDE, IMAGE_ENV, LAST_STAGE, OFFERED, SETTINGS, composeFile, filled, inDocker, instructions, textOf, variablesIn } from './site.js';

const ignored = textOf('.dockerignore').split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('the Dockerfile', () => {
  it('starts from an image with a tag, the same in every stage', () => {
    const [, base] = /^NODE_IMAGE=(.+)$/.exec(instructions('ARG')[0]!)!;
    expect(base).toMatch(/^node:24-[a-z-]+$/);
    for (const from of instructions('FROM')) expect(from).toMatch(/^\$\{NODE_IMAGE\}( AS [a-z]+)?$/);
  });

  it('copies what is there and what the build context lets through', () => {
    const copied = instructions('COPY').filter((rest) => !rest.startsWith('--from')).flatMap((rest) => rest.trim().split(' ').slice(0, -1));
    expect(copied).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'src', 'projections']));
    for (const path of copied) expect([path, existsSync(path)]).toEqual([path, true]);
    expect(ignored[0]).toBe('*');
    expect(ignored.slice(1).map((line) => line.replace(/^!/, '')).sort()).toEqual(copied.sort());
  });

  it('brings along what the build reads', () => {
    const { compilerOptions } = JSON.parse(textOf('nest-cli.json')) as { compilerOptions: { builder: { options: { filenames: string[] } } } };
    for (const source of compilerOptions.builder.options.filenames) expect(instructions('COPY')).toContain(`${source} ${source}`);
    expect(statSync('src/build.js').isFile()).toBe(true);
  });

  it('installs without scripts, and none of what only tests need', () => {
    expect(instructions('RUN').join('\n')).toMatch(/npm ci --ignore-scripts[\s\S]*npm prune --omit=dev --ignore-scripts/);
  });

  it('sets only settings that the engine reads, and runs what the sources are built to', () => {
    expect(DOCKERFILE.match(/AKASHI_[A-Z_]+/g)!.filter((setting) => !SETTINGS.has(setting))).toEqual([]);
    for (const [, program] of DOCKERFILE.matchAll(/dist\/(\S+)\.js/g)) expect([program, existsSync(`${program}.ts`)]).toEqual([program, true]);
  });

  it('does not run as root, and asks after its own health', () => {
    const words = LAST_STAGE.map(({ word }) => word);
    expect(LAST_STAGE.filter(({ word }) => word === 'USER').map(({ rest }) => rest)).toEqual(['node']);
    expect(words.indexOf('USER')).toBeLessThan(words.indexOf('CMD'));
    const [check] = instructions('HEALTHCHECK');
    expect(JSON.parse(check!.slice(check!.indexOf('CMD ') + 4))).toEqual(['node', 'dist/src/cli.js', 'live']);
    expect(JSON.parse(instructions('CMD')[0]!)).toEqual(['node', 'dist/src/main.js']);
  });

  it('keeps the vault below its volume: a restore puts a second one beside it', () => {
    const volumes = JSON.parse(instructions('VOLUME')[0]!) as string[];
    const keys = IMAGE_ENV.get('AKASHI_KEYS')!;
    expect(volumes).toContain(IMAGE_ENV.get('AKASHI_DATA'));
    expect(volumes).not.toContain(keys);
    expect(volumes.some((volume) => keys.startsWith(`${volume}/`))).toBe(true);
  });
});

describe('the example of settings', () => {
  it('leaves out what only the site knows', () => {
    expect([...EXAMPLE].filter(([name]) => /PASSWORD|SECRET|TOKEN|MUNICIPALITY/.test(name)).map(([, value]) => value)).toEqual(['', '', '', '']);
  });

  it('offers nothing that no file takes', () => {
    const taken = new Set(COMPOSE_FILES.flatMap((file) => variablesIn(textOf(inDocker(file)))).map(({ name }) => name));
    expect([...EXAMPLE.keys(), ...OFFERED.map(([name]) => name)].filter((name) => !taken.has(name))).toEqual([]);
    expect([...EXAMPLE.keys()].filter((name) => name.startsWith('AKASHI_') && !SETTINGS.has(name))).toEqual([]);
  });

  it('offers other images whole: with the directories and the user that go with them', () => {
    expect(OFFERED.map(([name]) => name)).toEqual(['STORE_IMAGE', 'STORE_DATA_DIR', 'STORE_LOG_DIR', 'STORE_UID']);
    expect(OFFERED[0]![1]).toMatch(/:\d+\.\d+\.\d+/);
  });

  it('is not where secrets get into the repository or an image', () => {
    expect(textOf('.gitignore').split('\n')).toEqual(expect.arrayContaining(['docker/.env', 'docker/secrets/']));
    expect(ignored.filter((line) => line.startsWith('!docker'))).toEqual([]);
    for (const file of COMPOSE_FILES) for (const { file: path } of Object.values(composeFile(file).secrets ?? {})) expect(path).toMatch(/^\.\/secrets\//);
  });
});

describe("the operator's guide", () => {
  it('names every file and image', () => {
    const images = COMPOSE_FILES.flatMap((file) => Object.values(composeFile(file).services).map(({ image }) => filled(image)));
    const offered = OFFERED.filter(([name]) => name === 'STORE_IMAGE').map(([, image]) => image);
    for (const named of [...COMPOSE_FILES, 'Dockerfile', '.env.example', ...images, ...offered]) expect([named, GUIDE.includes(named)]).toEqual([named, true]);
  });

  it('names every service that it is run with', () => {
    const services = new Set(COMPOSE_FILES.flatMap((file) => Object.keys(composeFile(file).services)));
    const called = [...GUIDE.matchAll(/(?:exec|run|stop|start|up|logs|kill)(?: -\S+(?: (?:HUP|\/dev\/null))?)*((?: (?:akashi-standby|akashi|esdb(?:-node\d)?|certs)\b)+)/g)].flatMap(([, names]) => names!.trim().split(' '));
    expect(new Set(called)).toEqual(services);
    for (const [, file] of GUIDE.matchAll(/-f docker\/(\S+\.yaml)/g)) expect(COMPOSE_FILES).toContain(file);
  });

  it('names only settings and volumes that there are', () => {
    const ofTheCommandLine = new Set(textOf('src/cli.ts').match(/AKASHI_[A-Z_]+/g));
    expect([...new Set(GUIDE.match(/AKASHI_[A-Z_]+/g))].filter((name) => !SETTINGS.has(name) && !ofTheCommandLine.has(name))).toEqual([]);
    const volumes = COMPOSE_FILES.flatMap((file) => Object.keys(composeFile(file).volumes!).map((volume) => `${composeFile(file).name}_${volume}`));
    for (const [volume] of GUIDE.matchAll(/\bakashi(?:-cluster|-eventstoredb)?_[a-z][a-z-]*\d?\b/g)) if (!/_(position|lag|total)|akashi_(http|ledger|register|alarms)/.test(volume)) expect(volumes).toContain(volume);
  });

  it('says what to do at every code that store and vault answer with', () => {
    const vault = [...textOf('src/vault/errors.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code!);
    const stopping = [...textOf('src/cli/explain.ts').matchAll(/^ {2}'?([a-z]+(?:-[a-z]+)*)'?: 'の記録/gm)].map(([, code]) => code!);
    expect(Math.min(vault.length, stopping.length)).toBeGreaterThan(3);
    const missing = [...vault, ...stopping, 'store-damaged', 'store-unavailable', 'file-damaged'].filter((code) => !GUIDE.includes(`\`${code}\``));
    expect(missing).toEqual([]);
  });

  it('says plainly that none of it was run', () => {
    const closing = GUIDE.slice(GUIDE.lastIndexOf('\n## '));
    expect(closing).toMatch(/試していない/);
    for (const file of COMPOSE_FILES) expect(closing).toContain(file);
  });
});

test('the guide says of every alarm what it means', () => {
  const sources = ['src', 'projections'].flatMap((place) => readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => textOf(join(place, file))));
  const codes = new Set([...sources.join('\n').matchAll(/\balarm\('([a-z-]+)'/g)].map(([, code]) => code!));
  expect(codes.size).toBeGreaterThan(15);
  for (const code of [...codes, ...Object.values(OVERDUE)]) expect([code, GUIDE.includes(`\`${code}\``)]).toEqual([code, true]);
});
