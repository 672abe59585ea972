import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { SettingError, type TlsSettings } from '../settings.js';

/** TLS as the engine speaks it, with what its certificate is known by again. */
export interface ServerTls {
  readonly options: TlsOptions;
  /** SHA-256 */
  readonly certificate: string;
}

/**
 * Reads certificate and key. A client's certificate is asked for when an authority is named; without one, or with one that it does not vouch
 * for, a client is answered all the same, as no terminal at all. @throws SettingError naming the variable
 */
export function readTls({ cert, key, clientCa }: TlsSettings): ServerTls {
  const options: TlsOptions = { cert: read('AKASHI_TLS_CERT', cert), key: read('AKASHI_TLS_KEY', key), minVersion: 'TLSv1.2' };
  expectUsable('AKASHI_TLS_CERT', '証明書（PEM）を読めません', { cert: options.cert });
  expectUsable('AKASHI_TLS_KEY', '秘密鍵（PEM）を読めないか、証明書と合いません', options);
  const certificate = new X509Certificate(options.cert as string).fingerprint256;
  if (clientCa === undefined) return { options, certificate };
  const ca = read('AKASHI_TLS_CLIENT_CA', clientCa);
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new SettingError('AKASHI_TLS_CLIENT_CA', '認証局の証明書（PEM）がありません'); // OpenSSL would trust nobody and say nothing
  expectUsable('AKASHI_TLS_CLIENT_CA', '認証局の証明書（PEM）を読めません', { ca });
  return { options: { ...options, ca, requestCert: true, rejectUnauthorized: false }, certificate };
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingError(setting, `${file} を読めません（${(error as { code?: string }).code}）`);
  }
}

function expectUsable(setting: string, message: string, options: TlsOptions): void {
  try {
    createSecureContext(options);
  } catch {
    throw new SettingError(setting, message); // what OpenSSL says might quote the file
  }
}
