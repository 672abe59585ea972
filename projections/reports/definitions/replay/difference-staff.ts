import type { Grant } from '../../../../src/access/rights/grants.js';
import { ACCOUNT } from '../../../../src/access/accounts/events.js';
import { STAFF } from '../../../../src/access/events.js';
import { streamId, streamName } from '../../../../src/ledger/ids.js';
import { ACCESS_WORDS, ACTORS, STANDING_WORDS, ROLE_LABELS, streamWord, wordOf } from '../../../words.js';
import { operationsUpTo, type Operation } from '../../../registers/operations/query.js';
import { standingOn } from '../../../../src/access/rights/grants.js';
import type { ReportSources } from '../../definition.js';
import { OPERATIONS, foldPeople, setterOf } from '../audit/history.js';
import { compared, eventsOf, type Change } from './change.js';
import { operationsBetween, type Moment } from './moments.js';

type Row = Readonly<Record<string, string>>;

/** Rows by what they are of and their id, each with the stream in which it comes about; a right is one of several in its holder's. */
type Rows = ReadonlyMap<string, { readonly sort: string; readonly id: string; readonly stream: string; readonly row: Row }>;

/** 職員・部署・権限・アカウント as they stood at a moment, each on its day. */
function rowsAt({ register, labels }: ReportSources, { position, day }: Moment): Rows {
  const people = foldPeople();
  for (const operation of operationsUpTo(register(OPERATIONS), position)) people.take(operation);
  const rows = new Map<string, { sort: string; id: string; stream: string; row: Row }>();
  const put = (sort: string, id: string, stream: string, row: Row): void => void rows.set(`${sort} ${id}`, { sort, id, stream, row });
  const department = (code: string): string => labels.of('department', code);
  const putGrants = (stream: string, grants: readonly Grant[]): void => {
    for (const grant of grants) {
      const { id, role, files, access, number, from, until = '', revokedOn = '' } = grant;
      put(RIGHT, id, stream, {
        権利者: streamWord(stream), 段階: STANDING_WORDS[standingOn(grant, day)], 役割: wordOf(ROLE_LABELS, role), ファイル: files.map((file) => labels.of('file', file)).join(' '), 範囲: ACCESS_WORDS[access], 個人番号: number ? 'あり' : 'なし',
        部署: department(grant.department), 発効日: from, 最終日: until, 失効日: revokedOn, 申請者: grant.appliedBy, 承認者: grant.approvedBy ?? '', 設定者: setterOf(people, grant) ?? '',
      });
    }
  };
  for (const [id, state] of people.staff) {
    const place = people.standing.placeOn(state, day);
    put('職員', id, streamName(STAFF, id), { 区分: wordOf(ACTORS, state.kind ?? ''), 部署: place ? department(place.department) : '在職していない', 役割: place ? wordOf(ROLE_LABELS, place.role) : '', 確認を待つ失効: String(state.unconfirmed.length) });
    putGrants(streamName(STAFF, id), state.grants);
  }
  for (const [stream, { unit, from, endedOn = '', successor, grants }] of people.units) {
    put('部署', streamId(stream), stream, { 名称: department(unit ?? ''), 設置日: from, 廃止日: endedOn, 引継ぎ先: successor === undefined ? '' : department(successor) });
    putGrants(stream, grants);
  }
  for (const [id, { staff, disabled }] of people.accounts) put('アカウント', id, streamName(ACCOUNT, id), { 職員: staff, 状態: disabled ? '停止' : '有効' });
  return rows;
}

/** What of it is otherwise at the second moment. As many rows as a city has staff and rights are held. */
export function* changedStaff(sources: ReportSources, before: Moment, after: Moment): Generator<Change> {
  const [stood, stands] = [rowsAt(sources, before), rowsAt(sources, after)];
  const between = Map.groupBy(operationsBetween(sources, before, after), ({ stream }) => stream);
  for (const [key, { sort, id, stream, row }] of stands) {
    const change = compared(stood.get(key)?.row, row); // nothing of this is ever taken out of the ledger: it only comes and changes
    if (!change) continue;
    const events = (between.get(stream) ?? []).filter((operation) => sort !== RIGHT || isOfRight(operation, id));
    yield { ...change, ...eventsOf(events.map(({ position }) => position)), sort, id, file: '' };
  }
}

const RIGHT = '権限';

/** Whether an operation made a right, or names it. */
function isOfRight({ event, data }: Operation, right: string): boolean {
  return event === right || data.right === right || (Array.isArray(data.rights) && data.rights.includes(right));
}
