import fc from 'fast-check';
import { accounts } from '../../src/access/accounts/account.js';
import { emergencies } from '../../src/access/emergency/context.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import { PROCEDURES } from '../../src/access/rights/procedure.js';
import { Organisation } from '../../src/access/organisation/organisation.js';
import { endWithUnit } from '../../src/access/organisation/endings.js';
import { units } from '../../src/access/organisation/unit.js';
import { accessPolicy } from '../../src/access/policies/context.js';
import { logReviews, openLogReview } from '../../src/access/log-reviews/log-review.js';
import { reviews } from '../../src/access/reviews/review.js';
import { standingIn } from '../../src/access/standing.js';
import { staff } from '../../src/access/staff.js';
import { findings } from '../../src/access/findings/finding.js';
import { terminals } from '../../src/access/terminals/context.js';
import { assessmentsWith } from '../../src/assessments/module.js';
import { declarationsWith } from '../../src/declarations/module.js';
import { registry } from '../../src/event-registry.js';
import { evidence } from '../../src/evidence/module.js';
import { exchange } from '../../src/exchange/module.js';
import { checkShape } from '../../src/ledger/fields.js';
import { numbers } from '../../src/numbers/module.js';
import { MakeExport, endExport, exports, shortenExport, tellPassphrase, type ExportCommand } from '../../src/outputs/exports.js';
import { noteOverdue } from '../../src/outputs/note-overdue.js';
import { prints } from '../../src/outputs/prints.js';
import { takeOuts } from '../../src/outputs/take-outs.js';
import { retentionWith, startErasure } from '../../src/retention/module.js';
import { subjects } from '../../src/subjects/module.js';
import { vaccinations } from '../../src/vaccinations/module.js';
import { readCommand } from '../../src/walks/command-class.js';
import { command, type Context, type Occasion } from '../../src/walks/context.js';
import { Problem } from '../../src/walks/problem.js';
import { DECLARATION, MINATO, RECORD } from '../support/city.js';
import { HORI, SUBJECT_ID, TODAY, freeze } from '../support/given.js';
import { anyEvent } from './any-event.js';

const nobody = { protectedAmong: async () => [], fileFor: async () => undefined, scopeOf: async () => undefined };
const retention = retentionWith({ unitAt: async () => undefined });
const facts = async () => ({ procedure: PROCEDURES.standard, isFile: () => true, isUnitOn: () => true, unitOn: (code: string) => code });
const standing = standingIn(new Organisation(), () => PROCEDURES.standard);
const logReviewed = logReviews({ handlingsOf: async () => ({ own: 0, others: true, recorded: [] }) });
const outputs = { ...nobody, policy: () => DEFAULT_POLICY.output, ledger: () => { throw new Error('deciding reads nothing'); }, isSubject: async () => false, isInPost: async () => true, terminalClass: () => 'venue-tablet' as const };
const [printing, exporting, carrying] = [prints(outputs), exports(outputs), takeOuts(outputs)];
const making: ExportCommand = command(MakeExport, 'POST /exports/:id/files', { summary: '', right: 'export:request' });
const staffed = staff(standing, facts, async () => undefined);
const all = [
  declarationsWith({ published: async () => ({ problem: 'unknown' }) }), assessmentsWith({ ledger: () => { throw new Error('nobody is to ask'); }, agency: () => '汐浜市長', figures: async () => ({ subjects: { count: 0, query: 'none', position: 0 }, handlers: { count: 0, query: 'none', position: 0 } }) }), { ...staffed, commands: [...staffed.commands, endWithUnit(() => TODAY)] }, units(facts, async () => undefined), terminals, findings, emergencies(() => DEFAULT_POLICY.door.emergency), accessPolicy({ isFile: () => true, isSystem: () => true, isStaff: async () => true, isTerminal: () => true }), reviews({ rightsToday: async () => [], standing: async () => ({ kept: 0, ended: 0, open: 0 }) }), { ...logReviewed, commands: [...logReviewed.commands, openLogReview] }, accounts({ kindOf: async () => 'staff', issuer: 'https://id.example', identityIn: async () => null }), evidence({ isSubject: async () => false }), subjects, numbers({ holderOf: () => undefined, recordOf: async () => undefined, nextAfter: async () => 'none', ...nobody }), vaccinations(nobody),
  { ...printing, commands: [...printing.commands, noteOverdue] }, { ...exporting, commands: [...exporting.commands, tellPassphrase(outputs.policy), making, endExport, shortenExport] }, carrying,
  exchange(() => { throw new Error('deciding reads nothing'); }, nobody), { ...retention, commands: [...retention.commands, startErasure] },
] as readonly Context[];

