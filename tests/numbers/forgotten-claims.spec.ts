import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCity, putInForce, MINATO, type City } from '../support/city.js';

const FROM_RESIDENTS = { file: 'vaccination', source: 'own-department:residents', method: 'internal-link' } as const;
const [NUMBER, OTHER] = ['000000001015', '000000001023'];

let directory: string;
let city: City;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'akashi-city-'));
  city = await openCity({ keep: directory });
  await putInForce(city);
});
afterEach(async () => {
  await city.close();
  rmSync(directory, { recursive: true, force: true });
});

it('a vault put back from a copy knows again the numbers that were taken since', async () => {
  const chief = await city.token();
  const post = async (path: string, body: object): Promise<{ status: number; id: string }> => {
    const answer = await city.call('POST', path, chief, body);
    return { status: answer.status, id: answer.body.id as string };
  };
  await post('/subjects', MINATO);
  cpSync(join(directory, 'keys'), join(directory, 'copy'), { recursive: true, filter: (file) => !file.endsWith('.lock') });
  const { id: later } = await post('/subjects', { ...MINATO, addresseeNumber: '100000002' });
  expect((await post('/numbers', { ...FROM_RESIDENTS, subject: later, number: NUMBER })).status).toBe(201);
  await city.close();
  rmSync(join(directory, 'keys'), { recursive: true });
  cpSync(join(directory, 'copy'), join(directory, 'keys'), { recursive: true });

  city = await openCity({ keep: directory });
  expect((await post('/subjects', { ...MINATO, addresseeNumber: '100000002' })).status).toBe(409);
  const { status, id: third } = await post('/subjects', { ...MINATO, addresseeNumber: '100000003' });
  expect(status).toBe(201);
  expect((await post('/numbers', { ...FROM_RESIDENTS, subject: third, number: NUMBER })).status).toBe(409);
  expect((await post('/numbers', { ...FROM_RESIDENTS, subject: later, number: OTHER })).status).toBe(409); // they have one
});

it('and the employee numbers, but none that somebody has let go of', async () => {
  const operator = await city.token({ role: 'operator', department: 'information-systems' });
  const post = (path: string, body: object) => city.call('POST', path, operator, body);
  const register = (employeeNumber: string) => post('/staff', { name: '架空　花子', post: '主事', kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber });
  const { id: first } = (await register('A-1')).body as { id: string };
  cpSync(join(directory, 'keys'), join(directory, 'copy'), { recursive: true, filter: (file) => !file.endsWith('.lock') });
  expect((await register('B-1')).status).toBe(201);
  expect((await post(`/staff/${first}/employee-numbers`, { employeeNumber: 'C-1' })).status).toBe(200);
  await city.close();
  rmSync(join(directory, 'keys'), { recursive: true });
  cpSync(join(directory, 'copy'), join(directory, 'keys'), { recursive: true });

  city = await openCity({ keep: directory });
  expect([(await register('b-1')).status, (await register('c-1')).status, (await register('a-1')).status]).toEqual([409, 409, 201]);
});
