import { Argument } from 'commander';
import { CODES, whole, type As, type Program } from '../program.js';

/** register: what stands in one, and the written items in force. */
export function registerVerb({ program, asStaff, show, withClient, withPerson }: Program): void {
  program.command('register').addArgument(new Argument('<台帳>', '一覧するもの').choices(['subjects', 'vaccinations', 'declaration']))
    .description('台帳を一覧する（開いた人の取扱いとして記録される）。declaration は施行されている評価書の記載事項とその符号').addOption(asStaff)
    .option('--file <符号>', '特定個人情報ファイル', 'vaccination').option('--purpose <符号>', `使用目的（${CODES}）`).option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）')
    .option('--cursor <続き>', '前のページの続き').option('--limit <件数>', '1から50', '20')
    .action((name: string, { as, file, purpose, asOf, cursor, limit }: As & { file: string; purpose?: string; asOf?: string; cursor?: string; limit: string }) => {
      if (name === 'declaration') return showDeclaration();
      const query = new URLSearchParams({ file, limit: String(whole('--limit', limit, 1, 50)), ...(asOf && { asOf }), ...(cursor && { cursor }) });
      return withPerson('reads', as, async (client, token) => {
        const { declarationInForce, describeRegister } = await import('../views.js');
        const answer = await client.send<Parameters<typeof describeRegister>[0]>('GET', `/registers/${name}?${query}`, token, undefined, purpose ? { 'akashi-purpose': purpose } : {});
        show(answer, describeRegister(answer, await declarationInForce(client, token), file));
      });
    });

  function showDeclaration(): Promise<void> {
    return withClient('reads', async (client, operator) => {
      const { declarationInForce, describeDeclaration } = await import('../views.js');
      const declaration = await declarationInForce(client, operator);
      if (!declaration) throw new Error('評価書の記載事項がまだ施行されていません。記載事項を提出し（POST /declarations/proposals）、別の職員が施行してください（POST /declarations/in-force）。');
      show(declaration, describeDeclaration(declaration));
    });
  }
}
