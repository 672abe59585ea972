import type { Command } from 'commander';
import type { VersionView } from '../assessment-versions.js';
import { requireId, whole, type As, type Program } from '../program.js';
import { entry, reason, revision } from './assessment-versions.js';

/** What was given to a verb behind the version: its arguments, and its options as they are called. */
interface Given {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** the version as it reads now */
  readonly version: () => Promise<VersionView>;
}

interface Writing {
  readonly verb: string;
  /** its arguments behind the version */
  readonly takes: readonly string[];
  /** the act in the API, behind the id */
  readonly end: string;
  readonly about: string;
  readonly said: string;
  readonly more: (command: Command) => Command;
  readonly body: (given: Given) => object | Promise<object>;
}

const WRITING: readonly Writing[] = [
  {
    verb: 'defer', takes: ['<項目>'], end: 'deferrals', about: '項目を「後に記載」とする（書かれるまで決裁できない）', said: '「後に記載」としました。',
    more: (command) => command.addOption(entry()).addOption(revision()).option('--reason <文>', reason),
    body: async ({ args: [item], options: { entry: entries = [], revision: told, ...rest }, version }) => ({ item, entries, revision: told ?? (await seen(version, item!, entries as readonly string[])), ...rest }),
  },
  {
    verb: 'entry add', takes: ['<繰返し>'], end: 'entries', about: '委託事項・提供先・システムなどを一つ加える（IDは akashi assessment show --entries）', said: '加えました。',
    more: (command) => command.option('--within <ID>', '外側の繰返しのID').option('--before <ID>', 'この前に入れる（省略すると最後）').option('--reason <文>', reason),
    body: ({ args: [repeat], options }) => ({ repeat, ...options }),
  },
  {
    verb: 'entry move', takes: ['<繰返しのID>'], end: 'entries/moves', about: '委託事項・提供先・システムなどの順を変える', said: '移しました。',
    more: (command) => command.option('--before <ID>', 'この前に移す（省略すると最後）').option('--reason <文>', reason),
    body: ({ args: [moved], options }) => ({ entry: moved, ...options }),
  },
  {
    verb: 'entry remove', takes: ['<繰返しのID>'], end: 'entries/removals', about: '委託事項・提供先・システムなどを一つ、中に書かれたものとともに除く', said: '除きました。',
    more: (command) => command.option('--reason <文>', reason), body: ({ args: [removed], options }) => ({ entry: removed, ...options }),
  },
  {
    verb: 'comment write', takes: ['<項目>'], end: 'comments', about: '項目にコメントを付ける', said: 'コメントを付けました。',
    more: (command) => command.addOption(entry()).requiredOption('--text <文>', 'コメント。封をして記録に残す').option('--reply-to <番号>', '返信先のコメントの番号', (given) => whole('--reply-to', given, 1, 1_000_000)),
    body: ({ args: [item], options: { entry: entries = [], ...rest } }) => ({ item, entries, ...rest }),
  },
  {
    verb: 'comment settle', takes: ['<コメントの番号>'], end: 'comments/resolutions', about: 'コメントを解決済みにする（番号は akashi assessment show）', said: '解決済みにしました。',
    more: (command) => command, body: ({ args: [number] }) => ({ comment: whole('コメントの番号', number!, 1, 1_000_000) }),
  },
  {
    verb: 'withhold', takes: ['<ファイル>'], end: 'withholdings', about: '公表しない部分のすべてを、[{"item":"…","entries":[…],"ground":"security"}] の形の JSON から決める（書いた人以外。公表用は export --public）', said: '記録しました。公表用は akashi assessment export --public で書き出せます。',
    more: (command) => command.addOption(revision()).requiredOption('--reason <文>', reason),
    body: async ({ args: [file], options: { revision: told, ...rest }, version }) => {
      const { itemsIn } = await import('../assessment-writing.js');
      return { items: itemsIn(file!), revision: told ?? (await version()).withheld?.revision ?? 0, ...rest };
    },
  },
];

async function seen(version: Given['version'], item: string, entries: readonly string[]): Promise<number> {
  const { cellOf } = await import('../assessment-versions.js');
  return cellOf(await version(), { item, entries })?.revision ?? 0;
}

const GROUPS: { readonly [name: string]: string } = { entry: '繰返し（委託事項・提供先・システムなど）を加え、移し、除く', comment: '項目へのコメントを付け、解決済みにする' };

/** assessment defer, entry …, comment …, withhold, provisional: writing beside the items themselves, each act as a named person. */
export function assessmentWritingVerbs(assessment: Command, { asStaff, show, withPerson }: Program): void {
  const groups = new Map(Object.entries(GROUPS).map(([name, about]) => [name, assessment.command(name).description(about)]));
  for (const { verb, takes, end, about, said, more, body } of WRITING) {
    const [name, under] = verb.split(' ') as [string, string?];
    const command = (under === undefined ? assessment : groups.get(name)!).command(under ?? name).description(about).argument('<版ID>');
    for (const taken of takes) command.argument(taken);
    more(command.addOption(asStaff)).action((id: string, ...rest: readonly unknown[]) => {
      requireId('版', id);
      const { as, ...options } = rest[takes.length] as As & Readonly<Record<string, unknown>>;
      return withPerson('reads', as, async (client, token) => {
        const version = async (): Promise<VersionView> => (await import('../assessment-versions.js')).versionOf(client, token, id);
        show(await client.send<object>('POST', `/assessments/${id}/${end}`, token, await body({ args: rest.slice(0, takes.length) as readonly string[], options, version })), said);
      });
    });
  }
  assessment.command('provisional').description('緊急時に、暫定の記載事項を施行する（規則第9条第2項。評価書の版は、後で速やかに作る）').argument('<ファイル>').addOption(asStaff).requiredOption('--reason <文>', '規則第9条第2項を適用する理由。封をして記録に残す')
    .action((file: string, { as, ...rest }: As & { reason: string }) => withPerson('reads', as, async (client, token) => {
      const { putProvisionalInForce } = await import('../assessment-writing.js');
      show(await putProvisionalInForce(client, token, file, rest), '施行しました。評価書の版（緊急時の事後評価）を速やかに作ってください: akashi assessment draft --kind emergency');
    }));
}
