import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../http/request.js';
import { isId } from '../ledger/ids.js';
import { ENGINE, now, type Engine } from '../walks/engine.js';
import { notFound } from '../walks/problem.js';
import { requireRight } from '../walks/refuse.js';
import { OFFICES } from '../walks/terminals.js';
import { staffKnown } from './staff.js';
import { placeOn } from './staff-state.js';

@ApiTags('職員')
@ApiBearerAuth()
@Controller('staff')
export class StaffController {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  /** Kind, department and role; names are not opened here. */
  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '職員の区分・部署・役割' })
  async one(@Req() request: AkashiRequest): Promise<object> {
    const { id } = request.params as { id?: string };
    await requireRight(this.engine, principalOf(request), correlationOf(request), 'staff:register', OFFICES);
    if (!isId(id)) throw notFound('職員');
    const state = await staffKnown(this.engine.ledger, id);
    if (!state) throw notFound('職員');
    return { staff: id, kind: state.kind, ...(placeOn(state, now(this.engine).today) ?? { left: true }) };
  }
}
