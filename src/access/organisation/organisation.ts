import type { DomainEvent } from '../../ledger/event-type.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { FollowedEvent } from '../../walks/engine.js';
import { asHappened } from '../../walks/follow.js';
import { withoutNames } from '../staff-state.js';
import { UNIT } from './events.js';
import { evolveUnit, existsOn, noUnit, type UnitState } from './unit-state.js';

/** Longer chains of successors than a city sees in its life. */
const SUCCESSIONS = 100;

/** Every section as the ledger has it: read once, then kept up by the engine's own appends. */
export class Organisation {
  private readonly byStream = new Map<string, UnitState>();
  private readonly byCode = new Map<string, UnitState>();

  /** Reads the sections of a ledger. */
  static async of(ledger: Pick<Ledger, 'store' | 'registry'>): Promise<Organisation> {
    const organisation = new Organisation();
    for (const recorded of await ledger.store.readCategory(UNIT)) organisation.take(recorded.stream, [withoutNames(ledger.registry.decode(recorded))]);
    return organisation;
  }

  /** The sections as somebody else has folded them, such as a register at a moment of the past. */
  static from(units: Iterable<readonly [stream: string, unit: UnitState]>): Organisation {
    const organisation = new Organisation();
    for (const [stream, unit] of units) organisation.put(stream, unit);
    return organisation;
  }

  /** For the engine's followers. */
  readonly follow = (stream: string, events: readonly FollowedEvent[]): void => {
    if (stream.startsWith(`${UNIT}-`)) this.take(stream, events.map(asHappened));
  };

  /** Whether there is such a section on a day. Where no section has been entered at all, codes are free. */
  isUnitOn(code: string, day: string): boolean {
    if (this.byCode.size === 0) return true;
    const unit = this.byCode.get(code);
    return unit !== undefined && existsOn(unit, day);
  }

  /** The section that somebody of a section works for on a day: itself, or who has taken over from it; none when it has ended. */
  unitOn(code: string, day: string): string | undefined {
    return this.lastOf(code, day, () => true);
  }

  /** The section whose rights somebody of a section has on a day: itself, or who has taken over, where a second person has confirmed each step to there. */
  rightsUnitOn(code: string, day: string): string | undefined {
    return this.lastOf(code, day, ({ isSuccessionConfirmed }) => isSuccessionConfirmed === true);
  }

  /** The first day on which nobody works for a section any more, nor for whoever took over from it; none as long as no such day is entered. */
  endOf(code: string): string | undefined {
    let day = '';
    let at: string | undefined = code;
    for (let i = 0; i < SUCCESSIONS && at !== undefined; i += 1) {
      const unit = this.byCode.get(at);
      if (unit?.endedOn === undefined) return undefined;
      if (unit.endedOn > day) day = unit.endedOn;
      at = unit.successor;
    }
    return day;
  }

  /** Every section, by its stream. */
  all(): ReadonlyMap<string, UnitState> {
    return this.byStream;
  }

  /** The rights that hang on a section. */
  grantsOf(code: string): UnitState['grants'] {
    return this.byCode.get(code)?.grants ?? [];
  }

  private lastOf(code: string, day: string, passes: (unit: UnitState) => boolean): string | undefined {
    if (this.byCode.size === 0) return code;
    let at: string | undefined = code;
    for (let i = 0; i < SUCCESSIONS && at !== undefined; i += 1) {
      const unit = this.byCode.get(at);
      if (!unit) return at; // not entered yet: its people go on
      if (day < unit.from) return undefined;
      if (existsOn(unit, day)) return at;
      at = passes(unit) ? unit.successor : undefined;
    }
    return undefined;
  }

  private take(stream: string, events: readonly DomainEvent[]): void {
    this.put(stream, events.reduce(evolveUnit, this.byStream.get(stream) ?? noUnit));
  }

  private put(stream: string, unit: UnitState): void {
    this.byStream.set(stream, unit);
    if (unit.unit !== null) this.byCode.set(unit.unit, unit); // a code is one stream
  }
}
