import { EMERGENCY, EmergencyAccessEnded, EmergencyAccessOpened } from '../../../../src/access/emergency/events.js';
import type { EventOf } from '../../../../src/ledger/event-type.js';
import { streamId } from '../../../../src/ledger/ids.js';
import type { Operation } from '../../../registers/operations/query.js';

/** A 緊急時閲覧 that somebody is in. */
export interface EmergencyThen extends Pick<EventOf<typeof EmergencyAccessOpened>['data'], 'file' | 'number' | 'until'> {
  readonly id: string;
  readonly staff: string;
}

export interface EmergenciesThen {
  readonly take: (operation: Operation) => void;
  readonly of: (staff: string) => readonly EmergencyThen[];
  /** Those whose time has run out at an instant, by when it did; from here on nobody is in them, whenever their end was written down. */
  readonly runOut: (at: string) => readonly EmergencyThen[];
}

export function foldEmergencies(): EmergenciesThen {
  const open = new Map<string, EmergencyThen>();
  return {
    take: ({ type, stream, data, staff }) => {
      if (!stream.startsWith(`${EMERGENCY}-`)) return;
      const id = streamId(stream);
      if (type === EmergencyAccessEnded.type) open.delete(id);
      if (type !== EmergencyAccessOpened.type) return;
      const { file, number, until } = data as EventOf<typeof EmergencyAccessOpened>['data'];
      open.set(id, { id, staff, file, number, until: new Date(until).toISOString() });
    },
    of: (staff) => [...open.values()].filter((one) => one.staff === staff),
    runOut: (at) => {
      const over = [...open.values()].filter(({ until }) => until <= at).sort((a, b) => a.until.localeCompare(b.until));
      for (const { id } of over) open.delete(id);
      return over;
    },
  };
}
