import { sleep } from '../support/until.js';
import { Book } from './support/book.js';
import { expectWhole } from './support/check.js';
import { atStep, hire, launch, newSite, serve, type EngineProcess, type Site, type Staff } from './support/engine.js';
import { Soundness, eventsOfTheDead } from './support/ledger-file.js';
import { randomFrom, seedOf, type Random } from './support/random.js';
import { putInForce } from './support/requests.js';
import { clerk, eraser, importer, rebuilder, type Desk } from './support/work.js';

const { AKASHI_CAMPAIGN } = process.env;
const CAMPAIGNS = Math.max(1, Number(AKASHI_CAMPAIGN ?? 1));
const KILLS = AKASHI_CAMPAIGN === undefined ? 7 : 20;
const SEED = seedOf(process.env);

/** What is to be under way when it happens, and how long after it has begun, in milliseconds, at most. */
const MOMENTS: readonly Moment[] = [
  { while: 'anything', within: 600 },
  { while: 'import', within: 250 },
  { while: 'erase', within: 40 },
  { while: 'erase', steps: { key: 40, sync: 2 } },
  { while: 'import', steps: { commit: 40, nocommit: 40 } },
  { while: 'anything', steps: { commit: 80, nocommit: 80 } },
  { while: 'rebuild', within: 80 },
  { while: 'record', within: 3 },
  { while: 'opening', within: 1100 },
];
interface Moment {
  readonly while: string;
  readonly within?: number;
  /** or the process does it itself, at one of these steps, after so many of them at most */
  readonly steps?: { readonly [step: string]: number };
}

interface Figures {
  kills: number;
  readonly during: { [moment: string]: number };
  acknowledged: number;
  stood: number;
  anew: number;
  erased: number;
  imports: number;
  events: number;
  /** what the kills cut in two: erasures begun and not completed, units ordered and not verified, imports not at their end */
  readonly cut: { orders: number; units: number; imports: number };
}


function stepOf({ steps }: Moment, random: Random): NodeJS.ProcessEnv {
  if (!steps) return {};
  const step = random.pick(Object.keys(steps));
  return atStep(`${step}:${1 + random.below(steps[step]!)}`);
}

/** Everybody works until the engine is killed: some time after the thing that it is to be killed in has begun. */
async function workUntilKilled(engine: EngineProcess, staff: Staff, book: Book, desks: readonly Desk[], random: Random, moment: Moment): Promise<void> {
  const delay = random.next() * (moment.within ?? 0);
  const others = random.chance(0.7);
  const enough = new AbortController();
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  let answers = 0;
  book.onSend = (what) => (what === moment.while || moment.while === 'anything') && answers > 15 && begun();
  book.onAnswer = () => (answers += 1);
  const lanes = [
    ...desks.map((desk) => clerk(book, staff, desk, random.fork(), enough.signal)),
    ...(others || moment.while === 'erase' ? [eraser(book, staff, random.fork(), enough.signal)] : []),
    ...(others || moment.while === 'import' ? [importer(book, staff, random.fork(), enough.signal)] : []),
    ...(random.chance(0.3) || moment.while === 'rebuild' ? [rebuilder(book, staff, random.fork(), enough.signal)] : []),
  ];
  const fault = Promise.race(lanes.map((lane) => lane.then(() => new Promise<never>(() => undefined))));
  try {
    await Promise.race([started, sleep(2500), fault]);
    if (moment.steps) engine.process.kill('SIGUSR2');
    await Promise.race([moment.steps ? Promise.race([engine.ended, sleep(2500)]) : sleep(delay), fault]);
  } finally {
    enough.abort();
    await engine.kill();
  }
  await Promise.all(lanes);
}

