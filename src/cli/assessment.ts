import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Assessment } from '../assessments/answers/assessment.js';
import { readAssessment } from '../assessments/answers/read-assessment.js';
import { writeAssessment } from '../assessments/answers/write-assessment.js';
import { checkAffair, checkAssessment } from '../assessments/check/check.js';
import type { Finding, Level } from '../assessments/check/rule.js';
import { allForms, formOf } from '../assessments/forms/editions.js';
import { answeredItems, isAnswered, unconfirmedItems } from '../assessments/forms/places.js';
import { moveAssessment, type MoveNote } from '../assessments/moving.js';
import { UsageError } from '../settings.js';
import { table } from './table.js';
import { writeWhole } from './whole-file.js';

/** An assessment with twenty years of changes is less than one megabyte. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_PROBLEMS = 20;

const LEVELS: { readonly [level in Level]: string } = { contradiction: '矛盾', missing: '未記入', question: '要確認' };

export interface EditionLine {
  readonly edition: string;
  readonly form: string;
  readonly name: string;
  readonly mark: string;
  readonly items: number;
  /** of them, those that were not read on a printed copy of this edition */
  readonly unconfirmed: number;
}

/** Which editions of the forms there are. */
export function listEditions(): readonly EditionLine[] {
  return [...allForms().values()].map((form) => ({ edition: form.formId, form: `様式${form.form}`, name: form.name, mark: form.editionMark, items: answeredItems(form).length, unconfirmed: unconfirmedItems(form).filter(isAnswered).length }));
}

export function describeEditions(editions: readonly EditionLine[]): string {
  return table([['版', '様式', '名称', '様式の表示', '記入する項目', 'うち未確認'], ...editions.map(({ edition, form, name, mark, items, unconfirmed }) => [edition, form, name, mark, String(items), String(unconfirmed)])]).join('\n');
}

/** @throws Error when it is no document of a form that is known, with every place and cause */
export function readDocument(file: string): Assessment {
  if (statSync(file).size > MOST_BYTES) throw new Error(`${file} は大きすぎます（${MOST_BYTES / 2 ** 20} MB まで）。評価書のファイルかどうかを確かめてください。`);
  const reading = readAssessment(readFileSync(file, 'utf8'));
  if (reading.ok) return reading.assessment;
  const { problems } = reading;
  const more = problems.length > MOST_PROBLEMS ? [`  ほか ${problems.length - MOST_PROBLEMS} か所`] : [];
  throw new Error([`${file} を評価書として読めません。`, ...problems.slice(0, MOST_PROBLEMS).map(({ path, message, code }) => `  ${path || '/'}: ${message}［${code}］`), ...more].join('\n'));
}

export interface Checked {
  readonly documents: readonly { readonly file: string; readonly edition: string; readonly title: string | null; readonly findings: readonly Finding[] }[];
  /** what the documents say differently */
  readonly affair: readonly Finding[];
}

/** Each document against itself, and several of one affair against each other. @throws Error, UsageError */
export function checkFiles(files: readonly string[]): Checked {
  const read = files.map((file) => ({ file, assessment: readDocument(file) }));
  const twice = read.find(({ assessment: { form } }, at) => read.findIndex(({ assessment }) => assessment.form === form) !== at);
  if (twice) throw new UsageError(`様式${twice.assessment.form}の評価書が二つあります。一つの事務の評価書を、様式ごとに一つずつ指定してください。`);
  return {
    documents: read.map(({ file, assessment }) => ({ file: basename(file), edition: assessment.formId, title: assessment.title, findings: checkAssessment(assessment) })),
    affair: read.length > 1 ? checkAffair(read.map(({ assessment }) => assessment)) : [],
  };
}

export function hasContradiction({ documents, affair }: Checked): boolean {
  return [...documents.flatMap(({ findings }) => findings), ...affair].some(({ level }) => level === 'contradiction');
}

export function describeChecked({ documents, affair }: Checked): string {
  const part = (heading: string, findings: readonly Finding[]): string => {
    const counts = (Object.keys(LEVELS) as Level[]).map((level) => `${LEVELS[level]} ${findings.filter((one) => one.level === level).length} 件`).join('、');
    return [`${heading}: ${counts}`, ...findings.map(({ level, where, message, rule }) => `  ${LEVELS[level]}　${where}: ${message}［${rule}］`)].join('\n');
  };
  return [...documents.map(({ file, edition, findings }) => part(`${file}（${formOf(edition)!.name}、${edition}）`, findings)), ...(documents.length > 1 ? [part('評価書どうし', affair)] : [])].join('\n\n');
}

const NOTES: { readonly [kind in MoveNote['kind']]: string } = {
  new: '新しい項目', gone: 'なくなった項目', kind: '記入の仕方', options: '選択肢', significance: '※', label: '項目の名称', 'fixed-text': '様式の文言', entries: '繰返しの数', table: '別添',
};

export interface MovedFile {
  readonly from: string;
  readonly to: string;
  readonly notes: readonly MoveNote[];
}

/** Writes a document as a draft in another edition of its form. @throws Error, UsageError */
export async function moveFile(file: string, { to, out, force }: { readonly to: string; readonly out: string; readonly force?: boolean }): Promise<MovedFile> {
  const target = formOf(to);
  if (!target) throw new UsageError(`「${to}」という版はありません。版は akashi assessment forms で確かめられます。`);
  const assessment = readDocument(file);
  const source = formOf(assessment.formId)!;
  if (source.form !== target.form) throw new UsageError(`${source.name}を${target.name}に移すことはできません。同じ様式の版を指定してください。`);
  const { assessment: moved, notes } = moveAssessment(assessment, source, target);
  await writeWhole({ out, force: force ?? false, cutOff: '書き終わりませんでした。もう一度実行してください。', interrupted: '中断しました。' }, async (write) => write(Buffer.from(writeAssessment(moved))));
  return { from: source.formId, to, notes };
}

export function describeMoved({ notes }: MovedFile, out: string): string {
  const lines = notes.map(({ kind, message }) => `  ${NOTES[kind]}　${message}`);
  return [`${out} に、移した先の版の案を書きました。`, notes.length === 0 ? '人が確かめる項目はありません。' : `人が確かめる項目: ${notes.length} 件`, ...lines].join('\n');
}
