import { EVIDENCE_NAMED } from '../../src/access/findings/events.js';
import { InformationUsed } from '../../src/walks/events.js';
import { SUSPICION_WORDS } from '../words.js';
import { ByStaff, DAY_MINUTES, Evidence, isIndividual, median, type Act, type DayFacts, type Rule, type Sign } from './rule.js';

const JAPAN_MS = 9 * 3_600_000;

/** Minutes since midnight in Japan. */
function minuteOf(at: string): number {
  return Math.floor((Date.parse(at) + JAPAN_MS) / 60_000) % 1440;
}

export const offHours: Rule = {
  code: 'off-hours',
  title: SUSPICION_WORDS['off-hours'],
  sees: '執務時間の前後の猶予を超えた時刻、又は土曜日・日曜日・国民の祝日・12月29日から1月3日に記録された取扱いの件数。夜の間に日付が変わるときは、前の日の夜からその日の朝までを通して数える',
  mayBe: '時間外勤務、休日の開庁・接種会場、災害対応、交替勤務のことがある',
  tuning: '執務時間、その前後の猶予、件数を変える',
  thresholds: ['opensMinute', 'closesMinute', 'offHoursAtLeast'],
  minutesBefore: ({ closesMinute }) => DAY_MINUTES - closesMinute,
  watch: ({ isOff, policy: { opensMinute, closesMinute, offHoursAtLeast } }) => {
    const seen = new ByStaff(() => ({ evening: new Evidence(), early: new Evidence(), day: new Evidence() }));
    const see = (act: Act): void => {
      const minute = minuteOf(act.at);
      if (act.kind !== 'handling' || !(isOff || minute < opensMinute || minute >= closesMinute)) return;
      const own = seen.of(act);
      own.day.add(act);
      if (minute < opensMinute) own.early.add(act);
    };
    const seeBefore = (act: Act): void => {
      if (act.kind === 'handling') seen.of(act).evening.add(act);
    };
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value: { evening, early, day } }): readonly Sign[] => {
        if (day.count >= offHoursAtLeast) return [{ staff, department, counts: { handlings: day.count }, evidence: day.named }];
        const night = early.count + evening.count;
        if (early.count === 0 || evening.count >= offHoursAtLeast || night < offHoursAtLeast) return [];
        return [{ staff, department, counts: { handlings: night, 'evening-before': evening.count }, evidence: evening.and(early) }];
      });
    return { see, seeBefore, found };
  },
};

export const refusedOften: Rule = {
  code: 'refusals',
  title: SUSPICION_WORDS.refusals,
  sees: '一日に拒否された取扱いの件数',
  mayBe: '権限の設定漏れ、異動の直後、端末の取違えのことがある',
  tuning: '件数を変える',
  thresholds: ['refusalsAtLeast'],
  watch: ({ policy: { refusalsAtLeast } }) => {
    const seen = new ByStaff(() => new Evidence());
    const see = (act: Act): void => void (act.kind === 'handling' && act.outcome === 'refused' && seen.of(act).add(act));
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value: { count, named } }) => (count >= refusalsAtLeast ? [{ staff, department, counts: { refusals: count }, evidence: named }] : []));
    return { see, found };
  },
};

/** Looks: what somebody enters, by hand or from a file, is work that shows for itself. */
const countLooks = () => {
  const seen = new ByStaff(() => new Evidence());
  return { seen, see: (act: Act): void => void (act.type === InformationUsed.type && seen.of(act).add(act)) };
};

export const volumeOwn: Rule = {
  code: 'volume-own',
  title: SUSPICION_WORDS['volume-own'],
  sees: '一日の閲覧の件数を、その職員が閲覧をした過去の日の件数の中央値と比べる。過去の日が足りない職員は、件数だけで見る',
  mayBe: '通知の発送、年度替わり、応援、担当替えのことがある',
  tuning: '下限の件数、中央値に対する割合（％）、さかのぼる日数、過去の日が足りない職員の件数を変える',
  thresholds: ['volumeAtLeast', 'volumePercent', 'volumeDays', 'volumeMinDays', 'newcomerAtLeast'],
  watch: ({ history, policy: { volumeAtLeast, volumePercent, volumeMinDays, volumeDays, newcomerAtLeast } }) => {
    const { seen, see } = countLooks();
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value: { count, named } }): readonly Sign[] => {
        if (count < Math.min(volumeAtLeast, newcomerAtLeast)) return [];
        const days = history(staff).slice(0, volumeDays);
        if (days.length < volumeMinDays) return count < newcomerAtLeast ? [] : [{ staff, department, counts: { looks: count, days: days.length }, evidence: named }];
        const usual = median(days);
        if (count < volumeAtLeast || count * 100 < usual * volumePercent) return [];
        return [{ staff, department, counts: { looks: count, median: usual, days: days.length }, evidence: named }];
      });
    return { see, found };
  },
};

