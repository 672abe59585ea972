import { Option, type Command } from 'commander';
import { GROUND_CODES, VERSION_KINDS, type VersionKind } from '../../assessments/events.js';
import { UsageError } from '../../settings.js';
import type { Amending, Drafting } from '../assessment-writing.js';
import { acts, choice } from '../acts.js';
import { CODES, requireId, whole, type As, type Program } from '../program.js';
import { PRINT_FORMATS } from './print-formats.js';

const LABEL = '版';
/** The entries around a cell, the outermost first. */
export const entry = (): Option => new Option('--entry <ID>', '欄のある繰返しのID。外側から順に、重ねて指定する（akashi assessment show --entries）').argParser((id: string, all: readonly string[] = []) => {
  requireId('--entry ', id);
  return [...all, id];
});
/** What whoever writes has seen. */
export const revision = (): Option => new Option('--revision <番号>', '見ている欄の改訂番号。省略すると今のもの').argParser((text) => whole('--revision', text, 0));
export const reason = '理由。封をして記録に残す';

/** assessment list, show, draft, amend, …: the versions in the ledger, each act as a named person. */
export function assessmentVersionVerbs(assessment: Command, own: Program): void {
  const { asStaff, show, withPerson } = own;
  const acting = (name: string, about: string): Command => assessment.command(name).description(about).argument(`<${LABEL}ID>`).addOption(asStaff);
  assessment.command('list').description('台帳にある評価書の版を、状態、手続の進み、見直し・再実施の時期の知らせとともに一覧する').addOption(asStaff).action(({ as }: As) => withPerson('reads', as, async (client, token) => {
    const { listVersions } = await import('../assessment-versions.js');
    show(...(await listVersions(client, token)));
  }));
  acting('show', '評価書の版の手続の進みと、待っていること（取り置き、後に記載、重要な変更の判断、コメント、次の手続）を示す').option('--entries', '繰返し（委託事項・提供先・システムなど）のIDも示す')
    .action((id: string, { as, ...how }: As & { entries?: boolean }) => {
      requireId(LABEL, id);
      return withPerson('reads', as, async (client, token) => {
        const { showVersion } = await import('../assessment-versions.js');
        show(...(await showVersion(client, token, id, how)));
      });
    });
  assessment.command('draft').description('評価書の版の案を、評価書のファイル、公表された版、又は白紙から作る（公表済みの評価書の取込みも）').argument('[ファイル]').addOption(asStaff)
    .addOption(choice('--kind <種類>', '版の種類（新規、再実施、修正、終了、緊急時の事後評価、公表済みの取込み）', VERSION_KINDS)).option('--from <版ID>', 'もとにする、公表された版')
    .addOption(new Option('--number <評価書番号>', '評価書番号。省略すると、もとにする版のもの').argParser((text) => whole('--number', text, 1, 9999))).option('--affair <符号>', `事務（${CODES}）。省略すると、もとにする版のもの`)
    .option('--edition <版>', '様式の版（akashi assessment forms）。省略すると、ファイル又はもとにする版のもの').option('--bindings <ファイル>', '照合する記載（JSON）').option('--reason <文>', reason)
    .action((file: string | undefined, { as, ...drafting }: As & Drafting & { kind: VersionKind }) => {
      if (drafting.from !== undefined) requireId('--from ', drafting.from);
      return withPerson('reads', as, async (client, token) => {
        const { draftVersion } = await import('../assessment-writing.js');
        const drafted = await draftVersion(client, token, file, drafting);
        show(drafted, drafted.id);
      });
    });
  acting('amend', '項目を書く。ほかの人が先に書き換えていたら、書いたものは取り置かれ、その番号を示す').argument('<項目>').addOption(entry()).option('--value <JSON>', '回答（文は "…"、選択肢は {"ticked":[…],"text":{}}）').option('--file <ファイル>', '回答とする文のファイル').addOption(revision())
    .option('--cause <文>', '変更の契機（変更箇所の説明に「…に伴う変更」と書かれる）').option('--reason <文>', reason)
    .action((id: string, item: string, { as, ...amending }: As & Amending) => {
      requireId(LABEL, id);
      if ((amending.value === undefined) === (amending.file === undefined)) throw new UsageError('--value と --file の、どちらか一つを指定してください。');
      return withPerson('reads', as, async (client, token) => {
        const { amendItem } = await import('../assessment-writing.js');
        show(await amendItem(client, token, id, item, amending), '書きました。');
      });
    });
  acting('take', '取り置かれたものを、見比べたうえで書く').argument('<取り置きの番号>').addOption(revision()).option('--reason <文>', reason).action((id: string, text: string, { as, ...rest }: As & { revision?: number; reason?: string }) => {
    requireId(LABEL, id);
    const aside = whole('取り置きの番号', text, 1, 1_000_000);
    return withPerson('reads', as, async (client, token) => {
      const { takeSetAside } = await import('../assessment-writing.js');
      show(await takeSetAside(client, token, id, aside, rest), '書きました。');
    });
  });
  acting('drop', '取り置かれたものを捨てる').argument('<取り置きの番号>').option('--reason <文>', reason).action((id: string, text: string, { as, ...rest }: As & { reason?: string }) => {
    requireId(LABEL, id);
    const aside = whole('取り置きの番号', text, 1, 1_000_000);
    return withPerson('reads', as, async (client, token) => show(await client.send('POST', `/assessments/${id}/set-asides/droppings`, token, { aside, ...rest }), '捨てました。'));
  });
  acting('judge', '変更が重要な変更に当たるかどうかを判断する（書いた人以外）').argument('<項目>').addOption(entry()).addOption(choice('--ground <根拠>', '判断の根拠（重要な変更に当たる、リスクを相当程度変動させない、リスクを明らかに軽減する、※の項目でない、形式的な変更、緊急時）', GROUND_CODES)).requiredOption('--reason <文>', '判断の理由。封をして記録に残す')
    .action((id: string, item: string, { as, entry: entries = [], ...rest }: As & { entry?: readonly string[]; ground: string; reason: string }) => {
      requireId(LABEL, id);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', `/assessments/${id}/judgements`, token, { item, entries, ...rest }), '記録しました。'));
    });
  acting('bind', '照合する記載（項目ごとの符号・方式）を書く').argument('<ファイル>').option('--reason <文>', reason).action((id: string, file: string, { as, reason: why }: As & { reason?: string }) => {
    requireId(LABEL, id);
    return withPerson('reads', as, async (client, token) => {
      const { bindVersion } = await import('../assessment-writing.js');
      show(await bindVersion(client, token, id, file, why), '書きました。次に施行した時から照合に使われます。');
    });
  });
  acting('put-in-force', '公表された版を施行し、以後の取扱いをその記載事項と照合する（照合する記載を書いた人以外）').option('--from <日付>', 'この日から（省略すると今日から）').addOption(new Option('--version <番号>', '記載事項の版（省略すると次の番号）').argParser((text) => whole('--version', text, 1, 100_000))).option('--reason <文>', reason)
    .action((id: string, { as, from, ...rest }: As & { from?: string; version?: number; reason?: string }) => {
      requireId(LABEL, id);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', '/declarations/in-force/assessments', token, { assessment: id, ...(from !== undefined && { effectiveFrom: from }), ...rest }), '施行しました。記載事項は akashi register declaration で確かめられます。'));
    });
  acting('export', '評価書の版を公式の様式で書き出す').addOption(choice('--format <形式>', '形式', PRINT_FORMATS)).option('--public', '公表用に、公表しない部分を（非公表）と示して書き出す').option('--evidence', '様式の代わりに、根拠資料を書き出す').requiredOption('--out <ファイル>', '書き出すファイル').option('--force', '同じ名のファイルがあれば置き換える')
    .action((id: string, { as, ...how }: As & { format: string; public?: boolean; evidence?: boolean; out: string; force?: boolean }) => {
      requireId(LABEL, id);
      if (how.public === true && how.evidence === true) throw new UsageError('--public と --evidence は、どちらか一つを指定してください。');
      return withPerson('reads', as, async (client, token) => {
        const { exportForm } = await import('../assessment-writing.js');
        const written = await exportForm(client, token, id, how);
        show(written, `${written.file} に書きました。`);
      });
    });
  acts({ own, group: assessment, path: '/assessments', label: LABEL }, { verb: 'abandon', end: 'abandonments', about: '公表する前に案を取りやめる', said: '取りやめました。', more: (command) => command.requiredOption('--reason <文>', reason) });
}
