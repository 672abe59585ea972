import { fileOf } from '../../src/handling/block.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import { EXPORT } from '../../src/outputs/events.js';
import { EndExport, MakeExport, approvedItems, assertMayHave, endExport, type FoundToExport } from '../../src/outputs/exports.js';
import type { Passphrases } from '../../src/outputs/passphrases.js';
import type { ExportState } from '../../src/outputs/states.js';
import type { UnderWay } from '../../src/outputs/under-way.js';
import { runCommand } from '../../src/walks/command-walk.js';
import { command as registered, type Context, type HandlingFacts, type Occasion } from '../../src/walks/context.js';
import { enginePrincipal } from '../../src/walks/duties.js';
import type { Principal } from '../../src/walks/principal.js';
import { Problem, conflict } from '../../src/walks/problem.js';
import type { ReadCall } from '../../src/walks/read-walk.js';
import { lackOf } from '../../src/walks/refuse.js';
import { NUMBER_AFFAIRS, NUMBER_ITEM, mayFrom } from '../../src/walks/terminals.js';
import { HANDLING_LOG } from '../reports/definitions/lines.js';
import { Labels } from '../reports/labels.js';
import type { Column, ReportHead } from '../reports/report.js';
import { bytesOf, declarationsBy, positionFor, stampAt, type Begun, type ReportOutcome, type ReportsDesk } from '../reports/run-report.js';
import type { ReportRun } from '../reports/runs.js';
import { threadFile } from '../../src/walks/threads.js';
import { LEADING } from './rows.js';
import type { ExportStart } from './start.js';

export interface ExportsDesk extends ReportsDesk {
  readonly exports: Context<ExportState>;
  readonly passphrases: Passphrases;
  readonly underWay: UnderWay;
}

export interface ExportCall extends ReadCall {
  /** whoever asked, as they are by now; undefined once they are signed in no longer */
  readonly asker: () => Promise<Principal | undefined>;
}

export const MAKE_EXPORT = { summary: '承認された出力ファイルを、暗号化して一度だけ受け取る（申請者）', right: 'export:request' } as const;
const TITLES = { subjects: '宛名台帳（出力）', vaccinations: '予防接種台帳（出力）' } as const;
const REGISTERS = ['subjects', 'vaccinations'] as const;

/**
 * Makes the file of an approved export: finds the rows, counts them, records exactly whose they are and which items, and only then opens,
 * encrypts and gives them out. Once for an approval, to who asked for it, as long as it lives. Whoever loses the right or the session on the
 * way gets no more of it. @throws Problem
 */
