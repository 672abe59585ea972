import { Option, type Command } from 'commander';
import { CODES, list, requireId, whole, type As, type Program } from './program.js';

/** The circumstances that an act about a file takes, as the API has them. */
export function circumstances(command: Command): Command {
  return command.option('--file <符号>', '特定個人情報ファイル', 'vaccination').option('--purpose <符号>', `使用目的（${CODES}）`).option('--case-ref <番号>', '受付番号。封をして記録に残す')
    .option('--reason <文>', '理由。封をして記録に残す').option('--evidence <ID,…>', '証拠書類', list);
}

/** An option that must be given and is a whole number. */
export function count(flags: string, about: string): Option {
  return new Option(flags, about).argParser((text) => whole(flags.split(' ')[0]!, text, 0)).makeOptionMandatory();
}

/** An option that must be given and is one of a closed list. */
export function choice(flags: string, about: string, of: readonly string[]): Option {
  return new Option(flags, about).choices([...of]).makeOptionMandatory();
}

interface Group {
  readonly own: Program;
  readonly group: Command;
  /** where they are in the API, and what one of them is called */
  readonly path: string;
  readonly label: string;
}

interface Act {
  readonly verb: string;
  /** the act in the API, behind the id */
  readonly end: string;
  readonly about: string;
  readonly said: string;
  readonly more?: (command: Command) => Command;
}

/** Something new of its kind, as a named person; its id is what is said. */
export function begins({ own: { asStaff, show, withPerson }, group, path }: Group, { verb, about, more }: { readonly verb: string; readonly about: string; readonly more: (command: Command) => Command }): void {
  more(group.command(verb).description(about).addOption(asStaff)).action(({ as, ...body }: As) => withPerson('reads', as, async (client, token) => {
    const begun = await client.send<{ id: string }>('POST', path, token, body);
    show(begun, begun.id);
  }));
}

/** An act on one of them by its id, as a named person. */
export function acts({ own: { asStaff, show, withPerson }, group, path, label }: Group, { verb, end, about, said, more = (command) => command }: Act): void {
  more(group.command(verb).description(about).argument(`<${label}ID>`).addOption(asStaff)).action((id: string, { as, ...body }: As) => {
    requireId(label, id);
    return withPerson('reads', as, async (client, token) => show(await client.send('POST', `${path}/${id}/${end}`, token, body), said));
  });
}

/** What stands of them in 印刷・出力・持出しの台帳. */
export function lists({ own: { asStaff, show, withPerson }, group, label }: Pick<Group, 'own' | 'group' | 'label'>, category: 'print' | 'export' | 'take-out'): void {
  group.command('list').description(`${label}を、未了かどうかとともに一覧する（開いた人の取扱いとして記録される）`).addOption(asStaff).option('--open', '未了だけ')
    .option('--as-of <日付>', '時点（YYYY-MM-DD か時差付きの日時）').option('--cursor <続き>', '前のページの続き')
    .action(({ as, open, asOf, cursor }: As & { open?: boolean; asOf?: string; cursor?: string }) => withPerson('reads', as, async (client, token) => {
      const { describeOutputs } = await import('./outputs.js');
      const terms = new URLSearchParams({ category, ...(open === true && { open: 'true' }), ...(asOf && { asOf }), ...(cursor && { cursor }) });
      const answer = await client.send<Parameters<typeof describeOutputs>[1]>('GET', `/registers/outputs?${terms}`, token);
      show(answer, describeOutputs(category, answer));
    }));
}
