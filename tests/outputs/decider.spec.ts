import { DEFAULT_POLICY, type AccessPolicy } from '../../src/access/policy.js';
import {
  ExportApproved, ExportEnded, ExportErased, ExportMade, ExportPassphraseTold, ExportRejected, ExportRequested, ExportShortened, OutputOverdue, PrintDisposed, PrintProduced, TakeOutApproved, TakeOutLost, TakeOutRejected,
  TakeOutRequested, TakeOutReturned, TakenOut,
} from '../../src/outputs/events.js';
import { MakeExport, endExport, exports, shortenExport, tellPassphrase } from '../../src/outputs/exports.js';
import type { OutputFacts } from '../../src/outputs/facts.js';
import { noteOverdue } from '../../src/outputs/note-overdue.js';
import { prints } from '../../src/outputs/prints.js';
import { takeOuts } from '../../src/outputs/take-outs.js';
import type { ExportState } from '../../src/outputs/states.js';
import { command, type Occasion } from '../../src/walks/context.js';
import type { Command } from '../../src/walks/command-class.js';
import { HORI, MIWA, OONO, SUBJECT_ID, TODAY, erased, given, happens, past, problem } from '../support/given.js';

const FILE = { file: 'vaccination' } as const;
let policy: AccessPolicy['output'];
let terminal: ReturnType<OutputFacts['terminalClass']>;
let underProtection: readonly string[];
beforeEach(() => {
  policy = { ...DEFAULT_POLICY.output, exportFiles: ['vaccination'] };
  terminal = 'venue-tablet';
  underProtection = [];
});
const facts: OutputFacts = {
  policy: () => policy, terminalClass: () => terminal,
  ledger: () => ({ recorded: async () => [] }) as never,
  isSubject: async (id) => id === SUBJECT_ID, fileFor: async () => 'vaccination', protectedAmong: async () => underProtection, isInPost: async () => true,
};
const all = { prints: prints(facts), exports: exports(facts), takeOuts: takeOuts(facts) };
const handlingOf = async (context: (typeof all)[keyof typeof all], type: string, command: object, state: object = context.decider.initialState()) => {
  const spec = (context.commands as readonly { type: string; handling?: (command: Command, state: never, occasion: Occasion) => unknown }[]).find((one) => one.type === type)!;
  return spec.handling!(command as Command, state as never, { now: `${TODAY}T00:30:00.000Z`, today: TODAY, person: HORI, department: 'health-promotion', id: SUBJECT_ID });
};

