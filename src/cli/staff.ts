import { StaffRegistered } from '../access/events.js';
import type { Role } from '../access/roles.js';
import { registry } from '../event-registry.js';
import { streamId } from '../ledger/ids.js';
import type { Settings } from '../settings.js';
import type { ActorKind } from '../store/event.js';
import { ledgerAside } from './data.js';
import { japanTime, table } from './table.js';
import { ACTORS, ROLE_LABELS } from './words.js';

export interface Member {
  readonly staff: string;
  readonly kind: ActorKind;
  readonly department: string;
  readonly role: Role;
  readonly registeredAt: string;
}

/** The staff that the ledger knows, in the order they were registered. Names stay sealed: they are opened for nobody here. */
export async function listStaff(settings: Settings): Promise<readonly Member[]> {
  const ledger = await ledgerAside(settings);
  try {
    return (await ledger.readCategory('staff')).flatMap((recorded) => {
      const { type, stream, data, recordedAt } = registry.decode(recorded);
      return type === StaffRegistered.type ? [{ staff: streamId(stream), ...(data as Pick<Member, 'kind' | 'department' | 'role'>), registeredAt: recordedAt }] : [];
    });
  } finally {
    await ledger.close();
  }
}

export function describeStaff(members: readonly Member[]): string {
  if (members.length === 0) return '職員はまだ登録されていません。akashi staff add で登録してください。';
  const rows = members.map(({ staff, kind, department, role, registeredAt }) => [staff, ACTORS[kind], department, ROLE_LABELS[role], japanTime(registeredAt)]);
  return [...table([['職員ID', '区分', '部署', '役割', '登録日時'], ...rows]), '氏名は封をして記録しているため、ここには出しません。'].join('\n');
}
