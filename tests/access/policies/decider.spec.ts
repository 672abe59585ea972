import { DEFAULT_POLICY, SETTINGS } from '../../../src/access/policy.js';
import { accessPolicy as contextWith } from '../../../src/access/policies/context.js';
import { PolicyChangeConfirmed, PolicyChangeProposed, PolicyChangeRejected, PolicyChangeWithdrawn, PolicyExceptionConfirmed, PolicyExceptionEnded, PolicyExceptionProposed } from '../../../src/access/policies/events.js';
import { Policies } from '../../../src/access/policies/policies.js';
import { codes, defaultsOf, flag, settingsOf } from '../../../src/access/policies/tunable.js';
import { PROCEDURES } from '../../../src/access/rights/procedure.js';
import type { DomainEvent } from '../../../src/ledger/event-type.js';
import type { FollowedEvent } from '../../../src/walks/engine.js';
import { HORI, MIWA, OONO, SUBJECT_ID, TODAY, given, happens, past, problem } from '../../support/given.js';

const accessPolicy = contextWith({ isFile: () => true, isSystem: () => true, isStaff: async () => true, isTerminal: () => true });
const WANTED = { setting: 'session.idleMinutes', value: 15, reason: '窓口の混雑' } as const;
const stands = { proposal: 1, setting: 'session.idleMinutes', value: { whole: 15 } };
const proposed = past(PolicyChangeProposed, HORI, stands, { reason: '窓口の混雑' });
const changed = (setting: string, value: object, from?: string): DomainEvent => past(PolicyChangeConfirmed, MIWA, { proposal: 1, setting, value, ...(from !== undefined && { from }) }, {});

describe('a change', () => {
  const propose = (over: object = {}, events: readonly DomainEvent[] = []) => given(accessPolicy, events).when('ProposePolicyChange', { ...WANTED, ...over });

  it('is proposed with its reason, which is sealed', () => propose().then([happens(PolicyChangeProposed, stands, { reason: '窓口の混雑' })]));
  it('from a day on, but from none that is gone', () => {
    propose({ from: '2026-12-01' }).then([happens(PolicyChangeProposed, { ...stands, from: '2026-12-01' })]);
    propose({ from: '2026-11-19' }).then(problem(422, 'past'));
  });
  it('not without a reason, nor of a setting that there is not, nor while another waits', () => {
    propose({ reason: null }).then(problem(422, 'reason-required'));
    propose({ setting: 'session.idleMs' }).then(problem(422, 'unknown-setting'));
    propose({}, [proposed]).then(problem(409, 'proposal-open'));
    propose({ setting: 'session.endsMinutes', value: 600 }, [proposed]).then([happens(PolicyChangeProposed, { proposal: 2, setting: 'session.endsMinutes', value: { whole: 600 } })]);
  });
  it('takes a second person to be confirmed or turned down, and the first to be taken back', () => {
    const act = (type: string, person: string) => given(accessPolicy, [proposed]).when(type, { proposal: 1 }, { person });
    act('ConfirmPolicyChange', HORI).then(problem(409, 'same-person'));
    act('RejectPolicyChange', HORI).then(problem(409, 'same-person'));
    act('WithdrawPolicyChange', MIWA).then(problem(409, 'other-person'));
    act('ConfirmPolicyChange', MIWA).then([happens(PolicyChangeConfirmed, stands)]);
    act('RejectPolicyChange', MIWA).then([happens(PolicyChangeRejected, { proposal: 1 })]);
    act('WithdrawPolicyChange', HORI).then([happens(PolicyChangeWithdrawn, { proposal: 1 })]);
  });
  it.each(['ConfirmPolicyChange', 'RejectPolicyChange', 'WithdrawPolicyChange'])('that is settled or was never proposed is settled no more (%s)', (type) => {
    const settled = [changed('session.idleMinutes', { whole: 15 }), past(PolicyChangeRejected, MIWA, { proposal: 1 }, {}), past(PolicyChangeWithdrawn, HORI, { proposal: 1 }, {})];
    for (const events of [[], ...settled.map((end) => [proposed, end])]) given(accessPolicy, events).when(type, { proposal: 1 }, { person: MIWA }).then(problem(409, 'not-proposed'));
  });
  it('confirmed on its day or later holds at once: nothing is changed for the time before', () => {
    const ahead = (from: string) => past(PolicyChangeProposed, HORI, { ...stands, from }, { reason: '…' });
    given(accessPolicy, [ahead('2026-12-01')]).when('ConfirmPolicyChange', { proposal: 1 }, { person: MIWA }).then([happens(PolicyChangeConfirmed, { ...stands, from: '2026-12-01' })]);
    for (const from of ['2026-11-01', TODAY]) given(accessPolicy, [ahead(from)]).when('ConfirmPolicyChange', { proposal: 1 }, { person: MIWA }).then([happens(PolicyChangeConfirmed, stands)]);
  });
  it('that a newer program would not propose is not confirmed either', () => {
    const old = past(PolicyChangeProposed, HORI, { proposal: 1, setting: 'session.idleMinutes', value: { whole: 31 } }, { reason: '…' });
    given(accessPolicy, [old]).when('ConfirmPolicyChange', { proposal: 1 }, { person: MIWA }).then(problem(422, 'out-of-bounds'));
  });
});

