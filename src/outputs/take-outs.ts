import { addDays } from '../codes/plain-date.js';
import { event, type NewDomainEvent } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, context, type Context, type HandlingFacts, type Occasion } from '../walks/context.js';
import { Choice, Code, Codes, Flag, Id, PlainDate, Text, Whole } from '../walks/fields.js';
import { conflict, refused, unacceptable, unacceptableAt, type Problem } from '../walks/problem.js';
import type { Engine } from '../walks/engine.js';
import type { Follower } from '../walks/followers.js';
import type { TerminalClass } from '../walks/terminals.js';
import { streamId } from '../ledger/ids.js';
import { TAKEN_OBJECTS, TAKE_OUT, TakeOutApproved, TakeOutLost, TakeOutRejected, TakeOutRequested, TakeOutReturned, TakenOut, takeOutEvents } from './events.js';
import type { OutputFacts } from './facts.js';
import { NoteOverdue, decideOverdue } from './note-overdue.js';
import { evolveTakeOut, hasLapsed, noTakeOut, type TakeOutState } from './states.js';

const PERSONS_MAX = 10_000_000;

abstract class OfFile extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;
}

export class RequestTakeOut extends OfFile {
  @Choice({ label: '持ち出すもの', of: TAKEN_OBJECTS, example: 'medium' })
  object!: (typeof TAKEN_OBJECTS)[number];

  @Text({ label: '媒体の管理番号又は端末の符号', max: 100 })
  ref!: string;

  @Codes({ label: '含まれる記録項目', max: 200 })
  items!: string[];

  @Whole({ label: '対象者の人数', min: 0, max: PERSONS_MAX })
  persons!: number;

  @Flag({ label: '暗号化されている' })
  encrypted!: boolean;

  @Id({ label: '運ぶ職員' })
  carrier!: string;

  @Text({ label: '持出し先', max: 200 })
  destination!: string;

  @PlainDate({ label: '持出しの開始日' })
  from!: string;

  @PlainDate({ label: '返却の期限' })
  until!: string;
}

export class ApproveTakeOut extends OfFile {}
export class RejectTakeOut extends OfFile {}
export class RecordDeparture extends OfFile {}

export class ConfirmReturn extends OfFile {
  @Whole({ label: '数えた対象者の人数', min: 0, max: PERSONS_MAX })
  persons!: number;
}

export class ReportLoss extends OfFile {
  @PlainDate({ label: '紛失・盗難の日' })
  on!: string;

  @Text({ label: '状況', max: 1000, multiline: true })
  circumstances!: string;
}

interface Limits {
  readonly maxDays: number;
}

interface Known extends Limits {
  readonly isCarrier: boolean;
  readonly class?: TerminalClass;
}

function decide({ type, data }: { readonly type: string; readonly data: object }, state: TakeOutState, { person, today, facts }: Occasion): readonly NewDomainEvent[] {
  const { request } = state;
  switch (type) {
    case RequestTakeOut.name: {
      const { object, persons, encrypted, carrier, from, until, ref, destination } = data as RequestTakeOut;
      const items = [...new Set((data as RequestTakeOut).items)];
      const { isCarrier, maxDays, class: of }: Known = { isCarrier: false, maxDays: 0, ...facts };
      if (object === 'terminal' && of === undefined) throw unacceptableAt('/ref', 'unknown-terminal', '登録されていない端末です');
      if (!isCarrier) throw unacceptableAt('/carrier', 'not-on-the-list', '運ぶ人は、在職している職員として登録された人に限ります');
      if (persons > 0 && items.length === 0) throw unacceptableAt('/items', 'items-required', '対象者がいるときは、含まれる記録項目を指定してください');
      if (from < today) throw unacceptableAt('/from', 'past', '開始日は今日以後の日で指定してください');
      if (until < from || until > addDays(from, maxDays)) throw unacceptableAt('/until', 'too-long', `返却の期限は、開始日から${maxDays}日までの日で指定してください`);
      return [event(TakeOutRequested, { object, ...(of && { class: of }), persons, encrypted, carrier, from, until }, { ref, destination, items })];
    }
    case ApproveTakeOut.name:
    case RejectTakeOut.name:
      if (state.status !== 'requested') throw refused('taken', conflict('not-requested', '承認を待つ持出しの申請ではありません'));
      if (state.by === person || request?.carrier === person) throw refused('samePerson', conflict('same-person', '申請した人と運ぶ人は、承認・却下できません。別の職員が行ってください'));
      if (type === ApproveTakeOut.name) {
        if (hasLapsed(state, today)) throw conflict('request-lapsed', `この申請は、返却の期限（${state.due}）までに承認されなかったため、失効しています。新たに申請してください`);
        assertWithin(request, facts);
        return [event(TakeOutApproved, {}, {})];
      }
      if ((data as RejectTakeOut).reason === undefined) throw unacceptable('reason-required', '却下の理由を入力してください');
      return [event(TakeOutRejected, {}, {})];
    case RecordDeparture.name:
      if (state.status !== 'approved' || request === null) throw conflict('not-approved', '承認された持出しではありません');
      if (today < request.from || today > request.until) throw conflict('outside-period', `承認された期間（${request.from}から${request.until}まで）の外です`);
      assertWithin(request, facts);
      return [event(TakenOut, {}, {})];
    case ConfirmReturn.name: {
      if (state.status === 'settled') throw refused('taken', notOut());
      if ((state.status !== 'out' && state.status !== 'lost') || request === null) throw notOut();
      if (request.carrier === person) throw refused('samePerson', conflict('same-person', '運んだ本人は、返却の確認ができません。別の職員が数えてください'));
      const { persons } = data as ConfirmReturn;
      return [event(TakeOutReturned, { persons, complete: persons === request.persons }, {})];
    }
    case ReportLoss.name: {
      if (state.status !== 'out') throw notOut();
      const { on, circumstances } = data as ReportLoss;
      if (on > today) throw unacceptableAt('/on', 'in-the-future', '紛失・盗難の日が今日より後です');
      if (state.leftOn !== null && on < state.leftOn) throw unacceptableAt('/on', 'before-departure', `紛失・盗難の日が、持ち出した日（${state.leftOn}）より前です`);
      return [event(TakeOutLost, { on }, { circumstances })];
    }
    case NoteOverdue.name:
      return decideOverdue(state, today);
    default:
      throw new Error(`take-outs do not decide ${type}`);
  }
}

