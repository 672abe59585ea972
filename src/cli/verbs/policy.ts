import { whole, type As, type Program } from '../program.js';

/** policy: what may be tuned. */
export function policyVerbs({ program, asStaff, show, withClient, withPerson }: Program): void {
  const policy = program.command('policy').description('アクセス管理の設定（パスワード、ロック、セッション、権限の手順など）の今の値と、許される範囲を示す').action(() =>
    withClient('reads', async (client, operator) => {
      const { describePolicy, policyNow } = await import('../policy.js');
      const now = await policyNow(client, operator);
      show(now, describePolicy(now));
    }));
  policy.command('propose').description('設定の変更案を出す').argument('<設定>').argument('<値>', '整数、true・false、名、又は符号をコンマで区切ったもの').addOption(asStaff)
    .requiredOption('--reason <理由>', '理由').option('--from <日付>', 'この日から（省略すると承認した時から）')
    .action((setting: string, text: string, { as, ...rest }: As & { reason: string; from?: string }) => withPerson('reads', as, async (client, token) => {
      const { policyNow, readValue } = await import('../policy.js');
      await client.send('POST', '/access-policy/proposals', token, { setting, value: readValue(setting, text), ...rest });
      const { proposed } = (await policyNow(client, token)).settings.find((one) => one.setting === setting)!;
      show({ proposal: proposed?.proposal }, `変更案 ${proposed?.proposal} を出しました。別の職員が承認すると（akashi policy confirm ${proposed?.proposal}）、変更されます。`);
    }));
  for (const [verb, route, description, said] of [
    ['confirm', 'confirmations', '設定の変更を承認する（提案者以外）', '承認しました。'], ['reject', 'rejections', '設定の変更案を却下する（提案者以外）', '却下しました。'], ['withdraw', 'withdrawals', '自分が出した変更案を取り下げる', '取り下げました。'],
  ] as const) {
    policy.command(verb).description(description).argument('<変更案の番号>').addOption(asStaff).action((text: string, { as }: As) => {
      const proposal = whole('変更案の番号', text, 1, 1_000_000);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', `/access-policy/${route}`, token, { proposal }), said));
    });
  }
}
