/** 帳票: what each form prints of a person, in the record items of the file. A copy of the screen shows what the screen showed. */
export const FORMS = {
  'vaccination-record': { label: '接種記録票', items: ['name', 'kana', 'birthDate', 'sex', 'address', 'addresseeNumber', 'vaccine', 'dose', 'vaccinatedOn', 'institution', 'lot', 'executionClass'] },
  'pre-examination-slip': { label: '予診票', items: ['name', 'kana', 'birthDate', 'sex', 'address', 'ticketNumber', 'vaccine', 'dose'] },
  notice: { label: '個別通知（勧奨）', items: ['name', 'address', 'postalCode', 'birthDate', 'vaccine', 'dose'] },
  'address-labels': { label: '宛名ラベル', items: ['name', 'address', 'postalCode'] },
  'target-list': { label: '対象者一覧', items: ['name', 'kana', 'birthDate', 'sex', 'address', 'addresseeNumber', 'vaccine', 'dose'] },
  certificate: { label: '接種済証', items: ['name', 'birthDate', 'address', 'vaccine', 'dose', 'vaccinatedOn', 'institution', 'lot'] },
  screen: { label: '画面のハードコピー', items: [] },
} as const satisfies { readonly [code: string]: { readonly label: string; readonly items: readonly string[] } };

export type FormCode = keyof typeof FORMS;
export const FORM_CODES = Object.keys(FORMS) as readonly FormCode[];

/** 宛名台帳 · 予防接種台帳: the registers whose values can be exported */
export const EXPORTABLE_NAMES = ['subjects', 'vaccinations'] as const;
export type ExportableName = (typeof EXPORTABLE_NAMES)[number];
export const EXPORT_FORMATS = ['csv', 'json', 'xlsx', 'pdf'] as const;
/** An event names every person of an export, and no event is larger than a mebibyte. */
export const EXPORT_ROWS_MAX = 20_000;
