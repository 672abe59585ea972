import { reachesAge } from './days.js';
import type { Frame } from './frame.js';
import type { Person } from './person.js';

/** 接種コード of the demo city, in the order in which one day's records are written. */
export const VACCINES = ['HEPB', 'ROTA1', 'DPTIPVHIB', 'PCV', 'BCG', 'MR1', 'MR2', 'VARI', 'JE1', 'JE2', 'HPV', 'FLU', 'PPV', 'COVID', 'ZOSTER'] as const;
export type Vaccine = (typeof VACCINES)[number];
export type Execution = '定期' | '特例臨時' | '任意';

/**
 * What gives way when fewer records are wanted than people had doses: `fixed` never, `core` (childhood, once in a lifetime, 任意)
 * only after all of `extra` (every season, every wave).
 */
export type Tier = 'fixed' | 'core' | 'extra';

export interface Dose {
  readonly vaccine: Vaccine;
  /** 接種回数 */
  readonly number: number;
  readonly day: number;
  readonly execution: Execution;
  readonly tier: Tier;
  /** given in another city before the person moved in */
  readonly elsewhere: boolean;
  readonly lot?: string;
}

/** Doses that belong into the city's first file. */
export function isFiled(frame: Frame, { day, tier }: Dose): boolean {
  return day <= frame.closing || tier === 'fixed';
}

/** Takes a dose only when the person could be given it in this city, or for a child anywhere, and the register reaches back to it. */
export class Book {
  doses: Dose[] = [];

  constructor(
    readonly frame: Frame,
    readonly person: Person,
  ) {}

  add(vaccine: Vaccine, number: number, day: number, { execution = '定期', tier = 'core' }: { execution?: Execution; tier?: 'core' | 'extra' } = {}): void {
    const { since, left, birth } = this.person;
    const { history, today } = this.frame;
    if (day < history && execution !== '特例臨時') return;
    if (day > today - 2 || (left !== null && day >= left)) return;
    const elsewhere = day < since;
    if (elsewhere && (execution !== '定期' || day >= reachesAge(birth, 18))) return;
    this.doses.push({ vaccine, number, day, execution, tier, elsewhere });
  }
}
