import { AUTHENTICATORS } from '../../../src/access/authenticators/events.js';
import { todayInJapan } from '../../../src/codes/plain-date.js';
import { decodeEvent } from '../../../src/store/event.js';
import { Choice, Code, Flag } from '../../../src/walks/fields.js';
import { look, type Look, type ReadCall } from '../../../src/walks/read-walk.js';
import { OFFICES, mayFrom } from '../../../src/walks/terminals.js';
import { registerAt, type Desk, type Moment, type RegisterView } from '../../engine/desk.js';
import { pageRows, type PageRequest } from '../../engine/page.js';
import type { Answer } from '../subjects/queries.js';
import { authenticatorPage, authenticatorView, holderAt, holderPage, holderView, namedOn, rightPage, rightView, standingAt, type AuthenticatorView, type HolderView, type RightView } from './query.js';

export interface AskedOfStaff extends ReadCall {
  readonly moment: Moment;
}

export class ListStaff {
  constructor(
    readonly asked: AskedOfStaff,
    readonly page: PageRequest,
  ) {}
}

export const RIGHT_STEPS = ['applied', 'approved', 'rejected', 'set'] as const;

/** Which rights: 申請中 to be approved in one list, or those of a section on one page. */
export class RightTerms {
  @Choice({ label: '段階', of: RIGHT_STEPS, required: false })
  step?: string;

  @Code({ label: '部署', required: false })
  department?: string;
}

export class ListRights {
  constructor(
    readonly asked: AskedOfStaff,
    readonly terms: RightTerms,
    readonly page: PageRequest,
  ) {}
}

export const AUTHENTICATOR_STEPS = ['applied', 'out', 'lost', 'closed'] as const;

/** Which 認証手段: what is out, what is overdue, of which kind. */
export class AuthenticatorTerms {
  @Choice({ label: '段階', of: AUTHENTICATOR_STEPS, required: false })
  step?: string;

  @Choice({ label: '種類', of: AUTHENTICATORS, required: false })
  kind?: string;

  @Flag({ label: '返納されていないものだけ', required: false })
  overdue?: boolean;
}

export class ListAuthenticators {
  constructor(
    readonly asked: AskedOfStaff,
    readonly terms: AuthenticatorTerms,
    readonly page: PageRequest,
  ) {}
}

/** ID・権限一覧, as it is or as it was. Names are opened, so it is recorded who looked. */
export async function listStaff(desk: Desk, { asked, page }: ListStaff): Promise<Answer<HolderView>> {
  const view = await viewFor(desk, asked);
  const day = await dayOf(desk, asked.moment, view);
  const standing = standingAt(view.db);
  const { rows, next } = pageRows(page, mayLook(desk, asked) ? holderPage(view.db, page.after, page.limit + 1) : []);
  const seen = await look(desk.engine, asked, lookOf(asked, 'staff-register'), () => ({ rows, subjects: [] }), (row) => holderView(desk.engine, view.db, row, day, standing));
  return { ...seen, ...(next && { next }), registerPosition: view.position };
}

export async function listRights(desk: Desk, { asked, terms, page }: ListRights): Promise<Answer<RightView>> {
  const view = await viewFor(desk, asked);
  const day = await dayOf(desk, asked.moment, view);
  const { rows, next } = pageRows(page, mayLook(desk, asked) ? rightPage(view.db, { ...terms }, page.after, page.limit + 1) : []);
  const seen = await look(desk.engine, asked, lookOf(asked, 'rights'), () => ({ rows, subjects: [] }), (row) => {
    const holder = holderAt(view.db, row.holder);
    return rightView(holder, namedOn(desk.engine, view.db, holder, day).name, row.facts, day);
  });
  return { ...seen, ...(next && { next }), registerPosition: view.position };
}

/** 認証手段の交付台帳: what is out, with whom, and what should be back. */
export async function listAuthenticators(desk: Desk, { asked, terms, page }: ListAuthenticators): Promise<Answer<AuthenticatorView>> {
  const view = await viewFor(desk, asked);
  const day = await dayOf(desk, asked.moment, view);
  const standing = standingAt(view.db);
  const { rows, next } = pageRows(page, mayLook(desk, asked) ? authenticatorPage(view.db, { ...terms }, day, page.after, page.limit + 1) : []);
  const seen = await look(desk.engine, asked, lookOf(asked, 'authenticators'), () => ({ rows, subjects: [] }), (row) => authenticatorView(desk.engine, view.db, row, day, standing));
  return { ...seen, ...(next && { next }), registerPosition: view.position };
}

function mayLook({ engine }: Desk, { principal }: AskedOfStaff): boolean {
  return principal.rights.has('right:see') && principal.channel === 'staff' && mayFrom(engine, principal, OFFICES);
}

/** Who was allowed what on a day is no look back at a person: it takes no right of its own. */
function viewFor(desk: Desk, asked: AskedOfStaff): Promise<RegisterView> {
  return registerAt(desk, 'staff', asked.moment, mayLook(desk, asked));
}

/** The day for which rights are told: of the moment that is asked for, or today. */
async function dayOf({ engine }: Desk, { asOf, asOfPosition }: Moment, { position }: RegisterView): Promise<string> {
  if (asOf === undefined && asOfPosition === undefined) return todayInJapan(new Date(engine.clock()));
  if (asOf !== undefined && /^\d{4}-\d\d-\d\d$/.test(asOf)) return asOf;
  if (asOf !== undefined) return todayInJapan(new Date(asOf));
  const at = await engine.ledger.store.eventAt(position);
  return todayInJapan(new Date(at ? decodeEvent(at).recordedAt : engine.clock()));
}

function lookOf({ principal }: AskedOfStaff, query: string): Look {
  return { query, rights: ['right:see'], terminals: OFFICES, extent: 'listed', file: 'staff-register', items: [], ownRecords: true, staffOnly: true, ...(principal.purpose && { purpose: principal.purpose }) };
}
