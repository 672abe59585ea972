import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../../src/http/request.js';
import { ENGINE, now, type Engine } from '../../../src/walks/engine.js';
import { requireRight } from '../../../src/walks/refuse.js';
import { OFFICES } from '../../../src/walks/terminals.js';
import type { LookWarning } from '../../../src/assessments/calendar/looks.js';
import { REGISTERS } from '../../engine/controller.js';
import { instantOf, registerAt } from '../../engine/desk.js';
import { ApiMoment } from '../../engine/openapi.js';
import { momentOf } from '../../engine/queries.js';
import type { Registers } from '../../engine/registers.js';
import { ASSESSMENTS, provisionalWarnings, versionLines, warningsOn, type ProvisionalWarning, type VersionLine } from './query.js';

@ApiTags('評価書')
@ApiBearerAuth()
@Controller('registers')
export class AssessmentRegisterController {
  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(REGISTERS) private readonly registers: Registers,
  ) {}

  @Get('assessments')
  @ApiOperation({ summary: '評価書の版を、手続の進みと、見直し・再実施の時期の知らせとともに一覧する（現在、又は指定した時点）' })
  @ApiMoment()
  async list(@Req() request: AkashiRequest): Promise<{ readonly versions: readonly VersionLine[]; readonly warnings: readonly (ProvisionalWarning | LookWarning)[]; readonly registerPosition: number }> {
    const { engine, registers } = this;
    await requireRight(engine, principalOf(request), correlationOf(request), 'assessment:see', OFFICES);
    const moment = momentOf(request);
    const { db, position } = await registerAt({ engine, registers }, ASSESSMENTS, moment);
    const at = await instantOf(engine, moment, position);
    const versions = versionLines(db, at);
    return { versions, warnings: [...provisionalWarnings(db, at), ...warningsOn(versions, now(engine).today)], registerPosition: position };
  }
}
