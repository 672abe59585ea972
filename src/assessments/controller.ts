import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNotFoundResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../http/request.js';
import { isId } from '../ledger/ids.js';
import { ENGINE, type Engine } from '../walks/engine.js';
import { notFound } from '../walks/problem.js';
import { requireRight } from '../walks/refuse.js';
import { OFFICES } from '../walks/terminals.js';
import { companionsOf } from './affair.js';
import type { Assessment } from './answers/assessment.js';
import { awaitingJudgement } from './changes/significance.js';
import { judgementsOf, placeOfChange, toCompare } from './drafts/comparing.js';
import { documentOf, formOfVersion } from './drafts/document.js';
import type { Version } from './drafts/state.js';
import { versionOf } from './module.js';
import { STEP_LABELS, isDone, isSimulated, missingBefore, pathOf } from './procedure/steps.js';
import { inThread } from './work/in-thread.js';

/** Versions of assessments as they are written: no personal information of a file, so whoever has the right reads them without a record of each look. */
@ApiTags('評価書')
@ApiBearerAuth()
@ApiNotFoundResponse()
@ApiParam({ name: 'id', format: 'uuid' })
@Controller('assessments')
export class AssessmentController {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  @Get(':id')
  @ApiOperation({ summary: '評価書の版: 書いた欄とその改訂番号、繰返し、取り置き、コメント、手続の進み（提出が模擬のときは simulated が true）、公表しない部分' })
  async version(@Req() request: AkashiRequest, @Param('id') id: string): Promise<object> {
    const version = await this.read(request, id);
    const { drafted, cells, asides, comments, entries, judged, bindings, steps, withheld, abandoned, left } = version;
    const { kind, form } = drafted!;
    return {
      id, ...drafted, entries: [...entries.byId.values()].map(({ origin: _, ...entry }) => entry), abandoned,
      cells: [...cells.values()], setAside: [...asides].map(([aside, kept]) => ({ aside, ...kept })), comments: comments.map((said, at) => ({ comment: at + 1, ...said })),
      judgements: [...judged.values()], bindings: bindings && { text: bindings.text, revision: bindings.revision, by: bindings.by }, left: left === null ? [] : (JSON.parse(left) as unknown),
      procedure: pathOf(kind, form).map(({ step, need }) => ({ step, label: STEP_LABELS[step], need, done: steps[step] ?? null, waitsFor: isDone(steps, step) ? null : (missingBefore(step, steps, kind, form) ?? null) })),
      simulated: isSimulated(steps), withheld, lastLook: steps.looked ?? null,
    };
  }

  @Get(':id/document')
  @ApiOperation({ summary: '評価書の文書（公表された版はその文書、案は今の文）' })
  async document(@Req() request: AkashiRequest, @Param('id') id: string): Promise<Assessment> {
    const version = await this.read(request, id);
    return textOf(version);
  }

  @Get(':id/check')
  @ApiOperation({ summary: '評価書の版の矛盾・未記入・確かめるところ、同じ事務のほかの様式との違い、もとの版からの変更、判断を待つ変更' })
  async check(@Req() request: AkashiRequest, @Param('id') id: string): Promise<object> {
    const version = await this.read(request, id);
    const { basedOn, affair: of, form } = version.drafted!;
    const { ledger } = this.engine;
    const others = await Promise.all((await companionsOf(ledger, of, form)).map((other) => versionOf(ledger, other)));
    const base = basedOn === undefined ? undefined : await versionOf(ledger, basedOn);
    const compared = toCompare(version, base);
    const { findings, changes, dependencies, affair } = await inThread({ kind: 'examine', document: textOf(version), companions: others.map(textOf), ...(compared && { compared }) });
    const judged = compared ? judgementsOf(version, changes, compared) : [];
    const awaiting = new Set(awaitingJudgement(changes, judged).map(({ key }) => key));
    const grounds = new Map(judged.map(({ change, ground }) => [change, ground]));
    return {
      edition: formOfVersion(version).formId, findings, affair, dependencies,
      changes: changes.map((change) => ({ ...change, ...(compared && placeOfChange(change, compared)), ground: grounds.get(change.key) ?? null, awaitsJudgement: awaiting.has(change.key) })),
    };
  }

  private async read(request: AkashiRequest, id: string): Promise<Version> {
    await requireRight(this.engine, principalOf(request), correlationOf(request), 'assessment:see', OFFICES);
    if (!isId(id)) throw notFound('評価書の版');
    const version = await versionOf(this.engine.ledger, id);
    if (!version.drafted) throw notFound('評価書の版');
    return version;
  }
}

/** The published document; of a draft what it reads now. */
function textOf(version: Version): Assessment {
  return version.published ? (JSON.parse(version.published.document) as Assessment) : documentOf(version);
}
