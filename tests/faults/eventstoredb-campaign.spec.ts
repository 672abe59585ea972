import type { StandIn } from '../support/stand-in.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { expectFollowed, expectQuiet, goesOn, newBench, type Bench } from './eventstoredb/bench.js';
import type { Client } from './eventstoredb/client.js';
import { sleep, until } from '../support/until.js';
import { randomFrom, seedOf, type Random } from './support/random.js';
import { decodeEvent } from '../../src/store/event.js';

const ROUNDS = process.env.AKASHI_CAMPAIGN === undefined ? 6 : 10 * Math.max(1, Number(process.env.AKASHI_CAMPAIGN));
const SEED = seedOf(process.env);
const DEADLINE_MS = 1500;
const LEASE = { lasts: 1500, renewEvery: 250 };
/** Heap of the process that holds the store: more than this at the end of a round than after its beginning is a leak. */
const GROWTH_BYTES = 20 * 1024 * 1024;

/** One server, the way to it, and the process that holds the store; another takes its place when it dies or sleeps too long. */
interface Scene {
  readonly bench: Bench;
  readonly random: Random;
  readonly server: StandIn;
  /** with one node only: of several the clients learn the addresses from the server */
  readonly way: TcpProxy | undefined;
  readonly connection: string;
  leader: number;
  active: Client;
  /** what followers before the active one have had */
  readonly followed: (readonly [position: number, id: string])[];
  readonly clients: Client[];
}

type Fault = (scene: Scene) => Promise<unknown>;

const anywhere: Readonly<Record<string, Fault>> = {
  'the server is killed': ({ server }) => server.restart(),
  'the server is killed and away': async ({ server, random }) => {
    await server.kill();
    await sleep(random.below(800));
    await server.restart();
  },
  'the server freezes for a moment': async ({ server, random }) => {
    server.freeze();
    await sleep(random.below(700));
    server.thaw();
  },
  'the server freezes past the deadline': async ({ server, random }) => {
    server.freeze();
    await sleep(DEADLINE_MS + random.below(500));
    server.thaw();
  },
  'the server loses its tail': async ({ server, random }) => {
    await server.control({ hold: true });
    await sleep(random.below(200));
    await server.restart();
  },
  'the disk of the server stalls': async ({ server, random }) => {
    await server.control({ hold: true });
    await sleep(random.below(600));
    await server.control({ hold: false });
  },
  'connections break': ({ server }) => server.control({ cut: true }),
  'the client is killed': async (scene) => {
    await scene.active.kill();
    await succeed(scene, start(scene));
  },
  'the client is closed': async (scene) => {
    const next = start(scene);
    await scene.active.close();
    await succeed(scene, next);
  },
  'the client freezes for a moment': async ({ active, random }) => {
    active.freeze();
    await sleep(random.below(LEASE.lasts));
    active.thaw();
  },
  'the client sleeps while another takes over': async (scene) => {
    const { active, bench } = scene;
    const next = start(scene);
    await next.has('waiting');
    active.freeze();
    await succeed(scene, next);
    await goesOn(bench, 5);
    active.thaw();
    await active.has('lost');
  },
};
const byOneWay: Readonly<Record<string, Fault>> = {
  'the way is cut': async ({ way, random }) => {
    await way!.cut();
    await sleep(random.below(800));
    await way!.restore();
  },
  'the way is silent': async ({ way, random }) => {
    way!.stall();
    await sleep(random.below(DEADLINE_MS));
    way!.flow();
  },
  'answers are lost': async ({ way, random }) => {
    way!.stallAnswers();
    await sleep(random.below(300));
    await way!.cut();
    way!.flow();
    await way!.restore();
  },
  'the way is slow': async ({ way, bench, random }) => {
    way!.delay(10 + random.below(60));
    await goesOn(bench, 10);
    way!.delay(0);
  },
};
const amongNodes: Readonly<Record<string, Fault>> = {
  'another node leads': (scene) => lead(scene),
  'nobody leads for a while': async (scene) => {
    await scene.server.control({ lead: null });
    await sleep(scene.random.below(600));
    await lead(scene);
  },
  'the leader goes down': async (scene) => {
    const down = scene.leader;
    await scene.server.control({ down });
    await lead(scene);
    await goesOn(scene.bench, 10);
    await scene.server.control({ up: down });
  },
};

