import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { AkashiReply, AkashiRequest } from '../../../src/http/request.js';
import { ApiAsked, ApiPaged } from '../../engine/openapi.js';
import { pageOf } from '../../engine/page.js';
import { askedBy, idParam } from '../../engine/queries.js';
import type { Answer } from '../subjects/queries.js';
import { ListVaccinations, OpenVaccination } from './queries.js';
import type { VaccinationView } from './query.js';

@ApiTags('予防接種台帳')
@ApiBearerAuth()
@Controller()
export class VaccinationRegisterController {
  constructor(private readonly queries: QueryBus) {}

  @Get('subjects/:id/vaccinations')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '本人の接種記録を開く' })
  @ApiAsked()
  @ApiPaged()
  ofSubject(@Req() request: AkashiRequest, @Query() query: object): Promise<object> {
    return this.queries.execute(new ListVaccinations(askedBy(request), idParam(request), pageOf(query)));
  }

  @Get('vaccinations/:id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '接種記録を開く' })
  @ApiAsked()
  async open(@Req() request: AkashiRequest, @Res({ passthrough: true }) reply: AkashiReply): Promise<object> {
    const { views, ...rest } = await this.queries.execute<OpenVaccination, Answer<VaccinationView>>(new OpenVaccination(askedBy(request), idParam(request)));
    const view = views[0]!;
    void reply.header('ETag', `"${view.revision}"`);
    return { ...view, ...rest };
  }

  @Get('registers/vaccinations')
  @ApiOperation({ summary: '予防接種台帳を一覧する（現在、又は指定した時点）' })
  @ApiAsked()
  @ApiPaged()
  list(@Req() request: AkashiRequest, @Query() query: object): Promise<object> {
    return this.queries.execute(new ListVaccinations(askedBy(request), null, pageOf(query)));
  }
}
