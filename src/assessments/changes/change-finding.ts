import type { Level } from '../check/rule.js';

/** What two versions, or the judgements of their differences, say that cannot stand. `alarm`: a duty of the law is not met. */
export interface ChangeFinding {
  readonly code: string;
  readonly level: 'alarm' | Level;
  /** `Change.key`. */
  readonly change?: string;
  readonly itemPath: string;
  readonly message: string;
}
