import { readFileSync, readdirSync } from 'node:fs';
import type { Form, FormNumber } from './form.js';
import type { FormFault } from './members.js';
import { placesOf } from './places.js';
import { readForm } from './read-form.js';

const FOLDER = new URL('./editions/', import.meta.url);

/** An edition that cannot be used, with every place and cause. */
export class FormDataError extends Error {
  constructor(
    readonly file: string,
    readonly faults: readonly FormFault[],
  ) {
    super(`様式のデータ「${file}」に誤りがあります: ${faults.map(({ path, cause }) => `${path}: ${cause}`).join('、')}`);
  }
}

/** The editions in these files by id, each whole and none at odds with another. Throws FormDataError. */
export function loadForms(files: ReadonlyMap<string, string>): ReadonlyMap<string, Form> {
  const forms = new Map<string, Form>();
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const reading = readForm(text);
    if (!reading.ok) throw new FormDataError(file, reading.faults);
    if (`${reading.value.formId}.json` !== file) throw new FormDataError(file, [{ path: '/formId', cause: 'ファイルの名前と違います' }]);
    forms.set(reading.value.formId, reading.value);
  }
  const kinds = new Map<string, string>();
  for (const form of forms.values()) {
    for (const { id, item } of placesOf(form).values()) {
      const kind = item?.kind ?? 'section';
      if ((kinds.get(id) ?? kind) !== kind) throw new FormDataError(`${form.formId}.json`, [{ path: id, cause: `ほかの版では「${kinds.get(id)!}」の項目です` }]);
      kinds.set(id, kind);
    }
  }
  return forms;
}

let loaded: ReadonlyMap<string, Form> | undefined;

/** All editions of the folder `editions/`, read once. */
export function allForms(): ReadonlyMap<string, Form> {
  loaded ??= loadForms(new Map(readdirSync(FOLDER).filter((file) => file.endsWith('.json')).map((file) => [file, readFileSync(new URL(file, FOLDER), 'utf8')])));
  return loaded;
}

/** The edition with this id, or undefined. */
export function formOf(formId: string): Form | undefined {
  return allForms().get(formId);
}

/** The editions of one 様式, the oldest first; one of unknown date comes before all. */
export function editionsOf(form: FormNumber): readonly Form[] {
  return [...allForms().values()].filter((edition) => edition.form === form).sort((a, b) => ((a.validFrom ?? '') < (b.validFrom ?? '') ? -1 : 1));
}

/** The edition of a 様式 to write on that day (YYYY-MM-DD): the newest that is valid. */
export function editionOn(form: FormNumber, date: string): Form | undefined {
  return editionsOf(form).findLast(({ validFrom }) => (validFrom ?? '') <= date.slice(0, 7));
}
