import type { SuspicionRule } from '../../src/access/findings/events.js';
import { previewRows } from '../../projections/reports/definitions/suspicion-preview/report.js';
import type { Found } from '../../projections/suspicion/scan.js';
import { HORI, MIWA, OONO } from '../support/given.js';

const DAY = '2026-11-19';
const found = (rule: SuspicionRule, staff: string): Found => ({ staff, department: 'health-promotion', particulars: { rule, counts: [{ name: 'persons', value: 3 }], thresholds: [{ name: 'protectedAtLeast', value: 1 }], evidence: [] } });

test('of the rules on sealed facts the preview says how often any was met, and neither which nor of whom', () => {
  const rows = previewRows(DAY, [found('protected', HORI), found('own-name', HORI), found('off-hours', MIWA), found('same-family', MIWA)], OONO);
  expect(rows.map(([day, rule, , staff]) => [day, rule, staff])).toEqual([[DAY, 'off-hours', MIWA], [DAY, 'sealed-facts', null]]);
  expect(rows.at(-1)).toEqual([DAY, 'sealed-facts', '封をした事実による所見', null, null, '所見 3', null, null, null]);
  expect(previewRows(DAY, [found('off-hours', MIWA)], OONO)).toHaveLength(1);
});

test('whoever asks is not told of themselves, not even in the sum', () => {
  const day = [found('protected', HORI), found('off-hours', HORI), found('own-name', MIWA)];
  expect(previewRows(DAY, day, HORI)).toEqual([[DAY, 'sealed-facts', '封をした事実による所見', null, null, '所見 1', null, null, null]]);
  expect(previewRows(DAY, day.slice(0, 2), HORI)).toEqual([]);
});
