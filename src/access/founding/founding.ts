import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { newId, streamName } from '../../ledger/ids.js';
import type { Ledger, LoadedStream } from '../../ledger/ledger.js';
import { WrongExpectedRevision } from '../../store/port.js';
import type { Actor } from '../../store/event.js';
import { conflict } from '../../walks/problem.js';
import { STAFF } from '../events.js';
import { UNIT } from '../organisation/events.js';
import type { Role } from '../roles.js';
import { FOUNDING, FoundingClosed, FoundingHeld } from './events.js';
import { evolveFounding, evolveFromRights, hasNoSecondPerson, notFounded, type FoundingState } from './state.js';

/** Who acts, in which request. */
export interface Act {
  readonly actor: Actor;
  readonly correlationId: string;
}

const WRITE_ATTEMPTS = 10;

/**
 * Whether first rights may still be given, decided at the revision of one stream: of a founding and the first right that is set as usual
 * at the same time, one comes first, and a founding that comes second is none.
 */
export class Founding {
  /** without its stream */
  private before: FoundingState = notFounded;
  private known: FoundingState = notFounded;

  private constructor(private readonly ledger: Pick<Ledger, 'append' | 'summary' | 'vault'>) {}

  /** As the ledger has it. Until the stream says that the founding is over, people and sections are read too. */
  static async of(ledger: Pick<Ledger, 'append' | 'summary' | 'vault' | 'store' | 'registry'>): Promise<Founding> {
    const founding = new Founding(ledger);
    await founding.look();
    if (!founding.isClosed) {
      founding.before = await foundedBefore(ledger);
      await founding.look();
    }
    return founding;
  }

  get hasBegun(): boolean {
    return this.known.begun;
  }

  get isClosed(): boolean {
    return this.known.closed;
  }

  get isWithoutSecondPerson(): boolean {
    return hasNoSecondPerson(this.known);
  }

  /**
   * Goes before one of the first rights.
   *
   * @param isMissed the chain cannot be walked any more, and this right takes it further
   * @throws Problem 409 `founded` once a right has been set as usual
   */
  async hold(right: { readonly holder: string; readonly role: Role; readonly present: readonly string[] }, act: Act, isMissed = false): Promise<void> {
    await this.write(({ closed }) => {
      if (closed && !isMissed) throw conflict('founded', '最初の権限はすでに設定されています。権限は申請・承認・設定の手順で付与してください');
      return event(FoundingHeld, { ...right, present: [...right.present] }, {});
    }, act);
  }

  /** Goes before a right that is set as usual: with the first of them the founding is over. */
  async close(act: Act): Promise<void> {
    if (this.known.closed) return;
    await this.write(({ closed }) => (closed ? undefined : event(FoundingClosed, {}, {})), act);
  }

  private async write(decide: (state: FoundingState) => NewDomainEvent | undefined, { actor, correlationId }: Act): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { stream, revision, key } = await this.look();
      const happening = decide(this.known);
      if (!happening) return;
      try {
        await this.ledger.append({ stream, drafts: [{ id: newId(), event: happening, actor, correlationId, causationId: null, occurredAt: null, handling: null }], expected: revision, key });
        this.known = evolveFounding(this.known, { type: happening.type.type, data: happening.data });
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt === WRITE_ATTEMPTS) throw error;
      }
    }
  }

  /** What stands there holds, also when its acknowledgement was lost. */
  private async look(): Promise<Omit<LoadedStream, 'events'>> {
    const found = await this.ledger.summary(streamName(FOUNDING, this.ledger.vault.identity.store));
    this.known = found.recorded.reduce(evolveFounding, this.before);
    return found;
  }
}

async function foundedBefore({ store, registry }: Pick<Ledger, 'store' | 'registry'>): Promise<FoundingState> {
  let state = notFounded;
  for (const category of [STAFF, UNIT]) {
    for (const recorded of await store.readCategory(category)) {
      state = evolveFromRights(state, registry.decode(recorded));
      if (state.closed) return state;
    }
  }
  return state;
}