/** What stands half done in the files, now that nobody runs. */
function countCut(site: Site, seen: Soundness, cut: Figures['cut']): void {
  const fresh = eventsOfTheDead(site, seen.head);
  const streams = (type: string): Set<string> => new Set(fresh.filter((event) => event.type === type).map(({ stream }) => stream));
  const without = (begun: Set<string>, ended: Set<string>): number => [...begun].filter((stream) => !ended.has(stream)).length;
  cut.orders += without(streams('ErasureStarted'), streams('ErasureCompleted'));
  cut.units += without(streams('ErasureOrdered'), streams('ErasureVerified'));
  cut.imports += without(streams('ImportOpened'), streams('ImportCompleted'));
}

/** One directory, killed again and again: what one kill leaves behind meets the next. */
async function campaign(site: Site, seed: number, figures: Figures): Promise<void> {
  const random = randomFrom(seed);
  const [book, seen] = [new Book(), new Soundness()];
  const desks: readonly Desk[] = [1, 2, 3, 4, 5].map(() => ({ people: [], records: [] }));
  let moment = random.pick(MOMENTS);
  // A process that is killed leaves nothing of what it has compiled to the next one; this one does.
  await (await serve(site)).stop();
  let engine = await serve(site, stepOf(moment, random));
  try {
    const staff = await hire(site);
    await putInForce(engine.address, staff);
    for (let kills = 0; kills < KILLS; kills += 1) {
      const label = moment.steps ? `${moment.while}, at a step` : moment.while;
      figures.during[label] = (figures.during[label] ?? 0) + 1;
      if (moment.while === 'opening') {
        await engine.kill();
        const opening = launch(site, ['serve']);
        await Promise.race([sleep(random.next() * moment.within!), opening.ended]);
        opening.process.kill('SIGKILL');
        await opening.ended;
      } else {
        book.begun.address = engine.address;
        await workUntilKilled(engine, staff, book, desks, random, moment);
      }
      figures.kills += 1;
      countCut(site, seen, figures.cut);
      const last = moment;
      moment = random.pick(MOMENTS);
      engine = await serve(site, stepOf(moment, random));
      book.begun.address = engine.address;
      const found = await expectWhole(site, staff, book, seen).catch((error: Error) => {
        throw new Error(`after kill ${kills + 1} (${JSON.stringify(last)}): ${error.message}`, { cause: error });
      });
      figures.stood += found.stood;
      figures.anew += found.anew;
    }
    await engine.stop();
    engine = await serve(site);
    book.begun.address = engine.address;
    await expectWhole(site, staff, book, new Soundness());
    figures.acknowledged += book.acknowledged.size;
    figures.erased += book.orders.filter(({ stage }) => stage === 'completed').reduce((sum, { units }) => sum + units.length, 0);
    figures.imports += book.imports.length;
    figures.events += seen.head;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${engine.said().slice(-1500)}`, { cause: error });
  } finally {
    await engine.kill();
  }
}

it(`killed at random moments of commands, imports, erasures, rebuilds and openings, it loses nothing and does nothing twice (${KILLS * CAMPAIGNS} kills)`, async () => {
  const figures: Figures = { kills: 0, during: {}, acknowledged: 0, stood: 0, anew: 0, erased: 0, imports: 0, events: 0, cut: { orders: 0, units: 0, imports: 0 } };
  for (let n = 0; n < CAMPAIGNS; n += 1) {
    const site = newSite();
    try {
      await campaign(site, SEED + n, figures);
    } catch (error) {
      throw new Error(`AKASHI_SEED=${SEED + n} AKASHI_CAMPAIGN=1: ${(error as Error).message}`, { cause: error });
    } finally {
      site.remove();
    }
    if (AKASHI_CAMPAIGN !== undefined) process.stdout.write(`seed ${SEED}, so far ${JSON.stringify(figures)}\n`);
  }
  expect(figures.kills).toBe(KILLS * CAMPAIGNS);
  expect(figures.acknowledged).toBeGreaterThan(10 * KILLS * CAMPAIGNS);
}, 300_000 * CAMPAIGNS);
