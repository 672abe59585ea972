import { handlingLog } from '../../projections/handling-log/projection.js';
import { Folder } from '../../projections/engine/fold.js';
import type { FoldTools } from '../../projections/engine/projection.js';
import { finishBulk, openForFolding } from '../../projections/engine/register-file.js';
import type { HandlingBlock } from '../../src/handling/block.js';
import type { Decoded } from '../../src/ledger/registry.js';
import { InformationUsed } from '../../src/walks/events.js';

export interface Plan {
  readonly handlings: number;
  readonly staff: number;
  readonly persons: number;
  readonly days: number;
  /** the beginning of the first day, in milliseconds since 1970 */
  readonly from: number;
}

export const YEAR: Plan = { handlings: 1_000_000, staff: 500, persons: 300_000, days: 365, from: Date.parse('2026-01-01T00:00:00+09:00') };

/** An id that follows from a kind and a number. */
export function idOf(kind: number, number: number): string {
  return `0193a000-${kind.toString(16).padStart(4, '0')}-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export const staffId = (number: number): string => idOf(1, number);
export const personId = (number: number): string => idOf(2, number);

const ITEMS = [['name', 'kana', 'birthDate', 'sex', 'address', 'addresseeNumber'], ['vaccine', 'dose', 'vaccinatedOn', 'lot'], ['name', 'birthDate'], []] as const;
const DAY_MS = 86_400_000;

/** What hardly ever comes: in one handling, nearly at the end of the year. */
export const RARE = { terminal: 'counter-on-loan', extent: 'exported', kind: 'erasure' } as const;

/** The handling at a position of a made-up year: who, whom and what follow from the position alone. Every hundredth is refused, every thousandth names many, one is rare. */
export function handlingAt(position: number, plan: Plan): Decoded {
  const at = position - 1;
  const mixed = Math.imul(at ^ (at >>> 15), 0x2c1b_3c6d) >>> 0;
  const recordedAt = new Date(plan.from + Math.floor((at * plan.days * DAY_MS) / plan.handlings)).toISOString();
  const staff = mixed % plan.staff;
  const day = Math.floor((at * plan.days) / plan.handlings);
  const kind = mixed % 20;
  const persons = at % 1000 === 999 ? 20 : 1;
  const refused = at % 100 === 99;
  const rare = at === plan.handlings - 5;
  const handling: HandlingBlock = {
    kind: rare ? RARE.kind : kind < 16 ? 'use' : kind < 19 ? 'acquisition' : 'provision', extent: rare ? RARE.extent : kind % 4 === 0 ? 'listed' : 'opened', affair: 'vaccination', file: 'vaccination', system: 'akashi',
    purpose: kind % 3 === 0 ? 'routine-vaccination' : 'record-keeping', legalGround: 'use-14',
    subjects: Array.from({ length: persons }, (_, i) => personId((mixed + i * 7919) % plan.persons)), items: [...ITEMS[kind % 4]!],
    ...(kind >= 16 && { counterpart: kind < 19 ? 'own-department:residents' : 'other-municipality', method: 'paper' }), evidence: [],
    outcome: refused ? 'refused' : 'written', findings: refused ? [{ rule: 'purpose', item: 'file.use.purpose' }] : [], assurance: 'enforced', declarationVersion: 3,
  };
  const session = idOf(3, staff * 1000 + day);
  return {
    stream: `session-${session}`, revision: at, position, id: idOf(4, at), type: refused ? 'HandlingRefused' : 'InformationUsed', writtenSchema: 1, definition: InformationUsed,
    recordedAt, occurredAt: recordedAt, actor: { staff: staffId(staff), kind: 'staff', department: 'health-promotion', role: 'clerk', session, terminal: rare ? RARE.terminal : `window-${staff % 40}` },
    handling: handling as never, correlationId: session, causationId: null, data: {}, sealed: null,
  };
}

const NOTHING: FoldTools = { open: () => 'key-missing', token: () => Buffer.alloc(0), turnPage: () => undefined };
const PAGE = 500;

/** Folds a made-up year into a register file by the projection itself, as a rebuild would. */
export function buildLog(file: string, plan: Plan): void {
  const db = openForFolding(file, handlingLog, idOf(0, 0), true);
  const folder = new Folder(handlingLog, db, NOTHING);
  for (let position = 1; position <= plan.handlings; position += PAGE) {
    folder.fold(Array.from({ length: Math.min(PAGE, plan.handlings - position + 1) }, (_, i) => handlingAt(position + i, plan)));
  }
  folder.settle();
  finishBulk(db, handlingLog, file);
}
