import { UsageError } from '../../settings.js';
import type { Program } from '../program.js';

/** rebuild: registers folded anew and compared. */
export function rebuildVerb({ program, show, withClient }: Program): void {
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
}