describe('帳票出力', () => {
  const context = { ...all.prints, commands: [...all.prints.commands, noteOverdue as never] };
  const print = { ...FILE, form: 'notice', sheets: 10, subjects: [SUBJECT_ID], plan: 'mailed' };
  const produced = past(PrintProduced, HORI, { form: 'notice', sheets: 10, subjects: [SUBJECT_ID], plan: 'mailed', due: '2026-11-27' }, {});
  const disposed = (sheets: number) => past(PrintDisposed, MIWA, { how: 'mailed', sheets }, {});

  it('says which form, how many sheets, whom, and by when they are to be gone', () =>
    given(context).when('ProducePrint', print, { facts: { days: 7 } }).then([happens(PrintProduced, { form: 'notice', sheets: 10, subjects: [SUBJECT_ID], plan: 'mailed', due: '2026-11-27' })]));
  it('is of somebody', () => given(context).when('ProducePrint', { ...print, subjects: [] }).then(problem(422, 'subjects-required')));
  it('is a handling with the items of the form', async () => expect(await handlingOf(context, 'ProducePrint', print)).toEqual({ kind: 'use', extent: 'printed', ...FILE, subjects: [SUBJECT_ID], items: ['name', 'address', 'postalCode', 'birthDate', 'vaccine', 'dose'] }));
  it('names nobody and nothing twice in the handling', async () => {
    expect(await handlingOf(context, 'ProducePrint', { ...print, subjects: [SUBJECT_ID, SUBJECT_ID] })).toMatchObject({ subjects: [SUBJECT_ID] });
    expect(await handlingOf(context, 'ProducePrint', { ...print, form: 'screen', items: ['name', 'name'] })).toMatchObject({ items: ['name'] });
    expect(await handlingOf(all.exports, 'RequestExport', { ...FILE, items: ['dose', 'dose'], subjects: [SUBJECT_ID, SUBJECT_ID] })).toMatchObject({ subjects: [SUBJECT_ID], items: ['dose'] });
    expect(await handlingOf(all.takeOuts, 'RequestTakeOut', { ...FILE, object: 'medium', encrypted: true, items: ['name', 'name'] })).toMatchObject({ items: ['name'] });
  });
  it('of the screen it is off by policy, and says its items where it is not', async () => {
    const screen = { ...print, form: 'screen', items: ['name'] };
    expect(await handlingOf(context, 'ProducePrint', screen)).toMatchObject({ offByPolicy: true, items: ['name'] });
    policy = { ...policy, hardCopy: true };
    expect(await handlingOf(context, 'ProducePrint', screen)).not.toHaveProperty('offByPolicy');
    given(context).when('ProducePrint', { ...print, form: 'screen' }).then(problem(422, 'items-of-screen'));
    given(context).when('ProducePrint', { ...print, items: ['name'] }).then(problem(422, 'items-of-screen'));
  });

  it('with the 個人番号 asks for the right to see it, too', async () => {
    policy = { ...policy, hardCopy: true };
    const screen = { ...print, form: 'screen' };
    expect(await handlingOf(context, 'ProducePrint', { ...screen, items: ['name', 'number'] })).toMatchObject({ rights: ['number:show'] });
    expect(await handlingOf(context, 'ProducePrint', { ...screen, items: ['name'] })).not.toHaveProperty('rights');
  });
  it('that goes to somebody under 支援措置 is stopped when it is printed, and again when it leaves by another way than was planned', async () => {
    const { state } = given(context, [past(PrintProduced, HORI, { form: 'notice', sheets: 10, subjects: [SUBJECT_ID], plan: 'shredded', due: '2026-11-27' }, {})]);
    const leaving = (how: string) => handlingOf(context, 'DisposePrint', { ...FILE, how, sheets: 10 }, state as object);
    expect(await leaving('mailed')).toEqual({ kind: 'use', ...FILE, subjects: [SUBJECT_ID], items: [] });
    underProtection = [SUBJECT_ID];
    expect(await handlingOf(context, 'ProducePrint', print)).toMatchObject({ breaks: ['protection'] });
    for (const how of ['mailed', 'handed-over']) expect(await leaving(how)).toMatchObject({ breaks: ['protection'] });
    expect(await leaving('shredded')).not.toHaveProperty('breaks');
  });

  it('is disposed of under the eyes of somebody else, sheet by sheet', () => {
    given(context, [produced]).when('DisposePrint', { ...FILE, how: 'mailed', sheets: 8, note: '普通郵便' }, { person: MIWA }).then([happens(PrintDisposed, { how: 'mailed', sheets: 8 }, { note: '普通郵便' })]);
    given(context, [produced]).when('DisposePrint', { ...FILE, how: 'shredded', sheets: 1 }, { person: HORI }).then(problem(409, 'same-person'));
    given(context, [produced, disposed(8)]).when('DisposePrint', { ...FILE, how: 'shredded', sheets: 3 }, { person: MIWA }).then(problem(422, 'more-than-left'));
    given(context, [produced, disposed(8), disposed(2)]).when('DisposePrint', { ...FILE, how: 'shredded', sheets: 1 }, { person: MIWA }).then(problem(409, 'print-settled'));
  });
  it('is late on the day after, and that is said once', () => {
    given(context, [produced]).when('NoteOverdue', {}, { today: '2026-11-27' }).then(problem(409, 'not-overdue'));
    given(context, [produced]).when('NoteOverdue', {}, { today: '2026-11-28' }).then([happens(OutputOverdue, { due: '2026-11-27' })]);
    given(context, [produced, past(OutputOverdue, MIWA, { due: '2026-11-27' }, {})]).when('NoteOverdue', {}, { today: '2026-11-29' }).then(problem(409, 'not-overdue'));
    given(context, [produced, disposed(10)]).when('NoteOverdue', {}, { today: '2026-11-28' }).then(problem(409, 'not-overdue'));
  });
});

