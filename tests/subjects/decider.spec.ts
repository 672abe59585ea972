import { ResidentChanged, SubjectRegistered, type Identity } from '../../src/subjects/events.js';
import { subjects } from '../../src/subjects/module.js';
import { HORI, erased, given, happens, past, problem, TODAY } from '../support/given.js';

const HINA: Identity = {
  name: '木下　ひな（架空）', kana: 'キノシタ　ヒナ', birthDate: '2021-05-03', sex: 'female', address: '汐浜市架空町2番地', addresseeNumber: '100000002', household: '5501',
  guardians: [{ name: '木下　葵（架空）', relation: '母', contact: '000-0000-0001' }],
};
const GIVEN = { file: 'vaccination', scope: 'resident', ...HINA };
const PROTECTION = { from: '2026-04-01', until: '2027-03-31', restricted: '父' } as const;

const registered = past(SubjectRegistered, HORI, { scope: 'resident' }, { identity: HINA });
const numbered = past(SubjectRegistered, HORI, { scope: 'resident' }, { identity: { ...HINA, integratedNumber: '7000000001' } });
const shielded = past(ResidentChanged, HORI, { scope: 'resident' }, { change: { kind: 'protection-start', on: '2026-04-01' }, identity: { ...HINA, protection: PROTECTION } });
const unshielded = past(ResidentChanged, HORI, { scope: 'resident' }, { change: { kind: 'protection-end', on: '2026-10-01' }, identity: HINA });

describe('registering', () => {
  it('keeps the identity block as given, with guardians', () => {
    given(subjects).when('RegisterSubject', GIVEN).then([happens(SubjectRegistered, { scope: 'resident' }, { identity: HINA })]);
  });

  it('keeps every field the counter may fill, names as they were typed', () => {
    const full = {
      ...HINA, name: '邉󠄁　𠮷子（架空）', birthPrecision: 'month', postalCode: '999-0001', contact: '000-0000-0002', integratedNumber: '7000000002', residentSince: '2021-05-03',
      leftOn: '2026-03-31', diedOn: '2026-04-01', unregisteredCharacters: true,
    };
    given(subjects).when('RegisterSubject', { ...GIVEN, ...full }).then([happens(SubjectRegistered, { scope: 'resident' }, { identity: full })]);
  });

  it('never starts 支援措置: that has a command of its own', () => {
    const { state } = given(subjects, [registered]);
    expect(state.identity).not.toHaveProperty('protection');
  });
});

describe('異動', () => {
  const moved = { ...GIVEN, change: 'move-within', changedOn: '2026-11-01', notifiedOn: '2026-11-05', address: '汐浜市架空町9番地' };
  const after = { ...HINA, address: '汐浜市架空町9番地' };
  const change = { kind: 'move-within', on: '2026-11-01', notifiedOn: '2026-11-05' } as const;

  it('writes what changed and the identity as it stands after it, both sealed', () => {
    given(subjects, [registered]).when('RecordResidentChange', moved).then([happens(ResidentChanged, { scope: 'resident' }, { change, identity: after })]);
  });

  it('may bring somebody into another part of 対象となる本人の範囲', () => {
    given(subjects, [registered])
      .when('RecordResidentChange', { ...moved, change: 'move-out', scope: 'former-resident', leftOn: '2026-11-01' })
      .then([happens(ResidentChanged, { scope: 'former-resident' }, { change: { ...change, kind: 'move-out' }, identity: { ...after, leftOn: '2026-11-01' } })]);
  });

  it('never changes the 宛名番号', () => {
    given(subjects, [registered]).when('RecordResidentChange', { ...moved, addresseeNumber: '100000003' }).then(problem(409, 'addressee-number-fixed'));
  });

  it('may bring the 団体内統合宛名番号 for the first time', () => {
    given(subjects, [registered])
      .when('RecordResidentChange', { ...moved, integratedNumber: '7000000001' })
      .then([happens(ResidentChanged, { scope: 'resident' }, { change, identity: { ...after, integratedNumber: '7000000001' } })]);
  });

  it.each([
    ['changes', { integratedNumber: '7000000009' }],
    ['drops', {}],
  ])('never %s a 団体内統合宛名番号 that is there', (_, integrated) => {
    given(subjects, [numbered]).when('RecordResidentChange', { ...moved, ...integrated }).then(problem(409, 'integrated-number-fixed'));
  });

  it('does not lift 支援措置', () => {
    given(subjects, [registered, shielded])
      .when('RecordResidentChange', moved)
      .then([happens(ResidentChanged, { scope: 'resident' }, { change, identity: { ...after, protection: PROTECTION } })]);
  });

  it('is not a way to start or end 支援措置', () => {
    for (const kind of ['protection-start', 'protection-end']) expect(() => given(subjects, [registered]).when('RecordResidentChange', { ...moved, change: kind })).toThrow('invalid-input');
  });

  it('needs somebody who is registered', () => given(subjects).when('RecordResidentChange', moved).then(problem(409, 'not-registered')));
});

