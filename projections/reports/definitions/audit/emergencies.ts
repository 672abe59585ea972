import { EMERGENCY } from '../../../../src/access/emergency/events.js';
import { evolveEmergency, noEmergency, overdueAt, type EmergencyState } from '../../../../src/access/emergency/state.js';
import { clockInJapan } from '../../../../src/codes/plain-date.js';
import { REASONS } from '../../../../src/handling/door.js';
import { ERASED } from '../../../../src/ledger/event-type.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { wordOf } from '../../../words.js';
import type { Operation } from '../../../registers/operations/query.js';
import type { Answer } from './question.js';

interface Told {
  readonly state: EmergencyState;
  readonly opened: Operation;
}

/** Every 緊急時閲覧 up to a position, as it stands there. */
function emergenciesIn(all: readonly Operation[]): readonly Told[] {
  const told = new Map<string, Told>();
  for (const operation of all) {
    const { type, stream, data, event: id, staff: actor, recordedAt: occurredAt } = operation;
    if (!stream.startsWith(`${EMERGENCY}-`)) continue;
    const { state, opened } = told.get(stream) ?? { state: noEmergency, opened: operation };
    told.set(stream, { opened, state: evolveEmergency(state, { type, data, sealed: ERASED, id, actor, occurredAt }) });
  }
  return [...told.values()];
}

/** What is due of 緊急時閲覧 and has not been done: each that is late. @param at RFC 3339; null of an empty ledger */
export function* overdueEmergencies(all: readonly Operation[], at: string | null): Iterable<Answer> {
  if (at === null) return;
  for (const { state, opened } of emergenciesIn(all)) {
    for (const what of overdueAt(state, at)) {
      const [matter, due] = what === 'justification' ? (['期限を過ぎた緊急時閲覧の理由の届出', state.opened!.justifyBy] as const) : (['期限を過ぎた緊急時閲覧の検証', state.opened!.examineBy] as const);
      yield { ...answerFor(opened), verdict: 'violation', matter, detail: `期限 ${clockInJapan(new Date(due))}` };
    }
  }
}

/** Every 緊急時閲覧: 違反 where it was found not justified, 注意 until somebody else has examined it. */
export function* emergencyAnswers(all: readonly Operation[], at: string | null): Iterable<Answer> {
  for (const { state, opened } of emergenciesIn(all)) {
    const { result, justifiedAt } = state;
    const reason = wordOf(REASONS, state.opened!.reasonCode);
    const isOver = state.ended || (at !== null && state.opened!.until <= at);
    const standing = result === 'not-justified' ? '緊急の必要が認められない' : result !== null ? '検証済み' : justifiedAt !== null ? '検証待ち' : isOver ? '理由の届出待ち' : '閲覧中';
    yield { ...answerFor(opened), verdict: result === 'not-justified' ? 'violation' : result === null ? 'notice' : 'fact', matter: '緊急時閲覧', detail: `理由: ${reason}、${standing}` };
  }
}

function answerFor({ position, recordedAt, staff, stream }: Operation): Pick<Answer, 'position' | 'recordedAt' | 'staff' | 'about'> {
  return { position, recordedAt, staff, about: streamId(stream) };
}
