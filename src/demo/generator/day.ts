/** What comes in on the day of the demo: the change file of the resident register, and slips from the data-entry vendor. */

import { isFiled, type Dose } from './book.js';
import { RESIDENT_COLUMNS, VACCINATION_COLUMNS, csvLine, residentLine, vaccinationLine, type ResidentRow, type VaccinationRow } from './csv.js';
import { compact, isSunday, lastDayOfMonth, reachesAge } from './days.js';
import { dosesOf } from './doses.js';
import { frameOf, STREAM, type CityOptions, type Frame } from './frame.js';
import { addressFrom, givenName, householdOf, householdsOf } from './households.js';
import { arrivingHousehold } from './named.js';
import { residentRow, type Person, type Reason } from './person.js';
import { vaccinationRow, visitOn } from './rows.js';
import { INVENTED } from './names.js';
import { Random } from './random.js';

const CHANGES = 214;
const SLIPS = 411;
/** Places, from 0, of the rows made wrong: of one who moves in, of the last one, and of a slip. */
const WRONG_NUMBER = 20;
const WRONG_DATE = CHANGES - 1;
const HELD_SLIP = 136;
/** How many rows of each kind there are in a city large enough; 転入 fills what is missing. */
const MIX = { births: 12, deaths: 17, leaving: 48, moving: 71 } as const;

/** A row made wrong on purpose. */
export interface Fault {
  /** its number among the rows, from 1, the header not counted */
  readonly row: number;
  readonly addresseeNumber: string;
  readonly column: string;
}

export interface DayFile {
  readonly rowCount: number;
  readonly faults: readonly Fault[];
  /** lines without line ends, the header first */
  lines(): Iterable<string>;
}

/**
 * The 214 changes notified on `today`, 林さくら moving in first. Exactly two rows are wrong: one has a date that does not exist, one a
 * 個人番号 with a wrong check digit. Throws RangeError for options that describe no city.
 */
export function residentChanges(options: CityOptions): DayFile {
  const frame = frameOf(options);
  const rows = changedPeople(frame).map(residentRow);
  const faults: Fault[] = [];
  const spoil = (place: number, column: keyof ResidentRow, wrong: (value: string) => string): void => {
    const row = rows[place] as ResidentRow;
    rows[place] = { ...row, [column]: wrong(row[column]) };
    faults.push({ row: place + 1, addresseeNumber: row.宛名番号, column });
  };
  spoil(WRONG_NUMBER, '個人番号', (number) => number.slice(0, 11) + ((Number(number.slice(11)) + 1) % 10));
  spoil(WRONG_DATE, '異動日', () => compact(frame.today).slice(0, 6) + (lastDayOfMonth(frame.today) + 1));
  return file(csvLine(RESIDENT_COLUMNS), rows.map(residentLine), faults);
}

/**
 * The 411 vaccinations that the vendor has typed in from paper, of which one has a 生年月日 other than the person's: all others agree with
 * the resident file. None stands in the vaccination file, and nobody in the change file of the same day has one.
 * Throws RangeError for options that describe no city, and for a city with too few people (about a thousand do).
 */
export function vendorSlips(options: CityOptions): DayFile {
  const frame = frameOf(options);
  const random = new Random().start(frame.seed, STREAM.slipRow, 0);
  const slips = chosenSlips(frame);
  const rows = slips.map(([person, dose], place) => {
    const visit = { ...visitOn(person, dose, random, frame.today), received: frame.today };
    return vaccinationRow(person, dose, visit, random, frame.records + place + 1);
  });
  const [held] = slips[HELD_SLIP] as Slip;
  const row = { ...(rows[HELD_SLIP] as VaccinationRow), 生年月日: compact(held.birth - 9) };
  rows[HELD_SLIP] = row;
  return file(csvLine(VACCINATION_COLUMNS), rows.map(vaccinationLine), [{ row: HELD_SLIP + 1, addresseeNumber: row.宛名番号, column: '生年月日' }]);
}

type Slip = readonly [Person, Dose];

function file(header: string, lines: readonly string[], faults: readonly Fault[]): DayFile {
  return { rowCount: lines.length, faults, lines: () => [header, ...lines] };
}

