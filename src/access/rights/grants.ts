import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { FOR_AFFAIRS, ROLES, functionOf, type Right, type Role } from '../roles.js';
import { RightApplied, RightApproved, RightFounded, RightRejected, RightReviewed, RightRevoked, RightSet, type Access } from './events.js';
import type { Procedure } from './procedure.js';

/** What is asked for, and once it is set what somebody may do: a role, for some files, read or updated, with or without the number. */
export interface Scope {
  readonly role: Role;
  readonly files: readonly string[];
  /** of a role that is given for affairs */
  readonly affairs?: readonly string[];
  readonly access: Access;
  readonly number: boolean;
}

/** One right on its way from the application to its end. */
export interface Grant extends Scope {
  /** the id of its application */
  readonly id: string;
  /** of the member of staff, as the right was applied for */
  readonly department: string;
  readonly status: 'applied' | 'approved' | 'rejected' | 'set';
  readonly from: string;
  /** the last day, when it was given for a time */
  readonly until?: string;
  /** the first day on which it is gone */
  readonly revokedOn?: string;
  readonly appliedBy: string;
  /** it was applied for by the head of another section: theirs has nobody who can */
  readonly standIn?: boolean;
  readonly approvedBy?: string;
  readonly setBy?: string;
  /** the campaigns in which it was answered for */
  readonly reviewedIn: readonly string[];
}

/** How the rights of one person follow from their events. */
export function evolveGrants(grants: readonly Grant[], happened: DomainEvent): readonly Grant[] {
  const change = (right: string, to: (grant: Grant) => Partial<Grant>): readonly Grant[] => grants.map((grant) => (grant.id === right ? { ...grant, ...to(grant) } : grant));
  switch (happened.type) {
    case RightApplied.type: {
      const { role, ...data } = (happened as EventOf<typeof RightApplied>).data;
      return [...grants, { ...data, role: role as Role, id: happened.id, status: 'applied', appliedBy: happened.actor, reviewedIn: [] }];
    }
    case RightApproved.type:
      return change((happened as EventOf<typeof RightApproved>).data.right, () => ({ status: 'approved', approvedBy: happened.actor }));
    case RightRejected.type:
      return change((happened as EventOf<typeof RightRejected>).data.right, () => ({ status: 'rejected' }));
    case RightSet.type: {
      const { right, from } = (happened as EventOf<typeof RightSet>).data;
      return change(right, () => ({ status: 'set', setBy: happened.actor, from }));
    }
    case RightFounded.type: {
      const { role, files, department, from } = (happened as EventOf<typeof RightFounded>).data;
      return [...grants, { role: role as Role, files, access: 'update', number: true, department, from, id: happened.id, status: 'set', appliedBy: happened.actor, reviewedIn: [] }];
    }
    case RightRevoked.type: {
      const { rights, on } = (happened as EventOf<typeof RightRevoked>).data;
      return grants.map((grant) => (rights.includes(grant.id) && (grant.revokedOn === undefined || on < grant.revokedOn) ? { ...grant, revokedOn: on } : grant));
    }
    case RightReviewed.type: {
      const { right, review } = (happened as EventOf<typeof RightReviewed>).data;
      return change(right, ({ reviewedIn }) => ({ reviewedIn: [...reviewedIn, review] }));
    }
    default:
      return grants;
  }
}

/** Those still on their way, or there now or later: what has been turned down or has ended is not. */
export function isLive({ status, until, revokedOn }: Grant, day: string): boolean {
  return status !== 'rejected' && (until === undefined || day <= until) && (revokedOn === undefined || day < revokedOn);
}

/** Whether a right is there on a day. */
export function holdsOn(grant: Grant, day: string): boolean {
  return grant.status === 'set' && grant.from <= day && isLive(grant, day);
}

/** How a right stands on a day: 申請中 · 承認済み · 却下 · 設定済み（発効前）· 発効中 · 失効 */
export type RightStanding = 'applied' | 'approved' | 'rejected' | 'ahead' | 'in-force' | 'ended';

export function standingOn(grant: Grant, day: string): RightStanding {
  if (grant.status === 'rejected') return 'rejected';
  if (!isLive(grant, day)) return 'ended';
  if (grant.status !== 'set') return grant.status;
  return holdsOn(grant, day) ? 'in-force' : 'ahead';
}