describe('a shared account', () => {
  const SHARED = { system: 'vaccination-system', users: [OONO, SUBJECT_ID], terminals: ['counter-1'], until: '2027-03-31' };
  const facts = { isSystem: true, areStaff: true, areTerminals: true };
  const propose = (over: object = {}, occasion: object = {}) => given(accessPolicy).when('ProposeSharedAccount', { ...SHARED, reason: '設備の制約', ...over }, { facts, ...occasion });
  const entry = { proposal: 1, kind: 'shared-account', ...SHARED } as const;
  const wanted = past(PolicyExceptionProposed, HORI, entry, { reason: '設備の制約' });
  const confirmed = past(PolicyExceptionConfirmed, MIWA, entry, {});

  it('is an exception that names system, users, terminals, last day and reason', () => propose().then([happens(PolicyExceptionProposed, entry, { reason: '設備の制約' })]));
  it.each([
    ['without a reason', { reason: null }, {}, 422, 'reason-required'],
    ['of a system that is written nowhere', {}, { facts: { ...facts, isSystem: false } }, 422, 'unknown-system'],
    ['for one person', { users: [OONO, OONO] }, {}, 422, 'unknown-staff'],
    ['for strangers', {}, { facts: { ...facts, areStaff: false } }, 422, 'unknown-staff'],
    ['when nobody has looked who they are', {}, { facts: undefined }, 422, 'unknown-staff'],
    ['from anywhere', { terminals: [] }, {}, 422, 'unknown-terminal'],
    ['from a terminal that is none', {}, { facts: { ...facts, areTerminals: false } }, 422, 'unknown-terminal'],
    ['for longer than a year', { until: '2027-11-21' }, {}, 422, 'out-of-bounds'],
    ['for a time that is gone', { until: '2026-11-19' }, {}, 422, 'out-of-bounds'],
    ['for oneself', {}, { person: OONO }, 409, 'own-exception'],
  ])('not %s', (_, over, occasion, status, code) => propose(over, occasion).then(problem(status, code)));
  it('is confirmed by another, who is not among its users; or turned down, or taken back', () => {
    const act = (type: string, person: string) => given(accessPolicy, [wanted]).when(type, { proposal: 1 }, { person });
    act('ConfirmPolicyChange', MIWA).then([happens(PolicyExceptionConfirmed, entry)]);
    act('ConfirmPolicyChange', HORI).then(problem(409, 'same-person'));
    act('ConfirmPolicyChange', OONO).then(problem(409, 'own-exception'));
    act('RejectPolicyChange', MIWA).then([happens(PolicyChangeRejected)]);
    act('WithdrawPolicyChange', HORI).then([happens(PolicyChangeWithdrawn)]);
    given(accessPolicy, [wanted, past(PolicyChangeRejected, MIWA, { proposal: 1 }, {})]).when('ConfirmPolicyChange', { proposal: 1 }, { person: MIWA }).then(problem(409, 'not-proposed'));
    given(accessPolicy, [wanted, confirmed]).when('RejectPolicyChange', { proposal: 1 }, { person: MIWA }).then(problem(409, 'not-proposed'));
    given(accessPolicy, [wanted]).when('ProposePolicyChange', WANTED).then([happens(PolicyChangeProposed, { ...stands, proposal: 2 })]);
    given(accessPolicy, [wanted]).when('ConfirmPolicyChange', { proposal: 1 }, { person: MIWA, today: '2027-04-01' }).then(problem(409, 'past'));
  });
  it('is ended by one before its last day, and by itself after it', () => {
    const end = (events: readonly DomainEvent[], today = TODAY) => given(accessPolicy, events).when('EndSharedAccount', { proposal: 1 }, { today });
    end([wanted, confirmed]).then([happens(PolicyExceptionEnded, { proposal: 1 })]);
    end([wanted, confirmed], '2027-03-31').then([happens(PolicyExceptionEnded)]);
    for (const events of [[wanted], [wanted, confirmed, past(PolicyExceptionEnded, MIWA, { proposal: 1 }, {})]]) end(events).then(problem(409, 'not-in-force'));
    end([wanted, confirmed], '2027-04-01').then(problem(409, 'not-in-force'));
  });
});

