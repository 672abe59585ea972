import { InformationUsed } from '../../src/walks/events.js';
import { NUMBER_ITEM } from '../../src/walks/terminals.js';
import { SUSPICION_WORDS } from '../words.js';
import { ByStaff, Evidence, isIndividual, type Act, type PersonFacts, type Rule, type Sign, type Watch } from './rule.js';

const MINUTE = 60_000;

export const noCase: Rule = {
  code: 'no-case',
  title: SUSPICION_WORDS['no-case'],
  sees: '受付番号も理由も付いていない閲覧の件数と割合。同じ部署のほかの職員の大半が付けているときだけ見る',
  mayBe: '電話への即答、確認作業、受付を伴わない事務のことがある',
  tuning: '件数、本人の割合（％）、ほかの職員の割合（％）を変える',
  thresholds: ['noCaseAtLeast', 'noCasePercent', 'noCaseOthersPercent'],
  watch: ({ policy: { noCaseAtLeast, noCasePercent, noCaseOthersPercent } }) => {
    const seen = new ByStaff(() => ({ looks: 0, without: new Evidence() }));
    const see = (act: Act): void => {
      if (act.type !== InformationUsed.type || act.subjectCount === 0 || act.hasCase === undefined) return;
      const own = seen.of(act);
      own.looks += 1;
      if (!act.hasCase) own.without.add(act);
    };
    const found = (): readonly Sign[] => {
      const all = seen.entries();
      return all.flatMap(({ staff, department, value: { looks, without } }): readonly Sign[] => {
        if (without.count < noCaseAtLeast || without.count * 100 < looks * noCasePercent) return [];
        const others = all.filter((other) => other.staff !== staff && other.department === department);
        const theirs = others.reduce((sum, { value }) => sum + value.looks, 0);
        const withCase = theirs - others.reduce((sum, { value }) => sum + value.without.count, 0);
        if (theirs < noCaseAtLeast || withCase * 100 < theirs * noCaseOthersPercent) return [];
        return [{ staff, department, counts: { 'without-case': without.count, looks, 'others-with-case': withCase, 'others-looks': theirs }, evidence: without.named }];
      });
    };
    return { see, found };
  },
};

export const signInGuesses: Rule = {
  code: 'sign-in-guesses',
  title: SUSPICION_WORDS['sign-in-guesses'],
  sees: '一つのアカウントで、パスワード又は確認コードの誤りが続いた後に認証が成功したこと',
  mayBe: 'パスワードの変更直後、認証機器の時刻のずれのことがある',
  tuning: '続いた回数、成功までの分数を変える',
  thresholds: ['signInRefusals', 'signInMinutes'],
  watch: ({ policy: { signInRefusals, signInMinutes } }) => {
    const guesses = new Map<string, Act[]>();
    const signs = new Map<string, { readonly department: string; guesses: number; readonly evidence: Evidence }>();
    const see = (act: Act): void => {
      if (act.account === undefined) return;
      const before = guesses.get(act.account) ?? [];
      if (act.kind === 'guess') {
        if (before.length >= GUESSES_KEPT) before.shift();
        before.push(act);
        guesses.set(act.account, before);
        return;
      }
      guesses.delete(act.account);
      const recent = before.filter(({ at }) => Date.parse(act.at) - Date.parse(at) <= signInMinutes * MINUTE);
      if (recent.length < signInRefusals) return;
      const own = signs.get(act.staff) ?? { department: act.department, guesses: 0, evidence: new Evidence() };
      signs.set(act.staff, own);
      own.guesses += recent.length;
      for (const one of [...recent, act]) own.evidence.add(one);
    };
    return { see, found: () => [...signs].map(([staff, { department, guesses: count, evidence }]) => ({ staff, department, counts: { guesses: count }, evidence: evidence.named })) };
  },
};

/** An account is locked long before. */
const GUESSES_KEPT = 100;
/** Searches of one member of staff that wait for what follows: beyond it the oldest counts as unfollowed. */
const SEARCHES_WAITING = 1000;

