import { ACCOUNT, AccountOpened, FactorsIssued, FactorsReleased, IdentityLinked } from '../../../../src/access/accounts/events.js';
import { FOUNDING } from '../../../../src/access/founding/events.js';
import { evolveFounding, hasNoSecondPerson, notFounded } from '../../../../src/access/founding/state.js';
import { RightFounded } from '../../../../src/access/rights/events.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { accessBlocks } from '../../../registers/access-log/query.js';
import type { ReportSources } from '../../definition.js';
import { ACCESS_LOG } from '../lines.js';
import type { People } from './history.js';
import type { Answer } from './question.js';

interface Account {
  readonly holder: string;
  readonly openedBy: string;
  /** by the event that issued or linked it */
  readonly issues: Map<string, { readonly by: string; readonly type: string }>;
  /** by type: the last issue, and whether it has been released */
  readonly current: Map<string, { readonly issue: string; released: boolean }>;
  /** from which positions on it could be used, or could not any more */
  readonly usable: { readonly from: number; readonly is: boolean }[];
}

const ISSUES: ReadonlySet<string> = new Set([FactorsIssued.type, IdentityLinked.type]);

/** Factors and links: released by whoever had issued them, or used without a release; and first rights with the holder present. */
export function* releases({ register, upTo }: ReportSources, { all }: People): Generator<Answer, number> {
  let looked = 0;
  const accounts = new Map<string, Account>();
  let founding = notFounded;
  for (const { type, stream, event, staff, data, position, recordedAt } of all) {
    const found = { position, recordedAt, staff, about: stream } as const;
    if (stream.startsWith(`${FOUNDING}-`)) founding = evolveFounding(founding, { type, data });
    if (type === RightFounded.type) {
      const present = data.present as readonly string[];
      if (present.includes(streamId(stream)) || new Set(present).size < 2 || staff === streamId(stream)) yield { ...found, verdict: 'violation', matter: '最初の権限を、別の二人の立会いなしに付けた', detail: `立会人 ${present.join('、')}` };
    }
    if (!stream.startsWith(`${ACCOUNT}-`)) continue;
    if (type === AccountOpened.type) accounts.set(stream, { holder: data.staff as string, openedBy: staff, issues: new Map(), current: new Map(), usable: [] });
    const account = accounts.get(stream);
    if (!account) continue;
    if (ISSUES.has(type)) {
      account.issues.set(event, { by: staff, type });
      account.current.set(type, { issue: event, released: data.released === true });
    }
    if (type === FactorsReleased.type) {
      const issue = account.issues.get(data.issue as string);
      const current = issue && account.current.get(issue.type);
      if (current?.issue === data.issue) current!.released = true;
      else yield { ...found, verdict: 'violation', matter: '今のものでない発行・結付けの使用を開始した', detail: `発行 ${data.issue as string}` };
      const alone = hasNoSecondPerson(founding) && staff !== account.holder;
      if ([issue?.by, account.openedBy, account.holder].includes(staff)) {
        yield { ...found, verdict: alone ? 'notice' : 'violation', matter: alone ? '二人目がいない間の、一人での認証情報の発行と使用開始' : '認証情報を発行した人・アカウントを開いた人・本人が使用を開始した', detail: `発行 ${data.issue as string}` };
      }
    }
    account.usable.push({ from: position, is: [...account.current.values()].some(({ released }) => released) });
  }
  for (const lines of accessBlocks(register(ACCESS_LOG), { entry: 'SignedIn' }, upTo, 1000)) {
    looked += lines.length;
    for (const { position, recordedAt, staff, account } of lines) {
      const usable = accounts.get(`${ACCOUNT}-${account ?? ''}`)?.usable.findLast(({ from }) => from < position)?.is === true;
      if (!usable) yield { verdict: 'violation', matter: '使用を開始していない認証情報でのサインイン', position, recordedAt, staff, about: account, detail: '' };
    }
  }
  return looked;
}
