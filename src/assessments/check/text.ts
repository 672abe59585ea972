import { parseWareki } from '../../codes/wareki.js';

/**
 * A text as it is compared: widths folded, blanks gone, brackets of headings alike. Circled numbers stay what they are (NFKC would
 * make ④ a 4). The text itself is never changed.
 */
export function fold(text: string): string {
  return text
    .replace(/[^①-⑳※]+/gu, (run) => run.normalize('NFKC'))
    .replace(/[〈《]/g, '<')
    .replace(/[〉》]/g, '>')
    .replace(/〇/g, '○')
    .replace(/(?<![0-9])[\s\p{Z}]+|[\s\p{Z}]+(?![\s\p{Z}0-9])/gu, '') // between figures a blank keeps two numbers apart: 別表第２　16の2項
    .replace(/[\s\p{Z}]+/gu, ' ');
}

/** A name may have its reading in brackets: 「＜証（あかし）における措置＞」. */
const HEADING = /[<(]((?:[^<>()]|\([^<>()]{1,20}\)){1,40}?)に?おける(?:追加)?[措処]置>/g;

/** The names in headings of measures: 「＜中間サーバーにおける追加措置＞」 names 中間サーバー. */
export function headingsIn(text: string): readonly string[] {
  return [...fold(text).matchAll(HEADING)].map((match) => match[1]!);
}

/** What stands under the heading with this name; undefined where there is none. */
export function underHeading(text: string, name: string): string | undefined {
  const folded = fold(text);
  const headings = [...folded.matchAll(HEADING)];
  const at = headings.findIndex((heading) => heading[1] === name);
  return at < 0 ? undefined : folded.slice(headings[at]!.index + headings[at]![0].length, headings[at + 1]?.index);
}

/** The name of the body of an agency: 越谷市長 → 越谷市, 東京都台東区長 → 台東区. */
export function bodyOf(agency: string | null): string {
  return fold(agency ?? '').replace(/(?:長|知事)$/, '').replace(/^(?:北海道|東京都|(?:大阪|京都)府|.{2,3}県)(?=.{2,})/, '');
}

/** A name without its marks and explanations in brackets: 「ワクチン接種記録システム(VRS)【…運用終了】」. */
export function baseName(name: string): string {
  return fold(name).replace(/【[^】]*】/g, '').replace(/[（(][^（()）]*[)）]/g, '');
}

/** The dates of 「【令和6年9月30日運用終了】」 in a text. */
export function endsIn(text: string): readonly string[] {
  return [...fold(text).matchAll(/【((?:明治|大正|昭和|平成|令和)(?:元|[0-9]+)年[0-9]+月[0-9]+日)[^】]*終了】/g)].flatMap((match) => parseWareki(match[1]!) ?? []);
}

export interface Span {
  readonly from: string;
  readonly until: string;
  /** 「30日間」 where it is written beside the dates. */
  readonly days?: number;
}

const DATE = '(令和|平成)?(?:(元|[0-9]+)年)?([0-9]+)月([0-9]+)日';
const SPAN = new RegExp(`${DATE}(?:から|~|〜|-|―|–)${DATE}(?:まで)?(?:の)?[(「]?(?:([0-9]+)日間)?`);

/** 「令和6年10月12日から11月10日までの30日間」. Era and year of the second date are those of the first where they are not written. */
export function spanIn(text: string): Span | undefined {
  const match = SPAN.exec(fold(text));
  if (!match?.[1] || !match[2]) return undefined;
  const [, era, year, month, day, era2, year2, month2, day2, days] = match;
  const from = parseWareki(`${era}${year}年${month}月${day}日`);
  const until = parseWareki(`${era2 ?? era}${year2 ?? year}年${month2}月${day2}日`);
  return from && until ? { from, until, ...(days !== undefined && { days: Number(days) }) } : undefined;
}

/** Dates like 令和7年8月31日 in a text, the first of them. */
export function dateIn(text: string): string | undefined {
  const match = /(?:明治|大正|昭和|平成|令和)(?:元|[0-9]+)年[0-9]+月[0-9]+日/.exec(fold(text));
  return match ? (parseWareki(match[0]) ?? undefined) : undefined;
}
