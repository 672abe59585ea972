import { ROLES, type Role } from '../../src/access/roles.js';
import { newId } from '../../src/ledger/ids.js';
import { TERMINAL_CLASSES, type TerminalClass } from '../../src/walks/terminals.js';
import type { Answer } from '../support/city.js';
import { FILE, NUMBERS, expectStatus, openStage, type Happened, type Stage } from '../walks/stage.js';
import { MATRIX, type Row } from './matrix.js';

/**
 * Every route, every role and every kind of terminal, against a table that somebody has to change by hand: a route without a row fails.
 * Requests come through a proxy that says which terminal's certificate it has verified.
 */
const roles = Object.keys(ROLES) as readonly Role[];
const from = (fingerprint: string): Record<string, string> => ({ 'x-forwarded-for': '192.0.2.7', 'akashi-client-certificate': fingerprint });
/** By kind of terminal; `none` is registered nowhere. */
const places: ReadonlyMap<TerminalClass | 'none', Record<string, string>> = new Map([...TERMINAL_CLASSES, 'none' as const].map((kind, i) => [kind, from(String(i).repeat(64))]));

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly example?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly security?: readonly object[];
}

let stage: Stage;
let operations: readonly (readonly [route: string, operation: Operation])[];
let schemas: Readonly<Record<string, Schema>>;
const tokens = new Map<Role, string>();
beforeAll(async () => {
  stage = await openStage({ env: { AKASHI_TRUSTED_PROXY: '127.0.0.1' } });
  for (const kind of TERMINAL_CLASSES) {
    const certificates = [places.get(kind)!['akashi-client-certificate']!];
    expectStatus(await stage.post('/terminals', stage.operator, { terminal: `t-${kind}`, class: kind, department: 'health-promotion', label: '架空の端末', certificates }), 201);
  }
  const { paths, components } = (await stage.get('/docs-json', null)).body as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };
  schemas = components.schemas;
  operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const));
  for (const role of roles) tokens.set(role, await stage.token({ role }));
});
afterAll(async () => stage.city.close());

/** Something that the schema takes: what comes of it does not matter, only whether the right is missing. */
function sample(schema: Schema): unknown {
  if (schema.$ref) return sample(schemas[schema.$ref.replace('#/components/schemas/', '')]!);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  if (schema.format === 'uuid') return newId();
  if (schema.format === 'date') return '2026-11-02';
  if (schema.format === 'date-time') return '2026-11-02T09:00:00+09:00';
  switch (schema.type) {
    case 'integer': return schema.minimum ?? 1;
    case 'boolean': return true;
    case 'array': return [sample(schema.items!)];
    case 'object': return sampleOf(schema);
    default: return schema.properties ? sampleOf(schema) : 'vaccination';
  }
}
function sampleOf({ properties = {}, required = [] }: Schema): object {
  return Object.fromEntries(required.map((name) => [name, sample(properties[name]!)]));
}

/** What cannot be told from its schema. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /subjects/search': { kana: 'ダレモ', birthDate: '2020-01-01' },
  'POST /handling-log/search': {},
  'POST /reports/id-reconciliation': { people: [] },
  'POST /reports/monthly-log-review': { month: '2026-10' },
  'POST /imports': { digest: '0'.repeat(64) },
  'POST /personnel-feeds': { digest: '0'.repeat(64) },
  'POST /staff/{id}/foundings': { present: ['x', 'y'] },
  'POST /numbers': { number: NUMBERS[3] },
  'POST /terminals': { certificates: ['f'.repeat(64)] },
  'POST /number-changes': { oldNumber: NUMBERS[3], number: NUMBERS[4] },
};

function ask(route: string, operation: Operation, token: string | null, headers: Record<string, string> = {}): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string];
  const place = path.replace('{name}', 'subjects').replaceAll(/\{\w+\}/g, newId());
  const query = method === 'GET' || path.endsWith('/search') ? '?file=vaccination' : '';
  const { content } = operation.requestBody ?? {};
  if (content?.['text/csv']) return stage.city.call(method, place, token, 'x', { 'content-type': 'text/csv', ...headers });
  const schema = content?.['application/json']?.schema;
  const body = method === 'GET' ? undefined : { ...(schema ? (sample(schema) as object) : {}), ...(schema && 'file' in (schemas[schema.$ref?.replace('#/components/schemas/', '') ?? '']?.properties ?? {}) ? FILE : {}), ...BODIES[route] };
  return stage.city.call(method, `${place}${query}`, token, body, headers);
}

const rulesOf = ({ status, body }: Answer): readonly string[] => (status === 403 ? ((body.findings ?? []) as readonly { rule: string }[]).map(({ rule }) => rule) : []);
const REFUSALS = ['right', 'terminal'];

/** What answers without a row: whether the engine is well, what it has counted (to this machine alone), and the description of the API. */
const BESIDE = ['GET /health/live', 'GET /health/ready', 'GET /metrics', 'GET /docs', 'GET /docs-json', 'GET /docs-yaml'];
const isBeside = (route: string): boolean => BESIDE.includes(route) || route.startsWith('GET /docs/');

