import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EvenBeforePasswordChange, EvenLocked, Public } from '../../http/authentication.js';
import type { AkashiRequest } from '../../http/request.js';
import { readCommand } from '../../walks/command-class.js';
import { Code, Text } from '../../walks/fields.js';
import { Gate } from '../gate.js';
import { beginningOf, counted, sessionOf } from '../sessions/answers.js';
import { Sessions } from '../sessions/sessions.js';
import { Connections, addressOf } from '../terminals/connection.js';
import { SignInWays } from './ways.js';

/** Codes of some providers are whole tokens. */
export const OIDC_CODE_MAX = 8000;

export class OidcSignInRequest {
  @Text({ label: 'サインインの要求（POST /sign-in/oidc/requests の request）', max: 100 })
  request!: string;

  @Text({ label: '認可コード（戻り先に付いた code）', max: OIDC_CODE_MAX })
  code!: string;

  @Text({ label: '戻り先に付いた state', max: 200 })
  state!: string;

  @Text({ label: '戻り先に付いた iss', required: false, max: 500 })
  iss?: string;

  @Code({ label: '使用目的', required: false, example: 'routine-vaccination' })
  purpose?: string;
}

/** Signing in, and unlocking, by an OpenID provider. Neither codes nor secrets are ever logged, answered back, or written. */
@ApiTags('サインイン')
@Controller()
export class OidcController {
  constructor(
    @Inject(SignInWays) private readonly ways: SignInWays,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Gate) private readonly gate: Gate,
    @Inject(Connections) private readonly connections: Connections,
  ) {}

  @Public()
  @Post('sign-in/oidc/requests')
  @HttpCode(200)
  @ApiOperation({ summary: '認証基盤（OpenID プロバイダー）でのサインインを始める。authorizationUrl へ移り、request は戻るまで手元に置く' })
  request(@Req() request: AkashiRequest): Promise<object> {
    return counted(this.gate, request, () => this.ways.oidc.request(addressOf(request), null));
  }

  @Public()
  @Post('sign-in/oidc')
  @HttpCode(200)
  @ApiBody({ type: OidcSignInRequest })
  @ApiOperation({ summary: '認証基盤から戻ってサインインする（要求は一度だけ使える）' })
  async begin(@Req() request: AkashiRequest, @Body() body: unknown): Promise<object> {
    const given = readCommand(OidcSignInRequest, body ?? {});
    return beginningOf(await counted(this.gate, request, async () => this.ways.oidc.signIn(given, this.connections.expectTerminal(request))), this.sessions.policy().session.idleMs);
  }

  @EvenLocked()
  @EvenBeforePasswordChange()
  @Post('session/unlocks/requests')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'ロックされた画面を認証基盤で解除するための要求を始める' })
  requestUnlock(@Req() request: AkashiRequest): Promise<object> {
    return counted(this.gate, request, async () => this.ways.oidc.request(addressOf(request), sessionOf(request)));
  }
}
