/** Registers of which two moments can be compared: 宛名台帳 · 予防接種台帳 · 職員・権限台帳 · 施行中の記載事項 */
export const COMPARED = ['subjects', 'vaccinations', 'staff', 'declaration'] as const;

/** What samples are taken of: 取扱い · サインイン · 権限 */
export const POPULATIONS = ['handlings', 'sign-ins', 'rights'] as const;
/** What a population is parted by. */
export const STRATA = ['kind', 'extent', 'outcome', 'file', 'department', 'staff'] as const;
/** Of each stratum; more is no sample any more. */
export const SAMPLE_MAX = 1000;

/** Steps on one page. */
export const STEPS_MAX = 10_000;
