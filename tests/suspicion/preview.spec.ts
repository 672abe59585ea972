import type { SuspicionRule } from '../../src/access/findings/events.js';
import { previewRows } from '../../projections/reports/definitions/suspicion-preview/report.js';
import type { Found } from '../../projections/suspicion/scan.js';
import { HORI, MIWA } from '../support/given.js';

const DAY = '2026-11-19';
const found = (rule: SuspicionRule, staff: string): Found => ({ staff, department: 'health-promotion', particulars: { rule, counts: [{ name: 'persons', value: 3 }], thresholds: [{ name: 'protectedAtLeast', value: 1 }], evidence: [] } });

test('of the rules on sealed facts the preview says how often any was met, and neither which nor of whom', () => {
  const rows = previewRows(DAY, [found('protected', HORI), found('own-name', HORI), found('off-hours', MIWA), found('same-family', MIWA)]);
  expect(rows.map(([day, rule, , staff]) => [day, rule, staff])).toEqual([[DAY, 'off-hours', MIWA], [DAY, 'sealed-facts', null]]);
  expect(rows.at(-1)).toEqual([DAY, 'sealed-facts', '封をした事実による所見', null, null, '所見 3', null, null, null]);
  expect(previewRows(DAY, [found('off-hours', MIWA)])).toHaveLength(1);
});
