import type { ReportDefinition } from './definition.js';
import { audit10, audit9 } from './definitions/audit/duties.js';
import { audit4, audit5, audit6, audit8 } from './definitions/audit/handling.js';
import { audit7 } from './definitions/audit/outputs.js';
import { audit1, audit2 } from './definitions/audit/persons.js';
import { audit3 } from './definitions/audit/second-person.js';
import { collectionRegister } from './definitions/collection-register/report.js';
import { handlingLogReport } from './definitions/handling-log/report.js';
import { rightsOfDeparted } from './definitions/ids/departed.js';
import { idList } from './definitions/ids/list.js';
import { idReconciliation } from './definitions/ids/reconciliation.js';
import { unusedIds } from './definitions/ids/unused.js';
import { monthlyLogReview } from './definitions/monthly-log-review/report.js';
import { conformanceReport } from './definitions/conformance/report.js';
import { evidenceReport } from './definitions/conformance/evidence.js';
import { simulationReport } from './definitions/conformance/simulation.js';
import { personRecord } from './definitions/person-record/report.js';
import { refusals, refusalsSummary } from './definitions/refusals/report.js';
import { suspicionPreview } from './definitions/suspicion-preview/report.js';
import { suspiciousHandlings } from './definitions/suspicious-handlings/report.js';
import { difference } from './definitions/replay/difference.js';
import { sample } from './definitions/replay/sample.js';
import { stepThrough } from './definitions/replay/step-through.js';
import { whoCouldSee } from './definitions/replay/who-could-see.js';
import { signIns } from './definitions/sign-ins/report.js';

/** Every report. A new one is a folder of its own, a line here, and one for the threads in definitions/by-name.ts. */
export const reports: readonly ReportDefinition[] = [handlingLogReport, collectionRegister, refusals, refusalsSummary, signIns, suspiciousHandlings, suspicionPreview, personRecord, idList, idReconciliation, rightsOfDeparted, unusedIds, monthlyLogReview, audit1, audit2, audit3, audit4, audit5, audit6, audit7, audit8, audit9, audit10, conformanceReport, evidenceReport, simulationReport, whoCouldSee, stepThrough, difference, sample];

export function reportNamed(name: string): ReportDefinition {
  const found = reports.find((definition) => definition.name === name);
  if (!found) throw new Error(`there is no report ${name}`);
  return found;
}
