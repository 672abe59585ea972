import { Command, Option } from 'commander';
import type { Role } from '../access/roles.js';
import { isId } from '../ledger/ids.js';
import { UsageError, readSettings, type Settings } from '../settings.js';
import type { ActorKind } from '../store/event.js';
import type { Client } from './client.js';
import { HELP, parserSays } from './help.js';

/** What the verbs have of the program around them. What a verb needs beside is loaded when it runs: with the server in it, a start takes most of a second. */
export interface Program {
  readonly program: Command;
  readonly asStaff: Option;
  readonly settings: () => Settings;
  /** prints for a person, or as JSON */
  readonly show: (value: object, text: string) => void;
  readonly asJson: () => boolean;
  /** Against the engine, as the operator at the machine, who opens no values. A verb that only reads makes no new store by the way. */
  readonly withClient: (how: 'reads' | 'founds', work: (client: Client, operator: string) => Promise<void>) => Promise<void>;
  /** the same, as a named member of staff: for a verb that takes in or opens values */
  readonly withPerson: (how: 'reads' | 'founds', as: string | undefined, work: (client: Client, token: string) => Promise<void>) => Promise<void>;
}

/** The option by which somebody is named. */
export interface As {
  readonly as?: string;
}

/** Where codes come from, for the help. */
export const CODES = '評価書の記載事項の符号。一覧は akashi register declaration';

/** The program without any verb yet. */
export function createProgram(env: NodeJS.ProcessEnv, print: (text: string) => void): Program {
  const program = inJapanese(new Command('akashi')).description('証（あかし）— 特定個人情報の取扱いを記録し、証明する').option('--json', '結果を JSON で出す');
  program.helpCommand('help [コマンド]', 'コマンドの使い方を表示する');
  program.addHelpText('after', '\n終了コード: 0 終わった　1 できなかった　2 異常を見付けた　3 台帳が作り直したものと一致しない　64 コマンドの書き方の誤り　78 設定の誤り');
  const settings = (): Settings => readSettings(env);
  const asJson = (): boolean => program.opts<{ json?: boolean }>().json === true;

  const withClient: Program['withClient'] = async (how, work) => {
    if (how === 'reads') await (await import('./data.js')).requireLedger(settings());
    const { LOCAL_OPERATOR, connect, tokenFrom } = await import('./client.js');
    const client = await connect(settings());
    try {
      await work(client, await tokenFrom(settings(), LOCAL_OPERATOR, 3600));
    } finally {
      await client.close();
    }
  };

  const withPerson: Program['withPerson'] = async (how, as, work) => {
    const given = env.AKASHI_TOKEN;
    if (as === undefined && !given) throw new UsageError('誰として行うかを --as <職員ID> で指定してください（環境変数 AKASHI_TOKEN でも指定できます）。職員ID は akashi staff list で確かめられます。');
    if (as !== undefined) requireStaff(as);
    await withClient(how, async (client, operator) => {
      if (as === undefined) return work(client, given!);
      const token = await staffToken(settings(), client, operator, { id: as, lifetime: 3600 });
      if (await mayBeNamed(client, token)) return work(client, token);
      const { asSignedIn } = await import('./found.js');
      await asSignedIn(client, `職員 ${as} `, async (own, session, staff) => {
        if (staff !== as) throw new UsageError('サインインした人が --as の職員ではありません。');
        await work(own, session);
      });
    });
  };

  const asStaff = new Option('--as <職員ID>', '誰として行うか。必須（AKASHI_TOKEN でも指定できる）');
  return { program, asStaff, settings, asJson, show: (value, text) => print(asJson() ? JSON.stringify(value) : text), withClient, withPerson };
}

export function inJapanese(command: Command): Command {
  return command.configureHelp({ sortSubcommands: true, ...HELP }).configureOutput({ outputError: (text, write) => write(parserSays(text)) }).exitOverride().helpOption('-h, --help', '使い方を表示する');
}

/** A whole number that was given to an option. @throws UsageError */
export function whole(option: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new UsageError(`${option} は${min}${max === Number.MAX_SAFE_INTEGER ? '以上' : `から${max}まで`}の整数で指定してください。`);
  return value;
}

/** What was given with commas between. */
export const list = (text: string): readonly string[] => text.split(',').filter(Boolean);

/** What is named by its id; nothing else becomes a part of a path. @throws UsageError */
export function requireId(what: string, id: string): void {
  if (!isId(id)) throw new UsageError(`${what}は ID（UUID）で指定してください。`);
}

/** @throws UsageError */
export function requireStaff(staff: string): void {
  if (!isId(staff)) throw new UsageError('職員は ID（UUID）で指定してください。akashi staff list で確かめられます。');
}

/** Once the first right has been given, members of staff sign in, unless the policy (`people.atTheMachine`) lets them be named. */
export async function mayBeNamed(client: Client, token: string): Promise<boolean> {
  const { ApiError } = await import('./client.js');
  return client.send('GET', '/registers', token).then(() => true, (error: unknown) => {
    if (error instanceof ApiError && error.problem.code === 'sign-in-required') return false;
    if (error instanceof ApiError && error.status === 403) return true;
    throw error;
  });
}

/** A token for a member of staff in post, made with the vault's key. */
export async function staffToken(settings: Settings, client: Client, operator: string, { id, lifetime, purpose = null }: { readonly id: string; readonly lifetime: number; readonly purpose?: string | null }): Promise<string> {
  const { ApiError, tokenFrom } = await import('./client.js');
  const { kind, department, role } = await client.send<{ kind: ActorKind; department?: string; role?: Role }>('GET', `/staff/${id}`, operator).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 404 ? new Error('職員が見つかりません。akashi staff list で職員ID を確かめてください。') : error;
  });
  if (department === undefined || role === undefined) throw new Error('在職していない職員です。akashi staff list で確かめてください。');
  return tokenFrom(settings, { staff: id, kind, department, role, purpose, channel: 'staff', terminal: null }, lifetime);
}
