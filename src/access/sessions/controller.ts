import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Gate } from '../gate.js';
import { EvenBeforePasswordChange, EvenLocked, Public } from '../../http/authentication.js';
import type { AkashiRequest } from '../../http/request.js';
import { readCommand } from '../../walks/command-class.js';
import { Code, Text } from '../../walks/fields.js';
import { Problem } from '../../walks/problem.js';
import { PASSWORD_MAX } from '../accounts/password.js';
import { unauthenticated } from '../token.js';
import { Sessions, type Session, type Tokens } from './sessions.js';
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

export class UnlockRequest {
  @Text({ label: 'パスワード', max: PASSWORD_MAX })
  password!: string;
}

export class PurposeRequest {
  @Code({ label: '使用目的', example: 'routine-vaccination' })
  purpose!: string;
}

export class PasswordRequest {
  @Text({ label: '今のパスワード', max: PASSWORD_MAX })
  current!: string;

  @Text({ label: '新しいパスワード', max: PASSWORD_MAX })
  next!: string;
}

/** Said before and after signing in. */
const RECORDED = '操作は全て記録されます';

/** Beginning and end of a session. Neither passwords nor tokens are ever logged, answered back, or written in clear. */
@ApiTags('サインイン')
@Controller()
export class SessionController {
  constructor(
    @Inject(SignIn) private readonly signIns: SignIn,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Gate) private readonly gate: Gate,
  ) {}

  @Public()
  @Get('sign-in')
  @ApiOperation({ summary: 'サインインの画面に表示する文' })
  notice(): object {
    return { notice: RECORDED, factors: ['password', 'totp'] };
  }

  @Public()
  @Post('sign-in')
  @HttpCode(200)
  @ApiBody({ type: SignInRequest })
  @ApiOperation({ summary: 'ログインID・パスワード・確認コードでサインインする' })
  async begin(@Req() request: AkashiRequest, @Body() body: unknown): Promise<object> {
    const given = readCommand(SignInRequest, body ?? {});
    const { session, ...tokens } = await this.counted(request, () => this.signIns.signIn(given, request.ip));
    const { actor, purpose } = session.principal;
    return {
      session: session.id, ...tokens, notice: RECORDED,
      staff: actor.staff, department: actor.department, role: actor.role, purpose,
      endsAt: new Date(session.endsAt).toISOString(), lockAfterSeconds: this.sessions.policy.session.idleMs / 1000,
      ...(session.mustChange && { mustChangePassword: true }),
    };
  }

  @Public()
  @Post('session/renewals')
  @HttpCode(200)
  @ApiBody({ type: RenewalRequest })
  @ApiOperation({ summary: '更新トークンで新しいトークンを受け取る（更新トークンは一度だけ使える）' })
  renew(@Req() request: AkashiRequest, @Body() body: unknown): Promise<Tokens> {
    const { renewal } = readCommand(RenewalRequest, body ?? {});
    return this.counted(request, () => this.signIns.renew(renewal));
  }

  @EvenLocked()
  @EvenBeforePasswordChange()
  @Post('session/unlocks')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiBody({ type: UnlockRequest })
  @ApiOperation({ summary: 'ロックされた画面をパスワードで解除する' })
  async unlock(@Req() request: AkashiRequest, @Body() body: unknown): Promise<void> {
    const { password } = readCommand(UnlockRequest, body ?? {});
    await this.counted(request, () => this.signIns.unlock(sessionOf(request), password, request.ip));
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
    await this.sessions.choosePurpose(sessionOf(request), purpose);
  }

  @EvenBeforePasswordChange()
  @Post('session/password')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiBody({ type: PasswordRequest })
  @ApiOperation({ summary: '自分のパスワードを変更する' })
  async changePassword(@Req() request: AkashiRequest, @Body() body: unknown): Promise<void> {
    const { current, next } = readCommand(PasswordRequest, body ?? {});
    await this.counted(request, () => this.signIns.changePassword(sessionOf(request), current, next, request.ip));
  }

  /** Whoever did not get in is counted like everybody without a token. */
  private async counted<T>(request: AkashiRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 429)) this.gate.count(request.ip);
      throw error;
    }
  }
}

/** @throws Problem 401 for a token that belongs to no session */
function sessionOf({ session }: AkashiRequest): Session {
  if (!session) throw unauthenticated();
  return session;
}
