import { LogTerms } from '../../../handling-log/terms.js';
import { UpTo } from '../../terms.js';

/** What the log can be asked for, up to a position. */
export class HandlingTerms extends LogTerms {
  @UpTo()
  upTo?: number;
}
