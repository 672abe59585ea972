import { newId } from '../../src/ledger/ids.js';
import { CancellationProposed, CorrectionProposed, ProposalReturned, VaccinationConfirmed, VaccinationRecorded } from '../../src/vaccinations/events.js';
import { isSamePerson } from '../../src/vaccinations/decider.js';
import { vaccinations } from '../../src/vaccinations/module.js';
import { HORI, MIWA, OONO, SUBJECT_ID, erased, given, happens, past, problem } from '../support/given.js';

const context = vaccinations({ scopeOf: async () => 'resident' });
const FILE = { file: 'vaccination' };
const RECORD = { vaccine: 'MR1', dose: 1, vaccinatedOn: '2026-11-02', executionClass: 'routine', lot: 'AB1234' } as const;
const CORRECTED = { ...RECORD, lot: 'AB1243' } as const;
const subject = SUBJECT_ID;

const entered = past(VaccinationRecorded, HORI, { subject }, { record: RECORD });
const imported = past(VaccinationRecorded, HORI, { subject, batch: newId() }, { record: RECORD });
const entryConfirmed = past(VaccinationConfirmed, MIWA, { subject, of: 'entry' }, {});
const correction = past(CorrectionProposed, HORI, { subject }, { record: CORRECTED });
const cancellation = past(CancellationProposed, HORI, { subject }, {});
const confirmed = (of: 'correction' | 'cancellation') => past(VaccinationConfirmed, MIWA, { subject, of }, {});
const returned = (of: 'entry' | 'correction' | 'cancellation') => past(ProposalReturned, MIWA, { subject, of }, {});

describe('入力', () => {
  it('is recorded as given and waits for another person', () => {
    given(context).when('RecordVaccination', { ...FILE, ...RECORD, subject }).then([happens(VaccinationRecorded, { subject }, { record: RECORD })]);
    expect(given(context, [entered]).state).toMatchObject({ status: 'entered', record: RECORD, pending: { of: 'entry', by: HORI } });
  });

  it.each([
    ['today', '2026-11-20', null],
    ['tomorrow', '2026-11-21', problem(422, 'in-the-future')],
  ])('of a vaccination given %s', (_, vaccinatedOn, expected) => {
    given(context)
      .when('RecordVaccination', { ...FILE, ...RECORD, vaccinatedOn, subject })
      .then(expected ?? [happens(VaccinationRecorded, { subject }, { record: { ...RECORD, vaccinatedOn } })]);
  });

  it('keeps every field of the 別添 lists, and nothing else of the command', () => {
    const full = {
      ...RECORD, combination: '4種', datePrecision: 'month', judgement: '可', exclusion: '年齢', payment: '公費', fee: '無', institution: '架空医院', venue: '保健センター', doctor: '架空医師',
      vaccinationClass: '1期', manufacturer: '架空製薬', amount: 500, special: '特例', pneumococcal: '23価', tuberculin: '陰性', receivedOn: '2026-11-03', examinedOnly: false, temperature: 365,
      fiscalYear: 2026, under65Reason: '基礎疾患', ticketNumber: '2026000123', municipality: '990019', beforeMoveIn: true, billedOn: '2026-11-01', remarks: '特になし',
    };
    given(context)
      .when('RecordVaccination', { ...FILE, ...full, subject, purpose: 'routine-vaccination', source: 'self', method: 'paper', caseRef: '受付1' })
      .then([happens(VaccinationRecorded, { subject }, { record: full })]);
  });

  it('of a file is confirmed as a whole, so nothing waits', () => {
    expect(given(context, [imported]).state).toMatchObject({ status: 'confirmed', pending: null, record: RECORD });
    given(context, [imported]).when('ConfirmVaccination', FILE).then(problem(409, 'nothing-pending'));
  });
});

describe('確認', () => {
  it('of an entry makes it hold', () => {
    given(context, [entered]).when('ConfirmVaccination', FILE, { person: MIWA }).then([happens(VaccinationConfirmed, { subject, of: 'entry' })]);
    expect(given(context, [entered, entryConfirmed]).state).toMatchObject({ status: 'confirmed', pending: null, record: RECORD });
  });

  it.each([
    ['an entry', [entered]],
    ['a correction', [entered, entryConfirmed, correction]],
    ['a cancellation', [entered, entryConfirmed, cancellation]],
  ])('of %s takes another person than the one who put it in', (_, events) => {
    const { state } = given(context, events);
    expect([HORI, MIWA, OONO].map((person) => isSamePerson(state, person))).toEqual([true, false, false]);
  });

  it('asks for another person than the corrector, who may be the one that entered', () => {
    const byMiwa = past(CorrectionProposed, MIWA, { subject }, { record: CORRECTED });
    const { state } = given(context, [entered, entryConfirmed, byMiwa]);
    expect([HORI, MIWA].map((person) => isSamePerson(state, person))).toEqual([false, true]);
  });

  it.each([
    ['an entry twice', [entered, entryConfirmed]],
    ['a correction twice', [entered, entryConfirmed, correction, confirmed('correction')]],
    ['what was sent back', [entered, entryConfirmed, correction, returned('correction')]],
  ])('of %s is refused', (_, events) => given(context, events).when('ConfirmVaccination', FILE, { person: MIWA }).then(problem(409, 'nothing-pending')));

  it.each([
    ['of nothing', [], 'not-recorded'],
    ['of a cancelled record', [entered, entryConfirmed, cancellation, confirmed('cancellation')], 'cancelled'],
    ['of an entry that was sent back', [entered, returned('entry')], 'returned'],
  ] as const)('%s is refused', (_, events, code) => given(context, events).when('ConfirmVaccination', FILE, { person: MIWA }).then(problem(409, code)));
});

