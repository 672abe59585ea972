import 'reflect-metadata';
import { writeFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { pino, type Logger } from 'pino';
import { CATCH_UP_MS } from '../projections/engine/desk.js';
import { Registers } from '../projections/engine/registers.js';
import { reportControllers } from '../projections/reports/controller.js';
import { ReportRuns } from '../projections/reports/runs.js';
import { overdueAuthenticatorsDuty } from './access/authenticators/overdue.js';
import { LOG_REVIEW } from './access/log-reviews/events.js';
import { logReviewDuty } from './access/log-reviews/duty.js';
import type { LogReviewState } from './access/log-reviews/log-review.js';
import { instantsOf } from './access/log-reviews/months.js';
import { overdueFindingsDuty, suspicionDuty } from '../projections/suspicion/duty.js';
import type { AccessPolicy } from './access/policy.js';
import { UNIT_ENDINGS, unitEndingsDuty } from './access/organisation/endings.js';
import { UnitEnded } from './access/organisation/events.js';
import { rightReviewDuty } from './access/reviews/duty.js';
import { OidcSignIn } from './access/oidc/sign-in.js';
import { SignInWays } from './access/oidc/ways.js';
import { SignIn } from './access/sessions/sign-in.js';
import { Sessions } from './access/sessions/sessions.js';
import { EMERGENCY } from './access/emergency/events.js';
import { emergencyDuty, emergencyFollower } from './access/emergency/run.js';
import type { EmergencyState } from './access/emergency/state.js';
import { STAFF } from './access/events.js';
import type { StaffState } from './access/staff-state.js';
import { Gate } from './access/gate.js';
import { TERMINAL } from './access/terminals/events.js';
import { Connections } from './access/terminals/connection.js';
import { handlingsOf } from '../projections/handling-log/query.js';
import { OUTPUTS, overdueOutputs, standingExports } from '../projections/registers/outputs/query.js';
import { overdueAuthenticators } from '../projections/registers/staff/query.js';
import { assessmentDuties } from '../projections/registers/assessments/duties.js';
import { figuresNow } from '../projections/registers/figures.js';
import { hasRecordIn } from '../projections/registers/vaccinations/query.js';
import { AppModule } from './app.module.js';
import { openEngine, type EngineOptions, type OpenEngine } from './engine.js';
import { answerAsStandby } from './http/standby.js';
import { keepPositionsIn } from './http/outward.js';
import { createMetrics } from './http/metrics.js';
import { describeAnswers } from './http/openapi.js';
import { ProblemFilter, sendProblem } from './http/problem-filter.js';
import { correlationOf, takeCorrelation, type AkashiReply, type AkashiRequest } from './http/request.js';
import { answerNoRequest, secureHeaders } from './http/security-headers.js';
import { readTls, type ServerTls } from './http/tls.js';
import { newId } from './ledger/ids.js';
import { ADDRESS_FILE, agencyWords, makeDirectory, type Settings } from './settings.js';
import type { Clock } from './store/clock.js';
import { closeAll } from './store/close-all.js';
import type { ConnectionLog } from './store/eventstoredb/connection.js';
import type { Waiting } from './store/open.js';
import type { Tenure } from './store/tenure.js';
import type { Context } from './walks/context.js';
import { exportDuty } from './outputs/export-duty.js';
import { overdueDuty } from './outputs/overdue.js';
import { UnderWay } from './outputs/under-way.js';
import { protectionFollower } from './subjects/newly-protected.js';
import { startDuties, type Duties, type Duty } from './walks/duties.js';
import { now } from './walks/engine.js';
import { Problem } from './walks/problem.js';

export interface RunningServer {
  readonly address: string;
  readonly engine: OpenEngine;
  readonly registers: Registers;
  readonly duties: Duties;
  /** everything that answers, as the web server has it: `GET /staff/:id` */
  readonly routes: readonly string[];
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

/** One request holds at most this much; imports have a route of their own. */
const BODY_LIMIT = 1024 * 1024;
/** More requests under way than this are sent away: 503. */
const IN_FLIGHT = 1024;
/** How long the body of a request may take, in milliseconds. */
const BODY_MS = 30_000;
/** More connections than this are closed at once. */
const CONNECTIONS = 4096;

/** What happens to a connection when all is well. */
const QUIET = new Set(['opened', 'again', 'lease-taken', 'lease-waiting', 'lease-released']);

export interface ServerOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly policy?: AccessPolicy;
  /** ends the waiting for another engine */
  readonly signal?: AbortSignal;
  readonly onWaiting?: (why: Waiting) => void;
}

/** Opens the engine and answers HTTP until closed. */
export async function startServer(settings: Settings, options: ServerOptions = {}): Promise<RunningServer> {
  const logger = options.logger ?? pino({ level: settings.logLevel });
  const tls = settings.tls && readTls(settings.tls);
  for (const directory of [settings.data, settings.vault.directory]) makeDirectory(directory);
  const log: ConnectionLog = ({ event, ...rest }) => (QUIET.has(event) ? logger.info(rest, `event store: ${event}`) : logger.warn(rest, `event store: ${event}`));
  const engine = await openedEngine(settings, tls, options, log, ({ code, detail }) => logger.error({ alarm: code, ...detail }, 'alarm'));
  const addressFile = join(settings.data, ADDRESS_FILE);
  rmSync(addressFile, { force: true }); // of one that was killed
  const instance = newId();
  const registers = await Registers.start({ store: engine.store, vault: settings.vault, directory: settings.data, alarm: engine.alarm, log });
  engine.askRecords({
    hasRecordIn: (subject, file) => hasRecordIn(registers.query('vaccinations'), subject, file),
    handlingsOf: async (staff, month, events) => {
      if (!(await registers.waitFor(await engine.store.head(), CATCH_UP_MS, 'handling-log'))) throw new Problem(503, 'register-behind', '台帳への反映が遅れています。少し待ってからもう一度実行してください', { retryAfter: 1 });
      return handlingsOf(registers.query('handling-log'), staff, instantsOf(month), events);
    },
    figures: () => figuresNow(engine, registers),
  });
  const gate = new Gate(engine.ledger, (error) => engine.alarm('gate-not-recorded', { cause: (error as Error).name }));
  const sessions = new Sessions(engine, engine.policy, engine.standing);
  const signIns = new SignIn(engine, sessions, engine.policy);
  const { password, oidc } = settings.signIn;
  const ways = new SignInWays(password, oidc && new OidcSignIn(engine, signIns, sessions, oidc));
  engine.followers.add(sessions.follow, emergencyFollower(engine, sessions));
  // Whose terminal has gone, or who came in before there was any, comes in again.
  engine.followers.add((stream) => stream.startsWith(`${TERMINAL}-`) && sessions.endWhere(({ principal }) => !engine.terminals.mayGoOn(principal.terminal), 'terminal'));
  const connections = new Connections(engine.terminals, settings.trustedProxies);
  const runs = new ReportRuns();
  const underWay = new UnderWay();
  // Whoever is not protected any more stays left out of what has begun.
  engine.followers.add(protectionFollower({ set: (subject) => runs.protect(subject), delete: () => undefined }));
  const agency = agencyWords(settings);
  const metrics = createMetrics({ head: () => engine.store.head(), registers: () => registers.status(), alarms: engine.alarmsRaised });

  const adapter = new FastifyAdapter({ logger: false, bodyLimit: BODY_LIMIT, trustProxy: settings.trustedProxies.length > 0 && ((address: string): boolean => connections.isProxy(address)), ...(tls && { https: tls.options }), routerOptions: { maxParamLength: 100 }, requestTimeout: 0, forceCloseConnections: true, frameworkErrors: frameworkErrors(tls !== undefined), clientErrorHandler: answerNoRequest(tls !== undefined) });
  const server = adapter.getInstance<FastifyInstance>();
  const routes: string[] = [];
  server.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((each) => `${each} ${url}`)));
  // Files for import come as they are and are read piece by piece.
  server.addContentTypeParser(FILE_TYPES, (_request, payload, done) => done(null, payload));
  metrics.observe(server);
  server.addHook('onRequest', (request, reply, done) => {
    takeCorrelation(request, (...source) => engine.ledger.vault.deriveId(...source));
    secureHeaders(reply, request.url, tls !== undefined);
    // A proxy that passes on what somebody wrote there says nothing about where they are.
    if (isIP(request.ip) === 0) sendProblem(request, reply, new Problem(400, 'invalid-header', 'リバースプロキシの X-Forwarded-For に IP アドレスがありません'));
    else done();
  });
  answerOnlyWhileActive(server, engine.store.tenure);
  keepPositionsIn(server);
  limitInFlight(server);
  logRequests(server, logger);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of({ reportControllers: await reportControllers(), engine, registers, runs, underWay, agency, gate, sessions, signIns, ways, connections, metrics: metrics.registry, instance }), adapter, { logger: false, abortOnError: false });
  app.useGlobalFilters(new ProblemFilter(logger, engine.alarm, () => engine.store.head()));
  serveOpenApi(app);
  const closeParts = (): Promise<void> => closeAll(() => app.close(), () => runs.close(), () => sessions.close(), () => gate.close(), () => registers.stop(), () => engine.close());
  try {
    server.server.maxConnections = CONNECTIONS;
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await closeParts().catch(() => undefined); // why it cannot listen is what is said
    throw error;
  }
  const { port } = server.server.address() as AddressInfo;
  const address = `${tls ? 'https' : 'http'}://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  writeFileSync(addressFile, JSON.stringify({ address, pid: process.pid, instance, ...(tls && { certificate: tls.certificate }) }), { mode: 0o600 });
  logger.info({ address }, 'engine is up');
  const stopping = new AbortController();
  const duties = startDuties({ clock: engine.elapsed, alarm: engine.alarm, store: engine.store }, dutiesOf(engine, registers, underWay, stopping.signal));
  engine.followers.add((_, events) => void (events.some(({ type }) => type === UnitEnded.type) && duties.wake(UNIT_ENDINGS)));

  const close = (): Promise<void> => closeAll(() => rmSync(addressFile, { force: true }), () => stopping.abort(), () => duties.stop(), closeParts);
  return { address, engine, registers, duties, routes, app, close };
}

/** What the engine sees to of its own accord. */
function dutiesOf(engine: OpenEngine, registers: Registers, underWay: UnderWay, signal: AbortSignal): readonly Duty[] {
  const contextOf = <S>(category: string): Context<S> => engine.contexts.find((context) => context.category === category) as Context<S>;
  return [
    unitEndingsDuty(engine, contextOf<StaffState>(STAFF)),
    emergencyDuty(engine, contextOf<EmergencyState>(EMERGENCY)),
    rightReviewDuty(engine),
    logReviewDuty(engine, contextOf<LogReviewState>(LOG_REVIEW)),
    exportDuty(engine, {
      standing: async () => {
        await registers.waitFor(await engine.store.head(), CATCH_UP_MS, OUTPUTS); // what was begun last is what was cut off
        return standingExports(registers.query(OUTPUTS), now(engine).today);
      },
      maxDays: () => engine.policy().output.exportDays,
      isUnderWay: (id) => underWay.has(id),
    }),
    overdueDuty(engine, (today) => overdueOutputs(registers.query(OUTPUTS), today)),
    overdueAuthenticatorsDuty(engine, (today) => overdueAuthenticators(registers.query('staff'), today)),
    suspicionDuty({ engine, registers, signal }), overdueFindingsDuty({ engine, registers }),
    ...assessmentDuties({ engine, registers }),
  ];
}

/** Opens the engine; while another is active, this process says that it stands by. */
async function openedEngine(settings: Settings, tls: ServerTls | undefined, { clock, signal, onWaiting, policy }: ServerOptions, log: ConnectionLog, onAlarm: NonNullable<EngineOptions['onAlarm']>): Promise<OpenEngine> {
  let standby: ReturnType<typeof answerAsStandby> | undefined;
  const wait = (why: Waiting): void => {
    standby ??= answerAsStandby(settings.port, settings.host, tls);
    // When somebody else has the port: whether that matters is seen when the engine needs it.
    void standby.catch(() => undefined).then(() => onWaiting?.(why));
  };
  try {
    return await openEngine(settings, { ...(clock && { clock }), ...(signal && { signal }), ...(policy && { policy }), log, onWaiting: wait, onAlarm });
  } finally {
    await standby?.then((answering) => answering.close(), () => undefined);
  }
}

function serveOpenApi(app: NestFastifyApplication): void {
  const description = '証（あかし）: 番号法の特定個人情報の取扱いを、すべて事象として記録し、評価書の記載事項と照合する台帳エンジンの HTTP API。誤りは RFC 9457 の形式で、変わらない code を付けて返す。';
  const config = new DocumentBuilder().setTitle('証（あかし） HTTP API').setDescription(description).setVersion('0.1.0').addBearerAuth().build();
  SwaggerModule.setup('docs', app, () => describeAnswers(SwaggerModule.createDocument(app, config)), { jsonDocumentUrl: 'docs-json', customSiteTitle: '証（あかし） API' });
}

type Server = FastifyInstance;

/** What Fastify refuses before there is a route: a path that is no text, or far too long. Its own answer would repeat it. */
function frameworkErrors(isEncrypted: boolean): (_: unknown, request: AkashiRequest, reply: AkashiReply) => void {
  return (_, request, reply) => {
    void reply.header('X-Correlation-Id', correlationOf(request));
    secureHeaders(reply, request.url, isEncrypted);
    sendProblem(request, reply, new Problem(400, 'invalid-request', '要求に誤りがあります'));
  };
}

function limitInFlight(server: Server): void {
  let inFlight = 0;
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Correlation-Id', correlationOf(request));
    // A body that does not come holds a connection, not a place among those at work; that of a file is watched by its import.
    if (hasBody(request.headers) && !isFile(request.headers['content-type'])) {
      const late = setTimeout(() => !request.raw.complete && request.raw.destroy(), BODY_MS);
      reply.raw.once('close', () => clearTimeout(late));
    }
    done();
  });
  server.addHook('preValidation', (request, reply, done) => {
    if (inFlight >= IN_FLIGHT && request.url !== '/health/live') {
      sendProblem(request, reply, new Problem(503, 'busy', '混み合っています。少し待ってからもう一度実行してください', { retryAfter: 1 }));
      return;
    }
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
    done();
  });
}

/** An engine that may not be the active one any more gives nothing out: neither to a request that comes, nor to one that is under way. */
function answerOnlyWhileActive(server: Server, tenure: Tenure): void {
  const isHealth = (request: AkashiRequest): boolean => request.url.startsWith('/health/');
  server.addHook('onRequest', (request, reply, done) => {
    if (tenure.remaining() > 0 || isHealth(request)) done();
    else sendProblem(request, reply, notActive());
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (tenure.remaining() > 0 || reply.statusCode >= 400 || isHealth(request)) return done(null, payload);
    const problem = notActive();
    for (const name of ['Content-Length', 'ETag', 'Location', 'Idempotent-Replayed']) void reply.removeHeader(name);
    void reply.status(problem.status).header('Content-Type', 'application/problem+json; charset=utf-8').header('Retry-After', String(problem.extra.retryAfter));
    done(null, JSON.stringify({ type: `urn:akashi:problem:${problem.code}`, title: problem.title, status: problem.status, code: problem.code, correlationId: correlationOf(request) }));
  });
}

function notActive(): Problem {
  return new Problem(503, 'not-active', '事象ストアとの接続が確かめられないため、処理を止めています。少し待ってからもう一度実行してください', { retryAfter: 5 });
}

const FILE_TYPES = ['text/csv', 'application/octet-stream'];

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isFile(type: string | undefined): boolean {
  return FILE_TYPES.some((file) => type?.startsWith(file));
}

/** One line a request: route template, never the URL; who, never what. */
function logRequests(server: Server, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { principal, correlationId } = request as AkashiRequest;
    logger.debug({ method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode, ms: Math.round(reply.elapsedTime), correlationId, staff: principal?.actor.staff }, 'request');
    done();
  });
}
