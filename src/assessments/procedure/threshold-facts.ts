import type { JudgeThreshold } from '../commands.js';
import { formOfVersion } from '../drafts/document.js';
import type { Version } from '../drafts/state.js';
import { judgeThreshold, thresholdAnswers } from '../threshold/judge.js';
import type { ThresholdFacts } from './deciding.js';

/** One figure as the ledger has it: how many, by which query, up to which position. */
export interface Figure {
  readonly count: number;
  readonly query: string;
  readonly position: number;
}

/** 対象となる本人の数 and 取扱者の数 */
export interface Figures {
  readonly subjects: Figure;
  readonly handlers: Figure;
}

/** The judgement by the rules of its day. What is not told is taken from the ledger as it is now. */
export async function thresholdFacts(asked: JudgeThreshold, version: Version, today: string, figures: () => Promise<Figures>): Promise<ThresholdFacts> {
  const { on, incident, incidentAsOf = on } = asked;
  const counted = asked.subjects === undefined || asked.handlers === undefined ? await figures() : undefined;
  const figure = (name: 'subjects' | 'handlers', told: number | undefined, toldOn: string | undefined) =>
    told === undefined ? { value: counted![name].count, asOf: today, query: counted![name].query, position: counted![name].position } : { value: told, asOf: toldOn ?? on, query: 'told', position: null };
  const subjects = figure('subjects', asked.subjects, asked.subjectsOn);
  const handlers = figure('handlers', asked.handlers, asked.handlersOn);
  const judged = judgeThreshold({ subjects, handlers, incident: { latestOn: incident ?? null, asOf: incidentAsOf, query: 'told', position: null } }, { day: on });
  return {
    figures: { subjects: subjects.value, subjectsOn: subjects.asOf, handlers: handlers.value, handlersOn: handlers.asOf, incidentOn: incidentAsOf, ...(incident !== undefined && { latestIncident: incident }) },
    incident: judged.incidentWithinYear,
    from: Object.entries({ subjects, handlers }).flatMap(([name, { query, position }]) => (position === null ? [] : [{ figure: name, query, position }])),
    result: judged.result,
    table: judged.rule,
    cells: version.drafted ? thresholdAnswers(formOfVersion(version), judged) : {},
  };
}
