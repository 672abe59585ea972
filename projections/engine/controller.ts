import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../src/http/request.js';
import { ENGINE, type Engine } from '../../src/walks/engine.js';
import { notFound } from '../../src/walks/problem.js';
import { requireRight } from '../../src/walks/refuse.js';
import { OFFICES } from '../../src/walks/terminals.js';
import { projections } from '../all.js';
import type { Registers, RegisterStatus } from './registers.js';

export const REGISTERS = Symbol('registers');

@ApiTags('台帳')
@ApiBearerAuth()
@Controller('registers')
export class RegistersController {
  constructor(
    @Inject(REGISTERS) private readonly registers: Registers,
    @Inject(ENGINE) private readonly engine: Engine,
  ) {}

  @Get()
  @ApiOperation({ summary: '各台帳の反映位置と遅れ' })
  async status(@Req() request: AkashiRequest): Promise<readonly RegisterStatus[]> {
    await requireRight(this.engine, principalOf(request), correlationOf(request), undefined, OFFICES);
    return this.registers.status();
  }

  @Post(':name/rebuilds')
  @HttpCode(200)
  @ApiOperation({ summary: '台帳を記録の初めから作り直し、今の台帳と照合して差し替える' })
  @ApiParam({ name: 'name', enum: projections.map(({ name }) => name) })
  async rebuild(@Req() request: AkashiRequest, @Param('name') name: string): Promise<object> {
    await requireRight(this.engine, principalOf(request), correlationOf(request), 'register:rebuild', OFFICES);
    if (!projections.some((projection) => projection.name === name)) throw notFound('台帳');
    const started = performance.now();
    const { identical, rows, position } = await this.registers.rebuild(name);
    return { register: name, identical, rows, position, milliseconds: Math.round(performance.now() - started) };
  }
}
