import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { correlationOf, principalOf, type AkashiRequest } from '../../http/request.js';
import { isErased, type EventOf } from '../../ledger/event-type.js';
import { openSealed } from '../../ledger/ledger.js';
import { ENGINE, now, type Engine } from '../../walks/engine.js';
import { look } from '../../walks/read-walk.js';
import { OFFICES, mayFrom } from '../../walks/terminals.js';
import type { LogReviewSigned } from './events.js';
import { logReviewsIn, type LogReview } from './reviews.js';

type Signature = EventOf<typeof LogReviewSigned>['data'] & {
  readonly at: string;
  readonly by: string;
  /** null where there are none, or they cannot be read any more */
  readonly remarks: string | null;
};

export interface LogReviewView {
  readonly id: string;
  /** YYYY-MM */
  readonly month: string;
  readonly due: string;
  readonly openedAt: string;
  /** reports of the month that read up to here have all of it */
  readonly upTo: number;
  readonly status: 'open' | 'overdue' | 'signed';
  readonly signed?: Signature;
}

@ApiTags('月次ログ点検')
@ApiBearerAuth()
@Controller('log-reviews')
export class LogReviewController {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  /** What was remarked may name people: it is opened, and recorded who looked. */
  @Get()
  @ApiOperation({ summary: '月次ログ点検を、署名と所見とともに月の順に一覧する' })
  async list(@Req() request: AkashiRequest): Promise<{ readonly reviews: readonly LogReviewView[]; readonly event: string }> {
    const { engine } = this;
    const call = { principal: principalOf(request), correlationId: correlationOf(request) };
    const { principal } = call;
    const mayRead = principal.rights.has('log:read') && principal.channel === 'staff' && mayFrom(engine, principal, OFFICES); // for anybody else nothing is read
    const rows = mayRead ? await logReviewsIn(engine.ledger) : [];
    const { today } = now(engine);
    const what = { query: 'log-reviews', rights: ['log:read'], terminals: OFFICES, extent: 'listed', file: 'handling-log', items: [], ownRecords: true, staffOnly: true } as const;
    const { views, event } = await look(engine, call, what, () => ({ rows, subjects: [] }), (row) => viewOf(engine, row, today));
    return { reviews: views, event };
  }
}

function viewOf({ ledger, alarm }: Engine, { id, month, due, opened, signed }: LogReview, today: string): LogReviewView {
  const common = { id, month: month.slice(0, 7), due, openedAt: opened.recordedAt, upTo: opened.position };
  if (!signed) return { ...common, status: due < today ? 'overdue' : 'open' };
  const sealed = openSealed(signed, ledger.vault);
  if (typeof sealed === 'string') alarm(sealed, { position: signed.position });
  const remarks = typeof sealed === 'string' || isErased(sealed) ? undefined : (sealed as { remarks?: string }).remarks;
  return { ...common, status: 'signed', signed: { ...(signed.data as EventOf<typeof LogReviewSigned>['data']), at: signed.recordedAt, by: signed.actor.staff, remarks: remarks ?? null } };
}
