import { readFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { Option, type Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { reports } from '../../projections/reports/all.js';
import { FORMATS, type Format } from '../../projections/reports/report.js';
import type { RunStatus } from '../../projections/reports/runs.js';
import { UsageError } from '../settings.js';
import type { DescribedField } from '../walks/fields.js';
import type { Client } from './client.js';
import { moment } from './moment.js';
import { japanTime, table } from './table.js';
import { requireFree, writeWhole } from './whole-file.js';

export interface ReportRequest {
  readonly name: string;
  readonly title: string;
  readonly format: Format;
  readonly out: string;
  /** writes over a file that is there */
  readonly force: boolean;
  readonly terms: object;
}

export interface WrittenReport {
  readonly report: string;
  readonly run: string;
  readonly format: Format;
  readonly file: string;
  readonly rows: number;
  /** the ledger was read up to here, and when that was recorded; null of an empty one */
  readonly position: number;
  readonly recordedAt: string | null;
}

/** The reports that there are. */
export function describeReports(): readonly [object, string] {
  const lines = table(reports.map(({ name, title, about }) => [`  ${name}`, title, about]));
  return [reports.map(({ name, title, about }) => ({ name, title, about })), ['報告の一覧（条件は akashi report <報告> --help）', ...lines].join('\n')];
}

/** What stands for a value in the help. */
function placeholderOf({ schema }: DescribedField): string {
  if (schema.format === 'uuid') return 'ID';
  if (schema.format === 'date-time') return '日付又は日時';
  if (schema.format === 'date') return '日付';
  if (schema.type === 'integer') return '番号';
  if (schema.type === 'array') return 'CSV';
  return schema.enum ? '区分' : '符号';
}

function optionOf(field: DescribedField): Option {
  const flag = `--${field.name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const columns = field.columns ? `（CSV、UTF-8。見出しは ${field.columns.map(({ label }) => label).join('、')}）` : '';
  const option = new Option(field.schema.type === 'boolean' ? flag : `${flag} <${placeholderOf(field)}>`, `${field.label}${columns}`);
  if (field.schema.enum) option.choices([...field.schema.enum]);
  return field.required ? option.makeOptionMandatory() : option;
}

type Written = readonly [value: WrittenReport, said: string];

/** A verb for each report, with an option for each of its parameters. */
export async function reportCommands(
  verbs: Command,
  asStaff: Option,
  whole: (option: string, text: string, min: number) => number,
  run: (as: string | undefined, request: ReportRequest, write: (client: Client, token: string, request: ReportRequest) => Promise<Written>) => Promise<void>,
): Promise<void> {
  const { listedReports } = await import('../../projections/reports/listed.js');
  for (const { name, title, about, parameters } of await listedReports()) {
    const verb = verbs.command(name).description(`${title}: ${about}`).addOption(asStaff);
    verb.addOption(new Option('--format <形式>', '出力の形式（省略すると --out の末尾の形式、それもなければ csv）。xlsx と pdf は5万行まで').choices([...FORMATS]));
    verb.requiredOption('--out <ファイル>', '書き出すファイル').option('--force', '同じ名のファイルがあれば置き換える');
    for (const field of parameters) verb.addOption(optionOf(field));
    verb.action(({ as, format: asked, out, force = false, ...given }: { as?: string; format?: Format; out: string; force?: boolean; [parameter: string]: unknown }) => {
      const terms = Object.fromEntries(parameters.flatMap((field) => {
        const value = given[field.name];
        if (value === undefined) return [];
        if (field.columns) return [[field.name, rowsOf(optionOf(field).long!, value as string, field.columns)]];
        if (field.schema.format === 'date-time') return [[field.name, moment(value as string, field.name === 'to' ? 'end' : 'start')]];
        return [[field.name, field.schema.type === 'integer' ? whole(optionOf(field).long!, value as string, 0) : value]];
      }));
      const format = formatFor(out, asked);
      requireFree({ out, force });
      return run(as, { name, title, format, out, force, terms }, writeReportFile);
    });
  }
}

/** The format that the name of the file ends in, unless another is asked for. @throws UsageError where both are told and differ */
function formatFor(out: string, asked: Format | undefined): Format {
  const named = FORMATS.find((format) => out.toLowerCase().endsWith(`.${format}`));
  if (asked !== undefined && named !== undefined && asked !== named) throw new UsageError(`--out の末尾（.${named}）と --format（${asked}）が違います。`);
  return asked ?? named ?? 'csv';
}

/** The lines of a CSV as the items of a list: its heading has the labels of members, or their names. Columns that have another heading are left out. @throws UsageError */
function rowsOf(option: string, file: string, columns: readonly DescribedField[]): readonly object[] {
  let records: string[][];
  try {
    records = parse(readFileSync(file, 'utf8'), { bom: true, skip_empty_lines: true, trim: true });
  } catch {
    throw new UsageError(`${option} の CSV を読めません。UTF-8 のファイルを指定してください。`);
  }
  const [heading = [], ...lines] = records;
  const names = heading.map((text) => columns.find(({ name, label }) => name === text || label === text)?.name);
  if (!names.some((name) => name !== undefined)) throw new UsageError(`${option} の CSV の見出しは ${columns.map(({ label }) => label).join('、')} のどれかにしてください。`);
  return lines.map((cells) => Object.fromEntries(cells.flatMap((cell, i) => (names[i] === undefined || cell === '' ? [] : [[names[i], cell]]))));
}

/** How often a run is asked how far it has come. */
const ASK_MS = 250;

const CUT_OFF = '報告が途中で切れました。もう一度実行してください。書きかけのファイルは消しました。';
const INTERRUPTED = '中断しました。書きかけのファイルは消しました。';

/** Has a report written into a file for its owner alone. */
export async function writeReportFile(client: Client, token: string, { name, title, format, terms, ...file }: ReportRequest): Promise<Written> {
  const { out } = file;
  const { run, recordedAt, rows, upTo } = await writeWhole({ ...file, cutOff: CUT_OFF, interrupted: INTERRUPTED }, async (write, signal) => {
    const { headers, pieces } = await begunReport(client, token, { path: `/reports/${name}?format=${format}`, terms, signal });
    const id = headers.get('akashi-report-run')!;
    const ask = askingFor(client, token, id);
    await takePieces(write, pieces, ask);
    const { status, ...ended } = await ask();
    if (status !== 'complete') throw new Error(CUT_OFF);
    return { ...ended, run: id, recordedAt: headers.get('akashi-recorded-at') };
  });
  const until = recordedAt === null ? '記録がまだない台帳' : `位置 ${upTo}（${japanTime(recordedAt)}）までの記録`;
  return [{ report: name, run, format, file: out, rows, position: upTo, recordedAt }, `${title}: ${rows.toLocaleString()} 行を ${out} に書きました（${until}）。`];
}

/** Begins a report. What cannot be asked is a call that is wrong, as one is that the command line refuses by itself. @throws UsageError */
export async function begunReport(client: Client, token: string, { path, terms, signal }: { readonly path: string; readonly terms: object; readonly signal: AbortSignal }): ReturnType<Client['download']> {
  try {
    return await client.download(path, token, terms, signal);
  } catch (error) {
    const { status } = error as { readonly status?: number };
    throw status === 400 || status === 422 ? new UsageError((error as Error).message) : error;
  }
}

/** How far a run has come. */
export function askingFor(client: Client, token: string, run: string): () => Promise<RunStatus> {
  return () => client.send<RunStatus>('GET', `/reports/runs/${run}`, token);
}

/** Takes the pieces of an answer as they come. On a terminal it is shown meanwhile how far the run has come. */
export async function takePieces(write: (piece: Uint8Array) => void, pieces: AsyncIterable<Uint8Array>, ask: () => Promise<RunStatus>, what = ''): Promise<void> {
  const bar = process.stderr.isTTY ? new SingleBar({ format: `  ${what}{bar} {percentage}%  {rows} 行  経過 {duration_formatted}`, hideCursor: true, clearOnComplete: true, barsize: 24, stream: process.stderr }) : undefined;
  bar?.start(1, 0, { rows: 0 });
  const asking = bar && setInterval(() => {
    void ask().then(({ rows, position, upTo }) => {
      bar.setTotal(Math.max(1, upTo));
      bar.update(position, { rows: rows.toLocaleString() });
    }).catch(() => undefined);
  }, ASK_MS);
  try {
    for await (const piece of pieces) write(piece);
  } finally {
    clearInterval(asking);
    bar?.stop();
  }
}
