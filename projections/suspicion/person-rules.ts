import { compareAddresses } from '../../src/codes/address.js';
import { SUSPICION_WORDS } from '../words.js';
import { ByStaff, Evidence, isIndividual, type Act, type DayFacts, type PersonFacts, type Rule, type Sign, type Watch } from './rule.js';

/** Persons handled one by one of whom something holds, each once. */
function persons(atLeast: number, { person: personOf, policy }: DayFacts, holds: (act: Act, person: PersonFacts) => boolean): Watch {
  const seen = new ByStaff(() => ({ subjects: new Set<string>(), evidence: new Evidence() }));
  const see = (act: Act): void => {
    if (!isIndividual(act, policy)) return;
    for (const subject of act.subjects) {
      const person = personOf(subject);
      if (!person || !holds(act, person)) continue;
      const own = seen.of(act);
      if (own.subjects.size < PERSONS_KEPT) own.subjects.add(subject);
      own.evidence.add(act);
    }
  };
  const found = (): readonly Sign[] =>
    seen.entries().flatMap(({ staff, department, value: { subjects, evidence } }) => (subjects.size >= atLeast ? [{ staff, department, counts: { persons: subjects.size, handlings: evidence.count }, evidence: evidence.named }] : []));
  return { see, found };
}

const PERSONS_KEPT = 20_000;

export const protectedPersons: Rule = {
  code: 'protected',
  title: SUSPICION_WORDS.protected,
  sees: '支援措置の対象者を個別に取り扱ったこと。対象者かどうかが読み出せない人は対象者とみなす',
  mayBe: '本人への接種の案内、上司の確認を受けた事務のことがある',
  tuning: '人数を変える',
  thresholds: ['protectedAtLeast', 'individualPersons'],
  watch: (facts) => persons(facts.policy.protectedAtLeast, facts, (_, { isProtected }) => isProtected),
};

export const sameFamily: Rule = {
  code: 'same-family',
  title: SUSPICION_WORDS['same-family'],
  sees: '氏が職員と同じ文字である人を個別に取り扱った人数。同居かどうかは見ない。氏と名の間に空白のない職員は、二文字以上の氏だけを比べる',
  mayBe: '多い氏では偶然のことが大半である',
  tuning: '人数を変える（多い氏の地域では増やす）',
  thresholds: ['sameFamilyAtLeast', 'individualPersons'],
  watch: (facts) => persons(facts.policy.sameFamilyAtLeast, facts, ({ staff }, { name }) => name !== undefined && sharesFamilyName(facts.nameOf(staff), name)),
};

export const sameAddress: Rule = {
  code: 'same-address',
  title: SUSPICION_WORDS['same-address'],
  sees: '住所が、その日の職員の住所と同じである人を個別に取り扱った人数。全角と半角、丁目・番地・号とハイフンなどの書き方の違いは同じとみなし、同じ番地でも、部屋番号や市町村名が片方にしかなく同じと言い切れない人は、分けて数える。世帯は見ない。住所の登録のない職員は比べられず、その人数を示す',
  mayBe: '集合住宅・同じ番地の隣人、職員の家族からの申請の処理、転居の前後のことがある',
  tuning: '同じ住所の人数、同じ番地で部屋等が分からない人数を変える',
  thresholds: ['sameAddressAtLeast', 'sameLotAtLeast', 'individualPersons'],
  watch: ({ person, addressOf, policy }) => {
    const seen = new ByStaff(() => ({ same: new Set<string>(), perhaps: new Set<string>(), evidence: new Evidence() }));
    const without = new Set<string>();
    const see = (act: Act): void => {
      if (!isIndividual(act, policy)) return;
      const home = addressOf(act.staff);
      if (!home) {
        without.add(act.staff);
        return;
      }
      for (const subject of act.subjects) {
        const address = person(subject)?.address;
        const verdict = address ? compareAddresses(home, address) : 'different';
        if (verdict === 'different') continue;
        const own = seen.of(act);
        if (own[verdict].size < PERSONS_KEPT) own[verdict].add(subject);
        own.evidence.add(act);
      }
    };
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value: { same, perhaps, evidence } }) =>
        same.size >= policy.sameAddressAtLeast || perhaps.size >= policy.sameLotAtLeast ? [{ staff, department, counts: { persons: same.size, perhaps: perhaps.size, handlings: evidence.count }, evidence: evidence.named }] : [],
      );
    return { see, found, unlooked: () => without.size };
  },
};

export const ownName: Rule = {
  code: 'own-name',
  title: SUSPICION_WORDS['own-name'],
  sees: '氏名が、取り扱った職員自身又はほかの職員と同じ文字である人を個別に取り扱った人数。職員の生年月日は登録していないので、同じ人かどうかまでは見えない',
  mayBe: '同姓同名、職員本人からの申請の処理のことがある',
  tuning: '人数を変える',
  thresholds: ['ownNameAtLeast', 'individualPersons'],
  watch: (facts) =>
    persons(facts.policy.ownNameAtLeast, facts, ({ staff }, { name }) => name !== undefined && (plain(facts.nameOf(staff) ?? '') === plain(name) || facts.isColleague(staff, name))),
};

/** A name without the spaces in it. */
export function plain(name: string): string {
  return name.replace(/\s/gu, '');
}

/** Only of a name that is written in two parts is it known which is the family's. */
export function sharesFamilyName(staff: string | undefined, person: string): boolean {
  const family = familyOf(person);
  if (staff === undefined || family === undefined) return false;
  return familyOf(staff) === undefined ? [...family].length >= 2 && staff.startsWith(family) : familyOf(staff) === family;
}

function familyOf(name: string): string | undefined {
  const [family, ...rest] = name.trim().split(/\s+/u);
  return rest.length === 0 ? undefined : family;
}
