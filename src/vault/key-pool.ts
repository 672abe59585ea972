import type { KeyObject } from 'node:crypto';
import type { KeyBlock } from './slot-file.js';

export interface NewKey {
  readonly slot: number;
  readonly key: KeyObject;
}

/** Keys written to the disk at a time. */
const BLOCK = 1024;

/** Where new keys come from. */
export interface KeyMaker {
  /** so many new keys, durable already */
  appendKeys(count: number): Promise<KeyBlock>;
}

/**
 * Keys that are durable already and wait for a unit, so that sealing for a new unit costs no disk write of
 * its own. What is left over when the process ends is never used.
 */
export class KeyPool {
  private ready: NewKey[] = [];
  /** keys that somebody has been told are there for the taking */
  private promised = 0;
  /** keys handed out so far */
  taken = 0;
  private refill: Promise<void> | null = null;

  constructor(
    private readonly maker: KeyMaker,
    private readonly lowWater = 2 * BLOCK,
  ) {}

  /** Resolves when `count` keys are there for the caller alone. At once in the normal case. */
  async reserve(count: number): Promise<void> {
    this.promised += count;
    try {
      while (this.ready.length < this.promised) await this.fill();
    } catch (error) {
      this.promised -= count;
      throw error;
    }
  }

  /** Gives back what was reserved and not taken. */
  giveBack(count: number): void {
    this.promised = Math.max(0, this.promised - count);
  }

  /** A key never handed out before. Call `reserve` first. */
  take(): NewKey {
    const next = this.ready.pop();
    if (!next) throw new Error('no key was reserved');
    this.taken += 1;
    this.giveBack(1);
    // Ahead of use, in the background; a fault shows itself at the next reserve, which tries again.
    if (this.ready.length < this.lowWater) this.fill().catch(() => undefined);
    return next;
  }

  /** Waits for a refill under way, so that the file can be closed. */
  async settle(): Promise<void> {
    await this.refill?.catch(() => undefined);
  }

  private fill(): Promise<void> {
    this.refill ??= this.addBlock().finally(() => {
      this.refill = null;
    });
    return this.refill;
  }

  private async addBlock(): Promise<void> {
    const { first, keys } = await this.maker.appendKeys(BLOCK);
    const block = keys.map((key, i) => ({ slot: first + i, key }));
    this.ready = [...block.reverse(), ...this.ready]; // taken from the end, lowest slot first
  }
}
