import { Inject, Injectable, SetMetadata, type CanActivate, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { TokenVerifier, unauthenticated } from '../access/token.js';
import { Gate } from '../access/gate.js';
import { Connections, addressOf } from '../access/terminals/connection.js';
import type { Principal } from '../walks/principal.js';
import { Problem } from '../walks/problem.js';
import { Sessions } from '../access/sessions/sessions.js';
import { refusePositions } from './outward.js';
import type { AkashiRequest } from './request.js';

const PUBLIC = 'akashi:public';
const LOOPBACK_ONLY = 'akashi:loopback';
const EVEN_LOCKED = 'akashi:even-locked';
const EVEN_BEFORE_CHANGE = 'akashi:even-before-password-change';

/** Answers without a token. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
/** Answers without a token, and to this machine alone. */
export const LoopbackOnly = (): CustomDecorator => SetMetadata(LOOPBACK_ONLY, true);

/** Answers a session that is locked, too: to be unlocked, or ended. */
export const EvenLocked = (): CustomDecorator => SetMetadata(EVEN_LOCKED, true);
/** Answers also whoever still has the password that was given out. */
export const EvenBeforePasswordChange = (): CustomDecorator => SetMetadata(EVEN_BEFORE_CHANGE, true);

interface Route {
  readonly kind: 'public' | 'loopback' | 'token';
  readonly evenLocked: boolean;
  readonly evenBeforeChange: boolean;
}

function tokenOf({ headers }: AkashiRequest): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

/** Whoever was let in with a request, as they are by now: for an answer that takes its time. Undefined once they would not be let in again. */
export async function principalNow(request: AkashiRequest, tokens: TokenVerifier, sessions: Sessions): Promise<Principal | undefined> {
  const { session } = request;
  try {
    if (!session) return await tokens.verify(tokenOf(request)!);
    sessions.expectOpen(session);
    return session.principal;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Lets a request in with a valid token, or to what is public. Everything else is counted. */
@Injectable()
export class Authentication implements CanActivate {
  private readonly routes = new Map<unknown, Route>();

  constructor(
    @Inject(TokenVerifier) private readonly tokens: TokenVerifier,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Gate) private readonly gate: Gate,
    @Inject(Connections) private readonly connections: Connections,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AkashiRequest>();
    const route = this.routeOf(context);
    const { kind } = route;
    if (kind === 'public') return true;
    if (kind === 'loopback') {
      if (!this.connections.isAtMachine(request)) throw new Problem(404, 'not-found', 'この URL に該当する API はありません');
      return true;
    }
    const token = tokenOf(request);
    if (token === undefined) {
      this.gate.count(addressOf(request));
      throw unauthenticated();
    }
    return this.admit(request, token, route);
  }

  private async admit(request: AkashiRequest, token: string, route: Route): Promise<boolean> {
    try {
      if (token.includes('.')) request.principal = this.atItsPlace(await this.tokens.verify(token), request);
      else request.session = this.sessions.admit(token, this.connections.originOf(request), route);
      request.principal ??= request.session!.principal;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.gate.count(addressOf(request));
      throw error;
    }
    if (request.session?.mustChange && !route.evenBeforeChange) throw new Problem(403, 'password-change-required', '先にパスワードを変更してください');
    refusePositions(request);
    return true;
  }

  /**
   * A token of the command line may name a place; never a registered terminal that the connection does not prove. On the machine itself it
   * needs none. @throws Problem 401
   */
  private atItsPlace(principal: Principal, request: AkashiRequest): Principal {
    const terminal = this.connections.terminalOf(request);
    const { actor } = principal;
    if (actor.terminal !== null && actor.terminal !== terminal?.code && this.connections.terminals.isKnown(actor.terminal)) throw unauthenticated();
    return { ...principal, terminal, atMachine: this.connections.isAtMachine(request), ...(terminal && { actor: { ...actor, terminal: terminal.code } }) };
  }

  private routeOf(context: ExecutionContext): Route {
    const handler = context.getHandler();
    const known = this.routes.get(handler);
    if (known) return known;
    const of = (key: string): boolean => this.reflector.getAllAndOverride<boolean>(key, [handler, context.getClass()]) ?? false;
    const route: Route = { kind: of(PUBLIC) ? 'public' : of(LOOPBACK_ONLY) ? 'loopback' : 'token', evenLocked: of(EVEN_LOCKED), evenBeforeChange: of(EVEN_BEFORE_CHANGE) };
    this.routes.set(handler, route);
    return route;
  }
}
