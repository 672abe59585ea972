import { STAFF } from '../access/events.js';
import { evolveStaff, nobodyYet, placeOn, withoutNames, type StaffState } from '../access/staff-state.js';
import type { Role } from '../access/roles.js';
import { todayInJapan } from '../codes/plain-date.js';
import { registry } from '../event-registry.js';
import { streamId } from '../ledger/ids.js';
import type { Settings } from '../settings.js';
import type { ActorKind } from '../store/event.js';
import { ledgerAside } from './data.js';
import type { SectionWords } from './sections.js';
import { japanTime, table } from './table.js';
import { ACTORS, ROLE_LABELS } from '../../projections/words.js';

export interface Member {
  readonly staff: string;
  readonly kind: ActorKind;
  /** both are null for whoever has left */
  readonly department: string | null;
  readonly role: Role | null;
  readonly registeredAt: string;
}

/** The staff that the ledger knows, in the order they were registered. Names stay sealed: they are opened for nobody here. */
export async function listStaff(settings: Settings): Promise<readonly Member[]> {
  const ledger = await ledgerAside(settings);
  try {
    const known = new Map<string, { readonly state: StaffState; readonly registeredAt: string }>();
    for (const recorded of await ledger.readCategory(STAFF)) {
      const happened = registry.decode(recorded);
      const { state = nobodyYet, registeredAt = happened.recordedAt } = known.get(happened.stream) ?? {};
      known.set(happened.stream, { state: evolveStaff(state, withoutNames(happened)), registeredAt });
    }
    const today = todayInJapan(new Date());
    return [...known].map(([stream, { state, registeredAt }]) => {
      const { department, role } = placeOn(state, today) ?? { department: null, role: null };
      return { staff: streamId(stream), kind: state.kind!, department, role, registeredAt };
    });
  } finally {
    await ledger.close();
  }
}

export function describeStaff(members: readonly Member[], sections: SectionWords): string {
  if (members.length === 0) return '職員はまだ登録されていません。akashi staff add で登録してください。';
  const rows = members.map(({ staff, kind, department, role, registeredAt }) => [staff, ACTORS[kind], sections.of(department), role === null ? '在職していません' : ROLE_LABELS[role], japanTime(registeredAt)]);
  return [...table([['職員ID', '区分', '部署', '役割', '登録日時'], ...rows]), '氏名は封をして記録しているため、ここには出しません。'].join('\n');
}
