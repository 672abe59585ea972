import { during, expectStatus, openStage, type Stage } from '../walks/stage.js';
import { atWork, newcomer } from './signing-in.js';

let stage: Stage;
let head: string;
beforeAll(async () => {
  stage = await openStage();
  head = await stage.token({ role: 'systems-head', department: 'information-systems' });
});
afterAll(async () => stage.city.close());

const AFTER = async () => ({ 'akashi-after': String(await stage.head()) });
interface Line {
  readonly holder: string;
  readonly name: string | null;
  readonly post?: string;
  readonly department: string | null;
  readonly rights: readonly { readonly id: string; readonly standing: string; readonly files: readonly string[] }[];
  readonly accounts: readonly { readonly disabled: boolean; readonly lastSignIn: string | null }[];
}
const list = async (query = ''): Promise<readonly Line[]> => expectStatus(await stage.get(`/registers/staff?limit=50${query}`, head, await AFTER()), 200).body.views as Line[];
const of = (lines: readonly Line[], staff: string): Line => lines.find(({ holder }) => holder === staff)!;
const rights = async (terms: Record<string, string>) => expectStatus(await stage.get(`/registers/rights?${new URLSearchParams(terms)}`, head, await AFTER()), 200).body.views as { id: string; holder: string; name: string; standing: string }[];

it('says who there is, what they may do, and when they were last here; who looked is in the ledger', async () => {
  const one = await atWork(stage);
  const { answer, events } = await during(stage, async () => stage.get('/registers/staff', head, await AFTER()));
  expect(of(answer.body.views as Line[], one.staff)).toMatchObject({
    name: '架空　花子', post: '主事', department: 'health-promotion', rights: [{ id: one.right, standing: 'in-force', files: ['vaccination'] }], accounts: [{ disabled: false, lastSignIn: expect.stringMatching(/^2026-11-20T/) }],
  });
  expect(events.map(({ type, data, block }) => [type, data, block.file])).toEqual([['InformationUsed', { query: 'staff-register', shown: answer.body.views.length, withheld: 0 }, 'staff-register']]);
});

it('what waits to be approved is one list, a section one page', async () => {
  const one = await newcomer(stage, 'clerk', 'health-promotion', null);
  const asked = { role: 'auditor', files: ['vaccination'], access: 'read', number: false, from: '2026-11-25' };
  const right = expectStatus(await stage.post(`/staff/${one.staff}/rights`, stage.chief, asked), 200).body.events[0] as string;
  expect(await rights({ step: 'applied' })).toEqual([expect.objectContaining({ id: right, holder: one.staff, name: '架空　花子', standing: 'applied', role: 'auditor', from: '2026-11-25' })]);
  expectStatus(await stage.post(`/staff/${one.staff}/right-approvals`, await stage.token({ role: 'security-manager' }), { right }), 200);
  expect(await rights({ step: 'applied' })).toEqual([]);
  expectStatus(await stage.post(`/staff/${one.staff}/right-settings`, head, { right }), 200);
  expect((await rights({ department: 'health-promotion' })).find(({ id }) => id === right)).toMatchObject({ standing: 'ahead' });
  expect(await rights({ department: 'pension' })).toEqual([]);
});

it('whoever has left has neither place nor right; yesterday they had', async () => {
  const one = await newcomer(stage);
  const before = await stage.head();
  expectStatus(await stage.post(`/staff/${one.staff}/personnel-changes`, stage.operator, { change: 'retirement', on: '2026-11-20', post: '元主事' }), 200);
  expect(of(await list(), one.staff)).toMatchObject({ department: null, rights: [] });
  expect(of(await list(`&asOfPosition=${before}`), one.staff)).toMatchObject({ department: 'health-promotion', rights: [{ standing: 'in-force' }] });
  expect((await rights({})).find(({ holder }) => holder === one.staff)).toMatchObject({ standing: 'ended', revokedOn: '2026-11-20' });
});

it('is refused without the right, and names nobody then', async () => {
  const answer = await stage.get('/registers/staff', stage.clerk);
  expect([answer.status, JSON.stringify(answer.body).includes('架空')]).toEqual([403, false]);
  expect((await stage.get('/registers/rights', stage.outward)).status).toBe(403);
});
