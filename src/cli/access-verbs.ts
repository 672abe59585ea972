import { Option, type Command } from 'commander';
import { ACCESS, REVOKED_BY_HAND } from '../access/rights/events.js';
import { ROLES } from '../access/roles.js';
import { REMOVED_FOR } from '../access/terminals/events.js';
import { TERMINAL_CLASSES } from '../walks/terminals.js';
import type { Settings } from '../settings.js';
import type { Client } from './client.js';

/** What the verbs have of the program around them. */
export interface Program {
  readonly program: Command;
  readonly asStaff: Option;
  readonly settings: () => Settings;
  readonly show: (value: object, text: string) => void;
  /** as the operator at the machine, who opens no values */
  readonly withClient: (how: 'reads', work: (client: Client, operator: string) => Promise<void>) => Promise<void>;
  /** as a named member of staff */
  readonly withPerson: (how: 'reads', as: string | undefined, work: (client: Client, token: string) => Promise<void>) => Promise<void>;
}

interface As {
  readonly as?: string;
}

const CODES = '評価書の記載事項の符号。一覧は akashi register declaration';
const list = (text: string): readonly string[] => text.split(',').filter(Boolean);

/** 権限 · 部署 · 端末. What a command needs is loaded when it runs. */
export function accessVerbs(own: Program): void {
  rightVerbs(own);
  unitVerbs(own);
  terminalVerbs(own);
}

function rightVerbs({ program, asStaff, settings, show, withPerson }: Program): void {
  const right = program.command('right').description('権限（申請 → 承認 → 設定 → 失効。それぞれ別の人が --as で行う）');
  right.command('apply').description('職員又は部署の権限を、その所属長として申請する').argument('<職員ID・部署の符号>').addOption(asStaff)
    .addOption(new Option('--role <役割>', '役割').choices(Object.keys(ROLES)).makeOptionMandatory()).option('--files <符号,…>', `特定個人情報ファイル（${CODES}）`)
    .addOption(new Option('--access <範囲>', '照会のみか、更新もか').choices([...ACCESS]).default('update')).option('--number', '個人番号を取り扱う')
    .requiredOption('--from <日付>', '発効日（YYYY-MM-DD）').option('--until <日付>', '最終日（YYYY-MM-DD）')
    .action(async (holder: string, { as, files = '', number = false, ...rest }: As & { files?: string; number?: boolean }) => {
      const { pathOfHolder } = await import('./rights.js');
      const path = await pathOfHolder(settings(), holder);
      return withPerson('reads', as, async (client, token) => {
        const { events } = await client.send<{ events: readonly string[] }>('POST', `${path}/rights`, token, { ...rest, files: list(files), number });
        show({ right: events[0] }, events[0]!);
      });
    });
  const step = (verb: string, end: string, about: string, said: string, more: (command: Command) => Command = (command) => command): void => {
    more(right.command(verb).description(about).argument('<権限ID>').addOption(asStaff)).action(async (id: string, { as, ...rest }: As) => {
      const { pathOfRight } = await import('./rights.js');
      const path = await pathOfRight(settings(), id);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', `${path}/${end}`, token, { right: id, ...rest }), said));
    });
  };
  step('approve', 'right-approvals', '申請された権限を、情報セキュリティ管理者として承認する', '承認しました。別の人が akashi right set で設定してください。');
  step('reject', 'right-rejections', '申請された権限を却下する', '却下しました。');
  step('set', 'right-settings', '承認された権限を、情報システム部門の長又は代理として設定する', '設定しました。');
  step('revoke', 'right-revocations', '権限を失効させる', '記録しました。職員の権限の失効は、入力した人とは別の人が確認してください。', (command) =>
    command.addOption(new Option('--cause <事由>', '失効の事由').choices([...REVOKED_BY_HAND]).makeOptionMandatory()).option('--on <日付>', '失効日（YYYY-MM-DD）。省略すると今日'));
  right.command('list').description('権限を一覧する（開いた人の取扱いとして記録される）').addOption(asStaff)
    .addOption(new Option('--step <段階>', '段階').choices(['applied', 'approved', 'rejected', 'set'])).option('--department <符号>', `部署（${CODES}）`).option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）').option('--cursor <続き>', '前のページの続き')
    .action(({ as, ...terms }: As & { step?: string; department?: string; asOf?: string; cursor?: string }) => withPerson('reads', as, async (client, token) => {
      const { describeRights } = await import('./rights.js');
      const answer = await client.send<Parameters<typeof describeRights>[0]>('GET', `/registers/rights?${new URLSearchParams(terms)}`, token);
      show(answer, describeRights(answer));
    }));
}

function unitVerbs({ program, asStaff, settings, show, withPerson }: Program): void {
  const unit = program.command('unit').description('部署');
  unit.command('open').description('部署を設ける').argument('<符号>').addOption(asStaff).requiredOption('--name <名称>', '部署の名称').requiredOption('--from <日付>', '設置日（YYYY-MM-DD）')
    .action((code: string, { as, ...rest }: As) => withPerson('reads', as, async (client, token) => {
      const opened = await client.send<{ id: string }>('POST', '/units', token, { unit: code, ...rest });
      show(opened, opened.id);
    }));
  const change = (verb: string, end: string, about: string, said: string, more: (command: Command) => Command): void => {
    more(unit.command(verb).description(about).argument('<符号>').addOption(asStaff)).action(async (code: string, { as, ...rest }: As) => {
      const { unitOf } = await import('./rights.js');
      const id = await unitOf(settings(), code);
      return withPerson('reads', as, async (client, token) => show(await client.send('POST', `/units/${id}/${end}`, token, rest), said));
    });
  };
  change('rename', 'renamings', '部署を改称する', '改称しました。', (command) => command.requiredOption('--name <名称>', '新しい名称').requiredOption('--on <日付>', '改称日（YYYY-MM-DD）'));
  change('end', 'endings', '部署を廃止する（職員は引き継ぐ部署に移る。なければその日に権限を失う）', '廃止しました。', (command) => command.requiredOption('--on <日付>', '廃止日（YYYY-MM-DD）').option('--successor <符号>', '引き継ぐ部署'));
  unit.command('list').description('部署を一覧する（名称は開かない）').action(async () => {
    const { describeUnits, listUnits } = await import('./rights.js');
    const units = await listUnits(settings());
    show(units, describeUnits(units));
  });
}

function terminalVerbs({ program, show, withClient }: Program): void {
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
    const { describeTerminals } = await import('./rights.js');
    const answer = await client.send<Parameters<typeof describeTerminals>[0]>('GET', '/terminals', operator);
    show(answer, describeTerminals(answer));
  }));
}
