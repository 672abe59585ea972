import { StoreUnavailable } from './port.js';

/**
 * The right of this process to be the one that writes and answers. On the embedded store a lock gives it until the process ends; on
 * a shared store it is a lease, which runs out when it is not renewed, and is lost when another has taken it.
 */
export interface Tenure {
  /** milliseconds for which it is surely still held; 0 while nobody can tell */
  remaining(): number;
  /** one that still holds has been renewed within this time, in milliseconds: so the store has taken an event */
  readonly renewedWithin: number;
  /** a renewal is overdue: the store does not answer as it should */
  readonly isLate: boolean;
  /** another has taken it: it does not come back */
  readonly isLost: boolean;
  /** resolves when it is lost, never when it is released */
  readonly lost: Promise<void>;
  /** lets another process take over at once */
  release(): Promise<void>;
}

/** Another engine is active by now: this one writes and answers nothing more. */
export class TenureLost extends StoreUnavailable {
  readonly code = 'tenure-lost';
  constructor() {
    super('this engine is no longer the active one');
    this.name = 'TenureLost';
  }
}

/** Of a process that nobody can take the store away from. */
export const forLife: Tenure = {
  remaining: () => Number.POSITIVE_INFINITY,
  renewedWithin: Number.POSITIVE_INFINITY,
  isLate: false,
  isLost: false,
  lost: new Promise(() => undefined),
  release: async () => undefined,
};
