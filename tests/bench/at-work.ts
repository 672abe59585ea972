import { randomBytes } from 'node:crypto';
import { issueToken } from '../../src/access/token.js';
import type { Role } from '../../src/access/roles.js';
import { clientOf, type Client, type Headers } from '../../src/cli/client.js';
import { DemoDesk } from '../../src/demo/desk.js';
import { newId } from '../../src/ledger/ids.js';
import type { RunningServer } from '../../src/server.js';
import { DECLARATION } from './engine.js';

/** Somebody at a counter: signed in with two factors, at a terminal that is registered, with a right that was given as it must be. */
export interface AtWork {
  readonly token: string;
  /** what the proxy before the engine says of the terminal */
  readonly headers: Headers;
  readonly client: Client;
}

const FILE = 'vaccination';
const PURPOSE = 'routine-vaccination';
/** Those whom a city begins with. */
const FOUNDERS = { chief: ['supervisor', 'health-promotion'], head: ['systems-head', 'information-systems'], manager: ['security-manager', 'general-affairs'], compliance: ['compliance', 'general-affairs'] } as const satisfies { readonly [who: string]: readonly [Role, string] };
type Who = keyof typeof FOUNDERS;
/** From one code to the next. */
const STEP_MS = 30_000;

/** A city from its first start to the first person at work, through HTTP all the way; the server trusts a proxy on loopback. */
export async function beginWork(server: RunningServer): Promise<AtWork> {
  const { engine } = server;
  let passed: Headers = {};
  const plain = clientOf(server.address, async () => undefined);
  const client: Client = { ...plain, send: (method, path, token, body, headers = {}) => plain.send(method, path, token, body, { ...headers, ...passed }) };
  const operator = await issueToken(engine.ledger.vault, { staff: newId(), kind: 'staff', role: 'operator', department: 'information-systems', purpose: null, channel: 'staff', terminal: null }, engine.clock, 3600);

  let ahead = 0;
  const clock = (): number => engine.clock() + ahead;
  const people = new Map<Who, { readonly staff: string; readonly desk: DemoDesk }>();
  const who = Object.keys(FOUNDERS) as Who[];
  for (const [n, login] of who.entries()) {
    const [role, department] = FOUNDERS[login];
    const { id: staff } = await client.send<{ id: string }>('POST', '/staff', operator, { name: '架空　職員', post: '課長', kind: 'staff', department, role, employeeNumber: `10000${n}` });
    people.set(login, { staff, desk: await DemoDesk.open(client, clock, { operator, releaser: operator }, { staff, login, purpose: PURPOSE }) });
  }
  const as = (login: Who): Promise<string> => people.get(login)!.desk.pass();
  for (const login of who) {
    const present = await Promise.all(who.filter((other) => other !== login).slice(0, 2).map(as));
    await client.send('POST', `/staff/${people.get(login)!.staff}/foundings`, operator, { role: FOUNDERS[login][0], files: login === 'chief' || login === 'head' ? [FILE] : [], present });
  }
  await client.send('POST', '/declarations/proposals', await as('compliance'), { document: DECLARATION });
  await client.send('POST', '/declarations/in-force', await as('chief'), { version: 3 });

  const certificate = randomBytes(32).toString('hex');
  await client.send('POST', '/terminals', operator, { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion', label: '架空の窓口', certificates: [certificate] });
  passed = { 'x-forwarded-for': '192.0.2.7', 'akashi-client-certificate': certificate };
  ahead = STEP_MS; // each code is good once
  await people.get('chief')!.desk.signIn(PURPOSE);
  return { token: await as('chief'), headers: passed, client };
}
