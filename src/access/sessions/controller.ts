import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Gate } from '../gate.js';
import { Connections, addressOf } from '../terminals/connection.js';
import { EvenBeforePasswordChange, EvenLocked, Public } from '../../http/authentication.js';
import type { AkashiRequest } from '../../http/request.js';
import { PICKED_REASONS, type ReasonCode } from '../../handling/door.js';
import { readCommand } from '../../walks/command-class.js';
import { Choice, Code, Text } from '../../walks/fields.js';
import { ENGINE, now, type Engine } from '../../walks/engine.js';
import { unacceptable } from '../../walks/problem.js';
import type { Origin } from '../../walks/terminals.js';
import { PASSWORD_MAX } from '../accounts/password.js';
import { OIDC_CODE_MAX } from '../oidc/controller.js';
import { SignInWays } from '../oidc/ways.js';
import { mayBeFounded, type FoundingParts } from '../rights/chain.js';
import { chooseCase, choosePurpose } from './at-the-desk.js';
import { RECORDED, beginningOf, counted, sessionOf } from './answers.js';
import type { Tokens } from './session.js';
import { Sessions } from './sessions.js';
import { SignIn } from './sign-in.js';

export class SignInRequest {
  @Text({ label: 'ログインID', max: 64 })
  login!: string;

  @Text({ label: 'パスワード', max: PASSWORD_MAX })
  password!: string;

  @Text({ label: '確認コード', max: 10, example: '123456' })
  code!: string;

  @Code({ label: '使用目的', required: false, example: 'routine-vaccination' })
  purpose?: string;
}

export class RenewalRequest {
  @Text({ label: '更新トークン', max: 100 })
  renewal!: string;
}

/** The password, or what came back from the provider for a session that began there. */
export class UnlockRequest {
  @Text({ label: 'パスワード', required: false, max: PASSWORD_MAX })
  password?: string;

  @Text({ label: '解除の要求（POST /session/unlocks/requests の request）', required: false, max: 100 })
  request?: string;

  @Text({ label: '認可コード（戻り先に付いた code）', required: false, max: OIDC_CODE_MAX })
  code?: string;

  @Text({ label: '戻り先に付いた state', required: false, max: 200 })
  state?: string;

  @Text({ label: '戻り先に付いた iss', required: false, max: 500 })
  iss?: string;
}

export class PurposeRequest {
  @Code({ label: '使用目的', example: 'routine-vaccination' })
  purpose!: string;
}

/** The case at the counter: 受付番号, a reason of the pick list, or both. */
export class CaseRequest {
  @Text({ label: '受付番号', required: false, max: 100 })
  caseRef?: string;

  @Choice({ label: '理由', of: PICKED_REASONS, required: false, example: 'counter' })
  reasonCode?: ReasonCode;
}

export class PasswordRequest {
  @Text({ label: '今のパスワード', max: PASSWORD_MAX })
  current!: string;

  @Text({ label: '新しいパスワード', max: PASSWORD_MAX })
  next!: string;
}

type FoundingEngine = Engine & FoundingParts;

