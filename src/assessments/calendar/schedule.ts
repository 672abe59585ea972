import { isOffDay } from '../../codes/holidays.js';
import { addDays, daysBetween } from '../../codes/plain-date.js';
import { STEP_DEFAULTS, plannedFor, type Procedure, type Step, type StepCode } from './steps.js';

export interface ScheduleInput {
  /** The planned day of the change: all must be done before it. */
  readonly changeOn: string;
  readonly today: string;
  readonly procedure: Procedure;
  readonly form: '2' | '3' | '4';
  /** 重点項目評価 with 意見聴取 and 第三者点検 at will. */
  readonly atWill?: boolean;
  /** Lengths that differ from the defaults. */
  readonly days?: Partial<Readonly<Record<StepCode, number>>>;
  /** The last day of each step that is done. */
  readonly done?: Partial<Readonly<Record<StepCode, string>>>;
}

export interface ScheduledStep extends Step {
  /** The latest days. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly doneOn: string | null;
}

/**
 * - `too-late`: it should have begun
 * - `done-late`: it was done later than planned
 * - `below-floor`: shorter than the rule has it; needs a ground (Ⅵ.2③)
 * - `order`: done in an order that the law does not allow
 */
export interface ScheduleFact {
  readonly code: 'too-late' | 'done-late' | 'below-floor' | 'order';
  readonly step: StepCode;
  /** Days by which it is late, or that are missing. */
  readonly days: number;
  readonly message: string;
}

export interface Schedule {
  readonly steps: readonly ScheduledStep[];
  readonly facts: readonly ScheduleFact[];
  /** The earliest day on which the change is possible, when what is left begins today. */
  readonly earliestChangeOn: string;
}

/** The order that the law asks for; dates may otherwise fall as they fell. */
const LEGAL_ORDER: readonly StepCode[] = ['opinions', 'review', 'submission', 'publication'];

/** 逆算: the latest days of each step before a planned change, and what is too late. @throws RangeError for what is no day or length */
export function scheduleFor(input: ScheduleInput): Schedule {
  const { changeOn, today, done = {} } = input;
  const steps: ScheduledStep[] = [];
  const lengths = plannedFor(input.procedure, input.form, input.atWill).map((code): Step => ({ code, ...STEP_DEFAULTS[code], days: lengthOf(input.days?.[code] ?? STEP_DEFAULTS[code].days) }));
  let before = addDays(changeOn, -1);
  for (const step of [...lengths].reverse()) {
    const endsOn = step.unit === 'open' ? openDay(before, -1) : before;
    const startsOn = beginning(step, endsOn);
    steps.unshift({ ...step, startsOn, endsOn, doneOn: done[step.code] ?? null });
    before = addDays(startsOn, -1);
  }
  return { steps, facts: [...factsOf(steps, today)], earliestChangeOn: earliest(steps, today) };
}

function lengthOf(days: number): number {
  if (!Number.isSafeInteger(days) || days < 1 || days > 3650) throw new RangeError('日数は1から3650までの整数で指定してください');
  return days;
}

/** The first day of a step that ends on a day. A hearing begins with its notice, on a day on which the office is open: it is longer then, never shorter. */
function beginning({ code, unit, days }: Step, endsOn: string): string {
  if (unit === 'open') return openDays(endsOn, days - 1, -1);
  const first = addDays(endsOn, 1 - days);
  return code === 'opinions' ? openDay(first, -1) : first;
}

function* factsOf(steps: readonly ScheduledStep[], today: string): Iterable<ScheduleFact> {
  for (const { code: step, label, days, floor, startsOn, endsOn, doneOn } of steps) {
    if (days < floor) yield { code: 'below-floor', step, days: floor - days, message: `${label}が${floor}日に${floor - days}日足りません。短縮する特段の理由が要ります` };
    if (doneOn !== null && doneOn > endsOn) yield { code: 'done-late', step, days: daysBetween(endsOn, doneOn), message: `${label}が予定より${daysBetween(endsOn, doneOn)}日遅れて終わっています` };
    if (doneOn === null && today > startsOn) yield { code: 'too-late', step, days: daysBetween(startsOn, today), message: `${label}は${daysBetween(startsOn, today)}日前に始めていなければなりませんでした` };
  }
  const done = steps.filter(({ code, doneOn }) => LEGAL_ORDER.includes(code) && doneOn !== null);
  for (const [at, { code, label, doneOn }] of done.entries()) {
    const later = done[at - 1];
    if (later && later.doneOn! > doneOn!) yield { code: 'order', step: code, days: daysBetween(doneOn!, later.doneOn!), message: `${label}が、${later.label}より前に行われています` };
  }
}

function earliest(steps: readonly ScheduledStep[], today: string): string {
  let next = today;
  for (const step of steps.filter(({ doneOn }) => doneOn === null)) {
    const first = step.unit === 'open' || step.code === 'opinions' ? openDay(next, 1) : next;
    const last = step.unit === 'open' ? openDays(first, step.days - 1, 1) : addDays(first, step.days - 1);
    next = addDays(last, 1);
  }
  return next;
}

/** This day, or the next open one in a direction. */
function openDay(day: string, direction: 1 | -1): string {
  let open = day;
  while (isOffDay(open)) open = addDays(open, direction);
  return open;
}

/** So many open days on from an open day. */
function openDays(day: string, count: number, direction: 1 | -1): string {
  let open = day;
  for (let left = count; left > 0; left--) open = openDay(addDays(open, direction), direction);
  return open;
}
