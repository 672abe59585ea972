#!/usr/bin/env node
import './node-version.js'; // first
import { Argument, Command, CommanderError, Option } from 'commander';
import { DISABLED_FOR, IDENTIFIED_BY } from './access/accounts/events.js';
import { REVIEW_RESULTS } from './access/log-reviews/events.js';
import { PERSONNEL_CHANGES } from './access/personnel.js';
import { ROLES, type Role } from './access/roles.js';
import { accessVerbs } from './cli/access-verbs.js';
import type { Client } from './cli/client.js';
import { explain, exitCodeOf } from './cli/explain.js';
import { HELP, parserSays } from './cli/help.js';
import type { ImportRequest } from './cli/import.js';
import { HANDLING_KINDS } from './handling/block.js';
import { isId } from './ledger/ids.js';
import { UsageError, readSettings } from './settings.js';
import { ACTOR_KINDS } from './store/event.js';

process.umask(0o077); // what is written from here on is for its owner alone
// Each verb loads what it needs and no more: with the server in it, a start takes most of a second.

const settings = () => readSettings(process.env);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const program = inJapanese(new Command('akashi')).description('証（あかし）— 特定個人情報の取扱いを記録し、証明する').option('--json', '結果を JSON で出す');
program.helpCommand('help [コマンド]', 'コマンドの使い方を表示する');
program.addHelpText('after', '\n終了コード: 0 終わった　1 できなかった　2 異常を見付けた　3 台帳が作り直したものと一致しない　64 コマンドの書き方の誤り　78 設定の誤り');

function inJapanese(command: Command): Command {
  return command.configureHelp({ sortSubcommands: true, ...HELP }).configureOutput({ outputError: (text, write) => write(parserSays(text)) }).exitOverride().helpOption('-h, --help', '使い方を表示する');
}

/** Prints for a person, or as JSON. */
function show(value: object, text: string): void {
  say(asJson() ? JSON.stringify(value) : text);
}

function asJson(): boolean {
  return program.opts<{ json?: boolean }>().json === true;
}

/** A whole number that was given to an option. */
function whole(option: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new UsageError(`${option} は${min}${max === Number.MAX_SAFE_INTEGER ? '以上' : `から${max}まで`}の整数で指定してください。`);
  return value;
}

/** Runs against the engine, and lets go of it afterwards. The operator opens no values. */
async function withClient(how: 'reads' | 'founds', work: (client: Client, operator: string) => Promise<void>): Promise<void> {
  if (how === 'reads') await (await import('./cli/data.js')).requireLedger(settings());
  const { LOCAL_OPERATOR, connect, tokenFrom } = await import('./cli/client.js');
  const client = await connect(settings());
  try {
    await work(client, await tokenFrom(settings(), LOCAL_OPERATOR, 3600));
  } finally {
    await client.close();
  }
}

/** For a verb that takes in or opens values: as a named person, or nothing is begun. */
async function withPerson(how: 'reads' | 'founds', as: string | undefined, work: (client: Client, token: string) => Promise<void>): Promise<void> {
  const given = process.env.AKASHI_TOKEN;
  if (as === undefined && !given) throw new UsageError('誰として行うかを --as <職員ID> で指定してください（環境変数 AKASHI_TOKEN でも指定できます）。職員ID は akashi staff list で確かめられます。');
  if (as !== undefined) requireId(as);
  await withClient(how, async (client, operator) => work(client, as === undefined ? given! : await staffToken(client, operator, as, 3600)));
}

function requireId(staff: string): void {
  if (!isId(staff)) throw new UsageError('職員は ID（UUID）で指定してください。akashi staff list で確かめられます。');
}

async function staffToken(client: Client, operator: string, id: string, lifetime: number, purpose: string | null = null): Promise<string> {
  const { ApiError, tokenFrom } = await import('./cli/client.js');
  const { kind, department, role } = await client.send<{ kind: (typeof ACTOR_KINDS)[number]; department?: string; role?: Role }>('GET', `/staff/${id}`, operator).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 404 ? new Error('職員が見つかりません。akashi staff list で職員ID を確かめてください。') : error;
  });
  if (department === undefined || role === undefined) throw new Error('在職していない職員です。akashi staff list で確かめてください。');
  return tokenFrom(settings(), { staff: id, kind, department, role, purpose, channel: 'staff', terminal: null }, lifetime);
}

