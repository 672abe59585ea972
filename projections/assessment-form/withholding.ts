import type { Form, Position } from '../../src/assessments/forms/form.js';
import { placeOf } from '../../src/assessments/forms/places.js';
import { readMembers, type Reading } from '../../src/assessments/forms/members.js';
import type { Withholding } from './layout.js';

/** The parts of a document that are not made public, with a reason for each. A name that the form does not know is a fault: what was meant would be made public. */
export function readWithholding(json: string, form: Form): Reading<readonly Withholding[]> {
  return readMembers(json, (root) => {
    root.one('format', ['akashi-withhold-1']);
    return root.list('withhold').map((member): Withholding => {
      const itemId = member.text('itemId');
      const place = placeOf(form, itemId);
      if (itemId !== '' && !place) member.fault('itemId', `${form.name}の項目ではありません`);
      const at = member.has('at') ? member.list('at').map((own): Position => {
        const position = { repeat: own.text('repeat'), index: own.integer('index') ?? 0 };
        if (position.index < 1) own.fault('index', '1以上の整数で書いてください');
        own.done();
        return position;
      }) : undefined;
      // The rows of a table and the entries of a block or section are places of it, too.
      const repeats = place ? [...place.repeats, ...(place.repeat || place.item?.kind === 'table' ? [itemId] : [])] : [];
      if (place && at && (at.length === 0 || at.some(({ repeat }, n) => repeats[n] !== repeat))) member.fault('at', repeats.length === 0 ? 'この項目は一つだけです' : `${repeats.join('、')} の順に書いてください`);
      const why = member.text('why');
      member.done();
      return { itemId, why, ...(at && { at }) };
    });
  });
}
