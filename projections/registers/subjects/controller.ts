import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { readCommand } from '../../../src/walks/command-class.js';
import type { AkashiReply, AkashiRequest } from '../../../src/http/request.js';
import { pageOf } from '../../engine/page.js';
import { ApiAsked, ApiPaged } from '../../engine/openapi.js';
import { askedBy, idParam } from '../../engine/queries.js';
import { ListSubjects, OpenSubject, SearchSubjects, SearchTerms, ShowNumber, type Answer } from './queries.js';
import type { SubjectView } from './query.js';

@ApiTags('宛名台帳')
@ApiBearerAuth()
@Controller()
export class SubjectRegisterController {
  constructor(private readonly queries: QueryBus) {}

  @Post('subjects/search')
  @HttpCode(200)
  @ApiOperation({ summary: '本人を検索する（宛名番号／振り仮名と生年月日／予診票・接種券番号／個人番号）' })
  @ApiBody({ type: SearchTerms })
  @ApiAsked()
  @ApiPaged()
  search(@Req() request: AkashiRequest, @Body() body: unknown, @Query() query: object): Promise<object> {
    return this.queries.execute(new SearchSubjects(askedBy(request), readCommand(SearchTerms, body), pageOf(query)));
  }

  @Get('subjects/:id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '本人の記録を開く' })
  @ApiAsked()
  async open(@Req() request: AkashiRequest, @Res({ passthrough: true }) reply: AkashiReply): Promise<object> {
    const { views, ...rest } = await this.queries.execute<OpenSubject, Answer<SubjectView>>(new OpenSubject(askedBy(request), idParam(request)));
    const view = views[0]!;
    void reply.header('ETag', `"${view.revision}"`);
    return { ...view, ...rest };
  }

  @Get('subjects/:id/numbers')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '個人番号を表示する' })
  @ApiAsked()
  number(@Req() request: AkashiRequest): Promise<object> {
    return this.queries.execute(new ShowNumber(askedBy(request), idParam(request)));
  }

  @Get('registers/subjects')
  @ApiOperation({ summary: '宛名台帳を一覧する（現在、又は指定した時点）' })
  @ApiAsked()
  @ApiPaged()
  list(@Req() request: AkashiRequest, @Query() query: object): Promise<object> {
    return this.queries.execute(new ListSubjects(askedBy(request), pageOf(query)));
  }
}