/** In the order of the file: 転入, 出生, 死亡, 転出, 転居. Each as it is after the change. */
function changedPeople(frame: Frame): Person[] {
  const random = new Random().start(frame.seed, STREAM.changes, 0);
  const mothers = new Sample<Person>(MIX.births, random);
  const dying = new Sample<Person>(MIX.deaths, random);
  const movers = new Sample<Person>(MIX.leaving + MIX.moving, random);
  let households = 0;
  for (const people of householdsOf(frame)) {
    households += 1;
    const living = people.filter(({ isFixed, left, changedOn }) => !isFixed && left === null && changedOn < frame.closing - 30);
    const isOver = (years: number) => ({ birth }: Person): boolean => reachesAge(birth, years) <= frame.closing;
    // A household serves one kind of change, and one change.
    if (households % 8 === 0) dying.add(living.find(isOver(65)));
    else if (households % 8 === 1) mothers.add(people.every(isOver(1)) ? living.find((one) => one.sex === '女' && isOver(20)(one) && !isOver(43)(one)) : undefined);
    else movers.add(people.every(isOver(18)) ? living.at(random.below(living.length)) : undefined);
  }

  const changed = (person: Person, reason: Reason, changedOn: number, more: Partial<Person> = {}): Person => ({ ...person, reason, changedOn, notifiedOn: frame.today, ...more });
  const leavers = movers.items.slice(0, MIX.leaving).sort(byIndex);
  const deaths = dying.items.sort(byIndex).map((person) => {
    const day = frame.today - random.between(1, 6);
    return changed(person, '死亡', day, { left: day, died: day });
  });
  const leaving = leavers.map((person) => {
    const day = frame.today - random.below(10);
    return changed(person, '転出', day, { left: day });
  });
  const moving = movers.items.slice(MIX.leaving).sort(byIndex).map((person) => changed(person, '転居', frame.today - random.below(14), { address: addressUnlike(person.address, random) }));

  const arrivals = CHANGES - mothers.items.length - deaths.length - leaving.length - moving.length;
  const arriving = arrivingHousehold(frame.residents, households, frame.today - 3);
  while (arriving.length < arrivals) {
    households += 1;
    const day = frame.today - random.below(10);
    const people = householdOf(frame, households, frame.residents + arriving.length, arrivals - arriving.length);
    arriving.push(...people.map((person) => changed(person, '転入', day, { since: day, left: null, died: null })));
  }
  const births = mothers.items.sort(byIndex).map((mother, place) => newborn(mother, frame.residents + arrivals + place, frame.today - random.between(2, 13), random));
  const joining = [...arriving, ...births].map((person) => ({ ...person, notifiedOn: frame.today }));
  return [...joining, ...deaths, ...leaving, ...moving];
}

function newborn(mother: Person, index: number, birth: number, random: Random): Person {
  const sex = random.chance(0.5) ? '男' : '女';
  const given = givenName(random, birth, sex);
  const [surname, surnameKana] = [mother.name, mother.kana].map((name) => name.slice(0, name.indexOf('　')));
  return {
    ...mother, index, birth, sex, name: `${surname}　${given.written}${INVENTED}`, kana: `${surnameKana}　${given.kana}`,
    reason: '出生', changedOn: birth, since: birth,
  };
}

function addressUnlike(address: string, random: Random): string {
  for (;;) {
    const other = addressFrom(random);
    if (other !== address) return other;
  }
}

/** Doses given since the closing day; where these do not suffice, 任意 ones against hepatitis B, which any adult may have. */
function chosenSlips(frame: Frame): Slip[] {
  const random = new Random().start(frame.seed, STREAM.slips, 0);
  const changed = new Set(changedPeople(frame).map(({ index }) => index));
  const due = new Sample<Slip>(SLIPS, random);
  const spare = new Sample<Slip>(SLIPS, random);
  for (const people of householdsOf(frame)) {
    for (const person of people) {
      if (person.isFixed || person.left !== null || changed.has(person.index)) continue;
      const doses = dosesOf(frame, person);
      const waiting = doses.filter((dose) => !isFiled(frame, dose));
      for (const dose of waiting) if (waiting.find(({ vaccine }) => vaccine === dose.vaccine) === dose) due.add([person, dose]);
      if (waiting.length > 0 || reachesAge(person.birth, 18) > frame.closing || doses.some(({ vaccine }) => vaccine === 'HEPB')) continue;
      const day = frame.today - random.between(3, 20);
      spare.add([person, { vaccine: 'HEPB', number: 1, day: isSunday(day) ? day + 1 : day, execution: '任意', tier: 'core', elsewhere: false }]);
    }
  }
  const slips = [...due.items, ...spare.items].slice(0, SLIPS);
  if (slips.length < SLIPS) throw new RangeError(`the city is too small for ${SLIPS} slips`);
  return slips.sort(([a, one], [b, other]) => one.day - other.day || a.index - b.index);
}

function byIndex(a: Person, b: Person): number {
  return a.index - b.index;
}

/** At most `size` of all that are added, each with the same chance. */
class Sample<T> {
  readonly items: T[] = [];
  private seen = 0;

  constructor(
    private readonly size: number,
    private readonly random: Random,
  ) {}

  add(item: T | undefined): void {
    if (item === undefined) return;
    this.seen += 1;
    if (this.items.length < this.size) {
      this.items.push(item);
      return;
    }
    const place = this.random.below(this.seen);
    if (place < this.size) this.items[place] = item;
  }
}
