import { todayInJapan } from '../../codes/plain-date.js';
import { instant, type Clock } from '../../store/clock.js';
import type { FollowedEvent } from '../../walks/engine.js';
import { asHappened } from '../../walks/follow.js';
import { SETTINGS, type AccessPolicy } from '../policy.js';
import { ACCESS_POLICY } from './events.js';
import { isInForce, type PolicyException } from './exceptions.js';
import { evolvePolicy, holdingAt, nothingChanged, policyAt, type ConfirmedChange, type PolicyState, type ProposedChange } from './state.js';
import { valueAt, type SettingValue, type TunableKind } from './tunable.js';

/** A setting as people see it; values in its unit. */
export interface ShownSetting {
  readonly setting: string;
  readonly label: string;
  readonly kind: TunableKind;
  readonly unit: string;
  readonly value: SettingValue;
  readonly default: SettingValue;
  readonly floor?: number;
  readonly ceiling?: number;
  readonly of?: readonly string[];
  readonly source: string;
  /** since when it holds, by which confirmation and whose; none when nobody has changed it */
  readonly since?: string;
  readonly event?: string;
  readonly confirmedBy?: string;
  /** changes that were confirmed for a later day */
  readonly later: readonly Omit<ConfirmedChange, 'setting'>[];
  readonly proposed?: Omit<ProposedChange, 'setting'>;
}

/**
 * The access policy as the ledger has it, kept up: fed with the stream at the start, then with each append. What nobody has changed is as
 * the base has it. Its time goes forward only: a clock that is set back brings no policy of before back.
 */
export class Policies {
  private state: PolicyState = nothingChanged;
  private holding: { readonly policy: AccessPolicy; readonly until: number } | undefined;
  private time = 0;

  constructor(
    private readonly base: AccessPolicy,
    private readonly clock: Clock,
  ) {}

  /** As it holds now: to be asked each time, for a change holds at once. */
  readonly current = (): AccessPolicy => {
    const now = this.now();
    if (this.holding === undefined || now >= this.holding.until) {
      const next = this.state.confirmed.map(({ since }) => Date.parse(since)).filter((since) => since > now);
      this.holding = { policy: policyAt(this.base, this.state, instant(now)), until: Math.min(...next) };
    }
    return this.holding.policy;
  };

  readonly follow = (stream: string, events: readonly FollowedEvent[]): void => {
    if (!stream.startsWith(`${ACCESS_POLICY}-`)) return;
    this.state = events.map(asHappened).reduce(evolvePolicy, events[0]?.revision === 0 ? nothingChanged : this.state); // with its first event comes the whole stream
    this.holding = undefined;
  };

  /** Every setting, in the order of the table. */
  all(): readonly ShownSetting[] {
    const now = instant(this.now());
    const policy = this.current();
    const holding = holdingAt(this.state, now);
    return [...SETTINGS.values()].map(({ path, members, tunable }) => {
      const { label, kind, unit, floor, ceiling, of, source } = tunable;
      const held = holding.get(path);
      const proposed = [...this.state.open.values()].find(({ setting }) => setting === path);
      return {
        setting: path, label, kind, unit,
        value: tunable.toSetting(valueAt(policy, members)), default: tunable.default,
        ...(floor !== undefined && { floor }), ...(ceiling !== undefined && { ceiling }), ...(of && { of }), source,
        ...(held && { since: held.since, event: held.event, confirmedBy: held.by }),
        later: this.state.confirmed.filter(({ setting, since }) => setting === path && since > now).map(unnamed),
        ...(proposed && { proposed: unnamed(proposed) }),
      };
    });
  }

  /** Those that are proposed or in force: what has ended is in the ledger. */
  exceptions(): readonly PolicyException[] {
    const today = todayInJapan(new Date(this.now()));
    return [...this.state.exceptions.values()].filter((one) => one.event === undefined || isInForce(one, today));
  }

  private now(): number {
    return (this.time = Math.max(this.time, this.clock()));
  }
}

function unnamed<T extends { readonly setting: string }>({ setting: _, ...rest }: T): Omit<T, 'setting'> {
  return rest;
}
