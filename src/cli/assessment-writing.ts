import { readFileSync } from 'node:fs';
import type { VersionKind } from '../assessments/events.js';
import { UsageError } from '../settings.js';
import { readDocument } from './assessment.js';
import { cellOf, nextOf, versionOf } from './assessment-versions.js';
import { ApiError, type Client } from './client.js';
import { writeWhole } from './whole-file.js';

export interface Drafting {
  readonly kind: VersionKind;
  readonly from?: string;
  readonly number?: number;
  readonly affair?: string;
  readonly edition?: string;
  readonly bindings?: string;
  readonly reason?: string;
}

/** Begins a version: from a document, from a published version, or blank. What is not told is taken from either. @throws Error, UsageError */
export async function draftVersion(client: Client, token: string, file: string | undefined, { kind, from, bindings, reason, ...told }: Drafting): Promise<{ readonly id: string }> {
  const document = file === undefined ? undefined : readDocument(file);
  const base = from === undefined ? undefined : await versionOf(client, token, from);
  const { number = base?.number, affair = base?.affair, edition = document?.formId ?? base?.edition } = told;
  const missing = Object.entries({ '--number <評価書番号>': number, '--affair <符号>': affair, '--edition <版>（akashi assessment forms で確かめられます）': edition }).find(([, value]) => value === undefined);
  if (missing) throw new UsageError(`${missing[0]} を指定してください。もとにする版（--from <版ID>）があれば、そこから取られます。`);
  return client.send<{ id: string }>('POST', '/assessments', token, {
    kind, number, affair, edition, ...(from !== undefined && { basedOn: from }), ...(document && { document: JSON.stringify(document) }), ...(bindings !== undefined && { bindings: readFileSync(bindings, 'utf8') }), ...(reason !== undefined && { reason }),
  });
}

export interface Amending {
  /** the entries around the cell, the outermost first */
  readonly entry?: readonly string[];
  readonly value?: string;
  readonly file?: string;
  readonly revision?: number;
  readonly cause?: string;
  readonly reason?: string;
}

/** Writes one cell. @throws ApiError that says what was set aside, where somebody else had written meanwhile */
export async function amendItem(client: Client, token: string, id: string, item: string, { entry: entries = [], value, file, revision, ...rest }: Amending): Promise<object> {
  const answer = answerIn(value, file);
  const seen = revision ?? cellOf(await versionOf(client, token, id), { item, entries })?.revision ?? 0;
  return client.send<object>('POST', `/assessments/${id}/amendments`, token, { item, entries, revision: seen, value: answer, ...rest }).catch((error: unknown) => {
    throw error instanceof ApiError && error.problem.code === 'item-changed' ? setAside(error, id) : error;
  });
}

function answerIn(value: string | undefined, file: string | undefined): unknown {
  if (file !== undefined) return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  try {
    return JSON.parse(value!) as unknown;
  } catch {
    throw new UsageError('--value は JSON で指定してください。文は "…" のように引用符で囲むか、--file で文のファイルを指定してください。');
  }
}

function setAside({ status, problem }: ApiError, id: string): ApiError {
  const { aside, current } = problem as { readonly aside: number; readonly current: { readonly revision: number; readonly by: string | null } };
  return new ApiError(status, problem, `取り置きの番号は ${aside}、いまの文の改訂番号は ${current.revision}（職員 ${current.by}）です。akashi assessment show ${id} で見比べ、akashi assessment take ${id} ${aside} で取るか、akashi assessment drop ${id} ${aside} で捨ててください。`);
}

/** Takes what was set aside over what stands in its cell. @throws UsageError when there is none of that number */
export async function takeSetAside(client: Client, token: string, id: string, aside: number, { revision, ...rest }: { readonly revision?: number; readonly reason?: string }): Promise<object> {
  const version = await versionOf(client, token, id);
  const kept = version.setAside.find((one) => one.aside === aside);
  if (!kept) throw new UsageError(`この番号の取り置きはないか、すでに片付いています。akashi assessment show ${id} で確かめてください。`);
  return client.send<object>('POST', `/assessments/${id}/set-asides/takings`, token, { aside, revision: revision ?? cellOf(version, kept)?.revision ?? 0, ...rest });
}

/** What the engine checks, written anew over what stands there now. */
export async function bindVersion(client: Client, token: string, id: string, file: string, reason: string | undefined): Promise<object> {
  const bindings = readFileSync(file, 'utf8');
  const revision = (await versionOf(client, token, id)).bindings?.revision ?? 0;
  return client.send<object>('POST', `/assessments/${id}/bindings`, token, { revision, bindings, ...(reason !== undefined && { reason }) });
}

/** Records a step, and says which comes next. */
export async function takeStep(client: Client, token: string, id: string, end: string, body: object): Promise<readonly [object, string]> {
  const { incident, ...rest } = body as { readonly incident?: string | boolean };
  const said = end === 'thresholds' ? { ...rest, ...(incident === false ? { noIncident: true } : typeof incident === 'string' && { incident }) } : body;
  const answer = await client.send<object>('POST', `/assessments/${id}/${end}`, token, said);
  const version = await versionOf(client, token, id);
  const judged = end === 'thresholds' ? (version.procedure.find(({ step }) => step === 'threshold')!.done as { readonly subjects: number; readonly handlers: number; readonly result: string }) : undefined;
  const next = nextOf(version);
  const came = judged && `対象となる本人の数 ${judged.subjects}、取扱者の数 ${judged.handlers}、結果 ${RESULTS[judged.result]}`;
  return [judged ? { ...answer, ...judged } : answer, ['記録しました。', came, next && `次: ${next}`].filter(Boolean).join('\n')];
}

const RESULTS: { readonly [result: string]: string } = { notRequired: '評価の実施を要しない', basicRequired: '基礎項目評価', focusedRequired: '重点項目評価', fullRequired: '全項目評価' };

/** Writes a version in its official form, for its owner alone. */
export async function exportForm(client: Client, token: string, id: string, { format, public: isPublic = false, evidence = false, out, force = false }: { readonly format: string; readonly public?: boolean; readonly evidence?: boolean; readonly out: string; readonly force?: boolean }): Promise<{ readonly file: string; readonly format: string; readonly bytes: number }> {
  const bytes = await writeWhole({ out, force, cutOff: '書き終わりませんでした。もう一度実行してください。', interrupted: '中断しました。' }, async (write) => {
    const form = await client.bytes(`/assessments/${id}/form?${new URLSearchParams({ format, ...(evidence && { evidence: 'true' }), ...(isPublic && { edition: 'public' }) })}`, token);
    write(form);
    return form.length;
  });
  return { file: out, format, bytes };
}

/** The parts that are not made public, as a file lists them. @throws UsageError when it is no list */
export function itemsIn(file: string): readonly unknown[] {
  let items: unknown;
  try {
    items = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? new UsageError(`${file} を JSON として読めません。`) : error;
  }
  if (!Array.isArray(items)) throw new UsageError(`${file} は、公表しない部分の配列（JSON）にしてください。`);
  return items as readonly unknown[];
}

/** 暫定の記載事項, from a file. */
export function putProvisionalInForce(client: Client, token: string, file: string, { reason }: { readonly reason: string }): Promise<object> {
  return client.send<object>('POST', '/declarations/in-force/provisional', token, { document: readFileSync(file, 'utf8'), reason });
}
