import type { Form, Position } from '../forms/form.js';
import { placeOf, selfAndAbove } from '../forms/places.js';
import type { Gap } from './assessment.js';

/** Whether a gap speaks of this item at this place: of itself, its block, its section, or of everything. */
export function speaksOf(gap: Gap, form: Form, id: string, at: readonly Position[]): boolean {
  if (gap.itemId === '*') return true;
  const place = placeOf(form, id);
  if (!place || !selfAndAbove(place).includes(gap.itemId)) return false;
  const file = at.find(({ repeat }) => repeat === place.section.id);
  const blocks = at.filter(({ repeat }) => repeat !== place.section.id);
  if (gap.fileIndex !== undefined && gap.fileIndex !== file?.index) return false;
  return gap.blockIndex === undefined || blocks.some(({ index }) => index === gap.blockIndex);
}

/** The gaps of these kinds that speak of a cell. */
export function gapsAt(gaps: readonly Gap[], form: Form, id: string, at: readonly Position[], kinds: readonly Gap['kind'][]): readonly Gap[] {
  return gaps.filter((gap) => kinds.includes(gap.kind) && speaksOf(gap, form, id, at));
}
