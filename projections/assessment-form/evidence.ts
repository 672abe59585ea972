import type { Assessment } from '../../src/assessments/answers/assessment.js';
import { cellsOf } from '../../src/assessments/answers/cells.js';
import type { Form } from '../../src/assessments/forms/form.js';
import { printedName } from '../../src/assessments/forms/places.js';
import { plain } from './content.js';
import { editionWords, gapLines, namedCell, thresholdLines, unconfirmedLines } from './evidence-lines.js';
import { FIGURE_START, readFigure, unexplained } from '../../src/assessments/answers/figure.js';
import type { Withholding } from './layout.js';
import type { Part, Row } from './model.js';

/** What the 根拠資料 says beside the document itself. */
export interface EvidenceOf {
  /** SHA-256 of the document's JSON. */
  readonly digest: string;
  /** Of the ledger, where the document was drawn from it. */
  readonly position?: number;
  /** しきい値判断 that the version rests on */
  readonly threshold?: Parameters<typeof thresholdLines>[0];
  readonly withhold?: readonly Withholding[];
  /** it was submitted to the commission in a rehearsal only */
  readonly simulated?: boolean;
  /** Characters that the PDF shows as 〓, and those whose variant it does not show. */
  readonly losses?: { readonly missing: number; readonly variant: number };
}

const ID = 'evidence';

/** 根拠資料: what stands nowhere in the form — what the document is, what of its form nobody has confirmed, and which of its cells are lost, hurt, in doubt or not made public. */
export function evidenceParts(form: Form, assessment: Assessment, { digest, position, threshold, withhold = [], simulated = false, losses }: EvidenceOf): readonly Part[] {
  const { title, agency, status, source } = assessment;
  const rows: Row[] = [
    ...fact('評価書名', title ?? ''), ...fact('評価実施機関', agency ?? ''), ...fact('様式の版', editionWords(form, assessment)), ...fact('文書の状態', status === 'draft' ? '素案' : '公表'), ...fact('文書のSHA-256', digest),
    ...(simulated ? fact('個人情報保護委員会への提出', '模擬（実際には提出していない）') : []),
    ...(position === undefined ? [] : fact('記録の位置', String(position))), ...fact('出典', source), ...(losses === undefined ? [] : fact('書体にない文字', `${losses.missing}か所（〓で示す）、異体字を標準の字形で示すもの ${losses.variant}か所`)),
    ...(threshold === undefined ? [] : listed('しきい値判断', ['項目', '数・判断', '時点', '照会', '記録の位置'], thresholdLines(threshold).map(({ item, shown, day, state, query, position: upTo }) => [item, shown, day, [state, query].filter(Boolean).join('　'), upTo === undefined ? '' : String(upTo)]))),
    ...listed('様式未確認の項目', ['項目', '確かめた資料'], unconfirmedLines(form).map(({ item, seenIn }) => [item, seenIn])),
    ...listed('欠落・損傷・要確認の記載', ['項目', '区分', '理由', '残っている文'], gapLines(form, assessment).map(({ item, kind, why, raw }) => [item, kind, why, raw])),
    ...listed('別添の図で備考に説明のない番号', ['項目', '番号'], figuresOf(form, assessment)),
    ...listed('公表しない記載', ['項目', '理由'], withhold.map(({ itemId, at, why }) => [namedCell(form, itemId, at ?? []), why])),
  ];
  return [{ id: ID, kind: 'evidence', sheet: '根拠資料', heading: '根拠資料', at: [], rows }];
}

const fact = (label: string, text: string): readonly Row[] => [{ kind: 'answer', label, depth: 0, isEntry: false, cells: [{ itemId: ID, at: [], content: plain(text) }] }];

/** A table under its heading, or that there is nothing to list. */
function listed(heading: string, labels: readonly string[], lines: readonly (readonly string[])[]): readonly Row[] {
  const cell = (text: string, column: string, index: number) => ({ itemId: ID, at: [{ repeat: heading, index }], column, content: plain(text) });
  const above: Row = { kind: 'heading', level: 2, id: ID, at: [], text: `${heading}（${lines.length}件）` };
  if (lines.length === 0) return [above, { kind: 'wide', cell: { itemId: ID, at: [], content: plain('なし') } }];
  return [above, { kind: 'table', id: ID, columns: labels.map((label, at) => ({ code: label, label, width: at === 1 && labels.length > 2 ? 1 : 4 })), rows: lines.map((line, row) => line.map((text, at) => cell(text, labels[at]!, row + 1))) }];
}

function figuresOf(form: Form, assessment: Assessment): readonly (readonly string[])[] {
  const cells = cellsOf(form, assessment);
  return cells.flatMap(({ item, answer }) => {
    if (item.kind !== 'figure' || typeof answer !== 'string' || !answer.startsWith(FIGURE_START)) return [];
    const reading = readFigure(answer);
    const notes = item.items.map(({ id }) => cells.find((cell) => cell.item.id === id)?.answer).filter((text) => typeof text === 'string');
    return reading.ok ? unexplained(reading.value, notes.join('\n')).map((number) => [printedName(form, item.id), number]) : [];
  });
}