/** Beginning and end of a session. Neither passwords nor tokens are ever logged, answered back, or written in clear. */
@ApiTags('サインイン')
@Controller()
export class SessionController {
  constructor(
    @Inject(SignIn) private readonly signIns: SignIn,
    @Inject(SignInWays) private readonly ways: SignInWays,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Gate) private readonly gate: Gate,
    @Inject(Connections) private readonly connections: Connections,
    @Inject(ENGINE) private readonly engine: FoundingEngine,
  ) {}

  @Public()
  @Get('sign-in')
  @ApiOperation({ summary: 'サインインの画面に表示する文' })
  notice(): object {
    return { notice: RECORDED, factors: this.ways.factors };
  }

  @Public()
  @Post('sign-in')
  @HttpCode(200)
  @ApiBody({ type: SignInRequest })
  @ApiOperation({ summary: 'ログインID・パスワード・確認コードでサインインする' })
  async begin(@Req() request: AkashiRequest, @Body() body: unknown): Promise<object> {
    const given = readCommand(SignInRequest, body ?? {});
    this.ways.expectPassword();
    return beginningOf(await counted(this.gate, request, async () => this.signIns.signIn(given, await this.placeOf(request))), this.sessions.policy().session.idleMs);
  }

  @Public()
  @Post('session/renewals')
  @HttpCode(200)
  @ApiBody({ type: RenewalRequest })
  @ApiOperation({ summary: '更新トークンで新しいトークンを受け取る（更新トークンは一度だけ使える）' })
  renew(@Req() request: AkashiRequest, @Body() body: unknown): Promise<Tokens> {
    const { renewal } = readCommand(RenewalRequest, body ?? {});
    return counted(this.gate, request, () => this.signIns.renew(renewal, this.connections.originOf(request)));
  }

  @EvenLocked()
  @EvenBeforePasswordChange()
  @Post('session/unlocks')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiBody({ type: UnlockRequest })
  @ApiOperation({ summary: 'ロックされた画面を解除する（パスワード、または認証基盤から戻った値）' })
  async unlock(@Req() request: AkashiRequest, @Body() body: unknown): Promise<void> {
    const { password, request: asked, code, state, iss } = readCommand(UnlockRequest, body ?? {});
    const session = sessionOf(request);
    await counted(this.gate, request, async () => {
      if (session.identity === null && password !== undefined) return this.signIns.unlock(session, password, addressOf(request));
      if (session.identity !== null && asked !== undefined && code !== undefined && state !== undefined) return this.ways.oidc.unlock(session, { request: asked, code, state, ...(iss !== undefined && { iss }) }, addressOf(request));
      throw unacceptable('unlock-as-begun', session.identity === null ? 'パスワードで解除してください' : '認証基盤で認証を受け、戻った値（request、code、state）で解除してください');
    });
  }

  @EvenLocked()
  @EvenBeforePasswordChange()
  @Delete('session')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'サインアウトする' })
  end(@Req() request: AkashiRequest): void {
    this.sessions.end(sessionOf(request), 'signed-out');
  }

  @Post('session/purpose')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiBody({ type: PurposeRequest })
  @ApiOperation({ summary: 'このあとの取扱いの使用目的を選ぶ' })
  async choosePurpose(@Req() request: AkashiRequest, @Body() body: unknown): Promise<void> {
    const { purpose } = readCommand(PurposeRequest, body ?? {});
    await choosePurpose(this.engine, this.sessions, sessionOf(request), purpose);
  }

  @Post('session/case')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiBody({ type: CaseRequest })
  @ApiOperation({ summary: 'このあとの取扱いの受付番号・理由を選ぶ（変更・取消・画面ロックまで有効）' })
  async chooseCase(@Req() request: AkashiRequest, @Body() body: unknown): Promise<void> {
    const chosen = readCommand(CaseRequest, body ?? {});
    if (chosen.caseRef === undefined && chosen.reasonCode === undefined) throw unacceptable('case-empty', '受付番号か理由を指定してください');
    await chooseCase(this.sessions, sessionOf(request), chosen);
  }

  @Delete('session/case')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: '選んだ受付番号・理由を取り消す' })
  async clearCase(@Req() request: AkashiRequest): Promise<void> {
    await chooseCase(this.sessions, sessionOf(request), {});
  }

  @EvenBeforePasswordChange()
  @Post('session/password')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiBody({ type: PasswordRequest })
  @ApiOperation({ summary: '自分のパスワードを変更する' })
  async changePassword(@Req() request: AkashiRequest, @Body() body: unknown): Promise<void> {
    const { current, next } = readCommand(PasswordRequest, body ?? {});
    this.ways.expectPassword();
    await counted(this.gate, request, () => this.signIns.changePassword(sessionOf(request), current, next, addressOf(request)));
  }

  /** From a registered terminal; on the machine itself also to be present at a founding, as long as one may be held. @throws Problem 403 `terminal-unknown` */
  private async placeOf(request: AkashiRequest): Promise<Origin> {
    const origin = this.connections.originOf(request);
    const isAtNone = this.connections.terminals.areEnforced && origin.terminal === null && origin.atMachine;
    return isAtNone && (await mayBeFounded(this.engine, now(this.engine).today)) ? origin : this.connections.expectTerminal(request);
  }
}
