import { randomInt } from 'node:crypto';

/** Without characters that are taken for one another. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 6;
const GROUP = 5;
/** Approved exports that wait for their file at once. */
const WAITING_MAX = 1_000;

/**
 * Passphrases of exports that have been told and not used. They stand in memory alone: told once, used once, and gone with the engine;
 * then another is asked for.
 */
export class Passphrases {
  private readonly waiting = new Map<string, string>();

  /** Makes one (some 148 bits) for an export, in the place of any before. */
  make(id: string): string {
    const passphrase = Array.from({ length: GROUPS }, () => Array.from({ length: GROUP }, () => READABLE[randomInt(READABLE.length)]!).join('')).join('-');
    this.waiting.delete(id);
    if (this.waiting.size >= WAITING_MAX) this.waiting.delete(this.waiting.keys().next().value!);
    this.waiting.set(id, passphrase);
    return passphrase;
  }

  of(id: string): string | undefined {
    return this.waiting.get(id);
  }

  forget(id: string): void {
    this.waiting.delete(id);
  }
}
