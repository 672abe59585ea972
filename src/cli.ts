#!/usr/bin/env node
import './node-version.js'; // first
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { ROLES, type Role } from './access/roles.js';
import type { Client } from './cli/client.js';
import { explain, helpTitle, parserSays } from './cli/explain.js';
import { isId } from './ledger/ids.js';
import { SettingError, readSettings } from './settings.js';
import { ACTOR_KINDS } from './store/event.js';

process.umask(0o077); // what is written from here on is for its owner alone
// Each verb loads what it needs and no more: with the server in it, a start takes most of a second.

const settings = () => readSettings(process.env);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const program = new Command('akashi').description('証（あかし）— 特定個人情報の取扱いを記録し、証明する').option('--json', '結果を JSON で出す');
program.configureHelp({ sortSubcommands: true, styleTitle: helpTitle }).configureOutput({ outputError: (text, write) => write(parserSays(text)) });
program.helpOption('-h, --help', '使い方を表示する').helpCommand('help [命令]', '命令の使い方を表示する');

/** Prints for a person, or as JSON. */
function show(value: object, text: string): void {
  say(program.opts<{ json?: boolean }>().json ? JSON.stringify(value) : text);
}

/** Runs against the engine as somebody, and lets go of it afterwards. */
async function withClient(how: 'reads' | 'founds', work: (client: Client, token: (staff?: string) => Promise<string>) => Promise<void>): Promise<void> {
  if (how === 'reads') (await import('./cli/data.js')).eventsFileIn(settings());
  const { connect } = await import('./cli/client.js');
  const client = await connect(settings());
  const operator = await operatorToken(3600);
  try {
    await work(client, (id) => (id === undefined ? Promise.resolve(process.env.AKASHI_TOKEN ?? operator) : staffToken(client, operator, id, 3600)));
  } finally {
    await client.close();
  }
}

async function operatorToken(lifetime: number): Promise<string> {
  const { LOCAL_OPERATOR, tokenFrom } = await import('./cli/client.js');
  return tokenFrom(settings(), LOCAL_OPERATOR, lifetime);
}

async function staffToken(client: Client, operator: string, id: string, lifetime: number, purpose: string | null = null): Promise<string> {
  if (!isId(id)) throw new Error('職員は ID（UUID）で指定してください。');
  const { kind, department, role } = await client.send<{ kind: (typeof ACTOR_KINDS)[number]; department: string; role: Role }>('GET', `/staff/${id}`, operator);
  const { tokenFrom } = await import('./cli/client.js');
  return tokenFrom(settings(), { staff: id, kind, department, role, purpose, channel: 'staff', terminal: null }, lifetime);
}

const asStaff = new Option('--as <職員ID>', '誰として行うか（AKASHI_TOKEN でも指定できる）');

program.command('serve').description('エンジンを起動する').action(async () => {
  const { startServer } = await import('./server.js');
  const server = await startServer(settings());
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  say(`証（あかし）が起動しました: ${server.address}（API の説明: ${server.address}/docs）`);
});

program.command('demo').description('架空の汐浜市で一日の流れを動かす')
  .option('--residents <人数>', '住民の数', '24000').option('--records <件数>', '接種記録の数').option('--seed <番号>', '生成の種', '20261120')
  .option('--keep', '終わってもサーバーを動かしたままにする')
  .action(async (options: { residents: string; records?: string; seed: string; keep?: boolean }) => {
    const { runDemo } = await import('./demo/demo.js');
    await runDemo({ residents: Number(options.residents), ...(options.records && { records: Number(options.records) }), seed: Number(options.seed), keep: options.keep === true });
  });

