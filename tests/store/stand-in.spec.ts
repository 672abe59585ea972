import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { generate } from 'selfsigned';
import { startStandIn, type StandIn, type StandInOptions } from '../support/stand-in.js';
import { connect, portOf } from './stand-in-client.js';
import { accessRules, clusterRules } from './stand-in-cluster-rules.js';
import { serverRules } from './stand-in-rules.js';

jest.setTimeout(60_000);

const directory = mkdtempSync(join(tmpdir(), 'akashi-stand-in-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A stand-in for the tests of a block. */
function running(file: string, options: () => Promise<Partial<StandInOptions>> | Partial<StandInOptions> = () => ({})): () => StandIn {
  let standIn: StandIn;
  beforeAll(async () => (standIn = await startStandIn({ file: join(directory, file), ...(await options()) })));
  afterAll(() => standIn.stop());
  return () => standIn;
}

describe('the stand-in', () => {
  const standIn = running('one.log');
  serverRules(() => ({ connection: standIn().connection, scavenge: async () => void (await standIn().control({ scavenge: true })) }));
});

describe('the stand-in as a cluster', () => {
  const standIn = running('three.log', () => ({ nodes: 3 }));
  clusterRules(() => standIn().ports[0]!);
});

describe('the stand-in with TLS and users', () => {
  const certFile = join(directory, 'server.crt');
  const keyFile = join(directory, 'server.key');
  const [admin, user] = ['admin:secret', 'ops:secret'];
  const standIn = running('tls.log', async () => {
    await writeCertificate(certFile, keyFile);
    return { tls: { certFile, keyFile }, users: [admin], plainUsers: [user] };
  });
  accessRules(() => ({ address: `127.0.0.1:${standIn().ports[0]}?tls=true&tlsCAFile=${certFile}`, admin, user }));
});

describe('the stand-in with client certificates', () => {
  const [certFile, keyFile, userCertFile, userKeyFile] = ['server2.crt', 'server2.key', 'user.crt', 'user.key'].map((name) => join(directory, name)) as [string, string, string, string];
  const standIn = running('mtls.log', async () => {
    await writeCertificate(certFile, keyFile);
    await writeCertificate(userCertFile, userKeyFile);
    return { tls: { certFile, keyFile, clientCaFile: userCertFile } };
  });

  test('lets in who has one, and nobody else', async () => {
    const address = `esdb://127.0.0.1:${standIn().ports[0]}?tls=true&tlsCAFile=${certFile}`;
    const known = connect(`${address}&userCertFile=${userCertFile}&userKeyFile=${userKeyFile}`);
    expect(await known.appendToStream('known', [])).toMatchObject({ success: true });
    await known.dispose();
    const unknown = connect(address);
    await expect(unknown.appendToStream('unknown', [])).rejects.toMatchObject({ code: 14 });
    await unknown.dispose();
  });
});

/** One that is its own authority. */
async function writeCertificate(certFile: string, keyFile: string): Promise<void> {
  const made = await generate([{ name: 'commonName', value: 'stand-in' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  writeFileSync(certFile, made.cert);
  writeFileSync(keyFile, made.private);
}

const real = process.env.AKASHI_TEST_EVENTSTOREDB;
if (real === undefined) process.stdout.write('AKASHI_TEST_EVENTSTOREDB is not set: the expectations were put to the stand-in only\n');
else
  describe('a real server', () => {
    const [, user, address] = /^esdb:\/\/(?:([^@]*)@)?(.*)$/.exec(real)!;
    // With TLS it is asked about access alone, as its administrator and as `ops` with the same password, which it has unless it was changed.
    if (real.includes('tls=true')) accessRules(() => ({ address: address!, admin: user!, user: `ops:${user!.split(':')[1]}` }));
    else if (address!.includes(',')) clusterRules(() => portOf(real));
    else serverRules(() => ({ connection: real, scavenge: () => scavengeReal(real, `http://${address!.split(/[/?]/)[0]}`) }));
  });

/** Starts a scavenge and waits until the server says that it is complete. */
async function scavengeReal(connection: string, http: string): Promise<void> {
  const answer = await fetch(`${http}/admin/scavenge`, { method: 'POST', headers: { accept: 'application/json' } });
  const { scavengeId } = (await answer.json()) as { scavengeId: string };
  const client = connect(connection);
  for await (const { event } of client.subscribeToStream(`$scavenges-${scavengeId}`)) if (event!.type === '$scavengeCompleted') break;
  await client.dispose();
}
