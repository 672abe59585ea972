import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider, type Adapter, type AdapterPayload, type InteractionResults } from 'oidc-provider';

export const CLIENT = 'akashi';
export const SECRET = 'a-secret-of-the-tests-4711';
export const REDIRECT = 'https://console.akashi.example/signed-in';
const INTERACTION = '/interaction/';

/** What somebody shows the provider. */
export interface Shown {
  readonly sub: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** when, in seconds since 1970; now, if nothing is said */
  readonly at?: number;
}

export interface Callback {
  readonly code: string;
  readonly state: string;
  readonly iss?: string;
}

/** A real provider on loopback: authorization code with PKCE, for one confidential client. */
export interface RealProvider {
  readonly issuer: string;
  /** Goes where the browser would go, shows what somebody shows, and returns what the browser is sent back with. */
  signIn(authorizationUrl: string, shown: Shown): Promise<Callback>;
  /** signs with another key from now on; the old one is published no more */
  rotate(): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  /** how often each path has been asked for */
  readonly asked: ReadonlyMap<string, number>;
}

export async function openRealProvider(): Promise<RealProvider> {
  let server: Server | undefined;
  let provider: Provider;
  let shown: Shown | undefined;
  let keys = 0;
  const asked = new Map<string, number>();
  const listen = async (port: number): Promise<number> => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
      if (!pathname.startsWith(INTERACTION)) return void provider.callback()(request, response);
      const { sub: accountId, acr, amr, at: ts } = shown!;
      const login = { accountId, remember: false, ...(acr !== undefined && { acr }), ...(amr && { amr: [...amr] }), ...(ts !== undefined && { ts }) };
      void provider.interactionFinished(request, response, { login } satisfies InteractionResults, { mergeWithLastSubmission: false });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const issuer = `http://127.0.0.1:${port}`;
  const rotate = async (): Promise<void> => {
    provider = providerWith(issuer, await newKey(`key-${(keys += 1)}`));
  };
  await rotate();
  return {
    issuer, rotate, asked,
    signIn: async (authorizationUrl, somebody) => {
      shown = somebody;
      const cookies = new Map<string, string>();
      for (let [url, hops] = [new URL(authorizationUrl), 0]; ; hops += 1) {
        if (hops > 10) throw new Error(`sent round and round, last to ${url.pathname}`);
        if (`${url.origin}${url.pathname}` === REDIRECT) return Object.fromEntries(url.searchParams) as unknown as Callback;
        const answer = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const cookie of answer.headers.getSetCookie()) cookies.set(cookie.slice(0, cookie.indexOf('=')), cookie.slice(cookie.indexOf('=') + 1).split(';')[0]!);
        const next = answer.headers.get('location');
        if (next === null) throw new Error(`${answer.status} at ${url.pathname}: ${(await answer.text()).slice(0, 2000)}`);
        url = new URL(next, url);
      }
    },
    down: async () => {
      const closing = server;
      server = undefined;
      closing?.closeAllConnections();
      if (closing) await new Promise((resolve) => closing.close(resolve));
    },
    up: async () => void (await listen(port)),
  };
}

function providerWith(issuer: string, key: JWK): Provider {
  return new Provider(issuer, {
    clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [REDIRECT], response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic' }],
    jwks: { keys: [key] },
    adapter: (model: string) => new Shelf(model),
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
    cookies: { keys: ['a cookie key of the tests'] },
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'] },
    acrValues: ['weak', 'strong'],
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    // nobody is asked whether they agree
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client!.clientId, accountId: context.oidc.session!.accountId! });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    interactions: { url: (_, { uid }) => `${INTERACTION}${uid}` },
  });
}

const shelves = new Map<string, AdapterPayload>();

/** What the provider keeps, for as long as the tests run. */
class Shelf implements Adapter {
  constructor(private readonly model: string) {}

  private name(id: string): string {
    return `${this.model} ${id}`;
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    shelves.set(this.name(id), payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return shelves.get(this.name(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return [...shelves].find(([name, payload]) => name.startsWith(`${this.model} `) && payload.uid === uid)?.[1];
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    shelves.set(this.name(id), { ...shelves.get(this.name(id)), consumed: Math.floor(Date.now() / 1000) });
  }

  async destroy(id: string): Promise<void> {
    shelves.delete(this.name(id));
  }

  async revokeByGrantId(grant: string): Promise<void> {
    for (const [name, { grantId }] of shelves) if (grantId === grant) shelves.delete(name);
  }
}

export async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}
