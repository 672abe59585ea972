import { allForms, formOf } from '../../src/assessments/forms/editions.js';
import { placeOf, printedName } from '../../src/assessments/forms/places.js';

/** An item of a form as the newest edition that asks for it prints it; a code that none has stays what it is. */
export function itemWord(id: string): string {
  const form = [...allForms().values()].sort((a, b) => ((a.validFrom ?? '') < (b.validFrom ?? '') ? 1 : -1)).find((edition) => placeOf(edition, id));
  return form ? printedName(form, id) : id;
}

export function editionWord(id: string): string {
  const form = formOf(id);
  return form ? `${form.name}（${form.edition}）` : id;
}
