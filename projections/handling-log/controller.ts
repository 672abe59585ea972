import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { afterOf, correlationOf, principalOf, type AkashiRequest } from '../../src/http/request.js';
import { readCommand } from '../../src/walks/command-class.js';
import { ApiAfter, ApiPaged } from '../engine/openapi.js';
import { pageOf } from '../engine/page.js';
import { ReadHandlingLog } from './queries.js';
import { LogTerms } from './terms.js';

@ApiTags('取扱記録')
@ApiBearerAuth()
@Controller('handling-log')
export class HandlingLogController {
  constructor(private readonly queries: QueryBus) {}

  @Post('search')
  @HttpCode(200)
  @ApiOperation({ summary: '取扱記録を、本人・職員・ファイル・種類・期間などで読む' })
  @ApiBody({ type: LogTerms })
  @ApiPaged()
  @ApiAfter()
  search(@Req() request: AkashiRequest, @Body() body: unknown, @Query() query: object): Promise<object> {
    const after = afterOf(request);
    const call = { principal: principalOf(request), correlationId: correlationOf(request), moment: after === undefined ? {} : { after } };
    return this.queries.execute(new ReadHandlingLog(call, readCommand(LogTerms, body ?? {}), pageOf(query)));
  }
}
