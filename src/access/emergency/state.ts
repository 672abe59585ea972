import type { DomainEvent, EventOf } from '../../ledger/event-type.js';
import { EmergencyAccessEnded, EmergencyAccessExamined, EmergencyAccessJustified, EmergencyAccessOpened } from './events.js';

type Opened = EventOf<typeof EmergencyAccessOpened>['data'];

/** One 緊急時閲覧, as its events say openly. */
export interface EmergencyState {
  readonly opened: Opened | null;
  /** who looked, as a person */
  readonly by: string | null;
  readonly ended: boolean;
  /** when it was answered for, RFC 3339 */
  readonly justifiedAt: string | null;
  readonly result: EventOf<typeof EmergencyAccessExamined>['data']['result'] | null;
}

export const noEmergency: EmergencyState = { opened: null, by: null, ended: false, justifiedAt: null, result: null };

export function evolveEmergency(state: EmergencyState, happened: DomainEvent): EmergencyState {
  switch (happened.type) {
    case EmergencyAccessOpened.type:
      return { ...state, opened: (happened as EventOf<typeof EmergencyAccessOpened>).data, by: happened.actor };
    case EmergencyAccessEnded.type:
      return { ...state, ended: true };
    case EmergencyAccessJustified.type:
      return { ...state, justifiedAt: happened.occurredAt };
    case EmergencyAccessExamined.type:
      return { ...state, result: (happened as EventOf<typeof EmergencyAccessExamined>).data.result };
    default:
      return state;
  }
}

export const OVERDUE = { justification: 'emergency-unjustified', examination: 'emergency-unexamined' } as const;
export type Overdue = keyof typeof OVERDUE;

/** What of it is overdue at an instant (RFC 3339). What has been examined is closed. */
export function overdueAt({ opened, justifiedAt, result }: EmergencyState, at: string): readonly Overdue[] {
  if (opened === null || result !== null) return [];
  return [...(justifiedAt === null && opened.justifyBy < at ? (['justification'] as const) : []), ...(opened.examineBy < at ? (['examination'] as const) : [])];
}
