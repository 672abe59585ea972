import { dayOf, reachesAge } from './days.js';
import { STREAM, type Frame } from './frame.js';
import { fixedHouseholds } from './named.js';
import type { Person, Reason, Sex } from './person.js';
import { ELDER_MEN, ELDER_WOMEN, INVENTED, RARE_SURNAMES, SURNAMES, YOUNGER_MEN, YOUNGER_WOMEN, type Word } from './names.js';
import { Random } from './random.js';

const MOST_IN_HOUSEHOLD = 5;

interface Member {
  readonly birth: number;
  readonly sex: Sex;
  /** when one who was not born here joined the household by marriage */
  readonly joined: number | null;
}

/** All residents of the first file, by household. */
export function* householdsOf(frame: Frame): Generator<Person[]> {
  let index = 0;
  let household = 0;
  for (const people of fixedHouseholds()) {
    yield people;
    index += people.length;
    household += 1;
  }
  while (index < frame.residents) {
    const people = householdOf(frame, household, index, frame.residents - index);
    yield people;
    index += people.length;
    household += 1;
  }
}

/** One household of at most `room` people, the first of whom stands at `index`. */
export function householdOf(frame: Frame, household: number, index: number, room: number): Person[] {
  const random = new Random().start(frame.seed, STREAM.household, household);
  const members = membersOf(frame, random).slice(0, Math.min(room, MOST_IN_HOUSEHOLD));
  const surname = random.chance(0.03) ? random.pick(RARE_SURNAMES) : random.pick(SURNAMES);
  const address = addressFrom(random);
  const postalCode = `000-${String(random.between(1, 60)).padStart(4, '0')}`;
  const contact = random.chance(0.8) ? `0000-${random.between(10, 99)}-${random.between(1000, 9999)}` : '';
  const movedIn = random.chance(0.45) ? frame.closing - random.below(30 * 365) : null;
  const people = members.map((member, place): Person => {
    const { birth, sex, joined } = member;
    const given = givenName(random, birth, sex);
    const { reason, since } = arrival(birth, movedIn ?? joined, random);
    return {
      index: index + place, household, named: null, isFixed: false,
      name: `${surname.written}　${given.written}${INVENTED}`, kana: `${surname.kana}　${given.kana}`,
      birth, sex, address, postalCode, contact,
      reason, changedOn: since, notifiedOn: since + random.below(14), since, left: null, died: null,
    };
  });
  laterChanges(frame, people, random);
  return people;
}

export function addressFrom(random: Random): string {
  const place = `汐浜市架空町${random.between(1, 9)}丁目${random.between(1, 30)}番${random.between(1, 25)}号`;
  return random.chance(0.3) ? `${place}　架空ハイツ${random.between(1, 4)}0${random.between(1, 8)}` : place;
}

/** The kinds of households, and ages within them, were set so that the whole comes near the pyramid of a small city. */
function membersOf(frame: Frame, random: Random): Member[] {
  const aged = (age: number): number => frame.closing - Math.floor(age * 365.25) - random.below(365);
  const anyone = (first: number, last: number): Member => ({ birth: aged(random.between(first, last)), sex: random.chance(0.5) ? '男' : '女', joined: null });
  const pair = (age: number): Member[] => {
    const wife = aged(age - random.between(-1, 5));
    return [{ birth: aged(age), sex: '男', joined: null }, { birth: wife, sex: '女', joined: Math.min(reachesAge(wife, random.between(21, 33)), frame.closing) }];
  };
  /** Born to a parent of 24 to 38, each two to four years after the one before; the grown-up ones are mostly gone. */
  const children = (parentAge: number, count: number): Member[] => {
    const ages: number[] = [];
    const eldest = random.between(Math.max(0, parentAge - 38), Math.min(parentAge - 24, 27));
    for (let age = eldest; age >= 0 && ages.length < count; age -= random.between(2, 4)) ages.push(age);
    return ages.map((age) => anyone(age, age));
  };
  const kind = random.below(100);
  if (kind < 35) return [alone(random, anyone)];
  if (kind < 61) return pair(random.chance(0.25) ? random.between(28, 61) : random.between(62, 88));
  if (kind < 77) {
    const age = random.chance(0.35) ? random.between(30, 43) : random.between(44, 62);
    return [...pair(age), ...children(age, random.pick([1, 1, 2, 2, 2, 3]))];
  }
  if (kind < 83) {
    const age = random.between(28, 60);
    return [{ ...anyone(age, age), sex: random.chance(0.85) ? '女' : '男' }, ...children(age, random.pick([1, 1, 2]))];
  }
  if (kind < 93) {
    const age = random.between(70, 94);
    return [anyone(age, age), anyone(age - 34, age - 24)];
  }
  const age = random.between(32, 56);
  const elder = age + random.between(24, 34);
  return [...pair(age), ...children(age, random.pick([1, 2])), { ...anyone(elder, elder), sex: random.chance(0.7) ? '女' : '男' }];
}

