import { Inject, Injectable, SetMetadata, type CanActivate, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { TokenVerifier, unauthenticated } from '../access/token.js';
import { Gate } from '../access/gate.js';
import { Problem } from '../walks/problem.js';
import { refusePositions } from './outward.js';
import type { AkashiRequest } from './request.js';

const PUBLIC = 'akashi:public';
const LOOPBACK_ONLY = 'akashi:loopback';

/** Answers without a token. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
/** Answers without a token, and to this machine alone. */
export const LoopbackOnly = (): CustomDecorator => SetMetadata(LOOPBACK_ONLY, true);

/** Lets a request in with a valid token, or to what is public. Everything else is counted. */
@Injectable()
export class Authentication implements CanActivate {
  private readonly kinds = new Map<unknown, 'public' | 'loopback' | 'token'>();

  constructor(
    @Inject(TokenVerifier) private readonly tokens: TokenVerifier,
    @Inject(Gate) private readonly gate: Gate,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AkashiRequest>();
    const kind = this.kindOf(context);
    if (kind === 'public') return true;
    if (kind === 'loopback') {
      if (!isLoopback(request.ip)) throw new Problem(404, 'not-found', 'この URL に該当する API はありません');
      return true;
    }
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      this.gate.count(request.ip);
      throw unauthenticated();
    }
    return this.admit(request, token);
  }

  private async admit(request: AkashiRequest, token: string): Promise<boolean> {
    try {
      request.principal = await this.tokens.verify(token);
    } catch (error) {
      this.gate.count(request.ip);
      throw error;
    }
    refusePositions(request);
    return true;
  }

  private kindOf(context: ExecutionContext): 'public' | 'loopback' | 'token' {
    const handler = context.getHandler();
    const known = this.kinds.get(handler);
    if (known) return known;
    const of = (key: string): boolean => this.reflector.getAllAndOverride<boolean>(key, [handler, context.getClass()]) ?? false;
    const kind = of(PUBLIC) ? 'public' : of(LOOPBACK_ONLY) ? 'loopback' : 'token';
    this.kinds.set(handler, kind);
    return kind;
  }
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.') || ip.startsWith('::ffff:127.');
}
