import type { Ledger } from '../../ledger/ledger.js';
import { streamId } from '../../ledger/ids.js';
import { STAFF } from '../events.js';
import type { Founding } from '../founding/founding.js';
import { evolveStaff, nobodyYet, withoutNames, type StaffState } from '../staff-state.js';
import type { Standing } from '../standing.js';
import { functionsOf, type Rights } from './grants.js';
import type { Procedure } from './procedure.js';
import type { Right, Role } from '../roles.js';

/** Somebody who is in post on a day: for which section, and what they may do. */
export interface AtWork {
  readonly person: string;
  readonly department: string;
  readonly role: Role;
  readonly rights: Rights;
}

export interface ChainParts {
  readonly ledger: Pick<Ledger, 'store' | 'registry'>;
  readonly standing: Standing;
}

export interface FoundingParts extends ChainParts {
  readonly founding: Pick<Founding, 'isClosed'>;
  readonly policy: () => { readonly procedure: Procedure };
}

/** Everybody who is in post on a day. Read from the streams themselves: no register may be behind here. */
export async function everybodyAtWork({ ledger, standing }: ChainParts, day: string): Promise<readonly AtWork[]> {
  const people = new Map<string, StaffState>();
  for (const recorded of await ledger.store.readCategory(STAFF)) people.set(recorded.stream, evolveStaff(people.get(recorded.stream) ?? nobodyYet, withoutNames(ledger.registry.decode(recorded))));
  return [...people].flatMap(([stream, state]) => {
    const place = standing.placeOn(state, day);
    return place ? [{ person: streamId(stream), department: place.department, role: place.role, rights: standing.rightsOn(state, day) }] : [];
  });
}

function stepsOf({ approval }: Pick<Procedure, 'approval'>): readonly Right[] {
  return ['right:apply', ...(approval ? (['right:approve'] as const) : []), 'right:set'];
}

/** How many of some steps can be taken, each by another person. @param steps who may take each */
function takenApart(steps: readonly (readonly string[])[], taken: readonly string[] = []): number {
  const [step, ...rest] = steps;
  if (step === undefined) return 0;
  // Of so many people one is left over whatever the other steps take.
  const free = step.filter((person) => !taken.includes(person)).slice(0, steps.length);
  return Math.max(takenApart(rest, taken), ...free.map((person) => 1 + takenApart(rest, [...taken, person])));
}

/**
 * Whether nobody of a section can take a step about somebody that falls to its head: there is none, it is they themselves, or of an
 * application, the other steps need that very person (whoever alone sets cannot apply for their own section).
 */
export function isWithoutHead(all: readonly AtWork[], { step, section, holder }: StepOfHead, procedure: Pick<Procedure, 'approval'>): boolean {
  const others = all.filter(({ person }) => person !== holder);
  const holding = (right: Right, among = others): readonly string[] => among.filter(({ rights }) => rights.has(right)).map(({ person }) => person);
  const own = others.filter(({ department }) => department === section);
  if (step === 'review') return holding('right:review', own).length === 0;
  const after = stepsOf(procedure).slice(1).map((right) => holding(right));
  return takenApart([holding('right:apply', own), ...after]) < takenApart([holding('right:apply'), ...after]);
}

/** A step that falls to the head of a section: of whom, and about whom. */
export interface StepOfHead {
  readonly step: 'apply' | 'review';
  readonly section: string;
  readonly holder: string;
}

/** Whether a founding may be held on a day: the first, or one because the chain cannot be walked any more. */
export async function mayBeFounded(parts: FoundingParts, day: string): Promise<boolean> {
  if (!parts.founding.isClosed) return true;
  const { procedure } = parts.policy();
  return howFar(await everybodyAtWork(parts, day), procedure) < stepsOf(procedure).length + 1;
}

/** Who is to have the rights of a role. */
export interface Successor {
  readonly person: string;
  readonly role: Role;
}

/** Whether the chain cannot be walked for want of people, and somebody in a role beside what they have takes it further. */
export async function isMissed(parts: ChainParts, day: string, successor: Successor, procedure: Procedure): Promise<boolean> {
  return isMissedAmong(await everybodyAtWork(parts, day), successor, procedure);
}

/** The same of people as somebody has folded them. */
export function isMissedAmong(all: readonly AtWork[], { person, role }: Successor, procedure: Procedure): boolean {
  const functions: readonly string[] = functionsOf({ role, access: 'update', number: true }, procedure);
  const before = all.find((one) => one.person === person);
  const after: AtWork = { person, department: '', role, rights: { has: (right) => functions.includes(right) || before?.rights.has(right) === true } };
  return howFar([...all.filter((one) => one !== before), after], procedure) > howFar(all, procedure);
}

/** How many steps of the chain can be taken, each by another person; and one more where anybody may let somebody new sign in, to use a right at all. */
function howFar(all: readonly AtWork[], procedure: Pick<Procedure, 'approval'>): number {
  const holding = (right: Right): readonly string[] => all.filter(({ rights }) => rights.has(right)).map(({ person }) => person);
  return takenApart(stepsOf(procedure).map(holding)) + (holding('account:release').length > 0 ? 1 : 0);
}
