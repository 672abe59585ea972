import { STAFF } from '../../../../src/access/events.js';
import type { Unconfirmed } from '../../../../src/access/revocations.js';
import { RightFounded, RightRevoked, RightSet } from '../../../../src/access/rights/events.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { REASONS } from '../../../../src/handling/door.js';
import { addDays, clockInJapan } from '../../../../src/codes/plain-date.js';
import { accessBlocks } from '../../../registers/access-log/query.js';
import { wordsOf } from '../../../engine/dictionary.js';
import { ASSURANCE_WORDS, EXTENT_WORDS, OUTCOMES, ROLE_LABELS, actOf, wordOf } from '../../../words.js';
import type { ReportSources } from '../../definition.js';
import { ACCESS_LOG, HANDLING_LOG, handlingLines } from '../lines.js';
import { OPERATIONS, dayOf, leftBehind, peopleIn, type LeftBehind, type People } from './history.js';
import { many, question, type Answer, type Answers } from './question.js';
import type { AuditTerms, PersonTerms } from './terms.js';

/** 問1: every handling of one person, refused ones too, and by whom. */
export const audit1 = question<PersonTerms>({
  number: 1, title: 'この人の特定個人情報を、いつ・誰が・どの端末から・どこまで・何のために見たか',
  about: '一人の本人について、取扱いと拒否を一件ずつ示す。記載外の取扱いを違反、登録のない職員による取扱い、緊急時閲覧、拒否を注意として示す',
  registers: [HANDLING_LOG, OPERATIONS],
  terms: async () => (await import('./terms.js')).PersonTerms,
  subject: ({ subject }) => subject,
  cannotSee: ['健康管理システム・中間サーバー等の中で行われ、本システムに取り込まれていない取扱い'],
  *answers(sources, { subject }): Answers {
    let looked = 0;
    const { staff: known } = peopleIn(sources);
    for (const lines of handlingLines(sources, { subject })) {
      looked += lines.length;
      for (const line of lines) {
        const { position, recordedAt, staff, outcome, extent, terminal, department, file, declarationVersion } = line;
        const at = sources.labels.at(declarationVersion, file);
        const stranger = known.size > 0 && !known.has(staff);
        const purpose = line.purpose === null ? '目的の記録なし' : `目的: ${at.of('purpose', line.purpose)}`;
        yield {
          verdict: outcome === 'deviation' ? 'violation' : stranger || outcome === 'refused' || line.emergency !== null ? 'notice' : 'fact',
          matter: `${actOf({ ...line, extent: null })}${outcome === 'written' ? '' : `（${wordOf(OUTCOMES, outcome)}）`}${stranger ? '（登録のない職員）' : ''}`,
          position, recordedAt, staff, about: subject,
          detail: [line.occurredAt === recordedAt ? '' : `実施日時: ${clockInJapan(new Date(line.occurredAt))}`, line.assurance === 'enforced' ? '' : wordOf(ASSURANCE_WORDS, line.assurance), extent === null ? '' : `程度: ${wordOf(EXTENT_WORDS, extent)}`, `部署: ${at.of('department', department)}`, `端末: ${terminal ?? '記録なし'}`, purpose, line.reasonCode === null ? '' : `理由: ${wordOf(REASONS, line.reasonCode)}`, line.emergency === null ? '' : `緊急時閲覧: ${line.emergency}`, line.items.length > 0 ? `項目: ${at.all('item', line.items)}` : ''].filter(Boolean).join('、'),
        };
      }
    }
    return many('この人の取扱い', looked);
  },
});

/** Rights that are there and should not be, as both the second question and the report of them say it. */
export const LEFT_BEHIND: { readonly [why in LeftBehind['why']]: string } = { gone: '在職していない人の権限', elsewhere: '元の部署での権限', 'unit-ended': '廃止された部署の権限' };

const OVERDUE_DAYS = 7;

