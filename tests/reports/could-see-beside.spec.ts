import { EmergencyAccessEnded, EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { ACCESS_POLICY, PolicyChangeConfirmed } from '../../src/access/policies/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { ResidentChanged } from '../../src/subjects/events.js';
import { anIdentity, closeTowns } from '../projections/town.js';
import { at, plant, type Planted } from './planted.js';
import { rowsOf, type Row } from './reading.js';

/** On the 14th somebody without a right is twice in a 緊急時閲覧, of which only one is ended by hand; then prints, exports and looks are recorded, and files of one kind are let out. */
const DAY = '2026-12-14';
const [ENDED, RUN_OUT] = [newId(), newId()];
let planted: Planted;
beforeAll(async () => {
  planted = await plant();
  const { town, staff, subject, head } = planted;
  const go = (time: string): void => void (town.now = Date.parse(at(time, DAY)));
  const plain = (stream: string, happened: NewDomainEvent, by: string) => town.tell(stream, happened, null, { actor: { staff: by } });
  const begin = (id: string, until: string, number = false) =>
    plain(streamName('emergency', id), event(EmergencyAccessOpened, { file: 'vaccination', reasonCode: 'disaster', number, until: at(until, DAY), justifyBy: at('09:00', '2026-12-15'), examineBy: at('09:00', '2026-12-17') }, { reason: '架空の避難所' }), staff.nothing);
  const use = (by: string, block: object) => town.use([subject], { items: ['name'], ...block }, { actor: { staff: by } });
  go('09:00');
  await begin(ENDED, '09:30');
  go('09:10');
  await use(staff.nothing, { extent: 'opened', reasonCode: 'disaster', emergency: ENDED });
  go('09:20');
  await plain(streamName('emergency', ENDED), event(EmergencyAccessEnded, { cause: 'closed' }, {}), staff.nothing);
  go('10:00');
  await begin(RUN_OUT, '10:30', true);
  go('11:00');
  await use(staff.stays, { extent: 'printed' });
  await use(staff.stays, { extent: 'exported' });
  await plain(streamName('emergency', RUN_OUT), event(EmergencyAccessEnded, { cause: 'time' }, {}), head);
  go('12:00');
  await plain(streamName(ACCESS_POLICY, newId()), event(PolicyChangeConfirmed, { proposal: 1, setting: 'output.exportFiles', value: { codes: ['vaccination'] } }, {}), head);
  go('13:00');
  await town.tell(streamName('subject', subject), event(ResidentChanged, { scope: 'resident' }, { change: { kind: 'protection-end', on: DAY }, identity: anIdentity() }), { subjects: [subject], items: ['protection'] });
});
afterAll(closeTowns);

const ask = (terms: object): Promise<readonly Row[]> => rowsOf(planted.town, 'who-could-see', { subject: planted.subject, ...terms });
const of = (rows: readonly Row[], staff: string, did: boolean) => rows.filter((row) => row.staff === staff && (row.position !== null) === did);

it('a 緊急時閲覧 lets somebody see from its opening to its end, or until its time, whenever that was written down', async () => {
  const rows = of(await ask({ day: DAY }), planted.staff.nothing, false);
  expect(rows.map(({ right, extent, since, until, setBy }) => [right, extent, since, until, setBy])).toEqual([
    [`緊急時閲覧 ${ENDED}`, '一覧、個別表示', at('09:00', DAY), at('09:20', DAY), null], [`緊急時閲覧 ${RUN_OUT}`, '一覧、個別表示、番号表示', at('10:00', DAY), at('10:30', DAY), null],
  ]);
  const then = async (time: string) => of(await ask({ at: at(time, DAY) }), planted.staff.nothing, false).length;
  expect([await then('08:59'), await then('09:15'), await then('09:25'), await then('10:15'), await then('10:45')]).toEqual([0, 1, 0, 1, 0]);
});

it('what was done in it names it, and is not said to have been done without a right; what was printed or exported is under its right', async () => {
  const rows = await ask({ day: DAY });
  expect(of(rows, planted.staff.nothing, true).map(({ right, remark }) => [right, remark])).toEqual([[`緊急時閲覧 ${ENDED}`, '項目: 氏名']]);
  expect(of(rows, planted.staff.stays, true).map(({ extent, right, remark }) => [extent, right, remark])).toEqual([['閲覧・印刷', planted.rights.stays, '項目: 氏名'], ['閲覧・出力', planted.rights.stays, '項目: 氏名']]);
});

it('exports count of files that are let out, and of nobody under 支援措置', async () => {
  const exported = async (time: string) => of(await ask({ at: at(time, DAY) }), planted.staff.stays, false).map(({ extent }) => extent);
  expect([await exported('11:30'), await exported('12:30'), await exported('13:00')]).toEqual([['一覧、個別表示、印刷'], ['一覧、個別表示、印刷'], ['一覧、個別表示、印刷、出力']]);
});
