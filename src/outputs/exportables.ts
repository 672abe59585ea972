import { identityShape } from '../subjects/events.js';
import { recordShape } from '../vaccinations/events.js';
import { NUMBER_ITEM } from '../walks/terminals.js';
import type { ExportableName } from './lists.js';

/** The items that an export of a register can have as columns, in their order. The mark of 支援措置 is no column: whoever has it is left out. */
export const exportables: { readonly [name in ExportableName]: readonly string[] } = {
  subjects: [...Object.keys(identityShape).filter((item) => item !== 'protection'), NUMBER_ITEM],
  vaccinations: Object.keys(recordShape),
};
