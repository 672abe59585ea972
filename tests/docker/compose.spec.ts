import { execFileSync } from 'node:child_process';
import { COMPOSE_FILES, EXAMPLE, IMAGE_ENV, LAST_STAGE, SETTINGS, composeFile, filled, inDocker, textOf, textsIn, variablesIn, type ComposeFile, type Service } from './site.js';

/** No container engine is at hand where these run: what a reader of the files can find wrong is found here. */
const KNOWN_SERVICE_KEYS = [
  'image', 'build', 'environment', 'volumes', 'tmpfs', 'ports', 'secrets', 'networks', 'network_mode', 'depends_on', 'healthcheck', 'entrypoint', 'command', 'user', 'restart', 'stop_grace_period',
  'read_only', 'cap_drop', 'cap_add', 'security_opt', 'mem_limit', 'pids_limit', 'ulimits', 'logging',
];
const SECRET_NAME = /PASSWORD|SECRET|TOKEN/;

const isEngine = (service: Service): boolean => service.environment?.AKASHI_STORE !== undefined;
const mountsOf = (service: Service): readonly { source: string; target: string; mode: string | undefined }[] =>
  (service.volumes ?? []).map((text) => filled(text).split(':')).map(([source, target, mode]) => ({ source: source!, target: target!, mode }));
const servicesOf = (file: string): [string, Service][] => Object.entries(composeFile(file).services);
const nodesOf = (file: ComposeFile): [string, Service][] => Object.entries(file.services).filter(([, { environment }]) => environment?.EVENTSTORE_CLUSTER_SIZE !== undefined);

it('finds the three files', () => {
  expect(COMPOSE_FILES.sort()).toEqual(['compose.cluster.yaml', 'compose.eventstoredb.yaml', 'compose.yaml']);
});

