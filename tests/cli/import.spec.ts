import { jest } from '@jest/globals';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { PATIENCE_MS, akashi, foundedPlace, json, removePlaces, said, serve, type Founded, type Serving } from './program.js';

jest.setTimeout(PATIENCE_MS);

/** CSV files taken in by the command line. Every value is invented. */
const HEADER = '宛名番号,個人番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日';
const GOOD = ['100000811,000000001023,汐見　一樹（架空）,シオミ　カズキ,20190405,男,汐浜市架空町11番地,転入,20190501', '100000812,,汐見　双葉（架空）,シオミ　フタバ,20180607,女,汐浜市架空町12番地,転入,20190501'];
const BAD = ['100000813,000000001016,汐見　三郎（架空）,シオミ　サブロウ,20170809,男,汐浜市架空町13番地,転入,20190501', '100000814,,汐見　四季（架空）,シオミ　シキ,2016XX10,女,汐浜市架空町14番地,転入,20190501'];
const VALUES = ['汐見', 'シオミ', '架空町1', '10000081', '000000001023', '000000001016', '20170809', '2016XX10'];
const HOW = ['--source', 'own-department:residents', '--method', 'internal-link'];
/** 宛名番号, without the other columns, in CP932. */
const CP932_HEADER = Buffer.from('88b696bc94d48d862c8e819670bc2c', 'hex');

let place: Founded;
let engine: Serving;
beforeAll(async () => {
  place = await foundedPlace();
  writeFileSync(place.path('good.csv'), `${[HEADER, ...GOOD].join('\r\n')}\r\n`);
  writeFileSync(place.path('mixed.csv'), `${[HEADER, ...BAD, GOOD[0]!.replace('11番地', '15番地')].join('\r\n')}\r\n`);
  writeFileSync(place.path('cp932.csv'), CP932_HEADER);
  writeFileSync(place.path('empty.csv'), '');
  writeFileSync(place.path('vaccinations.csv'), '宛名番号,生年月日,接種コード,接種回数,接種日,実施区分\r\n');
  engine = await serve(place);
});
afterAll(async () => {
  await engine?.stop();
  removePlaces();
});

const take = (file: string, ...more: readonly string[]) => ['import', 'residents', place.path(file), '--as', place.clerk, ...HOW, ...more];
const silent = (text: string): void => {
  for (const value of VALUES) expect(text).not.toContain(value);
};

it('a sound file is taken in, and what came of it is counted', async () => {
  const text = await said(place, ...take('good.csv'));
  expect(text).toBe('2行: 登録 2、変更 0、変更なし 0、取り込めなかった行 0');
  const { views } = await json(place, 'register', 'subjects', '--as', place.chief, '--purpose', 'routine-vaccination');
  expect(views.map(({ identity }: { identity: { addresseeNumber: string } }) => identity.addresseeNumber).sort()).toEqual(['100000801', '100000811', '100000812']);
});

it('the same file again changes nothing, and says so', async () => {
  expect(await said(place, ...take('good.csv'))).toBe('このファイルは取込み済みです。何も変更していません。');
  expect(await json(place, ...take('good.csv'))).toMatchObject({ already: true, rows: 2, registered: 2, status: 'completed' });
});

it('rows that cannot be taken are told by place and reason in a file, never by value', async () => {
  const { code, out, err } = await akashi(place, take('mixed.csv'));
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^3行: 登録 0、変更 1、変更なし 0、取り込めなかった行 2\n取り込めなかった行（行・列・理由）: \S+mixed\.csv\.rejects\.csv\n$/);
  silent(out);
  const text = readFileSync(/\S+rejects\.csv/.exec(out)![0], 'utf8').replace(/^\uFEFF/, '');
  expect(text.trimEnd().split('\r\n').slice(1)).toEqual([
    '2,2,個人番号,invalid-number,個人番号の検査用数字が合いません',
    expect.stringMatching(/^3,5,生年月日,invalid-date,/),
  ]);
  silent(text);
});

it('what is taken though it is not written is said, and what a reason is for; rejects take no other name and follow no link', async () => {
  writeFileSync(place.path('media.csv'), `${[HEADER, BAD[1]!, GOOD[1]!.replace('100000812', '100000818')].join('\r\n')}\r\n`);
  writeFileSync(place.path('victim'), 'kept');
  symlinkSync(place.path('victim'), place.path('media.csv.rejects.csv'));
  writeFileSync(place.path('media.csv.rejects-2.csv'), 'of another import');
  const how = ['import', 'residents', place.path('media.csv'), '--as', place.clerk, '--source', 'own-department:residents', '--method', 'media'];
  expect((await said(place, ...how)).split('\n')).toEqual([
    '2行: 登録 1、変更 0、変更なし 0、取り込めなかった行 1',
    '記載外の取扱い（逸脱として記録しました）: Ⅱ.3②入手方法（第3版）に記載がありません',
    expect.stringContaining('--reason'),
    `取り込めなかった行（行・列・理由）: ${place.path('media.csv.rejects-3.csv')}`,
  ]);
  expect(await json(place, ...how)).toMatchObject({ already: true, rejects: place.path('media.csv.rejects-3.csv') });
  expect(['victim', 'media.csv.rejects-2.csv'].map((name) => readFileSync(place.path(name), 'utf8'))).toEqual(['kept', 'of another import']);
});

it('a file that cannot be taken at all is refused in words, without a value', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [take('nothing.csv'), /nothing\.csv がありません/],
    [take('empty.csv'), /ファイルが空です/],
    [take('cp932.csv'), /指定された文字コードでは読めない文字があります[^]*--encoding cp932/],
    [['import', 'residents', place.directory, '--as', place.clerk, ...HOW], /はディレクトリです。CSV ファイルを指定/],
    [take('vaccinations.csv'), /見出しは接種記録ファイルのものです。akashi import vaccinations/],
    [['import', 'vaccinations', place.path('good.csv'), '--as', place.clerk, ...HOW], /個人番号の列があります[^]*見出しは住民（宛名）ファイルのもの/],
    [take('good.csv', '--encoding', 'ebcdic'), /utf-8, cp932 のどれか/],
  ];
  for (const [args, says] of wrong) {
    const { code, out, err } = await akashi(place, args); // one import at a time
    expect([code !== 0, out, err]).toEqual([true, '', expect.stringMatching(says)]);
    silent(err);
  }
});

it('a file from where it is not written is not taken in, and nobody is registered', async () => {
  writeFileSync(place.path('other.csv'), `${HEADER}\r\n${GOOD[1]!.replace('100000812', '100000899')}\r\n`);
  const { code, out, err } = await akashi(place, ['import', 'residents', place.path('other.csv'), '--as', place.clerk, '--source', 'nowhere', '--method', 'internal-link']);
  expect([code, out, err]).toEqual([1, '', expect.stringMatching(/入手元（第3版）に記載がありません/)]);
  const { views } = await json(place, 'register', 'subjects', '--as', place.chief, '--purpose', 'routine-vaccination');
  expect(JSON.stringify(views)).not.toContain('100000899');
});