/** 問2: rights that were alive, or used, after somebody had left. */
export const audit2 = question<AuditTerms>({
  number: 2, title: '異動・退職・契約終了・組織廃止の日以後に生きていた権限、使われた権限',
  about: '在職していない日・元の部署での取扱いとサインイン、日を過ぎてから失効した権限、在職しない人に残る権限を違反として、確認の済まない失効と停止されていないアカウントを注意として示す',
  registers: [HANDLING_LOG, OPERATIONS, ACCESS_LOG],
  cannotSee: ['委託の終了（委託の台帳は未搭載）', '他のシステムの ID に残る権限'],
  *answers(sources): Answers {
    const people = peopleIn(sources);
    const uses = yield* usedWithoutPost(sources, people);
    const signIns = yield* signedInWithoutPost(sources, people);
    yield* endedLate(people);
    const rights = [...people.staff.values(), ...people.units.values()].reduce((sum, { grants }) => sum + grants.length, 0);
    const population = `${many('職員', people.staff.size, '人')}、${many('権限', rights)}、${many('取扱い', uses)}、${many('サインイン', signIns)}`;
    if (sources.at === null) return population;
    const today = dayOf(sources.at);
    for (const { holder, grant, why } of leftBehind(people, today)) yield { verdict: 'violation', matter: LEFT_BEHIND[why], position: null, recordedAt: null, staff: holder, about: grant.id, detail: `役割 ${wordOf(ROLE_LABELS, grant.role)}、発効日 ${grant.from}。失効させていない` };
    for (const [stream, unit] of people.units) yield* stillUnconfirmed(unit.unconfirmed, today, null, stream);
    for (const [staff, state] of people.staff) {
      const gone = people.standing.placeOn(state, today) === null;
      yield* stillUnconfirmed(state.unconfirmed, today, staff);
      if (!gone) continue;
      for (const [account, { staff: owner, disabled, position }] of people.accounts) {
        if (owner === staff && !disabled) yield { verdict: 'notice', matter: '在職していない人のアカウントが停止されていない', position, recordedAt: null, staff, about: account, detail: 'サインインはできないが、停止の記録がない' };
      }
    }
    return population;
  },
});

function* stillUnconfirmed(waiting: readonly Unconfirmed[], today: string, staff: string | null, about?: string): Iterable<Answer> {
  for (const { id, on } of waiting) {
    if (addDays(on, OVERDUE_DAYS) < today) yield { verdict: 'notice', matter: '失効の確認が済んでいない', position: null, recordedAt: null, staff, about: about ?? id, detail: `失効日 ${on} から${OVERDUE_DAYS}日を過ぎている` };
  }
}

/** A change that was entered after its day: what somebody could do lived on until then, whether it was used or not. */
function* endedLate({ all }: People): Iterable<Answer> {
  const set = new Set<string>();
  for (const { type, event, data, stream, position, recordedAt } of all) {
    if (type === RightSet.type) set.add(data.right as string);
    if (type === RightFounded.type) set.add(event);
    if (type !== RightRevoked.type || !stream.startsWith(`${STAFF}-`)) continue;
    const { rights, on } = data as { readonly rights: readonly string[]; readonly on: string };
    const lived = rights.filter((right) => set.has(right));
    if (on < dayOf(recordedAt) && lived.length > 0) yield { verdict: 'violation', matter: '日を過ぎてから失効した権限', position, recordedAt, staff: streamId(stream), about: stream, detail: `失効日 ${on}、記録 ${dayOf(recordedAt)}、権限 ${lived.length} 件` };
  }
}

/** The days on which somebody handled anything, and for which section, looked at against where they worked. */
function* usedWithoutPost({ register, upTo, labels }: ReportSources, { staff: known, standing }: People): Generator<Answer, number> {
  let looked = 0;
  const db = register(HANDLING_LOG);
  const word = wordsOf(db);
  const days = db.prepare<[number], { readonly staff: number; readonly department: number; readonly day: string; readonly position: number; readonly first: string; readonly uses: number }>(
    "SELECT staff, department, date(recorded_at, '+9 hours') AS day, min(position) AS position, min(recorded_at) AS first, count(*) AS uses FROM handlings WHERE position <= ? GROUP BY staff, department, day ORDER BY position",
  );
  for (const { staff: key, department, day, position, first, uses } of days.iterate(upTo)) {
    looked += uses;
    const staff = word(key);
    const person = known.get(staff);
    if (!person) continue;
    const place = standing.placeOn(person, day);
    if (place !== null && place.department === word(department)) continue;
    const matter = place === null ? '在職していない日の取扱い' : '異動後の、元の部署での取扱い';
    yield { verdict: 'violation', matter, position, recordedAt: first, staff, about: null, detail: `${day} に ${uses} 件（部署 ${labels.of('department', word(department))}）` };
  }
  return looked;
}

function* signedInWithoutPost({ register, upTo }: ReportSources, { staff: known, standing }: People): Generator<Answer, number> {
  let looked = 0;
  for (const lines of accessBlocks(register(ACCESS_LOG), { entry: 'SignedIn' }, upTo, 1000)) {
    looked += lines.length;
    for (const { position, recordedAt, staff, session } of lines) {
      const person = known.get(staff);
      if (person && standing.placeOn(person, dayOf(recordedAt)) === null) yield { verdict: 'violation', matter: '在職していない日のサインイン', position, recordedAt, staff, about: session, detail: `${dayOf(recordedAt)} のサインイン` };
    }
  }
  return looked;
}
