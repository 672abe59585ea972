import { editionWords, gapLines, thresholdLines, unconfirmedLines } from '../../../assessment-form/evidence-lines.js';
import type { Act, DocumentInForce, JudgedRow, ModeReason } from '../../../conformance/document-in-force.js';
import { VERDICTS, count, type Facts } from '../../../conformance/verdict.js';
import { AssessmentDecided, AssessmentDrafted, AssessmentPublished, AssessmentSubmitted, OpinionsInvited, OpinionsReflected, type VersionKind } from '../../../../src/assessments/events.js';
import { unbackedIn, unboundIn } from '../../../../src/assessments/bindings/bindings.js';
import { GROUNDS } from '../../../../src/assessments/changes/significance.js';
import { editionOn, formOf } from '../../../../src/assessments/forms/editions.js';
import type { Form } from '../../../../src/assessments/forms/form.js';
import { placeOf, printedName } from '../../../../src/assessments/forms/places.js';
import { todayInJapan } from '../../../../src/codes/plain-date.js';
import type { Declaration, DeclaredFile, Mode } from '../../../../src/handling/declaration.js';
import { RULES, formItem, type Rule } from '../../../../src/handling/rules.js';
import type { EventOf } from '../../../../src/ledger/event-type.js';
import type { Labels } from '../../labels.js';
import { operationWord } from '../replay/open-data.js';
import { where, type Comparing } from './report.js';

/** One line of 根拠資料, of whichever block: what has no place in it stays out. */
export interface EvidenceLine {
  readonly block: string;
  readonly itemId?: string;
  readonly item?: string;
  readonly file?: string | null;
  readonly written?: string;
  readonly shown?: string;
  readonly state?: string;
  readonly department?: string;
  readonly day?: string;
  readonly note?: string | undefined;
  readonly query?: string | undefined;
  readonly period?: string;
  readonly count?: number;
  readonly first?: number;
  readonly last?: number;
  readonly where?: string | null;
}

export interface EvidenceSources {
  readonly declaration: Declaration;
  readonly held: DocumentInForce;
  readonly comparing: Comparing;
  readonly labels: Labels;
}

const KINDS: { readonly [kind in VersionKind]: string } = { initial: '新規', renewal: '再実施', amendment: '修正', ending: '終了', emergency: '緊急時の事後評価', 'taken-over': '公表済みの評価書の取込み' };
const MODES: { readonly [mode in Mode['mode']]: string } = { enforce: '照合する', observe: '記録のみ', unchecked: '照合しない' };
const SIMULATED = '模擬（実際には提出していない）';

/** Every block, in the order in which it is asked for: what the document is and how it came about, what it rests on, what of it is checked, what is not, and what practice shows. */
export function evidenceLines(sources: EvidenceSources): readonly EvidenceLine[] {
  const { declaration, held } = sources;
  const { document } = held;
  const form = (document && formOf(document.formId)) ?? editionOn(declaration.assessment.form, declaration.effectiveFrom)!;
  return [
    ...documentLines(sources, form), ...held.acts.map((act) => actLine(act, sources.labels)), ...judgementLines(held, sources.labels), ...held.rows.map((row) => changeLine(row, form, sources.labels)),
    ...unconfirmedLines(form).map(({ itemId, item, seenIn }): EvidenceLine => ({ block: '様式未確認の項目', itemId, item, state: '様式未確認', note: `確かめた資料: ${seenIn || 'なし'}` })),
    ...(document ? gapLines(form, document) : []).map(({ itemId, item, kind, why, raw }): EvidenceLine => ({ block: '欠落・損傷・要確認の記載', itemId, item, state: kind, note: why, written: raw })),
    ...bindingLines(sources, form), ...unmatchedLines(sources, form), ...verdictLines(sources),
  ];
}

function documentLines({ declaration, held: { document, digest, kind, acts } }: EvidenceSources, form: Form): readonly EvidenceLine[] {
  const fact = (item: string, shown: string | undefined): readonly EvidenceLine[] => (shown === undefined ? [] : [{ block: '文書', item, shown }]);
  const { number, title, version, publishedOn } = declaration.assessment;
  return [
    ...fact('評価書名', document?.title ?? title), ...fact('評価書番号', String(number)), ...fact('版', `第${version}版（施行日 ${declaration.effectiveFrom}）`), ...fact('版の種類', kind && KINDS[kind]), ...fact('様式の版', document ? editionWords(form, document) : `様式${declaration.assessment.form}`),
    ...(acts.findLast(({ type }) => type === AssessmentSubmitted.type)?.data.simulated === true ? fact('個人情報保護委員会への提出', SIMULATED) : []),
    ...fact('公表日', publishedOn), ...fact('文書のSHA-256', digest), ...(document ? fact('出典', document.source) : fact('文書', digest === undefined ? '評価書の文書によらず施行した記載事項' : '消去済み、又は開けない')),
  ];
}

function actLine(act: Act, labels: Labels): EvidenceLine {
  return { block: '手続', item: operationWord(act.type), department: labels.of('department', act.department), day: act.day ?? todayInJapan(new Date(act.recordedAt)), first: act.position, ...detailOf(act) };
}