it('has a row for every route that answers, told of in the description or not, and no row for none', () => {
  const answering = stage.city.server.routes.map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
  const all = answering.filter((route) => !isBeside(route.replace(/^HEAD/, 'GET')) && !(route.startsWith('HEAD ') && answering.includes(route.replace('HEAD', 'GET'))));
  expect(BESIDE.filter((route) => !answering.includes(route))).toEqual([]);
  expect(all.sort()).toEqual(Object.keys(MATRIX).sort());
  expect(operations.map(([route]) => route).sort()).toEqual(all);
});

it('who is not in the row is refused for want of the right, or of the terminal, and the refusal is in the ledger; who is in it is not', async () => {
  const before = await stage.head();
  const wrong: string[] = [];
  const recorded: (readonly [what: string, event: string])[] = [];
  const check = async (route: string, operation: Operation, [who, where]: Row, role: Role, kind: TerminalClass | 'none'): Promise<void> => {
    const answer = await ask(route, operation, tokens.get(role)!, places.get(kind));
    if (answer.status === 400) wrong.push(`${route}: the sample is not taken: ${JSON.stringify(answer.body.errors)}`);
    const right = who === 'everybody' || who.includes(role);
    const terminal = where === 'where it began' || where.includes(kind as TerminalClass);
    const expected = !right ? 'right' : !terminal ? 'terminal' : undefined;
    const refused = rulesOf(answer).find((rule) => REFUSALS.includes(rule));
    if (refused !== expected) wrong.push(`${route}: ${role} from ${kind}: ${refused ?? answer.status} instead of ${expected ?? 'neither'}`);
    if (expected !== undefined) recorded.push([`${route}: ${role} from ${kind}`, answer.body.event as string]);
  };
  for (const [route, operation] of operations) {
    const row = MATRIX[route];
    if (row === undefined || row === 'nobody signed in') continue;
    await Promise.all([...places.keys()].flatMap((kind) => roles.map((role) => check(route, operation, row, role, kind)))); // together: they share their flushes
  }
  const refusals = new Set<string>();
  for await (const { type, id } of eventsAfter(before)) if (type === 'HandlingRefused') refusals.add(id);
  expect(recorded.length).toBeGreaterThan(1000);
  wrong.push(...recorded.filter(([, event]) => !refusals.has(event)).map(([what]) => `${what}: the refusal is not in the ledger`));
  expect(wrong).toEqual([]);
}, 120_000);

async function* eventsAfter(position: number): AsyncGenerator<Happened> {
  for (let after = position; ; ) {
    const events = await stage.since(after);
    if (events.length === 0) return;
    yield* events;
    after = events.at(-1)!.position;
  }
}

it('without a token nothing answers but what lets somebody in', async () => {
  const open: string[] = [];
  for (const [route, operation] of operations) if (operation.security === undefined || (await ask(route, operation, null)).body.code !== 'unauthenticated') open.push(route);
  expect(open.sort()).toEqual(Object.keys(MATRIX).filter((route) => MATRIX[route] === 'nobody signed in').sort());
});
