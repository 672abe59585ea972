import { AuthenticatorApplied, AuthenticatorClosed, AuthenticatorIssued, AuthenticatorLost } from '../../src/access/authenticators/events.js';
import { evolveAuthenticators, hasLost, isOverdue } from '../../src/access/authenticators/state.js';
import { PersonnelChanged, StaffRegistered } from '../../src/access/events.js';
import { Organisation } from '../../src/access/organisation/organisation.js';
import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { staff } from '../../src/access/staff.js';
import { standingIn } from '../../src/access/standing.js';
import type { DomainEvent } from '../../src/ledger/event-type.js';
import type { ActorKind } from '../../src/store/event.js';
import { HORI, MIWA, TODAY, given, happens, past, problem } from '../support/given.js';

const context = staff(standingIn(new Organisation(), () => PROCEDURES.standard), async () => { throw new Error('not asked here'); }, async () => undefined);
const facts = { facts: { procedure: PROCEDURES.standard, isFile: () => true, isUnitOn: () => true, isSystem: (code: string) => code === 'vrs' } };
const hired = (kind: ActorKind = 'staff', over: object = {}): DomainEvent => past(StaffRegistered, HORI, { kind, department: 'health-promotion', role: 'clerk', ...over }, { name: '架空　花子', post: '主事' });
const applied = past(AuthenticatorApplied, MIWA, { kind: 'ic-card', on: TODAY, due: '2027-03-31' }, {});
const issued = past(AuthenticatorIssued, HORI, { application: applied.id, kind: 'ic-card', on: TODAY, due: '2027-03-31' }, { reference: '架空-0001' });
const lost = past(AuthenticatorLost, HORI, { authenticator: applied.id, on: TODAY }, {});
const closed = (by: 'returned' | 'rejected' = 'returned'): DomainEvent => past(AuthenticatorClosed, HORI, { authenticator: applied.id, by, on: TODAY }, {});
const when = (events: readonly DomainEvent[], type: string, data: object, person = HORI) => given(context, events).when(type, data, { ...facts, person });

describe('申請 and 交付', () => {
  it('the applicant does not issue; the number of the card is sealed', () => {
    when([hired()], 'ApplyForAuthenticator', { kind: 'ic-card', due: '2027-03-31' }).then([happens(AuthenticatorApplied, { kind: 'ic-card', due: '2027-03-31', on: TODAY })]);
    when([hired(), applied], 'IssueAuthenticator', { application: applied.id, reference: '架空-0001' }).then([happens(AuthenticatorIssued, { application: applied.id, kind: 'ic-card', due: '2027-03-31', on: TODAY }, { reference: '架空-0001' })]);
    when([hired(), applied], 'IssueAuthenticator', { application: applied.id }, MIWA).then(problem(409, 'second-person'));
    when([hired(), applied, issued], 'IssueAuthenticator', { application: applied.id }).then(problem(409, 'authenticator-step'));
    when([hired()], 'IssueAuthenticator', { application: applied.id }).then(problem(422, 'unknown-authenticator'));
  });
  it('to the agency’s own people also without one; to workers of a contractor, and ids of outside systems, on application only', () => {
    when([hired()], 'IssueAuthenticator', { kind: 'biometric' }).then([happens(AuthenticatorIssued, { kind: 'biometric', on: TODAY })]);
    for (const kind of ['entrusted', 'sub-entrusted'] as const) when([hired(kind)], 'IssueAuthenticator', { kind: 'ic-card' }).then(problem(409, 'application-required'));
    when([hired()], 'IssueAuthenticator', { kind: 'external-id' }).then(problem(409, 'application-required'));
    when([hired()], 'IssueAuthenticator', {}).then(problem(422, 'application'));
    when([hired(), applied], 'IssueAuthenticator', { kind: 'ic-card', application: applied.id }).then(problem(422, 'application'));
  });
  it('an outside id names its system, which is written down; nothing else does', () => {
    when([hired()], 'ApplyForAuthenticator', { kind: 'external-id', system: 'vrs' }).then([happens(AuthenticatorApplied, { kind: 'external-id', system: 'vrs', on: TODAY })]);
    when([hired()], 'ApplyForAuthenticator', { kind: 'external-id' }).then(problem(422, 'system'));
    when([hired()], 'ApplyForAuthenticator', { kind: 'ic-card', system: 'vrs' }).then(problem(422, 'system'));
    when([hired()], 'ApplyForAuthenticator', { kind: 'external-id', system: 'lottery' }).then(problem(422, 'unknown-system'));
  });
  it('one of a kind for each person, until it is closed', () => {
    for (const events of [[applied], [applied, issued], [applied, issued, lost]]) {
      when([hired(), ...events], 'ApplyForAuthenticator', { kind: 'ic-card' }).then(problem(409, 'one-each'));
      when([hired(), ...events], 'IssueAuthenticator', { kind: 'ic-card' }).then(problem(409, 'one-each'));
    }
    when([hired(), applied, issued, closed()], 'ApplyForAuthenticator', { kind: 'ic-card' }).then([happens(AuthenticatorApplied)]);
    when([hired(), applied, issued], 'ApplyForAuthenticator', { kind: 'biometric' }).then([happens(AuthenticatorApplied)]);
  });
  it('applied for ahead of the first day, given out from then on; nothing for whoever has left', () => {
    const ahead = hired('staff', { from: '2026-12-01' });
    when([ahead], 'ApplyForAuthenticator', { kind: 'ic-card' }).then([happens(AuthenticatorApplied)]);
    when([ahead, applied], 'IssueAuthenticator', { application: applied.id }).then(problem(409, 'not-in-post'));
    const gone = [hired(), past(PersonnelChanged, HORI, { change: 'retirement', on: TODAY }, {})];
    when(gone, 'ApplyForAuthenticator', { kind: 'ic-card' }).then(problem(409, 'not-in-post'));
    when([...gone, applied], 'IssueAuthenticator', { application: applied.id }).then(problem(409, 'not-in-post'));
  });
});

