import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNotFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../http/request.js';
import type { WrittenItem } from '../handling/declaration.js';
import type { Rule } from '../handling/rules.js';
import { ENGINE, now, type Engine } from '../walks/engine.js';
import { notFound } from '../walks/problem.js';
import { requireTerminal } from '../walks/refuse.js';
import { TERMINAL_CLASSES } from '../walks/terminals.js';

/** The written items in force: published with the assessment, so whoever has signed in may read them. */
@ApiTags('評価書の記載事項')
@ApiBearerAuth()
@Controller('declarations')
export class DeclarationController {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  @Get('in-force')
  @ApiOperation({ summary: '施行されている評価書の記載事項（符号と名称、いまの照合の方式）' })
  @ApiNotFoundResponse()
  async inForce(@Req() request: AkashiRequest): Promise<object> {
    await requireTerminal(this.engine, principalOf(request), correlationOf(request), TERMINAL_CLASSES);
    const { guard } = this.engine;
    const at = now(this.engine).now;
    const declaration = guard.inForce(at);
    if (!declaration) throw notFound('施行されている評価書の記載事項');
    const asOfNow = (file: string) => ([rule, item]: [string, WrittenItem]): [string, object] => {
      const { mode, until }: { mode: string; until?: string } = guard.modeOf(declaration.assessment.version, file, rule as Rule, at) ?? item.mode;
      return [rule, { ...item, mode: { mode, until } }]; // why it was changed is sealed
    };
    return { ...declaration, files: declaration.files.map((file) => ({ ...file, items: Object.fromEntries(Object.entries(file.items).map(asOfNow(file.code))) })) };
  }
}
