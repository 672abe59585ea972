import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../../src/http/request.js';
import { readCommand } from '../../../src/walks/command-class.js';
import { ApiMoment, ApiPaged } from '../../engine/openapi.js';
import { pageOf } from '../../engine/page.js';
import { momentOf } from '../../engine/queries.js';
import { AUTHENTICATORS } from '../../../src/access/authenticators/events.js';
import { AUTHENTICATOR_STEPS, AuthenticatorTerms, ListAuthenticators, ListRights, ListStaff, RIGHT_STEPS, RightTerms, type AskedOfStaff } from './queries.js';

@ApiTags('職員・権限台帳')
@ApiBearerAuth()
@Controller('registers')
export class StaffRegisterController {
  constructor(private readonly queries: QueryBus) {}

  @Get('staff')
  @ApiOperation({ summary: '職員と部署を、権限・アカウントとともに一覧する（現在、又は指定した時点）' })
  @ApiMoment()
  @ApiPaged()
  list(@Req() request: AkashiRequest, @Query() query: object): Promise<object> {
    return this.queries.execute(new ListStaff(askedOfStaff(request), pageOf(query)));
  }

  @Get('rights')
  @ApiOperation({ summary: '権限を、申請・承認の段階や部署で一覧する' })
  @ApiQuery({ name: 'step', required: false, description: '段階', enum: RIGHT_STEPS })
  @ApiQuery({ name: 'department', required: false, description: '部署の符号', schema: { type: 'string' } })
  @ApiMoment()
  @ApiPaged()
  rights(@Req() request: AkashiRequest, @Query() query: { readonly step?: string; readonly department?: string; readonly limit?: string; readonly cursor?: string }): Promise<object> {
    const { step, department } = query;
    const terms = readCommand(RightTerms, { ...(step !== undefined && { step }), ...(department !== undefined && { department }) });
    return this.queries.execute(new ListRights(askedOfStaff(request), terms, pageOf(query)));
  }

  @Get('authenticators')
  @ApiOperation({ summary: '認証手段（ICカード・生体・外部システムのID）の交付台帳を一覧する。返納されていないものだけにもできる' })
  @ApiQuery({ name: 'step', required: false, description: '段階', enum: AUTHENTICATOR_STEPS })
  @ApiQuery({ name: 'kind', required: false, description: '種類', enum: AUTHENTICATORS })
  @ApiQuery({ name: 'overdue', required: false, description: '返納の期限を過ぎたもの、在職しない人に残るものだけ', schema: { type: 'boolean' } })
  @ApiMoment()
  @ApiPaged()
  authenticators(@Req() request: AkashiRequest, @Query() query: { readonly step?: string; readonly kind?: string; readonly overdue?: string; readonly limit?: string; readonly cursor?: string }): Promise<object> {
    const { step, kind, overdue } = query;
    const flag = overdue === 'true' ? true : overdue === 'false' ? false : overdue;
    const terms = readCommand(AuthenticatorTerms, { ...(step !== undefined && { step }), ...(kind !== undefined && { kind }), ...(flag !== undefined && { overdue: flag }) });
    return this.queries.execute(new ListAuthenticators(askedOfStaff(request), terms, pageOf(query)));
  }
}

function askedOfStaff(request: AkashiRequest): AskedOfStaff {
  return { principal: principalOf(request), correlationId: correlationOf(request), moment: momentOf(request) };
}