const asStaff = new Option('--as <職員ID>', '誰として行うか。必須（AKASHI_TOKEN でも指定できる）');
const CODES = '評価書の記載事項の符号。一覧は akashi register declaration';

program.command('serve').description('エンジンを起動する（止めるには Ctrl+C か SIGTERM）').action(async () => {
  const { serve } = await import('./cli/serve.js');
  await serve(settings());
});

program.command('live').description('エンジンのプロセスが応答するかだけを確かめる（コンテナのヘルスチェック用。終了コード 0 か 1）').action(async () => {
  const { isLive } = await import('./cli/live.js');
  if (!(await isLive(settings()))) process.exitCode = 1;
});

program.command('demo').description('架空の汐浜市で一日の流れを動かす')
  .option('--residents <人数>', '住民の数', '24000').option('--records <件数>', '接種記録の数').option('--seed <番号>', '生成の種', '20261120')
  .option('--keep', '終わってもサーバーを動かしたままにする')
  .addOption(new Option('--store <種類>', '事象の置き場所。eventstoredb は AKASHI_EVENTSTOREDB の接続先に、設定がなければ代役に置く').choices(['embedded', 'eventstoredb']).default('embedded'))
  .action(async (options: { residents: string; records?: string; seed: string; keep?: boolean; store: 'embedded' | 'eventstoredb' }) => {
    const { runDemo } = await import('./demo/demo.js');
    await runDemo({ residents: Number(options.residents), ...(options.records && { records: Number(options.records) }), seed: Number(options.seed), keep: options.keep === true, store: options.store });
  });

const imports = program.command('import').description('CSV を取り込む');
for (const [kind, label] of [['residents', '住民（宛名）ファイル'], ['vaccinations', '接種記録ファイル']] as const) {
  imports.command(kind).argument('<CSV>').description(`${label}を取り込む`).addOption(asStaff)
    .addOption(new Option('--encoding <文字コード>', 'ファイルの文字コード').choices(['utf-8', 'cp932']).default('utf-8'))
    .option('--file <符号>', '特定個人情報ファイル', 'vaccination').requiredOption('--source <符号>', '入手元').requiredOption('--method <符号>', '入手方法')
    .option('--purpose <符号>', '使用目的', 'record-keeping').option('--migration', '移行（初期データ）').option('--reason <文>', '記載外の取扱いになるときの理由。封をして記録に残す')
    .addHelpText('after', `\n--file・--source・--method・--purpose は${CODES}`)
    .action((path: string, { as, ...rest }: { as?: string } & Omit<ImportRequest, 'kind' | 'path'>) => takeIn(as, { kind, path, ...rest }));
}
imports.command('personnel').argument('<CSV>').description('人事異動ファイル（採用・異動・退職・契約終了・組織廃止など）を取り込む。発令日から権限が失効する').addOption(asStaff)
  .addOption(new Option('--encoding <文字コード>', 'ファイルの文字コード').choices(['utf-8', 'cp932']).default('utf-8'))
  .action((path: string, { as, encoding }: { as?: string; encoding: ImportRequest['encoding'] }) => takeIn(as, { kind: 'personnel', path, encoding }));

function takeIn(as: string | undefined, request: ImportRequest): Promise<void> {
  return withPerson('founds', as, async (client, token) => {
    const [{ describeImport, importFile }, { writeRejects }] = await Promise.all([import('./cli/import.js'), import('./cli/rejects.js')]);
    const summary = await importFile(client, token, request, process.stdout.isTTY && !asJson());
    const rejects = summary.rejected > 0 ? writeRejects(request.path, await client.text(`/imports/${summary.id}/rejects`, token)) : undefined;
    show({ ...summary, ...(rejects && { rejects }) }, `${describeImport(summary, request.reason)}${rejects ? `\n取り込めなかった行（行・列・理由）: ${rejects}` : ''}`);
  });
}

