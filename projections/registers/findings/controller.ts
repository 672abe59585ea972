import { Controller, Get, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../../src/http/request.js';
import { idParam } from '../../engine/queries.js';
import { ReadFinding } from './queries.js';

@ApiTags('不審な取扱いの所見')
@ApiBearerAuth()
@Controller('findings')
export class FindingController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '不審な取扱いの所見を、着眼点の説明・根拠・調べた内容とともに開く' })
  read(@Req() request: AkashiRequest): Promise<object> {
    return this.queries.execute(new ReadFinding({ principal: principalOf(request), correlationId: correlationOf(request) }, idParam(request)));
  }
}
