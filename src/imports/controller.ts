import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Put, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiReply, type AkashiRequest } from '../http/request.js';
import { fileOf } from '../handling/block.js';
import { isId } from '../ledger/ids.js';
import { ENGINE, type Engine } from '../walks/engine.js';
import { Problem, notFound } from '../walks/problem.js';
import { requireRight } from '../walks/refuse.js';
import { STAFF } from '../access/events.js';
import type { StaffState } from '../access/staff-state.js';
import type { Context } from '../walks/context.js';
import { readImport, rejectsCsv, summaryOf, type FoldedImport, type ImportSummary } from './progress.js';
import { runImport } from './run.js';

@ApiTags('取込み')
@ApiBearerAuth()
@Controller('imports')
export class ImportController {
  constructor(@Inject(ENGINE) private readonly engine: Engine & { readonly contexts: readonly Context[] }) {}

  @Put(':id/content')
  @ApiParam({ name: 'id', format: 'uuid' })
  @HttpCode(200)
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({ summary: 'ファイルの中身を送る。途中で切れたら、同じファイルをもう一度送れば続きから進む' })
  async content(@Req() request: AkashiRequest): Promise<ImportSummary> {
    const principal = principalOf(request);
    await this.permit(request, 'import:run');
    const body = request.body as AsyncIterable<Uint8Array> | undefined;
    if (!body || typeof body !== 'object' || !(Symbol.asyncIterator in body)) throw new Problem(415, 'unsupported-media-type', 'Content-Type は text/csv で送ってください');
    const { id, state, file } = await this.importFor(request);
    if (state.migration) await this.permit(request, 'migration', file);
    const staff = this.engine.contexts.find(({ category }) => category === STAFF) as Context<StaffState>;
    return runImport(this.engine, id, principal.actor, body, { personnel: { staff, principal } });
  }

  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '取込みの進み具合と結果' })
  async summary(@Req() request: AkashiRequest): Promise<ImportSummary> {
    return summaryOf(this.engine, (await this.importFor(request)).id);
  }

  @Get(':id/rejects')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '取り込めなかった行（行・列・理由。値は含まない）を CSV で受け取る' })
  async rejects(@Req() request: AkashiRequest, @Res({ passthrough: true }) reply: AkashiReply): Promise<StreamableFile> {
    const { id, ...read } = await this.importFor(request);
    void reply.header('Content-Type', 'text/csv; charset=utf-8').header('Content-Disposition', `attachment; filename="rejects-${id}.csv"`);
    return new StreamableFile(Readable.from(rejectsCsv(this.engine, read), { objectMode: false }));
  }

  /** The import that a request names, for whoever may import into its file. Who may import into none is not told whether there is such an import. */
  private async importFor(request: AkashiRequest): Promise<FoldedImport & { readonly id: string; readonly file: string | undefined }> {
    await this.permit(request, 'import:run');
    const id = idOf(request);
    const read = await readImport(this.engine, id);
    const file = fileOf(read.opened);
    await this.permit(request, 'import:run', file);
    if (read.state.kind === 'personnel') await this.permit(request, 'staff:register'); // a file of the personnel office
    return { ...read, id, file };
  }

  private permit(request: AkashiRequest, right: 'import:run' | 'migration' | 'staff:register', file?: string): Promise<void> {
    return requireRight(this.engine, principalOf(request), correlationOf(request), right, undefined, file);
  }
}

function idOf(request: AkashiRequest): string {
  const { id } = request.params as { id?: string };
  if (!isId(id)) throw notFound('取込み');
  return id;
}
