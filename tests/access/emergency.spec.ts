import { emergencies } from '../../src/access/emergency/context.js';
import { EmergencyAccessEnded, EmergencyAccessExamined, EmergencyAccessJustified, EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { evolveEmergency, noEmergency, overdueAt } from '../../src/access/emergency/state.js';
import type { EmergencyRules } from '../../src/handling/door.js';
import type { DomainEvent } from '../../src/ledger/event-type.js';
import { HORI, MIWA, given, happens, past, problem } from '../support/given.js';

const RULES: EmergencyRules = { files: ['vaccination'], roles: ['operator'], minutes: 30, justifyHours: 24, examineHours: 72, number: false };
const context = emergencies(() => RULES);
/** Begun at nine in Japan; scenarios are at half past. */
const TIMES = { until: '2026-11-20T00:45:00.000Z', justifyBy: '2026-11-21T00:00:00.000Z', examineBy: '2026-11-23T00:00:00.000Z' };
const opened = (over: object = {}): DomainEvent => past(EmergencyAccessOpened, HORI, { file: 'vaccination', reasonCode: 'disaster', number: false, ...TIMES, ...over }, { reason: '架空の避難所での確認' });
const ended = past(EmergencyAccessEnded, HORI, { cause: 'closed' }, {});
const justified = past(EmergencyAccessJustified, HORI, {}, { account: '架空の避難者の接種歴を確認した' });
const examined = past(EmergencyAccessExamined, MIWA, { result: 'justified' }, { opinion: '相当' });
const OVER = { now: '2026-11-20T01:00:00.000Z' };
const LATE = { now: '2026-11-21T00:00:00.001Z' };

describe('緊急時閲覧', () => {
  it('lasts as long as the policy has it, from now on, and says by when it is to be answered for', () =>
    given(context).when('OpenEmergency', { file: 'vaccination', reasonCode: 'life-and-body', text: '架空の事情' }, { facts: RULES }).then([
      happens(EmergencyAccessOpened, { file: 'vaccination', reasonCode: 'life-and-body', number: false, until: '2026-11-20T01:00:00.000Z', justifyBy: '2026-11-21T00:30:00.000Z', examineBy: '2026-11-23T00:30:00.000Z' }, { reason: '架空の事情' }),
    ]));

  it('is ended by whoever is in it', () => given(context, [opened()]).when('EndEmergency', {}).then([happens(EmergencyAccessEnded, { cause: 'closed' })]));
  it('is ended by nobody else', () => given(context, [opened()]).when('EndEmergency', {}, { person: MIWA }).then(problem(409, 'emergency-of-another')));
  it('is noted as run out by anybody once its time has come', () => given(context, [opened()]).when('EndEmergency', {}, { person: MIWA, ...OVER }).then([happens(EmergencyAccessEnded, { cause: 'time' })]));
  it('ends once', () => given(context, [opened(), ended]).when('EndEmergency', {}).then(problem(409, 'emergency-ended')));

  it('is answered for by the one who used it', () => given(context, [opened(), ended]).when('JustifyEmergency', { text: '確認のため' }).then([happens(EmergencyAccessJustified, {}, { account: '確認のため' })]));
  it('is answered for late all the same', () => given(context, [opened()]).when('JustifyEmergency', { text: '確認のため' }, LATE).then([happens(EmergencyAccessJustified)]));
  it('is answered for by nobody else', () => given(context, [opened()]).when('JustifyEmergency', { text: '確認のため' }, { person: MIWA }).then(problem(409, 'emergency-of-another')));
  it('is answered for once', () => given(context, [opened(), justified]).when('JustifyEmergency', { text: '確認のため' }).then(problem(409, 'already-justified')));

  const examine = { result: 'justified', text: '相当' };
  it('is examined by another person', () => given(context, [opened(), ended, justified]).when('ExamineEmergency', examine, { person: MIWA }).then([happens(EmergencyAccessExamined, { result: 'justified' }, { opinion: '相当' })]));
  it('is not examined by the same', () => given(context, [opened(), ended, justified]).when('ExamineEmergency', examine).then(problem(409, 'second-person')));
  it('is not examined while it lasts', () => given(context, [opened(), justified]).when('ExamineEmergency', examine, { person: MIWA }).then(problem(409, 'emergency-open')));
  it('is not examined before it was answered for, or the time for that is over', () => given(context, [opened(), ended]).when('ExamineEmergency', { ...examine, result: 'not-justified' }, { person: MIWA }).then(problem(409, 'not-justified-yet')));
  it('is not found justified without an answer', () => given(context, [opened(), ended]).when('ExamineEmergency', examine, { person: MIWA, ...LATE }).then(problem(409, 'not-justified-yet')));
  it('may be found not justified when nobody answers in time', () => given(context, [opened(), ended]).when('ExamineEmergency', { ...examine, result: 'not-justified' }, { person: MIWA, ...LATE }).then([happens(EmergencyAccessExamined, { result: 'not-justified' })]));
  it('is examined once', () => given(context, [opened(), ended, justified, examined]).when('ExamineEmergency', examine, { person: MIWA }).then(problem(409, 'already-examined')));
});

describe('what is overdue', () => {
  const overdue = (at: string, ...events: readonly DomainEvent[]): readonly string[] => overdueAt(events.reduce(evolveEmergency, noEmergency), at);
  const [soon, afterOne, afterBoth] = ['2026-11-21T00:00:00.000Z', '2026-11-21T00:00:00.001Z', '2026-11-23T00:00:00.001Z'];

  it('is nothing before its time', () => expect(overdue(soon, opened())).toEqual([]));
  it('is the answer first', () => expect(overdue(afterOne, opened(), ended)).toEqual(['justification']));
  it('is both in the end', () => expect(overdue(afterBoth, opened(), ended)).toEqual(['justification', 'examination']));
  it('is the examination alone when it was answered for', () => expect(overdue(afterBoth, opened(), ended, justified)).toEqual(['examination']));
  it('is nothing any more when it has been examined', () => expect(overdue(afterBoth, opened(), ended, justified, examined)).toEqual([]));
});