describe('the table', () => {
  const settings = [...SETTINGS.values()];
  const propose = (setting: string, value: unknown) => given(accessPolicy).when('ProposePolicyChange', { ...WANTED, setting, value });

  it('has of what replays tell the past by the defaults that it was released with', () => {
    const told = ['procedure', 'rights.needDesignation', 'output.exportFiles'].map((path) => [path, SETTINGS.get(path)!.tunable.default]);
    expect(told).toEqual([['procedure', 'standard'], ['rights.needDesignation', false], ['output.exportFiles', []]]);
  });
  it('says of each setting what it is called, what it is, how far it goes, and on what ground; its default is allowed', () => {
    for (const { path, members, tunable } of settings) {
      expect([path, tunable.label, tunable.source]).toEqual([expect.stringMatching(/^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)*$/), expect.stringMatching(/[ぁ-んァ-ヶ一-龠]/), expect.stringMatching(/./)]);
      expect([path, tunable.fault(tunable.default)]).toEqual([path, undefined]);
      expect(tunable.toSetting(tunable.toPolicy(tunable.default))).toEqual(tunable.default);
      expect(path.endsWith('Ms')).toBe(false);
      expect(members.length).toBeGreaterThan(0);
    }
  });
  it('holds floor and ceiling to the unit, and says the bound and its source', () => {
    const bounded = settings.filter(({ tunable }) => tunable.floor !== undefined);
    expect(bounded.length).toBeGreaterThan(10);
    for (const { path, tunable: { floor, ceiling } } of bounded) {
      for (const value of [floor!, ceiling!]) propose(path, value).then([happens(PolicyChangeProposed)]);
      for (const value of [floor! - 1, ceiling! + 1, String(floor), true]) propose(path, value).then(problem(422, 'out-of-bounds'));
    }
    expect(() => accessPolicy.decider.decide({ type: 'ProposePolicyChange', data: { ...WANTED, setting: 'password.minLength', value: 7 } }, accessPolicy.decider.initialState(), { now: '', today: TODAY, person: HORI, department: '', id: '' }))
      .toThrow(expect.objectContaining({ extra: { errors: [{ path: '/value', code: 'out-of-bounds', message: '「パスワードの最短の長さ」は8字から64字までの整数で指定してください（根拠: NIST SP 800-63B-4 3.1.1.2）' }] } }));
  });
  it('never lets through what must not be weaker', () => {
    for (const [path, value] of [['password.minLength', 7], ['password.history', 0], ['session.idleMinutes', 31], ['session.endsMinutes', 24 * 60 + 1], ['lockOut.refusals', 11], ['password.cost.memory', 19 * 1024 - 1], ['password.cost.passes', 1]] as const) {
      propose(path, value).then(problem(422, 'out-of-bounds'));
    }
  });
  it('names only files that are written: proposed or confirmed, and none while nothing is in force', () => {
    const isFile = (code: string): boolean => code === 'vaccination';
    const ofFiles = settings.filter(({ path }) => /^door\.(demands|emergency\.files)|^output\.exportFiles/.test(path));
    expect(ofFiles.length).toBe(11);
    for (const { path } of ofFiles) {
      const name = (value: readonly string[], facts?: object) => given(accessPolicy).when('ProposePolicyChange', { ...WANTED, setting: path, value }, facts ? { facts } : {});
      name(['vaccination'], { isFile }).then([happens(PolicyChangeProposed)]);
      name([], {}).then([happens(PolicyChangeProposed)]);
      for (const facts of [{ isFile }, { isFile: () => false }, undefined]) name(['vaccination', 'vacination'], facts).then(problem(422, 'unknown-file'));
      const old = past(PolicyChangeProposed, HORI, { proposal: 1, setting: path, value: { codes: ['vacination'] } }, { reason: '…' });
      given(accessPolicy, [old]).when('ConfirmPolicyChange', { proposal: 1 }, { person: MIWA, facts: { isFile } }).then(problem(422, 'unknown-file'));
    }
  });
  it('takes procedures by name', () => {
    for (const name of Object.keys(PROCEDURES)) propose('procedure', name).then([happens(PolicyChangeProposed, { proposal: 1, setting: 'procedure', value: { code: name } })]);
    for (const value of ['none', 'toString', 1, ['standard']]) propose('procedure', value).then(problem(422, 'out-of-bounds'));
  });
  it('a new tunable is one line: of any form', () => {
    const table = { door: { open: flag({ label: '緊急時閲覧', default: false, source: '[practice]' }), for: codes({ label: '理由', default: ['disaster'], of: ['disaster', 'rescue'], source: '[practice]', atLeast: 1 }) } };
    const policy: { readonly door: { readonly open: boolean; readonly for: readonly ('disaster' | 'rescue')[] } } = defaultsOf(table);
    expect(policy).toEqual({ door: { open: false, for: ['disaster'] } });
    const { tunable } = settingsOf(table).get('door.for')!;
    expect([['disaster'], ['rescue', 'disaster'], [], ['fire'], ['rescue', 'rescue'], 'rescue'].map((value) => tunable.fault(value) === undefined)).toEqual([true, true, false, false, false, false]);
    expect([true, false, 1, 'true'].map((value) => settingsOf(table).get('door.open')!.tunable.fault(value) === undefined)).toEqual([true, true, false, false]);
  });
});