describe('紛失 and 返納', () => {
  const out = [hired(), applied, issued];
  it('what is out is lost once, not in the future', () => {
    when(out, 'ReportAuthenticatorLost', { authenticator: applied.id, on: '2026-11-18' }).then([happens(AuthenticatorLost, { authenticator: applied.id, on: '2026-11-18' })]);
    when(out, 'ReportAuthenticatorLost', { authenticator: applied.id, on: '2026-11-21' }).then(problem(422, 'in-the-future'));
    when([...out, lost], 'ReportAuthenticatorLost', { authenticator: applied.id }).then(problem(409, 'authenticator-step'));
    when([hired(), applied], 'ReportAuthenticatorLost', { authenticator: applied.id }).then(problem(409, 'authenticator-step'));
  });
  it.each([
    ['an application', [hired(), applied], ['withdrawn', 'rejected']],
    ['what is out', out, ['returned', 'deleted']],
    ['what is lost', [...out, lost], ['returned', 'deleted', 'invalidated']],
    ['what is closed', [...out, closed()], []],
  ] as const)('%s is closed as it can be', (_, events, ways) => {
    for (const by of ['returned', 'deleted', 'invalidated', 'withdrawn', 'rejected'] as const) {
      when(events, 'CloseAuthenticator', { authenticator: applied.id, by }).then((ways as readonly string[]).includes(by) ? [happens(AuthenticatorClosed, { authenticator: applied.id, by, on: TODAY })] : problem(409, 'authenticator-step'));
    }
  });
  it('is overdue after its last day, or when its holder has no place, as long as it is out', () => {
    const after = (...events: readonly DomainEvent[]) => events.reduce(evolveAuthenticators, [])[0]!;
    const late = (one: ReturnType<typeof after>) => [isOverdue(one, '2027-03-31', true), isOverdue(one, '2027-04-01', true), isOverdue(one, TODAY, false)];
    expect([after(applied), after(applied, issued), after(applied, issued, lost), after(applied, issued, closed())].map(late)).toEqual([[false, false, false], [false, true, true], [false, true, true], [false, false, false]]);
    expect([[applied, issued], [applied, issued, lost], [applied, issued, lost, closed()]].map((events) => hasLost({ authenticators: events.reduce(evolveAuthenticators, []) }))).toEqual([false, true, false]);
  });
});
