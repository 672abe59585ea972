import fc from 'fast-check';
import { isOffDay } from '../../src/codes/holidays.js';
import { addDays, daysBetween } from '../../src/codes/plain-date.js';
import { LOOK_SETTINGS, lookWarnings, publicUntil, type AssessmentDates } from '../../src/assessments/calendar/looks.js';
import { scheduleFor, type ScheduleInput } from '../../src/assessments/calendar/schedule.js';
import { PLANNED, plannedFor } from '../../src/assessments/calendar/steps.js';
import { formOf } from '../../src/assessments/forms/editions.js';
import { itemOf } from '../../src/assessments/forms/places.js';
import { chosenAssessment, judgeThreshold, printedResult, thresholdAnswers, thresholdMove, type ThresholdInput } from '../../src/assessments/threshold/judge.js';
import { THRESHOLD_RESULTS, THRESHOLD_RULES, thresholdRuleOn } from '../../src/assessments/threshold/rules.js';

const TODAY = '2026-11-20';
const figure = (value: number) => ({ value, asOf: '2026-10-01', query: 'subjects.count', position: 4711 });
const input = (subjects: number, handlers: number, latestOn: string | null = null): ThresholdInput => ({ subjects: figure(subjects), handlers: figure(handlers), incident: { latestOn, asOf: TODAY, query: 'incidents.serious', position: 4711 } });
const judge = (subjects: number, handlers: number, latestOn: string | null = null) => judgeThreshold(input(subjects, handlers, latestOn), { day: TODAY });