/** A right as it works on a day: where it hangs on a designation, with the files that this covers, and of each the record items where it does not cover all of them. */
export interface GrantThen extends Grant {
  readonly items?: ItemsOf;
}

/** Record items, by file; of a file that is not named: all of them. */
export interface ItemsOf {
  readonly [file: string]: readonly string[];
}

/** What somebody may do: of a file or affair, or of any where none is named. */
export interface Rights {
  has(right: string, of?: string): boolean;
  /** Whether they were given the right, and for want of a designation (指名) may not use it for this file, or for one of these items of it. */
  lacksDesignation?(right: string, file: string | undefined, items: readonly string[]): boolean;
}

export const NO_RIGHTS: Rights = { has: () => false };

/** The functions of a scope: those of its role, without what changes anything or shows a number where that is not given. */
export function functionsOf({ role, access, number }: Pick<Scope, 'role' | 'access' | 'number'>, { setters }: Pick<Procedure, 'setters'>): readonly Right[] {
  const ofRole: readonly Right[] = ROLES[role];
  const all = ofRole.filter((right) => right !== 'right:set');
  const own: readonly Right[] = setters.includes(role) ? [...all, 'right:set'] : all;
  return own.filter((right) => {
    const named = functionOf(right);
    return (access === 'update' || named.access === 'read') && (number || named.number !== true);
  });
}

/** They take in, or let stand, whatever a file holds: nobody has them who is designated for some of its items. */
const WHOLE_FILES: ReadonlySet<Right> = new Set(['import:run', 'import:confirm', 'migration']);

/** The rights that some scopes give together; looked up on each request, so they are laid out once. */
export function rightsFrom(scopes: readonly (Scope & Pick<GrantThen, 'items'>)[], procedure: Pick<Procedure, 'setters'>): Rights {
  /** by right: the files or the affairs that it is held for */
  const limits = new Map<string, Set<string>>();
  const everywhere = new Set<string>();
  for (const scope of scopes) {
    for (const right of functionsOf(scope, procedure)) {
      const codes = limitOf(right, scope);
      if (codes === undefined) {
        everywhere.add(right);
        continue;
      }
      const known = limits.get(right) ?? new Set<string>();
      for (const code of codes) known.add(code);
      limits.set(right, known);
    }
  }
  return {
    has: (right, of) => {
      if (everywhere.has(right)) return true;
      const codes = limits.get(right);
      return codes !== undefined && (of === undefined ? codes.size > 0 : codes.has(of));
    },
  };
}

const NONE: readonly string[] = Object.freeze([]);

/** For which files or affairs a scope gives a right; none: it knows no such limit. */
function limitOf(right: Right, scope: Scope & Pick<GrantThen, 'items'>): readonly string[] | undefined {
  const { perFile, perAffair } = functionOf(right);
  if (perFile !== true) return perAffair === true && FOR_AFFAIRS.has(scope.role) ? (scope.affairs ?? NONE) : undefined;
  const { files, items } = scope;
  return items === undefined ? files : files.filter((file) => items[file] === undefined || !WHOLE_FILES.has(right)); // mostly there is no list to make: it is asked on each request
}

/** The same, of rights that hang on designations: with what is left of each, and what it would be without them. */
export function designatedRights(left: readonly GrantThen[], given: readonly Scope[], procedure: Pick<Procedure, 'setters'>): Rights {
  const [rights, all] = [rightsFrom(left, procedure), rightsFrom(given, procedure)];
  /** by right and file; absent: all of them, or nothing at all */
  const itemsOf = new Map<string, ReadonlySet<string> | null>();
  for (const grant of left) {
    for (const right of functionsOf(grant, procedure)) {
      for (const file of grant.files) {
        const [key, items] = [`${right} ${file}`, grant.items?.[file]];
        const before = itemsOf.get(key);
        itemsOf.set(key, items === undefined || before === null ? null : new Set([...(before ?? []), ...items]));
      }
    }
  }
  return {
    has: (right, file) => rights.has(right, file),
    lacksDesignation: (right, file, items) => {
      if (!all.has(right, file)) return false;
      if (!rights.has(right, file)) return true;
      const own = file === undefined ? null : itemsOf.get(`${right} ${file}`);
      return own !== undefined && own !== null && items.some((item) => !own.has(item));
    },
  };
}
