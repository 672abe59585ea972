import { VACCINES, type Dose, type Vaccine } from './book.js';
import type { VaccinationRow } from './csv.js';
import { compact, fiscalYearOf, monthOf, reachesAge } from './days.js';
import { addresseeNumberAt, type Person } from './person.js';
import { INVENTED } from './names.js';
import type { Random } from './random.js';

const CLINICS = [
  '潮路', '浜町', '松原', '白波', '灯台前', '港', '千鳥', '入江', '岬', '砂山', '渚', '汐見', '磯部', '大橋', '帆影', '貝塚', '舟入', '沖見', '朝凪', '夕凪',
].map((name) => `架空${name}医院`);
const ELSEWHERE = '架空市外医院';
const DOCTORS = ['沖田　修', '磯貝　直子', '浜口　健', '汐崎　薫', '波多野　亮', '港川　恵', '入江　徹', '白石　和美', '舟木　武', '岬　陽一'].map((name) => name + INVENTED);
const HALLS = ['汐浜市民体育館（架空）', '汐浜市保健センター（架空）'];
const MAKERS = ['架空製薬', '架空ワクチン研究所', '架空バイオ'];

/** mL, written with two decimals */
const AMOUNTS: Readonly<Record<Vaccine, string>> = {
  HEPB: '0.25', ROTA1: '1.50', DPTIPVHIB: '0.50', PCV: '0.50', BCG: '0.15', MR1: '0.50', MR2: '0.50', VARI: '0.50', JE1: '0.50', JE2: '0.50', HPV: '0.50', FLU: '0.50',
  PPV: '0.50', COVID: '0.30', ZOSTER: '0.50',
};

/** Rarely, and then with the characters that a careless reader of CSV stumbles on. */
const REMARKS = ['接種後30分待機, 異常なし', '保護者より "前回発赤あり" との申出', '里帰り先で接種, 実施依頼書あり', '予診票の記載を医師に確認'];

/** Where and how all that one person has on one day is given. */
export interface Visit {
  readonly day: number;
  readonly clinic: number;
  readonly inHall: boolean;
  readonly temperature: string;
  readonly received: number;
}

/** The slip of a visit comes in some weeks after it, at most on the day `latest`. */
export function visitOn(person: Person, { day, execution }: Dose, random: Random, latest: number): Visit {
  return {
    day,
    clinic: random.chance(0.8) ? person.household % CLINICS.length : random.below(CLINICS.length),
    inHall: execution === '特例臨時' && random.chance(0.6),
    temperature: `36.${random.below(10)}`,
    received: Math.min(Math.max(day, person.since) + random.between(3, 35), latest),
  };
}

/** `serial` counts all rows ever made for the city. */
export function vaccinationRow(person: Person, dose: Dose, visit: Visit, random: Random, serial: number): VaccinationRow {
  const { vaccine, day, execution, elsewhere } = dose;
  const remark = elsewhere ? '転入前接種, 母子健康手帳による' : random.chance(0.01) ? random.pick(REMARKS) : '';
  const maker = (VACCINES.indexOf(vaccine) + monthOf(day)) % MAKERS.length;
  return {
    宛名番号: addresseeNumberAt(person.index),
    氏名の振り仮名: person.kana,
    生年月日: compact(person.birth),
    接種コード: vaccine,
    接種回数: String(dose.number),
    接種日: compact(day),
    実施区分: execution,
    実施医療機関: elsewhere ? ELSEWHERE : (CLINICS[visit.clinic] as string),
    接種会場: visit.inHall ? (HALLS[visit.clinic % HALLS.length] as string) : '',
    接種医: elsewhere ? '' : (DOCTORS[visit.clinic % DOCTORS.length] as string),
    ワクチンメーカー: MAKERS[maker] as string,
    ロット番号: dose.lot ?? lotOf(vaccine, day, maker),
    接種量: amountOf(person, dose),
    予診票番号: String(fiscalYearOf(day) % 100).padStart(2, '0') + String(serial).padStart(8, '0'),
    接種判定: '接種可',
    体温: visit.temperature,
    受付日: compact(visit.received),
    特記事項: remark,
  };
}

/** One lot for each vaccine and month. The letters leave AB to 湊's lot, which is therefore found but once. */
function lotOf(vaccine: Vaccine, day: number, maker: number): string {
  const place = VACCINES.indexOf(vaccine);
  const letters = String.fromCharCode(67 + place) + 'KMT'.charAt(maker);
  return letters + String(1000 + ((monthOf(day) * 37 + place * 101) % 9000));
}

function amountOf({ birth }: Person, { vaccine, day }: Dose): string {
  if (vaccine === 'FLU' && day < reachesAge(birth, 3)) return '0.25';
  if (vaccine === 'HEPB' && day >= reachesAge(birth, 10)) return '0.50';
  return AMOUNTS[vaccine];
}
