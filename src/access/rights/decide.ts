import { addDays, dayMonthsReached } from '../../codes/plain-date.js';
import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { Occasion } from '../../walks/context.js';
import { conflict, refused, unacceptableAt, type Problem } from '../../walks/problem.js';
import { FOR_AFFAIRS, functionOf } from '../roles.js';
import type { ChangePersonnel } from '../staff.js';
import type { StepOfHead } from './chain.js';
import { ApplyForRight, FoundRight, ReviewRight, RIGHT_STEPS, type RevokeRight } from './commands.js';
import { RightApplied, RightApproved, RightFounded, RightRejected, RightReviewed, RightRevoked, RightSet } from './events.js';
import type { Place } from '../staff-state.js';
import { functionsOf, isLive, type Grant } from './grants.js';
import { PROCEDURES, type Procedure } from './procedure.js';

/** What deciding about rights has to know beside the person's own events. */
export interface RightFacts {
  readonly procedure: Procedure;
  /** whether some version of the written items has such a file */
  readonly isFile: (code: string) => boolean;
  /** whether there is an assessment or some version of the written items for such an affair */
  readonly isAffair?: (code: string) => boolean;
  /** whether a campaign is open and asks about this right */
  readonly isAsked?: boolean;
  /** whether nobody of the section whose head's step it is can take it */
  readonly isWithoutHead?: boolean;
  /** who is present at a founding, as persons */
  readonly present?: readonly string[];
}

/** Rights of one holder at a time: far more than any work asks for. */
const LIVE_MAX = 100;

const STRICTEST: RightFacts = { procedure: PROCEDURES.standard, isFile: () => false };

export interface Holder {
  readonly grants: readonly Grant[];
  /** the section on a day; none when somebody is not in post */
  readonly departmentOn: (day: string) => string | undefined;
  /** the first day after one on which, by what is entered already, rights of that day are gone */
  readonly endsAfter: (day: string) => string | undefined;
  /** rights of this section: whoever works there in that role has them */
  readonly section?: string;
}

type Step = (data: object, holder: Holder, occasion: Occasion, facts: RightFacts) => readonly NewDomainEvent[];

/**
 * 申請 → 承認 → 設定 → 失効: each by somebody else than the steps before. Each step goes by the procedure that holds when it is taken: an
 * approval that was given stays good where none is needed any more, an application has to be approved where that has come to be needed.
 */
