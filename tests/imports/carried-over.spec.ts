import { MINATO } from '../support/city.js';
import { during, expectStatus, freshNumber, openStage, type Stage } from '../walks/stage.js';
import { rejectsOf, send, open } from './desk.js';
import { RESIDENT_HEADER, residentsCsv } from './files.js';

/** What a file has no column for is not said to be gone; what it has an empty cell for is. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

const GUARDIANS = [{ name: '架空　保護者', relation: '母', contact: '架空 2' }];
const COUNTER = { guardians: GUARDIANS, unregisteredCharacters: true, birthPrecision: 'month', contact: '架空 1', household: '77', postalCode: '9990001', sex: 'female' };

interface Taken {
  readonly counts: object;
  readonly identity?: { readonly [field: string]: unknown };
}

async function taking(bytes: Buffer): Promise<Taken> {
  const id = await open(stage, 'residents', bytes);
  const { answer, events } = await during(stage, () => send(stage, id, bytes));
  const { registered, changed, unchanged, rejected } = expectStatus(answer, 200).body;
  const identity = events.find(({ type }) => type === 'ResidentChanged')?.opened.identity as Taken['identity'];
  return { counts: { registered, changed, unchanged, rejected }, ...(identity && { identity }) };
}

const line = (addressee: string, over: Partial<typeof MINATO> = {}): string => {
  const { name, kana, address } = { ...MINATO, ...over };
  return `${[addressee, name, kana, '2025-04-02', '女', address, '転居', '2026-11-01'].join(',')}\r\n`;
};
const short = (...lines: string[]): Buffer => Buffer.from(`${RESIDENT_HEADER}\r\n${lines.join('')}`);

it('what was entered at the counter stays when a file without columns for it changes the address', async () => {
  const addresseeNumber = freshNumber();
  await stage.person({ ...COUNTER, addresseeNumber });
  const { counts, identity } = await taking(short(line(addresseeNumber, { address: '汐浜市架空町9番地' as never })));
  expect(counts).toEqual({ registered: 0, changed: 1, unchanged: 0, rejected: 0 });
  expect(identity).toMatchObject({ ...COUNTER, address: '汐浜市架空町9番地' });
});

it('a file that says nothing new changes nothing', async () => {
  const addresseeNumber = freshNumber();
  await stage.person({ ...COUNTER, addresseeNumber });
  expect((await taking(short(line(addresseeNumber)))).counts).toEqual({ registered: 0, changed: 0, unchanged: 1, rejected: 0 });
});

it('an empty cell says that there is none any more', async () => {
  const addresseeNumber = freshNumber();
  await stage.person({ ...COUNTER, addresseeNumber });
  const cells = { 宛名番号: addresseeNumber, 氏名: MINATO.name, 氏名の振り仮名: MINATO.kana, 生年月日: '2025-04-02', 性別: '女', 住所: MINATO.address, 異動事由: '世帯変更', 異動日: '2026-11-01' };
  const { identity } = await taking(residentsCsv([cells]));
  expect(identity).toMatchObject({ guardians: GUARDIANS, unregisteredCharacters: true, birthPrecision: 'month' });
  for (const field of ['contact', 'household', 'postalCode']) expect(identity).not.toHaveProperty(field);
});

it('how sure a birth date is does not outlive the date', async () => {
  const addresseeNumber = freshNumber();
  await stage.person({ ...COUNTER, addresseeNumber });
  const { identity } = await taking(short(line(addresseeNumber).replace('2025-04-02', '2025-04-03')));
  expect(identity).toMatchObject({ birthDate: '2025-04-03', guardians: GUARDIANS });
  expect(identity).not.toHaveProperty('birthPrecision');
});

it('whoever moves in again is a resident, though the file has no column for the day of leaving', async () => {
  const addresseeNumber = freshNumber();
  await stage.person({ addresseeNumber, scope: 'former-resident', leftOn: '2026-05-01', residentSince: '2020-01-01' });
  const bytes = short(line(addresseeNumber).replace('転居', '転入'));
  const id = await open(stage, 'residents', bytes);
  const { events } = await during(stage, () => send(stage, id, bytes));
  const [changed] = events.filter(({ type }) => type === 'ResidentChanged');
  expect(changed!.data).toEqual({ scope: 'resident' });
  for (const field of ['leftOn', 'residentSince']) expect(changed!.opened.identity).not.toHaveProperty(field);
});

it('thousands of rejected rows are all told, however many events they stand in', async () => {
  const rows = 6000;
  const bytes = short(...Array.from({ length: rows }, () => `${','.repeat(7)}\r\n`));
  const { counts } = await taking(bytes);
  expect(counts).toEqual({ registered: 0, changed: 0, unchanged: 0, rejected: rows });
  const rejects = await rejectsOf(stage, await open(stage, 'residents', bytes));
  expect(rejects).toHaveLength(rows * 8);
  expect([rejects[0]!.line, rejects.at(-1)!.line]).toEqual([2, rows + 1]);
});
