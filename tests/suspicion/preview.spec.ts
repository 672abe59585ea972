import type { SuspicionRule } from '../../src/access/findings/events.js';
import { previewRows } from '../../projections/reports/definitions/suspicion-preview/report.js';
import type { Found, Looked } from '../../projections/suspicion/scan.js';
import { HORI, MIWA, OONO } from '../support/given.js';

const DAY = '2026-11-19';
const found = (rule: SuspicionRule, staff: string): Found => ({ staff, department: 'health-promotion', particulars: { rule, counts: [{ name: 'persons', value: 3 }], thresholds: [{ name: 'protectedAtLeast', value: 1 }], evidence: [] } });

const looked = (all: readonly Found[], staff = 0): Looked => ({ found: all, unlooked: staff === 0 ? [] : [{ name: 'same-address', value: staff }] });

test('of the rules on sealed facts the preview says how often any was met, and neither which nor of whom', () => {
  const rows = previewRows(DAY, looked([found('protected', HORI), found('own-name', HORI), found('off-hours', MIWA), found('same-family', MIWA)]), OONO);
  expect(rows.map(([day, rule, , staff]) => [day, rule, staff])).toEqual([[DAY, 'off-hours', MIWA], [DAY, 'sealed-facts', null]]);
  expect(rows.at(-1)).toEqual([DAY, 'sealed-facts', '封をした事実による所見', null, null, '所見 3', null, null, null]);
  expect(previewRows(DAY, looked([found('off-hours', MIWA)]), OONO)).toHaveLength(1);
});

test('whoever asks is not told of themselves, not even in the sum', () => {
  const day = [found('protected', HORI), found('off-hours', HORI), found('own-name', MIWA)];
  expect(previewRows(DAY, looked(day), HORI)).toEqual([[DAY, 'sealed-facts', '封をした事実による所見', null, null, '所見 1', null, null, null]]);
  expect(previewRows(DAY, looked(day.slice(0, 2)), HORI)).toEqual([]);
});

test('for how many a rule could say nothing is said, of nobody by name', () => {
  expect(previewRows(DAY, looked([], 3), OONO)).toEqual([[DAY, 'same-address', '職員と同じ住所の人の取扱い', null, null, '住所の登録がなく比べられなかった職員 3', null, null, expect.stringContaining('住所の登録のない職員は比べられず')]]);
});
