import { operations } from '../../projections/registers/operations/projection.js';
import { operationWord, openWords } from '../../projections/reports/definitions/replay/open-data.js';
import { registry } from '../../src/event-registry.js';
import { Labels } from '../../projections/reports/labels.js';

const LABELS = new Labels([]);

it('every operation, and each member that it says openly, has its word', () => {
  const told = registry.all().filter(({ type }) => operations.concerns({ type, stream: '' } as never));
  expect(told.map(({ type }) => type).filter((type) => operationWord(type) === type)).toEqual([]);
  const members = new Set(told.flatMap(({ data }) => Object.keys(data)));
  expect([...members].filter((member) => openWords({ [member]: [] }, LABELS).startsWith(`${member} `))).toEqual([]);
});

it('values in words: settings, instants, codes of closed lists, counts of what is many', () => {
  expect(openWords({ proposal: 1, setting: 'rights.needDesignation', value: { flag: true } }, LABELS)).toBe('変更案 1、設定 担当職員の権限に、そのファイルの事務取扱担当者等の指名を必要とする、値 はい');
  expect(openWords({ reasonCode: 'disaster', number: false, until: '2026-12-04T01:00:00.000Z' }, LABELS)).toBe('理由の選択肢 災害、個人番号 なし、最終日 2026-12-04 10:00:00');
  expect(openWords({ result: 'no-findings', own: 2, sampled: ['a', 'b', 'c'] }, LABELS)).toBe('結果 指摘なし、自分の取扱いの件数 2、個別に確認した件数 3');
  expect([openWords({ outcome: 'innocent' }, LABELS), openWords({ outcome: 'cut-off' }, LABELS), openWords({ kind: 'handler' }, LABELS)]).toEqual(['結果 問題なし', '結果 中断', '区分 事務取扱担当者']);
});
