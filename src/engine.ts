import { join } from 'node:path';
import { SUBJECT, ResidentChanged, SubjectRegistered, type Identity } from './subjects/events.js';
import { keepAlarms, type Alarm } from './alarms.js';
import { accountDecider, accounts, identityKey, loginKey } from './access/accounts/account.js';
import { AccountOpened, IDENTITY, IdentityLinked, LOGIN } from './access/accounts/events.js';
import { EMPLOYEE, EmployeeNumberAssigned, STAFF, StaffRegistered } from './access/events.js';
import { accessPolicy } from './access/policies/context.js';
import { ACCESS_POLICY } from './access/policies/events.js';
import { Policies } from './access/policies/policies.js';
import { DEFAULT_POLICY, type AccessPolicy } from './access/policy.js';
import { Founding } from './access/founding/founding.js';
import { emergencies } from './access/emergency/context.js';
import { findings } from './access/findings/finding.js';
import { Organisation } from './access/organisation/organisation.js';
import { units, type UnitFacts } from './access/organisation/unit.js';
import { logReviews, type LogReviewFacts } from './access/log-reviews/log-review.js';
import { isAskedIn, reviewFacts } from './access/reviews/facts.js';
import { reviews } from './access/reviews/review.js';
import type { BeforeSet } from './access/rights/registration.js';
import { employeeKey } from './access/personnel.js';
import { staff, staffKnown, type StaffFacts } from './access/staff.js';
import { evolveStaff, nobodyYet } from './access/staff-state.js';
import { standingIn, type Standing } from './access/standing.js';
import { terminals } from './access/terminals/context.js';
import { TERMINAL } from './access/terminals/events.js';
import { Terminals } from './access/terminals/registry.js';
import { DECLARATION } from './declarations/events.js';
import { declarations, guardFollower } from './declarations/module.js';
import { evidence } from './evidence/module.js';
import { ownCodes, registry } from './event-registry.js';
import type { ProtectionFacts } from './exchange/facts.js';
import { exchange } from './exchange/module.js';
import { fileOf } from './handling/block.js';
import { Guard } from './handling/guard.js';
import { imports } from './imports/module.js';
import { isErased } from './ledger/event-type.js';
import { streamName } from './ledger/ids.js';
import { ERASURE_ORDERED, type Ledger } from './ledger/ledger.js';
import type { Decoded } from './ledger/registry.js';
import { openLedger, type ClaimsOf } from './ledger/opening.js';
import { NumberRegistered } from './numbers/events.js';
import { MY_NUMBER, numberClaims, numberLine } from './numbers/line.js';
import { numbers } from './numbers/module.js';
import { exports } from './outputs/exports.js';
import type { OutputFacts } from './outputs/facts.js';
import { prints } from './outputs/prints.js';
import { takeOutFollower, takeOuts } from './outputs/take-outs.js';
import { resumeOrders } from './retention/execution.js';
import { retentionWith, type Unit } from './retention/module.js';
import type { Settings } from './settings.js';
import { VAULT_LOCK } from './vault/opening.js';
import { systemClock, timeBy, type Clock } from './store/clock.js';
import { decodeEvent } from './store/event.js';
import type { EventReader } from './store/port.js';
import { todayInJapan } from './codes/plain-date.js';
import { untilLetGo } from './store/directory-lock.js';
import { openStore, type OpenOptions } from './store/open.js';
import type { SharedStore } from './store/source.js';
import { subjects } from './subjects/module.js';
import { protectionFollower } from './subjects/newly-protected.js';
import { numbersOf } from './subjects/numbers.js';
import { vaccinations } from './vaccinations/module.js';
import type { Context } from './walks/context.js';
import type { Engine } from './walks/engine.js';
import { feedFromStart } from './walks/follow.js';
import { Followers } from './walks/followers.js';
import { SessionStreams } from './walks/session-streams.js';

