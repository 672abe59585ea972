import { join } from 'node:path';
import { SUBJECT, ResidentChanged, SubjectRegistered, type Identity } from './subjects/events.js';
import { keepAlarms, type Alarm } from './alarms.js';
import { identityKey, loginKey } from './access/accounts/account.js';
import { AccountOpened, IDENTITY, IdentityLinked, LOGIN } from './access/accounts/events.js';
import { EMPLOYEE, EmployeeNumberAssigned, StaffRegistered } from './access/events.js';
import { ACCESS_POLICY } from './access/policies/events.js';
import { Policies } from './access/policies/policies.js';
import { DEFAULT_POLICY, type AccessPolicy } from './access/policy.js';
import { Founding } from './access/founding/founding.js';
import { Organisation } from './access/organisation/organisation.js';
import type { LogReviewFacts } from './access/log-reviews/log-review.js';
import { employeeKey } from './access/personnel.js';
import { standingIn, type Standing } from './access/standing.js';
import { TERMINAL } from './access/terminals/events.js';
import { Terminals } from './access/terminals/registry.js';
import { DECLARATION } from './declarations/events.js';
import type { Figures } from './assessments/procedure/threshold-facts.js';
import { guardFollower, provisionalFollower } from './declarations/module.js';
import { ownCodes, registry } from './event-registry.js';
import type { ProtectionFacts } from './exchange/facts.js';
import { Guard } from './handling/guard.js';
import type { Ledger } from './ledger/ledger.js';
import { openLedger, type ClaimsOf } from './ledger/opening.js';
import { NumberRegistered } from './numbers/events.js';
import { numberClaims, numberLine } from './numbers/line.js';
import { takeOutFollower } from './outputs/take-outs.js';
import { resumeOrders } from './retention/execution.js';
import { agencyWords, type Settings } from './settings.js';
import { VAULT_LOCK } from './vault/opening.js';
import { decodeEvent } from './store/event.js';
import type { EventReader } from './store/port.js';
import { systemClock, timeBy } from './store/clock.js';
import { closeAll } from './store/close-all.js';
import { untilLetGo } from './store/directory-lock.js';
import { openStore, type OpenOptions } from './store/open.js';
import type { SharedStore } from './store/source.js';
import { protectionFollower } from './subjects/newly-protected.js';
import { numbersOf } from './subjects/numbers.js';
import type { Context } from './walks/context.js';
import type { Engine } from './walks/engine.js';
import { feedFromStart } from './walks/follow.js';
import { Followers } from './walks/followers.js';
import { SessionStreams } from './walks/session-streams.js';
import { Turns } from './walks/turns.js';
import { contextsOf } from './contexts.js';
import { employeeNumberIn, identityIn, personFacts, unitAt } from './stream-facts.js';

export interface OpenEngine extends Engine {
  /** where people stand, and what they may do */
  readonly standing: Standing;
  /** the sections, as the ledger has them */
  readonly organisation: Organisation;
  readonly store: SharedStore;
  readonly terminals: Terminals;
  /** how far the first rights have come */
  readonly founding: Founding;
  /** as it holds now; never kept, since it changes */
  readonly policy: () => AccessPolicy;
  /** what it was changed by, and what is proposed */
  readonly policies: Policies;
  readonly contexts: readonly Context[];
  /** the newest of each code since the start */
  readonly alarms: readonly Alarm[];
  /** how many there have been since the start */
  readonly alarmsRaised: () => number;
  /** who can tell what stands in the records: the registers, once they are there */
  askRecords(asked: AskedOfRecords): void;
  close(): Promise<void>;
}

export interface AskedOfRecords {
  /** whether a record of a person stands in a file */
  readonly hasRecordIn: (subject: string, file: string) => boolean;
  /** whose handlings were recorded in a month, by its first day, and which of some events are among them */
  readonly handlingsOf: LogReviewFacts['handlingsOf'];
  /** 本人の数 and 取扱者の数, with what they were counted from */
  readonly figures: () => Promise<Figures>;
}

/** How often the vault notes how far the ledger has come. */
const NOTE_EVERY_MS = 1000;

export interface EngineOptions extends OpenOptions {
  /** what holds where no event has changed it */
  readonly policy?: AccessPolicy;
  readonly onAlarm?: (alarm: Alarm) => void;
}