program.command('rebuild').argument('[台帳]', 'subjects、vaccinations、staff、handling-log、access-log、operations。省略するとすべて').description('台帳を記録の初めから作り直し、今の台帳と照合する').action((name?: string) =>
  withClient('reads', async (client, operator) => {
    const known = (await client.send<readonly { name: string }[]>('GET', '/registers', operator)).map((register) => register.name);
    if (name !== undefined && !known.includes(name)) throw new UsageError(`<台帳> は ${known.join('、')} のどれかで指定してください。`);
    const rebuilt = [];
    for (const each of name ? [name] : known) rebuilt.push(await client.send<{ register: string; identical: boolean; rows: number; milliseconds: number }>('POST', `/registers/${each}/rebuilds`, operator));
    const lines = rebuilt.map(({ register, rows, milliseconds, identical }) => `${register}: ${rows} 行、${(milliseconds / 1000).toFixed(1)} 秒、${identical ? '今の台帳と一致' : '今の台帳と一致しません'}`);
    show(name ? rebuilt[0]! : rebuilt, lines.join('\n'));
    if (rebuilt.some(({ identical }) => !identical)) process.exitCode = 3;
  }));

program.command('replay').description('記録を指定した時点まで再生し、台帳ごとの行数とハッシュ値を出す').option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）').option('--position <番号>', '位置')
  .action(async (options: { asOf?: string; position?: string }) => {
    const { describeReplay, replay } = await import('./cli/replay.js');
    const result = await replay(settings(), options);
    show(result, describeReplay(result));
  });

program.command('register').addArgument(new Argument('<台帳>', '一覧するもの').choices(['subjects', 'vaccinations', 'declaration']))
  .description('台帳を一覧する（開いた人の取扱いとして記録される）。declaration は施行されている評価書の記載事項とその符号').addOption(asStaff)
  .option('--file <符号>', '特定個人情報ファイル', 'vaccination').option('--purpose <符号>', `使用目的（${CODES}）`).option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）')
  .option('--cursor <続き>', '前のページの続き').option('--limit <件数>', '1から50', '20')
  .action((name: string, { as, file, purpose, asOf, cursor, limit }: { as?: string; file: string; purpose?: string; asOf?: string; cursor?: string; limit: string }) => {
    if (name === 'declaration') return showDeclaration();
    const query = new URLSearchParams({ file, limit: String(whole('--limit', limit, 1, 50)), ...(asOf && { asOf }), ...(cursor && { cursor }) });
    return withPerson('reads', as, async (client, token) => {
      const { declarationInForce, describeRegister } = await import('./cli/views.js');
      const answer = await client.send<Parameters<typeof describeRegister>[0]>('GET', `/registers/${name}?${query}`, token, undefined, purpose ? { 'akashi-purpose': purpose } : {});
      show(answer, describeRegister(answer, await declarationInForce(client, token), file));
    });
  });

function showDeclaration(): Promise<void> {
  return withClient('reads', async (client, operator) => {
    const { declarationInForce, describeDeclaration } = await import('./cli/views.js');
    const declaration = await declarationInForce(client, operator);
    if (!declaration) throw new Error('評価書の記載事項がまだ施行されていません。記載事項を提出し（POST /declarations/proposals）、別の職員が施行してください（POST /declarations/in-force）。');
    show(declaration, describeDeclaration(declaration));
  });
}

program.command('log').description('取扱記録を読む（読んだことも記録される）').addOption(asStaff)
  .option('--subject <ID>', '本人').option('--staff <ID>', '職員').option('--file <符号>', '特定個人情報ファイル')
  .addOption(new Option('--kind <種類>', '取扱いの種類').choices(HANDLING_KINDS))
  .option('--from <日時>', 'この時から（時差付き）').option('--to <日時>', 'この時まで（時差付き）').option('--cursor <続き>', '前のページの続き').option('--limit <件数>', '1から50', '50')
  .action(({ as, cursor, limit, ...terms }: { as?: string; cursor?: string; limit: string }) => {
    const query = new URLSearchParams({ limit: String(whole('--limit', limit, 1, 50)), ...(cursor && { cursor }) });
    return withPerson('reads', as, async (client, token) => {
      const { declarationInForce, describeLog } = await import('./cli/views.js');
      const answer = await client.send<Parameters<typeof describeLog>[0]>('POST', `/handling-log/search?${query}`, token, terms);
      show(answer, describeLog(answer, await declarationInForce(client, token)));
    });
  });