export interface OpenEngine extends Engine {
  /** where people stand, and what they may do */
  readonly standing: Standing;
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
    await ledger?.vault.closeVault();
    await store.close();
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
  followers.add(takeOutFollower(alarm));
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
    ledger, guard, clock, wall, elapsed, store, alarms: alarms.kept, alarmsRaised: alarms.raised, alarm, standing, policy, policies, founding,
    door: () => policy().door,
    sources: { events: store.readerSource, vault: settings.vault },
    sessions: new SessionStreams(ledger),
    system: settings.system,
    terminals: registered,
    followers,
    newlyProtected,
    isSubject: persons.isSubject,
    askRecords: (asked) => void (records.asked = asked),
    contexts: contextsOf({ ledger, clock, guard, policy, organisation, founding, standing, persons, fileFor, handlingsOf: (...asked) => records.asked!.handlingsOf(...asked), registered, isTerminal: (code) => registered.isInUse(code), issuer: settings.signIn.oidc?.issuer }) as readonly Context[],
    close: async () => {
      clearInterval(note);
      followers.close();
      await noting;
      await noteHead();
      await ledger.vault.closeVault();
      await store.close();
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

/** Every context, with what it asks of others bound. */
interface ContextParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly policy: () => AccessPolicy;
  readonly organisation: Organisation;
  readonly founding: Founding;
  readonly standing: Standing;
  readonly persons: ReturnType<typeof personFacts>;
  readonly fileFor: ProtectionFacts['fileFor'];
  readonly isTerminal: (code: string) => boolean;
  readonly handlingsOf: LogReviewFacts['handlingsOf'];
  readonly registered: Terminals;
  /** the OpenID provider that is set, if any */
  readonly issuer: string | undefined;
}

function contextsOf({ ledger, clock, guard, policy, organisation, founding, standing, persons, fileFor, handlingsOf, registered, issuer, isTerminal }: ContextParts) {
  const isFile = (code: string): boolean => guard.knows(code);
  const isSystem = (code: string): boolean => guard.all().some(({ systems }) => systems.some((system) => system.code === code));
  const accessFacts = async ({ review, right }: { readonly review?: string; readonly right?: string }): Promise<StaffFacts & UnitFacts> => ({
    ...(review && right && { isAsked: await isAskedIn(ledger, review, right) }),
    procedure: policy().procedure, isFile, isUnitOn: (code, day) => organisation.isUnitOn(code, day), unitOn: (code, day) => organisation.unitOn(code, day), needsNumber: policy().people.needsNumber,
    isItem: (files, code) => guard.all().some((version) => version.files.some((file) => (files.length === 0 || files.includes(file.code)) && file.items.items?.values.some((value) => value.code === code) === true)),
    isSystem,
  });
  const isStaff = async (id: string): Promise<boolean> => (await ledger.summary(streamName(STAFF, id))).revision !== 'none';
  const outputs: OutputFacts = {
    ...persons, fileFor,
    policy: () => policy().output,
    ledger: () => ledger,
    isInPost: async (id, day) => {
      const person = await staffKnown(ledger, id);
      return person !== undefined && standing.placeOn(person, day) !== null;
    },
    terminalClass: (code) => registered.all().find((terminal) => terminal.code === code && !terminal.removed)?.class,
  };
  const closeFounding: BeforeSet = (_, act) => founding.close(act);
  return [
    declarations,
    staff(standing, accessFacts, closeFounding, {
      numberIn: (stream) => employeeNumberIn(ledger, stream),
      heldBy: async (person, day) => {
        const known = await staffKnown(ledger, person);
        return known ? standing.designationsOn(known, day) : [];
      },
    }),
    units(accessFacts, closeFounding),
    reviews(reviewFacts(ledger, () => todayInJapan(new Date(clock())))),
    logReviews({ handlingsOf }),
    findings,
    terminals,
    accessPolicy({ isFile, isSystem, isStaff, isTerminal }),
    emergencies(() => policy().door.emergency),
    accounts({
      isStaff,
      issuer,
      identityIn: (stream) => identityIn(ledger, stream),
    }),
    evidence(persons),
    subjects,
    numbers({
      holderOf: (number) => ledger.vault.index.find(MY_NUMBER, number),
      scopeOf: persons.livingScopeOf,
      nextAfter: async (subject) => {
        const { current, after } = await numberLine(ledger, subject);
        return current === null ? after : 'none'; // somebody who has a number does not get another first one
      },
      recordOf: async (id) => {
        const unit = await unitAt(ledger, 'number', id);
        return unit && { subject: unit.subjects[0]!, file: unit.file };
      },
    }),
    vaccinations({ ...persons, scopeOf: persons.livingScopeOf }),
    exchange(() => ledger, { ...persons, fileFor }),
    retentionWith({ unitAt: (category, unit) => unitAt(ledger, category, unit) }),
    imports,
    prints(outputs), exports(outputs), takeOuts(outputs),
  ];
}

/** Whom the OpenID provider means by the account in a stream, as `identityKey` has it. @throws UnreadableEvent */
async function identityIn(ledger: Ledger, stream: string): Promise<string | null> {
  const { events } = await ledger.load(stream);
  return events.reduce(accountDecider.evolve, accountDecider.initialState()).identity;
}

/** The 職員番号 of the person in a stream; empty when there is none. @throws UnreadableEvent */
async function employeeNumberIn(ledger: Ledger, stream: string): Promise<string> {
  const { events } = await ledger.load(stream);
  return events.reduce(evolveStaff, nobodyYet).employeeNumber;
}

/** What contexts ask of persons, read from the persons' own streams. */
function personFacts(ledger: Ledger) {
  return {
    isSubject: async (id: string) => (await ledger.summary(streamName(SUBJECT, id))).revision !== 'none',
    scopeOf: async (subject: string) => scopeIn(await ledger.recorded(streamName(SUBJECT, subject))),
    /** Nothing new is recorded about somebody who has been erased; that something was handed out before may still have to be entered. */
    livingScopeOf: async (subject: string) => {
      const recorded = await ledger.recorded(streamName(SUBJECT, subject));
      return recorded.some(({ type }) => type === ERASURE_ORDERED) ? undefined : scopeIn(recorded);
    },
    protectedAmong: async (subjectIds: readonly string[]): Promise<readonly string[]> => {
      const flags = await Promise.all(subjectIds.map((subject) => isProtected(ledger, subject)));
      return subjectIds.filter((_, i) => flags[i]);
    },
  };
}

function scopeIn(recorded: readonly Decoded[]): string | undefined {
  return recorded.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type)?.data.scope as string | undefined;
}

/** A flag that cannot be read counts as set. */
async function isProtected(ledger: Ledger, subject: string): Promise<boolean> {
  try {
    const { events } = await ledger.load(streamName(SUBJECT, subject));
    const last = events.findLast(({ type }) => type === SubjectRegistered.type || type === ResidentChanged.type);
    if (!last) return false;
    return isErased(last.sealed) || (last.sealed as { identity: Identity }).identity.protection !== undefined;
  } catch {
    return true;
  }
}

/** Whom a unit is about and the file it belongs to, as its first event says. */
async function unitAt(ledger: Ledger, category: string, unit: string): Promise<Unit | undefined> {
  const [first] = await ledger.recorded(streamName(category, unit));
  if (!first) return undefined;
  const { subject, subjects } = first.data as { subject?: string; subjects?: readonly string[] };
  return { subjects: category === SUBJECT ? [unit] : subject !== undefined ? [subject] : (subjects ?? []), file: fileOf(first) ?? '' };
}
