import { Controller, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { CommandBus, CommandHandler } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isId } from '../ledger/ids.js';
import { readCommand, type Command } from '../walks/command-class.js';
import { runCommand, type Call, type CommandResult } from '../walks/command-walk.js';
import { creates, type CommandSpec, type Context } from '../walks/context.js';
import type { Engine } from '../walks/engine.js';
import { notFound } from '../walks/problem.js';
import { NUMBER_AFFAIRS, TERMINAL_CLASS_NAMES } from '../walks/terminals.js';
import { correlationOf, idempotencyKeyOf, ifMatchOf, principalOf, waitOf, type AkashiReply, type AkashiRequest } from './request.js';

/** A command with its context, as it is put on the bus and on a route. */
export interface CommandRoute {
  readonly context: Context;
  readonly spec: CommandSpec;
  /** how it is run, where the plain walk is not all */
  readonly run?: (engine: Engine, command: Command, call: Call) => Promise<CommandResult>;
}

/** True once the registers have folded a position. */
export type WaitFor = (position: number, milliseconds: number) => Promise<boolean>;
export const WAIT_FOR = Symbol('waitFor');

const calls = new WeakMap<object, Call>();

/** Puts a command on the bus with how it came. */
export function dispatch(bus: CommandBus, command: Command, call: Call): Promise<CommandResult> {
  calls.set(command, call);
  return bus.execute(command);
}

/** The Nest CQRS handler of a command: the walk, and nothing else. */
export function commandHandler(engine: Engine, { context, spec, run }: CommandRoute): Type {
  class Handler {
    execute(command: Command): Promise<CommandResult> {
      const call = calls.get(command)!;
      return run ? run(engine, command, call) : runCommand(engine, context, spec as CommandSpec<unknown>, command, call);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${spec.type}Handler` });
  CommandHandler(spec.command)(Handler);
  return Handler;
}

/** The controller of a command, with its OpenAPI description, from the registration line alone. */
export function commandController({ context, spec }: CommandRoute): Type {
  const created = creates(spec);
  class CommandController {
    constructor(
      private readonly bus: CommandBus,
      private readonly waitFor: WaitFor,
    ) {}

    async run(request: AkashiRequest, reply: AkashiReply): Promise<object> {
      const target = (request.params as { id?: string }).id;
      if (!created && !isId(target)) throw notFound();
      const command = readCommand(spec.command, request.body ?? {});
      const idempotencyKey = spec.idFrom ? undefined : idempotencyKeyOf(request); // the same content is the same act, whatever its key
      const ifMatch = ifMatchOf(request);
      const result = await dispatch(this.bus, command, {
        principal: principalOf(request),
        correlationId: correlationOf(request),
        ...(target !== undefined && { target }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(ifMatch !== undefined && { ifMatch }),
      });
      const wait = waitOf(request);
      const inTime = wait === 0 || (await this.waitFor(result.position, wait));
      void reply.status(!inTime ? 202 : created && !result.repeated ? 201 : 200).header('ETag', `"${result.revision}"`);
      if (result.repeated) void reply.header('Idempotent-Replayed', 'true');
      if (created && !context.singleton) void reply.header('Location', `${spec.route.slice('POST '.length)}/${result.id}`);
      return toBody(result);
    }
  }
  Object.defineProperty(CommandController, 'name', { value: `${spec.type}Controller` });
  Inject(CommandBus)(CommandController, undefined as never, 0);
  Inject(WAIT_FOR)(CommandController, undefined as never, 1);
  Controller()(CommandController);
  describe(CommandController, context, spec, created);
  return CommandController;
}

function toBody({ id, revision, position, recordedAt, events, repeated, findings, reasons, ...rest }: CommandResult): object {
  const deviations = findings.map((finding, i) => ({ ...finding, message: reasons[i] }));
  const { stream: _, ...more } = rest;
  return { id, revision, position, recordedAt, events, repeated, ...(deviations.length > 0 && { outcome: 'deviation', deviations }), ...more };
}

function describe(controller: Type, context: Context, spec: CommandSpec, created: boolean): void {
  const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, 'run')!;
  const on = (decorator: MethodDecorator): void => void decorator(controller.prototype as object, 'run', descriptor);
  Req()(controller.prototype as object, 'run', 0);
  Res({ passthrough: true })(controller.prototype as object, 'run', 1);
  on(Post(spec.route.slice('POST '.length)));
  on(ApiOperation({ summary: spec.summary, operationId: spec.type, description: `必要な権限: ${spec.right ?? 'なし（サインインしていること）'}${spec.ownOf ? '（本人が自分について行うときは不要）' : ''}。使える端末: ${(spec.terminals ?? NUMBER_AFFAIRS).map((of) => TERMINAL_CLASS_NAMES[of]).join('、')}` }));
  on(ApiTags(context.label));
  on(ApiBearerAuth());
  on(ApiBody({ type: spec.command }));
  if (!created) on(ApiParam({ name: 'id', description: `${context.label}のID`, schema: { type: 'string', format: 'uuid' } }));
  if (!spec.idFrom) on(ApiHeader({ name: 'Idempotency-Key', required: false, description: '同じ要求の繰返しを一度の取扱いにするための UUID' }));
  if (!created) on(ApiHeader({ name: 'If-Match', required: false, description: '表示したときの ETag。その後に変更があれば 412' }));
  on(ApiHeader({ name: 'Prefer', required: false, description: 'wait=秒数（10まで）。台帳に反映されるまで待つ。間に合わなければ 202' }));
  on(ApiResponse({ status: created ? 201 : 200, description: '記録した事象のID・版・位置' }));
  Object.defineProperty(controller.prototype, 'run', descriptor);
}
