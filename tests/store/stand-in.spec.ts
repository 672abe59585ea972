import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn, type StandIn } from '../support/stand-in.js';
import { connect } from './stand-in-client.js';
import { serverRules } from './stand-in-rules.js';

const directory = mkdtempSync(join(tmpdir(), 'akashi-stand-in-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the stand-in', () => {
  let standIn: StandIn;
  beforeAll(async () => (standIn = await startStandIn({ file: join(directory, 'rules.log') })));
  afterAll(() => standIn.stop());

  serverRules(() => ({ connection: standIn.connection, scavenge: async () => void (await standIn.control({ scavenge: true })) }));
});

const real = process.env.AKASHI_TEST_EVENTSTOREDB;
if (real === undefined) process.stdout.write('AKASHI_TEST_EVENTSTOREDB is not set: the expectations were put to the stand-in only\n');
else
  describe('a real server', () => {
    const http = real.replace(/^esdb:\/\/([^?/]*).*$/, 'http://$1');
    serverRules(() => ({ connection: real, scavenge: () => scavengeReal(real, http) }));
  });

/** Starts a scavenge and waits until the server says that it is complete. */
async function scavengeReal(connection: string, http: string): Promise<void> {
  const { scavengeId } = (await (await fetch(`${http}/admin/scavenge`, { method: 'POST', headers: { accept: 'application/json' } })).json()) as { scavengeId: string };
  const client = connect(connection);
  const log = client.subscribeToStream(`$scavenges-${scavengeId}`);
  for await (const { event } of log) if (event!.type === '$scavengeCompleted') break;
  await client.dispose();
}