describe('ファイル出力', () => {
  const making = command<ExportState, MakeExport>(MakeExport, 'POST /exports/:id/files', { summary: '', right: 'export:request' });
  const context = { ...all.exports, commands: [...all.exports.commands, tellPassphrase(facts.policy), making, endExport, shortenExport, noteOverdue as never] };
  const asked = { ...FILE, what: 'vaccinations', format: 'csv', items: ['vaccine', 'dose'], scope: '令和8年度の接種', rows: 500, days: 10, recipient: '架空市民病院', medium: 'shared-folder' };
  const open = { what: 'vaccinations', format: 'csv', items: ['vaccine', 'dose'], subjects: [], rows: 500, days: 10, medium: 'shared-folder' } as const;
  const requested = past(ExportRequested, HORI, open, { scope: '令和8年度の接種', recipient: '架空市民病院' });
  const approved = past(ExportApproved, OONO, { until: '2026-11-30', rows: 500, number: false }, {});
  const told = past(ExportPassphraseTold, HORI, {}, {});
  const made = past(ExportMade, HORI, { rows: 40, withheld: 1, position: 9 }, {});
  const ended = past(ExportEnded, HORI, { rows: 40, outcome: 'complete' }, {});
  const gone = past(ExportErased, MIWA, { how: 'erased' }, {});
  const shortened = (until: string) => past(ExportShortened, MIWA, { until }, {});

  it('is asked for with what, whom, how many, how long, and for whom, which is sealed', () =>
    given(context).when('RequestExport', asked, { facts: { maxRows: 1000, maxDays: 30 } }).then([happens(ExportRequested, open, { scope: '令和8年度の接種', recipient: '架空市民病院' })]));
  it.each([
    ['an item that the register has not', { items: ['vaccine', 'name'] }, 'not-of-register'],
    ['the 個人番号 of a register that has none', { items: ['number'] }, 'not-of-register'],
    ['nothing', { items: [] }, 'not-of-register'],
    ['more rows than the policy has', { rows: 1001 }, 'too-many-rows'],
    ['more days than the policy has', { days: 31 }, 'too-long'],
  ])('cannot be asked for with %s', (_, wrong, code) => given(context).when('RequestExport', { ...asked, ...wrong }, { facts: { maxRows: 1000, maxDays: 30 } }).then(problem(422, code)));

  it('is out of the question for a file that the policy does not name, at the request and at the approval', async () => {
    expect(await handlingOf(context, 'RequestExport', asked)).toEqual({ kind: 'use', ...FILE, subjects: [], items: ['vaccine', 'dose'] });
    policy = DEFAULT_POLICY.output;
    expect(await handlingOf(context, 'RequestExport', asked)).toMatchObject({ offByPolicy: true });
    expect(await handlingOf(context, 'ApproveExport', FILE, { request: open })).toMatchObject({ offByPolicy: true });
  });

  it('is approved by another person, for its days from then on', () => {
    given(context, [requested]).when('ApproveExport', FILE, { person: OONO }).then([happens(ExportApproved, { until: '2026-11-30', rows: 500, number: false })]);
    given(context, [requested]).when('ApproveExport', { ...FILE, number: true }, { person: OONO }).then([happens(ExportApproved, { until: '2026-11-30', rows: 500, number: true })]);
    given(context, [requested]).when('ApproveExport', FILE, { person: HORI }).then(problem(409, 'same-person'));
    given(context, [requested, approved]).when('ApproveExport', FILE, { person: OONO }).then(problem(409, 'not-requested'));
  });
  it('is approved by the policy of that day', () => {
    given(context, [requested]).when('ApproveExport', FILE, { person: OONO, facts: { maxRows: 500, maxDays: 10 } }).then([happens(ExportApproved)]);
    given(context, [requested]).when('ApproveExport', FILE, { person: OONO, facts: { maxRows: 499, maxDays: 10 } }).then(problem(409, 'beyond-policy'));
    given(context, [requested]).when('ApproveExport', FILE, { person: OONO, facts: { maxRows: 500, maxDays: 9 } }).then(problem(409, 'beyond-policy'));
  });
  it('is asked for of everybody by naming nobody, not by a list that has come out empty', () => {
    given(context).when('RequestExport', { ...asked, subjects: [] }).then(problem(422, 'subjects-required'));
    given(context).when('RequestExport', { ...asked, subjects: [SUBJECT_ID, SUBJECT_ID] }).then([happens(ExportRequested, { ...open, subjects: [SUBJECT_ID] })]);
  });
  it('lapses when nobody has decided upon it within the days that it was asked for; it can still be turned down', () => {
    expect(given(context, [requested]).state).toMatchObject({ status: 'requested', due: '2026-11-30' });
    given(context, [requested]).when('ApproveExport', FILE, { person: OONO, today: '2026-11-30' }).then([happens(ExportApproved, { until: '2026-12-10', rows: 500, number: false })]);
    given(context, [requested]).when('ApproveExport', FILE, { person: OONO, today: '2026-12-01' }).then(problem(409, 'request-lapsed'));
    given(context, [requested]).when('RejectExport', { ...FILE, reason: '失効' }, { person: OONO, today: '2026-12-01' }).then([happens(ExportRejected)]);
  });
  it('lives as long as it was approved, or as many days as the policy has by now, whichever is shorter', () => {
    for (const type of ['TellPassphrase', 'MakeExport']) {
      const on = (today: string, maxDays: number, events = [requested, approved]) => given(context, events).when(type, FILE, { person: HORI, today, facts: { maxDays } });
      const happened = [type === 'MakeExport' ? happens(ExportMade) : happens(ExportPassphraseTold)];
      on('2026-11-30', 10).then(happened);
      on('2026-11-25', 5).then(happened);
      on('2026-11-26', 5).then(problem(409, 'lifetime-over'));
      on('2026-12-01', 365).then(problem(409, 'lifetime-over'));
      on('2026-11-23', 30, [requested, approved, shortened('2026-11-22')]).then(problem(409, 'lifetime-over')); // a longer policy brings nothing back
    }
  });
  it('is said to live shorter, never longer, as long as there is something to live', () => {
    given(context, [requested, approved]).when('ShortenExport', { until: '2026-11-25' }).then([happens(ExportShortened, { until: '2026-11-25' })]);
    given(context, [requested, approved, made]).when('ShortenExport', { until: '2026-11-25' }).then([happens(ExportShortened, { until: '2026-11-25' })]);
    expect(given(context, [requested, approved, made, shortened('2026-11-25')]).state).toMatchObject({ due: '2026-11-25' });
    for (const until of ['2026-11-30', '2026-12-01']) given(context, [requested, approved]).when('ShortenExport', { until }).then(problem(409, 'not-shorter'));
    for (const events of [[requested], [requested, approved, made, ended, gone]]) given(context, events).when('ShortenExport', { until: '2026-11-21' }).then(problem(409, 'not-shorter'));
    given(context, [requested, approved, made, ended, shortened('2026-11-25')]).when('NoteOverdue', {}, { today: '2026-11-26' }).then([happens(OutputOverdue, { due: '2026-11-25' })]);
  });
  it('ends once, after it has begun, and is confirmed to be gone no sooner', () => {
    const end = { rows: 40, outcome: 'cut-off' };
    given(context, [requested, approved, made]).when('EndExport', end).then([happens(ExportEnded, end)]);
    for (const events of [[requested], [requested, approved], [requested, approved, made, ended]]) given(context, events).when('EndExport', end).then(problem(409, 'not-under-way'));
    given(context, [requested, approved, made]).when('ConfirmErasure', { ...FILE, how: 'erased' }, { person: MIWA }).then(problem(409, 'under-way'));
  });
  it('is rejected by another person, with a reason', () => {
    given(context, [requested]).when('RejectExport', { ...FILE, reason: '項目が多すぎる' }, { person: OONO }).then([happens(ExportRejected)]);
    given(context, [requested]).when('RejectExport', FILE, { person: OONO }).then(problem(422, 'reason-required'));
    given(context, [requested]).when('RejectExport', { ...FILE, reason: '取りやめ' }, { person: HORI }).then(problem(409, 'same-person'));
    given(context, [requested, past(ExportRejected, OONO, {}, {})]).when('ApproveExport', FILE, { person: OONO }).then(problem(409, 'not-requested'));
  });
  it('its passphrase is told to the requester, as long as there is a file to be made', () => {
    given(context, [requested, approved]).when('TellPassphrase', FILE, { person: HORI }).then([happens(ExportPassphraseTold)]);
    given(context, [requested, approved, told]).when('TellPassphrase', FILE, { person: HORI }).then([happens(ExportPassphraseTold)]);
    given(context, [requested, approved]).when('TellPassphrase', FILE, { person: MIWA }).then(problem(409, 'requester-only'));
    given(context, [requested]).when('TellPassphrase', FILE, { person: HORI }).then(problem(409, 'not-approved'));
    given(context, [requested, approved]).when('TellPassphrase', FILE, { person: HORI, today: '2026-12-01' }).then(problem(409, 'lifetime-over'));
    given(context, [requested, approved, told, made]).when('TellPassphrase', FILE, { person: HORI }).then(problem(409, 'made-already'));
  });
  it('that it is gone is confirmed by somebody else', () => {
    given(context, [requested, approved, made, ended]).when('ConfirmErasure', { ...FILE, how: 'returned' }, { person: MIWA }).then([happens(ExportErased, { how: 'returned' })]);
    given(context, [requested, approved, made]).when('ConfirmErasure', { ...FILE, how: 'erased' }, { person: HORI }).then(problem(409, 'same-person'));
    given(context, [requested, approved]).when('ConfirmErasure', { ...FILE, how: 'erased' }, { person: MIWA }).then(problem(409, 'nothing-to-erase'));
    given(context, [requested, approved, made, gone]).when('ConfirmErasure', { ...FILE, how: 'erased' }, { person: MIWA }).then(problem(409, 'nothing-to-erase'));
  });
  it('is late when its lifetime has passed and it is still there; not one that was never made', () => {
    given(context, [requested, approved, made, ended]).when('NoteOverdue', {}, { today: '2026-12-01' }).then([happens(OutputOverdue, { due: '2026-11-30' })]);
    given(context, [requested, approved]).when('NoteOverdue', {}, { today: '2026-12-01' }).then(problem(409, 'not-overdue'));
    given(context, [requested, approved, made, gone]).when('NoteOverdue', {}, { today: '2026-12-01' }).then(problem(409, 'not-overdue'));
  });
  it('goes on from a request whose words are gone', () => expect(given(context, [erased(requested), erased(approved)]).state).toMatchObject({ status: 'approved', by: HORI, due: '2026-11-30' }));
});

