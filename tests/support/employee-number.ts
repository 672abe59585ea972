import { randomBytes } from 'node:crypto';

/** A 職員番号 that nobody has. */
export function freshEmployeeNumber(): string {
  return `K-${randomBytes(6).toString('hex').toUpperCase()}`;
}
