import { FindingClosed, FindingExamined, FindingOpened } from '../../src/access/findings/events.js';
import { findings } from '../../src/access/findings/finding.js';
import { given, happens, past, problem, HORI, MIWA, OONO, SUBJECT_ID } from '../support/given.js';

const opened = past(FindingOpened, SUBJECT_ID, { rule: 'sealed-facts', day: '2026-11-19', staff: HORI, department: 'health-promotion', upTo: SUBJECT_ID, due: '2026-12-04' }, {});
const examined = past(FindingExamined, MIWA, { result: 'explained' }, { remarks: '窓口の当番' });
const closed = past(FindingClosed, OONO, { outcome: 'innocent' }, {});
const EXAMINE = { result: 'explained', remarks: '窓口の当番' };

test('is examined, also more than once, and then closed', () => {
  given(findings, [opened]).when('ExamineFinding', EXAMINE, { person: MIWA }).then([happens(FindingExamined, { result: 'explained' }, { remarks: '窓口の当番' })]);
  given(findings, [opened, examined]).when('ExamineFinding', { ...EXAMINE, result: 'escalated' }, { person: MIWA }).then([happens(FindingExamined, { result: 'escalated' })]);
  given(findings, [opened, examined]).when('CloseFinding', { outcome: 'innocent', remarks: '当番表で確かめた' }, { person: OONO }).then([happens(FindingClosed, { outcome: 'innocent' }, { remarks: '当番表で確かめた' })]);
});

test('is not closed unexamined, and not touched when it is closed', () => {
  given(findings, [opened]).when('CloseFinding', { outcome: 'incident' }, { person: OONO }).then(problem(409, 'finding-not-examined'));
  given(findings, [opened, examined, closed]).when('CloseFinding', { outcome: 'incident' }, { person: OONO }).then(problem(409, 'finding-closed'));
  given(findings, [opened, examined, closed]).when('ExamineFinding', EXAMINE, { person: MIWA }).then(problem(409, 'finding-closed'));
});

test('whoever has examined it does not find it harmless alone; what is not harmless may be closed by one', () => {
  given(findings, [opened, examined]).when('CloseFinding', { outcome: 'innocent' }, { person: MIWA }).then(problem(409, 'second-person'));
  given(findings, [opened, examined, past(FindingExamined, OONO, { result: 'explained' }, { remarks: '同じ' })]).when('CloseFinding', { outcome: 'innocent' }, { person: MIWA }).then(problem(409, 'second-person'));
  given(findings, [opened, examined]).when('CloseFinding', { outcome: 'instructed' }, { person: MIWA }).then([happens(FindingClosed, { outcome: 'instructed' }, {})]);
});

test('is nothing for whom it is about', () => {
  const { state } = given(findings, [opened, examined]);
  expect(findings.commands.map(({ notForSelf }) => notForSelf!({} as never, state, SUBJECT_ID))).toEqual([HORI, HORI]);
});
