import { X509Certificate } from 'node:crypto';

/**
 * The SHA-256 of a certificate as it is kept: 64 lower-case hexadecimal digits. Takes it as `openssl x509 -fingerprint -sha256` prints it,
 * with colons, too. Returns undefined for anything else.
 */
export function toFingerprint(text: string): string | undefined {
  const digits = text.replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) && (text.length === 64 || /^[^:]{2}(:[^:]{2}){31}$/.test(text)) ? digits : undefined;
}

/** More than a certificate takes. */
const HEADER_MAX = 16_000;

/** What a proxy says of the certificate that it has verified: its SHA-256, or the certificate itself, PEM, percent-encoded (nginx has no SHA-256 to give). */
export function fingerprintIn(header: string): string | undefined {
  const digest = toFingerprint(header);
  if (digest !== undefined || header.length > HEADER_MAX || !header.startsWith('-----BEGIN')) return digest;
  try {
    return toFingerprint(new X509Certificate(decodeURIComponent(header)).fingerprint256);
  } catch {
    return undefined;
  }
}
