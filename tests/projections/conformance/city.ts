import { conformance, type Row } from '../../../projections/conformance/conformance.js';
import { factsOf } from '../../../projections/conformance/facts.js';
import type { Period } from '../../../projections/conformance/practice.js';
import { Labels } from '../../../projections/reports/labels.js';
import type { Operation } from '../../../projections/registers/operations/query.js';
import { LogReviewOpened, LogReviewSigned } from '../../../src/access/log-reviews/events.js';
import { TerminalRegistered } from '../../../src/access/terminals/events.js';
import type { Assessment } from '../../../src/assessments/answers/assessment.js';
import { InformationProvided } from '../../../src/exchange/events.js';
import { readDeclaration } from '../../../src/handling/declaration-file.js';
import type { Declaration } from '../../../src/handling/declaration.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { ErasureApproved, ErasureStarted } from '../../../src/retention/events.js';
import { SubjectRegistered } from '../../../src/subjects/events.js';
import { VaccinationRecorded } from '../../../src/vaccinations/events.js';
import { DECLARATION } from '../../support/city.js';
import { document } from '../../assessments/documents.js';
import { CLERKS, idOf, logOf, noEntries, operation, positionOf, type Told } from './log.js';

const reading = readDeclaration(DECLARATION);
if (!reading.ok) throw new Error('the city’s declaration cannot be read');
export const declaration: Declaration = reading.declaration;

export const PERIOD: Period = { from: '2026-07-31T15:00:00.000Z', to: '2026-10-31T14:59:59.999Z' };
const MONTHS = ['2026-08', '2026-09', '2026-10'];
const day = (month: string, of: number): string => `${month}-${String(of).padStart(2, '0')}T03:00:00.000Z`;

/** What three months leave in a log when everybody keeps to what is written: of each kind that is written something, each month slips from the clinics. */
export function lawful(): readonly Told[] {
  const told: Told[] = MONTHS.flatMap((month): Told[] => [
    { at: day(month, 2), type: SubjectRegistered, stream: `subject-${idOf(7, Number(month.slice(5)))}`, block: { kind: 'acquisition', counterpart: 'own-department:residents', method: 'internal-link', items: ['name', 'birthDate'] } },
    { at: day(month, 3), type: VaccinationRecorded, stream: `vaccination-${idOf(8, Number(month.slice(5)))}`, block: { kind: 'acquisition', counterpart: 'private:clinic', method: 'paper', items: ['vaccine', 'dose'] } },
    { at: day(month, 4), block: { kind: 'acquisition', counterpart: 'self', method: 'paper', items: ['number'], legalGround: 'use-14', evidence: [{ kind: 'identity-check', ref: idOf(9, 1) }] } },
    { at: day(month, 5), block: { extent: 'numberShown', items: ['number'], legalGround: 'use-14' } },
    { at: day(month, 6), type: InformationProvided, block: { kind: 'provision', counterpart: 'other-municipality', method: 'info-network', legalGround: 'link-25', items: ['vaccine', 'dose'], evidence: [{ kind: 'permit', ref: idOf(9, 2) }] } },
    { at: day(month, 7), block: { kind: 'entrustment', counterpart: 'slip-data-entry', method: 'paper', items: ['vaccine'] }, actor: { staff: idOf(1, 90), kind: 'entrusted' } },
    { at: day(month, 8), block: { outcome: 'refused', findings: [{ rule: 'department', item: 'file.use.departments' }] }, actor: { department: 'pension' } },
    ...CLERKS.map((staff, i): Told => ({ at: day(month, 9 + i), actor: { staff } })),
    { at: day(month, 25), type: ErasureApproved, block: { kind: 'use', subjects: [], items: [] } },
    { at: day(month, 26), type: ErasureStarted, block: { kind: 'erasure', purpose: undefined as never, subjects: [], items: [], evidence: [{ kind: 'approval', ref: idOf(9, 3) }] } },
  ]);
  return [...told, { at: day('2026-10', 8), block: { kind: 'entrustment', counterpart: 'health-system-maintenance', method: 'paper', items: ['vaccine'] }, actor: { staff: idOf(1, 92), kind: 'entrusted' } }, { at: day('2026-10', 27), type: ErasureOrdered, stream: `vaccination-${idOf(8, 8)}`, block: { kind: 'erasure', items: [], evidence: [{ kind: 'approval', ref: idOf(9, 3) }] } }];
}