describe('しきい値判断', () => {
  it.each([
    [999, 500, true, 'notRequired'], [1_000, 500, true, 'basicRequired'], [9_999, 500, true, 'basicRequired'],
    [10_000, 499, false, 'basicRequired'], [10_000, 500, false, 'focusedRequired'], [99_999, 499, true, 'focusedRequired'],
    [100_000, 499, false, 'focusedRequired'], [100_000, 500, false, 'fullRequired'], [299_999, 0, true, 'fullRequired'], [300_000, 0, false, 'fullRequired'],
  ] as const)('%i people, %i handlers, incident %s: %s', (subjects, handlers, incident, result) => {
    expect(judge(subjects, handlers, incident ? '2026-01-10' : null)).toMatchObject({ result, figures: { subjects: { query: 'subjects.count', position: 4711 } } });
  });

  it('never falls when a figure rises, and its distances tell the very figure at which it changes', () => {
    fc.assert(fc.property(fc.nat(400_000), fc.nat(700), fc.boolean(), fc.nat(1_000), (subjects, handlers, incident, more) => {
      const at = (s: number, h: number, i: boolean) => judge(s, h, i ? '2026-06-01' : null);
      const here = at(subjects, handlers, incident);
      const rank = (result: (typeof here)['result']) => THRESHOLD_RESULTS.indexOf(result);
      for (const there of [at(subjects + more, handlers, incident), at(subjects, handlers + more, incident), at(subjects, handlers, true)]) expect(rank(there.result)).toBeGreaterThanOrEqual(rank(here.result));
      for (const { figure: name, bound, missing, result } of here.distances) {
        const [s, h] = name === 'subjects' ? [bound, handlers] : [subjects, bound];
        expect([at(s, h, incident).result, at(name === 'subjects' ? s - 1 : s, name === 'handlers' ? h - 1 : h, incident).result]).toEqual([result, here.result]);
        expect(missing).toBe(bound - (name === 'subjects' ? subjects : handlers));
      }
    }));
  });

  it('names the figure that decides, and warns before a bound by the share given', () => {
    expect(judge(150_000, 500).decidedBy).toEqual(['subjects', 'handlers']);
    expect(judge(150_000, 20, '2026-06-01').decidedBy).toEqual(['subjects', 'incident']);
    expect(judge(300_000, 500, '2026-06-01').decidedBy).toEqual(['subjects']);
    const near = (value: number, nearPercent: number) => judgeThreshold(input(value, 0), { day: TODAY, nearPercent }).distances[0]!.near;
    expect([near(89_999, 90), near(90_000, 90), near(94_999, 95), near(95_000, 95)]).toEqual([false, true, false, true]);
    expect(judge(300_000, 0).distances).toEqual([]);
    expect(judge(5_000, 0).distances).toMatchObject([{ figure: 'subjects', bound: 100_000, missing: 95_000, result: 'focusedRequired' }]);
    expect([judge(150_000, 0).confirmed, judge(20_000, 0).confirmed]).toEqual([true, false]);
  });

  it('counts an incident for a year to the day, and none that lies ahead', () => {
    const within = (latestOn: string, day: string) => judgeThreshold(input(150_000, 0, latestOn), { day });
    expect(within('2025-11-21', TODAY)).toMatchObject({ incidentWithinYear: true, incidentCountsUntil: '2026-11-21', result: 'fullRequired' });
    expect(within('2025-11-20', TODAY)).toMatchObject({ incidentWithinYear: false, incidentCountsUntil: null, result: 'focusedRequired' });
    expect(within('2026-11-21', TODAY).incidentWithinYear).toBe(false);
  });

  it('takes the rule of the day, and whole numbers only', () => {
    const [now] = THRESHOLD_RULES;
    const rules = [{ ...now!, code: 'old', until: '2027-04-01' }, { ...now!, code: 'new', from: '2027-04-01', handlersFrom: 300 }];
    expect([thresholdRuleOn('2027-03-31', rules).code, thresholdRuleOn('2027-04-01', rules).code]).toEqual(['old', 'new']);
    expect(judgeThreshold(input(150_000, 300), { day: '2027-04-01', rules })).toMatchObject({ rule: 'new', result: 'fullRequired' });
    expect(() => thresholdRuleOn('2027-04-01', rules.slice(0, 1))).toThrow('規定がありません');
    for (const wrong of [0.5, -1, Number.NaN, 2 ** 53]) expect(() => judge(wrong, 0)).toThrow('0以上の整数');
    expect(() => judgeThreshold(input(1, 1), { day: TODAY, nearPercent: 0.9 })).toThrow('整数（％）');
  });

  it('fills 様式２ with codes that its options have, and knows the words of the other forms', () => {
    const form2 = formOf('form2-2024-10')!;
    const answers = thresholdAnswers(form2, judge(150_000, 20, '2026-06-01'));
    expect(answers).toEqual({ 'threshold.headcount.band': '100k-300k', 'threshold.headcount.asOf': '2026-10-01', 'threshold.handlers.band': 'lt500', 'threshold.handlers.asOf': '2026-10-01', 'threshold.incident.status': 'occurred', 'procedure.basic.threshold': 'fullRequired' });
    for (const [id, answer] of Object.entries(answers)) if (itemOf(form2, id)!.kind === 'choice') expect(itemOf(form2, id)!.options.map(({ code }) => code)).toContain(answer);
    expect(printedResult(formOf('form4-2025-05')!, 'basicRequired')?.label).toBe('基礎項目評価の実施が義務付けられる（任意に全項目評価を実施）');
    expect(printedResult(formOf('form3-2025-05')!, 'fullRequired')).toBeUndefined();
    expect([chosenAssessment('basicRequired', 'fullRequired'), chosenAssessment('fullRequired', 'fullRequired'), chosenAssessment('fullRequired', 'focusedRequired')]).toEqual(['voluntary', 'required', 'too-low']);
    expect([thresholdMove('basicRequired', 'fullRequired'), thresholdMove('fullRequired', 'basicRequired'), thresholdMove('fullRequired', 'fullRequired')]).toEqual(['raised', 'lowered', 'same']);
  });
});