describe.each(COMPOSE_FILES)('docker/%s', (name) => {
  const file = composeFile(name);
  const services = servicesOf(name);
  const text = textOf(inDocker(name));

  it('is YAML without doubtful places, with keys that Compose knows', () => {
    expect(() => composeFile(name)).not.toThrow();
    expect(Object.keys(file).filter((key) => !key.startsWith('x-'))).toEqual(expect.arrayContaining(['name', 'services', 'volumes']));
    for (const [service, value] of services) expect([service, Object.keys(value).filter((key) => !KNOWN_SERVICE_KEYS.includes(key))]).toEqual([service, []]);
  });

  it('stands apart from the other files, and so do its volumes', () => {
    expect(COMPOSE_FILES.filter((other) => composeFile(other).name === file.name)).toEqual([name]);
  });

  it('names only settings that the engine reads', () => {
    const named = [...new Set(text.match(/AKASHI_[A-Z_]+/g))];
    expect(named.filter((setting) => !SETTINGS.has(setting))).toEqual([]);
    for (const [, { environment = {} }] of services) for (const [key, value] of Object.entries(environment)) expect([key, typeof value]).toEqual([key, 'string']); // `no` and `1` would be something else
  });

  it('says where each engine has its store', () => {
    for (const [, { environment, secrets = [] }] of services.filter(([, service]) => isEngine(service))) {
      const { AKASHI_STORE: store, AKASHI_EVENTSTOREDB: connection, AKASHI_EVENTSTOREDB_FILE: place } = environment!;
      expect(store).toBe(name === 'compose.yaml' ? 'embedded' : 'eventstoredb');
      expect([connection, place].filter((given) => given !== undefined)).toHaveLength(store === 'embedded' ? 0 : 1);
      if (place !== undefined) expect(secrets.map((secret) => `/run/secrets/${secret}`)).toContain(place);
      if (connection !== undefined) expect(Object.keys(file.services)).toContain(new URL(connection).hostname);
    }
  });

  it('declares every volume, network and secret that is used, and uses every one that is declared', () => {
    const named = services.flatMap(([, service]) => mountsOf(service).map(({ source }) => source));
    expect([...new Set(named)].sort()).toEqual(Object.keys(file.volumes ?? {}).sort());
    expect([...new Set(services.flatMap(([, { networks = [] }]) => networks))].sort()).toEqual(Object.keys(file.networks ?? {}).sort());
    expect([...new Set(services.flatMap(([, { secrets = [] }]) => secrets))].sort()).toEqual(Object.keys(file.secrets ?? {}).sort());
  });

  it('waits only for services that are there, in a way they can answer', () => {
    for (const [service, { depends_on: others = {} }] of services) {
      for (const [other, { condition }] of Object.entries(others)) {
        expect([service, Object.keys(file.services)]).toEqual([service, expect.arrayContaining([other])]);
        expect(['service_started', 'service_healthy', 'service_completed_successfully']).toContain(condition);
        if (condition === 'service_healthy') expect([other, file.services[other]!.healthcheck]).toEqual([other, expect.anything()]);
        if (condition === 'service_completed_successfully') expect([other, file.services[other]!.restart]).toEqual([other, 'no']);
      }
    }
  });

  it('pins every image', () => {
    for (const [service, { image }] of services) {
      const [, tag] = /:([\w][\w.-]*)$/.exec(filled(image)) ?? [];
      expect([service, tag]).toEqual([service, expect.stringMatching(/\d/)]);
      expect(tag).not.toMatch(/latest/);
    }
  });

  it('builds the image of the version that package.json states', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    const engines = services.filter(([, service]) => isEngine(service));
    expect(engines.map(([, { image }]) => filled(image))).toEqual(engines.map(() => `akashi:${version}`));
    expect(engines.flatMap(([, { build }]) => build ?? [])).toEqual([{ context: '..', dockerfile: 'docker/Dockerfile' }]);
  });

  it('publishes on this host alone, engines only, each on a port of its own', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published.map(filled));
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:8080$/);
    expect(new Set(ports).size).toBe(ports.length);
    expect(services.filter(([, service]) => service.ports !== undefined && !isEngine(service))).toEqual([]);
  });

  it('holds no password', () => {
    for (const [, { environment = {} }] of services) for (const [key, value] of Object.entries(environment)) if (SECRET_NAME.test(key)) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
    expect(textsIn(file).filter((value) => /changeit|:\/\/[^/?\s]*:[^/?\s@]*@/.test(value))).toEqual([]);
  });

  it('starts every service again, but for those that run once', () => {
    const awaited = services.flatMap(([, { depends_on: others = {} }]) => Object.entries(others).filter(([, { condition }]) => condition === 'service_completed_successfully').map(([other]) => other));
    for (const [service, { restart }] of services) expect([service, restart]).toEqual([service, awaited.includes(service) ? 'no' : 'unless-stopped']);
  });

  it('keeps every service small: no capabilities, no new privileges, a bound of memory, time to end', () => {
    for (const [service, value] of services) {
      expect([service, value.cap_drop, value.security_opt]).toEqual([service, ['ALL'], ['no-new-privileges:true']]);
      if (value.restart === 'no') continue;
      expect([service, value.mem_limit, value.stop_grace_period]).toEqual([service, expect.stringMatching(/\dg\b/), expect.stringMatching(/^\d+s$/)]);
      if (isEngine(value)) expect([service, value.read_only, value.tmpfs?.[0]]).toEqual([service, true, expect.stringMatching(/^\/tmp:size=/)]);
    }
  });

  it('asks after the health of what runs on, with commands that can be parsed', () => {
    for (const [service, { healthcheck, restart, entrypoint = [], command = [] }] of services) {
      if (restart !== 'no') expect([service, healthcheck?.test.join(' ')]).toEqual([service, expect.stringMatching(/\/health\/live|dist\/src\/cli\.js live$/)]);
      const [kind, ...words] = (healthcheck?.test ?? []).map(filled);
      if (kind !== undefined) expect(['CMD', 'CMD-SHELL']).toContain(kind);
      if (kind === 'CMD-SHELL') checkShell(words.join(' '));
      if (entrypoint[0]?.endsWith('sh')) command.forEach((script) => checkShell(filled(script)));
    }
  });

  it('takes variables that the example has, with the same defaults', () => {
    for (const { name: variable, fallback } of variablesIn(text)) {
      expect([...EXAMPLE.keys()]).toContain(variable);
      expect([variable, EXAMPLE.get(variable)]).toEqual([variable, fallback ?? '']);
    }
    for (const value of textsIn(file)) expect(() => filled(value)).not.toThrow();
  });

  it('mounts data and keys where the image has them', () => {
    const volumes = JSON.parse(LAST_STAGE.find(({ word }) => word === 'VOLUME')!.rest) as string[];
    for (const [, service] of services.filter(([, one]) => isEngine(one))) {
      const mounts = mountsOf(service);
      for (const volume of volumes) expect(mounts.map(({ target }) => target)).toContain(volume);
      expect(mounts.find(({ target }) => target === IMAGE_ENV.get('AKASHI_DATA'))?.source).not.toBe(mounts.find(({ target }) => IMAGE_ENV.get('AKASHI_KEYS')!.startsWith(`${target}/`))?.source);
    }
  });

  it('keeps the database where nothing but the engine reaches it, and its files where the volume is', () => {
    for (const [node, service] of nodesOf(file)) {
      expect([node, service.networks]).toEqual([node, ['store']]);
      expect(file.networks?.store).toEqual({ internal: true });
      expect(mountsOf(service).map(({ target }) => target)).toContain(filled(service.environment!.EVENTSTORE_DB!));
    }
  });
});

