import { ROLES, type Role } from '../../src/access/roles.js';
import { newId } from '../../src/ledger/ids.js';
import type { Answer } from '../support/city.js';
import { FILE, NUMBERS, during, openStage, type Stage } from '../walks/stage.js';
import { MATRIX } from './matrix.js';

/** Every route and every role, against a table that somebody has to change by hand: a route without a row fails. */
const roles = Object.keys(ROLES) as readonly Role[];

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
  stage = await openStage();
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
  'POST /imports': { digest: '0'.repeat(64) },
  'POST /staff/{id}/foundings': { present: ['x', 'y'] },
  'POST /numbers': { number: NUMBERS[3] },
  'POST /number-changes': { oldNumber: NUMBERS[3], number: NUMBERS[4] },
};

function ask(route: string, operation: Operation, token: string | null): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string];
  const place = path.replace('{name}', 'subjects').replaceAll(/\{\w+\}/g, newId());
  const query = method === 'GET' || path.endsWith('/search') ? '?file=vaccination' : '';
  const { content } = operation.requestBody ?? {};
  if (content?.['text/csv']) return stage.city.call(method, place, token, 'x', { 'content-type': 'text/csv' });
  const schema = content?.['application/json']?.schema;
  const body = method === 'GET' ? undefined : { ...(schema ? (sample(schema) as object) : {}), ...(schema && 'file' in (schemas[schema.$ref?.replace('#/components/schemas/', '') ?? '']?.properties ?? {}) ? FILE : {}), ...BODIES[route] };
  return stage.city.call(method, `${place}${query}`, token, body);
}

const lacks = ({ status, body }: Answer): boolean => status === 403 && (body.findings as readonly { rule: string }[] | undefined)?.some(({ rule }) => rule === 'right') === true;

it('has a row for every route, and no row for none', () => {
  expect(Object.keys(MATRIX).sort()).toEqual(operations.map(([route]) => route).sort());
});

it('who is not in the row is refused for want of the right, and the refusal is in the ledger; who is in it is not', async () => {
  const wrong: string[] = [];
  for (const [route, operation] of operations) {
    const row = MATRIX[route];
    if (row === undefined || row === 'nobody signed in') continue;
    for (const role of roles) {
      const { answer, events } = await during(stage, () => ask(route, operation, tokens.get(role)!));
      if (answer.status === 400) wrong.push(`${route}: the sample is not taken: ${JSON.stringify(answer.body.errors)}`);
      const may = row === 'everybody' || row.includes(role);
      if (lacks(answer) === may) wrong.push(`${route}: ${role} ${may ? 'may not' : 'may'} (${answer.status})`);
      if (!may && !events.some(({ type }) => type === 'HandlingRefused')) wrong.push(`${route}: the refusal of ${role} is not in the ledger`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

it('without a token nothing answers but what lets somebody in', async () => {
  const open: string[] = [];
  for (const [route, operation] of operations) if (operation.security === undefined || (await ask(route, operation, null)).body.code !== 'unauthenticated') open.push(route);
  expect(open.sort()).toEqual(Object.keys(MATRIX).filter((route) => MATRIX[route] === 'nobody signed in').sort());
});
