import { Writable } from 'node:stream';
import { createInterface } from 'node:readline/promises';
import { isRole } from '../access/roles.js';
import { isCode } from '../ledger/fields.js';
import { isId } from '../ledger/ids.js';
import { UsageError } from '../settings.js';
import type { Client } from './client.js';

export interface Founded {
  readonly staff: string;
  readonly role: string;
  readonly files: readonly string[];
}

/** `<職員ID>:<役割>[:<ファイル>,…]` @throws UsageError */
export function readFounded(text: string): Founded {
  const [staff, role = '', files = ''] = text.split(':');
  const codes = files.split(',').filter(Boolean);
  if (!isId(staff) || !isRole(role) || !codes.every(isCode)) throw new UsageError('権限は <職員ID>:<役割>:<ファイルの符号,…> で指定してください（ファイルを取り扱わない役割では <職員ID>:<役割>）。');
  return { staff, role, files: codes };
}

interface Questions {
  readonly ask: (label: string, how?: { readonly hidden?: boolean }) => Promise<string>;
  readonly close: () => void;
}

/** Asks at the terminal, passwords without showing them; without a terminal, takes line after line. */
function questions(): Questions {
  const isTerminal = process.stdin.isTTY;
  let hidden = false;
  const output = new Writable({ write: (piece: Buffer, _, done) => void (hidden ? done() : process.stderr.write(piece, () => done())) });
  const lines = createInterface({ input: process.stdin, output, terminal: isTerminal });
  const given = isTerminal ? undefined : lines[Symbol.asyncIterator]();
  return {
    ask: async (label, how = {}) => {
      process.stderr.write(`${label}: `);
      if (given) {
        const { value, done } = await given.next();
        process.stderr.write('\n');
        if (done === true) throw new UsageError(`${label}が入力されていません。`);
        return value;
      }
      hidden = how.hidden === true;
      const answer = await lines.question('');
      hidden = false;
      if (how.hidden) process.stderr.write('\n');
      return answer;
    },
    close: () => lines.close(),
  };
}

interface Session {
  readonly token: string;
  readonly staff: string;
  readonly mustChangePassword?: boolean;
}

/** One of the two signs in here, with a password of their own: the one that was handed out is known to whoever handed it out. */
async function present(client: Client, { ask }: Questions, who: string): Promise<Session> {
  process.stderr.write(`\n${who}がサインインします。操作は全て記録されます。\n`);
  const login = await ask('ログインID');
  const password = await ask('パスワード', { hidden: true });
  const code = await ask('確認コード（6桁）');
  const session = await client.send<Session>('POST', '/sign-in', '', { login, password, code });
  if (session.mustChangePassword) await client.send('POST', '/session/password', session.token, { current: password, next: await ask('新しいパスワード（12文字以上）', { hidden: true }) });
  return session;
}

/** 最初の権限: two people sign in one after the other, and are both there for as long as it takes. */
export async function found(client: Client, operator: string, rights: readonly Founded[]): Promise<readonly string[]> {
  const asking = questions();
  const sessions: Session[] = [];
  try {
    for (const who of ['一人目', '二人目']) sessions.push(await present(client, asking, who));
    if (new Set(sessions.map(({ staff }) => staff)).size < 2) throw new UsageError('別の二人がサインインしてください。');
    for (const { staff, role, files } of rights) await client.send('POST', `/staff/${staff}/foundings`, operator, { role, files, present: sessions.map(({ token }) => token) });
    return sessions.map(({ staff }) => staff);
  } finally {
    asking.close();
    for (const { token } of sessions) await client.send('DELETE', '/session', token).catch(() => undefined);
  }
}
