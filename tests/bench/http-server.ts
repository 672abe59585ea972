import Fastify from 'fastify';
import { pino } from 'pino';
import { issueToken } from '../../src/access/token.js';
import { newId } from '../../src/ledger/ids.js';
import { startServer } from '../../src/server.js';
import { subjectBody } from './commands.js';
import { DECLARATION, settingsIn } from './engine.js';
import { openRaw } from './raw.js';

/** The servers under load, each in a process of its own: `bare` or `engine`. */
const PERSONS = 500;

const tell = (message: object): void => void process.send!(message);

async function serve(kind: string, directory: string): Promise<void> {
  if (kind === 'bare') {
    const raw = openRaw(directory, Array.from({ length: PERSONS }, (_, i) => `person-${i}`));
    const revisions = new Int32Array(PERSONS);
    const bytes = Buffer.alloc(910, 97);
    const server = Fastify();
    server.get('/persons/:i', async (request) => {
      const i = Number((request.params as { i: string }).i);
      return { position: await raw.append(i, revisions[i]!++, bytes), name: '架空 花子', kana: 'カクウ ハナコ', birthDate: '2025-04-02' };
    });
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    process.on('message', () => tell({ caughtUpMs: 0 }));
    tell({ address, token: '-', paths: Array.from({ length: PERSONS }, (_, i) => `/persons/${i}`) });
    return;
  }
  const server = await startServer(settingsIn(directory), { logger: pino({ level: 'silent' }) });
  const { engine, registers } = server;
  const token = (role: 'supervisor' | 'compliance', department: string) =>
    issueToken(engine.ledger.vault, { staff: newId(), kind: 'staff', role, department, purpose: 'routine-vaccination', channel: 'staff', terminal: null }, engine.clock, 3600);
  const chief = await token('supervisor', 'health-promotion');
  const post = async (path: string, bearer: string, body: object) => {
    const answer = await fetch(`${server.address}${path}`, { method: 'POST', headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { id: string; position: number };
  };
  await post('/declarations/proposals', await token('compliance', 'general-affairs'), { document: DECLARATION });
  await post('/declarations/in-force', chief, { version: 3 });
  const paths: string[] = [];
  for (let i = 0; i < PERSONS; i += 1) paths.push(`/subjects/${(await post('/subjects', chief, subjectBody(i))).id}?file=vaccination`);
  await registers.waitFor(await engine.store.head(), 10_000);
  process.on('message', () => {
    const started = performance.now();
    void engine.store.head().then((head) => registers.waitFor(head, 60_000)).then(() => tell({ caughtUpMs: performance.now() - started }));
  });
  tell({ address: server.address, token: chief, paths });
}

await serve(process.argv[2]!, process.argv[3]!);