// What each report can be asked stands in its definition, which is loaded when one is asked for.
program.command('report').argument('[報告と条件...]').description('報告をファイルに書く（出力したことも記録される）。報告の名を付けずに実行すると一覧を示す').helpOption(false).allowUnknownOption()
  .action(async (args: string[]) => {
    const { describeReports, reportCommands } = await import('./cli/report.js');
    if (args.length === 0) return show(...describeReports());
    const verbs = inJapanese(new Command('akashi report')).helpCommand(false);
    await reportCommands(verbs, asStaff, whole, (as, request, write) => withPerson('reads', as, async (client, token) => {
      const written = await write(client, token, request);
      show(...written);
    }));
    await verbs.parseAsync(args, { from: 'user' });
  });

program.command('audit').argument('[問]', '1から10、又は all。省略すると問の一覧').description('監査の十の問に、記録から答える（問うたことも記録される）。違反があれば終了コード2').addOption(asStaff).option('--subject <ID>', '本人（問1）')
  .action(async (which: string | undefined, { as, subject }: { as?: string; subject?: string }) => {
    const { ask, describeQuestions, questionsOf } = await import('./cli/audit.js');
    if (which === undefined) return show(...describeQuestions());
    const questions = questionsOf(which, subject);
    return withPerson('reads', as, async (client, token) => {
      const { answers, violations, text } = await ask(client, token, questions, subject);
      show({ answers, violations }, text);
      if (violations > 0) process.exitCode = 2;
    });
  });

const logReview = program.command('log-review').description('月次ログ点検');
logReview.command('list').description('月次ログ点検を一覧する（開いた人の取扱いとして記録される）').addOption(asStaff)
  .action(({ as }: { as?: string }) => withPerson('reads', as, async (client, token) => {
    const { listLogReviews } = await import('./cli/log-review.js');
    show(...(await listLogReviews(client, token)));
  }));
logReview.command('sign').description('月の点検に署名する（件数は akashi report monthly-log-review で確かめる）').argument('<月>', 'YYYY-MM').addOption(asStaff)
  .addOption(new Option('--result <結果>', '点検の結果').choices([...REVIEW_RESULTS]).makeOptionMandatory()).option('--remarks <文>', '所見。指摘があるときは必須。封をして記録に残す').option('--sampled <ID...>', '一件ずつ確かめた取扱い（事象の ID）')
  .action((month: string, { as, ...signature }: { as?: string; result: string; remarks?: string; sampled?: string[] }) => withPerson('reads', as, async (client, token) => {
    const { signLogReview } = await import('./cli/log-review.js');
    show(...(await signLogReview(client, token, month, signature)));
  }));

program.command('doctor').description('鍵・時計・ストア・台帳を点検する').action(async () => {
  const { examine } = await import('./cli/doctor.js');
  const findings = await examine(settings());
  const mark = { ok: '正常', warning: '注意', fault: '異常', unseen: '不明' };
  show(findings, findings.map(({ state, text }) => `${mark[state]}  ${text}`).join('\n'));
  if (findings.some(({ state }) => state === 'fault')) process.exitCode = 2;
  else if (findings.some(({ state }) => state === 'unseen')) process.exitCode = 1; // not everything has been looked at
});

const staff = program.command('staff').description('職員');
staff.command('add').description('職員を登録する').requiredOption('--name <氏名>', '氏名').requiredOption('--post <職名>', '職名').requiredOption('--department <符号>', `部署（${CODES}）`)
  .addOption(new Option('--kind <区分>', '区分').choices([...ACTOR_KINDS]).default('staff')).addOption(new Option('--role <役割>', '役割').choices(Object.keys(ROLES)).makeOptionMandatory())
  .option('--employee-number <職員番号>', '職員番号（職員・会計年度任用職員には必ず。同じ番号の人は二人登録できない）').option('--from <日付>', '採用日（YYYY-MM-DD）')
  .action((person: object) => withClient('founds', async (client, operator) => {
    const added = await client.send<{ id: string }>('POST', '/staff', operator, person);
    show(added, added.id);
  }));
