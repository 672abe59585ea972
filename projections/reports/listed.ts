import { fieldsOf, type DescribedField } from '../../src/walks/fields.js';
import { reports } from './all.js';
import type { ReportDefinition } from './definition.js';
import { FORMATS, type Format } from './report.js';

/** A report as whoever may ask for it sees it. */
export interface ListedReport extends Pick<ReportDefinition, 'name' | 'title' | 'about' | 'right'> {
  readonly formats: readonly Format[];
  readonly parameters: readonly DescribedField[];
}

/** The reports with their parameters. */
export async function listedReports(): Promise<readonly ListedReport[]> {
  return Promise.all(reports.map(async ({ name, title, about, right, terms }) => ({ name, title, about, right, formats: FORMATS, parameters: fieldsOf(await terms()) })));
}
