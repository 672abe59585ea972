import { SocketAddress, isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Origin, Terminal } from '../../walks/terminals.js';
import type { AkashiRequest } from '../../http/request.js';
import { Problem } from '../../walks/problem.js';
import { fingerprintIn, toFingerprint } from './fingerprint.js';
import type { Terminals } from './registry.js';

/** What a proxy that has verified a client certificate says of it. */
const CERTIFICATE_HEADER = 'akashi-client-certificate';
/** Whoever passes a request on says so in one of these; whoever asks for themselves at the machine sends none. */
const PASSED_ON = [CERTIFICATE_HEADER, 'x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/**
 * Where requests come from, by what the connection itself proves: a client certificate that the engine has verified, or what a proxy at a
 * trusted address says. No header of anybody else is believed.
 */
export class Connections {
  /** a connection has one certificate as long as it lasts */
  private readonly verified = new WeakMap<object, string | undefined>();
  private readonly proxies: ReadonlySet<string>;

  constructor(
    readonly terminals: Terminals,
    trustedProxies: readonly string[],
  ) {
    this.proxies = new Set(trustedProxies.map((address) => plain(address)));
  }

  /** Whether what an address says of others is believed. */
  isProxy(address: string): boolean {
    return this.proxies.has(plain(address));
  }

  /** Where a request comes from, as of this moment. */
  originOf(request: AkashiRequest): Origin {
    return { terminal: this.terminalOf(request), atMachine: this.isAtMachine(request), address: addressOf(request) };
  }

  /** The registered terminal that a request comes from, as of this moment; null for none. */
  terminalOf(request: AkashiRequest): Terminal | null {
    if (!this.terminals.areEnforced) return null;
    const fingerprint = this.fingerprintOf(request);
    return (fingerprint === undefined ? undefined : this.terminals.provedBy(fingerprint)) ?? null;
  }

  /** Where somebody comes from who is not known yet. @throws Problem 403 `terminal-unknown` once terminals are registered */
  expectTerminal(request: AkashiRequest): Origin {
    const origin = this.originOf(request);
    if (origin.terminal === null && this.terminals.areEnforced) throw new Problem(403, 'terminal-unknown', '登録されていない端末からはサインインできません（エンジンの動く機械でも同じです）。登録された端末でサインインするか、運用者に端末の登録を求めてください');
    return origin;
  }

  /** Whether somebody asks on this machine, and for themselves: nothing that passes requests on stands in between. */
  isAtMachine({ socket, headers }: AkashiRequest): boolean {
    const peer = plain(socket.remoteAddress);
    if (peer === undefined || PASSED_ON.some((name) => headers[name] !== undefined)) return false;
    return peer === '::1' || peer.startsWith('127.') || peer === plain(socket.localAddress);
  }

  private fingerprintOf({ socket, headers }: AkashiRequest): string | undefined {
    const peer = plain(socket.remoteAddress);
    if (peer !== undefined && this.proxies.has(peer)) {
      const said = headers[CERTIFICATE_HEADER];
      return typeof said === 'string' ? fingerprintIn(said) : undefined; // the certificate of the proxy itself is no terminal's
    }
    if (!this.verified.has(socket)) this.verified.set(socket, certificateOf(socket as TLSSocket));
    return this.verified.get(socket);
  }
}

/** The SHA-256 of a certificate that was given and that the engine's authority vouches for. */
function certificateOf(socket: TLSSocket): string | undefined {
  if (!socket.encrypted || !socket.authorized) return undefined;
  const { raw, fingerprint256 } = socket.getPeerCertificate();
  return raw === undefined ? undefined : toFingerprint(fingerprint256);
}

/** The address that a request comes from: of the connection, or as a trusted proxy says; what anybody else writes into a header is none. */
export function addressOf({ ip }: AkashiRequest): string {
  return plain(ip);
}

/** Addresses are written one way: those of IPv6 as RFC 5952 has them, those of IPv4 without the coat of IPv6. */
export function plain(address: string): string;
export function plain(address: string | undefined): string | undefined;
export function plain(address: string | undefined): string | undefined {
  if (address === undefined || !isIPv6(address)) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
}
