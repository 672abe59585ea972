import type { JudgeThreshold } from '../commands.js';
import type { Version } from '../drafts/state.js';
import type { ThresholdFacts } from './deciding.js';

/** One figure as the ledger has it: how many, by which query, up to which position. */
export interface Figure {
  readonly count: number;
  readonly query: string;
  readonly position: number;
}

export interface Figures {
  readonly subjects: Figure;
  readonly handlers: Figure;
}
void (0 as unknown as ThresholdFacts & JudgeThreshold & Version);