function notOut(): Problem {
  return conflict('not-out', '持ち出されているものではありません');
}

/** What was asked for under another policy is asked for anew. @throws Problem 409 */
function assertWithin(request: TakeOutState['request'], facts: object | undefined): void {
  const { maxDays }: Limits = { maxDays: 0, ...facts };
  if (request !== null && request.until > addDays(request.from, maxDays)) throw conflict('beyond-policy', `持出しの期間が${maxDays}日までの運用に変わっています。申請し直してください`);
}

/** 持出し: 申請 → 承認 → 持出し → 返却, or 紛失. What it holds of whom is counted, not named. */
export function takeOuts(facts: OutputFacts): Context<TakeOutState> {
  const off = (of: TerminalClass | undefined, encrypted: boolean): { readonly offByPolicy?: true } => {
    const { takeOutTerminals, takeOutEncrypted } = facts.policy();
    return (of !== undefined && !takeOutTerminals.includes(of)) || (takeOutEncrypted && !encrypted) ? { offByPolicy: true } : {};
  };
  const requesting = ({ file, items, object, ref, encrypted }: RequestTakeOut): HandlingFacts => {
    const of = object === 'terminal' ? facts.terminalClass(ref) : undefined;
    return { kind: 'use', file, subjects: [], items: [...new Set(items)], ...off(of, encrypted) };
  };
  const following = ({ file }: OfFile, { items }: TakeOutState): HandlingFacts => ({ kind: 'use', file, subjects: [], items });
  // Until it has left, it goes by the policy of the day. What is out comes back, or is lost, whatever the policy says.
  const leaving = (given: OfFile, state: TakeOutState): HandlingFacts => ({ ...following(given, state), ...off(state.request?.class, state.request?.encrypted === true) });
  const limits = async (): Promise<Limits> => ({ maxDays: facts.policy().takeOutDays });
  const known = async ({ object, ref, carrier }: RequestTakeOut, _: TakeOutState, { today }: Occasion): Promise<Known> => {
    const of = object === 'terminal' ? facts.terminalClass(ref) : undefined;
    return { isCarrier: await facts.isInPost(carrier, today), maxDays: facts.policy().takeOutDays, ...(of && { class: of }) };
  };
  const handle = { right: 'take-out:handle', handling: following } as const;
  return context<TakeOutState>({
    category: TAKE_OUT,
    label: '持出し',
    events: takeOutEvents,
    decider: { initialState: () => noTakeOut, evolve: evolveTakeOut, decide },
    commands: [
      command<TakeOutState, RequestTakeOut>(RequestTakeOut, 'POST /take-outs', { summary: '媒体・端末の持出しを申請する', right: 'take-out:request', handling: requesting, facts: known }),
      command<TakeOutState, ApproveTakeOut>(ApproveTakeOut, 'POST /take-outs/:id/approvals', { summary: '持出しを承認する（申請者・運ぶ人以外）', right: 'take-out:approve', handling: leaving, facts: limits }),
      command<TakeOutState, RejectTakeOut>(RejectTakeOut, 'POST /take-outs/:id/rejections', { summary: '持出しの申請を却下する（申請者・運ぶ人以外）', right: 'take-out:approve' }),
      command<TakeOutState, RecordDeparture>(RecordDeparture, 'POST /take-outs/:id/departures', { summary: '持ち出したことを記録する', ...handle, handling: leaving, facts: limits }),
      command<TakeOutState, ConfirmReturn>(ConfirmReturn, 'POST /take-outs/:id/returns', { summary: '返却を、運んだ人以外が数えて確認する', ...handle }),
      command<TakeOutState, ReportLoss>(ReportLoss, 'POST /take-outs/:id/losses', { summary: '紛失・盗難を報告する', ...handle }),
    ],
  });
}

/** What cannot wait for somebody to look at a register: a loss is to be dealt with as an incident, and so is what came back incomplete. */
export function takeOutFollower(alarm: Engine['alarm']): Follower {
  return (stream, events) => {
    for (const { type, data } of events) {
      if (type === TakeOutLost.type) alarm('take-out-lost', { takeOut: streamId(stream), next: 'incident' });
      if (type === TakeOutReturned.type && data.complete === false) alarm('take-out-incomplete', { takeOut: streamId(stream), next: 'incident' });
    }
  };
}
