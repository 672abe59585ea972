import { ACCOUNT, AccountOpened, FactorsIssued, FactorsReleased, IdentityLinked } from '../../../../src/access/accounts/events.js';
import { STAFF } from '../../../../src/access/events.js';
import { FOUNDING, FoundingHeld } from '../../../../src/access/founding/events.js';
import { evolveFounding, evolveFromRights, hasNoSecondPerson, notFounded, type FoundingState } from '../../../../src/access/founding/state.js';
import { UNIT } from '../../../../src/access/organisation/events.js';
import { RightFounded } from '../../../../src/access/rights/events.js';
import { isMissedAmong, type AtWork } from '../../../../src/access/rights/chain.js';
import type { Role } from '../../../../src/access/roles.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { accessBlocks } from '../../../registers/access-log/query.js';
import type { Operation } from '../../../registers/operations/query.js';
import type { ReportSources } from '../../definition.js';
import { ACCESS_LOG } from '../lines.js';
import { dayOf, foldPeople, type People } from './history.js';
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

/** How far the founding has come, as the engine has it: by its stream, and in a ledger that was begun before there was one by the rights that stand. */
function foundedBy(founding: FoundingState, { type, stream, data }: Operation): FoundingState {
  if (stream.startsWith(`${FOUNDING}-`)) return evolveFounding(founding, { type, data });
  return stream.startsWith(`${STAFF}-`) || stream.startsWith(`${UNIT}-`) ? evolveFromRights(founding, { type, data, stream }) : founding;
}

/** Whether a first right of a time when the founding is over was given for want of nobody: the chain of rights could be walked as far without its holder. */
function isFoundedTooLate(all: readonly Operation[], { position, recordedAt, stream, data }: Operation): boolean {
  const people = foldPeople();
  for (const operation of all) {
    if (operation.position >= position) break;
    people.take(operation);
  }
  const day = dayOf(recordedAt);
  const atWork = [...people.staff].flatMap(([person, state]): AtWork[] => {
    const place = people.standing.placeOn(state, day);
    return place ? [{ person, department: place.department, role: place.role, rights: people.standing.rightsOn(state, day) }] : [];
  });
  return !isMissedAmong(atWork, { person: streamId(stream), role: data.role as Role }, people.policyOn(day).procedure);
}

const ALONE = '二人目がいない間の、一人での認証情報の発行と使用開始';

/**
 * Factors and links: released by whoever had issued them, or used without a release; and first rights with the holder present, or past the
 * founding. What is let pass as a beginning is what the operator at the machine released alone, while there was nobody else, for those who
 * then were in the founding: with a first right of theirs, or present at one.
 */
export function* releases({ register, upTo }: ReportSources, { all, staff: known }: People): Generator<Answer, number> {
  let looked = 0;
  const accounts = new Map<string, Account>();
  let founding = notFounded;
  /** by holder: whether the founding was over when their first right was decided on */
  const heldLate = new Map<string, boolean>();
  const founders = new Set<string>();
  const alone: { readonly holder: string; readonly answer: Answer }[] = [];
  for (const operation of all) {
    const { type, stream, event, staff, data, position, recordedAt } = operation;
    const found = { position, recordedAt, staff, about: stream } as const;
    if (type === FoundingHeld.type) heldLate.set(data.holder as string, founding.closed);
    if (type === RightFounded.type) {
      const holder = streamId(stream);
      const present = data.present as readonly string[];
      const detail = `立会人 ${present.join('、')}`;
      if (present.includes(holder) || new Set(present).size < 2 || staff === holder) yield { ...found, verdict: 'violation', matter: '最初の権限を、別の二人の立会いなしに付けた', detail };
      if ((heldLate.get(holder) ?? founding.closed) && isFoundedTooLate(all, operation)) yield { ...found, verdict: 'violation', matter: '最初の権限の設定が終わった後に、申請・承認・設定・使用開始をする人の不在によらず、立会いで権限を付けた', detail };
      for (const founder of [holder, ...present]) founders.add(founder);
    }
    founding = foundedBy(founding, operation);
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
      if ([issue?.by, account.openedBy, account.holder].includes(staff)) {
        const answer = { ...found, verdict: 'violation', matter: '認証情報を発行した人・アカウントを開いた人・本人が使用を開始した', detail: `発行 ${data.issue as string}` } as const;
        if (hasNoSecondPerson(founding) && !known.has(staff)) alone.push({ holder: account.holder, answer: { ...answer, verdict: 'notice', matter: ALONE } });
        else yield answer;
      }
    }
    account.usable.push({ from: position, is: [...account.current.values()].some(({ released }) => released) });
  }
  for (const { holder, answer } of alone) {
    yield hasNoSecondPerson(founding) || founders.has(holder) ? answer : { ...answer, verdict: 'violation', matter: '最初の権限に関わらない人の認証情報を、一人で発行して使用を開始した' };
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
