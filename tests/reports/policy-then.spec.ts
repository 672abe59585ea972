import { DesignationEnded, DesignationMade } from '../../src/access/designations/events.js';
import { PlacementConfirmed } from '../../src/access/events.js';
import { ACCESS_POLICY, PolicyChangeConfirmed, type RecordedValue } from '../../src/access/policies/events.js';
import { RightApplied, RightApproved, RightSet } from '../../src/access/rights/events.js';
import { LISTED_ITEMS } from '../../projections/registers/subjects/query.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { closeTowns } from '../projections/town.js';
import { at, plant, type Planted } from './planted.js';
import { rowsOf, type Row } from './reading.js';

/**
 * On the 14th it is confirmed that from the 16th on clerks' rights need a designation; at eleven of that day one clerk is designated. On
 * the 17th that ends, and on the 18th at ten rights begin to hang on sections. On the 21st a designation is needed again, and at ten it shrinks to some items.
 */
let planted: Planted;
let unit: string;
beforeAll(async () => {
  planted = await plant();
  const { town, staff, head } = planted;
  const policy = streamName(ACCESS_POLICY, newId());
  const go = (day: string, time: string): void => void (town.now = Date.parse(at(time, day)));
  const tell = (stream: string, happened: NewDomainEvent, by = head) => town.tell(stream, happened, null, { actor: { staff: by } });
  let proposal = 0;
  const change = (setting: string, value: RecordedValue, from?: string) => tell(policy, event(PolicyChangeConfirmed, { proposal: (proposal += 1), setting, value, ...(from && { from }) }, {}));
  const hired = (await town.events()).find(({ stream }) => stream === streamName('staff', staff.nothing))!.id;
  unit = (await town.events()).find(({ data }) => data.unit === 'health-promotion')!.stream;
  go('2026-12-14', '09:00');
  await tell(unit, event(RightApplied, { role: 'clerk', files: ['vaccination'], access: 'read', number: false, department: 'health-promotion', from: '2026-12-14' }, {}), newId());
  const right = (await town.ledger.recorded(unit)).at(-1)!.id;
  await tell(unit, event(RightApproved, { right }, {}), newId());
  await tell(unit, event(RightSet, { right, from: '2026-12-14' }, {}));
  await tell(streamName('staff', staff.nothing), event(PlacementConfirmed, { placements: [hired] }, {}), newId());
  await change('rights.needDesignation', { flag: true }, '2026-12-16');
  go('2026-12-16', '11:00');
  await tell(streamName('staff', staff.stays), event(DesignationMade, { kind: 'handler', files: ['vaccination'], department: 'health-promotion', from: '2026-12-16' }, {}));
  go('2026-12-17', '09:00');
  await change('rights.needDesignation', { flag: false });
  go('2026-12-18', '10:00');
  await change('procedure', { code: 'unit-code' });
  await tell(streamName('staff', staff.nothing), event(DesignationMade, { kind: 'handler', files: [], department: 'health-promotion', from: '2026-12-18' }, {}));
  go('2026-12-21', '09:00');
  await change('rights.needDesignation', { flag: true });
  go('2026-12-21', '10:00');
  const own = (await town.ledger.recorded(streamName('staff', staff.stays))).find(({ type }) => type === DesignationMade.type)!.id;
  await tell(streamName('staff', staff.stays), event(DesignationMade, { kind: 'handler', files: ['vaccination'], items: [...LISTED_ITEMS], department: 'health-promotion', from: '2026-12-21' }, {}));
  await tell(streamName('staff', staff.stays), event(DesignationEnded, { designations: [own], on: '2026-12-21', cause: 'not-needed' }, {}));
});
afterAll(closeTowns);

const nameOf = (staff: unknown): string => Object.entries(planted.staff).find(([, id]) => id === staff)?.[0] ?? 'somebody';
const could = async (day: string): Promise<readonly Row[]> => (await rowsOf(planted.town, 'who-could-see', { subject: planted.subject, day })).filter(({ what, position }) => position === null && what === '見ることができた');
const told = async (day: string) => (await could(day)).map(({ staff, since, until }) => [nameOf(staff), since, until]);

it('who could see a person follows the settings of the day: rights that need a designation', async () => {
  expect(await told('2026-12-15')).toEqual([['stays', null, null]]);
  expect(await told('2026-12-16')).toEqual([['stays', at('11:00', '2026-12-16'), null]]);
  expect(await told('2026-12-17')).toEqual([['stays', null, null]]);
});

it('and as far as the designation goes: some items alone', async () => {
  const rows = (await could('2026-12-21')).filter(({ staff }) => staff === planted.staff.stays);
  expect(rows.map(({ extent, since, until, remark }) => [extent, since, until, String(remark).includes('指名された項目に限る: 氏名')])).toEqual([
    ['一覧、個別表示、印刷', null, at('10:00', '2026-12-21'), false], ['一覧、印刷', at('10:00', '2026-12-21'), null, true],
  ]);
});

it('rights that hang on the section count from the minute on in which that was confirmed, and not before', async () => {
  expect(await told('2026-12-18')).toEqual([['stays', null, null], ['nothing', at('10:00', '2026-12-18'), null]]);
  expect((await could('2026-12-18')).find(({ staff }) => staff === planted.staff.nothing)!.remark).toBe('部署に付いた権限');
});

it('behind each step stands what somebody might do by the settings of its day', async () => {
  const after = async (staff: string, day: string) => (await rowsOf(planted.town, 'step-through', { staff, from: at('00:00', day), to: at('23:59', day) })).at(-1)!.after;
  expect(await after(planted.staff.nothing, '2026-12-14')).toBe('健康づくり課・担当職員。権限 0 件');
  expect(await after(planted.staff.nothing, '2026-12-18')).toBe('健康づくり課・担当職員。権限 1 件: 担当職員（予防接種情報ファイル、照会のみ、番号なし）');
});