describe('訂正', () => {
  const correct = { ...FILE, ...CORRECTED, reason: '転記誤り' };

  it('proposes the whole record anew, with its reason sealed', () => {
    given(context, [entered, entryConfirmed]).when('CorrectVaccination', correct).then([happens(CorrectionProposed, { subject }, { record: CORRECTED, about: { reason: '転記誤り' } })]);
  });

  it('keeps the old value until another person has confirmed it', () => {
    expect(given(context, [entered, entryConfirmed, correction]).state).toMatchObject({ status: 'confirmed', record: RECORD, pending: { of: 'correction', record: CORRECTED } });
    expect(given(context, [entered, entryConfirmed, correction, confirmed('correction')]).state).toMatchObject({ status: 'confirmed', record: CORRECTED, pending: null });
  });

  it('leaves the old value when sent back', () => {
    expect(given(context, [entered, entryConfirmed, correction, returned('correction')]).state).toMatchObject({ status: 'confirmed', record: RECORD, pending: null });
  });

  it('takes its date from the past only', () => {
    given(context, [entered, entryConfirmed]).when('CorrectVaccination', { ...correct, vaccinatedOn: '2026-11-21' }).then(problem(422, 'in-the-future'));
  });

  it('can be made again after the last one was confirmed or sent back', () => {
    for (const settled of [confirmed('correction'), returned('correction')]) {
      given(context, [entered, entryConfirmed, correction, settled]).when('CorrectVaccination', correct).then([happens(CorrectionProposed)]);
    }
  });
});

describe('取消', () => {
  const cancel = { ...FILE, reason: '誤入力' };

  it('is proposed with its reason, and nothing changes before it is confirmed', () => {
    given(context, [entered, entryConfirmed]).when('CancelVaccination', cancel).then([happens(CancellationProposed, { subject }, { about: { reason: '誤入力' } })]);
    expect(given(context, [entered, entryConfirmed, cancellation]).state).toMatchObject({ status: 'confirmed', record: RECORD });
    expect(given(context, [entered, entryConfirmed, cancellation, confirmed('cancellation')]).state).toMatchObject({ status: 'cancelled', pending: null });
  });

  it('leaves the record as it was when sent back', () => {
    expect(given(context, [entered, entryConfirmed, cancellation, returned('cancellation')]).state).toMatchObject({ status: 'confirmed', record: RECORD, pending: null });
  });
});

describe.each([
  ['CorrectVaccination', { ...FILE, ...CORRECTED }],
  ['CancelVaccination', FILE],
])('%s', (type, data) => {
  const withReason = { ...data, reason: '転記誤り' };

  it('needs a reason', () => given(context, [entered, entryConfirmed]).when(type, data).then(problem(422, 'reason-required')));

  it.each([
    ['a correction', correction],
    ['a cancellation', cancellation],
  ])('waits until %s has been settled', (_, pending) => given(context, [entered, entryConfirmed, pending]).when(type, withReason).then(problem(409, 'pending')));

  it.each([
    ['nothing', [], 'not-recorded'],
    ['a cancelled record', [entered, entryConfirmed, cancellation, confirmed('cancellation')], 'cancelled'],
    ['an entry that was sent back', [entered, returned('entry')], 'returned'],
  ] as const)('cannot be done to %s', (_, events, code) => given(context, events).when(type, withReason).then(problem(409, code)));
});

describe('差戻し', () => {
  const send = { ...FILE, reason: '予診票と違う' };

  it.each([
    ['entry', [entered]],
    ['correction', [entered, entryConfirmed, correction]],
    ['cancellation', [entered, entryConfirmed, cancellation]],
  ] as const)('of an open %s gives its reason', (of, events) => {
    given(context, events).when('ReturnVaccination', send, { person: MIWA }).then([happens(ProposalReturned, { subject, of }, { about: { reason: '予診票と違う' } })]);
  });

  it('needs a reason', () => given(context, [entered]).when('ReturnVaccination', FILE, { person: MIWA }).then(problem(422, 'reason-required')));
  it('needs something open', () => given(context, [entered, entryConfirmed]).when('ReturnVaccination', send, { person: MIWA }).then(problem(409, 'nothing-pending')));
  it('makes an entry void', () => expect(given(context, [entered, returned('entry')]).state).toMatchObject({ status: 'returned', pending: null }));

  it.each([
    ['correction', correction],
    ['cancellation', cancellation],
  ] as const)('of a %s of an entry nobody has confirmed yet leaves the entry waiting', (of, proposal) => {
    const { state } = given(context, [entered, proposal, returned(of)]);
    expect(state).toMatchObject({ status: 'entered', record: RECORD, pending: { of: 'entry', by: HORI } });
  });
});

describe('after erasure', () => {
  it('the record is gone and the state stands', () => {
    const events = [erased(entered), entryConfirmed, erased(correction), confirmed('correction')];
    expect(given(context, events).state).toMatchObject({ subject, status: 'confirmed', pending: null, record: null });
  });

  it('a correction that waits has no record either', () => {
    expect(given(context, [erased(entered), entryConfirmed, erased(correction)]).state).toMatchObject({ record: null, pending: { of: 'correction', by: HORI, record: null } });
  });
});
