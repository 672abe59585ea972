import { Option } from 'commander';
import { DISABLED_FOR, IDENTIFIED_BY } from '../../access/accounts/events.js';
import { UsageError } from '../../settings.js';
import { requireId, requireStaff, type Program } from '../program.js';

/** account: the accounts of staff. What is done is done as the operator; a second person signs in for releasing. */
export function accountVerbs({ program, settings, show, withClient }: Program): void {
  const account = program.command('account').description('職員のアカウント');
  account.command('open').description('職員のアカウントを開く').requiredOption('--staff <ID>', '職員').requiredOption('--login <名>', 'ログインID（半角の英数字と . _ -）')
    .action((given: { staff: string; login: string }) => {
      requireStaff(given.staff);
      return withClient('reads', async (client, operator) => {
        const opened = await client.send<{ id: string }>('POST', '/accounts', operator, given);
        show(opened, opened.id);
      });
    });
  account.command('factors').description('確認コードの登録鍵を発行する（前のものは使えなくなる。使えるのは、別の人が使用を開始してから）').argument('<アカウントID>')
    .action((id: string) => {
      requireAccount(id);
      return withClient('reads', async (client, operator) => {
        const { events: [issue], handover: { authenticator } } = await client.send<{ events: readonly [string]; handover: { authenticator: string } }>('POST', `/accounts/${id}/factors`, operator, {});
        show({ issue, authenticator }, `確認コードの登録（認証アプリで読み取る）: ${authenticator}\n本人に手渡してください。もう一度表示することはできません。\n発行: ${issue}\n別の人が本人を確かめ、akashi account release で使用を開始すると、初期パスワードが渡されます。`);
      });
    });
  account.command('release').description('発行・結付けをした人とは別の人が、この端末でサインインし、本人を確かめて使用を開始する（初期パスワードを渡す）').argument('<アカウントID>').requiredOption('--issue <ID>', '発行・結付け')
    .addOption(new Option('--identified <方法>', '本人確認の方法（職員証、顔写真付きの身分証明書、面識）').choices([...IDENTIFIED_BY]).makeOptionMandatory())
    .option('--subject <識別子>', 'プロバイダーでの利用者の識別子（結付けのとき、確認のためもう一度）').option('--alone', '一人で行う。使用を開始できる人がまだいない、最初のアカウントのときだけ')
    .action((id: string, { alone, ...given }: { issue: string; identified: string; subject?: string; alone?: boolean }) => {
      requireAccount(id);
      requireId('発行・結付け', given.issue);
      return withClient('reads', async (client, operator) => {
        const { asSignedIn, expectSignInHere } = await import('../found.js');
        const release = async (token: string): Promise<void> => {
          const { handover } = await client.send<{ handover: { password?: string } }>('POST', `/accounts/${id}/releases`, token, given);
          show({ released: given.issue, ...handover }, handover.password === undefined ? '使用を開始しました。' : `初期パスワード: ${handover.password}\n本人に手渡してください。もう一度表示することはできません。最初のサインインで変更します。`);
        };
        if (alone === true) await release(operator);
        else {
          await expectSignInHere(client, operator, id, given);
          await asSignedIn(client, '使用を開始する人', (_, token) => release(token));
        }
      });
    });
  account.command('link').description('アカウントを OpenID プロバイダー（AKASHI_OIDC_ISSUER）の利用者と結び付ける（前の結付けは使えなくなる）').argument('<アカウントID>').requiredOption('--subject <識別子>', 'プロバイダーでの利用者の識別子（sub）')
    .action((id: string, { subject }: { subject: string }) => {
      const issuer = settings().signIn.oidc?.issuer;
      if (issuer === undefined) throw new UsageError('OpenID プロバイダーが設定されていません（AKASHI_SIGN_IN と AKASHI_OIDC_ISSUER）。');
      requireAccount(id);
      return withClient('reads', async (client, operator) => {
        const { events: [issue] } = await client.send<{ events: readonly [string] }>('POST', `/accounts/${id}/identities`, operator, { issuer, subject });
        show({ issue }, `結び付けました。別の人が本人を確かめ、akashi account release で使用を開始するまで使えません。\n結付け: ${issue}`);
      });
    });
  account.command('unlock').description('ロックされたアカウントを解除する').argument('<アカウントID>').action((id: string) => actOnAccount(id, 'unlocks', {}, '解除しました。'));
  account.command('disable').description('アカウントを停止する（元に戻せない）').argument('<アカウントID>').addOption(new Option('--cause <事由>', '停止の事由').choices([...DISABLED_FOR]).makeOptionMandatory())
    .action((id: string, { cause }: { cause: string }) => actOnAccount(id, 'disablements', { cause }, '停止しました。'));

  function requireAccount(id: string): void {
    requireId('アカウント', id);
  }

  function actOnAccount(id: string, act: string, body: object, said: string): Promise<void> {
    requireAccount(id);
    return withClient('reads', async (client, operator) => show(await client.send('POST', `/accounts/${id}/${act}`, operator, body), said));
  }
}
