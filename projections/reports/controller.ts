import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiReply, type AkashiRequest } from '../../src/http/request.js';
import { readCommand, type CommandClass } from '../../src/walks/command-class.js';
import { Problem, notFound } from '../../src/walks/problem.js';
import { requireRight } from '../../src/walks/refuse.js';
import { OFFICES } from '../../src/walks/terminals.js';
import { reports } from './all.js';
import type { ReportDefinition } from './definition.js';
import { listedReports, type ListedReport } from './listed.js';
import { contentTypeOf, fileNameOf } from './render/index.js';
import { FORMATS, type Format } from './report.js';
import { runReport, type ReportsDesk } from './run-report.js';
import type { RunStatus } from './runs.js';
import type { ReportTerms } from './terms.js';

export const REPORTS_DESK = Symbol('reportsDesk');
/** Tells the run apart, so that its progress can be asked for while its answer comes. */
export const RUN_HEADER = 'Akashi-Report-Run';

@ApiTags('報告')
@ApiBearerAuth()
@Controller('reports')
export class ReportsController {
  constructor(@Inject(REPORTS_DESK) private readonly desk: ReportsDesk) {}

  @Get()
  @ApiOperation({ summary: '報告の一覧と、それぞれの条件' })
  async list(@Req() request: AkashiRequest): Promise<readonly ListedReport[]> {
    await requireRight(this.desk.engine, principalOf(request), correlationOf(request), undefined, OFFICES);
    return listedReports();
  }

  @Get('runs/:id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '自分が始めた報告の進み具合と終わり方' })
  async run(@Req() request: AkashiRequest, @Param('id') id: string): Promise<RunStatus> {
    const principal = principalOf(request);
    await requireRight(this.desk.engine, principal, correlationOf(request), undefined, OFFICES);
    const status = this.desk.runs.statusOf(id, principal.actor.staff);
    if (!status) throw notFound('報告の実行');
    return status;
  }
}

/** The controller of a report, with its OpenAPI description, from its definition alone. */
function reportController(definition: ReportDefinition, Terms: CommandClass<ReportTerms>): Type {
  const { name, title, about, right, further } = definition;
  class ReportController {
    constructor(private readonly desk: ReportsDesk) {}

    async run(request: AkashiRequest, reply: AkashiReply): Promise<void> {
      const format = formatOf(request);
      const call = { principal: principalOf(request), correlationId: correlationOf(request) };
      const { run, head, event, bytes } = await runReport(this.desk, definition, call, readCommand(Terms, request.body ?? {}), format);
      void reply
        .header('Content-Type', contentTypeOf(format))
        .header('Content-Disposition', `attachment; filename="${fileNameOf(head, format)}"`)
        .header(RUN_HEADER, run.id)
        .header('Akashi-Event', event)
        .header('Akashi-Position', String(head.stamp.position))
        .headers(head.stamp.recordedAt === null ? {} : { 'Akashi-Recorded-At': head.stamp.recordedAt })
        .send(bytes); // as it is: an answer that is cut off must not look like one that has come to its end
    }
  }
  Object.defineProperty(ReportController, 'name', { value: `Report-${name}` });
  Inject(REPORTS_DESK)(ReportController, undefined as never, 0);
  Controller('reports')(ReportController);
  const descriptor = Object.getOwnPropertyDescriptor(ReportController.prototype, 'run')!;
  const on = (decorator: MethodDecorator): void => void decorator(ReportController.prototype, 'run', descriptor);
  Req()(ReportController.prototype, 'run', 0);
  Res()(ReportController.prototype, 'run', 1);
  on(Post(name));
  on(HttpCode(200));
  on(ApiOperation({ summary: `報告: ${title}`, operationId: `report-${name}`, description: `${about}。必要な権限: ${right}${further ? '（条件により、ほかの権限も）' : ''}` }));
  on(ApiTags('報告'));
  on(ApiBearerAuth());
  on(ApiBody({ type: Terms }));
  on(ApiQuery({ name: 'format', required: false, description: '出力の形式。xlsx と pdf は5万行まで', enum: FORMATS }));
  on(ApiResponse({
    status: 200, description: 'どの位置までの記録かを示した報告。進み具合は Akashi-Report-Run の ID で分かる',
    headers: { [RUN_HEADER]: { description: '実行の ID', schema: { type: 'string', format: 'uuid' } }, 'Akashi-Position': { description: '読み取った位置', schema: { type: 'integer' } }, 'Akashi-Recorded-At': { description: 'その位置が記録された日時', schema: { type: 'string', format: 'date-time' } }, 'Akashi-Event': { description: 'この報告を記録した事象の ID', schema: { type: 'string', format: 'uuid' } } },
    content: Object.fromEntries(FORMATS.map((format) => [contentTypeOf(format).split(';')[0]!, { schema: format === 'json' ? { type: 'object' } : { type: 'string', format: 'binary' } }])),
  }));
  Object.defineProperty(ReportController.prototype, 'run', descriptor);
  return ReportController;
}

let controllers: Promise<readonly Type[]> | undefined;

/** A controller for each report, made once. Not awaited where this module is loaded: what imports it, which is everything, would have to be loaded asynchronously. */
export function reportControllers(): Promise<readonly Type[]> {
  controllers ??= Promise.all(reports.map(async (definition) => reportController(definition, await definition.terms())));
  return controllers;
}

/** @throws Problem 400 */
function formatOf({ query }: AkashiRequest): Format {
  const { format = 'json' } = query as { readonly format?: unknown };
  if (FORMATS.includes(format as Format)) return format as Format;
  throw new Problem(400, 'invalid-input', '入力に誤りがあります', { errors: [{ path: 'format', code: 'choice', message: `出力の形式は ${FORMATS.join('、')} のどれかで指定してください` }] });
}
