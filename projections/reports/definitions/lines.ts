import { logBlocks, type LogFilter, type LogLine } from '../../handling-log/query.js';
import { BLOCK, given, periodOf, type ReportSources } from '../definition.js';
import type { PeriodTerms } from '../terms.js';

export const HANDLING_LOG = 'handling-log';
export const ACCESS_LOG = 'access-log';

/** Said above each list of handlings. */
export const BY_ID = '職員と本人は ID で示す。氏名は開いていない。';
/** Said above each list of what staff did, where no person stands. */
export const STAFF_BY_ID = '職員は ID で示す。氏名は開いていない。';

/** What did not go as it is written. */
export const NOT_WRITTEN = ['refused', 'deviation'] as const;

/** The lines of the handling log that fit, behind a position and up to the position that is asked for, in the order of their recording. */
export function* handlingLines({ register, upTo, reached }: ReportSources, filter: LogFilter & PeriodTerms, after = 0): Iterable<readonly LogLine[]> {
  const { upTo: _, from: __, to: ___, ...words } = filter;
  const db = register(HANDLING_LOG);
  for (const lines of logBlocks(() => db, { ...given(words), ...periodOf(filter) }, { after, upTo, size: BLOCK, withoutSessions: true })) {
    yield lines;
    if (lines.length > 0) reached(lines.at(-1)!.position);
  }
}

/** The persons of a line: by id, up to fifty; beyond that how many. */
export function personsOf({ subjects, subjectCount }: LogLine): string {
  return subjects.length === subjectCount ? subjects.join(' ') : `${subjectCount}人`;
}