describe('逆算', () => {
  const plan = (more: Partial<ScheduleInput> = {}) => scheduleFor({ changeOn: '2027-04-01', today: TODAY, procedure: 'redo', form: '4', ...more });
  const DAY = fc.integer({ min: 0, max: 3000 }).map((days) => addDays('2023-01-01', days));

  it('all steps end before the change, one after the other, offices open where they must be', () => {
    fc.assert(fc.property(DAY, fc.constantFrom('redo', 'amend'), fc.constantFrom('2', '3', '4'), fc.boolean(), (changeOn, procedure, form, atWill) => {
      const { steps } = plan({ changeOn, procedure, form, atWill });
      expect(steps.map(({ code }) => code)).toEqual(plannedFor(procedure, form, atWill));
      expect(steps.at(-1)!.endsOn < changeOn).toBe(true);
      for (const [at, { code, startsOn, endsOn, days, unit }] of steps.entries()) {
        const spans = daysBetween(startsOn, endsOn) + 1;
        expect(spans >= days && (at === 0 || steps[at - 1]!.endsOn < startsOn)).toBe(true);
        if (unit === 'open') expect([isOffDay(startsOn), isOffDay(endsOn), Array.from({ length: spans }, (_, day) => addDays(startsOn, day)).filter((day) => !isOffDay(day)).length]).toEqual([false, false, days]);
        if (code === 'opinions') expect(isOffDay(startsOn)).toBe(false);
      }
    }));
  });

  it('begun on the first day it is in time, a day later it is not; the earliest change is reached when begun today', () => {
    const [first] = plan().steps;
    expect(plan({ today: first!.startsOn }).facts).toEqual([]);
    expect(plan({ today: addDays(first!.startsOn, 1) }).facts).toMatchObject([{ code: 'too-late', step: 'draft', days: 1 }]);
    fc.assert(fc.property(DAY, fc.constantFrom('redo', 'amend'), (today, procedure) => {
      const { earliestChangeOn } = plan({ today, procedure });
      expect(plan({ today, procedure, changeOn: earliestChangeOn }).facts).toEqual([]);
    }));
  });

  it('a public hearing of thirty days counts both ends; a shorter one needs a ground', () => {
    const { steps } = plan({ changeOn: '2027-04-01' });
    const hearing = steps.find(({ code }) => code === 'opinions')!;
    expect(daysBetween(hearing.startsOn, hearing.endsOn) + 1).toBeGreaterThanOrEqual(30);
    expect(plan({ days: { opinions: 20 } }).facts).toMatchObject([{ code: 'below-floor', step: 'opinions', days: 10 }]);
    for (const days of [0, 1.5, 4000]) expect(() => plan({ days: { review: days } })).toThrow('日数は1から3650まで');
  });

  it('what is done is left out of the delays; the order of the law is told of, any other is not', () => {
    const done = { draft: '2026-11-01', opinions: '2026-12-20', reflection: '2026-12-25', review: '2026-12-10' };
    expect(plan({ today: '2026-12-26', done }).facts).toMatchObject([{ code: 'order', step: 'review', days: 10 }]);
    expect(plan({ today: '2027-03-01', done: { ...done, review: '2027-01-10' } }).facts).toEqual([]);
    expect(plan({ today: '2027-03-01', done: { ...done, review: '2027-03-26' } }).facts).toMatchObject([{ code: 'done-late', step: 'review' }]);
    expect(PLANNED).toHaveLength(7);
  });
});

describe('yearly look, five years, three years', () => {
  const dates = (more: Partial<AssessmentDates>): AssessmentDates => ({ number: '12', conductedOn: '2026-08-31', publishedOn: '2026-10-08', lastReviewedOn: null, ...more });
  const warned = (more: Partial<AssessmentDates>, today = TODAY) => lookWarnings([dates(more)], today).map(({ kind, state, dueOn, from }) => [kind, state, dueOn, from]);

  it('counts the five years from the earlier of 実施日 and 公表日', () => {
    expect(warned({}, '2026-11-20')).toEqual([]);
    const reviewed = { lastReviewedOn: '2031-06-01' };
    expect(warned(reviewed, '2031-08-31')).toEqual([['five-years', 'due-soon', '2031-08-31', '実施日']]);
    expect(warned(reviewed, '2031-09-01')).toEqual([['five-years', 'overdue', '2031-08-31', '実施日']]);
    expect(warned({ ...reviewed, conductedOn: '2026-10-09' }, '2031-10-09')).toEqual([['five-years', 'overdue', '2031-10-08', '公表日']]);
    expect(warned({ ...reviewed, conductedOn: null }, '2031-10-09')).toEqual([['five-years', 'overdue', '2031-10-08', '公表日']]);
    expect(warned({ conductedOn: null, publishedOn: null })).toEqual([['yearly-look', 'unknown', null, null], ['five-years', 'unknown', null, null]]);
  });

  it('takes the latest look or publication for the yearly one, ahead by the days of the setting', () => {
    expect(warned({}, '2027-10-09')).toEqual([['yearly-look', 'overdue', '2027-10-08', '公表日']]);
    expect(warned({ lastReviewedOn: '2027-03-01' }, '2027-10-09')).toEqual([]);
    expect(warned({ lastReviewedOn: '2026-01-10' }, '2027-07-10')).toEqual([['yearly-look', 'due-soon', '2027-10-08', '公表日']]);
    expect(lookWarnings([dates({})], '2027-07-10', { ...LOOK_SETTINGS, aheadDays: 30 })).toEqual([]);
  });

  it('what ended is kept public three years and looked at no more', () => {
    expect(publicUntil('2024-02-29')).toBe('2027-02-28');
    const ended = { endedOn: '2024-09-30', conductedOn: '2015-01-01', publishedOn: '2015-02-01' };
    expect(warned(ended, '2027-09-29')).toEqual([['keep-public', 'running', '2027-09-30', '終了日']]);
    expect(warned(ended, '2027-09-30')).toEqual([]);
  });
});
