import { during, openStage, type Stage } from '../walks/stage.js';
import { filesHolding } from '../support/ledger.js';
import { cp932, inventedNumber, inventedPerson, residentsCsv, slipOf, slipsCsv } from './files.js';
import { open, progress, send, take } from './desk.js';

/** Slips carry no 個人番号: a file that does is refused whole, and nothing of it is kept. */
let stage: Stage;
const person = inventedPerson();
const NUMBER = inventedNumber(777);
beforeAll(async () => {
  stage = await openStage();
  await take(stage, 'residents', residentsCsv([person]));
});
afterAll(async () => stage.city.close());

/** A file of good slips with one column more. */
function withColumn(header: string, end = true): string {
  const [first, ...rows] = slipsCsv([slipOf(person), slipOf(person, { 接種回数: '2' })]).toString().trimEnd().split('\r\n');
  const add = (line: string, cell: string): string => (end ? `${line},${cell}` : `${cell},${line}`);
  return [add(first!, header), ...rows.map((row) => add(row, NUMBER))].map((line) => `${line}\r\n`).join('');
}

it.each<[string, Buffer, 'utf-8' | 'cp932', string]>([
  ['as the last column', Buffer.from(withColumn('個人番号')), 'utf-8', 'number-column'],
  ['as the first column', Buffer.from(withColumn('個人番号', false)), 'utf-8', 'number-column'],
  ['after a mark', Buffer.from(`\ufeff${withColumn('個人番号', false)}`), 'utf-8', 'number-column'],
  ['in Windows-31J', cp932(withColumn('個人番号')), 'cp932', 'number-column'],
  ['with blanks around it', Buffer.from(withColumn(' 個人番号　')), 'utf-8', 'number-column'],
  ['in quotes', Buffer.from(withColumn('"個人番号"')), 'utf-8', 'number-column'],
  ['beside a column that is missing', Buffer.from(withColumn('個人番号').replace('接種回数', '回数')), 'utf-8', 'number-column'],
  ['twice', Buffer.from(withColumn('個人番号,個人番号')), 'utf-8', 'number-column'],
  ['under its common name', Buffer.from(withColumn('マイナンバー')), 'utf-8', 'unknown-columns'],
  ['in half-width kana', Buffer.from(withColumn('ﾏｲﾅﾝﾊﾞｰ')), 'utf-8', 'unknown-columns'],
  ['with a blank in it', Buffer.from(withColumn('個人 番号')), 'utf-8', 'unknown-columns'],
  ['with a remark', Buffer.from(withColumn('個人番号（12桁）')), 'utf-8', 'unknown-columns'],
  ['in letters', Buffer.from(withColumn('ＭｙＮｕｍｂｅｒ')), 'utf-8', 'unknown-columns'],
  ['without a name', Buffer.from(withColumn('')), 'utf-8', 'unknown-columns'],
])('%s', async (_, bytes, encoding, code) => {
  const id = await open(stage, 'vaccinations', bytes, { encoding });
  const { answer, events } = await during(stage, () => send(stage, id, bytes));
  expect([answer.status, answer.body.code]).toEqual([422, code]);
  expect(answer.body.title).toMatch(code === 'number-column' ? /個人番号の列があります.*取り込めません/ : /知らない見出し/);
  expect(events.map(({ type, data }) => [type, data])).toEqual([['ImportAborted', { row: 0, reason: code }]]);
  expect(await progress(stage, id)).toMatchObject({ status: 'aborted', rows: 0, registered: 0, rejected: 0, reason: code });
  expect(JSON.stringify([answer.body, events, stage.city.log])).not.toContain(NUMBER);
});

it('leaves no number in any file of the engine', () => {
  expect(filesHolding(stage.city.directory, NUMBER)).toEqual([]);
});

it('without the column the same slips are taken', async () => {
  expect(await take(stage, 'vaccinations', slipsCsv([slipOf(person), slipOf(person, { 接種回数: '2' })]))).toMatchObject({ registered: 2, rejected: 0 });
});

it('the column belongs to the resident file', async () => {
  expect(await take(stage, 'residents', residentsCsv([inventedPerson({ 個人番号: NUMBER })]))).toMatchObject({ registered: 1 });
});
