import { RESIDENT_COLUMNS, VACCINATION_COLUMNS } from '../../src/demo/generator/csv.js';
import { filesHolding } from '../support/ledger.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';
import { RESIDENT_HEADER, inventedNumber, inventedPerson, residentsCsv, slipOf, slipsCsv, type Cells } from './files.js';
import { open, rejectsOf, send, take } from './desk.js';

/** No value of a file stands open anywhere: not in a reject, an answer, a line of the log, the open part of an event or a file. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.city.close());

/** Values that nothing else brings forth. */
const NUMBER = inventedNumber(4242);
const PERSON = inventedPerson({
  宛名番号: '878787871', 団体内統合宛名番号: '98989898981', 個人番号: NUMBER, 世帯番号: '76767676', 氏名: '架空　千鳥ヶ淵麿', 氏名の振り仮名: 'カクウ　チドリガフチマロ', 生年月日: '19310719', 住所: '汐浜市架空町七曲り88番地',
  郵便番号: '999-8787', 連絡先: '090-8787-6565', 異動届出日: '20260413', 異動日: '20260412', 住民となった日: '19310720',
});
const SLIP = slipOf(PERSON, {
  氏名の振り仮名: 'カクウ　チドリガフチマロ', 接種コード: 'QQVACC', 接種日: '20261017', 実施医療機関: '架空ホトトギス医院', 接種会場: '架空ウグイス会館', 接種医: '架空　目白先生', ワクチンメーカー: '架空メジロ製薬',
  ロット番号: 'ZQ87XK', 予診票番号: '5656565656', 接種判定: '判定クイナ', 体温: '36.7', 受付日: '20261019', 特記事項: '特記ヤマセミ',
});
const VALUES = [
  ...[PERSON, SLIP].flatMap((cells) => Object.values(cells)), '1931-07-19', '1931-07-20', '2026-04-12', '2026-04-13', '2026-10-17', '2026-10-19', '千鳥ヶ淵',
].filter((value) => value.length > 4);

/** A row of which every cell is of the wrong form, each with a mark of its own. */
const spoiled = (columns: readonly string[]): Cells => Object.fromEntries(columns.map((name, i) => [name, `架空カナリア${i}\u0007`]));

/** Everything that anybody can read without a key. */
async function allThatIsOpen(): Promise<string> {
  const { registry, store } = stage.city.server.engine.ledger;
  const events = (await store.readAll({ after: 0, limit: 10_000 })).map((entry) => {
    const { sealed: _, definition: _definition, ...open } = registry.decode(entry);
    return open;
  });
  return JSON.stringify([events, stage.city.log]);
}

async function expectNothingOpen(answers: readonly unknown[], values: readonly string[] = VALUES): Promise<void> {
  const open = (await allThatIsOpen()) + JSON.stringify(answers);
  expect(values.filter((value) => open.includes(value))).toEqual([]);
  expect(values.filter((value) => filesHolding(stage.city.directory, value).length > 0)).toEqual([]);
}

it('of rows that are taken, once and again', async () => {
  const answers: unknown[] = [
    await take(stage, 'residents', residentsCsv([PERSON])), await take(stage, 'vaccinations', slipsCsv([SLIP])),
    await take(stage, 'residents', residentsCsv([{ ...PERSON, 住所: '汐浜市架空町九十九折7番地' }])),
  ];
  await expectNothingOpen(answers, [...VALUES, '九十九折']);
});

it('of rows that are rejected for what they say', async () => {
  const other = inventedPerson();
  await take(stage, 'residents', residentsCsv([other]));
  const residents = residentsCsv([{ ...other, 個人番号: NUMBER, 氏名: '架空　千鳥ヶ淵麿' }, { ...PERSON, 団体内統合宛名番号: '98989898999' }, { ...PERSON, 宛名番号: '878787899' }]);
  const slips = slipsCsv([{ ...SLIP, 宛名番号: '878787899' }, { ...SLIP, 生年月日: '19310718' }, { ...SLIP, 接種日: '20270101' }]);
  const answers: unknown[] = [];
  for (const [kind, bytes] of [['residents', residents], ['vaccinations', slips]] as const) {
    const summary = await take(stage, kind, bytes);
    expect(summary.rejected).toBe(3);
    answers.push(summary, await rejectsOf(stage, summary.id));
  }
  await expectNothingOpen(answers, [...VALUES, '98989898999', '878787899', '1931-07-18', '19310718', '20270101']);
});

it.each([
  ['residents', RESIDENT_COLUMNS, residentsCsv],
  ['vaccinations', VACCINATION_COLUMNS, slipsCsv],
] as const)('of %s whose every cell is wrong: each is named by row, column and reason', async (kind, columns, csv) => {
  const summary = await take(stage, kind, csv([spoiled(columns), spoiled(columns)]));
  expect(summary).toMatchObject({ rows: 2, registered: 0, rejected: 2 });
  const rejects = await rejectsOf(stage, summary.id);
  expect(rejects.map(({ line, column, item }) => [line, column, item])).toEqual([2, 3].flatMap((line) => columns.map((name, i) => [line, i + 1, name])));
  for (const { code, reason } of rejects) expect([code, reason]).toEqual([expect.stringMatching(/^invalid-/), expect.stringMatching(/[ぁ-ん]/)]);
  const { headers, body } = await stage.get(`/imports/${summary.id}/rejects`, stage.clerk);
  expect([headers.get('content-type'), headers.get('content-disposition')]).toEqual(['text/csv; charset=utf-8', `attachment; filename="rejects-${summary.id}.csv"`]);
  await expectNothingOpen([rejects, body, summary], ['カナリア']);
});

it.each<[string, string | Buffer]>([
  ['without a header', [['878787871', '架空　千鳥ヶ淵麿', 'カクウ', '19310719', '男', '汐浜市架空町七曲り88番地', '転入', '20260412'].join(','), ''].join('\r\n')],
  ['with a number for a header', `${RESIDENT_HEADER},${NUMBER}\r\n`],
  ['with quotes that never close', `${RESIDENT_HEADER}\r\n878787871,"架空　千鳥ヶ淵麿,カクウ\r\n`],
  ['of bytes that are no text', Buffer.concat([Buffer.from(`${RESIDENT_HEADER}\r\n878787871,架空　千鳥ヶ淵麿`), Buffer.of(0xff)])],
  ['with a column less', residentsCsv([PERSON]).toString().replace('性別,', '')],
])('of a file %s', async (_, file) => {
  const bytes = Buffer.from(file as string);
  const id = await open(stage, 'residents', bytes);
  const answer = expectStatus(await send(stage, id, bytes), 422);
  expect(answer.body.title).toMatch(/[ぁ-ん]/);
  expect(answer.body.errors).toEqual([{ path: expect.stringMatching(/^\d+行目$/), code: answer.body.code, message: expect.stringMatching(/[ぁ-ん]/) }]);
  await expectNothingOpen([answer.body, await stage.get(`/imports/${id}`, stage.clerk), await rejectsOf(stage, id)]);
});

it('nor does the digest of a file, by which a small one could be guessed', async () => {
  const bytes = residentsCsv([PERSON]);
  const id = await open(stage, 'residents', bytes);
  const { opened, data } = (await stage.since(0)).find(({ stream, type }) => stream === `import-${id}` && type === 'ImportOpened')!;
  const digest = opened.digest as string;
  expect(digest).toHaveLength(64);
  expect(JSON.stringify(data)).not.toContain(digest);
  await expectNothingOpen([await stage.get(`/imports/${id}`, stage.clerk)], [digest]);
});