const imports = program.command('import').description('CSV を取り込む');
for (const [kind, label] of [['residents', '住民（宛名）ファイル'], ['vaccinations', '接種記録ファイル']] as const) {
  imports.command(kind).argument('<CSV>').description(`${label}を取り込む`).addOption(asStaff)
    .addOption(new Option('--encoding <文字コード>').choices(['utf-8', 'cp932']).default('utf-8'))
    .option('--file <符号>', '特定個人情報ファイル', 'vaccination').requiredOption('--source <符号>', '入手元').requiredOption('--method <符号>', '入手方法')
    .option('--purpose <符号>', '使用目的', 'record-keeping').option('--migration', '移行（初期データ）').option('--reason <文>', '記載外の取扱いのときの理由')
    .action((path: string, { as, ...rest }: { as?: string; encoding: 'utf-8' | 'cp932'; file: string; source: string; method: string; purpose: string }) =>
      withClient('founds', async (client, token) => {
        const { describeImport, importFile } = await import('./cli/import.js');
        const summary = await importFile(client, await token(as), { kind, path, ...rest }, process.stdout.isTTY && !program.opts<{ json?: boolean }>().json);
        const rejects = `${path}.rejects.csv`;
        if (summary.rejected > 0) writeFileSync(rejects, await client.text(`/imports/${summary.id}/rejects`, await token(as)));
        show(summary.rejected > 0 ? { ...summary, rejects } : summary, `${describeImport(summary)}${summary.rejected > 0 ? `\n取り込めなかった行（行・列・理由）: ${rejects}` : ''}`);
      }));
}

program.command('rebuild').argument('[台帳]', 'subjects、vaccinations、handling-log。省略するとすべて').description('台帳を記録の初めから作り直し、今の台帳と照合する').action((name?: string) =>
  withClient('reads', async (client, token) => {
    const names = name ? [name] : (await client.send<readonly { name: string }[]>('GET', '/registers', await token())).map((register) => register.name);
    const rebuilt = [];
    for (const each of names) rebuilt.push(await client.send<{ register: string; identical: boolean; rows: number; milliseconds: number }>('POST', `/registers/${each}/rebuilds`, await token()));
    const lines = rebuilt.map(({ register, rows, milliseconds, identical }) => `${register}: ${rows} 行、${(milliseconds / 1000).toFixed(1)} 秒、${identical ? '今の台帳と一致' : '今の台帳と一致しません'}`);
    show(name ? rebuilt[0]! : rebuilt, lines.join('\n'));
    if (rebuilt.some(({ identical }) => !identical)) process.exitCode = 3;
  }));

program.command('replay').description('記録をある時点まで畳み直し、台帳ごとの行数と要約値を出す').option('--as-of <日付>', '時点（YYYY-MM-DD か日時）').option('--position <番号>', '位置')
  .action(async (options: { asOf?: string; position?: string }) => {
    const { replay } = await import('./cli/replay.js');
    const result = await replay(settings(), options);
    show(result, [`位置 ${result.position}（${result.at}）まで ${result.events} 件`, ...result.registers.map(({ label, rows, digest }) => `  ${label}: ${rows} 行  ${digest}`)].join('\n'));
  });

program.command('register').argument('<台帳>', 'subjects か vaccinations').description('台帳を一覧する（開いた人の取扱いとして記録される）').addOption(asStaff)
  .option('--file <符号>', '特定個人情報ファイル', 'vaccination').option('--purpose <符号>', '使用目的').option('--as-of <日付>', '時点').option('--cursor <続き>', '前のページの続き').option('--limit <件数>', '1から50', '20')
  .action((name: string, { as, file, purpose, asOf, cursor, limit }: { as?: string; file: string; purpose?: string; asOf?: string; cursor?: string; limit: string }) =>
    withClient('reads', async (client, token) => {
      const query = new URLSearchParams({ file, limit, ...(asOf && { asOf }), ...(cursor && { cursor }) });
      const answer = await client.send<{ views: readonly object[]; next?: string }>('GET', `/registers/${name}?${query}`, await token(as), undefined, purpose ? { 'akashi-purpose': purpose } : {});
      show(answer, [...answer.views.map((view) => JSON.stringify(view)), ...(answer.next ? [`続き: --cursor ${answer.next}`] : [])].join('\n'));
    }));

program.command('log').description('取扱記録を読む（読んだことも記録される）').addOption(asStaff)
  .option('--subject <ID>', '本人').option('--staff <ID>', '職員').option('--file <符号>').option('--kind <種類>').option('--from <日時>').option('--to <日時>').option('--cursor <続き>').option('--limit <件数>', '1から50', '50')
  .action(({ as, cursor, limit, ...terms }: { as?: string; cursor?: string; limit: string }) =>
    withClient('reads', async (client, token) => {
      const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
      const answer = await client.send<{ views: readonly { recordedAt: string; staff: string; kind: string; extent: string | null; type: string; outcome: string; position: number }[]; next?: string }>('POST', `/handling-log/search?${query}`, await token(as), terms);
      show(answer, [...answer.views.map((line) => [line.position, line.recordedAt, line.staff, line.kind, line.extent ?? '-', line.type, line.outcome].join('\t')), ...(answer.next ? [`続き: --cursor ${answer.next}`] : [])].join('\n'));
    }));

