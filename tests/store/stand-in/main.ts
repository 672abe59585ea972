// A stand-in for an EventStoreDB server, for tests. See rules.md for what it plays and what it does not.
//   node main.ts --file PATH [--port N]... [--nodes N] [--no-sync] [--max-append-size N] [--commit-timeout MS]
//                [--tls-cert F --tls-key F [--client-ca F]] [--user name:password]... [--plain-user name:password]...
// One line of JSON on stdout says when it is ready. Its parent steers it by IPC messages and it ends with its parent.
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { randomUUID } from 'node:crypto';
import { accessOf, openToAll, type User } from './access.ts';
import { append, batchAppend, remove, type Writing } from './appending.ts';
import { features, gossip, newCluster, refusesRead, requiresLeader, unary, type Node } from './cluster.ts';
import { openListener, type Call, type Handler } from './grpc.ts';
import { openLogFile } from './log-file.ts';
import { emptyLog, EPOCH_STREAM, publish } from './log.ts';
import { read, type Reading } from './reading.ts';
import { unauthenticated } from './refusals.ts';
import { openWriter } from './writer.ts';

const { values: flags } = parseArgs({
  options: {
    file: { type: 'string' },
    port: { type: 'string', multiple: true },
    nodes: { type: 'string', default: '1' },
    'no-sync': { type: 'boolean', default: false },
    'max-append-size': { type: 'string', default: String(1024 * 1024) },
    'commit-timeout': { type: 'string', default: '2000' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'client-ca': { type: 'string' },
    user: { type: 'string', multiple: true, default: [] },
    'plain-user': { type: 'string', multiple: true, default: [] },
  },
});

/** What the server itself writes where it starts for the first time. The first record of its log is not an event. */
const EPOCH_RECORD = 161;
const FIRST_EVENTS: readonly (readonly [stream: string, type: string, data: object])[] = [
  ['$$$scavenges', '$metadata', { $maxAge: 2592000 }],
  ['$$$user-admin', '$metadata', { $acl: { $r: '$admins', $w: '$admins' } }],
  ['$user-admin', '$UserCreated', { loginName: 'admin' }],
  ['$user-ops', '$UserCreated', { loginName: 'ops' }],
  ['$users', '$User', 'admin' as unknown as object],
];

const log = emptyLog();
const file = await openLogFile(flags.file!, !flags['no-sync'], ({ events, end, scavenged }) => {
  publish(log, events);
  log.end = end;
  if (scavenged) log.scavengedBelow = end;
});
for (const stream of log.streams.values()) stream.written = stream.events.at(-1);
const writer = openWriter(log, file, Number(flags['commit-timeout']));
const isNew = log.end === 0;
const cluster = newCluster(Number(flags.nodes));
lead(0);
if (isNew) for (const [stream, type, data] of FIRST_EVENTS) writer.system(stream, type, data);
await writer.hold(false);

/** A new leader writes an epoch: a record that is no event, and an event that $all does not show. */
function lead(node: number | undefined): void {
  writer.drop();
  cluster.leader = node;
  if (node === undefined) return;
  log.end += EPOCH_RECORD;
  writer.system(EPOCH_STREAM, '$epoch-information', { leader: cluster.nodes[node]!.id, epoch: randomUUID() });
}

const access = flags.user.length + flags['plain-user'].length > 0 ? accessOf(flags.user, flags['plain-user']) : openToAll;
const users = new WeakMap<Call, User>();
const may = (call: Call, stream: string): boolean => access.may(users.get(call)!, stream);
const counts = { read: 0, subscriptions: 0 };

function handlersOf(node: Node): Map<string, Handler> {
  const writing: Writing = { writer, cluster, node, may, maxAppendSize: Number(flags['max-append-size']) };
  const reading: Reading = {
    log,
    may,
    refuses: (call) => refusesRead(cluster, node, requiresLeader(call)),
    sent: (events) => (counts.read += events),
    subscribed: (change) => (counts.subscriptions += change),
  };
  const onRequest = (answer: (call: Call, bytes: Buffer) => void): Handler => (call) => (call.onMessage = (bytes) => answer(call, bytes));
  const methods: Record<string, Handler> = {
    '/event_store.client.server_features.serverfeatures/getsupportedmethods': unary(features),
    '/event_store.client.gossip.gossip/read': unary(() => gossip(cluster)),
    '/event_store.client.streams.streams/append': (call) => append(writing, call),
    '/event_store.client.streams.streams/batchappend': (call) => batchAppend(writing, call),
    '/event_store.client.streams.streams/delete': onRequest((call, bytes) => remove(writing, call, bytes, false)),
    '/event_store.client.streams.streams/tombstone': onRequest((call, bytes) => remove(writing, call, bytes, true)),
    '/event_store.client.streams.streams/read': onRequest((call, bytes) => read(reading, call, bytes)),
  };
  const known = (handler: Handler): Handler => (call) => {
    const user = access.user(call.headers);
    if (user) users.set(call, user);
    if (user) handler(call);
    else call.fail(unauthenticated);
  };
  return new Map(Object.entries(methods).map(([path, handler]) => [path, known(handler)]));
}

const tls = flags['tls-cert'] && { cert: readFileSync(flags['tls-cert']), key: readFileSync(flags['tls-key']!), clientCa: flags['client-ca'] ? readFileSync(flags['client-ca']) : undefined };
for (const [index, node] of cluster.nodes.entries()) node.listener = await openListener(Number(flags.port?.[index] ?? 0), tls || undefined, handlersOf(node));

/** One at a time, each answered with what it asked and what came of it. */
const controls: Record<string, (value: never) => unknown> = {
  lead: (node: number | null) => lead(node ?? undefined),
  down: async (index: number) => {
    cluster.nodes[index]!.up = false;
    await cluster.nodes[index]!.listener!.close();
  },
  up: async (index: number) => {
    await cluster.nodes[index]!.listener!.listen();
    cluster.nodes[index]!.up = true;
  },
  hold: (held: boolean) => writer.hold(held),
  cut: () => {
    for (const { listener } of cluster.nodes) listener!.cut();
  },
  scavenge: () => writer.scavenge(),
  stats: () => ({ ...counts, appended: writer.appended, events: log.events.length, streams: log.streams.size, memory: process.memoryUsage().rss, connections: cluster.nodes.reduce((sum, { listener }) => sum + listener!.connections(), 0) }),
};

process.on('message', (message: Record<string, unknown>) => {
  const { number, ...asked } = message;
  const [name, value] = Object.entries(asked)[0]!;
  void Promise.resolve()
    .then(() => controls[name]!(value as never))
    .then((result) => process.send!({ number, result: result ?? null }))
    .catch((error: unknown) => process.send!({ number, error: String(error) }));
});
for (const end of ['disconnect', 'SIGTERM'] as const) process.on(end, () => process.exit(0));
if (!process.send) process.stdin.on('end', () => process.exit(0)).resume();
flushCompileCache(); // most of them are killed, and would leave nothing of what they have compiled to the next one
process.stdout.write(`${JSON.stringify({ ports: cluster.nodes.map(({ listener }) => listener!.port), pid: process.pid })}\n`);