staff.command('list').description('職員を一覧する（氏名は開かない）').action(async () => {
  const { describeStaff, listStaff } = await import('./cli/staff.js');
  const members = await listStaff(settings());
  show(members, describeStaff(members));
});
staff.command('change').description('異動・退職・契約終了などを記録する（その日から、サインインも権限も失効する）').argument('<職員ID>')
  .addOption(new Option('--change <区分>', '区分').choices([...PERSONNEL_CHANGES]).makeOptionMandatory()).requiredOption('--on <日付>', '異動日（YYYY-MM-DD）')
  .option('--department <符号>', `異動後の部署（${CODES}）`).addOption(new Option('--role <役割>', '異動後の役割').choices(Object.keys(ROLES))).option('--post <職名>', '異動後の職名')
  .action((id: string, change: object) => {
    requireId(id);
    return withClient('reads', async (client, operator) => show(await client.send('POST', `/staff/${id}/personnel-changes`, operator, change), '記録しました。権限の失効は、入力した人とは別の人が確認してください。'));
  });
staff.command('found').description('最初の権限を、権限を受ける本人でない二人がこの端末でサインインして設定する（権限の申請・承認・設定が一度行われるまで）').argument('<権限...>', '<職員ID>:<役割>:<ファイルの符号,…>')
  .action(async (given: string[]) => {
    const { found, readFounded } = await import('./cli/found.js');
    const rights = given.map(readFounded);
    return withClient('reads', async (client, operator) => {
      const present = await found(client, operator, rights);
      show({ founded: rights, present }, `${rights.length} 件の最初の権限を設定しました。これからは申請・承認・設定の手順で付与してください。`);
    });
  });
staff.command('token').description('職員の短時間のトークンを発行する').requiredOption('--staff <ID>', '職員').option('--purpose <符号>', `使用目的（${CODES}）`).option('--hours <時間>', '有効時間。12まで', '8')
  .action(({ staff: id, purpose, hours }: { staff: string; purpose?: string; hours: string }) => {
    const lifetime = Number(hours) * 3600;
    if (!(lifetime > 0 && lifetime <= 12 * 3600)) throw new UsageError('有効時間（--hours）は12時間までで指定してください。');
    requireId(id);
    return withClient('reads', async (client, operator) => {
      const token = await staffToken(client, operator, id, Math.round(lifetime), purpose ?? null);
      show({ token }, token);
    });
  });

