import { isWithin } from '../check/change-text.js';
import { checkAssessment } from '../check/check.js';
import { DocumentView } from '../check/document.js';
import type { Finding } from '../check/rule.js';
import { baseName, fold, headingsIn } from '../check/text.js';
import { formOf } from '../forms/editions.js';
import type { Form } from '../forms/form.js';
import { rowPath } from './printed.js';
import type { Change, Comparison } from './comparison.js';
import type { ChangeFinding } from './change-finding.js';
import { removedThings, safeguardChanges, type Link } from './safeguards.js';

/** What a measure says of itself that is not done yet. */
const UNFINISHED = /予定(?:である|している|です|。|$)|検討(?:中|している|する)|準備中|調整中|未(?:整備|実施|対応|導入|策定)|(?:今後|将来)[^。]{0,20}(?:整備|対応|導入)/;

/** Blocks whose entries, once all of them are gone, leave a section of chapter Ⅲ without a subject. */
const SECTIONS: readonly { readonly repeats: readonly string[]; readonly section: string; readonly box: string; readonly what: string }[] = [
  { repeats: ['file.recipients', 'file.transfers'], section: 'risk.provision', box: 'risk.provision.none', what: '提供先・移転先' },
  { repeats: ['file.entrustments'], section: 'risk.entrustment', box: 'risk.entrustment.none', what: '委託事項' },
];

export interface DependencyOptions {
  readonly links?: readonly Link[];
  readonly editions?: (formId: string) => Form | undefined;
  /** The day on which a draft is to be published: its citations must be right then. */
  readonly publishedOn?: string;
}

/** What the change of one item asks of the others and did not get. Nothing is concluded from what was lost. */
export function dependencyFindings(comparison: Comparison, options: DependencyOptions = {}): readonly ChangeFinding[] {
  return [...whatStays(comparison), ...emptySections(comparison), ...whatGoes(comparison, options.links ?? []), ...unfinished(comparison), ...unlisted(comparison), ...broughtIn(comparison, options)];
}

/** A thing is gone and a measure for it, or the mention of it, stays. */
function* whatStays({ after, form, changes, entries }: Comparison): Iterable<ChangeFinding> {
  const document = new DocumentView(after, form);
  const texts = document.passages('file', 'risk', 'control').map((passage) => ({ ...passage, folded: withoutEnded(passage.text), headings: headingsIn(passage.text) }));
  for (const name of removedThings({ changes, entries })) {
    // The same name may stay with another number: 「…システムの保守」 of two entrustments.
    if (document.passages('basic.systems.name', 'file.recipients.name', 'file.entrustments.title').some(({ text }) => !/終了】/.test(fold(text)) && baseName(text) === name)) continue;
    for (const { itemId, at, headings, folded } of texts) {
      const heading = headings.find((one) => one.includes(name));
      if (heading !== undefined) yield { code: 'removed-measure-stays', level: 'contradiction', itemPath: rowPath(form, itemId, at), message: `「${name}」はなくなりましたが、「${heading}における措置」が残っています` };
      else if (folded.includes(name)) yield { code: 'removed-still-named', level: 'question', itemPath: rowPath(form, itemId, at), message: `「${name}」はなくなりましたが、記載が残っています` };
    }
  }
}

/** The last entry is gone and chapter Ⅲ still speaks of it. */
function* emptySections({ before, after, form, entries }: Comparison): Iterable<ChangeFinding> {
  const [older, document] = [new DocumentView(before, form), new DocumentView(after, form)];
  for (const { repeats, section, box, what } of SECTIONS) {
    for (const file of document.files) {
      // The file may have had another number.
      const pair = entries.find((one) => one.repeat === 'file' && one.after?.[0]?.index === file[0]!.index);
      const had = repeats.flatMap((repeat) => older.entries(repeat)).filter((at) => at[0]?.index === pair?.before?.[0]?.index);
      const lost = repeats.some((repeat) => document.counts(repeat).some(({ count }) => count === null));
      const left = repeats.flatMap((repeat) => document.entries(repeat)).filter((at) => at[0]?.index === file[0]!.index);
      const item = document.item(box);
      if (lost || had.length === 0 || left.length > 0 || !item || !document.item(section)) continue;
      const none = item.ticks[0] && document.isTicked(box, item.ticks[0].code, document.riskOf(file));
      if (none === false) yield { code: 'section-without-subject', level: 'contradiction', itemPath: rowPath(form, section, document.riskOf(file)), message: `${what}が全て削除されましたが、「${item.ticks[0]!.label}」にチェックがなく、リスク対策が残っています` };
    }
  }
}

