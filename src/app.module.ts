import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AssessmentFormController } from '../projections/assessment-form/controller.js';
import { RegistersController, REGISTERS } from '../projections/engine/controller.js';
import type { Desk } from '../projections/engine/desk.js';
import { queryHandler } from '../projections/engine/queries.js';
import type { Registers } from '../projections/engine/registers.js';
import { EXPORTS_DESK, ExportController } from '../projections/exports/controller.js';
import type { ExportsDesk } from '../projections/exports/make-export.js';
import { HandlingLogController } from '../projections/handling-log/controller.js';
import { ReadHandlingLog, readHandlingLog } from '../projections/handling-log/queries.js';
import { AssessmentRegisterController } from '../projections/registers/assessments/controller.js';
import { OutputRegisterController } from '../projections/registers/outputs/controller.js';
import { ListOutputs, listOutputs } from '../projections/registers/outputs/queries.js';
import { FindingController } from '../projections/registers/findings/controller.js';
import { ReadFinding, readFinding } from '../projections/registers/findings/queries.js';
import { StaffRegisterController } from '../projections/registers/staff/controller.js';
import { ListAuthenticators, ListRights, ListStaff, listAuthenticators, listRights, listStaff } from '../projections/registers/staff/queries.js';
import { REPORTS_DESK, ReportsController } from '../projections/reports/controller.js';
import type { ReportsDesk } from '../projections/reports/run-report.js';
import type { ReportRuns } from '../projections/reports/runs.js';
import { SubjectRegisterController } from '../projections/registers/subjects/controller.js';
import { ListSubjects, OpenSubject, SearchSubjects, ShowNumber, listSubjects, openOneSubject, searchSubjects, showNumber } from '../projections/registers/subjects/queries.js';
import { VaccinationRegisterController } from '../projections/registers/vaccinations/controller.js';
import { ListVaccinations, OpenVaccination, listVaccinations, openOneVaccination } from '../projections/registers/vaccinations/queries.js';
import { Gate } from './access/gate.js';
import { issueFactors, releaseFactors, type AccountState, type ReleaseFactors } from './access/accounts/account.js';
import { ACCOUNT } from './access/accounts/events.js';
import { issue, release } from './access/accounts/issue.js';
import { OpenEmergency } from './access/emergency/context.js';
import { EMERGENCY } from './access/emergency/events.js';
import { openEmergency } from './access/emergency/run.js';
import type { EmergencyState } from './access/emergency/state.js';
import { STAFF } from './access/events.js';
import { PolicyController } from './access/policies/controller.js';
import { Policies } from './access/policies/policies.js';
import { LogReviewController } from './access/log-reviews/controller.js';
import { founded } from './access/rights/founding.js';
import { OidcController } from './access/oidc/controller.js';
import { SignInWays } from './access/oidc/ways.js';
import { SessionController } from './access/sessions/controller.js';
import { Sessions } from './access/sessions/sessions.js';
import { SignIn } from './access/sessions/sign-in.js';
import { standingOf } from './access/key-standing.js';
import { Connections } from './access/terminals/connection.js';
import { TerminalController } from './access/terminals/controller.js';
import { Terminals } from './access/terminals/registry.js';
import { TokenVerifier } from './access/token.js';
import { AssessmentController } from './assessments/controller.js';
import { DeclarationController } from './declarations/controller.js';
import type { OpenEngine } from './engine.js';
import { Authentication } from './http/authentication.js';
import { WAIT_FOR, commandController, commandHandler, type CommandRoute, type WaitFor } from './http/commands.js';
import { HealthController, INSTANCE, METRICS, READINESS, type Readiness } from './http/health.js';
import { ImportController } from './imports/controller.js';
import { emptyImportCaches } from './imports/run.js';
import { StaffController } from './access/controller.js';
import { EXPORT } from './outputs/events.js';
import { tellPassphrase } from './outputs/exports.js';
import { Passphrases } from './outputs/passphrases.js';
import type { ExportState } from './outputs/states.js';
import type { UnderWay } from './outputs/under-way.js';
import { runCommand } from './walks/command-walk.js';
import { ENGINE, now } from './walks/engine.js';
import { executeErasure } from './retention/execution.js';
import { retention, startErasure, type StartErasure } from './retention/module.js';
import type { Context } from './walks/context.js';

export interface AppParts {
  readonly engine: OpenEngine;
  readonly registers: Registers;
  readonly runs: ReportRuns;
  readonly reportControllers: readonly Type[];
  readonly underWay: UnderWay;
  /** the 評価実施機関 as it is printed */
  readonly agency: string;
  readonly gate: Gate;
  readonly sessions: Sessions;
  readonly signIns: SignIn;
  readonly ways: SignInWays;
  readonly connections: Connections;
  readonly metrics: object;
  /** tells this start of the engine from every other */
  readonly instance: string;
}

/** A report of which nobody has taken anything for so long is cut off: it holds a thread. */
const REPORT_PATIENCE_MS = 60_000;

