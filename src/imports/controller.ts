import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Put, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiReply, type AkashiRequest } from '../http/request.js';
import { fileOf } from '../handling/block.js';
import { isId } from '../ledger/ids.js';
import { ENGINE, type Engine } from '../walks/engine.js';
import { Problem, notFound } from '../walks/problem.js';
import { requireRight } from '../walks/refuse.js';
import { readImport, rejectsCsv, summaryOf, type FoldedImport, type ImportSummary } from './progress.js';
import { runImport } from './run.js';

@ApiTags('取込み')
@ApiBearerAuth()
@Controller('imports')
export class ImportController {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  @Put(':id/content')
  @ApiParam({ name: 'id', format: 'uuid' })
  @HttpCode(200)
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({ summary: 'ファイルの中身を送る。途中で切れたら、同じファイルをもう一度送れば続きから進む' })
  async content(@Req() request: AkashiRequest): Promise<ImportSummary> {
    const { actor } = principalOf(request);
    await this.permit(request, 'import:run');
    const body = request.body as AsyncIterable<Uint8Array> | undefined;
    if (!body || typeof body !== 'object' || !(Symbol.asyncIterator in body)) throw new Problem(415, 'unsupported-media-type', 'Content-Type は text/csv で送ってください');
    const { state, file } = await this.importFor(request);
    if (state.migration) await this.permit(request, 'migration', file);
    return runImport(this.engine, idOf(request), actor, body);
  }

  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '取込みの進み具合と結果' })
  async summary(@Req() request: AkashiRequest): Promise<ImportSummary> {
    await this.importFor(request);
    return summaryOf(this.engine, idOf(request));
  }

  @Get(':id/rejects')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOperation({ summary: '取り込めなかった行（行・列・理由。値は含まない）を CSV で受け取る' })
  async rejects(@Req() request: AkashiRequest, @Res({ passthrough: true }) reply: AkashiReply): Promise<StreamableFile> {
    const read = await this.importFor(request);
    const id = idOf(request);
    void reply.header('Content-Type', 'text/csv; charset=utf-8').header('Content-Disposition', `attachment; filename="rejects-${id}.csv"`);
    return new StreamableFile(Readable.from(rejectsCsv(this.engine, read), { objectMode: false }));
  }

  /** The import that a request names, for whoever may import into its file. Who may import into none is not told whether there is such an import. */
  private async importFor(request: AkashiRequest): Promise<FoldedImport & { readonly file: string }> {
    await this.permit(request, 'import:run');
    const read = await readImport(this.engine, idOf(request));
    const file = fileOf(read.opened)!;
    await this.permit(request, 'import:run', file);
    return { ...read, file };
  }

  private permit(request: AkashiRequest, right: 'import:run' | 'migration', file?: string): Promise<void> {
    return requireRight(this.engine, principalOf(request), correlationOf(request), right, undefined, file);
  }
}

function idOf(request: AkashiRequest): string {
  const { id } = request.params as { id?: string };
  if (!isId(id)) throw notFound('取込み');
  return id;
}
