import type { Actor } from '../store/event.js';

/** Somebody who has signed in: what the token says, checked. */
export interface Principal {
  readonly actor: Actor;
  /** the purpose the session works under; a single act may name another */
  readonly purpose: string | null;
  /** by function, and by file where a function is held for files */
  readonly rights: { has(right: string, file?: string): boolean };
  /** staff at their desks · outward: answering machines, telephone menus, whatever must not tell whether a protected person exists */
  readonly channel: 'staff' | 'outward';
}
