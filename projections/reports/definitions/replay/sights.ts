import type { Right } from '../../../../src/access/roles.js';
import type { Extent } from '../../../../src/handling/block.js';
import { NUMBER_AFFAIRS, NUMBER_ITEM, VENUES, type TerminalClass } from '../../../../src/walks/terminals.js';
import { HIDDEN_WHEN_PROTECTED, LISTED_ITEMS, OPENED_ITEMS } from '../../../registers/subjects/query.js';
import { HIDDEN_WHEN_PROTECTED as HIDDEN_OF_RECORDS, RECORD_ITEMS } from '../../../registers/vaccinations/query.js';

/** What a function shows of a person, and where. */
export interface Sight {
  readonly extent: Extent;
  readonly items: readonly string[];
  /** of a person under 支援措置 */
  readonly hidden: readonly string[];
  /** a 個人番号 comes to no tablet, whatever the look may else come from */
  readonly terminals: readonly TerminalClass[];
}

const hiddenOf = (items: readonly string[], hidden: ReadonlySet<string>): readonly string[] => items.filter((item) => hidden.has(item));
const LISTED: Sight = { extent: 'listed', items: LISTED_ITEMS, hidden: hiddenOf(LISTED_ITEMS, HIDDEN_WHEN_PROTECTED), terminals: VENUES };
const RECORDS: Sight = { extent: 'opened', items: RECORD_ITEMS, hidden: hiddenOf(RECORD_ITEMS, HIDDEN_OF_RECORDS), terminals: VENUES };

/** The functions that show somebody a person. */
export const SIGHTS: { readonly [right in Right]?: Sight } = {
  'subject:search': LISTED,
  'subject:open': { extent: 'opened', items: OPENED_ITEMS, hidden: hiddenOf(OPENED_ITEMS, HIDDEN_WHEN_PROTECTED), terminals: VENUES },
  'number:search': { ...LISTED, items: [...LISTED_ITEMS, NUMBER_ITEM], terminals: NUMBER_AFFAIRS },
  'number:show': { extent: 'numberShown', items: [NUMBER_ITEM], hidden: [], terminals: NUMBER_AFFAIRS },
  'vaccination:list': RECORDS,
  'vaccination:open': RECORDS,
  // Which items, hangs on the form and on the application: the rules are asked for the rest.
  'print:produce': { extent: 'printed', items: [], hidden: [], terminals: NUMBER_AFFAIRS },
  'export:request': { extent: 'exported', items: [], hidden: [], terminals: NUMBER_AFFAIRS },
};

export function sightOf(right: Right): Sight | undefined {
  return SIGHTS[right];
}