const HANDLERS = {
  apply: (data, holder, occasion, { procedure, isFile, isAffair = () => false, isWithoutHead = false }) => {
    const { role, files, affairs = [], access, number, from, until } = data as ApplyForRight;
    if (procedure.byUnit && holder.section === undefined) throw conflict('granted-by-unit', '権限は課・係に付く運用です。部署の権限として申請してください');
    if (from < occasion.today) throw unacceptableAt('/from', 'past', '発効日は今日以後の日で指定してください');
    if (until !== undefined && until < from) throw unacceptableAt('/until', 'order', '最終日は発効日以後の日で指定してください');
    const department = holder.departmentOn(from);
    if (department === undefined) throw conflict('not-in-post', holder.section !== undefined ? 'その日にはない部署です' : 'その日に在職していない職員です');
    const standIn = holder.section === undefined && department !== occasion.department;
    if (holder.section !== undefined) expectOtherSection(holder, occasion);
    if (standIn && !(isWithoutHead && occasion.rights?.has('right:apply-anywhere') === true)) throw conflict('other-department', '権限は、その日に所属する部署の長が申請します（その部署に申請できる人がいないときに限り、他の部署の長又は情報システム部門の長が申請できます）');
    const isPerFile = functionsOf({ role, access, number }, procedure).some((right) => functionOf(right).perFile === true);
    if (isPerFile && files.length === 0) throw unacceptableAt('/files', 'required', '対象の特定個人情報ファイルを指定してください');
    if (!files.every(isFile)) throw unacceptableAt('/files', 'unknown-file', '評価書に記載のない特定個人情報ファイルです');
    if (FOR_AFFAIRS.has(role) !== affairs.length > 0) throw FOR_AFFAIRS.has(role) ? unacceptableAt('/affairs', 'required', '記載する評価書の事務を指定してください') : unacceptableAt('/affairs', 'not-for-affairs', '事務を指定できるのは、原課の記載担当の権限だけです');
    if (!affairs.every(isAffair)) throw unacceptableAt('/affairs', 'unknown-affair', '評価書の版も記載事項もない事務です。先に、保護評価担当が評価書の版の案を作ってください');
    if (holder.grants.filter((grant) => isLive(grant, occasion.today)).length >= LIVE_MAX) throw conflict('too-many-rights', `申請中・設定済みの権限は${LIVE_MAX}件までです`);
    const same = holder.grants.some((grant) => isLive(grant, occasion.today) && grant.role === role && grant.access === access && grant.number === number && (grant.until ?? until) === until && sameSet(grant.files, files) && sameSet(grant.affairs ?? [], affairs) && (grant.status !== 'set' || grant.revokedOn === undefined));
    if (same) throw conflict('already-applied', '同じ権限が申請中か、すでに設定されています');
    const ends = holder.endsAfter(from);
    const last = earliest(until, procedure.lastsMonths && dayMonthsReached(from, procedure.lastsMonths), ends && addDays(ends, -1));
    return [event(RightApplied, { role, files: [...new Set(files)], ...(affairs.length > 0 && { affairs: [...new Set(affairs)] }), access, number, department, from, ...(last !== undefined && { until: last }), ...(standIn && { standIn }) }, {})];
  },
  approve: (data, holder, occasion, { procedure }) => {
    const { person, today } = occasion;
    const grant = stepOf(data, holder, today, 'applied');
    expectOtherSection(holder, occasion);
    if (!procedure.approval) throw conflict('no-approval-step', '承認の手順を置かない運用です。設定に進んでください');
    if (grant.appliedBy === person) throw secondPerson('申請した人とは別の人が承認してください');
    return [event(RightApproved, { right: grant.id }, {})];
  },
  reject: (data, holder, { today }) => [event(RightRejected, { right: stepOf(data, holder, today, 'applied', 'approved').id }, {})],
  set: (data, holder, occasion, { procedure }) => {
    const { person, today } = occasion;
    const grant = stepOf(data, holder, today, 'approved', ...(procedure.approval ? [] : ['applied' as const]));
    expectStillFits(grant, holder, procedure);
    expectOtherSection(holder, occasion);
    if (grant.appliedBy === person || grant.approvedBy === person) throw secondPerson('申請した人・承認した人とは別の人が設定してください');
    // Nothing that was done before is made right afterwards.
    return [event(RightSet, { right: grant.id, from: grant.from < today ? today : grant.from }, {})];
  },
  revoke: (data, holder, { department, rights, today }) => {
    const { cause, on = today } = data as RevokeRight;
    if (on < today) throw unacceptableAt('/on', 'past', '失効日は今日以後の日で指定してください');
    const grant = stepOf(data, holder, today, 'applied', 'approved', 'set');
    if (rights?.has('right:revoke-anywhere') !== true && department !== sectionOf(grant, holder, today)) throw conflict('other-department', '他の部署の権限は、情報システム部門の長又は情報セキュリティ管理者が失効させます');
    return [event(RightRevoked, { rights: [grant.id], on, cause }, {})];
  },
  review: (data, holder, { department, rights, today }, { isAsked, isWithoutHead = false }) => {
    const { review, answer } = data as ReviewRight;
    const grant = stepOf(data, holder, today, 'set');
    const standIn = sectionOf(grant, holder, today) !== department;
    if (standIn && !(isWithoutHead && rights?.has('right:review-anywhere') === true)) throw conflict('other-department', '権限の棚卸しには、所属する部署の長が回答します（その部署に本人のほかに回答できる人がいないときに限り、他の部署の長又は情報システム部門の長が回答できます）');
    if (isAsked !== true) throw conflict('not-asked', '実施中の棚卸しの対象ではありません');
    if (grant.reviewedIn.includes(review)) throw conflict('answered', 'この棚卸しにはすでに回答しています');
    const answered = event(RightReviewed, { right: grant.id, review, answer, ...(standIn && { standIn }) }, {});
    return answer === 'keep' ? [answered] : [answered, event(RightRevoked, { rights: [grant.id], on: today, cause: 'review' }, {})];
  },
} satisfies { readonly [step in keyof typeof RIGHT_STEPS.person]: Step };

const STEP_OF: ReadonlyMap<string, Step> = new Map(Object.values(RIGHT_STEPS).flatMap((commands) => Object.entries(commands).map(([step, { name }]) => [name, HANDLERS[step as keyof typeof HANDLERS]])));

const found: Step = (data, holder, { id, today }, { isFile, present = [] }) => {
  const { role, files } = data as FoundRight;
  // Of two sign-ins by one person, whichever accounts they were with, one is a try to be one's own second person.
  if (new Set(present).size < 2) throw present.length < 2 ? twoPersons() : refused('samePerson', twoPersons());
  if (present.includes(id)) throw refused('self', unacceptableAt('/present', 'holder-present', '権限を受ける本人は立会人になれません。ほかの二人がサインインしてください'));
  if (FOR_AFFAIRS.has(role)) throw unacceptableAt('/role', 'by-application', '原課の記載担当の権限は、申請・承認・設定を経て付けてください');
  const department = holder.departmentOn(today);
  if (department === undefined) throw conflict('not-in-post', '在職していない職員です');
  if (!files.every(isFile)) throw unacceptableAt('/files', 'unknown-file', '評価書に記載のない特定個人情報ファイルです');
  return [event(RightFounded, { role, files: [...new Set(files)], department, from: today, present: [...present] }, {})];
};