/** The composition root: the only place that knows every part. */
@Module({})
export class AppModule {
  static of({ reportControllers, engine, registers, runs, underWay, agency, gate, sessions, signIns, ways, connections, metrics, instance }: AppParts): DynamicModule {
    const desk: Desk = { engine, registers };
    const reportsDesk: ReportsDesk = { ...desk, runs, agency, policy: engine.policy, isActive: () => engine.store.tenure.remaining() > 0, patienceMs: REPORT_PATIENCE_MS };
    const exportsDesk: ExportsDesk = { ...reportsDesk, exports: exportsOf(engine), passphrases: new Passphrases(), underWay };
    const tokens = new TokenVerifier(engine.ledger.vault, engine.clock, (actor) => standingOf(engine, actor, now(engine).today));
    engine.followers.add(tokens.follow);
    const routes = commandRoutes(engine, registers, sessions, exportsDesk.passphrases);
    const waitFor: WaitFor = (position, milliseconds) => registers.waitFor(position, milliseconds);
    const readiness: Readiness = async () => {
      const { tenure } = engine.store;
      if (tenure.isLate || tenure.remaining() <= 0) return ['store-unavailable']; // it would take the store's whole deadline to say the same
      const head = await engine.ledger.store.head().catch(() => undefined);
      if (head === undefined) return ['store-unavailable'];
      const stopped = (await registers.status()).filter((register) => register.stopped !== null).map(({ name }) => `register-stopped: ${name}`);
      // What could not be recorded is grave until the store takes events again. Whoever is not ready may get nothing to record: a lease that was renewed since shows it, too.
      const renewedSince = (at: string): boolean => engine.wall() - Date.parse(at) > tenure.renewedWithin;
      const grave = engine.alarms
        .filter(({ code, at, detail }) => (code === 'refusal-not-recorded' || code === 'store-unavailable') && (detail.position as number) >= head && !renewedSince(at))
        .map(({ code }) => code);
      return [...stopped, ...new Set(grave)];
    };
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        HealthController, SessionController, OidcController,
        ...routes.map(commandController),
        SubjectRegisterController, VaccinationRegisterController, StaffRegisterController, OutputRegisterController, AssessmentRegisterController, FindingController, HandlingLogController, RegistersController, ReportsController, ...reportControllers, ExportController, ImportController, StaffController, TerminalController, LogReviewController, PolicyController, DeclarationController, AssessmentController, AssessmentFormController,
      ],
      providers: [
        { provide: WAIT_FOR, useValue: waitFor },
        { provide: ENGINE, useValue: engine },
        { provide: REGISTERS, useValue: registers },
        { provide: REPORTS_DESK, useValue: reportsDesk },
        { provide: EXPORTS_DESK, useValue: exportsDesk },
        { provide: Gate, useValue: gate },
        { provide: Sessions, useValue: sessions },
        { provide: SignIn, useValue: signIns },
        { provide: SignInWays, useValue: ways },
        { provide: Connections, useValue: connections },
        { provide: Terminals, useValue: engine.terminals },
        { provide: Policies, useValue: engine.policies },
        { provide: TokenVerifier, useValue: tokens },
        { provide: READINESS, useValue: readiness },
        { provide: METRICS, useValue: metrics },
        { provide: INSTANCE, useValue: instance },
        { provide: APP_GUARD, useClass: Authentication },
        ...routes.map((route) => commandHandler(engine, route)),
        ...queryHandlers(desk),
      ],
    };
  }
}

function commandRoutes(engine: OpenEngine, registers: Registers, sessions: Sessions, passphrases: Passphrases): readonly CommandRoute[] {
  const plain = engine.contexts.flatMap((context) => context.commands.map((spec): CommandRoute => {
    const isEmergency = context.category === EMERGENCY && spec.command === OpenEmergency;
    return { context, spec, ...(isEmergency && { run: (_, command, call) => openEmergency(engine, sessions, context as Context<EmergencyState>, spec, command as OpenEmergency, call) }) };
  }));
  const erasure: CommandRoute = {
    context: retention as Context,
    spec: startErasure,
    run: async (_, command, call) => {
      const emptyCaches = async (slots: readonly number[]): Promise<void> => {
        await Promise.all([registers.emptyCaches(slots), emptyImportCaches(engine, slots)]);
      };
      const { started, ...report } = await executeErasure(engine, command as StartErasure, call, emptyCaches);
      return { ...started, ...report };
    },
  };
  const accounts = engine.contexts.find(({ category }) => category === ACCOUNT) as Context<AccountState>;
  const factors: CommandRoute = { context: accounts as Context, spec: issueFactors, run: (_, command, call) => issue(engine, accounts, command, call) };
  const releases: CommandRoute = { context: accounts as Context, spec: releaseFactors, run: (_, command, call) => release(engine, accounts, engine.founding, command as ReleaseFactors, call, engine.policy().password.cost) };
  const firstRights: CommandRoute = { context: engine.contexts.find(({ category }) => category === STAFF)!, spec: founded(engine, sessions) };
  const telling = tellPassphrase(() => engine.policy().output);
  const told: CommandRoute = {
    context: exportsOf(engine) as Context,
    spec: telling,
    // The same request again tells another one: what was told is not kept to be told twice.
    run: async (_, command, { idempotencyKey: __, ...call }) => {
      const result = await runCommand(engine, exportsOf(engine), telling, command, call);
      return { ...result, passphrase: passphrases.make(result.id) };
    },
  };
  return [...plain, factors, releases, firstRights, erasure, told];
}

function exportsOf({ contexts }: OpenEngine): Context<ExportState> {
  return contexts.find(({ category }) => category === EXPORT) as Context<ExportState>;
}

function queryHandlers(desk: Desk): readonly Type[] {
  return [
    queryHandler(SearchSubjects, desk, searchSubjects),
    queryHandler(OpenSubject, desk, openOneSubject),
    queryHandler(ShowNumber, desk, showNumber),
    queryHandler(ListSubjects, desk, listSubjects),
    queryHandler(ListVaccinations, desk, listVaccinations),
    queryHandler(OpenVaccination, desk, openOneVaccination),
    queryHandler(ListStaff, desk, listStaff),
    queryHandler(ListRights, desk, listRights),
    queryHandler(ListOutputs, desk, listOutputs),
    queryHandler(ListAuthenticators, desk, listAuthenticators),
    queryHandler(ReadFinding, desk, readFinding),
    queryHandler(ReadHandlingLog, desk, readHandlingLog),
  ];
}