/** A measure is gone and what it protected stays. */
function* whatGoes(comparison: Comparison, links: readonly Link[]): Iterable<ChangeFinding> {
  const document = new DocumentView(comparison.after, comparison.form);
  const staying = document.passages('basic.systems.name', 'file.recipients.name', 'file.entrustments.title').filter(({ text }) => !/終了】/.test(fold(text))).map(({ text }) => baseName(text));
  for (const { change, removal } of safeguardChanges(comparison, links)) {
    if (removal !== 'unlinked') continue;
    const protectedStays = links.filter(({ itemId, block }) => itemId === change.itemId && (block === undefined || fold(block) === fold(change.block ?? ''))).flatMap(({ protects }) => protects).find((name) => staying.includes(baseName(name)));
    const heading = headingsIn(change.block ?? '')[0];
    const system = protectedStays ?? (change.after.whole === '' && heading !== undefined ? staying.find((name) => name !== '' && (heading.includes(name) || name.includes(heading))) : undefined);
    if (system !== undefined) yield { ...at(change), code: 'measure-gone-function-stays', level: 'contradiction', message: `措置を削っていますが、守っていた「${system}」は残っています` };
    else yield { ...at(change), code: 'measure-gone-alone', level: 'question', message: '措置を削っていますが、守っていた機能の廃止が見当たりません。リスクを高める変更でないか確かめてください' };
  }
}

/** A measure that the new version writes as one still to come. */
function* unfinished({ changes }: Comparison): Iterable<ChangeFinding> {
  for (const change of changes) {
    if (!/^(?:risk|control)\./.test(change.itemId)) continue;
    const words = change.hunks.flatMap(({ after }) => UNFINISHED.exec(fold(after))?.[0] ?? []).find((found) => !change.hunks.some(({ before }) => fold(before).includes(found)));
    if (words !== undefined) yield { ...at(change), code: 'measure-unfinished', level: 'question', message: `変更後の措置に「${words.replace(/。$/, '')}」とあり、済んでいないことがうかがえます` };
  }
}

/** A difference that the change table of the later publication does not list (様式 別添 変更箇所). Drafts, and copies being worked on, have no table of their own yet. */
function* unlisted({ before, after, changes }: Comparison): Iterable<ChangeFinding> {
  if (after.status !== 'published' || (after.publishedOn ?? '') <= (before.publishedOn ?? '')) return;
  const known = new Set(before.changeLog.map((row) => JSON.stringify(row)));
  const rows = after.changeLog.flatMap((row) => (row.itemId === null || known.has(JSON.stringify(row)) ? [] : [row.itemId]));
  for (const change of changes) {
    const isListed = change.cosmetic || change.kind === 'edition' || rows.some((itemId) => isWithin(itemId, change.itemId));
    if (!isListed) yield { ...at(change), code: 'change-unlisted', level: 'contradiction', message: '前の版から変わっていますが、変更箇所に行がありません' };
  }
}

/** What the checker says of the new version and did not say of the one before: counts, citations, boxes. The change tables are another's affair. */
function* broughtIn({ before, after, form }: Comparison, { editions = formOf, publishedOn }: DependencyOptions): Iterable<ChangeFinding> {
  const without = (assessment: typeof after) => checkAssessment({ ...assessment, changeLog: [] }, editions);
  // A finding is the same in whatever entry it now stands.
  const name = ({ rule, itemId, message }: Finding): string => `${rule} ${itemId} ${message}`;
  const left = without({ ...before, formId: form.formId }).map(name);
  for (const finding of without({ ...after, publishedOn: after.publishedOn ?? publishedOn ?? null })) {
    const known = left.indexOf(name(finding));
    if (known >= 0) left.splice(known, 1);
    else yield { code: finding.rule, level: finding.level, itemPath: rowPath(form, finding.itemId, finding.at), message: finding.message };
  }
}

function at({ key, itemPath }: Change): Pick<ChangeFinding, 'change' | 'itemPath'> {
  return { change: key, itemPath };
}

/** A text without the names that say themselves that the thing has ended. */
function withoutEnded(text: string): string {
  return fold(text).replace(/[^、。・「」]*【[^】]*終了】/g, '');
}