function twoPersons(): Problem {
  return unacceptableAt('/present', 'two-persons', 'サインインしている二人の立会いが必要です');
}

/** What a command about rights leads to; nothing for any other. */
export function decideRights({ type, data }: { readonly type: string; readonly data: object }, holder: Holder, occasion: Occasion): readonly NewDomainEvent[] | undefined {
  return (type === FoundRight.name ? found : STEP_OF.get(type))?.(data, holder, occasion, { ...STRICTEST, ...(occasion.facts as Partial<RightFacts> | undefined) });
}

/**
 * With a move, another role, or the end of a post goes every right from before it, in the same append: it was applied for and approved for
 * the duties of before (practice: 失効 on the day of 異動). What has been applied for already for the time from then on, by the section
 * somebody is in then, stays; whoever comes back after having left begins with nothing.
 *
 * @param before the place that the change ends
 */
export function revokedBy({ change, on, department, role }: Pick<ChangePersonnel, 'change' | 'on' | 'department' | 'role'>, grants: readonly Grant[], before: Place | null): readonly NewDomainEvent[] {
  if (change === 'return' || (change === 'post-change' && (role === undefined || role === before?.role))) return [];
  const section = change === 'transfer' ? department : change === 'post-change' ? before?.department : undefined;
  const stays = (grant: Grant): boolean => grant.from >= on && grant.department === section;
  const ended = grants.filter((grant) => isLive(grant, on) && !stays(grant)).map(({ id }) => id);
  return ended.length === 0 ? [] : [event(RightRevoked, { rights: ended, on, cause: change }, {})];
}

/** An application from before the procedure was changed is not set past it: it is turned down, and applied for anew. */
function expectStillFits({ from, until }: Grant, { section }: Holder, { byUnit, lastsMonths }: Procedure): void {
  if (byUnit && section === undefined) throw conflict('granted-by-unit', '権限は課・係に付く運用に変わっています。却下し、部署の権限として申請し直してください');
  if (lastsMonths !== undefined && (until === undefined || until > dayMonthsReached(from, lastsMonths))) throw conflict('renewal-required', '権限を定期に更新する運用に変わっています。却下し、期限のある権限として申請し直してください');
}

/** The step of a head that somebody of another section is about to take: whether they may hangs on whether that section can take it itself. */
export function stepOfAnotherHead(command: object, holder: Holder, { department, today, id }: Pick<Occasion, 'department' | 'today' | 'id'>): StepOfHead | undefined {
  const of = (step: StepOfHead['step'], section: string | undefined): StepOfHead | undefined => (section === undefined || section === department ? undefined : { step, section, holder: id });
  if (command instanceof ApplyForRight && holder.section === undefined) return of('apply', holder.departmentOn(command.from));
  const grant = command instanceof ReviewRight && holder.grants.find(({ id: right }) => right === command.right);
  return grant ? of('review', sectionOf(grant, holder, today)) : undefined;
}

/** Whose head answers for a right: of the section that its holder is in, or that it was given for. */
function sectionOf({ department }: Grant, { departmentOn }: Holder, today: string): string {
  return departmentOn(today) ?? department;
}

function stepOf(data: object, { grants }: Holder, today: string, ...expected: readonly Grant['status'][]): Grant {
  const { right } = data as { readonly right: string };
  const grant = grants.find(({ id }) => id === right);
  if (!grant) throw unacceptableAt('/right', 'unknown-right', 'この職員・部署にない権限です');
  const no = !isLive(grant, today) ? conflict('right-ended', 'この権限は失効しているか、却下されています') : !expected.includes(grant.status) ? conflict('right-step', `この権限は「${STATUS_LABELS[grant.status]}」の状態です`) : undefined;
  // Whoever decides on what is decided: approved, turned down or set already.
  if (no) throw grant.status === 'rejected' || expected.every((status) => STEPS.indexOf(grant.status) > STEPS.indexOf(status)) ? refused('taken', no) : no;
  return grant;
}

const STEPS: readonly Grant['status'][] = ['applied', 'approved', 'set'];
const STATUS_LABELS: { readonly [status in Grant['status']]: string } = { applied: '申請中', approved: '承認済み', rejected: '却下', set: '設定済み' };

/** Of a section's rights whoever works there has them: it would be for themselves. @throws Problem 409 */
function expectOtherSection({ section }: Holder, { department }: Occasion): void {
  if (section === department) throw refused('self', conflict('own-section', '部署の権限の申請・承認・設定は、その部署に所属しない人が行ってください'));
}

function secondPerson(message: string): Problem {
  return refused('samePerson', conflict('second-person', message));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === new Set(b).size && a.every((one) => b.includes(one));
}

function earliest(...days: readonly (string | 0 | undefined)[]): string | undefined {
  return days.filter((day) => typeof day === 'string').sort()[0];
}