export async function makeExport(desk: ExportsDesk, command: MakeExport, { asker, ...call }: ExportCall, id: string): Promise<Begun> {
  const { engine, passphrases, exports, underWay } = desk;
  const { principal } = call;
  const { file } = command;
  const [first] = await engine.ledger.recorded(streamName(EXPORT, id));
  // For anybody else nothing is read.
  const mayHave = principal.rights.has(MAKE_EXPORT.right, file) && principal.channel === 'staff' && mayFrom(engine, principal, NUMBER_AFFAIRS) && first !== undefined && fileOf(first) === file;
  let run: ReportRun | undefined;
  let withNumber = false;
  const handling = async (_: MakeExport, state: ExportState, occasion: Occasion): Promise<HandlingFacts> => {
    const items = approvedItems(state);
    withNumber = items.includes(NUMBER_ITEM);
    const facts: HandlingFacts = { kind: 'use', extent: 'exported', file, items, subjects: [], ...(state.approval && { evidence: [{ kind: 'approval', ref: state.approval.id, subjects: [] }] }) };
    if (!mayHave || lackOf(principal, [MAKE_EXPORT.right], file, items) !== undefined) return facts;
    assertMayHave(state, occasion, desk.policy().output.exportDays);
    if (!desk.policy().output.exportFiles.includes(file)) return { ...facts, offByPolicy: true };
    if (withNumber && !principal.rights.has('number:show', file)) return { ...facts, rights: ['number:show'] }; // by whoever may see it, and by nobody else
    const passphrase = passphrases.of(id);
    if (passphrase === undefined) throw conflict('passphrase-missing', '先に合言葉を受け取ってください（一度だけ示され、どこにも保存されません）');
    run ??= await begin(desk, state, items, file, passphrase, principal.actor.staff);
    return { ...facts, subjects: run.found!.subjects };
  };
  const facts = async (): Promise<FoundToExport & { readonly maxDays: number }> => ({ maxDays: desk.policy().output.exportDays, rows: run!.found!.rows, withheld: run!.found!.withheld, position: run!.start.head.stamp.position });
  const spec = registered<ExportState, MakeExport>(MakeExport, 'POST /exports/:id/files', { ...MAKE_EXPORT, handling, facts, before: async () => assertNobodyProtected(run!) });
  const expectMay = async (): Promise<void> => {
    const rights = (await asker())?.rights;
    const may = rights?.has(MAKE_EXPORT.right, file) === true && (!withNumber || rights.has('number:show', file)) && desk.policy().output.exportFiles.includes(file);
    if (!may) throw new Problem(403, 'not-any-more', '作成の途中で、サインイン・権限・出力の方針のいずれかが変わったため、出力を中断しました');
  };
  const done = underWay.begin(id);
  try {
    const made = await runCommand(engine, exports, spec, command, { ...call, target: id });
    passphrases.forget(id);
    run!.go();
    return { run: run!, head: run!.start.head, event: made.events[0]!, bytes: bytesOf(desk, run!, (outcome) => recordEnd(desk, id, run!, outcome).finally(done), expectMay) };
  } catch (error) {
    done();
    await run?.stop();
    throw error;
  }
}

/** Nothing is recorded as about to leave of whoever has been put under 支援措置 since the rows were found; whoever is later is left out by the thread. @throws Problem 409 */
function assertNobodyProtected({ found, newlyProtected }: ReportRun): void {
  if (found!.subjects.some((subject) => newlyProtected.has(subject))) throw conflict('protected-meanwhile', '作成の途中で支援措置の対象者が加わりました。もう一度実行してください');
}

/** The end is the engine's to say: whoever began it may be gone, or may not do it any more. */
async function recordEnd({ engine, exports }: ExportsDesk, id: string, { rows, withheld }: ReportRun, outcome: ReportOutcome): Promise<void> {
  await runCommand(engine, exports, endExport, Object.assign(new EndExport(), { rows, outcome, ...(withheld > 0 && { withheld }) }), { principal: enginePrincipal(), correlationId: newId(), target: id });
}

async function begin(desk: ExportsDesk, { request }: ExportState, items: readonly string[], file: string, passphrase: string, staff: string): Promise<ReportRun> {
  const { engine, registers, agency, runs } = desk;
  const { what, format, subjects, rows } = request!;
  if (!registers.isCurrent('subjects')) throw new Problem(503, 'register-behind', '台帳への反映が遅れています。少し待ってからもう一度実行してください', { retryAfter: 1 }); // who is under 支援措置 would not be known
  const position = await positionFor(desk, [...REGISTERS, HANDLING_LOG], undefined);
  const labels = new Labels(await declarationsBy(engine, position));
  const columns: readonly Column[] = [...LEADING[what], ...items.map((item): Column => ({ key: item, label: labels.of('item', item), kind: 'text', width: 6 }))];
  const head: ReportHead = {
    name: `export-${what}`, title: TITLES[what], agency, columns, stamp: await stampAt(desk, position),
    parameters: [{ label: '特定個人情報ファイル', value: labels.of('file', file) }], notes: ['支援措置の対象者は含まない。', '期限までに消去し、別の職員の確認を受けること。'],
  };
  const start: ExportStart = {
    format, head, what, file, items, subjects, passphrase, maxRows: Math.min(rows, desk.policy().output.exportRows), vault: engine.sources.vault, newlyProtected: [...engine.newlyProtected],
    files: Object.fromEntries(REGISTERS.map((name) => [name, registers.query(name).name])),
  };
  return runs.begin(start, staff, { file: threadFile('projections/exports/worker'), onAlarm: (code, key) => engine.alarm(code, { key }) });
}
