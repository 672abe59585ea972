import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
  /** SHA-256, 64 hexadecimal digits */
  readonly fingerprint: string;
}

const EC = { keyType: 'ec', algorithm: 'sha256' } as const;

function certified({ cert, private: key }: { readonly cert: string; readonly private: string }): Certified {
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase() };
}

export async function authority(name = '架空の認証局'): Promise<Certified> {
  return certified(await generate([{ name: 'commonName', value: name }], { ...EC, extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }] }));
}

/** The certificate of a terminal, or, with `server`, of a server at 127.0.0.1; an old one ran out yesterday. */
export async function issued({ cert, key }: Certified, name: string, how: { readonly server?: boolean; readonly old?: boolean } = {}): Promise<Certified> {
  const days = (n: number): Date => new Date(Date.now() + n * 86_400_000);
  const purpose = how.server ? { serverAuth: true } : { clientAuth: true };
  return certified(await generate([{ name: 'commonName', value: name }], {
    ...EC, ca: { key, cert }, ...(how.old && { notBeforeDate: days(-10), notAfterDate: days(-1) }),
    extensions: [{ name: 'basicConstraints', cA: false }, { name: 'extKeyUsage', ...purpose }, ...(how.server ? [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] }] : [])],
  }));
}
