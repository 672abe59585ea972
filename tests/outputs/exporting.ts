import { Decrypter } from 'age-encryption';
import { DEFAULT_POLICY, type AccessPolicy } from '../../src/access/policy.js';
import { FOR_TESTS } from '../support/city.js';
import { FILE, expectStatus, type Happened, type Stage } from '../walks/stage.js';

/** Exports of the city's file are possible; what is hashed here is worth no memory. */
export function exportingPolicy(): AccessPolicy {
  return {
    ...DEFAULT_POLICY, attempts: { name: 10_000, place: 10_000 }, password: { ...DEFAULT_POLICY.password, cost: { memory: 256, passes: 1 } },
    people: FOR_TESTS.people, output: { ...DEFAULT_POLICY.output, exportFiles: ['vaccination'] },
  };
}

export interface Taken {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export const codeOf = ({ status, bytes }: Taken): string => `${status} ${(JSON.parse(bytes.toString()) as { code: string }).code}`;

/** What is in a file that was taken. */
export async function opened({ status, bytes }: Pick<Taken, 'status' | 'bytes'>, passphrase: string): Promise<string> {
  if (status !== 200) throw new Error(`${status}: ${bytes.toString()}`);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(bytes, 'text');
}

export const ASKED = { ...FILE, what: 'subjects', format: 'csv', items: ['name', 'birthDate', 'address'], scope: '全員', rows: 100, days: 10, recipient: '架空の印刷会社', medium: 'shared-folder' };

/** The steps of an export, over HTTP. */
export function exporting(stage: Stage) {
  const request = async (over: object = {}, token = stage.clerk): Promise<string> => expectStatus(await stage.post('/exports', token, { ...ASKED, ...over }), 201).body.id as string;
  return {
    request,
    approved: async (over: object = {}, token = stage.clerk, approval: object = {}): Promise<string> => {
      const id = await request(over, token);
      expectStatus(await stage.post(`/exports/${id}/approvals`, stage.chief, { ...FILE, ...approval }), 200);
      return id;
    },
    passphraseOf: async (id: string, token = stage.clerk): Promise<string> => expectStatus(await stage.post(`/exports/${id}/passphrases`, token, FILE), 200).body.passphrase as string,
    begin: (id: string, token = stage.clerk): Promise<Response> => fetch(`${stage.city.server.address}/exports/${id}/files`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(FILE) }),
    async take(id: string, token = stage.clerk): Promise<Taken> {
      const response = await this.begin(id, token);
      return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
    },
    settled: async (position: number, type: string): Promise<Happened> => {
      for (let i = 0; i < 200; i += 1) {
        const one = (await stage.since(position)).find((happened) => happened.type === type);
        if (one) return one;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`${type} never came`);
    },
  };
}
