import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT, importJWK, type JWK, type JWTPayload } from 'jose';
import { CLIENT, SECRET, newKey } from './provider.js';

/** How a token differs from one that would do. */
export interface Forgery {
  readonly claims?: JWTPayload;
  readonly without?: readonly string[];
  readonly signed?: 'none' | 'with the secret' | 'with another key' | 'under an unknown name' | 'not at all';
}

/** An issuer that writes into its tokens whatever it is told to: what no real provider says. */
export interface Forger {
  readonly issuer: string;
  /** Takes the question's state, and answers the next code with a token for it. */
  callback(authorizationUrl: string, subject: string, forgery?: Forgery): { readonly code: string; readonly state: string };
  close(): void;
}

export async function openForger(): Promise<Forger> {
  const [own, other] = [await newKey('own'), await newKey('own')];
  let next: () => Promise<string>;
  const answers: Readonly<Record<string, () => Promise<object> | object>> = {
    '/.well-known/openid-configuration': () => ({
      issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    }),
    '/jwks': () => ({ keys: [{ kty: own.kty, n: own.n, e: own.e, kid: own.kid, alg: own.alg, use: own.use }] }),
    '/token': async () => ({ access_token: 'of no use', token_type: 'bearer', id_token: await next() }),
  };
  const server = createServer((request, response) => {
    void Promise.resolve(answers[request.url!]?.()).then((answer) => response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {})));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    callback: (authorizationUrl, subject, { claims = {}, without = [], signed } = {}) => {
      const { state, nonce } = Object.fromEntries(new URL(authorizationUrl).searchParams) as { state: string; nonce: string };
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: issuer, aud: CLIENT, sub: subject, nonce, iat: now, exp: now + 300, auth_time: now, amr: ['pwd', 'otp'], ...claims };
      const payload = Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name)));
      next = () => tokenOf(payload, signed, own, other);
      return { code: 'a-code', state };
    },
    close: () => void server.close(),
  };
}

async function tokenOf(payload: JWTPayload, signed: Forgery['signed'], own: JWK, other: JWK): Promise<string> {
  if (signed === 'none') return new UnsecuredJWT(payload).encode();
  if (signed === 'with the secret') return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET));
  const token = await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: signed === 'under an unknown name' ? 'nobodys' : 'own' }).sign(await importJWK(signed === 'with another key' ? other : own, 'RS256'));
  return signed === 'not at all' ? token.replace(/[^.]+$/, '') : token;
}
