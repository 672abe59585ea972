import { unacceptableAt } from '../../../../src/walks/problem.js';
import { report, type ReportDefinition } from '../../definition.js';
import type { Column, ReportRow } from '../../report.js';
import { COMMON } from '../columns.js';
import { OPERATIONS } from '../audit/history.js';
import { ACCESS_LOG, HANDLING_LOG } from '../lines.js';
import { draw } from './drawing.js';
import { DRAWABLE, type Member } from './populations.js';
import type { SampleTerms } from './terms.js';

const COLUMNS: readonly Column[] = [
  { key: 'what', label: '区分', kind: 'text', width: 3 },
  { key: 'stratum', label: '層', kind: 'text', width: 6 },
  { key: 'population', label: '母集団の件数', kind: 'count', width: 4 },
  { key: 'drawn', label: '抽出した件数', kind: 'count', width: 4 },
  { key: 'rank', label: '順位', kind: 'count', width: 3 },
  COMMON.position, { ...COMMON.recordedAt, width: 7 }, COMMON.happened,
  { key: 'outcome', label: '結果・状態', kind: 'text', width: 4 },
  COMMON.staff, COMMON.department, { ...COMMON.about, width: 8 }, { ...COMMON.file, width: 6 },
  { key: 'id', label: 'ID', kind: 'text', width: 8 },
  { key: 'digest', label: 'ハッシュ値', kind: 'text', width: 9, below: true },
];

const WHOLE = '全体';
/** What is no condition of the population. */
const OF_THE_DRAWING = new Set(['of', 'seed', 'size', 'strata', 'upTo']);

/** A sample that anybody can draw again, and that says of how many it was drawn. */
export const sample: ReportDefinition = report<SampleTerms>({
  name: 'sample',
  title: '無作為抽出',
  about: '取扱い・サインイン・権限の母集団から、種を用いて無作為に抽出し、層ごとの母集団の件数と抽出した件数を示す。同じ位置・条件・種からは同じ標本になる',
  right: 'log:read',
  further: ({ of }) => (of === 'rights' ? ['right:see'] : []),
  check: ({ of, strata, ...filter }) => {
    const { filters, strata: known } = DRAWABLE[of];
    const foreign = Object.entries(filter).find(([name, value]) => value !== undefined && !OF_THE_DRAWING.has(name) && filters !== 'all' && !filters.includes(name as never));
    if (foreign) throw unacceptableAt(`/${foreign[0]}`, 'not-of-population', 'この母集団は、この条件では絞れません');
    if (strata !== undefined && !known.includes(strata)) throw unacceptableAt('/strata', 'not-of-population', 'この母集団は、この層別にはできません');
  },
  registers: [HANDLING_LOG, OPERATIONS, ACCESS_LOG],
  terms: async () => (await import('./terms.js')).SampleTerms,
  file: ({ of, file }) => (of === 'handlings' ? (file ?? HANDLING_LOG) : of === 'rights' ? 'staff-register' : ACCESS_LOG),
  subject: ({ subject }) => subject,
  columns: () => COLUMNS,
  notes: [
    '抽出の方法: 種、改行（LF）、ID をつないだ UTF-8 の SHA-256（16進）を「ハッシュ値」とし、層ごとに小さいものから抽出する。層の件数が抽出件数に満たないときは、すべてを抽出する。',
    'ID は、取扱いでは事象の ID、サインインでは位置、権限では権限の ID である。サインインの母集団は、認証の成功（サインイン）と失敗とする。',
    '種は、母集団を見る前に監査人が決める。使った種は、この報告の条件と、報告を出力した記録に残る。',
  ],
  *read(sources, { of, seed, size, strata, upTo: _, ...filter }) {
    const { members } = DRAWABLE[of];
    function* population(): Generator<{ readonly id: string; readonly stratum: string; readonly one: Member }> {
      for (const { strata: by, ...one } of members(sources, filter)) yield { id: one.id, stratum: strata === undefined ? WHOLE : (by[strata] ?? ''), one };
    }
    const drawn = draw(population(), seed, size);
    const sums = drawn.length === 0 ? [{ name: WHOLE, population: 0, drawn: [] }] : drawn;
    yield sums.map(({ name, population: count, drawn: taken }): ReportRow => ['集計', name, count, taken.length, ...COLUMNS.slice(4).map(() => null)]);
    for (const { name, population: count, drawn: taken } of drawn) {
      yield taken.map(({ digest, one: { position, recordedAt, matter, outcome, staff, department, about, file, id } }, i): ReportRow => ['抽出', name, count, taken.length, i + 1, position, recordedAt, matter, outcome, staff, department, about, file, id, digest]);
    }
  },
});
