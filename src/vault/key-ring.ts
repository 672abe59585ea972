import type { KeyObject } from 'node:crypto';
import type { SlotVerdict } from './slot-file.js';

/** Keys used lately, unwrapped. Every thread has its own; an erasure empties them all. */
export class KeyRing {
  private readonly recent = new Map<number, KeyObject>();

  constructor(
    private readonly slots: { read(slot: number): KeyObject | SlotVerdict },
    private readonly capacity = 50_000,
  ) {}

  get(slot: number): KeyObject | SlotVerdict {
    const known = this.recent.get(slot);
    if (known) return known;
    const key = this.slots.read(slot);
    if (typeof key !== 'string') this.remember(slot, key);
    return key;
  }

  remember(slot: number, key: KeyObject): void {
    if (this.capacity === 0) return;
    if (this.recent.size >= this.capacity) this.recent.delete(this.recent.keys().next().value!);
    this.recent.set(slot, key);
  }

  forget(slots: readonly number[]): void {
    for (const slot of slots) this.recent.delete(slot);
  }
}