describe('the single node', () => {
  it('runs without TLS and is given no password, which a node without users refuses', () => {
    const [[, { environment }]] = nodesOf(composeFile('compose.eventstoredb.yaml')) as [[string, Service]];
    expect(environment).toMatchObject({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_CLUSTER_SIZE: '1' });
    expect(Object.keys(environment!).filter((key) => SECRET_NAME.test(key))).toEqual([]);
  });
});

describe('the cluster', () => {
  const cluster = composeFile('compose.cluster.yaml');
  const nodes = nodesOf(cluster);
  const { certs } = cluster.services;
  const script = certs!.command!.join('\n');

  it('has three nodes that know one another by the names in their certificates', () => {
    const names = nodes.map(([node]) => node);
    expect(names).toHaveLength(3);
    for (const [node, { environment = {} }] of nodes) {
      expect(environment.EVENTSTORE_CLUSTER_SIZE).toBe('3');
      expect(environment.EVENTSTORE_INSECURE).toBeUndefined();
      expect([environment.EVENTSTORE_NODE_HOST_ADVERTISE_AS, environment.EVENTSTORE_REPLICATION_HOST_ADVERTISE_AS]).toEqual([node, node]);
      expect(environment.EVENTSTORE_GOSSIP_SEED!.split(',').sort()).toEqual(names.filter((other) => other !== node).map((other) => `${other}:2113`).sort());
    }
    expect(script).toContain('for n in 1 2 3;');
    expect(script).toContain('-dns-names "localhost,esdb-node$$n"');
    expect(names).toEqual([1, 2, 3].map((n) => `esdb-node${n}`));
  });

  it('gives each node its own key and files, and the key of the CA to none', () => {
    const made = new Map(mountsOf(certs!).map(({ source, target }) => [source, target]));
    for (const [i, [, node]] of nodes.entries()) {
      const places = mountsOf(node).filter(({ source }) => made.has(source));
      expect(places).toEqual([{ source: `esdb-certs${i + 1}`, target: '/certs', mode: 'ro' }]);
      expect(made.get(`esdb-certs${i + 1}`)).toBe(`/node${i + 1}`);
      for (const [setting, made_] of [['CERTIFICATE_FILE', '/tls'], ['CERTIFICATE_PRIVATE_KEY_FILE', '/tls'], ['TRUSTED_ROOT_CERTIFICATES_PATH', '/ca']] as const) {
        expect(node.environment![`EVENTSTORE_${setting}`]).toMatch(new RegExp(`^/certs${made_}(/|$)`));
        expect(script).toContain(`/node$$n${made_}`);
      }
      expect(node.healthcheck!.test).toEqual(expect.arrayContaining(['--cacert', '/certs/ca/ca.crt', 'https://localhost:2113/health/live']));
    }
    expect(Object.entries(cluster.services).filter(([, service]) => mountsOf(service).some(({ source }) => source === 'esdb-ca')).map(([service]) => service)).toEqual(['certs']);
    expect(new Set(nodes.map(([, node]) => mountsOf(node)[0]!.source)).size).toBe(3);
    expect(certs!.network_mode).toBe('none');
  });

  it('gives both engines the same data and vault, and what they trust', () => {
    const [active, standby] = [cluster.services.akashi!, cluster.services['akashi-standby']!];
    expect(mountsOf(active)).toEqual(mountsOf(standby));
    expect(active.environment).toEqual(standby.environment);
    expect(mountsOf(active)).toContainEqual({ source: 'esdb-trust', target: '/trust', mode: 'ro' });
  });
});

function checkShell(script: string): void {
  expect(() => execFileSync('bash', ['-n', '-c', script], { stdio: 'pipe' })).not.toThrow();
}
