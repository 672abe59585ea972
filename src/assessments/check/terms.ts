/** A term that is written in one way only. */
export interface Term {
  readonly term: string;
  /** Law, form or standard text that fixes the wording. */
  readonly source: string;
}

const NUMBER_ACT = '番号法第2条（定義）';
const GUIDELINE = '特定個人情報保護評価指針（定義）';
const SERVER = '中間サーバーの機能・運用についての国の標準の記載';

/** Terms that assessments of vaccination affairs use, as a folded text holds them. What is nearly one of them is taken for a slip. */
export const VOCABULARY: readonly Term[] = [
  { term: '情報提供ネットワークシステム', source: NUMBER_ACT },
  { term: '特定個人情報ファイル', source: NUMBER_ACT },
  { term: '個人番号利用事務', source: NUMBER_ACT },
  { term: '特定個人情報保護評価', source: '番号法第27条・第28条' },
  { term: '個人情報保護委員会', source: '個人情報の保護に関する法律' },
  { term: '評価実施機関', source: GUIDELINE },
  { term: '情報提供用個人識別符号', source: '番号法第21条の2' },
  { term: '団体内統合宛名番号', source: SERVER },
  { term: '特定個人情報(連携対象)を副本として', source: SERVER },
  { term: '新規要員着任時', source: SERVER },
  { term: '有人監視及び施錠管理', source: SERVER },
  { term: '地方公共団体情報システム機構', source: '地方公共団体情報システム機構法' },
  { term: '住民基本台帳ネットワークシステム', source: '住民基本台帳法' },
  { term: '新型インフルエンザ等対策特別措置法', source: '同法（平成24年法律第31号）の題名' },
  { term: '新型コロナウイルス感染症', source: '新型インフルエンザ等対策特別措置法、予防接種法' },
  { term: '内閣官房情報通信技術(IT)総合戦略室', source: '室の名称（平成25年から令和3年8月まで）' },
  { term: 'LGWAN', source: '総合行政ネットワークの略称' },
];

/** Beginnings of what may rightly stand within a term: 「特定個人情報を含むファイル」. */
const PARTICLE = /^(?:[をのがはにでとも]|及び|又は|若しくは|並びに|等)/;

const NEAR = VOCABULARY.map(({ term, source }) => ({ term, source, pattern: patternOf(term) }));

/** What in a folded text is nearly a term: it begins and ends alike, and less than a quarter of the term is missing or replaced. */
export function* nearTerms(folded: string): Generator<{ readonly written: string; readonly term: string; readonly source: string }> {
  for (const { term, source, pattern } of NEAR) {
    for (const [written] of folded.matchAll(pattern)) {
      if (written === term) continue;
      const middle = written.slice(alike(written, term), written.length - Math.min(alike(reversed(written), reversed(term)), written.length - alike(written, term)));
      if (!PARTICLE.test(middle) && !/^[ぁ-ん]+$/.test(middle)) yield { written, term, source };
    }
  }
}

/** Any text that shares its beginning and its end with the term, up to less than a quarter of it; the term itself as well. */
function patternOf(term: string): RegExp {
  const [length, isLatin] = [term.length, /^[A-Z]+$/.test(term)];
  const shared = length - (Math.ceil(length / 4) - 1);
  const ends = Array.from({ length: shared + 1 }, (_, start) => [start, shared - start] as const).filter(([start, end]) => start >= (isLatin ? 1 : 2) && end >= 2);
  const between = isLatin ? '[A-Z0-9]{0,2}' : '[一-龠々ァ-ヶーぁ-んA-Za-z]{0,8}?';
  const variants = ends.map(([start, end]) => `${escaped(term.slice(0, start))}${between}${escaped(term.slice(length - end))}`);
  return new RegExp([escaped(term), ...variants].join('|'), 'g');
}

function escaped(text: string): string {
  return text.replace(/[()]/g, '\\$&');
}

function alike(one: string, other: string): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** Words that are no words, or stand for another; found whatever the document is about. */
export const SLIPS: readonly { readonly pattern: RegExp; readonly right: string }[] = [
  { pattern: /評価実施期間/g, right: '評価実施機関' },
  { pattern: /委託者名(?=」|の項)/g, right: '委託先名' },
  { pattern: /新入者/g, right: '転入者' },
  { pattern: /電磁(?:交付|申請)/g, right: '電子…' },
  { pattern: /勸奨/g, right: '勧奨' },
  { pattern: /(?<=が|も)去れて(?=い|お)/g, right: 'されて' },
  { pattern: /[一-龠]{1,4}[しち]てる(?=。|$)/g, right: '…ている' },
  { pattern: /必要なない/g, right: '必要のない' },
  { pattern: /記録させうえ[でて]?/g, right: '記録させたうえで' },
  { pattern: /ハンチ入力/g, right: 'パンチ入力' },
  { pattern: /へとり着/g, right: 'へたどり着' },
  { pattern: /しているから(?=(?:あらかじめ|事前に)?(?:確認|点検))/g, right: 'しているか' },
  { pattern: /(?:記入|入力|申請|取得)入手(?=する|し)/g, right: '…て入手' },
  { pattern: /(?:から|ために、?)[^。、から]{0,10}を入力する(?=場合|際|が、|のは)/g, right: '…を入手する' },
  { pattern: /定期的(?=[ァ-ヶ]{2,})/g, right: '定期的に' },
  { pattern: /特定個人情報(?=不正に|漏えい・?紛失?する)/g, right: '特定個人情報が' },
  { pattern: /特定個人情報情報/g, right: '特定個人情報' },
  { pattern: /第[0-9]+号第[0-9]+号/g, right: '第…条第…号' },
  { pattern: /施設(?:ができる|された|している|して保管)/g, right: '施錠…' },
  { pattern: /(?<![A-Za-z])D[Dd]os(?![A-Za-z])/g, right: 'DDoS' },
];

/** Measures whose words say the opposite of a measure. */
export const REVERSED: readonly { readonly pattern: RegExp; readonly right: string }[] = [
  { pattern: /(?:に|で)?必要な[^。、]{0,8}(?:のハードコピー|の複製|の写し|の印刷)(?:は|を)[^。、]{0,4}(?:取得しない|行わない|しない|禁止)/g, right: '必要のない' },
  { pattern: /必要な情報との(?:紐付け|ひも付け|紐づけ)/g, right: '必要のない情報との' },
  { pattern: /施錠(?:されていない|していない|しない)(?:出入り?口|部屋|室|場所|保管庫|キャビネット)/g, right: '施錠されている' },
  { pattern: /(?:権限|許可)(?:の|が)(?:ある|有る)(?:者|職員)(?:による|の)(?:不正な)?(?:利用|使用|閲覧)を(?:防止|禁止)/g, right: '権限のない' },
];
