import { accounts } from './access/accounts/account.js';
import { STAFF } from './access/events.js';
import { accessPolicy } from './access/policies/context.js';
import type { AccessPolicy } from './access/policy.js';
import type { Founding } from './access/founding/founding.js';
import { emergencies } from './access/emergency/context.js';
import { findings } from './access/findings/finding.js';
import type { Organisation } from './access/organisation/organisation.js';
import { units, type UnitFacts } from './access/organisation/unit.js';
import { logReviews, type LogReviewFacts } from './access/log-reviews/log-review.js';
import { isAskedIn, reviewFacts } from './access/reviews/facts.js';
import { reviews } from './access/reviews/review.js';
import { everybodyAtWork, isWithoutHead, type StepOfHead } from './access/rights/chain.js';
import type { BeforeSet } from './access/rights/registration.js';
import { staff, staffKnown, type StaffFacts } from './access/staff.js';
import type { Standing } from './access/standing.js';
import { terminals } from './access/terminals/context.js';
import type { Terminals } from './access/terminals/registry.js';
import { affairsKnown } from './assessments/affair.js';
import { publishedIn } from './assessments/in-force.js';
import { assessmentsWith } from './assessments/module.js';
import type { Figures } from './assessments/procedure/threshold-facts.js';
import { declarationsWith } from './declarations/module.js';
import { evidence } from './evidence/module.js';
import type { ProtectionFacts } from './exchange/facts.js';
import { exchange } from './exchange/module.js';
import type { Guard } from './handling/guard.js';
import { imports } from './imports/module.js';
import { streamName } from './ledger/ids.js';
import type { Ledger } from './ledger/ledger.js';
import { MY_NUMBER, numberLine } from './numbers/line.js';
import { numbers } from './numbers/module.js';
import { exports } from './outputs/exports.js';
import type { OutputFacts } from './outputs/facts.js';
import { prints } from './outputs/prints.js';
import { takeOuts } from './outputs/take-outs.js';
import { retentionWith } from './retention/module.js';
import type { Clock } from './store/clock.js';
import { todayInJapan } from './codes/plain-date.js';
import { subjects } from './subjects/module.js';
import { vaccinations } from './vaccinations/module.js';
import { employeeNumberIn, identityIn, unitAt, type personFacts } from './stream-facts.js';

/** What contexts are bound to. */
export interface ContextParts {
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
  /** the 評価実施機関 as it is printed */
  readonly agency: string;
  /** what the records themselves count */
  readonly figures: () => Promise<Figures>;
  /** the OpenID provider that is set, if any */
  readonly issuer: string | undefined;
}

/** Every context, with what it asks of others bound. */
export function contextsOf({ ledger, clock, guard, policy, organisation, founding, standing, persons, fileFor, handlingsOf, registered, issuer, isTerminal, agency, figures }: ContextParts) {
  const isFile = (code: string): boolean => guard.knows(code);
  const isSystem = (code: string): boolean => guard.all().some(({ systems }) => systems.some((system) => system.code === code));
  const accessFacts = async ({ review, right, affairs }: { readonly review?: string; readonly right?: string; readonly affairs?: readonly string[] }): Promise<StaffFacts & UnitFacts> => ({
    ...(affairs && { isAffair: await affairsKnown(ledger, guard.all().map(({ affair }) => affair.code)) }),
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
  const withoutHead = async (step: StepOfHead): Promise<boolean> => isWithoutHead(await everybodyAtWork({ ledger, standing }, todayInJapan(new Date(clock()))), step, policy().procedure);
  const closeFounding: BeforeSet = (_, act) => founding.close(act);
  return [
    declarationsWith({ published: publishedIn(() => ledger) }),
    assessmentsWith({ ledger: () => ledger, agency: () => agency, figures }),
    staff(standing, accessFacts, closeFounding, {
      numberIn: (stream) => employeeNumberIn(ledger, stream),
      heldBy: async (person, day) => {
        const known = await staffKnown(ledger, person);
        return known ? standing.designationsOn(known, day) : [];
      },
      isWithoutHead: withoutHead,
      endOf: (code) => organisation.endOf(code),
    }),
    units(accessFacts, closeFounding, withoutHead),
    reviews(reviewFacts(ledger, organisation, () => todayInJapan(new Date(clock())))),
    logReviews({ handlingsOf }),
    findings,
    terminals,
    accessPolicy({ isFile, isSystem, isStaff, isTerminal }),
    emergencies(() => policy().door.emergency),
    accounts({
      kindOf: async (id) => (await staffKnown(ledger, id))?.kind ?? undefined,
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
