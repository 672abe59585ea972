import type { Actor } from '../store/event.js';
import type { CounterCase, EmergencyAccess } from './door.js';
import { Problem } from './problem.js';
import type { Terminal } from './terminals.js';

/** Somebody who has signed in: what the token says, checked. */
export interface Principal {
  readonly actor: Actor;
  /** the purpose the session works under */
  readonly purpose: string | null;
  /** the case at the counter that the session works on */
  readonly counter?: CounterCase;
  /** the 緊急時閲覧 that the session is in */
  readonly emergency?: EmergencyAccess;
  /** by function, and by file where a function is held for files */
  readonly rights: {
    has(right: string, file?: string): boolean;
    /** whether a right that was given may not be used for a file, or these items of it, for want of a designation (指名) */
    lacksDesignation?(right: string, file: string | undefined, items: readonly string[]): boolean;
  };
  /** staff at their desks · outward: answering machines, telephone menus, whatever must not tell whether a protected person exists */
  readonly channel: 'staff' | 'outward';
  /** the registered terminal that the connection has proved to be, if any */
  readonly terminal: Terminal | null;
  /** with a token of the command line alone: whether it came on the machine itself. Whoever can make one may read the vault; who has signed in has none of it */
  readonly atMachine?: boolean;
}

/**
 * What a look is for. Whoever has signed in looks for one purpose at a time, and changes it by an act of its own; a token of the command line
 * begins no session, and each look may say what it is for. (What is entered says for what it was acquired.) @throws Problem 422 `other-purpose`
 */
export function purposeOf({ purpose, atMachine }: Principal, named: string | undefined): string | null {
  const hasSignedIn = atMachine === undefined;
  if (hasSignedIn && purpose !== null && named !== undefined && named !== purpose) throw new Problem(422, 'other-purpose', 'サインインしている使用目的と違います。使用目的を選び直してから（POST /session/purpose）行ってください');
  return named ?? purpose;
}
