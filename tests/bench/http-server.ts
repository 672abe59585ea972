import Fastify from 'fastify';
import { pino } from 'pino';
import { startServer } from '../../src/server.js';
import { beginWork } from './at-work.js';
import { subjectBody } from './commands.js';
import { settingsIn } from './engine.js';
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
    tell({ address, headers: {}, paths: Array.from({ length: PERSONS }, (_, i) => `/persons/${i}`) });
    return;
  }
  const server = await startServer({ ...settingsIn(directory), trustedProxies: ['127.0.0.1'] }, { logger: pino({ level: 'silent' }) });
  const { engine, registers } = server;
  const { token, headers, client } = await beginWork(server);
  const paths: string[] = [];
  for (let i = 0; i < PERSONS; i += 1) paths.push(`/subjects/${(await client.send<{ id: string }>('POST', '/subjects', token, subjectBody(i))).id}?file=vaccination`);
  await registers.waitFor(await engine.store.head(), 10_000);
  process.on('message', () => {
    const started = performance.now();
    void engine.store.head().then((head) => registers.waitFor(head, 60_000)).then(() => tell({ caughtUpMs: performance.now() - started }));
  });
  tell({ address: server.address, headers: { ...headers, authorization: `Bearer ${token}` }, paths });
}

await serve(process.argv[2]!, process.argv[3]!);
