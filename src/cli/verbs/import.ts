import { Option } from 'commander';
import type { ImportRequest } from '../import.js';
import { CODES, type As, type Program } from '../program.js';

/** import: files of residents, records and personnel. */
export function importVerbs({ program, asStaff, asJson, show, withPerson }: Program): void {
  const imports = program.command('import').description('CSV を取り込む');
  for (const [kind, label] of [['residents', '住民（宛名）ファイル'], ['vaccinations', '接種記録ファイル']] as const) {
    imports.command(kind).argument('<CSV>').description(`${label}を取り込む`).addOption(asStaff)
      .addOption(new Option('--encoding <文字コード>', 'ファイルの文字コード').choices(['utf-8', 'cp932']).default('utf-8'))
      .option('--file <符号>', '特定個人情報ファイル', 'vaccination').requiredOption('--source <符号>', '入手元').requiredOption('--method <符号>', '入手方法')
      .option('--purpose <符号>', '使用目的', 'record-keeping').option('--migration', '移行（初期データ）').option('--reason <文>', '記載外の取扱いになるときの理由。封をして記録に残す')
      .addHelpText('after', `\n--file・--source・--method・--purpose は${CODES}`)
      .action((path: string, { as, ...rest }: As & Omit<ImportRequest, 'kind' | 'path'>) => takeIn(as, { kind, path, ...rest }));
  }
  imports.command('personnel').argument('<CSV>').description('人事異動ファイル（採用・異動・退職・契約終了・組織廃止など）を取り込む。発令日から権限が失効する').addOption(asStaff)
    .addOption(new Option('--encoding <文字コード>', 'ファイルの文字コード').choices(['utf-8', 'cp932']).default('utf-8'))
    .action((path: string, { as, encoding }: As & { encoding: ImportRequest['encoding'] }) => takeIn(as, { kind: 'personnel', path, encoding }));

  function takeIn(as: string | undefined, request: ImportRequest): Promise<void> {
    return withPerson('founds', as, async (client, token) => {
      const [{ describeImport, importFile }, { writeRejects }] = await Promise.all([import('../import.js'), import('../rejects.js')]);
      const summary = await importFile(client, token, request, process.stdout.isTTY && !asJson());
      const rejects = summary.rejected > 0 ? writeRejects(request.path, await client.text(`/imports/${summary.id}/rejects`, token)) : undefined;
      show({ ...summary, ...(rejects && { rejects }) }, `${describeImport(summary, request.reason)}${rejects ? `\n取り込めなかった行（行・列・理由）: ${rejects}` : ''}`);
    });
  }
}