const target = { category: 'vaccination', unit: SUBJECT_ID, subject: SUBJECT_ID };
const named = { file: 'vaccination', subjects: [SUBJECT_ID] };
/** One well-formed command of each kind. */
const COMMANDS: { readonly [type: string]: object } = {
  ProposeDeclaration: { document: DECLARATION }, PutDeclarationInForce: { version: 1 }, ProposeModeChange: { version: 1, file: 'vaccination', rule: 'scope', mode: 'unchecked', reason: '見直し' }, ConfirmModeChange: { proposal: 1 },
  PutAssessmentInForce: { assessment: SUBJECT_ID }, PutProvisionalInForce: { document: DECLARATION, reason: '緊急の必要' },
  DraftAssessment: { kind: 'initial', affair: 'vaccination', edition: 'form4-2025-05', number: 12 }, AmendItem: { item: 'cover.title', revision: 0, value: '架空の評価書' }, DeferItem: { item: 'cover.title', revision: 0 },
  TakeSetAside: { aside: 1, revision: 1 }, DropSetAside: { aside: 1 }, AddEntry: { repeat: 'basic.systems' }, RemoveEntry: { entry: SUBJECT_ID }, MoveEntry: { entry: SUBJECT_ID }, AmendBindings: { revision: 0, bindings: DECLARATION },
  AddComment: { item: 'cover.title', text: '架空の指摘' }, ResolveComment: { comment: 1 }, JudgeSignificance: { item: 'file.scope', ground: 'notConsiderable', reason: '架空の理由' }, JudgeThreshold: { on: TODAY, noIncident: true },
  InviteOpinions: { from: '2026-10-01', to: '2026-10-30', means: '公式サイトと窓口' }, ReflectOpinions: { on: TODAY, opinions: 0 }, ReviewAssessment: { on: TODAY, reviewer: '架空の審議会' }, DecideAssessment: { on: TODAY }, WithdrawDecision: { reason: '誤り' },
  SubmitAssessment: { on: TODAY }, PublishAssessment: { on: TODAY }, WithholdItems: { revision: 0, items: [], reason: '架空の理由' }, TakeYearlyLook: { on: TODAY, amend: false }, AbandonDraft: { reason: '不要' },
  RegisterStaff: { name: '架空　職員', post: '主任', kind: 'staff', department: 'health-promotion', role: 'clerk' },
  AssignEmployeeNumber: { employeeNumber: '000123' }, RecordStaffAddress: { address: '汐浜市架空町1番地' },
  DesignateOfficer: { kind: 'custodian', files: [], from: TODAY }, DesignateAsOfficer: { kind: 'handler', files: ['vaccination'], from: TODAY }, EndDesignation: { designation: SUBJECT_ID, cause: 'not-needed' },
  ApplyForAuthenticator: { kind: 'ic-card' }, IssueAuthenticator: { kind: 'ic-card', reference: '架空-0001' }, ReportAuthenticatorLost: { authenticator: SUBJECT_ID }, CloseAuthenticator: { authenticator: SUBJECT_ID, by: 'returned' },
  ChangePersonnel: { change: 'transfer', on: TODAY, department: 'pension', post: '主任' }, ConfirmRevocation: {}, ConfirmPlacement: {},
  ApplyForRight: { role: 'clerk', files: ['vaccination'], access: 'update', number: false, from: TODAY }, ApproveRight: { right: SUBJECT_ID }, RejectRight: { right: SUBJECT_ID }, SetRight: { right: SUBJECT_ID },
  RevokeRight: { right: SUBJECT_ID, cause: 'not-needed' }, ReviewRight: { right: SUBJECT_ID, review: SUBJECT_ID, answer: 'keep' },
  ApplyForUnitRight: { role: 'clerk', files: ['vaccination'], access: 'update', number: false, from: TODAY }, ApproveUnitRight: { right: SUBJECT_ID }, RejectUnitRight: { right: SUBJECT_ID }, SetUnitRight: { right: SUBJECT_ID },
  RevokeUnitRight: { right: SUBJECT_ID, cause: 'not-needed' }, ReviewUnitRight: { right: SUBJECT_ID, review: SUBJECT_ID, answer: 'keep' },
  ExamineFinding: { result: 'explained', remarks: '窓口の当番' }, CloseFinding: { outcome: 'innocent' },
  OpenReview: { cause: 'periodic', due: TODAY }, CloseReview: {}, OpenLogReview: { month: '2026-10-01', due: '2026-11-15' }, SignLogReview: { result: 'findings', remarks: '架空の所見', sampled: [SUBJECT_ID] },
  OpenUnit: { unit: 'pension', name: '国保年金課', from: TODAY }, RenameUnit: { name: '保険年金課', on: TODAY }, EndUnit: { on: TODAY }, EndWithUnit: {}, ConfirmSuccession: {}, ConfirmUnitRevocation: {},
  OpenAccount: { staff: SUBJECT_ID, login: 'saeki' }, LinkIdentity: { issuer: 'https://id.example', subject: 'saeki-4711' }, UnlockAccount: {}, DisableAccount: { cause: 'request' },
  OpenEmergency: { file: 'vaccination', reasonCode: 'disaster', text: '避難所での確認' }, EndEmergency: {}, JustifyEmergency: { text: '避難所での確認' }, ExamineEmergency: { result: 'justified', text: '相当' },
  RegisterTerminal: { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion', label: '窓口', certificates: ['a'.repeat(64)] },
  ChangeTerminal: { terminal: 'counter-1', class: 'lgwan', certificates: ['b'.repeat(64)] }, RemoveTerminal: { terminal: 'counter-1', cause: 'lost' },
  ProposePolicyChange: { setting: 'session.idleMinutes', value: 15, reason: '見直し' }, ConfirmPolicyChange: { proposal: 1 }, RejectPolicyChange: { proposal: 1 }, WithdrawPolicyChange: { proposal: 1 },
  ProposeSharedAccount: { system: 'vaccination-system', users: [SUBJECT_ID, '0193a000-0000-7000-8000-0000000000f2'], terminals: ['counter-1'], until: TODAY, reason: '設備の制約' }, EndSharedAccount: { proposal: 1 },
  RecordEvidence: { ...named, kind: 'identity-check', article: 'clinic', how: '個人番号カード' }, ConfirmOutwardAct: { ...named, recipient: 'prefecture', how: '上司の確認' },
  RegisterSubject: MINATO, RecordResidentChange: { ...MINATO, change: 'move-within', changedOn: TODAY }, SetProtection: { file: 'vaccination', protected: true, on: TODAY },
  RegisterNumber: { file: 'vaccination', subject: SUBJECT_ID, number: '000000001015' }, ChangeNumber: { file: 'vaccination', subject: SUBJECT_ID, number: '000000001023', oldNumber: '000000001015', supersedes: SUBJECT_ID },
  RecordVaccination: { ...RECORD, subject: SUBJECT_ID }, CorrectVaccination: { ...RECORD, reason: '転記誤り' }, CancelVaccination: { file: 'vaccination', reason: '誤り' }, ConfirmVaccination: { file: 'vaccination' },
  ReturnVaccination: { file: 'vaccination', reason: '誤り' }, ProvideInformation: { ...named, recipient: 'prefecture', items: ['vaccine'] }, TransferInformation: { ...named, recipient: 'tax', items: ['vaccine'] },
  PlanErasure: { file: 'vaccination', targets: [target], reason: '満了' }, ApproveErasure: { file: 'vaccination' }, StartErasure: { file: 'vaccination' },
  ProducePrint: { ...named, form: 'notice', sheets: 3, plan: 'mailed' }, DisposePrint: { file: 'vaccination', how: 'mailed', sheets: 3 }, NoteOverdue: {},
  RequestExport: { ...named, what: 'vaccinations', format: 'csv', items: ['vaccine'], scope: '今年度', rows: 10, days: 5, recipient: '架空病院', medium: 'terminal' }, ApproveExport: { file: 'vaccination' }, RejectExport: { file: 'vaccination', reason: '不要' },
  TellPassphrase: { file: 'vaccination' }, MakeExport: { file: 'vaccination' }, EndExport: { rows: 3, outcome: 'complete' }, ShortenExport: { until: '2026-11-22' }, ConfirmErasure: { file: 'vaccination', how: 'erased' },
  RequestTakeOut: { file: 'vaccination', object: 'medium', ref: '媒体1号', items: ['name'], persons: 3, encrypted: true, carrier: SUBJECT_ID, destination: '架空会場', from: TODAY, until: TODAY }, ApproveTakeOut: { file: 'vaccination' },
  RejectTakeOut: { file: 'vaccination', reason: '不要' }, RecordDeparture: { file: 'vaccination' }, ConfirmReturn: { file: 'vaccination', persons: 3 }, ReportLoss: { file: 'vaccination', on: TODAY, circumstances: '電車の中' },
};
const occasion: Occasion = freeze({ now: '2026-11-20T00:30:00.000Z', today: TODAY, person: HORI, department: 'health-promotion', id: SUBJECT_ID });
const histories = fc.array(anyEvent, { maxLength: 8 });

it('there is a command here for each that is registered', () => {
  expect(all.flatMap(({ commands }) => commands.map(({ type }) => type)).sort()).toEqual(Object.keys(COMMANDS).sort());
});

describe.each(all.map((context) => [context.category, context] as const))('%s', (_, { decider, commands, category }) => {
  it('evolves from any registered event in any order, erased or not, and the same twice', () => {
    fc.assert(
      fc.property(histories, (events) => {
        freeze(events);
        const state = events.reduce(decider.evolve, decider.initialState());
        expect(events.reduce(decider.evolve, decider.initialState())).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  it('decides after any history with an event or a problem of 409 or 422, and never falls', () => {
    const prepared = commands.map((spec) => freeze({ spec, data: readCommand(spec.command, structuredClone(COMMANDS[spec.type]!)) }));
    fc.assert(
      fc.property(histories, fc.constantFrom(...prepared), (events, { spec, data }) => {
        const state = events.reduce(decider.evolve, decider.initialState());
        try {
          const happenings = decider.decide({ type: spec.type, data }, state, occasion);
          expect(happenings.length).toBeGreaterThan(0);
          for (const { type, data: open, sealed } of happenings) {
            expect(registry.find(type.type)).toBe(type);
            checkShape(type.data, open, `/${category}`);
            checkShape(type.sealed, sealed, `/${category}`);
          }
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect([409, 422]).toContain(error.status);
        }
      }),
      { numRuns: 300 },
    );
  });
});