describe('持出し', () => {
  const context = { ...all.takeOuts, commands: [...all.takeOuts.commands, noteOverdue as never] };
  const asked = { ...FILE, object: 'medium', ref: '媒体3号', items: ['name'], persons: 318, encrypted: true, carrier: MIWA, destination: '架空の検診会場', from: TODAY, until: '2026-11-22' };
  const known = { isCarrier: true, maxDays: 14 };
  const open = { object: 'medium', persons: 318, encrypted: true, carrier: MIWA, from: TODAY, until: '2026-11-22' } as const;
  const requested = past(TakeOutRequested, HORI, open, { ref: '媒体3号', destination: '架空の検診会場', items: ['name'] });
  const approved = past(TakeOutApproved, OONO, {}, {});
  const out = past(TakenOut, MIWA, {}, {});
  const lost = past(TakeOutLost, MIWA, { on: TODAY }, { circumstances: '電車の中' });

  it('is asked for with how many it holds, who carries it, and when it is back; what and where to is sealed', () =>
    given(context).when('RequestTakeOut', asked, { facts: known }).then([happens(TakeOutRequested, open, { ref: '媒体3号', destination: '架空の検診会場', items: ['name'] })]));
  it.each([
    ['somebody who is not in post', {}, { isCarrier: false, maxDays: 14 }, 'not-on-the-list'],
    ['a day that is over', { from: '2026-11-19' }, known, 'past'],
    ['an end before its beginning', { from: '2026-11-23' }, known, 'too-long'],
    ['too long a time', { until: '2026-12-05' }, known, 'too-long'],
    ['persons of whom it holds nothing', { items: [] }, known, 'items-required'],
    ['a terminal that nobody knows', { object: 'terminal' }, known, 'unknown-terminal'],
  ])('cannot be asked for with %s', (_, wrong, found, code) => given(context).when('RequestTakeOut', { ...asked, ...wrong }, { facts: found }).then(problem(422, code)));
  it('is off by policy unencrypted, and for a terminal of another kind than a venue’s', async () => {
    expect(await handlingOf(context, 'RequestTakeOut', asked)).not.toHaveProperty('offByPolicy');
    expect(await handlingOf(context, 'RequestTakeOut', { ...asked, encrypted: false })).toMatchObject({ offByPolicy: true });
    expect(await handlingOf(context, 'RequestTakeOut', { ...asked, object: 'terminal' })).not.toHaveProperty('offByPolicy');
    terminal = 'number-affairs';
    expect(await handlingOf(context, 'RequestTakeOut', { ...asked, object: 'terminal' })).toMatchObject({ offByPolicy: true });
  });
  it('is approved or rejected by somebody who neither asked nor carries', () => {
    given(context, [requested]).when('ApproveTakeOut', FILE, { person: OONO, facts: known }).then([happens(TakeOutApproved)]);
    given(context, [requested]).when('RejectTakeOut', { ...FILE, reason: '別の方法がある' }, { person: OONO }).then([happens(TakeOutRejected)]);
    given(context, [requested]).when('RejectTakeOut', FILE, { person: OONO }).then(problem(422, 'reason-required'));
    for (const person of [HORI, MIWA]) given(context, [requested]).when('ApproveTakeOut', FILE, { person }).then(problem(409, 'same-person'));
    given(context, [requested, approved]).when('ApproveTakeOut', FILE, { person: OONO }).then(problem(409, 'not-requested'));
  });
  it('lapses with the day by which it was to be back', () => {
    given(context, [requested]).when('ApproveTakeOut', FILE, { person: OONO, facts: known, today: '2026-11-22' }).then([happens(TakeOutApproved)]);
    given(context, [requested]).when('ApproveTakeOut', FILE, { person: OONO, facts: known, today: '2026-11-23' }).then(problem(409, 'request-lapsed'));
  });
  it('goes out when it has been approved, in its days', () => {
    given(context, [requested, approved]).when('RecordDeparture', FILE, { person: MIWA, facts: known }).then([happens(TakenOut)]);
    given(context, [requested]).when('RecordDeparture', FILE, { person: MIWA }).then(problem(409, 'not-approved'));
    given(context, [requested, approved]).when('RecordDeparture', FILE, { person: MIWA, today: '2026-11-23' }).then(problem(409, 'outside-period'));
  });
  it('is approved, and leaves, by the policy of that day; what is out comes back by any', async () => {
    for (const [type, events, person] of [['ApproveTakeOut', [requested], OONO], ['RecordDeparture', [requested, approved], MIWA]] as const) {
      given(context, events).when(type, FILE, { person, facts: { maxDays: 1 } }).then(problem(409, 'beyond-policy'));
      const at = (over: object) => handlingOf(context, type, FILE, { ...(given(context, events).state as object), request: { ...open, ...over } });
      expect(await at({})).not.toHaveProperty('offByPolicy');
      expect(await at({ encrypted: false })).toMatchObject({ offByPolicy: true });
      expect(await at({ class: 'number-affairs' })).toMatchObject({ offByPolicy: true });
    }
    expect(await handlingOf(context, 'ConfirmReturn', { ...FILE, persons: 318 }, { ...(given(context, [requested]).state as object), request: { ...open, encrypted: false } })).not.toHaveProperty('offByPolicy');
  });
  it('comes back before somebody else, who counts; also when it had been lost', () => {
    given(context, [requested, approved, out]).when('ConfirmReturn', { ...FILE, persons: 318 }, { person: HORI }).then([happens(TakeOutReturned, { persons: 318, complete: true })]);
    given(context, [requested, approved, out, lost]).when('ConfirmReturn', { ...FILE, persons: 317 }, { person: HORI }).then([happens(TakeOutReturned, { persons: 317, complete: false })]);
    given(context, [requested, approved, out]).when('ConfirmReturn', { ...FILE, persons: 318 }, { person: MIWA }).then(problem(409, 'same-person'));
    given(context, [requested, approved]).when('ConfirmReturn', { ...FILE, persons: 318 }, { person: HORI }).then(problem(409, 'not-out'));
  });
  it('is reported lost when it is out', () => {
    given(context, [requested, approved, out]).when('ReportLoss', { ...FILE, on: TODAY, circumstances: '電車の中' }).then([happens(TakeOutLost, { on: TODAY }, { circumstances: '電車の中' })]);
    given(context, [requested, approved, out]).when('ReportLoss', { ...FILE, on: '2026-11-19', circumstances: '電車の中' }).then(problem(422, 'before-departure'));
    given(context, [requested, approved, out]).when('ReportLoss', { ...FILE, on: '2026-11-21', circumstances: '電車の中' }).then(problem(422, 'in-the-future'));
    given(context, [requested, approved]).when('ReportLoss', { ...FILE, on: TODAY, circumstances: '電車の中' }).then(problem(409, 'not-out'));
  });
  it('is late on the day after, lost or not', () => {
    for (const events of [[requested, approved, out], [requested, approved, out, lost]]) given(context, events).when('NoteOverdue', {}, { today: '2026-11-23' }).then([happens(OutputOverdue, { due: '2026-11-22' })]);
    given(context, [requested, approved]).when('NoteOverdue', {}, { today: '2026-11-23' }).then(problem(409, 'not-overdue'));
  });
  it('names its items in what follows, and none when they cannot be read any more', async () => {
    expect(await handlingOf(context, 'RecordDeparture', FILE, given(context, [requested, approved]).state as object)).toMatchObject({ items: ['name'], subjects: [] });
    expect(given(context, [erased(requested)]).state).toMatchObject({ items: [] });
  });
});
