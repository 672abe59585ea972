import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
/** RFC 6238: of clocks that are half a minute apart the code is still good. */
const WINDOW = 1;

/** A secret for an authenticator, base32, of 160 bits. */
export function newSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the authenticator scans. */
export function enrolmentUri(secret: string, login: string): string {
  return totp(secret, login).toString();
}

/** The step of time that a code stands for (counted in half minutes since 1970), if it is good at this moment. */
export function stepOf(code: string, secret: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totp(secret).validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? undefined : stepAt(now) + delta;
}

function stepAt(now: number): number {
  return Math.floor(now / 1000 / PERIOD_S);
}

/** The code of this moment: what an authenticator shows. */
export function codeAt(secret: string, now: number): string {
  return totp(secret).generate({ timestamp: now });
}

function totp(secret: string, label = ''): TOTP {
  return new TOTP({ issuer: '証（あかし）', label, algorithm: 'SHA1', digits: 6, period: PERIOD_S, secret: Secret.fromBase32(secret) });
}