function alone(random: Random, anyone: (first: number, last: number) => Member): Member {
  const share = random.below(100);
  if (share < 20) return anyone(19, 32);
  if (share < 54) return anyone(33, 64);
  if (share < 78) return anyone(65, 79);
  return { ...anyone(80, random.chance(0.04) ? 103 : 95), sex: random.chance(0.75) ? '女' : '男' };
}

/** As given to people born at that time. */
export function givenName(random: Random, birth: number, sex: Sex): Word {
  const isElder = birth < dayOf('1975-01-01');
  if (sex === '男') return random.pick(isElder ? ELDER_MEN : YOUNGER_MEN);
  return random.pick(isElder ? ELDER_WOMEN : YOUNGER_WOMEN);
}

function arrival(birth: number, cameOn: number | null, random: Random): { reason: Reason; since: number } {
  if (cameOn === null || cameOn <= birth) return { reason: '出生', since: birth };
  return { reason: random.chance(0.01) ? '職権記載' : '転入', since: cameOn };
}

/** Leaves, deaths and moves within the city, all up to the closing day. */
function laterChanges(frame: Frame, people: Person[], random: Random): void {
  const change = (person: Person, reason: Reason, day: number): void => {
    person.reason = reason;
    person.changedOn = day;
    // A death is to be notified within seven days, the rest within fourteen.
    person.notifiedOn = day + random.below(reason === '死亡' ? 8 : 15);
  };
  const leave = (person: Person, day: number): void => {
    change(person, '転出', day);
    person.left = day;
  };
  const settled = Math.max(...people.map(({ since }) => since)) + 30;
  if (random.chance(0.02) && settled < frame.closing) {
    const day = random.between(Math.max(settled, frame.closing - 5 * 365), frame.closing);
    for (const person of people) leave(person, day);
    return;
  }
  if (random.chance(0.1) && settled < frame.closing) {
    const day = random.between(Math.max(settled, frame.closing - 15 * 365), frame.closing);
    const address = addressFrom(random);
    for (const person of people) {
      change(person, '転居', day);
      person.address = address;
    }
  }
  for (const person of people) {
    const earliest = Math.max(person.changedOn, person.since) + 30;
    const age = (frame.closing - person.birth) / 365.25;
    if (age >= 18 && age < 28 && people.length > 1 && random.chance(0.07)) {
      const day = Math.max(earliest, reachesAge(person.birth, 18)) + random.below(2 * 365);
      if (day <= frame.closing) leave(person, day);
    } else if (random.chance(riskOf(age))) {
      const day = frame.closing - random.below(6 * 365);
      if (day < earliest) continue;
      change(person, '死亡', day);
      person.left = day;
      person.died = day;
    }
  }
}

/** Share of those who would now be of this age that have died in the last six years. */
function riskOf(age: number): number {
  if (age < 60) return 0.003;
  if (age < 75) return 0.025;
  return age < 85 ? 0.08 : 0.18;
}