describe('the policy that holds', () => {
  const time = { now: Date.parse('2026-11-20T09:30:00+09:00') };
  const opened = (...events: readonly DomainEvent[]): Policies => {
    time.now = Date.parse('2026-11-20T09:30:00+09:00');
    const policies = new Policies(DEFAULT_POLICY, () => time.now);
    policies.follow('access-policy-1', events.map((happened, revision) => ({ ...happened, revision, recordedAt: happened.occurredAt, actor: { staff: happened.actor } }) as unknown as FollowedEvent));
    return policies;
  };
  const idle = (policies: Policies): number => policies.current().session.idleMs / 60_000;

  it('is the base where nothing was changed, and the change from its confirmation on; the rest stays', () => {
    expect(opened(proposed).current()).toEqual(DEFAULT_POLICY);
    expect(opened(proposed, changed('session.idleMinutes', { whole: 15 })).current()).toEqual({ ...DEFAULT_POLICY, session: { ...DEFAULT_POLICY.session, idleMs: 900_000 } });
    expect(opened(changed('password.cost.passes', { whole: 4 })).current().password).toEqual({ ...DEFAULT_POLICY.password, cost: { memory: 65_536, passes: 4 } });
    expect(opened(changed('procedure', { code: 'unit-code' })).current().procedure).toBe(PROCEDURES['unit-code']);
  });
  it('changes at midnight in Japan of a stated day, and never back when the clock is set back', () => {
    const policies = opened(changed('session.idleMinutes', { whole: 5 }, '2026-12-01'), changed('session.idleMinutes', { whole: 20 }));
    expect(idle(policies)).toBe(20);
    time.now = Date.parse('2026-11-30T23:59:59.999+09:00');
    expect(idle(policies)).toBe(20);
    time.now += 1;
    expect(idle(policies)).toBe(5);
    time.now -= 86_400_000;
    policies.follow('access-policy-1', [{ ...past(PolicyChangeRejected, MIWA, { proposal: 9 }, {}), actor: { staff: MIWA }, revision: 2 } as unknown as FollowedEvent]); // looked at anew
    expect(idle(policies)).toBe(5);
  });
  it('of changes for the same day the one that was confirmed last', () => expect(idle(opened(changed('session.idleMinutes', { whole: 5 }), changed('session.idleMinutes', { whole: 20 })))).toBe(20));
  it('passes over what the program does not know or would not take any more', () => {
    const policies = opened(changed('session.idleMinutes', { whole: 5 }), changed('session.idleMinutes', { whole: 31 }), changed('gone.setting', { flag: true }), changed('procedure', { code: 'none' }), changed('password.minLength', {}));
    expect(policies.current()).toEqual({ ...DEFAULT_POLICY, session: { ...DEFAULT_POLICY.session, idleMs: 300_000 } });
  });
  it('is shown with since when, by whom, what comes later and what is proposed, and no reason', () => {
    const change = changed('session.idleMinutes', { whole: 20 });
    const again = past(PolicyChangeProposed, HORI, { proposal: 2, setting: 'session.idleMinutes', value: { whole: 8 } }, { reason: '見直し' });
    const policies = opened(change, changed('session.idleMinutes', { whole: 5 }, '2026-12-01'), again);
    expect(policies.all().find(({ setting }) => setting === 'session.idleMinutes')).toEqual({
      setting: 'session.idleMinutes', label: expect.any(String), kind: 'minutes', unit: '分', value: 20, default: 10, floor: 1, ceiling: 30, source: expect.any(String), since: change.occurredAt, event: change.id, confirmedBy: MIWA,
      later: [expect.objectContaining({ value: 5, since: '2026-11-30T15:00:00.000Z' })], proposed: { proposal: 2, value: 8, by: HORI, at: again.occurredAt },
    });
    expect(policies.all().map(({ setting }) => setting)).toEqual([...SETTINGS.keys()]);
  });
});