export const numberSearch: Rule = {
  code: 'number-search',
  title: SUSPICION_WORDS['number-search'],
  sees: '個人番号で検索した後、定めた時間内に、見つかった人の個別の取扱い（見つからなかったときは何らかの記録）が続かなかった件数。その日のうちに時間が過ぎたものだけを数える',
  mayBe: '見つからなかったことの確認、ほかの職員への引継ぎ、検索し直しのことがある',
  tuning: '件数、続くまでの分数を変える',
  thresholds: ['numberSearchAtLeast', 'numberSearchMinutes'],
  watch: ({ day, policy: { numberSearchAtLeast, numberSearchMinutes } }) => {
    interface Searched { readonly act: Act; readonly until: number }
    const seen = new ByStaff(() => ({ waiting: [] as Searched[], unfollowed: new Evidence() }));
    const isSearch = ({ type, extent, items }: Act): boolean => type === InformationUsed.type && extent === 'listed' && items.includes(NUMBER_ITEM);
    const expire = (own: { waiting: Searched[]; readonly unfollowed: Evidence }, now: number): void => {
      while (own.waiting.length > 0 && (own.waiting[0]!.until < now || own.waiting.length > SEARCHES_WAITING)) own.unfollowed.add(own.waiting.shift()!.act);
    };
    const see = (act: Act): void => {
      if (act.kind !== 'handling' || act.outcome === 'refused') return;
      const own = seen.of(act);
      const now = Date.parse(act.at);
      expire(own, now);
      if (isSearch(act)) own.waiting.push({ act, until: now + numberSearchMinutes * MINUTE });
      else if (own.waiting.length > 0) own.waiting = own.waiting.filter(({ act: search }) => !follows(search, act));
    };
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value }) => {
        expire(value, endOf(day));
        const { count, named } = value.unfollowed;
        return count >= numberSearchAtLeast ? [{ staff, department, counts: { searches: count }, evidence: named }] : [];
      });
    return { see, found };
  },
};

function follows(search: Act, { extent, type, subjects }: Act): boolean {
  if (search.subjectCount === 0) return type !== InformationUsed.type;
  return extent !== 'listed' && subjects.some((subject) => search.subjects.includes(subject));
}

function endOf(day: string): number {
  return Date.parse(`${day}T24:00:00+09:00`);
}

/** Persons handled one by one of whom something holds, each once. */
function persons(atLeast: number, personOf: (subject: string) => PersonFacts | undefined, holds: (act: Act, person: PersonFacts) => boolean): Watch {
  const seen = new ByStaff(() => ({ subjects: new Set<string>(), evidence: new Evidence() }));
  const see = (act: Act): void => {
    if (!isIndividual(act)) return;
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
  thresholds: ['protectedAtLeast'],
  watch: ({ person, policy }) => persons(policy.protectedAtLeast, person, (_, { isProtected }) => isProtected),
};

export const sameFamily: Rule = {
  code: 'same-family',
  title: SUSPICION_WORDS['same-family'],
  sees: '氏が職員と同じ文字である人を個別に取り扱った人数。職員の住所・世帯は登録していないので、同居かどうかは見えない。氏と名の間に空白のない職員は、二文字以上の氏だけを比べる',
  mayBe: '多い氏では偶然のことが大半である',
  tuning: '人数を変える（多い氏の地域では増やす）',
  thresholds: ['sameFamilyAtLeast'],
  watch: ({ person, nameOf, policy }) => persons(policy.sameFamilyAtLeast, person, ({ staff }, { name }) => name !== undefined && sharesFamilyName(nameOf(staff), name)),
};

export const ownName: Rule = {
  code: 'own-name',
  title: SUSPICION_WORDS['own-name'],
  sees: '氏名が、取り扱った職員自身又はほかの職員と同じ文字である人を個別に取り扱った人数。職員の生年月日・住所は登録していないので、同じ人かどうかまでは見えない',
  mayBe: '同姓同名、職員本人からの申請の処理のことがある',
  tuning: '人数を変える',
  thresholds: ['ownNameAtLeast'],
  watch: ({ person, nameOf, isColleague, policy }) =>
    persons(policy.ownNameAtLeast, person, ({ staff }, { name }) => name !== undefined && (plain(nameOf(staff) ?? '') === plain(name) || isColleague(staff, name))),
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