describe('支援措置', () => {
  const start = { file: 'vaccination', protected: true, on: '2026-04-01', until: '2027-03-31', restricted: '父' };
  const end = { file: 'vaccination', protected: false, on: '2026-10-01' };

  it('starts by its command, and all else stays', () => {
    given(subjects, [registered])
      .when('SetProtection', start)
      .then([happens(ResidentChanged, { scope: 'resident' }, { change: { kind: 'protection-start', on: '2026-04-01' }, identity: { ...HINA, protection: PROTECTION } })]);
  });

  it('may be without an end', () => {
    given(subjects, [registered])
      .when('SetProtection', { file: 'vaccination', protected: true, on: '2026-04-01' })
      .then([happens(ResidentChanged, { scope: 'resident' }, { change: { kind: 'protection-start', on: '2026-04-01' }, identity: { ...HINA, protection: { from: '2026-04-01' } } })]);
  });

  it('ends by its command only', () => {
    given(subjects, [registered, shielded])
      .when('SetProtection', end)
      .then([happens(ResidentChanged, { scope: 'resident' }, { change: { kind: 'protection-end', on: '2026-10-01' }, identity: HINA })]);
  });

  it('may start again', () => given(subjects, [registered, shielded, unshielded]).when('SetProtection', start).then([happens(ResidentChanged)]));
  it('is not started twice', () => given(subjects, [registered, shielded]).when('SetProtection', start).then(problem(409, 'no-change')));
  it('is not ended where there is none', () => given(subjects, [registered]).when('SetProtection', end).then(problem(409, 'no-change')));

  it.each([
    [TODAY, null],
    ['2026-11-19', problem(409, 'until-past')],
  ])('may run out on %s, never before today', (until, expected) => {
    given(subjects, [registered]).when('SetProtection', { ...start, until }).then(expected ?? [happens(ResidentChanged)]);
  });

  it('still holds after the day it runs out: a person ends it', () => {
    const { state } = given(subjects, [registered, shielded]);
    expect(state.identity).toMatchObject({ protection: { until: '2027-03-31' } });
    given(subjects, [registered, shielded]).when('SetProtection', end, { today: '2027-06-01' }).then([happens(ResidentChanged)]);
  });

  it('needs somebody who is registered', () => given(subjects).when('SetProtection', start).then(problem(409, 'not-registered')));
});

describe('after erasure', () => {
  it('scope stands, identity is gone', () => expect(given(subjects, [erased(registered), erased(shielded)]).state).toEqual({ scope: 'resident', identity: null }));

  it.each([
    ['RecordResidentChange', { ...GIVEN, change: 'move-within', changedOn: '2026-11-01' }],
    ['SetProtection', { file: 'vaccination', protected: false, on: '2026-10-01' }],
  ])('%s is refused', (type, data) => given(subjects, [erased(registered)]).when(type, data).then(problem(409, 'not-registered')));
});
