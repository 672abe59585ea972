import { reportNamed } from '../../projections/reports/all.js';

/** Those that show ids and codes alone, as the questions of an auditor do: what holds of one in each format holds of the others. */
export const FOR_AUDITORS: readonly string[] = ['step-through', 'difference', 'sample', 'who-could-see', 'id-list', 'rights-of-departed', 'unused-ids', 'monthly-log-review'];

/** What each report cannot be asked without, beside the person it is about. */
const NEEDED: { readonly [name: string]: object } = {
  'assessment-simulation': { version: 3 },
  difference: { register: 'staff' },
  sample: { of: 'handlings', seed: 'audit-2026', size: 5 },
  'id-reconciliation': { people: [{ login: 'nobody-here' }], issuer: 'https://id.example' },
  'monthly-log-review': { month: '2026-11' },
  'who-could-see': { at: '2026-11-20T09:30:00+09:00' },
};

export function termsOf(name: string, subject: string): object {
  return { ...(reportNamed(name).subject !== undefined && { subject }), ...NEEDED[name] };
}
