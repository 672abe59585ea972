import { Option } from 'commander';
import { REMOVED_FOR } from '../../access/terminals/events.js';
import { TERMINAL_CLASSES } from '../../walks/terminals.js';
import { CODES, list, type Program } from '../program.js';

/** terminal: 端末. */
export function terminalVerbs({ program, settings, show, withClient }: Program): void {
  const terminal = program.command('terminal').description('端末');
  const send = (path: string, body: object, said: string): Promise<void> => withClient('reads', async (client, operator) => show(await client.send('POST', path, operator, body), said));
  const classes = (): Option => new Option('--class <種類>', '端末の種類').choices([...TERMINAL_CLASSES]);
  const department = ['--department <符号>', `部署（${CODES}）`] as const;
  const certificates = ['--certificates <SHA-256,…>', 'クライアント証明書の SHA-256（openssl x509 -fingerprint -sha256）'] as const;
  terminal.command('add').description('端末を登録する（一台目からは、登録した端末だけが使える）').argument('<符号>').addOption(classes().makeOptionMandatory()).requiredOption(...department)
    .requiredOption('--label <名称>', '名称・設置場所').requiredOption(...certificates)
    .action((code: string, { certificates: given, ...rest }: { certificates: string }) => send('/terminals', { terminal: code, ...rest, certificates: list(given) }, '登録しました。'));
  terminal.command('change').description('端末の種類・部署・設置場所・証明書を変更する').argument('<符号>').addOption(classes()).option(...department).option('--label <名称>', '名称・設置場所').option(...certificates)
    .action((code: string, { certificates: given, ...rest }: { certificates?: string }) => send('/terminals/changes', { terminal: code, ...rest, ...(given !== undefined && { certificates: list(given) }) }, '変更しました。'));
  terminal.command('remove').description('端末を除外する（元に戻せない）').argument('<符号>').addOption(new Option('--cause <事由>', '除外の事由').choices([...REMOVED_FOR]).makeOptionMandatory())
    .action((code: string, rest: object) => send('/terminals/removals', { terminal: code, ...rest }, '除外しました。'));
  terminal.command('list').description('端末を一覧する（除外したものを含む）').action(() => withClient('reads', async (client, operator) => {
    const [{ describeTerminals }, { sectionWords }] = await Promise.all([import('../rights.js'), import('../sections.js')]);
    const answer = await client.send<Parameters<typeof describeTerminals>[0]>('GET', '/terminals', operator);
    show(answer, describeTerminals(answer, await sectionWords(settings())));
  }));
}
