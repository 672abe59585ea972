import { compact, dayOf } from './days.js';
import { addresseeNumberAt, integratedNumberAt, myNumberAt, type NamedKey, type Person, type Sex } from './person.js';
import { INVENTED } from './names.js';

export interface NamedPerson {
  readonly addresseeNumber: string;
  readonly integratedNumber: string;
  readonly myNumber: string;
  readonly name: string;
  readonly kana: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly sex: Sex;
}
export type People = Readonly<Record<NamedKey, NamedPerson>>;

interface Fixed {
  readonly key: NamedKey | null;
  readonly name: string;
  readonly kana: string;
  readonly birth: string;
  readonly sex: Sex;
  readonly since: string;
  readonly died?: string;
}

/** In the first file, by household. 林さくら is not among them: she moves in on the day of the demo. */
const HOUSEHOLDS: readonly { readonly address: string; readonly members: readonly Fixed[] }[] = [
  {
    address: '汐浜市架空町1番地',
    members: [
      { key: 'minato', name: '田辺　湊', kana: 'タナベ　ミナト', birth: '2025-04-02', sex: '男', since: '2025-04-02' },
      { key: 'aoi', name: '田辺　葵', kana: 'タナベ　アオイ', birth: '1994-06-18', sex: '女', since: '2021-03-27' },
    ],
  },
  {
    address: '汐浜市架空町2番地',
    members: [
      { key: 'hina', name: '木下　ひな', kana: 'キノシタ　ヒナ', birth: '2021-02-10', sex: '女', since: '2023-04-03' },
      { key: null, name: '木下　綾', kana: 'キノシタ　アヤ', birth: '1992-09-05', sex: '女', since: '2023-04-03' },
    ],
  },
  { address: '汐浜市架空町3番地', members: [{ key: 'ando', name: '安藤　義男', kana: 'アンドウ　ヨシオ', birth: '1944-08-21', sex: '男', since: '1971-04-01', died: '2021-10-02' }] },
  { address: '汐浜市架空町4番地', members: [{ key: 'inoue', name: '井上　誠', kana: 'イノウエ　マコト', birth: '1954-03-08', sex: '男', since: '1980-07-15' }] },
];
/** From 松風市. */
const ARRIVALS = {
  address: '汐浜市架空町5番地',
  members: [
    { key: 'sakura', name: '林　さくら', kana: 'ハヤシ　サクラ', birth: '2020-05-14', sex: '女', since: '' },
    { key: null, name: '林　千夏', kana: 'ハヤシ　チナツ', birth: '1991-11-23', sex: '女', since: '' },
  ],
} as const;

/** A city has at least these. */
export const FIXED_RESIDENTS = HOUSEHOLDS.reduce((sum, { members }) => sum + members.length, 0);

export function* fixedHouseholds(): Generator<Person[]> {
  let index = 0;
  for (const [household, { address, members }] of HOUSEHOLDS.entries()) {
    yield members.map((member, place) => personFrom(member, { index: index + place, household, address, since: dayOf(member.since) }));
    index += members.length;
  }
}

/** 林さくら and her mother, as they move in. */
export function arrivingHousehold(first: number, household: number, day: number): Person[] {
  return ARRIVALS.members.map((member, place) => personFrom(member, { index: first + place, household, address: ARRIVALS.address, since: day }));
}

/** The named people of a city with so many residents in its first file. */
export function namedPeople(residents: number): People {
  const people: Partial<Record<NamedKey, NamedPerson>> = {};
  for (const { named, index, name, kana, birth, sex } of [...[...fixedHouseholds()].flat(), ...arrivingHousehold(residents, 0, 0)]) {
    if (named === null) continue;
    const birthDate = compact(birth).replace(/^(....)(..)/, '$1-$2-');
    people[named] = { addresseeNumber: addresseeNumberAt(index), integratedNumber: integratedNumberAt(index), myNumber: myNumberAt(index), name, kana, birthDate, sex };
  }
  return people as People;
}

function personFrom(
  { key, name, kana, birth, sex, died }: Fixed,
  { index, household, address, since }: { index: number; household: number; address: string; since: number },
): Person {
  const diedOn = died === undefined ? null : dayOf(died);
  const born = dayOf(birth);
  const changedOn = diedOn ?? since;
  return {
    index, household, named: key, isFixed: true, name: name + INVENTED, kana, birth: born, sex, address, postalCode: '000-0001', contact: `0000-00-${String((index + 1) % 10_000).padStart(4, '0')}`,
    reason: diedOn !== null ? '死亡' : since === born ? '出生' : '転入',
    changedOn, notifiedOn: changedOn + 2, since, left: diedOn, died: diedOn,
  };
}
