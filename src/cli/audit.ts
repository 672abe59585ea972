import { reports } from '../../projections/reports/all.js';
import { VERDICTS } from '../../projections/reports/definitions/audit/question.js';
import type { ReportHead } from '../../projections/reports/report.js';
import { UsageError } from '../settings.js';
import type { Client } from './client.js';
import { askingFor, takePieces } from './report.js';
import { japanTime, table } from './table.js';

/** How many questions an auditor has. */
const QUESTIONS = 10;

interface Asked extends ReportHead {
  readonly rows: readonly { readonly verdict: string; readonly matter: string; readonly position: number | null; readonly recordedAt: string | null; readonly staff: string | null; readonly about: string | null; readonly detail: string }[];
}

export interface Audit {
  readonly answers: readonly object[];
  readonly violations: number;
  readonly text: string;
}

/** The questions themselves. */
export function describeQuestions(): readonly [object, string] {
  const asked = reports.filter(({ name }) => name.startsWith('audit-')).map(({ name, title, about }) => ({ question: Number(name.slice('audit-'.length)), title, about }));
  return [asked, ['監査の十の問（akashi audit <番号>。すべて問うには akashi audit all）', ...table(asked.map(({ question, title }) => [`  ${question}`, title.replace(/^監査の問\d+ /, '')]))].join('\n')];
}

/** Which of the ten are asked. `all` leaves out the first when nobody is named. @throws UsageError */
export function questionsOf(which: string, subject: string | undefined): readonly number[] {
  if (which === 'all') return Array.from({ length: QUESTIONS }, (_, i) => i + 1).filter((number) => number > 1 || subject !== undefined);
  const number = Number(which);
  if (!/^\d{1,2}$/.test(which) || number < 1 || number > QUESTIONS) throw new UsageError(`問は1から${QUESTIONS}までの番号か all で指定してください。一覧は akashi audit`);
  if (number === 1 && subject === undefined) throw new UsageError('問1は本人を --subject <ID> で指定してください。');
  return [number];
}

/** Asks the engine, as one member of staff; each question is a report that is recorded. On a terminal it is shown how far each has come. */
export async function ask(client: Client, token: string, questions: readonly number[], subject: string | undefined): Promise<Audit> {
  const answers: Asked[] = [];
  for (const number of questions) {
    const { headers, pieces } = await client.download(`/reports/audit-${number}`, token, number === 1 ? { subject } : {}, new AbortController().signal);
    const taken: Uint8Array[] = [];
    await takePieces((piece) => taken.push(piece), pieces, askingFor(client, token, headers.get('akashi-report-run')!), `問${number} `);
    answers.push(JSON.parse(Buffer.concat(taken).toString()) as Asked);
  }
  const violations = answers.reduce((sum, { rows }) => sum + count(rows, VERDICTS.violation), 0);
  return { answers, violations, text: answers.map((answer) => describe(answer, answers.length > 1)).join('\n\n') };
}

/** Lines that are shown of one question when several are asked. */
const LINES_EACH = 10;

function describe({ title, stamp, rows, notes }: Asked, isOneOfMany: boolean): string {
  const counts = Object.values(VERDICTS).map((verdict) => `${verdict} ${count(rows, verdict)} 件`).join('、');
  const first = rows.filter(({ verdict }) => !isOneOfMany || verdict !== VERDICTS.fact);
  const shown = isOneOfMany ? first.slice(0, LINES_EACH) : first;
  const lines = shown.map(({ verdict, matter, position, recordedAt, staff, about, detail }) => [`  ${verdict}`, matter, position === null ? '' : String(position), recordedAt === null ? '' : japanTime(recordedAt), staff ?? '', about ?? '', detail]);
  const rest = first.length - shown.length;
  const until = stamp.recordedAt === null ? '' : `（位置 ${stamp.position}、${japanTime(stamp.recordedAt)} まで）`;
  return [`${title}${until}: ${counts}`, ...table(lines), ...(rest > 0 ? [`  ほか ${rest} 件`] : []), ...notes.filter((note) => note.startsWith('まだ')).map((note) => `  ※ ${note}`)].join('\n');
}

function count(rows: Asked['rows'], wanted: string): number {
  return rows.filter(({ verdict }) => verdict === wanted).length;
}