/** Opens store, vault and ledger, brings the guard up to date, and carries on what was interrupted. */
export async function openEngine(settings: Settings, options: EngineOptions = {}): Promise<OpenEngine> {
  const { clock: wall = systemClock, policy: given = DEFAULT_POLICY, onAlarm, ...waiting } = options;
  const alarms = keepAlarms();
  const alarm = (code: string, detail: Alarm['detail']): void => {
    const raised = { code, at: new Date(wall()).toISOString(), detail };
    alarms.add(raised);
    onAlarm?.(raised);
  };
  const time = timeBy(wall, (behind) => alarm('clock-went-back', { seconds: Math.round(behind / 1000) }));
  const { clock, elapsed } = time;
  const policies = new Policies(given, clock);
  const policy = policies.current;
  const store = await openStore(settings.store, { clock, ...waiting });
  const guard = new Guard(ownCodes);
  const follower = guardFollower(guard);
  const registered = new Terminals();
  let ledger: Ledger | undefined;
  let organisation: Organisation;
  let founding: Founding;
  let unfinished: readonly string[] = [];
  try {
    if (settings.store.kind !== 'embedded') {
      const { onWaiting, signal } = options;
      await untilLetGo(join(settings.vault.directory, VAULT_LOCK), store.tenure, { onHeld: () => onWaiting?.('keys-held'), ...(signal && { signal }) });
    }
    time.atLeast(await lastRecorded(store));
    ledger = await openLedger({
      store, vault: settings.vault, registry, agency: settings.agency, claimsOf,
      resume: async (opening, since) => {
        unfinished = await resumeOrders({ ledger: opening, clock }, since);
        return unfinished.length === 0;
      },
    });
    await feedFromStart(ledger, DECLARATION, follower);
    await feedFromStart(ledger, TERMINAL, registered.follow);
    await feedFromStart(ledger, ACCESS_POLICY, policies.follow);
    organisation = await Organisation.of(ledger);
    founding = await Founding.of(ledger);
  } catch (error) {
    await closeAll(() => ledger?.vault.closeVault(), () => store.close()).catch(() => undefined); // why it cannot be opened is what is said
    throw error;
  }
  const persons = personFacts(ledger);
  const standing = standingIn(organisation, () => policy().procedure, () => policy().rights.needDesignation);
  const records: { asked?: AskedOfRecords } = {};
  const fileFor: ProtectionFacts['fileFor'] = async (subject, file) => {
    const registered = (await unitAt(ledger, SUBJECT, subject))?.file;
    return registered === file || records.asked?.hasRecordIn(subject, file) === true ? file : registered;
  };
  const newlyProtected = new Map<string, number>();
  const followers = new Followers(ledger, clock);
  followers.add(organisation.follow, follower, protectionFollower(newlyProtected), registered.follow, policies.follow);
  followers.add(takeOutFollower(alarm), provisionalFollower(alarm));
  for (const order of unfinished) alarm('erasure-unfinished', { order });
  let noting: Promise<void> | undefined;
  /** Without a store there is nothing to note; asked for again and again it would only keep others from asking it. */
  const noteHead = async (): Promise<void> => {
    if (store.tenure.remaining() > 0) noting ??= ledger.noteHead().catch(() => undefined).finally(() => (noting = undefined));
    await noting;
  };
  const note = setInterval(() => void noteHead(), NOTE_EVERY_MS);
  note.unref();

  return {
    ledger, guard, clock, wall, elapsed, store, alarms: alarms.kept, alarmsRaised: alarms.raised, alarm, standing, organisation, policy, policies, founding,
    door: () => policy().door,
    sources: { events: store.readerSource, vault: settings.vault },
    sessions: new SessionStreams(ledger),
    system: settings.system,
    terminals: registered,
    followers,
    newlyProtected,
    turns: new Turns(),
    isSubject: persons.isSubject,
    askRecords: (asked) => void (records.asked = asked),
    contexts: contextsOf({ ledger, clock, guard, policy, organisation, founding, standing, persons, fileFor, handlingsOf: (...asked) => records.asked!.handlingsOf(...asked), registered, isTerminal: (code) => registered.isInUse(code), issuer: settings.signIn.oidc?.issuer, agency: agencyWords(settings), figures: () => records.asked!.figures() }) as readonly Context[],
    close: async () => {
      clearInterval(note);
      followers.close();
      await noting;
      await closeAll(noteHead, () => ledger.vault.closeVault(), () => store.close());
    },
  };
}

/** When the last event was recorded, in milliseconds since 1970. */
async function lastRecorded(store: EventReader): Promise<number> {
  const last = await store.eventAt(await store.head());
  return last ? Date.parse(decodeEvent(last).recordedAt) : 0;
}

/** The numbers that stand in an event: whose are claimed again when the vault has forgotten them. */
const claimsOf: ClaimsOf = async (ledger, { type, data, stream }, sealed) => {
  if (type === SubjectRegistered.type || type === ResidentChanged.type) return sealed ? numbersOf((sealed as unknown as { identity: Identity }).identity) : [];
  if (type === AccountOpened.type) return sealed ? [{ kind: LOGIN, value: loginKey((sealed as { login: string }).login), outlives: true }] : [];
  if (type === IdentityLinked.type) {
    const value = sealed && identityKey(sealed as { issuer: string; subject: string });
    return value && (await identityIn(ledger, stream).catch(() => null)) === value ? [{ kind: IDENTITY, value }] : []; // one that was replaced may be another's by now
  }
  if (type === StaffRegistered.type || type === EmployeeNumberAssigned.type) {
    const { employeeNumber } = (sealed ?? {}) as { employeeNumber?: string };
    return employeeNumber && (await employeeNumberIn(ledger, stream).catch(() => '')) === employeeNumber ? [{ kind: EMPLOYEE, value: employeeKey(employeeNumber) }] : [];
  }
  if (type !== NumberRegistered.type) return [];
  const { subject, supersedes } = data as { subject: string; supersedes?: string };
  const claims = numberClaims((sealed as { number: string } | undefined)?.number ?? '', subject, supersedes ?? (await numberLine(ledger, subject)).after);
  return sealed ? claims : claims.filter((claim) => 'outlives' in claim);
};
