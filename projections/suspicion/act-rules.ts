import { InformationUsed } from '../../src/walks/events.js';
import { NUMBER_ITEM } from '../../src/walks/terminals.js';
import { addDays } from '../../src/codes/plain-date.js';
import { SUSPICION_WORDS } from '../words.js';
import { ByStaff, Evidence, startOf, type Act, type Rule, type Sign } from './rule.js';

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
  sees: '一人の職員について、パスワード又は確認コードの誤りが続いた後に認証が成功したこと。アカウントが複数あるとき、日付が変わるときも通して数える',
  mayBe: 'パスワードの変更直後、認証機器の時刻のずれのことがある',
  tuning: '続いた回数、成功までの分数を変える',
  thresholds: ['signInRefusals', 'signInMinutes'],
  minutesBefore: ({ signInMinutes }) => signInMinutes,
  watch: ({ policy: { signInRefusals, signInMinutes } }) => {
    const guesses = new Map<string, Act[]>();
    const signs = new Map<string, { readonly department: string; guesses: number; readonly evidence: Evidence }>();
    const guessed = (act: Act): void => {
      const before = guesses.get(act.staff) ?? [];
      if (before.length >= GUESSES_KEPT) before.shift();
      before.push(act);
      guesses.set(act.staff, before);
    };
    const seeBefore = (act: Act): void => {
      if (act.kind === 'guess') guessed(act);
      else if (act.kind === 'sign-in') guesses.delete(act.staff);
    };
    const see = (act: Act): void => {
      const before = guesses.get(act.staff) ?? [];
      seeBefore(act);
      if (act.kind !== 'sign-in') return;
      const recent = before.filter(({ at }) => Date.parse(act.at) - Date.parse(at) <= signInMinutes * MINUTE);
      if (recent.length < signInRefusals) return;
      const own = signs.get(act.staff) ?? { department: act.department, guesses: 0, evidence: new Evidence() };
      signs.set(act.staff, own);
      own.guesses += recent.length;
      for (const one of [...recent, act]) own.evidence.add(one);
    };
    return { see, seeBefore, found: () => [...signs].map(([staff, { department, guesses: count, evidence }]) => ({ staff, department, counts: { guesses: count }, evidence: evidence.named })) };
  },
};

/** Accounts are locked long before. */
const GUESSES_KEPT = 100;
/** Searches of one member of staff that wait for what follows: beyond it the oldest counts as unfollowed. */
const SEARCHES_WAITING = 1000;

export const numberSearch: Rule = {
  code: 'number-search',
  title: SUSPICION_WORDS['number-search'],
  sees: '個人番号で検索した後、定めた時間内に、見つかった人の個別の取扱い（見つからなかったときは何らかの記録）が続かなかった件数。時間が過ぎた日に数え、夜の間に日付が変わるときは、その直前に過ぎたものも通して数える',
  mayBe: '見つからなかったことの確認、ほかの職員への引継ぎ、検索し直しのことがある',
  tuning: '件数、続くまでの分数を変える',
  thresholds: ['numberSearchAtLeast', 'numberSearchMinutes'],
  // those whose time runs out on the day, and those whose time ran out as long before it
  minutesBefore: ({ numberSearchMinutes }) => 2 * numberSearchMinutes,
  watch: ({ day, policy: { numberSearchAtLeast, numberSearchMinutes } }) => {
    const [midnight, end] = [startOf(day), startOf(addDays(day, 1))];
    interface Searched { readonly act: Act; readonly until: number }
    interface Searching { waiting: Searched[]; readonly before: Evidence; readonly own: Evidence }
    const seen = new ByStaff((): Searching => ({ waiting: [], before: new Evidence(), own: new Evidence() }));
    const isSearch = ({ type, extent, items }: Act): boolean => type === InformationUsed.type && extent === 'listed' && items.includes(NUMBER_ITEM);
    const expire = (own: Searching, now: number): void => {
      while (own.waiting.length > 0 && (own.waiting[0]!.until < now || own.waiting.length > SEARCHES_WAITING)) {
        const { act, until } = own.waiting.shift()!;
        own[until < midnight ? 'before' : 'own'].add(act);
      }
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
      seen.entries().flatMap(({ staff, department, value }): readonly Sign[] => {
        expire(value, end);
        const { before, own } = value;
        if (own.count >= numberSearchAtLeast) return [{ staff, department, counts: { searches: own.count }, evidence: own.named }];
        const searches = before.count + own.count;
        if (own.count === 0 || before.count >= numberSearchAtLeast || searches < numberSearchAtLeast) return [];
        return [{ staff, department, counts: { searches, 'evening-before': before.count }, evidence: before.and(own) }];
      });
    return { see, seeBefore: see, found };
  },
};

function follows(search: Act, { extent, type, subjects }: Act): boolean {
  if (search.subjectCount === 0) return type !== InformationUsed.type;
  return extent !== 'listed' && subjects.some((subject) => search.subjects.includes(subject));
}
