// Who may do what, with the server's default rules: without TLS everybody everything; with it nobody may touch a
// stream without credentials, and $all and system streams are for administrators.
import { type IncomingHttpHeaders } from 'node:http2';

export type User = 'admin' | 'user' | 'anonymous';

export interface Access {
  /** undefined when the credentials are wrong */
  user(headers: IncomingHttpHeaders): User | undefined;
  may(user: User, stream: string): boolean;
}

export const openToAll: Access = { user: () => 'admin', may: () => true };

/** Both lists hold `name:password`. */
export function accessOf(admins: readonly string[], users: readonly string[]): Access {
  const known = new Map<string, User>();
  for (const one of users) known.set(`Basic ${Buffer.from(one).toString('base64')}`, 'user');
  for (const one of admins) known.set(`Basic ${Buffer.from(one).toString('base64')}`, 'admin');
  return {
    user: ({ authorization }) => (authorization === undefined ? 'anonymous' : known.get(authorization)),
    may: (user, stream) => user === 'admin' || (user === 'user' && !(stream.startsWith('$$') ? stream.slice(2) : stream).startsWith('$')),
  };
}
