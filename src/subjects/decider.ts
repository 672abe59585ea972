import { event, isErased, type DomainEvent, type EventOf, type NewDomainEvent } from '../ledger/event-type.js';
import type { Occasion } from '../walks/context.js';
import { conflict } from '../walks/problem.js';
import type { IdentityCommand, RecordResidentChange, SetProtection } from './commands.js';
import { ResidentChanged, SubjectRegistered, type Identity } from './events.js';

type Scope = EventOf<typeof SubjectRegistered>['data']['scope'];

export interface SubjectState {
  readonly scope: Scope | null;
  /** null before registration and after erasure */
  readonly identity: Identity | null;
}

export const initialState = (): SubjectState => ({ scope: null, identity: null });

export function evolve(state: SubjectState, happened: DomainEvent): SubjectState {
  if (happened.type !== SubjectRegistered.type && happened.type !== ResidentChanged.type) return state;
  const { data, sealed } = happened as EventOf<typeof SubjectRegistered>;
  return { scope: data.scope, identity: isErased(sealed) ? null : sealed.identity };
}

export function decide(command: { readonly type: string; readonly data: object }, state: SubjectState, occasion: Occasion): readonly NewDomainEvent[] {
  switch (command.type) {
    case 'RegisterSubject': {
      const given = command.data as IdentityCommand;
      return [event(SubjectRegistered, { scope: given.scope }, { identity: identityOf(given) })];
    }
    case 'RecordResidentChange':
      return change(command.data as RecordResidentChange, known(state));
    case 'SetProtection':
      return protect(command.data as SetProtection, known(state), occasion);
    default:
      throw new Error(`subjects do not decide ${command.type}`);
  }
}

function change(given: RecordResidentChange, { identity }: KnownSubject): readonly NewDomainEvent[] {
  if (given.addresseeNumber !== identity.addresseeNumber) throw conflict('addressee-number-fixed', '宛名番号は異動では変えられません');
  if (identity.integratedNumber && given.integratedNumber !== identity.integratedNumber) throw conflict('integrated-number-fixed', '団体内統合宛名番号は異動では変えられません');
  // 支援措置 is not in the resident file: a change of address must not lift it.
  const next = { ...identityOf(given), ...(identity.protection && { protection: identity.protection }) };
  const { change: kind, changedOn: on, notifiedOn } = given;
  return [event(ResidentChanged, { scope: given.scope }, { change: { kind, on, ...(notifiedOn && { notifiedOn }) }, identity: next })];
}

function protect(given: SetProtection, { scope, identity }: KnownSubject, { today }: Occasion): readonly NewDomainEvent[] {
  if (given.protected === (identity.protection !== undefined)) throw conflict('no-change', given.protected ? 'すでに支援措置の対象です' : '支援措置の対象ではありません');
  if (given.until !== undefined && given.until < today) throw conflict('until-past', '期間の満了日が過去の日付です');
  const { protection: _, ...rest } = identity;
  const { on, until, restricted } = given;
  const next = given.protected ? { ...rest, protection: { from: on, ...(until && { until }), ...(restricted && { restricted }) } } : rest;
  return [event(ResidentChanged, { scope }, { change: { kind: given.protected ? 'protection-start' : 'protection-end', on }, identity: next })];
}

interface KnownSubject {
  readonly scope: Scope;
  readonly identity: Identity;
}

function known({ scope, identity }: SubjectState): KnownSubject {
  if (scope === null || identity === null) throw conflict('not-registered', '登録されていない本人です');
  return { scope, identity };
}

const IDENTITY_FIELDS = [
  'name', 'kana', 'birthDate', 'birthPrecision', 'sex', 'address', 'postalCode', 'contact', 'addresseeNumber', 'integratedNumber', 'household',
  'residentSince', 'leftOn', 'diedOn', 'unregisteredCharacters', 'guardians',
] as const satisfies readonly (keyof Identity & keyof IdentityCommand)[];

/** The identity block of a command, field by field as given. */
export function identityOf(given: IdentityCommand): Identity {
  const identity: Record<string, unknown> = {};
  for (const name of IDENTITY_FIELDS) if (given[name] !== undefined) identity[name] = given[name];
  if (given.guardians) identity.guardians = given.guardians.map(({ name, relation, contact }) => ({ name, relation, ...(contact && { contact }) }));
  return identity as unknown as Identity;
}

/** The record items that an identity block fills, by the names of the written items. */
export function itemsOf(identity: object): readonly string[] {
  return Object.keys(identity);
}