program.command('doctor').description('鍵・時計・ストア・台帳を点検する').action(async () => {
  const { examine } = await import('./cli/doctor.js');
  const findings = await examine(settings());
  const mark = { ok: '正常', warning: '注意', fault: '異常' };
  show(findings, findings.map(({ state, text }) => `${mark[state]}  ${text}`).join('\n'));
  if (findings.some(({ state }) => state === 'fault')) process.exitCode = 2;
});

const staff = program.command('staff').description('職員');
staff.command('add').description('職員を登録する').requiredOption('--name <氏名>').requiredOption('--post <職名>').requiredOption('--department <符号>')
  .addOption(new Option('--kind <区分>').choices([...ACTOR_KINDS]).default('staff')).addOption(new Option('--role <役割>').choices(Object.keys(ROLES)).makeOptionMandatory())
  .action((person: object) => withClient('founds', async (client) => {
    const added = await client.send<{ id: string }>('POST', '/staff', await operatorToken(600), person);
    show(added, added.id);
  }));
staff.command('token').description('職員の短時間のトークンを発行する').requiredOption('--staff <ID>').option('--purpose <符号>', '使用目的').option('--hours <時間>', '有効時間（12まで）', '8')
  .action(({ staff: id, purpose, hours }: { staff: string; purpose?: string; hours: string }) => withClient('reads', async (client) => {
    const lifetime = Number(hours) * 3600;
    if (!(lifetime > 0 && lifetime <= 12 * 3600)) throw new Error('有効時間は12時間までです。');
    const token = await staffToken(client, await operatorToken(600), id, Math.round(lifetime), purpose ?? null);
    show({ token }, token);
  }));

const keys = program.command('keys').description('鍵の控え');
keys.command('backup').description('鍵の控えの次の世代を作る').requiredOption('--to <場所>', '控えを置くディレクトリ').requiredOption('--key <ファイル>', '控えの鍵（なければ作る）').option('--keep-days <日数>', '控えを残す日数', '30')
  .action(async ({ to, key, keepDays }: { to: string; key: string; keepDays: string }) => {
    const { backUpKeys } = await import('./cli/keys.js');
    const { made, expired } = await backUpKeys(settings(), { directory: to, keyFile: key, keepDays: Number(keepDays) });
    show({ made, expired }, `第${made.generation}世代を作りました（期限 ${made.expiresOn}）。期限の切れた ${expired.length} 世代を廃棄しました。`);
  });
keys.command('restore').description('鍵の控えから保管庫を戻す').argument('<控え>').requiredOption('--key <ファイル>', '控えの鍵').option('--accept-loss', '控えより後の鍵が失われることを承知する')
  .action(async (file: string, options: { key: string; acceptLoss?: boolean }) => {
    const { restoreKeys } = await import('./cli/keys.js');
    const result = await restoreKeys(settings(), { file, keyFile: options.key, acceptLoss: options.acceptLoss === true });
    show(result, `第${result.generation}世代から戻しました。読めなくなった記録の単位: ${result.lost}、改めて破棄した鍵: ${result.destroyed}`);
  });
keys.command('drill').description('鍵の控えで本当に開けるかを確かめる').argument('<控え>').requiredOption('--key <ファイル>', '控えの鍵').option('--samples <件数>', '確かめる件数', '1000')
  .action(async (file: string, { key, samples }: { key: string; samples: string }) => {
    const { drillKeys } = await import('./cli/keys.js');
    const result = await drillKeys(settings(), { file, keyFile: key, samples: Number(samples) });
    show(result, `${result.tried} 件を試し、開けた ${result.opened}、消去済み ${result.erased}、控えより後 ${result.later}、開けない ${result.failed}`);
    if (result.failed > 0) process.exitCode = 2;
  });

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${explain(error as Error)}\n`);
  process.exitCode = error instanceof SettingError ? 64 : 1;
}
