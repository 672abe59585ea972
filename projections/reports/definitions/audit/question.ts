import type { CommandClass } from '../../../../src/walks/command-class.js';
import { streamWord } from '../../../words.js';
import { inBlocks, report, type ReportDefinition, type ReportSources } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import type { ReportTerms } from '../../terms.js';
import { COMMON } from '../columns.js';

/** 違反: it should not be · 注意: somebody has to look · 参考: what was asked for */
export const VERDICTS = { violation: '違反', notice: '注意', fact: '参考' } as const;

/** 調べた件数: the last line of each answer. */
export const POPULATION = '調べた件数';

export interface Answer {
  readonly verdict: keyof typeof VERDICTS;
  /** Japanese: what was found */
  readonly matter: string;
  /** the event that shows it */
  readonly position: number | null;
  readonly recordedAt: string | null;
  readonly staff: string | null;
  /** person, stream, right or rule that it is about */
  readonly about: string | null;
  readonly detail: string;
}

/** The heading under which a question's verdict stands in every format. */
export const VERDICT: Column = { key: 'verdict', label: '判定', kind: 'text', width: 3 };

const COLUMNS: readonly Column[] = [
  VERDICT, COMMON.matter, COMMON.position, { ...COMMON.recordedAt, width: 7 }, COMMON.staff, COMMON.about, { ...COMMON.detail, width: 16 },
];

interface Question<T extends ReportTerms> {
  /** one of the ten that an auditor asks */
  readonly number: number;
  readonly title: string;
  readonly about: string;
  readonly registers: readonly string[];
  readonly terms?: () => Promise<CommandClass<T>>;
  readonly subject?: (terms: T) => string | undefined;
  /** what else a reader has to know */
  readonly notes?: readonly string[];
  /** what no event tells yet */
  readonly cannotSee: readonly string[];
  /** gives, at its end, how many of what it looked through, Japanese */
  readonly answers: (sources: ReportSources, terms: T) => Answers;
}

export type Answers = Generator<Answer, string, undefined>;

const BLOCK = 500;

/** Behind the answers of how many they are: where there is none, that is none of so many. */
function* withPopulation(answers: Answers): Generator<Answer> {
  const detail = yield* answers;
  yield { verdict: 'fact', matter: POPULATION, position: null, recordedAt: null, staff: null, about: null, detail };
}

/** A number of something, for the line of the population. */
export function many(what: string, count: number, unit = '件'): string {
  return `${what} ${count.toLocaleString('en-US')} ${unit}`;
}

/** A question of an auditor as a report: the same route, formats, stamp and record of who asked. */
export function question<T extends ReportTerms>({ number, title, about, registers, terms, subject, notes = [], cannotSee, answers }: Question<T>): ReportDefinition {
  return report<T>({
    name: `audit-${number}`,
    title: `監査の問${number} ${title}`,
    about,
    right: 'log:read',
    registers,
    terms: terms ?? (async () => (await import('./terms.js')).AuditTerms as unknown as CommandClass<T>),
    file: () => 'handling-log',
    ...(subject && { subject }),
    columns: () => COLUMNS,
    notes: ['「違反」がないことは、下記の答えられないことを除き、記録の上で違反が見つからなかったことを示す。職員と本人は ID で示す。', ...notes, ...cannotSee.map((what) => `まだ答えられないこと: ${what}`)],
    *read(sources, given) {
      for (const block of inBlocks(withPopulation(answers(sources, given)), BLOCK)) {
        yield block.map(({ verdict, matter, position, recordedAt, staff, about: whom, detail }): ReportRow => [VERDICTS[verdict], matter, position, recordedAt, staff, whom === null ? null : streamWord(whom), detail]);
      }
    },
  });
}
