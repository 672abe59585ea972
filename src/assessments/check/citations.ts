/**
 * How 番号法 is cited, and from when to when such a citation is right. Rows are data with their source; a new amendment is a new row.
 * Dates are the first day and the day after the last. `near` must stand in the same text: the number alone means something else today.
 */
export interface Citation {
  readonly what: string;
  readonly pattern: RegExp;
  readonly near?: RegExp;
  readonly from?: string;
  readonly until?: string;
  readonly instead: string;
  readonly source: string;
  /** Read in the law or on published pages; otherwise from general knowledge and shown as such. */
  readonly confirmed: boolean;
}

const TABLES = '番号法別表（令和6年5月27日に別表第一・別表第二を改める）';
const ARTICLE_19 = '番号法第19条（令和3年9月1日に1号ずつ繰下げ）';
const NETWORK = /情報提供ネットワーク|情報照会|情報提供の根拠|情報連携|別表第/;
const EMERGENCY = /接種記録|VRS|市区?町村|生命|身体/;

/** Tables: a citation is right in one time only. */
export const TABLE_CITATIONS: readonly Citation[] = [
  { what: '別表第一', pattern: /別表第(?:一|1(?![0-9]))/, until: '2024-05-27', instead: '別表', source: TABLES, confirmed: true },
  { what: '別表第二', pattern: /別表第(?:二|2(?![0-9]))/, until: '2024-05-27', instead: '主務省令第2条の表', source: TABLES, confirmed: true },
  { what: '別表（第一・第二のないもの）', pattern: /別表(?!第)の?(?:項番)?[0-9]+(?:の項)?/, from: '2024-05-27', instead: '別表第一', source: TABLES, confirmed: true },
  { what: '主務省令第2条の表', pattern: /(?:命令|省令)第2条の表/, from: '2024-05-27', instead: '別表第二', source: TABLES, confirmed: true },
];

/** Items of 第19条: the old number goes on existing for another case, so that only its surroundings tell. */
export const ARTICLE_CITATIONS: readonly Citation[] = [
  { what: '第19条第5号（委託）', pattern: /19条第?5号/, near: /委託/, until: '2021-09-01', instead: '第6号', source: ARTICLE_19, confirmed: true },
  { what: '第19条第7号（情報提供ネットワークシステム）', pattern: /19条第?7号/, near: NETWORK, until: '2021-09-01', instead: '第8号', source: ARTICLE_19, confirmed: true },
  { what: '第19条第15号（生命・身体）', pattern: /19条第?15号/, near: EMERGENCY, until: '2021-09-01', instead: '第16号', source: ARTICLE_19, confirmed: true },
  { what: '第19条第6号（委託）', pattern: /19条第?6号/, near: /委託/, from: '2021-09-01', instead: '第5号', source: ARTICLE_19, confirmed: true },
  { what: '第19条第8号（情報提供ネットワークシステム）', pattern: /19条第?8号/, near: NETWORK, from: '2021-09-01', instead: '第7号', source: ARTICLE_19, confirmed: true },
  { what: '第19条第16号（生命・身体）', pattern: /19条第?16号/, near: EMERGENCY, from: '2021-09-01', instead: '第15号', source: ARTICLE_19, confirmed: true },
];

/** The citations in a folded text that were not right on that day. */
export function wrongOn(text: string, day: string, citations: readonly Citation[]): readonly Citation[] {
  return citations.filter(({ pattern, near, from, until }) => {
    const isRight = (from === undefined || day >= from) && (until === undefined || day < until);
    return !isRight && pattern.test(text) && (near === undefined || near.test(text));
  });
}

/** The numbers of the laws that assessments of vaccination affairs name; the title as a text may end with it. */
export const LAW_NUMBERS: readonly (readonly [string, string])[] = [
  ['予防接種法', '昭和23年法律第68号'],
  ['番号の利用等に関する法律', '平成25年法律第27号'],
  ['インフルエンザ等対策特別措置法', '平成24年法律第31号'],
];

/** A ground by which information may pass through 情報提供ネットワークシステム. */
export const NETWORK_GROUND = /19条第?[78]号|別表第(?:二|2(?![0-9]))|第2条の表/;

/** The rows cited in a folded text: 「別表第2の16の2項、16の3項」 → 16の2, 16の3; 「第2条の表 項番25、26」 → 25, 26. */
export function rowsCited(text: string): ReadonlySet<string> {
  const rows = text.replace(/別表第?[一二12]?の?/g, '').replace(/第[0-9一二三四五六七八九十]+(?:条|号|項)(?:の[0-9]+)?/g, '').replace(/(?:平成|令和|昭和)[0-9]+年[^、。)]*?号/g, '');
  return new Set([...rows.matchAll(/([0-9]+(?:の[0-9]+)?)(?=の?項|[、,・及並]|$)/g)].map((match) => match[1]!));
}

/** Of the grounds of 情報連携 those of one direction: what follows 「（情報提供）」 or 「情報提供の根拠」 up to the other heading. */
export function groundsFor(text: string, direction: '提供' | '照会'): string {
  const headings = [...text.matchAll(/[(【[<]情報(提供|照会)(?:の根拠)?[)】\]>]|情報(提供|照会)(?:の根拠)?:/g)];
  return headings
    .map((heading, at) => ((heading[1] ?? heading[2]) === direction ? text.slice(heading.index + heading[0].length, headings[at + 1]?.index) : ''))
    .join('\n');
}
