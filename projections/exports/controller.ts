import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Sessions } from '../../src/access/sessions/sessions.js';
import { TokenVerifier } from '../../src/access/token.js';
import { principalNow } from '../../src/http/authentication.js';
import { correlationOf, principalOf, type AkashiReply, type AkashiRequest } from '../../src/http/request.js';
import { MakeExport } from '../../src/outputs/exports.js';
import { readCommand } from '../../src/walks/command-class.js';
import { idParam } from '../engine/queries.js';
import { RUN_HEADER } from '../reports/controller.js';
import { fileNameOf } from '../reports/render/index.js';
import { MAKE_EXPORT, makeExport, type ExportsDesk } from './make-export.js';

export const EXPORTS_DESK = Symbol('exportsDesk');

@ApiTags('ファイル出力')
@ApiBearerAuth()
@Controller('exports')
export class ExportController {
  constructor(
    @Inject(EXPORTS_DESK) private readonly desk: ExportsDesk,
    @Inject(TokenVerifier) private readonly tokens: TokenVerifier,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  @Post(':id/files')
  @HttpCode(200)
  @ApiParam({ name: 'id', description: 'ファイル出力のID', schema: { type: 'string', format: 'uuid' } })
  @ApiBody({ type: MakeExport })
  @ApiOperation({ summary: MAKE_EXPORT.summary, description: `必要な権限: ${MAKE_EXPORT.right}（個人番号の列があるときは number:show も）。age 形式（https://age-encryption.org/v1）で、合言葉で開く` })
  @ApiResponse({ status: 200, description: '暗号化したファイル（age 形式）', content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } })
  async make(@Req() request: AkashiRequest, @Res() reply: AkashiReply): Promise<void> {
    const id = idParam(request);
    const call = { principal: principalOf(request), correlationId: correlationOf(request), asker: () => principalNow(request, this.tokens, this.sessions) };
    const { run, head, event, bytes } = await makeExport(this.desk, readCommand(MakeExport, request.body ?? {}), call, id);
    void reply
      .header('Content-Type', 'application/octet-stream')
      .header('Content-Disposition', `attachment; filename="${fileNameOf(head, run.start.format)}.age"`)
      .header(RUN_HEADER, run.id)
      .header('Akashi-Event', event)
      .send(bytes); // as it is: an answer that is cut off must not look like one that has come to its end
  }
}
