/**
 * An invented city for the demo and for measurements: 汐浜市. Nothing in it is or was anyone's; every name says so. The same options
 * always give the same bytes, and nothing but totals is kept, so that a city may be of any size.
 */

import { isFiled, type Dose } from './book.js';
import { RESIDENT_COLUMNS, VACCINATION_COLUMNS, csvLine, residentLine, vaccinationLine } from './csv.js';
import { dosesOf } from './doses.js';
import { frameOf, STREAM, type CityOptions, type Frame } from './frame.js';
import { householdsOf } from './households.js';
import { namedPeople, type People } from './named.js';
import { residentRow, type Person } from './person.js';
import { vaccinationRow, visitOn, type Visit } from './rows.js';
import { Random } from './random.js';

export { residentChanges, vendorSlips, type DayFile, type Fault } from './day.js';
export type { CityOptions } from './frame.js';
export type { NamedPerson, People } from './named.js';

export interface City {
  readonly residentCount: number;
  readonly recordCount: number;
  /** the named people; all but 林さくら are in the resident file */
  readonly people: People;
  /** lines without line ends, the header first; each call begins anew */
  residentLines(): Iterable<string>;
  vaccinationLines(): Iterable<string>;
}

/** Throws RangeError for options that describe no city, and when so many residents cannot have had so many doses. */
export function generateCity(options: CityOptions): City {
  const frame = frameOf(options);
  const shares = sharesOf(frame);
  return {
    residentCount: frame.residents,
    recordCount: frame.records,
    people: namedPeople(frame.residents),
    residentLines: () => residentLines(frame),
    vaccinationLines: () => vaccinationLines(frame, shares),
  };
}

interface Share {
  readonly of: number;
  readonly keep: number;
}

function* residentLines(frame: Frame): Generator<string> {
  yield csvLine(RESIDENT_COLUMNS);
  for (const people of householdsOf(frame)) for (const person of people) yield residentLine(residentRow(person));
}

function* vaccinationLines(frame: Frame, shares: Record<'core' | 'extra', Share>): Generator<string> {
  yield csvLine(VACCINATION_COLUMNS);
  const random = new Random();
  const counters = { core: new Spread(shares.core), extra: new Spread(shares.extra) };
  let serial = 0;
  for (const [person, doses] of filedDoses(frame)) {
    random.start(frame.seed, STREAM.row, person.index);
    let visit: Visit | undefined;
    for (const dose of choose(doses, counters, random)) {
      if (visit?.day !== dose.day) visit = visitOn(person, dose, random, frame.today);
      yield vaccinationLine(vaccinationRow(person, dose, visit, random, (serial += 1)));
    }
  }
}

function* filedDoses(frame: Frame): Generator<[Person, Dose[]]> {
  for (const people of householdsOf(frame)) {
    for (const person of people) yield [person, dosesOf(frame, person).filter((dose) => isFiled(frame, dose))];
  }
}

/** How many doses of each tier make up the number of records. */
function sharesOf(frame: Frame): Record<'core' | 'extra', Share> {
  const count = { fixed: 0, core: 0, extra: 0 };
  for (const [, doses] of filedDoses(frame)) for (const { tier } of doses) count[tier] += 1;
  const most = count.fixed + count.core + count.extra;
  if (frame.records < count.fixed || frame.records > most) {
    throw new RangeError(`with this seed ${frame.residents} residents have from ${count.fixed} to ${most} records`);
  }
  const core = Math.min(count.core, frame.records - count.fixed);
  return { core: { of: count.core, keep: core }, extra: { of: count.extra, keep: frame.records - count.fixed - core } };
}

/** Hands out `keep` of `of` places evenly, in groups as they come. */
class Spread {
  private seen = 0;

  constructor(private readonly share: Share) {}

  next(count: number): number {
    const before = this.upTo(this.seen);
    this.seen += count;
    return this.upTo(this.seen) - before;
  }

  private upTo(seen: number): number {
    return this.share.of === 0 ? 0 : Math.floor((seen * this.share.keep) / this.share.of);
  }
}

/** The doses of one person that are in the file: of a series or of the COVID waves the first ones, and any seasons. */
function choose(doses: Dose[], counters: Record<'core' | 'extra', Spread>, random: Random): Dose[] {
  const extra = doses.filter(({ tier }) => tier === 'extra');
  let core = counters.core.next(doses.filter(({ tier }) => tier === 'core').length);
  let wanted = counters.extra.next(extra.length);
  let waves = 0;
  const seasons = new Set<Dose>();
  for (const [index, dose] of extra.entries()) {
    if (random.below(extra.length - index) >= wanted) continue;
    wanted -= 1;
    if (dose.execution === '特例臨時') waves += 1;
    else seasons.add(dose);
  }
  return doses.filter((dose) => {
    if (dose.tier === 'core') return core-- > 0;
    return dose.tier === 'fixed' || seasons.has(dose) || (dose.execution === '特例臨時' && waves-- > 0);
  });
}