export const volumePeers: Rule = {
  code: 'volume-peers',
  title: SUSPICION_WORDS['volume-peers'],
  sees: '一日の閲覧の件数を、同じ日に同じ部署・同じ役割で閲覧をしたほかの職員の件数の中央値と比べる。人数が足りないときは比べない',
  mayBe: '入力の担当、窓口の当番、ほかの職員の休暇のことがある',
  tuning: '下限の件数、中央値に対する割合（％）、比べる人数を変える',
  thresholds: ['peersAtLeast', 'peersPercent', 'peersMin'],
  watch: ({ policy: { peersAtLeast, peersPercent, peersMin } }) => {
    const { seen, see } = countLooks();
    const found = (): readonly Sign[] => {
      const all = seen.entries();
      return all.flatMap(({ staff, department, role, value: { count, named } }): readonly Sign[] => {
        if (count < peersAtLeast) return [];
        const peers = all.filter((other) => other.staff !== staff && other.department === department && other.role === role).map(({ value }) => value.count);
        const usual = median(peers);
        if (peers.length < peersMin || count * 100 < usual * peersPercent) return [];
        return [{ staff, department, counts: { looks: count, median: usual, others: peers.length }, evidence: named }];
      });
    };
    return { see, found };
  },
};

export const listedNotOpened: Rule = {
  code: 'listed-not-opened',
  title: SUSPICION_WORDS['listed-not-opened'],
  sees: '一覧に出した人の延べ数が多く、そのうち個別に取り扱った人が少ないこと',
  mayBe: '対象者の抽出、件数の確認、広すぎる条件での検索のことがある',
  tuning: '一覧に出した人の延べ数、個別に取り扱った人の割合（％）を変える',
  thresholds: ['listedAtLeast', 'listedOpenedPercent', 'individualPersons'],
  watch: ({ policy }) => {
    const { listedAtLeast, listedOpenedPercent } = policy;
    const seen = new ByStaff(() => ({ listed: 0, opened: 0, evidence: new Evidence() }));
    const see = (act: Act): void => {
      if (act.kind !== 'handling' || act.outcome === 'refused') return;
      const own = seen.of(act);
      if (isIndividual(act, policy)) own.opened += act.subjectCount;
      if (act.extent !== 'listed' || act.subjectCount === 0) return;
      own.listed += act.subjectCount;
      own.evidence.add(act);
    };
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value: { listed, opened, evidence } }) =>
        listed >= listedAtLeast && opened * 100 < listed * listedOpenedPercent ? [{ staff, department, counts: { listed, opened }, evidence: evidence.named }] : [],
      );
    return { see, found };
  },
};

/** Persons of one member of staff on one day that are kept apart: beyond it the volume says enough. */
const PERSONS_KEPT = 20_000;

export const walking: Rule = {
  code: 'walking',
  title: SUSPICION_WORDS.walking,
  sees: '個別に取り扱った人が、宛名台帳に登録された順で隙間なく続いていること。見た順序は問わない',
  mayBe: '同じ日に登録した世帯・一括取込みの確認、出生順の事務のことがある',
  tuning: '続く人数を変える',
  thresholds: ['walkAtLeast', 'individualPersons'],
  watch: ({ person, policy }: DayFacts) => {
    const seen = new ByStaff(() => new Map<number, { readonly event: string; readonly at: string }>());
    const see = (act: Act): void => {
      if (!isIndividual(act, policy)) return;
      const own = seen.of(act);
      for (const subject of act.subjects) {
        const key = person(subject)?.key;
        if (key !== undefined && !own.has(key) && own.size < PERSONS_KEPT) own.set(key, { event: act.event, at: act.at });
      }
    };
    const found = (): readonly Sign[] =>
      seen.entries().flatMap(({ staff, department, value }): readonly Sign[] => {
        const run = longestRun([...value.keys()]);
        if (run.length < policy.walkAtLeast) return [];
        return [{ staff, department, counts: { persons: run.length, opened: value.size }, evidence: run.slice(0, EVIDENCE_NAMED).map((key) => value.get(key)!) }];
      });
    return { see, found };
  },
};

/** The longest run of numbers without a gap; of two as long the lower one. */
function longestRun(numbers: readonly number[]): readonly number[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  let best: readonly number[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[to - 1]! + 1) to += 1;
    if (to - from > best.length) best = sorted.slice(from, to);
    from = to;
  }
  return best;
}
