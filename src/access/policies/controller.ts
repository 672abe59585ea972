import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../http/request.js';
import { ENGINE, type Engine } from '../../walks/engine.js';
import { requireRight } from '../../walks/refuse.js';
import { OFFICES } from '../../walks/terminals.js';
import type { PolicyException } from './exceptions.js';
import { Policies, type ShownSetting } from './policies.js';

@ApiTags('アクセス管理の設定')
@ApiBearerAuth()
@Controller('access-policy')
export class PolicyController {
  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(Policies) private readonly policies: Policies,
  ) {}

  /** Why something was changed is sealed. */
  @Get()
  @ApiOperation({ summary: 'アクセス管理の設定の今の値、既定値、許される範囲、いつから・どの事象によるか、承認を待っている変更案、共用IDの例外' })
  async all(@Req() request: AkashiRequest): Promise<{ readonly settings: readonly ShownSetting[]; readonly exceptions: readonly PolicyException[] }> {
    await requireRight(this.engine, principalOf(request), correlationOf(request), 'policy:see', OFFICES);
    return { settings: this.policies.all(), exceptions: this.policies.exceptions() };
  }
}