const account = program.command('account').description('職員のアカウント');
account.command('open').description('職員のアカウントを開く').requiredOption('--staff <ID>', '職員').requiredOption('--login <名>', 'ログインID（半角の英数字と . _ -）')
  .action((given: { staff: string; login: string }) => {
    requireId(given.staff);
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
    if (!isId(given.issue)) throw new UsageError('発行・結付けは ID（UUID）で指定してください。');
    return withClient('reads', async (client, operator) => {
      const { asSignedIn } = await import('./cli/found.js');
      const release = async (token: string): Promise<void> => {
        const { handover } = await client.send<{ handover: { password?: string } }>('POST', `/accounts/${id}/releases`, token, given);
        show({ released: given.issue, ...handover }, handover.password === undefined ? '使用を開始しました。' : `初期パスワード: ${handover.password}\n本人に手渡してください。もう一度表示することはできません。最初のサインインで変更します。`);
      };
      if (alone === true) await release(operator);
      else await asSignedIn(client, '使用を開始する人', release);
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
  if (!isId(id)) throw new UsageError('アカウントは ID（UUID）で指定してください。');
}

function actOnAccount(id: string, act: string, body: object, said: string): Promise<void> {
  requireAccount(id);
  return withClient('reads', async (client, operator) => show(await client.send('POST', `/accounts/${id}/${act}`, operator, body), said));
}

const policy = program.command('policy').description('アクセス管理の設定（パスワード、ロック、セッション、権限の手順など）の今の値と、許される範囲を示す').action(() =>
  withClient('reads', async (client, operator) => {
    const { describePolicy, policyNow } = await import('./cli/policy.js');
    const now = await policyNow(client, operator);
    show(now, describePolicy(now));
  }));
policy.command('propose').description('設定の変更案を出す').argument('<設定>').argument('<値>', '整数、true・false、名、又は符号をコンマで区切ったもの').addOption(asStaff)
  .requiredOption('--reason <理由>', '理由').option('--from <日付>', 'この日から（省略すると承認した時から）')
  .action((setting: string, text: string, { as, ...rest }: { as?: string; reason: string; from?: string }) => withPerson('reads', as, async (client, token) => {
    const { policyNow, readValue } = await import('./cli/policy.js');
    await client.send('POST', '/access-policy/proposals', token, { setting, value: readValue(setting, text), ...rest });
    const { proposed } = (await policyNow(client, token)).settings.find((one) => one.setting === setting)!;
    show({ proposal: proposed?.proposal }, `変更案 ${proposed?.proposal} を出しました。別の職員が承認すると（akashi policy confirm ${proposed?.proposal}）、変更されます。`);
  }));
for (const [verb, route, description, said] of [
  ['confirm', 'confirmations', '設定の変更を承認する（提案者以外）', '承認しました。'], ['reject', 'rejections', '設定の変更案を却下する（提案者以外）', '却下しました。'], ['withdraw', 'withdrawals', '自分が出した変更案を取り下げる', '取り下げました。'],
] as const) {
  policy.command(verb).description(description).argument('<変更案の番号>').addOption(asStaff).action((text: string, { as }: { as?: string }) => {
    const proposal = whole('変更案の番号', text, 1, 1_000_000);
    return withPerson('reads', as, async (client, token) => show(await client.send('POST', `/access-policy/${route}`, token, { proposal }), said));
  });
}

accessVerbs({ program, asStaff, settings, show, withClient, withPerson });

program.command('store').description('事象ストア').command('copy').description('埋込みのストアの記録を、AKASHI_EVENTSTOREDB の空の EventStoreDB にすべて写して照合する（エンジンは止めておく）')
  .action(async () => {
    const { copyStore } = await import('./cli/store-copy.js');
    const target = readSettings({ ...process.env, AKASHI_STORE: 'eventstoredb' }).store;
    const told = { copied: '写しています', compared: '照合しています' };
    const result = await copyStore(settings(), target, (events, what) => {
      if (process.stderr.isTTY && events % 500 === 0) process.stderr.write(`\r${told[what]}: ${events.toLocaleString()} 件 `);
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    const before = result.before > 0 ? `（うち ${result.before.toLocaleString()} 件は前回までに写してあったもの）` : '';
    show(result, `${result.events.toLocaleString()} 件を写し、すべて元と同じであることを確かめました${before}。\n次は AKASHI_STORE=eventstoredb で起動してください。台帳は作り直されます。起動を確かめたら鍵の控えを取り直し、元のファイルは手順に従って廃棄してください。`);
  });

const keys = program.command('keys').description('鍵の控え');
keys.command('backup').description('鍵の控えの次の世代を作る').requiredOption('--to <場所>', '控えを置くディレクトリ').requiredOption('--key <ファイル>', '控えの鍵。なければ作る。--to の外に置く').option('--keep-days <日数>', '控えを残す日数', '30')
  .action(async ({ to, key, keepDays }: { to: string; key: string; keepDays: string }) => {
    const days = whole('--keep-days', keepDays, 1);
    const { backUpKeys } = await import('./cli/keys.js');
    const { made, expired } = await backUpKeys(settings(), { directory: to, keyFile: key, keepDays: days });
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
    const tries = whole('--samples', samples, 1);
    const { drillKeys } = await import('./cli/keys.js');
    const result = await drillKeys(settings(), { file, keyFile: key, samples: tries });
    show(result, `${result.tried} 件を試し、開けた ${result.opened}、消去済み ${result.erased}、控えより後 ${result.later}、開けない ${result.failed}`);
    if (result.failed > 0) process.exitCode = 2;
  });

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 64; // it has said what is wrong
  else {
    process.stderr.write(`${explain(error as Error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
