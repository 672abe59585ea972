import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../../src/http/request.js';
import { OUTPUT_CATEGORIES } from '../../../src/outputs/events.js';
import { readCommand } from '../../../src/walks/command-class.js';
import { ApiMoment, ApiPaged } from '../../engine/openapi.js';
import { pageOf } from '../../engine/page.js';
import { momentOf } from '../../engine/queries.js';
import { ListOutputs, OutputTerms } from './queries.js';

@ApiTags('印刷・出力・持出しの台帳')
@ApiBearerAuth()
@Controller('registers')
export class OutputRegisterController {
  constructor(private readonly queries: QueryBus) {}

  @Get('outputs')
  @ApiOperation({ summary: '印刷・ファイル出力・持出しを、未了かどうかとともに一覧する（現在、又は指定した時点）' })
  @ApiQuery({ name: 'category', required: false, description: '区分', enum: OUTPUT_CATEGORIES })
  @ApiQuery({ name: 'open', required: false, description: '未了だけのとき true', enum: ['true', 'false'] })
  @ApiMoment()
  @ApiPaged()
  list(@Req() request: AkashiRequest, @Query() query: { readonly category?: string; readonly open?: string; readonly limit?: string; readonly cursor?: string }): Promise<object> {
    const { category, open } = query;
    const terms = readCommand(OutputTerms, { ...(category !== undefined && { category }), ...(open !== undefined && { open }) });
    return this.queries.execute(new ListOutputs({ principal: principalOf(request), correlationId: correlationOf(request), moment: momentOf(request) }, terms, pageOf(query)));
  }
}
