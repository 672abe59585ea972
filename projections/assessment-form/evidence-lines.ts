/** What 根拠資料 says of a document, as lines: the sheet beside the printed form and the report over the ledger say it in the same words. */
import type { EventOf } from '../../src/ledger/event-type.js';
import type { ThresholdJudged } from '../../src/assessments/events.js';
import { editionOn } from '../../src/assessments/forms/editions.js';
import { printedResult } from '../../src/assessments/threshold/judge.js';
import type { Assessment, Gap } from '../../src/assessments/answers/assessment.js';
import type { Form, Position } from '../../src/assessments/forms/form.js';
import { placeOf, printedName, unconfirmedItems } from '../../src/assessments/forms/places.js';

const GAPS: { readonly [kind in Gap['kind']]: string } = { lost: '欠落', damaged: '損傷', doubtful: '要確認' };

/** The edition of the form, and what of it nobody has confirmed. */
export function editionWords(form: Form, { editionInferred }: Pick<Assessment, 'editionInferred'>): string {
  return `${form.name}（${form.edition}）　${form.editionMark}${form.editionConfirmed ? '' : '　様式未確認'}${editionInferred ? '　版は推定' : ''}`;
}

/** 様式未確認の項目, each with what it was read in. */
export function unconfirmedLines(form: Form): readonly { readonly itemId: string; readonly item: string; readonly seenIn: string }[] {
  return unconfirmedItems(form).map(({ id, seenIn }) => ({ itemId: id, item: printedName(form, id), seenIn: seenIn.join('、') }));
}

export interface GapLine {
  readonly itemId: string;
  readonly item: string;
  /** 欠落 · 損傷 · 要確認 */
  readonly kind: string;
  readonly why: string;
  /** what survives of the text */
  readonly raw: string;
}

/** 欠落・損傷・要確認の記載 */
export function gapLines(form: Form, { gaps }: Pick<Assessment, 'gaps'>): readonly GapLine[] {
  return gaps.map((gap) => ({ itemId: gap.itemId, item: gapPath(form, gap), kind: GAPS[gap.kind], why: gap.why, raw: gap.raw ?? '' }));
}

/** What しきい値判断 rests on, a figure a line, and what came of it. */
export interface ThresholdLine {
  readonly item: string;
  readonly shown: string;
  /** the day that the figure is of */
  readonly day: string;
  /** 台帳の数 · 申告; none of the result */
  readonly state?: string;
  readonly query?: string;
  /** of the ledger, up to which was counted */
  readonly position?: number;
}

const QUERIES: { readonly [query: string]: string } = {
  'living-subjects': '宛名台帳の存命の本人の数', 'handlers-in-post': '職員・権限台帳の、特定個人情報ファイルを取り扱う権限のある職員の数',
  'handlers-by-role': '職員台帳の、役割により特定個人情報ファイルを取り扱える職員の数（最初の権限の付与より前）',
};
const TOLD = '担当者の申告（台帳によらない）';

export function thresholdLines({ subjects, subjectsOn, handlers, handlersOn, incident, incidentOn, result, figures, on }: EventOf<typeof ThresholdJudged>['data']): readonly ThresholdLine[] {
  const figure = (item: string, name: string, value: number, day: string): ThresholdLine => {
    const from = figures.find((one) => one.figure === name);
    return { item, shown: `${value.toLocaleString('en-US')}人`, day, ...(from ? { state: '台帳の数', query: QUERIES[from.query] ?? from.query, position: from.position } : { state: '申告', query: TOLD }) };
  };
  return [
    figure('対象となる本人の数', 'subjects', subjects, subjectsOn), figure('取扱者の数', 'handlers', handlers, handlersOn),
    { item: '過去1年以内の重大事故', shown: incident ? '発生あり' : '発生なし', day: incidentOn, state: '申告', query: TOLD },
    { item: 'しきい値判断の結果', shown: printedResult(editionOn('2', on)!, result)?.label ?? result, day: on },
  ];
}

/** A cell as a clerk finds it; of an item that the edition does not ask, its id. */
export function namedCell(form: Form, id: string, at: readonly Position[]): string {
  return placeOf(form, id) ? printedName(form, id, at) : id;
}

function gapPath(form: Form, { itemId, fileIndex, blockIndex, row }: Gap): string {
  if (itemId === '*') return '文書の全体';
  const place = placeOf(form, itemId);
  const repeats = [...(place?.repeats ?? []), ...(place?.repeat ? [itemId] : [])];
  const at = repeats.flatMap((repeat): Position[] => {
    const index = form.sections.some(({ id }) => id === repeat) && form.sections.find(({ id }) => id === repeat)!.repeat?.block === 'file' ? (fileIndex ?? 1) : blockIndex;
    return index === undefined ? [] : [{ repeat, index }];
  });
  return `${namedCell(form, itemId, at)}${row === undefined ? '' : `　${row}行目`}`;
}