async function lead(scene: Scene): Promise<void> {
  scene.leader = (scene.leader + 1 + scene.random.below(2)) % 3;
  await scene.server.control({ lead: scene.leader });
}

function start({ bench, connection, clients }: Pick<Scene, 'bench' | 'connection' | 'clients'>): Client {
  const client = bench.launch(connection, { deadlineMs: DEADLINE_MS, lease: LEASE });
  clients.push(client);
  return client;
}

/** The next one is active, goes on following where the last one came to, and works. */
async function succeed(scene: Scene, next: Client): Promise<void> {
  await next.has('open');
  scene.followed.push(...scene.active.followed);
  scene.active = next;
  begin(scene);
}

function begin({ active, random, followed }: Scene): void {
  active.tell({ do: 'follow', after: followed.at(-1)?.[0] ?? 0, pageSize: 1 + random.below(100), pauseMs: random.pick([0, 0, 5]), quiet: false });
  active.tell({ do: 'work', writers: 3 + random.below(10), seed: random.below(2 ** 31) });
}

/** The names of its faults, in order; what is done follows from the seed alone. */
async function round(seed: number, figures: Figures): Promise<void> {
  const random = randomFrom(seed);
  const bench = newBench();
  const happened: string[] = [];
  try {
    const nodes = random.chance(0.3) ? 3 : 1;
    const server = await bench.server({ nodes, ...(random.chance(0.3) && { commitTimeout: 300 }) });
    const way = nodes === 1 ? await bench.wayTo(server) : undefined;
    const connection = way?.connection ?? server.connection;
    const clients: Client[] = [];
    const active = start({ bench, connection, clients });
    await active.has('open');
    const scene: Scene = { bench, random, server, way, connection, leader: 0, active, followed: [], clients };
    begin(scene);
    const faults = { ...anywhere, ...(nodes === 1 ? byOneWay : amongNodes) };
    await goesOn(bench, 20);
    const first = scene.active;
    const { heap } = await first.status(true);
    for (let count = 2 + random.below(3); count > 0; count -= 1) {
      const name = random.pick(Object.keys(faults));
      happened.push(name);
      figures.faults[name] = (figures.faults[name] ?? 0) + 1;
      await faults[name]!(scene);
      await goesOn(bench, 20);
    }
    scene.active.tell({ do: 'rest' });
    await scene.active.has('rested');
    if (scene.active === first) expect((await first.status(true)).heap - heap).toBeLessThan(GROWTH_BYTES);
    const ledger = await bench.book.expectKept(bench.reader(server.connection));
    const followed = { ...scene.active, followed: scene.followed };
    await until(() => (scene.active.followed.at(-1) ?? scene.followed.at(-1))![0] >= ledger.at(-1)!.position, 'the follower has had all');
    followed.followed.push(...scene.active.followed);
    await expectFollowed(followed, ledger.map((event) => [event.position, decodeEvent(event).id]));
    for (const client of clients) expectQuiet(client);
    expect(Math.max(0, ...bench.book.unanswered.filter(() => !happened.some((name) => name.startsWith('the client'))))).toBeLessThan(DEADLINE_MS + 1000);
    figures.events += ledger.length;
    figures.acknowledged += bench.book.count;
    figures.repeated += bench.book.repeated;
    figures.unknown += bench.book.unknown.length;
  } catch (error) {
    throw new Error(`AKASHI_SEED=${seed} repeats it (${happened.join(', ')}): ${(error as Error).message}`, { cause: error });
  } finally {
    await bench.close();
  }
}

interface Figures {
  readonly faults: { [name: string]: number };
  events: number;
  acknowledged: number;
  repeated: number;
  unknown: number;
}

it(`random faults under random work: nothing acknowledged is lost, nothing doubled, all of it followed in order (${ROUNDS} rounds, seed ${SEED})`, async () => {
  const figures: Figures = { faults: {}, events: 0, acknowledged: 0, repeated: 0, unknown: 0 };
  process.stdout.write(`seed ${SEED}\n`);
  for (let n = 0; n < ROUNDS; n += 1) {
    await round(SEED + n, figures);
    if (process.env.AKASHI_CAMPAIGN && n % 10 === 9) process.stdout.write(`${n + 1} rounds: ${JSON.stringify(figures)}\n`);
  }
  expect(figures.acknowledged).toBeGreaterThan(50 * ROUNDS);
}, 60_000 * ROUNDS);
