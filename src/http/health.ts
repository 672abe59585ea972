import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry as MetricsRegistry } from 'prom-client';
import { LoopbackOnly, Public } from './authentication.js';
import type { AkashiReply } from './request.js';

/** Why the engine is not ready; empty when it is. */
export type Readiness = () => readonly string[] | Promise<readonly string[]>;
export const READINESS = Symbol('readiness');
export const METRICS = Symbol('metrics');
/** A random id for each start: the command line knows its engine by it. */
export const INSTANCE = Symbol('instance');

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    @Inject(READINESS) private readonly readiness: Readiness,
    @Inject(METRICS) private readonly metrics: MetricsRegistry,
    @Inject(INSTANCE) private readonly instance: string,
  ) {}

  @Public()
  @Get('health/live')
  live(): object {
    return { status: 'up', instance: this.instance };
  }

  @Public()
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: AkashiReply): Promise<object> {
    const reasons = await this.readiness();
    if (reasons.length > 0) void reply.status(503);
    return { status: reasons.length === 0 ? 'ready' : 'not-ready', reasons };
  }

  @LoopbackOnly()
  @Get('metrics')
  async read(@Res({ passthrough: true }) reply: AkashiReply): Promise<string> {
    void reply.header('Content-Type', this.metrics.contentType);
    return this.metrics.metrics();
  }
}