/** What an act says openly, so far as a reader has to know it. */
function detailOf({ type, data }: Act): Pick<EvidenceLine, 'shown' | 'state'> {
  switch (type) {
    case AssessmentDrafted.type:
      return { shown: KINDS[(data as EventOf<typeof AssessmentDrafted>['data']).kind] };
    case OpinionsInvited.type:
      return { shown: `${data.from as string} から ${data.to as string} まで` };
    case OpinionsReflected.type:
      return { shown: `意見 ${count(data.opinions as number)}` };
    case AssessmentDecided.type:
      return { shown: `記載内容のSHA-256 ${data.content as string}` };
    case AssessmentSubmitted.type:
      return data.simulated === true ? { state: SIMULATED } : {};
    case AssessmentPublished.type:
      return { shown: `文書のSHA-256 ${data.document as string}、変更箇所 ${count(data.rows as number, '行')}` };
    default:
      return {};
  }
}

function judgementLines({ threshold, thresholdForm }: DocumentInForce, labels: Labels): readonly EvidenceLine[] {
  const block = 'しきい値判断';
  if (!threshold) return [{ block, shown: 'この版とそのもとの版、同じ事務のほかの評価書の手続に、しきい値判断の記録がない' }];
  const lines = thresholdLines(threshold.data as Parameters<typeof thresholdLines>[0]);
  const note = thresholdForm === undefined ? undefined : `同じ事務の様式${thresholdForm}の評価書の手続による`;
  return lines.map(({ position, ...line }, i): EvidenceLine => (i === lines.length - 1 ? { block, ...line, note, department: labels.of('department', threshold.department), first: threshold.position } : { block, ...line, note, ...(position !== undefined && { first: position }) }));
}

function changeLine({ row, starred, judged }: JudgedRow, form: Form, labels: Labels): EvidenceLine {
  const at = { block: '変更箇所と重要な変更の判断', ...(row.itemId !== null && { itemId: row.itemId }), item: row.itemPath ?? (row.itemId !== null && placeOf(form, row.itemId) ? printedName(form, row.itemId) : ''), written: row.explanation ?? '' };
  if (!judged) return { ...at, state: row.submission ?? '', shown: starred === undefined ? '判断の記録を開けない' : starred ? '個別の判断はない（版の種類による）' : '重要な変更の対象でない項目（判断を要しない）' };
  const { label, source } = GROUNDS[judged.ground];
  return { ...at, state: row.submission ?? '', shown: `${label}（${source}）`, note: judged.reason || '理由は消去済み', department: labels.of('department', judged.department), day: judged.on, first: judged.position };
}

function bindingLines({ declaration, held, comparing: { facts } }: EvidenceSources, form: Form): readonly EvidenceLine[] {
  return declaration.files.flatMap((file) => RULES.flatMap((rule): readonly EvidenceLine[] => {
    const written = file.items[rule];
    if (!written) return [];
    const changed = held.modes.get(`${file.code} ${rule}`);
    const { mode, note } = modeOf(file, rule, { facts, changed });
    return [{
      block: '照合する記載', itemId: formItem(rule), item: written.document ?? nameOf(form, rule), file: file.label, written: written.values.map(({ label }) => label).join('、') || '値なし（該当する取扱いを認めない）', state: MODES[mode], note,
      count: written.values.length, ...(changed && { first: changed.position }),
    }];
  }));
}

/** How a rule is held to at the position and why: as it was changed last, or as the version writes it. */
function modeOf(file: DeclaredFile, rule: Rule, { facts, changed }: { readonly facts: Facts; readonly changed: ModeReason | undefined }): { readonly mode: Mode['mode']; readonly note?: string | undefined } {
  const written = file.items[rule]!.mode;
  const mode = facts.modes.get(`${file.code} ${rule}`) ?? written.mode;
  if (changed) return { mode, note: `施行後に変更。理由: ${changed.reason ?? '消去済み'}${changed.until === null ? '' : `（${changed.until} まで）`}` };
  return { mode, note: 'reason' in written ? `${written.reason}${'until' in written ? `（${written.until} まで）` : ''}` : undefined };
}

function nameOf(form: Form, rule: Rule): string {
  return placeOf(form, formItem(rule)) ? printedName(form, formItem(rule)) : '様式に印刷のない項目';
}

/** What is bound and not written, and what is ticked and not bound. */
function unmatchedLines({ declaration, held: { document }, comparing: { label } }: EvidenceSources, form: Form): readonly EvidenceLine[] {
  if (!document) return [];
  const lines = (block: string, found: ReturnType<typeof unbackedIn>): readonly EvidenceLine[] =>
    found.map(({ itemId, at, file, message }) => ({ block, itemId, item: placeOf(form, itemId) ? printedName(form, itemId, at) : itemId, file: label('file', file), shown: message, state: '要確認' }));
  return [...lines('照合する記載にあって評価書にないもの', unbackedIn(form, document, declaration)), ...lines('評価書にあって照合する記載にないもの', unboundIn(form, document, declaration))];
}

function verdictLines({ comparing: { found, label, period }, labels }: EvidenceSources): readonly EvidenceLine[] {
  return found.map(({ check, itemId, item, file, written, shown, verdict, note, query, sum, look }): EvidenceLine => ({
    block: /^[KC]\d/.test(check) ? '記載と実態の突合（照合の名）' : '記載と実態の突合（項目ごと）', itemId, item, file: file === null ? null : label('file', file), written, shown, state: VERDICTS[verdict], note,
    ...(query !== '' && { query, period }), ...(sum && { count: sum.count, ...(sum.count > 0 && { first: sum.first, last: sum.last }) }), where: where(look, labels),
  }));
}
