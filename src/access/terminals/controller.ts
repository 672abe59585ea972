import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../http/request.js';
import { ENGINE, type Engine } from '../../walks/engine.js';
import { requireRight } from '../../walks/refuse.js';
import { OFFICES } from '../../walks/terminals.js';
import { Terminals } from './registry.js';
import type { KnownTerminal } from './state.js';

@ApiTags('端末')
@ApiBearerAuth()
@Controller('terminals')
export class TerminalController {
  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(Terminals) private readonly terminals: Terminals,
  ) {}

  /** Also those that have been removed. */
  @Get()
  @ApiOperation({ summary: '登録した端末を一覧する（除外したものを含む）' })
  async list(@Req() request: AkashiRequest): Promise<{ readonly terminals: readonly KnownTerminal[] }> {
    await requireRight(this.engine, principalOf(request), correlationOf(request), 'terminal:manage', OFFICES);
    return { terminals: this.terminals.all() };
  }
}
