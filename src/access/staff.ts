import { event, isErased, type DomainEvent, type EventOf } from '../ledger/event-type.js';
import { ACTOR_KINDS } from '../store/event.js';
import { Command } from '../walks/command-class.js';
import { command, context } from '../walks/context.js';
import { Choice, Code, Text } from '../walks/fields.js';
import { STAFF, StaffRegistered } from './events.js';
import { ROLES, type Role } from './roles.js';

export class RegisterStaff extends Command {
  @Text({ label: '氏名', max: 100 })
  name!: string;

  @Text({ label: '職名', max: 100 })
  post!: string;

  @Choice({ label: '職員の区分', of: ACTOR_KINDS })
  kind!: (typeof ACTOR_KINDS)[number];

  @Code({ label: '部署' })
  department!: string;

  @Choice({ label: '役割', of: Object.keys(ROLES) })
  role!: Role;
}

export interface StaffState {
  readonly registered: { readonly kind: (typeof ACTOR_KINDS)[number]; readonly department: string; readonly role: Role; readonly name: string } | null;
}

export const staff = context<StaffState>({
  category: STAFF,
  label: '職員',
  events: [StaffRegistered],
  decider: {
    initialState: () => ({ registered: null }),
    evolve: (_: StaffState, happened: DomainEvent): StaffState => {
      const { data, sealed } = happened as EventOf<typeof StaffRegistered>;
      return { registered: { ...data, role: data.role as Role, name: isErased(sealed) ? '' : sealed.name } };
    },
    decide: ({ data }) => {
      const { name, post, kind, department, role } = data as RegisterStaff;
      return [event(StaffRegistered, { kind, department, role }, { name, post })];
    },
  },
  commands: [command(RegisterStaff, 'POST /staff', { summary: '職員を登録する', right: 'staff:register' })],
});