/** Reviews of the three months' logs, and a terminal of each zone. */
export function duties(): readonly Operation[] {
  return [
    ...MONTHS.flatMap((month) => [operation(LogReviewOpened.type, { month: `${month}-01`, due: '2026-12-01' }, { stream: `log-review-${month}` }), operation(LogReviewSigned.type, { result: 'no-findings', own: 0, sampled: [] }, { stream: `log-review-${month}` })]),
    ...([['window-1', 'number-affairs'], ['lgwan', 'lgwan'], ['internet', 'internet'], ['number-affairs', 'number-affairs']] as const).map(([terminal, of]) => operation(TerminalRegistered.type, { terminal, class: of, department: 'health-promotion' })),
  ];
}

/** The city's own document, so far as it is compared: what its three months are like. */
export function assessment(change: (file: Record<string, unknown>, answers: Record<string, unknown>) => void = () => undefined): Assessment {
  return document('full-form4', (json) => {
    const file = json.answers.file[0];
    Object.assign(file, { 'file.name': '予防接種情報ファイル', 'file.headcount': 'lt10k', 'file.itemBand': '10-50', 'file.heldSince': '2026-08-02', 'file.use.startedOn': '2026-08-02', 'file.use.userCount': '10-50', 'file.provision.transferCount': 0 });
    for (const [i, name] of ['健康管理システムの保守', '予診票のデータ化'].entries()) Object.assign(file['file.entrustments'][i], { 'file.entrustments.title': name, 'file.entrustments.handlerCount': 'lt10', 'file.entrustments.headcount': 'lt10k', 'file.entrustments.delivery': { ticked: ['paper'], text: {} }, 'file.entrustments.sub.status': 'notSubEntrust' });
    for (const [i, name] of ['予防接種法による予防接種を行う他の市町村長', '都道府県知事'].entries()) Object.assign(file['file.recipients'][i], { 'file.recipients.name': name, 'file.recipients.headcount': 'lt10k', 'file.recipients.timing': '転出先から照会を受けた都度', 'file.recipients.method': { ticked: ['infoNetwork'], text: {} } });
    Object.assign(json.answers, { 'basic.affair.headcount': 'lt1k', 'basic.networkLink.status': 'do' });
    change(file, json.answers);
  });
}

export interface Planted {
  readonly told?: readonly Told[];
  readonly operations?: readonly Operation[];
  readonly rightsHeld?: number;
  readonly leftBehind?: number;
  readonly declaration?: Declaration;
  readonly written?: Assessment | undefined;
  readonly period?: Period;
}

/** The rows of a city in which that happened beside what is lawful. */
export function rowsOf({ told = lawful(), operations = duties(), rightsHeld = CLERKS.length, leftBehind = 0, declaration: own = declaration, period = PERIOD, ...rest }: Planted = {}): readonly Row[] {
  const written = 'written' in rest ? rest.written : assessment();
  const inOrder = [...told].sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : (a.at ?? '') > (b.at ?? '') ? 1 : 0));
  const [log, access] = [logOf(inOrder), noEntries()];
  try {
    const labels = new Labels([own]);
    const facts = factsOf({ log, access, operations, rightsHeld, leftBehind, declaration: own, period, upTo: positionOf(inOrder.length - 1) });
    return conformance({ written, declaration: own, facts, label: (list, code) => labels.at(own.assessment.version, 'vaccination').of(list, code) });
  } finally {
    log.close();
    access.close();
  }
}

export const differing = (rows: readonly Row[]): readonly string[] => rows.filter(({ verdict }) => verdict === 'differs').map(({ check }) => check);
