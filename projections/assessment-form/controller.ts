import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNotFoundResponse, ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Assessment } from '../../src/assessments/answers/assessment.js';
import type { Version } from '../../src/assessments/drafts/state.js';
import { documentOf } from '../../src/assessments/drafts/document.js';
import { versionOf } from '../../src/assessments/module.js';
import { onDocument } from '../../src/assessments/work/in-thread.js';
import { isSimulated } from '../../src/assessments/procedure/steps.js';
import { correlationOf, principalOf, type AkashiReply, type AkashiRequest } from '../../src/http/request.js';
import { isId, streamName } from '../../src/ledger/ids.js';
import { ASSESSMENT, AssessmentPublished, AssessmentSubmitted, ItemsWithheld } from '../../src/assessments/events.js';
import { withheldIn } from '../../src/assessments/drafts/withholding.js';
import { readCommand } from '../../src/walks/command-class.js';
import { ENGINE, type Engine } from '../../src/walks/engine.js';
import { Choice } from '../../src/walks/fields.js';
import { notFound } from '../../src/walks/problem.js';
import { requireRight } from '../../src/walks/refuse.js';
import { OFFICES } from '../../src/walks/terminals.js';
import { threadFile } from '../../src/walks/threads.js';
import { FORM_FORMATS, contentTypeOf, type FormFormat } from './formats.js';
import type { FormStart } from './worker.js';

/** しきい値判断 of a version, or of the nearest one that it was made from. */
async function thresholdOf(ledger: Engine['ledger'], version: Version): Promise<Version['steps']['threshold']> {
  const { steps: { threshold }, drafted } = version;
  return threshold ?? (drafted?.basedOn === undefined ? undefined : thresholdOf(ledger, await versionOf(ledger, drafted.basedOn)));
}

const WORKER = threadFile('projections/assessment-form/worker');

/** What is submitted to the commission is the whole, what is open to the public may lack parts (規則第13条). */
const EDITIONS = ['whole', 'public'] as const;

class FormTerms {
  @Choice({ label: '形式（省略すると PDF）', of: FORM_FORMATS, required: false })
  format?: FormFormat;

  @Choice({ label: '根拠資料のとき true', of: ['true', 'false'], required: false })
  evidence?: 'true' | 'false';

  @Choice({ label: '全文か、公表しない部分を除いた公表用か（省略すると全文）', of: EDITIONS, required: false })
  edition?: (typeof EDITIONS)[number];
}


@ApiTags('評価書')
@ApiBearerAuth()
@ApiNotFoundResponse()
@Controller('assessments')
export class AssessmentFormController {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  /** The same version gives the same bytes; the position is that of its publication, or of what was written last, and stands in the metadata of the file alone. */
  @Get(':id/form')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiQuery({ name: 'format', required: false, enum: FORM_FORMATS, description: '形式（省略すると PDF）' })
  @ApiQuery({ name: 'evidence', required: false, enum: ['true', 'false'], description: '根拠資料のとき true' })
  @ApiQuery({ name: 'edition', required: false, enum: EDITIONS, description: '全文（whole。省略時）か、公表しない部分を除いた公表用（public）か' })
  @ApiProduces('application/pdf', 'text/html', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document')
  @ApiOperation({ summary: '評価書の版を公式の様式で書き出す。根拠資料（文書のSHA-256、記録の位置、様式未確認の項目など）は別の文書とする' })
  async form(@Req() request: AkashiRequest, @Param('id') id: string, @Query() query: { readonly format?: string; readonly evidence?: string; readonly edition?: string }, @Res({ passthrough: true }) reply: AkashiReply): Promise<Buffer> {
    const { engine } = this;
    await requireRight(engine, principalOf(request), correlationOf(request), 'assessment:see', OFFICES);
    const { format: asked, evidence: beside, edition: of } = query;
    const { format = 'pdf', evidence, edition = 'whole' } = readCommand(FormTerms, { ...(asked !== undefined && { format: asked }), ...(beside !== undefined && { evidence: beside }), ...(of !== undefined && { edition: of }) });
    if (!isId(id)) throw notFound('評価書の版');
    const version = await versionOf(engine.ledger, id);
    if (!version.drafted) throw notFound('評価書の版');
    const { recorded } = await engine.ledger.summary(streamName(ASSESSMENT, id));
    const isEvidence = evidence === 'true';
    const isPublic = edition === 'public';
    const stands: readonly string[] = [AssessmentPublished.type, ...(isPublic || isEvidence ? [ItemsWithheld.type] : []), ...(isEvidence ? [AssessmentSubmitted.type] : [])];
    const drawnAt = (version.published ? recorded.findLast(({ type }) => stands.includes(type)) ?? recorded.at(-1)! : recorded.at(-1)!).position;
    const assessment = version.published ? (JSON.parse(version.published.document) as Assessment) : documentOf(version);
    const threshold = isEvidence ? await thresholdOf(engine.ledger, version) : undefined;
    const start: FormStart = { assessment, format, evidence: isEvidence, withhold: isPublic || isEvidence ? withheldIn(version) : [], simulated: isSimulated(version.steps), position: drawnAt, ...(threshold && { threshold }) };
    const bytes = await onDocument<Uint8Array>(WORKER, start);
    const name = `assessment-${version.drafted.number}-form${version.drafted.form}${isEvidence ? '-evidence' : isPublic ? '-public' : ''}.${format}`;
    void reply.header('content-type', contentTypeOf(format)).header('content-disposition', `attachment; filename="${name}"`);
    return Buffer.from(bytes);
  }
}
