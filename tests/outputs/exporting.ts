import { Decrypter } from 'age-encryption';
import { DEFAULT_POLICY, type AccessPolicy } from '../../src/access/policy.js';
import { until } from '../support/until.js';
import { FILE, NUMBERS, WAIT, expectStatus, openStage, type Stage } from '../walks/stage.js';

/** A test changes what may go out, and puts it back. */
export const policy: AccessPolicy = {
  ...DEFAULT_POLICY, attempts: { name: 10_000, place: 10_000 }, password: { ...DEFAULT_POLICY.password, cost: { memory: 256, passes: 1 } },
  output: { ...DEFAULT_POLICY.output, exportFiles: ['vaccination'] },
};
export let stage: Stage;
export let numberClerk: string;
/** two whose values may leave, and a third under 支援措置 */
export let people: string[];

/** A city for the tests of a file, out of which exports may go. */
export function whereExportsGoOut(): void {
  beforeAll(async () => {
    stage = await openStage({ policy });
    numberClerk = await stage.token({ role: 'number-clerk' });
    people = [await stage.person({ name: '輸出　一子（架空）' }), await stage.person({ name: '=輸出　二子（架空）' }), await stage.person({ name: '支援　三子（架空）' })];
    for (const person of people) await stage.confirmed(person, { lot: 'EXPLOT7' });
    await stage.protect(people[2]!);
    expectStatus(await stage.post('/numbers', numberClerk, { ...FILE, subject: people[0], number: NUMBERS[0], source: 'own-department:residents', method: 'internal-link' }, WAIT), 201);
  });
  afterAll(async () => stage.city.close());
}

export const ASKED = { ...FILE, what: 'subjects', format: 'csv', items: ['name', 'birthDate', 'address'], scope: '全員', rows: 100, days: 10, recipient: '架空の印刷会社', medium: 'shared-folder' };
export const request = async (over: object = {}, token = stage.clerk): Promise<string> => expectStatus(await stage.post('/exports', token, { ...ASKED, ...over }), 201).body.id as string;
export const approved = async (over: object = {}, token = stage.clerk, approval: object = {}): Promise<string> => {
  const id = await request(over, token);
  expectStatus(await stage.post(`/exports/${id}/approvals`, stage.chief, { ...FILE, ...approval }), 200);
  return id;
};
export const passphraseOf = async (id: string, token = stage.clerk): Promise<string> => expectStatus(await stage.post(`/exports/${id}/passphrases`, token, FILE), 200).body.passphrase as string;

interface Taken {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}
export async function take(id: string, token = stage.clerk): Promise<Taken> {
  const response = await fetch(`${stage.city.server.address}/exports/${id}/files`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(FILE) });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}
export async function opened({ status, bytes }: Taken, passphrase: string): Promise<string> {
  if (status !== 200) throw new Error(`${status}: ${bytes.toString()}`);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(bytes, 'text');
}
export const codeOf = ({ status, bytes }: Taken): string => `${status} ${(JSON.parse(bytes.toString()) as { code: string }).code}`;
export const settled = (position: number, type: string): Promise<void> => until(async () => (await stage.since(position)).some((one) => one.type === type), `${type} is recorded`);
